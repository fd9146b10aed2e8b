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
    found = [_settle(first, second, metric, images, start) for start in starts]
    return min(found, key=lambda shuffle: round(shuffle.rms, 9))


def _settle(
    first: Sequence[Floats],
    second: Sequence[Floats],
    metric: Floats,
    images: Floats,
    translation: Floats,
) -> Shuffle:
    from scipy.optimize import linear_sum_assignment

    before = np.inf
    for _ in range(_STEPS):
        partners, moves = [], []
        for one, two in zip(first, second, strict=True):
            shifts = _nearest(two - one[:, np.newaxis] - translation, metric, images)
            squares = np.einsum("...i,ij,...j->...", shifts, metric, shifts)
            rows, columns = linear_sum_assignment(squares)
            partners.append(columns)
            moves.append(shifts[rows, columns])
        every = np.concatenate(moves)
        mean = every.mean(axis=0)
        rest = every - mean
        squares = np.einsum("ni,ij,nj->n", rest, metric, rest)
        translation = translation + mean
        now = float(squares.mean())
        if now > before - _SETTLED:
            break
        before = now
    return Shuffle(
        rms=float(np.sqrt(squares.mean())),
        largest=float(np.sqrt(squares.max())),
        translation=translation,
        partners=tuple(partners),
    )


def _images(metric: Floats) -> Floats:
    """Return the lattice vectors that may lead to a nearer image, shape ``(k, 3)``."""
    if np.sqrt(np.diag(metric).min()) > _LARGE_CELL:
        return np.zeros((1, 3))
    return np.array(list(product((0.0, -1.0, 1.0), repeat=3)))


def _nearest(shifts: Floats, metric: Floats, images: Floats) -> Floats:
    """Return fractional shifts ``(..., 3)`` to their nearest lattice images."""
    near = shifts - np.rint(shifts)
    if len(images) == 1:
        return np.asarray(near)
    every = near[..., np.newaxis, :] + images
    squares = np.einsum("...i,ij,...j->...", every, metric, every)
    best = squares.argmin(axis=-1)[..., np.newaxis, np.newaxis]
    return np.asarray(np.take_along_axis(every, best, axis=-2)[..., 0, :])
