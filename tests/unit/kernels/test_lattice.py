"""Lattice geometry against numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from navp_structures.kernels import lattice

HEXAGONAL = (8.7288, 8.7288, 21.8042, 90.0, 90.0, 120.0)
MONOCLINIC = (15.282, 8.633, 8.765, 90.0, 128.208, 90.0)
TRICLINIC = (5.1, 6.2, 7.3, 81.0, 95.0, 103.0)


def reciprocal(cell: tuple[float, ...]) -> np.ndarray:
    return lattice.inverse(lattice.metric_tensor(cell))


def test_metric_of_a_hexagonal_cell() -> None:
    # a·b = a² cos 120° = -a²/2
    metric = lattice.metric_tensor((2.0, 2.0, 5.0, 90, 90, 120))
    assert metric == pytest.approx(np.array([[4, -2, 0], [-2, 4, 0], [0, 0, 25]]), abs=1e-12)


def test_right_angles_are_exact() -> None:
    assert lattice.metric_tensor((3, 4, 5, 90, 90, 90))[0, 1] == 0.0


def test_volume_of_a_hexagonal_cell() -> None:
    # V = a² c √3/2
    expected = 8.7288**2 * 21.8042 * math.sqrt(3) / 2
    assert lattice.volume(lattice.metric_tensor(HEXAGONAL)) == pytest.approx(expected)


def test_impossible_angles_have_no_volume() -> None:
    assert math.isnan(lattice.volume(lattice.metric_tensor((5, 5, 5, 30, 30, 120))))


def test_spacing_of_a_hexagonal_plane() -> None:
    # 1/d² = 4/3 (h² + hk + k²)/a² + l²/c², for (0 1 2)
    expected = 1 / math.sqrt(4 / 3 / 8.7288**2 + 4 / 21.8042**2)
    assert lattice.d_spacings((0, 1, 2), reciprocal(HEXAGONAL)) == pytest.approx(expected)


def test_spacing_of_a_monoclinic_plane() -> None:
    # 1/d² = (h²/a² + l²/c² - 2hl cos β/(ac))/sin²β + k²/b², for (6 0 -2)
    beta = math.radians(128.208)
    inverse_square = (
        36 / 15.282**2 + 4 / 8.765**2 + 24 * math.cos(beta) / (15.282 * 8.765)
    ) / math.sin(beta) ** 2
    d = lattice.d_spacings((6, 0, -2), reciprocal(MONOCLINIC))
    assert d == pytest.approx(1 / math.sqrt(inverse_square))


def test_angles_of_cubic_planes() -> None:
    star = reciprocal((4.0, 4.0, 4.0, 90, 90, 90))
    assert lattice.interplanar_angles((1, 0, 0), (1, 1, 0), star) == pytest.approx(45.0)
    assert lattice.interplanar_angles((1, 1, 1), (-1, 1, 1), star) == pytest.approx(
        math.degrees(math.acos(1 / 3))
    )


@pytest.mark.parametrize(("other", "angle"), [((2, 4, 6), 0.0), ((-1, -2, -3), 180.0)])
def test_parallel_planes_are_exactly_parallel(other: tuple[int, ...], angle: float) -> None:
    star = reciprocal(TRICLINIC)
    assert lattice.interplanar_angles((1, 2, 3), other, star) == pytest.approx(angle, abs=1e-5)


def test_zone_axis_is_right_handed_and_primitive() -> None:
    assert lattice.zone_axes((2, 0, 0), (0, 2, 0)).tolist() == [0, 0, 1]
    assert lattice.zone_axes((0, 2, 0), (2, 0, 0)).tolist() == [0, 0, -1]
    # (4 -2 6) × (1 -4 5) = (14, -14, -14)
    assert lattice.zone_axes((4, -2, 6), (1, -4, 5)).tolist() == [1, -1, -1]
    assert lattice.zone_axes((1, 2, 3), (2, 4, 6)).tolist() == [0, 0, 0]


@pytest.mark.parametrize("cell", [HEXAGONAL, MONOCLINIC, TRICLINIC])
def test_gradients_match_finite_differences(cell: tuple[float, ...]) -> None:
    hkl = (2, -1, 3)
    for n in range(6):
        step = np.zeros(6)
        step[n] = 1e-5
        up, down = np.array(cell) + step, np.array(cell) - step
        d_slope = (
            math.log(lattice.d_spacings(hkl, reciprocal(tuple(up))))
            - math.log(lattice.d_spacings(hkl, reciprocal(tuple(down))))
        ) / 2e-5
        v_slope = (
            math.log(lattice.volume(lattice.metric_tensor(up)))
            - math.log(lattice.volume(lattice.metric_tensor(down)))
        ) / 2e-5
        assert lattice.log_d_gradient(hkl, cell)[n] == pytest.approx(d_slope, abs=1e-8)
        assert lattice.log_volume_gradient(cell)[n] == pytest.approx(v_slope, abs=1e-8)


def test_orthogonalisation_reproduces_the_metric_with_a_along_x() -> None:
    matrix = lattice.orthogonalisation_matrix(TRICLINIC)
    assert matrix.T @ matrix == pytest.approx(lattice.metric_tensor(TRICLINIC))
    assert matrix[:, 0] == pytest.approx([5.1, 0.0, 0.0])
    assert matrix[2, :2] == pytest.approx([0.0, 0.0])


def test_two_theta() -> None:
    # λ = d means sin θ = 1/2, 2θ = 60°
    assert lattice.two_theta(1.5, 1.5) == pytest.approx(60.0)
    assert lattice.two_theta(0.75, 1.5) == pytest.approx(180.0)
    assert math.isnan(lattice.two_theta(0.7, 1.5))


def test_braggs_law_both_ways() -> None:
    # λ = 2 d sin θ: 1.5 Å at 60° is 1.5 Å; at 180° half a wavelength; at 0° anything.
    assert lattice.bragg_spacings([60.0, 180.0], 1.5) == pytest.approx([1.5, 0.75])
    assert lattice.bragg_spacings(0.0, 1.5) == np.inf
    d = np.array([0.76, 1.0, 3.0])
    assert lattice.bragg_spacings(lattice.two_theta(d, 1.5), 1.5) == pytest.approx(d)
    assert np.isnan(lattice.two_theta(0.74, 1.5))


def test_a_flat_cell_has_no_volume() -> None:
    assert np.isnan(lattice.volume(np.diag([1.0, 1.0, 0.0])))
    assert lattice.volume(np.diag([1.0, 4.0, 9.0])) == pytest.approx(6.0)


def test_shifts_go_to_the_nearest_image() -> None:
    metric = np.diag([16.0, 25.0, 36.0])
    shifts = np.array([[0.9, 0.0, 0.0], [-0.9, 0.0, 1.0], [1.25, -0.8, 2.5]])
    # 0.1 · 4; the same; 0.25 · 4, 0.2 · 5 and 0.5 · 6.
    expected = [0.4, 0.4, (1.0 + 1.0 + 9.0) ** 0.5]
    assert lattice.periodic_distances(shifts, metric) == pytest.approx(expected)


def test_an_exact_cell_gives_exact_spacings() -> None:
    su = lattice.relative_d_su([1, 1, 1], (4, 4, 4, 90, 90, 90), np.zeros((6, 6)))
    assert su == 0.0


def test_slope_of_two_theta() -> None:
    # -2 tan 45° in degrees; and a finite difference of Bragg's law.
    assert lattice.two_theta_slope(90.0) == pytest.approx(-math.degrees(2.0))
    d = np.array([0.9, 1.3, 4.0])
    ends = [lattice.two_theta(d * factor, 1.5) for factor in (1.0 - 1e-6, 1.0 + 1e-6)]
    slope = lattice.two_theta_slope(lattice.two_theta(d, 1.5))
    assert slope == pytest.approx((ends[1] - ends[0]) / 2e-6, rel=1e-6)
