"""``navp d``: spacings, angles, zone axes and absences of planes."""

from __future__ import annotations

import click

from navp_structures.cli.arguments import WITH_MINUS, Word
from navp_structures.cli.output import json_option, print_table


@click.command("d", context_settings=WITH_MINUS)
@click.argument("phase")
@click.argument("hkl", nargs=-1, required=True, type=Word())
@click.option("--radiation", help="Give 2θ too: a line such as CuKa1, or a wavelength in Å.")
@json_option
def planes(phase: str, hkl: tuple[str, ...], radiation: str | None, as_json: bool) -> None:
    """Spacing and absence of each HKL, angle and zone axis of each two.

    Write HKL as "4 -2 6", (4,-2,6) or 4-26; four-index labels are taken too.
    """
    from navp_structures.analysis.planes import describe_planes

    result = describe_planes(phase, hkl, radiation=radiation)
    print_table(result, as_json=as_json)
