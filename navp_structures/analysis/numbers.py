"""Numbers that a user gives, checked with one sentence each."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from numbers import Real
from typing import Any, Final

import numpy as np

from navp_structures.errors import InputError, shown

LEAST_SIGMA: Final = 1e-6
"""Relative, or degrees. Nothing is measured better, and squares of far smaller numbers
vanish."""


def numbers_of(given: Any, count: int) -> tuple[float, ...] | None:
    """Return so many numbers, NaN and infinity among them, or None."""
    items = ordered_items(given)
    if items is None or len(items) != count or not all(map(is_number, items)):
        return None
    return tuple(map(as_float, items))


def items_of(given: Any) -> list[Any] | None:
    """Return what can be gone through as a list; None for anything else."""
    try:
        return list(given)
    except TypeError:  # an array without axes is iterable, but for iterating
        return None


def ordered_items(given: Any) -> list[Any] | None:
    """Return the items of a list or alike; None for text and for what has no order."""
    if isinstance(given, str | bytes | dict | set | frozenset):
        return None
    return items_of(given)


def has_items(given: Any) -> bool:
    """Whether it is a sequence, or an array with axes: it has a length, and stays as it is."""
    return isinstance(given, Sequence) or (isinstance(given, np.ndarray) and given.ndim > 0)


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


def zero_or_sigma(value: Any, name: str, high: float, unit: str) -> float:
    """Return a standard deviation that may be 0, which is exact, or raise InputError."""
    if is_number(value) and not value:
        return 0.0
    if not is_number(value) or not LEAST_SIGMA <= as_float(value) <= high:
        raise InputError(
            f"{name} is {shown(value)}; it must be 0, or {LEAST_SIGMA:g} to {high:g} ({unit})"
        )
    return float(value)


def limit_fields(
    item: object,
    limits: Iterable[tuple[str, float, float, str]],
    optional: Collection[str] = (),
) -> None:
    """Check fields of a frozen dataclass with `within`, and make them floats.

    Parameters
    ----------
    limits
        Name, least and largest value, unit.
    optional
        Names of fields that may be None.
    """
    for name, low, high, unit in limits:
        value = getattr(item, name)
        if value is not None or name not in optional:
            object.__setattr__(item, name, within(value, name, low, high, unit))


def known(value: float) -> float | None:
    """Return a number, None for NaN."""
    return None if math.isnan(value) else value


def known_su(value: float) -> float | None:
    """Return an su, None for NaN and for 0: what is measured is never exact."""
    return known(value) or None
