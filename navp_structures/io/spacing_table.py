"""Measured lists in tables: CSV, TSV, and columns separated by blanks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from navp_structures.errors import InputError, shown
from navp_structures.io.spacing_columns import list_of_columns
from navp_structures.io.spacing_headings import Heading, read_heading
from navp_structures.io.text_lines import data_lines, written_number
from navp_structures.model.measured_list import MOST_VALUES, MeasuredList

SEPARATORS = (";", "\t", ",", " ")

MOST_COLUMNS = 200

_MARKS = ".,"
_TEXTS = ("label", "left out")
_NAMES = {";": "semicolons", "\t": "tabs", ",": "commas", " ": "blanks"}
_DECLARED = re.compile(r"sep=(.)", re.IGNORECASE)
_GROUPING = re.compile(r'[(\[{"]')
_OPENING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table: its number in the file, the line, and its cells."""

    number: int
    line: str
    cells: tuple[str, ...]


def read_table(
    text: str, *, source: str = "", separators: Sequence[str] = SEPARATORS
) -> MeasuredList:
    """Return the measured list in a table.

    The first line may hold headings (see `read_heading`); without them there must be one
    column, of which nothing is known but that it holds spacings. Comment lines begin with
    # or !. The first line decides what separates the cells. Decimal commas are read where
    commas do not separate. A number may carry its su: ``2.54(2)``.

    Parameters
    ----------
    source
        Name of the file.
    separators
        Which separator is looked for first.

    Raises
    ------
    InputError
        When a line cannot be read in one way only; it is shown with its number.
    """
    lines = list(data_lines(text))
    # What spreadsheets with decimal commas write in front.
    declared = _DECLARED.fullmatch(lines[0][1].strip('"')) if lines else None
    if declared is not None and declared[1] in separators:
        separators = (declared[1],)
        del lines[0]
    if not lines:
        raise InputError("it holds no data; a heading such as 'd (A)' and numbers are expected")
    # A heading, and separators alone in lines that spreadsheets leave at the end.
    if len(lines) > 2 * MOST_VALUES:
        raise InputError(f"it has {len(lines)} lines; at most {MOST_VALUES} values are read")
    headings = headings_in(lines[0], separators)
    separator = ""
    if headings is None:
        headings = (Heading(role="value", unit=None, text="value"),)
        rows = [Row(number=n, line=line, cells=(line.strip(),)) for n, line in lines]
        _check_single(rows[0], separators)
    else:
        separator = find_separator(_joined(lines[0][1]), separators)
        rows = [_row(number, line, separator, len(headings)) for number, line in lines[1:]]
    rows = [row for row in rows if any(row.cells)]
    if not rows:
        raise InputError(f"it holds headings, but no data below line {lines[0][0]}")
    marks = "." if separator == "," else _decimal_mark(headings, rows)
    columns = [_column(heading, n, rows, marks) for n, heading in enumerate(headings)]
    return list_of_columns(headings, columns, rows, source=source)


def headings_in(
    line: tuple[int, str], separators: Sequence[str] = SEPARATORS
) -> tuple[Heading, ...] | None:
    """Return the headings in a line; None where it holds a number, and so is data.

    Raises
    ------
    InputError
        When it holds neither numbers nor known headings.
    """
    number, text = line
    # Blanks stand within headings too, but do not separate a name from its unit.
    joined = _joined(text)
    try:
        cells = split_cells(joined, find_separator(joined, separators))
        _check_count(cells)
        if any(_number(cell, _MARKS) is not None for cell in cells):
            return None
        return tuple(read_heading(cell) for cell in cells)
    except InputError as error:
        raise InputError(f"line {number} is {shown(text)}: {error}") from None


def _check_count(cells: Sequence[str]) -> None:
    if len(cells) > MOST_COLUMNS:
        raise InputError(f"it has {len(cells)} columns; at most {MOST_COLUMNS} are read")


def find_separator(line: str, separators: Sequence[str] = SEPARATORS) -> str:
    """Return the first separator that a line has outside of brackets and quotes, or none."""
    bare = "".join(_outside(line))
    return next((mark for mark in separators if mark in bare), "")


