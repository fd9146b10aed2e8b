"""``navp index``: from measured spacings to reflections."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from navp_structures.cli.arguments import WITH_MINUS, Word
from navp_structures.cli.index_list import (
    draw_spots,
    explain_spots,
    index_file,
    is_file,
    is_many,
    print_spacings,
)
from navp_structures.cli.index_options import Given, index_options
from navp_structures.cli.output import (
    check_format,
    csv_option,
    json_option,
    print_json,
    print_result,
    print_table,
)

if TYPE_CHECKING:
    from navp_structures.analysis.indexing.label_result import LabelCheck
    from navp_structures.analysis.indexing.spacings import SpacingIndexing


@click.command("index", context_settings=WITH_MINUS)
@click.argument(
    "values", nargs=-1, type=Word(), metavar="SPACING... | FILE | FOLDER | --sequence FILE..."
)
@index_options
@csv_option
@json_option
def index(values: tuple[str, ...], **options: Any) -> None:
    """Say which reflections the measured SPACINGs, or the spots or lines of a FILE, are.

    SPACINGs get every reflection that fits, extinct ones apart; two with their --angle also
    get the probability of phases and zone axes, as the spots of a pattern do. For a label
    that holds in none of the phases it lists what may have been meant.

    A FOLDER of files, or an .npz file, holds many patterns of spots: one line for each. With
    --sequence each FILE is a pattern of one grain, before and after, with one calibration.

    The exit code is 1 when nothing could be indexed, one of many patterns is bad, a frame of
    a sequence is none of the phases, or a label does not hold in any of them.
    """
    given = Given(**options)
    check_format(as_csv=given.as_csv, as_json=given.as_json)
    if given.plot is not None:
        from navp_structures.io.pictures import check_picture

        check_picture(given.plot)
    if given.sequence:
        from navp_structures.cli.index_patterns import index_frames

        index_frames(values, given)
    elif is_many(values):
        from navp_structures.cli.index_patterns import index_patterns

        index_patterns(values[0], given)
    elif given.powder or is_file(values):
        index_file(values, given)
    else:
        _index_spacings(values, given)


def _index_spacings(values: tuple[str, ...], given: Given) -> None:
    given.refuse_unfit("spacings")
    numbers = [_number(v, "SPACING", "number; write a spacing like 1.88") for v in values]
    from navp_structures.analysis.indexing.spacings import index_spacings

    result = index_spacings(
        numbers,
        **given.errors,
        **given.calibration(given.units or "A"),
        angles=_angles(given.angles, len(numbers)),
        angle_sigma=given.angle_sigma,
        units=given.units or "A",
        radiation=given.radiation,
        camera_constant=given.camera_constant,
        labels=given.labels,
        probe=given.probe,
    )
    _show(result, given)


def _show(result: SpacingIndexing, given: Given) -> None:
    """Print what spacings are; exit with 1 where nothing, or a label that does not hold."""
    if given.plot is not None:
        draw_spots(result.pattern, given.plot)
    checks = list(_checks(result))
    if given.as_csv:
        print_result(result, as_csv=True, as_json=False)
    elif given.as_json:
        content = result.to_dict()
        documents = [check.to_dict() for check in checks]
        content["results"]["label_checks"] = [
            {"inputs": document["inputs"], **document["results"]} for document in documents
        ]
        print_json(content)
    else:
        print_spacings(result, given)
        for check in checks:
            click.echo()
            print_table(check, as_json=False)
        if given.explain and result.pattern is not None:
            explain_spots(result.pattern)
    if not result.indexed or not result.labels_hold:
        sys.exit(1)


def _checks(result: SpacingIndexing) -> Iterator[LabelCheck]:
    """Yield a check, in each phase, of each label that holds in none of them."""
    from navp_structures.analysis.indexing.label_repair import check_label
    from navp_structures.analysis.numbers import LEAST_SIGMA

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
            # That of a 2θ may be less than can be said of a spacing.
            sigma=max(result.observed[verdict.observation].sigma, LEAST_SIGMA),
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
