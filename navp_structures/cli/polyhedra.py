"""``navp polyhedra``: bonds, volumes and what polyhedra share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from navp_structures.cli.drawing import draw_picture
from navp_structures.cli.output import check_format, csv_option, json_option, print_result
from navp_structures.errors import InputError

if TYPE_CHECKING:
    from navp_structures.analysis.polyhedra.result import Polyhedra
    from navp_structures.show.tables import TableResult


table_option = click.option(
    "--table",
    default="gagne-hawthorne-2015",
    show_default=True,
    help="Bond valences: also brown-altermatt-1985, brese-okeeffe-1991.",
)
"""For every command that sums bond valences."""


@click.command("polyhedra")
@click.argument("phases", nargs=-1, required=True, metavar="PHASE...")
@click.option(
    "--centre",
    multiple=True,
    default=("V",),
    show_default="V",
    help="Element or label of a site; may be given again.",
)
@click.option(
    "--ligand",
    multiple=True,
    default=("O",),
    show_default="O",
    help="Element or label of a site; may be given again.",
)
@click.option(
    "--shell",
    default="solid_angle",
    show_default=True,
    help="Who is a ligand where the two differ: solid_angle or gap.",
)
@click.option("--cutoff", type=float, help="Largest bond in Å, in place of either.")
@table_option
@click.option(
    "--valence",
    "valences",
    multiple=True,
    type=(str, int),
    metavar="NAME NUMBER",
    help="Oxidation state of an element or a site: V1 3.",
)
@click.option("--bonds", is_flag=True, help="List the bonds.")
@click.option("--shared", is_flag=True, help="List shared corners, edges and faces.")
@click.option("--plot", type=Path, metavar="FILE", help="Draw into a png, pdf or svg file.")
@csv_option
@json_option
def polyhedra(
    phases: tuple[str, ...],
    bonds: bool,
    shared: bool,
    plot: Path | None,
    as_csv: bool,
    as_json: bool,
    valences: tuple[tuple[str, int], ...],
    **settings: Any,
) -> None:
    """Measure the coordination polyhedra of each PHASE.

    Volume of the hull, mean bond, Baur's distortion index, Robinson's quadratic elongation
    and bond-angle variance, Hoppe's effective coordination and the bond-valence sum, with
    su. Disordered structures are taken as they are.
    """
    check_format(as_csv=as_csv, as_json=as_json)
    if bonds and shared:
        raise InputError("--bonds and --shared are two tables; name one")
    if plot is not None:
        from navp_structures.io.pictures import check_picture

        check_picture(plot)
    from navp_structures.analysis.polyhedra.polyhedra import polyhedra as measured

    result = measured(phases, valences=dict(valences), **settings)
    if plot is not None:
        from navp_structures.show.bond_strips import figure_size

        size = figure_size(len(result.rows), result.picture_notes)
        draw_picture(plot, size, lambda ax: result.plot(ax))
    print_result(_table(result, bonds=bonds, shared=shared), as_csv=as_csv, as_json=as_json)


def _table(result: Polyhedra, *, bonds: bool, shared: bool) -> TableResult[Any]:
    if shared:
        return result.shared()
    return result.bonds if bonds else result
