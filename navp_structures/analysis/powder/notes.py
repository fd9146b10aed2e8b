"""Sentences that belong under a powder pattern."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from navp_structures.analysis.powder.settings import PowderSettings

if TYPE_CHECKING:
    from navp_structures.analysis.powder.result import PowderPattern


def description(settings: PowderSettings) -> str:
    """Return radiation, corrections, width and scale in one sentence."""
    radiation = settings.radiation
    kind = {"xray": "X-rays", "neutron": "neutrons", "electron": "electrons"}[radiation.probe]
    middle = np.array([(settings.two_theta[0] + settings.two_theta[1]) / 2.0])
    width, share = settings.widths(middle, np.array([radiation.lines[0][0]]))
    parts = [
        f"{kind}: {radiation.text}",
        *settings.corrections,
        f"pseudo-Voigt with FWHM {width[0]:.3g}° and Lorentzian share {share[0]:.2g} at 2θ "
        f"{middle[0]:.4g}°",
        "strongest line in the range = 100",
        "kinematic, without absorption",
    ]
    return "; ".join(parts)


def empty_notes(patterns: Sequence[PowderPattern], settings: PowderSettings) -> tuple[str, ...]:
    """Return for each pattern without lines that it has none."""
    low, high = settings.two_theta
    return tuple(
        f"no line of {pattern.of.id} lies between 2θ {low:g}° and {high:g}°"
        for pattern in patterns
        if not len(pattern)
    )
