"""Indexing the spots of thousands of patterns, on all cores."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final

import numpy as np

from navp_structures.analysis.calibration_result import Calibration
from navp_structures.analysis.indexing.many_result import ManyPatterns, PatternRow
from navp_structures.analysis.indexing.many_workers import MOST_WORKERS, rows_of, usual_workers
from navp_structures.analysis.indexing.spot_input import check_options
from navp_structures.analysis.indexing.spot_settings import DEFAULT_LONGEST_ZONE, SpotSettings
from navp_structures.analysis.numbers import within
from navp_structures.catalogue.catalogue import PhaseLike
from navp_structures.errors import InputError, InputFileError, shown
from navp_structures.io.spot_lists import read_spot_lists

_MOST_IN_A_CHUNK: Final = 100_000


def index_many(
    patterns: Iterable[Any] | str | os.PathLike[str],
    *,
    phases: PhaseLike | Iterable[PhaseLike] | None = None,
    sigma: float | Sequence[float] = 0.01,
    angle_sigma: float | Sequence[float] = 1.0,
    scale_sigma: float | None = None,
    units: str = "1/A",
    camera_constant: float | None = None,
    distortion_sigma: float = 0.0,
    longest_zone: float = DEFAULT_LONGEST_ZONE,
    g_max: float | None = None,
    calibration: Calibration | None = None,
    workers: int | None = None,
    progress: bool = False,
    chunk: int = 64,
) -> ManyPatterns:
    """Return phase and zone axis of each of many patterns, as `index_spots` finds them.

    Patterns are taken as they come, a few chunks ahead, and only one small row of each is
    kept. One that cannot be indexed has an error in its row, and the others go on.

    Parameters
    ----------
    patterns
        Any iterable of patterns. Each is its spots, shape ``(n, 2)``; or what `read_spacings`
        gives; or a mapping with ``spots`` and, if known, ``intensities`` and ``name``. Or the
        path of an ``.npz`` file with ``spots``, shape ``(k, n, 2)``, filled up with NaN, or
        with ``x``, ``y`` and ``start``: pattern i has the spots from start[i] to before
        start[i + 1], and the last of the k + 1 numbers is that of all spots; ``intensities``
        like spots or x, and ``name``, are optional. Or the path of a folder with a ``.csv``,
        ``.tsv`` or ``.txt`` file for each, in the order of their names, with the columns x, y
        and, optionally, intensity, or with headings that say which is which. Sigmas of files
        are not used.

        Rows of NaN behind the last spot of an array ``(n, 2)`` fill it up. All other rows of
        NaN, and rows that are masked, are spots that were taken out: they are not used,
        counted as ``left_out``, and told. A spot with one NaN is an error, as is one without
        its intensity where intensities are given. An .npz file keeps no masks.
    phases, sigma, angle_sigma, scale_sigma, units, camera_constant, distortion_sigma, \
longest_zone, g_max, calibration
        As for `index_spots`; sigmas for each spot fit only patterns with as many spots.
    workers
        Processes; as many as there are cores for this one when None, and 1 for none but this.
        A script that uses more must start its work under ``if __name__ == "__main__":``.
    progress
        Whether to show a bar on stderr.
    chunk
        Patterns that a process is given at a time.

    Raises
    ------
    InputError
        When an option does not fit, there is no pattern, or a file's arrays do not fit. What
        an iterable itself raises is not caught.
    InputFileError
        When the file or folder cannot be read, or a file holds Python objects.
    WorkerError
        When a process ends before its work does.

    Examples
    --------
    >>> spots = [(0.275, 0.229), (-0.275, 0.229), (0.550, 0.0), (0.275, 0.0), (0.138, 0.229)]
    >>> result = index_many([spots, [(0.2, 0.1)]], phases=["Na3VP", "NZSP"], workers=1)
    >>> result.rows[0].zone_axis, result.rows[0].matched
    ((2, 1, 0), 5)
    >>> result.rows[1].error
    'a pattern needs two spots or more, here 1'
    """
    settings = SpotSettings.of(
        phases=phases,
        sigma=sigma,
        angle_sigma=angle_sigma,
        scale_sigma=scale_sigma,
        units=units,
        camera_constant=camera_constant,
        distortion_sigma=distortion_sigma,
        longest_zone=longest_zone,
        g_max=g_max,
        calibration=calibration,
    )
    # A wrong option would be the error of every row.
    check_options(settings.units, settings.sigma, settings.angle_sigma, camera_constant)
    processes = usual_workers() if workers is None else _count(workers, "workers", MOST_WORKERS)
    size = _count(chunk, "chunk", _MOST_IN_A_CHUNK)
    source, total, given = _source(patterns)
    rows = _collected(rows_of(given, settings, processes, size), total, progress=progress)
    if not rows:
        raise InputError("there are no patterns; give at least one list of spots")
    asked = {"patterns": source or len(rows), **settings.inputs}
    return ManyPatterns(asked=asked, of=settings.phases, rows=rows)


def _collected(
    rows: Iterable[PatternRow], total: int | None, *, progress: bool
) -> tuple[PatternRow, ...]:
    from navp_structures.show.progress import progress_bar

    found = []
    bar = progress_bar("patterns", total) if progress else nullcontext(lambda: None)
    with bar as advance:
        for row in rows:
            found.append(row)
            advance()
    return tuple(found)


def _source(patterns: Any) -> tuple[str | None, int | None, Iterable[Any]]:
    """Return the path if it is one, how many patterns there are if known, and these."""
    if isinstance(patterns, str | os.PathLike):
        path = os.fspath(patterns)
        if not isinstance(path, str) or not path:
            raise InputFileError(f"{shown(patterns)} is no path of a file or folder")
        return path, *read_spot_lists(Path(path))
    one = isinstance(patterns, Mapping)
    one |= isinstance(patterns, np.ndarray) and patterns.ndim == 2 and patterns.shape[1] == 2
    if one:
        raise InputError("this is one pattern; give a list of patterns, or use index_spots")
    try:
        given = iter(patterns)
    except TypeError:
        raise InputError(
            f"patterns are {shown(patterns)}; give a list of them, an .npz file or a folder"
        ) from None
    return None, len(patterns) if hasattr(patterns, "__len__") else None, given


def _count(value: Any, name: str, most: int) -> int:
    if isinstance(value, float) and not value.is_integer():
        raise InputError(f"{name} is {shown(value)}; it must be a whole number")
    return int(within(value, name, 1, most, "a whole number"))
