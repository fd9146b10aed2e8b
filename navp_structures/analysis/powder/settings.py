"""What a powder pattern is calculated for: radiation, range, instrument, sample."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np

from navp_structures.analysis.numbers import limit_fields, numbers_of, within
from navp_structures.errors import InputError, shown
from navp_structures.kernels import aberrations, lattice, profiles
from navp_structures.kernels.lattice import Floats
from navp_structures.model.hkl import HKL, as_hkl, format_hkl
from navp_structures.model.radiation import Radiation

_OPTIONAL: Final = frozenset({"monochromator", "radius", "size", "strain"})

TWO_THETA: Final = (5.0, 90.0)
"""Degrees; the range where none is given, but for short wavelengths."""

# Å; wavelengths below show a pattern within small angles.
_SHORT: Final = 0.3

# Degree².
_LARGEST_SQUARE: Final = 10_000.0
_SMALLEST_SQUARE: Final = 1e-12

# Degree² and degree: an FWHM of 0.1, which a laboratory diffractometer reaches.
_W: Final = 0.01
_TOLERANCE: Final = 0.02

# The spacings (Å) that 5 to 90 degrees show with Cu Kα1.
_SPACINGS: Final = (17.66, 1.0895)


@dataclass(frozen=True, slots=True, kw_only=True)
class PowderSettings:
    """Settings of a powder pattern, checked; parameters as `powder_pattern`."""

    radiation: Radiation
    two_theta: tuple[float, float]
    dispersion: bool = True
    monochromator: float | None = None
    preferred_orientation: tuple[HKL, float] | None = None
    zero_shift: float = 0.0
    displacement: float = 0.0
    radius: float | None = None
    caglioti: tuple[float, float, float]
    mixing: float = 0.5
    size: float | None = None
    strain: float | None = None
    scherrer_constant: float = 0.9
    tolerance: float

    def __post_init__(self) -> None:
        """Refuse what no instrument and no sample has; one sentence each."""
        set_ = object.__setattr__
        set_(self, "two_theta", _range(self.two_theta))
        set_(self, "caglioti", _three(self.caglioti))
        set_(self, "preferred_orientation", _orientation(self.preferred_orientation))
        limit_fields(self, _LIMITS, _OPTIONAL)
        if not isinstance(self.dispersion, bool):
            raise InputError(
                f"dispersion is {shown(self.dispersion)}; it must be True or False"
            )
        if self.monochromator is not None and self.radiation.probe != "xray":
            raise InputError(
                f"a monochromator polarises X-rays, not the probe {self.radiation.probe}"
            )
        if self.displacement and self.radius is None:
            raise InputError(
                "a displacement needs the radius of the diffractometer in mm; none is assumed"
            )
        if self.radius is not None and abs(self.displacement) > self.radius / 20.0:
            raise InputError(
                f"displacement is {self.displacement:g} mm; at a radius of {self.radius:g} mm "
                f"it must be at most {self.radius / 20.0:g} mm"
            )
        self._check_caglioti()

    @property
    def inputs(self) -> dict[str, Any]:
        """Every setting by name, for documents."""
        own = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "radiation"}
        texture = self.preferred_orientation
        own["preferred_orientation"] = texture and {"hkl": texture[0], "r": texture[1]}
        return {
            "radiation": self.radiation.name,
            "probe": self.radiation.probe,
            "lines": [{"wavelength": x, "weight": y} for x, y in self.radiation.lines],
            "source": self.radiation.source,
            **own,
        }

    @property
    def corrections(self) -> tuple[str, ...]:
        """What was applied beside the defaults, in words."""
        told = []
        if not self.dispersion and self.radiation.probe == "xray":
            told.append("without f' and f''")
        if self.monochromator is not None:
            told.append(f"monochromator at 2θ {self.monochromator:g}°")
        if self.preferred_orientation is not None:
            axis, r = self.preferred_orientation
            told.append(f"preferred orientation {format_hkl(axis)} r {r:g}")
        if self.zero_shift:
            told.append(f"zero shift {self.zero_shift:g}°")
        if self.displacement:
            told.append(
                f"sample {self.displacement:g} mm high at a radius of {self.radius:g} mm"
            )
        if self.size is not None:
            told.append(f"crystallites of {self.size:g} Å")
        if self.strain:
            told.append(f"microstrain {self.strain:g}")
        return tuple(told)

    @property
    def highest(self) -> float:
        """The largest true 2θ (degrees) whose line may be observed in the range."""
        reach = abs(self.zero_shift)
        if self.radius is not None:
            reach += math.degrees(2.0 * abs(self.displacement) / self.radius)
        return min(180.0, self.two_theta[1] + reach)

    def observed(self, two_theta: Floats) -> Floats:
        """Return where lines of true 2θ (degrees) are observed."""
        if not self.zero_shift and not self.displacement:
            return two_theta
        return two_theta + aberrations.shifts(
            two_theta, self.zero_shift, self.displacement, self.radius
        )

    def widths(self, two_theta: Floats, wavelength: Floats) -> tuple[Floats, Floats]:
        """Return FWHM (degrees) and Lorentzian share of lines, shapes ``(n,)``.

        The width of the instrument is split into the Gaussian and the Lorentzian part that
        have its mixing; size and strain broaden the Lorentzian part.
        """
        instrument = profiles.caglioti(two_theta, *self.caglioti)
        if self.size is None and self.strain is None:
            return instrument, np.full_like(instrument, self.mixing)
        gaussian, lorentzian = (part * instrument for part in profiles.parts(self.mixing))
        if self.size is not None:
            lorentzian = lorentzian + profiles.scherrer(
                two_theta, self.size, wavelength, self.scherrer_constant
            )
        if self.strain is not None:
            lorentzian = lorentzian + profiles.strain_width(two_theta, self.strain)
        return profiles.combined(gaussian, lorentzian)

    def _check_caglioti(self) -> None:
        u, v, w = self.caglioti
        if u == v == 0.0 and w >= _SMALLEST_SQUARE:
            return
        # The square is a parabola in tan θ: least at an end of the range, or at its vertex.
        low, high = (math.tan(math.radians(angle) / 2.0) for angle in self.two_theta)
        high = min(high, 1e6)
        vertex = -v / (2.0 * u) if u else low
        for tangent in (low, high, min(max(vertex, low), high)):
            square = (u * tangent + v) * tangent + w
            if square < _SMALLEST_SQUARE:
                raise InputError(
                    f"caglioti {u:g}, {v:g}, {w:g} gives a squared width of {square:g} degree² "
                    f"at 2θ {2 * math.degrees(math.atan(tangent)):.4g}; it must be at least "
                    f"{_SMALLEST_SQUARE:g} over the range"
                )


# Name, least and largest value, unit. A width must not be 0.
_LIMITS: Final = (
    ("monochromator", 0.0, 180.0, "degrees of 2θ"),
    ("zero_shift", -10.0, 10.0, "degrees"),
    ("displacement", -10.0, 10.0, "mm"),
    ("radius", 10.0, 100_000.0, "mm"),
    ("mixing", 0.0, 1.0, "Lorentzian share"),
    ("size", 5.0, 1e7, "Å"),
    ("strain", 0.0, 0.2, "relative"),
    ("scherrer_constant", 0.5, 2.0, "for the FWHM"),
    ("tolerance", 0.0, 5.0, "degrees"),
)


def defaults(radiation: Radiation) -> dict[str, Any]:
    """Return range, width and tolerance where none is given.

    5 to 90 degrees, an FWHM of 0.1 and a tolerance of 0.02 degrees. For electrons and other
    short wavelengths, whose angles are small, the range that shows the same spacings as
    Cu Kα1 does there, and width and tolerance that are as much of it.
    """
    low, high, share = *TWO_THETA, 1.0
    if radiation.shortest < _SHORT:
        low, high = lattice.two_theta(_SPACINGS, radiation.shortest).tolist()
        share = (high - low) / (TWO_THETA[1] - TWO_THETA[0])
    return {
        "two_theta": (low, high),
        "caglioti": (0.0, 0.0, _W * share**2),
        "tolerance": _TOLERANCE * share,
    }


def _range(given: Any) -> tuple[float, float]:
    found = numbers_of(given, 2)
    if found is None:
        raise InputError(f"two_theta is {shown(given)}; it must be two angles, (5, 90)")
    low, high = found
    if not (math.isfinite(low) and math.isfinite(high)):
        raise InputError(f"two_theta is {low:g} to {high:g}; both must be finite numbers")
    if low < 0 or high > 180:
        raise InputError(
            f"two_theta is {low:g} to {high:g}; it must lie between 0 and 180 degrees"
        )
    if low >= high:
        raise InputError(
            f"two_theta is {low:g} to {high:g}; the first angle must be below the second"
        )
    return low, high


def _three(given: Any) -> tuple[float, float, float]:
    found = numbers_of(given, 3)
    if found is None or not all(abs(x) <= _LARGEST_SQUARE for x in found):
        raise InputError(
            f"caglioti is {shown(given)}; it must be three numbers U, V, W (degree²), each at "
            f"most {_LARGEST_SQUARE:g}"
        )
    return found[0], found[1], found[2]


def _orientation(given: Any) -> tuple[HKL, float] | None:
    if given is None:
        return None
    if isinstance(given, str) or not isinstance(given, Sequence) or len(given) != 2:
        raise InputError(
            f"preferred_orientation is {shown(given)}; it must be a plane and r: ((0, 0, 6), "
            "0.8)"
        )
    axis, r = given
    return as_hkl(axis), within(r, "r of preferred_orientation", 0.01, 100.0, "1 is none")
