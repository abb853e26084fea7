"""Items that a survey did not ask: said by `check`, in no score and no figure, and never taken for a renamed column."""

from __future__ import annotations

from pathlib import Path

import pytest

from buddy_eval.disclose.results import Results
from buddy_eval.pipeline import processed
from buddy_eval.pipeline import run as pipeline
from buddy_eval.present.tables import flow_in_words, item_quality
from buddy_eval.start.companion import standing
from buddy_eval.study.settings import load_study
from team_study import INSTRUMENT, build, changed_rows, setting, without


def test_an_item_without_a_column_was_not_asked_where_no_column_is_a_stranger(tmp_path: Path) -> None:
    without(build(tmp_path), "M7")
    changed_rows(
        tmp_path, lambda rows: [[*row, text] for row, text in zip(rows, ["Start time", *["9:00"] * 4], strict=True)]
    )
    stands = standing(load_study(tmp_path))
    wording = INSTRUMENT.items.set_index("item")["wording"]["M7"]
    means = "a score takes the items that every wave asked of everybody"
    assert f"survey, wave 1: did not ask M7 ({wording!r}); {means}" in stands.there
    assert not [line for line in stands.to_come if "M7" in line]
    assert stands.faults == []


@pytest.mark.parametrize(("item", "said"), [("F1", "It helped to meet"), ("M7", "Agree")])
def test_a_column_that_may_be_the_missing_item_is_named_beside_it(tmp_path: Path, item: str, said: str) -> None:
    without(build(tmp_path), item)
    changed_rows(
        tmp_path, lambda rows: [[*row, text] for row, text in zip(rows, ["Worded anew", *[said] * 4], strict=True)]
    )
    (line,) = (line for line in standing(load_study(tmp_path)).to_come if line.startswith("survey, wave 1: "))
    assert f"no answers to {item} (" in line
    assert "no item is called 'Worded anew'" in line


def test_waves_with_no_item_of_a_theme_in_common_are_told_that_it_has_no_score(tmp_path: Path) -> None:
    build(tmp_path)
    raw, mine = tmp_path / "data" / "raw", ["E1", "E2", "E3", "E4", "E5", "E6"]
    (raw / "survey2.csv").write_bytes((raw / "survey.csv").read_bytes())
    setting("[[raw.survey]]", '[[raw.survey]]\nfile = "survey2.csv"\nwave = 2\n[[raw.survey]]')(tmp_path)
    without(tmp_path, *mine[:3])
    without(tmp_path, *mine[3:], file="survey2.csv")
    stands = standing(load_study(tmp_path))
    (line,) = (line for line in stands.to_come if line.startswith("survey: no score of"))
    assert line.startswith("survey: no score of evaluation: fewer than half of the items were asked of everybody in")


def test_what_several_files_of_a_survey_did_not_ask_is_said_once(tmp_path: Path) -> None:
    without(build(tmp_path), "M7")
    raw = tmp_path / "data" / "raw"
    for file, wave in (("survey2.csv", 2), ("survey3.csv", 1)):
        (raw / file).write_bytes((raw / "survey.csv").read_bytes())
        setting("[[raw.survey]]", f'[[raw.survey]]\nfile = "{file}"\nwave = {wave}\n[[raw.survey]]')(tmp_path)
    (line,) = (line for line in standing(load_study(tmp_path)).there if "did not ask" in line)
    assert line.startswith("survey, wave 1, wave 2: did not ask M7 (")


def test_a_wave_of_few_items_has_no_score_and_check_and_the_table_of_items_say_which(tmp_path: Path) -> None:
    """Two of six items, asked of everybody: they were asked, and are too few."""
    without(build(tmp_path), "E3", "E4", "E5", "E6")
    study = load_study(tmp_path)
    stands = standing(study)
    (line,) = (line for line in stands.there if "did not ask" in line)
    assert "did not ask E3 (" in line
    assert "E5 (" in line
    assert ", E6;" in line
    assert [line for line in stands.to_come if line.startswith("survey: no score of evaluation")]
    pipeline.run(study, lambda line: None)
    items = item_quality(Results(study, "internal"))
    assert "In no score, as not everybody was asked them in every wave, or fewer than half" in items.note
    assert items.note.rstrip(".").endswith("E1, E2")
    said = [text for text, _ in flow_in_words(Results(study, "internal")).sentences]
    assert "No score for evaluation and learning: too few of its questions were asked of everybody." in said
    read = processed.read(study, "evidence")
    survey = read[(read["strand"] == "survey") & (read["theme"] == "evaluation")]
    assert set(survey["state"]) == {"too_few"}
