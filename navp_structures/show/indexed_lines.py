"""Measured powder lines over the calculated patterns that they are indexed with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from navp_structures.errors import InputError
from navp_structures.show.axes import check_axes
from navp_structures.show.line_lane import (
    NAME_ROW,
    Lane,
    Sheet,
    Stick,
    draw_lane,
    points_of,
    room_above,
)
from navp_structures.show.plot_text import LITERAL, Pair, write_around
from navp_structures.show.posterior_bars import bars_height, draw_bars, share_text
from navp_structures.show.tables import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Okabe and Ito 2008, wine of Tol 2021; marks differ in form too.
_COLOURS: Final = ("#0072B2", "#D55E00")
_STRAY: Final = "#882255"
_NEXT: Final = "#009E73"
_INK: Final = "0.25"
_GUIDE: Final[dict[str, Any]] = {"color": "0.88", "linewidth": 0.6, "zorder": 0.5}

# Of the lane of measured lines, in which the suggested one stands.
_SUGGESTED: Final = 0.5

# A lane of measured lines is so many times as high as one of calculated ones.
_HIGHER: Final = 1.6

_LEAST: Final = 12.0  # points of a lane

# Inches of a figure: its pattern, left, below, above, between, the bars, right.
_WIDE, _LEFT, _BELOW, _ABOVE, _BETWEEN, _BARS, _RIGHT = 7.6, 0.4, 0.5, 0.42, 0.3, 2.6, 0.15
_TALL: Final = (2.6, 1.45)  # of measured lines, and of each phase


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IndexedLines:
    """The measured lines.

    Parameters
    ----------
    position
        On the x axis, ascending, shape (n,).
    height
        0 to 1, shape (n,).
    owner
        Number of the lane that each belongs to, -1 for none, shape (n,).
    labels
        What is written above each.
    name
        Of the lane.
    """

    position: Floats
    height: Floats
    owner: NDArray[np.int64]
    labels: tuple[str, ...]
    name: str = "measured"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CalculatedLane:
    """The calculated lines of a phase.

    Parameters
    ----------
    position
        On the x axis, shape (m,), as refined.
    height
        0 to 1, shape (m,).
    missing
        Which should be among the measured lines and are not, shape (m,); only these are
        labelled.
    labels
        Of each line.
    name
        Of the lane.
    """

    position: Floats
    height: Floats
    missing: Bools
    labels: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NextLine:
    """Where a further line would tell most, on the x axis, and what to write above it."""

    position: float
    label: str


def plot_indexed_lines(
    measured: IndexedLines,
    lanes: Sequence[CalculatedLane],
    *,
    axis_label: str,
    limits: Pair,
    ax: Axes | None = None,
    figure: Figure | None = None,
    next_line: NextLine | None = None,
    shares: Sequence[tuple[str, float]] = (),
    chosen: str = "",
    title: str = "",
    notes: Sequence[str] = (),
) -> Axes:
    """Draw measured lines in a lane at the top, calculated ones of one or two phases below.

    All labels of a lane stand in one row above it, none over another, with a leader to their
    line; where the row has no room for all, the highest lines have them and a sentence says
    how many are left out.

    Parameters
    ----------
    axis_label
        Quantity and unit of the x axis.
    limits
        Range of x.
    ax
        Where to draw; None takes a figure, with bars for the posteriors beside the pattern.
        Else they are a sentence below. Without layout engine, notes shrink the axes.
    figure
        An empty one to fill where `ax` is None; its size is set. None makes one.
    shares, chosen
        Answers with their probabilities, the largest first; the bar of one is darker.

    Returns
    -------
    Axes
        Of the pattern. Its artists have the gid ``measured``, ``stray``, ``calculated``,
        ``missing``, ``next``, ``guide``, ``leader``, ``name``, ``notes``, and of labels
        ``hkl``, ``number``, ``missing hkl``, ``next hkl``.

    Raises
    ------
    InputError
        Columns differ in length, heights are not from 0 to 1, the limits are no range or
        do not hold the measured lines.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> x, one = np.array([20.0, 30.0]), np.ones(2)
    >>> lines = IndexedLines(position=x, height=one, owner=np.array([0, -1]),
    ...                      labels=("(1 0 4)", "30.00"))
    >>> lane = CalculatedLane(position=x[:1], height=one[:1], missing=np.array([False]),
    ...                       labels=("(1 0 4)",), name="a")
    >>> ax = plot_indexed_lines(lines, [lane], axis_label="2θ", limits=(10, 40),
    ...                         ax=Figure().add_subplot())
    >>> [text.get_text() for text in ax.texts]
    ['measured', '(1 0 4)', '30.00', 'a']
    """
    check_axes(ax)
    _check(measured, lanes, limits)
    bars = None
    if ax is None:
        ax, bars = _axes(figure, len(lanes), len(shares), notes)
    elif shares:
        told = ", ".join(f"{name} {share_text(share)}" for name, share in shares)
        notes = (f"posteriors: {told}", *notes)
    ax.set(xlim=limits, yticks=[], ylabel="√ intensity")
    ax.set_xlabel(printable(axis_label), **LITERAL)
    ax.tick_params(labelsize=8)
    write_around(ax, title, () if bars is not None else notes, "")
    width, height = points_of(ax)
    ax.set_ylim(0.0, height)
    sheet = Sheet(ax=ax, limits=limits, width=width)
    drawn = [_measured_lane(measured, next_line), *map(_calculated_lane, lanes, _COLOURS)]
    left_out = _draw(sheet, drawn, measured, height)
    if left_out and bars is not None:
        notes = (*notes, f"{left_out} labels have no room")
    if bars is not None:
        draw_bars(bars, shares, chosen, notes)
    return ax


def _draw(sheet: Sheet, lanes: Sequence[Lane], measured: IndexedLines, height: float) -> int:
    """Draw lanes from the top to the foot of the axes; return how many labels have no room."""
    rooms = [room_above(sheet, lane) for lane in lanes]
    free = height - sum(rooms) - NAME_ROW * len(lanes)
    unit = max(free / (_HIGHER + len(lanes) - 1), _LEAST)
    top, upper, left_out = height, height, 0
    for n, (lane, room) in enumerate(zip(lanes, rooms, strict=True)):
        reach = unit * (_HIGHER if n == 0 else 1.0)
        foot = top - room - reach
        left_out += draw_lane(sheet, lane, foot, reach)
        if n > 0:
            own = measured.position[measured.owner == n - 1]
            sheet.ax.vlines(own, foot, upper, gid="guide", **_GUIDE)
        else:
            upper = foot
        top = foot - NAME_ROW
    return left_out


def _measured_lane(measured: IndexedLines, next_line: NextLine | None) -> Lane:
    sticks = []
    for position, height, owner, label in zip(
        measured.position.tolist(),
        measured.height.tolist(),
        measured.owner.tolist(),
        measured.labels,
        strict=True,
    ):
        stray = owner < 0
        sticks.append(
            Stick(
                position=position,
                height=height,
                colour=_STRAY if stray else _COLOURS[owner],
                gid="stray" if stray else "measured",
                label=label,
                label_gid="number" if stray else "hkl",
                marker="x" if stray else "",
                dashed=stray,
            )
        )
    if next_line is not None:
        sticks.append(
            Stick(
                position=next_line.position, height=_SUGGESTED, colour=_NEXT, gid="next",
                label=next_line.label, label_gid="next hkl", marker="v", dashed=True,
            )
        )  # fmt: skip
    return Lane(name=measured.name, colour=_INK, sticks=tuple(sticks))


def _calculated_lane(lane: CalculatedLane, colour: str) -> Lane:
    sticks = [
        Stick(
            position=position,
            height=height,
            colour=colour,
            gid="missing" if missing else "calculated",
            label=label if missing else "",
            label_gid="missing hkl",
            marker="o" if missing else "",
        )
        for position, height, missing, label in zip(
            lane.position.tolist(),
            lane.height.tolist(),
            lane.missing.tolist(),
            lane.labels,
            strict=True,
        )
    ]
    return Lane(name=lane.name, colour=colour, sticks=tuple(sticks))


def _axes(
    figure: Figure | None, lanes: int, count: int, notes: Sequence[str]
) -> tuple[Axes, Axes]:
    """Return the axes of the pattern and of the bars in a figure of the size that they need."""
    if figure is None:
        import matplotlib.pyplot as plt

        figure = plt.figure()
    pattern = _TALL[0] + _TALL[1] * lanes
    # One line more may be needed for labels that are left out.
    tall = max(pattern, (bars_height(count, [*notes, ""]) + 12) / 72)
    width = _LEFT + _WIDE + _BETWEEN + _BARS + _RIGHT
    height = _BELOW + tall + _ABOVE
    figure.set_layout_engine("none")
    figure.set_size_inches(width, height)
    top, right = 1 - _ABOVE / height, (_LEFT + _WIDE + _BETWEEN) / width
    ax = figure.add_axes((_LEFT / width, _BELOW / height, _WIDE / width, tall / height))
    bars = figure.add_axes((right, 0.02, _BARS / width, top - 0.02))
    return ax, bars


def _check(measured: IndexedLines, lanes: Sequence[CalculatedLane], limits: Pair) -> None:
    if not (np.all(np.isfinite(limits)) and limits[0] < limits[1]):
        raise InputError(f"limits are two numbers, the smaller first, not {limits}")
    if len(lanes) > len(_COLOURS):
        raise InputError(f"{len(lanes)} phases; at most {len(_COLOURS)} are drawn together")
    columns = [("measured", measured.position, measured.height, measured.labels)]
    columns += [(lane.name, lane.position, lane.height, lane.labels) for lane in lanes]
    others = [measured.owner, *(lane.missing for lane in lanes)]
    for (name, x, height, labels), other in zip(columns, others, strict=True):
        counts = {len(x), len(height), len(labels), len(other)}
        if len(counts) > 1:
            raise InputError(f"{name}: columns of {sorted(counts)} lines; give each of them")
        if not (np.isfinite(x).all() and np.all((height >= 0) & (height <= 1))):
            raise InputError(f"{name}: positions are finite numbers, heights are from 0 to 1")
    if np.any((measured.position < limits[0]) | (measured.position > limits[1])):
        raise InputError(f"measured lines must lie within the limits {limits}")
    if np.any((measured.owner < -1) | (measured.owner >= len(lanes))):
        raise InputError(f"owners are numbers of the {len(lanes)} lanes, or -1")
