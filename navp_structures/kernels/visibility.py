r"""How probable it is that a reflection is among the strongest spots of a pattern.

Calculated intensities are good to a factor only: thickness, tilt and dynamical scattering
change each by a random factor, taken as log-normal. Of reflections with calculated intensities
:math:`I_j` that one is seen whose real intensity is above a limit t,

.. math:: p_j(t) = (1 - m)\,\Phi\!\left(\frac{\ln I_j - \ln t}{\sigma}\right),

where m is the share of spots that go unnoticed whatever their intensity. The limit is the one
that lets as many spots be seen as were.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.polyhedron import Bools

INTENSITY_SPREAD = 0.45 * np.log(10.0)
"""Of ln I: 0.45 decades, between kinematic patterns of thin foils (0.3) and what patterns of
thick ones show."""

MISSED = 0.15
"""Share of spots that go unnoticed."""

WEAK = 0.01
"""Least probability of a reflection that symmetry allows, however weak it is calculated."""

FORBIDDEN = 0.003
"""Probability that double diffraction shows one that a glide plane or a screw axis forbids."""

FALL_OFF = 0.6
"""Å⁻¹: seen intensities fall by exp(-(g / 0.6)²) beside |F|² of atoms at rest."""

_STEPS = 42


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Visibility:
    """Of the reflections of zones, for a number of spots.

    Parameters
    ----------
    probability
        That each reflection is seen, shape ``(r,)``.
    log_odds
        ln of p / (1 - p) of that, shape ``(r,)``.
    log_none
        ln of the probability that none of a zone's reflections is seen, shape ``(z,)``.
    log_count
        ln of the probability that as many are seen as were, shape ``(z,)``.
    """

    probability: Floats
    log_odds: Floats
    log_none: Floats
    log_count: Floats


def visibility(
    log_intensity: Floats,
    zone: Ints,
    counted: Bools,
    count: int,
    spurious: float,
    spread: float = INTENSITY_SPREAD,
) -> Visibility:
    """Return how probable the reflections of zones are in a pattern of so many spots.

    Parameters
    ----------
    log_intensity
        ln of calculated intensities, any scale in each zone; -inf for reflections that only
        double diffraction of unknown strength shows, shape ``(r,)``.
    zone
        Number of the zone of each reflection, ascending from 0 without gaps, shape ``(r,)``.
    counted
        One of each pair of opposite reflections, of those that were looked for; shape ``(r,)``.
    count
        Of the spots.
    spurious
        Share of the spots that are none of the zone's.
    spread
        Standard deviation of ln I of calculated intensities.
    """
    number = int(zone.max(initial=-1)) + 1
    own, zone_of = log_intensity[counted], zone[counted]
    finite = np.isfinite(own)
    low = np.full(number, own[finite].min(initial=0.0) - 10.0 * spread)
    high = np.full(number, own[finite].max(initial=0.0) + 10.0 * spread)
    for _ in range(_STEPS):
        limit = 0.5 * (low + high)
        seen = _sums((1.0 - MISSED) * _above(own, limit[zone_of], spread), zone_of, number)
        low = np.where(seen > count, limit, low)
        high = np.where(seen > count, high, limit)
    limit = 0.5 * (low + high)
    probability = (1.0 - MISSED) * _above(log_intensity, limit[zone], spread)
    least = np.where(np.isneginf(log_intensity), FORBIDDEN, WEAK)
    probability = np.maximum(probability, least) * (1.0 - spurious)
    one = probability[counted]
    variance = _sums(one * (1.0 - one), zone_of, number) + spurious * count
    return Visibility(
        probability=probability,
        log_odds=np.log(probability) - np.log1p(-probability),
        log_none=_sums(np.log1p(-one), zone_of, number),
        log_count=-0.5 * np.log(2.0 * np.pi * variance),
    )


def _above(log_intensity: Floats, limit: Floats, spread: float) -> Floats:
    from scipy.special import ndtr

    return np.asarray(ndtr((log_intensity - limit) / spread))


def _sums(values: Floats, zone: Ints, number: int) -> Floats:
    return np.asarray(np.bincount(zone, values, minlength=number), np.float64)
