"""What must hold for the misfit of any two lattices."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from navp_structures.analysis.misfit.misfit import lattice_misfit
from navp_structures.kernels import correspondence as kernel
from navp_structures.kernels import lattice, strain
from navp_structures.kernels.lattice import Floats
from navp_structures.model.cell import UnitCell
from navp_structures.model.phase import Phase
from navp_structures.model.spacegroup import SpaceGroup

lengths = st.floats(4.0, 12.0)
angles = st.floats(65.0, 115.0)
small = st.integers(-2, 2)


@st.composite
def cells(draw: st.DrawFn) -> Floats:
    parameters = np.array([draw(lengths) for _ in range(3)] + [draw(angles) for _ in range(3)])
    volume = lattice.volume(lattice.metric_tensor(parameters))
    assume(volume > 0.3 * parameters[:3].prod())
    return parameters


@st.composite
def matrices(draw: st.DrawFn) -> Floats:
    """Return whole numbers with a positive determinant."""
    matrix = np.array([[draw(small) for _ in range(3)] for _ in range(3)], dtype=np.float64)
    assume(np.linalg.det(matrix) > 0.5)
    return matrix


@st.composite
def unimodular(draw: st.DrawFn) -> Floats:
    """Return a change of basis: a product of shears and a cyclic order."""
    matrix = np.roll(np.eye(3), draw(st.integers(0, 2)), axis=0)
    for _ in range(3):
        shear = np.eye(3)
        i, j = draw(st.sampled_from([(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)]))
        shear[i, j] = draw(st.integers(-1, 1))
        matrix = matrix @ shear
    return matrix


def parameters_of(metric: Floats) -> Floats:
    edges = np.sqrt(np.diag(metric))
    cosines = (metric / np.outer(edges, edges))[[1, 0, 0], [2, 2, 1]]
    return np.concatenate([edges, np.degrees(np.arccos(cosines))])


def phase_of(name: str, parameters: Floats, units: int = 1) -> Phase:
    names = ("a", "b", "c", "alpha", "beta", "gamma")
    return Phase(
        id=name,
        cell=UnitCell(**dict(zip(names, parameters.tolist(), strict=True))),
        space_group=SpaceGroup.from_name("P 1"),
        formula="NaV2P3O12",
        formula_units=units,
    )


@given(cells(), cells(), matrices(), unimodular(), unimodular())
def test_stretches_are_free_of_the_choice_of_axes(
    one: Floats, two: Floats, matrix: Floats, turn: Floats, other: Floats
) -> None:
    plain = strain.stretches(one, two, matrix).values
    first, second = (
        parameters_of(t.T @ lattice.metric_tensor(p) @ t)
        for p, t in ((one, turn), (two, other))
    )
    # v' = T⁻¹ v in either phase.
    turned = np.linalg.inv(other) @ matrix @ turn
    assert strain.stretches(first, second, turned).values == pytest.approx(plain, rel=1e-6)


@given(cells(), cells(), matrices())
def test_volume_is_the_product_and_the_way_back_is_reciprocal(
    one: Floats, two: Floats, matrix: Floats
) -> None:
    there = strain.stretches(one, two, matrix)
    back = strain.stretches(two, one, np.linalg.inv(matrix))
    assert back.values == pytest.approx(1 / there.values[::-1], rel=1e-7)
    volumes = [lattice.volume(lattice.metric_tensor(p)) for p in (one, two)]
    ratio = np.linalg.det(matrix) * volumes[1] / volumes[0]
    assert there.values.prod() == pytest.approx(ratio, rel=1e-9)
    assert strain.strain_measure(back.values) == pytest.approx(
        strain.strain_measure(there.values), rel=1e-6
    )


@given(cells(), cells(), matrices())
def test_tensors_hold_the_stretches(one: Floats, two: Floats, matrix: Floats) -> None:
    frames = [lattice.orthogonalisation_matrix(p) for p in (one, two)]
    gradient = strain.deformation_gradient(*frames, matrix)
    rotation, stretch = strain.polar(gradient)
    found = strain.stretches(one, two, matrix)
    assert np.linalg.eigvalsh(stretch) == pytest.approx(found.values, rel=1e-7)
    assert np.linalg.det(rotation) == pytest.approx(1.0)
    assert rotation @ stretch == pytest.approx(gradient, abs=1e-9)
    # Each axis is stretched along itself.
    rays = frames[0] @ found.axes
    assert rays.T @ rays == pytest.approx(np.eye(3), abs=1e-7)
    assert stretch @ rays == pytest.approx(rays * found.values, abs=1e-6)


@given(cells(), cells(), matrices(), st.tuples(small, small, small).filter(any))
def test_area_times_spacing_is_volume(
    one: Floats, two: Floats, matrix: Floats, hkl: tuple[int, int, int]
) -> None:
    inside = strain.stretches(one, two, matrix, strain.in_plane(hkl)).values
    space = strain.stretches(one, two, matrix).values
    reads = np.array(hkl) @ np.linalg.inv(matrix)
    spacings = [
        float(lattice.d_spacings(h, lattice.inverse(lattice.metric_tensor(p))))
        for h, p in ((hkl, one), (reads, two))
    ]
    assert inside.prod() * spacings[1] / spacings[0] == pytest.approx(space.prod(), rel=1e-6)
    # A plane's stretches lie between those of space, one on either side of the middle.
    slack = 1.0 + 1e-7
    assert space[0] <= inside[0] * slack
    assert inside[0] <= space[1] * slack
    assert space[1] <= inside[1] * slack
    assert inside[1] <= space[2] * slack


@given(cells(), unimodular())
def test_reduction_keeps_the_lattice(parameters: Floats, turn: Floats) -> None:
    metric = lattice.metric_tensor(parameters)
    short = kernel.reduced_basis(metric, turn)
    assert np.linalg.det(short) == pytest.approx(1.0)
    edges = np.diag(short.T @ metric @ short)
    assert edges.sum() <= np.diag(metric).sum() * (1.0 + 1e-9)


@given(
    cells(),
    st.sampled_from(kernel.hermite_normal_forms(2).tolist()),
    unimodular(),
    st.lists(st.floats(-0.03, 0.03), min_size=6, max_size=6),
)
@settings(max_examples=40, deadline=None)
def test_a_strained_supercell_is_found_back(
    parameters: Floats, form: list[list[int]], turn: Floats, changes: list[float]
) -> None:
    cell = np.array(form) @ turn
    a, b, c, d, e, f = changes
    stretch = np.eye(3) + np.array([[a, d, e], [d, b, f], [e, f, c]])
    frame = stretch @ lattice.orthogonalisation_matrix(parameters) @ cell
    values = np.linalg.eigvalsh(stretch)
    one = phase_of("parent", parameters)
    two = phase_of("child", parameters_of(frame.T @ frame), units=2)
    misfit = lattice_misfit(one, two, max_strain=0.15)
    # Another correspondence may need even less strain; this one is among those that come near.
    measure = strain.strain_measure(values)
    # Scores within 1 % are equal, so are strain measures within 2.01 %.
    assert misfit.correspondence.strain <= measure * 1.0202 + 2e-6
    given_back = lattice_misfit(one, two, correspondence=np.linalg.inv(cell))
    assert [row.stretch for row in given_back] == pytest.approx(values, rel=1e-6)
