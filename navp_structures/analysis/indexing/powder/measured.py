"""A measured list of powder lines, on the axis where its errors are even."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from navp_structures.analysis.calibration_result import Calibration, check_calibration
from navp_structures.analysis.indexing.powder.shifts import shifts
from navp_structures.analysis.indexing.units import (
    DEFAULT_SIGMA_TWO_THETA,
    LARGEST_SPACING,
    SMALLEST_SPACING,
    spacings,
)
from navp_structures.analysis.numbers import as_float, is_number, items_of, numbers_of, within
from navp_structures.catalogue.radiations import RadiationLike
from navp_structures.catalogue.radiations import radiation as find_radiation
from navp_structures.errors import InputError, nearest, shown
from navp_structures.kernels import lattice
from navp_structures.kernels.common_shift import displacement_basis
from navp_structures.kernels.lattice import Floats
from navp_structures.model.measured_list import UNITS
from navp_structures.model.radiation import Radiation
from navp_structures.read_only import ReadOnly

MOST_LINES: Final = 2000
"""A longer list is a measured curve, not a list of lines."""

DEFAULT_SIGMA: Final = DEFAULT_SIGMA_TWO_THETA

DEFAULT_SIGMA_RELATIVE: Final = 0.002
"""What 0.05 degrees are of d at 2θ = 25 degrees."""

DEFAULT_RESOLUTION: Final = 0.1
"""Degrees of 2θ; what a laboratory diffractometer's line is wide. Nearer maxima are one."""

DEFAULT_RESOLUTION_RELATIVE: Final = 0.004
"""What 0.1 degrees are of d at 2θ = 25 degrees."""

# Of 2θ; a known shift leads no line out of it.
_DEGREES: Final = (1e-3, 180.0)

# Å; without a radiation intensities are those at small angles, where only d counts.
_SHORT: Final = 0.1

_POWDER_UNITS: Final = tuple(unit for unit in UNITS if unit != "px")


# Probability that a list in which no lines are near is of the usual resolution.
_USUAL: Final = 0.6

