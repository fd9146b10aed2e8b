"""Intensities of spots against calculated ones, beside a direct integration."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from navp_structures.kernels.spot_intensity import (
    ANY,
    FALL_SPREAD,
    LEVELLED,
    OUTLIER,
    fit_intensities,
)
from navp_structures.kernels.visibility import INTENSITY_SPREAD

X = np.array([[1.0, -0.5, 2.0, 0.3]])
U = np.array([[0.2, 0.9, 0.1, 0.5]])
Y = np.array([3.1, 0.8, 3.9, 2.2])
ALL = np.ones((1, 4), dtype=bool)


def test_evidence_is_the_integral_over_scale_fall_and_levelling() -> None:
    k, b, c = np.meshgrid(
        np.linspace(-1.5, 1.5, 61), np.linspace(-3.0, 3.0, 61), np.linspace(-6.0, 10.0, 161),
        indexing="ij",
    )  # fmt: skip
    density = norm.pdf(b, 0.0, FALL_SPREAD) * norm.pdf(k, 0.0, LEVELLED)
    for x, u, y in zip(X[0], U[0], Y, strict=True):
        mean = c + x + b * u + k * (x - X[0].mean())
        density = density * norm.pdf(y, mean, INTENSITY_SPREAD)
    found = density.sum() * 0.05 * 0.1 * 0.1
    made = fit_intensities(Y, X, U, ALL)
    assert np.exp(made.log_evidence[0]) == pytest.approx(found, rel=1e-3)


def test_evidence_is_a_gaussian_of_known_covariance() -> None:
    # With the scale held by a very wide prior, the integral is a normal density.
    wide = 1e4
    off = X[0] - X[0].mean()
    covariance = (
        INTENSITY_SPREAD**2 * np.eye(4)
        + wide**2 * np.ones((4, 4))
        + FALL_SPREAD**2 * np.outer(U[0], U[0])
        + LEVELLED**2 * np.outer(off, off)
    )
    expected = multivariate_normal.logpdf(Y - X[0], np.zeros(4), covariance)
    expected += np.log(np.sqrt(2.0 * np.pi) * wide)
    assert fit_intensities(Y, X, U, ALL).log_evidence[0] == pytest.approx(expected, abs=1e-5)


def test_refined_fall_and_levelling_explain_a_common_error() -> None:
    rng = np.random.default_rng(4)
    x, u = rng.normal(0.0, 3.0, (1, 200)), rng.uniform(0.0, 2.0, (1, 200))
    y = 5.0 + x[0] + 0.6 * u[0] - 0.3 * (x[0] - x[0].mean())
    y = y + rng.normal(0.0, 0.1, 200)
    made = fit_intensities(y, x, u, np.ones((1, 200), dtype=bool))
    assert made.fall[0] == pytest.approx(0.6, abs=0.1)
    assert made.levelling[0] == pytest.approx(-0.3, abs=0.02)
    told = made.expected(np.zeros(200, dtype=int), x[0], u[0])
    assert np.abs(told - y).max() < 0.6


def test_one_wild_intensity_costs_what_an_outlier_costs() -> None:
    wild = Y.copy()
    wild[1] += 30.0
    three = np.array([[True, False, True, True]])
    without = fit_intensities(wild, X, U, three).log_evidence[0]
    with_it = fit_intensities(wild, X, U, ALL)
    assert with_it.log_evidence[0] == pytest.approx(without + np.log(OUTLIER / ANY), abs=1e-9)
    assert with_it.compared[0] == 4.0


def test_nothing_to_compare_is_no_evidence() -> None:
    made = fit_intensities(Y, X, U, ~ALL)
    assert made.log_evidence[0] == -np.inf
    assert np.isfinite(made.scale).all()


@pytest.mark.parametrize("count", [1, 2])
def test_two_intensities_far_apart_are_one_that_fits_and_one_outlier(count: int) -> None:
    # Their median is between them, and near to neither.
    y, shape = np.repeat([0.0, 9.0], count), (1, 2 * count)
    known = np.ones(shape, dtype=bool)
    made = fit_intensities(y, np.zeros(shape), np.zeros(shape), known)
    alone = fit_intensities(y, np.zeros(shape), np.zeros(shape), known & (y == 0.0))
    expected = alone.log_evidence[0] + count * np.log(OUTLIER / ANY)
    assert made.log_evidence[0] == pytest.approx(expected)
    assert made.compared[0] == 2 * count


def test_extinct_reflections_stay_so_where_strong_ones_are_measured_weak() -> None:
    x = np.linspace(-1.5, 1.5, 80)[np.newaxis]
    made = fit_intensities(-x[0], x, np.full_like(x, 0.3), np.ones_like(x, dtype=bool))
    assert made.levelling[0] < -1.0
    told = made.expected(np.array([0, 0]), np.array([-np.inf, 0.0]), np.array([0.3, 0.3]))
    assert told[0] == -np.inf
    assert np.isfinite(told[1])


def test_each_placement_has_its_own_spread() -> None:
    both = fit_intensities(
        Y, np.repeat(X, 2, axis=0), np.repeat(U, 2, axis=0), np.repeat(ALL, 2, axis=0),
        np.array([INTENSITY_SPREAD, 2.0]),
    )  # fmt: skip
    for n, spread in enumerate((INTENSITY_SPREAD, 2.0)):
        alone = fit_intensities(Y, X, U, ALL, spread)
        assert both.log_evidence[n] == pytest.approx(alone.log_evidence[0], abs=1e-12)
        assert both.fall[n] == pytest.approx(alone.fall[0], abs=1e-12)