def split_cells(line: str, separator: str) -> tuple[str, ...]:
    """Return the cells of a line; brackets and quotes keep theirs together.

    Raises
    ------
    InputError
        When a quote or a bracket is not closed.
    """
    if not separator:
        return (_unquoted(line.strip()),)
    bare = "".join(_outside(line))
    if separator == " ":
        return tuple(
            _unquoted(line[m.start() : m.end()]) for m in re.finditer(r"[^ \t]+", bare)
        )
    cuts = [-1, *(m.start() for m in re.finditer(re.escape(separator), bare)), len(line)]
    return tuple(_unquoted(line[i + 1 : j].strip()) for i, j in pairwise(cuts))


def _outside(line: str) -> Sequence[str]:
    """Return the characters of a line, those within brackets and quotes made neutral."""
    if _GROUPING.search(line) is None:
        return line
    out: list[str] = []
    closing: list[str] = []
    for character in line:
        if closing and character == closing[-1]:
            closing.pop()
        elif character in _OPENING and closing[-1:] != ['"']:
            closing.append(_OPENING[character])
        elif character == '"' and not closing:
            closing.append('"')
        elif closing:
            # What stands inside separates nothing.
            out.append("x")
            continue
        out.append(character)
    if closing:
        raise InputError(f"{shown(line)} lacks a closing {closing[-1]}")
    return out


def _joined(line: str) -> str:
    """Return a line with the units of headings moved to their names: ``d (nm)``, ``d / A``."""
    near = re.sub(r" ?/ ?", "/", re.sub(r" (?=[(\[])", "", re.sub(" +", " ", line)))
    return re.sub(r"\b2 (?=th|θ|ϑ)", "2", near, flags=re.IGNORECASE)


def _unquoted(cell: str) -> str:
    if len(cell) >= 2 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"').strip()
    return cell


def _row(number: int, line: str, separator: str, count: int) -> Row:
    try:
        cells = split_cells(line, separator)
    except InputError as error:
        raise InputError(f"line {number}: {error}") from None
    # Spreadsheets leave separators behind the last cell.
    while len(cells) > count and not cells[-1]:
        cells = cells[:-1]
    if len(cells) < count and not any(cells):
        cells = ("",) * count
    if len(cells) != count:
        by = f" separated by {_NAMES[separator]}" if separator in _NAMES else ""
        raise InputError(
            f"line {number} is {shown(line)}, {len(cells)} cell{'s' * (len(cells) != 1)}{by}; "
            f"there are {count} heading{'s' * (count != 1)}, and each line needs as many cells"
        )
    return Row(number=number, line=line, cells=cells)


def _check_single(row: Row, separators: Sequence[str]) -> None:
    """Refuse several columns that no heading names, and a comma that may be either mark."""
    try:
        separator = find_separator(row.line, separators)
    except InputError as error:
        raise InputError(f"line {row.number}: {error}") from None
    if not separator:
        return
    what = "which has no heading to say what the columns are"
    if separator == "," and _number(row.cells[0], ",") is not None:
        what = "whose comma may be a decimal mark or a separator"
    raise InputError(
        f"line {row.number} is {shown(row.line)}, {what}; "
        "put a heading above it, such as 'd (A); intensity' or 'x (1/nm); y (1/nm)'"
    )


def _decimal_mark(headings: Sequence[Heading], rows: Sequence[Row]) -> str:
    """Return the first decimal mark, which is that of the table; both when there is none."""
    numeric = [n for n, heading in enumerate(headings) if heading.role not in _TEXTS]
    for row in rows:
        for n in numeric:
            for mark in _MARKS:
                if mark in row.cells[n]:
                    return mark
    return _MARKS


def _column(
    heading: Heading, n: int, rows: Sequence[Row], marks: str
) -> list[tuple[float, float | None] | str | None]:
    """Return the cells of a column: numbers with su, or texts; None for empty ones."""
    if heading.role in _TEXTS:
        return [row.cells[n] or None for row in rows]
    column: list[tuple[float, float | None] | str | None] = []
    for row in rows:
        cell = row.cells[n]
        found = _number(cell, marks) if cell else None
        if cell and found is None:
            raise InputError(
                f"line {row.number} is {shown(row.line)}: {shown(cell)} in the column "
                f"{shown(heading.text)} is no number with {' or '.join(map(repr, marks))} "
                "as decimal mark"
            )
        column.append(found)
    return column


def _number(cell: str, marks: str) -> tuple[float, float | None] | None:
    """Return the number and su of a cell with one of these decimal marks."""
    if "." in cell and "." not in marks:
        return None
    return written_number(cell, comma="," in marks)
