r"""The reflections of a zone: which net they form, and its shortest vectors.

A reflection h belongs to the zone :math:`[uvw]` when :math:`\mathbf h \cdot \mathbf u = 0`, and
to the Laue zone n when :math:`\mathbf h \cdot \mathbf u = n m`, where m is the least positive
value that reflections allowed by the centring can have.

References
----------
International Tables for Crystallography, Vol. B (2010), ch. 1.1,
doi:10.1107/97809553602060000549
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm

import numpy as np

from navp_structures.kernels.lattice import Floats, Ints

Vector = tuple[int, int, int]
Rows = tuple[tuple[float, ...], ...]

# Lengths that differ by less are equal by symmetry.
_EQUAL = 1e-9

# The largest denominator of a centring vector in any setting.
_DENOMINATOR = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Net:
    """The reflections of a zone that the centring allows.

    Parameters
    ----------
    basis
        The two shortest independent vectors; turning the first to the second is anticlockwise
        seen from +[uvw]. Of equally short ones the first has the fewest negative indices,
        then the largest (h, k, l); the second lies at an acute angle.
    step
        The least positive h · [uvw].
    """

    basis: tuple[Vector, Vector]
    step: int


def zone_net(uvw: Vector, centring: Floats, reciprocal: Floats) -> Net:
    """Return the net of a zone.

    Parameters
    ----------
    uvw
        The zone axis, not [0 0 0].
    centring
        Centring vectors, shape ``(c, 3)``.
    reciprocal
        Reciprocal metric tensor (Å⁻²).
    """
    allowed = allowed_basis(tuple(map(tuple, centring.tolist())))
    rows, values = _gathered(list(allowed), [_dot(row, uvw) for row in allowed])
    # Plain numbers: for single vectors they are quicker than arrays.
    metric = tuple(map(tuple, reciprocal.tolist()))
    one, two = _reduced(rows[0], rows[1], metric)
    return Net(basis=_chosen(one, two, uvw, metric), step=abs(values[2]))


@lru_cache(maxsize=64)
def allowed_basis(centring: Rows, denominator: int = _DENOMINATOR) -> tuple[Vector, ...]:
    """Return a basis of the reflections h with h · t whole for all centring vectors t.

    Parameters
    ----------
    denominator
        The largest that a number of the vectors may have; more are rounded to it.
    """
    rows: list[Vector] = [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    for vector in centring:
        parts = [Fraction(t).limit_denominator(denominator) for t in vector]
        whole = lcm(*(part.denominator for part in parts))
        shift = [int(part * whole) for part in parts]
        rows, values = _gathered(rows, [_dot(row, shift) for row in rows])
        # Multiples of the last row that make h · t an integer.
        rows[2] = _scaled(rows[2], whole // gcd(values[2], whole))
    return tuple(rows)


def _gathered(rows: list[Vector], values: list[int]) -> tuple[list[Vector], list[int]]:
    """Return the same lattice by rows of which only the last has a value (Euclid)."""
    pairs = list(zip(rows, values, strict=True))
    while sum(value != 0 for _, value in pairs) > 1:
        pairs.sort(key=lambda pair: (pair[1] == 0, abs(pair[1])))
        (row, value), *others = pairs
        pairs = [(row, value)] + [
            (_plus(other, row, -(v // value)), v - (v // value) * value) for other, v in others
        ]
    pairs.sort(key=lambda pair: pair[1] != 0)
    return [row for row, _ in pairs], [value for _, value in pairs]


def _reduced(one: Vector, two: Vector, metric: Rows) -> tuple[Vector, Vector]:
    """Return the shortest basis of the net of two vectors (Lagrange and Gauss)."""
    while True:
        if _product(two, two, metric) < _product(one, one, metric):
            one, two = two, one
        times = round(_product(one, two, metric) / _product(one, one, metric))
        shorter = _plus(two, one, -times)
        squares = [_product(row, row, metric) for row in (shorter, two)]
        if times == 0 or squares[0] >= squares[1] * (1.0 - _EQUAL):
            return one, two
        two = shorter


def _chosen(one: Vector, two: Vector, uvw: Vector, metric: Rows) -> tuple[Vector, Vector]:
    """Return of all equally short bases the one that `Net` describes."""
    near = [one, two, _plus(one, two, 1), _plus(one, two, -1)]
    near += [_scaled(row, -1) for row in near]
    first = _shortest(near, metric)
    beside = [row for row in near if _dot(_cross(first, row), uvw) > 0]
    shortest = min(_product(row, row, metric) for row in beside)
    equal = [row for row in beside if _is_equal(row, shortest, metric)]
    acute = [row for row in equal if _product(first, row, metric) > -_EQUAL * shortest]
    return first, _shortest(acute or equal, metric)


def _shortest(rows: Iterable[Vector], metric: Rows) -> Vector:
    rows = list(rows)
    shortest = min(_product(row, row, metric) for row in rows)
    equal = [row for row in rows if _is_equal(row, shortest, metric)]
    return max(equal, key=lambda row: (-sum(n < 0 for n in row), row))


def _is_equal(row: Vector, square: float, metric: Rows) -> bool:
    return _product(row, row, metric) <= square * (1.0 + _EQUAL)


def _product(one: Vector, two: Vector, metric: Rows) -> float:
    (a, b, c), (d, e, f) = one, two
    (aa, ab, ac), (_, bb, bc), (_, _, cc) = metric
    crossed = (a * e + b * d) * ab + (a * f + c * d) * ac + (b * f + c * e) * bc
    return a * d * aa + b * e * bb + c * f * cc + crossed


def _dot(one: Sequence[int], two: Sequence[int]) -> int:
    return one[0] * two[0] + one[1] * two[1] + one[2] * two[2]


def _plus(one: Vector, two: Vector, times: int) -> Vector:
    return (one[0] + times * two[0], one[1] + times * two[1], one[2] + times * two[2])


def _scaled(row: Vector, times: int) -> Vector:
    return (row[0] * times, row[1] * times, row[2] * times)


def _cross(one: Vector, two: Vector) -> Vector:
    (a, b, c), (d, e, f) = one, two
    return (b * f - c * e, c * d - a * f, a * e - b * d)


def laue_zones(hkl: Ints, uvw: Vector, step: int) -> Ints:
    """Return the number of the Laue zone of reflections, shape ``(n,)``."""
    return np.asarray((hkl @ np.asarray(uvw)) // step)
