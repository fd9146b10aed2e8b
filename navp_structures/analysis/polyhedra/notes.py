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
        f"solid angle (at least {SOLID_ANGLE_THRESHOLD:g} of the largest, none behind a gap of "
        f"{100 * WIDE_GAP:g} %)"
    ),
    "gap": "the largest relative gap in the distances",
}


def _valence_notes(result: Polyhedra) -> tuple[str, ...]:
    used = dict.fromkeys(item for row in result.rows for item in row.parameters)
    if not used:
        return ()
    pairs = "; ".join(item.text for item in used)
    sources = "; ".join(dict.fromkeys(item.source for item in used))
    return (f"bond valences with {pairs} ({result.settings.table}: {sources})",)


def _phase_notes(result: Polyhedra, phase: Phase) -> Iterator[str]:
    """Yield how far the centres of a phase are filled, and whence its su come."""
    rows = [row for row in result.rows if row.phase == phase.id]
    # That of a mixed site is the share of what was asked for.
    partly = [
        f"{row.centre} to {row.occupancy:.3g}"
        for row in rows
        if row.occupancy < 1.0 - OCCUPANCY_SLACK and "/" not in row.centre
    ]
    if partly:
        yield f"{phase.id}: filled are {', '.join(partly)}"
    labels = {bond.ligand for row in rows for bond in row.bonds}
    labels |= {label for row in rows for label in row.centre.split("/")}
    if errors_of(phase).assumed & labels:
        errors = ", ".join(f"{e} {error:g}" for e, error in phase.site_error.items())
        yield (
            f"{phase.id}: su from the expected errors of its sites ({errors} Å along each "
            "axis), which have no su of their own"
        )
    without = [row.centre for row in rows if row.mean_bond_su is None]
    if without:
        yield f"{phase.id}: no su of {', '.join(without)}, for want of those of cell or sites"
    short = max(map(_shortfall, rows), default=0.0)
    if short > _SHORTFALL:
        yield (
            f"{phase.id}: su of bond-valence sums are of first order; with bonds as uncertain "
            f"as these they are too small by up to {100.0 * short:.0f} %"
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
