"""``navp saed``: electron diffraction patterns as tables and plots."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from navp_structures.cli.drawing import draw_picture
from navp_structures.cli.output import check_format, csv_option, json_option, print_result
from navp_structures.errors import InputError

if TYPE_CHECKING:
    from navp_structures.analysis.saed.result import SaedPattern, SaedPatterns
    from navp_structures.analysis.saed.ring_result import RingPattern, RingPatterns

# Options that orient a crystal, which means nothing for rings.
_ORIENTING: Final = (
    "zone_axis", "spots", "horizontal", "tilt", "direction", "rotation",
    "max_excitation_error", "thickness", "precession",
)  # fmt: skip


@click.command("saed")
@click.argument("phases", nargs=-1, required=True, metavar="PHASE...")
@click.option(
    "--zone-axis",
    multiple=True,
    metavar="UVW",
    help='"2 1 0", towards the gun; one for all phases, or repeated, one for each.',
)
@click.option(
    "--spots",
    nargs=2,
    multiple=True,
    metavar="HKL HKL",
    help="Two reflections that define the zone axis, the first to the right; as --zone-axis.",
)
@click.option("--voltage", type=float, help="kV.  [default: 200]")
@click.option(
    "--tilt", type=float, nargs=2, metavar="ALPHA BETA", help="Degrees about x, then y."
)
@click.option(
    "--direction", type=float, nargs=3, metavar="U V W", help="Turned to the gun instead."
)
@click.option(
    "--horizontal", multiple=True, metavar="HKL", help="The spot to the right; as --zone-axis."
)
@click.option("--rotation", type=float, help="Degrees anticlockwise from there.")
@click.option("--d-min", type=float, help="Smallest spacing in Å.  [default: 1]")
@click.option(
    "--max-excitation-error",
    type=float,
    help="Å⁻¹.  [default: all of the zero layer down to --d-min; 0.01 in higher zones]",
)
@click.option("--thickness", type=float, help="Of the foil in nm; none weighs all alike.")
@click.option("--precession", type=float, help="Half angle of the cone in mrad.")
@click.option("--double-diffraction", is_flag=True, help="Draw what only it can light up.")
@click.option("--camera-length", type=float, help="mm.")
@click.option("--camera-constant", type=float, help="Distance times spacing, px Å.")
@click.option("--pixel", type=float, help="Edge of a pixel in µm.")
@click.option(
    "--centre", type=float, nargs=2, metavar="COLUMN ROW", help="Of the direct beam, in pixels."
)
@click.option("--rings", is_flag=True, help="The rings of a polycrystal instead.")
@click.option("--plot", type=Path, metavar="FILE", help="Draw into a png, pdf or svg file.")
@click.option("--style", help="Of the plot: micrograph or inverted.  [default: micrograph]")
@click.option("--scale", help="Of the plot: sqrt, log or linear.  [default: sqrt]")
@click.option("--no-labels", is_flag=True, help="Leave the hkl out of the plot.")
@csv_option
@json_option
def saed(
    phases: tuple[str, ...],
    rings: bool,
    plot: Path | None,
    style: str | None,
    scale: str | None,
    no_labels: bool,
    as_csv: bool,
    as_json: bool,
    **settings: Any,
) -> None:
    """List the electron diffraction spots of each PHASE, and draw them.

    Kinematic intensities, the strongest of a phase is 100. Each spot says why it is there:
    allowed, superlattice, a higher Laue zone (holz), or double diffraction.
    """
    check_format(as_csv=as_csv, as_json=as_json)
    _check_plot(plot, style, scale, no_labels=no_labels)
    given = {name: value for name, value in settings.items() if value not in (None, ())}
    result: Any = _rings(phases, given) if rings else _spots(phases, given)
    if plot is not None:
        from navp_structures.show.pattern_sheet import figure_size

        size = figure_size(result.picture_notes)
        draw_picture(
            plot,
            size,
            lambda ax: result.plot(
                ax, style=style or "micrograph", scale=scale or "sqrt", labels=not no_labels
            ),
        )
    print_result(result, as_csv=as_csv, as_json=as_json)


def _check_plot(
    plot: Path | None, style: str | None, scale: str | None, *, no_labels: bool
) -> None:
    if plot is None:
        for option, given in (("style", style), ("scale", scale), ("no-labels", no_labels)):
            if given:
                raise InputError(f"--{option} is of the plot: name the picture with --plot")
        return
    from navp_structures.io.pictures import check_picture
    from navp_structures.show.brightness import brightness
    from navp_structures.show.pattern_style import palette_of

    check_picture(plot)
    palette_of(style or "micrograph")
    brightness(0.0, scale or "sqrt")


def _spots(phases: tuple[str, ...], given: dict[str, Any]) -> SaedPattern | SaedPatterns:
    from navp_structures.analysis.saed.pattern import saed_patterns

    for name in ("zone_axis", "spots", "horizontal"):
        if name in given and len(given[name]) == 1:
            (given[name],) = given[name]
    result = saed_patterns(phases, **given)
    return result if len(phases) > 1 else result[0]


def _rings(phases: tuple[str, ...], given: dict[str, Any]) -> RingPattern | RingPatterns:
    from navp_structures.analysis.saed.rings import ring_patterns

    for name in _ORIENTING:
        if name in given:
            option = name.replace("_", "-")
            raise InputError(f"--rings are of all orientations together; leave --{option} out")
    result = ring_patterns(phases, **given)
    return result if len(phases) > 1 else result[0]
