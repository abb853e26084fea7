"""The learned suggester: never judged on a speaker's own words, calibrated, with reasons in place, no pickle."""

from __future__ import annotations

import io
import itertools
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge

from buddy_eval.base.errors import BuddyError
from buddy_eval.cli.main import main
from buddy_eval.coding.suggester.features import Features, in_pieces, in_words, pieces, tokens
from buddy_eval.coding.suggester.in_study import learned, speakers, whole
from buddy_eval.coding.suggester.model import PART, RIDGE, Suggester, fitted
from buddy_eval.coding.suggester.ridge import divided, inverse, left_out
from buddy_eval.coding.words import folded

CODES = pd.DataFrame({"code": ["A", "B", "C"], "theme": ["t1", "t2", "t1"]})
BOOK = """codebook: {id: b, version: 1}
negations: {window: 1, words: [no]}
themes:
- {id: t1, label: T, definition: d, codes: [{id: A, name: n, definition: d, terms: {any: [listen*]}}]}
- {id: t2, label: U, definition: d, codes: [{id: B, name: n, definition: d, terms: {any: [money]}}]}
"""
SAID = {
    "A": "the board listens to us",
    "B": "there was no money left",
    "C": "a secret word",
    "": "we had lunch at noon",
}


def study(people: int = 6, each: int = 8) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Units, consensus and assignments: everybody says A, B and nothing in turn, the first person C too."""
    rows, given = [], []
    for person in range(people):
        for turn in range(each):
            code = "AB"[turn % 3] if turn % 3 < 2 else ("C" if person == 0 else "")
            unit = f"P{person}.{turn}"
            rows.append((unit, f"S{person}", f"P{person}", "interview", None, f"{SAID[code]}, I said {turn}", True))
            given += [(unit, code, True)] if code else []
    names = ["unit", "source", "participant", "channel", "question", "text", "codable"]
    consensus = pd.DataFrame(given, columns=["unit", "code", "present"])
    return pd.DataFrame(rows, columns=names), consensus, pd.DataFrame({"unit": [row[0] for row in rows]})


def test_places_of_words_are_those_of_the_text_whatever_its_letters() -> None:
    for text in ("İstanbul’s STAFF café", "cafe\u0301 ΟΔΟΣ 👍 ok", "İİ wasn't"):
        for start, end, word in tokens(text):
            assert len(word) == end - start
            assert folded(text[start:end]) == word


def test_pieces_are_the_runs_of_three_to_five_characters() -> None:
    assert pieces("go") == (" go", "go ", " go ")
    assert all(piece in " listening " and 3 <= len(piece) <= 5 for piece in pieces("listening"))


def test_what_a_left_out_group_would_get_is_what_a_model_without_it_gives() -> None:
    chance = np.random.default_rng(2)
    x, y = chance.normal(size=(30, 8)), chance.normal(size=(30, 2))
    group = np.repeat(np.arange(10), 3)
    solved = inverse(x @ x.T + 2 * np.eye(30))
    left = left_out(solved, solved @ y, group)
    for number in range(10):
        out, rest = group == number, group != number
        beta = np.linalg.solve(x[rest].T @ x[rest] + 2 * np.eye(8), x[rest].T @ y[rest])
        np.testing.assert_allclose(y[out] - left[out], x[out] @ beta, atol=1e-10)


def test_nobodys_words_are_judged_by_a_model_that_learned_from_them() -> None:
    units, consensus, assignments = study()
    made = learned(units, consensus, assignments, CODES)
    found = set(zip(made["unit"], made["code"], strict=True))
    assert "C" not in set(made["code"])  # only one person ever said it
    assert {("P3.0", "A"), ("P3.1", "B"), ("P3.0", "t1"), ("P3.1", "t2")} <= found
    others = units.copy()
    of_p0 = others["participant"] == "P0"
    flipped = consensus.copy()
    flipped.loc[flipped["unit"].str.startswith("P0"), "code"] = "B"
    before = made[made["unit"].str.startswith("P0.")].reset_index(drop=True)
    after = learned(others, flipped, assignments, CODES)
    after = after[after["unit"].str.startswith("P0.")].reset_index(drop=True)
    assert of_p0.any()
    pd.testing.assert_frame_equal(before, after)  # own codings, right or wrong, make no difference to oneself


def test_whoever_shares_a_source_or_a_person_is_on_one_side() -> None:
    frame = pd.DataFrame(
        {
            "unit": ["a", "b", "c", "d", "e"],
            "source": ["s1", "s2", "s2", "file", "file"],
            "channel": ["interview"] * 3 + ["comment"] * 2,
            "participant": ["P", "P", "Q", "Q", None],
        }
    )
    assert speakers(frame).tolist() == [0, 0, 0, 0, 1]


def test_every_suggestion_says_which_words_speak_for_it_and_where() -> None:
    units, consensus, assignments = study()
    made = learned(units, consensus, assignments, CODES).merge(units[["unit", "text"]], on="unit")
    assert (made["weight"] > 0).all()
    assert [text[s:e] for text, s, e in zip(made["text"], made["start"], made["end"], strict=True)] == list(
        made["term"]
    )
    first = made[(made["code"] == "B") & (made["reason"] == 1)]
    assert set(first["term"]) <= {"there", "was", "no", "money", "left"}
    assert made["reason"].max() <= 3
    assert made["probability"].between(0, 1).all()


def test_nothing_is_learned_from_one_person_alone() -> None:
    units, consensus, assignments = study(people=1)
    assert learned(units, consensus, assignments, CODES).empty
    with pytest.raises(BuddyError, match="fewer than two people"):
        whole(units, consensus, assignments, CODES)


def test_comments_that_nobody_coded_are_judged_too_and_interviewers_never() -> None:
    units, consensus, assignments = study()
    more = pd.DataFrame(
        {
            "unit": ["c1", "i1"],
            "source": ["file", "S1"],
            "participant": [None, None],
            "channel": ["comment", "interview"],
            "question": ["Why?", None],
            "text": ["There was no money left.", "Was there no money left?"],
            "codable": [True, False],
        }
    )
    made = learned(pd.concat([units, more]), consensus, assignments, CODES)
    assert ("c1", "B") in set(zip(made["unit"], made["code"], strict=True))
    assert "i1" not in set(made["unit"])


def test_probabilities_are_calibrated() -> None:
    chance = np.random.default_rng(3)
    words = [f"w{n}" for n in range(40)]
    texts = [" ".join(chance.choice(words, 6)) for _ in range(1600)]
    likely = np.array([0.1 + 0.7 * ("w1 " in f"{text} " or "w2 " in f"{text} ") for text in texts])
    labels = (chance.random(1600) < likely)[:, None]
    model = Suggester.learn(texts[:800], labels[:800], ["A"])
    given = model.probabilities(texts[800:])[:, 0]
    assert abs(given.mean() - labels[800:].mean()) < 0.04
    assert np.abs(given - likely[800:]).mean() < 0.1


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Suggester, Path]:
    model = whole(*study(), CODES)
    model.save(tmp_path / "model.npz")
    return model, tmp_path / "model.npz"


def test_a_stored_suggester_is_the_same_and_holds_no_pickle(kept: tuple[Suggester, Path]) -> None:
    model, path = kept
    texts = [*SAID.values(), "", "İ never seen"]
    again = Suggester.load(path)
    np.testing.assert_array_equal(again.probabilities(texts), model.probabilities(texts))
    assert list(again.suggestions(texts)) == list(model.suggestions(texts))
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            assert np.lib.format.read_magic(member := io.BytesIO(archive.read(name))) == (1, 0)
            assert not np.lib.format.read_array_header_1_0(member)[2].hasobject


def test_the_same_codings_make_the_same_bytes(kept: tuple[Suggester, Path], tmp_path: Path) -> None:
    whole(*study(), CODES).save(tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == kept[1].read_bytes()


def test_a_changed_or_foreign_file_is_no_suggester(kept: tuple[Suggester, Path], tmp_path: Path) -> None:
    with np.load(kept[1]) as stored:
        arrays = {name: stored[name] for name in stored.files}
    arrays["weights"] = arrays["weights"] + 1
    np.savez(tmp_path / "changed.npz", **arrays)
    (tmp_path / "text.npz").write_text("nothing", encoding="utf-8")
    np.savez(tmp_path / "pickled.npz", about=np.array([{"a": 1}], object))
    for name in ("changed", "text", "pickled", "absent"):
        with pytest.raises(BuddyError, match="is no suggester"):
            Suggester.load(tmp_path / f"{name}.npz")


def test_weights_of_features_are_those_of_scikit_learn() -> None:
    texts = ["the board, the board listens", "no money", "", "listening, no board", "İ the the the money"]
    others = [*texts[::-1], "unheard of", "the"]
    features = Features.of(texts, ["Why?"])
    given = features(others, ["Why?", *[""] * 6]).toarray()
    start = 0
    for kind, least in ((in_words, 1), (in_pieces, 2)):
        theirs = TfidfVectorizer(analyzer=kind, sublinear_tf=True, min_df=least).fit(texts)
        names = [*features.words, *features.pieces][start : start + len(theirs.vocabulary_)]
        assert names == theirs.get_feature_names_out().tolist()
        np.testing.assert_array_equal(given[:, start : start + len(names)], theirs.transform(others).toarray())
        start += len(names)
    assert given[:, start:].ravel().tolist() == [0.7, *[0.0] * 6]


def test_texts_without_words_have_no_features_and_do_no_harm() -> None:
    assert Features.of(["", "!"])(["", "?"]).shape == (2, 0)
    model = Suggester.learn(["", "", "a b", "a c"], np.array([[0], [0], [1], [1]]), ["A"])
    assert model.probabilities([""]).shape == (1, 1)


def test_a_suggester_codes_a_file_as_a_lexicon_does(
    kept: tuple[Suggester, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "c.csv", tmp_path / "out"
    pd.DataFrame({"comment": ["lunch", "=no money was left", ""], "trust": ["RA", "RA", "RB"]}).to_csv(source)
    command = ["code", str(source), "--text", "comment", "--by", "trust", "--suggester", str(kept[1])]
    assert main([*command, "--out", str(out)]) == 0
    made = pd.concat(pd.read_parquet(path) for path in sorted((out / "spans").glob("*.parquet")))
    assert set(made["row"]) == {2}
    assert {"t2"} <= set(made["theme"].dropna())
    assert {"B"} <= set(made["code"].dropna())
    assert (made["theme"].isna() != made["code"].isna()).all()
    assert "money" in set(made.loc[made["reason"] == 1, "term"])
    assert "RA,t2,2,1\n" in (out / "counts.csv").read_text()
    whole(*study(people=4), CODES).save(kept[1])  # learned again, from fewer
    assert main([*command, "--out", str(out)]) == 1
    assert "holds another job" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([*command, "--codebook", "other.yaml", "--out", str(out)])
    assert "not allowed with" in capsys.readouterr().err


def test_a_sample_corrects_what_a_suggester_says_of_a_file(
    kept: tuple[Suggester, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, sample, book, out = (tmp_path / name for name in ("c.csv", "sample.csv", "book.yaml", "out"))
    frame = pd.DataFrame({"comment": ["no money was left", "lunch"] * 30, "trust": ["RA", "RA", "RB", "RB"] * 15})
    frame.to_csv(source, index=False)
    book.write_text(BOOK, encoding="utf-8")
    about = [str(source), "--text", "comment", "--by", "trust"]
    assert main(["code", *about, "--suggester", str(kept[1]), "--out", str(out)]) == 0
    assert main(["sample", *about, "--n", "40", "--seed", "1", "--codebook", str(book), "--out", str(sample)]) == 0
    coded = pd.read_csv(sample)
    coded["t1"], coded["t2"] = 0, coded["comment"].str.contains("money").astype("int")
    coded.to_csv(sample, index=False)
    capsys.readouterr()
    assert main(["correct", str(sample), "--coded", str(out)]) == 0
    said = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("  t2  "))
    assert re.search(r"all comments: 0.500 \(0\.4\d\d to 0\.5\d\d\); the machine alone, uncorrected: 0.500", said)


def test_the_package_and_a_finished_run_do_not_load_scikit_learn() -> None:
    code = "import sys, buddy_eval, buddy_eval.cli.main, buddy_eval.pipeline.steps; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_many_texts_are_learned_in_parts_and_nobody_is_judged_by_a_model_that_saw_them() -> None:
    """By another road: scikit-learn's ridge regression, learned anew on each part without those who are judged."""
    random = np.random.default_rng(5)
    x = random.random((2 * PART + 60, 40)) * (random.random((2 * PART + 60, 40)) < 0.2)
    y, group = random.normal(size=(len(x), 2)), np.arange(len(x)) // 4
    weights, honest = fitted(csr_matrix(x), y, group)
    parts = divided(group, PART)
    assert len(parts) == 3
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(y)))
    for one, other in itertools.combinations(parts, 2):
        assert not set(group[one]) & set(group[other])
        assert abs(len(one) - len(other)) <= 4

    def learned_from(rows: np.ndarray) -> np.ndarray:
        return np.asarray(Ridge(alpha=RIDGE / 3, fit_intercept=False).fit(x[rows], y[rows]).coef_.T)

    assert weights == pytest.approx(sum(map(learned_from, parts)) / 3, abs=1e-8)
    for judged in (0, 400, 765):
        mine = np.flatnonzero(group == judged)
        without = sum(learned_from(rows[group[rows] != judged]) for rows in parts) / 3
        assert honest[mine] == pytest.approx(x[mine] @ without, abs=1e-8)
