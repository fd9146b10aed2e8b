"""``navp index``: from measured spacings to reflections."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from navp_structures.cli.arguments import WITH_MINUS, Word, fraction
from navp_structures.cli.index_list import (
    Wanted,
    draw_spots,
    explain_spots,
    index_file,
    is_file,
)
from navp_structures.cli.output import (
    check_format,
    csv_option,
    folded,
    json_option,
    print_json,
    print_result,
    print_table,
    terminal_width,
)

if TYPE_CHECKING:
    from navp_structures.analysis.indexing.label_result import LabelCheck
    from navp_structures.analysis.indexing.spacings import SpacingIndexing


@click.command("index", context_settings=WITH_MINUS)
@click.argument("values", nargs=-1, type=Word(), metavar="SPACING... | FILE")
@click.option(
    "--phase",
    "phases",
    multiple=True,
    help="A phase, or all; may be repeated. Default: Na3VP, Na2VP, NaVP, NZSP.",
)
@click.option(
    "--sigma", help="One standard deviation: relative (0.01 or 1%); degrees for two_theta."
)
@click.option(
    "--units",
    help="A, nm, 1/A, 1/nm, q, two_theta or px.  [default: A, or as the FILE says]",
)
@click.option("--radiation", help="For two_theta: a line such as CuKa1, or a wavelength in Å.")
@click.option("--camera-constant", type=float, help="For px: distance times spacing, px Å.")
@click.option(
    "--angle",
    "angles",
    multiple=True,
    help="Degrees between two spacings; with more, i,j:degrees from 1.",
)
@click.option("--angle-sigma", type=float, default=1.0, show_default=True, help="Degrees.")
@click.option(
    "--scale-sigma",
    help="Relative sigma of the common scale: 1% unless said otherwise; none for two_theta.",
)
@click.option(
    "--label",
    "labels",
    multiple=True,
    help='A printed (hkl) to judge, "1 -3 5"; may be repeated.',
)
@click.option("--probe", help="Whose |F| ranks: electron, xray or neutron.")
@click.option("--powder", is_flag=True, help="FILE holds lines of a powder pattern.")
@click.option(
    "--distortion-sigma", help="Of spots: relative sigma of an elliptic distortion, 0.5%."
)
@click.option(
    "--longest-zone", type=float, help="Å; longest of the equally probable zone axes.  [45]"
)
@click.option(
    "--explain",
    is_flag=True,
    help="Tell the best solutions spot by spot; of powders, what to measure next.",
)
@click.option(
    "--plot",
    type=Path,
    metavar="FILE",
    help="Draw spots or powder lines: a png, pdf or svg file.",
)
@csv_option
@json_option
def index(
    values: tuple[str, ...],
    phases: tuple[str, ...],
    sigma: str | None,
    units: str | None,
    radiation: str | None,
    camera_constant: float | None,
    angles: tuple[str, ...],
    angle_sigma: float,
    scale_sigma: str | None,
    labels: tuple[str, ...],
    probe: str | None,
    powder: bool,
    distortion_sigma: str | None,
    longest_zone: float | None,
    explain: bool,
    plot: Path | None,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Say which reflections the measured SPACINGs, or the spots or lines of a FILE, are.

    SPACINGs get every reflection that fits, extinct ones apart; two with their --angle also
    get the probability of phases and zone axes, as the spots of a pattern do. For a label
    that holds in none of the phases it lists what may have been meant. The exit code is 1
    when nothing could be indexed, or a label does not hold in any of the phases.
    """
    check_format(as_csv=as_csv, as_json=as_json)
    if plot is not None:
        from navp_structures.io.pictures import check_picture

        check_picture(plot)
    wanted = Wanted(plot=plot, explain=explain, as_csv=as_csv, as_json=as_json)
    errors: dict[str, Any] = {
        "phases": phases or None,
        "sigma": fraction(sigma, "--sigma"),
        "scale_sigma": fraction(scale_sigma, "--scale-sigma"),
    }
    of_spots = {
        "angle_sigma": angle_sigma,
        "camera_constant": camera_constant,
        "distortion_sigma": fraction(distortion_sigma, "--distortion-sigma"),
        "longest_zone": longest_zone,
    }
    if powder or is_file(values):
        unfit = {"--angle": angles, "--label": labels, "--probe": probe}
        index_file(
            values, errors, of_spots, wanted, unfit,
            units=units, radiation=radiation, powder=powder,
        )  # fmt: skip
        return
    numbers = [_number(v, "SPACING", "number; write a spacing like 1.88") for v in values]
    from navp_structures.analysis.indexing.spacings import index_spacings

    result = index_spacings(
        numbers,
        **errors,
        angles=_angles(angles, len(numbers)),
        angle_sigma=angle_sigma,
        units=units or "A",
        radiation=radiation,
        camera_constant=camera_constant,
        labels=labels,
        probe=probe,
    )
    _show(result, wanted)


