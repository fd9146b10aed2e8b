"""``navp misfit``: how the lattice of one phase fits on that of another."""

from __future__ import annotations

from typing import Any

import click

from navp_structures.cli.output import check_format, csv_option, json_option, print_result


@click.command("misfit")
@click.argument("first", metavar="PHASE")
@click.argument("second", metavar="PHASE")
@click.option(
    "--plane", "planes", multiple=True, metavar="HKL", help='Of the first phase: "3 0 0".'
)
@click.option(
    "--direction", "directions", multiple=True, metavar="UVW", help='Of the first: "0 6 1".'
)
@click.option(
    "--correspondence",
    metavar="ROWS",
    help='Rows of C, [uvw] of the second = C [uvw] of the first: "1/2 0 -1; -1/2 1 0; 1 0 1".'
    "  [default: found]",
)
@click.option("--ion", default="Na", show_default=True, help="Element that comes and goes.")
@click.option("--max-strain", type=float, help="Limit of the search, relative.  [default: 0.1]")
@click.option(
    "--max-multiple",
    type=int,
    help="Common cells up to so many times the smallest, at most 4.  [default: 1]",
)
@csv_option
@json_option
def misfit(
    first: str,
    second: str,
    as_csv: bool,
    as_json: bool,
    **settings: Any,
) -> None:
    """Strain that turns the lattice of the first PHASE into that of the second.

    Principal stretches with their directions, the misfit of planes and directions, and how
    they read in the second phase. Without a correspondence the one is taken that moves the
    atoms of the host least.
    """
    check_format(as_csv=as_csv, as_json=as_json)
    from navp_structures.analysis.misfit.misfit import lattice_misfit

    given = {name: value for name, value in settings.items() if value is not None}
    found = lattice_misfit(first, second, **given)
    print_result(found, as_csv=as_csv, as_json=as_json)
