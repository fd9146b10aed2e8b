"""What must hold for any cell, group and reflection."""

from __future__ import annotations

import gemmi
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import navp_structures as navp
from navp_structures import Phase, SpaceGroup, UnitCell, index_spacings
from navp_structures.errors import CellError
from navp_structures.kernels import lattice, reflections
from navp_structures.model.hkl import format_hkl, parse_hkl

lengths = st.floats(2.0, 30.0)
angles = st.floats(50.0, 130.0)
indices = st.integers(-12, 12)
hkls = st.tuples(indices, indices, indices).filter(any)
SYMBOLS = [entry.xhm() for entry in gemmi.spacegroup_table()]


@st.composite
def cells(draw: st.DrawFn) -> UnitCell:
    values = [draw(lengths) for _ in range(3)] + [draw(angles) for _ in range(3)]
    names = ("a", "b", "c", "alpha", "beta", "gamma")
    try:
        cell = UnitCell(**dict(zip(names, values, strict=True)))
    except CellError:
        assume(False)
        raise
    # Flat cells lose digits in the inverse, which is not what is tested here.
    assume(cell.volume > 0.1 * cell.a * cell.b * cell.c)
    return cell


@given(cells(), hkls)
def test_spacings_agree_with_gemmi(cell: UnitCell, hkl: tuple[int, int, int]) -> None:
    expected = gemmi.UnitCell(*cell.parameters).calculate_d(list(hkl))
    d = lattice.d_spacings(hkl, cell.reciprocal_metric_tensor)
    assert d == pytest.approx(expected, rel=1e-9)
    opposite = lattice.d_spacings([-n for n in hkl], cell.reciprocal_metric_tensor)
    assert opposite == pytest.approx(d, rel=1e-12)


@given(cells(), hkls, hkls)
def test_angles_agree_with_cartesian_vectors(
    cell: UnitCell, one: tuple[int, int, int], two: tuple[int, int, int]
) -> None:
    matrix = np.linalg.inv(cell.orthogonalisation_matrix)
    g, h = np.array(one) @ matrix, np.array(two) @ matrix
    cosine = g @ h / np.linalg.norm(g) / np.linalg.norm(h)
    angle = lattice.interplanar_angles(one, two, cell.reciprocal_metric_tensor)
    assert np.cos(np.radians(angle)) == pytest.approx(cosine, abs=1e-9)


@given(cells(), hkls, hkls)
def test_a_zone_axis_lies_in_both_planes(
    cell: UnitCell, one: tuple[int, int, int], two: tuple[int, int, int]
) -> None:
    axis = lattice.zone_axes(one, two)
    assert axis @ np.array(one) == 0
    assert axis @ np.array(two) == 0
    assert np.gcd.reduce(axis) in (0, 1)


@given(st.sampled_from(SYMBOLS), hkls)
def test_equivalents_share_spacing_absence_and_representative(
    symbol: str, hkl: tuple[int, int, int]
) -> None:
    group = SpaceGroup.from_name(symbol)
    seed = np.array([[49.0, -2, -4], [-2, 81, -3], [-4, -3, 121]])
    turned = np.einsum("rji,jk,rkl->ril", group.rotations, seed, group.rotations)
    reciprocal = lattice.inverse(turned.mean(axis=0))
    images = reflections.equivalents([hkl], group.laue_rotations)[:, 0]
    d = lattice.d_spacings(images, reciprocal)
    assert d == pytest.approx(np.full(len(d), d[0]), rel=1e-9)
    members, times = reflections.representatives(images, group.laue_rotations)
    assert len(np.unique(members, axis=0)) == 1
    assert set(times) == {len(np.unique(images, axis=0))}
    absent = group.gemmi.systematic_absences(images.astype(np.int32))
    assert len(set(absent.tolist())) == 1


@given(st.sampled_from(SYMBOLS))
@settings(max_examples=60)
def test_family_lists_hold_each_reflection_once(symbol: str) -> None:
    group = SpaceGroup.from_name(symbol)
    seed = np.array([[16.0, -1, -1], [-1, 25, -2], [-1, -2, 36]])
    turned = np.einsum("rji,jk,rkl->ril", group.rotations, seed, group.rotations)
    metric = turned.mean(axis=0)
    every = reflections.sphere(metric, 1.2)
    _, times, _ = reflections.families(metric, 1.2, group.laue_rotations)
    assert times.sum() == len(every)


@given(hkls)
def test_labels_read_back(hkl: tuple[int, int, int]) -> None:
    assert parse_hkl(format_hkl(hkl)) == hkl


@given(st.sampled_from(["Na3VP", "Na2VP", "NaVP", "NZSP", "na3vp-alpha"]), hkls)
@settings(max_examples=60, deadline=None)
def test_a_calculated_spacing_finds_its_family(name: str, hkl: tuple[int, int, int]) -> None:
    phase = navp.load(name)
    assume(phase.d(hkl) > 1.0)
    result = index_spacings(phase.d(hkl), phases=phase, sigma=0.002)
    member, _ = reflections.representatives([hkl], phase.space_group.laue_rotations)
    family = tuple(int(n) for n in member[0])
    rows = result.rows if phase.absence(hkl) is None else result.extinct
    assert family in {row.hkl for row in rows}


@given(cells(), st.floats(0.0001, 0.05), st.floats(0.0001, 0.05))
def test_su_of_a_spacing_grows_with_the_cells(cell: UnitCell, one: float, two: float) -> None:
    from dataclasses import replace

    small, large = sorted((one, two))

    def su(value: float) -> float:
        names = ("a", "b", "c", "alpha", "beta", "gamma")
        moved = replace(cell, **{f"{name}_su": value for name in names})
        phase = Phase(id="x", cell=moved, space_group=SpaceGroup.from_name("P -1"))
        found = phase.d_su((1, 2, 3))
        assert found is not None
        return found

    assert su(small) <= su(large) * (1 + 1e-12)
