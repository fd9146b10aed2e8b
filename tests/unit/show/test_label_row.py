"""Labels in a row: apart, in order, and no further from their places than they must be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from navp_structures.show.label_row import most_important, spread_out


def test_places_with_room_stay() -> None:
    assert spread_out([10.0, 30.0, 70.0], 9.0, 100.0).tolist() == [10.0, 30.0, 70.0]
    assert len(spread_out([], 9.0, 100.0)) == 0


@pytest.mark.parametrize("seed", range(5))
def test_least_squares_against_an_optimiser(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places = np.sort(rng.uniform(0.0, 100.0, 8))
    found = spread_out(places, 10.0, 100.0)
    assert np.diff(found).min() >= 10.0 - 1e-9
    assert found[0] >= 5.0 - 1e-9
    assert found[-1] <= 95.0 + 1e-9
    bounds = [{"type": "ineq", "fun": lambda x, n=n: x[n + 1] - x[n] - 10.0} for n in range(7)]
    start = np.linspace(5.0, 95.0, 8)
    best = minimize(
        lambda x: ((x - places) ** 2).sum(),
        start,
        jac=lambda x: 2.0 * (x - places),
        bounds=[(5.0, 95.0)] * 8,
        constraints=bounds,
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )
    # The optimiser may stop a little short of the bounds, or beyond them.
    np.testing.assert_allclose(found, best.x, atol=1e-3)
    assert ((found - places) ** 2).sum() == pytest.approx(best.fun, rel=1e-3)


def test_the_most_important_keep_their_order() -> None:
    assert most_important([1.0, 5.0, 5.0, 2.0], 3) == [1, 2, 3]
    assert most_important([1.0], 4) == [0]
    assert most_important([1.0], 0) == []
