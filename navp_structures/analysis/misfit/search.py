r"""The correspondence of two phases that moves atoms the least: strain and shuffle together.

Every correspondence of the smallest sublattices that hold as much of the host is tried, within
a limit of the stretches. They are ranked by how far atoms move against one another inside one
formula unit, by strain and by shuffle together:

.. math:: s^2 = \frac{R^2}{5} \sum_i (\ln\lambda_i)^2 + \delta^2,

with R the radius of a sphere that holds a formula unit of the host and δ the root mean square
shuffle; a homogeneous strain moves the points of such a sphere by the first term. Without atoms
the first term is all. Where two lie within 1 %, the matrix that is easier to read goes first.

References
----------
Chen, Song, Tamura & James, Determination of the Stretch Tensor for Structural
Transformations, arXiv:1501.05064
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from navp_structures.analysis.host import common_host
from navp_structures.analysis.misfit.correspondence import Correspondence, Matrix
from navp_structures.analysis.misfit.given import check_denominators
from navp_structures.analysis.misfit.pair import MOST_CELLS, UNITS, Pair
from navp_structures.errors import InputError
from navp_structures.kernels import correspondence as kernel
from navp_structures.kernels.strain import strain_measure
from navp_structures.model.phase import Phase

# Relative: scores count as equal within.
_SAME_SCORE: Final = 0.01

# Å; scores below it are rounding.
_DUST: Final = 1e-6

# Of the best score: by strain alone no candidate of interest.
_FAR: Final = 2.0

# Times the smallest common cell: beyond it a search takes minutes.
_MOST_TIMES: Final = 4

# Correspondences, and what is to say of how they came about.
Judged = tuple[tuple[Correspondence, ...], tuple[str, ...]]


def judge(first: Phase, second: Phase, matrix: Matrix, ion: str) -> Judged:
    """Return a given correspondence with its strain, and its shuffle where there is one.

    Raises
    ------
    InputError
        When the phases have a common host and the matrix does not conserve its formula units,
        or its fractions are those of rounded decimals.
    """
    units, apart = None, None
    uncounted = _uncounted(first, second)
    try:
        units = common_host((first, second), ion)
    except InputError as error:
        apart = str(error)
    pair = Pair(first, second, ion, None if uncounted else units, apart)
    if pair.is_counted:
        _check_units(pair, matrix)
    p, q = pair.bases
    found = pair.judged(np.linalg.inv(q) @ np.array(matrix) @ p)
    if max(found.primitive_cells) > MOST_CELLS:
        check_denominators(matrix)
    if apart or not uncounted:
        return (found,), ()
    return (found,), (f"{uncounted}, and so is whether formula units are conserved",)


def find(first: Phase, second: Phase, ion: str, max_strain: float, max_multiple: int) -> Judged:
    """Return the correspondences that move atoms the least, inequivalent ones, best first.

    Left out are those whose strain alone moves atoms twice as far as the best does by strain
    and shuffle.

    Raises
    ------
    InputError
        When the phases have no common host, or none is within the limits.
    """
    try:
        units = common_host((first, second), ion)
    except InputError as error:
        raise InputError(
            f"{error}; to compare the lattices alone, give the correspondence"
        ) from None
    pair = Pair(first, second, ion, units)
    reached = min(max_multiple, _MOST_TIMES, MOST_CELLS // max(pair.multiples))
    best: list[tuple[float, Correspondence]] = []
    for matrix, stretches in pair.classes(max_strain, reached):
        least = min((score for score, _ in best), default=math.inf)
        if pair.score(strain_measure(stretches), 0.0) > _FAR * least + _DUST:
            break
        item = pair.judged(matrix)
        best.append((pair.score(item.strain, item.shuffle or 0.0), item))
    if not best:
        raise InputError(
            f"no correspondence of {first.id} and {second.id} keeps the strain within "
            f"{100 * max_strain:g} %; raise max_strain or max_multiple, or give the matrix"
        )
    return tuple(_ranked(best)), tuple(_remarks(first, second, max_multiple, reached))


def _remarks(first: Phase, second: Phase, asked: int, reached: int) -> Iterator[str]:
    uncounted = _uncounted(first, second)
    if uncounted:
        yield (
            f"{uncounted}: one formula unit in a cell was assumed, so that the correspondence "
            "and the ratio of volumes may be meaningless"
        )
    if reached < asked:
        yield (
            f"max_multiple {asked} is more than the search can do: it went up to {reached} "
            f"(its limits: {_MOST_TIMES} times the smallest common cell, and {MOST_CELLS} "
            "primitive cells)"
        )


def _uncounted(first: Phase, second: Phase) -> str:
    """Return of which phases nothing tells the formula units in a cell; empty for none."""
    both = (first,) if first == second else (first, second)
    ids = [p.id for p in both if p.formula_units is None and not p.has_sites]
    return f"Z of {' and '.join(ids)} is unknown" if ids else ""


def _check_units(pair: Pair, matrix: Matrix) -> None:
    """Refuse a matrix that makes other numbers of formula units."""
    one, two = (side.units * side.centring for side in pair.sides)
    becomes = float(np.linalg.det(np.array(matrix))) * two
    if abs(becomes / one - 1.0) > UNITS:
        first, second = (side.phase.id for side in pair.sides)
        raise InputError(
            f"the correspondence turns {one:.4g} formula units of {first} (one cell) into "
            f"{becomes:.4g} of {second}; its determinant must be {one / two:.4g}, it is "
            f"{becomes / two:.4g}"
        )


def _ranked(found: list[tuple[float, Correspondence]]) -> Iterator[Correspondence]:
    """Yield by score; of equal ones the plainest first."""
    rest = sorted(found, key=lambda pair: pair[0])
    while rest:
        limit = rest[0][0] * (1.0 + _SAME_SCORE) + _DUST
        equal = [item for score, item in rest if score <= limit]
        for n in kernel.by_plainness(np.array([item.matrix for item in equal])):
            yield equal[n]
        rest = rest[len(equal) :]
