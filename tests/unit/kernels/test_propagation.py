"""How errors of cell and coordinates reach bonds and volumes, by hand and by differences."""

from __future__ import annotations

import numpy as np
import pytest

from navp_structures.kernels import convex_hull, propagation
from navp_structures.kernels.lattice import orthogonalisation_matrix

CELL = (5.0, 6.0, 7.0, 81.0, 97.0, 112.0)
MATRIX = orthogonalisation_matrix(CELL)
CENTRE = np.array([0.1, 0.2, 0.3])
LIGANDS = CENTRE + np.array(
    [[0.3, 0.0, 0.1], [-0.3, 0.1, 0.0], [0.0, 0.25, 0.05], [0.1, -0.3, 0.0], [0.0, 0.1, -0.3]]
)
TURN = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]])


def found(gradients: np.ndarray, sites: list[int], count: int) -> np.ndarray:
    vectors = (LIGANDS - CENTRE) @ MATRIX.T
    return propagation.sensitivities(
        gradients,
        vectors,
        np.repeat(MATRIX[np.newaxis], len(LIGANDS), axis=0),
        np.array(sites),
        (0, MATRIX),
        propagation.strain_gradient(CELL, MATRIX),
        count,
    )


def quantities(cell: tuple[float, ...], ligands: np.ndarray, centre: np.ndarray) -> np.ndarray:
    vectors = (ligands - centre) @ orthogonalisation_matrix(cell).T
    return np.append(np.linalg.norm(vectors, axis=1), convex_hull.hull_volumes(vectors))


def gradients() -> np.ndarray:
    vectors = (LIGANDS - CENTRE) @ MATRIX.T
    each = np.zeros((6, 5, 3))
    each[np.arange(5), np.arange(5)] = vectors / np.linalg.norm(vectors, axis=1)[:, np.newaxis]
    each[5] = convex_hull.hull_volume_gradients(vectors)
    return each


def test_derivatives_against_differences() -> None:
    slopes = found(gradients(), [1, 2, 3, 4, 5], 6)
    step = 1e-5
    for k in range(6):
        ends = [
            quantities(
                tuple(p + sign * step * (n == k) for n, p in enumerate(CELL)), LIGANDS, CENTRE
            )
            for sign in (1, -1)
        ]
        assert slopes[:, k] == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=1e-7)
    for site in range(6):
        for axis in range(3):
            shift = np.zeros((6, 3))
            shift[site, axis] = step
            ends = [
                quantities(CELL, LIGANDS + sign * shift[1:], CENTRE + sign * shift[0])
                for sign in (1, -1)
            ]
            expected = (ends[0] - ends[1]) / (2 * step)
            assert slopes[:, 6 + 3 * site + axis] == pytest.approx(expected, abs=1e-6)


def test_a_shared_site_moves_its_ligands_together() -> None:
    apart = found(gradients(), [1, 2, 3, 4, 5], 6)
    together = found(gradients(), [1, 1, 2, 2, 2], 3)
    assert together[:, 9:12] == pytest.approx(apart[:, 9:15].reshape(6, 2, 3).sum(axis=1))
    assert together[:, 12:15] == pytest.approx(apart[:, 15:24].reshape(6, 3, 3).sum(axis=1))


def test_length_of_a_cell_edge_by_hand() -> None:
    # A bond along a of an orthorhombic cell is x a: its derivative by a is x, by x it is a.
    matrix = orthogonalisation_matrix((5, 6, 7, 90, 90, 90))
    slopes = propagation.sensitivities(
        np.array([[[1.0, 0.0, 0.0]]]),
        np.array([[2.0, 0.0, 0.0]]),
        matrix[np.newaxis],
        np.array([1]),
        (0, matrix),
        propagation.strain_gradient((5, 6, 7, 90, 90, 90), matrix),
        2,
    )
    assert slopes[0] == pytest.approx([0.4, 0, 0, 0, 0, 0, -5, 0, 0, 5, 0, 0], abs=1e-14)
    # su of a 0.01 Å, of x 0.001 and 0.002: 0.004² + 0.005² + 0.010².
    covariance = np.zeros((2, 3, 3))
    covariance[:, 0, 0] = 0.001**2, 0.002**2
    cell = np.zeros((6, 6))
    cell[0, 0] = 0.01**2
    variance = propagation.variances(slopes, cell, covariance)
    assert np.sqrt(variance) == pytest.approx([np.sqrt(0.004**2 + 0.005**2 + 0.010**2)])


def test_what_is_unknown_counts_only_where_it_matters() -> None:
    slopes = np.zeros((3, 12))
    slopes[0, 6] = 1.0
    slopes[1, 9] = 1.0
    slopes[2, 0] = 1.0
    sites = np.array([np.eye(3), np.full((3, 3), np.nan)])
    assert propagation.variances(slopes, np.eye(6), sites) == pytest.approx(
        [1.0, np.nan, 1.0], nan_ok=True
    )
    assert propagation.variances(slopes, None, sites) == pytest.approx(
        [1.0, np.nan, np.nan], nan_ok=True
    )
    # A quantity that does not exist has no su.
    slopes[0] = np.nan
    assert np.isnan(propagation.variances(slopes, np.eye(6), sites)[0])
