"""Measured spacings in a text, as one pastes them from a paper or a note."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from navp_structures.errors import InputError, shown
from navp_structures.io.spacing_headings import unit_of
from navp_structures.io.text_lines import data_lines, written_number
from navp_structures.model.measured_list import MOST_VALUES, MeasuredList

_DIGITS = r"(?:[0-9]+(?:[.,][0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_LENGTH = r"(?:nm|[AÅ\u212b])"
_TOKENS = re.compile(
    rf"""
      (?P<name>(?:2\s*(?:theta|th|[θϑ])|1/d|angle|[dgqD])[\s_]*+[0-9₀-₉]{{0,3}}+)\s*[=:]\s*
    | (?P<label>(?:d\s?)?[({{][^(){{}}]*[)}}](?:\s*[=:])?)
    | (?P<unit>
        (?: 1/{_LENGTH} | {_LENGTH}(?:\s?\^?[-−⁻][1¹])? | px|pixels? | °|deg(?:rees?)? )
        (?![\w^⁻-]) )
    | (?P<number>[+−–-]?{_DIGITS}(?:\([0-9]+\)|\s*(?:±|\+/?-)\s*{_DIGITS})?)
    | (?P<mark>[,;&]|\band\b)
    | (?P<blank>\s+)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LABEL = re.compile(r"(?:[^0-9]*[0-9]){3,}[^0-9]*")
_COMMA = re.compile("[0-9],[0-9]")
_POINT = re.compile(r"\.[0-9]")

_QUANTITY = {"1/d": "g", "g": "g", "q": "q", "d": "d", "angle": "angle"}
_UNIT_OF = {"A": "d", "nm": "d", "1/A": "g", "1/nm": "g", "px": "px"}


@dataclass(slots=True, kw_only=True)
class _Item:
    """A number with what stands around it."""

    line: tuple[int, str]
    value: float
    su: float | None
    quantity: str | None = None
    unit: str | None = None
    label: str | None = None


def read_spacing_text(text: str, *, source: str = "text") -> MeasuredList:
    """Return the spacings in a text such as ``2.542 Å, 2.992 Å``.

    Numbers stand apart by blanks, semicolons, new lines, or commas with a blank behind
    them. A number may carry a name (``d1 =``, ``g =``, ``q =``, ``2θ =``), an su (``2.54(2)``
    or ``2.54 ± 0.02``), a unit, and an (hkl) in front of it or behind it. A unit that is
    named once holds for all. Beside two spacings, ``angle = 55.2°`` is that between them.

    Parameters
    ----------
    source
        Where the text comes from.

    Raises
    ------
    InputError
        When something in it could be read in two ways, or not at all; the line is shown.

    Examples
    --------
    >>> found = read_spacing_text("(4 -2 6) 1.88 Å, (1 -4 5) 1.895(5) Å")
    >>> found.values.tolist(), found.labels, found.units
    ([1.88, 1.895], ('(4 -2 6)', '(1 -4 5)'), 'A')
    """
    if not isinstance(text, str):
        raise InputError(f"{shown(text)} is no text; give one such as '2.542 Å, 2.992 Å'")
    lines = list(data_lines(text))
    if not lines:
        raise InputError("the text is empty; write spacings such as '2.542 Å, 2.992 Å'")
    if len(lines) > 2 * MOST_VALUES:
        raise InputError(f"it has {len(lines)} lines; at most {MOST_VALUES} values are read")
    comma = _decimal_comma(lines)
    items: list[_Item] = []
    for line in lines:
        items += _items(line, comma)
        if len(items) > MOST_VALUES + 1:
            raise _wrong(line, f"it is beyond the {MOST_VALUES} values that are read")
    _refuse_columns(items)
    angles = [item for item in items if item.quantity == "angle"]
    values = _spacings(items)
    if not values:
        raise InputError(f"{shown(text)} holds no spacing; write one such as '2.542 Å'")
    if angles and (len(values) != 2 or len(angles) > 1):
        raise _wrong(
            angles[-1].line, "an angle can be given once, and beside two spacings only"
        )
    quantity, units = _common(values)
    return MeasuredList(
        kind="powder" if quantity == "two_theta" else "spacings",
        values=np.array([item.value for item in values]),
        units=units,
        quantity=quantity,
        sigma=np.array([math.nan if item.su is None else item.su for item in values]),
        labels=tuple(item.label for item in values),
        angles={(0, 1): angles[0].value} if angles else {},
        source=source,
    )


def _decimal_comma(lines: Sequence[tuple[int, str]]) -> bool:
    """Whether commas between digits are decimal marks.

    Raises
    ------
    InputError
        When they may as well separate.
    """
    bare = [(n, re.sub(r"[({][^(){}]*[)}]", " ", line)) for n, line in lines]
    points = any(_POINT.search(line) for _, line in bare)
    apart = any(";" in line for _, line in bare)
    for line, (_, text) in zip(lines, bare, strict=True):
        if _COMMA.search(text) and not points and not apart:
            raise _wrong(
                line,
                "a comma between digits may be a decimal mark or a separator; write "
                "'2.54, 2.99' or '2,54; 2,99'",
            )
    return not points


