"""Unit cells: volumes with su, correlation, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from navp_structures import UnitCell
from navp_structures.errors import CellError
from navp_structures.kernels import lattice


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
        # What rounding leaves of these determinants is positive.
        ({"alpha": 60.0, "beta": 60.0, "gamma": 120.0}, "no lattice has the angles 60.0"),
        ({"alpha": 120.0, "beta": 120.0, "gamma": 120.0}, "no lattice has the angles 120.0"),
        ({"alpha": 30.0, "beta": 40.0, "gamma": 70.0}, "no lattice has the angles 30.0"),
        ({"alpha": 40.1, "beta": 30.2, "gamma": 70.3}, "the angles 40.1, 30.2, 70.3 degrees"),
        # V/abc is the sine of β: 1.7e-5.
        ({"beta": 179.999}, "make the cell flat: its volume is 1.7e-05 of a × b × c"),
        ({"beta": 1e-9}, "make the cell flat: its volume is 1.7e-11"),
        # Edges in nm, in pm, and beyond what a float can square.
        ({"a": 0.87288}, r"cell a is 0.87288 Å; .* between 1 and 10000 Å \(1 nm is 10 Å\)"),
        ({"c": 21804.2}, r"cell c is 21804.2 Å; an edge is between 1 and 10000 Å"),
        ({"b": 1e200}, "cell b is 1e\\+200 Å"),
        ({"a": 1e-200, "b": 1e-200, "c": 1e-200}, "cell a is 1e-200 Å"),
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


@pytest.mark.parametrize(
    "angles",
    [(90, 90, 90), (90, 108.21, 90), (60, 60, 60), (81.3, 104.7, 68.9), (90, 179.9, 90)],
)
def test_flat_cells_keep_their_volume(angles: tuple[float, float, float]) -> None:
    # V/abc = sqrt(1 - cos²α - cos²β - cos²γ + 2 cosα cosβ cosγ)
    x, y, z = (math.cos(math.radians(angle)) for angle in angles)
    share = math.sqrt(1 - x * x - y * y - z * z + 2 * x * y * z)
    alpha, beta, gamma = angles
    cell = UnitCell(a=5, b=6, c=7, alpha=alpha, beta=beta, gamma=gamma)
    # The textbook's formula loses digits where the cell is flat: 1e-16 of 1/570².
    assert cell.volume == pytest.approx(210 * share, rel=1e-9)
    assert lattice.relative_volume(*angles) == pytest.approx(share, rel=1e-9)


def test_a_cell_of_four_degrees() -> None:
    # V/abc of three equal angles is 2 sin(α/2) sqrt(sin(3α/2) sin(α/2)); 51R-SiC has 4.2.
    half = math.radians(2.0)
    share = 2 * math.sin(half) * math.sqrt(math.sin(3 * half) * math.sin(half))
    cell = UnitCell(a=43, b=43, c=43, alpha=4.0, beta=4.0, gamma=4.0)
    assert cell.volume == pytest.approx(43**3 * share, rel=1e-10)
