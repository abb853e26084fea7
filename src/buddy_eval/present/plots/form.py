"""One visual language: colours that survive colour blindness and grey print, and pictures that bring their alt text."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUPPORTER, RECEIVER = "#0b3d6b", "#c2417c"  # dark blue and pink: apart in hue and in lightness, and nothing else's
SIDE = {"supporter": SUPPORTER, "receiver": RECEIVER}
INK, QUIET, RULE = "#1a1a1a", "#5f6670", "#c9ced6"
SCALE = ("#762a83", "#c2a5cf", "#e7e7e7", "#a6dba0", "#1b7837")  # ColorBrewer's PRGn: negative to positive
SIGNAL = {"common_cause": "#7a828c", "improvement": "#0b6fb8", "concern": "#d17a00", "change": "#1a1a1a"}
STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.titley": 1.0,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "text.color": INK,
    "legend.frameon": False,
    "figure.dpi": 200,
    "svg.hashsalt": "buddy_eval",
}
WIDTH = 6.7  # inches: the text width of an A4 page
LINE = 0.21  # inches of a figure's height that a label beside an axis takes: axes are at least half as high


@dataclass(frozen=True)
class Picture:
    """A figure as PNG with the alt text and the caption that every report has to carry."""

    png: bytes
    alt: str
    caption: str

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        data = {"image/png": base64.b64encode(self.png).decode(), "text/plain": self.alt}
        return data, {"image/png": {"alt": self.alt, "caption": self.caption}}


@contextmanager
def drawing(
    rows: int = 1,
    columns: int = 1,
    height: float = 2.4,
    *,
    layout: Literal["constrained"] | None = "constrained",
    **options: Any,
) -> Iterator[tuple[Figure, Any]]:
    """Give a figure and its axes (a two-dimensional array) in the house style."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, height), layout=layout)
        FigureCanvasAgg(figure)
        yield figure, figure.subplots(rows, columns, squeeze=False, **options)


def picture(figure: Figure, alt: str, caption: str) -> Picture:
    """Turn a figure into a picture whose bytes depend on nothing but what is drawn."""
    buffer = io.BytesIO()
    for side in [side for axes in figure.axes for side in (axes.xaxis, axes.yaxis) if not side.label.get_text()]:
        side.set_label_coords(0, 0)  # else a place is looked for, past all that stands there, for no label
    if engine := figure.get_layout_engine():
        engine.execute(figure)
        figure.set_layout_engine(None)
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return Picture(buffer.getvalue(), alt, caption)


def named_at_end(axis: Axes, ends: Mapping[str, tuple[float, str]]) -> None:
    """Write right of an axis the name of each line, from its last value and its colour, none over another."""
    low, high = axis.get_ylim()
    gap, at = LINE / axis.get_figure().get_figheight() * (high - low), low - (high - low)  # type: ignore[union-attr]
    upwards = sorted(ends.items(), key=lambda end: end[1][0])
    for place, (name, (value, colour)) in enumerate(upwards, 1):
        at = min(max(value, at + gap), high - (len(ends) - place) * gap)
        style: Any = {"color": colour, "fontsize": 7, "va": "center"}
        axis.text(1.03, at, name, transform=axis.get_yaxis_transform(), **style)
