"""Measured values in any unit, as spacings with a relative sigma."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Real
from typing import Final

import numpy as np

from navp_structures.analysis.numbers import LEAST_SIGMA, as_float, is_number
from navp_structures.catalogue.radiations import RadiationLike
from navp_structures.catalogue.radiations import radiation as find_radiation
from navp_structures.errors import InputError, shown
from navp_structures.kernels import lattice
from navp_structures.model.measured_list import is_unit, unknown_units

DEFAULT_SIGMA: Final = 0.01
"""Relative. HRTEM spacings from an FFT are good to about 1 % once calibrated: a peak some
tens of pixels from the centre is read to a fraction of a pixel, and lens distortion adds
as much."""

DEFAULT_SIGMA_TWO_THETA: Final = 0.05
"""Degrees; peak positions of a laboratory diffractometer with a displaced sample."""

LARGEST_SIGMA: Final = 0.3

SMALLEST_SPACING: Final = 0.3
LARGEST_SPACING: Final = 1000.0
"""Å."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spacing:
    """A measured spacing.

    Parameters
    ----------
    d, sigma
        Å, and one standard deviation relative to d.
    given
        The number as it was given, in its unit.
    """

    d: float
    sigma: float
    given: float

    def __post_init__(self) -> None:
        """Refuse spacings that no crystal and no microscope has."""
        for word, limit, outside in (
            ("smallest", SMALLEST_SPACING, self.d < SMALLEST_SPACING),
            ("largest", LARGEST_SPACING, self.d > LARGEST_SPACING),
        ):
            if outside:
                raise InputError(
                    f"{self.given:g} is a spacing of {self.d:g} Å; "
                    f"the {word} that is indexed is {limit:g} Å"
                )


def spacings(
    values: float | Iterable[float],
    *,
    units: str = "A",
    sigma: float | None = None,
    radiation: RadiationLike | None = None,
    camera_constant: float | None = None,
) -> tuple[Spacing, ...]:
    """Return measured values as spacings.

    Parameters
    ----------
    values
        One or several positive numbers.
    units
        One of `UNITS`.
    sigma
        One standard deviation, relative, but degrees for ``two_theta``; None takes 0.01,
        or 0.05 degrees.
    radiation
        For ``two_theta``: a line or a wavelength in Å. There is no default.
    camera_constant
        For ``px``: the product of distance and spacing (px Å).

    Raises
    ------
    InputError
        When there is no value, one is not a positive number or far outside what is
        measured (0.3 to 1000 Å), the unit is unknown, or what
        the unit needs is missing or not wanted.
    """
    numbers = _numbers(values)
    if not is_unit(units):
        raise InputError(unknown_units(units))
    _check_extras(units, radiation, camera_constant)
    spread = _sigma(sigma, units)
    if units == "two_theta":
        assert radiation is not None  # noqa: S101 - checked above
        length = find_radiation(radiation).wavelength
        return tuple(_from_two_theta(value, spread, length) for value in numbers)
    factor = {"A": 1.0, "nm": 10.0, "1/A": 1.0, "1/nm": 10.0, "q": 2.0 * math.pi}
    factor["px"] = camera_constant or 0.0
    direct = units in ("A", "nm")
    return tuple(
        Spacing(
            d=value * factor[units] if direct else factor[units] / value,
            sigma=spread,
            given=value,
        )
        for value in numbers
    )


def _from_two_theta(value: float, sigma: float, length: float) -> Spacing:
    if value >= 180:
        raise InputError(f"2θ is {value:g}; it must be below 180 degrees")
    theta = math.radians(value / 2.0)
    # d = λ / (2 sin θ), so σ(d)/d = cot θ · σ(θ), and σ(θ) is half of σ(2θ).
    relative = math.radians(sigma / 2.0) / math.tan(theta) if theta else math.inf
    if relative > LARGEST_SIGMA:
        raise InputError(f"2θ of {value:g} is not known to a sigma of {sigma:g} degrees")
    return Spacing(d=float(lattice.bragg_spacings(value, length)), sigma=relative, given=value)


def _numbers(values: float | Iterable[float]) -> list[float]:
    if isinstance(values, str | bytes):
        raise InputError(f"{shown(values)} is no list of numbers")
    if isinstance(values, np.ndarray):
        values = np.atleast_1d(values).tolist()
    items = [values] if isinstance(values, Real) else _listed(values)
    if not items:
        raise InputError("no spacing is given; give at least one")
    return [_positive(item) for item in items]


def _listed(values: object) -> list[object]:
    try:
        return list(values)  # type: ignore[call-overload, no-any-return]
    except TypeError:
        raise InputError(f"{shown(values)} is no number and no list of numbers") from None


def _positive(item: object) -> float:
    if isinstance(item, bool) or not isinstance(item, Real):
        raise InputError(f"{shown(item)} is no number; a measured spacing is a positive number")
    value = as_float(item)
    if not math.isfinite(value) or value <= 0:
        raise InputError(f"{value:g} is no spacing; it must be a positive finite number")
    return value


def _sigma(sigma: float | None, units: str) -> float:
    if sigma is None:
        return DEFAULT_SIGMA_TWO_THETA if units == "two_theta" else DEFAULT_SIGMA
    largest = 5.0 if units == "two_theta" else LARGEST_SIGMA
    meaning = "degrees" if units == "two_theta" else "relative"
    return check_sigma(sigma, "sigma", largest, meaning)


def check_sigma(value: float, name: str, largest: float, meaning: str) -> float:
    """Return a standard deviation, or raise InputError when it is not above 0 and usable."""
    if (
        isinstance(value, bool)
        or not isinstance(value, Real)
        or not math.isfinite(float(value))
    ):
        raise InputError(f"{name} is {shown(value)}; it must be a positive number ({meaning})")
    if not 0 < float(value) <= largest:
        raise InputError(
            f"{name} is {float(value):g}; "
            f"it must be above 0 and at most {largest:g} ({meaning})"
        )
    if float(value) < LEAST_SIGMA:
        raise InputError(
            f"{name} is {float(value):g}; it must be {LEAST_SIGMA:g} or more ({meaning})"
        )
    return float(value)


def _check_extras(
    units: str, radiation: RadiationLike | None, camera_constant: float | None
) -> None:
    if units == "two_theta" and radiation is None:
        raise InputError("2θ needs a radiation, for example CuKa1; there is no default")
    if units != "two_theta" and radiation is not None:
        raise InputError(f"a radiation is used with two_theta only, not with {units}")
    if units == "px" and camera_constant is None:
        raise InputError("px needs a camera constant in px Å; there is no default")
    if units != "px" and camera_constant is not None:
        raise InputError(f"a camera constant is used with px only, not with {units}")
    if camera_constant is not None and not (
        is_number(camera_constant) and 0 < as_float(camera_constant) < math.inf
    ):
        raise InputError(
            f"the camera constant is {shown(camera_constant)}; it must be positive and finite"
        )
