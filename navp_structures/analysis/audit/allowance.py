"""How far a printed spacing or angle may be off, and why."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

from navp_structures.analysis.audit.agreement import TIMES
from navp_structures.analysis.audit.context import AuditContext
from navp_structures.analysis.audit.settings import AuditSettings
from navp_structures.analysis.audit.standards import scale_of
from navp_structures.analysis.indexing.candidates import deviation
from navp_structures.analysis.indexing.units import Spacing
from navp_structures.errors import ClaimError, InputError
from navp_structures.model.claim import Claim
from navp_structures.model.hkl import HKL
from navp_structures.model.phase import Phase

WHY: Final = (
    "a peak in the Fourier transform of an HRTEM image is read to a fraction of the pixels "
    "that it is from the centre"
)
"""The reason of the standard deviation that a spacing of an image has by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A printed spacing with what it may be off.

    Parameters
    ----------
    d
        Å.
    sigma
        One standard deviation, relative.
    rounding
        Half a unit of the last printed digit, relative; 0 where an su is printed.
    is_stated
        Whether the paper prints the su.
    """

    d: float
    sigma: float
    rounding: float
    is_stated: bool

    @property
    def spacing(self) -> Spacing:
        """The spacing as the engines take it."""
        return Spacing(d=self.d, sigma=self.sigma, given=self.d)

    def off(self, phase: Phase, hkl: HKL, scale: float = 1.0) -> Off:
        """Return how far it is from that of a plane.

        Parameters
        ----------
        scale
            Of the image: d_obs = scale × d_calc.
        """
        taken = replace(self, d=self.d / scale) if scale != 1.0 else self
        relative, sigma = deviation(phase, hkl, taken.spacing)
        return Off(
            relative=relative,
            sigma=sigma,
            tolerance=TIMES * sigma + self.rounding,
            cell=math.sqrt(max(0.0, sigma**2 - self.sigma**2)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Off:
    """How far an observed spacing is from a calculated one, all relative to the latter.

    Parameters
    ----------
    relative
        (d_obs - d_calc) / d_calc.
    sigma
        Of the observed spacing and of the cell together.
    tolerance
        Twice that, and the rounding.
    cell
        The part of sigma that is the cell's.
    """

    relative: float
    sigma: float
    tolerance: float
    cell: float

    @property
    def fits(self) -> bool:
        """Whether it counts as agreement."""
        return abs(self.relative) <= self.tolerance

    @property
    def percent(self) -> float:
        """The deviation in percent."""
        return 100.0 * self.relative

    @property
    def sigmas(self) -> float:
        """The deviation in standard deviations."""
        return self.relative / self.sigma


def observed(claim: Claim, context: AuditContext) -> Observed:
    """Return the spacing of a claim, without the scale that a standard in its image shows.

    Raises
    ------
    ClaimError
        When no crystal has such a spacing, with file and line.
    """
    d = claim.value
    assert d is not None  # noqa: S101 - a claim of a spacing has a value
    stated = claim.uncertainty
    sigma = context.settings.spacing_sigma if not stated else stated / d
    rounding = 0.0 if stated else (claim.rounding or 0.0) / d
    d /= scale_of(claim, context)
    made = Observed(d=d, sigma=sigma, rounding=rounding, is_stated=bool(stated))
    try:
        _ = made.spacing
    except InputError as error:
        raise ClaimError(f"{claim.where}: {error}", "value") from error
    return made


def spacing_tolerance(seen: Observed, off: Off) -> str:
    """Return what deviation of a spacing counts as agreement, and why, in words."""
    parts = [f"{TIMES:g} × {100.0 * off.sigma:.2f} %"]
    if seen.rounding:
        parts.append(f"rounding {100.0 * seen.rounding:.2f} %")
    own = "printed" if seen.is_stated else f"taken for one spacing, since {WHY}"
    reasons = [f"{100.0 * seen.sigma:.2g} % is {own}"]
    if off.cell > 1e-4:
        reasons.append(f"{100.0 * off.cell:.2f} % is the su of the cell")
    return f"±{100.0 * off.tolerance:.2f} % ({' + '.join(parts)}): {'; '.join(reasons)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AngleAllowance:
    """What an angle between two planes may be off (degrees); the su of the cell is left out."""

    sigma: float
    rounding: float
    is_stated: bool

    @property
    def tolerance(self) -> float:
        """What counts as agreement."""
        return TIMES * self.sigma + self.rounding

    def __str__(self) -> str:
        """In words."""
        own = "printed" if self.is_stated else "taken for an angle between fringes of an image"
        rounding = f" + rounding {self.rounding:.2g}°" if self.rounding else ""
        return (
            f"±{self.tolerance:.2f}° ({TIMES:g} × {self.sigma:.2g}°{rounding}): "
            f"{self.sigma:.2g}° is {own}"
        )


def angle_allowance(claim: Claim, settings: AuditSettings) -> AngleAllowance:
    """Return what the angle of a claim may be off."""
    stated = claim.uncertainty
    return AngleAllowance(
        sigma=stated or settings.angle_sigma,
        rounding=0.0 if stated else claim.rounding or 0.0,
        is_stated=bool(stated),
    )
