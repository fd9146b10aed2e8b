"""Unit cells: volumes with su, correlation, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from navp_structures import UnitCell
from navp_structures.errors import CellError


def test_volume_su_of_independent_edges() -> None:
    # V = abc, so (su/V)² is the sum of the relative squares: 1000 · sqrt(3) · 0.001
    cell = UnitCell(a=10, b=10, c=10, a_su=0.01, b_su=0.01, c_su=0.01)
    assert cell.volume == pytest.approx(1000)
    assert cell.volume_su == pytest.approx(1000 * math.sqrt(3) * 0.001)


def test_volume_su_of_tied_edges() -> None:
    # a = b = c move together: su/V = 3 · 0.001
    ones = tuple(
        tuple(1.0 if (i < 3 and j < 3) or i == j else 0.0 for j in range(6)) for i in range(6)
    )
    cell = UnitCell(a=10, b=10, c=10, a_su=0.01, b_su=0.01, c_su=0.01, correlation=ones)
    assert cell.volume_su == pytest.approx(3.0)


def test_volume_su_of_an_angle() -> None:
    # V = abc sin β; d ln V/dβ = cot β, per degree π/180
    cell = UnitCell(a=5, b=6, c=7, beta=120, a_su=0, b_su=0, c_su=0, beta_su=0.1)
    expected = 5 * 6 * 7 * math.sin(math.radians(120)) * abs(1 / math.tan(math.radians(120)))
    assert cell.volume_su == pytest.approx(expected * 0.1 * math.pi / 180)


def test_su_is_unknown_without_any() -> None:
    cell = UnitCell(a=5, b=5, c=5, alpha_su=0.0)
    assert cell.covariance is None
    assert cell.volume_su is None


def test_su_is_unknown_when_one_is_missing() -> None:
    assert UnitCell(a=5, b=6, c=7, beta=100, a_su=0.1, b_su=0.1, c_su=0.1).volume_su is None
    assert UnitCell(a=5, b=6, c=7, a_su=0.1, b_su=0.1, c_su=0.1).volume_su is not None


def test_tensors_are_inverse_and_read_only() -> None:
    cell = UnitCell(a=5, b=6, c=7, alpha=80, beta=95, gamma=110)
    assert cell.metric_tensor @ cell.reciprocal_metric_tensor == pytest.approx(np.eye(3))
    with pytest.raises(ValueError, match="read-only"):
        cell.metric_tensor[0, 0] = 1.0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"a": 0.0}, "cell a is 0.0; it must be a positive number"),
        ({"b": -3.0}, "cell b is -3.0"),
        ({"c": math.nan}, "cell c is nan"),
        ({"beta": 180.0}, "below 180 degrees"),
        ({"alpha": 30.0, "beta": 30.0}, "no lattice has the angles 30.0, 30.0, 90.0"),
        ({"a_su": -0.1}, "su of cell a is -0.1"),
        ({"correlation": ((1.0,),)}, "6 × 6"),
    ],
)
def test_refusals(change: dict, sentence: str) -> None:
    with pytest.raises(CellError, match=sentence):
        UnitCell(**({"a": 5.0, "b": 5.0, "c": 5.0} | change))


def test_a_correlation_must_be_possible() -> None:
    matrix = np.eye(6)
    matrix[0, 1] = matrix[1, 0] = 1.5
    with pytest.raises(CellError, match="negative eigenvalue"):
        UnitCell(a=5, b=5, c=5, correlation=tuple(map(tuple, matrix.tolist())))
    matrix[1, 0] = 0.0
    with pytest.raises(CellError, match="symmetric"):
        UnitCell(a=5, b=5, c=5, correlation=tuple(map(tuple, matrix.tolist())))
