"""The lines of an entry of the catalogue near a measured one."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from navp_structures.analysis.allowed import allowed
from navp_structures.analysis.audit.agreement import Agreement
from navp_structures.analysis.powder.lines import powder_lines, smallest_spacing
from navp_structures.analysis.powder.settings import PowderSettings, defaults
from navp_structures.kernels import lattice
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.model.hkl import HKL, format_hkl, hkl_of
from navp_structures.model.phase import Phase
from navp_structures.model.radiation import Radiation

SEEN: Final = 0.01
"""Of the strongest line of a pattern: nobody names a weaker one a line."""

BESIDE: Final = 0.1
"""Of the strongest line beside it: a weaker one is not the line that is named."""

# Degrees for Cu Kα; the same share of the range for other radiations.
_BESIDE_REACH: Final = 1.0
_COPPER_RANGE: Final = 85.0

# Lines on either side of an angle that are looked at.
_NEAR: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAt:
    """A line of an entry beside a measured angle.

    Parameters
    ----------
    intensity
        Of the strongest line of the pattern (%); None for a cell without sites.
    is_seen
        Whether it is strong enough to be the line that somebody names.
    """

    phase: str
    title: str
    hkl: HKL
    intensity: float | None
    is_seen: bool
    agreement: Agreement

    @property
    def text(self) -> str:
        """Plane, entry, angle and strength."""
        return f"{format_hkl(self.hkl)} of {self.title} at {self._where}"

    @property
    def place(self) -> str:
        """Plane, angle and strength."""
        return f"{format_hkl(self.hkl)} at {self._where}"

    @property
    def _where(self) -> str:
        return f"{self.agreement.computed:.3f}° ({self.strength})"

    @property
    def strength(self) -> str:
        """Relative intensity in words."""
        if self.intensity is None:
            return "intensity unknown"
        return f"{self.intensity:.{0 if self.intensity > 9.95 else 1}f} % of the strongest"

    @property
    def numbers(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "phase": self.phase,
            "hkl": list(self.hkl),
            "two_theta": self.agreement.computed,
            "deviation": self.agreement.deviation,
            "deviation_sigma": self.agreement.sigmas,
            "intensity": self.intensity,
            "is_seen": self.is_seen,
            "agrees": self.agreement.agrees,
        }


def lines_at(
    phase: Phase, used: Radiation, angle: float, sigma: float, rounding: float
) -> tuple[LineAt, ...]:
    """Return the lines of an entry around an angle (degrees), the nearest first.

    Parameters
    ----------
    sigma
        One standard deviation of the angle (degrees); what the cell's su adds comes on top.
    rounding
        Of the angle (degrees).
    """
    hkl, two_theta, intensity = _lines(phase, used, angle)
    order = np.argsort(np.abs(two_theta - angle), kind="stable")
    chosen = {*order[: 2 * _NEAR].tolist(), *_seen_nearby(two_theta, intensity, angle, used)}
    found = [
        LineAt(
            phase=phase.id,
            title=phase.title,
            hkl=(own := hkl_of(hkl[n])),
            intensity=None if math.isnan(intensity[n]) else float(intensity[n]),
            is_seen=_is_seen(n, two_theta, intensity, used),
            agreement=Agreement(
                printed=angle,
                computed=float(two_theta[n]),
                sigma=math.hypot(sigma, angle_su(phase, own, float(two_theta[n]))),
                rounding=rounding,
                unit="°",
            ),
        )
        for n in sorted(chosen)
    ]
    return tuple(sorted(found, key=lambda line: abs(line.agreement.deviation)))


def angle_su(phase: Phase, hkl: HKL, two_theta: float) -> float:
    """Return the su of 2θ (degrees) that the cell's su makes; 0 where that is unknown."""
    su = phase.d_su(hkl)
    if su is None or two_theta >= 180.0:
        return 0.0
    return math.degrees(2.0 * math.tan(math.radians(two_theta / 2.0))) * su / phase.d(hkl)


def best_seen(lines: Iterable[LineAt]) -> LineAt | None:
    """Return the nearest line that agrees and is strong enough, if there is one."""
    return next((line for line in lines if line.is_seen and line.agreement.agrees), None)


def _lines(phase: Phase, used: Radiation, angle: float) -> tuple[Ints, Floats, Floats]:
    """Return planes, 2θ (degrees) and relative intensities (%), NaN without sites."""
    usual = defaults(used)
    low, high = usual["two_theta"]
    reach = 0.1 * (high - low)
    span = max(0.0, min(low, angle - reach)), min(180.0, max(high, angle + reach))
    settings = PowderSettings(**(usual | {"two_theta": span}), radiation=used)
    if phase.has_sites:
        found = powder_lines(phase, settings)
        return found.hkl, found.two_theta, found.intensity
    table = allowed(phase, smallest_spacing(settings))
    two_theta = np.concatenate([lattice.two_theta(table.d, length) for length, _ in used.lines])
    hkl = np.concatenate([table.hkl] * len(used.lines))
    inside = (two_theta >= span[0]) & (two_theta <= span[1])
    return hkl[inside], two_theta[inside], np.full(int(inside.sum()), np.nan)


def _reach(used: Radiation) -> float:
    low, high = defaults(used)["two_theta"]
    return float(_BESIDE_REACH * (high - low) / _COPPER_RANGE)


def _seen_nearby(
    two_theta: Floats, intensity: Floats, angle: float, used: Radiation
) -> list[int]:
    """Return the nearest lines that are strong enough, one on either side."""
    seen = [
        n for n in range(len(two_theta)) if intensity[n] >= 100.0 * SEEN
        and _is_seen(n, two_theta, intensity, used)
    ]  # fmt: skip
    below = [n for n in seen if two_theta[n] <= angle]
    above = [n for n in seen if two_theta[n] > angle]
    nearest = [max(below, key=two_theta.__getitem__)] if below else []
    return nearest + ([min(above, key=two_theta.__getitem__)] if above else [])


def _is_seen(n: int, two_theta: Floats, intensity: Floats, used: Radiation) -> bool:
    # NaN, of a cell without sites, is below everything.
    beside = intensity[np.abs(two_theta - two_theta[n]) <= _reach(used)].max()
    return bool(intensity[n] >= max(100.0 * SEEN, BESIDE * beside))
