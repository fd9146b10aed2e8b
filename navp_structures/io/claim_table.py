"""Plain lists of claims in CSV: one claim in a line, one key in a column."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from navp_structures.errors import InputError, nearest, shown
from navp_structures.io.claim_fields import KEYS
from navp_structures.io.text_lines import data_lines, written_number

COLUMNS: Final = tuple(key for key in KEYS if key not in ("cell", "phases"))
"""Keys that fit into a cell of a table; ``phase`` may hold several."""

BETWEEN: Final = "|"
"""What separates several phases, planes or claims in one cell."""

_SEVERAL: Final = {"phase": "phases", "hkl": "hkl", "claims": "claims"}
_NUMBERS: Final = ("value", "uncertainty", "from", "temperature", "radiation", "from_radiation")
_PLAIN: Final = ("temperature", "radiation", "from_radiation")
_COMMA: Final = re.compile("(?<=[0-9]),(?=[0-9])")
_SEPARATORS: Final = (";", "\t", ",")
_DECLARED: Final = re.compile(r'"?sep=([;\t,])"?', re.IGNORECASE)

Problem = Callable[[int, str], None]


def claim_rows(text: str, problem: Problem) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the line and the keys of each claim in a table.

    The first line holds headings, the keys of a claims file; ``quantity`` must be there, and
    claims of a table without ``id`` are called by their lines. Empty cells are left out.
    Lines that begin with # or ! are comments. Decimal commas are read where commas separate
    nothing.

    Parameters
    ----------
    problem
        Told the line and the reason of what cannot be read.
    """
    try:
        lines = list(data_lines(text))
    except InputError as error:
        problem(1, str(error))
        return
    if not lines:
        return
    # What spreadsheets with decimal commas write in front.
    declared = _DECLARED.fullmatch(lines[0][1])
    lines = lines[1:] if declared else lines
    if not lines:
        return
    number, line = lines[0]
    separator = next((mark for mark in _SEPARATORS if mark in line), ",")
    separator = declared[1] if declared else separator
    marks: set[str] = set()
    keys = _headings(number, _cells(number, line, separator, problem), problem)
    for number, line in lines[1:] if keys else []:
        cells = _cells(number, line, separator, problem)
        if not any(cells):
            continue
        if any(cells[len(keys) :]):
            problem(
                number, f"it has {len(cells)} cells, more than the {len(keys)} headings above"
            )
            continue
        filled = {key: cell for key, cell in zip(keys, cells, strict=False) if cell}
        row: dict[str, Any] = {"id": f"line-{number}"}
        marks |= {mark for mark in ".," for key in _NUMBERS if mark in filled.get(key, "")}
        if separator != "," and len(marks) > 1:
            problem(number, "it has another decimal mark than the lines above; keep one")
            return
        for key, cell in filled.items():
            row[_SEVERAL.get(key, key)] = _value(key, cell, comma=separator != ",")
        yield number, row


def _cells(number: int, line: str, separator: str, problem: Problem) -> list[str]:
    # Line by line, so that a quote that is not closed spoils no more than its own line.
    reader = csv.reader([line], delimiter=separator, strict=True, skipinitialspace=True)
    try:
        return [cell.strip() for cell in next(reader)]
    except csv.Error as error:
        problem(number, f"{shown(line)} is no line of a table: {error}")
        return []


def _headings(number: int, cells: list[str], problem: Problem) -> list[str]:
    """Return the keys of the columns; none when one of them cannot be used."""
    keys = [re.sub(r"[ \-]+", "_", cell.casefold()) for cell in cells]
    keys = ["phase" if key == "phases" else key for key in keys]
    sentence = ""
    for key in keys:
        if key == "cell":
            sentence = "cells of a table cannot hold a unit cell; write such claims as TOML"
        elif key not in COLUMNS:
            hint = nearest(key, COLUMNS) or f"; known are {', '.join(COLUMNS)}"
            sentence = f"unknown heading {shown(key)}{hint}"
        elif keys.count(key) > 1:
            sentence = f"the heading {shown(key)} stands twice"
        if sentence:
            break
    if keys and not sentence and "quantity" not in keys:
        sentence = "a table of claims needs a column quantity"
    if sentence:
        problem(number, sentence)
        return []
    return keys


def _value(key: str, cell: str, *, comma: bool) -> Any:
    if key in _SEVERAL:
        return [part.strip() for part in cell.split(BETWEEN)]
    if key in _NUMBERS and comma and "." not in cell:
        cell = _COMMA.sub(".", cell)
    found = written_number(cell) if key in _PLAIN and len(cell) < 60 else None
    return cell if found is None or found[1] is not None else found[0]
