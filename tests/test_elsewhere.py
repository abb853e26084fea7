"""Codes of any machine are corrected by people's sample; a sample says how many comments it still needs."""

from __future__ import annotations

import uuid
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import samplesize_confint_proportion

from buddy_eval.base.errors import StudyError
from buddy_eval.bulk.sampling.coded import correct
from buddy_eval.bulk.sampling.draw import draw
from buddy_eval.bulk.sampling.elsewhere import Elsewhere
from buddy_eval.bulk.sampling.estimate import more_needed
from buddy_eval.bulk.sampling.progress import progress
from buddy_eval.cli.main import main

ROWS = 3000
RULE = "culture,capacity"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Comments of three trusts, a machine that finds culture too often, and people's codes of a sample."""
    made, chance = tmp_path_factory.mktemp("elsewhere"), np.random.default_rng(3)
    said = pd.DataFrame({"id": [f"c{n}" for n in range(ROWS)], "trust": chance.choice(["RA", "RB", "RC"], ROWS)})
    spoken = ["Words " + "".join("abcdefghij"[int(figure)] for figure in str(n)) for n in range(ROWS)]
    said["comment"] = np.where(chance.random(ROWS) < 0.02, " ", spoken)
    said.to_csv(made / "comments.csv", index=False)
    truth = pd.DataFrame(
        {"id": said["id"], "culture": chance.random(ROWS) < 0.2, "capacity": chance.random(ROWS) < 0.4}
    )
    truth.to_csv(made / "truth.csv", index=False)
    codes = truth.assign(culture=truth["culture"] | (chance.random(ROWS) < 0.3), note="anything")
    codes.sample(frac=1, random_state=1).to_parquet(made / "codes.parquet", index=False)
    codes.astype({"culture": int, "capacity": int}).to_csv(made / "codes.csv", index=False)
    draw(made / "comments.csv", "comment", ["trust"], 300, 5, made / "sample.csv", RULE.split(","))
    sample = pd.read_csv(made / "sample.csv", encoding="utf-8-sig", dtype=str, keep_default_na=False)
    people = truth.iloc[sample["row"].astype(int) - 1]
    for theme in RULE.split(","):
        sample[theme] = people[theme].astype(int).astype(str).to_numpy()
    sample.to_csv(made / "sample.csv", index=False, encoding="utf-8-sig")
    return made


def machine(folder: Path, codes: str = "codes.parquet") -> Elsewhere:
    return Elsewhere(folder / codes, folder / "comments.csv", "id", "A local model", "3.1")


@pytest.mark.parametrize("codes", ["codes.parquet", "codes.csv"])
def test_a_machine_that_codes_too_often_is_corrected(folder: Path, codes: str) -> None:
    made = correct(folder / "sample.csv", machine(folder, codes))
    rows = made[(made["column"] == "") & (made["figure"] == "share")].to_dict("records")
    whole = {row["theme"]: row for row in rows}
    truth = pd.read_csv(folder / "truth.csv")
    said = pd.read_csv(folder / "comments.csv")["comment"].str.strip() != ""
    for theme in RULE.split(","):
        assert whole[theme]["ci_low"] < truth.loc[said, theme].mean() < whole[theme]["ci_high"]
    given = pd.read_parquet(folder / "codes.parquet").set_index("id").loc[truth["id"], "culture"].to_numpy()
    assert whole["culture"]["machine_uncorrected"] == pytest.approx(given[said].mean())
    assert whole["culture"]["machine_uncorrected"] > whole["culture"]["ci_high"]
    assert set(made.loc[made["column"] == "trust", "group"]) == {"RA", "RB", "RC"}
    assert [row["n_comments"] for row in rows] == [said.sum()] * 2
    assert whole["capacity"]["se"] == pytest.approx(0, abs=1e-9)  # there the machine is without error


def test_the_order_and_the_format_of_the_codes_do_not_matter(folder: Path) -> None:
    one, other = (correct(folder / "sample.csv", machine(folder, codes)) for codes in ("codes.parquet", "codes.csv"))
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda codes: codes.iloc[:-9], "has no codes for 9 of"),
        (lambda codes: codes.drop(columns="culture"), "there is no column 'culture'"),
        (lambda codes: codes.assign(id=codes["id"].where(codes["id"] != "c2", "c1")), "id stands twice in 1 rows"),
        (lambda codes: codes.assign(culture="perhaps"), "culture holds 3,000 cells that are neither 1 nor 0"),
        (lambda codes: codes.assign(culture="x"), "culture holds 3,000 cells that are neither 1 nor 0"),
        (lambda codes: pd.concat([codes, codes.iloc[:2].assign(id=["z1", "z2"])]), "no comment has: 'z1', 'z2'"),
    ],
)
def test_codes_that_do_not_fit_are_refused(folder: Path, tmp_path: Path, change, problem: str) -> None:  # type: ignore[no-untyped-def]
    codes = pd.read_csv(folder / "codes.csv")
    said = pd.read_csv(folder / "comments.csv")["comment"].str.strip() != ""
    change(codes[said.to_numpy()] if "9 of" in problem else codes).to_csv(tmp_path / "codes.csv", index=False)
    made = Elsewhere(tmp_path / "codes.csv", folder / "comments.csv", "id", "m", "1")
    with pytest.raises(StudyError, match=problem):
        correct(folder / "sample.csv", made)


