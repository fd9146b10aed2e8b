"""Numbers that a user gives, checked with one sentence each."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

import numpy as np

from navp_structures.errors import InputError, shown


def numbers_of(given: Any, count: int) -> tuple[float, ...] | None:
    """Return so many numbers, NaN and infinity among them, or None."""
    if isinstance(given, str | bytes | dict | set | frozenset):
        return None
    try:
        items = list(given)
    except TypeError:  # an array without axes is iterable, but for iterating
        return None
    if len(items) != count or not all(map(is_number, items)):
        return None
    return tuple(map(as_float, items))


def is_number(value: object) -> bool:
    """Whether a value is a real number, which True and False are not."""
    # To ask of a float whether it is Real takes longer than all else here.
    if type(value) is float:
        return True
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def as_float(value: Any) -> float:
    """Return a number as float; one that is too large is infinite."""
    try:
        return float(value)
    except OverflowError:
        return math.inf


def within(value: Any, name: str, low: float, high: float, unit: str) -> float:
    """Return a number between two limits, or raise InputError naming it and them."""
    if not is_number(value) or not low <= as_float(value) <= high:
        raise InputError(f"{name} is {shown(value)}; it must be {low:g} to {high:g} ({unit})")
    return float(value)
