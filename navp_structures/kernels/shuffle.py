"""Shuffles: how far atoms move beside a homogeneous strain from one crystal to another.

Both crystals are given in one cell, in which their lattices coincide once the strain is
removed. Which atom becomes which, and how the crystals lie to each other, is what moves the
atoms least.

References
----------
Therrien, Graf & Stevanović, Matching Crystal Structures Atom-to-Atom, arXiv:1909.12965
Wang, Ye, Zhu & Li, Phys. Rev. Lett. 132 (2024) 086101, doi:10.1103/PhysRevLett.132.086101
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from navp_structures.kernels.lattice import Floats, Ints

# Å. A vector shorter than half the shortest lattice vector is the nearest image; no atom moves
# by half of this, so that larger cells need no look at further images.
_LARGE_CELL: Final = 7.0

# Å² by which the mean square still falls, and steps at most: each step lowers it.
_SETTLED: Final = 1e-12
_STEPS: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shuffle:
    """How atoms move beside the strain.

    Parameters
    ----------
    rms, largest
        Root mean square and largest displacement (Å).
    translation
        From fractional coordinates of the first crystal to the second, shape ``(3,)``.
    partners
        For each kind, the atom of the second that each of the first becomes.
    """

    rms: float
    largest: float
    translation: Floats
    partners: tuple[Ints, ...]


def least_shuffle(
    first: Sequence[Floats], second: Sequence[Floats], metric: Floats, starts: Floats
) -> Shuffle:
    """Return the shuffle of least root mean square displacement.

    The best assignment for a translation and the best translation for an assignment are taken
    in turn from each start until nothing improves.

    Parameters
    ----------
    first, second
        Fractional coordinates of each kind of atoms, as many of a kind in both; shapes
        ``(n, 3)``.
    metric
        Metric tensor (Å²) of the common cell, a reduced one, in which displacements are
        measured.
    starts
        Translations to begin with, shape ``(s, 3)``.
    """
    images = _images(metric)
    frame = np.asarray(np.linalg.cholesky(metric).T, dtype=np.float64)
    # Components first, so that sums run over whole planes of numbers.
    pairs = [
        (b - a[:, np.newaxis]).transpose(2, 0, 1) for a, b in zip(first, second, strict=True)
    ]
    seen: set[bytes] = set()
    found = [_settle(pairs, frame, images, start, seen) for start in starts]
    return min(filter(None, found), key=lambda shuffle: round(shuffle.rms, 9))


def _settle(
    pairs: Sequence[Floats],
    frame: Floats,
    images: Floats,
    translation: Floats,
    seen: set[bytes],
) -> Shuffle | None:
    """Return what a start settles to; None where an earlier start came the same way.

    Parameters
    ----------
    pairs
        Of each kind, from every atom of the first to every one of the second, fractional;
        shapes ``(3, n, n)``.
    frame
        From fractional to Cartesian coordinates (Å), shape ``(3, 3)``.
    seen
        Assignments of earlier starts, to which those of this one are added. Where the way
        goes from one does not depend on how it was reached.
    """
    from scipy.optimize import linear_sum_assignment

    own: set[bytes] = set()
    before = np.inf
    for _ in range(_STEPS):
        partners, moves, whole = [], [], []
        for shifts in pairs:
            moved = shifts - translation[:, np.newaxis, np.newaxis]
            near, squares = _nearest(moved, frame, images)
            rows, columns = linear_sum_assignment(squares)
            partners.append(columns)
            moves.append(near[:, rows, columns])
            whole.append(moved[:, rows, columns] - moves[-1])
        state = _state(partners, np.concatenate(whole, axis=1))
        if state in seen:
            seen |= own
            return None
        own.add(state)
        every = np.concatenate(moves, axis=1)
        mean = every.mean(axis=1)
        squares = ((frame @ (every - mean[:, np.newaxis])) ** 2).sum(axis=0)
        translation = translation + mean
        now = float(squares.mean())
        if now > before - _SETTLED:
            break
        before = now
    seen |= own
    return Shuffle(
        rms=float(np.sqrt(squares.mean())),
        largest=float(np.sqrt(squares.max())),
        translation=translation,
        partners=tuple(partners),
    )


def _state(partners: Sequence[Ints], whole: Floats) -> bytes:
    """Return a key for an assignment with its images, up to a shift of the whole crystal."""
    steps = np.rint(whole - whole[:, :1]).astype(np.int32)
    return b"".join(columns.tobytes() for columns in partners) + steps.tobytes()


def _images(metric: Floats) -> Floats:
    """Return the lattice vectors that may lead to a nearer image, shape ``(k, 3)``."""
    if np.sqrt(np.diag(metric).min()) > _LARGE_CELL:
        return np.zeros((1, 3))
    return np.array(list(product((0.0, -1.0, 1.0), repeat=3)))


def _nearest(shifts: Floats, frame: Floats, images: Floats) -> tuple[Floats, Floats]:
    """Return fractional shifts ``(3, n, n)`` to nearest lattice images, and lengths squared."""
    near = np.rint(shifts)
    # In place: new arrays of this size take longer than the sums.
    np.subtract(shifts, near, out=near)
    squares = _squares(frame, near)
    # The first image is the shift as it is.
    for image in images[1:]:
        other = near + image[:, np.newaxis, np.newaxis]
        tried = _squares(frame, other)
        closer = tried < squares
        squares = np.where(closer, tried, squares)
        near = np.where(closer, other, near)
    return near, squares


def _squares(frame: Floats, shifts: Floats) -> Floats:
    rays = np.tensordot(frame, shifts, axes=1)
    return np.asarray(np.einsum("kij,kij->ij", rays, rays))
