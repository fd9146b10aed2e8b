"""``navp index`` with many patterns, and with the frames of a sequence."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import numpy as np

from navp_structures.cli.index_list import explained, intensities, relative_sigma, units_of
from navp_structures.cli.index_options import Given
from navp_structures.cli.output import error_line, folded, print_result, terminal_width
from navp_structures.cli.streams import are_terminals
from navp_structures.errors import InputError

if TYPE_CHECKING:
    from navp_structures.analysis.indexing.many_result import ManyPatterns
    from navp_structures.model.measured_list import MeasuredList

# Bad patterns that are told one by one: a folder of other files should not fill the screen.
_MOST_TOLD: Final = 20


def index_patterns(path: str, given: Given) -> None:
    """Index many patterns and print a line for each; bad ones are told on stderr.

    Exit with 1 where one was bad, or none is of these phases.
    """
    given.refuse_unfit("many")
    from navp_structures.analysis.indexing.many import index_many

    units = given.units or "1/A"
    result = index_many(
        path,
        units=units,
        workers=given.workers,
        progress=on_terminal(),
        **given.spot_options,
        **given.calibration(units),
    )
    _tell_failed(result)
    if given.tabled:
        from navp_structures.analysis.indexing.many_text import many_to_text

        click.echo(many_to_text(result, width=terminal_width(), fold=folded))
    else:
        print_result(result, as_csv=given.as_csv, as_json=given.as_json)
    if result.failed or not result.indexed:
        sys.exit(1)


def on_terminal() -> bool:
    """Whether a person sees stderr."""
    return are_terminals(sys.stderr)


def _tell_failed(result: ManyPatterns) -> None:
    failed = result.failed
    for row in failed[:_MOST_TOLD]:
        name = f" ({row.name})" if row.name else ""
        click.echo(error_line(f"pattern {row.number}{name}: {row.error}"), err=True)
    if len(failed) > _MOST_TOLD:
        left = len(failed) - _MOST_TOLD
        click.echo(error_line(f"{left} more patterns; --csv and --json tell why"), err=True)


def index_frames(values: tuple[str, ...], given: Given) -> None:
    """Index the patterns of one grain and print each; exit with 1 where one is no phase."""
    given.refuse_unfit("sequence")
    if len(values) < 2:
        raise InputError(
            f"--sequence needs two files or more, before and after, here {len(values)}"
        )
    from navp_structures.analysis.indexing.sequence import index_sequence
    from navp_structures.catalogue.spacing_readers import read_spacings

    listed = [read_spacings(Path(value), units=given.units) for value in values]
    units = _one_unit(listed)
    options = given.spot_options | given.of_sequence | given.calibration(units)
    if given.sigma is None:
        options["sigma"] = _one_sigma(listed)
    strengths = [intensities(one) for one in listed]
    result = index_sequence(
        [one.values for one in listed],
        intensities=None if all(one is None for one in strengths) else strengths,
        units=units,
        **options,
    )
    print_result(result, as_csv=given.as_csv, as_json=given.as_json)
    if given.explain and given.tabled:
        for row in result.rows:
            if row.solution is not None:
                click.echo(f"\nframe {row.frame}: " + explained(row.solution))
    if not result.indexed:
        sys.exit(1)


def _one_unit(listed: list[MeasuredList]) -> str:
    """Return the units of all frames."""
    for one in listed:
        if one.kind != "spots":
            raise InputError(f"{one.source} holds {one.kind}; a sequence is of spots")
    units = [units_of(one) for one in listed]
    for one, unit in zip(listed, units, strict=True):
        if unit != units[0]:
            raise InputError(
                f"{listed[0].source} is in {units[0]} and {one.source} in {unit}; the "
                "frames of a sequence need one unit"
            )
    return units[0]


def _one_sigma(listed: list[MeasuredList]) -> Any:
    """Return the sigma of all spots, the usual one where no file has its own."""
    each = np.unique(np.concatenate([np.atleast_1d(relative_sigma(one)) for one in listed]))
    if len(each) > 1:
        raise InputError(
            "the files give sigmas of their own; a sequence has one for all spots: "
            "name it with --sigma"
        )
    return float(each[0])
