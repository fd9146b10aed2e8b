from __future__ import annotations

import math

import numpy as np
import pytest

from navp_structures.kernels.line_visibility import level_for, level_width, listed, normal_cdf


def test_normal_distribution() -> None:
    x = np.linspace(-6.0, 6.0, 241)
    exact = [0.5 * math.erfc(-value / math.sqrt(2.0)) for value in x]
    np.testing.assert_allclose(normal_cdf(x), exact, atol=1e-7)


def test_a_line_at_the_level_is_listed_half_as_often_as_it_is_seen() -> None:
    p = listed(np.array([[1.0, 1.35, 0.65]]), np.array([1.0]), 0.35, 0.9)
    # One standard deviation above and below: 84.1 and 15.9 %.
    np.testing.assert_allclose(p, [[0.45, 0.9 * 0.841345, 0.9 * 0.158655]], atol=1e-6)


def test_level_expects_the_count() -> None:
    strength = np.stack([np.linspace(0.0, 2.0, 30), np.linspace(1.0, 4.0, 30)])
    level = level_for(strength, 12.0, 0.35, 0.9)
    expected = listed(strength, level, 0.35, 0.9).sum(axis=1)
    np.testing.assert_allclose(expected, 12.0, atol=0.3)


def test_too_few_lines_leave_the_level_at_the_bottom() -> None:
    strength = np.array([[0.0, 0.5]])
    level = level_for(strength, 10.0, 0.35, 0.9)
    assert listed(strength, level, 0.35, 0.9).sum() == pytest.approx(1.8, abs=0.01)


def test_width_by_hand() -> None:
    # Two lines at the level, p = 0.45: variance 2 × 0.2475 + 0.1 = 0.595; the count falls by
    # 2 / (0.35 √(2π)) = 2.2797 lines a decade: 0.7714 / 2.2797 = 0.338.
    strength, level = np.array([[1.0, 1.0]]), np.array([1.0])
    p = listed(strength, level, 0.35, 0.9)
    assert level_width(p, strength, level, 0.35, 0.1) == pytest.approx([0.338], abs=1e-3)
