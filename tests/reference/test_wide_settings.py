"""One crystal in every setting of the tables, and in axes and origins that no table has.

Spacings, angles, multiplicities, |F|², powder lines and polyhedra do not know in which axes
they are worked out; and a list down to the spacing of a family holds it in all of them.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any, NamedTuple

import gemmi
import numpy as np
import numpy.typing as npt
import pytest

import navp_structures as navp
from navp_structures.analysis.allowed import allowed
from navp_structures.errors import InputError
from navp_structures.kernels import orbit
from navp_structures.model.cell import UnitCell
from navp_structures.model.phase import Phase
from navp_structures.model.site import Site
from navp_structures.model.spacegroup import SpaceGroup

Made = Any
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ENTRIES = tuple(gemmi.spacegroup_table())

# Spacings of one plane in two settings differ by rounding, 6e-16 over (V/abc)²; no setting of
# a made structure is flatter than 0.1.
RELATIVE = 1e-12

# Of the largest |F|²: sums of up to 192 images, whose phases are off by 1e-15, squared.
RELATIVE_F = 1e-12


class Change(NamedTuple):
    """x' = matrix x + shift."""

    matrix: Floats
    shift: Floats

    def cell(self, metric: Floats) -> UnitCell:
        back = np.linalg.inv(self.matrix)
        tensor = back.T @ metric @ back
        edges = np.sqrt(np.diag(tensor))
        cosines = tensor / np.outer(edges, edges)
        # An arc cosine of 0 is 90 degrees but for rounding, which no symmetry fixes.
        alpha, beta, gamma = (
            round(float(np.degrees(np.arccos(cosines[i, j]))), 12)
            for i, j in ((1, 2), (0, 2), (0, 1))
        )
        a, b, c = edges.tolist()
        return UnitCell(a=a, b=b, c=c, alpha=alpha, beta=beta, gamma=gamma)

    def site(self, site: Site, old: UnitCell, new: UnitCell) -> Site:
        x, y, z = (self.matrix @ np.array(site.fract) + self.shift).tolist()
        u = site.u_aniso
        if u is not None:
            # Mean squares in fractional axes turn with the coordinates.
            scales = [np.outer(c.reciprocal_lengths, c.reciprocal_lengths) for c in (old, new)]
            tensor = self.matrix @ (orbit.u_matrix(np.array(u)) * scales[0]) @ self.matrix.T
            u = tuple(float((tensor / scales[1])[i, j]) for i, j in orbit.U_ORDER)
        none = (None, None, None)
        return replace(site, fract=(x, y, z), fract_su=none, u_aniso=u)

    def phase(self, phase: Phase, group: SpaceGroup) -> Phase:
        cell = self.cell(phase.cell.metric_tensor)
        sites = tuple(self.site(site, phase.cell, cell) for site in phase.sites)
        return Phase(id="other", cell=cell, space_group=group, sites=sites)


def to_setting(entry: gemmi.SpaceGroup) -> Change:
    """Return the change of coordinates from the reference setting."""
    seitz = np.array(entry.basisop.float_seitz())
    return Change(seitz[:3, :3], seitz[:3, 3])


def between(one: gemmi.SpaceGroup, other: gemmi.SpaceGroup) -> Change:
    first, second = to_setting(one), to_setting(other)
    matrix = second.matrix @ np.linalg.inv(first.matrix)
    return Change(matrix, second.shift - matrix @ first.shift)


@pytest.fixture(scope="module")
def settings(made: tuple[Made, ...]) -> list[tuple[Made, Change, Phase]]:
    """Return each made structure in every setting that the tables have of its group."""
    by_number = {m.entry.number: m for m in made}
    changes = [(by_number[e.number], between(by_number[e.number].entry, e)) for e in ENTRIES]
    groups = [SpaceGroup.from_name(entry.xhm()) for entry in ENTRIES]
    return [
        (m, change, change.phase(m.phase, group))
        for (m, change), group in zip(changes, groups, strict=True)
    ]


@functools.cache
def limit(phase: Phase) -> float:
    """Return the spacing (Å) of a family: what is at the limit must be there in each cell."""
    d = allowed(phase, phase.cell.volume ** (1 / 3) / 4.0).d
    return float(d[-1])


def compare(old: Phase, change: Change, new: Phase) -> None:
    """Assert that two descriptions of one crystal have the same reflections."""
    d_min = limit(old)
    one, other = allowed(old, d_min), allowed(new, d_min)
    assert len(one.d) == len(other.d)
    turned = one.hkl @ np.linalg.inv(change.matrix)
    hkl = np.rint(turned).astype(np.int64)
    # What the lattice allows has whole indices in every setting.
    np.testing.assert_allclose(turned, hkl, rtol=0.0, atol=1e-9)
    # Products of floats are quick, and exact for integers of this size.
    turned = hkl.astype(np.float64) @ new.space_group.laue_rotations
    images = turned.astype(np.int64).transpose(1, 0, 2)
    members = {tuple(h): n for n, h in enumerate(other.hkl.tolist())}
    place = [
        next(members[tuple(h)] for h in row if tuple(h) in members) for row in images.tolist()
    ]
    assert sorted(place) == list(range(len(place)))
    assert one.multiplicity.tolist() == other.multiplicity[place].tolist()
    np.testing.assert_allclose(other.d[place], one.d, rtol=RELATIVE)
    volumes = new.cell.volume / old.cell.volume
    for probe in ("xray", "electron", "neutron"):
        theirs = one.f_squared(probe) * volumes**2
        ours = other.f_squared(probe)[place]
        np.testing.assert_allclose(ours, theirs, rtol=0.0, atol=RELATIVE_F * theirs.max())
    first, second = hkl[0], hkl[-1]
    angle = old.angle(tuple(one.hkl[0].tolist()), tuple(one.hkl[-1].tolist()))
    found = new.angle(tuple(first.tolist()), tuple(second.tolist()))
    assert found == pytest.approx(angle, abs=1e-7)


