"""Whether a printed number is as near to a computed one as can be asked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

from navp_structures.show.numbers import signed

TIMES: Final = 2.0
"""Standard deviations that count as agreement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A printed number beside a computed one.

    Parameters
    ----------
    printed, computed
        In one unit.
    sigma
        One standard deviation of their difference, 0 where only rounding counts.
    rounding
        How much the rounding of what is printed may add.
    reason
        Where the standard deviation comes from, in words.

    Examples
    --------
    >>> found = Agreement(printed=14.26, computed=14.246, sigma=0.05, rounding=0.005, unit="°")
    >>> found.agrees, found.tolerance
    (True, '±0.105° (2 × 0.05°, and 0.005° of rounding)')
    """

    printed: float
    computed: float
    sigma: float
    rounding: float = 0.0
    unit: str = ""
    reason: str = ""

    @property
    def deviation(self) -> float:
        """Printed minus computed."""
        return self.printed - self.computed

    @property
    def percent(self) -> float | None:
        """The deviation of the computed number; None where that is 0."""
        return 100.0 * self.deviation / abs(self.computed) if self.computed else None

    @property
    def sigmas(self) -> float | None:
        """The deviation in standard deviations; None where there is none.

        Where only rounding counts, that of a number anywhere within it.
        """
        sigma = self.sigma or self.rounding / math.sqrt(3.0)
        return self.deviation / sigma if sigma else None

    @property
    def allowed(self) -> float:
        """The largest deviation that counts as agreement."""
        return TIMES * self.sigma + self.rounding

    @property
    def agrees(self) -> bool:
        """Whether the deviation is allowed, but for the dust of floating-point numbers."""
        return abs(self.deviation) <= self.allowed * (1.0 + 1e-9) + 1e-12

    @property
    def tolerance(self) -> str:
        """What is allowed, and what it is made of."""
        parts = []
        if self.sigma:
            reason = f" {self.reason}" if self.reason else ""
            parts.append(f"{TIMES:g} × {self.sigma:.2g}{self.unit}{reason}")
        if self.rounding:
            parts.append(f"{self.rounding:.2g}{self.unit} of rounding")
        made = f" ({', and '.join(parts)})" if parts else " (exact)"
        return f"±{self.allowed:.3g}{self.unit}{made}"

    @property
    def off(self) -> str:
        """The deviation with its sign, unit, and standard deviations."""
        places = 4 if abs(self.deviation) < 0.001 else 3
        told = f"{signed(self.deviation, places)}{self.unit}"
        return told if self.sigmas is None else f"{told}, {signed(self.sigmas, 1)} sigma"

    @property
    def numbers(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "computed": self.computed,
            "deviation": self.deviation,
            "deviation_percent": self.percent,
            "deviation_sigma": self.sigmas,
            "agrees": self.agrees,
        }


def trend_of(change: float, allowed: float) -> str:
    """Return whether something ``grows``, ``shrinks`` or stays the ``same``.

    Parameters
    ----------
    allowed
        Changes up to this are none.

    Examples
    --------
    >>> trend_of(-0.8, 0.5), trend_of(0.3, 0.5)
    ('shrinks', 'same')
    """
    if abs(change) <= allowed:
        return "same"
    return "grows" if change > 0.0 else "shrinks"
