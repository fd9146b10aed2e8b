"""Places for the labels of spots: beside their own spot, none over anything drawn."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from navp_structures.show.plot_text import Pair

Floats = NDArray[np.float64]

# Points.
_TRIES: Final = 8
PAD: Final = 1.0  # kept free around spots, labels, boxes and inside the edge
_GAPS: Final = (1.2, 2.8, 4.5)  # between a spot and its label, the closest first
_COINCIDENT: Final = 2.0  # by how much another spot may be nearer: it looks like the same

# Above and below first, so that most labels of a pattern stand alike.
_SLANT: Final = math.sqrt(0.5)
_DIRECTIONS: Final = np.array(
    [
        (0, 1),
        (0, -1),
        (1, 0),
        (-1, 0),
        (_SLANT, _SLANT),
        (-_SLANT, _SLANT),
        (_SLANT, -_SLANT),
        (-_SLANT, -_SLANT),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wish:
    """A label that is asked for.

    Parameters
    ----------
    spot
        Index of its spot.
    size
        Width and height of the text (points).
    group
        Of the labels of one group, such as a Friedel pair, the first with room is placed.
    """

    spot: int
    size: Pair
    group: Hashable


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a label goes: its wish, and the centre of the text (points)."""

    wish: Wish
    centre: Pair


def place_labels(
    wishes: Sequence[Wish],
    spots: Floats,
    *,
    area: Pair,
    taken: Floats | None = None,
    most: int = 1000,
) -> list[Place]:
    """Return the labels that have room, as many as wanted.

    A label keeps clear of all spots, of other labels, of what is taken and of the edges, and
    is never nearer to another spot than to its own. What finds no room is left out.

    Parameters
    ----------
    wishes
        Important labels first.
    spots
        x, y and radius of every spot (points from the lower left corner), shape (n, 3).
    area
        Width and height (points).
    taken
        Boxes that are full already: left, bottom, right, top (points), shape (k, 4).
    most
        Number of labels after which to stop, or after eight times as many attempts: where so
        many find no room, the pattern is full.

    Examples
    --------
    >>> spots = np.array([[50.0, 50.0, 4.0]])
    >>> wish = Wish(spot=0, size=(20.0, 8.0), group="1 0 0")
    >>> place_labels([wish, wish], spots, area=(100, 100))[0].centre
    (50.0, 59.2)
    """
    full = np.empty((0, 4)) if taken is None else np.asarray(taken, dtype=np.float64)
    placed: list[Place] = []
    groups: set[Hashable] = set()
    tried = 0
    for wish in wishes:
        if len(placed) >= most or tried >= _TRIES * most:
            break
        if wish.group in groups:
            continue
        tried += 1
        centres = _around(spots[wish.spot], wish.size)
        half = np.array(wish.size) / 2
        boxes = np.hstack([centres - half, centres + half])
        free = _inside(boxes, area) & ~_touching(boxes, full) & _own(boxes, spots, wish.spot)
        if free.any():
            first = int(np.argmax(free))
            placed.append(Place(wish, (float(centres[first, 0]), float(centres[first, 1]))))
            groups.add(wish.group)
            full = np.vstack([full, boxes[first]])
    return placed


def _around(spot: Floats, size: Pair) -> Floats:
    """Return centres of a box around a spot, the best first."""
    reach = spot[2] + np.repeat(_GAPS, len(_DIRECTIONS))[:, None]
    directions = np.tile(_DIRECTIONS, (len(_GAPS), 1))
    beside = directions * reach + np.sign(directions) * np.array(size) / 2
    return np.asarray(spot[:2] + beside, dtype=np.float64)


def _inside(boxes: Floats, area: Pair) -> NDArray[np.bool_]:
    low, high = boxes[:, :2] >= PAD, boxes[:, 2:] <= np.array(area) - PAD
    return np.asarray(np.all(low & high, axis=1), dtype=np.bool_)


def _touching(boxes: Floats, full: Floats) -> NDArray[np.bool_]:
    one, two = boxes[:, None], full[None]
    apart = (one[..., :2] >= two[..., 2:] + PAD) | (two[..., :2] >= one[..., 2:] + PAD)
    return np.asarray(~np.all(np.any(apart, axis=-1), axis=1), dtype=np.bool_)


def _own(boxes: Floats, spots: Floats, own: int) -> NDArray[np.bool_]:
    """Return which boxes are clear of all spots and nearest to their own."""
    reach = float(np.ptp(boxes, axis=0).max() + np.ptp(boxes[0, [0, 2]]) + spots[:, 2].max())
    near = np.all(abs(spots[:, :2] - spots[own, :2]) <= reach, axis=1)
    near[own] = False
    others, mine = spots[near], _distance(boxes, spots[own : own + 1, :2])
    away = _distance(boxes, others[:, :2])
    clear = (away >= others[:, 2] + PAD) & (away >= mine - _COINCIDENT)
    return np.asarray(clear.all(axis=1) & (mine[:, 0] >= spots[own, 2] + PAD), dtype=np.bool_)


def _distance(boxes: Floats, points: Floats) -> Floats:
    """Return the distance from each box to each point, 0 inside, shape (boxes, points)."""
    below = boxes[:, None, :2] - points
    above = points - boxes[:, None, 2:]
    return np.asarray(np.linalg.norm(np.maximum(np.maximum(below, above), 0), axis=-1))
