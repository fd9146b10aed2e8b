"""Weights off the Ewald sphere: by hand, and by going round the cone step by step."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from navp_structures.kernels.excitation import (
    excitation_errors,
    precession_cosines,
    precession_errors,
)
from navp_structures.kernels.rocking import foil, precessed_box, precessed_foil

WAVELENGTH = 0.0250793  # 200 kV
RADIUS = 1.0 / WAVELENGTH


def test_foil_by_hand() -> None:
    # t = 100 Å: 1 on the sphere, (2/π)² half way to the first zero at s = 1/t, then 0.
    found = foil(np.array([0.0, 0.005, -0.005, 0.01, 0.015]), 100.0)
    assert found == pytest.approx([1.0, 0.405285, 0.405285, 0.0, 0.045032], abs=1e-6)


def around(g: np.ndarray, angle: float, azimuth: float) -> float:
    """Return s from the centre of the tilted sphere itself."""
    centre = RADIUS * np.array(
        [np.sin(angle) * np.cos(azimuth), np.sin(angle) * np.sin(azimuth), np.cos(angle)]
    )
    across = (g[0] - centre[0]) ** 2 + (g[1] - centre[1]) ** 2
    return float(g[2] - centre[2] + np.sqrt(RADIUS**2 - across))


def reflections(count: int) -> np.ndarray:
    rng = np.random.default_rng(1994)
    return rng.normal(size=(count, 3)) * [0.6, 0.6, 0.01]


def test_precession_errors_on_the_cone() -> None:
    for g in reflections(20):
        own = np.arctan2(g[1], g[0])
        for azimuth in (0.0, 1.0, 2.5):
            found = precession_errors(g[np.newaxis], WAVELENGTH, 0.03, [np.cos(azimuth)])
            assert found[0, 0] == pytest.approx(around(g, 0.03, own + azimuth), abs=1e-12)


def test_without_an_angle_there_is_no_cone() -> None:
    g = reflections(50)
    found = precession_errors(g, WAVELENGTH, 0.0, [-1.0, 0.3, 1.0])
    expected = excitation_errors(g, WAVELENGTH)
    assert found == pytest.approx(np.repeat(expected[:, np.newaxis], 3, axis=1), abs=1e-15)


def test_cosine_leads_back_to_the_error() -> None:
    g = reflections(50)
    for s in (-0.01, 0.0, 0.01):
        cosine = precession_cosines(g, WAVELENGTH, 0.03, s)
        reached = np.abs(cosine) < 1.0
        assert reached.sum() > 20
        for row, value in zip(g[reached], cosine[reached], strict=True):
            found = precession_errors(row[np.newaxis], WAVELENGTH, 0.03, [value])
            assert found[0, 0] == pytest.approx(s, abs=1e-12)


def test_a_tilted_sphere_that_never_gets_there() -> None:
    found = precession_errors(np.array([[3.0, 0.0, 0.0]]), 0.5, 0.01, [-1.0, 1.0])
    assert np.isnan(found).all()


@pytest.mark.parametrize("angle", [0.002, 0.02, 0.05])
@pytest.mark.parametrize("thickness", [50.0, 500.0])
def test_precessed_foil_is_the_integral(angle: float, thickness: float) -> None:
    g = reflections(12)
    found = precessed_foil(g, WAVELENGTH, angle, thickness)
    for row, weight in zip(g, found, strict=True):
        own = np.arctan2(row[1], row[0])
        mean, _ = quad(
            lambda a, row=row, own=own: float(
                np.sinc(around(row, angle, own + a) * thickness) ** 2
            ),
            0.0,
            np.pi,
            limit=500,
            epsabs=1e-10,
        )
        assert weight == pytest.approx(mean / np.pi, abs=1e-9)


def test_precessed_foil_of_very_many_places() -> None:
    # The same by blocks of few reflections: nothing may depend on where they are cut.
    g = reflections(300)
    whole = precessed_foil(g, WAVELENGTH, 0.05, 20_000.0)
    swing = precession_errors(g, WAVELENGTH, 0.05, [-1.0, 1.0])
    largest = np.argmax(swing[:, 1] - swing[:, 0])
    few = np.array([0, 150, 299, largest])
    assert whole[few] == pytest.approx(
        precessed_foil(g[few], WAVELENGTH, 0.05, 20_000.0), abs=1e-14
    )


def test_precessed_box_is_the_share_of_the_cone() -> None:
    azimuths = (np.arange(200_000) + 0.5) * (np.pi / 200_000)
    g = reflections(30)
    found = precessed_box(g, WAVELENGTH, 0.02, 0.004)
    s = precession_errors(g, WAVELENGTH, 0.02, np.cos(azimuths))
    assert found == pytest.approx(np.mean(np.abs(s) <= 0.004, axis=1), abs=2e-5)
    assert 0.0 < found.max() < 1.0


def test_on_the_axis_of_the_cone() -> None:
    # g along the beam: the same everywhere; s = g_z, for the sphere passes the origin.
    g = np.array([[0.0, 0.0, 0.003], [0.0, 0.0, 0.005]])
    assert precessed_box(g, WAVELENGTH, 0.02, 0.004).tolist() == [1.0, 0.0]
    assert precessed_foil(g, WAVELENGTH, 0.02, 100.0) == pytest.approx(np.sinc([0.3, 0.5]) ** 2)


def test_nothing_of_nothing() -> None:
    assert precessed_foil(np.zeros((0, 3)), WAVELENGTH, 0.02, 100.0).shape == (0,)
