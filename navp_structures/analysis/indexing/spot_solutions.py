"""Solutions of a pattern, from the posterior of its placements."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np

from navp_structures.analysis.indexing.spot_evidence import spurious_share
from navp_structures.analysis.indexing.spot_input import MeasuredSpots
from navp_structures.analysis.indexing.spot_result import (
    LATTICE,
    RANDOM,
    MissingReflection,
    SpotAssignment,
    SpotPlacement,
    SpotSolution,
)
from navp_structures.analysis.indexing.spot_search import Posterior
from navp_structures.analysis.indexing.spot_views import View
from navp_structures.analysis.indexing.zone_library import ZoneLibrary, seen_in
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.visibility import Visibility
from navp_structures.model.hkl import HKL, hkl_of
from navp_structures.model.phase import Phase

Hkls: TypeAlias = tuple[HKL | None, ...]
"""Of each spot; None where it is none of the zone's."""

# Solutions that are told: at most so many, none below the posterior.
_MOST: Final = 20
_LEAST: Final = 1e-4

# Phases whose posteriors differ by less than this factor are not separated.
_SEPARATED: Final = 20.0

# Share of one hand from which it is known.
_HAND: Final = 0.95

# A reflection more probable than this, and not there, is missing.
_EXPECTED: Final = 0.5


def posteriors(posterior: Posterior, phases: Sequence[Phase]) -> dict[str, float]:
    """Return the probability of each answer, the largest first."""
    shares = {p.id: float(share) for p, share in zip(phases, posterior.phases, strict=True)}
    shares |= {RANDOM: posterior.random, LATTICE: posterior.lattice}
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def classes(posterior: Posterior, library: ZoneLibrary) -> Iterator[tuple[str, ...]]:
    """Yield the phases that none of the data tells from the leading one.

    A cell without sites has no intensities to be told by: it is not separated from a leader
    whose positions fit no better.
    """
    shares = posterior.phases
    # Where none of them is the answer there is nothing to be told apart.
    if shares.max(initial=0.0) <= max(posterior.random, posterior.lattice):
        return
    leader = int(shares.argmax())
    limit = shares[leader] / _SEPARATED
    matched, evidence = _positions(posterior, library)
    close = []
    for n, phase in enumerate(library.phases):
        unknown = not phase.has_sites or not library.phases[leader].has_sites
        as_good = matched[n] >= matched[leader] and (
            evidence[n] > evidence[leader] - np.log(_SEPARATED)
        )
        if shares[n] > limit or (unknown and as_good):
            close.append(phase.id)
    if len(close) > 1:
        yield tuple(close)


def _positions(posterior: Posterior, library: ZoneLibrary) -> tuple[list[int], list[float]]:
    """Return how many spots the best placement of each phase has, and how well they fit."""
    owner = library.owner[posterior.placed.zone]
    count = (posterior.placed.match >= 0).sum(axis=1)
    matched, evidence = [], []
    for n in range(len(library.phases)):
        own = np.flatnonzero(owner == n)
        most = int(count[own].max(initial=0))
        best = own[count[own] == most]
        matched.append(most)
        evidence.append(float(posterior.fits.log_evidence[best].max(initial=-np.inf)))
    return matched, evidence


def solutions(
    posterior: Posterior,
    spots: MeasuredSpots,
    library: ZoneLibrary,
    g_max: float,
) -> Iterator[SpotSolution]:
    """Yield one solution for each zone with the best of its placements, best zone first.

    Parameters
    ----------
    g_max
        Å⁻¹, to which the library lists reflections.
    """
    seen = _seen(posterior, library, len(spots.log_r))
    for rank, (h, hkls) in enumerate(readings(posterior, spots, library), 1):
        laid = _placement(h, hkls, posterior, spots, library, g_max)
        yield _solution(rank, h, hkls, laid, posterior, spots, library, seen)


def readings(
    posterior: Posterior, spots: MeasuredSpots, library: ZoneLibrary
) -> Iterator[tuple[int, Hkls]]:
    """Yield the best placement of each zone, best zone first, and how it reads the spots."""
    for zone in _ordered(posterior):
        yield _reading(int(zone), posterior, spots, library)


def _ordered(posterior: Posterior) -> Ints:
    """Return the zones that any placement is of, the most probable first."""
    found = np.unique(posterior.placed.zone[posterior.weight > 0.0])
    return np.asarray(found[np.argsort(-posterior.zones[found], kind="stable")])


