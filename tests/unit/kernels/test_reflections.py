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
