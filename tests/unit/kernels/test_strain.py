"""Homogeneous strain: stretches, axes, su."""

from __future__ import annotations

import numpy as np
import pytest

from navp_structures.kernels import lattice, strain

CUBE = (4.0, 4.0, 4.0, 90.0, 90.0, 90.0)
BOX = (4.0, 4.4, 3.6, 90.0, 90.0, 90.0)
IDENTITY = np.eye(3)


def test_a_cube_becomes_a_box() -> None:
    # Edges 4, 4.4, 3.6 over 4: 0.9 along c, 1.0 along a, 1.1 along b; axes have 1 Å length.
    found = strain.stretches(CUBE, BOX, IDENTITY)
    assert found.values == pytest.approx([0.9, 1.0, 1.1])
    expected = [[0, 0.25, 0], [0, 0, 0.25], [0.25, 0, 0]]
    assert found.axes == pytest.approx(np.array(expected), abs=1e-12)
    # d(a2/a1) = 1/4 by a2 and -a2/a1² = -1/4 by a1, for the stretch along a.
    assert found.gradients[1, [0, 6]] == pytest.approx([-0.25, 0.25])
    assert found.gradients[1, [1, 2, 7, 8]] == pytest.approx([0.0] * 4)


def test_simple_shear() -> None:
    # F = [[1, s], [0, 1]]: λ - 1/λ = s. For s = 1.5 that is λ = 2, and 1/2.
    gradient = np.array([[1.0, 1.5, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    rotation, stretch = strain.polar(gradient)
    assert np.linalg.eigvalsh(stretch) == pytest.approx([0.5, 1.0, 2.0])
    assert rotation @ stretch == pytest.approx(gradient)
    assert rotation @ rotation.T == pytest.approx(IDENTITY)
    assert np.linalg.det(rotation) == pytest.approx(1.0)
    # E = ((0, s), (s, s²)) / 2.
    assert strain.green_lagrange(gradient)[:2, :2] == pytest.approx(
        np.array([[0.0, 0.75], [0.75, 1.125]])
    )
    # Σ (ln λ)² = 2 (ln 2)².
    assert strain.strain_measure(np.array([0.5, 1.0, 2.0])) == pytest.approx(0.960906, abs=1e-6)


def test_gradient_of_deformation_is_that_of_the_cells() -> None:
    one, two = (lattice.orthogonalisation_matrix(p) for p in (CUBE, BOX))
    gradient = strain.deformation_gradient(one, two, IDENTITY)
    assert gradient == pytest.approx(np.diag([1.0, 1.1, 0.9]))


def test_slopes_are_those_of_finite_differences() -> None:
    one = np.array([8.7, 9.1, 15.0, 88.0, 103.0, 95.0])
    two = np.array([8.5, 9.4, 14.1, 91.0, 101.0, 93.0])
    matrix = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.0, 1.0]])
    found = strain.stretches(one, two, matrix)
    both = np.concatenate([one, two])
    for k in range(12):
        step = np.zeros(12)
        step[k] = 1e-4
        up, down = (
            strain.stretches(p[:6], p[6:], matrix).values for p in (both + step, both - step)
        )
        assert found.gradients[:, k] == pytest.approx((up - down) / 2e-4, abs=1e-7)


def test_slopes_of_turning_are_those_of_finite_differences() -> None:
    one = np.array([8.7, 9.1, 15.0, 88.0, 103.0, 95.0])
    two = np.array([8.5, 9.4, 14.1, 91.0, 101.0, 93.0])
    found = strain.stretches(one, two, IDENTITY)
    metric = lattice.metric_tensor(one)
    # Of the second cell alone: then lengths are measured alike before and after.
    for k in range(6):
        step = np.zeros(6)
        step[k] = 1e-4
        up, down = (strain.stretches(one, p, IDENTITY).axes for p in (two + step, two - step))
        turned = (found.axes.T @ metric @ (up - down)).T / 2e-4
        off = ~np.eye(3, dtype=bool)
        assert found.turning[..., 6 + k][off] == pytest.approx(turned[off], abs=1e-6)


