r"""Convex hulls of ligands: volume, its derivatives and su, centre of mass, faces, edges.

Vertices are Cartesian positions (Å). Shapes ``(..., n, 3)`` stand for any batch of polyhedra
with n vertices each, which costs little more than one. Every triple of vertices is tried as a
face, so the cost grows as n⁴: made for ligands, not for clouds.

A polyhedron without volume has fewer than four vertices, or all in one plane. It is NaN in
numbers, and an `InputError` where faces are asked for.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from navp_structures.errors import InputError
from navp_structures.kernels.lattice import Floats, Ints

# In units of the radius to the power that fits. Positions printed with eight digits leave the
# corners of a flat face a few 1e-8 out of plane, and a flat polyhedron as thick.
_COPLANAR = 1e-7
_FLAT = 1e-6


class HullMeasures(NamedTuple):
    """What one pass over the surface of a batch of hulls gives."""

    volumes: Floats
    """Å³, shape ``(...)``."""
    gradients: Floats
    """Derivative of the volume by each vertex (Å²), shape ``(..., n, 3)``."""
    centroids: Floats
    """Centre of mass of the solid (Å), shape ``(..., 3)``."""


def hull_measures(points: npt.ArrayLike) -> HullMeasures:
    r"""Return volume, volume gradient and centre of mass of convex hulls.

    The surface is cut into triangles (a, b, c), anticlockwise from outside, and the solid into
    tetrahedra under them: :math:`V = \frac16\sum \mathbf a\cdot\mathbf b\times\mathbf c`.

    Parameters
    ----------
    points
        Shape ``(..., n, 3)``.

    Returns
    -------
    NaN for fewer than four vertices, and for vertices within about a millionth of their radius
    of one plane.

    Raises
    ------
    InputError
        The positions are no finite triples.
    """
    p = vertices(points)
    middle, corners, weights = _surface(p)
    a, b, c = corners
    products = np.stack([_cross(b, c), _cross(c, a), _cross(a, b)]) * weights[..., np.newaxis]
    gradients = (_incidence(p.shape[-2])[:, np.newaxis] @ products).sum(axis=0) / 6.0
    parts = np.einsum("mtx,mtx->mt", a, products[0])
    volumes = parts.sum(axis=-1) / 6.0
    # The fourth corner of each tetrahedron is the origin of `corners`.
    moments = np.einsum("mt,kmtx->mx", parts, corners) / 24.0
    centroids = middle + moments / volumes[:, np.newaxis]
    shape = p.shape[:-2]
    return HullMeasures(
        volumes.reshape(shape), gradients.reshape(p.shape), centroids.reshape(*shape, 3)
    )


def hull_volumes(points: npt.ArrayLike) -> Floats:
    """Return the volumes (Å³) of convex hulls, ``(..., n, 3)`` to ``(...)``.

    NaN and errors as for `hull_measures`.

    Examples
    --------
    >>> corners = [[x, y, z] for x in (0, 2) for y in (0, 2) for z in (0, 2)]
    >>> round(float(hull_volumes(corners)), 12)
    8.0
    """
    return hull_measures(points).volumes


def hull_volume_gradients(points: npt.ArrayLike) -> Floats:
    r"""Return the derivative of the hull's volume by each vertex (Å²), shape ``(..., n, 3)``.

    :math:`\partial V/\partial\mathbf a = \frac16\sum \mathbf b\times\mathbf c` over the
    triangles that meet in a. The gradients of all vertices add up to zero, so that an error of
    the centre drops out; those of vertices inside the hull are 0, and of two at one position
    one has all. NaN and errors as for `hull_measures`.

    Where four vertices or more share a face, the volume has a kink: a vertex that leaves the
    plane outwards adds more than one that sinks in takes away. The value is the mean over the
    ways to cut the face into triangles from one of its corners.
    """
    return hull_measures(points).gradients


def propagated_su(gradients: npt.ArrayLike, covariance: npt.ArrayLike) -> Floats:
    """Return the su of a quantity from the covariance of all vertex positions.

    First order: good while the su of a vertex is small against its height over the planes of
    its neighbours.

    Parameters
    ----------
    gradients
        Derivative by each vertex, shape ``(..., n, 3)``, as of `hull_volume_gradients`.
    covariance
        Of x1, y1, z1, x2, ... (Å²), shape ``(..., 3n, 3n)``. What vertices have in common (one
        site that symmetry repeats, the error of the cell) is in its off-diagonal blocks.

    Returns
    -------
    Shape ``(...)``, unit of the quantity; NaN where the gradient or the covariance is.
    """
    g = np.asarray(gradients, dtype=np.float64)
    g = g.reshape(*g.shape[:-2], -1)
    matrix = np.asarray(covariance, dtype=np.float64)
    variance = np.einsum("...i,...ij,...j->...", g, matrix, g)
    return np.asarray(np.sqrt(np.clip(variance, 0.0, None)))


def hull_faces(points: npt.ArrayLike) -> tuple[tuple[int, ...], ...]:
    """Return the vertices of each face of a hull, coplanar triangles merged.

    Parameters
    ----------
    points
        Shape ``(n, 3)``.

    Returns
    -------
    Vertex numbers, anticlockwise seen from outside, the smallest first; the faces in
    dictionary order.

    Raises
    ------
    InputError
        Fewer than four vertices, all in one plane, or no finite triples.
    """
    p = vertices(points)
    if p.ndim != 2:
        raise InputError(f"faces are of one polyhedron, shape (n, 3), not {p.shape}")
    if len(p) < 4:
        raise InputError(f"{len(p)} vertices have no volume; at least four are needed")
    if np.isnan(hull_volumes(p)):
        raise InputError(f"the {len(p)} vertices lie in one plane and have no volume")
    return tuple(sorted(_polygons(p - p.mean(axis=0))))


def hull_edges(points: npt.ArrayLike) -> Ints:
    """Return the edges of a hull as sorted pairs of vertices, shape ``(k, 2)``.

    A diagonal of a merged face is no edge. Parameters and errors are those of `hull_faces`.
    """
    edges = {
        (min(pair), max(pair))
        for face in hull_faces(points)
        for pair in zip(face, (*face[1:], face[0]), strict=True)
    }
    return np.array(sorted(edges), dtype=np.int64)


def vertices(points: npt.ArrayLike) -> Floats:
    """Return positions as an array of shape ``(..., n, 3)``, n at least 1.

    Raises
    ------
    InputError
        They have another shape, or one is not finite.
    """
    p = np.asarray(points, dtype=np.float64)
    if p.ndim < 2 or p.shape[-1] != 3 or p.shape[-2] == 0:
        raise InputError(f"positions have the shape (..., n, 3) with n > 0, not {p.shape}")
    if not np.isfinite(p).all():
        raise InputError("a position is not finite")
    return p


@lru_cache(maxsize=32)
def _triples(count: int) -> Ints:
    # Fewer than four vertices get one triangle without area, which then counts as flat.
    some = list(combinations(range(count), 3)) if count > 3 else [(0, 0, 0)]
    return np.array(some, dtype=np.int64)


@lru_cache(maxsize=32)
def _incidence(count: int) -> Floats:
    """Return whether a vertex is the k-th corner of a triple, shape ``(3, n, t)``."""
    return np.asarray(
        _triples(count).T[:, np.newaxis] == np.arange(count)[:, np.newaxis], float
    )


def _cross(a: Floats, b: Floats) -> Floats:
    """Return the cross products of rows: `numpy.cross` without its overhead."""
    x, y, z = (a[..., k] for k in range(3))
    u, v, w = (b[..., k] for k in range(3))
    return np.stack([y * w - z * v, z * u - x * w, x * v - y * u], axis=-1)


def _surface(p: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the middle of the vertices, and the surface in triangles about it.

    Returns
    -------
    middle, corners, weights
        Shapes ``(m, 3)``, ``(3, m, t, 3)`` and ``(m, t)``. Every triple of vertices has a
        weight: 1 or −1 (by its turn seen from outside) for a face, a fraction for one of the
        triangles of a face with more corners, else 0; NaN where there is no volume.
    """
    batch = p.reshape(-1, *p.shape[-2:])
    middle = batch.mean(axis=1)
    batch = batch - middle[:, np.newaxis]
    corners = np.moveaxis(batch[:, _triples(p.shape[-2])], 2, 0)
    a, b, c = corners
    normals = _cross(b - a, c - a)
    offsets = np.einsum("mtx,mtx->mt", normals, a)
    heights = normals @ batch.transpose(0, 2, 1) - offsets[..., np.newaxis]
    radius = np.sqrt(np.einsum("mnx,mnx->mn", batch, batch).max(axis=1))
    limit = (_COPLANAR * radius**3)[:, np.newaxis, np.newaxis]
    above, below = heights > limit, heights < -limit
    weights = below.any(axis=2).astype(np.float64) - above.any(axis=2)
    in_plane = (~(above | below)).sum(axis=2)
    shared = ((weights != 0.0) & (in_plane > 3)).any(axis=1)
    # Nearly collinear triples see everything in their plane; then the surface does not close.
    area = np.einsum("mt,mtx->mx", weights, normals)
    ragged = np.abs(area).max(axis=1) > _COPLANAR * radius**2
    flat = np.abs(heights).max(axis=(1, 2)) <= _FLAT * radius**3
    for k in np.flatnonzero((shared | ragged) & ~flat):
        weights[k] = _fan_weights(batch[k])
    weights[flat] = np.nan
    return middle, corners, weights


