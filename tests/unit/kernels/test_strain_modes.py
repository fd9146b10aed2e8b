from __future__ import annotations

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.kernels import lattice
from navp_structures.kernels.strain_modes import log_d_modes
from navp_structures.model.spacegroup import SpaceGroup

HKL = np.array([[1, 0, 0], [0, 0, 1], [1, 1, 0], [2, 1, 3], [0, 1, 2]])


@pytest.mark.parametrize(
    ("group", "cell", "count"),
    [
        ("F m -3 m", (5.0, 5.0, 5.0, 90.0, 90.0, 90.0), 1),
        ("R -3 c:H", (8.7, 8.7, 21.8, 90.0, 90.0, 120.0), 2),
        ("P n m a", (5.0, 6.0, 7.0, 90.0, 90.0, 90.0), 3),
        ("P 1 21/c 1", (15.3, 8.6, 8.8, 90.0, 128.2, 90.0), 4),
        ("P -1", (5.0, 6.0, 7.0, 80.0, 95.0, 110.0), 6),
    ],
)
def test_as_many_as_the_lattice_has_parameters(
    group: str, cell: tuple[float, ...], count: int
) -> None:
    rotations = SpaceGroup.from_name(group).laue_rotations
    assert log_d_modes(HKL, lattice.metric_tensor(cell), rotations).shape == (5, count)


def test_cubic_by_hand() -> None:
    # The one strain of norm 1 is 1/√3 along each axis, the same for all planes.
    metric, rotations = np.diag([25.0] * 3), SpaceGroup.from_name("F m -3 m").laue_rotations
    found = np.abs(log_d_modes(HKL, metric, rotations))
    np.testing.assert_allclose(found, 1.0 / np.sqrt(3.0), atol=1e-12)


@pytest.mark.parametrize("name", ["Na3VP", "Na2VP"])
def test_they_span_what_the_cell_can_do(name: str) -> None:
    phase = navp.load(name)
    hkl = phase_hkl = np.array([r.hkl for r in navp.reflections(phase, d_min=2.0)][:30])
    modes = log_d_modes(hkl, phase.cell.metric_tensor, phase.space_group.laue_rotations)
    gradient = lattice.log_d_gradient(phase_hkl, phase.cell.parameters)
    changes = {
        "Na3VP": np.array([[1, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0]]),
        "Na2VP": np.eye(6)[[0, 1, 2, 4]],
    }[name]
    moved = gradient @ changes.T
    left = moved - modes @ np.linalg.lstsq(modes, moved, rcond=None)[0]
    assert np.abs(left).max() < 1e-10 * np.abs(moved).max()
