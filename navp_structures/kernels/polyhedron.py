r"""Coordination polyhedra: who is a ligand, and how far the polyhedron is from regular.

Vertices are Cartesian positions (Å) relative to the centre. Shapes ``(..., n, 3)`` stand for
any batch of polyhedra with n vertices each. Volumes are in `convex_hull`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from navp_structures.errors import InputError
from navp_structures.kernels.convex_hull import vertices
from navp_structures.kernels.lattice import Floats, Ints

Bools = npt.NDArray[np.bool_]

_FIVE: Final = 5.0**0.5
REGULAR_VOLUMES: Final = {
    4: 8.0 / 243.0**0.5,
    6: 4.0 / 3.0,
    8: 8.0 / 27.0**0.5,
    12: (10.0 + 2.0 * _FIVE) ** 0.5 / 1.5,
    20: 16.0 * (15.0 + 7.0 * _FIVE) / (3.0**1.5 * (1.0 + _FIVE) ** 3),
}
"""Volume of the regular polyhedron with that many vertices, one length unit from its centre:
tetrahedron, octahedron, cube, icosahedron, dodecahedron."""

SOLID_ANGLE_THRESHOLD: Final = 0.3
"""Part of the largest solid angle that makes a neighbour a ligand.

Between the faces of the next shell (up to 0.25) and those of the weakest ligands (0.34 and
more) of V, Zr, P, Si and Na among the oxygen atoms of Na3V2(PO4)3 and of Na3.4Zr2Si2.4P0.6O12.
"""


REGULAR_ANGLES: Final = {
    4: (6, float(np.degrees(np.arccos(-1.0 / 3.0)))),
    6: (12, 90.0),
    8: (12, float(np.degrees(np.arccos(1.0 / 3.0)))),
}
"""Edges of the regular polyhedron with that many vertices, and the angle (degrees) that each
subtends at the centre."""


def bond_lengths(points: npt.ArrayLike) -> Floats:
    """Return the distances (Å) of vertices from the centre, ``(..., n, 3)`` to ``(..., n)``."""
    return np.asarray(np.linalg.norm(vertices(points), axis=-1))


def distortion_indices(bonds: npt.ArrayLike) -> Floats:
    r"""Return Baur's distortion indices :math:`\frac1n\sum|l_i-\bar l|/\bar l`.

    Parameters
    ----------
    bonds
        Lengths (Å), shape ``(..., n)``, as of `bond_lengths`.

    References
    ----------
    Baur, Acta Cryst. B30 (1974) 1195, doi:10.1107/S0567740874004560
    """
    lengths = np.asarray(bonds, dtype=np.float64)
    mean = lengths.mean(axis=-1, keepdims=True)
    return np.asarray((np.abs(lengths - mean) / mean).mean(axis=-1))


def quadratic_elongations(bonds: npt.ArrayLike, volumes: npt.ArrayLike) -> Floats:
    r"""Return the quadratic elongations :math:`\frac1n\sum(l_i/l_0)^2`.

    :math:`l_0` is the distance from centre to vertex of the regular polyhedron with as many
    vertices and the same volume; 1 for a regular one with its centre in the middle. Six
    vertices are always measured against the octahedron, also those of a prism.

    Parameters
    ----------
    bonds
        Lengths (Å), shape ``(..., n)``.
    volumes
        Of the hulls (Å³), shape ``(...)``, as of `convex_hull.hull_volumes`.

    Returns
    -------
    Shape ``(...)``; NaN unless n is in `REGULAR_VOLUMES`, and where there is no volume.

    References
    ----------
    Robinson, Gibbs & Ribbe, Science 172 (1971) 567, doi:10.1126/science.172.3983.567
    """
    lengths = np.asarray(bonds, dtype=np.float64)
    regular = REGULAR_VOLUMES.get(lengths.shape[-1], np.nan)
    l0_squared = np.cbrt(np.asarray(volumes, dtype=np.float64) / regular) ** 2
    return np.asarray((lengths**2).mean(axis=-1) / l0_squared)


def bond_angle_variances(points: npt.ArrayLike) -> Floats:
    r"""Return the bond-angle variances :math:`\frac1{m-1}\sum(\theta_i-\theta_0)^2`.

    :math:`\theta_0` is the angle over an edge of the regular polyhedron, m the number of its
    edges: 109.47° and 6 for four ligands, 90° and 12 for six, 70.53° and 12 (cube) for eight.
    The angles are the m smallest, which are those over the edges until a polyhedron is
    distorted beyond likeness.

    Parameters
    ----------
    points
        Shape ``(..., n, 3)``, none at the centre.

    Returns
    -------
    Degrees squared, shape ``(...)``; NaN unless n is in `REGULAR_ANGLES`.

    References
    ----------
    Robinson, Gibbs & Ribbe, Science 172 (1971) 567, doi:10.1126/science.172.3983.567
    """
    p = vertices(points)
    count = p.shape[-2]
    if count not in REGULAR_ANGLES:
        return np.full(p.shape[:-2], np.nan)
    m, regular = REGULAR_ANGLES[count]
    unit = p / np.linalg.norm(p, axis=-1, keepdims=True)
    i, j = np.triu_indices(count, 1)
    cosines = np.clip((unit @ np.swapaxes(unit, -1, -2))[..., i, j], -1.0, 1.0)
    angles = np.degrees(np.sort(np.arccos(cosines), axis=-1)[..., :m])
    return np.asarray(((angles - regular) ** 2).sum(axis=-1) / (m - 1.0))


def effective_coordination_numbers(bonds: npt.ArrayLike) -> Floats:
    r"""Return Hoppe's effective coordination numbers :math:`\sum\exp(1-(l_i/\bar l)^6)`.

    :math:`\bar l` is the mean of the bonds with these same weights. It is found by iteration
    from the shortest bond; each step raises it, so that it settles. Programs that stop after
    the first step give smaller numbers.

    Parameters
    ----------
    bonds
        Lengths (Å), shape ``(..., n)``.

    References
    ----------
    Hoppe, Z. Krist. 150 (1979) 23, doi:10.1524/zkri.1979.150.14.23
    """
    lengths = np.asarray(bonds, dtype=np.float64)
    mean = lengths.min(axis=-1, keepdims=True)
    for _ in range(1000):
        weights = np.exp(1.0 - (lengths / mean) ** 6)
        raised = (weights * lengths).sum(axis=-1, keepdims=True)
        raised /= weights.sum(axis=-1, keepdims=True)
        if np.all(raised - mean <= 1e-12 * mean):
            break
        mean = raised
    return np.asarray(weights.sum(axis=-1))


def vertex_offsets(points: npt.ArrayLike) -> Floats:
    """Return how far (Å) the centre is from the mean of the vertices, shape ``(...)``.

    The centre of mass of the solid is another point: `convex_hull.hull_measures` has it.
    """
    return np.asarray(np.linalg.norm(vertices(points).mean(axis=-2), axis=-1))


def shell_by_gap(distances: npt.ArrayLike) -> tuple[Bools, float]:
    """Return who is nearer than the largest gap in the distances, and how wide the gap is.

    Parameters
    ----------
    distances
        Of the candidates (Å), shape ``(k,)``, in any order. They must reach beyond the shell
        that is sought: what lies behind the last one is unknown.

    Returns
    -------
    members, gap
        Shape ``(k,)``, and the largest ratio of successive distances minus 1. Without a gap
        (one candidate, or all at one distance) everybody is a member and the gap is NaN.

    Raises
    ------
    InputError
        There is no candidate.
    """
    d = np.asarray(distances, dtype=np.float64)
    if d.size == 0:
        raise InputError("no candidate for a neighbour within the cutoff")
    ordered = np.sort(d)
    ratios = ordered[1:] / ordered[:-1]
    # Distances of one orbit differ by rounding.
    if ratios.size == 0 or ratios.max() < 1.0 + 1e-6:
        return np.ones(d.shape, dtype=np.bool_), float("nan")
    last = int(np.argmax(ratios))
    return d <= ordered[last], float(ratios[last] - 1.0)


def solid_angles(points: npt.ArrayLike) -> Floats:
    r"""Return the solid angles (sr) of the faces of the centre's Voronoi polyhedron.

    The face of a neighbour lies half way to it. The polyhedron is the polar of the hull of the
    inverted points :math:`2\mathbf p/p^2`: its corners are the facets of that hull.

    Parameters
    ----------
    points
        Neighbours around the centre, shape ``(n, 3)``; farther ones must be among them, or
        the faces of the nearest are too large.

    Returns
    -------
    Shape ``(n,)``, sum 4π; 0 for neighbours without a face.

    Raises
    ------
    InputError
        The neighbours do not enclose the centre, or one lies on it.

    References
    ----------
    O'Keeffe, Acta Cryst. A35 (1979) 772, doi:10.1107/S0567739479001765; the solid angle of a
    triangle: van Oosterom & Strackee, IEEE Trans. Biomed. Eng. 30 (1983) 125,
    doi:10.1109/TBME.1983.325207
    """
    from scipy.spatial import ConvexHull, QhullError

    p = vertices(points)
    squares = np.einsum("ix,ix->i", p, p)
    if not np.all(squares > 0.0):
        raise InputError("a neighbour lies on the centre")
    try:
        hull = ConvexHull(2.0 * p / squares[:, np.newaxis])
    except (QhullError, ValueError):
        raise InputError(_OPEN) from None
    # A corner a million times farther than the nearest face is one at infinity.
    if not np.all(hull.equations[:, 3] < -2e-6 / np.sqrt(squares.min())):
        raise InputError(_OPEN)
    corners = -hull.equations[:, :3] / hull.equations[:, 3:]
    return _face_angles(corners, hull.simplices, hull.neighbors, len(p))


_OPEN: Final = "the neighbours do not enclose the centre; raise the cutoff"


def _face_angles(corners: Floats, simplices: Ints, across: Ints, count: int) -> Floats:
    """Return the solid angle of each face from the edges between corners.

    Parameters
    ----------
    corners
        Of the Voronoi polyhedron, one for each simplex of the polar hull, shape ``(s, 3)``.
    simplices, across
        The three faces that meet in a corner, and the corner at the other end of the edge
        that leaves each of these faces, shapes ``(s, 3)``.
    """
    met = np.maximum(np.bincount(simplices.ravel(), minlength=count), 1)
    sums = np.zeros((count, 3))
    np.add.at(sums, simplices, corners[:, np.newaxis])
    middles = sums / met[:, np.newaxis]
    faces = simplices[:, [0, 0, 1, 1, 2, 2]]
    stops = corners[across[:, [1, 2, 0, 2, 0, 1]]]
    starts = np.broadcast_to(corners[:, np.newaxis], stops.shape)
    angles = _triangle_angles(middles[faces], starts, stops)
    # Each edge was met from both of its ends.
    halves = angles.ravel() / 2.0
    return np.asarray(np.bincount(faces.ravel(), halves, count), dtype=np.float64)


def _triangle_angles(a: Floats, b: Floats, c: Floats) -> Floats:
    """Return the solid angles (sr) of triangles seen from the origin, shape ``(...)``."""
    la, lb, lc = (np.linalg.norm(v, axis=-1) for v in (a, b, c))
    ab, bc, ca = (np.einsum("...x,...x->...", *pair) for pair in ((a, b), (b, c), (c, a)))
    triple = np.abs(np.einsum("...x,...x->...", a, np.cross(b, c)))
    return np.asarray(2.0 * np.arctan2(triple, la * lb * lc + ab * lc + bc * la + ca * lb))


def shell_by_solid_angle(
    angles: npt.ArrayLike, threshold: float = SOLID_ANGLE_THRESHOLD
) -> tuple[Bools, float]:
    r"""Return who has a large face, and O'Keeffe's number :math:`\sum\Omega_i/\Omega_{max}`.

    Parameters
    ----------
    angles
        Solid angles, shape ``(n,)``, as of `solid_angles`.
    threshold
        Smallest solid angle of a member as a part of the largest, 0 to 1.

    Returns
    -------
    members, weighted_number
        Shape ``(n,)``; the weighted number counts the small faces too, by their size.

    Raises
    ------
    InputError
        The threshold is not from 0 to 1.

    References
    ----------
    O'Keeffe, Acta Cryst. A35 (1979) 772, doi:10.1107/S0567739479001765
    """
    if not 0.0 < threshold <= 1.0:
        raise InputError(f"the threshold is {threshold}; it must be in (0, 1]")
    weights = np.asarray(angles, dtype=np.float64)
    weights = weights / weights.max()
    return weights >= threshold, float(weights.sum())
