"""Pairs of reflections whose spacings and angle fit together."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np

from navp_structures.analysis.indexing.candidates import REACH, SpacingCandidate
from navp_structures.errors import InputError
from navp_structures.kernels import lattice
from navp_structures.kernels.lattice import Ints
from navp_structures.kernels.reflections import equivalents, representatives
from navp_structures.model.hkl import HKL, hkl_of
from navp_structures.model.phase import Phase

Angles = float | Mapping[tuple[int, int], float]


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


def find_pairs(
    phase: Phase,
    candidates: Sequence[SpacingCandidate],
    angles: Mapping[tuple[int, int], float],
    angle_sigma: float,
) -> Iterator[ReflectionPair]:
    """Yield each inequivalent pair of members within the reach of spacings and angle."""
    own = [c for c in candidates if c.phase == phase.id]
    for (i, j), angle in angles.items():
        ones = [c for c in own if c.observation == i]
        twos = [c for c in own if c.observation == j]
        if ones and twos:
            yield from _pairs(phase, ones, twos, angle, angle_sigma)


def _pairs(
    phase: Phase,
    ones: Sequence[SpacingCandidate],
    twos: Sequence[SpacingCandidate],
    angle: float,
    angle_sigma: float,
) -> Iterator[ReflectionPair]:
    """Yield the pairs of two spacings, all members of the second tried at once."""
    rotations = phase.space_group.laue_rotations
    images = [np.unique(equivalents(two.hkl, rotations), axis=0) for two in twos]
    owner = np.repeat(np.arange(len(twos)), [len(each) for each in images])
    every = np.concatenate(images)
    reciprocal = phase.cell.reciprocal_metric_tensor
    inequivalent: dict[bytes, tuple[Ints, Ints]] = {}
    for one in ones:
        first = np.array(one.hkl)
        # Members that a symmetry of the first reflection exchanges are one pair.
        keeping = np.all(first @ rotations == first, axis=1)
        key = keeping.tobytes()
        if key not in inequivalent:
            inequivalent[key] = _one_of_each(every, owner, rotations[keeping])
        second, number = inequivalent[key]
        calculated = lattice.interplanar_angles(first, second, reciprocal)
        zones = lattice.zone_axes(first, second)
        fits = (np.abs(angle - calculated) <= REACH * angle_sigma) & zones.any(axis=1)
        for n in np.flatnonzero(fits).tolist():
            two, off = twos[number[n]], angle - float(calculated[n])
            squares = one.deviation_sigma**2 + two.deviation_sigma**2 + (off / angle_sigma) ** 2
            yield ReflectionPair(
                phase=phase.id,
                observations=(one.observation, two.observation),
                hkl_1=one.hkl,
                hkl_2=hkl_of(second[n].tolist()),
                angle_obs=angle,
                angle_calc=float(calculated[n]),
                angle_deviation=off,
                zone_axis=hkl_of(zones[n].tolist()),
                rms_sigma=math.sqrt(squares / 3.0),
            )


def _one_of_each(hkl: Ints, owner: Ints, rotations: Ints) -> tuple[Ints, Ints]:
    """Return one of each set of members of a family that rotations exchange, with its family.

    They are in the order of the families.
    """
    chosen = np.column_stack([owner, representatives(hkl, rotations)[0]])
    found = np.unique(chosen, axis=0)
    return found[:, 1:], found[:, 0]


def _angle(pair: object, value: float, count: int) -> tuple[tuple[int, int], float]:
    if not (
        isinstance(pair, tuple)
        and len(pair) == 2
        and all(_is_index(n) and 0 <= n < count for n in pair)
        and pair[0] != pair[1]
    ):
        raise InputError(f"{pair!r} is no pair of spacings; number them from 0 to {count - 1}")
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 < float(value) < 180:
        raise InputError(f"the angle is {value!r}; it must be between 0 and 180 degrees")
    return (int(min(pair)), int(max(pair))), float(value)


def _is_index(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)
