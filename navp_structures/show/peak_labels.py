"""Places for the labels of peaks: nearest first, none over another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Final

import numpy as np

from navp_structures.show.plot_text import Pair

Box = tuple[float, float, float, float]
Peak = tuple[float, float, tuple[str, ...]]
"""x (points), intensity, and the wordings of the label, the fullest first."""

# Points, but where said otherwise.
GAP: Final = 3.0  # between a tip and its label
PAD: Final = 0.75  # kept free around labels
_SHIFTS: Final = (0.0, 3.0, -3.0, 6.0, -6.0, 9.0, -9.0, 12.0, -12.0)  # sideways
_LONGEST_LEADER: Final = 30.0
_CLOSE: Final = 12.0  # from a line that has no room for a label to one that may name it too
_COMPARABLE: Final = 0.3  # of a line's intensity, from where another is as likely meant
_IMPORTANT: Final = 10.0  # intensity from which a line without room is named by a neighbour


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lane:
    """Where labels go, in points from the foot of the lines.

    Parameters
    ----------
    width, ceiling
        Of the lane.
    scale
        Points for each unit of intensity.
    highest
        The greatest height between two x, in units of intensity.
    label_size
        Width and height of a text.
    name
        A box that is taken already.
    """

    width: float
    ceiling: float
    scale: float
    highest: Callable[[float, float], float]
    label_size: Callable[[str], Pair]
    name: Box


@dataclass(slots=True, eq=False)
class Label:
    """A label in points: the line it names, its words, the tip it leads to, what it takes."""

    x: float
    words: str
    tip: Pair
    box: Box
    leader: list[Box]


def place_labels(peaks: Sequence[Peak], lane: Lane) -> list[Label]:
    """Return the labels that have room, those of strong lines first."""
    placed: list[Label] = []

    def is_free(box: Box, but: Label | None = None) -> bool:
        others = (b for p in placed if p is not but for b in (p.box, *p.leader))
        return not any(_touch(box, other) for other in (lane.name, *others))

    for n, (x, intensity, wordings) in enumerate(peaks):
        # A label that stands over another line of its size would be read as its name.
        waiting = [
            other for other, height, _ in peaks[n + 1 :] if height > intensity * _COMPARABLE
        ]
        for label in _places(lane, x, wordings):
            foot = (label.box[0] + label.box[2]) / 2
            over = any(abs(foot - other) < abs(foot - x) for other in waiting)
            if not over and all(is_free(box) for box in (label.box, *label.leader)):
                placed.append(label)
                break
        else:
            if intensity >= _IMPORTANT:
                _add_to_neighbour(lane, placed, x, wordings, is_free)
    return placed


def _add_to_neighbour(
    lane: Lane,
    placed: list[Label],
    x: float,
    wordings: tuple[str, ...],
    is_free: Callable[[Box, Label | None], bool],
) -> None:
    """Let the label of the nearest line name a line that has no room for its own."""
    near = [label for label in placed if abs(label.x - x) <= _CLOSE]
    near.sort(key=lambda label: abs(label.x - x))
    # All families of the line, or the strongest and how many more.
    brief = dict.fromkeys(words.replace("\n", " ") for words in (wordings[0], wordings[-1]))
    for label, words in product(near, brief):
        joined = f"{label.words} + {words}"
        left, bottom, right, _ = label.box
        top = bottom + lane.label_size(joined)[1]
        box = (left, bottom, right, top)
        if "\n" not in joined and top < lane.ceiling - PAD and is_free(box, label):
            label.words, label.box = joined, box
            return


def _places(lane: Lane, x: float, wordings: tuple[str, ...]) -> Iterator[Label]:
    """Yield places for the label of a line, the best first."""
    tip = lane.highest(x, x) * lane.scale
    # What is too low to be seen gets no label.
    for words, shift in product(wordings if tip > 0.5 else (), _SHIFTS):
        width, height = lane.label_size(words)
        left, right = x + shift - width / 2, x + shift + width / 2
        under = lane.highest(left - PAD, right + PAD) * lane.scale
        bottom = max(under, tip + 0.8 * abs(shift)) + GAP
        beyond = (x + 1, x + shift) if shift > 0 else (x + shift, x - 1)
        crossed = lane.highest(*beyond) * lane.scale if shift else 0.0
        fits = left > PAD and right < lane.width - PAD and bottom + height < lane.ceiling
        if fits and bottom - tip < _LONGEST_LEADER and crossed <= tip + 1:
            # Boxes along the leader, for one around a slanting line is too large.
            steps = np.linspace((x, tip), (x + shift, bottom), 5)
            leader = [(*np.minimum(a, b), *np.maximum(a, b)) for a, b in pairwise(steps)]
            yield Label(x, words, (x, tip), (left, bottom, right, bottom + height), leader)


def _touch(one: Box, two: Box) -> bool:
    return all(one[i] < two[i + 2] + PAD and two[i] < one[i + 2] + PAD for i in (0, 1))


def joined(peaks: Sequence[Peak], x: float) -> str:
    """Return what a label says that names the important lines about it, two at most."""
    near = [
        words[0]
        for at, height, words in peaks
        if abs(at - x) <= _CLOSE and height >= _IMPORTANT
    ]
    return " + ".join(near[:2])
