"""Two spacings of one image without an angle: pairs of planes that share a zone axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from navp_structures.analysis.indexing.spot_evidence import SPURIOUS
from navp_structures.analysis.indexing.spot_settings import DEFAULT_LONGEST_ZONE
from navp_structures.analysis.indexing.units import Spacing
from navp_structures.analysis.indexing.zone_library import (
    BEYOND,
    LEAST_REACH,
    ZoneLibrary,
    zone_library,
)
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.spot_pairs import of_one_zone
from navp_structures.model.hkl import HKL, hkl_of
from navp_structures.model.phase import Phase

# Å beyond the equally probable axes.
_FURTHER: Final = 2.0 * BEYOND

# Standard deviations of a length.
_REACH: Final = 3.0

# Spots of a pattern in which both would be seen.
_SPOTS: Final = 12

# Pairs that are told.
_MOST: Final = 12
_LEAST: Final = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedZone:
    """Two reflections of one zone axis that two spacings may be.

    Parameters
    ----------
    probability
        Among all such pairs of the phases that were tried.
    angle
        Between the planes (degrees): what to measure.
    zone_axis, axis_length
        [uvw], and its shortest translation (Å).
    rms_sigma
        Of the two deviations with a common scale refined.
    """

    phase: str
    hkl_1: HKL
    hkl_2: HKL
    probability: float
    angle: float
    zone_axis: HKL
    axis_length: float
    rms_sigma: float


def shared_zones(
    phases: Sequence[Phase], observed: Sequence[Spacing], scale_sigma: float
) -> tuple[SharedZone, ...]:
    """Return pairs of reflections for two spacings, the most probable first.

    Each counts its fit, how probable both are to be seen in a pattern of a dozen spots, and
    the zone axis: images are taken along short ones, each 15 Å more count e times less. That
    stronger reflections of the zone were not measured counts nothing: two were chosen.

    Parameters
    ----------
    scale_sigma
        Relative sigma of the common scale.
    """
    log_r = -np.log([spacing.d for spacing in observed])
    reach = max(LEAST_REACH, math.ceil(1.1 * float(np.exp(log_r.max())) * 20.0) / 20.0)
    library = zone_library(phases, DEFAULT_LONGEST_ZONE, reach, beyond=_FURTHER)
    sigma = np.array([spacing.sigma for spacing in observed])
    first, second = _pairs(library, log_r, np.hypot(sigma, scale_sigma))
    if not len(first):
        return ()
    seen = np.log(library.visibility(_SPOTS, SPURIOUS).probability)
    zone = library.zone[first]
    off = log_r - library.nets.log_g[np.stack([first, second], axis=1)]
    squares, log_fit = _fit(off, sigma, scale_sigma)
    score = log_fit + seen[first] + seen[second] - library.length[zone] / BEYOND
    weight = np.exp(score - score.max())
    return _told(library, first, second, squares, weight / weight.sum())


def _pairs(library: ZoneLibrary, log_r: Floats, width: Floats) -> tuple[Ints, Ints]:
    """Return all pairs of reflections of one zone that have the two lengths."""
    near = [
        np.flatnonzero((np.abs(library.nets.log_g - r) <= _REACH * w) & ~library.extinct)
        for r, w in zip(log_r, width, strict=True)
    ]
    # Opposite reflections are one: the first stands for its pair, the second for its acute one.
    firsts = near[0][library.counted[near[0]]]
    first, second = of_one_zone(library.zone, firsts, near[1])
    cosine = np.cos(library.nets.angle[second] - library.nets.angle[first])
    kept = (np.abs(cosine) < 1.0 - 1e-6) & (
        (cosine > 1e-9) | ((np.abs(cosine) <= 1e-9) & library.counted[second])
    )
    return first[kept], second[kept]


def _fit(off: Floats, sigma: Floats, scale_sigma: float) -> tuple[Floats, Floats]:
    """Return squared residuals with the scale refined, and ln of the density of both."""
    weight = sigma**-2
    prior = np.inf if scale_sigma == 0.0 else scale_sigma**-2
    total = weight.sum() + prior
    mean = 0.0 * off[:, 0] if np.isinf(prior) else (off * weight).sum(axis=1) / total
    left = off - mean[:, np.newaxis]
    squares = (left**2 * weight).sum(axis=1)
    own = 0.0 if np.isinf(prior) else mean**2 * prior
    return squares, -0.5 * (squares + own)


def _told(
    library: ZoneLibrary, first: Ints, second: Ints, squares: Floats, share: Floats
) -> tuple[SharedZone, ...]:
    """Return the most probable pairs, those that symmetry makes equal together."""
    zone = library.zone[first]
    bend = np.degrees(np.arccos(np.cos(library.nets.angle[second] - library.nets.angle[first])))
    found = []
    for places in _alike(library, first, second, bend, share):
        n = max(places, key=lambda place: _rank(library, int(first[place])))
        found.append(
            SharedZone(
                phase=library.phases[library.owner[zone[n]]].id,
                hkl_1=hkl_of(library.hkl[first[n]]),
                hkl_2=hkl_of(library.hkl[second[n]]),
                probability=float(share[places].sum()),
                angle=float(bend[n]),
                zone_axis=hkl_of(library.uvw[zone[n]]),
                axis_length=float(library.length[zone[n]]),
                rms_sigma=math.sqrt(float(squares[n]) / 2.0),
            )
        )
    found.sort(key=lambda row: -row.probability)
    return tuple(row for row in found[:_MOST] if row.probability >= _LEAST)


def _alike(
    library: ZoneLibrary, first: Ints, second: Ints, bend: Floats, share: Floats
) -> list[list[int]]:
    """Return the places of pairs of one zone with equal lengths and angle, if they are likely.

    Both the sets and the places in each come in the order of their probabilities.
    """
    zone = library.zone[first]
    # With room for rounding: who asks adds up once more. No set is likelier than its zone.
    least = 0.999 * _LEAST
    near = np.flatnonzero((np.bincount(zone, share) >= least)[zone])
    order = near[np.argsort(-share[near], kind="stable")]
    if not len(order):
        return []
    lengths = library.nets.log_g[np.stack([first[order], second[order]])]
    sizes = np.rint(np.vstack([1e9 * lengths, 1e6 * bend[order]])).astype(np.int64)
    keys = np.vstack([zone[order], sizes])
    # Equal ones side by side, each set in the order of before.
    by = np.lexsort(keys)
    new = np.any(np.diff(keys[:, by], axis=1), axis=0)
    bounds = np.concatenate([[0], np.flatnonzero(new) + 1, [len(by)]])
    starts = bounds[:-1]
    likely = np.flatnonzero(np.add.reduceat(share[order[by]], starts) >= least)
    likely = likely[np.argsort(by[starts[likely]])]
    return [order[by[bounds[n] : bounds[n + 1]]].tolist() for n in likely.tolist()]


def _rank(library: ZoneLibrary, row: int) -> tuple[int, HKL]:
    hkl = hkl_of(library.hkl[row])
    return -sum(index < 0 for index in hkl), hkl
