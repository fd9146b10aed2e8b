"""Lorentz, polarisation and March-Dollase factors by hand."""

from __future__ import annotations

import numpy as np
import pytest

from navp_structures.kernels import intensity, lattice
from navp_structures.model.spacegroup import SpaceGroup


def test_lorentz() -> None:
    # θ = 30°: 1 / (0.25 × 0.8660254); θ = 45°: 1 / (0.5 × 0.7071068)
    found = intensity.lorentz(np.array([60.0, 90.0]))
    assert found == pytest.approx([4.6188022, 2.8284271])


def test_lorentz_of_a_ring_seen_by_its_length() -> None:
    # A cone takes 1 / sin θ of the power, spread over a ring as long as sin 2θ.
    angles = np.array([3.0, 40.0, 120.0])
    theta = np.radians(angles / 2)
    expected = 1 / np.sin(theta) / np.sin(2 * theta)
    ratio = intensity.lorentz(angles) / expected
    assert ratio == pytest.approx(np.full(3, ratio[0]))


def test_polarisation_without_and_with_monochromator() -> None:
    right_angle = np.array([90.0])
    assert intensity.polarisation(right_angle) == pytest.approx([0.5])
    # cos² 26.6° = 0.7995, 1 / 1.7995
    assert intensity.polarisation(right_angle, 26.6) == pytest.approx([0.55571], abs=1e-5)
    # 2θ = 60°: cos² = 0.25, (1 + 0.7995 × 0.25) / 1.7995
    assert intensity.polarisation(np.array([60.0]), 26.6) == pytest.approx([0.66678], abs=1e-5)
    assert intensity.polarisation(np.array([0.0]), 26.6) == pytest.approx([1.0])


def test_polarised_beam_loses_nothing() -> None:
    found = intensity.polarisation(np.array([30.0, 90.0, 150.0]), 90.0)
    assert found == pytest.approx([1.0, 1.0, 1.0])


CUBIC = SpaceGroup.from_name("P m -3 m").laue_rotations
RECIPROCAL = lattice.inverse(lattice.metric_tensor((4.0, 4.0, 4.0, 90, 90, 90)))


def test_march_dollase_of_a_cubic_face() -> None:
    # {0 0 1} about [0 0 1]: two of six at 0°, r^-3 = 1.953125; four at 90°, r^1.5 = 0.7155418;
    # {1 1 1}: all at cos² = 1/3, (0.64/3 + (2/3)/0.8)^-1.5 = (1.0466667)^-1.5
    found = intensity.march_dollase(
        np.array([[0, 0, 1], [1, 1, 1]]), np.array([0, 0, 1]), 0.8, CUBIC, RECIPROCAL
    )
    assert found == pytest.approx([(2 * 1.953125 + 4 * 0.7155418) / 6, 1.0466667**-1.5])


def test_march_dollase_of_one_is_nothing() -> None:
    hkl = np.array([[1, 2, 3], [0, 0, 1]])
    found = intensity.march_dollase(hkl, np.array([1, 1, 0]), 1.0, CUBIC, RECIPROCAL)
    assert found == pytest.approx([1.0, 1.0])


def test_march_dollase_keeps_the_total() -> None:
    # Over all directions the weights average to 1, whatever r: integrate over cos α.
    cosine = (np.arange(20_000) + 0.5) / 20_000
    for r in (0.3, 0.8, 1.7):
        weights = (r * r * cosine**2 + (1 - cosine**2) / r) ** -1.5
        assert weights.mean() == pytest.approx(1.0, abs=1e-5)
        # The kernel's own weights of one plane at those angles, in a lattice without symmetry.
        hkl = np.array([[3, 1, 2], [0, 2, 5], [7, -1, 1]])
        none = SpaceGroup.from_name("P 1").laue_rotations
        got = intensity.march_dollase(hkl, np.array([0, 0, 1]), r, none, RECIPROCAL)
        along = hkl[:, 2] ** 2 / (hkl**2).sum(axis=1)
        assert got == pytest.approx((r * r * along + (1 - along) / r) ** -1.5)


def test_march_dollase_turns_every_member() -> None:
    # The mean over the members of the family, each against the one axis.
    rotations = SpaceGroup.from_name("R -3 c:H").laue_rotations
    reciprocal = lattice.inverse(lattice.metric_tensor((8.7288, 8.7288, 21.8042, 90, 90, 120)))
    axis, r = np.array([1, 0, -2]), 0.6
    members = np.unique(np.array([2, 1, 4]) @ rotations, axis=0)
    angles = np.radians(lattice.interplanar_angles(members, axis, reciprocal))
    expected = ((r * np.cos(angles)) ** 2 + np.sin(angles) ** 2 / r) ** -1.5
    found = intensity.march_dollase(np.array([[2, 1, 4]]), axis, r, rotations, reciprocal)
    assert found == pytest.approx([expected.mean()])