def _show(result: SpacingIndexing, wanted: Wanted) -> None:
    """Print what spacings are; exit with 1 where nothing, or a label that does not hold."""
    from navp_structures.analysis.indexing.text import indexing_to_text

    if wanted.plot is not None:
        draw_spots(result.pattern, wanted.plot)
    checks = list(_checks(result))
    if wanted.as_csv:
        print_result(result, as_csv=True, as_json=False)
    elif wanted.as_json:
        content = result.to_dict()
        documents = [check.to_dict() for check in checks]
        content["results"]["label_checks"] = [
            {"inputs": document["inputs"], **document["results"]} for document in documents
        ]
        print_json(content)
    else:
        click.echo(indexing_to_text(result, width=terminal_width(), fold=folded))
        for check in checks:
            click.echo()
            print_table(check, as_json=False)
        if wanted.explain and result.pattern is not None:
            explain_spots(result.pattern)
    if not result.indexed or not result.labels_hold:
        sys.exit(1)


def _checks(result: SpacingIndexing) -> Iterator[LabelCheck]:
    """Yield a check, in each phase, of each label that holds in none of them."""
    from navp_structures.analysis.indexing.label_repair import check_label

    phases = {phase.id: phase for phase in result.of}
    holding = {verdict.number for verdict in result.labels if verdict.holds}
    for verdict in result.labels:
        if verdict.number in holding:
            continue
        # Two labels of two spacings share the zone axis of one image.
        pair = [v for v in result.labels if v.phase == verdict.phase]
        others = [v.hkl for v in pair if v.number != verdict.number]
        other = others[0] if len(pair) == 2 and len(result.observed) == 2 else None
        angles = [angle for *_, angle in result.inputs["angles"]]
        yield check_label(
            phases[verdict.phase],
            verdict.label,
            verdict.d_obs,
            sigma=result.observed[verdict.observation].sigma,
            other=other,
            angle=angles[0] if angles and other is not None else None,
            angle_sigma=result.inputs["angle_sigma"],
            probe=result.inputs["probe"],
        )


def _number(text: str, hint: str, wanted: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no {wanted}", param_hint=hint) from None


def _angles(texts: tuple[str, ...], count: int) -> float | dict[tuple[int, int], float] | None:
    if not texts:
        return None
    if len(texts) == 1 and ":" not in texts[0] and count == 2:
        return _degrees(texts[0])
    pairs = [_numbered(text, count) for text in texts]
    if len({frozenset(pair) for pair, _ in pairs}) < len(pairs):
        raise click.BadParameter("two angles for one pair of spacings", param_hint="--angle")
    return dict(pairs)


def _numbered(text: str, count: int) -> tuple[tuple[int, int], float]:
    pair, _, degrees = text.partition(":")
    try:
        first, second = (int(n) for n in pair.split(","))
    except ValueError:
        raise click.BadParameter(
            f"{text!r} names no pair; write 1,2:55.2 for the first two spacings",
            param_hint="--angle",
        ) from None
    if not (1 <= first <= count and 1 <= second <= count and first != second):
        raise click.BadParameter(
            f"{pair!r} is no pair of spacings; number them from 1 to {count}",
            param_hint="--angle",
        )
    return (first - 1, second - 1), _degrees(degrees)


def _degrees(text: str) -> float:
    return _number(text, "--angle", "angle in degrees")
