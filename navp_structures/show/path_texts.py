"""Texts of a path plot: each at the nearest free place to its point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from navp_structures.show.plot_text import points as in_points
from navp_structures.show.plot_text import text_size

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
Taken = tuple[Floats, Floats]
"""The middles of boxes, and half their sizes, both of the shape (n, 2)."""

# Points.
MARK: Final = 5.5
LEGEND: Final = 16.0
"""Height of the strip at the top that is the legend's."""

_HALF: Final = np.full(2, MARK / 2)
_PAD: Final = 1.0  # kept free around texts
_GAPS: Final = (5.0, 8.0, 13.0, 20.0, 30.0, 42.0, 56.0, 75.0)  # from a point to its name
_FAR: Final = 11.0  # from here on a text has a leader
# Towards a name from its point, the best first.
_CORNERS: Final = ((1, 1), (-1, -1), (1, -1), (-1, 1))
_BETWEEN: Final = ((0.5, 1), (-0.5, -1), (-0.5, 1), (0.5, -1))
_WAYS: Final = (*_CORNERS[:2], (0, 1), (0, -1), (1, 0), (-1, 0), *_CORNERS[2:], *_BETWEEN)
_TRIALS: Final = 20  # orders in which texts are placed, of few
_TRIED: Final = 400  # texts placed in all orders, so that many do not take minutes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wish:
    """A text in points: half its size, what it names, what else it might, places for it."""

    words: str
    style: dict[str, Any]
    half: Floats
    anchor: Floats
    others: Floats
    places: Floats

    def leader(self, place: Floats) -> Floats:
        """Return places along the leader from a far place; none from a near one."""
        line = straight(self.anchor, place)
        apart = _apart(line, place, self.half)
        return line[apart > 0] if apart[0] > _FAR else line[:0]


class Sheet:
    """The inside of the axes, in points from its lower left corner, and what is taken."""

    def __init__(self, ax: Axes) -> None:
        self.ax = ax
        self.size = np.array(in_points(ax, ax.bbox.width, ax.bbox.height))
        self.ink = self.marks = np.empty((0, 2))

    def at(self, ax: Axes, x: Floats, y: Floats) -> Floats:
        """Return data of axes at this place in points, shape (n, 2)."""
        (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
        parts = np.column_stack([(x - x0) / (x1 - x0), (y - y0) / (y1 - y0)])
        return np.asarray(parts * self.size, dtype=np.float64)

    def keep_clear(self, ax: Axes, x: Floats, y: Floats, ends: Floats) -> None:
        """Keep texts off a line with its points and error bars, lower and upper ``ends``."""
        marks = self.at(ax, x, y)
        bars = (self.at(ax, x, end) for end in ends)
        lines = [straight(*ends) for ends in (*pairwise(marks), *zip(*bars, strict=True))]
        ink = np.concatenate([self.ink, *lines, *(marks + _HALF * c for c in _CORNERS)])
        self.ink = ink[np.isfinite(ink).all(axis=1)]
        self.marks = np.concatenate([self.marks, marks[np.isfinite(marks).all(axis=1)]])

    def wish(
        self, words: str, style: dict[str, Any], anchor: Floats, others: Floats, near: Floats
    ) -> Wish:
        """Return a text with places for it about its anchor, after those that are given."""
        half, ways = np.array(text_size(self.ax, words, style)) / 2, np.array(_WAYS)
        unit = ways / np.hypot(*ways.T)[:, np.newaxis]
        places = np.concatenate([near, *(anchor + ways * half + unit * gap for gap in _GAPS)])
        places = np.clip(places, half + 2, self.size - (0, LEGEND) - half - 2)
        how = {"anchor": anchor, "others": others, "places": places}
        return Wish(words=words, style=style, half=half, **how)

    def write(self, wishes: Sequence[Wish]) -> list[Wish]:
        """Write texts, return those left out; these come first when it is tried again."""
        best: dict[int, Floats] = {}
        order = list(range(len(wishes)))
        for _ in range(min(_TRIALS, 1 + _TRIED // max(len(wishes), 1))):
            if len(best) == len(wishes):
                break
            found = self._placed(wishes, order)
            best = max(best, found, key=len)
            order.sort(key=found.__contains__)
        for n, place in sorted(best.items()):
            self._write(wishes[n], place)
        return [wish for n, wish in enumerate(wishes) if n not in best]

    def _placed(self, wishes: Sequence[Wish], order: Sequence[int]) -> dict[int, Floats]:
        found: dict[int, Floats] = {}
        ink = self.ink
        for n in order:
            halves = np.array([wishes[m].half for m in found]).reshape(-1, 2)
            taken = (np.array([*found.values()]).reshape(-1, 2), halves)
            for place in wishes[n].places:
                if self._is_free(place, wishes[n], ink, taken):
                    found[n] = place
                    ink = np.concatenate([ink, wishes[n].leader(place)])
                    break
        return found

    def _is_free(self, place: Floats, wish: Wish, ink: Floats, taken: Taken) -> bool:
        # A text is read as the name of what is nearest.
        own, *others = _apart(np.vstack([wish.anchor, wish.others]), place, wish.half)
        if min(others, default=own) < own or (_apart(ink, place, wish.half) < _PAD).any():
            return False
        leader = wish.leader(place)
        away = leader[int(MARK) :]
        if (_apart(away[:, np.newaxis], self.marks, _HALF) < _PAD).any():
            return False
        middles, halves = taken
        if (np.abs(place - middles) < wish.half + halves + _PAD).all(axis=1).any():
            return False
        return not (_apart(leader[:, np.newaxis], middles, halves) < _PAD).any()

    def _write(self, wish: Wish, place: Floats) -> None:
        how: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points"}
        how |= {"xy": wish.anchor / self.size, "xytext": place - wish.anchor}
        if len(wish.leader(place)):
            ends = {"shrinkA": 0, "shrinkB": MARK / 2 + 1}
            how["arrowprops"] = {"arrowstyle": "-", "color": "0.5", "linewidth": 0.5} | ends
        text = self.ax.annotate(wish.words, ha="center", va="center", **how, **wish.style)
        text.set_in_layout(False)


def straight(one: Floats, two: Floats) -> Floats:
    """Return places along a line, a point apart."""
    return np.linspace(one, two, 2 + int(np.nan_to_num(np.hypot(*(two - one)))))


def _apart(places: Floats, middle: Floats, half: Floats) -> Floats:
    """Return how far places are from boxes, of shapes that broadcast."""
    beyond = np.maximum(np.abs(places - middle) - half, 0.0)
    return np.asarray(np.hypot(beyond[..., 0], beyond[..., 1]), dtype=np.float64)
