"""A symmetry report as JSON and as text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from navp_structures.show.numbers import rounded
from navp_structures.show.tables import document, printable, printable_lines, text_grid

if TYPE_CHECKING:
    from navp_structures.analysis.symmetry import SymmetryReport

Fold = Callable[[str], str]


def report_to_dict(report: SymmetryReport) -> dict[str, Any]:
    """Return the JSON document of a report."""
    window = report.window
    results = {
        "phase": report.phase,
        "kind": report.kind,
        "reason": report.reason,
        "passed": report.passed,
        "declared": {
            "symbol": report.declared.symbol,
            "number": report.declared.number,
            "setting": report.declared.setting or None,
            "operations": len(report.declared.operations),
        },
        "window": list(window) if window else None,
        "parent": report.parent,
        "parent_symprec": report.parent_symprec,
        "scan": [asdict(step) for step in report.scan],
        "sites": [asdict(site) for site in report.sites],
        "formula": report.formula,
        "formula_units": report.formula_units,
        "composition": [asdict(count) for count in report.composition],
        "charge_balance": asdict(report.charge) if report.charge else None,
        "density": report.density,
        "volume_per_formula_unit": report.volume_per_formula_unit,
        "volume_per_formula_unit_su": report.volume_per_formula_unit_su,
        "shortest_distances": [asdict(pair) for pair in report.shortest],
        "findings": [asdict(finding) for finding in report.findings],
    }
    return document("check", report.inputs, results)


def report_to_text(report: SymmetryReport, width: int, fold: Fold) -> str:
    """Return a report for a terminal."""
    parts = [_head(report, fold), *_blocks(report, width), _verdict(report, fold)]
    return printable_lines("\n\n".join(part for part in parts if part))


def report_to_line(report: SymmetryReport) -> str:
    """Return the verdict in one line, with the kind of phase and the first problem."""
    window = f"{report.window[0]:g} to {report.window[1]:g} Å" if report.window else "cell only"
    kind = report.kind or "kind unknown"
    verdict = "passed" if report.passed else "failed"
    line = f"{report.phase:<17} {kind:<9} {report.declared!s:<12} {verdict}  {window}"
    worst = [f.message for f in report.findings if f.level != "note"]
    return printable(line + (f"; {worst[0]}" if worst else ""))


def _head(report: SymmetryReport, fold: Fold) -> str:
    group = report.declared
    setting = f" ({group.setting})" if group.setting else ""
    lines = [
        fold(
            ": ".join(
                filter(None, (report.phase, report.kind or "kind unknown", report.reason))
            )
        )
    ]
    number = f", No. {group.number}" if group.number else ""
    lines.append(f"declared  {group}{setting}{number}, {len(group.operations)} operations")
    if report.window is not None:
        low, high = report.window
        lines.append(f"spglib    agrees from {low:g} to {high:g} Å")
    return "\n".join(lines)


def _blocks(report: SymmetryReport, width: int) -> list[str]:
    return [
        _scan(report, width),
        _sites(report, width),
        _numbers(report),
        _shortest(report, width),
    ]


def _scan(report: SymmetryReport, width: int) -> str:
    """Return the scan with equal neighbouring steps drawn together."""
    rows: list[list[str]] = []
    previous: tuple[object, ...] | None = None
    for step in report.scan:
        key = (step.symbol, step.relation, step.operations, step.problem)
        if key == previous:
            rows[-1][1] = f"{step.symprec:g}"
        else:
            found = step.symbol or step.problem
            shown = f"{step.symprec:g}"
            rows.append([shown, shown, found, str(step.operations), _WORDS[step.relation]])
        previous = key
    if not rows:
        return ""
    heads = ["from / Å", "to / Å", "spglib finds", "operations", "against declared"]
    return text_grid(heads, rows, left=[False, False, True, False, True], width=width)


_WORDS = {
    "same": "same",
    "higher": "higher: holds them all",
    "lower": "lower: some are missing",
    "other": "other operations",
    "none": "no answer",
}


def _sites(report: SymmetryReport, width: int) -> str:
    if not report.sites:
        return ""
    rows = [
        [
            site.label,
            f"{site.multiplicity}{site.letter or ''}",
            site.declared or "",
            f"{site.occupancy:.4g}",
        ]
        for site in report.sites
    ]
    heads = ["site", "Wyckoff", "declared", "occupancy"]
    return text_grid(heads, rows, left=[True, False, True, False], width=width)


def _numbers(report: SymmetryReport) -> str:
    lines = []
    if report.composition:
        counts = " ".join(
            f"{c.element}{rounded(c.from_sites, c.from_sites_su, 3)}"
            for c in report.composition
        )
        lines.append(f"sites     {counts}")
    lines.append(
        printable(f"formula   {report.formula or 'unknown'}, Z {report.formula_units or '?'}")
    )
    charge = report.charge
    if charge is not None and charge.valence is not None:
        valence = rounded(charge.valence, charge.valence_su, 2)
        lines.append(f"charge    balanced by {charge.element} of mean valence {valence}")
    elif charge is not None:
        lines.append(f"charge    sum {charge.total:+.2f} per formula unit")
    if report.density is not None:
        lines.append(f"density   {report.density:.3f} g/cm³")
    if report.volume_per_formula_unit is not None:
        su = report.volume_per_formula_unit_su
        # An su below the last digit shown is a volume held fixed.
        shown = rounded(report.volume_per_formula_unit, su if su and su >= 1e-3 else None, 3)
        lines.append(f"V/Z       {shown} Å³")
    return "\n".join(lines)


def _shortest(report: SymmetryReport, width: int) -> str:
    if not report.shortest:
        return ""
    rows = [
        [
            "-".join(pair.elements),
            "-".join(pair.sites),
            f"{pair.distance:.4f}",
            "" if pair.together else "never both filled",
        ]
        for pair in report.shortest
    ]
    heads = ["pair", "sites", "shortest / Å", ""]
    return text_grid(heads, rows, left=[True, True, False, True], width=width)


def _verdict(report: SymmetryReport, fold: Fold) -> str:
    # A finding of a plugin's check says whose it is.
    of = {name: f" ({name})" for name in report.checks}
    lines = [
        fold(printable(f"{f.level}{of.get(f.check, '')}: {f.message}")) for f in report.findings
    ]
    lines.append("passed" if report.passed else "failed")
    return "\n".join(lines)
