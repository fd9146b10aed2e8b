"""How probable a list of lines is when none of the phases made it."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from navp_structures.analysis.indexing.powder.engine import (
    UNKNOWN_CELL,
    explain,
    log_random,
    log_sum,
)
from navp_structures.analysis.indexing.powder.lines import CalculatedLines, strained
from navp_structures.analysis.indexing.powder.measured import Measured
from navp_structures.kernels.lattice import Floats

STRAIN: Final = 0.02
"""Relative; isotypic compounds differ by a few per cent in each direction (Na3VP and NZSP:
4 % both in a and in c)."""

POWERS: Final = (0.0, 1.0, 2.0)
"""Of g: lattices have lines in proportion to g² dg; the listed, strong ones thin out."""

# Observations × lines beyond which no other cell is tried: so long a list fits none by chance.
_MOST_PAIRS: Final = 20_000

_POINTS: Final = 1001


def random_evidence(measured: Measured) -> float:
    """Return the log density of lines that lie anywhere in the range, evenly."""
    low, high = measured.limits
    n = len(measured.position)
    return math.lgamma(n + 1) - n * math.log(high - low) + float(log_random(measured))


def lattice_evidence(measured: Measured, lines: tuple[CalculatedLines, ...]) -> float:
    """Return the log density of lines of an unknown lattice.

    Half of it is any lattice: lines at random, their density a power of g = 1/d that the
    list decides. The other half are lattices like those of the phases, with their
    intensities, but cells of their own: an isotypic compound that is not among the phases
    shares many of their lines.
    """
    n = len(measured.position)
    powers = np.array([_power_density(measured, power) for power in POWERS])
    anywhere = math.lgamma(n + 1) + float(log_random(measured) + log_sum(powers))
    anywhere -= math.log(len(powers))
    # A free cell takes most of the time, and the likeliest resolution is enough for it.
    alike = [
        explain(
            measured, (strained(own, measured, STRAIN),), UNKNOWN_CELL, likeliest=True
        ).log_evidence
        for own in lines
        if n * len(own) <= _MOST_PAIRS
    ]
    # A cell that was not tried counts as one that explains nothing.
    alike += [anywhere] * (len(lines) - len(alike))
    like = float(log_sum(np.array(alike))) - math.log(len(alike))
    return float(np.logaddexp(anywhere, like)) - math.log(2.0)


def _power_density(measured: Measured, power: float) -> Floats:
    """Return the sum of log densities of the positions, for g^power dg over the range."""
    points = np.linspace(*measured.limits, _POINTS)
    heights = _growth(measured, points, power)
    step = points[1] - points[0]
    area = step * (heights.sum() - 0.5 * (heights[0] + heights[-1]))
    return np.asarray(np.log(_growth(measured, measured.position, power) / area).sum())


def _growth(measured: Measured, position: Floats, power: float) -> Floats:
    # g^power |dg / dposition|, with dg = -g d(ln d).
    d = measured.spacings_of(position)
    return np.asarray(d ** -(power + 1.0) / np.abs(measured.slopes(position)))
