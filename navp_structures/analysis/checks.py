"""The single checks behind `check_symmetry`, each a generator of findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import gemmi
import numpy as np

from navp_structures.analysis.distances import distances_between
from navp_structures.constants import VARIABLE_VALENCES
from navp_structures.errors import SpaceGroupError
from navp_structures.kernels import orbit
from navp_structures.model import standard
from navp_structures.model.finding import LEVELS, Finding
from navp_structures.model.hkl import format_hkl
from navp_structures.model.phase import Phase
from navp_structures.model.site import Site
from navp_structures.model.spacegroup import SpaceGroup
from navp_structures.show.numbers import exact

if TYPE_CHECKING:
    from navp_structures.analysis.symmetry import SymmetryReport

VOLUME_TOLERANCE: Final = 0.005
"""Å³ per formula unit, the last digit of printed volumes."""

SPACING_TOLERANCE: Final = 1e-4
"""Å, one unit of the fourth decimal."""

BOND_TOLERANCE: Final = 0.0015
"""Å; printed distances agree with printed coordinates to their rounding."""

DENSITY_TOLERANCE: Final = 0.002
"""g/cm³; two units of the third decimal, for older atomic weights."""

CLOSEST_CONTACT: Final = 0.6
"""Shortest distance over the sum of covalent radii; an O-H bond has 1.0, P-O 0.87."""


def with_findings(
    report: SymmetryReport, phase: Phase, further: Iterable[Finding] = ()
) -> SymmetryReport:
    """Return the report with everything that the checks have to say, and further findings."""
    answers = {
        "symmetry": _symmetry(report),
        "sites": _sites(report),
        "composition": _composition(report),
        "charge": _charge(report),
        "distances": _distances(report),
        "displacements": _displacements(phase),
        "expected": _expected(report, phase),
    }
    findings = [
        replace(finding, check=name) for name, found in answers.items() for finding in found
    ]
    findings += further
    findings.sort(key=lambda finding: LEVELS.index(finding.level))
    return replace(report, findings=tuple(findings))


def _symmetry(report: SymmetryReport) -> Iterator[Finding]:
    if not report.scan:
        # Without sites there is nothing to search, with very many it would take hours.
        message = (
            "too many atoms in the cell: their symmetry was not searched"
            if report.sites
            else "cell only: no atoms to search symmetry in"
        )
        yield Finding(level="note", message=message)
        return
    if report.window is None:
        found = sorted({s.symbol for s in report.scan if s.symbol})
        yield Finding(
            level="error",
            message=(
                f"spglib finds {' or '.join(found) or 'nothing'}, at no tolerance the "
                f"operations of the declared {report.declared}"
            ),
            value=found,
            expected=str(report.declared),
        )
    else:
        yield from _window(report, report.window)
    problems = sorted({s.problem for s in report.scan if s.problem})
    for problem in problems:
        first = min(s.symprec for s in report.scan if s.problem == problem)
        yield Finding(level="note", message=f"spglib stops at {first:g} Å: {problem}")


def _window(report: SymmetryReport, window: tuple[float, float]) -> Iterator[Finding]:
    tighter = [s for s in report.scan if s.symprec < window[0] and s.relation != "same"]
    if tighter and tighter[-1].relation in ("higher", "other"):
        yield Finding(
            level="error",
            message=(
                f"at {tighter[-1].symprec:g} Å spglib finds {tighter[-1].symbol}, not the "
                f"declared {report.declared}"
            ),
            value=tighter[-1].symbol,
            expected=str(report.declared),
        )
    if report.parent is not None and report.parent_symprec is not None:
        yield Finding(
            level="note",
            message=(
                f"{report.declared} holds up to {window[1]:g} Å; from "
                f"{report.parent_symprec:g} Å on a loose tolerance shows the higher "
                f"{report.parent}"
            ),
            value=report.parent,
            expected=str(report.declared),
        )


def _sites(report: SymmetryReport) -> Iterator[Finding]:
    for site in report.sites:
        positions = f"{site.label} has {site.multiplicity} positions"
        order = f"the site symmetry of {site.label} has the order {site.order}"
        for what, found, printed in (
            (positions, site.multiplicity, site.declared_multiplicity),
            (order, site.order, site.declared_order),
        ):
            if printed not in (None, found):
                yield Finding(
                    level="error",
                    message=f"{what}, the source says {printed}",
                    value=found,
                    expected=printed,
                )
        declared = (site.declared or "").lstrip("0123456789")
        if declared and site.letter and declared != site.letter:
            yield Finding(
                level="warning",
                message=f"Wyckoff letter of {site.label} is declared {declared}",
                value=site.letter,
                expected=declared,
            )


def _composition(report: SymmetryReport) -> Iterator[Finding]:
    if report.composition and report.composition[0].from_formula is None:
        yield Finding(
            level="note",
            message=(
                f"the sites were not compared with the formula {report.formula or 'unknown'} "
                f"and Z {report.formula_units or 'unknown'}"
            ),
        )
    for count in report.composition:
        if count.from_formula is None:
            continue
        slack = max(0.01 * max(count.from_formula, 1.0), 3.0 * (count.from_sites_su or 0.0))
        if abs(count.from_sites - count.from_formula) > slack:
            yield Finding(
                level="error",
                message=(
                    f"the sites hold {count.from_sites:.3f} {count.element} per formula unit, "
                    f"the formula {report.formula} says {count.from_formula:g}"
                ),
                value=count.from_sites,
                expected=count.from_formula,
            )


def _charge(report: SymmetryReport) -> Iterator[Finding]:
    charge = report.charge
    if charge is not None and not charge.plausible:
        if charge.element is None:
            message = f"the charges add up to {charge.total:+.2f} per formula unit"
        else:
            message = f"charge balance needs {charge.element} of valence {charge.valence:+.2f}"
        yield Finding(
            level="warning",
            message=message,
            value=charge.total if charge.element is None else charge.valence,
            expected=0.0 if charge.element is None else _usual_valences(charge.element),
        )


def _usual_valences(element: str) -> str:
    low, high = VARIABLE_VALENCES[element]
    return f"{low:+g} to {high:+g}"


def _distances(report: SymmetryReport) -> Iterator[Finding]:
    for pair in report.shortest:
        radii = sum(gemmi.Element(element).covalent_r for element in pair.elements)
        if pair.together and pair.distance < CLOSEST_CONTACT * radii:
            yield Finding(
                level="error",
                message=(
                    f"{pair.sites[0]} and {pair.sites[1]} are {pair.distance:.3f} Å apart and "
                    f"both filled; their covalent radii add up to {radii:.2f} Å"
                ),
                value=pair.distance,
                expected=radii,
            )


def _displacements(phase: Phase) -> Iterator[Finding]:
    group, cell = phase.space_group, phase.cell
    for site in phase.sites:
        if site.u_iso is not None and site.u_iso < 0:
            yield Finding(
                level="warning", message=f"U_iso of {site.label} is negative", value=site.u_iso
            )
        obeying = standard.u_aniso(site, cell, group)
        if obeying is None:
            continue
        printed = np.array(site.u_aniso)
        off = float(np.abs(obeying - printed).max())
        if off > _printed_precision(site):
            yield Finding(
                level="warning",
                message=f"U_ij of {site.label} miss their site symmetry by {off:.5f} Å²",
                value=[float(u) for u in printed],
                expected=[float(u) for u in obeying],
            )
        scale = np.outer(cell.reciprocal_lengths, cell.reciprocal_lengths)
        if np.linalg.eigvalsh(orbit.u_matrix(obeying) * scale).min() < 0:
            yield Finding(
                level="warning", message=f"U_ij of {site.label} are not positive definite"
            )


def _printed_precision(site: Site) -> float:
    """Return what rounding or the su leaves open of a site's U_ij (Å²)."""
    known = [su for su in site.u_aniso_su or () if su]
    places = [len(exact(u).partition(".")[2]) for u in site.u_aniso or ()]
    return max([10.0 ** -max(places), *known])


