"""The frame of a small chart, drawn in pixels: axes of its own would measure and share far more than they draw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
from numpy.typing import ArrayLike

from buddy_eval.present.plots.form import INK, QUIET

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure
    from matplotlib.gridspec import GridSpec
    from matplotlib.text import Text

Ends = tuple[float, float]
Box = tuple[float, float, float, float]  # left, low, right and high, in pixels
TICK, APART = 3.5, 7.0  # points: how long a tick is, and how far a label is from the side
PAD = 0.04167  # inches that are free around a frame and its words


class Written(NamedTuple):
    """Words of a frame: where in it they stand, as parts of its width and height, and how many pixels from there.

    Where they are a title, they may be wider than the frame.
    """

    text: Text
    across: float
    up: float
    right: float
    above: float
    title: bool = False

    def place(self, box: Box) -> tuple[float, float]:
        """Where they stand, in pixels, once the frame has its box."""
        left, low, right, high = box
        x, y = left + self.across * (right - left), low + self.up * (high - low)
        return x + self.right, y + self.above


class Frame:
    """A part of a figure; `x` and `y` are the values at its sides. What is drawn later covers what is there."""

    def __init__(self, figure: Figure, x: Ends, y: Ends, box: Box = (0.0, 0.0, 1.0, 1.0)) -> None:
        self.figure, self.x, self.y, self.box = figure, x, y, box
        self.words = list[Written]()

    def text(self, x: float, y: float, words: str, right: float = 0.0, above: float = 0.0, **look: Any) -> None:
        """Have words written at a place, or so many points right of it and above, over all that is drawn."""
        from matplotlib.text import Text

        pixels = self.figure.dpi / 72
        place = _part(x, self.x), _part(y, self.y), right * pixels, above * pixels
        self.words.append(Written(Text(text=words, figure=self.figure, **look), *place))

    def title(self, words: str, above: float, **look: Any) -> None:
        """Have words written so many points above the left end of the frame."""
        self.text(self.x[0], self.y[1], words, above=above, **look)
        self.words[-1] = self.words[-1]._replace(title=True)

    def below(self, x: Iterable[float], words: Iterable[str], **look: Any) -> None:
        """Have words written below values of x."""
        for value, word in zip(x, words, strict=True):
            self.text(value, self.y[0], word, above=-APART, ha="center", va="top", **look)

    def beside(self, y: Iterable[float], words: Iterable[str], **look: Any) -> None:
        """Have words written left of values of y."""
        for value, word in zip(y, words, strict=True):
            self.text(self.x[0], value, word, right=-APART, ha="right", va="center_baseline", **look)

    def ticks(self, x: ArrayLike, y: ArrayLike) -> None:
        """Draw ticks at values of x and of y."""
        from matplotlib.lines import Line2D
        from matplotlib.markers import TICKDOWN, TICKLEFT

        left, low, across, up = *self.box[:2], self._across(x), self._up(y)
        for places, mark in (((across, np.full_like(across, low)), TICKDOWN), ((np.full_like(up, left), up), TICKLEFT)):
            look: Any = {"color": INK, "marker": mark, "markersize": TICK, "markeredgewidth": 0.6}
            self._drawn(Line2D(*places, linestyle="none", **look))

    def line(self, x: ArrayLike, y: ArrayLike, **look: Any) -> None:
        """Draw a line, or marks; nothing of them is seen outside of the frame."""
        from matplotlib.lines import Line2D

        self._clipped(Line2D(self._across(x), self._up(y), **look))

    def shade(self, x: ArrayLike, colour: str) -> None:
        """Shade what lies between two values of x."""
        from matplotlib.patches import Rectangle

        (left, right), low, high = self._across(x), self.box[1], self.box[3]
        self._clipped(Rectangle((left, low), right - left, high - low, color=colour))

    def finish(self) -> None:
        """Draw the left and the lower side, and write the words."""
        from matplotlib.lines import Line2D

        left, low, right, high = self.box
        for x, y in (((left, left), (low, high)), ((left, right), (low, low))):
            self._drawn(Line2D(x, y, color=QUIET, linewidth=0.6))
        for written in self.words:
            written.text.set_position(written.place(self.box))
            self._drawn(written.text)

    def _across(self, x: ArrayLike) -> Any:
        left, _, right, _ = self.box
        return left + _part(x, self.x) * (right - left)

    def _up(self, y: ArrayLike) -> Any:
        _, low, _, high = self.box
        return low + _part(y, self.y) * (high - low)

    def _clipped(self, artist: Artist) -> None:
        from matplotlib.transforms import Bbox

        artist.set_clip_box(Bbox.from_extents(*self.box))
        self._drawn(artist)

    def _drawn(self, artist: Artist) -> None:
        from matplotlib.transforms import IdentityTransform

        artist.set(transform=IdentityTransform(), zorder=1)
        self.figure.add_artist(artist)


def cells(figure: Figure, grid: GridSpec) -> Iterator[Box]:
    """Yield every cell of a grid, row by row."""
    lows, highs, lefts, rights = grid.get_grid_positions(figure)
    for low, high in zip(lows * figure.bbox.height, highs * figure.bbox.height, strict=True):
        for left, right in zip(lefts * figure.bbox.width, rights * figure.bbox.width, strict=True):
            yield left, low, right, high


def in_a_row(frames: Sequence[Frame]) -> None:
    """Place the frames of a figure beside each other, equally wide, with room for the words of each."""
    from matplotlib.gridspec import GridSpec

    figure, words = frames[0].figure, [written for frame in frames for written in frame.words]
    reach = {id(written.text): written.text.get_window_extent().extents for written in words}
    boxes, pad = list(cells(figure, GridSpec(1, len(frames)))), PAD * figure.dpi
    for _ in range(2):  # as matplotlib does: words within a frame stick out of it by what its first width leaves
        rims = [_rim(frame, box, reach) for frame, box in zip(frames, boxes, strict=True)]
        left, low, right, high = np.add(rims, pad).T
        wide = (figure.bbox.width - left.sum() - right.sum()) / len(frames)
        starts = np.cumsum(left + right + wide) - right - wide
        top = figure.bbox.height - high.max()
        boxes = [(float(start), float(low.max()), float(start + wide), float(top)) for start in starts]
    for frame, box in zip(frames, boxes, strict=True):
        frame.box = box


def _rim(frame: Frame, box: Box, reach: Mapping[int, Box]) -> Box:
    """How far words and ticks stick out of a frame: on the left, below, on the right and above."""
    tick = TICK * frame.figure.dpi / 72
    left, low, right, high = box[0] - tick, box[1] - tick, box[2], box[3]
    for written in frame.words:
        x, y = written.place(box)
        start, bottom, end, top = reach[id(written.text)]
        low, high = min(low, y + bottom), max(high, y + top)
        if not written.title:
            left, right = min(left, x + start), max(right, x + end)
    return box[0] - left, box[1] - low, right - box[2], high - box[3]


def steps(ends: Ends, most: int) -> dict[float, str]:
    """Round values between two, in at most so many steps, each as it is written."""
    from matplotlib.ticker import MaxNLocator, ScalarFormatter

    written = ScalarFormatter(useOffset=False)
    written.create_dummy_axis()
    cast("Any", written.axis).set_view_interval(*ends)
    values = [float(value) for value in MaxNLocator(most).tick_values(*ends)]
    said = zip(values, written.format_ticks(values), strict=True)
    return {value: words for value, words in said if ends[0] <= value <= ends[1]}


def _part(values: ArrayLike, ends: Ends) -> Any:
    return (np.asarray(values, "float64") - ends[0]) / (ends[1] - ends[0])
