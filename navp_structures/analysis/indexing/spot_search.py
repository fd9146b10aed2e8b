"""The posterior of phases, zones and assignments for the spots of one pattern."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from navp_structures.analysis.indexing.spot_evidence import (
    FEW,
    Errors,
    by_view,
    log_random,
    log_random_intensities,
    log_unknown_intensities,
    spurious_share,
    with_intensities,
)
from navp_structures.analysis.indexing.spot_views import View, edges
from navp_structures.analysis.indexing.zone_library import ZoneLibrary
from navp_structures.kernels import unknown_lattice
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.spot_match import (
    Fits,
    Placements,
    PolarSpots,
    fit,
    joined,
    settle,
    without_doubles,
)
from navp_structures.kernels.spot_pairs import all_placements

PRIOR_RANDOM: Final = 0.01
"""That the spots are no net at all."""

PRIOR_LATTICE: Final = 0.1
"""That they are the net of a lattice which is none of the phases."""

# ln of a density of spurious spots that no reflection within four sigma falls behind.
_NEVER: Final = -16.0

# Pairs of spots that are tried.
_PAIRS: Final = 8

# If these leave all phases with less than this share of the spots, so many, each spot so often.
_ENOUGH: Final = 0.65
_MORE_PAIRS: Final = 32
_MORE_OFTEN: Final = 6

# Standard deviations by which a spot may be too near.
_MARGIN: Final = 3.0

# Intensities weigh the best placements by positions.
_WEIGHED: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Posterior:
    """What spots say.

    Parameters
    ----------
    placed, fits
        Distinct placements and their fits.
    weight, log_weight
        Posterior probability of each and its logarithm, shape ``(h,)``.
    zones, phases
        Posterior of each zone and phase of the library.
    random, lattice
        Posterior of no net, and of an unknown one.
    log_nulls
        ln of these two, also where they are too small for a number.
    views
        The ways in which the pattern may have been seen, with their posterior chances.
    """

    placed: Placements
    fits: Fits
    weight: Floats
    log_weight: Floats
    zones: Floats
    phases: Floats
    random: float
    lattice: float
    log_nulls: tuple[float, float]
    views: tuple[View, ...]


def search(
    spots: PolarSpots, log_intensity: Floats | None, library: ZoneLibrary, errors: Errors
) -> Posterior:
    """Return the posterior of phases and zones.

    Parameters
    ----------
    log_intensity
        ln of measured intensities, shape ``(n,)``; None where unknown.
    """
    count = len(spots)
    spurious = spurious_share(count)
    seen = tuple(library.visibility(count, spurious, view) for view in errors.views)
    placed = _placements(spots, library, errors, seen[0].log_odds)
    spread = library.total_spread(errors.scale, errors.distortion)[placed.zone]
    fits = fit(placed, spots, library.nets, spread)
    score = fits.log_evidence + library.log_prior[placed.zone]
    # With one spot, or none, any net fits.
    score[(placed.match >= 0).sum(axis=1) < 2] = -np.inf
    each = by_view(score, placed, spots, seen, errors)
    total = np.logaddexp.reduce(each, axis=0)
    random = log_random(spots, errors)
    lattice = unknown_lattice.log_evidence(spots, errors.g_max, spurious, edges(errors.views))
    if log_intensity is not None:
        best = np.argsort(-total)[:_WEIGHED]
        total = np.full(len(score), -np.inf)
        total[best] = with_intensities(
            score[best], placed.take(best), spots, log_intensity, library, errors
        )
        random += log_random_intensities(count)
        lattice += log_unknown_intensities(spots, log_intensity)
    share = (1.0 - PRIOR_LATTICE - PRIOR_RANDOM) / max(len(library.phases), 1)
    return _normalised(
        placed,
        fits,
        total + np.log(share),
        library,
        random + np.log(PRIOR_RANDOM),
        lattice + np.log(PRIOR_LATTICE),
        _likely(each, total, errors.views),
    )


def _likely(each: Floats, total: Floats, views: Sequence[View]) -> tuple[View, ...]:
    """Return views with the chances that the spots leave them.

    Parameters
    ----------
    each
        Scores by positions in each view, shape ``(v, h)``.
    total
        Scores of placements, shape ``(h,)``.
    """
    found = np.isfinite(total)
    if not found.any():
        return tuple(views)
    each, total = each[:, found], total[found]
    score = total + each - np.logaddexp.reduce(each, axis=0)
    weight = np.exp(score - score.max()).sum(axis=1)
    return tuple(
        replace(view, chance=float(share))
        for view, share in zip(views, weight / weight.sum(), strict=True)
    )


def _placements(
    spots: PolarSpots, library: ZoneLibrary, errors: Errors, odds: Floats
) -> Placements:
    """Return distinct placements, settled."""
    strain = np.hypot(library.largest_strain, errors.distortion)
    # What cells and camera distort widens the search; the fit then takes it apart.
    wide = replace(
        spots,
        sigma=np.hypot(spots.sigma, strain),
        sigma_angle=np.hypot(spots.sigma_angle, strain),
    )
    nets = library.nets
    if len(spots) > FEW:
        sigma = float(wide.sigma.max())
        table = library.pairs(
            len(spots),
            float(np.exp(wide.log_r.max() + _MARGIN * np.hypot(sigma, errors.scale))),
            _rounded(sigma),
            _rounded(float(wide.sigma_angle.max())),
            _rounded(max(errors.scale, 1e-6)),
        )
        first = table.placements(wide, nets, _PAIRS)
        settled = settle(first, wide, nets, odds, errors.scale)
        matched = (settled.match >= 0).sum(axis=1).max(initial=0)
        if matched < _ENOUGH * len(spots):
            # Where short spots are something else's, none of the first pairs is right.
            first = table.placements(wide, nets, _MORE_PAIRS, often=_MORE_OFTEN)
            settled = settle(first, wide, nets, odds, errors.scale)
    else:
        first = all_placements(wide, nets, library.zone, library.counted, errors.scale)
        # Each spot was chosen to be indexed: also as a reflection that is hardly ever seen.
        sure = replace(wide, log_spurious=np.full(len(spots), _NEVER))
        settled = joined(
            settle(first, wide, nets, odds, errors.scale),
            settle(first, sure, nets, odds, errors.scale),
        )
    settled = _one_reading(settled, library)
    settled = without_doubles(settled.take(_distinct(settled)), wide, nets, library.mate)
    # Without its doubles a placement may be one that was found already, also turned by half.
    settled = _one_reading(settled, library)
    return settled.take(_distinct(settled))


def _rounded(value: float) -> float:
    """Return a number rounded up to two digits, so that like patterns share a table."""
    step = 10.0 ** (np.floor(np.log10(value)) - 1.0)
    return float(np.ceil(value / step - 1e-9) * step)


def _one_reading(placed: Placements, library: ZoneLibrary) -> Placements:
    """Return placements turned by half where their first matched reflection stands for another.

    A net and the net turned by half are one: without this, a placement would be counted as
    often as pairs of spots happened to lead to both.
    """
    if not placed.match.shape[1]:
        return placed
    rows = np.arange(len(placed.zone))
    first = placed.match[rows, (placed.match >= 0).argmax(axis=1)]
    turned = (first >= 0) & ~library.counted[np.maximum(first, 0)]
    known = placed.match >= 0
    opposite = np.where(known, library.mate[np.maximum(placed.match, 0)], -1)
    return replace(
        placed,
        turn=np.where(turned, placed.turn + np.pi, placed.turn),
        match=np.where(turned[:, np.newaxis], opposite, placed.match),
    )


def _distinct(placed: Placements) -> Ints:
    """Return the first of each set of placements that match the same reflections."""
    if not len(placed.zone):
        return np.zeros(0, dtype=np.int64)
    keys = np.column_stack([placed.zone, placed.mirror.astype(np.int64), placed.match])
    order = np.lexsort(keys.T)
    ordered = keys[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    return np.asarray(order[new])


def _normalised(
    placed: Placements,
    fits: Fits,
    score: Floats,
    library: ZoneLibrary,
    random: float,
    lattice: float,
    views: tuple[View, ...],
) -> Posterior:
    highest = max(float(score.max(initial=-np.inf)), random, lattice)
    weight = np.exp(score - highest)
    nulls = np.exp(random - highest), np.exp(lattice - highest)
    total = weight.sum() + sum(nulls)
    log_total = highest + float(np.log(total))
    zones = np.bincount(placed.zone, weight, minlength=len(library.uvw)) / total
    return Posterior(
        placed=placed,
        fits=fits,
        weight=weight / total,
        log_weight=score - log_total,
        zones=zones,
        phases=np.asarray(np.bincount(library.owner, zones, len(library.phases)), np.float64),
        random=float(nulls[0] / total),
        lattice=float(nulls[1] / total),
        log_nulls=(random - log_total, lattice - log_total),
        views=views,
    )
