"""A design is judged before anybody is asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from buddy_eval import design
from buddy_eval.cli import main
from buddy_eval.errors import BuddyError


def test_the_simulated_answers_are_skewed_five_point_answers_with_the_planned_gap() -> None:
    drawn = design.simulate([(20, 10)] * 6, 400, 1)
    scores = drawn.scores(0.0)
    assert scores.min() >= 1
    assert scores.max() <= 5
    assert np.mean(scores) == pytest.approx(sum(n * share for n, share in enumerate(design.SHARES, 1)), abs=0.03)
    planted = drawn.gaps(drawn.scores(0.6)).mean()
    assert planted == pytest.approx(drawn.assumed.points(0.6), abs=0.03)
    assert drawn.assumed.points(0.6) > 0.5


def test_more_pairs_see_smaller_gaps_and_below_six_no_p_value_is_promised() -> None:
    few, many = (design.power(pairs, 15, studies=300) for pairs in (4, 8))
    assert design.smallest(many) < design.smallest(few)
    assert few["significant"].isna().all()
    assert np.isnan(design.smallest(few, "significant"))
    assert design.smallest(many, "significant") >= design.smallest(many) * 0.95
    assert few["seen"].iloc[0] < 0.06


def test_the_command_prints_a_table_and_draws_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "design.png"
    assert main(["design", "--pairs", "4", "--people", "4", "--picture", str(file)]) == 0
    said = capsys.readouterr().out
    assert "The smallest gap that the study could see" in said
    assert "4 pairs:" in said
    assert file.read_bytes().startswith(b"\x89PNG")


def test_a_design_without_pairs_is_refused_in_plain_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["design", "--pairs", "1", "--people", "30"]) == 1
    assert capsys.readouterr().err == "give 2 to 40 pairs and 2 to 500 people a side, not 1 and 30\n"
    with pytest.raises(BuddyError):
        design.power(6, 0)
