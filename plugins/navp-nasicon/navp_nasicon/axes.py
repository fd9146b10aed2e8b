"""Axes: how far apart they are, and which rows of the lattice they follow."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

# Degrees. An axis this near to a row is named after it.
_NEAR: Final = 5.0
_INDICES: Final = range(-3, 4)


def angle_between(one: Floats, two: Floats) -> float:
    """Return the angle of two axes (degrees, 0 to 90)."""
    cosine = abs(float(one @ two)) / float(np.linalg.norm(one) * np.linalg.norm(two))
    return float(np.degrees(np.arccos(min(1.0, cosine))))


def spread(axes: Sequence[Floats]) -> float:
    """Return the largest angle of any two axes (degrees); 0 for fewer than two."""
    return max((angle_between(a, b) for a, b in itertools.combinations(axes, 2)), default=0.0)


def directions(axes: Sequence[Floats], tolerance: float) -> list[Floats]:
    """Return axes that are further from each other than a tolerance (degrees)."""
    found: list[Floats] = []
    for axis in axes:
        if all(angle_between(axis, other) > tolerance for other in found):
            found.append(axis)
    return found


def lattice_direction(axis: Floats, orthogonalisation: Floats) -> tuple[int, ...] | None:
    """Return the nearest row [uvw] of small indices; None where none is within 5°.

    The simplest indices win where several are near; the last one other than 0 is positive.
    """
    best: tuple[float, tuple[int, ...]] | None = None
    for uvw in itertools.product(_INDICES, repeat=3):
        last = next((n for n in reversed(uvw) if n), 0)
        if last <= 0 or np.gcd.reduce(uvw) != 1:
            continue
        off = angle_between(axis, orthogonalisation @ np.array(uvw))
        if off < _NEAR and (best is None or (off, uvw) < best):
            best = off, uvw
    return None if best is None else best[1]
