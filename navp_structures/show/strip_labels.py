"""Labels of bond strips: side by side, as near to their marks as they have room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from navp_structures.show.plot_text import Pair, text_size

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

# Points.
MARK: Final = 4.5
NEAR: Final = 3.0
"""From marks to labels."""
_GAP: Final = 3.0  # between labels
_STRAIGHT: Final = 4.0  # a label moved by more has a leader


@dataclass(frozen=True, slots=True, eq=False)
class StripSheet:
    """The inside of the axes: points for each Å and each strip, where lengths and labels go."""

    ax: Axes
    scale: float
    pitch: float
    start: float
    width: float
    style: dict[str, Any]
    both_sides: bool

    @property
    def mark(self) -> float:
        """Diameter of a mark: less in low strips."""
        return min(MARK, 0.7 * self.pitch)

    def across(self, length: float) -> float:
        """Return points from the left edge."""
        return (length - self.start) * self.scale

    def data(self, x: float, row: int, up: float) -> Pair:
        """Return a place in points from the left edge and from a strip as data."""
        return self.start + x / self.scale, row - up / self.pitch


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """Labels above (1) or below (-1) a strip: where their marks are, and their middles."""

    side: int
    marks: Floats
    wide: Floats
    middles: Floats
    words: Sequence[str]


def labels_with_room(sheet: StripSheet, lengths: Sequence[float], words: Sequence[str]) -> int:
    """Return how many labels of a strip have room."""
    return sum(len(side.words) for side in _sides(sheet, lengths, words))


def write_labels(
    sheet: StripSheet, row: int, lengths: Sequence[float], words: Sequence[str]
) -> None:
    """Write ligands above a strip; above and below it where they would be far away."""
    for side in _sides(sheet, lengths, words):
        _write_side(sheet, row, side)


def _sides(
    sheet: StripSheet, lengths: Sequence[float], words: Sequence[str]
) -> Iterator[_Side]:
    if not words or not sheet.style:
        return
    x = np.array([sheet.across(length) for length in lengths])
    wide = np.array([text_size(sheet.ax, text, sheet.style)[0] for text in words])
    middles = spread(x, wide, sheet.width)
    sides = [(1, slice(None))]
    if sheet.both_sides and (middles is None or np.any(np.abs(middles - x) > wide / 2 + 2)):
        sides = [(1, slice(0, None, 2)), (-1, slice(1, None, 2))]
    for side, part in sides:
        yield _with_room(side, x[part], wide[part], words[part], sheet.width)


def _with_room(side: int, x: Floats, wide: Floats, words: Sequence[str], width: float) -> _Side:
    """Leave the longest bonds unnamed until the labels have room side by side."""
    while (middles := spread(x, wide, width)) is None:
        x, wide, words = x[:-1], wide[:-1], words[:-1]
    return _Side(side, x, wide, middles, words)


def _write_side(sheet: StripSheet, row: int, labels: _Side) -> None:
    """Write labels side by side, as near to their marks as they have room."""
    foot, side = MARK / 2 + NEAR, labels.side
    how = {"ha": "center", "va": "bottom" if side > 0 else "top", "gid": "ligand"} | sheet.style
    rows = zip(labels.marks, labels.middles, labels.wide / 2, labels.words, strict=True)
    for at, middle, half, text in rows:
        x_, y = sheet.data(middle, row, side * foot)
        sheet.ax.text(x_, y, text, **how).set_in_layout(False)
        if abs(middle - at) > _STRAIGHT:
            end = float(np.clip(at, middle - half + 2, middle + half - 2))
            leader = [sheet.data(at, row, side * MARK / 2), sheet.data(end, row, side * foot)]
            sheet.ax.plot(*np.transpose(leader), color="0.5", linewidth=0.4, gid="leader")


def spread(x: Floats, wide: Floats, width: float) -> Floats | None:
    """Return middles of texts nearest to their places, none over another; None: no room."""
    if len(x) == 0:
        return x
    apart = np.cumsum(np.concatenate([[0.0], (wide[1:] + wide[:-1]) / 2 + _GAP]))
    low, high = 2 + wide[0] / 2, width - 2 - wide[-1] / 2 - apart[-1]
    if low > high:
        return None
    # Texts that would overlap move as one, to the mean of what each wants.
    groups: list[tuple[float, int]] = []
    for wanted in (x - apart).tolist():
        total, count = wanted, 1
        while groups and groups[-1][0] / groups[-1][1] > total / count:
            more, others = groups.pop()
            total, count = total + more, count + others
        groups.append((total, count))
    free = np.repeat([t / n for t, n in groups], [n for _, n in groups])
    return np.asarray(np.clip(free, low, high) + apart, dtype=np.float64)
