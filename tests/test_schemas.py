"""What a frame may hold: every fault named at once, and results that break their schema never written."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from buddy_eval.base.errors import BuddyError
from buddy_eval.schemas import PROCESSED, check, conform, empty, form, frame, raw
from buddy_eval.schemas.form import DTYPES, VALUES, Frame
from buddy_eval.schemas.vocabulary import COLUMNS

VISITS = frame(
    "visits",
    "one visit of one side",
    key="pair day",
    pair="str! the pair",
    day="date! the day",
    side="side! who came",
    hours="float how long it took",
    people="int how many came",
    shared="bool notes were shared",
)


def visits(**columns: Sequence[object]) -> pd.DataFrame:
    """Two good visits, with some columns replaced."""
    days = list(pd.to_datetime(["2024-05-02", "2024-04-01"]))
    good: dict[str, Sequence[object]] = {"pair": ["SYN02", "SYN01"], "day": days, "side": ["receiver", "supporter"]}
    return pd.DataFrame(good | columns)


def typed_visits(index: list[int], **columns: Sequence[object]) -> pd.DataFrame:
    """Visits with the dtypes of the schema under row numbers of a file, not checked."""
    given = visits(**columns)
    made = {c.name: given[c.name].astype(c.dtype) for c in VISITS.columns if c.name in given}  # type: ignore[call-overload]
    return pd.DataFrame(made).reindex(columns=VISITS.names).set_axis(index)


def test_conform_orders_columns_gives_types_and_sorts_by_key() -> None:
    made = conform(visits(people=[3, None], hours=["1.5", None], more=["x", "y"]), VISITS)
    assert list(made.columns) == ["pair", "day", "side", "hours", "people", "shared"]
    assert made["pair"].tolist() == ["SYN01", "SYN02"]
    assert list(made.index) == [0, 1]
    assert {name: str(dtype) for name, dtype in made.dtypes.items()} == {
        "pair": "str",
        "day": "datetime64[us]",
        "side": "str",
        "hours": "float64",
        "people": "Int64",
        "shared": "boolean",
    }


def test_absent_optional_columns_of_every_type_are_missing() -> None:
    made = conform(visits(), VISITS)
    assert made[["hours", "people", "shared"]].isna().all(axis=None)
    assert [str(dtype) for dtype in made.dtypes] == [str(dtype) for dtype in empty(VISITS).dtypes]


def test_conform_leaves_what_it_is_given_as_it_was() -> None:
    given = visits(people=[3, 4])
    before = given.copy(deep=True)
    conform(given, VISITS)
    pd.testing.assert_frame_equal(given, before)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"pair": [None, "SYN01"]}, "pair is empty"),
        ({"side": ["reciever", "supporter"]}, "'reciever' is not allowed; did you mean 'receiver'"),
        (
            {"pair": ["SYN01"] * 2, "day": [pd.Timestamp("2024-04-01")] * 2},
            "a second row for pair SYN01, day 2024-04-01",
        ),
    ],
)
def test_a_result_that_breaks_its_schema_is_refused(columns: dict[str, Sequence[object]], said: str) -> None:
    with pytest.raises(BuddyError, match=said):
        conform(visits(**columns), VISITS)


def test_a_required_column_that_is_absent_is_named() -> None:
    with pytest.raises(BuddyError, match="table visits: no column day, side"):
        conform(visits()[["pair"]], VISITS)


def test_check_lists_all_faults_at_once_with_the_rows_of_the_file() -> None:
    day = pd.Timestamp("2024-04-01")
    pairs, sides = ["SYN01", None, "SYN01", "SYN03"], ["supporter", "receiver", "receiver", "both"]
    data = typed_visits([2, 3, 7, 9], pair=pairs, day=[day] * 4, side=sides)
    found = {(fault.row, fault.problem) for fault in check(data, VISITS, "visits.csv")}
    assert found == {
        (3, "pair is empty"),
        (9, "side 'both' is not allowed"),
        (7, "a second row for pair SYN01, day 2024-04-01 00:00:00"),
    }


def test_rows_without_a_whole_key_are_empty_and_not_also_double() -> None:
    data = typed_visits([2, 3], pair=[None, None], day=[pd.Timestamp("2024-04-01")] * 2)
    assert [fault.problem for fault in check(data, VISITS, "visits.csv")] == ["pair is empty"] * 2


def test_an_optional_value_may_be_missing_but_not_unknown() -> None:
    schema = frame("marks", "one mark", key="mark", mark="str! its name", valence="valence which way")
    data = pd.DataFrame({"mark": ["a", "b"], "valence": [None, "good"]}, dtype="str").set_axis([2, 3])
    assert [fault.row for fault in check(data, schema, "marks.csv")] == [3]


@pytest.mark.parametrize("schema", [*PROCESSED.values(), *raw.TABLES, raw.BOARDS], ids=lambda schema: str(schema.name))
def test_every_table_has_a_required_key_known_types_and_a_meaning(schema: Frame) -> None:
    assert set(schema.key) <= set(schema.names)
    for column in schema.columns:
        assert column.type in DTYPES or column.type in VALUES, f"{column.name} has the type {column.type}"
        assert column.meaning
    assert conform(empty(schema), schema).empty


def test_a_caution_is_of_the_vocabulary_and_none_is_an_empty_cell() -> None:
    schema = frame("visits", "one visit", key="pair", pair="str! the pair", caution="cautions what to bear in mind")
    some = pd.DataFrame({"pair": ["A", "B"], "caution": ["few_pairs split_pairs", None]})
    assert conform(some, schema)["caution"].tolist() == ["few_pairs split_pairs", ""]
    assert conform(some[["pair"]], schema)["caution"].tolist() == ["", ""]
    with pytest.raises(BuddyError, match=r"caution 'few_pear' is no caution; did you mean 'few_pairs'\?"):
        conform(some.assign(caution="few_pear"), schema)
    for words in ("fewer than six pairs", "few_pairs; split_pairs", "few_pairs  split_pairs"):
        with pytest.raises(BuddyError, match="is no caution"):
            conform(some.assign(caution=words), schema)


def test_a_fault_names_its_column_apart_from_its_words() -> None:
    bad = typed_visits([2, 3], side=["reciever", "supporter"], pair=[None, "SYN01"])
    assert sorted(fault.column for fault in check(bad, VISITS, "visits.csv")) == ["pair", "side"]


def test_the_vocabulary_holds_each_name_once_and_a_frame_says_again_only_what_differs() -> None:
    frames = [*PROCESSED.values(), *raw.TABLES, raw.BOARDS]
    named = {column.name for schema in frames for column in schema.columns}
    assert set(COLUMNS) - named == set()
    declared = [
        (keyword.arg, ast.literal_eval(keyword.value))
        for path in sorted(Path(form.__file__).parent.glob("*.py"))
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "frame"
        for keyword in call.keywords
        if keyword.arg not in {"key", "columns"} and isinstance(keyword.value, ast.Constant)
    ]
    assert len(declared) > 50
    assert [name for name, text in declared if COLUMNS.get(str(name)) == text] == []
