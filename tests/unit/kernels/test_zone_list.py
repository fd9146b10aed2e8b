"""Lists of zone axes: against a loop over all integers, by hand for simple lattices."""

from __future__ import annotations

from itertools import product
from math import gcd

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.errors import InputError
from navp_structures.kernels.zone_list import (
    axis_length,
    axis_multiplicity,
    canonical_axes,
    zone_list,
)


def listed(phase: navp.Phase, longest: float) -> dict[tuple[int, ...], tuple[float, int]]:
    group = phase.space_group
    found = zone_list(
        phase.cell.orthogonalisation_matrix,
        group.centring_vectors,
        group.laue_rotations,
        longest,
    )
    rows = zip(found.uvw.tolist(), found.length, found.multiplicity, strict=True)
    return {tuple(uvw): (float(length), int(number)) for uvw, length, number in rows}


def cubic(symbol: str, a: float = 4.0) -> navp.Phase:
    return navp.Phase(
        id="x",
        cell=navp.UnitCell(a=a, b=a, c=a),
        space_group=navp.SpaceGroup.from_name(symbol),
    )


def test_cubic_axes_by_hand() -> None:
    # [1 1 1] is 4 sqrt 3 = 6.93 Å long; [2 1 0] with 8.94 Å is beyond.
    found = listed(cubic("P m -3 m"), 7.0)
    assert set(found) == {(1, 0, 0), (1, 1, 0), (1, 1, 1)}
    assert [number for _, number in found.values()] == [6, 12, 8]
    # The face centring halves [1 1 0], and [2 1 1] comes in: half of 4 sqrt 6 = 4.90 Å.
    centred = listed(cubic("F m -3 m"), 5.0)
    assert centred[1, 1, 0] == (pytest.approx(4 / np.sqrt(2)), 12)
    assert centred[2, 1, 1] == (pytest.approx(2 * np.sqrt(6)), 24)
    assert (1, 1, 1) not in centred


@pytest.mark.parametrize("name", ["na3vp-rt", "na2vp-a", "nzsp-300k", "na3vp-ordered"])
def test_against_a_loop_over_all_integers(name: str) -> None:
    phase = navp.load(name)
    group, matrix = phase.space_group, phase.cell.orthogonalisation_matrix
    longest = 24.0
    orbits: dict[tuple[int, ...], set[tuple[int, ...]]] = {}
    for uvw in product(range(-12, 13), repeat=3):
        if gcd(*uvw) != 1:
            continue
        shortest = np.linalg.norm(matrix @ uvw)
        for part in (2, 3):
            on = np.array(uvw) / part - group.centring_vectors
            if (np.abs(on - np.rint(on)).max(axis=1) < 1e-9).any():
                shortest = np.linalg.norm(matrix @ uvw) / part
        if shortest > longest:
            continue
        images = {tuple((turn @ uvw).tolist()) for turn in group.laue_rotations}
        first = max(images, key=lambda image: (-sum(n < 0 for n in image), image))
        orbits[first] = images
    found = listed(phase, longest)
    assert set(found) == set(orbits)
    assert all(found[uvw][1] == len(images) for uvw, images in orbits.items())


def test_the_paper_s_axis() -> None:
    # [2 3 6] of Na2VP, by the metric alone: P lattice, so its length is that of the vector.
    phase = navp.load("na2vp-a")
    cell = phase.cell
    a, b, c = 2 * cell.a, 3 * cell.b, 6 * cell.c
    by_hand = np.sqrt(a**2 + b**2 + c**2 + 2 * a * c * np.cos(np.radians(cell.beta)))
    uvw = np.array([[2, 3, 6]])
    length = axis_length(uvw, cell.orthogonalisation_matrix, phase.space_group.centring_vectors)
    assert length[0] == pytest.approx(by_hand)
    turned = canonical_axes(np.array([[-4, 6, -12]]), phase.space_group.laue_rotations)
    assert turned.tolist() == [[2, 3, 6]]
    assert axis_multiplicity(uvw[0], phase.space_group.laue_rotations) == 4


def test_millions_of_axes_are_refused() -> None:
    with pytest.raises(InputError, match="millions of zone axes"):
        listed(cubic("P 1"), 500.0)
