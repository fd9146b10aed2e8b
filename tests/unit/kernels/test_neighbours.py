"""Periodic neighbours against cells where they can be counted."""

from __future__ import annotations

import numpy as np
import pytest

from navp_structures.kernels.lattice import metric_tensor, orthogonalisation_matrix
from navp_structures.kernels.neighbours import neighbour_pairs


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
