"""Special positions, orbits, and displacement tensors that obey them."""

from __future__ import annotations

import numpy as np
import pytest

from navp_structures.kernels import orbit
from navp_structures.model.cell import UnitCell
from navp_structures.model.spacegroup import SpaceGroup

GROUP = SpaceGroup.from_name("R -3 c:H")
CELL = UnitCell(a=8.7288, b=8.7288, c=21.8042, gamma=120)


def kept(fract: tuple[float, float, float], tolerance: float = 0.05) -> tuple:
    return orbit.stabiliser(
        np.array(fract), GROUP.rotations, GROUP.translations, CELL.metric_tensor, tolerance
    )


@pytest.mark.parametrize(
    ("fract", "multiplicity"),
    [
        ((0, 0, 0), 6),
        ((1 / 3, 2 / 3, 1 / 6), 6),
        ((0, 0, 0.1475), 12),
        ((0.2921, 0, 0.25), 18),
        ((0.1777, -0.0281, 0.1936), 36),
    ],
)
def test_multiplicity_of_wyckoff_positions(
    fract: tuple[float, float, float], multiplicity: int
) -> None:
    indices, ideal = kept(fract)
    assert 36 // len(indices) == multiplicity
    points = orbit.orbit(ideal, GROUP.rotations, GROUP.translations, indices)
    assert len(points) == multiplicity
    assert np.all((points >= 0) & (points < 1))


def test_rounded_coordinates_are_idealised() -> None:
    # 0.333 is 0.003 Å from 1/3 here; its three images average to the axis.
    indices, ideal = kept((0.333, 0.667, 0.0195))
    assert len(indices) == 3
    assert ideal == pytest.approx([1 / 3, 2 / 3, 0.0195], abs=1e-12)


def test_a_site_split_about_an_axis_stays_split() -> None:
    # 0.02 of 8.7 Å off the axis, 0.3 Å between images: three positions, not one.
    assert len(kept((0.02, 0.0, 0.1475))[0]) == 1


def test_images_on_both_sides_of_a_cell_edge_are_one() -> None:
    indices, ideal = kept((1.0 - 1e-9, 1e-9, 0.0))
    points = orbit.orbit(ideal, GROUP.rotations, GROUP.translations, indices)
    assert len(points) == 6


def test_u_of_a_threefold_axis() -> None:
    # A threefold axis along c asks U11 = U22 = 2 U12 and U13 = U23 = 0.
    indices, _ = kept((1 / 3, 2 / 3, 0.0195))
    printed = np.array([0.00643, 0.00643, 0.00784, 0.00321, 0.0, 0.0])
    u = orbit.project_u(printed, GROUP.rotations[indices], CELL.reciprocal_lengths)
    assert u[0] == pytest.approx(u[1])
    assert u[0] == pytest.approx(2 * u[3])
    assert u[4:] == pytest.approx([0.0, 0.0], abs=1e-12)
    # The trace of the motion is kept: U_eq does not change.
    before = orbit.u_equivalent(printed, CELL.metric_tensor, CELL.reciprocal_lengths)
    after = orbit.u_equivalent(u, CELL.metric_tensor, CELL.reciprocal_lengths)
    assert after == pytest.approx(before)


def test_u_of_a_twofold_axis() -> None:
    rng = np.random.default_rng(5)
    indices, _ = kept((0.2921, 0, 0.25))
    for _ in range(5):
        u = orbit.project_u(
            rng.uniform(0.01, 0.03, 6), GROUP.rotations[indices], CELL.reciprocal_lengths
        )
        # 18e, a twofold axis along a: U22 = 2 U12 and U23 = 2 U13 (Peterse & Palm 1966).
        assert u[1] == pytest.approx(2 * u[3])
        assert u[5] == pytest.approx(2 * u[4])


def test_u_equivalent_of_an_isotropic_tensor() -> None:
    # In hexagonal axes an isotropic U has U12 = U cos γ* = U/2.
    u = np.array([0.02, 0.02, 0.02, 0.01, 0.0, 0.0])
    value = orbit.u_equivalent(u, CELL.metric_tensor, CELL.reciprocal_lengths)
    assert value == pytest.approx(0.02)


def test_free_coordinates_of_special_positions() -> None:
    def rows(fract: tuple[float, float, float]) -> list[bool]:
        projector = orbit.free_coordinates(GROUP.rotations[kept(fract)[0]])
        return [bool(np.abs(row).max() > 1e-9) for row in projector]

    assert rows((0, 0, 0)) == [False, False, False]
    assert rows((0, 0, 0.1475)) == [False, False, True]
    assert rows((0.2921, 0, 0.25)) == [True, False, False]


def test_rounding_never_doubles_a_position() -> None:
    # Halves of the grid on which images are compared: rounding puts some on each side.
    for n in range(200):
        x = (123456 + n) * 1e-6 + 0.5e-6
        indices, ideal = kept((x, 0.0, 0.25))
        points = orbit.orbit(ideal, GROUP.rotations, GROUP.translations, indices)
        assert len(points) == 18
        shifts = points[:, None] - points[None]
        shifts -= np.rint(shifts)
        apart = np.abs(shifts).max(axis=-1) + np.eye(18)
        assert apart.min() > 1e-3
