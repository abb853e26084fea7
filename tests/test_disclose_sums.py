"""The system of sums by which releases are attacked: what stands in it, cell by cell."""

from __future__ import annotations

import pandas as pd
import pytest

from buddy_eval.disclose.sums import counts

CELLS = [("a", 3, True, False), ("b", 9, True, True), ("all", 12, False, False), ("alone", 4, True, False)]


def test_each_sum_and_each_word_is_a_row_and_every_cell_a_column() -> None:
    """A word says that twice a is b or more: by how much more is a cell that nothing prints."""
    system = counts(CELLS, [("all", ["a", "b"])], [{"a": 2, "b": -1}, {"b": 1}])
    assert system.matrix.toarray().tolist() == [[2, -1, 0, 0, -1, 0], [0, 1, 0, 0, 0, -1], [1, 1, -1, 0, 0, 0]]
    assert system.matrix.dtype == system.values.dtype == "float64"
    assert system.values.tolist() == [3, 9, 12, 4, -3, 9]
    assert system.cells["printed"].tolist() == [True, True, False, True, False, False]
    assert system.cells["exact"].tolist() == [False, True, False, False, False, False]
    assert system.cells.index.tolist() == ["a", "b", "all", "alone", "stated/0", "stated/1"]


def test_cells_that_no_sum_ties_are_a_system_without_rows() -> None:
    assert counts(CELLS, []).matrix.shape == (0, 4)
    assert counts([], []).matrix.shape == (0, 0)


def test_a_cell_that_stands_twice_is_refused_as_two_variables_under_one_name() -> None:
    with pytest.raises(pd.errors.InvalidIndexError):
        counts([*CELLS, ("a", 5, True, False)], [("all", ["a", "b"])])
