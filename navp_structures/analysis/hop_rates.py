"""How rates of hopping compare, by their barriers."""

from __future__ import annotations

import math
from typing import Final

from navp_structures.analysis.numbers import within
from navp_structures.constants import BOLTZMANN_CONSTANT
from navp_structures.errors import InputError

# eV, K.
_HIGHEST_BARRIER: Final = 100.0
_TEMPERATURES: Final = (1e-3, 1e5)

# Powers beyond this are no ratio of rates that anybody could measure.
_LARGEST_POWER: Final = 700.0


def hop_rate_ratio(barrier_1: float, barrier_2: float, temperature: float) -> float:
    r"""Return how many times faster hops over the second barrier are than over the first.

    .. math:: \frac{k_2}{k_1} = \exp\frac{E_1 - E_2}{k_B T}

    with equal attempt frequencies.

    Parameters
    ----------
    barrier_1, barrier_2
        eV.
    temperature
        K.

    Raises
    ------
    InputError
        When a number is out of bounds, or the ratio too large for one.

    Examples
    --------
    >>> round(hop_rate_ratio(0.298, 0.138, 300))
    487
    """
    first = within(barrier_1, "barrier_1", 0.0, _HIGHEST_BARRIER, "eV")
    second = within(barrier_2, "barrier_2", 0.0, _HIGHEST_BARRIER, "eV")
    kelvin = within(temperature, "temperature", *_TEMPERATURES, "K")
    power = (first - second) / (BOLTZMANN_CONSTANT.value * kelvin)
    if abs(power) > _LARGEST_POWER:
        raise InputError(
            f"barriers {first:g} and {second:g} eV at {kelvin:g} K give a ratio of "
            f"e^{power:.0f}, which is no number to work with"
        )
    return math.exp(power)
