"""Is the declared space group the one that the atoms have?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from navp_structures.analysis.checks import with_findings
from navp_structures.analysis.composition import (
    ChargeBalance,
    ElementCount,
    charge_balance,
    density,
    element_counts,
)
from navp_structures.analysis.distances import ShortestDistance, shortest_distances
from navp_structures.analysis.spglib_symmetry import (
    Found,
    contents,
    find_symmetry,
    wyckoff_letters,
)
from navp_structures.catalogue import phase_checks
from navp_structures.catalogue.catalogue import PhaseLike, as_phase
from navp_structures.kernels.lattice import periodic_distances
from navp_structures.model import standard
from navp_structures.model.finding import Check, Finding
from navp_structures.model.phase import Phase, provisos
from navp_structures.model.spacegroup import SpaceGroup
from navp_structures.show.tables import printable

TOLERANCES: Final = (
    1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3,
)  # fmt: skip
"""Å; the scan from the rounding of coordinates to a tenth of a bond."""


LARGEST_SEARCH: Final = 20_000
"""Positions in the cell; the time of spglib grows with their square, to minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SymmetryStep:
    """What spglib finds at one tolerance (Å).

    Parameters
    ----------
    relation
        ``same`` operations as declared; ``higher`` when they are part of more; ``lower``
        when some are missing; ``other`` when neither holds the other; ``none`` when spglib
        failed, with the reason in `problem`.
    """

    symprec: float
    relation: str
    symbol: str | None
    number: int | None
    operations: int
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSymmetry:
    """Wyckoff letter and multiplicity of a site.

    Parameters
    ----------
    declared, declared_multiplicity
        As the source prints them.
    multiplicity
        Positions that the operations make of the coordinates.
    order, declared_order
        Order of the site symmetry, and what the source prints.
    letter
        From spglib, in the phase's own setting; None where that is no setting of its tables.
    """

    label: str
    declared: str | None
    letter: str | None
    multiplicity: int
    declared_multiplicity: int | None
    occupancy: float
    order: int
    declared_order: int | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SymmetryReport:
    """The answer of `check_symmetry`.

    Parameters
    ----------
    declared
        The phase's own group.
    scan
        What spglib finds from the tightest to the loosest tolerance; empty for a
        cell-only phase, and above `LARGEST_SEARCH` positions, which a note says.
    window
        Smallest and largest tolerance (Å) between which every step agrees with the
        declared operations; None when none does.
    parent
        Symbol of the higher symmetry that a looser tolerance would give, None if none.
    findings
        What is wrong or worth knowing; `passed` is False when one is an error.
    checks
        Names of the further checks that the phase met, those of plugins.
    """

    phase: str
    kind: str | None
    reason: str | None
    declared: SpaceGroup
    scan: tuple[SymmetryStep, ...]
    window: tuple[float, float] | None
    parent: str | None
    parent_symprec: float | None
    sites: tuple[SiteSymmetry, ...]
    composition: tuple[ElementCount, ...]
    formula: str | None
    formula_units: int | None
    charge: ChargeBalance | None
    density: float | None
    volume_per_formula_unit: float | None
    volume_per_formula_unit_su: float | None
    shortest: tuple[ShortestDistance, ...]
    findings: tuple[Finding, ...]
    checks: tuple[str, ...] = ()

    @property
    def provisos(self) -> tuple[str, ...]:
        """The sentence that a model or a computed phase is one, and why."""
        return provisos(self.phase, self.kind, self.reason, None)

    @property
    def passed(self) -> bool:
        """Whether no finding is an error."""
        return not any(finding.level == "error" for finding in self.findings)

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked."""
        asked = {"phase": self.phase, "tolerances": list(TOLERANCES)}
        return asked | {"checks": list(self.checks)}

    def __repr__(self) -> str:
        """One line: phase, declared group, verdict, window."""
        verdict = "passed" if self.passed else "failed"
        window = (
            f", agrees from {self.window[0]:g} to {self.window[1]:g} Å" if self.window else ""
        )
        kind = f", {self.kind}" if self.kind else ""
        kind += f": {self.reason}" if self.reason else ""
        told = f"{self.phase}{kind}: {self.declared} {verdict}{window}"
        return printable(f"<SymmetryReport {told}>")

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document."""
        from navp_structures.analysis.report import report_to_dict

        return report_to_dict(self)

    def to_text(self, width: int = 80, *, fold: Callable[[str], str] = str) -> str:
        """Return the report for a terminal; `fold` wraps its sentences."""
        from navp_structures.analysis.report import report_to_text

        return report_to_text(self, width, fold)

    def to_line(self) -> str:
        """Return the verdict in one line."""
        from navp_structures.analysis.report import report_to_line

        return report_to_line(self)

    def _repr_html_(self) -> str:
        """Return the report for notebooks."""
        import html

        return f"<pre>{html.escape(self.to_text())}</pre>"


