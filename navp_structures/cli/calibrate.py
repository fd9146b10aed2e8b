"""``navp calibrate``, and the standard behind ``navp index --calibrate``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from navp_structures.cli.arguments import WITH_MINUS, Word, fraction
from navp_structures.cli.output import check_format, csv_option, json_option, print_result
from navp_structures.errors import InputError

if TYPE_CHECKING:
    from navp_structures.analysis.calibration_result import Calibration


@click.command("calibrate", context_settings=WITH_MINUS)
@click.argument("phase")
@click.argument("values", nargs=-1, required=True, type=Word(), metavar="VALUE... | FILE")
@click.option(
    "--units",
    help="A, nm, 1/A, 1/nm, q, two_theta or px.  [default: A, or as the FILE says]",
)
@click.option(
    "--sigma", help="One standard deviation: relative (0.01 or 1%); degrees for two_theta."
)
@click.option("--radiation", help="For two_theta: a line such as CuKa1, or a wavelength in Å.")
@click.option("--camera-constant", type=float, help="For px: the nominal one, px Å.")
@click.option(
    "--hkl", "hkls", multiple=True, help='Of each VALUE, "1 1 1", where it is known; repeated.'
)
@click.option("--scale-sigma", help="How far the scale may be off beforehand.  [5%]")
@click.option("--zero-sigma", type=float, help="The same of the zero of 2θ, degrees.  [0.1]")
@click.option("--displacement-sigma", type=float, help="And of the displacement.  [0.2]")
@csv_option
@json_option
def calibrate(
    phase: str,
    values: tuple[str, ...],
    hkls: tuple[str, ...],
    scale_sigma: str | None,
    zero_sigma: float | None,
    displacement_sigma: float | None,
    as_csv: bool,
    as_json: bool,
    **said: Any,
) -> None:
    """Say what an instrument makes of the measured VALUEs of the standard PHASE.

    Spacings show their scale and, in px, the camera constant; lines in two_theta the zero
    shift and the displacement of the sample. 'navp index --calibrate' uses a standard
    without this command.
    """
    check_format(as_csv=as_csv, as_json=as_json)
    result = _calibration(
        phase,
        values,
        **said,
        hkls=hkls or None,
        scale_sigma=fraction(scale_sigma, "--scale-sigma"),
        zero_sigma=zero_sigma,
        displacement_sigma=displacement_sigma,
    )
    print_result(result, as_csv=as_csv, as_json=as_json)


def calibration_of(text: str, **said: Any) -> Calibration:
    """Return the calibration of a text such as ``Au 2.36 2.04`` or ``Au rings.csv``.

    Raises
    ------
    InputError
        When it names no phase with a value, or the values are of another unit.
    """
    try:
        words = shlex.split(text)
    except ValueError:
        words = []
    if len(words) < 2:
        raise InputError(
            f'--calibrate is {text!r}; write a phase and its values, "Au 2.36 2.04 1.44", or a '
            "file of them"
        )
    in_degrees, in_pixels = said["units"] == "two_theta", said["units"] == "px"
    # What belongs to the measurement alone: a radiation of spacings tells of intensities.
    said["radiation"] = said["radiation"] if in_degrees else None
    said["camera_constant"] = said["camera_constant"] if in_pixels else None
    try:
        return _calibration(words[0], tuple(words[1:]), **said)
    except InputError as error:
        raise InputError(f"--calibrate, read as {said['units']}: {error}") from None


def _calibration(
    phase: str,
    values: tuple[str, ...],
    *,
    units: str | None,
    sigma: str | None,
    radiation: str | None,
    camera_constant: float | None,
    **more: Any,
) -> Calibration:
    from navp_structures.analysis.calibration import calibrate as calibrated
    from navp_structures.cli.index_list import is_file

    spread: Any = fraction(sigma, "--sigma")
    if is_file(values):
        numbers, units, own = _listed(values[0], units)
        spread = own if spread is None else spread
    else:
        numbers = [_number(value) for value in values]
    return calibrated(
        numbers,
        phase,
        units=units or "A",
        sigma=spread,
        radiation=radiation,
        camera_constant=camera_constant,
        **more,
    )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{text!r} is no number; write a value like 2.355") from None


def _listed(file: str, units: str | None) -> tuple[list[float], str, list[float] | None]:
    """Return the values of a file, their unit, and the sigma of each where it has them."""
    from navp_structures.catalogue.spacing_readers import read_spacings
    from navp_structures.cli.index_list import relative_sigma, units_of

    listed = read_spacings(Path(file), units=units)
    if listed.kind == "spots":
        raise InputError(f"{file} holds spots; a standard needs spacings or lines")
    unit = units_of(listed)
    sigma = None
    if listed.sigma is not None:
        degrees = [float(s) for s in listed.sigma]
        sigma = degrees if unit == "two_theta" else relative_sigma(listed)
    return [float(value) for value in listed.values], unit, sigma
