"""Whatever a theme or a code is called, and however captions are worded, the same counts are withheld."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from buddy_eval.disclose import public_counts
from buddy_eval.disclose.results import Results
from buddy_eval.present import plots, tables
from buddy_eval.present.tables import interviews
from buddy_eval.present.tables.form import DRAWN
from buddy_eval.release.tables import public_tables
from buddy_eval.schemas.released import TABLES
from buddy_eval.study.settings import load_study

PACKAGE = Path(public_counts.__file__).resolve().parents[1]
LABELS = ["Culture / behaviours", "Raised it", "All (of us)", "withheld", "Codes of the theme: Withheld"]
HOSTILE = ["Raised it", "All (of us)", "withheld", "Culture / behaviours", "12", "3 (12%)", "supporter", "themes/x"]
CODES = ["Asked / Took part", "Mostly enabler", "Receiver (of 130)", "withheld", "3 to 4"]


@pytest.fixture(scope="module")
def plain(published: Path) -> Results:
    """The illustrative study as the public reads it."""
    return Results(load_study(published), "public")


def copied(published: Path, folder: Path) -> Path:
    """A copy of the illustrative study with its tables."""
    processed = folder / "data" / "processed"
    shutil.copytree(published / "data" / "processed", processed)
    for name in ("study.toml", "notebooks"):
        copy = shutil.copytree if (published / name).is_dir() else shutil.copy
        copy(published / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def renamed(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The same with labels of themes and names of codes that look like the words of our own tables."""
    folder = copied(published, tmp_path_factory.mktemp("relabelled"))
    processed = folder / "data" / "processed"
    themes, codes = (pd.read_parquet(processed / f"{name}.parquet") for name in ("themes", "codes"))
    themes["label"] = LABELS
    codes["name"] = [CODES[n % len(CODES)] for n in range(len(codes))]
    themes.to_parquet(processed / "themes.parquet")
    codes.to_parquet(processed / "codes.parquet")
    return Results(load_study(folder), "public")


def others(frame: pd.DataFrame, names: dict[str, dict[str, str]]) -> pd.DataFrame:
    """A table in which whatever a column of these names holds is called otherwise."""
    made = frame.copy()
    for column in names:
        if column in made and pd.api.types.is_string_dtype(made[column]):
            made[column] = made[column].replace(names[column])
    return made


@pytest.fixture(scope="module")
def hostile(published: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Results, dict[str, dict[str, str]]]:
    """The same with ids of pairs, trusts, indicators and codes like words and numbers of our tables; the renaming."""
    folder = copied(published, tmp_path_factory.mktemp("hostile"))
    processed = folder / "data" / "processed"
    codes = list(pd.read_parquet(processed / "codes.parquet")["code"])
    pairs = pd.read_parquet(processed / "pairs.parquet")
    trusts = [*pairs["supporter"], *pairs["receiver"]]
    indicators = sorted(pd.read_parquet(processed / "signals.parquet")["indicator"].unique())
    code, pair, trust, indicator = (
        dict(zip(kind, HOSTILE, strict=False)) for kind in (codes, pairs["pair"], trusts, indicators)
    )
    names = {"code": code, "pair": pair, "ods": trust, "supporter": trust, "receiver": trust}
    names |= {"indicator": indicator, "outcome": indicator, "theme": indicator}
    for path in processed.glob("*.parquet"):
        others(pd.read_parquet(path), names).to_parquet(path)
    return Results(load_study(folder), "public"), names


def test_the_same_cells_are_withheld_whatever_pairs_trusts_indicators_and_codes_are_called(
    plain: Results, hostile: tuple[Results, dict[str, dict[str, str]]]
) -> None:
    other, names = hostile
    (system, hidden), (same, hidden_too) = public_counts.published(plain), public_counts.published(other)
    assert sorted(same.values) == sorted(system.values)
    assert same.matrix.nnz == system.matrix.nnz
    assert hidden_too.sum() == hidden.sum()
    for (name, was), (name_too, now) in zip(public_tables(plain).items(), public_tables(other).items(), strict=True):
        key = next(schema.key for schema in TABLES if schema.name == name)
        assert name == name_too
        expected = others(was, names).set_index(list(key)).sort_index()
        pd.testing.assert_frame_equal(now.set_index(list(key)).sort_index(), expected)


@pytest.mark.parametrize("profile", ["internal", "partners", "public"])
def test_every_table_and_picture_of_hostile_names_is_drawn(
    hostile: tuple[Results, dict[str, dict[str, str]]], profile: str
) -> None:
    results = replace(hostile[0], profile=profile, pair=HOSTILE[1] if profile == "partners" else None)
    drawn = [table for every in DRAWN.values() for table in every(results)]
    assert len(drawn) > 30
    assert all(table._repr_html_() for table in drawn)
    pictures = [plots.charts(results, indicator) for indicator in results.indicators]
    assert [picture is not None for picture in pictures] == [profile != "public"] * len(results.indicators)
    assert plots.joint(results) is not None


