"""Widths and curves of powder lines against formulas by hand, and the Voigt function."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import voigt_profile

from navp_structures.kernels import profiles


def test_caglioti() -> None:
    # tan 45° = 1: √(0.02 - 0.01 + 0.03); tan 30° = 0.57735: √(0.0066667 - 0.0057735 + 0.03)
    found = profiles.caglioti(np.array([90.0, 60.0]), 0.02, -0.01, 0.03)
    assert found == pytest.approx([0.2, 0.1757644])


def test_no_width_where_the_square_is_negative() -> None:
    assert np.isnan(profiles.caglioti(np.array([90.0]), 0.0, -0.2, 0.1)).all()


def test_scherrer() -> None:
    # 0.9 × 1.5405929 / (500 × cos 30°) = 1.3865336 / 433.01270 = 0.003202062 = 0.1834647°
    found = profiles.scherrer(np.array([60.0]), 500.0, np.array([1.5405929]), 0.9)
    assert found == pytest.approx([0.1834647], abs=1e-7)


def test_strain() -> None:
    # 4 × 0.001 × tan 45° = 0.004 = 0.2291831°
    assert profiles.strain_width(np.array([90.0]), 0.001) == pytest.approx([0.2291831])


@pytest.mark.parametrize("mixing", [0.0, 0.1, 0.5, 0.83, 1.0])
def test_parts_are_put_together_again(mixing: float) -> None:
    gaussian, lorentzian = profiles.parts(mixing)
    width, share = profiles.combined(np.array([gaussian]), np.array([lorentzian]))
    assert width == pytest.approx([1.0], abs=1e-9)
    assert share == pytest.approx([mixing], abs=1e-6)


def test_pure_parts() -> None:
    zero, width = np.zeros(1), np.array([0.2])
    assert profiles.combined(width, zero) == (pytest.approx([0.2]), pytest.approx([0.0]))
    assert profiles.combined(zero, width) == (pytest.approx([0.2]), pytest.approx([1.0]))


def voigt_width(gaussian: float, lorentzian: float) -> float:
    sigma, gamma = gaussian / 2.3548200450309493, lorentzian / 2.0

    def above_half(x: float) -> float:
        return float(voigt_profile(x, sigma, gamma) - voigt_profile(0.0, sigma, gamma) / 2.0)

    return 2.0 * brentq(above_half, 0.0, 2.0 * (gaussian + lorentzian))


@pytest.mark.parametrize("lorentzian", [0.02, 0.05, 0.1, 0.3])
def test_width_is_that_of_the_voigt_function(lorentzian: float) -> None:
    # The polynomial of Thompson et al. stands for the Voigt function to half a per cent.
    width, _ = profiles.combined(np.array([0.1]), np.array([lorentzian]))
    assert width[0] == pytest.approx(voigt_width(0.1, lorentzian), rel=5e-3)


def test_curve_is_that_of_the_voigt_function() -> None:
    # Convolution of a Gaussian and a Lorentzian of 0.1° each; a pseudo-Voigt fits it to
    # little more than 1 % of the height.
    x = np.linspace(29.0, 31.0, 401)
    width, share = profiles.combined(np.array([0.1]), np.array([0.1]))
    one = np.ones(1)
    found = profiles.pseudo_voigt(x, 30.0 * one, one, width, share)
    exact = voigt_profile(x - 30.0, 0.1 / 2.3548200450309493, 0.05)
    assert np.abs(found - exact).max() < 0.015 * exact.max()


def test_heights_and_half_widths_by_hand() -> None:
    # Gaussian: 2 √(ln 2 / π) / FWHM = 0.9394373 / 0.1; Lorentzian: 2 / (π FWHM) = 6.3661977
    x = np.array([29.95, 30.0, 30.05])
    one = np.ones(1)
    for share, height in ((0.0, 9.394373), (1.0, 6.366198), (0.25, 8.637329)):
        found = profiles.pseudo_voigt(x, 30.0 * one, one, 0.1 * one, share * one)
        assert found == pytest.approx([height / 2, height, height / 2], rel=1e-6)


def test_many_lines_against_a_loop() -> None:
    rng = np.random.default_rng(1987)
    x = np.sort(rng.uniform(5, 90, 3000))
    centres = np.sort(rng.uniform(0, 95, 200))
    areas, widths = rng.uniform(0, 100, 200), rng.uniform(0.02, 0.6, 200)
    shares = rng.uniform(0, 1, 200)
    expected = np.zeros(3000)
    for c, a, w, m in zip(centres, areas, widths, shares, strict=True):
        gauss = np.sqrt(4 * np.log(2) / np.pi) / w * np.exp(-4 * np.log(2) * ((x - c) / w) ** 2)
        lorentz = w / (2 * np.pi) / ((x - c) ** 2 + w * w / 4)
        expected += a * ((1 - m) * gauss + m * lorentz)
    found = profiles.pseudo_voigt(x, centres, areas, widths, shares)
    # The Gaussian is cut where it is below 1e-16 of its height.
    assert found == pytest.approx(expected, rel=1e-11)


def test_blocks_do_not_change_the_curve(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1958)
    x, centres = np.linspace(5, 90, 800), rng.uniform(5, 90, 60)
    areas, widths, shares = rng.uniform(0, 9, 60), rng.uniform(0.1, 3, 60), np.full(60, 0.4)
    whole = profiles.pseudo_voigt(x, centres, areas, widths, shares)
    for size in (1, 37, 1000):
        monkeypatch.setattr(profiles, "_BLOCK", size)
        parts = profiles.pseudo_voigt(x, centres, areas, widths, shares)
        assert parts == pytest.approx(whole, rel=1e-12)


def test_area_of_a_line() -> None:
    x = np.linspace(-2000, 2060, 4_000_001)
    one = np.ones(1)
    found = profiles.pseudo_voigt(x, 30.0 * one, 7.0 * one, 0.1 * one, 0.5 * one)
    # A Lorentzian leaves 1e-5 of its area beyond ±2000°.
    assert np.trapezoid(found, x) == pytest.approx(7.0, rel=5e-5)


def test_no_lines_no_points() -> None:
    none = np.zeros(0)
    x = np.linspace(5, 90, 11)
    assert not profiles.pseudo_voigt(x, none, none, none, none).any()
    one = np.ones(1)
    assert len(profiles.pseudo_voigt(none, one, one, one, one)) == 0
