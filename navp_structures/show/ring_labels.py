"""Places for the labels of rings: along their ring, none over another or a strong ring."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from navp_structures.show.plot_text import Pair

Floats = NDArray[np.float64]

# Points.
PAD: Final = 1.0  # kept free around labels and inside the edge
_BETWEEN: Final = 2.5  # kept free between labels, which stand in a row
COVERS: Final = 4.0
"""To either side of its ring that a label hides others."""
_STEP: Final = 6.0  # from one place on a ring to the next

_UPRIGHT: Final = 75.0  # degrees to which a text is turned at most
COMPARABLE: Final = 0.5
"""Of a ring's brightness, from where its label must not hide another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector:
    """A part of the circle (degrees anticlockwise from x): its middle, and half its width."""

    middle: float
    half: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RingWish:
    """A label that is asked for.

    Parameters
    ----------
    radius
        Of the ring (points).
    light
        Its brightness.
    wordings
        Texts for it with width and height (points), the fullest first.
    sector
        Where the ring is drawn.
    """

    radius: float
    light: float
    wordings: tuple[tuple[str, Pair], ...]
    sector: Sector


@dataclass(frozen=True, slots=True, eq=False)
class RingLabel:
    """A label with its place: azimuth and by how much the text is turned (degrees)."""

    wish: RingWish
    words: str
    azimuth: float
    rotation: float


def place_ring_labels(
    wishes: Sequence[RingWish],
    rings: Sequence[tuple[Sector, float, float]],
    *,
    side: float,
    taken: Floats,
    beam: float,
    most: int = 1000,
) -> list[RingLabel]:
    """Return the labels that have room, as many as wanted.

    A label lies along its ring, which it interrupts. It hides no other ring that is half as
    bright or more, unless this is so near that the label is meant to name it too; and it
    keeps clear of other labels, corners, the direct beam and the edges.

    Parameters
    ----------
    wishes
        Important labels first.
    rings
        Sector, radius (points) and brightness of all that is drawn.
    side
        Edge of the square (points) in whose middle the rings are.
    taken
        Boxes that are full: left, bottom, right, top (points), shape (k, 4).
    beam
        Radius of the direct beam (points).
    """
    placed: list[RingLabel] = []
    # Texts as rows of discs: x, y and radius, from the centre of the rings.
    discs = np.array([[0.0, 0.0, beam]])
    boxes = taken - side / 2
    for wish in wishes:
        if len(placed) >= most:
            break
        for label, row in _places(wish, rings):
            edge = side / 2 - PAD - row[:, 2:]
            inside = np.all(abs(row[:, :2]) <= edge)
            if inside and not _over_discs(row, discs) and not _over_boxes(row, boxes):
                placed.append(label)
                discs = np.vstack([discs, row])
                break
    return placed


def _places(
    wish: RingWish, rings: Sequence[tuple[Sector, float, float]]
) -> Iterator[tuple[RingLabel, Floats]]:
    """Yield places of a label with the discs that it takes, the best first."""
    bright = np.array([r for s, r, light in rings if s == wish.sector and _hides(wish, light)])
    for words, (width, height) in wish.wordings:
        # The ends of a straight text lie farther out than its middle.
        ends = math.hypot(wish.radius + COVERS, width / 2)
        if np.any((bright > wish.radius + COVERS) & (bright < ends)):
            continue
        along = np.linspace(-0.5, 0.5, 2 + math.ceil(2 * width / height)) * (width - height)
        for azimuth, rotation in _azimuths(wish, width):
            way = np.radians(azimuth)
            across = np.array([math.cos(way), math.sin(way)]) * wish.radius
            sideways = along[:, None] * np.array([-math.sin(way), math.cos(way)])
            row = np.column_stack([across + sideways, np.full(len(along), height / 2)])
            yield RingLabel(wish, words, azimuth, rotation), row


def _hides(wish: RingWish, light: float) -> bool:
    return light >= COMPARABLE * wish.light


def _azimuths(wish: RingWish, width: float) -> list[Pair]:
    """Return azimuths and rotations of a text, those near the middle and upright first."""
    lean = math.degrees(math.atan2(width / 2 + PAD, max(wish.radius - COVERS, 0.0)))
    reach = wish.sector.half - lean if wish.sector.half < 180 else 180.0
    steps = math.floor(reach / math.degrees(_STEP / max(wish.radius, _STEP)))
    found = []
    for n in range(-steps, steps + 1):
        offset = n * reach / max(steps, 1)
        azimuth = wish.sector.middle + offset
        rotation = (azimuth % 180) - 90
        if abs(rotation) <= _UPRIGHT:
            cost = abs(offset) / wish.sector.half + abs(rotation) / 90
            found.append((cost, azimuth, rotation))
    return [(azimuth, rotation) for _, azimuth, rotation in sorted(found)]


def _over_discs(row: Floats, discs: Floats) -> bool:
    apart = np.linalg.norm(row[:, None, :2] - discs[None, :, :2], axis=-1)
    return bool(np.any(apart < row[:, None, 2] + discs[None, :, 2] + _BETWEEN))


def _over_boxes(row: Floats, boxes: Floats) -> bool:
    below, above = boxes[None, :, :2] - row[:, None, :2], row[:, None, :2] - boxes[None, :, 2:]
    apart = np.linalg.norm(np.maximum(np.maximum(below, above), 0), axis=-1)
    return bool(np.any(apart < row[:, None, 2] + PAD))