def test_the_system_of_sums_is_the_same_whatever_things_are_called(plain: Results, renamed: Results) -> None:
    (system, hidden), (other, hidden_too) = public_counts.published(plain), public_counts.published(renamed)
    assert (len(system.cells), system.relations["relation"].nunique()) == (713, 283)
    pd.testing.assert_frame_equal(other.cells.reset_index(drop=True), system.cells.reset_index(drop=True))
    assert (other.matrix != system.matrix).nnz == 0
    assert hidden_too.tolist() == hidden.tolist()
    assert public_counts.guards(renamed) == public_counts.guards(plain)


def test_the_same_cells_are_withheld_in_the_tables_whatever_things_are_called(plain: Results, renamed: Results) -> None:
    cells = public_counts.public_counts(plain)
    chosen = frozenset(cells.index[cells["printed"] & (cells["status"] == "rounded")][::3])
    drawn = cells[cells["table"].isin(["themes", "codes", "comments_lexicon"])]
    of_these, already = drawn.index.isin(chosen).sum(), (drawn["status"] == "secondary").sum()
    read, other = (replace(results, guards=chosen) for results in (plain, renamed))
    before = [tables.themes(read), tables.comments(read), *(tables.codes(read, theme) for theme in read.themes)]
    after = [tables.themes(other), tables.comments(other), *(tables.codes(other, theme) for theme in other.themes)]
    withheld = 0
    for was, now in zip(before, after, strict=True):
        assert was.status is not None
        assert now.status is not None
        pd.testing.assert_frame_equal(was.status, now.status)
        assert was.frame.iloc[:, was.heads :].equals(now.frame.iloc[:, now.heads :])
        assert ("<table" in was._repr_html_()) == ("<table" in now._repr_html_())
        withheld += int((now.status == "secondary").to_numpy().sum())
    assert of_these > 10
    assert withheld == already + of_these


def test_other_words_above_the_columns_change_no_relation(plain: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    system, hidden = public_counts.published(plain)
    monkeypatch.setattr(interviews, "COLUMNS", {name: f"{name}, people" for name in interviews.COLUMNS})
    assert "raised, people" in tables.themes(plain).frame
    other, hidden_too = public_counts.published(plain)
    pd.testing.assert_frame_equal(other.cells, system.cells)
    pd.testing.assert_frame_equal(other.relations, system.relations)
    assert hidden_too.tolist() == hidden.tolist()


READS = {"startswith", "endswith", "removeprefix", "removesuffix", "partition", "rpartition", "split", "rsplit"}
SHOWN = {"caption", "note", "label", "labels", "text", "texts", "sentence"}  # what holds words for readers
OWN_WORDS = {
    ("people.py", "split"),  # the paragraphs of `limits` in study.toml, which are printed as they are
    ("checklists.py", "split"),  # the same, as one
    ("checklists.py", "partition"),  # label and fact of an item in our own checklists.yaml
    *((file, word) for file in ("contents.py", "trace.py") for word in ("rpartition", "startswith")),  # names of files
    ("crate.py", "rpartition"),
    ("trace.py", "split"),
}


def decides_by_words(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of what looks into text, and of comparisons with words for readers."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READS:
            if not (node.func.attr == "removeprefix" and ast.unparse(node.func.value) == "log['file'].str"):
                yield node.lineno, node.func.attr
        elif isinstance(node, ast.Compare):
            for part in (node.left, *node.comparators):
                name = part.attr if isinstance(part, ast.Attribute) else part.id if isinstance(part, ast.Name) else ""
                word = part.value if isinstance(part, ast.Constant) else ""
                if name in SHOWN or (isinstance(word, str) and (word[:1].isupper() or " " in word)):
                    yield node.lineno, name or str(word)


ROOMS = ("disclose", "present/tables", "present/plots", "release")


@pytest.mark.parametrize(
    "path",
    [path for room in ROOMS for path in sorted((PACKAGE / room).glob("*.py"))],
    ids=lambda path: path.relative_to(PACKAGE).as_posix(),
)
def test_no_room_from_disclosure_to_release_decides_by_what_is_displayed(path: Path) -> None:
    found = decides_by_words(ast.parse(path.read_text("utf-8")))
    assert [(line, name) for line, name in found if (path.name, name) not in OWN_WORDS] == []


def test_the_walk_sees_what_would_decide_by_words() -> None:
    code = ast.parse(
        "why = note if self.note.startswith('Withheld') else ''\n"
        "total = name == 'Raised it'\n"
        "here = theme in labels\n"
        "row = key == 'raised'\n"
        "same = table.caption == other\n"
    )
    found = [(1, "startswith"), (2, "Raised it"), (3, "labels"), (5, "caption")]
    assert sorted(decides_by_words(code)) == found


WITHHOLDS = {"withhold", "withhold_row", "enough", "visible_quotes", "attribution", "suppress_below", "round_to"}
SAID = {("people.py", "suppress_below")}  # "fewer than 8 people", of a number that is withheld


@pytest.mark.parametrize("path", sorted((PACKAGE / "present").rglob("*.py")), ids=lambda path: path.name)
def test_what_draws_withholds_nothing(path: Path) -> None:
    used = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, (ast.Attribute, ast.Name))
    }
    assert {(path.name, name) for name in used & WITHHOLDS} - SAID == set()
