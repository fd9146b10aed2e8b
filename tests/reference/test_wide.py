"""Random structures of all 230 groups against gemmi, spglib and plain counting.

`made` draws for each group one of its settings, a cell that obeys it, sites on special and
general positions, partial and mixed occupancies, and U that obey the site symmetry.
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import gemmi
import numpy as np
import numpy.typing as npt
import pytest

import navp_structures as navp
from navp_structures.analysis.allowed import allowed
from navp_structures.analysis.composition import element_counts
from navp_structures.analysis.reflections import Families, families
from navp_structures.analysis.spglib_symmetry import contents, find_symmetry
from navp_structures.kernels import reflections as kernel
from navp_structures.model import standard
from navp_structures.model.phase import Phase

Made = Any
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

CALCULATORS = {
    "xray": gemmi.StructureFactorCalculatorX,
    "electron": gemmi.StructureFactorCalculatorE,
    "neutron": gemmi.StructureFactorCalculatorN,
}

# Of all scattering lengths added up. Both sum the same terms in double precision, up to 192
# operations × 5 atoms, whose phases 2π h x are off by 1e-15. Form factors of X-rays and
# electrons gemmi works out in single precision: 2**-24 for each of up to six terms. The worst
# found are 3.9e-15, 7.5e-8 and 4.6e-8.
TOLERANCE = {"neutron": 1e-14, "xray": 1e-7, "electron": 1e-7}


def test_they_are_as_many_and_as_different_as_is_said(made: tuple[Made, ...]) -> None:
    assert len(made) >= 200
    assert {m.entry.number for m in made} == set(range(1, 231))
    assert len({m.entry.crystal_system_str() for m in made}) == 7
    special = sum(
        n < len(m.phase.space_group.operations) for m in made for n in m.multiplicities
    )
    assert special > 200
    assert sum(m.entry.xhm() != _reference(m.entry).xhm() for m in made) > 50


def _reference(entry: gemmi.SpaceGroup) -> gemmi.SpaceGroup:
    return gemmi.get_spacegroup_reference_setting(entry.number)


def ball(m: Made, d_min: float) -> tuple[Ints, Floats]:
    """Return every (hkl) to a spacing and 1/d² by gemmi, from a box larger than is needed."""
    lengths = m.phase.cell.parameters[:3]
    top = [int(edge / d_min) + 2 for edge in lengths]
    axes = [np.arange(-n, n + 1) for n in top]
    hkl = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    squares = m.small.cell.calculate_1_d2_array(hkl.astype(np.int32))
    inside = (squares <= 1.0 / d_min**2) & np.any(hkl != 0, axis=1)
    return hkl[inside], squares[inside]


def orbits(m: Made, hkl: Ints) -> Ints:
    """Return the images of reflections under gemmi's operations and Friedel's law."""
    rotations = np.array([op.rot for op in m.entry.operations().sym_ops]) // gemmi.Op.DEN
    # Products of floats are quick, and exact for integers of this size.
    images = (hkl.astype(np.float64) @ rotations).astype(np.int64).transpose(1, 0, 2)
    return np.asarray(np.concatenate([images, -images], axis=1))


def keys(hkl: Ints) -> Ints:
    return np.asarray((hkl + 500) @ np.array([1_000_000, 1_000, 1]))


@pytest.fixture(scope="module")
def lists(made: tuple[Made, ...]) -> list[Families]:
    """Return the families of each structure, absent ones too."""
    return [families(m.phase, m.d_min, "electron") for m in made]


def test_families_fill_the_sphere(made: tuple[Made, ...], lists: list[Families]) -> None:
    checked = 0
    for m, found in zip(made, lists, strict=True):
        members = keys(orbits(m, found.hkl))
        sizes = [len(set(row)) for row in members.tolist()]
        assert found.multiplicity.tolist() == sizes, m.entry.xhm()
        hkl, _ = ball(m, m.d_min)
        every = np.unique(members)
        assert np.array_equal(every, np.sort(keys(hkl))), m.entry.xhm()
        # Together they hold each reflection once.
        assert sum(sizes) == len(hkl)
        checked += len(hkl)
    assert checked > 200_000


def forbidden(entry: gemmi.SpaceGroup, hkl: Ints) -> np.ndarray:
    """Return which reflections an operation keeps while it moves the waves against each other.

    In whole numbers, from the triplets; the package asks gemmi.
    """
    operations = [gemmi.Op(op.triplet()) for op in entry.operations()]
    rotations = np.array([op.rot for op in operations]) // gemmi.Op.DEN
    kept = np.all(hkl.astype(np.float64) @ rotations == hkl, axis=2).T
    moved = hkl @ np.array([op.tran for op in operations]).T % gemmi.Op.DEN != 0
    return np.any(kept & moved, axis=1)


def test_absences(made: tuple[Made, ...], lists: list[Families]) -> None:
    absent = 0
    for m, found in zip(made, lists, strict=True):
        expected = forbidden(m.entry, found.hkl)
        assert np.array_equal(found.absent, expected), m.entry.xhm()
        table = allowed(m.phase, m.d_min)
        assert np.array_equal(table.hkl, found.hkl[~found.absent])
        absent += int(expected.sum())
    assert absent > 5_000


def test_spacings(made: tuple[Made, ...], lists: list[Families]) -> None:
    for m, found in zip(made, lists, strict=True):
        expected = m.small.cell.calculate_d_array(found.hkl.astype(np.int32))
        # Exact formulas in double precision, of cells that are not flat.
        np.testing.assert_allclose(found.d, expected, rtol=1e-12)
        assert np.all(np.diff(found.d) < 1e-9)


def gemmi_f(m: Made, hkl: Ints, probe: str) -> npt.NDArray[np.complex128]:
    calculator = CALCULATORS[probe](m.small.cell)
    return np.array(
        [calculator.calculate_sf_from_small_structure(m.small, row) for row in hkl.tolist()]
    )


def forward(m: Made, probe: str) -> float:
    """Return the scattering lengths of the cell added up: no |F| is above."""
    tables = {"xray": "it92", "electron": "c4322", "neutron": "neutron92"}
    return sum(
        species.occupancy
        * n
        * abs(getattr(gemmi.Element(species.element), tables[probe]).calculate_sf(0.0))
        for site, n in zip(m.phase.sites, m.multiplicities, strict=True)
        for species in site.species
    )


@pytest.mark.parametrize("probe", CALCULATORS)
def test_structure_factors(made: tuple[Made, ...], probe: str) -> None:
    errors = []
    for m in made:
        table = allowed(m.phase, m.d_min)
        theirs = np.abs(gemmi_f(m, table.hkl, probe))
        difference = np.abs(np.sqrt(table.f_squared(probe)) - theirs).max()
        errors.append(float(difference) / forward(m, probe))
    worst = int(np.argmax(errors))
    assert errors[worst] < TOLERANCE[probe], made[worst].entry.xhm()


def test_absent_reflections_cancel(made: tuple[Made, ...], lists: list[Families]) -> None:
    # The sum over all atoms does not know of absences.
    for m, found in zip(made, lists, strict=True):
        hkl = found.hkl[found.absent][::10]
        if len(hkl):
            error = np.abs(gemmi_f(m, hkl, "electron")).max() / forward(m, "electron")
            assert error < TOLERANCE["neutron"], m.entry.xhm()
        assert not found.f_squared[found.absent].any()


def test_comparison_notices_an_occupancy(made: tuple[Made, ...]) -> None:
    m = made[166]
    hkl = allowed(m.phase, m.d_min).hkl
    ours = np.sqrt(allowed(m.phase, m.d_min).f_squared("neutron"))
    m.small.sites[-1].occ *= 1.0 + 1e-9
    try:
        theirs = np.abs(gemmi_f(m, hkl, "neutron"))
    finally:
        m.small.sites[-1].occ /= 1.0 + 1e-9
    assert np.abs(ours - theirs).max() / forward(m, "neutron") > 10 * TOLERANCE["neutron"]


def test_site_multiplicities_and_content(made: tuple[Made, ...]) -> None:
    for m in made:
        phase: Phase = m.phase
        cell, group = phase.cell, phase.space_group
        found = [standard.multiplicity(site, cell, group) for site in phase.sites]
        assert tuple(found) == m.multiplicities, m.entry.xhm()
        positions = [standard.positions(site, cell, group) for site in phase.sites]
        assert tuple(len(p) for p in positions) == m.multiplicities
        content: Counter[str] = Counter()
        for site, n in zip(phase.sites, m.multiplicities, strict=True):
            for species in site.species:
                content[species.element] += n * species.occupancy
        counts = {count.element: count.from_sites for count in element_counts(phase)}
        assert counts == pytest.approx(dict(content), rel=1e-12)


def test_spglib_finds_the_group_that_was_declared(made: tuple[Made, ...]) -> None:
    # Four kinds of atoms at random leave no room for more symmetry than was put in.
    left_out = []
    for m in made:
        found = find_symmetry(contents(m.phase), 1e-3)
        assert found.rotations is not None
        assert found.translations is not None
        group = m.phase.space_group
        if (found.number, len(found.rotations)) != (m.entry.number, len(group.operations)):
            left_out.append(m.entry.xhm())
            continue
        ours = _exact(group.rotations, group.translations)
        assert _exact(found.rotations, found.translations) == ours, m.entry.xhm()
    assert left_out == []


def _exact(rotations: Ints, translations: Floats) -> set[tuple[int, ...]]:
    shifts = np.rint(translations * 24).astype(int) % 24
    return {(*r.ravel().tolist(), *t.tolist()) for r, t in zip(rotations, shifts, strict=True)}


WAVELENGTH = 1.0


def test_powder_lines_add_up_every_reflection(made: tuple[Made, ...]) -> None:
    for m in made[::3]:
        d_min = 2.0 * m.d_min
        angle = float(np.degrees(2 * np.arcsin(WAVELENGTH / (2 * d_min))))
        lines = navp.powder_pattern(
            m.phase, radiation=WAVELENGTH, probe="neutron", two_theta=(0.5, angle)
        ).lines
        hkl, squares = ball(m, d_min)
        strength = np.abs(gemmi_f(m, hkl, "neutron")) ** 2
        # One after the other as the spacings come: 1/d² that agree are one line.
        order = np.argsort(squares)
        starts = np.flatnonzero(np.diff(squares[order], prepend=-1.0) > 1e-9)
        positions = squares[order][starts]
        sums = np.add.reduceat(strength[order], starts)
        ours = np.zeros(len(positions))
        numbers = np.zeros(len(positions), dtype=int)
        places = np.abs(positions - (1 / lines.d**2)[:, np.newaxis]).argmin(axis=1)
        np.add.at(ours, places, lines.multiplicity * lines.f_squared)
        np.add.at(numbers, places, lines.multiplicity)
        # Of |F|² twice what |F| may differ by.
        scale = 2 * TOLERANCE["neutron"] * forward(m, "neutron") ** 2
        np.testing.assert_allclose(ours, sums, rtol=0.0, atol=scale * numbers.max())
        there = strength[order] > scale
        counted = np.add.reduceat(there.astype(int), starts)
        assert np.all(numbers >= counted), m.entry.xhm()
        assert numbers.sum() == np.count_nonzero(~forbidden(m.entry, hkl))
        sine = np.sqrt(positions) * WAVELENGTH / 2
        # Lorentz factor of a powder: 1 / (sin²θ cosθ).
        heights = sums / (sine**2 * np.sqrt(1 - sine**2))
        intensity = np.zeros(len(positions))
        np.add.at(intensity, places, lines.intensity * lines.unit)
        np.testing.assert_allclose(
            intensity / heights.max(), heights / heights.max(), rtol=0.0, atol=1e-10
        )


def test_a_list_by_hand_of_a_ball_is_the_kernels(made: tuple[Made, ...]) -> None:
    for m in itertools.islice(made, 0, None, 9):
        hkl, _ = ball(m, m.d_min)
        sphere = kernel.sphere(m.phase.cell.metric_tensor, m.d_min)
        assert np.array_equal(np.sort(keys(sphere)), np.sort(keys(hkl)))
