"""Indexing by hand: two short spots, their lengths and angle against a list of zones."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np

from navp_structures.benchmark.cases import Zone
from navp_structures.kernels.lattice import Floats

# Of the angle (radians) between two spots that are no line.
_APART: Final = np.radians(5.0)


class HandRule:
    """Takes the two shortest spots that are no line, and the pair of reflections nearest to it.

    Every pair of reflections of every zone is looked at; the deviation is that of both lengths
    and of the angle, each in units of its error. Nobody would look at so many by hand: it is
    what the rule can give at best.

    Parameters
    ----------
    zones
        Of each phase.
    """

    def __init__(self, zones: Sequence[Sequence[Zone]]) -> None:
        self._zones = [zone for of_phase in zones for zone in of_phase]
        tables = [_pairs(zone.xy) for zone in self._zones]
        self._table = np.concatenate(tables, axis=1)
        self._zone = np.repeat(np.arange(len(tables)), [table.shape[1] for table in tables])

    def index(
        self, spots: Floats, sigma: float, angle_sigma: float
    ) -> tuple[int, tuple[int, ...]]:
        """Return the number of the phase and the zone axis.

        Parameters
        ----------
        spots
            Å⁻¹, shape ``(n, 2)``.
        sigma, angle_sigma
            Relative, degrees.
        """
        first, second, angle = _measured(spots)
        of_angle = np.radians(angle_sigma) * np.sqrt(2.0)
        deviation = (
            (np.log(self._table[0] / first) / sigma) ** 2
            + (np.log(self._table[1] / second) / sigma) ** 2
            + ((self._table[2] - angle) / of_angle) ** 2
        )
        zone = self._zones[self._zone[np.argmin(deviation)]]
        return zone.phase, zone.uvw


def _measured(spots: Floats) -> tuple[float, float, float]:
    """Return the shorter and the longer length of two spots and their angle."""
    length = np.hypot(*spots.T)
    order = np.argsort(length)
    # (0, 1), (0, 2), (1, 2), ...: the two that are shortest together come first.
    pairs = sorted(combinations(range(len(spots)), 2), key=lambda pair: (pair[1], pair[0]))
    lines = [spots[order[list(pair)]] for pair in pairs]
    angles = [float(_angle(*line)) for line in lines]
    place = next((n for n, angle in enumerate(angles) if angle > _APART), 0)
    one, other = length[order[list(pairs[place])]]
    return float(one), float(other), angles[place]


def _pairs(xy: Floats) -> Floats:
    """Return shorter length, longer length and angle of all pairs, shape ``(3, n)``."""
    xy = xy[np.argsort(np.hypot(*xy.T))]
    length = np.hypot(*xy.T)
    one, other = np.triu_indices(len(xy), 1)
    table = np.stack([length[one], length[other], _angle(xy[one], xy[other])])
    # Spots of nearly the same length may have been measured in the other order.
    turned = table[[1, 0, 2]][:, table[1] < 1.1 * table[0]]
    return np.concatenate([table, turned], axis=1)


def _angle(one: Floats, other: Floats) -> Floats:
    """Return the angle (radians) of the lines of two vectors, at most a right angle."""
    cross = one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]
    return np.asarray(np.arctan2(np.abs(cross), np.abs((one * other).sum(axis=-1))))
