"""Effect sizes of order hold R's values, and ask for nothing but order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from buddy_eval.analyse.compare import ordinal, superiority

HERE = Path(__file__).parent / "reference"
R: dict[str, Any] = json.loads((HERE / "views.json").read_text())
PEOPLE = pd.read_csv(HERE / "people.csv")


def test_superiority_is_wilcoxons_count_of_r() -> None:
    made = ordinal(PEOPLE.assign(wave=1, theme="culture")).set_index("pair")
    assert made["superiority"].to_dict() == pytest.approx(R["superiority"])
    assert made["delta"].to_dict() == pytest.approx({pair: 2 * share - 1 for pair, share in R["superiority"].items()})
    assert np.isnan(made["ci_low"].to_dict()["SYN02"])


def test_people_from_outside_missing_scores_and_pairs_with_one_side_have_no_superiority() -> None:
    people = PEOPLE.assign(wave=1, theme="culture")
    more = [people.assign(side="external"), people.assign(score=np.nan), people[people["side"] == "receiver"]]
    more[-1] = more[-1].assign(pair="P" + more[-1]["pair"])
    pd.testing.assert_frame_equal(ordinal(pd.concat([people, *more])), ordinal(people))


def test_superiority_asks_only_for_the_order() -> None:
    first, second = PEOPLE.loc[:20, "score"].to_numpy(), PEOPLE.loc[30:50, "score"].to_numpy()
    share, low, high = superiority(first, second)
    assert superiority(np.exp(first), np.exp(second)) == pytest.approx((share, low, high))
    turned = superiority(second, first)
    assert turned == pytest.approx((1 - share, 1 - high, 1 - low))
