"""Reading the spots of many patterns: an .npz file, or a folder of text files."""

from __future__ import annotations

import struct
import tokenize
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

import numpy as np

from navp_structures.errors import InputError, InputFileError, NavpError
from navp_structures.io.files import naming, read_text
from navp_structures.io.measured import number_columns
from navp_structures.io.spacing_table import SEPARATORS, headings_in, read_table
from navp_structures.io.text_lines import data_lines
from navp_structures.show.tables import printable

SUFFIXES: Final = (".csv", ".tsv", ".txt")

_KEYS: Final = ("spots", "x", "y", "start", "intensities", "name")

# Bytes of all arrays once unpacked, and of one text file: twelve million spots, and far more
# spots than one pattern has.
_LARGEST_ARCHIVE: Final = 200_000_000
_LARGEST_TEXT: Final = 5_000_000

# What numpy, and what it calls, make of a broken file; a header is read like a line of Python.
_BROKEN: Final = (
    BadZipFile,
    EOFError,
    KeyError,
    OverflowError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    tokenize.TokenError,
    zlib.error,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpotList:
    """The spots of one pattern as they were given.

    Parameters
    ----------
    spots, intensities
        Not checked yet.
    units
        1/A, 1/nm, q or px, where the source says so.
    filled
        Whether rows of NaN behind the last spot only fill up an array.
    error
        Why there are none.
    """

    name: str | None = None
    spots: Any = None
    intensities: Any = None
    units: str | None = None
    filled: bool = True
    error: str | None = None


def read_spot_lists(path: Path) -> tuple[int, Iterator[SpotList]]:
    """Return how many patterns a file or a folder holds, and each in turn.

    An ``.npz`` file holds either ``spots``, shape ``(k, n, 2)``, short patterns filled up with
    NaN behind their last spot; or ``x``, ``y`` and ``start``, all spots one after the other,
    where pattern i has those from start[i] to before start[i + 1], so that ``start`` has k + 1
    numbers, the last one that of all spots. In both, ``intensities`` of the spots and ``name``
    of the patterns, shape ``(k,)``, are optional; other arrays are not read.

    A folder holds a ``.csv``, ``.tsv`` or ``.txt`` file for each pattern, with the columns x,
    y and, optionally, the intensity; they come in the order of their names. Headings say which
    column is which, and may say the units, as `read_table` knows them; a column of sigmas is
    not used. What is hidden, or has another suffix, is not read. A file that cannot be read is
    a list with an error.

    Raises
    ------
    InputFileError
        When there is nothing, or it cannot be read; arrays of Python objects are never.
    InputError
        When the arrays do not fit each other, or a folder has no such file.
    """
    if path.is_dir():
        return _folder(path)
    if path.suffix.casefold() != ".npz" and path.exists():
        raise InputError(f"{path} is neither an .npz file nor a folder of text files")
    arrays = _arrays(path)
    with naming(path):
        return _patterns(arrays)


def _folder(path: Path) -> tuple[int, Iterator[SpotList]]:
    try:
        files = sorted(
            file
            for file in path.iterdir()
            if file.suffix.casefold() in SUFFIXES and not file.name.startswith(".")
        )
    except OSError as error:
        raise InputFileError(f"cannot read {path}: {error.strerror or error}") from None
    if not files:
        raise InputError(f"{path} holds no file that ends in {', '.join(SUFFIXES)}")
    return len(files), map(_text, files)


def _text(file: Path) -> SpotList:
    try:
        text = read_text(file, largest=_LARGEST_TEXT)
        with naming(file):
            return _table(text, file) if _has_headings(text) else _columns(text, file)
    except NavpError as error:
        return SpotList(name=printable(file.stem), error=str(error))


def _has_headings(text: str) -> bool:
    """Whether it begins with headings; those that are not understood are an InputError.

    Columns in other units, or of lengths and azimuths, must not pass as x and y.
    """
    first = next(data_lines(text), None)
    return first is not None and headings_in(first) is not None


def _table(text: str, file: Path) -> SpotList:
    tabs_first = file.suffix.casefold() == ".tsv"
    order = sorted(SEPARATORS, key="\t".__ne__) if tabs_first else SEPARATORS
    found = read_table(text, separators=order)
    if found.kind != "spots":
        sentence = f"{file}: these are {found.kind}, not spots"
        return SpotList(name=printable(file.stem), error=sentence)
    return SpotList(
        name=printable(file.stem),
        spots=found.values,
        intensities=found.intensities,
        units=found.units,
    )


def _columns(text: str, file: Path) -> SpotList:
    columns, _ = number_columns(text)
    intensities = columns[:, 2] if columns.shape[1] > 2 else None
    return SpotList(name=printable(file.stem), spots=columns[:, :2], intensities=intensities)


def _arrays(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays of an .npz file that are looked at."""
    try:
        # Numpy would leave a file that it cannot read open.
        with path.open("rb") as file:
            archive = np.load(file, allow_pickle=False)
            if not isinstance(archive, np.ndarray):
                _check_size(archive.zip)
                return {key: _array(archive[key], key) for key in archive.files if key in _KEYS}
    except InputFileError as error:
        raise InputFileError(f"cannot read {path}: {error}") from None
    except OSError as error:
        raise InputFileError(f"cannot read {path}: {error.strerror or error}") from None
    except MemoryError:
        raise InputFileError(
            f"cannot read {path}: it promises more numbers than there is memory for"
        ) from None
    except _BROKEN as error:
        raise InputFileError(
            f"cannot read {path}: {_reason(error)}; an .npz file of numbers is expected, "
            "Python objects in it are never loaded"
        ) from None
    raise InputFileError(f"cannot read {path}: it is one array, no .npz file")


def _array(found: object, key: str) -> np.ndarray:
    if not isinstance(found, np.ndarray):  # numpy gives the bytes of what is no array
        raise InputFileError(f"{key} in it is no array")
    return found


def _reason(error: Exception) -> str:
    """Return the first sentence of a complaint: numpy goes on with how to load pickles."""
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0].split(". ")[0].rstrip(".")[:200]


def _check_size(archive: ZipFile) -> None:
    # A small file may unpack to more than there is memory.
    size = sum(item.file_size for item in archive.infolist())
    if size > _LARGEST_ARCHIVE:
        raise InputFileError(f"it unpacks to {size} bytes, more than {_LARGEST_ARCHIVE}")


def _patterns(arrays: Mapping[str, np.ndarray]) -> tuple[int, Iterator[SpotList]]:
    if ("spots" in arrays) == any(key in arrays for key in ("x", "y", "start")):
        raise InputError(
            f"it holds {', '.join(arrays) or 'none of these arrays'}; "
            "either spots, or x, y and start are expected"
        )
    if "spots" in arrays:
        spots = _numbers(arrays, "spots", "fiu")
        if spots.ndim != 3 or spots.shape[2] != 2:
            raise InputError(f"spots has the shape {spots.shape}; (k, n, 2) is expected")
        bounds = np.arange(len(spots) + 1)
        wanted = spots.shape[:2]
    else:
        spots, bounds = _flattened(arrays)
        wanted = spots.shape[:1]
    intensities = _numbers(arrays, "intensities", "fiu") if "intensities" in arrays else None
    if intensities is not None and intensities.shape != wanted:
        raise InputError(
            f"intensities has the shape {intensities.shape}; {wanted} is expected, as of spots"
        )
    count = len(bounds) - 1
    names = arrays.get("name", np.full(count, ""))
    if names.shape != (count,) or names.dtype.kind != "U":
        raise InputError(f"name must be {count} texts, one for each pattern")
    one = "spots" in arrays

    def each() -> Iterator[SpotList]:
        for n, (low, high) in enumerate(pairwise(bounds.tolist())):
            part = n if one else slice(low, high)
            yield SpotList(
                name=printable(str(names[n])) or None,
                spots=spots[part],
                intensities=None if intensities is None else intensities[part],
                filled=one,
            )

    return count, each()


def _flattened(arrays: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return all spots, shape ``(n, 2)``, and where each pattern begins and the last ends."""
    missing = [key for key in ("x", "y", "start") if key not in arrays]
    if missing:
        raise InputError(f"it lacks {' and '.join(missing)}; x, y and start belong together")
    x, y = _numbers(arrays, "x", "fiu"), _numbers(arrays, "y", "fiu")
    start = _numbers(arrays, "start", "iu")
    if x.ndim != 1 or x.shape != y.shape:
        raise InputError(f"x and y have the shapes {x.shape} and {y.shape}; (n,) is expected")
    ends = start.ndim == 1 and len(start) and start[0] == 0 and start[-1] == len(x)
    if not ends or (start[1:] < start[:-1]).any():
        raise InputError(
            f"start must ascend from 0 to {len(x)}, the number of spots: where each pattern "
            "begins, and where the last one ends"
        )
    return np.stack([x, y], axis=1), start


def _numbers(arrays: Mapping[str, np.ndarray], key: str, kinds: str) -> np.ndarray:
    if arrays[key].dtype.kind not in kinds:
        wanted = "whole numbers" if kinds == "iu" else "numbers"
        raise InputError(f"{key} holds {arrays[key].dtype}; {wanted} are expected")
    return arrays[key]
