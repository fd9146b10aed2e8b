"""``navp add --from-dir``: every CIF of a folder becomes one of the user's own phases."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from navp_structures.cli.add import finding_rows, phase_lines, tell_unsearched
from navp_structures.cli.output import error_line, folded, one_line, print_json

if TYPE_CHECKING:
    from pathlib import Path

    from navp_structures.analysis.symmetry import SymmetryReport
    from navp_structures.catalogue.add_many import AddedFile, AddedPhases
    from navp_structures.model.phase import Phase


def add_folder(folder: str, said: dict[str, Any], *, as_json: bool) -> None:
    """Add each CIF of a folder, and tell what became of it."""
    from navp_structures.analysis.symmetry import check_symmetry
    from navp_structures.catalogue.add_many import add_phases

    reports: dict[Path, SymmetryReport] = {}

    def examine(file: Path, phase: Phase) -> None:
        reports[file] = check_symmetry(phase)
        first, *findings = phase_lines(phase, reports[file])
        for line in (f"{file.name}: {first}", *findings):
            click.echo(folded(line), err=as_json)

    done = add_phases(folder, examine=examine, **said)
    if as_json:
        _print(folder, said, done, reports)
    else:
        for note in done.notes:
            click.echo(folded(note))
    for note in (note for added in done.added for note in added.notes):
        click.echo(folded(note), err=True)
    for row in done.refused:
        problem = row.problem or ""
        named = problem if row.file in problem else f"{row.file}: {problem}"
        click.echo(error_line(f"not added: {named}"), err=True)
    if done.added and not done.added[0].found:
        tell_unsearched(done.added[0])
    if done.refused:
        sys.exit(2)
    if not all(report.passed for report in reports.values()):
        sys.exit(1)


def _print(
    folder: str, said: dict[str, Any], done: AddedPhases, reports: dict[Path, SymmetryReport]
) -> None:
    from navp_structures.show.tables import document

    rows = [_row(row, reports.get(row.path)) for row in done.rows]
    print_json(document("add_folder", {"from_dir": folder, **said}, rows))


def _row(row: AddedFile, report: SymmetryReport | None) -> dict[str, Any]:
    added = row.added
    return {
        "file": one_line(row.path),
        "id": row.id,
        "formula": row.formula,
        "space_group": row.space_group,
        "kind": row.kind,
        "volume_per_formula_unit": row.volume_per_formula_unit,
        "passed": None if report is None else report.passed,
        "findings": [] if report is None else finding_rows(report),
        "cif": None if added is None else str(added.cif),
        "toml": None if added is None else str(added.toml),
        "found": None if added is None else added.found,
        "notes": [] if added is None else list(added.notes),
        "problem": row.problem,
    }
