"""``navp index FILE``: spacings, spots or powder lines that somebody wrote down."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from navp_structures.cli.drawing import draw_figure, draw_picture
from navp_structures.cli.index_options import Given, given_only
from navp_structures.cli.output import folded, print_result, terminal_width
from navp_structures.errors import InputError

if TYPE_CHECKING:
    from navp_structures.analysis.indexing.spacings import SpacingIndexing
    from navp_structures.analysis.indexing.spot_result import SpotIndexing, SpotSolution
    from navp_structures.model.measured_list import MeasuredList

_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9_+-]*$")

_PICTURE = (7.0, 8.0)


def is_file(values: tuple[str, ...]) -> bool:
    """Whether the only argument names a file: it has a separator, or ends like one."""
    if len(values) != 1:
        return False
    return any(mark in values[0] for mark in "/\\") or bool(_SUFFIX.search(values[0]))


def is_many(values: tuple[str, ...]) -> bool:
    """Whether the only argument names a folder, or an .npz file."""
    if len(values) != 1 or _is_number(values[0]):
        return False
    path = Path(values[0])
    return path.suffix.casefold() == ".npz" or values[0].endswith(("/", "\\")) or path.is_dir()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def index_file(values: tuple[str, ...], given: Given) -> None:
    """Index a file and print what it holds; exit with 1 where nothing is indexed."""
    given.refuse_unfit("file")
    if len(values) != 1:
        raise InputError(f"--powder reads one file, here are {len(values)} arguments")
    from navp_structures.catalogue.spacing_readers import read_spacings

    listed = read_spacings(Path(values[0]), units=given.units)
    _refuse_unfit(listed.kind, values[0], given)
    known = given.calibration(units_of(listed)) if given.calibrate else {}
    if given.powder or listed.kind == "powder" or listed.quantity == "two_theta":
        result = _lines(listed, given.errors | known, given.radiation)
    elif listed.kind == "spots":
        result = _spots(listed, given.spot_options | known)
    else:
        result = _spacings(listed, given.errors | known, given.of_spots, given.radiation)
    if given.plot is not None:
        _draw(result, given.plot)
    _print(result, listed, given)
    if given.explain and given.tabled:
        _explain(result)
    if not result.indexed:
        sys.exit(1)


def _refuse_unfit(kind: str, name: str, given: Given) -> None:
    """Raise InputError when an option means nothing for what a file holds."""
    if kind == "spots" and (given.powder or given.radiation is not None):
        option = "--powder" if given.powder else "--radiation"
        raise InputError(f"{name} holds spots, for which {option} means nothing")
    for attribute in ("distortion_sigma", "longest_zone", "g_max"):
        if kind != "spots" and getattr(given, attribute) is not None:
            option = attribute.replace("_", "-")
            raise InputError(f"--{option} belongs to spots, which {name} does not hold")


def _print(result: Any, listed: MeasuredList, given: Given) -> None:
    if listed.kind == "spacings" and given.tabled:
        from navp_structures.analysis.indexing.spacings import SpacingIndexing

        if isinstance(result, SpacingIndexing):
            print_spacings(result, given)
            return
    print_result(result, as_csv=given.as_csv, as_json=given.as_json)


def print_spacings(result: SpacingIndexing, given: Given) -> None:
    """Print what spacings are for people, long lists cut unless the whole is asked for."""
    from navp_structures.analysis.indexing.text import indexing_to_text

    whole = None if given.whole else "--all"
    click.echo(indexing_to_text(result, width=terminal_width(), fold=folded, whole=whole))


def _spots(listed: MeasuredList, options: dict[str, Any]) -> Any:
    from navp_structures.analysis.indexing.spots import index_spots

    options.setdefault("sigma", relative_sigma(listed))
    return index_spots(
        listed.values, intensities=intensities(listed), units=units_of(listed), **options
    )


def _lines(listed: MeasuredList, errors: dict[str, Any], radiation: str | None) -> Any:
    from navp_structures.analysis.indexing.powder.index import index_powder

    return index_powder(
        np.asarray(listed.values).tolist(),
        radiation=radiation,
        intensities=intensities(listed),
        units=units_of(listed),
        **given_only(errors),
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
        units=units_of(listed),
        radiation=radiation,
        camera_constant=of_spots["camera_constant"],
        labels=[label for label in listed.labels if label is not None],
    )


def units_of(listed: MeasuredList) -> str:
    """Return the units of a list, which it must say."""
    if listed.units is None:
        raise InputError(f"{listed.source} does not say its units; give them with --units")
    return listed.units


def _explain(result: Any) -> None:
    from navp_structures.analysis.indexing.powder.result import PowderIndexing
    from navp_structures.analysis.indexing.spot_result import SpotIndexing

    if isinstance(result, PowderIndexing):
        from navp_structures.analysis.indexing.powder.text import explanation

        click.echo(f"\n{_lines_folded(explanation(result, width=terminal_width()))}")
    elif isinstance(result, SpotIndexing):
        explain_spots(result)


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
    told = [row for row in (*result.rows[:1], result.best_fit) if row is not None]
    for n, row in enumerate(told):
        if row not in told[:n]:
            click.echo(f"\n{explained(row)}")


def explained(row: SpotSolution) -> str:
    """Return a solution spot by spot, folded to the terminal."""
    from navp_structures.analysis.indexing.spot_text import explanation

    return _lines_folded(explanation(row, width=terminal_width()))


def _lines_folded(text: str) -> str:
    """Return lines, those that are too long for the terminal folded."""
    width = terminal_width()
    return "\n".join(folded(line) if len(line) > width else line for line in text.splitlines())


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
