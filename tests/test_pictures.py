"""Pictures name what they draw beside it: no legend, no words over others or over the edge, whatever is drawn."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from buddy_eval import plots
from buddy_eval.base.profiles import PROFILES
from buddy_eval.disclose.results import Results
from buddy_eval.study.settings import load_study
from invented_results import interviews, invented, pairs

NAMES = [name for name in plots.__all__ if name[0].islower() and name not in {"charts", "co_occurrence"}]
SIDES = ("supporter", "receiver", "external")
TOUCH = 1.0  # dots of two hundred to the inch that boxes of words may share


class Drawn:
    """The figures of pictures, and every piece of text as it was drawn: its words, left, bottom, right and top."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self.words: dict[int, tuple[str, Any]] = {}

    def faults(self) -> Iterator[str]:
        for figure in self.figures:
            yield from (
                "a legend"
                for part in (figure, *figure.axes)
                if getattr(part, "legends", getattr(part, "legend_", None))
            )
        width, height = self.figures[-1].canvas.get_width_height()
        for words, box in self.words.values():
            if min(box.x0, box.y0) < -TOUCH or box.x1 > width + TOUCH or box.y1 > height + TOUCH:
                yield f"{words!r} over the edge"
        for (words, one), (others, two) in itertools.combinations(self.words.values(), 2):
            if min(one.x1 - two.x0, two.x1 - one.x0, one.y1 - two.y0, two.y1 - one.y0) > TOUCH:
                yield f"{words!r} over {others!r}"


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    kept, save, draw = Drawn(), Figure.savefig, Text.draw

    def saved(figure: Figure, *given: Any, **named: Any) -> None:
        kept.words.clear()
        kept.figures.append(figure)
        figure.dpi = named["dpi"] = 200
        save(figure, *given, **named)

    def written(text: Text, renderer: Any) -> None:
        draw(text, renderer)
        if text.get_visible() and text.get_text().strip():
            patch = text.get_bbox_patch()
            kept.words[id(text)] = (text.get_text(), (patch or text).get_window_extent(renderer))

    monkeypatch.setattr(Figure, "savefig", saved)
    monkeypatch.setattr(Text, "draw", written)
    return kept


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", NAMES)
def test_every_picture_of_the_illustrative_study_names_what_it_draws(
    published: Path, drawn: Drawn, name: str, profile: str
) -> None:
    results = Results(load_study(published), profile, "SYN01" if profile == "partners" else None)
    if getattr(plots, name)(results) is not None:
        assert list(drawn.faults()) == []


@pytest.mark.parametrize("profile", ["internal", "partners"])
def test_charts_of_every_indicator_name_what_they_draw(published: Path, drawn: Drawn, profile: str) -> None:
    results = Results(load_study(published), profile, "SYN01" if profile == "partners" else None)
    for indicator in results.indicators:
        assert plots.charts(results, indicator) is not None
        assert list(drawn.faults()) == []


@pytest.mark.parametrize("freq", ["D", "MS", "YS"])
def test_series_of_any_length_and_name_are_named(published: Path, tmp_path: Path, drawn: Drawn, freq: str) -> None:
    rows = pd.read_parquet(published / "data" / "processed" / "signals.parquet").query("ods in ['ZA1', 'ZB1']")
    assert len(rows)
    place = rows.groupby(["ods", "indicator"]).cumcount()
    periods = pd.date_range("2024-02-01", periods=int(place.max()) + 1, freq=freq)
    long = rows["indicator"] + " and all else that a long name of a series can hold"
    rows = rows.assign(period=periods.to_numpy()[place.to_numpy()], indicator=long)
    pair = {"pair": "A", "supporter": "ZA1", "receiver": "ZB1", "start": "2024-02-01"}
    signals: Any = rows.to_dict("records")
    results = invented(tmp_path, "internal", {"pairs": [pair], "signals": signals})
    assert plots.dashboard(results) is not None
    assert list(drawn.faults()) == []
    assert plots.charts(results, results.indicators[0]) is not None
    assert list(drawn.faults()) == []


def test_an_overlap_is_seen(drawn: Drawn) -> None:
    figure = Figure()
    axis = figure.subplots()
    axis.plot([0, 1], label="a line")
    axis.legend()
    axis.text(0.5, 0.5, "one")
    axis.text(0.51, 0.5, "two")
    axis.text(0.9, 0.9, "a long text that goes on and on")
    figure.savefig("/dev/null", format="png")
    assert {"a legend", "'one' over 'two'"} <= set(drawn.faults())
    assert any(fault.endswith("over the edge") for fault in drawn.faults())


@pytest.mark.parametrize("pair", [None, "A"])
@pytest.mark.parametrize("rounds", [0, 1, 3, 9])
@pytest.mark.parametrize("sides", [SIDES[:1], SIDES[:2], SIDES])
def test_lines_of_capacity_are_named_however_many_there_are(
    tmp_path: Path, drawn: Drawn, sides: tuple[str, ...], rounds: int, pair: str | None
) -> None:
    months = pd.date_range("2024-01-01", periods=24, freq="MS")
    staff = [
        {"pair": "A", "side": side, "month": month, "needed": 2.0, "planned": 2.0, "actual": 2.0, "n": 1}
        for side in sides
        for month in months
    ]
    opened = [{"wave": n + 1, "opens": months[2 * n]} for n in range(rounds)]
    scored = [
        {"pair": which, "strand": "survey", "theme": "capacity", "side": side, "wave": wave, "measure": "mean",
         "value": 3.0, "n": 40, "n_pairs": 4}
        for which in ("A", "all") for side in sides for wave in range(1, rounds + 1)
    ]  # fmt: skip
    staff += [{"pair": "B", "side": "receiver", "month": month, "n": 1} for month in months]  # and nothing written down
    tables = {"pairs": pairs("A", "B"), "capacity_months": staff}
    tables |= {"rounds": opened, "by_round": scored} if rounds else {}
    assert plots.capacity(invented(tmp_path, "partners" if pair else "internal", tables, pair)) is not None
    assert list(drawn.faults()) == []
    assert plots.capacity(invented(tmp_path, "partners", tables, "B")) is None


@pytest.mark.parametrize("people", [1, 150])
@pytest.mark.parametrize("valences", [("barrier",), ("enabler", "barrier", "mixed", "neutral", None)])
def test_directions_are_named_whatever_people_spoke_of(
    tmp_path: Path, drawn: Drawn, valences: tuple[str | None, ...], people: int
) -> None:
    said = [
        (f"{side}{n}-{valence}", "A", side, code, valence)
        for side in SIDES[:2] for n in range(people) for valence in valences for code in ("CB2", "CR1")
    ]  # fmt: skip
    assert plots.directions(invented(tmp_path, "internal", {"pairs": pairs("A"), **interviews(said)})) is not None
    assert list(drawn.faults()) == []


def test_one_pair_of_codes_is_told_in_the_singular(tmp_path: Path) -> None:
    row = {"within": "turn", "code": "CB1", "other": "CB2", "n_participants": 1, "n_either": 1, "jaccard": 1.0}
    drawn = plots.co_occurrence(invented(tmp_path, "internal", {"co_occurrence": [row]}))
    assert drawn is not None
    assert "1 pair of codes." in drawn.alt
