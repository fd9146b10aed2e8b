"""Shuffles of atoms beside the strain."""

from __future__ import annotations

import numpy as np
import pytest

from navp_structures.kernels.shuffle import least_shuffle

CUBE = np.eye(3) * 100.0
ATOMS = np.array([[0.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.5, 0.0, 0.5], [0.1, 0.5, 0.5]])


def test_a_shifted_and_reordered_copy_has_none() -> None:
    shift = np.array([0.13, 0.42, 0.77])
    order = [2, 0, 3, 1]
    copy = (ATOMS[order] + shift) % 1.0
    found = least_shuffle([ATOMS], [copy], CUBE, copy - ATOMS[0])
    assert found.rms == pytest.approx(0.0, abs=1e-9)
    assert found.translation % 1.0 == pytest.approx(shift)
    assert np.argsort(order).tolist() == found.partners[0].tolist()


def test_one_atom_of_two_moves() -> None:
    # 0.2 Å apart: by half each, so that the rms is 0.1 Å and the mean stays.
    two = np.array([[0.0, 0, 0], [0.5, 0.5, 0.52]])
    one = np.array([[0.0, 0, 0], [0.5, 0.5, 0.5]])
    found = least_shuffle([one], [two], CUBE, np.zeros((1, 3)))
    assert (found.rms, found.largest) == (pytest.approx(0.1), pytest.approx(0.1))
    assert found.translation == pytest.approx([0.0, 0.0, 0.01])


def test_kinds_are_not_mixed() -> None:
    # Rock salt against itself with the elements exchanged: half a cell apart.
    one = [np.array([[0.0, 0, 0]]), np.array([[0.5, 0.5, 0.5]])]
    found = least_shuffle(one, one[::-1], CUBE, np.array([[0.0, 0.0, 0.0], [0.5, 0.5, 0.5]]))
    assert found.rms == pytest.approx(0.0)
    alone = least_shuffle(
        [np.array([[0.0, 0, 0]]), np.array([[0.5, 0.0, 0.0]])],
        [np.array([[0.0, 0, 0]]), np.array([[0.6, 0.0, 0.0]])],
        CUBE,
        np.zeros((1, 3)),
    )
    assert alone.rms == pytest.approx(0.5)


def test_nearest_images_in_a_small_skew_cell() -> None:
    # In a net of 3 Å and 60° (0.5, 0.5) is 2.598 Å long, its image (0.5, -0.5) 1.5 Å; both
    # atoms move by half of it.
    metric = np.array([[9.0, 4.5, 0.0], [4.5, 9.0, 0.0], [0.0, 0.0, 25.0]])
    one = np.array([[0.0, 0, 0], [0.0, 0.0, 0.5]])
    two = np.array([[0.0, 0, 0], [0.5, 0.5, 0.5]])
    found = least_shuffle([one], [two], metric, np.zeros((1, 3)))
    assert found.rms == pytest.approx(0.75)


@pytest.mark.parametrize("edge", [4.0, 9.0])
def test_starts_that_meet_lose_nothing(edge: float) -> None:
    # Many starts fall in with an earlier one; together they find what the best does alone.
    random = np.random.default_rng(5)
    metric = np.eye(3) * edge**2 + 0.1 * edge**2 * (1.0 - np.eye(3))
    one = [random.random((n, 3)) for n in (3, 7)]
    two = [(a + 0.02 * random.standard_normal(a.shape) + 0.3) % 1.0 for a in one]
    starts = np.concatenate([two[0] - a for a in one[0]])
    starts = np.concatenate([starts, starts + 1.0, random.random((20, 3))])
    together = least_shuffle(one, two, metric, starts)
    alone = [least_shuffle(one, two, metric, start[np.newaxis]).rms for start in starts]
    assert together.rms == pytest.approx(min(alone), abs=1e-9)
    assert len({round(rms, 9) for rms in alone}) > 1
