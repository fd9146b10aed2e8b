"""``navp check``: is a phase what it says it is?"""

from __future__ import annotations

import sys

import click

from navp_structures.cli.output import (
    error_line,
    folded,
    json_option,
    print_json,
    print_notes,
    terminal_width,
)
from navp_structures.errors import NavpError


@click.command("check")
@click.argument("phases", nargs=-1, metavar="[PHASE]...")
@json_option
def check(phases: tuple[str, ...], as_json: bool) -> None:
    """Check symmetry, composition, distances and expected values of each PHASE.

    Without a PHASE every phase of the catalogue is checked, in one line each. The exit
    code is 1 when a check fails, 2 when a phase cannot be read.
    """
    from navp_structures.analysis.symmetry import check_symmetry
    from navp_structures.catalogue.catalogue import catalogue
    from navp_structures.show.tables import document

    names = phases or tuple(entry.qualified for entry in catalogue().entries)
    reports, unusable = [], False
    for name in names:
        try:
            reports.append(check_symmetry(name))
        except NavpError as error:
            # The others are still worth checking.
            unusable = True
            click.echo(error_line(error), err=True)
    if as_json:
        results = [report.to_dict()["results"] for report in reports]
        print_json(document("checks", {"phases": list(names)}, results))
    elif phases:
        for n, report in enumerate(reports):
            click.echo(("\n" if n else "") + report.to_text(terminal_width(), fold=folded))
    else:
        for report in reports:
            click.echo(report.to_line())
        click.echo()
        print_notes(sentence for report in reports for sentence in report.provisos)
    if unusable or not all(report.passed for report in reports):
        sys.exit(2 if unusable else 1)
