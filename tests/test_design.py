"""A design is judged before anybody is asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buddy_eval.analyse import design
from buddy_eval.analyse.compare import across
from buddy_eval.base.errors import BuddyError
from buddy_eval.cli.main import main
from buddy_eval.schemas import conform
from buddy_eval.schemas.comparison import GAPS


def test_the_simulated_answers_are_skewed_five_point_answers_with_the_planned_gap() -> None:
    drawn = design.simulate([(20, 10)] * 6, 400, 1)
    scores = drawn.scores(0.0)
    assert scores.min() >= 1
    assert scores.max() <= 5
    assert np.mean(scores) == pytest.approx(sum(n * share for n, share in enumerate(design.SHARES, 1)), abs=0.03)
    planted = drawn.gaps(drawn.scores(0.6)).mean()
    assert planted == pytest.approx(drawn.assumed.points(0.6), abs=0.03)
    assert drawn.assumed.points(0.6) > 0.5


def test_more_pairs_see_smaller_gaps_and_fewer_never_tell_more_easily() -> None:
    few, many = (design.power(pairs, 15, studies=300) for pairs in (4, 8))
    assert design.smallest(many) < design.smallest(few)
    assert design.smallest(few, "reported") > 1.5 * design.smallest(few)
    assert few["reported"].iloc[0] < 0.02
    assert design.smallest(many, "reported") >= design.smallest(many)
    assert few["detected"].iloc[0] < 0.06


def test_a_design_tells_what_the_comparison_of_five_themes_would_say() -> None:
    """The figure of the design, and the same studies one by one through the tests that a study itself uses."""
    shift, studies = float(design.SHIFTS[4]), 60
    themes = [design.simulate([(12, 12)] * 8, studies, 1 + n) for n in range(design.THEMES)]
    gaps = np.stack([one.gaps(one.scores(shift if not n else 0.0)) for n, one in enumerate(themes)], axis=-1)
    seen = design.t_intervals(gaps[:, :, 0])[1] > 0
    told = [bool(clear) and _stands(study)[0] for clear, study in zip(seen, gaps, strict=True)]
    curve = design.power(8, 12, studies=studies)
    assert curve["reported"].iloc[4] == pytest.approx(np.mean(told), abs=0.05)  # Holm's later steps pass a little more
    assert 0.2 < curve["reported"].iloc[4] < curve["detected"].iloc[4]


def _stands(study: np.ndarray) -> list[bool]:
    """What the comparison says of one study (pairs, themes)."""
    rows = [
        {"pair": f"P{pair}", "theme": f"t{theme}", "estimate": study[pair, theme]}
        for pair in range(study.shape[0])
        for theme in range(study.shape[1])
    ]
    gaps = pd.DataFrame(rows).assign(
        outcome="survey", contrast_kind="gap", wave=1, n_supporter=12, n_receiver=12, caution=""
    )
    return across(conform(gaps, GAPS)).sort_values("theme")["stands"].tolist()


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
