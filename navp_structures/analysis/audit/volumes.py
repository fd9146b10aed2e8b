"""Volumes and cells against the structures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from navp_structures.analysis.audit.agreement import Agreement
from navp_structures.analysis.audit.cells import cell
from navp_structures.analysis.audit.context import AuditContext, Judge
from navp_structures.analysis.audit.finding import AuditFinding
from navp_structures.analysis.audit.judgement import (
    is_modelled,
    judged,
    value_of,
    without_structure,
)
from navp_structures.analysis.audit.volume_changes import volume_change
from navp_structures.analysis.sodiation.comparable import conditions_of, same_temperature
from navp_structures.model.claim import Claim
from navp_structures.model.phase import Phase


def volume_per_formula_unit(claim: Claim, context: AuditContext) -> AuditFinding:
    """Return whether V/Z is that of the phase, or of another entry of its composition."""
    if claim.material:
        return without_structure(claim)
    phase = context.phase(claim.phases[0], claim)
    own = _agreement(claim, context, phase)
    if own is None:
        return judged(
            claim, "not_testable", f"Z of {phase.id} is unknown, and so is V/Z.", phase=phase.id
        )
    others = [(p, a) for p in context.others(phase) if (a := _agreement(claim, context, p))]
    details = {
        "value": own.computed,
        "entries": [
            {"phase": p.id, "conditions": conditions_of(p), **a.numbers}
            for p, a in ((phase, own), *others)
        ],
    }
    computed = f"{own.computed:.3f} Å³"
    where = f"V/Z of {phase.id} is {computed} ({conditions_of(phase)}), {own.off} off"
    agreeing = next(
        (item for item in others if item[1].agrees and not is_modelled(item[0])), None
    )
    if is_modelled(phase) and agreeing is None:
        told = f"{where}. That cell is a model: {phase.reason}. It cannot test what made it."
        return judged(
            claim, "not_testable", told, computed=computed, agreement=own, phase=phase.id,
            details=details,
        )  # fmt: skip
    if own.agrees:
        return judged(
            claim, "consistent", f"{where}.", computed=computed, agreement=own, phase=phase.id,
            details=details,
        )  # fmt: skip
    if agreeing is None:
        return judged(
            claim, "inconsistent", f"{where}; no other entry has it.", computed=computed,
            agreement=own, phase=phase.id, details=details,
        )  # fmt: skip
    other, fit = agreeing
    told = (
        f"It is V/Z of {other.id}, {fit.computed:.3f} Å³ ({conditions_of(other)}). {where}."
        f"{_mixing(phase, other)}"
    )
    return judged(
        claim, "other_entry", told, computed=f"{fit.computed:.3f} Å³", agreement=fit,
        phase=other.id, details=details,
    )  # fmt: skip


JUDGES: Final[Mapping[str, Judge]] = MappingProxyType(
    {
        "volume_per_formula_unit": volume_per_formula_unit,
        "volume_change": volume_change,
        "cell": cell,
    }
)


def _agreement(claim: Claim, context: AuditContext, phase: Phase) -> Agreement | None:
    computed = phase.volume_per_formula_unit
    if computed is None:
        return None
    usual = context.settings.volume_sigma * computed
    return Agreement(
        printed=value_of(claim),
        computed=computed,
        sigma=math.hypot(claim.uncertainty or usual, phase.volume_per_formula_unit_su or 0.0),
        rounding=claim.rounding or 0.0,
        unit=" Å³",
    )


def _mixing(named: Phase, other: Phase) -> str:
    """Return that changes from the other entry mix temperatures, where they may."""
    if same_temperature(named, other):
        return ""
    return " A volume change from it to a phase at room temperature mixes temperatures."
