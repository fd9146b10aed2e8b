"""How probable it is that just the spots of a pattern are seen, in each way to see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from navp_structures.analysis.indexing.spot_views import (
    Kind,
    View,
    edges,
    kinds,
    measured_spread,
)
from navp_structures.analysis.indexing.zone_library import ZoneLibrary
from navp_structures.analysis.indexing.zone_library import log_intensity as known_intensity
from navp_structures.kernels.lattice import Floats
from navp_structures.kernels.spot_intensity import ANY, fit_intensities
from navp_structures.kernels.spot_match import Placements, PolarSpots
from navp_structures.kernels.visibility import (
    FALL_OFF,
    FORBIDDEN,
    MISSED,
    Visibility,
)

SPURIOUS: Final = 0.10
"""Share of spots that belong to something else, in a pattern of more than three."""

SPURIOUS_OF_FEW: Final = 0.02
"""The same where two or three were chosen to be indexed."""

FEW: Final = 3

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


def by_view(
    score: Floats,
    placed: Placements,
    spots: PolarSpots,
    seen: Sequence[Visibility],
    errors: Errors,
) -> Floats:
    """Return scores with how probable it is that just these spots are seen.

    Parameters
    ----------
    score
        By positions, shape ``(h,)``.
    seen
        What each view of the errors shows.

    Returns
    -------
    For each view, with its chance, shape ``(v, h)``; -inf for views that are not tried.
    """
    found = np.full((len(seen), len(score)), -np.inf)
    some = np.flatnonzero(np.isfinite(score))
    for n, (view, one) in enumerate(zip(errors.views, seen, strict=True)):
        zone, match = placed.zone[some], placed.match[some]
        beyond = spots.log_spurious + 2.0 * np.log(errors.g_max / view.edge)
        each = np.where(match >= 0, one.log_odds[np.maximum(match, 0)], beyond).sum(axis=1)
        each += score[some] + (one.log_none - one.log_count)[zone] + np.log(view.chance)
        found[n, some] = each
        if n == 0 and len(some):
            some = some[each > each.max() - _HOPELESS]
    return found


def with_intensities(
    score: Floats,
    placed: Placements,
    spots: PolarSpots,
    log_intensity: Floats,
    library: ZoneLibrary,
    errors: Errors,
) -> Floats:
    """Return scores by positions and intensities, shape ``(h,)``.

    Parameters
    ----------
    score
        By positions, shape ``(h,)``.
    log_intensity
        ln of measured intensities, shape ``(n,)``.
    """
    number = (placed.match < 0).sum(axis=1)
    each = score + np.where(placed.match >= 0, 0.0, spots.log_spurious).sum(axis=1)
    damping = np.exp(2.0 * library.nets.log_g) / FALL_OFF**2
    shares = dict(kinds(errors.views))
    # How fast intensities fall is refined: those that do not fall are usual ones.
    shares["usual"] += shares.pop("undamped", 0.0)
    found = [
        each + evidence + number * 2.0 * np.log(errors.g_max / edge) + np.log(chance * weight)
        for kind, weight in shares.items()
        for evidence, (edge, chance) in zip(
            _intensity_evidence(placed, log_intensity, library, damping, kind, errors),
            edges(errors.views),
            strict=True,
        )
    ]
    return np.asarray(np.logaddexp.reduce(found, axis=0))


def _intensity_evidence(
    placed: Placements,
    log_intensity: Floats,
    library: ZoneLibrary,
    damping: Floats,
    kind: Kind,
    errors: Errors,
) -> list[Floats]:
    """Return ln of the density of intensities and of unseen reflections, for each edge.

    Parameters
    ----------
    damping
        By how much ln I of each reflection of the library falls, shape ``(r,)``.
    """
    from scipy.special import ndtr

    calculated = known_intensity(library, library.nets.log_g, kind)
    known, matched = np.maximum(placed.match, 0), placed.match >= 0
    compared = matched & np.isfinite(calculated[known])
    # Without atoms all intensities are taken as equal, which none need be.
    bare = np.array([not phase.has_sites for phase in library.phases])
    spread = np.where(bare[library.owner[placed.zone]], _UNKNOWN_SPREAD, measured_spread(kind))
    fits = fit_intensities(log_intensity, calculated[known], damping[known], compared, spread)
    # All reflections of each placement's zone, one placement behind the other.
    low, high = library.first[placed.zone], library.first[placed.zone + 1]
    h = np.repeat(np.arange(len(low)), high - low)
    start = np.cumsum(high - low) - (high - low)
    row = np.arange(len(h)) - np.repeat(start - low, high - low)
    expected = fits.expected(h, calculated[row], damping[row])
    # The weakest spot tells how strong one must be to be seen.
    share = (1.0 - MISSED) * (1.0 - spurious_share(len(log_intensity)))
    p = share * ndtr((expected - log_intensity.min()) / spread[h])
    none = np.where(library.counted[row], np.log1p(-p), 0.0)
    taken = np.concatenate([known, library.mate[known]], axis=1) - (low - start)[:, np.newaxis]
    none[taken[np.concatenate([matched, matched], axis=1)]] = 0.0
    log_g = library.nets.log_g[row]
    number = compared.sum(axis=1)
    each = (
        fits.log_evidence
        + number * np.log(share)
        + (matched & ~compared).sum(axis=1) * np.log(FORBIDDEN)
        - (len(log_intensity) - number) * np.log(ANY)
    )
    return [
        each + np.bincount(h, np.where(log_g <= np.log(edge), none, 0.0), len(low))
        for edge, _ in edges(errors.views)
    ]


def log_random(spots: PolarSpots, errors: Errors) -> float:
    """Return ln of the density of spots that are all anywhere."""
    count = len(spots)
    even = spots.log_spurious - np.log(spurious_share(count))
    reach = [
        np.log(chance) + 2.0 * count * np.log(errors.g_max / edge)
        for edge, chance in edges(errors.views)
    ]
    # As many as there are: a Poisson number around it. Under the other answers spots of
    # something else are expected too, and that they are not more is not counted there.
    expected = count * (1.0 - spurious_share(count))
    poisson = 0.5 * np.log(2.0 * np.pi * count) - expected
    return float(even.sum() + poisson + np.logaddexp.reduce(reach))


def log_random_intensities(count: int) -> float:
    """Return ln of the density of intensities of spots that are anywhere.

    One of them has none, whatever it is: it tells the scale, which is anything under all
    answers alike.
    """
    return -(count - 1) * float(np.log(ANY))


def log_unknown_intensities(spots: PolarSpots, log_intensity: Floats) -> float:
    """Return ln of the density of intensities on a net of which nothing is known."""
    off = log_intensity + (np.exp(spots.log_r) / FALL_OFF) ** 2
    squares = ((off - off.mean()) / _UNKNOWN_SPREAD) ** 2
    width = np.log(np.sqrt(2.0 * np.pi) * _UNKNOWN_SPREAD)
    # The common scale is integrated out.
    scale = 0.5 * np.log(2.0 * np.pi * _UNKNOWN_SPREAD**2 / len(spots))
    return float(scale - (0.5 * squares + width).sum())
