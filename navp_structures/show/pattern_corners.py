"""What is written in the corners of a diffraction pattern, where a circle leaves room."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from navp_structures.show.index_text import uvw_text
from navp_structures.show.pattern_style import REASONS, Palette
from navp_structures.show.plot_text import NAME, Pair, folded, text_size

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Affine2DBase, Transform

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""
Handle = Callable[["Axes", Pair, "Transform"], None]
"""Draws what stands before a row, centred at a point."""

# Points.
MARGIN: Final = 6.0
"""From the edge to what stands in a corner."""
_HANDLE: Final = 17.0  # width of what stands before a row, with its distance
_GAP: Final = 6.0  # between a name and its zone axis
_LEAD: Final = 2.0  # between rows
_WIDE: Final = 400.0  # edge of the axes below which texts grow smaller

_ZONE: Final[dict[str, Any]] = {"fontsize": 9.5, "usetex": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line in a corner: words, how they look, what stands before and a zone axis behind."""

    words: str
    style: dict[str, Any]
    handle: Handle | None = None
    indented: bool = False
    zone: str = ""
    zone_style: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Corner:
    """Rows in a corner, `at` being 0 or 1 across and up; the size is in points."""

    ax: Axes
    at: tuple[int, int]
    rows: tuple[Row, ...]
    sizes: tuple[Pair, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sizes", tuple(_row_size(self.ax, row) for row in self.rows))

    @property
    def size(self) -> Pair:
        """Width and height with the margin to the edges, 0 where nothing is written."""
        if not self.rows:
            return 0.0, 0.0
        indents = [_HANDLE * row.indented for row in self.rows]
        width = max(w + x for (w, _), x in zip(self.sizes, indents, strict=True))
        height = sum(h for _, h in self.sizes) + _LEAD * (len(self.rows) - 1)
        return width + MARGIN, height + MARGIN

    def draw(self, palette: Palette, *, panel: bool) -> None:
        """Write the rows, upon a panel where there is an image behind."""
        transform = from_corner(self.ax, self.at)
        width, height = self.size
        left = MARGIN if self.at[0] == 0 else -width
        top = -MARGIN if self.at[1] == 1 else height
        if panel and self.rows:
            box = (left, top - height + MARGIN, left + width - MARGIN, top)
            draw_panel(self.ax, transform, box, palette)
        for row, (_, tall) in zip(self.rows, self.sizes, strict=True):
            middle = top - tall / 2
            if row.handle is not None:
                row.handle(self.ax, (left + _HANDLE / 2 - 3, middle), transform)
            x = left + _HANDLE * row.indented
            how: dict[str, Any] = {"va": "center", "zorder": 6, "transform": transform}
            name = self.ax.text(x, middle, row.words, **how, **row.style)
            name.set_in_layout(False)
            if row.zone:
                beside: dict[str, Any] = {"xytext": (_GAP, 0), "textcoords": "offset points"}
                beside |= {"xycoords": name, "va": "center"} | row.zone_style
                zone = self.ax.annotate(row.zone, (1, 0.5), **beside)
                zone.set(zorder=6, in_layout=False)
            top -= tall + _LEAD


def name_rows(
    ax: Axes,
    palette: Palette,
    side: float,
    names: Sequence[str],
    colours: Sequence[str],
    handles: Sequence[Handle],
    zone_axes: Sequence[tuple[int, ...] | None] = (),
) -> list[Row]:
    """Return the rows that name phases and zone axes; a single phase needs no handle."""
    many = len(names) > 1
    zones = zone_axes or [None] * len(names)
    shared = zones[0] if zones and len(set(zones)) == 1 else None
    rows = []
    for name, colour, handle, zone in zip(names, colours, handles, zones, strict=True):
        behind = uvw_text(zone) if zone and not shared else ""
        zone_style = shrunk(_ZONE, side) | {"color": colour, "gid": "zone axis"}
        room = 0.42 * side
        if many:
            across = text_size(ax, behind, zone_style)[0] + _GAP if behind else 0.0
            room = max(0.6 * side - _HANDLE - across, 0.15 * side)
        words = _shortened(ax, name, room, 1 if many else 2, shrunk(NAME, side))
        if words.strip() or many:
            rows.append(
                Row(
                    words=words,
                    style=shrunk(NAME, side) | {"color": colour, "gid": "name"},
                    handle=handle if many else None,
                    indented=many,
                    zone=behind,
                    zone_style=zone_style,
                )
            )
    if shared:
        style = shrunk(_ZONE, side) | {"color": palette.ink, "gid": "zone axis"}
        rows.append(Row(words=uvw_text(shared), style=style, indented=many))
    return rows


def legend_rows(handles: Mapping[str, Handle], palette: Palette, side: float) -> list[Row]:
    """Return the rows that explain the marks of the reasons that occur."""
    style = shrunk(NAME, side) | {"color": palette.ink, "gid": "legend"}
    return [
        Row(words=words, style=style, handle=handles[reason], indented=True)
        for reason, words in REASONS.items()
        if reason in handles
    ]


def shrunk(style: dict[str, Any], side: float, least: float = 0.7) -> dict[str, Any]:
    """Return the style of a text with a font that suits axes of such an edge (points)."""
    return style | {"fontsize": style["fontsize"] * min(max(side / _WIDE, least), 1.0)}


def fitting(
    side: float, sizes: Sequence[tuple[Pair, tuple[int, int]]], mark: float, least: float
) -> tuple[float, list[Box | None]]:
    """Return the radius of a circle in a square, and boxes in its corners that clear it.

    A box that would make the circle too small, or meets an earlier one, is None.

    Parameters
    ----------
    side
        Edge of the square (points).
    sizes
        Of the boxes, the important ones first, and in which corner each is.
    mark
        To be kept free around the circle (points).
    least
        Radius of the circle, as a part of half the edge.

    Examples
    --------
    >>> fitting(200, [((40, 20), (0, 0)), ((190, 90), (1, 1))], mark=5, least=0.5)
    (95.0, [(0, 0, 40, 20), None])
    """
    half = side / 2
    radius = max(half - mark, least * half)
    boxes: list[Box | None] = []
    for (w, h), (x, y) in sizes:
        left, bottom = x * (side - w), y * (side - h)
        box = (left, bottom, left + w, bottom + h)
        clear = math.hypot(max(half - w, 0.0), max(half - h, 0.0)) - mark
        fits = clear >= least * half and max(w, h) <= side
        if fits and not any(_meet(box, other) for other in boxes if other):
            radius = min(radius, clear)
            boxes.append(box)
        else:
            boxes.append(None)
    return radius, boxes


def from_corner(ax: Axes, at: tuple[int, int]) -> Transform:
    """Return the transform of points from a corner of the axes, at any size of these."""
    from matplotlib.transforms import Affine2D, ScaledTranslation

    corner = ScaledTranslation(*at, cast("Affine2DBase", ax.transAxes))
    return Affine2D().scale(1 / 72) + ax.figure.dpi_scale_trans + corner


def draw_panel(ax: Axes, transform: Transform, box: Box, palette: Palette) -> None:
    """Draw a ground for texts over an image."""
    from matplotlib.patches import Rectangle

    left, bottom, right, top = box
    panel = Rectangle((left - 3, bottom - 3), right - left + 6, top - bottom + 6)
    panel.set(facecolor=palette.background, alpha=0.7, linewidth=0, zorder=5.5, gid="panel")
    panel.set_transform(transform)
    ax.add_patch(panel)


def _meet(one: Box, two: Box) -> bool:
    return all(one[i] < two[i + 2] and two[i] < one[i + 2] for i in (0, 1))


def _row_size(ax: Axes, row: Row) -> Pair:
    width, height = text_size(ax, row.words, row.style)
    if not row.zone:
        return width, height
    wide, tall = text_size(ax, row.zone, row.zone_style)
    return width + _GAP + wide, max(height, tall)


def _shortened(ax: Axes, name: str, width: float, most: int, style: dict[str, Any]) -> str:
    lines = folded(ax, name, width, style).split("\n")
    return "\n".join(lines[:most]) + " …" * (len(lines) > most)
