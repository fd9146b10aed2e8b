"""Printed cells against those of the structures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from navp_structures.analysis.audit.agreement import Agreement
from navp_structures.analysis.audit.cell_completion import (
    completed,
    missing_angles,
    needed_angle,
)
from navp_structures.analysis.audit.cell_settings import axes_text, other_axes
from navp_structures.analysis.audit.context import AuditContext
from navp_structures.analysis.audit.finding import AuditFinding, Verdict
from navp_structures.analysis.audit.judgement import (
    is_modelled,
    judged,
    located,
    without_structure,
)
from navp_structures.analysis.sodiation.comparable import conditions_of
from navp_structures.model.cell import PARAMETERS, UnitCell
from navp_structures.model.claim import CELL_LENGTHS, Claim
from navp_structures.model.phase import Phase
from navp_structures.show.numbers import signed

COMPUTED_LENGTH: Final = 0.01
"""Relative standard deviation of computed cell edges: semilocal functionals miss lattice
constants by about 1 %, PBE towards too long ones. Tran, Stelzl & Blaha, J. Chem. Phys. 144
(2016) 204120, doi:10.1063/1.4948636."""


def cell(claim: Claim, context: AuditContext) -> AuditFinding:
    """Return whether a printed cell is that of the phase.

    A computed cell may be off by the error of its functional. A cell that lacks an angle which
    its symmetry leaves free has no volume: what V/Z would need is told instead.
    """
    if claim.material:
        return without_structure(claim)
    phase = context.phase(claim.phases[0], claim)
    with located(claim, "cell"):
        turned = None if is_modelled(phase) else _in_other_axes(claim, context, phase)
        if turned is not None:
            return turned
        missing = missing_angles(claim, phase)
        if missing:
            return _incomplete(claim, context, phase, missing)
        whole = completed(claim, phase)
    entries = (phase, *context.others(phase))
    rows = {p: _deviations(claim, context, p) for p in entries}
    agreeing = [p for p in entries if rows[p] and all(a.agrees for a in rows[p].values())]
    verdict = _verdict(phase, agreeing)
    used = phase if verdict != "other_entry" else agreeing[0]
    worst = max(rows[used].values(), key=lambda a: abs(a.sigmas or 0.0), default=None)
    return judged(
        claim,
        verdict,
        " ".join(_told(claim, phase, rows, whole, agreeing, verdict)),
        computed=_shown(used, rows[used]),
        agreement=worst,
        phase=used.id,
        details={
            "volume": whole.volume if whole else None,
            "entries": [
                {
                    "phase": p.id,
                    "conditions": conditions_of(p),
                    "volume_percent": _excess(whole, p),
                }
                | {name: a.numbers for name, a in rows[p].items()}
                for p in entries
            ],
        },
    )


def _verdict(phase: Phase, agreeing: list[Phase]) -> Verdict:
    if is_modelled(phase):
        measured = [p for p in agreeing if not is_modelled(p)]
        return "other_entry" if measured else "not_testable"
    if phase in agreeing:
        return "consistent"
    return "other_entry" if agreeing else "inconsistent"


def _deviations(claim: Claim, context: AuditContext, phase: Phase) -> dict[str, Agreement]:
    """Return how each printed parameter fits; empty for an entry in another setting."""
    found = _agreements(claim, context, phase.cell)
    # Other axes are another description, not another size.
    far = any(abs(a.percent or 0.0) > _OTHER_AXES for a in found.values())
    return {} if far else found


def _agreements(
    claim: Claim, context: AuditContext, own_cell: UnitCell
) -> dict[str, Agreement]:
    own = dict(zip(PARAMETERS, own_cell.parameters, strict=True))
    length = context.settings.volume_sigma / 3.0
    if claim.kind == "computed":
        length = COMPUTED_LENGTH
    found = {}
    for name, number in claim.parameters.items():
        is_length = name in CELL_LENGTHS
        # An angle is off as much as an edge, in radians.
        usual = length * (own[name] if is_length else math.degrees(1.0))
        su = getattr(own_cell, f"{name}_su") or 0.0
        found[name] = Agreement(
            printed=number.value,
            computed=own[name],
            sigma=math.hypot(number.su or usual, su),
            rounding=number.rounding or 0.0,
            unit=" Å" if is_length else "°",
            reason="of a computed edge" if claim.kind == "computed" and is_length else "",
        )
    return found


def _in_other_axes(claim: Claim, context: AuditContext, phase: Phase) -> AuditFinding | None:
    """Return that a printed cell is that of the phase in other axes; None where it is not."""
    own = _deviations(claim, context, phase)
    if own and all(a.agrees for a in own.values()):
        return None
    for matrix, cell in other_axes(phase, claim.parameters):
        row = _agreements(claim, context, cell)
        if all(a.agrees for a in row.values()):
            named = dict(zip(PARAMETERS, cell.parameters, strict=True))
            shown = ", ".join(f"{x} {named[x]:.4f}{_UNITS[x in CELL_LENGTHS]}" for x in row)
            rows = "; ".join(" ".join(map(str, line)) for line in matrix)
            return judged(
                claim,
                "other_setting",
                f"It is the cell of {phase.id} ({conditions_of(phase)}) in other axes, "
                f"{shown}: {axes_text(matrix)}; (a' b' c') is (a b c) times [{rows}].",
                computed=shown,
                agreement=max(row.values(), key=lambda a: abs(a.sigmas or 0.0)),
                phase=phase.id,
                details={"matrix": [[float(x) for x in line] for line in matrix]},
            )
    return None


_UNITS: Final = {True: " Å", False: "°"}


# Percent: no functional and no temperature changes an edge by as much.
_OTHER_AXES: Final = 15.0


def _excess(whole: UnitCell | None, phase: Phase) -> float | None:
    """Return by how many percent a printed V/Z is larger than that of an entry."""
    per_unit = phase.volume_per_formula_unit
    if whole is None or per_unit is None:
        return None
    units = round(whole.volume / per_unit)
    return 100.0 * (whole.volume / units / per_unit - 1.0) if units else None


def _told(
    claim: Claim,
    phase: Phase,
    rows: Mapping[Phase, Mapping[str, Agreement]],
    whole: UnitCell | None,
    agreeing: list[Phase],
    verdict: Verdict,
) -> list[str]:
    own = _compared(phase, rows[phase], whole)
    told = [f"Against {phase.id} ({conditions_of(phase)}) {own}."] if own else []
    if not rows[phase]:
        edges = _shown(phase, {})
        told.insert(0, f"Edges are over {_OTHER_AXES:g} % off, or axes others: it has {edges}.")
    others = [
        f"{_compared(p, rows[p], whole)} against {p.id} ({conditions_of(p)})"
        for p in rows
        if p != phase and not is_modelled(p) and _compared(p, rows[p], whole)
    ]
    if others:
        told.append(f"It is {'; '.join(others)}.")
    if verdict == "not_testable":
        told.append(f"The cell is a model and cannot test what made it: {phase.reason}.")
    elif claim.kind == "computed":
        usual = f"within {2 * 100 * COMPUTED_LENGTH:g} % per edge, usual for a functional"
        told.append(f"That is {usual if verdict == 'consistent' else f'not {usual}'}.")
    elif verdict == "other_entry":
        told.append(f"It is the cell of {agreeing[0].id}.")
    return told


def _compared(phase: Phase, row: Mapping[str, Agreement], whole: UnitCell | None) -> str:
    parts = [
        f"{name} {signed(a.percent or 0.0, 2)} %"
        if name in CELL_LENGTHS
        else f"{name} {signed(a.deviation, 2)}°"
        for name, a in row.items()
    ]
    excess = _excess(whole, phase)
    if excess is not None:
        parts.append(f"volume {signed(excess, 2)} %")
    return ", ".join(parts)


def _shown(phase: Phase, row: Mapping[str, Agreement]) -> str:
    names = ("a", "b", "c", "alpha", "beta", "gamma")
    values = dict(zip(names, phase.cell.parameters, strict=True))
    return ", ".join(
        f"{name} {values[name]:.4f} Å"
        if name in CELL_LENGTHS
        else f"{name} {values[name]:.2f}°"
        for name in row or ("a", "b", "c")
    )


def _incomplete(
    claim: Claim, context: AuditContext, phase: Phase, missing: tuple[str, ...]
) -> AuditFinding:
    """Return what V/Z would need of the angle that is not printed."""
    names = " and ".join(missing)
    told = f"{phase.space_group} leaves {names} free, which is not printed: there is no volume."
    details: dict[str, Any] = {"missing": list(missing)}
    rows = _deviations(claim, context, phase)
    if len(missing) == 1 and phase.volume_per_formula_unit is not None:
        needs = _needs(claim, context, phase, missing[0])
        details["needed"] = needs
        found = [n for n in needs if n["angle"] is not None]
        told += _told_needs(missing[0], found)
    worst = max(rows.values(), key=lambda a: abs(a.sigmas or 0.0), default=None)
    return judged(
        claim, "not_testable", told, computed=_shown(phase, rows), agreement=worst,
        phase=phase.id, details=details,
    )  # fmt: skip


def _told_needs(name: str, needs: list[dict[str, Any]]) -> str:
    """Return in a sentence which angle gives which V/Z; empty where none does."""
    told = (
        f"V/Z {need['volume']:.2f} Å³ ({need['what']}) needs {name} {need['angle']:.2f}°"
        for need in needs
    )
    return f" {'; '.join(told)}." if needs else ""


def _needs(
    claim: Claim, context: AuditContext, phase: Phase, name: str
) -> list[dict[str, Any]]:
    """Return the angle for V/Z of the phase, and for that with the excess of other cells."""
    volume = phase.volume_per_formula_unit or 0.0
    wanted = [(f"of {phase.id}", volume)]
    if claim.kind == "computed":
        wanted += [
            (f"{signed(excess, 1)} % as {other} has", volume * (1.0 + excess / 100.0))
            for other, excess in _excesses(claim, context)
        ]
    return [
        {"what": what, "volume": size, "angle": needed_angle(claim, phase, name, size)}
        for what, size in wanted
    ]


def _excesses(claim: Claim, context: AuditContext) -> list[tuple[str, float]]:
    """Return by how many percent the other computed cells of the paper are too large."""
    found = []
    for other in context.claims:
        if other.quantity != "cell" or other.kind != claim.kind or not other.phases:
            continue
        phase = context.phase(other.phases[0], other)
        with located(other, "cell"):
            whole = None if missing_angles(other, phase) else completed(other, phase)
        excess = _excess(whole, phase)
        if excess is not None:
            found.append((other.id, excess))
    return found
