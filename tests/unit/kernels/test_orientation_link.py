"""Orientations against positions in the pattern, strains by hand, and their probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from navp_structures.kernels.lattice import Floats
from navp_structures.kernels.orientation_link import (
    axis_cover,
    carried,
    orientation_ratio,
    zone_frames,
)

SIGMA = np.radians(2.0)


def about_z(degrees: float) -> Floats:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def about_x(degrees: float) -> Floats:
    return about_z(degrees)[np.ix_([2, 0, 1], [2, 0, 1])]


def random_rotations(count: int, seed: int = 0) -> Floats:
    left, _, right = np.linalg.svd(np.random.default_rng(seed).normal(size=(count, 3, 3)))
    found = left @ right
    return found * np.linalg.det(found)[:, np.newaxis, np.newaxis]


@pytest.mark.parametrize("mirror", [1.0, -1.0])
def test_frames_put_reflections_where_the_pattern_has_them(mirror: float) -> None:
    rng = np.random.default_rng(3)
    axis = rng.normal(size=3)
    normal = axis / np.linalg.norm(axis)
    x = np.cross(normal, [0.3, 0.2, 0.9])
    x /= np.linalg.norm(x)
    y = np.cross(normal, x)
    angles, turn = np.array([0.4, 2.1]), 0.7
    g = np.cos(angles)[:, np.newaxis] * x + np.sin(angles)[:, np.newaxis] * y
    frames = zone_frames(
        np.stack([axis, axis]), g, angles, np.full(2, turn), np.full(2, mirror)
    )
    # Either reflection gives the one orientation.
    assert frames[0] == pytest.approx(frames[1])
    assert frames[0] @ frames[0].T == pytest.approx(np.eye(3))
    assert np.linalg.det(frames[0]) == pytest.approx(1.0)
    place = turn + mirror * angles
    expected = np.stack([np.cos(place), np.sin(place), np.zeros(2)], axis=1)
    assert g @ frames[0].T == pytest.approx(expected)
    # Seen from behind, the axis points away from the viewer.
    assert frames[0] @ normal == pytest.approx([0.0, 0.0, mirror])


def test_a_rotation_of_the_drawing_moves_nothing() -> None:
    frames, drawing = random_rotations(5), random_rotations(1, seed=4)[0]
    assert carried(frames, drawing) == pytest.approx(frames @ drawing.T)


def test_a_shear_across_the_beam_by_hand() -> None:
    """F = [1 s 0; 0 1 0; 0 0 1]: reciprocal vectors go by [1 0; -s 1].

    Its polar rotation is by atan2(-s - 0, 1 + 1), clockwise.
    """
    shear = 0.04
    deformation = np.eye(3)
    deformation[0, 1] = shear
    found = carried(np.eye(3)[np.newaxis], deformation)[0]
    lean = np.degrees(np.arctan2(-shear, 2.0))
    # The lattice is turned by the lean: its axes in the laboratory are those of about_z.
    net = np.linalg.inv(deformation).T
    turned = found @ net
    assert turned[:2, :2] == pytest.approx(turned[:2, :2].T)
    assert found == pytest.approx(about_z(-lean))


def test_the_axis_becomes_the_one_that_it_reads_as() -> None:
    deformation = np.eye(3) + np.random.default_rng(2).normal(0.0, 0.03, (3, 3))
    frames = random_rotations(4)
    found = carried(frames, deformation)
    axes = frames[:, 2] @ deformation.T
    assert found[:, 2] == pytest.approx(axes / np.linalg.norm(axes, axis=1, keepdims=True))
    assert found @ found.transpose(0, 2, 1) == pytest.approx(np.tile(np.eye(3), (4, 1, 1)))
    assert np.linalg.det(found) == pytest.approx(1.0)


def ratio(found: Floats, covered: float) -> float:
    value = orientation_ratio(
        np.eye(3)[np.newaxis, np.newaxis], found[np.newaxis], np.eye(3)[np.newaxis],
        sigma=SIGMA, turn_sigma=np.array([[SIGMA]]), covered=np.array([[covered]]),
    )  # fmt: skip
    return float(value[0, 0])


def test_ratio_by_hand() -> None:
    # Half of 2π times the normal density of the turn, over the cover: half a turn is free.
    top = np.pi / (np.sqrt(2 * np.pi) * SIGMA) / 0.002
    assert ratio(np.eye(3), 0.002) == pytest.approx(top)
    assert ratio(about_z(180.0), 0.002) == pytest.approx(top)
    assert ratio(about_z(2.0), 0.002) == pytest.approx(top * np.exp(-0.5))
    assert ratio(about_x(4.0), 0.002) == pytest.approx(top * np.exp(-2.0), rel=1e-3)
    assert ratio(about_z(90.0), 0.002) < 1e-100
    # Seen from behind it is another orientation.
    assert ratio(about_x(180.0), 0.002) < 1e-100


def test_symmetry_makes_orientations_equal() -> None:
    threefold = np.stack([about_z(120.0 * n) for n in range(3)])
    tilted = random_rotations(1, seed=9)[0]
    values = [
        orientation_ratio(
            np.eye(3)[np.newaxis, np.newaxis], (rotation @ turn)[np.newaxis],
            np.stack([tilted.T @ g @ tilted for g in threefold]),
            sigma=SIGMA, turn_sigma=np.array([[SIGMA]]), covered=np.array([[0.002]]),
        )[0, 0]
        for rotation in (np.eye(3), about_x(1.0))
        for turn in (tilted.T @ g @ tilted for g in threefold)
    ]  # fmt: skip
    assert values[:3] == pytest.approx([values[0]] * 3)
    assert values[3:] == pytest.approx([values[3]] * 3)
    assert values[0] > values[3] > 0.0


def test_ratios_average_to_one() -> None:
    """Over all axes by their prior, and all turns: what is likelier here is less so there."""
    rng = np.random.default_rng(5)
    along = np.array([0.0, 0.0, 1.0])
    near = np.concatenate([along + rng.normal(0.0, 0.03, (40, 3)), rng.normal(size=(200, 3))])
    axes = near / np.linalg.norm(near, axis=1, keepdims=True)
    prior = np.full(len(axes), 1.0 / len(axes))
    expected = np.eye(3)[np.newaxis, np.newaxis]
    covered = axis_cover(expected, axes, prior, SIGMA)
    assert covered[0, 0] > 0.5 * SIGMA**2
    rays = np.cross(axes, [0.0, 1.0, 0.0])
    turns = np.radians(np.arange(0.0, 360.0, 1.0))
    total = 0.0
    for turn in turns:
        count = len(axes)
        found = zone_frames(axes, rays, np.zeros(count), np.full(count, turn), np.ones(count))
        each = orientation_ratio(
            expected, found, np.eye(3)[np.newaxis],
            sigma=SIGMA, turn_sigma=np.full((1, count), SIGMA), covered=covered,
        )  # fmt: skip
        total += float(each[0] @ prior) / len(turns)
    assert total == pytest.approx(1.0, abs=0.01)


def test_no_axis_near_counts_as_evenly_spread_ones() -> None:
    far = np.array([[1.0, 0.0, 0.0]])
    covered = axis_cover(np.eye(3)[np.newaxis, np.newaxis], far, np.ones(1), SIGMA)
    assert covered[0, 0] == 0.5 * SIGMA**2
