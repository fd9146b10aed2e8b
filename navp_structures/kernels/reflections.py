"""Reflection lists: every (hkl) to a resolution, grouped into symmetry families."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from navp_structures.kernels.lattice import Floats, Ints, d_spacings, inverse, is_whole

# Reflections whose images are held at a time: below about 50 MB of them.
_BLOCK = 20_000

# Reflections of a box above which it is searched row by row: flat cells fill little of it.
_LARGEST_BOX = 8_000_000

AT_LIMIT = 1.0 - 1e-9
"""What a limiting spacing is multiplied by: a reflection at it must not be lost to rounding.

The spacing of one plane comes out with a relative error of 6e-16 over (V/abc)² in settings
that share a lattice: 3e-11 in the rhombohedral cell of a 51R polytype, and below 1e-9 in the
flattest cell that is taken.
"""


def sphere(metric: Floats, d_min: float) -> Ints:
    """Return every (hkl) but (0, 0, 0) with d of at least d_min, shape ``(n, 3)``.

    Parameters
    ----------
    metric
        Metric tensor (Å²).
    d_min
        Smallest spacing (Å). The index along an axis cannot exceed its length / d_min.
    """
    limit = d_min * AT_LIMIT
    top = np.floor(np.sqrt(np.diag(metric)) / limit).astype(np.int64)
    axes = [np.arange(-n, n + 1) for n in top]
    hkl = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    hkl = hkl[np.any(hkl != 0, axis=1)]
    return np.asarray(hkl[d_spacings(hkl, inverse(metric)) >= limit])


def equivalents(hkl: npt.ArrayLike, rotations: Ints) -> Ints:
    """Return the images of reflections under each rotation, shape ``(n_rotations, ..., 3)``.

    Indices transform as a row: h' = h R.
    """
    return np.asarray(np.einsum("...i,rij->r...j", np.asarray(hkl, dtype=np.int64), rotations))


def representatives(hkl: npt.ArrayLike, rotations: Ints) -> tuple[Ints, Ints]:
    """Return for each reflection the member that stands for its family, and its multiplicity.

    Parameters
    ----------
    hkl
        Shape ``(n, 3)``.
    rotations
        The rotations of the Laue class, each once, shape ``(r, 3, 3)``.

    Returns
    -------
    representatives, multiplicities
        Shapes ``(n, 3)`` and ``(n,)``. The representative has the fewest negative
        indices, then the largest (h, k, l) in dictionary order.
    """
    h = np.atleast_2d(np.asarray(hkl, dtype=np.int64))
    blocks = [_block(h[i : i + _BLOCK], rotations) for i in range(0, len(h), _BLOCK)]
    if not blocks:
        return h, np.zeros(0, dtype=np.int64)
    return np.concatenate([b[0] for b in blocks]), np.concatenate([b[1] for b in blocks])


def families(
    metric: Floats, d_min: float, rotations: Ints, *, centring: Floats | None = None
) -> tuple[Ints, Ints, Floats]:
    """Return each family of the sphere once, spacings descending.

    Parameters
    ----------
    metric
        Metric tensor (Å²).
    d_min
        Smallest spacing (Å).
    rotations
        The rotations of the Laue class, each once.
    centring
        Centring vectors, shape ``(c, 3)``: families that they forbid are left out.

    Returns
    -------
    representatives, multiplicities, d
        Shapes ``(m, 3)``, ``(m,)`` and ``(m,)`` (Å). Representatives as in
        `representatives`; families of one spacing stand in falling dictionary order.
    """
    hkl, multiplicity = _own(_half_sphere(metric, d_min), rotations, centring)
    d = d_spacings(hkl, inverse(metric))
    order = by_spacing(d)
    return hkl[order], multiplicity[order], d[order]


def families_in_box(
    top: Ints, rotations: Ints, centring: Floats | None = None
) -> tuple[Ints, Ints]:
    """Return each family with a representative in a box, in falling dictionary order.

    Parameters
    ----------
    top
        The largest indices, shape ``(3,)``.
    rotations, centring
        As for `families`.
    """
    h, k, m = axes = _half_box(top)
    inside = np.broadcast_to(True, np.broadcast_shapes(h.shape, k.shape, m.shape))
    return _own(_picked(axes, inside), rotations, centring)


def largest_indices(metric: Floats, d_min: float) -> Ints:
    """Return the largest h, k and l with d of at least d_min: edge over spacing."""
    return np.floor(np.sqrt(np.diag(metric)) / (d_min * AT_LIMIT)).astype(np.int64)


def by_spacing(d: Floats) -> Ints:
    """Return the order of falling spacings; equal ones stay in the order that they have."""
    return np.argsort(-d.round(9), kind="stable")


def _half_box(top: Ints) -> tuple[Floats, Floats, Floats]:
    h, k, m = top.astype(np.float64)
    return (
        np.arange(h, -1.0, -1.0)[:, np.newaxis, np.newaxis],
        np.arange(k, -k - 1.0, -1.0)[:, np.newaxis],
        np.arange(m, -m - 1.0, -1.0),
    )


def _picked(axes: tuple[Floats, Floats, Floats], inside: np.ndarray) -> Ints:
    """Return the reflections of a half box that count, shape ``(n, 3)``."""
    places = np.nonzero(inside)
    parts = [axis.ravel()[i] for axis, i in zip(axes, places, strict=True)]
    return np.stack(parts, axis=1).astype(np.int64)


def _half_sphere(metric: Floats, d_min: float) -> Ints:
    """Return the reflections of a sphere with h of at least 0, in falling dictionary order."""
    top = largest_indices(metric, d_min)
    limit = d_min * AT_LIMIT
    if np.prod(2.0 * top + 1.0) > _LARGEST_BOX:
        return _rows(metric, limit, top)
    axes = _half_box(top)
    h, k, m = axes
    g = inverse(metric)
    # The quadratic form axis by axis: most sums run over one axis or two.
    squares = g[0, 0] * h * h + (g[1, 1] * k * k + g[2, 2] * m * m + 2 * g[1, 2] * k * m)
    squares = squares + 2 * h * (g[0, 1] * k + g[0, 2] * m)
    return _picked(axes, squares <= limit**-2)


def _rows(metric: Floats, limit: float, top: Ints) -> Ints:
    """Return what `_half_sphere` does, index by index: only what may meet the sphere is made.

    Without its last axes a lattice has in reciprocal space what all of it has, projected:
    the inverse of the leading part of the metric says how near an index can come.
    """
    found = np.arange(top[0], -1, -1)[:, np.newaxis]
    for n in (1, 2):
        part, whole = inverse(metric[:n, :n]), inverse(metric[: n + 1, : n + 1])
        left = limit**-2 - np.einsum("ni,ij,nj->n", found, part, found)
        middle = -(found @ whole[n, :n]) / whole[n, n]
        # Wider by what rounding may take; what is too far is left out below.
        half = np.sqrt(np.maximum(left, 0.0) / whole[n, n]) + 0.01
        last = np.floor(middle + half).astype(np.int64)
        counts = np.maximum(last - np.ceil(middle - half).astype(np.int64) + 1, 0)
        row = np.repeat(np.arange(len(counts)), counts)
        down = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
        found = np.column_stack([found[row], last[row] - down])
    squared = np.einsum("ni,ij,nj->n", found, inverse(metric), found)
    return np.asarray(found[squared <= limit**-2])


def _own(half: Ints, rotations: Ints, centring: Floats | None) -> tuple[Ints, Ints]:
    """Return representatives in falling dictionary order, and multiplicities.

    Parameters
    ----------
    half
        Reflections with h of at least 0, in falling dictionary order.
    """
    # One of each pair h, -h; the last plane holds both.
    h, k, m = half.T
    half = half[(h > 0) | (k > 0) | ((k == 0) & (m > 0))]
    if centring is not None and len(centring) > 1:
        half = half[np.all(is_whole(half @ centring.T), axis=1)]
    hkl, multiplicity = representatives(half, rotations)
    # Of all members the one that stands for its family; where that is -h, it has its own
    # place in the dictionary.
    own = np.all(hkl == half, axis=1)
    opposite = np.all(hkl == -half, axis=1) & ~own
    hkl = np.concatenate([hkl[own], hkl[opposite][::-1]])
    return hkl, np.concatenate([multiplicity[own], multiplicity[opposite][::-1]])


def _block(hkl: Ints, rotations: Ints) -> tuple[Ints, Ints]:
    # Matrix products of floats are quick, and exact for integers of this size; ranks are
    # larger, and stay integers.
    turns = rotations.transpose(2, 1, 0).astype(np.float64)
    h, k, m = images = (hkl.astype(np.float64) @ turns).astype(np.int64)  # (3, n, rotations)
    base = 2 * int(np.abs(images).max(initial=0)) + 1
    place = (h * base + k) * base + m
    below = (images < 0).view(np.int8)
    # Fewer negative indices count before the place in a dictionary.
    rank = place - base**3 * (below[0] + below[1] + below[2]).astype(np.int64)
    every, best = np.arange(len(hkl)), rank.argmax(axis=1)
    own = (hkl[:, 0] * base + hkl[:, 1]) * base + hkl[:, 2]
    stabiliser = np.count_nonzero(place == own[:, np.newaxis], axis=1)
    return images[:, every, best].T, len(rotations) // stabiliser