def test_reflections_in_every_setting(settings: list[tuple[Made, Change, Phase]]) -> None:
    assert len(settings) == 564
    for m, change, phase in settings:
        compare(m.phase, change, phase)


@pytest.mark.parametrize("broken", ["site", "cell"])
def test_comparison_notices_another_crystal(
    settings: list[tuple[Made, Change, Phase]], broken: str
) -> None:
    m, change, phase = settings[500]
    compare(m.phase, change, phase)
    if broken == "site":
        x, y, z = phase.sites[-1].fract
        moved = replace(phase.sites[-1], fract=(x + 1e-6, y, z))
        phase = replace(phase, sites=(*phase.sites[:-1], moved))
    else:
        phase = replace(phase, cell=replace(phase.cell, c=phase.cell.c * (1 + 1e-9)))
    with pytest.raises(AssertionError):
        compare(m.phase, change, phase)


def test_powder_lines_in_every_setting(settings: list[tuple[Made, Change, Phase]]) -> None:
    x = np.linspace(1.0, 25.0, 500)
    kept: dict[str, tuple[Floats, int]] = {}
    for m, _, phase in settings:
        if m.phase.id not in kept:
            pattern = navp.powder_pattern(m.phase, radiation=1.0, two_theta=(1.0, 25.0))
            kept[m.phase.id] = pattern.profile(x) / pattern.lines.intensity.sum(), len(pattern)
        pattern = navp.powder_pattern(phase, radiation=1.0, two_theta=(1.0, 25.0))
        curve, count = kept[m.phase.id]
        assert len(pattern) == count
        found = pattern.profile(x) / pattern.lines.intensity.sum()
        np.testing.assert_allclose(found, curve, rtol=0.0, atol=1e-10 * curve.max())


def polyhedron(phase: Phase) -> Any:
    """Return that of a general position, or None where too few or too many atoms are near."""
    names = {"centre": phase.sites[2].label, "ligand": phase.sites[3].species[0].label}
    try:
        return next(iter(navp.polyhedra(phase, cutoff=4.0, **names)))
    except InputError:
        return None


def test_polyhedra_in_other_settings(settings: list[tuple[Made, Change, Phase]]) -> None:
    compared = 0
    # Each pair takes 50 ms.
    for m, _, phase in settings[100::20]:
        one, other = polyhedron(m.phase), polyhedron(phase)
        assert (one is None) == (other is None)
        if one is not None:
            assert other.coordination == one.coordination
            assert other.mean_bond == pytest.approx(one.mean_bond, rel=1e-9)
            # Three atoms enclose nothing.
            assert (other.volume is None) == (one.volume is None)
            assert (other.volume or 0.0) == pytest.approx(one.volume or 0.0, rel=1e-9)
            compared += one.volume is not None
    assert compared > 10


# Columns are the old axes in the new ones; sheared, turned over, and moved by 24ths.
BASES = (
    ((0, 0, 1), (1, 0, 0), (0, 1, 0)),
    ((1, 0, 0), (0, 1, 0), (2, 0, 1)),
    ((1, 2, 0), (0, 1, 0), (0, -3, 1)),
    ((-1, 0, 0), (0, -1, 0), (0, 0, -1)),
    ((1, 1, 0), (0, 1, 1), (0, 0, 1)),
)


def in_other_axes(group: SpaceGroup, change: Change) -> SpaceGroup:
    back = np.linalg.inv(change.matrix)
    triplets = []
    for rotation, translation in zip(group.rotations, group.translations, strict=True):
        turned = np.rint(change.matrix @ rotation @ back).astype(int)
        shift = change.matrix @ translation + change.shift - turned @ change.shift
        op = gemmi.Op()
        op.rot = (turned * op.DEN).tolist()
        op.tran = (np.rint(shift * op.DEN).astype(int) % op.DEN).tolist()
        triplets.append(op.triplet())
    return SpaceGroup.from_operations(triplets)


def test_reflections_in_axes_that_no_table_has(made: tuple[Made, ...]) -> None:
    rng = np.random.default_rng(24)
    for n, m in enumerate(made[::3]):
        matrix = np.array(BASES[n % len(BASES)], dtype=np.float64)
        change = Change(matrix, rng.integers(0, 24, 3) / 24)
        group = in_other_axes(m.phase.space_group, change)
        assert len(group.operations) == len(m.phase.space_group.operations)
        compare(m.phase, change, change.phase(m.phase, group))
