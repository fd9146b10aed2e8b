"""Lines and numbers of text files, as editors count them and as people write them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from navp_structures.errors import InputError

LONGEST_LINE = 500_000
"""Characters; fifty thousand values stand in it."""

_NUMBER = re.compile(
    r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:[eE]([+-]?[0-9]{1,3}))?(?:\(([0-9]+)\))?"
)
_MINUS = str.maketrans("−–", "--")
_COMMA = re.compile("(?<=[0-9]),(?=[0-9])")
_PLUS_MINUS = re.compile(r"\+/?-")


def text_lines(text: str) -> list[str]:
    """Return the lines of a text without their ends.

    Raises
    ------
    InputError
        When it holds zero bytes.
    """
    if "\0" in text:
        raise InputError("it holds zero bytes, as binary files do; save it as UTF-8 text")
    # Not splitlines, which also breaks at characters that editors do not count as lines.
    # Old DOS programs end a file with Control-Z.
    text = text.removeprefix("\ufeff").removesuffix("\x1a")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def data_lines(text: str, comments: tuple[str, ...] = ("#", "!")) -> Iterator[tuple[int, str]]:
    """Yield (line number from 1, line) of each line that is neither blank nor a comment.

    Blanks around a line are cut, tabs behind it are not: they separate empty cells.

    Raises
    ------
    InputError
        When it holds zero bytes, or a line is longer than `LONGEST_LINE`.
    """
    for number, line in enumerate(text_lines(text), start=1):
        if line.strip() and not line.lstrip().startswith(comments):
            if len(line) > LONGEST_LINE:
                raise InputError(
                    f"line {number} has {len(line)} characters; at most {LONGEST_LINE} are read"
                )
            yield number, line.strip(" ")


def number_with_su(text: str) -> tuple[float, float | None] | None:
    """Return a number and its su, None where it has none; None for what is no number.

    Examples
    --------
    >>> number_with_su("8.7288(2)"), number_with_su("1.88"), number_with_su("nan")
    ((8.7288, 0.0002), (1.88, None), None)
    """
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    mantissa, exponent, digits = match.groups()
    # Decimal does not scale numbers of a million digits, and rounds those of thirty.
    value = float(f"{mantissa}e{exponent or 0}")
    if digits is None or not digits.strip("0"):
        return value, None
    place = int(exponent or 0) - len(mantissa.partition(".")[2])
    return value, float(f"{digits}e{place}")


def written_number(text: str, *, comma: bool = False) -> tuple[float, float | None] | None:
    """Return a finite number and its su, as people write it; None for what is no number.

    Parameters
    ----------
    text
        With any minus sign; the su in brackets, or behind ``±``.
    comma
        Whether a comma between digits is a decimal mark; otherwise it makes no number.

    Examples
    --------
    >>> written_number("2,54(2)", comma=True), written_number("2.54 ± 0.02")
    ((2.54, 0.02), (2.54, 0.02))
    """
    plain = text.translate(_MINUS)
    if comma and "." not in plain:
        plain = _COMMA.sub(".", plain)
    value, sign, spread = _PLUS_MINUS.sub("±", plain).partition("±")
    found = number_with_su(value.strip())
    if found is None or not math.isfinite(found[0]):
        return None
    if not sign:
        return found
    su = number_with_su(spread.strip())
    if su is None or su[1] is not None or found[1] is not None or not 0 < su[0] < math.inf:
        return None
    return found[0], su[0]
