"""Sublattices, reduced bases and the search for lattice correspondences."""

from __future__ import annotations

import numpy as np
import pytest

from navp_structures.kernels import correspondence as kernel
from navp_structures.kernels import lattice
from navp_structures.kernels.lattice import is_whole
from navp_structures.model.spacegroup import SpaceGroup

CUBE = np.eye(3) * 16.0


@pytest.mark.parametrize("index", range(1, 13))
def test_sublattices_are_all_there_and_differ(index: int) -> None:
    # Their number is Σ a · b² ... over the diagonals; for a prime p it is 1 + p + p².
    forms = kernel.hermite_normal_forms(index)
    divisors = [d for d in range(1, index + 1) if index % d == 0]
    expected = sum(d * e**2 for d in divisors for e in divisors if index % (d * e) == 0)
    # Σ over a b c = m of b · c² counts the same.
    assert len(forms) == expected
    assert np.linalg.det(forms) == pytest.approx(np.full(len(forms), index))
    # Of two bases of one lattice one is a whole multiple of the other.
    quotients = np.linalg.inv(forms)[:, np.newaxis] @ forms
    same = is_whole(quotients).all(axis=(2, 3))
    assert np.array_equal(same, np.eye(len(forms), dtype=bool))


@pytest.mark.parametrize(
    ("symbol", "count"),
    [("P 1", 1), ("C 1 2/c 1", 2), ("I a -3", 2), ("R -3 c:H", 3), ("F m -3 m", 4)],
)
def test_primitive_basis(symbol: str, count: int) -> None:
    centring = SpaceGroup.from_name(symbol).centring_vectors
    basis = kernel.primitive_basis(centring)
    assert np.linalg.det(basis) == pytest.approx(1 / count)
    whole = np.linalg.inv(basis) @ np.concatenate([np.eye(3), centring]).T
    assert is_whole(whole).all()


def test_reduced_basis_of_a_skew_cell() -> None:
    skew = np.array([[1.0, 7.0, -3.0], [0.0, 1.0, 5.0], [0.0, 0.0, 1.0]])
    short = kernel.reduced_basis(CUBE, skew)
    assert np.sqrt(np.diag(short.T @ CUBE @ short)) == pytest.approx([4.0, 4.0, 4.0])
    assert np.linalg.det(short) == pytest.approx(1.0)


def test_reduced_basis_of_a_centred_cube() -> None:
    # The shortest vectors of F are a/√2, of which three are independent.
    basis = kernel.primitive_basis(SpaceGroup.from_name("F m -3 m").centring_vectors)
    short = kernel.reduced_basis(CUBE, basis)
    assert np.sqrt(np.diag(short.T @ CUBE @ short)) == pytest.approx([4 / np.sqrt(2)] * 3)


def test_coincidence_of_lattices() -> None:
    # x/2 is whole for even x alone; x/2 + y/3 for x even and y a multiple of 3.
    basis = kernel.coincidence_basis(np.diag([0.5, 1.0, 1.0]))
    assert np.linalg.det(basis) == pytest.approx(2.0)
    matrix = np.array([[0.5, 1 / 3, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    basis = kernel.coincidence_basis(matrix)
    assert np.linalg.det(basis) == pytest.approx(6.0)
    assert is_whole(matrix @ basis).all()


def test_coincidence_out_of_reach() -> None:
    with pytest.raises(ArithmeticError, match="coincide in no vectors"):
        kernel.coincidence_basis(np.diag([1 / 1000003, 1000003.0, 1.0]))


def test_coincidence_of_large_denominators() -> None:
    # A twelfth beside thirds of the centring, and the thirteenth of a larger cell.
    matrix = np.array([[1 / 36, 1 / 13, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    basis = kernel.coincidence_basis(matrix)
    assert np.linalg.det(basis) == pytest.approx(36 * 13)
    assert is_whole(matrix @ basis).all()


def test_a_cube_maps_on_itself_in_24_ways() -> None:
    matrices, stretches = kernel.correspondences(CUBE, CUBE, (1, 1), 1.1)
    assert len(matrices) == 24
    assert np.linalg.det(matrices) == pytest.approx(np.ones(24))
    assert stretches == pytest.approx(np.ones((24, 3)))


def test_the_bain_correspondence() -> None:
    # fcc to bcc: [1 1 0]/2 of fcc becomes [1 0 0]; stretches √2 b/a twice and b/a, here
    # a = 3.6, b = 2.9: 1.1392 twice and 0.8056.
    one, two = (
        kernel.primitive_basis(SpaceGroup.from_name(symbol).centring_vectors)
        for symbol in ("F m -3 m", "I m -3 m")
    )
    first, second = one.T @ one * 3.6**2, two.T @ two * 2.9**2
    matrices, stretches = kernel.correspondences(first, second, (1, 1), 1.3)
    assert stretches[0] == pytest.approx([0.80556, 1.13923, 1.13923], abs=1e-5)
    turns = SpaceGroup.from_name("F m -3 m").rotations
    cubic = two @ matrices[0] @ np.linalg.inv(one)
    every = kernel.equivalent_correspondences(cubic, turns, turns)
    best = every[kernel.by_plainness(every)[0]]
    assert best == pytest.approx(np.array([[1, 1, 0], [-1, 1, 0], [0, 0, 1]]))


def test_nothing_within_the_limit() -> None:
    matrices, stretches = kernel.correspondences(CUBE, CUBE * 2.0, (1, 1), 1.1)
    assert matrices.shape == (0, 3, 3)
    assert stretches.shape == (0, 3)


def test_equivalents_keep_the_hand() -> None:
    mirror = np.diag([1.0, 1.0, -1.0])
    turns = np.array([np.eye(3), mirror])
    every = kernel.equivalent_correspondences(np.eye(3), turns, turns)
    # Both mirrored or neither.
    assert every == pytest.approx(np.array([np.eye(3), np.eye(3)]))


def test_the_identity_is_the_plainest() -> None:
    turns = SpaceGroup.from_name("P m -3 m").rotations
    every = kernel.equivalent_correspondences(np.eye(3), turns, turns)
    assert every[kernel.by_plainness(every)[0]] == pytest.approx(np.eye(3))
    rows = np.array([[[1, 1, 0], [0, 1, 0], [0, 0, 1]], [[1, 0, 0], [0, -1, 0], [0, 0, -1]]])
    assert kernel.by_plainness(rows.astype(float)).tolist() == [1, 0]


def test_principal_stretches_of_many() -> None:
    images = np.array([np.diag([16.0, 9.0, 25.0]), np.diag([4.0, 16.0, 16.0])])
    found = kernel.principal_stretches(CUBE, images)
    assert found == pytest.approx(np.array([[0.75, 1.0, 1.25], [0.5, 1.0, 1.0]]))
    assert lattice.volume(images[0]) / 64 == pytest.approx(found[0].prod())