def _fan_weights(p: Floats) -> Floats:
    """Return the weights of the triples of one polyhedron from its polygons."""
    triples = _triples(len(p)).tolist()
    weights = dict.fromkeys(map(tuple, triples), 0.0)
    for face in _polygons(p):
        for turn in range(len(face)):
            first, *ring = face[turn:] + face[:turn]
            for second, third in pairwise(ring):
                turns = (second - first) * (third - first) * (third - second)
                key = tuple(sorted((first, second, third)))
                weights[key] += np.sign(turns) / len(face)
    return np.array(list(weights.values()))


def _polygons(p: Floats) -> list[tuple[int, ...]]:
    """Return the faces of one hull, anticlockwise from outside, smallest vertex first."""
    from scipy.spatial import ConvexHull

    hull = ConvexHull(p)
    normals = hull.equations[:, :3]
    heights = np.abs(normals @ p.T + hull.equations[:, 3:])
    limit = _COPLANAR * np.linalg.norm(p, axis=1).max()
    face_of = np.arange(len(hull.simplices))
    for one, around in enumerate(hull.neighbors):
        for other in around:
            # A sliver along an edge lies in both planes; its own normal is neither's.
            parallel = normals[one] @ normals[other] > 1.0 - 1e-6
            if parallel and heights[one, hull.simplices[other]].max() <= limit:
                face_of[face_of == face_of[other]] = face_of[one]
    faces = []
    for face in np.unique(face_of):
        # A vertex that rounding lifted out of the middle of a face is on none of its borders.
        inside = face_of == face
        simplex, opposite = np.nonzero(inside[:, np.newaxis] & ~inside[hull.neighbors])
        border = hull.simplices[simplex[:, np.newaxis], _OTHERS[opposite]]
        faces.append(_ring(p, np.unique(border), normals[face]))
    return [face for face in faces if len(face) > 2]


_OTHERS = np.array([[1, 2], [0, 2], [0, 1]])


def _ring(p: Floats, corners: Ints, normal: Floats) -> tuple[int, ...]:
    """Return the corners of a convex polygon in turn; nothing is left of a sliver."""
    spokes = p[corners] - p[corners].mean(axis=0)
    turned = _cross(normal, spokes[0])
    ring = corners[np.argsort(np.arctan2(spokes @ turned, spokes @ spokes[0]))]
    limit = _COPLANAR * np.einsum("ix,ix->i", p, p).max()
    # One at a time: of two corners at one place, one has to stay.
    while len(ring) > 2:
        ahead = np.roll(p[ring], -1, axis=0) - p[ring]
        bends = np.linalg.norm(_cross(np.roll(ahead, 1, axis=0), ahead), axis=1)
        if bends.min() > limit:
            break
        ring = np.delete(ring, bends.argmin())
    start = int(ring.argmin())
    return (*ring[start:].tolist(), *ring[:start].tolist())
