"""Sentences that belong under polyhedra."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from navp_structures.analysis.polyhedra.shells import WIDE_GAP
from navp_structures.analysis.polyhedra.uncertainty import errors_of
from navp_structures.kernels.polyhedron import SOLID_ANGLE_THRESHOLD
from navp_structures.model.site import OCCUPANCY_SLACK

if TYPE_CHECKING:
    from navp_structures.analysis.polyhedra.result import Polyhedra, Polyhedron
    from navp_structures.model.phase import Phase


def polyhedra_notes(result: Polyhedra) -> tuple[str, ...]:
    """Return how ligands were told, where the bond valences and the su come from."""
    settings = result.settings
    told = (
        f"ligands: {', '.join(settings.ligand)} up to {settings.cutoff:g} Å"
        if settings.cutoff is not None
        else f"ligands: {', '.join(settings.ligand)} by {_WORDS[settings.shell]}"
    )
    phases = [note for phase in result.of for note in _phase_notes(result, phase)]
    return (told, *_valence_notes(result), *phases)


_WORDS = {
    "solid_angle": (
        f"solid angle (at least {SOLID_ANGLE_THRESHOLD:g} of the largest, none behind the "
        f"largest gap where that is {100 * WIDE_GAP:g} % or more)"
    ),
    "gap": "the largest relative gap in the distances",
}


def _valence_notes(result: Polyhedra) -> tuple[str, ...]:
    used = dict.fromkeys(item for row in result.rows for item in row.parameters)
    if not used:
        return ()
    pairs = "; ".join(item.text for item in used)
    sources = "; ".join(dict.fromkeys(item.source for item in used))
    known = [row for row in result.rows if row.valence is not None]
    assumed = ", ".join(
        f"{f'{row.phase} ' if len(result.of) > 1 else ''}{row.centre} {row.valence:.3g}+"
        for row in known
    )
    return (
        f"bond valences with {pairs} ({result.settings.table}: {sources}); assumed are "
        f"{assumed}",
    )


def _phase_notes(result: Polyhedra, phase: Phase) -> Iterator[str]:
    """Yield how far the centres of a phase are filled, and whence its su come."""
    rows = [row for row in result.rows if row.phase == phase.id]
    centres = [item for item in result.centres if item.phase is phase]
    partly = [
        f"{item.label} to {item.filled:.3g}"
        for item in centres
        if item.filled < 1.0 - OCCUPANCY_SLACK
    ]
    if partly:
        yield f"{phase.id}: filled {'is' if len(partly) == 1 else 'are'} {', '.join(partly)}"
    yield from _su_notes(phase, {site for item in centres for site in item.used_sites})
    without = [
        row.centre
        for row in rows
        if row.mean_bond_su is None or any(bond.length_su is None for bond in row.bonds)
    ]
    if without:
        yield (
            f"{phase.id}: no su of {', '.join(without)}, or not all, for want of those of cell "
            "or sites"
        )
    short = max(map(_shortfall, rows), default=0.0)
    if short > _SHORTFALL:
        yield (
            f"{phase.id}: su of bond-valence sums are of first order; with bonds as uncertain "
            f"as these they are too small by up to {100.0 * short:.0f} %"
        )


def _su_notes(phase: Phase, used: set[int]) -> Iterator[str]:
    """Yield which su of coordinates are not those of the source."""
    errors = errors_of(phase)
    if errors.assumed & used:
        known = ", ".join(f"{e} {error:g}" for e, error in phase.site_error.items())
        yield (
            f"{phase.id}: su from the expected errors of its sites ({known} Å along each "
            "axis), which have no su of their own"
        )
    for site in sorted(used & errors.origin.keys()):
        axes = ", ".join(errors.origin[site])
        yield (
            f"{phase.id}: {axes} of {phase.sites[site].label} fixes the origin and counts as "
            "exact"
        )


# A shortfall of su that is worth a sentence.
_SHORTFALL: Final = 0.1


def _shortfall(row: Polyhedron) -> float:
    r"""Return by how much the su of a bond valence of first order is too small, relative.

    A Gaussian length of variance :math:`x B^2` makes the valence log-normal, of the variance
    :math:`s^2 e^x (e^x - 1)`; its first order is :math:`s^2 x`.
    """
    su = max((bond.length_su or 0.0 for bond in row.bonds), default=0.0)
    if not row.parameters or su == 0.0:
        return 0.0
    x = (su / min(item.b for item in row.parameters)) ** 2
    return 1.0 - math.sqrt(x / (math.exp(x) * math.expm1(x)))
