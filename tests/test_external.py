"""People of other bodies who answer the survey: read, shown as a side of their own, pooled with nobody."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd
import pytest

from buddy_eval.pipeline import run as pipeline
from buddy_eval.pipeline.processed import read
from buddy_eval.schemas import PROCESSED
from buddy_eval.schemas.posts import EXTERNAL, POSTS, WHICH_PAIR, WHICH_POST, WHICH_TRUST
from buddy_eval.study.settings import load_study
from team_study import INSTRUMENT, Rows, build, edited, write

Tables = dict[str, pd.DataFrame]
TRUSTS = ("Marram Coast NHS Trust", "Tallis Vale NHS Trust")
COUNTED = {"imports", "comment_counts", "suggestions"}  # of all that was read, and of all comments; no answer of a side


def made(folder: Path, others: int) -> Tables:
    """The processed tables of a study in which so many people of other bodies answer, each item with the lowest."""
    build(folder)
    rows: Rows = [["ID", WHICH_PAIR, WHICH_TRUST, WHICH_POST, *INSTRUMENT.items["wording"]]]
    dice, kinds = random.Random(3), list(INSTRUMENT.items["kind"])
    for n in range(24 + others):
        trust = TRUSTS[n % 2] if n < 24 else EXTERNAL
        given = [dice.choice(("Disagree", "Agree", "Strongly agree")) if n < 24 else "Strongly disagree" for _ in kinds]
        answers = [answer if kind != "free_text" else "" for answer, kind in zip(given, kinds, strict=True)]
        rows.append([str(n), "P1", trust, POSTS["board"], *answers])
    write(folder / "data" / "raw" / "survey.csv", rows)
    edited("tracker.xlsx", lambda sheet: sheet.__setitem__("F2", 60))(folder)
    study = load_study(folder)
    pipeline.run(study, lambda _: None)
    return {name: read(study, name) for name in PROCESSED}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tables, Tables]:
    return made(tmp_path_factory.mktemp("without"), 0), made(tmp_path_factory.mktemp("with"), 6)


def test_answers_of_other_bodies_change_no_figure_of_a_side_or_of_both(both: tuple[Tables, Tables]) -> None:
    without, others = both
    for name in PROCESSED.keys() - COUNTED:
        ours = others[name]
        ours = ours[ours["side"] != "external"].reset_index(drop=True) if "side" in ours else ours
        pd.testing.assert_frame_equal(without[name].reset_index(drop=True), ours, obj=name)


def test_other_bodies_have_figures_of_their_own(both: tuple[Tables, Tables]) -> None:
    external = {name: frame[frame["side"] == "external"] for name, frame in both[1].items() if "side" in frame}
    assert set(external["responses"]["participant"]) == {f"W1-{n}" for n in range(24, 30)}
    assert set(external["within"]["n"]) == {6}
    assert list(external["flow"]["took_part"]) == [6]
    survey = external["by_round"].query("strand == 'survey' and pair == 'P1'")
    assert set(survey["n"]) == {6}
    assert not both[1]["comparisons"].empty
