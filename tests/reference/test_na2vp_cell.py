"""The model cell of Na2V2(PO4)3 and its covariance, derived again from published numbers.

Edges of the computed cell and high-resolution TEM spacings: Adv. Sci. 2023,
doi:10.1002/adv.202301490. Volume per formula unit: Park et al., Chem. Mater. 34 (2022) 451,
doi:10.1021/acs.chemmater.1c04033.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.optimize import least_squares

from navp_structures.catalogue.catalogue import load

VOLUME = 4 * 227.159
# The computed edges are longer than measured ones by this factor in the isostructural
# phases; what is left of the error of each edge is 0.3 %.
EDGES = np.array([15.432, 8.718, 8.851]) / 1.00926
EDGE_SIGMA = 0.003 * EDGES
SPACINGS = {(6, 0, -2): (2.542, 0.020), (3, 2, -2): (2.992, 0.020)}
ANGLE, ANGLE_SIGMA = 55.2, 0.4


def reciprocal_vectors(cell: np.ndarray) -> np.ndarray:
    """Return rows a*, b*, c* (Å⁻¹) of a monoclinic cell a, b, c, beta, by cross products."""
    a, b, c, beta = cell
    angle = math.radians(beta)
    direct = np.array([[a, 0, 0], [0, b, 0], [c * math.cos(angle), 0, c * math.sin(angle)]])
    ends = [np.cross(direct[i - 2], direct[i - 1]) for i in range(3)]
    return np.array(ends) / np.dot(direct[0], ends[0])


def cell_of(edges: np.ndarray) -> np.ndarray:
    """Return a, b, c, beta: the obtuse beta that gives the volume."""
    beta = 180.0 - math.degrees(math.asin(VOLUME / math.prod(edges)))
    return np.array([*edges, beta])


def residuals(edges: np.ndarray) -> np.ndarray:
    g1, g2 = np.array(list(SPACINGS)) @ reciprocal_vectors(cell_of(edges))
    sizes = np.linalg.norm(g1), np.linalg.norm(g2)
    angle = math.degrees(math.acos(g1 @ g2 / (sizes[0] * sizes[1])))
    spacings = [
        (1 / size - d) / sigma
        for size, (d, sigma) in zip(sizes, SPACINGS.values(), strict=True)
    ]
    return np.array([*(edges - EDGES) / EDGE_SIGMA, *spacings, (angle - ANGLE) / ANGLE_SIGMA])


@dataclass(frozen=True)
class Fit:
    """a, b, c, beta with su, their correlation, and chi squared."""

    cell: np.ndarray
    su: np.ndarray
    correlation: np.ndarray
    chi_squared: float


def derived() -> Fit:
    found = least_squares(residuals, EDGES, jac="3-point", xtol=1e-12, ftol=1e-12, gtol=1e-12)
    covariance = np.linalg.inv(found.jac.T @ found.jac)
    # beta follows from the edges: a sin(beta) b c is constant, so each relative change of an
    # edge changes beta by -tan(beta).
    cell = cell_of(found.x)
    slopes = -math.tan(math.radians(cell[3])) / found.x * 180.0 / math.pi
    spread = np.vstack([np.eye(3), slopes])
    full = spread @ covariance @ spread.T
    su = np.sqrt(np.diag(full))
    return Fit(cell, su, full / np.outer(su, su), float(2 * found.cost))


@pytest.fixture(scope="module")
def fit() -> Fit:
    return derived()


def test_derivation_gives_the_values_on_record(fit: Fit) -> None:
    # All digits of the record; half of its last digit.
    assert fit.cell[:3] == pytest.approx([15.2824, 8.6327, 8.7649], abs=5e-5)
    assert fit.cell[3] == pytest.approx(128.206, abs=5e-4)
    assert fit.su[:3] == pytest.approx([0.0408, 0.0249, 0.0249], abs=5e-5)
    assert fit.su[3] == pytest.approx(0.326, abs=5e-4)
    assert fit.chi_squared == pytest.approx(0.62, abs=5e-3)


def test_curated_cell(fit: Fit) -> None:
    cell = load("na2vp-a").cell
    # Three decimals are kept, and beta is moved by 0.002 degrees to keep the volume.
    assert (cell.a, cell.b, cell.c) == pytest.approx(tuple(fit.cell[:3]), abs=0.002)
    assert cell.beta == pytest.approx(fit.cell[3], abs=0.003)


def test_curated_su(fit: Fit) -> None:
    cell = load("na2vp-a").cell
    # Two digits are kept: 0.001 Å and 0.01 degrees are the last, half of it is rounding.
    assert (cell.a_su, cell.b_su, cell.c_su) == pytest.approx(tuple(fit.su[:3]), abs=5e-4)
    assert cell.beta_su == pytest.approx(fit.su[3], abs=5e-3)


def test_curated_correlation(fit: Fit) -> None:
    expected = np.eye(6)
    varied = [0, 1, 2, 4]
    expected[np.ix_(varied, varied)] = fit.correlation
    # It was moved by up to 0.009, so that the volume has no su with rounded parameters.
    np.testing.assert_allclose(load("na2vp-a").cell.correlation, expected, rtol=0, atol=0.01)


@pytest.mark.parametrize("name", ["na2vp-a", "na2vp-b"])
def test_volume_is_known_better_than_the_edges(name: str) -> None:
    cell = load(name).cell
    # The volume is given; independent parameters would spread it by percents.
    assert cell.volume == pytest.approx(VOLUME, abs=0.01)
    assert cell.volume_su is None
    gradient = np.array([1 / cell.a, 1 / cell.b, 1 / cell.c, 0, 0, 0])
    beta = np.radians(cell.beta)
    gradient[4] = np.radians(1.0) / np.tan(beta)
    covariance = cell.covariance
    assert covariance is not None
    assert cell.volume * np.sqrt(abs(gradient @ covariance @ gradient)) < 0.01
    independent = replace(cell, correlation=None).volume_su
    assert independent is not None
    assert independent > 5.0


def test_curated_cell_needs_the_published_spacing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SPACINGS, (6, 0, -2), (2.562, 0.020))  # one sigma off
    assert derived().cell[0] != pytest.approx(load("na2vp-a").cell.a, abs=0.002)
