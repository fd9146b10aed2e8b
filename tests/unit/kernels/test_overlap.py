"""Close pairs, against a comparison of all with all."""

from __future__ import annotations

import numpy as np
import pytest

from navp_structures.kernels.lattice import metric_tensor, periodic_distances
from navp_structures.kernels.overlap import close_pairs


@pytest.mark.parametrize(
    "parameters",
    [(5.0, 6.0, 7.0, 90.0, 90.0, 90.0), (5.0, 6.0, 7.0, 70.0, 100.0, 115.0),
     (2.0, 30.0, 0.7, 90.0, 100.0, 90.0)],
)  # fmt: skip
def test_close_pairs_are_those_of_all_with_all(parameters: tuple[float, ...]) -> None:
    rng = np.random.default_rng(7)
    centres, points = rng.uniform(-2, 2, (200, 3)), rng.uniform(-2, 2, (400, 3))
    metric = metric_tensor(parameters)
    centre, point, distance = close_pairs(centres, points, metric, 0.3)
    every = periodic_distances(points - centres[:, np.newaxis], metric)
    assert {*zip(centre.tolist(), point.tolist(), strict=True)} == {
        tuple(pair) for pair in np.argwhere(every < 0.3).tolist()
    }
    assert len(centre) > 10
    assert distance == pytest.approx(every[centre, point])


def test_no_pair() -> None:
    none = close_pairs(np.zeros((1, 3)), np.full((1, 3), 0.5), np.eye(3) * 25.0, 0.3)
    assert [len(array) for array in none] == [0, 0, 0]
