"""Studies of every shape: no traceback, no warning, nothing that leaves and should not, no statement that is not so."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

import checking_reader
import shapes
from buddy_eval.base.manifest import MANIFEST, Manifest
from buddy_eval.base.profiles import PROFILES
from buddy_eval.pipeline import run as pipeline
from buddy_eval.publish import reports
from buddy_eval.publish.document import endings
from buddy_eval.study.settings import Study, load_study
from built_page import p_near
from rendered import rendered

SEEDS = (*range(20), 21, 24, *range(26, 31), *range(36, 40))  # without some of the largest, for their time
WHOLE = (0, 2)  # these go through kernels and every format


def quiet(line: str) -> None:
    """Say nothing."""


def ran(seed: int, folder: Path) -> Study:
    """The study of a seed, its tables made."""
    study = load_study(shapes.build(shapes.shape(seed), folder))
    pipeline.run(study, quiet)
    return study


def pages(study: Study, seed: int) -> None:
    """Write pages for one circle of readers: the team's report, two briefs, or two public ones, in turn by seed."""
    reports._protect(study, Manifest(study.root, study.processed / MANIFEST), PROFILES, quiet)
    profile = PROFILES[seed // 12 % 3]  # the number of pairs goes round from 1 to 12
    documents = reports.documents(study, (profile,))
    for document in documents[:1] if profile == "internal" else {documents[0], documents[seed % len(documents)]}:
        (study.reports / profile).mkdir(parents=True, exist_ok=True)
        page = study.reports / profile / f"{document.stem}.html"
        page.write_text(rendered(study, document), encoding="utf-8")


def test_the_shapes_tried_here_hold_everything_that_a_study_may_be() -> None:
    drawn = [shapes.shape(seed) for seed in SEEDS]
    assert {one.pairs for one in drawn} == set(range(1, 13))
    for field in fields(shapes.Shape):
        values = {getattr(one, field.name) for one in drawn}
        if field.type == "bool":
            assert values == {True, False}, field.name
    assert {one.waves for one in drawn} == {1, 2, 3}
    assert {one.people for one in drawn} == set(shapes.PEOPLE)
    assert {one.coded for one in drawn if "interviews" in one.parts} == {"none", "half", "all"}
    assert {one.valence for one in drawn if "interviews" in one.parts} == {"none", "some", "all"}
    assert {one.shared for one in drawn} == {"none", "supporter", "receiver", "both"}
    assert {one.returns for one in drawn if "boards" in one.parts} == {"one", "waves", "members"}
    for part in shapes.PARTS:
        assert {part in one.parts for one in drawn} == {True, False}, part


@pytest.mark.parametrize("seed", [seed for seed in SEEDS if seed not in WHOLE])
def test_a_study_of_any_shape_becomes_reports_that_its_raw_files_bear_out(seed: int, tmp_path: Path) -> None:
    study = ran(seed, tmp_path)
    pages(study, seed)
    assert checking_reader.contradictions(tmp_path) == [], shapes.shape(seed)


@pytest.mark.parametrize(("seed", "part"), [(0, "kept"), (3, "kept"), (16, "boards"), (5, "interviews")])
def test_a_study_of_one_part_says_what_it_can_without_empty_headings(seed: int, part: str, tmp_path: Path) -> None:
    study = load_study(shapes.build(shapes.alone(seed, part), tmp_path))
    pipeline.run(study, quiet)
    reports._protect(study, Manifest(study.root, study.processed / MANIFEST), PROFILES, quiet)
    for document in reports.documents(study, PROFILES):
        if document.kind in {"report", "summary"} or (document.kind == "brief" and document.pair.endswith(("1", "K"))):
            page = study.reports / document.profile / f"{document.stem}.html"
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(rendered(study, document), encoding="utf-8")
            soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
            main = soup.find("main")
            assert main is not None
            for heading in main.find_all(["h2", "h3"]):
                follows = heading.find_next_sibling()
                assert follows is not None, (document, heading.get_text())
                assert follows.name != heading.name, (document, heading.get_text())
            assert "Aurelia" not in soup.get_text() or document.profile == "internal"
            assert (part == "kept" and document.profile == "internal") <= ("What each side gives" in main.get_text())
    assert checking_reader.contradictions(tmp_path) == []


@pytest.mark.parametrize("seed", WHOLE)
def test_a_study_of_any_shape_leaves_in_every_format(seed: int, tmp_path: Path) -> None:
    study = ran(seed, tmp_path)
    files = reports.publish(study, PROFILES, quiet)
    assert len(files) == sum(len(endings(d.kind)) for d in reports.documents(study, PROFILES))
    assert checking_reader.contradictions(tmp_path) == [], shapes.shape(seed)


def test_the_illustrative_study_says_what_its_raw_files_say(published: Path) -> None:
    assert checking_reader.contradictions(published) == []


FALSE = (  # where a statement of a page stands, what it says, and what somebody would have written instead
    ("details p", "supporters scored", "higher", "lower"),
    ("li", "people were interviewed", "30", "31"),
    (
        "details p",
        "(interviews ",
        "the kinds of evidence point one way in part, as not all have a direction",
        "the kinds of evidence point opposite ways within a side",
    ),
    ("caption", "Mean scores by side", "3.", "4."),
    ("caption", "Differences across pairs", "+0.71", "+0.17"),
    ("caption", "Board readiness by analytic theme", " of ", "1 of "),
    ("caption", "Joint display", "one way in part", "opposite ways"),
    ("caption", "Themes in the interviews", "16", "15"),
)


@pytest.mark.parametrize(("tag", "about", "true", "false"), FALSE)
def test_the_reader_finds_what_is_not_so(
    published: Path, tmp_path: Path, tag: str, about: str, true: str, false: str
) -> None:
    """A page in which one statement was changed is no longer borne out."""
    (tmp_path / "data").symlink_to(published / "data")
    (tmp_path / "study.toml").symlink_to(published / "study.toml")
    pages = {
        name: BeautifulSoup((published / "reports" / "internal" / name).read_text("utf-8"), "html.parser")
        for name in ("report.html", "report-tables.html")
    }
    places = (found for page in pages.values() for found in page.select(tag) if about in found.get_text())
    wholes = (place.find_next("tbody") if tag == "caption" else place for place in places)
    text = next(string for whole in wholes if whole for string in whole.find_all(string=True) if true in string)
    text.replace_with(text.replace(true, false, 1))
    (tmp_path / "reports" / "internal").mkdir(parents=True)
    for name, page in pages.items():
        (tmp_path / "reports" / "internal" / name).write_text(str(page), encoding="utf-8")
    assert checking_reader.contradictions(tmp_path)


def test_a_pair_may_not_be_called_all(tmp_path: Path) -> None:
    folder = shapes.build(shapes.shape(11), tmp_path)
    pairs = folder / "data" / "raw" / "pairs.csv"
    frame = pd.read_csv(pairs, dtype="str", keep_default_na=False)
    name = frame.loc[0, "pair"]
    pairs.write_text(pairs.read_text(encoding="utf-8").replace(f"{name},", "all,", 1), encoding="utf-8")
    assert any("'all'" in fault.problem for fault in pipeline.check(load_study(folder)))


@pytest.mark.parametrize(("written", "true"), [("< 0.001", 0.5**11), ("0.0010", 0.00099), ("0.25", 0.25)])
def test_the_reader_knows_a_p_value_as_it_is_written(written: str, true: float) -> None:
    assert p_near(written, true)
    assert not p_near(written, true + 0.01)