def test_su_of_stretches_and_directions() -> None:
    found = strain.stretches(CUBE, BOX, IDENTITY)
    spread = np.zeros((12, 12))
    spread[6, 6] = 0.02**2
    # 0.02 Å of 4 Å.
    assert found.su(spread) == pytest.approx([0.0, 0.005, 0.0])
    assert found.direction_su(spread) == pytest.approx([0.0, 0.0, 0.0])
    # gamma of the second turns a towards b: dA_ab = -a b sin γ dγ = -4 · 4.4 · 0.01 rad over
    # 4 · 4 of unit vectors, 0.011, and over 1.1² - 1² it is 0.011 / 0.21 rad = 3.0013°.
    spread = np.zeros((12, 12))
    spread[11, 11] = np.degrees(0.01) ** 2
    assert found.direction_su(spread) == pytest.approx([0.0, 3.0013, 3.0013], abs=1e-3)
    assert np.isnan(found.su(None)).all()
    assert np.isnan(found.direction_su(None)).all()
    assert strain.joint_covariance(None, np.eye(6)) is None


def test_equal_stretches_have_settled_axes_without_su() -> None:
    hexagonal = (8.0, 8.0, 20.0, 90.0, 90.0, 120.0)
    wider = (8.4, 8.4, 20.0, 90.0, 90.0, 120.0)
    found = strain.stretches(hexagonal, wider, IDENTITY)
    assert found.values == pytest.approx([1.0, 1.05, 1.05])
    # c, then a, then what is at right angles to a: [1 2 0].
    assert found.axes[:, 1] == pytest.approx([1 / 8, 0, 0], abs=1e-9)
    assert found.axes[0, 2] * 2 == pytest.approx(found.axes[1, 2])
    spreads = found.direction_su(np.eye(12) * 1e-4)
    assert np.isnan(spreads[1:]).all()
    assert not np.isnan(spreads[0])


def test_nothing_is_strained_between_equal_cells() -> None:
    found = strain.stretches(CUBE, CUBE, IDENTITY)
    assert found.values == pytest.approx([1.0] * 3)
    assert found.axes * 4 == pytest.approx(IDENTITY)


def test_stretches_of_a_plane_and_of_a_line() -> None:
    # (0 0 1) holds a and b: 1.0 and 1.1; [0 1 1] from 4√2 to √(4.4² + 3.6²) = 5.68507.
    plane = strain.stretches(CUBE, BOX, IDENTITY, strain.in_plane((0, 0, 1)))
    assert plane.values == pytest.approx([1.0, 1.1])
    line = strain.stretches(CUBE, BOX, IDENTITY, np.array([[0.0], [1.0], [1.0]]))
    assert line.values == pytest.approx([5.68507 / 5.65685], abs=1e-5)
    assert line.turning == pytest.approx(np.zeros((1, 1, 12)))


@pytest.mark.parametrize("hkl", [(1, 0, 0), (0, 0, 3), (2, -1, 0), (1, 1, -6), (0.5, 2, -5)])
def test_directions_in_a_plane_span_it(hkl: tuple[float, ...]) -> None:
    inside = strain.in_plane(hkl)
    assert np.array(hkl) @ inside == pytest.approx([0.0, 0.0])
    assert np.linalg.matrix_rank(inside) == 2


def test_nearest_small_indices() -> None:
    metric = lattice.metric_tensor(CUBE)
    assert strain.nearest_indices((0.5, 0.5, 0.0), metric) == ((1, 1, 0), pytest.approx(0.0))
    # arctan 0.01 = 0.573°; the shortest within 1°, not the nearest.
    assert strain.nearest_indices((1.0, 0.01, 0.0), metric) == (
        (1, 0, 0),
        pytest.approx(0.573, abs=1e-3),
    )
    # tan 4.6° = 1/12.4: between [1 0 0] and [6 1 0] at 9.46°.
    assert strain.nearest_indices((12.4, 1.0, 0.0), metric) is None
