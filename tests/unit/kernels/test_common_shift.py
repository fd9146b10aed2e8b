"""Shifts that all lines share, against numbers worked out by hand and numpy's least squares."""

from __future__ import annotations

import numpy as np
import pytest

from navp_structures.kernels.common_shift import (
    common_shift,
    displacement_basis,
    likely_shifts,
)


def test_a_mean_by_hand() -> None:
    # Weights 1 and 1/4: (1 * 1 + 6 * 0.25) / 1.25 = 2, variance 1 / 1.25 = 0.8.
    made = common_shift(
        np.array([1.0, 6.0]), np.array([1.0, 2.0]), np.ones((2, 1)), np.array([np.inf])
    )
    assert made.shift == pytest.approx([2.0])
    assert made.covariance == pytest.approx(np.array([[0.8]]))
    assert made.residual == pytest.approx([-1.0, 2.0])
    assert made.gain == pytest.approx(np.array([[0.8, 0.2]]))


def test_a_prior_by_hand() -> None:
    # One line of sigma 1 and a prior of 1 share evenly.
    made = common_shift(np.array([3.0]), np.ones(1), np.ones((1, 1)), np.ones(1))
    assert (made.shift[0], made.covariance[0, 0]) == pytest.approx((1.5, 0.5))


def test_two_shifts_against_numpy() -> None:
    rng = np.random.default_rng(5)
    basis = displacement_basis(np.linspace(20.0, 120.0, 12))
    sigma = rng.uniform(0.01, 0.05, 12)
    away = basis @ [0.1, -0.2] + sigma * rng.standard_normal(12)
    prior = np.array([0.1, 0.2])
    made = common_shift(away, sigma, basis, prior)
    rows = np.vstack([basis / sigma[:, np.newaxis], np.diag(1 / prior)])
    expected, *_ = np.linalg.lstsq(rows, np.append(away / sigma, [0.0, 0.0]), rcond=None)
    assert made.shift == pytest.approx(expected)
    assert made.covariance == pytest.approx(np.linalg.inv(rows.T @ rows))


def test_too_few_lines() -> None:
    with pytest.raises(np.linalg.LinAlgError):
        common_shift(np.ones(1), np.ones(1), np.ones((1, 2)), np.full(2, np.inf))


def test_votes() -> None:
    calculated = np.array([0.0, 1.0, 3.0])
    measured = calculated + 0.2
    found = likely_shifts(measured, calculated, np.array([1.0, 1.0, 1.0]), 0.01, 5.0, 3)
    assert found[0] == pytest.approx(0.2)
    assert len(found) == 3
    # A strong line outvotes two weak ones: 2.2 lies on the line 3 with -0.8 ...
    found = likely_shifts(measured[:1], calculated, np.array([1.0, 1.0, 5.0]), 0.01, 5.0, 1)
    assert found == pytest.approx([0.2 - 3.0])
    # ... but not beyond what is allowed.
    found = likely_shifts(measured[:1], calculated, np.array([1.0, 1.0, 5.0]), 0.01, 1.0, 9)
    assert sorted(found) == pytest.approx([-0.8, 0.2])
    assert len(likely_shifts(np.zeros(0), calculated, np.ones(3), 0.1, 1.0, 3)) == 0


def test_displacement_goes_with_the_cosine() -> None:
    assert displacement_basis(np.array([0.0, 120.0])) == pytest.approx(
        np.array([[1.0, 1.0], [1.0, 0.5]])
    )
