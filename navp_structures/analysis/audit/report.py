"""The report of an audit: its claims in sections, with figures, and the phases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from navp_structures._version import __version__
from navp_structures.analysis.audit.finding import VERDICTS, AuditFinding
from navp_structures.analysis.audit.report_lines import line_figures
from navp_structures.analysis.audit.report_pairs import pair_figures
from navp_structures.analysis.audit.report_volumes import volume_figures
from navp_structures.model.claim import Claim
from navp_structures.model.phase import Phase
from navp_structures.show.audit_report import (
    AuditReport,
    Figure,
    ReportClaim,
    ReportPhase,
    ReportSection,
)

if TYPE_CHECKING:
    from navp_structures.analysis.audit.audit import Audit

_BETWEEN: Final = "Claims about claims of several sections"

_HEADINGS: Final = {
    "spacing": "Spacings and angles",
    "angle": "Spacings and angles",
    "powder_line": "Powder lines",
    "conversion": "Powder lines converted",
    "volume_per_formula_unit": "Volumes",
    "volume_change": "Volumes",
    "cell": "Cells",
    "symmetry": "Symmetry, sites and valences",
    "isostructural": "Symmetry, sites and valences",
    "coordination_number": "Symmetry, sites and valences",
    "sites_per_formula_unit": "Symmetry, sites and valences",
    "valence": "Symmetry, sites and valences",
    "mean_bond": "Bonds and polyhedra",
    "polyhedron_volume": "Bonds and polyhedra",
    "formation_energy": "Energies",
    "desodiation_energy": "Energies",
    "barrier": "Energies",
}


def report_of(audit: Audit) -> AuditReport:
    """Return what the page of an audit shows."""
    claims = audit.claims
    return AuditReport(
        title=f"Audit of {claims.title or claims.citation or claims.file or 'claims'}",
        citation=claims.citation,
        doi=claims.doi,
        note=claims.note,
        file=claims.file,
        version=__version__,
        verdicts={str(name): meaning for name, meaning in VERDICTS.items()},
        notes=(f"{audit.settings.text[:1].upper()}{audit.settings.text[1:]}.",),
        sections=tuple(_sections(audit)),
        phases=tuple(_phase(phase, audit) for phase in audit.phases),
        problems=tuple(map(str, audit.problems)),
    )


def _sections(audit: Audit) -> Iterator[ReportSection]:
    headings = {row.id: _heading(audit.claims[row.id], audit) for row in audit.rows}
    for heading in dict.fromkeys(sorted(headings.values(), key=lambda h: h == _BETWEEN)):
        rows = [row for row in audit.rows if headings[row.id] == heading]
        claims = [audit.claims[row.id] for row in rows]
        pairs = zip(claims, rows, strict=True)
        yield ReportSection(
            heading=heading,
            claims=tuple(_claim(claim, row) for claim, row in pairs),
            figures=tuple(_figures(audit, claims)),
        )


def _heading(claim: Claim, audit: Audit) -> str:
    """Return the heading that a claim stands under."""
    if claim.claims:
        of = {_heading(audit.claims[name], audit) for name in claim.claims}
        return of.pop() if len(of) == 1 else _BETWEEN
    if claim.group is None:
        return _HEADINGS.get(claim.quantity, "Other claims")
    conditions = {c.conditions for c in audit.claims.groups[claim.group]}
    told = conditions.pop() if len(conditions) == 1 else None
    of_phase = f" ({', '.join(claim.phases)})" if claim.phases else ""
    return f"{claim.group}{of_phase}{f': {told}' if told else ''}"


def _figures(audit: Audit, claims: list[Claim]) -> Iterator[Figure]:
    yield from volume_figures(audit, claims)
    yield from line_figures(audit, claims)
    yield from pair_figures(audit, claims)


def _claim(claim: Claim, row: AuditFinding) -> ReportClaim:
    remarks = {
        "": claim.text and f"“{claim.text}”",
        "place: ": claim.place,
        "from ": claim.source,
        "conditions: ": None if claim.group else claim.conditions,
    }
    return ReportClaim(
        id=row.id,
        claim=row.claim,
        printed=row.printed,
        computed=row.computed,
        deviation_percent=row.deviation_percent,
        deviation_sigma=row.deviation_sigma,
        tolerance=row.tolerance,
        verdict=row.verdict,
        explanation=row.explanation,
        phase=row.phase,
        note=claim.note,
        remarks=tuple(f"{head}{text}" for head, text in remarks.items() if text),
    )


def _phase(phase: Phase, audit: Audit) -> ReportPhase:
    names = [name for name, of in audit.named.items() if of == phase and name != phase.id]
    told = [phase.kind or "kind unknown", phase.temperature_text]
    source = phase.provenance.citation or "source unknown"
    return ReportPhase(
        id=phase.id,
        names=", ".join(names),
        kind=", ".join(part for part in told if part),
        source=f"{source}; {phase.reason}" if phase.reason else source,
        caveat=phase.caveat or "",
    )
