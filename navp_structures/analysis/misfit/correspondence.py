"""Which directions of one phase are which of another: the matrix, its strain and shuffle."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from navp_structures.kernels.lattice import Floats, inverse

Matrix = tuple[tuple[float, float, float], ...]

# No matrix of the search has a larger denominator.
_ANY_DENOMINATOR: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondence:
    """A way to map one phase on another.

    Parameters
    ----------
    matrix
        Rows of C: a direction [uvw] of the first phase reads C [uvw] in the second.
    principal_stretches
        The three λ, ascending.
    strain
        Strain measure Σ (ln λ)².
    shuffle, largest_shuffle
        Root mean square and largest displacement (Å) of the host's atoms beside the strain;
        None where a phase has no atoms for it.
    score
        How far atoms move within a formula unit (Å); candidates are ranked by it. None where
        no number of formula units is known to be kept.
    primitive_cells
        Of the first and the second phase in the smallest cell that both share.
    unmoved
        Why there is no shuffle.
    """

    matrix: Matrix
    principal_stretches: tuple[float, float, float]
    strain: float
    shuffle: float | None
    largest_shuffle: float | None
    score: float | None
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
        small, middle, large = self.principal_stretches
        one, two = self.primitive_cells
        return Correspondence(
            matrix=exact(inverse(self.array)),
            principal_stretches=(1.0 / large, 1.0 / middle, 1.0 / small),
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
