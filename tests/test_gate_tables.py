"""The tables of a built page, held against the protected frames of their readers; words decide nothing there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from buddy_eval import tables
from buddy_eval.disclose.results import Results
from buddy_eval.present.tables.form import DRAWN, Table
from buddy_eval.publish.gate.rules import Known
from buddy_eval.publish.gate.tables import table_faults
from buddy_eval.publish.page import page
from invented_cells import code, notebook, shown
from invented_results import interviews, invented, pairs

THEME = "culture"
SAID = [
    (f"{side}{n}", pair, side, "CB2", "barrier" if n % 3 else "enabler")
    for side, many in (("supporter", 3), ("receiver", 12))
    for pair in "ABC"
    for n in range(many * "ABC".index(pair), many * "ABC".index(pair) + many)
]


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Nine supporters and thirty-six receivers spoke of one theme; its label is a word that counts no people."""
    rows = {"pairs": pairs("A", "B", "C"), **interviews(SAID)}
    counts = {"theme": THEME, "code": "CB2", "n_asked": 45, "mixed": 0, "neutral": 0, "unrecorded": 0, "n_mentions": 45}
    people = {"supporter": 3, "receiver": 36, "all": 39}
    rows["code_counts"] = [
        {**counts, "side": side, "n_participants": n, "enabler": 0, "barrier": n} for side, n in people.items()
    ]
    results = invented(tmp_path_factory.mktemp("held"), "internal", rows)
    path = results.study.processed / "themes.parquet"
    themes = pd.read_parquet(path)
    themes["label"] = ["Boards", "Waves and trusts", "Questions", "withheld", "Pairs"]
    themes.to_parquet(path)
    return results


def alone(made: Table, _: Results) -> Iterator[Table]:
    """The one table of its name."""
    yield made


def faults(made: Table, readers: Results) -> list[str]:
    """What the gate says of a page with one table, for these readers."""
    built = page(notebook(code("t", shown("text/html", made._repr_html_()))), "report")
    known = Known(readers.profile, suppress_below=8, results=readers)
    return [fault.problem for fault in table_faults(BeautifulSoup(built, "html.parser"), "r.html", known)]


def test_what_the_public_may_have_passes(team: Results) -> None:
    public = replace(team, profile="public")
    assert faults(tables.themes(public), public) == []
    assert faults(tables.codes(public, THEME), public) == []
    whole = tables.themes(public)
    assert faults(replace(whole, frame=whole.frame.iloc[::-1], status=None), public) == []


@pytest.mark.parametrize("draw", [tables.themes, lambda results: tables.codes(results, THEME)])
def test_what_only_the_team_may_have_is_refused_whatever_stands_above_it(
    team: Results, draw: Callable[[Results], Table]
) -> None:
    public = replace(team, profile="public")
    found = faults(draw(team), public)
    assert found
    assert all("not what these readers may see" in problem for problem in found)


def test_one_other_cell_is_named_by_its_column(team: Results) -> None:
    public = replace(team, profile="public")
    made = tables.themes(public)
    frame = made.frame.copy()
    frame.loc[frame.index[0], "Raised it"] = "40"
    assert [problem.split("column ")[1] for problem in faults(replace(made, frame=frame), public)] == [
        "'Raised it': not what these readers may see"
    ]


def test_a_count_that_is_withheld_and_shown_is_refused_though_the_page_is_as_it_comes(
    team: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A defect of ours in a table: the second look is at the statuses."""
    public, made = replace(team, profile="public"), tables.themes(replace(team, profile="public"))
    assert made.status is not None
    frame = made.frame.mask(made.status.isin(["small", "secondary"]), "12")
    assert not frame.equals(made.frame)
    monkeypatch.setitem(DRAWN, "themes", partial(alone, replace(made, frame=frame)))
    assert any("a count below 8" in problem for problem in faults(replace(made, frame=frame), public))


def test_a_column_counts_people_unless_it_is_declared_to_count_something_else(
    team: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = replace(team, profile="public")
    made = Table(pd.DataFrame({"Wave": ["a"], "Boards": ["3"]}), "Boards and waves", name="themes")
    for units, few in (({}, True), ({"Boards": "boards"}, False)):
        declared = replace(made, units=units)
        monkeypatch.setitem(DRAWN, "themes", partial(alone, declared))
        assert bool(faults(declared, public)) == few


def test_a_table_without_a_name_is_read_blind(team: Results) -> None:
    public = replace(team, profile="public")
    frame = pd.DataFrame({"Theme": ["x"], "People": ["3"]})
    assert len(faults(Table(frame, "Themes"), public)) == 1
    assert faults(Table(frame.rename(columns={"People": "Boards"}), "Themes"), public) == []


def test_the_numbers_that_pandas_gives_to_rows_count_nobody(team: Results) -> None:
    public = replace(team, profile="public")
    frame = pd.DataFrame({"": ["0", "1", "2"], "Boards": ["a", "b", "c"]})
    assert faults(Table(frame, "Shares"), public) == []
    assert len(faults(Table(frame.assign(**{"": ["0", "2", "1"]}), "Shares"), public)) == 1
