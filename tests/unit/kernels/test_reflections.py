"""Reflection families: representatives, multiplicities, limits."""

from __future__ import annotations

import numpy as np
import pytest

from navp_structures.kernels import lattice, reflections
from navp_structures.model.spacegroup import SpaceGroup

R3C = SpaceGroup.from_name("R -3 c:H").laue_rotations
P21C = SpaceGroup.from_name("P 1 21/c 1").laue_rotations


@pytest.mark.parametrize(
    ("rotations", "hkl", "member", "multiplicity"),
    [
        # The examples of the design: fewest minus signs, then the largest.
        (R3C, (1, 0, -2), (0, 1, 2), 6),
        (R3C, (1, -4, 5), (3, 1, 5), 12),
        (R3C, (4, -2, 6), (2, 2, 6), 12),
        (P21C, (-6, 0, 2), (6, 0, -2), 2),
        (R3C, (0, 0, -6), (0, 0, 6), 2),
        (P21C, (0, -3, 0), (0, 3, 0), 2),
        (P21C, (1, -2, 3), (1, 2, 3), 4),
    ],
)
def test_representative_of_a_family(
    rotations: np.ndarray, hkl: tuple[int, ...], member: tuple[int, ...], multiplicity: int
) -> None:
    found, times = reflections.representatives([hkl], rotations)
    assert tuple(found[0]) == member
    assert times[0] == multiplicity


def test_obverse_and_reverse_are_different_families() -> None:
    found, _ = reflections.representatives([(0, 1, 2), (1, 0, 2)], R3C)
    assert found.tolist() == [[0, 1, 2], [1, 0, 2]]


def test_cubic_general_reflection_has_48_members() -> None:
    rotations = SpaceGroup.from_name("P m -3 m").laue_rotations
    _, times = reflections.representatives([(1, 2, 3), (1, 0, 0), (1, 1, 1)], rotations)
    assert times.tolist() == [48, 6, 8]


def test_sphere_keeps_the_reflection_at_its_limit() -> None:
    metric = lattice.metric_tensor((3.0, 3.0, 3.0, 90, 90, 90))
    assert len(reflections.sphere(metric, 3.0)) == 6
    assert len(reflections.sphere(metric, 3.0001)) == 0


def test_empty_list_of_families() -> None:
    metric = lattice.metric_tensor((3.0, 3.0, 3.0, 90, 90, 90))
    members, times, d = reflections.families(metric, 3.0001, R3C)
    assert members.shape == (0, 3)
    assert times.shape == d.shape == (0,)


def test_blocks_do_not_change_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    metric = lattice.metric_tensor((8.7, 8.7, 21.8, 90, 90, 120))
    whole = reflections.families(metric, 1.5, R3C)
    monkeypatch.setattr(reflections, "_BLOCK", 17)
    parts = reflections.families(metric, 1.5, R3C)
    for one, other in zip(whole, parts, strict=True):
        assert np.array_equal(one, other)


def test_families_are_the_representatives_of_the_sphere() -> None:
    # The list is made from half of the sphere; here each reflection is asked for itself.
    metric = lattice.metric_tensor((8.7, 8.7, 21.8, 90, 90, 120))
    every = reflections.sphere(metric, 1.5)
    members, times = reflections.representatives(every, R3C)
    unique, first = np.unique(members, axis=0, return_index=True)
    found, multiplicity, d = reflections.families(metric, 1.5, R3C)
    assert {tuple(h) for h in found} == {tuple(h) for h in unique}
    assert len(found) == len(unique)
    expected = dict(zip(map(tuple, unique.tolist()), times[first].tolist(), strict=True))
    assert [expected[tuple(h)] for h in found.tolist()] == multiplicity.tolist()
    assert np.all(np.diff(d) <= 1e-9)


def test_centring_leaves_out_what_it_forbids() -> None:
    metric = lattice.metric_tensor((8.7, 8.7, 21.8, 90, 90, 120))
    centring = np.array([[0, 0, 0], [2, 1, 1], [1, 2, 2]]) / 3
    every, times, _ = reflections.families(metric, 1.5, R3C)
    obverse = (-every[:, 0] + every[:, 1] + every[:, 2]) % 3 == 0
    found, kept, _ = reflections.families(metric, 1.5, R3C, centring=centring)
    assert found.tolist() == every[obverse].tolist()
    assert kept.tolist() == times[obverse].tolist()


FLAT = (700.0, 820.0, 640.0, 119.9999, 119.9999, 119.9999)
FRIEDEL = np.array([np.eye(3), -np.eye(3)], dtype=np.int64)


@pytest.mark.parametrize(
    ("cell", "d_min"),
    [
        ((5.13, 6.47, 7.91, 81.3, 104.7, 68.9), 0.9),
        ((15.282, 8.633, 8.765, 90.0, 128.208, 90.0), 1.2),
        ((30.0, 31.0, 32.0, 5.0, 6.0, 7.0), 0.8),
        ((20.0, 21.0, 22.0, 119.0, 119.5, 120.5), 1.5),
    ],
)
def test_rows_find_what_the_box_holds(
    cell: tuple[float, ...], d_min: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    metric = lattice.metric_tensor(cell)
    box = reflections.families(metric, d_min, FRIEDEL)
    monkeypatch.setattr(reflections, "_LARGEST_BOX", 0)
    rows = reflections.families(metric, d_min, FRIEDEL)
    assert len(box[0]) > 50
    for one, other in zip(box, rows, strict=True):
        assert np.array_equal(one, other)


def test_a_flat_cell_does_not_fill_the_memory() -> None:
    # A box of these indices holds 3.7e8 reflections, the sphere few of them: 4π/3 V/d³ / 2.
    metric = lattice.metric_tensor(FLAT)
    assert np.prod(2.0 * reflections.largest_indices(metric, 2.0) + 1.0) > 3e8
    found, multiplicity, d = reflections.families(metric, 2.0, FRIEDEL)
    assert set(multiplicity.tolist()) == {2}
    assert len(found) == pytest.approx(
        2 / 3 * np.pi * lattice.volume(metric) / 2.0**3, rel=0.01
    )
    assert d.min() >= 2.0 * reflections.AT_LIMIT


@pytest.mark.parametrize("hkl", [(0, 0, 3), (1, 0, 1), (0, 1, 50), (2, -1, 12), (1, 1, 0)])
def test_a_limit_from_another_setting_keeps_its_family(hkl: tuple[int, ...]) -> None:
    # A 51R polytype: its rhombohedral cell has 4.15 degrees, and rounding 3e-11 of d.
    hexagonal = lattice.metric_tensor((3.08, 3.08, 128.52, 90, 90, 120))
    basis = np.array([[2, -1, -1], [1, 1, -2], [1, 1, 1]]) / 3
    metric = basis.T @ hexagonal @ basis
    edge = np.sqrt(metric[0, 0])
    angle = np.degrees(np.arccos(metric[0, 1] / edge**2))
    rhombohedral = lattice.metric_tensor((edge, edge, edge, angle, angle, angle))
    indices = np.array(hkl) @ basis
    whole = np.rint(indices * (1 if np.allclose(indices, np.rint(indices)) else 3))
    times = 1 if np.allclose(indices, np.rint(indices)) else 3
    limit = float(lattice.d_spacings(hkl, lattice.inverse(hexagonal))) / times
    for step in (-3e-11, 0.0, 3e-11):
        found = reflections.sphere(rhombohedral, limit * (1 + step))
        assert whole.astype(int).tolist() in found.tolist()
