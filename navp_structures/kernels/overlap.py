"""Positions that are nearer to each other than atoms can be.

Each CIF that is read is looked at: what `neighbours` needs of scipy takes longer to import than
that.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from navp_structures.kernels.lattice import Floats, Ints, periodic_distances

# The boxes of a box and its 26 neighbours.
_AROUND = np.array(list(product((-1, 0, 1), repeat=3)), dtype=np.int64)


def close_pairs(
    centres: Floats, points: Floats, metric: Floats, cutoff: float
) -> tuple[Ints, Ints, Floats]:
    """Return the pairs (centre, point) that are nearer than a short cutoff.

    Parameters
    ----------
    centres, points
        Fractional coordinates, shapes ``(m, 3)`` and ``(n, 3)``.
    metric
        Metric tensor (Å²).
    cutoff
        Largest distance (Å), short against the cell.

    Returns
    -------
    centre, point, distance
        Index of the centre, index of the point, and distance (Å) of each pair, in no order;
        in cells of less than three cutoffs a pair may come several times.
    """
    # Boxes are no thinner than the cutoff; 2 ** 20 of them are as good as more.
    reciprocal_lengths = np.sqrt(np.diag(np.linalg.inv(metric)))
    counts = np.clip(np.floor(1.0 / (cutoff * reciprocal_lengths)), 1, 2**20).astype(np.int64)
    keys = _keys(_boxes(points, counts), counts)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    around = _keys(_boxes(centres, counts)[:, np.newaxis] + _AROUND, counts)
    first = np.searchsorted(keys, around.ravel(), side="left")
    many = np.searchsorted(keys, around.ravel(), side="right") - first
    centre = np.repeat(np.repeat(np.arange(len(centres)), len(_AROUND)), many)
    # The many of each box follow its first.
    within = np.arange(len(centre)) - np.repeat(np.cumsum(many) - many, many)
    point = order[np.repeat(first, many) + within]
    distance = periodic_distances(points[point] - centres[centre], metric)
    near = distance < cutoff
    return centre[near], point[near], distance[near]


def _boxes(fract: Floats, counts: Ints) -> Ints:
    return np.asarray(np.floor((fract - np.floor(fract)) * counts).astype(np.int64))


def _keys(boxes: Ints, counts: Ints) -> Ints:
    boxes = boxes % counts
    return np.asarray((boxes[..., 0] << 42) + (boxes[..., 1] << 21) + boxes[..., 2])
