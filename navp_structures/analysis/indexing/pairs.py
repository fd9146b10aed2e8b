"""Pairs of reflections whose spacings and angle fit together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from numbers import Integral, Real
from typing import Final

import numpy as np

from navp_structures.analysis.indexing.candidates import REACH, SpacingCandidate
from navp_structures.errors import InputError, shown
from navp_structures.kernels import lattice
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.reflections import equivalents, representatives
from navp_structures.model.hkl import HKL, hkl_of
from navp_structures.model.phase import Phase

Angles = float | Mapping[tuple[int, int], float]

MOST_PAIRS: Final = 10_000
"""Pairs of one phase that are listed for two spacings."""

# Pairs of planes that are tried for two spacings, some seconds; 0.3 Å within 1 % of the
# largest curated cell are 170 million.
_MOST_TRIED: Final = 400_000_000

# Of a cosine, by which planes are picked before their angle is worked out.
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class ReflectionPair:
    """Two reflections of one phase that fit two spacings and the angle between them.

    Parameters
    ----------
    observations
        Numbers of the two spacings, from 0.
    hkl_1, hkl_2
        A pair of members with this angle; symmetry gives the equivalent ones.
    angle_obs, angle_calc, angle_deviation
        Degrees; the deviation is observed minus calculated.
    zone_axis
        [uvw] = hkl_1 × hkl_2.
    rms_sigma
        Root mean square of the three deviations in sigma.
    """

    phase: str
    observations: tuple[int, int]
    hkl_1: HKL
    hkl_2: HKL
    angle_obs: float
    angle_calc: float
    angle_deviation: float
    zone_axis: HKL
    rms_sigma: float


def read_angles(angles: Angles | None, count: int) -> dict[tuple[int, int], float]:
    """Return the angles by pair of observations, smaller number first.

    Raises
    ------
    InputError
        When one number is given for other than two spacings, a pair does not exist, or an
        angle is not between 0 and 180 degrees.
    """
    if angles is None:
        return {}
    if not isinstance(angles, Mapping):
        if count != 2:
            raise InputError(
                f"one angle belongs to two spacings, there are {count}: "
                "give {(0, 1): degrees}"
            )
        angles = {(0, 1): angles}
    found = [_angle(pair, value, count) for pair, value in angles.items()]
    if len(dict(found)) < len(found):
        raise InputError("two angles are given for one pair of spacings")
    return dict(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPairs:
    """The pairs that fit best, at most `MOST_PAIRS` of each two spacings, and all in number."""

    pairs: tuple[ReflectionPair, ...]
    count: int


def find_pairs(
    phases: Sequence[Phase],
    candidates: Sequence[SpacingCandidate],
    angles: Mapping[tuple[int, int], float],
    angle_sigma: float,
) -> FoundPairs:
    """Return the inequivalent pairs of members within the reach of spacings and angle.

    The best of each two observations comes first.

    Raises
    ------
    InputError
        When the spacings fit so many planes that pairing them would take minutes.
    """
    pairs: list[ReflectionPair] = []
    count = 0
    for phase, ((i, j), angle) in product(phases, angles.items()):
        own = [c for c in candidates if c.phase == phase.id]
        ones = [c for c in own if c.observation == i]
        twos = [c for c in own if c.observation == j]
        if ones and twos:
            best, fitting = _pairs(phase, ones, twos, angle, angle_sigma)
            pairs += best
            count += fitting
    pairs.sort(key=lambda pair: (pair.observations, pair.rms_sigma))
    return FoundPairs(pairs=tuple(pairs), count=count)


def _pairs(
    phase: Phase,
    ones: Sequence[SpacingCandidate],
    twos: Sequence[SpacingCandidate],
    angle: float,
    angle_sigma: float,
) -> tuple[list[ReflectionPair], int]:
    """Return the best pairs of two spacings, and how many fit."""
    members = _Members(phase, twos)
    _check_work(phase, ones, twos, len(members.hkl))
    reciprocal = phase.cell.reciprocal_metric_tensor
    far = np.array([two.deviation_sigma for two in twos])
    blocks: list[Floats] = []
    held = count = 0
    for number, one in enumerate(ones):
        second, owner, rows = members.near(np.array(one.hkl), angle, REACH * angle_sigma)
        off = (angle - lattice.interplanar_angles(one.hkl, second, reciprocal)) / angle_sigma
        # Planes that are parallel have no zone axis.
        fits = (np.abs(off) <= REACH) & np.cross(one.hkl, second).any(axis=1)
        squares = one.deviation_sigma**2 + far[owner[fits]] ** 2 + off[fits] ** 2
        first = np.full(len(squares), number)
        blocks.append(np.column_stack([squares, first, rows[fits], owner[fits]]))
        held += len(squares)
        count += len(squares)
        if held > 4 * MOST_PAIRS:
            blocks = [_best(np.concatenate(blocks))]
            held = len(blocks[0])
    found = []
    for square, n, row, m in _best(np.concatenate(blocks)).tolist():
        one, hkl = ones[int(n)], members.hkl[int(row)]
        calculated = float(lattice.interplanar_angles(one.hkl, hkl, reciprocal))
        found.append(
            ReflectionPair(
                phase=phase.id,
                observations=(one.observation, twos[int(m)].observation),
                hkl_1=one.hkl,
                hkl_2=hkl_of(hkl.tolist()),
                angle_obs=angle,
                angle_calc=calculated,
                angle_deviation=angle - calculated,
                zone_axis=hkl_of(lattice.zone_axes(one.hkl, hkl).tolist()),
                rms_sigma=math.sqrt(square / 3.0),
            )
        )
    return found, count


class _Members:
    """Every member of some families, with what finds those at an angle to a reflection."""

    def __init__(self, phase: Phase, of: Sequence[SpacingCandidate]) -> None:
        self.rotations = phase.space_group.laue_rotations
        images = [np.unique(equivalents(each.hkl, self.rotations), axis=0) for each in of]
        self.hkl: Ints = np.concatenate(images)
        self._owner = np.repeat(np.arange(len(of)), [len(each) for each in images])
        self._cartesian = np.linalg.inv(phase.cell.orthogonalisation_matrix)
        vectors = self.hkl @ self._cartesian
        self._unit = vectors / np.linalg.norm(vectors, axis=1)[:, np.newaxis]
        self._inequivalent: dict[bytes, Ints] = {}

    def near(self, hkl: Ints, angle: float, width: float) -> tuple[Ints, Ints, Ints]:
        """Return the members at about the angle to a reflection, their family and their row.

        Those that a symmetry of the reflection exchanges are one; some lie just outside.
        """
        keeping = np.all(hkl @ self.rotations == hkl, axis=1)
        key = keeping.tobytes()
        if key not in self._inequivalent:
            self._inequivalent[key] = self._one_of_each(self.rotations[keeping])
        rows = self._inequivalent[key]
        vector = hkl @ self._cartesian
        cosine = self._unit[rows] @ (vector / np.linalg.norm(vector))
        least = math.cos(math.radians(min(angle + width, 180.0)))
        most = math.cos(math.radians(max(angle - width, 0.0)))
        rows = rows[(cosine >= least - _ROUNDING) & (cosine <= most + _ROUNDING)]
        return self.hkl[rows], self._owner[rows], rows

    def _one_of_each(self, rotations: Ints) -> Ints:
        """Return the rows of one of each set of members that rotations exchange."""
        chosen = representatives(self.hkl, rotations)[0]
        return np.flatnonzero(np.all(chosen == self.hkl, axis=1))


def _best(rows: Floats) -> Floats:
    """Return the rows with the smallest first column, as many as are listed, in their order."""
    if len(rows) <= MOST_PAIRS:
        return rows
    order = np.sort(np.argsort(rows[:, 0], kind="stable")[:MOST_PAIRS])
    return np.asarray(rows[order])


def _check_work(
    phase: Phase,
    ones: Sequence[SpacingCandidate],
    twos: Sequence[SpacingCandidate],
    members: int,
) -> None:
    if len(ones) * members > _MOST_TRIED:
        raise InputError(
            f"{ones[0].d_obs:.4g} and {twos[0].d_obs:.4g} Å fit {len(ones)} and {len(twos)} "
            f"families of {phase.id} within {REACH:g} sigma, too many to try each pair "
            "with the angle: a smaller sigma is needed"
        )


def _angle(pair: object, value: float, count: int) -> tuple[tuple[int, int], float]:
    if not (
        isinstance(pair, tuple)
        and len(pair) == 2
        and all(_is_index(n) and 0 <= n < count for n in pair)
        and pair[0] != pair[1]
    ):
        raise InputError(
            f"{shown(pair)} is no pair of spacings; number them from 0 to {count - 1}"
        )
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 < float(value) < 180:
        raise InputError(f"the angle is {shown(value)}; it must be between 0 and 180 degrees")
    return (int(min(pair)), int(max(pair))), float(value)


def _is_index(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)
