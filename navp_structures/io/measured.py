"""Reading measured powder patterns from columns of text."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from navp_structures.errors import InputError
from navp_structures.io.files import named_file, naming, read_text
from navp_structures.io.text_lines import text_lines
from navp_structures.kernels.lattice import Floats
from navp_structures.model.measured import MeasuredPattern, check_points
from navp_structures.show.tables import printable

LARGEST_PATTERN = 20_000_000
"""Bytes."""

MOST_POINTS = 300_000

_LONGEST_QUOTE = 40
_COUNTS = {2: "two", 3: "three"}

# Not what `float` reads: no nan, no inf, no 1_000, no digits of other scripts.
_EXPONENT = "(?:[eEdD][+-]?[0-9]+)?"
_NUMBERS = {
    ".": rf"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+){_EXPONENT}",
    # "10 ,5" is two columns, so a decimal comma stands between digits.
    ",": rf"[+-]?[0-9]+(?:,[0-9]+)?{_EXPONENT}",
}
_NUMBER = {mark: re.compile(pattern) for mark, pattern in _NUMBERS.items()}
_FLOATS = str.maketrans(",dD", ".ee")

# A blank may group thousands, so it separates nothing where tabs or semicolons do.
_SEPARATORS = {
    ";": ("semicolons", r"[ \t]*;[ \t]*"),
    "\t": ("tabs", r" *\t *"),
    ",": ("commas", r"[ \t]*,[ \t]*"),
    " ": ("blanks", r"[ \t]+"),
}

# Of TOPAS and Bruker ('), WinPLOTR (!), UXD (_ and ;), Rigaku (*) and those who plot. No
# double quote: a quoted cell inside the data must be refused, not skipped.
_COMMENT = re.compile(r"[#!%'_]|//")
_COMMENT_OR_EMPTY_CELL = (";", "*")
_TWO_THETA = re.compile(r"2[\s_*·-]*(?:th|[θϑ])", re.IGNORECASE)
_NO_NUMBER = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
_ZERO_IN_FRONT = re.compile(r"0[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """The one way in which a file is read."""

    separator: str
    mark: str
    columns: int

    def row(self) -> re.Pattern[str]:
        number = f"({_NUMBERS[self.mark]})"
        return re.compile(_SEPARATORS[self.separator][1].join([number] * self.columns))


def read_pattern(path: str | os.PathLike[str]) -> MeasuredPattern:
    """Return the measured pattern in a text file of two or three columns.

    The columns are x, intensity and, where there is a third, the su of the intensity. They
    are separated by blanks, tabs, commas or semicolons; decimal commas are read where
    commas do not separate. The first line of numbers decides, and the whole file is read
    like it. Blank lines, comments and one heading line are skipped; nothing else is.

    Parameters
    ----------
    path
        The file; its suffix does not matter, its stem becomes the pattern's name.

    Raises
    ------
    InputFileError
        When the file cannot be read, or is too large.
    InputError
        When it is no text, a line holds anything but its numbers, or the points make no
        pattern (fewer than two, not finite, x not increasing, negative su).
    """
    file = named_file(path)
    text = read_text(file, largest=LARGEST_PATTERN)
    with naming(file):
        points, lines = number_columns(text)
        check_points(*points.T, place=lambda i: f"in line {lines[i]}")
        x, intensity, *rest = points.T
        return MeasuredPattern(
            name=printable(file.stem),
            x=x,
            intensity=intensity,
            intensity_su=rest[0] if rest else None,
        )


def number_columns(text: str) -> tuple[Floats, list[int]]:
    """Return the numbers of two or three columns, and the line that each row is from.

    Raises
    ------
    InputError
        As for `read_pattern`.
    """
    lines = _data_lines(text)
    return _points(lines), [number for number, _ in lines]


def _data_lines(text: str) -> list[tuple[int, str]]:
    """Return (line number, text) of each line that must hold numbers."""
    lines = list(islice(_without_comments(text), MOST_POINTS + 2))
    if lines and _is_heading(lines[0][1]):
        del lines[0]
    if len(lines) > MOST_POINTS:
        raise InputError(f"it holds more than {MOST_POINTS} points, the most that are read")
    if not lines:
        raise InputError("it holds no data; two or three columns of numbers are expected")
    return lines


def _without_comments(text: str) -> Iterator[tuple[int, str]]:
    opened = 0
    for number, untrimmed in enumerate(text_lines(text), start=1):
        line, at = untrimmed.strip(), 0
        while opened or line.startswith("/*", at):
            end = line.find("*/", at if opened else at + 2)
            opened = opened or number
            if end < 0:
                at = len(line)
                break
            opened, at = 0, end + 2
            while line[at : at + 1].isspace():
                at += 1
        line = line[at:]
        if line and not _is_comment(line):
            yield number, line
    if opened:
        raise InputError(
            f"the comment that '/*' opens in line {opened} is never closed by '*/'"
        )


def _is_comment(line: str) -> bool:
    if line.startswith(_COMMENT_OR_EMPTY_CELL):
        # ";300" lacks its x, and Fortran prints a number that is too wide as "****".
        words = [word for word in re.split(r"[\s,;*]+", line) if word]
        return not words or not all(_NUMBER["."].fullmatch(word) for word in words)
    return _COMMENT.match(line) is not None


def _is_heading(line: str) -> bool:
    words = [word for word in re.split(r"[\s,;]+", line) if word]
    if not any(c.isalpha() for c in line) or any(map(_NO_NUMBER.fullmatch, words)):
        return False
    # What begins like a number is a broken row, unless it spells 2θ.
    return _TWO_THETA.match(line) is not None or _NUMBER["."].match(line) is None


def _points(lines: list[tuple[int, str]]) -> Floats:
    """Return the numbers, shape ``(n, 2)`` or ``(n, 3)``."""
    layout = _layout(lines)
    row = layout.row()
    cells: list[str] = []
    for number, line in lines:
        match = row.fullmatch(line)
        if match is None:
            raise _misfit(number, line, layout, first=lines[0][0])
        cells.extend(match.groups())
    plain = "\n".join(cells).translate(_FLOATS).split("\n")
    return np.array([float(cell) for cell in plain]).reshape(-1, layout.columns)


def _layout(lines: list[tuple[int, str]]) -> _Layout:
    number, line = lines[0]
    separator = _separator(line)
    cells = _cells(line, separator)
    marks = "." if separator == "," else ".,"
    if len(cells) == 1 or not any(all(map(_NUMBER[m].fullmatch, cells)) for m in marks):
        raise InputError(
            f"line {number} is {_quoted(line)}; two or three numbers with one decimal mark "
            "are expected, separated by blanks, tabs, commas or semicolons, after at most "
            "one heading line"
        )
    pointless = separator == "," and not any("." in text for _, text in lines)
    if separator == "," and _may_be_decimal_commas(cells, pointless=pointless):
        raise InputError(
            f"line {number} is {_quoted(line)}, whose commas may be decimal marks or "
            "separators; separate the columns by blanks, tabs or semicolons"
        )
    if len(cells) not in _COUNTS:
        raise InputError(
            f"line {number} has {len(cells)} columns; two or three are expected: x, "
            "intensity and, where it is known, the su of the intensity"
        )
    mark = "." if separator == "," else _first_mark(lines)
    return _Layout(separator=separator, mark=mark, columns=len(cells))


def _separator(line: str) -> str:
    for separator in (";", "\t"):
        if separator in line:
            return separator
    words = _cells(line, " ")
    decimal = len(words) > 1 and all(map(_NUMBER[","].fullmatch, words))
    return "," if "," in line and not decimal else " "


def _cells(line: str, separator: str) -> list[str]:
    if separator == " ":
        return re.split("[ \t]+", line)
    return [cell.strip(" \t") for cell in line.split(separator)]


def _may_be_decimal_commas(cells: list[str], *, pointless: bool) -> bool:
    """Whether ``10,02,300,5`` or ``10,02`` was meant to have fractions.

    So may ``10,5,300`` in a file without any decimal point.
    """
    if not all(cell.lstrip("+-").isdecimal() for cell in cells):
        return False
    if pointless and len(cells) > min(_COUNTS):
        return True
    return len(cells) > max(_COUNTS) or any(map(_ZERO_IN_FRONT.fullmatch, cells[1:]))


def _first_mark(lines: list[tuple[int, str]]) -> str:
    """Return the decimal mark that comes first: whole numbers do not tell."""
    find = re.compile("[.,]").search
    return next((match[0] for _, line in lines if (match := find(line))), ".")


def _misfit(number: int, line: str, layout: _Layout, *, first: int) -> InputError:
    cells = _cells(line, layout.separator)
    if len(cells) != layout.columns and all(map(_NUMBER[layout.mark].fullmatch, cells)):
        return InputError(
            f"line {number} has {len(cells)} column{'s' * (len(cells) > 1)} and line {first} "
            f"has {layout.columns}; all lines must have as many"
        )
    return InputError(
        f"line {number} is {_quoted(line)}; {_COUNTS[layout.columns]} numbers are expected, "
        f"separated by {_SEPARATORS[layout.separator][0]}, with {layout.mark!r} as decimal mark"
    )


def _quoted(line: str) -> str:
    cut = line if len(line) <= _LONGEST_QUOTE else f"{line[:_LONGEST_QUOTE]}…"
    return repr(printable(cut))
