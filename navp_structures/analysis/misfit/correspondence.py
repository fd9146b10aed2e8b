"""Which directions of one phase are which of another: the matrix, and how it is written."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np

from navp_structures.analysis.numbers import items_of, numbers_of
from navp_structures.errors import InputError, shown
from navp_structures.kernels.lattice import Floats, inverse

Matrix = tuple[tuple[float, float, float], ...]

# Largest denominator of a matrix that a user gives, and how far off it may be written.
_DENOMINATOR: Final = 12
_WRITTEN: Final = 1e-6

# No matrix of the search has a larger denominator.
_ANY_DENOMINATOR: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondence:
    """A way to map one phase on another.

    Parameters
    ----------
    matrix
        Rows of C: a direction [uvw] of the first phase reads C [uvw] in the second.
    stretches
        Principal stretches, ascending.
    strain
        Strain measure Σ (ln λ)².
    shuffle, largest_shuffle
        Root mean square and largest displacement (Å) of the host's atoms beside the strain;
        None where a phase has no atoms for it.
    score
        How far atoms move within a formula unit (Å); candidates are ranked by it.
    primitive_cells
        Of the first and the second phase in the cell that both share.
    unmoved
        Why there is no shuffle.
    """

    matrix: Matrix
    stretches: tuple[float, float, float]
    strain: float
    shuffle: float | None
    largest_shuffle: float | None
    score: float
    primitive_cells: tuple[int, int]
    unmoved: str | None = None

    @property
    def array(self) -> Floats:
        """The matrix as an array, shape ``(3, 3)``."""
        return np.array(self.matrix)

    @property
    def determinant(self) -> float:
        """Cells of the second phase that one of the first becomes."""
        value = float(np.linalg.det(self.array))
        return float(Fraction(value).limit_denominator(_ANY_DENOMINATOR))

    @property
    def inverse(self) -> Correspondence:
        """The way back."""
        small, middle, large = self.stretches
        one, two = self.primitive_cells
        return Correspondence(
            matrix=exact(inverse(self.array)),
            stretches=(1.0 / large, 1.0 / middle, 1.0 / small),
            strain=self.strain,
            shuffle=self.shuffle,
            largest_shuffle=self.largest_shuffle,
            score=self.score,
            primitive_cells=(two, one),
            unmoved=self.unmoved,
        )

    def __str__(self) -> str:
        """The rows, as fractions."""
        rows = (" ".join(map(fraction_text, row)) for row in self.matrix)
        return f"[{'; '.join(rows)}]"


def fraction_text(value: float) -> str:
    """Return a rational number as it is written.

    Examples
    --------
    >>> fraction_text(-2 / 3), fraction_text(2.0)
    ('-2/3', '2')
    """
    return str(Fraction(value).limit_denominator(_ANY_DENOMINATOR))


def exact(matrix: Floats) -> Matrix:
    """Return a rational matrix without the dust of its computation."""
    rows = (
        [float(Fraction(v).limit_denominator(_ANY_DENOMINATOR)) for v in row]
        for row in matrix.tolist()
    )
    return tuple((a, b, c) for a, b, c in rows)


def common_denominator(numbers: Floats) -> int:
    """Return the least number that makes rational ones whole."""
    parts = [Fraction(v).limit_denominator(_ANY_DENOMINATOR) for v in numbers.ravel().tolist()]
    return math.lcm(*(part.denominator for part in parts))


def as_correspondence(given: Any) -> Matrix:
    """Return a matrix that a user gives, its fractions restored.

    Raises
    ------
    InputError
        When it is no 3 × 3 numbers, one of them is no fraction with a denominator up to 12,
        or the determinant is not positive.
    """
    rows = items_of(given)
    if rows is None or isinstance(given, str | bytes | dict) or len(rows) != 3:
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


# Beyond it lattices share no cell of a size that anybody looks at.
_LARGEST: Final = 100.0


def _fraction(value: float) -> float:
    if abs(value) > _LARGEST:
        raise InputError(
            f"{value:g} in the correspondence is beyond ±{_LARGEST:g}; cells of phases that "
            "turn into each other need no such multiples"
        )
    if math.isfinite(value):
        near = Fraction(value).limit_denominator(_DENOMINATOR)
        if abs(float(near) - value) <= _WRITTEN:
            return float(near)
    raise InputError(
        f"{value!r} in the correspondence is no fraction with a denominator up to "
        f"{_DENOMINATOR}; write 1/3 with at least seven digits"
    )


def _no_matrix(given: Any) -> InputError:
    return InputError(
        f"the correspondence is {shown(given)}; give three rows of three numbers each"
    )
