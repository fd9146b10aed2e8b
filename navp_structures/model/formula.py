"""Chemical formulas: reading, counting, writing."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import gemmi

from navp_structures.errors import InputError, shown

_TOKEN = re.compile(r"\s*(?:([A-Z][a-z]?)([0-9.]*)(?:[0-9]*[+-](?=\s|$))?|(\()|\)([0-9.]*))")


def parse_formula(text: str) -> dict[str, float]:
    """Return the atoms of each element in a formula.

    Parameters
    ----------
    text
        ``Na3V2(PO4)3``, ``Na3 O12 P3 V2`` or alike; numbers may be fractions.

    Raises
    ------
    InputError
        When the text is no formula or names an unknown element.

    Examples
    --------
    >>> parse_formula("Na3V2(PO4)3")
    {'Na': 3.0, 'V': 2.0, 'P': 3.0, 'O': 12.0}
    """
    stack: list[dict[str, float]] = [{}]
    position = 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None or match.end() == position:
            raise _no_formula(text)
        position = match.end()
        element, count, opening, closing = match.groups()
        if element:
            _add(stack[-1], {_known(element, text): 1.0}, _count(count, text))
        elif opening:
            stack.append({})
        elif len(stack) < 2:
            raise _no_formula(text)
        else:
            _add(stack[-2], stack.pop(), _count(closing, text))
    if len(stack) != 1 or not stack[0] or not all(map(math.isfinite, stack[0].values())):
        raise _no_formula(text)
    return stack[0]


def format_formula(counts: Mapping[str, float]) -> str:
    """Return element counts as a CIF formula sum (C and H first, then the alphabet).

    Examples
    --------
    >>> format_formula({"Na": 3.0, "V": 2, "O": 12, "P": 3})
    'Na3 O12 P3 V2'
    """
    first = [e for e in ("C", "H") if "C" in counts and e in counts]
    order = first + sorted(e for e in counts if e not in first)
    return " ".join(e + _number(counts[e]) for e in order if counts[e] > 0)


def atomic_weight(element: str) -> float:
    """Return the standard atomic weight (g/mol) of an element, from gemmi's table."""
    return gemmi.Element(element).weight


def check_element(symbol: object, name: str) -> str:
    """Return the symbol of an element, or raise InputError naming what it was given for."""
    # gemmi calls X what is no element.
    is_text = isinstance(symbol, str) and symbol.isascii() and symbol not in ("", "X")
    if is_text and gemmi.Element(str(symbol)).name == symbol:
        return str(symbol)
    raise InputError(f"{name} is {shown(symbol)}; it must be the symbol of an element")


def _number(value: float) -> str:
    return "" if value == 1 else f"{value:.4g}"


def _known(element: str, text: str) -> str:
    if gemmi.Element(element).atomic_number == 0:
        raise InputError(f"{shown(text)} is no formula: {element} is no element")
    return element


def _count(digits: str, text: str) -> float:
    try:
        return float(digits) if digits else 1.0
    except ValueError:
        raise _no_formula(text) from None


def _add(total: dict[str, float], part: Mapping[str, float], times: float) -> None:
    for element, count in part.items():
        total[element] = total.get(element, 0.0) + count * times


def _no_formula(text: str) -> InputError:
    return InputError(f"{shown(text)} is no formula: write it like Na3V2(PO4)3")
