"""What a chapter begins with: its answer, and no more than its rows say to these readers."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from buddy_eval import tables
from buddy_eval.base.errors import BuddyError
from buddy_eval.disclose.results import Results
from buddy_eval.present.messages import Messages
from buddy_eval.present.tables.chapters import CHAPTERS
from buddy_eval.schemas.vocabulary import WHOLE
from buddy_eval.study.settings import load_study
from invented_results import Rows, interviews, invented, pairs

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


def agreed(*pairs_of: str) -> Rows:
    """One overdue action a pair, and one done in the first."""
    days = {
        name: pd.Timestamp(day)
        for name, day in (("agreed", "2025-01-01"), ("due", "2025-03-01"), ("as_at", "2025-06-30"))
    }
    same = {"what": "a visit", "owner_role": "Chair", **days}
    states = [(pair, "overdue") for pair in pairs_of] + [(pairs_of[0], "done")]
    return [{"action": f"A{n}", "pair": pair, "state": state, **same} for n, (pair, state) in enumerate(states)]


@pytest.mark.parametrize(
    ("profile", "names", "said"),
    [
        ("internal", ("P1",), ["Of the actions agreed, as at 30 June 2025: 1 overdue and 1 done."]),
        ("public", ("P1", "P2", "P3"), ["Of the actions agreed, as at 30 June 2025: 3 overdue and 1 done."]),
        ("public", ("P1", "P2"), []),
    ],
)
def test_of_rounds_it_is_said_where_agreed_actions_stand(
    tmp_path: Path, profile: str, names: tuple[str, ...], said: list[str]
) -> None:
    rows = {"pairs": pairs(*names), "action_states": agreed(*names)}
    assert sentences(invented(tmp_path, profile, rows), "rounds") == said


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("internal", ["When round 2 opened, of the staff planned was given: 87% by supporters and 30% by receivers."]),
        ("public", []),  # of two pairs
    ],
)
def test_of_rounds_it_is_said_how_much_of_the_planned_staff_was_given(
    tmp_path: Path, profile: str, said: list[str]
) -> None:
    same = {"strand": "capacity", "measure": "given", "n": 4, "n_pairs": 2}
    values = [("supporter", 1, 0.5), ("supporter", 2, 0.874), ("receiver", 2, 0.3)]
    rows: Rows = [
        {**same, "pair": pair, "side": side, "wave": wave, "value": value}
        for pair in (WHOLE, "P1", "P2")
        for side, wave, value in values
    ]
    results = invented(tmp_path, profile, {"pairs": pairs("P1", "P2"), "by_round": rows})
    assert sentences(results, "rounds") == said


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


CHAPTER_FILES = [
    path.name for kind in ("0[1-6]*", "13*") for path in sorted((ROOT / "notebooks").glob(f"{kind}.ipynb"))
]


@pytest.mark.parametrize("name", CHAPTER_FILES)
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


def test_of_data_that_nothing_checks_that_is_the_answer(tmp_path: Path) -> None:
    results = invented(tmp_path, "internal", {"pairs": pairs("P1"), **interviews(SAID)})
    assert sentences(results, "data") == [
        "Neither how far coders agree nor how well a survey measures is known of these data."
    ]
