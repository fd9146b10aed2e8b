"""Reflection lists: every (hkl) to a resolution, grouped into symmetry families."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from navp_structures.kernels.lattice import Floats, Ints, d_spacings, inverse

# One block of images stays below about 50 MB.
_BLOCK = 60_000


def sphere(metric: Floats, d_min: float) -> Ints:
    """Return every (hkl) but (0, 0, 0) with d of at least d_min, shape ``(n, 3)``.

    Parameters
    ----------
    metric
        Metric tensor (Å²).
    d_min
        Smallest spacing (Å). The index along an axis cannot exceed its length / d_min.
    """
    # A reflection exactly at the limit must not be lost to rounding.
    limit = d_min * (1.0 - 1e-12)
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


def families(hkl: npt.ArrayLike, rotations: Ints) -> tuple[Ints, Ints]:
    """Return each family once: representatives ``(m, 3)`` and multiplicities ``(m,)``."""
    members, multiplicities = representatives(hkl, rotations)
    if not len(members):
        return members, multiplicities
    unique, first = np.unique(members, axis=0, return_index=True)
    return np.asarray(unique), np.asarray(multiplicities[first])


def _block(hkl: Ints, rotations: Ints) -> tuple[Ints, Ints]:
    images = equivalents(hkl, rotations)
    base = 2 * int(np.abs(images).max()) + 1
    shifted = images + base // 2
    order = (shifted[..., 0] * base + shifted[..., 1]) * base + shifted[..., 2]
    rank = order - np.count_nonzero(images < 0, axis=-1) * base**3
    best = np.argmax(rank, axis=0)
    stabiliser = np.count_nonzero(np.all(images == hkl, axis=-1), axis=0)
    members = images[best, np.arange(len(hkl))]
    return members, len(rotations) // stabiliser
