"""Wavelengths of photons and electrons."""

from __future__ import annotations

import pytest

from navp_structures.kernels.wavelengths import electron_wavelength, photon_wavelength


def test_photons() -> None:
    # Cu Kα1: 8047.8 eV, 1.5406 Å; 12.398 keV is 1 Å.
    assert photon_wavelength(8047.8) == pytest.approx(1.54060, abs=1e-5)
    assert photon_wavelength(12398.419843) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("voltage", "printed"),
    # Tables of relativistic wavelengths (pm): 100 kV 3.701, 200 kV 2.508, 300 kV 1.969
    [(100.0, 0.03701), (200.0, 0.02508), (300.0, 0.01969)],
)
def test_electrons(voltage: float, printed: float) -> None:
    assert electron_wavelength(voltage) == pytest.approx(printed, abs=5e-6)


def test_slow_electrons_are_de_broglies() -> None:
    # 150.41 V is 1 Å without relativity.
    assert electron_wavelength(0.150412) == pytest.approx(1.0, abs=1e-4)