def _items(line: tuple[int, str], comma: bool) -> list[_Item]:
    """Return the numbers of a line, each with its label."""
    items: list[_Item] = []
    labels: list[tuple[int, str]] = []
    quantity: str | None = None
    spacings = 0
    for kind, word in _words(line):
        if kind == "name":
            quantity = _named(word)
        elif kind == "label":
            labels.append((spacings, _label(line, word)))
            quantity = "d" if word[0] in "dD" else quantity
        elif kind == "number":
            found = written_number(word, comma=comma)
            if found is None or found[0] <= 0:
                raise _wrong(line, f"{shown(word)} is no positive number")
            items.append(_Item(line=line, value=found[0], su=found[1], quantity=quantity))
            spacings += quantity != "angle"
            quantity = None
        elif kind == "unit":
            _give_unit(line, word, items)
    if quantity is not None:
        raise _wrong(line, "a name has no number behind it")
    _give_labels(line, labels, _spacings(items))
    return items


def _refuse_columns(items: Sequence[_Item]) -> None:
    """Refuse lines of as many bare numbers each: they may be d and its intensity."""
    counts = Counter(item.line[0] for item in items)
    bare = all(item.quantity is item.unit is item.label is None for item in items)
    if not bare or len(counts) < 2 or len(set(counts.values())) > 1 or 1 in counts.values():
        return
    raise _wrong(
        items[0].line,
        f"each line holds {counts[items[0].line[0]]} numbers, which may be columns; put a "
        "heading above them, such as 'd (A)  intensity', or write one spacing a line",
    )


def _spacings(items: Sequence[_Item]) -> list[_Item]:
    return [item for item in items if item.quantity != "angle"]


def _words(line: tuple[int, str]) -> list[tuple[str, str]]:
    words: list[tuple[str, str]] = []
    at = 0
    while at < len(line[1]):
        if len(words) > 3 * MOST_VALUES:
            raise _wrong(line, f"it goes on beyond the {MOST_VALUES} values that are read")
        match = _TOKENS.match(line[1], at)
        kind = match.lastgroup if match is not None else None
        if match is None or kind is None or _runs_on(kind, words):
            raise _wrong(
                line, f"{shown(line[1][at:])} is not understood; write '(4 -2 6) 1.88 Å', say"
            )
        words.append((kind, match[0].strip()))
        at = match.end()
    return [(kind, word) for kind, word in words if kind not in ("blank", "mark")]


def _runs_on(kind: str, words: Sequence[tuple[str, str]]) -> bool:
    """Whether a number begins where another word ends, as in ``1.2.3``."""
    return kind == "number" and bool(words) and words[-1][0] in ("number", "unit")


def _label(line: tuple[int, str], word: str) -> str:
    """Return the bracket of ``(4 -2 6)`` or ``d(4 -2 6) =``."""
    bracket = word.lstrip("dD ").rstrip("=: \t")
    if _LABEL.fullmatch(bracket) is None:
        raise _wrong(
            line, f"{shown(bracket)} is no (hkl); an su stands at its number, as in 1.88(2)"
        )
    return bracket


def _named(word: str) -> str:
    plain = word.casefold().rstrip(" =:\t")
    if plain.startswith("2"):
        return "two_theta"
    return next(role for name, role in _QUANTITY.items() if plain.startswith(name))


def _give_unit(line: tuple[int, str], word: str, items: list[_Item]) -> None:
    unit = unit_of(word)
    if not items or items[-1].unit is not None or unit is None:
        raise _wrong(line, f"the unit {shown(word)} has no number of its own")
    item = items[-1]
    if unit == "deg":
        if item.quantity not in ("two_theta", "angle"):
            raise _wrong(
                line, "an angle must say what it is: write 'angle = 55.2°' or '2θ = 14.25°'"
            )
    elif item.quantity not in (None, _UNIT_OF[unit]) and (item.quantity, unit) != ("q", "1/A"):
        raise _wrong(line, f"{item.quantity} is not given in {unit}")
    item.unit = unit


def _give_labels(
    line: tuple[int, str], labels: Sequence[tuple[int, str]], items: list[_Item]
) -> None:
    """Give each number its label: all stand in front, or all behind."""
    if not labels:
        return
    places = [n for n, _ in labels]
    count = len(items)
    offset = 0 if places == list(range(count)) else 1
    if not items or places not in (list(range(count)), list(range(1, count + 1))):
        raise _wrong(
            line, "it does not tell which (hkl) belongs to which number; one line each"
        )
    for n, label in labels:
        items[n - offset].label = label


def _common(items: Sequence[_Item]) -> tuple[str | None, str | None]:
    """Return the quantity and the units that all numbers share."""
    units = {item.unit: item for item in items if item.unit is not None}
    quantities = {
        item.quantity or _UNIT_OF.get(item.unit or ""): item
        for item in items
        if item.quantity is not None or item.unit is not None
    }
    for known in (units, quantities):
        if len(known) > 1:
            *_, item = known.values()
            names = " and ".join(map(str, known))
            raise _wrong(item.line, f"the text mixes {names}; give all values in one unit")
    quantity = next(iter(quantities), None)
    unit = next(iter(units), None)
    if quantity in ("two_theta", "q"):
        return quantity, quantity
    return quantity, unit


def _wrong(line: tuple[int, str], what: str) -> InputError:
    return InputError(f"line {line[0]} is {shown(line[1])}: {what}")