def check_symmetry(
    phase: PhaseLike, *, checks: Iterable[Check] | None = None
) -> SymmetryReport:
    """Check the declared symmetry of a phase against spglib, and what its sites add up to.

    Group, setting and origin are compared operation by operation, at tolerances from
    1e-4 to 0.3 Å. Species and occupancies count as spglib's atom types.

    Parameters
    ----------
    phase
        A Phase, a name, or the path of a CIF. A cell-only phase gets its cell, volume and
        expected values checked.
    checks
        Further checks, whose findings join the others; None takes those of the installed
        plugins (the hook ``navp_checks``), an empty list none.

    Examples
    --------
    >>> check_symmetry("Na3VP").passed
    True
    """
    found = as_phase(phase)
    more = phase_checks.as_checks(checks)
    group = found.space_group
    whole = contents(found) if found.has_sites else None
    if whole is not None and len(whole.positions) > LARGEST_SEARCH:
        whole = None
    results = [find_symmetry(whole, symprec) for symprec in TOLERANCES] if whole else []
    scan = tuple(_step(group, result, found) for result in results)
    window = _window(scan)
    parent = next((s for s in scan if s.relation == "higher"), None)
    counts = element_counts(found) if found.has_sites else ()
    report = SymmetryReport(
        phase=found.id,
        kind=found.kind,
        reason=found.reason,
        declared=group,
        scan=scan,
        window=window,
        parent=parent.symbol if parent else None,
        parent_symprec=parent.symprec if parent else None,
        sites=_sites(found),
        composition=counts,
        formula=found.formula,
        formula_units=found.formula_units,
        charge=charge_balance(counts) if counts else None,
        density=density(found) if found.has_sites else None,
        volume_per_formula_unit=found.volume_per_formula_unit,
        volume_per_formula_unit_su=found.volume_per_formula_unit_su,
        shortest=shortest_distances(found) if found.has_sites else (),
        findings=(),
        checks=tuple(check.qualified for check in more),
    )
    return with_findings(report, found, phase_checks.findings(found, more))


def _step(group: SpaceGroup, result: Found, phase: Phase) -> SymmetryStep:
    if result.rotations is None or result.translations is None:
        return SymmetryStep(
            symprec=result.symprec,
            relation="none",
            symbol=None,
            number=None,
            operations=0,
            problem=result.problem,
        )
    missing, extra = _compare(group, result, phase)
    relation = {
        (False, False): "same",
        (False, True): "higher",
        (True, False): "lower",
        (True, True): "other",
    }[missing, extra]
    return SymmetryStep(
        symprec=result.symprec,
        relation=relation,
        symbol=result.symbol,
        number=result.number,
        operations=len(result.rotations),
    )


def _compare(group: SpaceGroup, result: Found, phase: Phase) -> tuple[bool, bool]:
    """Return whether declared operations are missing, and whether there are others."""
    assert result.rotations is not None  # noqa: S101 - the caller checked both
    assert result.translations is not None  # noqa: S101
    same = np.all(group.rotations[:, None] == result.rotations[None], axis=(2, 3))
    shift = group.translations[:, None] - result.translations[None]
    distance = periodic_distances(shift, phase.cell.metric_tensor)
    # spglib's translations float within its tolerance; distinct ones are 1 Å apart.
    match = same & (distance <= max(3.0 * result.symprec, 1e-3))
    return bool(np.any(~match.any(axis=1))), bool(np.any(~match.any(axis=0)))


def _window(scan: tuple[SymmetryStep, ...]) -> tuple[float, float] | None:
    """Return the longest run of agreeing steps, the tighter one where two are equal."""
    runs: list[list[float]] = [[]]
    for step in scan:
        if step.relation == "same":
            runs[-1].append(step.symprec)
        elif runs[-1]:
            runs.append([])
    longest = max(runs, key=len)
    return (longest[0], longest[-1]) if longest else None


def _sites(phase: Phase) -> tuple[SiteSymmetry, ...]:
    return tuple(
        SiteSymmetry(
            label="/".join(s.label for s in site.species),
            declared=site.wyckoff,
            letter=letter,
            multiplicity=standard.multiplicity(site, phase.cell, phase.space_group),
            declared_multiplicity=site.multiplicity,
            occupancy=site.occupancy,
            order=len(standard.stabiliser(site, phase.cell, phase.space_group)[0]),
            declared_order=site.symmetry_order,
        )
        for site, letter in zip(phase.sites, wyckoff_letters(phase), strict=True)
    )
