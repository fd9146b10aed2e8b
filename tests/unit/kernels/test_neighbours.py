"""Periodic neighbours against cells where they can be counted."""

from __future__ import annotations

import numpy as np
import pytest

from navp_structures.kernels.lattice import metric_tensor, orthogonalisation_matrix
from navp_structures.kernels.neighbours import neighbour_pairs, surroundings


def test_simple_cubic_has_six_then_twelve() -> None:
    matrix = orthogonalisation_matrix((2, 2, 2, 90, 90, 90))
    points = np.zeros((1, 3))
    _, _, distance = neighbour_pairs(points, points, matrix, 2.9)
    assert np.sort(distance) == pytest.approx([2.0] * 6 + [2.0 * np.sqrt(2)] * 12)


def test_skew_cell_against_a_plain_loop() -> None:
    cell = (4.0, 5.0, 6.0, 62.0, 71.0, 55.0)
    rng = np.random.default_rng(2)
    points = rng.uniform(-1, 2, (4, 3))
    centre, _, distance = neighbour_pairs(points, points, orthogonalisation_matrix(cell), 5.5)
    metric = metric_tensor(cell)
    expected = []
    for one in points:
        for other in points:
            for shift in np.ndindex(11, 11, 11):
                v = other - one + np.array(shift) - 5 - np.floor(other - one)
                length = float(np.sqrt(v @ metric @ v))
                if 1e-6 < length <= 5.5:
                    expected.append(length)
    assert len(expected) > 20
    assert np.sort(distance) == pytest.approx(np.sort(expected))
    assert set(centre) == {0, 1, 2, 3}


@pytest.mark.parametrize("centre", [(0.1, 0.2, 0.3), (-1.7, 3.4, 0.999)])
def test_surroundings_of_a_centre_against_a_plain_loop(
    centre: tuple[float, float, float],
) -> None:
    cell = (4.0, 5.0, 6.0, 62.0, 71.0, 55.0)
    matrix = orthogonalisation_matrix(cell)
    points = np.random.default_rng(3).uniform(-1, 2, (4, 3))
    found = surroundings(np.array(centre), points, matrix, 5.5)
    expected = []
    for one in points:
        for shift in np.ndindex(15, 15, 15):
            v = matrix @ (one + np.array(shift) - 7 - np.array(centre))
            if np.linalg.norm(v) <= 5.5:
                expected.append(np.linalg.norm(v))
    assert len(expected) > 20
    lengths = np.linalg.norm(found.vectors, axis=1)
    assert lengths == pytest.approx(np.sort(expected))
    # Point and shift say where each image is.
    places = points[found.point] + found.shift - centre
    assert places @ matrix.T == pytest.approx(found.vectors)


def test_the_centre_is_no_neighbour_of_itself_but_its_images_are() -> None:
    matrix = orthogonalisation_matrix((3, 3, 3, 90, 90, 90))
    found = surroundings(np.zeros(3), np.zeros((1, 3)), matrix, 3.1)
    assert len(found.point) == 6
    assert np.abs(found.shift).sum(axis=1).tolist() == [1] * 6
