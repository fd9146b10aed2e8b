"""``navp path``: what happens as sodium leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from navp_structures.cli.drawing import draw_picture
from navp_structures.cli.output import check_format, csv_option, json_option, print_result
from navp_structures.cli.polyhedra_options import polyhedra_options
from navp_structures.errors import InputError


@click.command("path")
@click.argument("phases", nargs=-1, metavar="[PHASE]...")
@polyhedra_options
@click.option("--ion", default="Na", show_default=True, help="Element that comes and goes.")
@click.option(
    "--energy",
    "energies",
    type=float,
    multiple=True,
    metavar="EV",
    help="Formation energy in eV per atom, once for each PHASE: gives steps and voltages.",
)
@click.option("--plot", type=Path, metavar="FILE", help="Draw into a png, pdf or svg file.")
@csv_option
@json_option
def path(
    phases: tuple[str, ...],
    energies: tuple[float, ...],
    plot: Path | None,
    as_csv: bool,
    as_json: bool,
    **settings: Any,
) -> None:
    """Follow volume, polyhedra, valence and site fillings from PHASE to PHASE.

    Without a PHASE: Na3VP, Na2VP, NaVP. Comparisons of different temperatures, or of
    computed cells with measured ones, carry a warning with its size.
    """
    check_format(as_csv=as_csv, as_json=as_json)
    if energies and plot is not None:
        raise InputError("--plot draws volumes; leave --energy out")
    if plot is not None:
        from navp_structures.io.pictures import check_picture

        check_picture(plot)
    from navp_structures.analysis.sodiation.path import DEFAULT_PATH, sodiation_path

    if energies:
        from navp_structures.analysis.energetics import path_energetics

        found = path_energetics(phases or DEFAULT_PATH, energies, ion=settings["ion"])
        print_result(found, as_csv=as_csv, as_json=as_json)
        return
    result = sodiation_path(phases or None, **settings)
    if plot is not None:
        from navp_structures.show.path_plot import figure_size

        size = figure_size(len(result.rows), result.picture_notes)
        draw_picture(plot, size, lambda ax: result.plot(ax))
    print_result(result, as_csv=as_csv, as_json=as_json)
