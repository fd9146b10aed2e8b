"""A correspondence that a user gives: rows of numbers, or the text that is printed."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any, Final

import numpy as np

from navp_structures.analysis.misfit.correspondence import Correspondence, Matrix
from navp_structures.analysis.numbers import items_of, numbers_of
from navp_structures.errors import InputError, shown

# Largest denominator of any matrix, and how far off a number may be written.
_DENOMINATOR: Final = 12
_WRITTEN: Final = 1e-6

# Largest of a matrix that maps few cells on few, as the search finds them: 24 cells, and
# centring vectors of 24ths. Two such fractions are 3e-6 apart or more.
_FEW_CELLS: Final = 24 * 24

# Beyond it lattices share no cell of a size that anybody looks at.
_LARGEST: Final = 100.0

# Letters of a number: -0.009259259259259259 and the like, and room.
_LONGEST: Final = 24


def as_correspondence(given: Any) -> Matrix:
    """Return a matrix that a user gives, its fractions restored.

    Parameters
    ----------
    given
        Three rows of numbers; their text, ``1/2 0 -1; -1/2 1 0; 1 0 1``, also in brackets, as
        it is printed or as JSON; or a Correspondence.

    Raises
    ------
    InputError
        When it is no 3 × 3 numbers, one of them is no fraction, or the determinant is not
        positive.
    """
    if isinstance(given, Correspondence):
        return given.matrix
    rows = _rows(given) if isinstance(given, str) else items_of(given)
    if rows is None or isinstance(given, bytes | dict) or len(rows) != 3:
        raise _no_matrix(given)
    numbers = [numbers_of(row, 3) for row in rows]
    if None in numbers:
        raise _no_matrix(given)
    matrix = tuple(
        (_fraction(a), _fraction(b), _fraction(c)) for a, b, c in filter(None, numbers)
    )
    determinant = float(np.linalg.det(np.array(matrix)))
    if abs(determinant) < _WRITTEN:
        raise InputError(
            f"the correspondence {shown(matrix)} is singular; its three columns must be "
            "independent directions"
        )
    if determinant < 0.0:
        raise InputError(
            f"the correspondence has the determinant {determinant:g}; it must be positive, so "
            "that right-handed axes stay so"
        )
    return matrix


def check_denominators(matrix: Matrix) -> None:
    """Refuse fractions that only a matrix of few cells has, and rounded decimals make.

    Raises
    ------
    InputError
        When a denominator is larger than 12.
    """
    for value in (value for row in matrix for value in row):
        if Fraction(value).limit_denominator(_FEW_CELLS).denominator > _DENOMINATOR:
            raise _no_fraction(value)


def _rows(text: str) -> list[list[float]]:
    """Return the rows of numbers and fractions of a text."""
    lines = re.sub(r"\]\s*;?\s*\[", ";", text.replace(",", " "))
    rows = [row.split() for row in lines.strip(" ;[]\t\n").split(";")]
    try:
        return [[_number(word) for word in row] for row in rows]
    except (ValueError, ZeroDivisionError):
        raise InputError(
            f"the correspondence {shown(text)} has no rows of numbers; write "
            "'1 0 0; 0 1 0; 0 0 1'"
        ) from None


def _number(word: str) -> float:
    # Fraction takes any exponent at its word, and hours over it.
    if len(word) > _LONGEST or "e" in word.casefold():
        raise ValueError(word)
    return float(Fraction(word))


def _fraction(value: float) -> float:
    if abs(value) > _LARGEST:
        raise InputError(
            f"{value:g} in the correspondence is beyond ±{_LARGEST:g}; cells of phases that "
            "turn into each other need no such multiples"
        )
    if math.isfinite(value):
        near = Fraction(value).limit_denominator(_FEW_CELLS)
        if abs(float(near) - value) <= _WRITTEN:
            return float(near)
    raise _no_fraction(value)


def _no_fraction(value: float) -> InputError:
    return InputError(
        f"{shown(value)} in the correspondence is no fraction with a denominator up to "
        f"{_DENOMINATOR}; write 1/3 with at least seven digits"
    )


def _no_matrix(given: Any) -> InputError:
    return InputError(
        f"the correspondence is {shown(given)}; give three rows of three numbers each"
    )