def _reading(
    zone: int, posterior: Posterior, spots: MeasuredSpots, library: ZoneLibrary
) -> tuple[int, Hkls]:
    own = np.flatnonzero(posterior.placed.zone == zone)
    weight = posterior.weight[own]
    equal = own[weight >= weight.max() * (1.0 - 1e-6)]
    each = [_hkls(posterior, spots, library, int(h)) for h in equal]
    pick = max(range(len(equal)), key=lambda n: _preference(each[n]))
    return int(equal[pick]), each[pick]


def _hkls(posterior: Posterior, spots: MeasuredSpots, library: ZoneLibrary, h: int) -> Hkls:
    """Return the reflection of each given spot, in the one of two opposite readings."""
    match = posterior.placed.match[h][spots.group]
    signs = spots.sign
    first = next((n for n in range(len(match)) if match[n] >= 0), None)
    if first is not None:
        one = library.hkl[match[first]] * signs[first]
        if _rank(hkl_of(-one)) > _rank(hkl_of(one)):
            signs = -signs
    return tuple(
        None if m < 0 else hkl_of(library.hkl[m] * sign)
        for m, sign in zip(match, signs, strict=True)
    )


def _rank(hkl: HKL) -> tuple[int, HKL]:
    return -sum(index < 0 for index in hkl), hkl


def _preference(hkls: Hkls) -> list[tuple[int, HKL]]:
    return [_rank(hkl) for hkl in hkls if hkl is not None]


def fitted(h: int, posterior: Posterior, library: ZoneLibrary) -> dict[str, Any]:
    """Return the fields of a solution that its spots do not matter for."""
    placed, fits = posterior.placed, posterior.fits
    zone = int(placed.zone[h])
    matched = int((placed.match[h] >= 0).sum())
    scale = math.exp(-float(fits.scale[h]))
    return {
        "phase": library.phases[library.owner[zone]].id,
        "posterior": float(posterior.zones[zone]),
        "zone_axis": hkl_of(library.uvw[zone] * int(placed.mirror[h])),
        "scale": scale,
        "scale_su": scale * float(fits.scale_su[h]),
        "rms_sigma": math.sqrt(float(fits.squares[h]) / max(2 * matched, 1)),
    }


def _placement(
    h: int,
    hkls: Hkls,
    posterior: Posterior,
    spots: MeasuredSpots,
    library: ZoneLibrary,
    g_max: float,
) -> SpotPlacement:
    placed, fits = posterior.placed, posterior.fits
    turn = float(fits.turn[h])
    first = next((n for n, hkl in enumerate(hkls) if hkl is not None), None)
    if first is not None:
        row = placed.match[h][spots.group[first]]
        # The other one of two opposite readings is the same net, turned by half a turn.
        if hkls[first] != hkl_of(library.hkl[row] * spots.sign[first]):
            turn += math.pi
    c, d = fits.strain[h].tolist()
    return SpotPlacement(
        listed_axis=hkl_of(library.uvw[placed.zone[h]]),
        g_max=g_max,
        turn=math.degrees(turn) % 360.0,
        mirror=int(placed.mirror[h]),
        stretch=float(fits.scale[h]),
        strain=(c, d),
    )


def _solution(
    rank: int,
    h: int,
    hkls: Hkls,
    laid: SpotPlacement,
    posterior: Posterior,
    spots: MeasuredSpots,
    library: ZoneLibrary,
    seen: _Seen,
) -> SpotSolution:
    zone, match = int(posterior.placed.zone[h]), posterior.placed.match[h]
    return SpotSolution(
        rank=rank,
        hkls=hkls,
        unmatched=sum(hkl is None for hkl in hkls),
        axis_length=float(library.length[zone]),
        assignments=tuple(_assignments(h, hkls, posterior, spots, library, seen.anywhere)),
        missing=tuple(_missing(zone, match, library, seen.looked_for)),
        is_hand_known=_is_hand_known(h, posterior, library),
        **fitted(h, posterior, library),
        placement=laid,
    )


def _is_hand_known(h: int, posterior: Posterior, library: ZoneLibrary) -> bool:
    """Whether an axis is told from its opposite, or symmetry makes both one."""
    placed = posterior.placed
    zone = int(placed.zone[h])
    own = placed.zone == zone
    weight = posterior.weight[own]
    same = placed.mirror[own] == placed.mirror[h]
    if weight[same].sum() > _HAND * weight.sum():
        return True
    uvw = library.uvw[zone]
    rotations = library.phases[library.owner[zone]].space_group.laue_rotations
    proper = rotations[np.linalg.det(rotations) > 0.0]
    return bool((proper @ uvw == -uvw).all(axis=1).any())