def _expected(report: SymmetryReport, phase: Phase) -> Iterator[Finding]:
    expected = phase.expected
    if expected.space_group is not None:
        yield from _expected_group(expected.space_group, phase)
    numbers = (
        (
            "V/Z",
            report.volume_per_formula_unit,
            expected.volume_per_formula_unit,
            VOLUME_TOLERANCE,
        ),
        ("density", report.density, expected.density, DENSITY_TOLERANCE),
    )
    for name, value, wanted, tolerance in numbers:
        if wanted is not None and (value is None or abs(value - wanted) > tolerance):
            shown = "unknown" if value is None else f"{value:.4f}"
            yield Finding(
                level="error",
                message=f"{name} is {shown}, expected {wanted:g}",
                value=value,
                expected=wanted,
            )
    for spacing in expected.d:
        d = phase.d(spacing.hkl)
        if abs(d - spacing.d) > SPACING_TOLERANCE:
            yield Finding(
                level="error",
                message=f"d{format_hkl(spacing.hkl)} is {d:.4f} Å, expected {spacing.d:g}",
                value=d,
                expected=spacing.d,
            )
    yield from _expected_bonds(phase)


def _expected_group(symbol: str, phase: Phase) -> Iterator[Finding]:
    try:
        wanted = SpaceGroup.from_name(symbol, alpha=phase.cell.alpha, gamma=phase.cell.gamma)
    except SpaceGroupError as error:
        yield Finding(level="error", message=str(error), value=symbol)
        return
    if wanted != phase.space_group:
        yield Finding(
            level="error",
            message=f"the space group is {phase.space_group}, expected {symbol}",
            value=str(phase.space_group),
            expected=symbol,
        )


def _expected_bonds(phase: Phase) -> Iterator[Finding]:
    for bond in phase.expected.bonds:
        found = distances_between(phase, *bond.sites, cutoff=max(4.0, bond.distance + 0.5))
        near = found[np.argmin(np.abs(found - bond.distance))] if len(found) else np.inf
        if abs(near - bond.distance) > BOND_TOLERANCE:
            shown = f"{near:.4f} Å is the nearest" if len(found) else "there is none"
            yield Finding(
                level="error",
                message=f"no distance {'-'.join(bond.sites)} of {bond.distance:.4f} Å: {shown}",
                value=float(near) if len(found) else None,
                expected=bond.distance,
            )
