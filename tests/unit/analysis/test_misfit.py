"""Misfit of two phases: correspondence, strain, planes and directions."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import gemmi
import numpy as np
import pytest

import navp_structures as navp
from navp_structures import Phase, SpaceGroup, UnitCell
from navp_structures.analysis.misfit.misfit import lattice_misfit
from navp_structures.analysis.misfit.result import LatticeMisfit
from navp_structures.errors import InputError
from navp_structures.kernels import lattice
from navp_structures.model.hkl import HKL
from navp_structures.show.tables import json_text, text_table

IDENTITY = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]

# a' = a + 2c, b' = -b, c' = -c as columns: the other cell of na2vp-a, right-handed.
USUAL = np.array([[1, 0, 0], [0, -1, 0], [2, 0, -1]])


def in_other_axes(phase: Phase, axes: np.ndarray) -> Phase:
    """Return a phase in a cell whose axes are columns in the old one."""
    back = np.linalg.inv(axes)
    metric = axes.T @ phase.cell.metric_tensor @ axes
    lengths = np.sqrt(np.diag(metric))
    cosines = metric / np.outer(lengths, lengths)
    angles = np.degrees(np.arccos(cosines[[1, 0, 0], [2, 2, 1]]))
    names = ("a", "b", "c", "alpha", "beta", "gamma")
    operations = []
    for text in phase.space_group.operations:
        op = gemmi.Op(text)
        turned = back @ (np.array(op.rot) // op.DEN) @ axes
        moved = back @ np.array(op.tran)
        op.rot = np.rint(turned * op.DEN).astype(int).tolist()
        op.tran = np.rint(moved).astype(int).tolist()
        operations.append(op.wrap().triplet())
    sites = []
    for site in phase.sites:
        x, y, z = (back @ np.array(site.fract)).tolist()
        sites.append(replace(site, fract=(x, y, z), u_aniso=None, u_aniso_su=None))
    size = round(float(np.linalg.det(axes)))
    return Phase(
        id=f"{phase.id}-turned",
        cell=UnitCell(**dict(zip(names, [*lengths, *angles.round(9)], strict=True))),
        space_group=SpaceGroup.from_operations(operations),
        sites=tuple(sites),
        formula=phase.formula,
        formula_units=(phase.formula_units or 1) * size,
    )


def family(hkl: HKL, phase: Phase) -> set[HKL]:
    """Return the equivalents of a plane."""
    return {tuple(row) for row in (np.array(hkl) @ phase.space_group.laue_rotations).tolist()}


@pytest.fixture(scope="module")
def na3vp_na2vp() -> LatticeMisfit:
    return lattice_misfit(
        "Na3VP", "Na2VP", planes=["3 0 0", (1, 1, 6)], directions=["0 0 1", "1 0 0"]
    )


# ------------------------------------------------------------------ R-3c to R-3c, by hand


def test_two_rhombohedral_cells() -> None:
    # 8.4262 / 8.7288 = 0.965333 twice and 21.4780 / 21.8042 = 0.985040.
    misfit = lattice_misfit("na3vp-rt", "navp-model")
    assert misfit.correspondence.matrix == ((1, 0, 0), (0, 1, 0), (0, 0, 1))
    values = [row.stretch for row in misfit]
    assert values == pytest.approx([0.965333, 0.965333, 0.985040], abs=1e-6)
    # 220.108 / 239.789 Å³ for a formula unit, six of them in both cells.
    assert misfit.volume_ratio == pytest.approx(220.108 / 239.789, abs=1e-5)
    assert math.prod(values) == pytest.approx(misfit.volume_ratio)
    assert [row.strain for row in misfit] == pytest.approx(
        [-3.4667, -3.4667, -1.4960], abs=1e-4
    )
    # (0.965333² - 1) / 2 and (0.985040² - 1) / 2.
    green = [row.green_lagrange for row in misfit]
    assert green == pytest.approx([-0.034066, -0.034066, -0.014849], abs=1e-6)
    assert [row.near_uvw for row in misfit] == [(1, 0, 0), (1, 2, 0), (0, 0, 1)]
    assert [row.near_hkl for row in misfit] == [(2, -1, 0), (0, 1, 0), (0, 0, 1)]
    # The su of navp-model rule: 0.02 / 8.4262 · 0.965333 = 0.002291 with 0.0002 of 8.7288.
    assert misfit.rows[0].stretch_su == pytest.approx(0.965333 * 0.02 / 8.4262, rel=1e-3)
    # Which directions of the plane (0 0 1) are the principal ones is open.
    assert [row.direction_su for row in misfit] == [None, None, 0.0]
    # Σ (ln λ)² = 2 · 0.035282² + 0.015073² = 0.002717.
    assert misfit.correspondence.strain == pytest.approx(0.002717, abs=1e-6)
    # Tensors in the axes of the first cell: a along x, c along z.
    assert misfit.stretch_tensor == pytest.approx(np.diag(values), abs=1e-6)
    assert misfit.green_lagrange == pytest.approx(np.diag(green), abs=1e-6)
    assert misfit.deformation_gradient == pytest.approx(np.diag(values), abs=1e-6)


def test_planes_and_directions_of_two_rhombohedral_cells() -> None:
    misfit = lattice_misfit(
        "na3vp-rt",
        "navp-model",
        planes=["3 0 0", "0 0 6", "0 0 3"],
        directions=["1 0 0", "0 0 1"],
    )
    side, base, odd = misfit.planes
    assert (side.reads_as, side.family, side.note) == ((3, 0, 0), ((3, 0, 0),), None)
    # d of (3 0 0) is a √3 / 6; along c and across it lie 0.985040 and 0.965333 in the plane.
    assert side.d == pytest.approx(8.7288 * math.sqrt(3) / 6)
    assert side.spacing_misfit == pytest.approx(-3.4667, abs=1e-4)
    assert side.smallest_misfit == pytest.approx(-3.4667, abs=1e-4)
    assert side.largest_misfit == pytest.approx(-1.4960, abs=1e-4)
    assert side.area_misfit == pytest.approx(100 * (0.965333 * 0.985040 - 1), abs=1e-3)
    assert base.spacing_misfit == pytest.approx(-1.4960, abs=1e-4)
    assert base.smallest_misfit == pytest.approx(base.largest_misfit)
    # 0.05 / 21.478 of the spacing, with 0.0007 / 21.8042.
    assert base.spacing_misfit_su == pytest.approx(100 * 0.985040 * 0.05 / 21.478, rel=1e-3)
    reason = navp.load("navp-model").absence("0 0 3").reason
    assert odd.note == f"extinct in na3vp-rt by {reason}; extinct in navp-model by {reason}"
    along_a, along_c = misfit.directions
    assert along_a.misfit == pytest.approx(-3.4667, abs=1e-4)
    assert (along_a.length, along_a.length_second) == pytest.approx((8.7288, 8.4262))
    assert along_c.misfit == pytest.approx(-1.4960, abs=1e-4)
    assert along_c.misfit_su == pytest.approx(base.spacing_misfit_su)


# ---------------------------------------------------------- R-3c to the monoclinic Na2VP


def test_na3vp_in_na2vp(na3vp_na2vp: LatticeMisfit) -> None:
    # b_m lies along an axis of the hexagonal cell: 8.633 / 8.7288 is a principal stretch.
    assert na3vp_na2vp.middle_stretch == pytest.approx(8.633 / 8.7288)
    assert na3vp_na2vp.rows[1].near_uvw == (0, 1, 0)
    # 0.025 of 8.633 Å.
    assert na3vp_na2vp.middle_stretch_su == pytest.approx(0.025 / 8.7288, rel=1e-3)
    # V/Z 227.159 against 239.789 Å³.
    assert na3vp_na2vp.volume_ratio == pytest.approx(227.159 / 239.789, abs=1e-5)
    assert na3vp_na2vp.correspondence.determinant == 6 / 4
    assert na3vp_na2vp.correspondence.primitive_cells == (2, 1)
    # The rivals move atoms by an Å.
    best, *others = na3vp_na2vp.candidates
    assert best.shuffle is not None
    assert best.shuffle < 0.2
    assert all(item.shuffle is not None and item.shuffle > 0.8 for item in others)


def test_planes_of_na3vp_in_na2vp(na3vp_na2vp: LatticeMisfit) -> None:
    one, two = (navp.load(name) for name in ("na3vp-rt", "na2vp-a"))
    # C = [1/2 0 -1; -1/2 1 0; 1 0 1]: rows (2 0 2) C = (1+2, 0, -2+2) = (3 0 0), and
    # (-3 1 3) C = (-3/2 - 1/2 + 3, 1, 3 + 3) = (1 1 6).
    planes = na3vp_na2vp.planes
    assert [plane.reads_as for plane in planes] == [(2, 0, 2), (-3, 1, 3)]
    for plane in planes:
        assert plane.d == pytest.approx(one.d(plane.hkl))
        assert plane.d_second == pytest.approx(two.d(plane.reads_as))
        assert plane.spacing_misfit == pytest.approx(100 * (plane.d_second / plane.d - 1))
        # Volume is area times spacing.
        area, spacing = (1 + m / 100 for m in (plane.area_misfit, plane.spacing_misfit))
        assert area * spacing == pytest.approx(na3vp_na2vp.volume_ratio)
    # Six planes of {3 0 0} make one pair and two; twelve of {1 1 6} three families of four.
    assert [len(plane.family) for plane in planes] == [2, 3]
    every = {na3vp_na2vp.read(hkl) for hkl in family((3, 0, 0), one)}
    assert every == set().union(*(family(member, two) for member in planes[0].family))


def test_planes_and_zone_axis_of_na2vp_in_na3vp(na3vp_na2vp: LatticeMisfit) -> None:
    back = na3vp_na2vp.inverse()
    # (6 0 -2) C = (3 - 2, 0, -6 - 2) and (3 2 -2) C = (3/2 - 1 - 2, 2, -3 - 2).
    assert back.read("6 0 -2") == (1, 0, -8)
    assert back.read("3 2 -2") == (-1.5, 2.0, -5.0)
    misfit = lattice_misfit(
        "Na2VP",
        "Na3VP",
        correspondence=back.correspondence.matrix,
        planes=["6 0 -2", "3 2 -2"],
        directions=["2 3 6"],
    )
    whole, half = misfit.planes
    assert whole.note is None
    assert half.note == "no lattice plane of na3vp-rt: its indices are not whole there"
    assert "reads (-3/2 2 -5)" in half.text
    # C [u v w] = [2 3 6] for [16 17 2]/3: 16/6 - 2/3 = 2, -16/6 + 17/3 = 3, 16/3 + 2/3 = 6.
    (zone,) = misfit.directions
    assert zone.reads_as == pytest.approx((16 / 3, 17 / 3, 2 / 3))
    assert zone.zone_axis == (16, 17, 2)
    assert "zone axis [16 17 2]" in zone.text


def test_the_usual_cell_of_na2vp_tells_the_same(na3vp_na2vp: LatticeMisfit) -> None:
    phase = navp.load("na2vp-a")
    usual = in_other_axes(phase, USUAL)
    # a' = |a + 2c|: 15.282² + 4 · 8.765² + 4 · 15.282 · 8.765 cos 128.208° = 209.42 Å².
    assert usual.cell.a == pytest.approx(14.471, abs=2e-3)
    assert usual.cell.beta > 90
    misfit = lattice_misfit("Na3VP", usual)
    assert [row.stretch for row in misfit] == pytest.approx([r.stretch for r in na3vp_na2vp])
    assert misfit.correspondence.shuffle == pytest.approx(na3vp_na2vp.correspondence.shuffle)
    assert len(misfit.candidates) == len(na3vp_na2vp.candidates)
    # (6 0 -2) of this cell is (2 0 2) of the curated one, which is (3 0 0) of the parent.
    back = misfit.inverse()
    parent = navp.load("na3vp-rt")
    assert back.read("6 0 -2") in family((3, 0, 0), parent)
    # Indices turn as (hkl)' = (hkl) P, up to what is equivalent in the parent.
    curated = na3vp_na2vp.inverse()
    for hkl in [(6, 0, -2), (2, 0, 2), (4, -2, 6), (1, 1, 1)]:
        h, k, m = (np.array(hkl) @ USUAL).tolist()
        turned = np.array(back.read((h, k, m)))
        expected = np.array(curated.read(hkl)) @ parent.space_group.laue_rotations
        assert np.abs(expected - turned).max(axis=1).min() < 1e-9
    # A cell without su has none to give.
    assert misfit.rows[0].stretch_su is None
    assert misfit.volume_ratio_su is None
    assert all(row.direction_su is None for row in misfit)


def test_atoms_decide_where_strain_misleads() -> None:
    # The lattice of NASICON is nearly cubic: the least strain is another correspondence, by
    # which the atoms of the relaxed ordered cell would move by an Å.
    misfit = lattice_misfit("na3vp-rt", "na3vp-ordered")
    best = misfit.correspondence
    assert best.shuffle is not None
    assert best.shuffle < 0.2
    assert best.strain > min(item.strain for item in misfit.candidates)
    # b_h along a_m + b_m of the C-centred cell, halved; c_h as a_m + 3 c_m.
    assert str(best) == "[0 1/2 1; -1 1/2 0; 0 0 3]"
    cells = [replace(navp.load(p), sites=()) for p in ("na3vp-rt", "na3vp-ordered")]
    alone = lattice_misfit(*cells)
    assert alone.correspondence.strain < best.strain
    assert any("strain alone decided" in note for note in alone.notes)


def test_cell_only_phase() -> None:
    misfit = lattice_misfit("na3vp-alpha", "Na2VP")
    best = misfit.correspondence
    assert best.shuffle is None
    # Of three whose scores agree within 1 % the plainest goes first, not the least.
    scores = [item.score for item in misfit.candidates]
    assert min(scores) < best.score < 1.01 * min(scores)
    assert str(best) == "[1 0 1; 0 -1 0; 2 0 -1]"
    # b on b.
    assert misfit.read_direction("0 1 0") == (0, -1, 0)
    assert "no shuffle, since na3vp-alpha is a cell without atom sites" in " ".join(
        misfit.notes
    )


# -------------------------------------------------------------------------- the way back


def test_inverse_is_consistent(na3vp_na2vp: LatticeMisfit) -> None:
    back = na3vp_na2vp.inverse()
    values = [1 / row.stretch for row in reversed(na3vp_na2vp.rows)]
    assert [row.stretch for row in back] == pytest.approx(values)
    assert (back.first.id, back.second.id, back.found) == ("na2vp-a", "na3vp-rt", True)
    assert back.correspondence.array @ na3vp_na2vp.correspondence.array == pytest.approx(
        np.eye(3)
    )
    for there, here in zip(na3vp_na2vp.planes, back.planes, strict=True):
        assert (here.hkl, here.reads_as) == (there.reads_as, there.hkl)
        assert here.d_second == pytest.approx(there.d)
    again = back.inverse()
    assert again.correspondence.matrix == na3vp_na2vp.correspondence.matrix
    found = lattice_misfit("Na2VP", "Na3VP")
    assert [row.stretch for row in found] == pytest.approx(values)
    assert found.correspondence.shuffle == pytest.approx(na3vp_na2vp.correspondence.shuffle)
    assert found.correspondence.score == pytest.approx(na3vp_na2vp.correspondence.score)


def test_a_phase_against_itself() -> None:
    misfit = lattice_misfit("Na3VP", "Na3VP", planes=["0 1 2"])
    assert misfit.correspondence.matrix == ((1, 0, 0), (0, 1, 0), (0, 0, 1))
    assert [row.stretch for row in misfit] == pytest.approx([1.0] * 3)
    assert misfit.correspondence.shuffle == pytest.approx(0.0, abs=1e-9)
    assert len(misfit.phases) == 1


def test_the_su_of_a_phase_against_itself_cancel() -> None:
    phase = navp.load("na2vp-a")
    # An equal phase is the same measurement, though another object.
    for other in (phase, replace(phase)):
        misfit = lattice_misfit(phase, other, planes=["1 1 3"], directions=["1 2 3"])
        assert len(misfit.phases) == 1
        assert [row.stretch_su for row in misfit] == [None] * 3
        assert [row.green_lagrange_su for row in misfit] == [None] * 3
        assert (misfit.volume_ratio_su, misfit.middle_stretch_su) == (None, None)
        (plane,), (direction,) = misfit.planes, misfit.directions
        assert (plane.spacing_misfit_su, plane.area_misfit_su) == (None, None)
        assert (plane.smallest_misfit_su, plane.largest_misfit_su) == (None, None)
        assert direction.misfit_su is None
        shown = "\n".join([text_table(misfit), *misfit.notes])
        assert "1.00000 " in shown
        assert "-0.0" not in shown
        assert "cells taken as independent" not in shown
    # The same cell, measured twice, has the su of both.
    again = lattice_misfit(phase, replace(phase, id="again"))
    assert again.rows[0].stretch_su is not None


def test_other_correspondences_of_a_phase_with_itself_have_su() -> None:
    # By [1 0 0; 0 1 0; 1 0 1] a becomes a + c: errors of one cell, which partly cancel.
    misfit = lattice_misfit(
        "na2vp-a",
        "na2vp-a",
        correspondence=[[1, 0, 0], [0, 1, 0], [1, 0, 1]],
        directions=["1 0 0"],
    )
    cell = misfit.first.cell
    covariance = cell.covariance
    assert covariance is not None

    def ratio(parameters: np.ndarray) -> float:
        metric = lattice.metric_tensor(parameters)
        u = np.array([1, 0, 1])
        return math.sqrt(u @ metric @ u / metric[0, 0])

    centre, step = np.array(cell.parameters), 1e-5
    slopes = np.array(
        [(ratio(centre + step * e) - ratio(centre - step * e)) / 2 / step for e in np.eye(6)]
    )
    expected = 100 * math.sqrt(slopes @ covariance @ slopes)
    assert misfit.directions[0].misfit_su == pytest.approx(expected, rel=1e-4)
    # b stays b.
    assert misfit.middle_stretch_su is None


# ----------------------------------------------------------------- what is given, and shown


def test_given_matrix_with_fractions(na3vp_na2vp: LatticeMisfit) -> None:
    back = na3vp_na2vp.inverse()
    third = Fraction(1, 3)
    given = [[2 * third, 0, 2 / 3], [0.33333333, 1, third], [-2 * third, 0, np.float64(1 / 3)]]
    misfit = lattice_misfit("Na2VP", "Na3VP", correspondence=given)
    assert misfit.correspondence.matrix == back.correspondence.matrix
    assert not misfit.found
    assert misfit.inputs["correspondence"] == [
        list(row) for row in misfit.correspondence.matrix
    ]
    assert lattice_misfit("Na2VP", "Na3VP", correspondence=np.array(given, float)).rows == (
        misfit.rows
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([[1, 0], [0, 1]], "give three rows of three numbers"),
        ([[1, 0, 0], [0, 1, 0], [0, 0, "1"]], "give three rows of three numbers"),
        ("1 0 0", "give three rows of three numbers"),
        (7, "give three rows of three numbers"),
        (np.eye(4), "give three rows of three numbers"),
        ([[1, 0, 0], [0, 1, 0], [0, 0, 0.3333]], "0.3333 in the correspondence is no fraction"),
        ([[1, 0, 0], [0, 1, 0], [0, 0, math.nan]], "nan in the correspondence is no fraction"),
        ([[1, 0, 0], [0, 1, 0], [1, 1, 0]], "is singular"),
        ([[1, 0, 0], [0, 1, 0], [0, 0, -1]], "determinant -1; it must be positive"),
        (
            [[2, 0, 0], [0, 1, 0], [0, 0, 1]],
            r"6 formula units of na3vp-rt \(one cell\) into 12 of navp-model; its determinant "
            "must be 1, it is 2",
        ),
    ],
)
def test_no_correspondence(given: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        lattice_misfit("na3vp-rt", "navp-model", correspondence=given)


@pytest.mark.parametrize(
    ("phases", "options", "message"),
    [
        (("Na3VP", "NZSP"), {}, "no common host"),
        (("Na3VP", "Na2VP"), {"max_strain": 0.01}, "no correspondence of .* within 1 %"),
        (("Na3VP", "Na2VP"), {"max_strain": 2}, "max_strain is 2; it must be 0.001 to 0.3"),
        (("Na3VP", "Na2VP"), {"max_multiple": 1.5}, "it must be a whole number"),
        (("Na3VP", "Na2VP"), {"max_multiple": 0}, "max_multiple is 0"),
        (("Na3VP", "Na2VP"), {"max_multiple": math.inf}, "max_multiple is inf"),
        (("Na3VP", "Na2VP"), {"planes": ["x"]}, "'x' is no reflection"),
        (("Na3VP", "Na2VP"), {"planes": 3}, "planes are 3; give a list"),
        (("Na3VP", "Na2VP"), {"directions": ["0 0 0"]}, "no zone axis"),
    ],
)
def test_bad_input(phases: tuple[str, str], options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        lattice_misfit(*phases, **options)


def test_hosts_that_fit_in_no_few_cells() -> None:
    cell, group = UnitCell(a=8, b=8, c=8), SpaceGroup.from_name("P 1")
    one, two = (
        Phase(id=f"x{n}", cell=cell, space_group=group, formula="NaV2P3O12", formula_units=n)
        for n in (1, 29)
    )
    with pytest.raises(InputError, match="hold 1 and 29 formula units of the host"):
        lattice_misfit(one, two)


def test_formulas_of_other_multiples() -> None:
    phase = navp.load("na3vp-rt")
    doubled = replace(phase, id="doubled", formula="Na6V4(PO4)6", formula_units=3)
    misfit = lattice_misfit(phase, doubled)
    assert misfit.correspondence.matrix == ((1, 0, 0), (0, 1, 0), (0, 0, 1))
    unknown = replace(phase, id="unknown", formula_units=None)
    assert lattice_misfit(unknown, phase).correspondence.shuffle == pytest.approx(0.0, abs=1e-9)


def test_partly_filled_host_has_no_shuffle() -> None:
    phase = navp.load("na3vp-rt")
    first = phase.sites[0]
    species = tuple(replace(s, occupancy=0.5) for s in first.species)
    sites = (replace(first, species=species), *phase.sites[1:])
    emptied = replace(phase, id="emptied", sites=sites)
    misfit = lattice_misfit(emptied, emptied)
    assert misfit.correspondence.shuffle is None
    assert misfit.correspondence.unmoved == "V1 of emptied is filled to 0.50 only"


def test_hosts_with_other_positions_have_no_shuffle() -> None:
    # 19 positions of O, and 20 of which 0.95 are filled.
    one, two = (_oxide(name, count, 19 / count) for name, count in (("one", 19), ("two", 20)))
    misfit = lattice_misfit(one, two)
    assert misfit.correspondence.shuffle is None
    assert misfit.correspondence.unmoved == (
        "a formula unit has 19 positions of O in one and 20 in two"
    )


def _oxide(name: str, count: int, occupancy: float) -> Phase:
    """Return VO19 with O along the diagonal of a cube."""
    oxygen = [
        navp.Site(
            label=f"O{n}",
            species=(navp.Species(symbol="O", label=f"O{n}", occupancy=occupancy),),
            fract=(n / 25, n / 25, n / 25),
        )
        for n in range(1, count + 1)
    ]
    species = (navp.Species(symbol="V", label="V1"),)
    vanadium = navp.Site(label="V1", species=species, fract=(0.0, 0.0, 0.0))
    return Phase(
        id=name,
        cell=UnitCell(a=12, b=13, c=14),
        space_group=SpaceGroup.from_name("P 1"),
        sites=(vanadium, *oxygen),
        formula_units=1,
    )


def test_mixed_sites_may_become_one_another() -> None:
    phase = navp.load("nzsp-300k")
    misfit = lattice_misfit(phase, phase)
    assert misfit.correspondence.shuffle == pytest.approx(0.0, abs=1e-9)


def test_larger_cells_find_the_smallest_again() -> None:
    once = lattice_misfit("na3vp-rt", "navp-model")
    twice = lattice_misfit("na3vp-rt", "navp-model", max_multiple=2)
    assert twice.correspondence == once.correspondence
    assert len(twice.candidates) >= len(once.candidates)


def test_what_is_shown(na3vp_na2vp: LatticeMisfit) -> None:
    text = text_table(na3vp_na2vp)
    assert "0.989(3)" in text
    notes = " ".join(na3vp_na2vp.notes)
    assert "found: a, b, c of na3vp-rt read [1/2 -1/2 1], [0 1 0], [-1 0 1] in na2vp-a" in notes
    assert "middle stretch 0.989(3), -1.10 % from 1" in notes
    assert "na2vp-a is a model" in notes
    assert "na2vp-a is a model" in repr(na3vp_na2vp)
    assert (
        "3 correspondences were found; the second best is [0 1/2 1; -1 1/2 0; 0 0 3], Σ"
        in notes
    )
    assert "<table>" in na3vp_na2vp._repr_html_()
    frame = na3vp_na2vp.to_dataframe()
    assert list(frame["stretch"]) == [row.stretch for row in na3vp_na2vp]
    assert na3vp_na2vp.to_csv().startswith("number,stretch,stretch_su,strain,")


def test_json(na3vp_na2vp: LatticeMisfit) -> None:
    content = json.loads(json_text(na3vp_na2vp.to_dict()))
    assert content["schema"]["name"] == "navp.misfit"
    assert content["inputs"]["correspondence"] is None
    assert content["inputs"]["max_strain"] == 0.1
    results = content["results"]
    assert results["planes"][0]["reads_as"] == [2, 0, 2]
    assert results["correspondences"][0]["matrix"] == [[0.5, 0, -1], [-0.5, 1, 0], [1, 0, 1]]
    assert np.linalg.det(results["stretch_tensor"]) == pytest.approx(results["volume_ratio"])
    assert [p["id"] for p in content["phases"]] == ["na3vp-rt", "na2vp-a"]
    # What was found can be given.
    again = lattice_misfit(
        "Na3VP", "Na2VP", correspondence=results["correspondences"][0]["matrix"]
    )
    assert again.rows == na3vp_na2vp.rows


def test_turned_axes_helper_keeps_distances() -> None:
    # The helper of these tests: spacings follow (hkl)' = (hkl) P.
    phase = navp.load("na2vp-a")
    usual = in_other_axes(phase, USUAL)
    h, k, m = (np.array([3, 2, -2]) @ USUAL).tolist()
    assert usual.d((h, k, m)) == pytest.approx(phase.d((3, 2, -2)))
    assert lattice.volume(usual.cell.metric_tensor) == pytest.approx(phase.cell.volume)


def test_a_few_missing_atoms_of_the_host_do_not_switch_the_shuffle_off() -> None:
    full = navp.load("Na3VP")
    vanadium, *others = full.sites
    short = replace(
        vanadium, species=tuple(replace(s, occupancy=0.985) for s in vanadium.species)
    )
    misfit = lattice_misfit(replace(full, id="short", sites=(short, *others)), "Na2VP")
    assert misfit.correspondence.shuffle == pytest.approx(
        lattice_misfit("Na3VP", "Na2VP").correspondence.shuffle
    )
