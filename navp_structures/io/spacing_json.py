"""Measured lists as JSON."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from navp_structures.errors import InputError, nearest, shown
from navp_structures.io.text_lines import number_with_su
from navp_structures.model.measured_list import LIST_KINDS, MeasuredList

_MORE = ("units", "sigma", "intensities", "labels", "angles")


def read_json_list(text: str, *, source: str = "") -> MeasuredList:
    """Return the measured list in a JSON text.

    It is an object with one of the keys ``spacings``, ``spots`` ([x, y] each) and
    ``powder``, and, where they are known, ``units``, ``sigma`` (in the unit of the values;
    one for each, or one for all), ``intensities``, ``labels`` and ``angles``
    ([i, j, degrees], numbered from 0). A bare list of numbers is one of spacings. A number
    with su may be a text: ``"2.54(2)"``.

    Raises
    ------
    InputError
        When it is no JSON, or not of this form.
    """
    content = _parsed(text)
    if isinstance(content, list):
        if not all(_is_number(item) or isinstance(item, str) for item in content):
            raise InputError(
                "a bare list must hold numbers, which are spacings; for anything else name "
                'what it is, as in {"spots": [[x, y], ...], "units": "1/nm"}'
            )
        content = {"spacings": content}
    if not isinstance(content, dict):
        raise InputError(f'it holds {shown(content)}; expected is {{"spacings": [...]}}')
    for key in content:
        if key not in (*LIST_KINDS, *_MORE):
            known = (*LIST_KINDS, *_MORE)
            hint = nearest(key, known) or f"; known are {', '.join(known)}"
            raise InputError(f"the key {shown(key)} is unknown{hint}")
    kinds = [kind for kind in LIST_KINDS if kind in content]
    if len(kinds) != 1:
        raise InputError(
            f"it holds {' and '.join(kinds) or 'no list'}; give one of {', '.join(LIST_KINDS)}"
        )
    return _list_of(kinds[0], content, source)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_without_twins, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise InputError(f"line {error.lineno} is no JSON: {error.msg}") from None
    except RecursionError:
        raise InputError("it is nested too deeply for a list of numbers") from None
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError("it holds a number of too many digits") from None


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        twin = next(key for key, _ in pairs if sum(key == other for other, _ in pairs) > 1)
        raise InputError(f"the key {shown(twin)} stands twice; keep one")
    return content


def _refuse(constant: str) -> NoReturn:
    raise InputError(f"{constant} is no measured number; leave it out or write null")


def _list_of(kind: str, content: dict[str, Any], source: str) -> MeasuredList:
    items = _listed(kind, content[kind])
    sigma = content.get("sigma")
    if kind == "spots":
        values: Any = [_pair(n, item) for n, item in enumerate(items)]
    else:
        found = [_number(kind, n, item) for n, item in enumerate(items)]
        values = [value for value, _ in found]
        if any(su is not None for _, su in found):
            if sigma is not None:
                raise InputError("su stand in brackets and under sigma; keep one of them")
            sigma = [su for _, su in found]
    if _is_number(sigma):
        sigma = [sigma] * len(items)
    units = content.get("units")
    if units is not None and not isinstance(units, str):
        raise InputError(f"units is {shown(units)}; it must be a text such as 'A'")
    return MeasuredList(
        kind=kind,
        values=values,
        units=units,
        sigma=_column("sigma", sigma),
        intensities=_column("intensities", content.get("intensities")),
        labels=tuple(_listed("labels", _given(content, "labels"))),
        angles=_angles(_given(content, "angles")),
        source=source,
    )


def _given(content: dict[str, Any], name: str) -> Any:
    value = content.get(name)
    return [] if value is None else value


def _listed(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise InputError(f"{name} is {shown(value)}; it must be a list")
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(name: str, n: int, item: Any) -> tuple[float, float | None]:
    if _is_number(item):
        return _float(item), None
    found = number_with_su(item.strip()) if isinstance(item, str) else None
    if found is None:
        raise InputError(f"item {n + 1} of {name} is {shown(item)}; it must be a number")
    return found


def _pair(n: int, item: Any) -> list[float]:
    if not isinstance(item, list) or len(item) != 2 or not all(map(_is_number, item)):
        raise InputError(f"item {n + 1} of spots is {shown(item)}; it must be [x, y]")
    return [_float(number) for number in item]


def _column(name: str, value: Any) -> Any:
    if value is None:
        return None
    column = _listed(name, value)
    for n, item in enumerate(column):
        if item is not None and not _is_number(item):
            raise InputError(
                f"item {n + 1} of {name} is {shown(item)}; it must be a number or null"
            )
    return [math.nan if item is None else _float(item) for item in column]


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _angles(items: Any) -> dict[tuple[int, int], float]:
    found: dict[tuple[int, int], float] = {}
    for item in _listed("angles", items):
        if not (
            isinstance(item, list)
            and len(item) == 3
            and all(map(_is_number, item))
            and all(isinstance(n, int) for n in item[:2])
        ):
            raise InputError(
                f"{shown(item)} is no angle; write [0, 1, 55.2] for the first two values"
            )
        i, j, angle = item
        if (i, j) in found or (j, i) in found:
            raise InputError(f"two angles are given for the values {i} and {j}")
        found[i, j] = _float(angle)
    return found
