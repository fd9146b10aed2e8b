"""Measured spots, checked and brought to Å⁻¹."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from navp_structures.analysis.indexing.units import check_sigma
from navp_structures.analysis.numbers import as_float, is_number, items_of, within
from navp_structures.errors import InputError, nearest, shown
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.spot_match import wrapped
from navp_structures.read_only import ReadOnly

UNITS: Final = {
    "1/A": "1/d in Å⁻¹",
    "1/nm": "1/d in nm⁻¹",
    "q": "2π/d in Å⁻¹",
    "px": "pixels from the direct beam, rows downwards, with a camera constant",
}

MOST: Final = 500
"""Spots of one pattern; a zone shows fewer."""

# Å⁻¹: within and beyond are no spots of a diffraction pattern.
_SHORTEST: Final = 1e-3
_LONGEST: Final = 5.0

_LARGEST_SIGMA: Final = 0.3
_LARGEST_ANGLE: Final = 30.0

# Spots that differ by less, relative, are one that was given twice.
_SAME: Final = 1e-6

# Standard deviations within which two spots are opposite ones.
_OPPOSITE: Final = 3.0

# Standard deviations of angles within which all spots are on one line.
_FLAT: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeasuredSpots(ReadOnly):
    """The spots of one pattern.

    Parameters
    ----------
    g
        x to the right, y up (Å⁻¹), shape ``(n, 2)``.
    group
        Number of the spot that each one is or is opposite to, shape ``(n,)``.
    sign
        -1 for those that stand for their opposite, shape ``(n,)``.
    spread, bend
        Standard deviations of each spot's length, relative, and angle (radians), ``(n,)``.
    log_r, angle
        Of each group: ln of its length (Å⁻¹), radians; shape ``(m,)``.
    sigma, sigma_angle
        Of each group, relative and radians.
    log_intensity
        Of each group; None where no intensity is given.
    """

    g: Floats
    group: Ints
    sign: Ints
    spread: Floats
    bend: Floats
    log_r: Floats
    angle: Floats
    sigma: Floats
    sigma_angle: Floats
    log_intensity: Floats | None


def measured_spots(
    spots: Any,
    *,
    units: str,
    sigma: Any,
    angle_sigma: Any,
    intensities: Any,
    camera_constant: float | None,
    scale: float = 1.0,
) -> MeasuredSpots:
    """Return checked spots; opposite ones are one, at their mean.

    Parameters
    ----------
    scale
        Of the instrument, where it is known: d as measured over d.

    Raises
    ------
    InputError
        When there are fewer than two directions, a number is none, or an option does not fit.
    """
    given = _vectors(spots)
    g = given * (_factor(units, camera_constant) * scale)
    if units == "px":
        # Rows of an image run downwards.
        g = g * np.array([1.0, -1.0])
    length = np.hypot(*g.T)
    _check_lengths(length)
    _check_doubles(g, length)
    spread = _sigmas(sigma, "sigma", _LARGEST_SIGMA, "relative", len(g))
    bend = np.radians(_sigmas(angle_sigma, "angle_sigma", _LARGEST_ANGLE, "degrees", len(g)))
    strength = _intensities(intensities, len(g))
    group, sign = _groups(g, length, spread, bend)
    means = _group_means(g * sign[:, np.newaxis], group)
    first = np.unique(group, return_index=True)[1]
    count = np.bincount(group)
    result = MeasuredSpots(
        g=g,
        group=group,
        sign=sign,
        spread=spread,
        bend=bend,
        log_r=np.log(np.hypot(*means.T)),
        angle=np.arctan2(means[:, 1], means[:, 0]),
        sigma=spread[first] / np.sqrt(count),
        sigma_angle=bend[first] / np.sqrt(count),
        log_intensity=None if strength is None else np.log(_means_of(strength, group)),
    )
    _check_directions(result)
    return result


def check_options(
    units: str, sigma: Any, angle_sigma: Any, camera_constant: float | None
) -> None:
    """Raise InputError when an option fits no pattern at all."""
    _factor(units, camera_constant)
    if is_number(sigma):
        check_sigma(sigma, "sigma", _LARGEST_SIGMA, "relative")
    if is_number(angle_sigma):
        check_sigma(angle_sigma, "angle_sigma", _LARGEST_ANGLE, "degrees")


def too_many(count: int) -> InputError:
    """Return the error of a pattern with more than `MOST` spots."""
    return InputError(
        f"{count} spots are no pattern of one crystal; give up to the {MOST} strongest"
    )


def _vectors(spots: Any) -> Floats:
    rows = None if isinstance(spots, str | bytes | dict) else items_of(spots)
    if rows is None:
        raise InputError(f"spots are {shown(spots)}; give a list of (x, y)")
    if len(rows) > MOST:
        raise too_many(len(rows))
    if len(rows) < 2:
        raise InputError(f"a pattern needs two spots or more, here {len(rows)}")
    found = []
    for n, row in enumerate(rows, 1):
        pair = None if isinstance(row, str | bytes | dict) else items_of(row)
        if pair is None or len(pair) != 2 or not all(map(is_number, pair)):
            raise InputError(f"spot {n} is {shown(row)}; it must be (x, y)")
        numbers = [as_float(item) for item in pair]
        if not all(map(math.isfinite, numbers)):
            raise InputError(f"spot {n} is {shown(row)}; both numbers must be finite")
        found.append(numbers)
    return np.array(found)


def _factor(units: str, camera_constant: float | None) -> float:
    if not isinstance(units, str) or units not in UNITS:
        known = ", ".join(UNITS)
        raise InputError(
            f"unknown unit {shown(units)} of spots{nearest(str(units), UNITS)}; known: {known}"
        )
    if units == "px":
        if camera_constant is None:
            raise InputError("px needs a camera constant in px Å; there is no default")
        return 1.0 / within(camera_constant, "camera_constant", 1e-3, 1e9, "px Å")
    if camera_constant is not None:
        raise InputError(f"a camera constant is used with px only, not with {units}")
    return {"1/A": 1.0, "1/nm": 0.1, "q": 0.5 / math.pi}[units]


def _check_lengths(length: Floats) -> None:
    for n, value in enumerate(length.tolist(), 1):
        if value < _SHORTEST:
            raise InputError(
                f"spot {n} is {value:.3g} Å⁻¹ from the origin: leave the direct beam out"
            )
        if value > _LONGEST:
            raise InputError(
                f"spot {n} is {value:.4g} Å⁻¹ from the origin, a spacing of {1 / value:.3g} Å; "
                "are the units right?"
            )


def _check_doubles(g: Floats, length: Floats) -> None:
    apart = np.hypot(*(g[:, np.newaxis] - g).transpose(2, 0, 1))
    one, two = np.nonzero(np.triu(apart < _SAME * length, 1))
    if len(one):
        raise InputError(f"spots {one[0] + 1} and {two[0] + 1} are the same; give each once")


def held(spots: Any) -> Any:
    """Return what was given as lists, which can be gone through again; else as it is."""
    if isinstance(spots, str | bytes | dict | np.ndarray):
        return spots
    rows = items_of(spots)
    if rows is None:
        return spots
    return [
        row if isinstance(row, str | bytes | dict) or items_of(row) is None else list(row)
        for row in (list(row) if isinstance(row, Iterator) else row for row in rows)
    ]


def _sigmas(given: Any, name: str, largest: float, meaning: str, count: int) -> Floats:
    """Return one standard deviation for each spot."""
    if is_number(given):
        return np.full(count, check_sigma(given, name, largest, meaning))
    items = None if isinstance(given, str | bytes | dict) else items_of(given)
    if items is None or len(items) != count:
        raise InputError(f"{name} is {shown(given)}; give one number, or one for each spot")
    return np.array([check_sigma(item, name, largest, meaning) for item in items])


def _intensities(given: Any, count: int) -> Floats | None:
    if given is None:
        return None
    items = None if isinstance(given, str | bytes | dict) else items_of(given)
    if items is None or len(items) != count:
        raise InputError(f"intensities are {shown(given)}; give one for each of {count} spots")
    return np.array(
        [within(item, "an intensity", 1e-300, 1e300, "any scale") for item in items]
    )


def _groups(g: Floats, length: Floats, sigma: Floats, bend: Floats) -> tuple[Ints, Ints]:
    """Return which spots are opposite to an earlier one."""
    angle, log_r = np.arctan2(g[:, 1], g[:, 0]), np.log(length)
    off = wrapped(angle[:, np.newaxis] - angle - math.pi)
    squares = (off / np.hypot(bend[:, np.newaxis], bend)) ** 2
    squares += ((log_r[:, np.newaxis] - log_r) / np.hypot(sigma[:, np.newaxis], sigma)) ** 2
    near = np.tril(squares < _OPPOSITE**2, -1)
    mate = np.full(len(g), -1)
    for n in np.flatnonzero(near.any(axis=1)):
        # The first one that has no opposite yet.
        free = near[n] & (mate < 0)
        if free.any():
            m = int(free.argmax())
            mate[n], mate[m] = m, n
    second = (mate >= 0) & (mate < np.arange(len(g)))
    group = np.cumsum(~second) - 1
    group[second] = group[mate[second]]
    return group, np.where(second, -1, 1)


def _group_means(g: Floats, group: Ints) -> Floats:
    return np.stack([_means_of(column, group) for column in g.T], axis=1)


def _means_of(values: Floats, group: Ints) -> Floats:
    return np.asarray(np.bincount(group, values) / np.bincount(group))


def _check_directions(spots: MeasuredSpots) -> None:
    if len(spots.log_r) < 2:
        raise InputError("the spots are opposite to each other; a pattern needs two directions")
    sines = np.abs(np.sin(spots.angle[:, np.newaxis] - spots.angle))
    if (sines < _FLAT * np.hypot(spots.sigma_angle[:, np.newaxis], spots.sigma_angle)).all():
        raise InputError(
            f"all {len(spots.g)} spots lie on one line; a zone axis needs a second direction"
        )
