"""Words held once, as categories: the same tables as of words in every row, and nobody whom nobody chose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buddy_eval.analyse.evidence import asked_unscored
from buddy_eval.analyse.participant_flow import flow
from buddy_eval.analyse.rounds import told, told_by_round
from buddy_eval.base.categories import stacked
from buddy_eval.pipeline import processed
from buddy_eval.pipeline.survey_step import score
from buddy_eval.schemas import PROCESSED, conform, empty
from buddy_eval.study.instrument import load_instrument
from buddy_eval.study.settings import Study

ITEMS = load_instrument().items
WORDS = ["participant", "pair", "side", "role", "item", "status"]


def responses() -> pd.DataFrame:
    """Answers of four pairs to all items in two waves, of which the second leaves out an item; one cell is empty."""
    rows = [
        (f"P{person}", f"SYN0{4 - person % 4}", ("supporter", "receiver")[person % 8 // 4], wave, item)
        for person in range(40)
        for wave in (1, 2)
        for item in ITEMS.loc[ITEMS["kind"] != "free_text", "item"]
        if (wave, item) != (2, "C1")
    ]
    answers = pd.DataFrame(rows, columns=["participant", "pair", "side", "wave", "item"]).assign(role="board")
    answers["answer"] = pd.array(np.random.default_rng(5).integers(1, 6, len(answers)), dtype="Int64")
    answers.loc[7, "answer"] = pd.NA
    status = answers["answer"].notna().map({True: "answered", False: "missing"})
    return conform(answers.assign(status=status), PROCESSED["responses"])


def by_words(answers: pd.DataFrame) -> pd.DataFrame:
    """The same with words as categories, a post and a pair among them that nobody chose."""
    held = answers.astype(dict.fromkeys(WORDS, "category"))
    pair = held["pair"].cat.add_categories("SYN09")
    return held.assign(role=held["role"].cat.set_categories(["board", "improvement_team"]), pair=pair)


def in_words(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype(dict.fromkeys(frame.select_dtypes("category"), "str"))


def told_in_rounds(answers: pd.DataFrame) -> dict[str, pd.DataFrame]:
    columns = ["participant", "pair", "side", "wave", "code", "theme", "direction"]
    nobody = pd.DataFrame(columns=columns)  # no interviews: nothing turns the categories into words on the way
    figures = told(answers, ITEMS, nobody, nobody)
    return {"told": figures, "by_round": told_by_round(figures, ITEMS)}


def who_took_part(answers: pd.DataFrame) -> dict[str, pd.DataFrame]:
    invitations, participants, units = (empty(PROCESSED[name]) for name in ("invitations", "participants", "units"))
    return {"flow": flow(invitations, participants, units, answers)}


def asked_of(answers: pd.DataFrame) -> dict[str, pd.DataFrame]:
    strands = pd.DataFrame({"pair": ["SYN01", "all", "SYN09"], "side": "receiver", "theme": "culture"})
    strands = strands.assign(strand="survey", state="not_asked", detail="")
    return {"evidence": asked_unscored(strands, answers, ITEMS)}


@pytest.mark.parametrize("made_of", [score, told_in_rounds, who_took_part, asked_of])
def test_results_are_the_same_whichever_way_words_are_held(made_of: Callable[..., dict[str, pd.DataFrame]]) -> None:
    items = (ITEMS,) if made_of is score else ()
    plain, held = (made_of(answers, *items) for answers in (responses(), by_words(responses())))
    assert all(len(frame) for frame in plain.values())
    for name in plain:
        frame, other = (in_words(tables[name]) for tables in (plain, held))
        pd.testing.assert_frame_equal(frame, other, check_exact=True)


def test_a_table_is_written_and_read_the_same_in_one_piece_or_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processed, "ROWS", 1000)
    study, answers = Study(root=tmp_path, title="A", team="B"), responses()
    astray = by_words(answers)  # the categories of a part of the key the other way round
    astray["item"] = astray["item"].cat.set_categories(sorted(answers["item"].unique(), reverse=True))
    written = [processed.write(study, "responses", frame).read_bytes() for frame in (answers, astray[::-1])]
    assert written[0] == written[1]
    pd.testing.assert_frame_equal(processed.read(study, "responses"), answers)
    held = processed.by_words(study, "responses")
    assert held.groupby("pair").size().index.tolist() == ["SYN01", "SYN02", "SYN03", "SYN04"]
    pd.testing.assert_frame_equal(in_words(held), answers)
    assert set(held[WORDS].dtypes.astype("str")) == {"category"}


def test_frames_with_other_words_come_together_as_categories() -> None:
    parts = [pd.DataFrame({"item": cells}, dtype="category") for cells in (["b", None], ["c", "a"])]
    together = stacked(parts)["item"]
    assert together.astype("object").where(together.notna(), None).tolist() == ["b", None, "c", "a"]
    assert together.cat.categories.tolist() == ["a", "b", "c"]


def test_a_study_without_items_has_empty_tables_of_its_survey() -> None:
    """It ended in a traceback, for there was no theme to begin with."""
    scored = score(empty(PROCESSED["responses"]), empty(PROCESSED["items"]))
    assert {len(frame) for frame in scored.values()} == {0}
    assert "scores" in scored
