"""Neighbours of points in a periodic cell."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from navp_structures.kernels.lattice import Floats, Ints


def neighbour_pairs(
    centres: Floats, points: Floats, orthogonalisation: Floats, cutoff: float
) -> tuple[Ints, Ints, Floats]:
    """Return every pair (centre, periodic image of a point) nearer than a cutoff.

    Parameters
    ----------
    centres, points
        Fractional coordinates, shapes ``(m, 3)`` and ``(n, 3)``.
    orthogonalisation
        Matrix from fractional to Cartesian coordinates (Å).
    cutoff
        Largest distance (Å).

    Returns
    -------
    centre, point, distance
        Index of the centre, index of the point, and distance (Å) of each pair, shape
        ``(k,)``. A point on its centre is left out, its other images are not.
    """
    from scipy.spatial import cKDTree

    wrapped_centres = centres - np.floor(centres)
    images, owner = _images(points - np.floor(points), orthogonalisation, cutoff)
    tree = cKDTree(images @ orthogonalisation.T)
    here = wrapped_centres @ orthogonalisation.T
    found = tree.query_ball_point(here, cutoff)
    centre = np.repeat(np.arange(len(centres)), [len(hits) for hits in found])
    hit = np.concatenate([np.asarray(hits, dtype=np.int64) for hits in found])
    distance = np.linalg.norm(here[centre] - np.asarray(tree.data)[hit], axis=1)
    other = distance > _HERE
    return centre[other], owner[hit[other]], distance[other]


class Surroundings(NamedTuple):
    """Periodic images of points around one centre, the nearest first."""

    point: Ints
    """Number of the point, shape ``(k,)``."""
    shift: Ints
    """Lattice translation from the point to its image, shape ``(k, 3)``."""
    vectors: Floats
    """From the centre to the image (Å, Cartesian), shape ``(k, 3)``."""


def surroundings(
    centre: Floats, points: Floats, orthogonalisation: Floats, cutoff: float
) -> Surroundings:
    """Return every image of points nearer to a centre than a cutoff.

    Parameters
    ----------
    centre, points
        Fractional coordinates, shapes ``(3,)`` and ``(n, 3)``.
    orthogonalisation, cutoff
        As for `neighbour_pairs`; a point on the centre is left out here too.
    """
    offsets = points - centre
    nearest = np.rint(offsets)
    images, owner = _images(offsets - nearest, orthogonalisation, cutoff, low=-0.5)
    vectors = images @ orthogonalisation.T
    lengths = np.sqrt(np.einsum("ix,ix->i", vectors, vectors))
    inside = np.flatnonzero((lengths <= cutoff) & (lengths > _HERE))
    # Those at one distance stay in the order of the points: by length rounded to a nano-Å.
    chosen = inside[np.argsort(np.rint(lengths[inside] * 1e9), kind="stable")]
    point = owner[chosen]
    shift = np.rint(images[chosen] - offsets[point]).astype(np.int64)
    return Surroundings(point, shift, vectors[chosen])


# Below a millionth of an Å it is the centre itself.
_HERE = 1e-6


@lru_cache(maxsize=64)
def _box(counts: tuple[int, int, int]) -> Ints:
    """Return all translations up to so many cells either way, shape ``(k, 3)``, read-only."""
    ranges = [np.arange(-n, n + 1) for n in counts]
    shifts = np.stack(np.meshgrid(*ranges, indexing="ij"), axis=-1).reshape(-1, 3)
    shifts.setflags(write=False)
    return shifts


def _images(
    points: Floats, orthogonalisation: Floats, cutoff: float, *, low: float = 0.0
) -> tuple[Floats, Ints]:
    """Return images of points, and which of them each is of.

    The points lie in the box [low, low + 1). Images that are within the cutoff of the cell
    [0, 1) (for low = 0), or of the origin (for low = −1/2), are among the answer.
    """
    # Rows of the inverse are the reciprocal vectors; their length is 1 / layer spacing.
    margin = cutoff * np.linalg.norm(np.linalg.inv(orthogonalisation), axis=1)
    counts = np.ceil(margin - low).astype(np.int64)
    shifts = _box(tuple(counts.tolist()))
    images = (points[np.newaxis] + shifts[:, np.newaxis]).reshape(-1, 3)
    owner = np.tile(np.arange(len(points)), len(shifts))
    above = 1.0 if low == 0.0 else 0.0
    near = np.all((images > -margin - 1e-9) & (images < above + margin + 1e-9), axis=1)
    return images[near], owner[near]
