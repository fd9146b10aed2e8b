"""``navp polyhedra``: bonds, volumes and what polyhedra share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from navp_structures.cli.drawing import draw_picture
from navp_structures.cli.output import check_format, csv_option, json_option, print_result
from navp_structures.cli.polyhedra_options import polyhedra_options
from navp_structures.errors import InputError

if TYPE_CHECKING:
    from navp_structures.analysis.polyhedra.result import Polyhedra
    from navp_structures.show.tables import TableResult


@click.command("polyhedra")
@click.argument("phases", nargs=-1, required=True, metavar="PHASE...")
@polyhedra_options
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

    result = measured(phases, **settings)
    if plot is not None:
        from navp_structures.show.bond_strips import figure_size

        size = figure_size(len(result.rows), result.picture_notes)
        draw_picture(plot, size, lambda ax: result.plot(ax))
    print_result(_table(result, bonds=bonds, shared=shared), as_csv=as_csv, as_json=as_json)


def _table(result: Polyhedra, *, bonds: bool, shared: bool) -> TableResult[Any]:
    if shared:
        return result.shared()
    return result.bonds if bonds else result
