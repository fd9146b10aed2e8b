"""What must hold for the polyhedra of a phase, however its crystal is written down."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gemmi
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

import navp_structures as navp
from navp_structures import Phase, Site, SpaceGroup, Species, UnitCell
from navp_structures.analysis.polyhedra.polyhedra import polyhedra
from navp_structures.analysis.polyhedra.result import Polyhedron

Array = npt.NDArray[np.float64]
Rewritten = Callable[[Phase, Any, Any], Phase]

CENTRES = {
    "na3vp-rt": ["V", "P", "Na"],
    "nzsp-300k": ["Zr", "Si", "Na1", "Na2"],
    "na2vp-a": ["V", "P"],
    "navp-model": ["V", "P", "Na"],
}
NAMES = st.sampled_from(sorted(CENTRES))

# Columns are the new axes: permuted, sheared (the a + 2c of monoclinic cells), turned over.
BASES = (
    ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    ((0, 0, 1), (1, 0, 0), (0, 1, 0)),
    ((0, 1, 0), (0, 0, 1), (1, 0, 0)),
    ((0, 1, 0), (1, 0, 0), (0, 0, -1)),
    ((1, 0, 0), (0, 1, 0), (2, 0, -1)),
    ((1, 0, 0), (0, -1, 0), (2, 0, -1)),
    ((1, 1, 0), (0, 1, 0), (0, 0, 1)),
    ((1, 0, 1), (0, 1, 0), (0, 0, 1)),
    ((-1, 0, 0), (0, -1, 0), (0, 0, -1)),
)
bases = st.sampled_from(BASES)
# Triplets hold translations in 24ths.
origins = st.tuples(*[st.integers(0, 23).map(lambda n: n / 24)] * 3)


def in_p1(phase: Phase) -> tuple[Phase, list[str]]:
    """Return the phase without symmetry, and the label that each of its sites had."""
    sites, origin = [], []
    for site in phase.sites:
        found: list[Array] = []
        for triplet in phase.space_group.operations:
            fract = np.array(gemmi.Op(triplet).apply_to_xyz(list(site.fract)))
            steps = [fract - other for other in found]
            # Fractions: sites are at least 0.03 of the longest axis apart.
            if all(np.abs(step - np.rint(step)).max() > 1e-3 for step in steps):
                found.append(fract)
        for n, fract in enumerate(found):
            x, y, z = (float(v) for v in fract)
            own = tuple(replace(s, label=f"{s.label}.{n}") for s in site.species)
            sites.append(
                Site(label=f"{site.label}.{n}", species=own, fract=(x, y, z), u_iso=site.u_iso)
            )
            origin.append("/".join(s.label for s in site.species))
    cell = UnitCell(**dict(zip(("a", "b", "c", "alpha", "beta", "gamma"),
                               phase.cell.parameters, strict=True)))  # fmt: skip
    group = SpaceGroup.from_name("P 1")
    return Phase(id="plain", cell=cell, space_group=group, sites=tuple(sites)), origin


@functools.cache
def original(name: str) -> dict[str, Polyhedron]:
    return {row.centre: row for row in polyhedra(name, CENTRES[name]).rows}


def bonds_of(row: Polyhedron) -> list[float]:
    return sorted(bond.length for bond in row.bonds for _ in range(bond.multiplicity))


FIELDS = (
    "mean_bond",
    "volume",
    "distortion_index",
    "quadratic_elongation",
    "bond_angle_variance",
    "effective_coordination",
    "bond_valence_sum",
    "valence",
    "occupancy",
    "centre_offset",
    "centroid_offset",
    "gap",
    "weighted_number",
)
SU_FIELDS = ("mean_bond_su", "volume_su", "bond_valence_sum_su")


def agree(one: Polyhedron, two: Polyhedron, fields: tuple[str, ...] = FIELDS) -> None:
    assert (one.coordination, one.by_gap, one.by_solid_angle) == (
        two.coordination,
        two.by_gap,
        two.by_solid_angle,
    )
    assert bonds_of(one) == pytest.approx(bonds_of(two), abs=1e-6)
    for field in fields:
        # Coordinates of special positions are printed with eight digits, 1e-7 Å of the
        # longest axis, and moved onto their position where symmetry says so; variances and
        # small faces of degrees follow 1e-5 of that.
        assert getattr(one, field) == pytest.approx(getattr(two, field), rel=1e-5, abs=1e-6), (
            one.centre,
            field,
        )


@settings(max_examples=100, deadline=None)
@given(NAMES, bases, origins)
def test_other_axes_and_origins(
    rewritten: Rewritten, name: str, basis: Any, origin: Any
) -> None:
    phase = rewritten(navp.load(name), basis, origin)
    rows = polyhedra(phase, CENTRES[name]).rows
    assert len(rows) == len(original(name))
    for row in rows:
        other = original(name)[row.centre]
        agree(row, other)
        assert row.multiplicity == other.multiplicity
        assert Counter(
            {(b.ligand, round(b.length, 4)): b.multiplicity for b in row.bonds}
        ) == Counter({(b.ligand, round(b.length, 4)): b.multiplicity for b in other.bonds})


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(["na3vp-rt", "na2vp-a", "navp-model"]), bases, origins)
def test_a_path_to_itself_in_other_axes_changes_nothing(
    rewritten: Rewritten, name: str, basis: Any, origin: Any
) -> None:
    phase = rewritten(navp.load(name), basis, origin)
    path = navp.sodiation_path([name, phase])
    one, two = path.rows
    assert two.volume_change == pytest.approx(0.0, abs=1e-6)
    for field in ("ions", "mean_bond", "bond_valence_sum", "charge_valence"):
        assert getattr(two, field) == pytest.approx(getattr(one, field), rel=1e-5), field


@settings(max_examples=30, deadline=None)
@given(NAMES, bases, origins)
def test_what_is_shared_in_other_axes(
    rewritten: Rewritten, name: str, basis: Any, origin: Any
) -> None:
    def summary(phase: Phase) -> tuple[Counter[Any], Counter[Any]]:
        shared = polyhedra(phase, CENTRES[name]).shared()
        parts: Counter[Any] = Counter()
        for row in shared.rows:
            parts[row.centre, row.other, row.kind, round(row.distance, 2)] += row.number
        lanterns: Counter[Any] = Counter()
        for unit in shared.lanterns:
            lanterns[unit.centres, unit.bridges] += unit.number
        return parts, lanterns

    phase = navp.load(name)
    assert summary(rewritten(phase, basis, origin)) == summary(phase)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(["na2vp-a", "navp-model"]), bases, origins)
def test_errors_in_space_do_not_know_the_axes(
    rewritten: Rewritten, name: str, basis: Any, origin: Any
) -> None:
    # The expected error of a site is the same along all directions of space.
    phase = navp.load(name)
    straight = rewritten(phase, BASES[0], (0.0, 0.0, 0.0))
    rows = polyhedra(rewritten(phase, basis, origin), ["V", "P"]).rows
    others = polyhedra(straight, ["V", "P"]).rows
    for row, other in zip(rows, others, strict=True):
        assert row.mean_bond_su is not None
        agree(row, other, SU_FIELDS)
        su = sorted(bond.length_su or 0.0 for bond in row.bonds)
        assert su == pytest.approx(sorted(bond.length_su or 0.0 for bond in other.bonds))


@settings(max_examples=20, deadline=None)
@given(NAMES, bases, origins)
def test_symmetry_written_out(rewritten: Rewritten, name: str, basis: Any, origin: Any) -> None:
    plain, parents = in_p1(rewritten(navp.load(name), basis, origin))
    before = original(name)
    # Elements as they are; of labels, each that a site has now.
    known = {element for site in plain.sites for element in site.elements}
    asked = [
        label
        for one in CENTRES[name]
        for label in (
            [one]
            if one in known
            else [
                site.label
                for site, parent in zip(plain.sites, parents, strict=True)
                if parent == one
            ]
        )
    ]
    result = polyhedra(plain, asked)
    counts: Counter[str] = Counter()
    for row in result.rows:
        parent = "/".join(part.split(".")[0] for part in row.centre.split("/"))
        agree(row, before[parent])
        assert row.multiplicity == 1
        counts[parent] += 1
    assert counts == {centre: row.multiplicity for centre, row in before.items()}


def split_by_a_mirror() -> Phase:
    """Return an octahedron on a mirror plane, a corner of it half-filled on either side."""

    def site(label: str, x: float, y: float, z: float, occupancy: float = 1.0) -> Site:
        fract = (0.3 + x / 12.0, 0.5 + y / 11.0, 0.4 + z / 10.0)
        species = Species(symbol=label[:1], label=label, occupancy=occupancy)
        return Site(label=label, species=(species,), fract=fract)

    return Phase(
        id="split",
        cell=UnitCell(a=12.0, b=11.0, c=10.0, beta=95.0),
        space_group=SpaceGroup.from_name("P 1 m 1"),
        sites=(
            site("V1", 0.0, 0.0, 0.0),
            site("O1", 2.0, 0.0, 0.0),
            site("O2", -1.9, 0.0, 0.0),
            site("O3", 0.1, 2.0, 0.1),
            site("O4", 0.0, 0.0, 2.05),
            site("O5", 0.1, 0.25, -2.0, 0.5),
        ),
    )


@settings(max_examples=20, deadline=None)
@given(bases, origins)
def test_split_ligands_in_other_axes(rewritten: Rewritten, basis: Any, origin: Any) -> None:
    phase = split_by_a_mirror()
    (row,) = polyhedra(phase, "V").rows
    assert row.coordination == 6
    moved = rewritten(phase, basis, origin)
    for written in (moved, in_p1(moved)[0]):
        result = polyhedra(written, "V")
        (other,) = result.rows
        agree(other, row)
        assert sum("split" in remark for remark in result.remarks) == 1


@settings(max_examples=4, deadline=None)
@given(st.sampled_from(["na3vp-rt", "na2vp-a"]), origins)
def test_lanterns_with_symmetry_written_out(
    rewritten: Rewritten, name: str, origin: Any
) -> None:
    plain, _ = in_p1(rewritten(navp.load(name), BASES[0], origin))
    shared = polyhedra(plain, ["V", "P"]).shared()
    with_symmetry = polyhedra(name, ["V", "P"])
    assert sum(unit.number for unit in shared.lanterns) == sum(
        unit.number for unit in with_symmetry.shared().lanterns
    )
    # Corners of all polyhedra of the cell.
    times = {row.centre: row.multiplicity for row in with_symmetry.rows}
    assert sum(row.number for row in shared.rows) == sum(
        row.number * times[row.centre] for row in with_symmetry.shared().rows
    )


@settings(max_examples=30, deadline=None)
@given(NAMES, st.floats(0.6, 2.0))
def test_scaled_cells(name: str, k: float) -> None:
    phase = navp.load(name)
    cell = replace(
        phase.cell, a=k * phase.cell.a, b=k * phase.cell.b, c=k * phase.cell.c
    )  # fmt: skip
    rows = polyhedra(replace(phase, cell=cell), CENTRES[name]).rows
    for row, other in zip(rows, original(name).values(), strict=True):
        assert row.coordination == other.coordination
        assert bonds_of(row) == pytest.approx([k * length for length in bonds_of(other)])
        assert row.volume == pytest.approx(k**3 * (other.volume or 0.0))
        assert row.centroid_offset == pytest.approx(
            k * (other.centroid_offset or 0.0), abs=1e-9
        )
        for field in (
            "distortion_index",
            "quadratic_elongation",
            "bond_angle_variance",
            "effective_coordination",
            "weighted_number",
        ):
            expected = pytest.approx(getattr(other, field), rel=1e-6, abs=1e-9)
            assert getattr(row, field) == expected, field


# -------------------------------------------------------------------- made-up surroundings

EDGE = 20.0
lengths = st.floats(1.7, 2.4)
directions = st.tuples(*[st.integers(-5, 5)] * 3).filter(any)


@st.composite
def surroundings(draw: st.DrawFn) -> Array:
    """Return 4 to 9 ligands (Å) around the origin, none as near to another as an atom."""
    count = draw(st.integers(4, 9))
    points: list[Array] = []
    for _ in range(count):
        direction = np.array(draw(directions), dtype=float)
        point = draw(lengths) * direction / np.linalg.norm(direction)
        assume(all(np.linalg.norm(point - other) > 0.4 for other in points))
        points.append(point)
    found = np.array(points)
    # Thin ones lose digits, flat ones have no volume: their tests are elsewhere.
    spread = np.linalg.svd(found - found.mean(axis=0), compute_uv=False)
    assume(spread[-1] > 0.3)
    return found


@st.composite
def boxes(draw: st.DrawFn) -> UnitCell:
    angles = {n: draw(st.integers(75, 105)) for n in ("alpha", "beta", "gamma")}
    return UnitCell(a=EDGE, b=EDGE + 1.0, c=EDGE + 2.0, **angles)


@settings(max_examples=100, deadline=None)
@given(surroundings(), boxes(), st.tuples(*[st.floats(0.0, 1.0)] * 3))
def test_made_polyhedra_agree_with_qhull(points: Array, cell: UnitCell, middle: Any) -> None:
    inverse = np.linalg.inv(cell.orthogonalisation_matrix)

    def site(label: str, offset: Array) -> Site:
        x, y, z = (float(v) for v in np.array(middle) + inverse @ offset)
        element = label[:1]
        return Site(label=label, species=(Species(symbol=element, label=label),),
                    fract=(x, y, z))  # fmt: skip

    oxygens = [site(f"O{n}", point) for n, point in enumerate(points)]
    phase = Phase(
        id="made",
        cell=cell,
        space_group=SpaceGroup.from_name("P 1"),
        sites=(site("V", np.zeros(3)), *oxygens),
    )
    (row,) = polyhedra(phase, "V", cutoff=2.5, valences={"V": 4}).rows
    bonds = np.linalg.norm(points, axis=1)
    assert row.coordination == len(points)
    assert bonds_of(row) == pytest.approx(np.sort(bonds), abs=1e-9)
    assert row.volume == pytest.approx(ConvexHull(points).volume, rel=1e-7)
    assert row.bond_valence_sum == pytest.approx(np.exp((1.776 - bonds) / 0.364).sum())
    assert row.centre_offset == pytest.approx(np.linalg.norm(points.mean(axis=0)), abs=1e-9)
    assert row.distortion_index == pytest.approx(np.abs(bonds / bonds.mean() - 1.0).mean())
    assert row.effective_coordination <= len(points) * (1.0 + 1e-9)
    if len(points) in (4, 6, 8):
        assert row.quadratic_elongation is not None
        assert row.bond_angle_variance is not None
    else:
        assert row.bond_angle_variance is None
