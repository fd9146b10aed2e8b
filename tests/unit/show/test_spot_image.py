"""Spots and rings on pixels: heights, places, sums, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from navp_structures.errors import InputError
from navp_structures.show.brightness import brightness
from navp_structures.show.spot_image import render_rings, render_spots

LINEAR: dict[str, Any] = {"scale": "linear"}


def slow_spots(
    column: Any, row: Any, intensity: Any, shape: tuple[int, int], fwhm: float
) -> np.ndarray:
    """Return the sum of spots one by one: at a distance r, 2 ** -(2 r / fwhm)²."""
    down, across = np.mgrid[: shape[0], : shape[1]]
    total = np.zeros(shape)
    for c, r, i in zip(column, row, intensity, strict=True):
        total += i * 2.0 ** -(4 * ((across - c) ** 2 + (down - r) ** 2) / fwhm**2)
    return total


# ---------------------------------------------------------------- spots


def test_height_place_and_width() -> None:
    image = render_spots([4.0], [2.0], [80.0], shape=(6, 9), fwhm=4.0, **LINEAR)
    assert image.shape == (6, 9)
    assert image.dtype == np.float64
    assert np.unravel_index(image.argmax(), image.shape) == (2, 4)
    assert image[2, 4] == pytest.approx(0.8)
    # Half of the height at half of the full width, to all sides; a quarter at the corner.
    for r, c in ((2, 2), (2, 6), (0, 4), (4, 4)):
        assert image[r, c] == pytest.approx(0.4)
    assert image[0, 2] == pytest.approx(0.2)


def test_fractional_place() -> None:
    image = render_spots([1.5], [0.0], [100.0], shape=(1, 4), fwhm=1.0, **LINEAR)
    # Half a pixel is half of the full width.
    assert image[0, 1:3] == pytest.approx([0.5, 0.5])


def test_row_0_is_at_the_top() -> None:
    image = render_spots([0.0], [0.0], [100.0], shape=(3, 5), fwhm=1, **LINEAR)
    assert image[0, 0] == 1
    assert image[2, 4] < 1e-6


def test_spots_add_up_before_brightness() -> None:
    image = render_spots([0, 0], [0, 0], [16.0, 9.0], shape=(1, 1), fwhm=2, scale="sqrt")
    assert image[0, 0] == pytest.approx(0.5)
    bright = render_spots([0, 0], [0, 0], [90.0, 90.0], shape=(1, 1), fwhm=2, **LINEAR)
    assert bright[0, 0] == 1


@pytest.mark.parametrize("scale", ["linear", "sqrt", "log"])
def test_same_as_one_by_one(scale: str) -> None:
    rng = np.random.default_rng(3)
    column, row = rng.uniform(-5, 45, 60), rng.uniform(-5, 35, 60)
    intensity = rng.uniform(0, 100, 60)
    image = render_spots(column, row, intensity, shape=(31, 40), fwhm=3.3, scale=scale)
    expected = brightness(slow_spots(column, row, intensity, (31, 40), 3.3), scale)
    assert image == pytest.approx(expected, abs=1e-8)


def test_no_spots_are_dark() -> None:
    assert render_spots([], [], [], shape=(2, 3), fwhm=2, **LINEAR).tolist() == [[0] * 3] * 2
    far = render_spots([1e9], [-1e9], [100.0], shape=(2, 3), fwhm=2, **LINEAR)
    assert not far.any()


def test_many_spots_add_up() -> None:
    rng = np.random.default_rng(3)
    place = rng.uniform(100, 924, (2, 2000))
    image = render_spots(*place, np.full(2000, 50.0), shape=(1024, 1024), fwhm=5, **LINEAR)
    # A peak of height h has the volume π h FWHM² / (4 ln 2); the strongest, 100, has h = 1.
    assert image.sum() == pytest.approx(2000 * 0.5 * np.pi * 25 / (4 * np.log(2)), rel=1e-3)


# ---------------------------------------------------------------- rings


def test_profile_of_a_ring() -> None:
    image = render_rings((20.0, 10.0), [8.0], [60.0], shape=(21, 41), fwhm=2.0, **LINEAR)
    assert image.shape == (21, 41)
    # The crest: 8 to the right, left, above and below; 3-4-5 is half the full width inside.
    for r, c in ((10, 28), (10, 12), (2, 20), (18, 20)):
        assert image[r, c] == pytest.approx(0.6, abs=1e-4)
    for r, c in ((10, 27), (10, 29)):
        assert image[r, c] == pytest.approx(0.3, abs=1e-4)
    # 6 and 8 make 10: two pixels off the crest, 2 ** -4.
    assert image[18, 26] == pytest.approx(0.6 / 16, abs=1e-4)


def test_rings_are_sums_of_profiles() -> None:
    rng = np.random.default_rng(4)
    radius, intensity = rng.uniform(0, 50, 30), rng.uniform(0, 10, 30)
    down, across = np.mgrid[:40, :30]
    distance = np.hypot(across - 11.3, down + 4.2)
    expected = np.zeros((40, 30))
    for r, i in zip(radius, intensity, strict=True):
        expected += i * 2.0 ** -(4 * (distance - r) ** 2 / 2.5**2)
    image = render_rings((11.3, -4.2), radius, intensity, shape=(40, 30), fwhm=2.5, **LINEAR)
    assert image == pytest.approx(np.minimum(expected / 100, 1), abs=1e-5)


def test_centre_outside_the_image() -> None:
    image = render_rings((-1000.0, 0.0), [1003.0], [100.0], shape=(1, 6), fwhm=2, **LINEAR)
    assert image[0, 3] == pytest.approx(1, abs=1e-4)
    assert image[0, 2] == pytest.approx(0.5, abs=1e-4)


def test_no_rings_are_dark() -> None:
    assert not render_rings((1, 1), [], [], shape=(3, 3), fwhm=2, **LINEAR).any()
    assert not render_rings((1, 1), [1e7], [9.0], shape=(3, 3), fwhm=2, **LINEAR).any()


def test_scale_of_rings() -> None:
    image = render_rings((0, 0), [3.0], [25.0], shape=(1, 4), fwhm=2, scale="sqrt")
    assert image[0, 3] == pytest.approx(0.5, abs=1e-4)


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("column", "row", "intensity", "message"),
    [
        ([1.0], [1.0, 2.0], [1.0], "not one length"),
        ([[1.0]], [[1.0]], [[1.0]], "not one length"),
        (1.0, 1.0, 1.0, "not one length"),
        ([np.nan], [1.0], [1.0], "column: nan is not a finite number"),
        ([1.0], [np.inf], [1.0], "row: inf is not a finite number"),
        ([1.0], [1.0], [-3.0], "0 or more, not -3"),
    ],
)
def test_bad_spots(column: Any, row: Any, intensity: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        render_spots(column, row, intensity, shape=(3, 3), fwhm=2, **LINEAR)


@pytest.mark.parametrize("shape", [(0, 3), (3, -1), (3, 10**6), (3,), (3, 3, 3), (2.5, 3)])
def test_bad_shape(shape: Any) -> None:
    with pytest.raises(InputError, match="shape is rows and columns"):
        render_spots([1.0], [1.0], [1.0], shape=shape, fwhm=2, **LINEAR)
    with pytest.raises(InputError, match="shape is rows and columns"):
        render_rings((1, 1), [1.0], [1.0], shape=shape, fwhm=2, **LINEAR)


@pytest.mark.parametrize("fwhm", [0.0, -1.0, np.nan, np.inf, 0.1])
def test_bad_width(fwhm: float) -> None:
    with pytest.raises(InputError, match="fwhm"):
        render_spots([1.0], [1.0], [1.0], shape=(3, 3), fwhm=fwhm, **LINEAR)
    with pytest.raises(InputError, match="fwhm"):
        render_rings((1, 1), [1.0], [1.0], shape=(3, 3), fwhm=fwhm, **LINEAR)


def test_bad_rings() -> None:
    with pytest.raises(InputError, match="radius of 0 or more, not -2 pixels"):
        render_rings((1, 1), [-2.0], [1.0], shape=(3, 3), fwhm=2, **LINEAR)
    with pytest.raises(InputError, match="direct beam"):
        render_rings((1, np.nan), [2.0], [1.0], shape=(3, 3), fwhm=2, **LINEAR)


def test_bad_scale() -> None:
    with pytest.raises(InputError, match="no brightness scale 'lin'"):
        render_spots([1.0], [1.0], [1.0], shape=(3, 3), fwhm=2, scale="lin")
