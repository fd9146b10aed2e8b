"""Shifts of powder lines, against the geometry drawn out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from navp_structures.kernels.aberrations import shifts


def observed(true: float, height: float, radius: float) -> float:
    """Return 2θ at which a sample that lies too high reflects, from the drawing.

    Source and detector stand at the same angle on both sides, at the radius from the axis.
    The rays meet on the normal through the axis, at the height of the sample, under the
    angle whose tangent is (R sin θ - s) / (R cos θ): that must be the Bragg angle.
    """
    bragg = math.radians(true / 2)
    low, high = 0.0, math.pi / 2
    for _ in range(60):
        theta = (low + high) / 2
        angle = math.atan2(radius * math.sin(theta) - height, radius * math.cos(theta))
        low, high = (theta, high) if angle < bragg else (low, theta)
    return 2 * math.degrees(low)


@pytest.mark.parametrize("true", [15.0, 40.0, 90.0, 140.0])
@pytest.mark.parametrize("height", [0.1, -0.1])
def test_displacement_is_that_of_the_drawing(true: float, height: float) -> None:
    found = shifts(np.array([true]), 0.0, height, 200.0)[0]
    # The formula is the first term: the next is smaller by s / R = 5e-4.
    assert found == pytest.approx(observed(true, height, 200.0) - true, rel=1e-3)
    assert math.copysign(1, found) == math.copysign(1, height)


def test_displacement_by_hand() -> None:
    # 2 × 0.1 mm × cos 20° / 200 mm = 9.397e-4 = 0.05384°
    assert shifts(np.array([40.0]), 0.0, 0.1, 200.0) == pytest.approx([0.053840], abs=1e-6)


def test_zero_shift_is_the_same_everywhere() -> None:
    angles = np.array([10.0, 90.0])
    assert shifts(angles, 0.03, 0.0, None).tolist() == [0.03, 0.03]
    together = shifts(angles, 0.03, 0.1, 200.0) - shifts(angles, 0.0, 0.1, 200.0)
    assert together == pytest.approx([0.03, 0.03])
