"""Expected information: by hand, by numerical integration, and its bounds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from navp_structures.kernels.information import of_numbers, of_yes_or_no


def test_yes_or_no_by_hand() -> None:
    # Even odds, seen with 0.9 and 0.1: ln 2 + 0.9 ln 0.9 + 0.1 ln 0.1.
    by_hand = math.log(2.0) + 0.9 * math.log(0.9) + 0.1 * math.log(0.1)
    found = of_yes_or_no(np.array([0.5, 0.5]), np.array([[0.9, 0.4, 1.0], [0.1, 0.4, 0.0]]))
    assert found == pytest.approx([by_hand, 0.0, math.log(2.0)], abs=1e-9)


@pytest.mark.parametrize("apart", [0.0, 0.5, 2.0, 5.0])
def test_numbers_are_a_lower_bound(apart: float) -> None:
    weight = np.array([0.3, 0.7])

    def integrand(x: float) -> float:
        one, two = norm.pdf(x), norm.pdf(x, apart, 2.0)
        total = weight[0] * one + weight[1] * two
        return sum(
            w * p * math.log(p / total)
            for w, p in zip(weight, (one, two), strict=True)
            if p > 0
        )

    exact = quad(integrand, -15.0, 25.0, limit=200)[0]
    mean = np.array([[0.0], [apart]])
    bound = of_numbers(weight, mean, np.array([[[1.0]], [[4.0]]]))
    assert 0.4 * exact <= bound <= exact + 1e-9
    # All that can be told is which it is.
    assert bound <= -(weight * np.log(weight)).sum()


def test_equal_answers_tell_nothing() -> None:
    mean, covariance = np.zeros((3, 4)), np.array([np.eye(4)] * 3)
    assert of_numbers(np.full(3, 1 / 3), mean, covariance) == pytest.approx(0.0, abs=1e-12)