# Probability that lines nearer than the usual resolution were moved together by errors.
_MOVED_TOGETHER: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """Which lines are seen as one.

    Parameters
    ----------
    width
        Distance below which they are.
    between
        Whether lines of two phases are, too.
    prior
        Probability that the instrument is like this.
    """

    width: float
    between: bool
    prior: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured(ReadOnly):
    """A list of lines as arrays, positions ascending.

    A position is 2θ in degrees, or the natural logarithm of the number given.

    Parameters
    ----------
    given, intensities
        The numbers in the order of the list; None without intensities.
    order
        Places in the list of what is ascending.
    position
        Shape ``(n,)``.
    sigma
        Of each position, one for all.
    intensity
        Decades above the weakest line, shape ``(n,)``; None where none are given.
    radiation
        None for spacings without one.
    known
        Zero and displacement (degrees), or the logarithm of the scale, as far as a
        calibration knows them, shape ``(k,)``.
    factor
        Matrix whose product with its transpose is the covariance of what is left of them,
        ``(k, k)``.
    limits
        First and last position that was measured.
    resolution
        Distance below which two lines are seen as one.
    resolution_given
        Whether somebody said so.
    """

    units: str
    given: tuple[float, ...]
    intensities: tuple[float, ...] | None
    order: tuple[int, ...]
    position: Floats
    sigma: float
    intensity: Floats | None
    radiation: Radiation | None
    known: Floats
    factor: Floats
    limits: tuple[float, float]
    resolution: float
    resolution_given: bool

    @property
    def resolutions(self) -> tuple[Resolution, ...]:
        """What the instrument may resolve, the likeliest last; the priors add up to 1.

        Unless it is stated, an instrument of the usual resolution stands beside one that
        tells the lines of two phases apart, as fits of profiles may. A list that holds lines
        nearer than the usual resolution is rather of the second, though errors may have
        moved them together.
        """
        seen = Resolution(width=self.resolution, between=True, prior=1.0)
        if self.resolution_given:
            return (seen,)
        nearest = np.diff(self.position).min(initial=np.inf)
        usual = _USUAL if nearest >= self.resolution else _MOVED_TOGETHER
        # The order of families of one phase within one sigma could not be told.
        finer = Resolution(width=self.sigma, between=False, prior=1.0 - usual)
        both = (finer, replace(seen, prior=usual))
        return tuple(sorted(both, key=lambda r: r.prior))

    @property
    def in_degrees(self) -> bool:
        """Whether positions are 2θ."""
        return self.units == "two_theta"

    @property
    def shift_sigmas(self) -> tuple[float, ...]:
        """Standard deviations of what is left of the shifts."""
        return tuple(np.sqrt((self.factor**2).sum(axis=1)).tolist())

    @property
    def wavelength(self) -> float:
        """Å; a short one where there is none."""
        return _SHORT if self.radiation is None else self.radiation.wavelength

    def positions_of(self, d: Floats) -> Floats:
        """Return the positions of spacings (Å) with the known shifts.

        NaN stands where nothing diffracts.
        """
        if self.in_degrees:
            true = lattice.two_theta(d, self.wavelength)
            return np.asarray(true + displacement_basis(true) @ self.known)
        factor, power = _POWERS[self.units]
        return np.asarray(math.log(factor) + power * (np.log(d) + self.known[0]))

    def spacings_of(self, positions: Floats) -> Floats:
        """Return the spacings (Å) of positions, without the known shifts."""
        if self.in_degrees:
            true = positions
            # A shift of a degree changes itself by so little that twice is enough.
            for _ in range(2):
                true = positions - displacement_basis(true) @ self.known
            first, last = _DEGREES
            return lattice.bragg_spacings(np.clip(true, first, last), self.wavelength)
        factor, power = _POWERS[self.units]
        return np.asarray(np.exp(power * (positions - math.log(factor)) - self.known[0]))

    @property
    def range_given(self) -> tuple[float, float]:
        """First and last number that was measured, in the unit of the list."""
        low, high = self.limits
        return self.limits if self.in_degrees else (math.exp(low), math.exp(high))

    def numbers_of(self, positions: Floats) -> Floats:
        """Return positions as numbers in the unit of the list."""
        return positions if self.in_degrees else np.exp(positions)

    def of_size(self, sigma: float) -> str:
        """Return an error of a position in words: ``0.02 degrees``, ``0.05 %``."""
        return f"{sigma:.2g} degrees" if self.in_degrees else f"{100.0 * sigma:.2g} %"

    def shown(self, position: float) -> str:
        """Return a position as the number that it would be in the list."""
        return f"{position:.2f}" if self.in_degrees else f"{math.exp(position):.4g}"

    def slopes(self, positions: Floats) -> Floats:
        """Return the derivative of positions by ln d."""
        if self.in_degrees:
            return lattice.two_theta_slope(positions)
        return np.full_like(positions, _POWERS[self.units][1])

    def shift_basis(self, positions: Floats) -> Floats:
        """Return what one unit of each independent shift adds to positions, ``(m, k)``."""
        if not self.in_degrees:
            return np.outer(self.slopes(positions), self.factor)
        return np.asarray(displacement_basis(positions) @ self.factor)

    def shifts_of(self, units: Floats) -> Floats:
        """Return the shifts that so many units of the independent ones are, ``(k,)``."""
        return np.asarray(self.known + self.factor @ units)

    def spread_of(self, covariance: Floats) -> Floats:
        """Return the covariance of the shifts from that of the independent ones."""
        return np.asarray(self.factor @ covariance @ self.factor.T)


def measured_lines(
    values: float | Iterable[float],
    *,
    units: str,
    radiation: RadiationLike | None,
    sigma: float | None,
    intensities: Iterable[float] | None,
    zero_sigma: float | None,
    displacement_sigma: float | None,
    scale_sigma: float | None,
    limits: tuple[float, float] | None,
    resolution: float | None,
    calibration: Calibration | None = None,
) -> Measured:
    """Return a checked list; parameters as `index_powder`.

    Raises
    ------
    InputError
        When a number is no position, two are the same, there are too many, or an option is
        out of bounds or does not go with the unit.
    """
    if not isinstance(units, str) or units not in _POWDER_UNITS:
        raise InputError(
            f"unknown unit {shown(units)}{nearest(str(units), _POWDER_UNITS)}; known: "
            f"{', '.join(_POWDER_UNITS)}"
        )
    in_degrees = units == "two_theta"
    used = None if radiation is None else find_radiation(radiation)
    if sigma is None:
        sigma = DEFAULT_SIGMA if in_degrees else DEFAULT_SIGMA_RELATIVE
    found = spacings(values, units=units, sigma=sigma, radiation=used if in_degrees else None)
    given = tuple(item.given for item in found)
    _check_list(given)
    raw = np.array(given) if in_degrees else np.log(given)
    order = np.argsort(raw)
    position = raw[order]
    heights = None if intensities is None else _heights(intensities, len(given))
    decades = None if heights is None else np.log10(heights)[order]
    if decades is not None:
        decades -= decades.min()
        decades.setflags(write=False)
    position.setflags(write=False)
    if calibration is not None:
        check_calibration(calibration, units, radiation=used)
    known, factor = shifts(
        in_degrees, calibration, (zero_sigma, displacement_sigma), scale_sigma
    )
    return Measured(
        units=units,
        given=given,
        order=tuple(order.tolist()),
        position=position,
        sigma=float(sigma),
        intensities=heights,
        intensity=decades,
        radiation=used,
        known=known,
        factor=factor,
        limits=_limits(position, limits, units),
        resolution=_resolution(resolution, float(sigma), in_degrees),
        resolution_given=resolution is not None,
    )


