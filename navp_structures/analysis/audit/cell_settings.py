"""Printed cells that are those of a phase in other axes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Final

import numpy as np

from navp_structures.kernels.lattice import Floats
from navp_structures.model.cell import PARAMETERS, UnitCell
from navp_structures.model.claim import CELL_LENGTHS, PrintedNumber
from navp_structures.model.phase import Phase

Matrix = tuple[tuple[Fraction, ...], ...]
"""P: (a' b' c') = (a b c) P, the printed axes by those of the phase."""

# What is not printed of other axes is a right angle, or that of hexagonal axes.
_USUAL: Final = ((90.0, 90.0, 90.0), (90.0, 90.0, 120.0))

# Degrees: an angle that is not printed is no other one.
_RIGHT: Final = 0.01

# Percent and degrees within which a cell is looked at closer.
_NEAR: Final = 3.0

_OBVERSE: Final = ((2, -1, -1), (1, 1, -2), (1, 1, 1))


def other_axes(
    phase: Phase, printed: Mapping[str, PrintedNumber]
) -> Iterator[tuple[Matrix, UnitCell]]:
    """Yield cells of the lattice in other axes that are near a printed one, simplest first.

    The axes are sums of those of the phase, and rhombohedral for hexagonal ones and the other
    way round. Of the first all edges must be known.
    """
    metric = phase.cell.metric_tensor
    turned = _rhombohedral(phase)
    if turned is not None:
        yield from _near(metric, turned[None], printed)
    edges = [name for name in CELL_LENGTHS if name in printed]
    if len(edges) == len(CELL_LENGTHS):
        yield from _near(metric, _sums(), printed)


def axes_text(matrix: Matrix) -> str:
    """Return the printed axes by those of the phase: ``a' = -a - c, b' = b, c' = a``."""
    columns = zip(*matrix, strict=True)
    return ", ".join(f"{x}' = {_sum(column)}" for x, column in zip("abc", columns, strict=True))


def _near(
    metric: Floats, matrices: Floats, printed: Mapping[str, PrintedNumber]
) -> Iterator[tuple[Matrix, UnitCell]]:
    turned = np.einsum("nji,jk,nkl->nil", matrices, metric, matrices)
    lengths = np.sqrt(np.einsum("nii->ni", turned))
    cosines = [
        turned[:, j, k] / (lengths[:, j] * lengths[:, k]) for j, k in ((1, 2), (0, 2), (0, 1))
    ]
    angles = np.degrees(np.arccos(np.clip(np.column_stack(cosines), -1.0, 1.0)))
    values = np.column_stack([lengths, angles])
    near = np.ones(len(values), dtype=bool)
    for n, name in enumerate(PARAMETERS):
        if name in printed:
            wanted = printed[name].value
            reach = _NEAR / 100.0 * wanted if name in CELL_LENGTHS else _NEAR
            near &= np.abs(values[:, n] - wanted) <= reach
    for n in np.flatnonzero(near).tolist():
        row = values[n].tolist()
        if _is_whole(row, printed):
            cell = UnitCell(**dict(zip(PARAMETERS, row, strict=True)))
            yield _fractions(matrices[n]), cell


def _is_whole(values: list[float], printed: Mapping[str, PrintedNumber]) -> bool:
    """Whether parameters that are not printed are those that nobody prints."""
    tied = len({round(x, 4) for x in values[:3]}) == 1
    if "alpha" in printed and tied:  # rhombohedral axes: a and alpha are all
        return len({round(x, 3) for x in values[3:]}) == 1
    return any(
        all(
            name in printed or abs(value - right) <= _RIGHT
            for name, value, right in zip(PARAMETERS[3:], values[3:], usual, strict=True)
        )
        for usual in _USUAL
    )


def _rhombohedral(phase: Phase) -> Floats | None:
    """Return rhombohedral axes for hexagonal ones, hexagonal for rhombohedral; else None."""
    setting = phase.space_group.setting
    to_hexagonal = np.array([[1, 0, 1], [-1, 1, 1], [0, -1, 1]], dtype=np.float64)
    if setting == "rhombohedral axes":
        return to_hexagonal
    if not setting.startswith("hexagonal axes"):
        return None
    obverse = np.array(_OBVERSE, dtype=np.float64) / 3.0
    return obverse if setting.endswith("obverse") else obverse * [[-1.0], [-1.0], [1.0]]


@lru_cache(maxsize=1)
def _sums() -> Floats:
    """Return all axes that are sums and differences of axes, right-handed, simplest first."""
    numbers = np.array(list(itertools.product((0, 1, -1), repeat=9)), dtype=np.float64)
    matrices = numbers.reshape(-1, 3, 3)
    matrices = matrices[np.rint(np.linalg.det(matrices)) == 1]
    terms = np.abs(matrices).sum(axis=(1, 2))
    negative = (matrices < 0).sum(axis=(1, 2))
    return np.asarray(matrices[np.lexsort((negative, terms))])


def _fractions(matrix: Floats) -> Matrix:
    return tuple(
        tuple(Fraction(x).limit_denominator(3) for x in row) for row in matrix.tolist()
    )


def _sum(column: tuple[Fraction, ...]) -> str:
    """Return ``-a - c`` of -1, 0, -1."""
    text = ""
    for number, axis in zip(column, "abc", strict=True):
        if number:
            size = "" if abs(number) == 1 else f"{abs(number)} "
            sign = "-" if number < 0 else "+"
            text += f" {sign} {size}{axis}" if text else f"{sign.strip('+')}{size}{axis}"
    return text
