"""Neighbours of points in a periodic cell."""

from __future__ import annotations

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
    # Below a nanofraction of an Å it is the centre itself.
    other = distance > 1e-6
    return centre[other], owner[hit[other]], distance[other]


def _images(points: Floats, orthogonalisation: Floats, cutoff: float) -> tuple[Floats, Ints]:
    """Return the images of points in [0, 1) that can lie within a cutoff of the cell."""
    # Rows of the inverse are the reciprocal vectors; their length is 1 / layer spacing.
    margin = cutoff * np.linalg.norm(np.linalg.inv(orthogonalisation), axis=1)
    counts = np.ceil(margin).astype(np.int64)
    shifts = np.stack(
        np.meshgrid(*[np.arange(-n, n + 1) for n in counts], indexing="ij"), axis=-1
    ).reshape(-1, 3)
    images = (points[np.newaxis] + shifts[:, np.newaxis]).reshape(-1, 3)
    owner = np.tile(np.arange(len(points)), len(shifts))
    near = np.all((images > -margin - 1e-9) & (images < 1.0 + margin + 1e-9), axis=1)
    return images[near], owner[near]
