"""Sums over assignments against sums written out, integrals against closed forms."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from navp_structures.kernels.association import Pairs, settle


def pairs_of(residual: np.ndarray, basis: np.ndarray, variance: float) -> Pairs:
    """Return every pair of observations and lines; residual has the shape (n, m)."""
    observation, line = np.nonzero(np.ones_like(residual))
    return Pairs(
        observation=observation,
        line=line,
        residual=residual[observation, line],
        basis=basis[line],
        variance=np.full(len(line), variance),
    )


def written_out(residual: np.ndarray, odds: np.ndarray, basis: np.ndarray, v: float) -> float:
    """Return the log evidence as a loop over all assignments, each integral exact."""
    n, m = residual.shape
    total = 0.0
    for choice in product(range(-1, m), repeat=n):
        lines = [j for j in choice if j >= 0]
        if len(set(lines)) < len(lines):
            continue
        seen = [i for i in range(n) if choice[i] >= 0]
        covariance = v * np.eye(len(seen)) + basis[lines] @ basis[lines].T
        r = np.array([residual[i, choice[i]] for i in seen])
        exponent = -0.5 * r @ np.linalg.solve(covariance, r) if seen else 0.0
        norm = math.sqrt(float(np.linalg.det(2.0 * math.pi * covariance))) if seen else 1.0
        total += math.prod(odds[i, choice[i]] for i in seen) * math.exp(exponent) / norm
    return math.log(total)


def test_two_lines_with_one_shift_by_hand() -> None:
    # Both are 0.1 off, errors 0.1 each, and a shift of 0.1 that they share: covariance
    # [[0.02, 0.01], [0.01, 0.02]], determinant 3e-4, eigenvalue 0.03 along (1, 1), so that
    # the exponent is -0.02 / 0.03 / 2 and log N = -1/3 - ln(4 π² 3e-4) / 2 = 1.8847.
    pairs = Pairs(
        observation=np.array([0, 1]),
        line=np.array([0, 1]),
        residual=np.array([0.1, 0.1]),
        basis=np.array([[0.1], [0.1]]),
        variance=np.array([0.01, 0.01]),
    )
    found = settle(pairs, np.full((1, 2), 20.0), np.zeros((1, 1)))
    assert found.log_evidence[0, 0] == pytest.approx(40.0 + 1.8847, abs=1e-4)
    # The mean is 0.1 × 2 × 0.1 / (2 × 0.01 + 0.01) sigma = 2/3 of what would explain all.
    assert found.shifts[0, 0] == pytest.approx([2.0 / 3.0], abs=1e-6)
    assert found.precision[0, 0] == pytest.approx(np.array([[3.0]]), abs=1e-6)


def test_two_observations_of_one_line() -> None:
    # One of them, or none: 1 + w + w with w = 3 N(0), and never w².
    pairs = pairs_of(np.zeros((2, 1)), np.zeros((1, 1)), 1.0)
    found = settle(pairs, np.full((1, 2), math.log(3.0)), np.zeros((1, 1)))
    w = 3.0 / math.sqrt(2.0 * math.pi)
    assert found.log_evidence[0, 0] == pytest.approx(math.log(1.0 + 2.0 * w), abs=1e-9)
    assert found.share[0, 0] == pytest.approx([w / (1.0 + 2.0 * w)] * 2, abs=1e-9)


def test_rings_are_nearly_exact() -> None:
    # Two observations and two lines that all fit are the smallest ring; one round of
    # messages after another leaves a few per cent.
    residual = np.array([[0.0, 0.3], [-0.3, 0.0]])
    odds = np.array([[4.0, 2.0], [3.0, 5.0]])
    exact = written_out(residual, odds, np.zeros((2, 1)), 0.05)
    pairs = pairs_of(residual, np.zeros((2, 1)), 0.05)
    found = settle(pairs, np.log(odds).reshape(1, -1), np.zeros((1, 1)))
    assert found.log_evidence[0, 0] == pytest.approx(exact, abs=0.05)


def error_of_evidence(seed: int) -> float:
    """Return log evidence less that of the written-out sum, for five lines and three seen."""
    rng = np.random.default_rng(seed)
    lines = np.sort(rng.uniform(0.0, 3.0, 5))
    basis = 0.1 * np.stack([np.ones(5), np.linspace(-1.0, 1.0, 5)], axis=1)
    observed = lines[[0, 2, 4]] + basis[[0, 2, 4]] @ rng.standard_normal(2)
    observed = observed + 0.05 * rng.standard_normal(3)
    residual = observed[:, np.newaxis] - lines
    # A line that is listed nine times out of ten against a stray one in a range of 50.
    odds = np.full((3, 5), 9.0 / 0.003)
    pairs = pairs_of(residual, basis, 0.05**2)
    starts = np.array([[0.0, 0.0], [1.2, 0.0], [-1.2, 0.0]])
    found = settle(pairs, np.log(odds).reshape(1, -1), starts)
    total = float(np.logaddexp.reduce(found.log_evidence[0]))
    return total - written_out(residual, odds, basis, 0.05**2)


def test_against_every_assignment() -> None:
    # Laplace's method at the maxima that were found: exact where lines are far apart, a few
    # tenths of a nat short where some nearly coincide, more where a maximum is missed, which
    # a few of these crowded cases do. It must never see what is not there.
    errors = np.array([error_of_evidence(seed) for seed in range(60)])
    assert np.median(np.abs(errors)) < 0.05
    assert np.mean(np.abs(errors) < 0.4) >= 0.9
    assert errors.max() < 0.3


def test_one_maximum_counts_once() -> None:
    pairs = pairs_of(np.zeros((1, 1)), np.full((1, 1), 0.1), 0.01)
    starts = np.array([[0.0], [1.0], [-1.0]])
    found = settle(pairs, np.full((1, 1), 5.0), starts)
    assert np.isfinite(found.log_evidence[0]).tolist() == [True, False, False]


def test_settings_do_not_mix() -> None:
    pairs = pairs_of(np.array([[0.0, 0.4]]), np.zeros((2, 1)), 0.04)
    odds = np.log(np.array([[2.0, 1.0], [7.0, 0.5]]))
    both = settle(pairs, odds, np.zeros((1, 1))).log_evidence
    alone = [settle(pairs, row[np.newaxis], np.zeros((1, 1))).log_evidence for row in odds]
    np.testing.assert_allclose(both, np.concatenate(alone), rtol=1e-12)
