r"""Which lines of a pattern are likely to be in a list of its n strongest.

A line of strength :math:`\ell` (decades) is listed when its measured strength, off by a
normal error, passes a level: :math:`p = v\,\Phi((\ell - a) / s)`. The level a of a list is
unknown, but the list's length says much of it.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from navp_structures.kernels.lattice import Floats

# Halvings of an interval of several decades: a level is wanted to a hundredth.
_HALVINGS: Final = 9


def listed(strength: Floats, level: Floats, spread: float, visible: float) -> Floats:
    """Return the probability that lines are listed, shape ``(..., m)``.

    Parameters
    ----------
    strength
        Decades, shape ``(..., m)``.
    level
        Decades, shape ``(...)``.
    spread
        Standard deviation of a measured strength (decades).
    visible
        Probability that a line which is strong enough is not missed all the same.
    """
    return visible * normal_cdf((strength - level[..., np.newaxis]) / spread)


def normal_cdf(x: Floats) -> Floats:
    """Return the normal distribution function, to 1e-7, shape as given.

    References
    ----------
    Abramowitz & Stegun, Handbook of Mathematical Functions (1964), eq. 7.1.26
    """
    z = np.abs(x) / math.sqrt(2.0)
    t = 1.0 / (1.0 + 0.3275911 * z)
    # Horner's scheme in place: the function is called on large arrays again and again.
    tail = np.full_like(t, _ERF[0])
    for coefficient in _ERF[1:]:
        tail *= t
        tail += coefficient
    tail *= t * np.exp(-z * z)
    return np.asarray(np.where(x > 0, 1.0 - 0.5 * tail, 0.5 * tail))


_ERF: Final = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)


def level_for(strength: Floats, count: float, spread: float, visible: float) -> Floats:
    """Return the level at which so many lines are expected to be listed, shape ``(...)``.

    Where there are not as many lines, it lies four spreads below the weakest.

    Parameters
    ----------
    strength
        Decades, shape ``(..., m)``.
    """
    low = strength.min(axis=-1) - 4.0 * spread
    high = strength.max(axis=-1) + 4.0 * spread
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        too_many = listed(strength, middle, spread, visible).sum(axis=-1) > count
        low, high = np.where(too_many, middle, low), np.where(too_many, high, middle)
    return np.asarray(0.5 * (low + high))


def level_width(
    p: Floats, strength: Floats, level: Floats, spread: float, rate: float
) -> Floats:
    """Return how far (decades, one standard deviation) a level is left open by a count.

    Parameters
    ----------
    p
        `listed` at the level, shape ``(..., m)``.
    rate
        Variance of the count beside that of the lines.
    """
    x = (strength - level[..., np.newaxis]) / spread
    slope = np.exp(-0.5 * x * x).sum(axis=-1) / (spread * math.sqrt(2.0 * math.pi))
    deviation = np.sqrt((p * (1.0 - p)).sum(axis=-1) + rate)
    # Where no line is near the level, any level in a wide range lists the same ones.
    return np.asarray(np.clip(deviation / np.maximum(slope, 0.1), 0.03, 1.0))
