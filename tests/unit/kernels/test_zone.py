"""The net of a zone: hand-worked cases, and a search through all small reflections."""

from __future__ import annotations

from math import gcd

import numpy as np
import pytest

from navp_structures.kernels.lattice import metric_tensor
from navp_structures.kernels.zone import laue_zones, zone_net
from navp_structures.model.spacegroup import SpaceGroup

CUBIC = np.eye(3) / 16.0
PRIMITIVE = np.zeros((1, 3))
OBVERSE = np.array([[0, 0, 0], [2, 1, 1], [1, 2, 2]]) / 3.0
BODY = np.array([[0, 0, 0], [1, 1, 1]]) / 2.0
FACE = np.array([[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]) / 2.0
HEXAGONAL = np.linalg.inv(metric_tensor((8.7288, 8.7288, 21.8042, 90, 90, 120)))
MONOCLINIC = np.linalg.inv(metric_tensor((15.282, 8.633, 8.765, 90, 128.208, 90)))


def test_cubic_by_hand() -> None:
    net = zone_net((0, 0, 1), PRIMITIVE, CUBIC)
    assert net.basis == ((1, 0, 0), (0, 1, 0))
    assert net.step == 1
    # From below the same net turns the other way.
    assert zone_net((0, 0, -1), PRIMITIVE, CUBIC).basis == ((1, 0, 0), (0, -1, 0))
    # [1 1 1]: six {1 -1 0} at 60 degrees; the fewest minus signs, then the largest.
    assert zone_net((1, 1, 1), PRIMITIVE, CUBIC).basis == ((1, 0, -1), (0, 1, -1))


def test_centring_by_hand() -> None:
    # I: h + k + l even, so that hkl · [1 1 1] is 2 at least; F along [0 0 1]: all of one
    # parity, (2 0 0) and (0 2 0), and (1 1 1) in the next layer.
    assert zone_net((1, 1, 1), BODY, CUBIC).step == 2
    face = zone_net((0, 0, 1), FACE, CUBIC)
    assert face.basis == ((2, 0, 0), (0, 2, 0))
    assert face.step == 1
    assert zone_net((1, 1, 0), FACE, CUBIC).step == 2


def test_rhombohedral_by_hand() -> None:
    # -h + k + l = 3n: in [0 0 1] (1 1 0) and its like; along [1 -1 -1] h - k - l is a
    # multiple of 3, which three times [1 -1 -1]/3, a lattice vector, does.
    flat = zone_net((0, 0, 1), OBVERSE, HEXAGONAL)
    assert flat.basis == ((1, 1, 0), (-1, 2, 0))
    assert flat.step == 1
    assert zone_net((1, -1, -1), OBVERSE, HEXAGONAL).step == 3
    assert zone_net((2, 1, 0), OBVERSE, HEXAGONAL).basis == ((0, 0, 3), (1, -2, 0))


def test_layers() -> None:
    hkl = np.array([[1, 0, 1], [2, -1, 0], [1, -1, 1], [-2, 1, 0]])
    assert laue_zones(hkl, (1, -1, -1), 3).tolist() == [0, 1, 0, -1]


GROUPS = ("P 1", "C 1 2/c 1", "R -3 c:H", "R -3 c:R", "I 41/a:1", "F d -3 m:2", "A b m 2")


@pytest.mark.parametrize("name", GROUPS)
def test_against_a_search(name: str) -> None:
    rng = np.random.default_rng(sum(map(ord, name)))
    centring = SpaceGroup.from_name(name).centring_vectors
    root = rng.normal(size=(3, 3))
    reciprocal = root @ root.T + 0.3 * np.eye(3)
    box = np.stack(np.meshgrid(*[np.arange(-9, 10)] * 3, indexing="ij"), -1).reshape(-1, 3)
    shifts = box @ centring.T
    box = box[np.all(np.abs(shifts - np.rint(shifts)) < 1e-6, axis=1) & np.any(box, axis=1)]
    lengths = np.sqrt(np.einsum("ni,ij,nj->n", box, reciprocal, box))
    for _ in range(25):
        axis = rng.integers(-2, 3, 3)
        if not axis.any() or gcd(*axis.tolist()) != 1:
            continue
        uvw = (int(axis[0]), int(axis[1]), int(axis[2]))
        net = zone_net(uvw, centring, reciprocal)
        products = box @ axis
        assert net.step == np.abs(products[products != 0]).min()
        inside, size = box[products == 0], lengths[products == 0]
        order = np.argsort(size)
        shortest = inside[order[0]]
        beside = next(n for n in order if np.any(np.cross(shortest, inside[n])))
        one, two = (np.array(vector) for vector in net.basis)
        assert np.sqrt(one @ reciprocal @ one) == pytest.approx(size[order[0]])
        assert np.sqrt(two @ reciprocal @ two) == pytest.approx(size[beside])
        # Anticlockwise, and every reflection of the zone is a whole sum of both.
        assert np.cross(one, two) @ axis > 0
        weights, *_ = np.linalg.lstsq(np.stack([one, two], 1), inside.T, rcond=None)
        assert np.abs(weights - np.rint(weights)).max() < 1e-8


def test_reduced_basis_of_an_oblique_net() -> None:
    # na2vp-a [0 1 0]: a* = 1 / (15.282 sin 128.208°), and c* - a* is shorter than c*.
    net = zone_net((0, 1, 0), PRIMITIVE, MONOCLINIC)
    assert net.basis == ((1, 0, 0), (1, 0, -1))
