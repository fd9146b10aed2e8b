"""``navp xrd``: powder patterns as tables and plots."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from navp_structures.cli.drawing import draw_picture
from navp_structures.cli.output import check_format, csv_option, json_option, print_result
from navp_structures.errors import InputError

if TYPE_CHECKING:
    from navp_structures.analysis.powder.result import PowderPatterns
    from navp_structures.model.measured import MeasuredPattern


@click.command("xrd")
@click.argument("phases", nargs=-1, required=True, metavar="PHASE...")
@click.option(
    "--radiation",
    default="CuKa1",
    show_default=True,
    help="Ka1, Ka2, Ka (mean) or Ka12 (both) of Cu, Co, Mo, Cr, Ag, Fe; a wavelength in Å; "
    '"8047.8 eV"; "200 kV" for electrons.',
)
@click.option(
    "--probe", help="What a wavelength belongs to: xray (default), neutron or electron."
)
@click.option(
    "--two-theta",
    type=float,
    nargs=2,
    metavar="LOW HIGH",
    help="Degrees.  [default: that of --measured, else 5 90, less below 0.3 Å]",
)
@click.option("--monochromator", type=float, help="Its Bragg angle 2θ in degrees.")
@click.option("--no-dispersion", is_flag=True, help="Leave out f' and f''.")
@click.option(
    "--preferred-orientation",
    nargs=2,
    metavar="HKL R",
    help='March-Dollase: "0 0 6" 0.8; below 1 plates lie flat.',
)
@click.option("--caglioti", type=float, nargs=3, metavar="U V W", help="Degrees²: FWHM².")
@click.option("--mixing", type=float, help="Lorentzian share of the profile, 0 to 1.")
@click.option("--scherrer-constant", type=float, help="K of Scherrer's formula; 0.9.")
@click.option("--size", type=float, help="Crystallite size in Å.")
@click.option("--strain", type=float, help="Microstrain, relative.")
@click.option("--zero-shift", type=float, help="Degrees.")
@click.option("--displacement", type=float, help="Of the sample, upwards, in mm.")
@click.option("--radius", type=float, help="Of the diffractometer, in mm.")
@click.option("--tolerance", type=float, help="Degrees: nearer lines share a peak number.")
@click.option("--plot", type=Path, metavar="FILE", help="Draw into a png, pdf or svg file.")
@click.option(
    "--measured", type=Path, metavar="FILE", help="Draw a two-column file (2θ, counts) too."
)
@click.option(
    "--axis", default="two_theta", show_default=True, help="Of the plot: two_theta, q or d."
)
@csv_option
@json_option
def xrd(
    phases: tuple[str, ...],
    plot: Path | None,
    measured: Path | None,
    axis: str,
    as_csv: bool,
    as_json: bool,
    **settings: Any,
) -> None:
    """List the powder lines of each PHASE, and draw them.

    Kinematic intensities with occupancies, displacements, Lorentz and polarisation
    factors; the strongest line of a phase is 100. Each family has its own row.
    """
    from navp_structures.analysis.powder.pattern import powder_patterns

    check_format(as_csv=as_csv, as_json=as_json)
    _check_options(plot, measured, axis)
    overlay = None
    if measured is not None:
        from navp_structures.io.measured import read_pattern

        overlay = read_pattern(measured)
    result = powder_patterns(phases, **_keywords(settings, overlay))
    if plot is not None:
        _draw(result, plot, overlay, axis)
    print_result(result, as_csv=as_csv, as_json=as_json)


def _check_options(plot: Path | None, measured: Path | None, axis: str) -> None:
    if measured is not None and plot is None:
        raise InputError("--measured is drawn: name the picture with --plot")
    if plot is None and axis != "two_theta":
        raise InputError("--axis is that of the plot: name the picture with --plot")
    if plot is not None:
        from navp_structures.analysis.powder.axes import check_axis
        from navp_structures.io.pictures import check_picture

        check_axis(axis)
        check_picture(plot)


def _keywords(settings: dict[str, Any], overlay: MeasuredPattern | None) -> dict[str, Any]:
    """Return the keywords of `powder_pattern` for the options that were given."""
    given = {name: value for name, value in settings.items() if value is not None}
    given["dispersion"] = not given.pop("no_dispersion")
    texture = given.get("preferred_orientation")
    if texture is not None:
        given["preferred_orientation"] = (texture[0], _number(texture[1]))
    if overlay is not None and "two_theta" not in given:
        low, high = max(0.0, float(overlay.x[0])), min(180.0, float(overlay.x[-1]))
        if low >= high:
            raise InputError(
                f"{overlay.name} holds x {overlay.x[0]:g} to {overlay.x[-1]:g}, no 2θ "
                "between 0 and 180 degrees"
            )
        given["two_theta"] = (low, high)
    return given


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(
            f"--preferred-orientation: {text!r} is no number; write the plane and r: "
            "'0 0 6' 0.8"
        ) from None


def _draw(
    result: PowderPatterns, path: Path, overlay: MeasuredPattern | None, axis: str
) -> None:
    from navp_structures.show.powder_plot import figure_size

    size = figure_size(len(result.patterns), result.notes, measured=overlay is not None)
    draw_picture(path, size, lambda ax: result.plot(ax, axis=axis, measured=overlay))
