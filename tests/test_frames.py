"""Small charts are drawn without axes, and look to the last dot as axes would."""

from __future__ import annotations

from typing import Any

import pytest

from buddy_eval.present.plots.form import QUIET, RULE, drawing, picture, sheet
from buddy_eval.present.plots.frame import Frame, in_a_row

X, Y = (1.0, 5.0), (2.2, -0.2)
LINES: tuple[tuple[list[float], list[float], dict[str, Any]], ...] = (
    ([1.2, 3.9, 6.0], [0.0, 2.0, 1.0], {"color": QUIET, "linewidth": 0.8, "linestyle": "--"}),
    ([1.0, 4.4], [1.0, 2.0], {"color": RULE, "linestyle": "none", "marker": "s", "markersize": 5}),
)


def _axes(titles: list[str], names: list[str], word: float) -> bytes:
    with drawing(1, len(titles), 1.5, sharex=True, sharey=True) as (figure, axes):
        for axis, title in zip(axes[0], titles, strict=True):
            axis.set_title(title, fontsize=8)
            axis.set(xlim=X, ylim=Y)
            axis.set_xticks(range(1, 6))
            axis.text(word, 0.5, "within", ha="right", fontsize=6)
            for x, y, look in LINES:
                axis.plot(x, y, **look)
        axes[0][0].set_yticks(range(len(names)), names)
        return picture(figure, "", "").png


def _frames(titles: list[str], names: list[str], word: float) -> bytes:
    with sheet(1.5) as figure:
        frames = [Frame(figure, X, Y) for _ in titles]
        for frame, title in zip(frames, titles, strict=True):
            frame.title(title, 6, fontsize=8, fontweight="bold")
            frame.below(range(1, 6), "12345")
            frame.text(word, 0.5, "within", ha="right", fontsize=6)
        frames[0].beside(range(len(names)), names)
        in_a_row(frames)
        for frame in frames:
            frame.ticks(range(1, 6), range(len(names)))
            for x, y, look in LINES:
                frame.line(x, y, **look)
            frame.finish()
        return picture(figure, "", "").png


@pytest.mark.parametrize(
    ("titles", "names", "word"),
    [
        (["One"], ["SYN01"], 3.0),
        (["Workload\nand roles", "A title that is wider than its frame", "Third"], ["a", "much longer", "c"], 3.0),
        (["One", "Two"], ["a", "b"], 1.1),  # words within stick out on the left
    ],
)
def test_frames_stand_and_look_as_axes_do(titles: list[str], names: list[str], word: float) -> None:
    assert _frames(titles, names, word) == _axes(titles, names, word)
