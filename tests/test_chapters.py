"""What a chapter begins with: its answer, and no more than its rows say to these readers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from buddy_eval import tables
from buddy_eval.base.errors import BuddyError
from buddy_eval.disclose.results import Results
from buddy_eval.present.messages import Messages
from buddy_eval.present.tables.chapters import CHAPTERS
from buddy_eval.study.settings import load_study
from invented_results import interviews, invented, pairs

ROOT = Path(__file__).resolve().parents[1]
SAID = [
    *((f"P1-S{n}", "P1", "supporter", "CB1", "barrier") for n in range(3)),
    ("P1-S3", "P1", "supporter", "CB1", "enabler"),
    *((f"P1-R{n}", "P1", "receiver", "CB1", "enabler") for n in range(2)),
    ("P1-R2", "P1", "receiver", "CB1", "barrier"),
]


def sentences(results: Results, chapter: str) -> list[str]:
    said = tables.answer(results, chapter)
    return [message.sentence for message in said.messages] if isinstance(said, Messages) else [
        text for text, _ in said.sentences
    ]  # fmt: skip


def test_of_interviews_the_direction_is_said_that_more_people_of_a_side_spoke_of(tmp_path: Path) -> None:
    results = invented(tmp_path, "internal", {"pairs": pairs("P1"), **interviews(SAID)})
    culture = results.labels["culture"].lower()
    assert sentences(results, "interviews") == [
        f"Among the supporters interviewed, more spoke mostly of barriers than of enablers on {culture}.",
        f"Among the receivers interviewed, more spoke mostly of enablers than of barriers on {culture}.",
    ]


def test_of_small_counts_readers_outside_are_told_no_direction(tmp_path: Path) -> None:
    results = invented(tmp_path, "public", {"pairs": pairs("P1", "P2", "P3"), **interviews(SAID)})
    assert sentences(results, "interviews") == []


def test_a_tie_is_no_direction(tmp_path: Path) -> None:
    results = invented(tmp_path, "internal", {"pairs": pairs("P1"), **interviews([SAID[0], SAID[3]])})
    assert sentences(results, "interviews") == []


def test_a_study_without_data_has_no_answers(tmp_path: Path) -> None:
    results = invented(tmp_path, "internal", {"pairs": pairs("P1")})
    assert [said for chapter in CHAPTERS if chapter != "data" for said in sentences(results, chapter)] == []


def test_a_chapter_of_no_known_name_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(BuddyError, match="did you mean 'survey'"):
        tables.answer(invented(tmp_path, "internal", {"pairs": pairs("P1")}), "survy")


def test_boards_are_said_to_have_most_and_least_in_place_by_their_shares(published: Path) -> None:
    results = Results(load_study(published), "internal")
    table = tables.readiness(results, "theme").frame
    cells = table["In place"].str.extract(r"(\d+) of (\d+)").astype("int64").groupby(table["Theme"]).sum()
    share = (cells[0] / cells[1]).sort_values()
    said = sentences(results, "series")[0]
    most, least = (f"{name[0].lower()}{name[1:]} ({cells.loc[name, 0]} of {cells.loc[name, 1]})" for name in (
        share.index[-1], share.index[0],
    ))  # fmt: skip
    assert said == f"Boards said that an answer is in place most often on {most} and least often on {least}."


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "notebooks").glob("0[1-6]*.ipynb")))
def test_every_chapter_asks_for_its_answer_before_anything_else(name: str) -> None:
    cells = json.loads((ROOT / "notebooks" / name).read_text(encoding="utf-8"))["cells"]
    shown = [cell for cell in cells[1:] if not "".join(cell["source"]).startswith("from buddy_eval import")]
    assert "".join(shown[0]["source"]).startswith("tables.answer(results, ")


def test_the_chapters_of_the_report_open_with_their_answer(published: Path) -> None:
    text = (published / "reports" / "internal" / "report.html").read_text(encoding="utf-8")
    for heading in BeautifulSoup(text, "html.parser").find_all("h2")[1:]:
        after = heading.find_next_sibling()
        assert after is not None
        assert set(after.get_attribute_list("class")) & {"messages", "points"}, heading.get_text()
