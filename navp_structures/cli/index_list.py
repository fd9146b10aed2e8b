"""``navp index FILE``: spacings, spots or powder lines that somebody wrote down."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from navp_structures.cli.drawing import draw_figure, draw_picture
from navp_structures.cli.output import folded, print_result, terminal_width
from navp_structures.errors import InputError

if TYPE_CHECKING:
    from navp_structures.analysis.indexing.spot_result import SpotIndexing
    from navp_structures.model.measured_list import MeasuredList

_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9_+-]*$")

_PICTURE = (7.0, 8.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How a result is to be shown."""

    plot: Path | None
    explain: bool
    as_csv: bool
    as_json: bool


def is_file(values: tuple[str, ...]) -> bool:
    """Whether the only argument names a file: it has a separator, or ends like one."""
    if len(values) != 1:
        return False
    return any(mark in values[0] for mark in "/\\") or bool(_SUFFIX.search(values[0]))


def index_file(
    values: tuple[str, ...],
    errors: dict[str, Any],
    of_spots: dict[str, Any],
    wanted: Wanted,
    unfit: dict[str, Any],
    *,
    units: str | None,
    radiation: str | None,
    powder: bool,
) -> None:
    """Index a file and print what its spacings, spots or lines are; exit with 1 where nothing.

    Parameters
    ----------
    errors, of_spots
        Options of every indexing, and those of spots alone; None where not given.
    unfit
        Options that only spacings on the command line have.
    """
    for name, value in unfit.items():
        if value:
            raise InputError(f"{name} belongs to spacings on the command line, not to a file")
    if len(values) != 1:
        raise InputError(f"--powder reads one file, here are {len(values)} arguments")
    from navp_structures.catalogue.spacing_readers import read_spacings

    listed = read_spacings(Path(values[0]), units=units)
    if listed.kind == "spots" and (powder or radiation is not None):
        name = "--powder" if powder else "--radiation"
        raise InputError(f"{values[0]} holds spots, for which {name} means nothing")
    if powder or listed.kind == "powder" or listed.quantity == "two_theta":
        result = _lines(listed, errors, radiation)
    elif listed.kind == "spots":
        result = _spots(listed, errors | of_spots)
    else:
        result = _spacings(listed, errors, of_spots, radiation)
    if wanted.plot is not None:
        _draw(result, wanted.plot)
    _print(result, listed, wanted)
    if wanted.explain and not (wanted.as_csv or wanted.as_json):
        _explain(result)
    if not result.indexed:
        sys.exit(1)


def _print(result: Any, listed: MeasuredList, wanted: Wanted) -> None:
    if listed.kind == "spacings" and not (wanted.as_csv or wanted.as_json):
        from navp_structures.analysis.indexing.spacings import SpacingIndexing
        from navp_structures.analysis.indexing.text import indexing_to_text

        if isinstance(result, SpacingIndexing):
            click.echo(indexing_to_text(result, width=terminal_width(), fold=folded))
            return
    print_result(result, as_csv=wanted.as_csv, as_json=wanted.as_json)


def _spots(listed: MeasuredList, options: dict[str, Any]) -> Any:
    from navp_structures.analysis.indexing.spots import index_spots

    given = {name: value for name, value in options.items() if value is not None}
    given.setdefault("sigma", relative_sigma(listed))
    return index_spots(
        listed.values, intensities=intensities(listed), units=_units(listed), **given
    )


def _lines(listed: MeasuredList, errors: dict[str, Any], radiation: str | None) -> Any:
    from navp_structures.analysis.indexing.powder.index import index_powder

    given = {name: value for name, value in errors.items() if value is not None}
    return index_powder(
        np.asarray(listed.values).tolist(),
        radiation=radiation,
        intensities=intensities(listed),
        units=_units(listed),
        **given,
    )


def _spacings(
    listed: MeasuredList,
    errors: dict[str, Any],
    of_spots: dict[str, Any],
    radiation: str | None,
) -> Any:
    from navp_structures.analysis.indexing.spacings import index_spacings

    return index_spacings(
        np.asarray(listed.values).tolist(),
        **errors,
        angles=dict(listed.angles) or None,
        angle_sigma=of_spots["angle_sigma"],
        units=_units(listed),
        radiation=radiation,
        camera_constant=of_spots["camera_constant"],
        labels=[label for label in listed.labels if label is not None],
    )


def _units(listed: MeasuredList) -> str:
    if listed.units is None:
        raise InputError(f"{listed.source} does not say its units; give them with --units")
    return listed.units


def _explain(result: Any) -> None:
    from navp_structures.analysis.indexing.powder.result import PowderIndexing
    from navp_structures.analysis.indexing.spot_result import SpotIndexing

    if isinstance(result, PowderIndexing):
        from navp_structures.analysis.indexing.powder.text import explanation

        click.echo()
        _echo(explanation(result, width=terminal_width()))
    elif isinstance(result, SpotIndexing):
        explain_spots(result)


def _echo(text: str) -> None:
    """Print lines, those that are too long folded."""
    for line in text.splitlines():
        click.echo(folded(line) if len(line) > terminal_width() else line)


def _draw(result: Any, path: Path) -> None:
    """Draw indexed spots or powder lines into a file."""
    from navp_structures.analysis.indexing.powder.result import PowderIndexing
    from navp_structures.analysis.indexing.spot_result import SpotIndexing

    if isinstance(result, PowderIndexing):
        from navp_structures.analysis.indexing.powder.drawing import draw

        found, row = result, result.solution()
        draw_figure(path, lambda figure: draw(found, row, None, figure))
    else:
        draw_spots(result if isinstance(result, SpotIndexing) else None, path)


def draw_spots(result: SpotIndexing | None, path: Path) -> None:
    """Draw indexed spots into a file."""
    if result is None:
        raise InputError("--plot draws spots, powder lines, or two spacings with their angle")
    found = result
    draw_picture(path, _PICTURE, lambda ax: found.plot(ax))


def explain_spots(result: SpotIndexing) -> None:
    """Print the most probable solution, and the one that fits best, spot by spot."""
    from navp_structures.analysis.indexing.spot_text import explanation

    told = [row for row in (*result.rows[:1], result.best_fit) if row is not None]
    for n, row in enumerate(told):
        if row in told[:n]:
            continue
        click.echo()
        _echo(explanation(row, width=terminal_width()))


def relative_sigma(listed: MeasuredList) -> Any:
    """Return one standard deviation for each value, relative; 1 % where the file has none."""
    from navp_structures.analysis.indexing.units import DEFAULT_SIGMA

    if listed.sigma is None:
        return DEFAULT_SIGMA
    values = np.asarray(listed.values)
    length = np.linalg.norm(values, axis=1) if values.ndim > 1 else np.abs(values)
    relative = listed.sigma / length
    return np.where(np.isnan(relative), DEFAULT_SIGMA, relative).tolist()


def intensities(listed: MeasuredList) -> list[float] | None:
    """Return the intensities of a list; None where it has none."""
    if listed.intensities is None:
        return None
    without = np.flatnonzero(np.isnan(listed.intensities))
    if len(without):
        raise InputError(
            f"value {without[0] + 1} of {listed.source} has no intensity; give all, or none"
        )
    return [float(value) for value in listed.intensities]
