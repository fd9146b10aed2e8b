"""Powder patterns as pictures: phases in lanes, hkl above the lines, measured data."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from navp_structures.errors import InputError
from navp_structures.show.axes import check_axes
from navp_structures.show.peak_labels import GAP, Lane, Peak, joined, place_labels
from navp_structures.show.plot_text import (
    LITERAL,
    MEASURED,
    NAME,
    Pair,
    folded,
    points,
    text_size,
    write_around,
)
from navp_structures.show.tables import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
Curve = tuple[Floats, Floats]

# Okabe and Ito 2008, told apart by colour-blind readers; the palest last, black is for data.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_HKL = LITERAL | {"fontsize": 6.5, "rotation": 90, "ma": "left", "linespacing": 1.0}

# Distances are in points (1/72 inch): the same labels appear at every resolution.
_COLUMN = 0.5  # resolution of the skyline
_SAME_PLACE = 0.8  # lines nearer than this look like one
_WEAKEST = 1.0  # intensity of lines that are labelled
_ROOM = (0.75, 0.5)  # of a lane that labels may take: of one line each, of several
_MEASURED_LANE = 106.0  # height in units of intensity


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trace:
    """One phase of a plot.

    Parameters
    ----------
    name
        Shown in the lane of the phase.
    position
        Of each line on the x axis, in its units, shape (n,), in any order.
    intensity
        Of each line, the strongest of the phase = 100, shape (n,).
    labels
        Of each line, such as ``(4 -2 6)``; an empty one is not drawn.
    profile
        x and y of the broadened curve, on any scale.
    """

    name: str
    position: Floats
    intensity: Floats
    labels: tuple[str, ...]
    profile: tuple[Floats, Floats] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """A measured pattern: its file, positions in units of the axis, intensities (n,)."""

    name: str
    position: Floats
    intensity: Floats


def plot_powder(
    traces: Sequence[Trace],
    *,
    axis_label: str,
    limits: tuple[float, float],
    ax: Axes | None = None,
    measured: Measured | None = None,
    labels: bool = True,
    notes: Sequence[str] = (),
    title: str = "",
) -> Axes:
    """Draw simulated powder patterns, one lane for each phase, the first at the top.

    A profile is scaled to 100 at its maximum within the limits, measured data from 0 at
    their minimum to 100. They stand behind the lines of a single phase; above several
    phases they have a lane of their own, which repeats all lines in pale.

    hkl are written above lines of at least 1 %, the strongest first, clear of other texts,
    lines and curves, for the size that the axes have now; what finds no room is left out.

    Parameters
    ----------
    axis_label
        Quantity and unit of the x axis.
    limits
        Range of x; lines outside are not drawn.
    ax
        Where to draw; a new figure when None. Without layout engine, notes shrink the axes.
    notes
        Sentences for below the axes, such as which phase is a model.

    Returns
    -------
    Axes
        Their texts have the gid ``hkl``, ``name`` or ``notes``.

    Raises
    ------
    InputError
        Arrays differ in length or hold what cannot be drawn; the limits are no range.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> x, y = np.array([31.7, 45.5]), np.array([100.0, 60.0])
    >>> salt = Trace(name="NaCl", position=x, intensity=y, labels=("(2 0 0)", "(2 2 0)"))
    >>> ax = plot_powder([salt], axis_label="2θ", limits=(30, 50), ax=Figure().add_subplot())
    >>> [text.get_text() for text in ax.texts]
    ['NaCl', '(2 0 0)', '(2 2 0)']
    """
    check_axes(ax)
    _check(traces, measured, limits)
    beside = measured is not None and len(traces) != 1
    if ax is None:
        import matplotlib.pyplot as plt

        size = figure_size(len(traces), notes, measured=measured is not None)
        ax = plt.figure(figsize=size, layout="constrained").add_subplot()
    ax.set(xlim=limits, ylim=(0, 100), ylabel="Relative intensity")
    if len(traces) != 1:
        ax.set_yticks([])
    ax.set_xlabel(printable(axis_label), **LITERAL)
    behind, entry = [], ""
    if measured is not None:
        behind = [_curve(measured.position, measured.intensity, limits, measured=True)]
        how = "scaled" if len(behind[0][0]) else "nothing in this range"
        entry = f"measured ({measured.name}), {how}"
    write_around(ax, title, notes, entry)

    label_size = cache(lambda words: text_size(ax, words, _HKL))
    sheet = _Sheet(ax, limits, *points(ax, ax.bbox.width, ax.bbox.height), label_size)
    lanes = [_lane(sheet, trace, [] if beside else behind, labels) for trace in traces]
    # Where nothing is scaled to 100, weak lines may fill the lane.
    reach = max((lane.skyline.max() for lane in lanes if not beside), default=100.0) or 100.0
    rooms = np.array([_headroom(lane, reach) for lane in lanes]).reshape(-1, 2)
    units = reach * len(lanes) + _MEASURED_LANE * beside
    # Small lanes are for the lines rather than for their labels.
    limits_of_room = np.array(_ROOM) * reach / units * sheet.height
    room = float(np.minimum(rooms.max(axis=0, initial=0.0), limits_of_room).max())
    scale = (sheet.height - room * len(lanes)) / units
    pitch = reach + room / scale
    top = len(lanes) * pitch if beside else 0.0
    ax.set_ylim(0, sheet.height / scale)
    ax.set_yticks([tick for tick in ax.get_yticks() if 0 <= tick <= reach])
    for i, lane in enumerate(lanes):
        colour, base = _COLOURS[i % len(_COLOURS)], (len(lanes) - 1 - i) * pitch
        _draw_lane(lane, base, scale, pitch * scale, colour)
        if beside:
            _draw_lines(ax, lane, top, colour, paled=True)
    for x, y in behind:
        ax.plot(x, top + y, gid="measured", **MEASURED)
    return ax


def figure_size(phases: int, notes: Sequence[str], *, measured: bool) -> Pair:
    """Return width and height (inches) that a plot of so many phases needs."""
    lanes = phases + (measured and phases != 1)
    folds = sum(1 + len(note) // 150 for note in notes)
    return 9.0, 1.2 + 2.1 * max(lanes, 1.5) + 0.14 * folds


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """The inside of the axes, in points from its lower left corner."""

    ax: Axes
    limits: Pair
    width: float
    height: float
    label_size: Callable[[str], Pair]


@dataclass(frozen=True, slots=True, eq=False)
class _Lane:
    """A trace within the limits; the skyline is the greatest height in each column."""

    sheet: _Sheet
    name: str
    position: Floats
    intensity: Floats
    profile: Curve | None
    skyline: Floats
    peaks: list[Peak]

    def highest(self, left: float, right: float) -> float:
        first, last = (max(round(x / _COLUMN), 0) for x in (left, right))
        return float(self.skyline[first : last + 1].max(initial=0.0))


def _lane(sheet: _Sheet, trace: Trace, behind: Sequence[Curve], labels: bool) -> _Lane:
    low, high = sheet.limits
    per_unit = sheet.width / (high - low)
    inside = (trace.position >= low) & (trace.position <= high)
    position, intensity = trace.position[inside], trace.intensity[inside]
    profile = trace.profile and _curve(*trace.profile, sheet.limits)
    curves = [curve for curve in (profile, *behind) if curve and len(curve[0])]
    skyline = np.zeros(math.ceil(sheet.width / _COLUMN) + 1)
    centres = np.arange(len(skyline)) * _COLUMN
    for x, y in curves:
        skyline = np.maximum(skyline, np.interp(centres, (x - low) * per_unit, y, 0.0, 0.0))
    for x, y in [*curves, (position, intensity)]:
        np.maximum.at(skyline, np.rint((x - low) * per_unit / _COLUMN).astype(int), y)
    names = [trace.labels[i] if labels else "" for i in np.flatnonzero(inside)]
    peaks = list(_peaks((position - low) * per_unit, intensity, names))
    name = folded(sheet.ax, trace.name, 0.4 * sheet.width, NAME)
    return _Lane(sheet, name, position, intensity, profile, skyline, peaks)


def _curve(x: Floats, y: Floats, limits: Pair, *, measured: bool = False) -> Curve:
    order = np.argsort(x, kind="stable")
    order = order[(x[order] >= limits[0]) & (x[order] <= limits[1])]
    x, y = x[order], y[order]
    y = y - (y.min(initial=np.inf) if measured else 0.0)
    highest = y.max(initial=0.0)
    return x, y * (100 / highest) if highest > 0 else y


def _peaks(x: Floats, intensity: Floats, labels: Sequence[str]) -> Iterator[Peak]:
    left = np.array([bool(t.strip()) for t in labels], dtype=bool) & (intensity >= _WEAKEST)
    order = np.argsort(-intensity, kind="stable")
    for i in order:
        if left[i]:
            here = order[left[order] & (abs(x[order] - x[i]) <= _SAME_PLACE)]
            left[here] = False
            yield (
                float(x[i]),
                float(intensity[i]),
                _wordings([printable(labels[int(j)]) for j in here]),
            )


def _wordings(families: Sequence[str]) -> tuple[str, ...]:
    """Return ways to name families: in one line, in columns, the strongest only."""
    families = list(dict.fromkeys(families))
    if len(families) == 1:
        return (families[0],)
    more = [f"{len(families) - 3} more"] if len(families) > 3 else []
    parts = [*families[:3], *more]
    short = f"{families[0]} +\n{len(families) - 1} more"
    return " + ".join(parts), " +\n".join(parts), short


def _headroom(lane: _Lane, reach: float) -> Pair:
    """Return the points above the lines that the name and the labels of high peaks need.

    First with one line for each label, then with what lines without room add to them.
    """
    alone = together = text_size(lane.sheet.ax, lane.name, NAME)[1] + GAP
    for x, _, wordings in lane.peaks:
        width, height = lane.sheet.label_size(wordings[-1])
        if x == lane.peaks[0][0] or lane.highest(x - width / 2, x + width / 2) > reach / 2:
            alone = max(alone, height + 4 * GAP)
            height = lane.sheet.label_size(joined(lane.peaks, x))[1]
            together = max(together, height + 4 * GAP)
    return alone, together


def _draw_lane(lane: _Lane, base: float, scale: float, height: float, colour: str) -> None:
    """Draw lines, curve, name and labels: base in data units, scale and height in points."""
    ax, (low, high) = lane.sheet.ax, lane.sheet.limits

    def data(x: float, y: float) -> Pair:
        return low + x * (high - low) / lane.sheet.width, base + y / scale

    ax.axhline(base, color=colour, linewidth=0.6, gid="base")
    _draw_lines(ax, lane, base, colour, paled=lane.profile is not None)
    if lane.profile:
        x, y = lane.profile
        ax.plot(x, base + y, color=colour, linewidth=0.9, gid="profile")
    width, tall = text_size(ax, lane.name, NAME)
    left, bottom = lane.sheet.width - width - 4, height - tall - 1
    if lane.peaks and lane.peaks[0][0] > left - 20:
        left = 4.0
    ax.text(*data(left, bottom), lane.name, color=colour, va="bottom", gid="name", **NAME)
    place = Lane(
        width=lane.sheet.width,
        ceiling=height,
        scale=scale,
        highest=lane.highest,
        label_size=lane.sheet.label_size,
        name=(left, bottom, left + width, bottom + tall),
    )
    for label in place_labels(lane.peaks, place):
        foot = data((label.box[0] + label.box[2]) / 2, label.box[1])
        ax.text(*foot, label.words, ha="center", va="bottom", gid="hkl", clip_on=True, **_HKL)
        leader = np.transpose([data(*label.tip), foot])
        ax.plot(*leader, color="0.5", linewidth=0.4, gid="leader")


def _draw_lines(ax: Axes, lane: _Lane, base: float, colour: str, *, paled: bool) -> None:
    width, alpha = (0.7, 0.45) if paled else (1.0, 1.0)
    top = base + lane.intensity
    ax.vlines(lane.position, base, top, colour, linewidth=width, alpha=alpha, gid="lines")


def _check(traces: Sequence[Trace], measured: Measured | None, limits: Pair) -> None:
    if not (np.all(np.isfinite(limits)) and limits[0] < limits[1]):
        raise InputError(f"limits are two numbers, the smaller first, not {limits}")
    if not traces and measured is None:
        raise InputError("nothing to plot: give at least one phase")
    curves = [(measured.name, measured.position, measured.intensity)] if measured else []
    for trace in traces:
        curves.append((trace.name, trace.position, trace.intensity))
        if trace.profile is not None:
            curves.append((f"profile of {trace.name}", *trace.profile))
        if len(trace.labels) != len(trace.position):
            counts = f"{len(trace.labels)} labels for {len(trace.position)} lines"
            raise InputError(f"{trace.name}: {counts}")
        if np.any((trace.intensity < 0) | (trace.intensity > 100.001)):
            raise InputError(f"{trace.name}: intensities run from 0 to 100, the strongest")
    for name, x, y in curves:
        if x.ndim != 1 or x.shape != y.shape:
            raise InputError(f"{name}: x and y are of shape {x.shape} and {y.shape}, not equal")
        if not np.all(np.isfinite([x, y])):
            raise InputError(f"{name}: a position or an intensity is not a finite number")
