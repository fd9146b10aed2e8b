"""The options of ``navp index``, and which of them belong to which input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from navp_structures.cli.arguments import fraction
from navp_structures.errors import InputError

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--phase",
        "phases",
        multiple=True,
        help="A phase, or all; may be repeated. Default: Na3VP, Na2VP, NaVP, NZSP.",
    ),
    click.option(
        "--sigma", help="One standard deviation: relative (0.01 or 1%); degrees for two_theta."
    ),
    click.option(
        "--units",
        help="A, nm, 1/A, 1/nm, q, two_theta or px.  [default: A, or as the FILE says; 1/A "
        "for a FOLDER or .npz]",
    ),
    click.option(
        "--radiation", help="For two_theta: a line such as CuKa1, or a wavelength in Å."
    ),
    click.option("--camera-constant", type=float, help="For px: distance times spacing, px Å."),
    click.option(
        "--angle",
        "angles",
        multiple=True,
        help="Degrees between two spacings; with more, i,j:degrees from 1.",
    ),
    click.option("--angle-sigma", type=float, default=1.0, show_default=True, help="Degrees."),
    click.option(
        "--scale-sigma",
        help="Relative sigma of the common scale, 0 for an exact one: 1% unless said "
        "otherwise; none for two_theta.",
    ),
    click.option(
        "--calibrate",
        multiple=True,
        metavar='"PHASE VALUE..."',
        help="A standard that the same instrument measured, in the same units: its phase "
        "and values, or a file of them.",
    ),
    click.option(
        "--label",
        "labels",
        multiple=True,
        help='A printed (hkl) to judge, "1 -3 5"; may be repeated.',
    ),
    click.option("--probe", help="Whose |F| ranks: electron, xray or neutron."),
    click.option("--powder", is_flag=True, help="FILE holds lines of a powder pattern."),
    click.option(
        "--distortion-sigma", help="Of spots: relative sigma of an elliptic distortion, 0.5%."
    ),
    click.option(
        "--longest-zone",
        type=float,
        help="Å; longest of the equally probable zone axes.  [45]",
    ),
    click.option("--g-max", type=float, help="Å⁻¹; how far spots were looked for.  [weighed]"),
    click.option(
        "--workers", type=int, help="Of a FOLDER or .npz: processes.  [default: the cores]"
    ),
    click.option(
        "--sequence", is_flag=True, help="FILEs are patterns of one grain, in their order."
    ),
    click.option(
        "--frame-scale-sigma",
        help="Of a sequence: the part of --scale-sigma that is each frame's own.  [0.2%]",
    ),
    click.option(
        "--same-direction", is_flag=True, help="Of a sequence: the grain was not turned."
    ),
    click.option(
        "--direction-sigma", type=float, help="Then: degrees, in tilt and turn.  [default: 2]"
    ),
    click.option("--ion", help="Then: the element that comes and goes.  [default: Na]"),
    click.option(
        "--all", "whole", is_flag=True, help="List all that fit spacings, not the first ones."
    ),
    click.option(
        "--explain",
        is_flag=True,
        help="Tell the best solutions spot by spot; of powders, what to measure next.",
    ),
    click.option(
        "--plot",
        type=Path,
        metavar="FILE",
        help="Draw spots or powder lines: a png, pdf or svg file.",
    ),
)


def index_options(command: Command) -> Command:
    """Add the options of `Given`, but for those of the format, to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The options as they were given; None, empty or False where not."""

    phases: tuple[str, ...]
    sigma: str | None
    units: str | None
    radiation: str | None
    camera_constant: float | None
    angles: tuple[str, ...]
    angle_sigma: float
    scale_sigma: str | None
    calibrate: tuple[str, ...]
    labels: tuple[str, ...]
    probe: str | None
    powder: bool
    distortion_sigma: str | None
    longest_zone: float | None
    g_max: float | None
    workers: int | None
    sequence: bool
    frame_scale_sigma: str | None
    same_direction: bool
    direction_sigma: float | None
    ion: str | None
    whole: bool
    explain: bool
    plot: Path | None
    as_csv: bool
    as_json: bool

    @property
    def errors(self) -> dict[str, Any]:
        """Options of every indexing; None where not given."""
        return {
            "phases": self.phases or None,
            "sigma": fraction(self.sigma, "--sigma"),
            "scale_sigma": fraction(self.scale_sigma, "--scale-sigma"),
        }

    @property
    def of_spots(self) -> dict[str, Any]:
        """Options of spots; None where not given."""
        return {
            "angle_sigma": self.angle_sigma,
            "camera_constant": self.camera_constant,
            "distortion_sigma": fraction(self.distortion_sigma, "--distortion-sigma"),
            "longest_zone": self.longest_zone,
            "g_max": self.g_max,
        }

    @property
    def spot_options(self) -> dict[str, Any]:
        """Options of spots that are given, errors among them."""
        return given_only(self.errors | self.of_spots)

    def calibration(self, units: str) -> dict[str, Any]:
        """Return the option ``calibration`` of what is measured in a unit; empty without."""
        if not self.calibrate:
            return {}
        if len(self.calibrate) > 1:
            raise InputError("--calibrate is given twice; one standard is used")
        from navp_structures.cli.calibrate import calibration_of

        found = calibration_of(
            self.calibrate[0],
            units=units,
            sigma=self.sigma,
            radiation=self.radiation,
            camera_constant=self.camera_constant,
        )
        return {"calibration": found}

    @property
    def of_sequence(self) -> dict[str, Any]:
        """Options of a sequence alone that are given."""
        drift = fraction(self.frame_scale_sigma, "--frame-scale-sigma")
        return given_only(
            {
                "frame_scale_sigma": drift,
                "same_direction": self.same_direction,
                "direction_sigma": self.direction_sigma,
                "ion": self.ion,
            }
        )

    @property
    def tabled(self) -> bool:
        """Whether a table for people is asked for."""
        return not (self.as_csv or self.as_json)

    def refuse_unfit(self, of: str) -> None:
        """Raise InputError when an option does not belong to an input of `INPUTS`."""
        for name, (belongs, fitting) in _BELONGING.items():
            value = getattr(self, name)
            if of not in fitting and value not in (None, ()) and value is not False:
                option = _NAMES.get(name, name.replace("_", "-"))
                raise InputError(f"--{option} belongs to {belongs}, not to {INPUTS[of]}")


INPUTS: Final = {
    "spacings": "spacings",
    "file": "a file",
    "many": "a folder or an .npz file",
    "sequence": "a sequence",
}
"""What can be indexed, and how it is called."""

_NAMES: Final = {"angles": "angle", "labels": "label", "whole": "all"}

_SPOTS = "spots", ("file", "many", "sequence")
_WRITTEN = "spacings on the command line", ("spacings",)
_SEQUENCE = "a sequence: name its files behind --sequence", ("sequence",)

# To what an option belongs, and to which of `INPUTS` it is fit; others fit all.
_BELONGING: Final = {
    "angles": _WRITTEN,
    "labels": _WRITTEN,
    "probe": _WRITTEN,
    "radiation": ("spacings and powder lines", ("spacings", "file")),
    "powder": ("a file", ("spacings", "file")),
    "distortion_sigma": _SPOTS,
    "longest_zone": _SPOTS,
    "g_max": _SPOTS,
    "workers": ("a folder or an .npz file", ("many",)),
    "frame_scale_sigma": _SEQUENCE,
    "same_direction": _SEQUENCE,
    "direction_sigma": _SEQUENCE,
    "ion": _SEQUENCE,
    "whole": ("spacings", ("spacings", "file")),
    "explain": ("one pattern or a sequence", ("spacings", "file", "sequence")),
    "plot": ("one pattern", ("spacings", "file")),
}


def given_only(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options that are not None."""
    return {name: value for name, value in options.items() if value is not None}