# A number of the unit is factor × d^power.
_POWERS: Final = {
    "A": (1.0, 1.0),
    "nm": (0.1, 1.0),
    "1/A": (1.0, -1.0),
    "1/nm": (10.0, -1.0),
    "q": (2.0 * math.pi, -1.0),
}


def _check_list(given: tuple[float, ...]) -> None:
    if len(given) > MOST_LINES:
        raise InputError(
            f"{len(given)} lines are given; at most {MOST_LINES} are indexed: give the peaks, "
            "not the points of a curve"
        )
    seen: set[float] = set()
    for value in given:
        if value in seen:
            raise InputError(f"the line {value:g} is given twice; give each line once")
        seen.add(value)


def _heights(intensities: Iterable[float], count: int) -> tuple[float, ...]:
    items = items_of(intensities)
    if items is None or isinstance(intensities, str) or not all(map(is_number, items)):
        raise InputError(f"intensities is {shown(intensities)}; it must be a list of numbers")
    if len(items) != count:
        raise InputError(f"{len(items)} intensities for {count} lines; each line needs one")
    values = tuple(as_float(item) for item in items)
    for value in values:
        if not (math.isfinite(value) and value > 0):
            raise InputError(f"an intensity is {value:g}; it must be positive and finite")
    return values


def _resolution(given: float | None, sigma: float, in_degrees: bool) -> float:
    if given is None:
        # Who knows positions to sigma only cannot tell two that are nearer than twice that.
        usual = DEFAULT_RESOLUTION if in_degrees else DEFAULT_RESOLUTION_RELATIVE
        return max(usual, 2.0 * sigma)
    most, unit = (10.0, "degrees") if in_degrees else (0.2, "relative")
    return within(given, "resolution", 0.0, most, unit)


def _limits(
    position: Floats, given: tuple[float, float] | None, units: str
) -> tuple[float, float]:
    in_degrees = units == "two_theta"
    first, last = float(position[0]), float(position[-1])
    if given is None:
        # Lines stop about as far from the ends of the range as from each other.
        gap = (last - first) / (len(position) - 1) if len(position) > 1 else 0.0
        gap = max(gap, _LEAST_GAP if in_degrees else _LEAST_GAP_LOG)
        if not in_degrees:
            gap = min(gap, _MOST_GAP_LOG)
            return first - gap, last + gap
        return max(first - gap, first / 2.0), min(last + gap, (180.0 + last) / 2.0)
    found = numbers_of(given, 2)
    if found is None or not 0 < found[0] < found[1] or not math.isfinite(found[1]):
        raise InputError(
            f"limits is {shown(given)}; it must be two ascending numbers, (10, 60)"
        )
    low, high = found if in_degrees else (math.log(found[0]), math.log(found[1]))
    if (in_degrees and high > 180) or low > first or high < last:
        raise InputError(
            f"limits is {shown(given)}; it must hold every line"
            + (" and end at 180 degrees" if in_degrees else "")
        )
    if not in_degrees:
        _check_range(given, units)
    return low, high


def _check_range(given: tuple[float, float], units: str) -> None:
    """Raise InputError where limits reach twice beyond what is ever measured."""
    factor, power = _POWERS[units]
    smallest, largest = SMALLEST_SPACING / 2.0, 2.0 * LARGEST_SPACING
    for number in given:
        d = float(number) / factor if power > 0 else factor / max(float(number), 1e-300)
        if not smallest <= d <= largest:
            raise InputError(
                f"limits is {shown(given)}, to a spacing of {d:.3g} Å; it must stay within "
                f"{smallest:g} and {largest:g} Å"
            )


# Degrees, and relative: how far the range goes on beyond a single line.
_LEAST_GAP: Final = 2.0
_LEAST_GAP_LOG: Final = 0.1

# Relative: two spacings far apart do not say that the range goes on as far again.
_MOST_GAP_LOG: Final = 0.5
