r"""Zone axes of a lattice up to a length, those that symmetry makes equal once.

A zone axis is a row of lattice points; its length is that of the shortest translation of the
lattice along it, centring included: [2 1 1] of a rhombohedral lattice in hexagonal axes has a
third of the length that its indices suggest.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from navp_structures.errors import InputError
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.zone import allowed_basis

# Lattice points that are looked at; of them, half are axes.
_MOST = 4_000_000

_DENOMINATOR = 24


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ZoneList:
    """Zone axes, the shortest first.

    Parameters
    ----------
    uvw
        One of each set of equal axes, without common divisor, shape ``(n, 3)``: that with the
        fewest negative indices, then the largest (u, v, w).
    length
        Of the shortest translation along it (Å), shape ``(n,)``.
    multiplicity
        How many axes are equal to it, opposite ones counted both, shape ``(n,)``.
    """

    uvw: Ints
    length: Floats
    multiplicity: Ints


def zone_list(
    orthogonalisation: Floats, centring: Floats, rotations: Ints, longest: float
) -> ZoneList:
    """Return the zone axes of a lattice up to a length.

    Parameters
    ----------
    orthogonalisation
        Matrix from fractional to Cartesian coordinates (Å), shape ``(3, 3)``.
    centring
        Centring vectors, shape ``(c, 3)``.
    rotations
        Of the Laue class, on coordinates, shape ``(m, 3, 3)``.
    longest
        Å.

    Raises
    ------
    InputError
        When there are millions of axes.
    """
    rows = np.array(allowed_basis(tuple(map(tuple, centring.tolist()))), dtype=np.float64)
    # The dual of the allowed reflections is the lattice with its centring.
    primitive = np.linalg.inv(rows).T
    reach = longest * np.linalg.norm(rows @ np.linalg.inv(orthogonalisation), axis=1)
    top = np.floor(reach * (1.0 + 1e-9)).astype(int)
    if np.prod(2.0 * top + 1.0) > _MOST:
        raise InputError(f"a cell has millions of zone axes up to {longest:g} Å; ask for fewer")
    steps = np.stack(
        np.meshgrid(*(np.arange(-n, n + 1) for n in top), indexing="ij"), axis=-1
    ).reshape(-1, 3)
    steps = steps[np.gcd.reduce(steps, axis=1) == 1]
    points = steps @ primitive
    length = np.linalg.norm(points @ orthogonalisation.T, axis=1)
    near = length <= longest * (1.0 + 1e-9)
    if not near.any():
        return ZoneList(
            uvw=np.zeros((0, 3), dtype=np.int64),
            length=np.zeros(0),
            multiplicity=np.zeros(0, dtype=np.int64),
        )
    uvw = _without_divisor(points[near])
    chosen, inverse, count = np.unique(
        _first_of(uvw, rotations), axis=0, return_index=False, return_inverse=True,
        return_counts=True,
    )  # fmt: skip
    lengths = np.zeros(len(chosen))
    lengths[inverse.ravel()] = length[near]
    order = np.lexsort((*chosen.T[::-1], np.round(lengths, 9)))
    return ZoneList(uvw=chosen[order], length=lengths[order], multiplicity=count[order])


def axis_length(uvw: Ints, orthogonalisation: Floats, centring: Floats) -> Floats:
    """Return the length (Å) of the shortest translation along axes, shape ``(n,)``."""
    rows = np.array(allowed_basis(tuple(map(tuple, centring.tolist()))), dtype=np.int64)
    # In the primitive lattice an axis is a row of whole numbers without common divisor.
    divisor = np.gcd.reduce(uvw @ rows.T, axis=1)
    return np.asarray(np.linalg.norm(uvw @ orthogonalisation.T, axis=1) / divisor)


def canonical_axes(uvw: Ints, rotations: Ints) -> Ints:
    """Return for each axis the one of its equals that `ZoneList` holds, shape ``(n, 3)``."""
    divided = uvw // np.gcd.reduce(uvw, axis=1)[:, np.newaxis]
    return _first_of(divided, rotations)


def axis_multiplicity(uvw: Ints, rotations: Ints) -> int:
    """Return how many axes are equal to one by symmetry, itself and its opposite counted."""
    return len(np.unique(rotations @ uvw, axis=0))


def _without_divisor(points: Floats) -> Ints:
    """Return points of the lattice as whole indices of their rows."""
    parts = np.unique(np.abs(points - np.floor(points)).round(6))
    whole = np.lcm.reduce(
        [Fraction(float(part)).limit_denominator(_DENOMINATOR).denominator for part in parts]
    )
    indices = np.rint(points * whole).astype(np.int64)
    return np.asarray(indices // np.gcd.reduce(indices, axis=1)[:, np.newaxis])


def _first_of(uvw: Ints, rotations: Ints) -> Ints:
    """Return the equal axis with the fewest negative indices, then the largest indices."""
    images = np.einsum("rij,nj->nri", rotations, uvw)
    negatives = (images < 0).sum(axis=2)
    base = 2 * int(np.abs(images).max(initial=0)) + 1
    rank = -negatives
    for n in range(3):
        rank = rank * base + images[:, :, n]
    return np.asarray(images[np.arange(len(uvw)), rank.argmax(axis=1)])
