"""Coordination numbers, sites and valences of a paper against the structures."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, Final

from navp_structures.analysis.audit.agreement import Agreement
from navp_structures.analysis.audit.context import AuditContext
from navp_structures.analysis.audit.finding import AuditFinding, Verdict
from navp_structures.analysis.audit.judgement import (
    judged,
    located,
    value_of,
    without_structure,
)
from navp_structures.analysis.composition import charge_balance, composition
from navp_structures.analysis.polyhedra.polyhedra import polyhedra
from navp_structures.analysis.polyhedra.positions import find_sites, species_of
from navp_structures.analysis.polyhedra.result import Polyhedron
from navp_structures.errors import InputError, NoSitesError
from navp_structures.model import standard
from navp_structures.model.claim import Claim
from navp_structures.model.phase import Phase
from navp_structures.show.numbers import rounded

VALENCE: Final = 0.1
"""Valence units: a mean valence by charge balance is known as well as the composition."""

BOND_VALENCE: Final = 0.15
"""Valence units, one standard deviation of a bond-valence sum: sums over 0.2 off on the mean
are those of unstable or wrong structures. Salinas-Sanchez et al., J. Solid State Chem. 100
(1992) 201."""


def coordination_number(claim: Claim, context: AuditContext) -> AuditFinding:
    """Return whether a site has as many neighbours as is said.

    Criteria differ on far neighbours: any number from the inner shell to the largest agrees.
    """
    if claim.material:
        return without_structure(claim)
    phase = context.phase(claim.phases[0], claim)
    with located(claim, "centre"):
        try:
            rows = polyhedra(phase, claim.centre or "", claim.ligand or "O").rows
        except NoSitesError as error:
            return judged(claim, "not_testable", f"{error}.", phase=phase.id)
    told: list[str] = []
    numbers: list[dict[str, Any]] = []
    fits: list[bool] = []
    for row in rows:
        inner, outer = _shells(row)
        known = {inner, row.coordination, row.by_gap, row.by_solid_angle or row.coordination}
        fits.append(min(known) <= value_of(claim) <= max(known))
        told.append(_of_shells(row, inner, outer))
        numbers.append(
            {
                "centre": row.centre,
                "coordination": row.coordination,
                "inner": inner,
                "by_gap": row.by_gap,
                "by_solid_angle": row.by_solid_angle,
                "effective": row.effective_coordination,
                "bonds": [[b.ligand, b.multiplicity, b.length] for b in row.bonds],
            }
        )
    # That of the centre that fits worst.
    first = rows[fits.index(False)] if False in fits else rows[0]
    agreement = Agreement(
        printed=value_of(claim), computed=float(first.coordination), sigma=0.0
    )
    told += _assumed(phase)
    return judged(
        claim,
        _unless_model(phase, "consistent" if all(fits) else "inconsistent"),
        " ".join(told),
        computed=", ".join(f"{row.centre} {row.coordination}" for row in rows),
        agreement=agreement,
        tolerance="any number from the inner shell to the largest by either criterion",
        phase=phase.id,
        details={"value": first.coordination, "centres": numbers},
    )


def sites_per_formula_unit(claim: Claim, context: AuditContext) -> AuditFinding:
    """Return whether there are as many sites as is said, filled or not."""
    if claim.material:
        return without_structure(claim)
    phase = context.phase(claim.phases[0], claim)
    if not phase.has_sites or phase.formula_units is None:
        lack = "a cell without sites" if not phase.has_sites else "a phase without Z"
        return judged(claim, "not_testable", f"{phase.id} is {lack}.", phase=phase.id)
    with located(claim, "centre"):
        numbers = find_sites(phase, [claim.centre or ""], "centre")
    rows = [_filling(phase, n, claim.centre or "") for n in numbers]
    positions = sum(row["positions"] for row in rows)
    atoms = sum(row["positions"] * row["occupancy"] for row in rows)
    agreement = Agreement(
        printed=value_of(claim), computed=positions, sigma=0.0, rounding=claim.rounding or 0.0
    )
    sums = " + ".join(f"{row['positions']:g}" for row in rows)
    told = (
        f"{phase.id} has {sums} = {positions:g} positions of {claim.centre} for each formula "
        f"unit ({', '.join(_filled(row) for row in rows)}), which hold {atoms:.2f} atoms."
    )
    is_content = not agreement.agrees and abs(atoms - agreement.printed) <= VALENCE
    if is_content:
        told += f" {claim.number} is the composition, not the number of sites."
    return judged(
        claim,
        _unless_model(phase, "consistent" if agreement.agrees else "inconsistent"),
        " ".join((told, *_assumed(phase))),
        computed=f"{positions:g}",
        agreement=agreement,
        phase=phase.id,
        details={"value": positions, "atoms": atoms, "sites": rows},
    )


def valence(claim: Claim, context: AuditContext) -> AuditFinding:
    """Return whether a valence is that of the charge balance, else of the bond-valence sum."""
    if claim.material:
        return without_structure(claim)
    phase = context.phase(claim.phases[0], claim)
    centre = claim.centre or ""
    with located(claim, "centre"):
        sums = _bond_valences(phase, centre)
        balance = charge_balance(composition(phase))
    told: list[str] = []
    numbers: dict[str, Any] = {
        "bond_valence_sums": [[r.centre, r.bond_valence_sum] for r in sums]
    }
    agreement: Agreement | None = None
    verdict: Verdict = "not_testable"
    if balance is not None and balance.element == centre and balance.valence is not None:
        agreement = _of_valence(claim, balance.valence, VALENCE / 2.0)
        verdict = "consistent" if agreement.agrees else "inconsistent"
        value = rounded(balance.valence, balance.valence_su, 2)
        told.append(f"Charge balance gives {centre} {value} on the mean in {phase.title}.")
    known = [r for r in sums if r.bond_valence_sum is not None]
    if known:
        told.append(_of_sums(phase, known))
    if agreement is None and known:
        mean = sum(r.bond_valence_sum or 0.0 for r in known) / len(known)
        agreement = _of_valence(claim, mean, BOND_VALENCE)
        if phase.kind != "model":
            verdict = "consistent" if agreement.agrees else "inconsistent"
    return judged(
        claim,
        verdict,
        " ".join(told) or f"Nothing tells the valence of {centre} in {phase.id}.",
        computed=f"{agreement.computed:.2f}" if agreement else None,
        agreement=agreement,
        phase=phase.id,
        details=numbers | {"value": agreement.computed if agreement else None},
    )


def _unless_model(phase: Phase, verdict: Verdict) -> Verdict:
    """Return a verdict; the sites of a model were assumed, and test nothing."""
    return "not_testable" if phase.kind == "model" else verdict


def _assumed(phase: Phase) -> list[str]:
    if phase.kind != "model":
        return []
    return [f"{phase.id} is a model, its sites were assumed: {phase.reason}."]


def _shells(row: Polyhedron) -> tuple[int, int]:
    """Return the neighbours before the largest step in distance, and those behind it."""
    bonds = sorted(row.bonds, key=lambda bond: bond.length)
    steps = [two.length - one.length for one, two in pairwise(bonds)]
    count = row.coordination
    if not steps or max(steps) < _STEP * row.mean_bond:
        return count, 0
    inner = sum(bond.multiplicity for bond in bonds[: steps.index(max(steps)) + 1])
    return inner, count - inner


# Of the mean bond: neighbours farther apart than this are two shells.
_STEP: Final = 0.06


def _of_shells(row: Polyhedron, inner: int, outer: int) -> str:
    bonds = ", ".join(f"{b.multiplicity} at {b.length:.3f}" for b in row.bonds)
    number = f"{inner} + {outer} = {row.coordination}" if outer else f"{row.coordination}"
    others = ""
    if {row.by_gap, row.by_solid_angle} - {row.coordination, None}:
        others = f", {row.by_gap} by the gap and {row.by_solid_angle} by solid angle"
    return f"{row.centre} of {row.phase} has {number} neighbours ({bonds} Å{others})."


def _filling(phase: Phase, number: int, centre: str) -> dict[str, Any]:
    site = phase.sites[number]
    times = standard.multiplicity(site, phase.cell, phase.space_group)
    return {
        "site": site.label,
        "positions": times / (phase.formula_units or 1),
        "multiplicity": times,
        "wyckoff": site.wyckoff,
        "occupancy": sum(s.occupancy for s in species_of(site, {centre})),
    }


def _filled(row: dict[str, Any]) -> str:
    where = f"{row['site']} {row['multiplicity']}{row['wyckoff'] or ''}"
    return f"{where} filled {row['occupancy']:.3g}"


def _bond_valences(phase: Phase, centre: str) -> tuple[Polyhedron, ...]:
    """Return the polyhedra of a centre; none for a cell, or where nothing is bonded to it."""
    if not phase.has_sites:
        return ()
    find_sites(phase, [centre], "centre")
    try:
        return polyhedra(phase, centre, "O").rows
    except InputError:
        return ()


def _of_valence(claim: Claim, computed: float, sigma: float) -> Agreement:
    # A valence is printed as a whole number whose rounding says nothing.
    spread = math.hypot(sigma, claim.uncertainty or 0.0)
    return Agreement(printed=value_of(claim), computed=computed, sigma=spread)


def _of_sums(phase: Phase, rows: list[Polyhedron]) -> str:
    sums = ", ".join(
        f"{row.centre} {rounded(row.bond_valence_sum or 0.0, row.bond_valence_sum_su, 2)}"
        for row in rows
    )
    assumed = (
        "; the bonds of this model were set from a valence" if phase.kind == "model" else ""
    )
    return f"Bond-valence sums are {sums}{assumed}."