def project(path: Path, codes: pd.DataFrame, codebook: str, *, person: bool = False) -> Path:
    """A REFI-QDA project: a source for every comment, coded by a robot; a person gives all of them Blame."""
    given = {"culture": ROBOT, "capacity": ROBOT} | ({"person": PERSON} if person else {})
    sources = []
    for n, row in enumerate(codes.assign(person=1).to_dict("records")):
        selections = "".join(
            f'<PlainTextSelection guid="{guid(10**6 * (place + 1) + n)}" startPosition="0" endPosition="4">'
            f'<Coding guid="{guid(10**7 * (place + 1) + n)}" creatingUser="{user}">'
            f'<CodeRef targetGUID="{guid(10**8 + place % 2)}"/></Coding></PlainTextSelection>'
            for place, (theme, user) in enumerate(given.items())
            if row[theme]
        )
        text = "<PlainTextContent>some words</PlainTextContent>"
        sources.append(f'<TextSource guid="{guid(n + 1)}" name="{row["id"]}.txt">{text}{selections}</TextSource>')
    users = f'<Users><User guid="{ROBOT}" name="robot"/><User guid="{PERSON}" name="KM"/></Users>'
    head = f'<Project xmlns="urn:QDA-XML:project:1.0" name="p" origin="t">{users}{codebook}'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.qde", f"{head}<Sources>{''.join(sources)}</Sources></Project>")
    return path


def guid(n: int) -> str:
    return str(uuid.UUID(int=n))


ROBOT, PERSON = guid(10**9), guid(10**9 + 1)
CODEBOOK = f"""<CodeBook><Codes><Code guid="{guid(7)}" name="Culture" isCodable="true">
<Code guid="{guid(10**8)}" name="Blame" isCodable="true"/></Code>
<Code guid="{guid(10**8 + 1)}" name="capacity" isCodable="true"/></Codes></CodeBook>"""


def test_codes_of_a_tool_s_machine_in_a_project_count_as_those_of_a_plain_file(folder: Path, tmp_path: Path) -> None:
    codes = pd.read_csv(folder / "codes.csv")
    path = project(tmp_path / "p.qdpx", codes, CODEBOOK)
    made = Elsewhere(path, folder / "comments.csv", "id", "robot", "1")
    pd.testing.assert_frame_equal(correct(folder / "sample.csv", made), correct(folder / "sample.csv", machine(folder)))
    few = project(tmp_path / "few.qdpx", codes.iloc[:-500], CODEBOOK)
    with pytest.raises(StudyError, match=r"few\.qdpx: has no codes for \d+ of"):
        correct(folder / "sample.csv", replace(made, codes=few))
    bare = project(tmp_path / "bare.qdpx", codes, CODEBOOK.replace('"capacity"', '"Beds"'))
    with pytest.raises(StudyError, match="there is no code 'capacity'"):
        correct(folder / "sample.csv", replace(made, codes=bare))
    both = replace(made, codes=project(tmp_path / "both.qdpx", codes, CODEBOOK, person=True))
    pd.testing.assert_frame_equal(correct(folder / "sample.csv", both), correct(folder / "sample.csv", made))
    with pytest.raises(StudyError, match="2 users coded, and none of them is called 'A model'"):
        correct(folder / "sample.csv", replace(both, machine="A model"))


def test_other_comments_and_a_key_that_is_none_are_refused(folder: Path, tmp_path: Path) -> None:
    comments = pd.read_csv(folder / "comments.csv")
    comments.iloc[:-50].to_csv(tmp_path / "comments.csv", index=False)
    other = Elsewhere(folder / "codes.csv", tmp_path / "comments.csv", "id", "m", "1")
    with pytest.raises(StudyError, match="holds other comments than the sample was drawn from"):
        correct(folder / "sample.csv", other)
    codes = pd.read_csv(folder / "codes.csv").assign(trust="RA")
    codes.to_csv(tmp_path / "codes.csv", index=False)
    key = Elsewhere(tmp_path / "codes.csv", folder / "comments.csv", "trust", "m", "1")
    with pytest.raises(StudyError, match="trust is empty or stands twice in"):
        correct(folder / "sample.csv", key)


