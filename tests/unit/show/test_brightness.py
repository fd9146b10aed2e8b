"""Brightness: worked by hand, and the same order on every scale."""

from __future__ import annotations

import numpy as np
import pytest

from navp_structures.errors import InputError
from navp_structures.show.brightness import SCALES, brightness


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        # 100, 25, 1, 0.01 and 0 percent.
        ("linear", [1, 0.25, 0.01, 0.0001, 0]),
        ("sqrt", [1, 0.5, 0.1, 0.01, 0]),
        # log10(0.25) = -0.60206, of four decades.
        ("log", [1, 1 - 0.60206 / 4, 0.5, 0, 0]),
    ],
)
def test_worked_by_hand(scale: str, expected: list[float]) -> None:
    found = brightness([100.0, 25.0, 1.0, 0.01, 0.0], scale)
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("scale", SCALES)
def test_outside_is_clipped(scale: str) -> None:
    assert brightness([-5.0, 400.0], scale).tolist() == [0, 1]


@pytest.mark.parametrize("scale", SCALES)
def test_grows_with_intensity(scale: str) -> None:
    found = brightness(np.linspace(0.02, 100, 200), scale)
    assert np.all(np.diff(found) > 0)


@pytest.mark.parametrize("shape", [(), (3,), (2, 5)])
def test_shape_is_kept(shape: tuple[int, ...]) -> None:
    assert brightness(np.full(shape, 25.0), "sqrt").shape == shape


def test_input_is_left_alone() -> None:
    given = np.array([100.0, 400.0])
    brightness(given, "linear")
    assert given.tolist() == [100, 400]


def test_unknown_scale_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"'squirt': linear, sqrt, log; nearest: sqrt"):
        brightness(1.0, "squirt")
