"""Mean bonds and polyhedra of a paper against the structures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

from navp_structures.analysis.audit.agreement import Agreement, trend_of
from navp_structures.analysis.audit.context import AuditContext
from navp_structures.analysis.audit.finding import AuditFinding, Verdict
from navp_structures.analysis.audit.judgement import (
    judged,
    located,
    value_of,
    without_structure,
)
from navp_structures.analysis.audit.series import SeriesChange, series_change
from navp_structures.analysis.sodiation.path import sodiation_path
from navp_structures.model.claim import Claim
from navp_structures.model.phase import Phase
from navp_structures.show.numbers import rounded, signed

# What a state of a path has of it, its unit, and how many lengths multiply in it.
_MEASURES: Final = {
    "mean_bond": ("mean_bond", " Å", 1),
    "polyhedron_volume": ("polyhedron_volume", " Å³", 3),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A mean over the polyhedra of an entry; su is None where it is unknown."""

    phase: Phase
    value: float
    su: float | None
    unit: str

    @property
    def text(self) -> str:
        """Value with su and unit, and of which entry."""
        return f"{rounded(self.value, self.su, 3)}{self.unit} in {self.phase.title}"


def polyhedron_mean(claim: Claim, context: AuditContext) -> AuditFinding:
    """Return whether bonds, or the volume of polyhedra, are as printed, or go as is said.

    A model whose bonds were set from a valence cannot test them: then only series that were
    computed with one method say something, which is told and gives no verdict.
    """
    if claim.material:
        return without_structure(claim)
    phases = context.phases_of(claim)
    with located(claim, "centre"):
        found = [_measured(claim, phase) for phase in phases if phase.has_sites]
    if len(found) < len(phases):
        cells = " and ".join(p.id for p in phases if not p.has_sites)
        return judged(
            claim, "not_testable", f"{cells}: a cell without sites.", phase=phases[0].id
        )
    unknown = [item.phase.id for item in found if math.isnan(item.value)]
    if unknown:
        names = " and ".join(dict.fromkeys(unknown))
        noun = claim.what.noun.removeprefix("a ")
        told = f"The {noun} of {claim.centre}-{claim.ligand} in {names} is not defined."
        return judged(claim, "not_testable", told, phase=phases[0].id)
    if claim.value is not None:
        return _of_value(claim, context, found)
    return _of_trend(claim, found)


def _measured(claim: Claim, phase: Phase) -> Measured:
    name, unit, _ = _MEASURES[claim.quantity]
    centre, ligand = claim.centre or "", claim.ligand or ""
    row = sodiation_path([phase], centre=centre, ligand=ligand).rows[0]
    value = getattr(row, name)
    return Measured(
        phase=phase,
        value=math.nan if value is None else value,
        su=getattr(row, f"{name}_su"),
        unit=unit,
    )


def _of_value(claim: Claim, context: AuditContext, found: list[Measured]) -> AuditFinding:
    first = found[0]
    powers = _MEASURES[claim.quantity][2]
    usual = powers * context.settings.spacing_sigma * first.value
    agreement = Agreement(
        printed=value_of(claim),
        computed=first.value,
        sigma=math.hypot(claim.uncertainty or usual, first.su or 0.0),
        rounding=claim.rounding or 0.0,
        unit=first.unit,
    )
    told = f"It is {first.text}, {agreement.off} off."
    verdict: Verdict = "consistent" if agreement.agrees else "inconsistent"
    if first.phase.kind == "model":
        verdict = "not_testable"
        told += f" {_assumed([first.phase])}"
    return judged(
        claim,
        verdict,
        told,
        computed=f"{rounded(first.value, first.su, 3)}{first.unit}",
        agreement=agreement,
        phase=first.phase.id,
        details=_numbers(found) | {"value": first.value},
    )


def _of_trend(claim: Claim, found: list[Measured]) -> AuditFinding:
    first, last = found[0], found[-1]
    change = last.value - first.value
    su = math.hypot(first.su or 0.0, last.su or 0.0)
    models = [item.phase for item in (first, last) if item.phase.kind == "model"]
    told = f"It goes from {first.text} to {last.text}, {signed(change, 3, su)}{first.unit}."
    series = series_change(claim, first.phase, last.phase)
    if models:
        told += f" {_assumed(models)}"
    if series is not None:
        told += f" {_of_series(claim, series)}"
    fits = trend_of(change, 2.0 * su) == claim.trend
    verdict: Verdict = "consistent" if fits else "inconsistent"
    return judged(
        claim,
        "not_testable" if models else verdict,
        told,
        computed=f"{first.value:.3f} to {last.value:.3f}{first.unit}",
        tolerance=f"±{2.0 * su:.2g}{first.unit} (2 × {su:.2g}{first.unit}) is no change",
        phase=first.phase.id,
        details=_numbers(found)
        | {"change": change, "series": None if series is None else series.numbers},
    )


def _assumed(phases: list[Phase]) -> str:
    """Return why models cannot tell, with their own words."""
    told = "; ".join(f"{p.id} is a model: {p.reason}" for p in phases)
    return f"That was assumed and cannot be tested with it ({told})."


def _of_series(claim: Claim, series: SeriesChange) -> str:
    trend = trend_of(series.change, 2.0 * series.error)
    speaks = {claim.trend: "supports the claim", "same": "decides nothing"}
    places = 3 if claim.quantity == "mean_bond" else 2
    return (
        f"Computed with one method for both it goes from {series.first:.{places}f} to "
        f"{series.last:.{places}f}{series.unit}, {signed(series.change, places)} ± "
        f"{series.error:.2g}, which {speaks.get(trend, 'contradicts the claim')} "
        f"({series.method}; {series.source})."
    )


def _numbers(found: list[Measured]) -> dict[str, Any]:
    return {
        "phases": [
            {
                "phase": m.phase.id,
                "kind": m.phase.kind,
                "reason": m.phase.reason,
                "caveat": m.phase.caveat,
                "value": m.value,
                "su": m.su,
            }
            for m in found
        ]
    }
