"""Sentences that belong under the solutions of a pattern."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from navp_structures.analysis.calibration_result import standard_notes
from navp_structures.analysis.indexing.spot_search import PRIOR_LATTICE, PRIOR_RANDOM
from navp_structures.analysis.indexing.spot_views import (
    SPREADS,
    edges,
    kinds,
    measured_spread,
)
from navp_structures.analysis.indexing.zone_library import BEYOND
from navp_structures.model.hkl import format_hkl, format_uvw

if TYPE_CHECKING:
    from navp_structures.analysis.indexing.spot_result import SpotIndexing, SpotSolution

# A posterior that needs no further question.
SURE: Final = 0.95

_NULLS: Final = {
    "none.random": "that these spots are together by chance",
    "none.lattice": "a lattice that is none of these phases",
}

# Strong reflections that are told to be missing.
_TOLD: Final = 3

# A reflection that is seen less often than this is weak.
_WEAK: Final = 0.15


def spot_notes(result: SpotIndexing) -> tuple[str, ...]:
    """Return what was found, what cannot be decided, and what was assumed."""
    return (
        *_found(result),
        *_missing(result),
        *_assumed(result),
        *standard_notes(result.inputs),
        *result.provisos,
    )


def _found(result: SpotIndexing) -> Iterator[str]:
    told = ", ".join(f"{name} {share:.3f}" for name, share in result.posteriors.items())
    yield f"posteriors: {told}"
    best = result.best
    if best in _NULLS:
        yield f"most probable is {_NULLS[best]}: these spots are not indexed"
        if best == "none.lattice" and result.asked["listed_zones"] is not None:
            yield (
                f"a zone axis longer than {result.asked['listed_zones']:g} Å may show such a "
                "net too; a larger longest_zone tries it"
            )
    elif result.posteriors[best] < SURE:
        yield f"{best} leads, but is not sure: below {SURE:g} other answers remain"
    if result.rows and not result.rows[0].is_hand_known:
        axis = format_uvw(result.rows[0].zone_axis)
        yield f"whether {axis} or its opposite points to the viewer is not told by these spots"
    if any(row.flags for row in result.rows):
        yield (
            "flags: s, a superlattice reflection; d, one that only double diffraction shows; "
            "numbers are those of the spots"
        )
    for group in result.classes:
        yield f"not separable with these data: {', '.join(group)}"
    bare = [phase.id for phase in result.of if not phase.has_sites]
    if bare:
        measured = result.measured.log_intensity is not None
        yield (
            f"cells without sites have all reflections equally strong: {', '.join(bare)}; "
            + (
                "measured intensities hardly count for them"
                if measured
                else "what is said of them rests on positions alone"
            )
        )
    fit = result.best_fit
    if fit is not None and (not result.rows or fit is not result.rows[0]):
        yield (
            f"the best geometric fit is {_solution(fit)}, rms {fit.rms_sigma:.2f} sigma, "
            f"posterior {fit.posterior:.2g}{_why_low(fit)}"
        )
    if result.next_measurement is not None:
        yield f"next: {result.next_measurement.text}"


def _solution(row: SpotSolution) -> str:
    hkls = ", ".join(format_hkl(hkl) for hkl in row.hkls if hkl is not None)
    return f"{row.phase} {hkls} on {format_uvw(row.zone_axis)}"


def _why_low(row: SpotSolution) -> str:
    weak = [
        f"{format_hkl(item.hkl)} {item.probability:.2g}"
        for item in row.assignments
        if item.hkl is not None and item.probability is not None and item.probability < _WEAK
    ]
    if not weak:
        return ""
    return f": its reflections are weak, they are seen with a probability of {', '.join(weak)}"


def _missing(result: SpotIndexing) -> Iterator[str]:
    if not result.rows or not result.rows[0].missing:
        return
    row = result.rows[0]
    told = ", ".join(
        f"{format_hkl(item.hkl)} ({item.probability:.2f})" for item in row.missing[:_TOLD]
    )
    more = len(row.missing) - _TOLD
    yield (
        f"{row.phase} {format_uvw(row.zone_axis)} would also show {told}"
        f"{f' and {more} more' if more > 0 else ''}; the numbers are probabilities to be seen"
    )


def _assumed(result: SpotIndexing) -> Iterator[str]:
    longest, listed = result.asked["longest_zone"], result.asked["listed_zones"]
    zones = f"zone axes to {longest:g} Å alike"
    if listed is None or listed > longest:
        zones += f", longer ones less probable by e for each {BEYOND:g} Å"
    zones += (
        ", any axis was tried"
        if listed is None
        else f"; longer ones than {listed:g} Å were not tried"
    )
    yield (
        f"priors: phases alike, {zones}; {PRIOR_RANDOM:g} no net, {PRIOR_LATTICE:g} another "
        f"lattice; {_intensities(result)}, 15 % of spots unnoticed"
    )
    if result.asked["g_max"] is None and len(result.views) > 1:
        reach = " or ".join(
            f"{edge:g} Å⁻¹ ({chance:.2f})" for edge, chance in edges(result.views)
        )
        yield f"spots were looked for to {reach}: reflections beyond are not missing"
    g_max, listed_to = result.asked["g_max"], max(view.edge for view in result.views)
    if g_max is not None and g_max > listed_to:
        yield f"reflections beyond {listed_to:g} Å⁻¹ were not tried: none of them is missing"


def _intensities(result: SpotIndexing) -> str:
    if result.measured.log_intensity is not None:
        return (
            f"intensities known to {_decades(measured_spread('usual'))} decades, their fall "
            "with the distance refined"
        )
    known = f"intensities known to {_decades(SPREADS['usual'])} decades"
    if len(kinds(result.views)) == 1:
        return known
    return f"{known}, other ways in which they may fall with the distance weighed"


def _decades(spread: float) -> str:
    return f"{spread / math.log(10.0):.2g}"
