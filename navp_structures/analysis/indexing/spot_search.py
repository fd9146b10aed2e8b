"""The posterior of phases, zones and assignments for the spots of one pattern."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from navp_structures.analysis.indexing.spot_views import View, edges
from navp_structures.analysis.indexing.zone_library import ZoneLibrary
from navp_structures.kernels import unknown_lattice
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.spot_intensity import ANY, fit_intensities
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
from navp_structures.kernels.visibility import (
    FALL_OFF,
    FORBIDDEN,
    INTENSITY_SPREAD,
    MISSED,
    Visibility,
)

PRIOR_RANDOM: Final = 0.01
"""That the spots are no net at all."""

PRIOR_LATTICE: Final = 0.05
"""That they are the net of a lattice which is none of the phases."""

SPURIOUS: Final = 0.10
"""Share of spots that belong to something else, in a pattern of more than three."""

SPURIOUS_OF_FEW: Final = 0.02
"""The same where two or three were chosen to be indexed."""

FEW: Final = 3

# ln of a density of spurious spots that no reflection within four sigma falls behind.
_NEVER: Final = -16.0

# Pairs of spots that are tried.
_PAIRS: Final = 8

# Intensities weigh the best placements by positions.
_WEIGHED: Final = 80

# ln of the odds against a placement from which other views are not tried.
_HOPELESS: Final = 30.0

# Of ln I on a net of which nothing is known.
_UNKNOWN_SPREAD: Final = 0.9 * np.log(10.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Errors:
    """Standard deviations that all spots share.

    Parameters
    ----------
    scale, distortion
        Relative: of a common factor, and of the strain of an elliptic distortion.
    g_max
        Å⁻¹, to which reflections are listed.
    views
        The ways in which the pattern may have been seen.
    """

    scale: float
    distortion: float
    g_max: float
    views: tuple[View, ...]


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


def spurious_share(count: int) -> float:
    """Return the share of spots that are expected to be something else's."""
    return SPURIOUS if count > FEW else SPURIOUS_OF_FEW


