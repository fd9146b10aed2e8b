"""One claim as files write it: keys and values of any type, made a Claim or refused."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from numbers import Integral, Real
from types import MappingProxyType
from typing import Any, Final

from navp_structures.errors import ClaimError, InputError, nearest, shown
from navp_structures.io.text_lines import written_number
from navp_structures.model.claim import Claim, PrintedNumber
from navp_structures.model.hkl import as_hkl, format_hkl

LONGEST_NAME: Final = 200
LONGEST_TEXT: Final = 2000

# Numbers beyond are nothing that a paper prints; below, nothing that a float keeps.
_EXPONENTS: Final = (-30, 30)

_NAMES: Final = (
    "id",
    "quantity",
    "material",
    "space_group",
    "trend",
    "centre",
    "ligand",
    "unit",
    "relation",
    "group",
    "kind",
)
_TEXTS: Final = ("conditions", "source", "place", "text", "note")


def claim_of(item: object, *, file: str = "", line: int = 0) -> Claim:
    """Return the claim in a table of keys and values.

    Parameters
    ----------
    item
        A mapping with the keys of a claims file; numbers may be texts with their su.
    file, line
        Where it is written.

    Raises
    ------
    ClaimError
        When a key is unknown or missing, or a value is not what it should be; the error
        names the key.

    Examples
    --------
    >>> claim_of({"id": "h1", "quantity": "spacing", "phase": "Na3VP", "hkl": [4, -2, 6],
    ...           "value": "1.88(1)"})
    <Claim h1: spacing 1.88(1) Å (4 -2 6) of Na3VP>
    """
    if not isinstance(item, Mapping):
        raise ClaimError(f"a claim must be a table of keys and values, it is {shown(item)}")
    for key in item:
        if key not in KEYS:
            hint = nearest(key, KEYS) if isinstance(key, str) else ""
            raise ClaimError(f"unknown key {shown(key)}{hint}", str(key))
    for key in ("id", "quantity"):
        if key not in item:
            raise ClaimError(f"a claim needs {'an' if key == 'id' else 'a'} {key}")
    found = {name: read(item[key], key) for key, (name, read) in KEYS.items() if key in item}
    one, several = found.pop("phase", None), found.pop("phases", ())
    if one is not None and several:
        raise ClaimError("phase and phases are both given; keep one", "phases")
    su = found.pop("uncertainty", None)
    if su is not None:
        found["number"] = _with_su(found.get("number"), su)
    return Claim(**found, phases=several if one is None else (one,), file=file, line=line)


def printed_number(value: object, key: str = "value") -> PrintedNumber:
    """Return a number as it is printed: with its su, and half a unit of its last digit.

    Parameters
    ----------
    value
        A number, a Decimal, which keeps its last zeros, or a text: ``8.7288(2)``.
    key
        Whose value it is, for messages.

    Raises
    ------
    ClaimError
        When it is no finite number.

    Examples
    --------
    >>> printed_number("1.895(5)")
    PrintedNumber(value=1.895, su=0.005, rounding=0.0005, text='1.895(5)')
    """
    if isinstance(value, str):
        text = " ".join(value.split())
        found = written_number(text) if len(text) <= LONGEST_NAME else None
        if found is None:
            raise ClaimError(f"{key} is {shown(value)}; it must be a number", key)
        plain_number(found[0], key)
        return PrintedNumber(value=found[0], su=found[1], rounding=_rounding(text), text=text)
    number = plain_number(value, key)
    exact = value if isinstance(value, Decimal) else Decimal(repr(number))
    if isinstance(value, Integral):
        exact = Decimal(int(value))
    if not _EXPONENTS[0] < int(exact.as_tuple().exponent) < _EXPONENTS[1]:
        raise ClaimError(f"{key} has more digits than a paper prints", key)
    return PrintedNumber(value=number, rounding=_half_unit(exact), text=str(exact))


def plain_number(value: object, key: str) -> float:
    """Return a finite number as a float.

    Raises
    ------
    ClaimError
        When it is none.
    """
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        raise ClaimError(f"{key} is {shown(value)}; it must be a number", key)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ClaimError(f"{key} is {shown(number)}; it must be a finite number", key)
    if number and not 10.0 ** _EXPONENTS[0] < abs(number) < 10.0 ** _EXPONENTS[1]:
        raise ClaimError(f"{key} is {shown(number)}, which no paper prints", key)
    return number


def plain_text(value: object, key: str, longest: int = LONGEST_NAME) -> str:
    """Return a text without control characters or blanks around it.

    Raises
    ------
    ClaimError
        When it is no text, empty, too long, or holds what is not printable.
    """
    if not isinstance(value, str):
        raise ClaimError(f"{key} is {_number_shown(value)}; it must be a text", key)
    text = value.strip()
    if not text:
        raise ClaimError(f"{key} is empty; leave it out", key)
    if len(text) > longest:
        raise ClaimError(f"{key} has {len(text)} characters; at most {longest} are read", key)
    spaced = text.replace("\n", " ").replace("\t", " ") if longest > LONGEST_NAME else text
    if not spaced.isprintable():
        raise ClaimError(f"{key} is {shown(value)}, which holds control characters", key)
    return text


def _long_text(value: object, key: str) -> str:
    return plain_text(value, key, LONGEST_TEXT)


def _number_shown(value: object) -> str:
    return shown(float(value)) if isinstance(value, Decimal) else shown(value)


def _half_unit(exact: Decimal) -> float:
    return 0.5 * 10.0 ** int(exact.as_tuple().exponent)


def _rounding(text: str) -> float | None:
    """Return half a unit of the last digit of a text that `written_number` reads."""
    mantissa = text.translate(str.maketrans("−–", "--")).partition("±")[0]
    mantissa = mantissa.partition("+")[0] or mantissa
    try:
        return _half_unit(Decimal(mantissa.partition("(")[0].strip()))
    except InvalidOperation:
        return None


def _with_su(number: PrintedNumber | None, su: PrintedNumber) -> PrintedNumber:
    key = "uncertainty"
    if number is None:
        raise ClaimError("an uncertainty is given, but no value", key)
    if number.su is not None or su.su is not None:
        raise ClaimError(
            f"the uncertainty of {shown(number.text)} is given twice; keep one", key
        )
    return replace(number, su=su.value, text=f"{number.text} ± {su.text}")


def _texts(value: object, key: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise ClaimError(f"{key} is {shown(value)}; it must be a list of texts", key)
    if len(value) > LONGEST_NAME:
        raise ClaimError(f"{key} has {len(value)} items; no claim has so many", key)
    return tuple(plain_text(item, key) for item in value)


def _labels(value: object, key: str) -> tuple[str, ...]:
    """Return labels as printed: one or several, each a text or a list of whole numbers."""
    if isinstance(value, str):
        return (plain_text(value, key),)
    if not isinstance(value, list | tuple) or not 0 < len(value) <= LONGEST_NAME:
        raise ClaimError(f"{key} is {shown(value)}; write it as printed: '4 -2 6'", key)
    if all(isinstance(item, int) and not isinstance(item, bool) for item in value):
        return (_format(value, key),)
    return tuple(
        plain_text(item, key) if isinstance(item, str) else _format(item, key) for item in value
    )


def _format(value: Any, key: str) -> str:
    try:
        return format_hkl(as_hkl(value))
    except InputError as error:
        raise ClaimError(f"{key}: {error}", key) from None


def _flag(value: object, key: str) -> bool:
    """Return true or false, which a table writes as a word."""
    if isinstance(value, str):
        value = {"true": True, "yes": True, "false": False, "no": False}.get(
            value.strip().casefold(), value
        )
    if not isinstance(value, bool):
        raise ClaimError(f"{key} is {shown(value)}; it must be true or false", key)
    return value


def _radiation(value: object, key: str) -> str | float:
    return plain_text(value, key) if isinstance(value, str) else plain_number(value, key)


def _cell(value: object, key: str) -> tuple[tuple[str, PrintedNumber], ...]:
    if not isinstance(value, Mapping) or not value:
        raise ClaimError(
            f"{key} is {shown(value)}; it must be a table: {{ a = 8.832, c = 22.094 }}", key
        )
    return tuple(
        (plain_text(name, key), printed_number(number, f"{name} of the cell"))
        for name, number in value.items()
    )


KEYS: Final[Mapping[str, tuple[str, Callable[[Any, str], Any]]]] = MappingProxyType(
    {
        "phase": ("phase", plain_text),
        "phases": ("phases", _texts),
        "hkl": ("labels", _labels),
        "value": ("number", printed_number),
        "uncertainty": ("uncertainty", printed_number),
        "cell": ("cell", _cell),
        "radiation": ("radiation", _radiation),
        "from": ("from_number", printed_number),
        "from_radiation": ("from_radiation", _radiation),
        "claims": ("claims", _texts),
        "temperature": ("temperature", plain_number),
        "standard": ("standard", _flag),
        **{name: (name, plain_text) for name in _NAMES},
        **{name: (name, _long_text) for name in _TEXTS},
    }
)
"""Key of a file: what of a Claim it fills, and how it is read."""
