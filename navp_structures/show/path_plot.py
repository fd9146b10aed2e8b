"""Sodiation paths as pictures: volume and mean polyhedron against the ion content."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from navp_structures.errors import InputError
from navp_structures.show.axes import check_axes
from navp_structures.show.kind_marks import check_kind, kind_handles, kind_style, write_legend
from navp_structures.show.path_texts import LEGEND, MARK, Floats, Sheet, Wish
from navp_structures.show.plot_text import (
    LITERAL,
    NAME,
    Pair,
    folded,
    shortened,
    text_size,
    write_around,
)
from navp_structures.show.plot_text import points as in_points
from navp_structures.show.tables import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes


# Okabe and Ito 2008, told apart by colour-blind readers; marks and lines differ too.
_VOLUME: Final[dict[str, Any]] = {"color": "#0072B2", "marker": "o", "linestyle": "-"}
_POLYHEDRON: Final[dict[str, Any]] = {"color": "#D55E00", "marker": "s", "linestyle": "--"}
_CHANGE: Final = LITERAL | {"fontsize": 7.5, "color": _VOLUME["color"]}

# Points.
_TICK: Final = 14.0  # from one to the next at least
_EDGE: Final = 8.0  # below the polyhedra

_WIDEST: Final = 0.35  # of the axes, for a name
_LONGEST, _END = 72, 24  # letters of a name, and of its end

_BROADEST: Final = 24.0  # inches of a figure


@dataclass(frozen=True, slots=True, kw_only=True)
class PathPoint:
    """One phase of a path.

    Parameters
    ----------
    name
        Shown at its point.
    x
        Ions per formula unit.
    volume, volume_su
        Of a formula unit (Å³).
    polyhedron_volume, polyhedron_su
        Mean over the polyhedra (Å³); None for a cell only.
    kind
        Its mark is filled for ``measured``, open for ``model`` and ``computed``, half filled
        for None: not stated.
    """

    name: str
    x: float
    volume: float
    volume_su: float | None
    polyhedron_volume: float | None
    polyhedron_su: float | None
    kind: str | None


def plot_path(
    points: Sequence[PathPoint],
    *,
    x_label: str,
    ax: Axes | None = None,
    title: str = "",
    notes: Sequence[str] = (),
    polyhedron_label: str = "hull / Å³",
) -> Axes:
    """Draw volumes (left axis, above) and mean polyhedra (right axis, below) along a path.

    Points are joined in their order, the ion-rich on the left; an unknown polyhedron leaves a
    gap. Each step of the volume has its change. Texts keep clear of each other and of what is
    drawn, for the size that the axes have now; what finds no room is left out, and how many
    is said at the top.

    Parameters
    ----------
    ax
        Where to draw; a new figure when None. Without layout engine, notes and the labels of
        the axes shrink them.
    notes
        Sentences for below the axes, such as which phase is a model.

    Returns
    -------
    Axes
        The left ones. Their texts have the gid ``name``, ``change``, ``left out`` or ``notes``;
        lines on either side ``volume`` or ``polyhedron``, with their points the kind, or
        ``kind not stated``.

    Raises
    ------
    InputError
        There is no point, or one holds what cannot be drawn.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> unknown = {"volume_su": None, "polyhedron_volume": None, "polyhedron_su": None}
    >>> rich = PathPoint(name="rich", x=3, volume=240.0, kind="measured", **unknown)
    >>> poor = PathPoint(name="poor", x=1, volume=222.0, kind="model", **unknown)
    >>> ax = plot_path([rich, poor], x_label="Na", ax=Figure().add_subplot())
    >>> [text.get_text() for text in ax.texts]
    ['-7.50 %', 'rich', 'poor']
    """
    check_axes(ax)
    _check(points)
    if ax is None:
        import matplotlib.pyplot as plt

        size = figure_size(len(points), notes)
        ax = plt.figure(figsize=size, layout="constrained").add_subplot()
    x = np.array([p.x for p in points], dtype=float)
    beyond = 0.12 * float(np.ptp(x)) or 0.5
    ax.set_xlim(x.max() + beyond, x.min() - beyond)
    ax.set_xlabel(printable(x_label), **LITERAL)
    series = list(_series(ax, points, polyhedron_label))
    for one in series:
        _draw(one, x, [p.kind for p in points])
    _share_height(series, 0.0)
    _fit_sideways(series)
    write_around(ax, title, notes, "")
    sheet = Sheet(ax)
    names = [_folded_name(ax, p.name, _WIDEST * sheet.size[0]) for p in points]
    _share_height(series, max(text_size(ax, name, NAME)[1] for name in names) + 8)
    _draw_legend(ax, points)
    for one in series:
        sheet.keep_clear(one.ax, x, one.values, one.ends)
    marks = sheet.at(ax, x, series[0].values)
    wishes = list(_changes(sheet, points, marks))
    for n, name in enumerate(names):
        others = np.delete(marks, n, axis=0)
        wishes.append(sheet.wish(name, NAME | {"gid": "name"}, marks[n], others, marks[:0]))
    _tell_left_out(ax, sheet.write(wishes), len(points))
    return ax


def figure_size(count: int, notes: Sequence[str]) -> Pair:
    """Return width and height (inches) that a path of so many phases needs."""
    width = min(7.0 + 0.6 * max(count - 4, 0), _BROADEST)
    folds = sum(1 + len(note) // int(17 * width) for note in notes)
    return width, 4.8 + 0.14 * folds


@dataclass(frozen=True, slots=True, eq=False)
class _Series:
    """What is drawn on one of the two axes; NaN where it is not known."""

    ax: Axes
    gid: str
    label: str
    style: dict[str, Any]
    values: Floats
    su: Floats

    @property
    def ends(self) -> Floats:
        """Lower and upper ends of the error bars, shape (2, n)."""
        su = np.nan_to_num(self.su)
        return np.array([self.values - su, self.values + su])

    @property
    def range(self) -> Pair:
        """Least and greatest of what is drawn."""
        least, most = float(np.nanmin(self.ends)), float(np.nanmax(self.ends))
        flat = most - least < 1e-3 * most
        return (0.995 * least, 1.005 * most) if flat else (least, most)


def _series(ax: Axes, points: Sequence[PathPoint], label: str) -> Iterator[_Series]:
    volume = np.array([(p.volume, p.volume_su) for p in points], dtype=float).T
    yield _Series(ax, "volume", "V/Z / Å³", _VOLUME, *volume)
    hull = np.array([(p.polyhedron_volume, p.polyhedron_su) for p in points], dtype=float).T
    if np.isfinite(hull[0]).any():
        yield _Series(ax.twinx(), "polyhedron", label, _POLYHEDRON, *hull)


def _draw(series: _Series, x: Floats, kinds: Sequence[str | None]) -> None:
    ax, values, colour = series.ax, series.values, series.style["color"]
    line = {"color": colour, "linestyle": series.style["linestyle"], "linewidth": 1.2}
    ax.plot(x, values, gid=series.gid, **line)
    bars = np.isfinite(values) & np.isfinite(series.su)
    if bars.any():
        how: dict[str, Any] = {"fmt": "none", "ecolor": colour, "elinewidth": 0.9}
        ax.errorbar(x[bars], values[bars], series.su[bars], capsize=2.5, **how)
    for kind in dict.fromkeys(kinds):
        here = np.isfinite(values) & np.array([other == kind for other in kinds])
        mark = {"marker": series.style["marker"], "markersize": MARK, "linestyle": ""}
        if here.any():
            ax.plot(
                x[here], values[here], **mark, **kind_style(kind, colour, ax.get_facecolor())
            )


def _share_height(series: Sequence[_Series], room: float) -> None:
    """Give each axis its part of the height, with some room (points) around the volumes."""
    _, height = in_points(series[0].ax, 0, series[0].ax.bbox.height)
    room = min(room, 0.2 * height)
    top = height - LEGEND - room
    if len(series) == 1:
        _fit_limits(series[0], min(room, 0.5 * top), top, height)
        return
    free = max(top - room - _EDGE, 0.2 * height)
    _fit_limits(series[0], top - 0.6 * free, top, height)
    _fit_limits(series[1], _EDGE, _EDGE + 0.4 * free, height)


def _fit_limits(series: _Series, low: float, high: float, height: float) -> None:
    """Let the values of an axis reach from a height to another (points), its ticks too."""
    from matplotlib.ticker import MaxNLocator

    ax, colour, (least, most) = series.ax, series.style["color"], series.range
    unit = (high - low) / (most - least)
    bottom, top = least - low / unit, most + (height - high) / unit
    ax.set_ylim(bottom, top)
    many = int(np.clip((high - low) / _TICK, 1, 4))
    ticks = MaxNLocator(many, steps=[1, 2, 2.5, 5, 10]).tick_values(least, most)
    reach = 5.0 / unit
    ax.set_yticks([t for t in ticks if least - reach <= t <= most + reach])
    ax.ticklabel_format(axis="y", useOffset=False)
    ax.tick_params(axis="y", colors=colour, labelsize=9)
    middle = ((least + most) / 2 - bottom) / (top - bottom)
    ax.set_ylabel(printable(series.label), color=colour, y=middle, **LITERAL)


def _fit_sideways(series: Sequence[_Series]) -> None:
    """Shrink axes that no layout engine keeps inside the figure."""
    ax = series[0].ax
    figure = ax.figure.canvas.figure
    if figure.get_layout_engine() is None:
        figure.draw_without_rendering()
        boxes = [box for one in series if (box := one.ax.get_tightbbox()) is not None]
        edge, place = ax.figure.bbox, ax.get_position()
        left = max(edge.x0 - min(box.x0 for box in boxes), 0.0) / edge.width
        right = max(max(box.x1 for box in boxes) - edge.x1, 0.0) / edge.width
        width = max(place.width - left - right, 0.2 * place.width)
        ax.set_position((place.x0 + left, place.y0, width, place.height))


def _draw_legend(ax: Axes, points: Sequence[PathPoint]) -> None:
    handles = kind_handles((p.kind for p in points), "0.3", ax.get_facecolor(), MARK)
    write_legend(ax, handles, "upper right", in_points(ax, ax.bbox.width, 0)[0])


def _folded_name(ax: Axes, name: str, width: float) -> str:
    return folded(ax, shortened(name, _LONGEST, _END), width, NAME)


def _tell_left_out(ax: Axes, missing: Sequence[Wish], count: int) -> None:
    """Say beside the legend, in its strip, how many texts have no room."""
    gids = Counter(wish.style["gid"] for wish in missing)
    told = [
        f"{gids[gid]} of {of} {gid}s"
        for gid, of in (("name", count), ("change", count - 1))
        if gids[gid]
    ]
    if told:
        how: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points"}
        how |= {"va": "top", "fontsize": 7, "color": "0.3", "gid": "left out"}
        text = ax.annotate(f"no room for {', '.join(told)}", (0, 1), (4, -4), **how, **LITERAL)
        text.set_in_layout(False)


def _changes(sheet: Sheet, points: Sequence[PathPoint], marks: Floats) -> Iterator[Wish]:
    style = _CHANGE | {"gid": "change"}
    for (p, q), (one, two) in zip(pairwise(points), pairwise(marks), strict=True):
        # What rounds to 0 has no minus sign.
        words = f"{round(100 * (q.volume / p.volume - 1), 2) + 0.0:+.2f} %"
        over = _over(one, two, text_size(sheet.ax, words, style))
        yield sheet.wish(words, style, (one + two) / 2, marks[:0], over)


def _over(one: Floats, two: Floats, size: Pair) -> Floats:
    """Return places for a text above a line, then below, the nearest first."""
    way = two - one
    across = np.array([-way[1], way[0]]) if way.any() else np.array([0.0, 1.0])
    across *= (1 if across[1] >= 0 else -1) / np.hypot(*across)
    deep = float(np.abs(across) @ size) / 2
    tries = product((3.0, 6.0), (1, -1), (0.5, 0.4, 0.6, 0.3, 0.7))
    return np.array([one + t * way + side * (gap + deep) * across for gap, side, t in tries])


def _check(points: Sequence[PathPoint]) -> None:
    if not points:
        raise InputError("nothing to plot: give at least one phase")
    for p in points:
        check_kind(p.name, p.kind)
        for value in (p.x, p.volume, p.polyhedron_volume, p.volume_su, p.polyhedron_su):
            if value is not None and not (math.isfinite(value) and value >= 0 and p.volume):
                raise InputError(f"{p.name}: a volume is above 0, content and su at least 0")
