"""The square in which a diffraction pattern is drawn: style, image, scale bar, corners."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from navp_structures.show.pattern_corners import (
    MARGIN,
    Box,
    Corner,
    Row,
    draw_panel,
    fitting,
    from_corner,
    shrunk,
)
from navp_structures.show.pattern_style import Floats, Image, Palette
from navp_structures.show.plot_text import NAME, Pair, points, text_size, write_around

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform

# Points.
_BAR: Final = 2.5  # thickness of the scale bar
_ABOVE: Final = 1.0  # from the bar to its words

_LEAST: Final = 0.45  # of half the edge that the pattern's radius has at least


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A square in which a pattern is drawn, in points from its lower left corner.

    Parameters
    ----------
    side
        Of the square.
    scale
        Points for each Å⁻¹.
    taken
        Boxes of what is written in the corners: left, bottom, right, top, shape (k, 4).
    """

    side: float
    scale: float
    taken: Floats


def figure_size(notes: Sequence[str]) -> Pair:
    """Return width and height (inches) that a pattern with such notes needs."""
    folds = sum(1 + len(note) // 120 for note in notes)
    return 7.0, 7.0 + 0.14 * folds


def prepare(
    ax: Axes,
    palette: Palette,
    limit: float,
    image: Image | None,
    title: str,
    notes: Sequence[str],
) -> float:
    """Return the edge (points) of square axes in a style, with words and image around."""
    square = (-limit, limit)
    ax.set(facecolor=palette.background, xticks=[], yticks=[], xlim=square, ylim=square)
    ax.set_aspect("equal", adjustable="box")
    # What a square leaves of the figure is better below than above.
    ax.set_anchor("N")
    for spine in ax.spines.values():
        spine.set(color=palette.ink, linewidth=0.6)
    if image is not None:
        array, extent = image
        # A user's defaults may have the origin below.
        how: dict[str, Any] = {"origin": "upper", "aspect": "equal", "zorder": 0}
        ax.imshow(array, cmap=palette.colormap, extent=extent, gid="image", **how)
        ax.set(xlim=square, ylim=square)
    ax.apply_aspect()
    write_around(ax, title, notes, "")
    ax.apply_aspect()
    return min(points(ax, ax.bbox.width, ax.bbox.height))


def fill_corners(
    ax: Axes,
    palette: Palette,
    limit: float,
    side: float,
    *,
    names: Sequence[Row],
    legend: Sequence[Row],
    mark: float,
    panel: bool,
) -> Sheet:
    """Write names, legend and scale bar, and scale the pattern so that it clears them.

    In axes too small for all, the legend is left out first.

    Parameters
    ----------
    mark
        Greatest reach of a mark (points) beyond the circle of the limit.
    panel
        Texts stand upon a panel, for there is an image behind.
    """
    bar = _ScaleBar(ax, palette, limit, side)
    corners = [Corner(ax, (0, 1), tuple(names)), Corner(ax, (1, 0), tuple(legend))]
    # The bar is longest where the circle touches the edges.
    sizes = [(corner.size, corner.at) for corner in corners]
    sizes.insert(1, (bar.size(side / 2), (0, 0)))
    radius, boxes = fitting(side, sizes, mark, _LEAST)
    half = limit * side / 2 / radius
    ax.set(xlim=(-half, half), ylim=(-half, half))
    for corner, box in zip(corners, boxes[::2], strict=True):
        if box:
            corner.draw(palette, panel=panel)
    if boxes[1]:
        bar.draw(half, radius, panel=panel)
        boxes[1] = (0.0, 0.0, *bar.size(radius))
    taken: list[Box] = [box for box in boxes if box]
    return Sheet(side=side, scale=radius / limit, taken=np.array(taken).reshape(-1, 4))


def bar_length(limit: float) -> float:
    """Return the length of the scale bar (1/nm): 1, 2 or 5 times a power of ten.

    At most half the radius of the pattern, which is `limit` (Å⁻¹).

    Examples
    --------
    >>> bar_length(1.0), bar_length(0.8), bar_length(0.39)
    (5.0, 2.0, 1.0)
    """
    # A hair more, for 10 * 0.4 / 2 may be a little less than 2 in floating point.
    longest = limit * 10 / 2 * (1 + 1e-9)
    power = 10.0 ** math.floor(math.log10(longest))
    return max(step * power for step in (1, 2, 5) if step * power <= longest)


@dataclass(frozen=True, slots=True, eq=False)
class _ScaleBar:
    """A bar with its length above, in the lower left corner."""

    ax: Axes
    palette: Palette
    limit: float
    side: float

    @property
    def words(self) -> str:
        return f"{bar_length(self.limit):g} 1/nm"

    @property
    def style(self) -> dict[str, Any]:
        return shrunk(NAME, self.side) | {"color": self.palette.ink, "gid": "scale bar"}

    def length(self, radius: float) -> float:
        """Return the length (points) in a pattern of such a radius (points)."""
        return bar_length(self.limit) / 10 * radius / self.limit

    def size(self, radius: float) -> Pair:
        wide, tall = text_size(self.ax, self.words, self.style)
        return max(wide, self.length(radius)) + MARGIN, tall + _BAR + _ABOVE + MARGIN

    def draw(self, half: float, radius: float, *, panel: bool) -> None:
        """Draw the bar in units of the data, so that it holds when the axes are resized."""
        ax, (width, height) = self.ax, self.size(radius)
        if panel:
            box = (MARGIN, MARGIN, width, height)
            draw_panel(ax, from_corner(ax, (0, 0)), box, self.palette)
        line: dict[str, Any] = {"color": self.palette.ink, "linewidth": _BAR, "zorder": 6}
        line |= {"solid_capstyle": "butt", "gid": "scale bar"}
        length = bar_length(self.limit) / 10
        base = _shifted(ax, MARGIN, MARGIN + _BAR / 2)
        ax.plot((-half, -half + length), (-half, -half), transform=base, **line)
        # A short bar has its words to the right, not beyond the edge.
        short = self.length(radius) < width - MARGIN
        x, ha = (-half, "left") if short else (-half + length / 2, "center")
        place: dict[str, Any] = {"ha": ha, "va": "bottom", "zorder": 6}
        place |= {"transform": _shifted(ax, MARGIN, MARGIN + _BAR + _ABOVE)} | self.style
        ax.text(x, -half, self.words, **place).set_in_layout(False)


def _shifted(ax: Axes, right: float, up: float) -> Transform:
    """Return the transform of the data, moved by so many points."""
    from matplotlib.transforms import ScaledTranslation

    return ax.transData + ScaledTranslation(right / 72, up / 72, ax.figure.dpi_scale_trans)
