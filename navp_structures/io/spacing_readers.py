"""The package's own readers of measured lists."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final, Protocol

from navp_structures.errors import InputError
from navp_structures.io.files import naming, read_text
from navp_structures.io.spacing_json import read_json_list
from navp_structures.io.spacing_table import headings_in, read_table
from navp_structures.io.spacing_text import read_spacing_text
from navp_structures.io.text_lines import data_lines
from navp_structures.model.measured_list import MeasuredList, SpacingReader

LARGEST_LIST: Final = 5_000_000
"""Bytes; a hundred thousand lines reach 3 MB."""


class _Parse(Protocol):
    def __call__(self, text: str, *, source: str) -> MeasuredList: ...


def spacing_readers() -> tuple[SpacingReader, ...]:
    """Return the readers of CSV, TSV, JSON and plain text."""
    return (
        SpacingReader(name="csv", suffixes=(".csv",), read=_reading(read_table)),
        SpacingReader(
            name="tsv",
            suffixes=(".tsv", ".tab"),
            read=_reading(partial(read_table, separators=("\t", ";", ",", " "))),
        ),
        SpacingReader(name="json", suffixes=(".json",), read=_reading(read_json_list)),
        SpacingReader(name="text", suffixes=(".txt",), read=_reading(_table_or_text)),
    )


def _reading(parse: _Parse) -> Callable[[Path | Traversable], MeasuredList]:
    def read(path: Path | Traversable) -> MeasuredList:
        with naming(path):
            text = read_text(path, largest=LARGEST_LIST)
            return parse(text, source="".join(c if c.isprintable() else "?" for c in path.name))

    return read


def _table_or_text(text: str, *, source: str) -> MeasuredList:
    """Return the list in a table with headings, or in a text as one pastes it."""
    first = next(data_lines(text), None)
    try:
        headings = first is not None and headings_in(first) is not None
    except InputError:
        # Spacings have digits; words alone are headings, though none that are known.
        headings = first is not None and not any(c.isdigit() for c in first[1])
    return (read_table if headings else read_spacing_text)(text, source=source)