def log_spurious(log_r: Floats, g_max: float) -> Floats:
    """Return ln of the density of spots anywhere, for each unit of ln r and radian.

    Half a disc of the radius g_max is filled evenly: opposite spots are one.
    """
    count = len(log_r)
    even = 2.0 * np.exp(2.0 * log_r) / (np.pi * g_max**2)
    return np.asarray(np.log(spurious_share(count) * count * even))


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
    seen = tuple(
        library.visibility(count, spurious, edge=view.edge, fall=view.fall)
        for view in errors.views
    )
    placed = _placements(spots, library, errors, seen[0].log_odds)
    spread = library.total_spread(errors.scale, errors.distortion)[placed.zone]
    fits = fit(placed, spots, library.nets, spread)
    score = fits.log_evidence + library.log_prior[placed.zone]
    # With one spot, or none, any net fits.
    score[(placed.match >= 0).sum(axis=1) < 2] = -np.inf
    by_view = view_scores(score, placed, spots, seen, errors)
    if log_intensity is None:
        score = by_view
    else:
        best = np.argsort(-by_view)[:_WEIGHED]
        weighed = _with_intensities(
            score[best], placed.take(best), spots, log_intensity, library, errors
        )
        score = np.full(len(score), -np.inf)
        score[best] = weighed
    random = _log_random(spots, spurious, errors)
    lattice = unknown_lattice.log_evidence(spots, errors.g_max, spurious, edges(errors.views))
    if log_intensity is not None:
        random -= count * np.log(ANY)
        lattice += _log_unknown_intensities(spots, log_intensity)
    share = (1.0 - PRIOR_LATTICE - PRIOR_RANDOM) / max(len(library.phases), 1)
    score = score + np.log(share)
    return _normalised(
        placed,
        fits,
        score,
        library,
        random + np.log(PRIOR_RANDOM),
        lattice + np.log(PRIOR_LATTICE),
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
        table = library.pairs(
            len(spots),
            _rounded(float(wide.sigma.max())),
            _rounded(float(wide.sigma_angle.max())),
            _rounded(max(errors.scale, 1e-6)),
        )
        first = table.placements(wide, nets, _PAIRS)
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
    return without_doubles(settled.take(_distinct(settled)), wide, nets, library.mate)


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


def _log_random(spots: PolarSpots, spurious: float, errors: Errors) -> float:
    """Return ln of the density of spots that are all anywhere."""
    count = len(spots)
    even = spots.log_spurious - np.log(spurious)
    reach = [
        np.log(chance) + 2.0 * count * np.log(errors.g_max / edge)
        for edge, chance in edges(errors.views)
    ]
    # As many as there are: a Poisson number around it.
    poisson = 0.5 * np.log(2.0 * np.pi * count) - count
    return float(even.sum() + poisson + np.logaddexp.reduce(reach))


def view_scores(
    score: Floats,
    placed: Placements,
    spots: PolarSpots,
    seen: Sequence[Visibility],
    errors: Errors,
) -> Floats:
    """Return scores by positions with how probable it is that just these spots are seen."""
    found = np.full(len(score), -np.inf)
    some = np.flatnonzero(np.isfinite(score))
    for n, (view, one) in enumerate(zip(errors.views, seen, strict=True)):
        zone, match = placed.zone[some], placed.match[some]
        beyond = spots.log_spurious + 2.0 * np.log(errors.g_max / view.edge)
        each = np.where(match >= 0, one.log_odds[np.maximum(match, 0)], beyond).sum(axis=1)
        each += score[some] + (one.log_none - one.log_count)[zone] + np.log(view.chance)
        found[some] = np.logaddexp(found[some], each)
        if n == 0 and len(some):
            some = some[each > each.max() - _HOPELESS]
    return found


def _log_unknown_intensities(spots: PolarSpots, log_intensity: Floats) -> float:
    off = log_intensity + (np.exp(spots.log_r) / FALL_OFF) ** 2
    return _log_normal(off - off.mean(), _UNKNOWN_SPREAD) + 0.5 * float(
        np.log(2.0 * np.pi * _UNKNOWN_SPREAD**2 / len(spots))
    )


def _log_normal(off: Floats, spread: float) -> float:
    each = -0.5 * (off / spread) ** 2 - np.log(np.sqrt(2.0 * np.pi) * spread)
    return float(each.sum())


def _with_intensities(
    score: Floats,
    placed: Placements,
    spots: PolarSpots,
    log_intensity: Floats,
    library: ZoneLibrary,
    errors: Errors,
) -> Floats:
    """Return scores by positions and intensities of some placements."""
    from scipy.special import ndtr

    count = len(spots)
    share = (1.0 - MISSED) * (1.0 - spurious_share(count))
    known = np.maximum(placed.match, 0)
    matched = placed.match >= 0
    extinct = matched & library.extinct[known]
    square = np.exp(2.0 * library.nets.log_g) / FALL_OFF**2
    fits = fit_intensities(
        log_intensity, library.log_intensity[known], square[known], matched & ~extinct
    )
    low, high = library.first[placed.zone], library.first[placed.zone + 1]
    h = np.repeat(np.arange(len(score)), high - low)
    start = np.cumsum(high - low) - (high - low)
    row = np.arange(len(h)) - np.repeat(start - low, high - low)
    expected = fits.expected(h, library.log_intensity[row], square[row])
    p = share * ndtr((expected - log_intensity.min()) / INTENSITY_SPREAD)
    none = np.where(library.counted[row], np.log1p(-p), 0.0)
    taken = np.concatenate([known, library.mate[known]], axis=1) - (low - start)[:, np.newaxis]
    none[taken[np.concatenate([matched, matched], axis=1)]] = 0.0
    log_g = library.nets.log_g[row]
    each = (
        score
        + fits.log_evidence
        + fits.compared * np.log(share)
        + extinct.sum(axis=1) * np.log(FORBIDDEN)
        - (count - fits.compared) * np.log(ANY)
        + np.where(matched, 0.0, spots.log_spurious).sum(axis=1)
    )
    number = (~matched).sum(axis=1)
    by_edge = []
    for edge, chance in edges(errors.views):
        unseen = np.bincount(h, np.where(log_g <= np.log(edge), none, 0.0), len(score))
        closer = 2.0 * np.log(errors.g_max / edge)
        by_edge.append(each + unseen + number * closer + np.log(chance))
    return np.asarray(np.logaddexp.reduce(by_edge, axis=0))


def _normalised(
    placed: Placements,
    fits: Fits,
    score: Floats,
    library: ZoneLibrary,
    random: float,
    lattice: float,
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
    )
