"""Agreement of human coders on codes and themes: who counts, what silence says, how sources are drawn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from buddy_eval.coding.agreement import alpha, code_agreement
from buddy_eval.schemas import check
from buddy_eval.schemas.results import AGREEMENT

CODES = pd.DataFrame({"code": ["TRU", "TIM", "OTH"], "theme": ["culture", "culture", None]})
# sources and their units; AB gave TRU to the units with 1 in the first place of `GIVEN`, CD in the second
UNITS = pd.DataFrame({"unit": [f"u{n:02d}" for n in range(12)], "source": ["I1"] * 5 + ["I2"] * 4 + ["I3"] * 3})
UNITS = UNITS.assign(channel="interview", participant=None)
GIVEN = ["11", "10", "11", "00", "01", "11", "11", "00", "10", "11", "00", "11"]


def coded(code: str = "TRU", given: list[str] = GIVEN) -> pd.DataFrame:
    rows = [
        {"unit": unit, "coder": coder, "code": code}
        for unit, marks in zip(UNITS["unit"], given, strict=False)
        for coder, mark in zip(["AB", "CD"], marks, strict=True)
        if mark == "1"
    ]
    return pd.DataFrame(rows, columns=["unit", "coder", "code"])


def assigned(**coders: str) -> pd.DataFrame:
    """Every unit to every coder in a role; without arguments to AB, who leads, and CD."""
    roles = coders or {"AB": "lead", "CD": "second"}
    return pd.DataFrame(
        [{"unit": unit, "coder": coder, "role": role} for unit in UNITS["unit"] for coder, role in roles.items()]
    )


def rows_of(made: pd.DataFrame, code: str) -> pd.DataFrame:
    return made[made["code"] == code].set_index("statistic")


def test_an_assigned_coder_who_gave_nothing_says_absent() -> None:
    made = rows_of(code_agreement(coded(), assigned(), UNITS, CODES, draws=50), "TRU")
    # Krippendorff (2011) for two coders and two values: 1 - (n - 1) o01 / (n0 n1); 24 values, 15 present, 3 units apart
    assert made["estimate"].loc["alpha"] == pytest.approx(1 - 23 * 3 / (9 * 15))
    assert made["estimate"].loc["percent"] == pytest.approx(9 / 12)
    assert made["estimate"].loc["prevalence"] == pytest.approx(15 / 24)
    assert set(zip(made["n_units"], made["n_coders"], made["n_positive"], strict=True)) == {(12, 2, 15)}


def test_a_coder_who_was_not_assigned_says_nothing() -> None:
    part = assigned()
    part = part[~((part["coder"] == "CD") & part["unit"].isin(["u00", "u01"]))]
    made = rows_of(code_agreement(coded(), part, UNITS, CODES, draws=50), "TRU")
    ratings = np.array([[float(mark) for mark in marks] for marks in GIVEN[2:]])
    assert made["estimate"].loc["alpha"] == pytest.approx(alpha(ratings))
    assert made["n_units"].loc["alpha"] == 10


def test_a_third_coder_of_some_units_counts_on_those_alone() -> None:
    some = UNITS[["unit"]].iloc[:4].assign(coder="EF", role="second")
    given = pd.concat([coded(), some[["unit", "coder"]].iloc[:3].assign(code="TRU")], ignore_index=True)
    made = code_agreement(given, pd.concat([assigned(), some], ignore_index=True), UNITS, CODES, draws=50)
    third = [1.0, 1, 1, 0] + [np.nan] * 8
    ratings = np.array([[*map(float, marks), mark] for marks, mark in zip(GIVEN, third, strict=True)])
    found = rows_of(made, "TRU")
    assert found["estimate"].loc["alpha"] == pytest.approx(alpha(ratings))
    assert found["estimate"].loc["prevalence"] == pytest.approx(18 / 28)
    assert set(found["n_coders"]) == {3}


def test_the_adjudicator_does_not_count() -> None:
    plain = code_agreement(coded(), assigned(), UNITS, CODES, draws=50)
    third = assigned(AB="lead", CD="second", EF="adjudicator")
    ruled = pd.concat([coded(), UNITS[["unit"]].assign(coder="EF", code="TRU")], ignore_index=True)
    pd.testing.assert_frame_equal(code_agreement(ruled, third, UNITS, CODES, draws=50), plain)


def test_a_theme_is_present_where_any_of_its_codes_is() -> None:
    # AB gives TRU where CD gives TIM: apart on both codes, agreed on their theme
    ab, cd = coded("TRU", ["10", "10", "00"] * 4), coded("TIM", ["01", "01", "00"] * 4)
    made = code_agreement(pd.concat([ab, cd], ignore_index=True), assigned(), UNITS, CODES, draws=50)
    assert rows_of(made, "TRU")["estimate"].loc["alpha"] < 0
    assert rows_of(made, "culture")["estimate"].loc["alpha"] == 1
    assert made.groupby("level")["code"].unique().map(list).to_dict() == {
        "code": ["OTH", "TIM", "TRU"],
        "theme": ["culture"],
    }


def test_a_code_that_nobody_gave_has_no_alpha_and_full_agreement() -> None:
    made = rows_of(code_agreement(coded(), assigned(), UNITS, CODES, draws=50), "OTH")
    assert made["estimate"].loc[["alpha", "percent", "prevalence"]].tolist() == pytest.approx(
        [np.nan, 1, 0], nan_ok=True
    )
    assert made["caution"].loc["alpha"] == "few_positives"


def test_few_positives_are_said_before_a_low_alpha() -> None:
    def caution(given: list[str]) -> str:
        made = code_agreement(coded(given=given), assigned(), UNITS, CODES, draws=50)
        return str(rows_of(made, "TRU")["caution"].loc["alpha"])

    assert caution(["11"] * 4 + ["10"] + ["00"] * 7) == "few_positives"
    assert caution(["11"] * 5 + ["00"] * 7) == "alpha_wide"
    assert caution(["11"] * 4 + ["10"] * 2 + ["00"] * 6) == "alpha_tentative alpha_wide"
    assert caution(["11"] * 2 + ["10"] * 6 + ["00"] * 4) == "alpha_low"


def test_a_code_that_is_rare_among_many_units_is_called_so_and_its_coders_are_not_blamed() -> None:
    units = pd.DataFrame({"unit": [f"u{n}" for n in range(300)], "source": [f"I{n % 30}" for n in range(300)]})
    units = units.assign(channel="interview", participant=None)
    rows = [(f"u{n}", ("AB", "CD")[n % 2], "TRU") for n in range(12)]
    codings = pd.DataFrame(rows, columns=["unit", "coder", "code"])
    both = [(unit, coder, role) for unit in units["unit"] for coder, role in (("AB", "lead"), ("CD", "second"))]
    made = code_agreement(codings, pd.DataFrame(both, columns=["unit", "coder", "role"]), units, CODES, draws=50)
    alpha_of = rows_of(made, "TRU").loc["alpha"]
    assert alpha_of["n_positive"] == 12
    assert alpha_of["caution"] == "alpha_rare"
    assert set(rows_of(made, "TRU")["caution"].drop("alpha")) == {""}


def test_units_of_sources_that_differ_are_worth_less_than_their_number() -> None:
    given = ["11"] * 4 + ["00"] * 4 + ["10", "01", "11", "00"]
    together = UNITS.assign(source=["I1"] * 4 + ["I2"] * 4 + ["I3"] * 4)
    apart = UNITS.assign(source=[f"I{n}" for n in range(12)])
    widths = {}
    for name, units in (("together", together), ("apart", apart)):
        made = rows_of(code_agreement(coded(given=given), assigned(), units, CODES), "TRU")
        widths[name] = made["ci_high"] - made["ci_low"]
    assert (widths["together"] > widths["apart"]).all()


def test_disagreements_that_all_lie_in_one_source_are_worth_less_than_as_many_in_several() -> None:
    units = UNITS.assign(source=[f"I{n // 3}" for n in range(12)])
    widths = []
    for given in (["10"] * 3 + ["11"] * 9, ["10", "11", "11"] * 3 + ["11"] * 3):
        made = rows_of(code_agreement(coded(given=given), assigned(), units, CODES), "TRU").loc["percent"]
        assert made["estimate"] == 0.75
        widths.append(made["ci_high"] - made["ci_low"])
    assert widths[0] > 1.2 * widths[1]


def test_the_same_seed_gives_the_same_intervals_and_they_cover_the_estimates() -> None:
    usual = code_agreement(coded(), assigned(), UNITS, CODES)
    pd.testing.assert_frame_equal(usual, code_agreement(coded(), assigned(), UNITS, CODES, draws=2000, seed=1))
    assert set(usual["caution"][usual["statistic"] != "alpha"]) == {""}
    made = code_agreement(coded(), assigned(), UNITS, CODES, seed=2)
    pd.testing.assert_frame_equal(made, code_agreement(coded(), assigned(), UNITS, CODES, seed=2))
    found = rows_of(made, "TRU")
    assert ((found["ci_low"] <= found["estimate"]) & (found["estimate"] <= found["ci_high"])).all()
    assert (found["ci_low"] < found["ci_high"]).all()


def test_a_single_source_gives_no_interval() -> None:
    alone = UNITS.assign(source="I1")
    made = code_agreement(coded(), assigned(), alone, CODES)
    assert rows_of(made, "TRU")["estimate"].notna().all()
    assert made[["ci_low", "ci_high"]].isna().all(axis=None)


def test_coders_may_be_renamed_and_rows_shuffled() -> None:
    made = code_agreement(coded(), assigned(), UNITS, CODES, draws=50)
    names = {"AB": "zz", "CD": "aa"}
    other = code_agreement(
        coded().replace({"coder": names}).sample(frac=1, random_state=1),
        assigned().replace({"coder": names}).sample(frac=1, random_state=2),
        UNITS,
        CODES,
        draws=50,
    )
    pd.testing.assert_frame_equal(other, made)


def test_one_coder_gives_an_empty_table_of_the_right_shape() -> None:
    made = code_agreement(coded(), assigned(AB="lead"), UNITS, CODES)
    assert len(made) == 0
    assert list(made.columns) == AGREEMENT.names


def test_the_inputs_are_left_alone_and_the_result_keeps_its_schema() -> None:
    inputs = (coded(), assigned(), UNITS.copy(), CODES.copy())
    kept = [one.copy(deep=True) for one in inputs]
    made = code_agreement(*inputs, draws=20)
    for before, after in zip(kept, inputs, strict=True):
        pd.testing.assert_frame_equal(before, after)
    assert check(made, AGREEMENT, "agreement") == []
