"""Volumes per formula unit of the entries beside those that claims print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from navp_structures.analysis.audit.context import AuditContext
from navp_structures.model.claim import Claim
from navp_structures.model.phase import Phase
from navp_structures.show.audit_volumes import EntryVolume, PrintedVolumes
from navp_structures.show.numbers import signed

if TYPE_CHECKING:
    from navp_structures.analysis.audit.audit import Audit

_MOST: Final = 5
"""Columns that a page has room for."""


def volume_figures(audit: Audit, claims: Sequence[Claim]) -> Iterator[PrintedVolumes]:
    """Yield the volumes along the path of the claims, where volumes are printed."""
    printed = [c for c in claims if c.quantity == "volume_per_formula_unit" and c.phases]
    changes = [c for c in claims if c.quantity == "volume_change" and c.phases]
    named = dict.fromkeys(name for claim in (*printed, *changes) for name in claim.phases)
    phases = {name: audit.named[name] for name in named if name in audit.named}
    if not printed or not 0 < len(phases) <= _MOST:
        return
    columns = tuple((n, tuple(_entries(audit, n, p, printed))) for n, p in phases.items())
    if all(entries for _, entries in columns):
        yield PrintedVolumes(
            title="Volume per formula unit of each phase",
            caption="Volume per formula unit of every entry of each composition, and as printed"
            " (diamonds, dashed). Lines connect the entries that the claims name.",
            columns=columns,
            steps=tuple(_step(one, two, phases, changes) for one, two in pairwise(phases)),
        )


def _entries(
    audit: Audit, name: str, phase: Phase, printed: Sequence[Claim]
) -> Iterator[EntryVolume]:
    context = AuditContext(claims=audit.claims, settings=audit.settings, judges={})
    for entry in (phase, *context.others(phase)):
        volume = entry.volume_per_formula_unit
        if volume is not None:
            kind = entry.cell_kind or entry.kind
            yield EntryVolume(name=entry.id, kind=kind, volume=volume, chosen=entry is phase)
    for claim in printed:
        if claim.phases == (name,) and claim.value is not None:
            yield EntryVolume(name="printed", kind="printed", volume=claim.value)


def _step(one: str, two: str, phases: dict[str, Phase], changes: Sequence[Claim]) -> str:
    first, second = (phases[name].volume_per_formula_unit for name in (one, two))
    told = [c.printed for c in changes if c.phases == (one, two) and c.number is not None]
    lines = []
    if first and second:
        lines.append(f"{signed(100.0 * (second / first - 1.0), 2)} %")
    if told:
        lines.append(f"printed {', '.join(told)}")
    return "\n".join(lines)