def _assignments(
    h: int,
    hkls: Hkls,
    posterior: Posterior,
    spots: MeasuredSpots,
    library: ZoneLibrary,
    seen: np.ndarray,
) -> Iterator[SpotAssignment]:
    match = posterior.placed.match[h]
    for n, (hkl, group) in enumerate(zip(hkls, spots.group.tolist(), strict=True)):
        d_obs = 1.0 / float(np.hypot(*spots.g[n]))
        row = int(match[group])
        if hkl is None:
            yield SpotAssignment(
                spot=n, hkl=None, d_obs=d_obs, d_calc=None, deviation_percent=None,
                deviation_sigma=None, angle_sigma=None, probability=None, reason=None,
            )  # fmt: skip
            continue
        d_calc = math.exp(-float(library.nets.log_g[row]))
        yield SpotAssignment(
            spot=n,
            hkl=hkl,
            d_obs=d_obs,
            d_calc=d_calc,
            deviation_percent=100.0 * (d_obs / d_calc - 1.0),
            # Longer in reciprocal space is shorter in d.
            deviation_sigma=-float(posterior.fits.stretch[h, group]),
            angle_sigma=float(posterior.fits.bend[h, group]),
            probability=float(seen[row]),
            reason=_reason(library, row),
        )


def _reason(library: ZoneLibrary, row: int) -> str:
    if library.extinct[row]:
        return "double_diffraction"
    return "superlattice" if library.superlattice[row] else "allowed"


def _missing(
    zone: int, match: np.ndarray, library: ZoneLibrary, seen: np.ndarray
) -> Iterator[MissingReflection]:
    rows = np.arange(library.first[zone], library.first[zone + 1])
    known = match[match >= 0]
    taken = np.isin(rows, np.concatenate([known, library.mate[known]]))
    rows = rows[library.counted[rows] & ~taken & (seen[rows] > _EXPECTED)]
    for row in rows[np.argsort(-seen[rows], kind="stable")].tolist():
        hkl = max((hkl_of(library.hkl[r]) for r in (row, library.mate[row])), key=_rank)
        d = math.exp(-float(library.nets.log_g[row]))
        yield MissingReflection(hkl=hkl, d=d, probability=float(seen[row]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Seen:
    """How probable each reflection is to be seen, shape ``(r,)``.

    Parameters
    ----------
    looked_for
        0 beyond the edge to which spots were looked for.
    anywhere
        As if they had been looked for everywhere: a spot may be a reflection from beyond.
    """

    looked_for: Floats
    anywhere: Floats


def _seen(posterior: Posterior, library: ZoneLibrary, count: int) -> _Seen:
    """Return how probable each reflection is to be seen."""

    def look(view: View) -> Visibility:
        return library.visibility(count, spurious_share(count), view)

    looked_for, anywhere = (
        seen_in(posterior.views, library.nets.log_g, look, beyond=beyond)
        for beyond in (False, True)
    )
    return _Seen(looked_for=looked_for, anywhere=anywhere)


def told(found: Iterator[SpotSolution]) -> Iterator[SpotSolution]:
    """Yield the solutions that are worth telling; no others are made."""
    for row in found:
        if row.rank > _MOST or (row.rank > 1 and row.posterior < _LEAST):
            return
        yield row


def best_fit(
    posterior: Posterior,
    spots: MeasuredSpots,
    library: ZoneLibrary,
    g_max: float,
) -> SpotSolution | None:
    """Return the solution with all spots and the smallest residuals, of each zone's best."""
    placed = posterior.placed
    order = np.lexsort((-posterior.weight, placed.zone))
    order = order[posterior.weight[order] > 0.0]
    first = order[np.flatnonzero(np.diff(placed.zone[order], prepend=-1))]
    complete = first[(placed.match[first] >= 0).all(axis=1)]
    if not len(complete):
        return None
    zone = int(placed.zone[complete[posterior.fits.squares[complete].argmin()]])
    rank = 1 + _ordered(posterior).tolist().index(zone)
    h, hkls = _reading(zone, posterior, spots, library)
    seen = _seen(posterior, library, len(spots.log_r))
    laid = _placement(h, hkls, posterior, spots, library, g_max)
    return _solution(rank, h, hkls, laid, posterior, spots, library, seen)