def test_comments_of_another_name_or_in_another_order_are_refused(folder: Path, tmp_path: Path) -> None:
    comments = pd.read_csv(folder / "comments.csv")
    comments.to_csv(tmp_path / "renamed.csv", index=False)
    with pytest.raises(StudyError, match=r"renamed\.csv: there is no 'comments\.csv', which the sample was drawn from"):
        correct(folder / "sample.csv", Elsewhere(folder / "codes.csv", tmp_path / "renamed.csv", "id", "m", "1"))
    first, other = (int(row) - 1 for row in pd.read_csv(folder / "sample.csv", encoding="utf-8-sig")["row"][:2])
    comments.loc[[first, other], ["id", "comment"]] = comments.loc[[other, first], ["id", "comment"]].to_numpy()
    comments.to_csv(tmp_path / "comments.csv", index=False)
    with pytest.raises(StudyError, match=r"sample\.csv rows 2, 3: the text is another than in this row of") as caught:
        correct(folder / "sample.csv", Elsewhere(folder / "codes.csv", tmp_path / "comments.csv", "id", "m", "1"))
    assert "Words" not in str(caught.value)


def test_a_sample_that_a_spreadsheet_saved_is_still_the_same_text(folder: Path, tmp_path: Path) -> None:
    sample = pd.read_csv(folder / "sample.csv", encoding="utf-8-sig", dtype=str, keep_default_na=False)
    sample["comment"] = "'" + sample["comment"].str.replace(" ", "\r\n")
    sample.to_csv(tmp_path / "sample.csv", index=False, encoding="utf-8-sig")
    (tmp_path / "sample.json").write_bytes((folder / "sample.json").read_bytes())
    one, other = (correct(place / "sample.csv", machine(folder)) for place in (folder, tmp_path))
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize("cell", ["maybe", "x"])
def test_a_cell_of_people_that_is_neither_1_nor_0_is_refused(folder: Path, tmp_path: Path, cell: str) -> None:
    sample = pd.read_csv(folder / "sample.csv", encoding="utf-8-sig", dtype=str, keep_default_na=False)
    sample.loc[4, "culture"] = cell
    sample.to_csv(tmp_path / "sample.csv", index=False, encoding="utf-8-sig")
    (tmp_path / "sample.json").write_bytes((folder / "sample.json").read_bytes())
    with pytest.raises(StudyError, match=f"sample.csv row 6: culture is '{cell}'"):
        correct(tmp_path / "sample.csv", machine(folder))


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_a_simple_sample_needs_what_the_usual_formula_says(share: float) -> None:
    human = np.arange(200) < 200 * share
    strata = pd.DataFrame({"stratum": [0], "n_comments": [10_000_000], "n_machine": [0]})
    more = more_needed(pd.DataFrame({"stratum": 0, "human": human, "machine": False}), strata, 0.02)
    assert more is not None
    assert 200 + more == pytest.approx(samplesize_confint_proportion(share, 0.02), rel=0.01)


def test_what_is_needed_falls_to_nothing_and_a_good_machine_saves_comments(folder: Path, tmp_path: Path) -> None:
    alone = progress(folder / "sample.csv").set_index("theme")
    assert alone["n_coded"].tolist() == [300, 300]
    good = progress(folder / "sample.csv", machine(folder)).set_index("theme")
    assert (good["n_more"] <= alone["n_more"]).all()
    assert good["n_more"].to_dict()["capacity"] == 0
    half = (alone["ci_high"] - alone["ci_low"]) / 2
    assert ((half <= 0.05) == (alone["n_more"] == 0)).all()
    assert half["capacity"] > 0.05
    sample = pd.read_csv(folder / "sample.csv", encoding="utf-8-sig", dtype=str, keep_default_na=False)
    sample.loc[8:, RULE.split(",")] = ""
    sample.to_csv(tmp_path / "sample.csv", index=False, encoding="utf-8-sig")
    (tmp_path / "sample.json").write_bytes((folder / "sample.json").read_bytes())
    few = progress(tmp_path / "sample.csv")
    assert few["n_more"].isna().all()
    assert few["caution"].tolist() == ["few_coded", "few_coded"]


def test_the_commands_name_the_machine_and_never_give_its_figure_alone(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [str(folder / "sample.csv"), "--coded", str(folder / "codes.parquet")]
    assert main(["correct", *words]) == 1
    assert "give --comments, --key, --machine and --version too" in capsys.readouterr().err
    words += [
        "--comments",
        str(folder / "comments.csv"),
        "--key",
        "id",
        "--machine",
        "A local model",
        "--version",
        "3.1",
    ]
    assert main(["correct", *words, "--out", str(tmp_path / "shares.csv")]) == 0
    said = capsys.readouterr().out
    assert "methods: A local model, version 3.1, coded every comment" in said
    assert said.count("the machine alone, uncorrected") == len(pd.read_csv(tmp_path / "shares.csv"))
    shares = pd.read_csv(tmp_path / "shares.csv", dtype=str)
    assert shares[["machine", "machine_version"]].drop_duplicates().to_numpy().tolist() == [["A local model", "3.1"]]
    assert main(["progress", str(folder / "sample.csv")]) == 0
    said = capsys.readouterr().out
    assert "300 coded, " in said
    assert "more make it sure to 5 points" in said
