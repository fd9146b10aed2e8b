"""A SAED pattern does not know which symmetry or which cell its structure is written in.

New axes (a' b' c') = (a b c) P take coordinates and direct indices with P⁻¹ (columns), hkl
with P (as a row, which is P^T as a column), International Tables A, 1.5.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import gemmi
import numpy as np
import pytest

import navp_structures as navp
from navp_structures.kernels import orbit
from navp_structures.model import standard
from navp_structures.model.cell import UnitCell
from navp_structures.model.phase import Phase
from navp_structures.model.site import Site
from navp_structures.model.spacegroup import SpaceGroup

Triple = tuple[int, int, int]
Matrix = tuple[tuple[int, ...], ...]


def images(site: Site, phase: Phase) -> list[Site]:
    """Return every atom of a site in the cell, its displacement tensor turned with it."""
    group, lengths = phase.space_group, phase.cell.reciprocal_lengths
    kept, ideal = standard.stabiliser(site, phase.cell, group)
    scale = np.outer(lengths, lengths)
    u = standard.u_aniso(site, phase.cell, group)
    atoms = []
    chosen = orbit.orbit_operations(ideal, group.rotations, group.translations, kept)
    for n, operation in enumerate(chosen):
        rotation = group.rotations[operation]
        x, y, z = ((rotation @ ideal + group.translations[operation]) % 1.0).tolist()
        turned = None
        if u is not None:
            tensor = rotation @ (orbit.u_matrix(u) * scale) @ rotation.T / scale
            turned = tuple(float(tensor[i, j]) for i, j in orbit.U_ORDER)
        atoms.append(moved(site, (x, y, z), turned, label=f"{site.label}_{n}"))
    return atoms


def moved(site: Site, fract: Any, u_aniso: Any, *, label: str) -> Site:
    return replace(
        site,
        label=label,
        fract=tuple(float(x) for x in fract),
        fract_su=(None, None, None),
        u_aniso=u_aniso,
        u_aniso_su=None,
        wyckoff=None,
        multiplicity=None,
    )


def written_out(phase: Phase) -> Phase:
    sites = tuple(atom for site in phase.sites for atom in images(site, phase))
    return replace(phase, id="bare", space_group=SpaceGroup.from_name("P 1"), sites=sites)


SETTINGS: list[dict[str, Any]] = [
    {},
    {"thickness": 30.0, "tilt": (0.7, -0.4), "rotation": 20.0, "voltage": 300.0},
    {"precession": 20.0, "thickness": 50.0},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: "+".join(s) or "plain")
@pytest.mark.parametrize("zone", [(0, 0, 1), (1, 0, 0), (2, 1, 0), (1, 2, -3)], ids=str)
@pytest.mark.parametrize("name", ["na3vp-rt", "na2vp-a", "nzsp-300k", "nzsp-monoclinic"])
def test_every_atom_written_out(name: str, zone: Triple, settings: dict[str, Any]) -> None:
    phase = navp.load(name)
    bare = written_out(phase)
    # The net of the primitive lattice is another: the horizontal one must be said.
    horizontal = navp.saed_pattern(phase, zone_axis=zone, d_min=1.2).basis.hkl_1
    asked = {"zone_axis": zone, "horizontal": horizontal, "d_min": 1.2}
    asked |= {"max_excitation_error": 0.0137} | settings
    ours, theirs = (
        {spot.hkl: spot for spot in navp.saed_pattern(p, **asked)} for p in (phase, bare)
    )
    # Without symmetry no rule says so, but what it forbids has waves that cancel all the same:
    # by centring nothing leads there, by glide or screw the same two reflections do.
    assert set(ours) == set(theirs)
    strongest = max(spot.f_squared for spot in ours.values())
    for hkl, other in theirs.items():
        spot = ours[hkl]
        assert spot.reason == other.reason, hkl
        assert (spot.route is None) == (other.route is None), hkl
        assert other.rule == (None if spot.rule is None else "positions, the atoms cancel"), hkl
        for column in ("x", "y", "d", "g", "excitation_error"):
            assert getattr(spot, column) == pytest.approx(getattr(other, column), abs=1e-12)
        # The same sum over atoms in another order.
        assert spot.f_squared == pytest.approx(other.f_squared, rel=1e-9, abs=1e-10 * strongest)
        assert spot.intensity == pytest.approx(other.intensity, rel=1e-8, abs=1e-8)


def integers(matrix: np.ndarray) -> list[list[int]]:
    whole = np.rint(matrix).astype(int)
    assert np.abs(whole - matrix).max() < 1e-9
    return [[int(n) for n in row] for row in whole]


def changed_basis(phase: Phase, p: np.ndarray, group: SpaceGroup) -> Phase:
    """Return the phase in the axes (a b c) P, with the origin where it was."""
    inverse = np.linalg.inv(p)
    metric = p.T @ phase.cell.metric_tensor @ p
    a, b, c = (float(x) for x in np.sqrt(np.diag(metric)))
    pairs = ((1, 2, b * c), (0, 2, a * c), (0, 1, a * b))
    cosines = [float(metric[i, j] / lengths) for i, j, lengths in pairs]
    alpha, beta, gamma = (float(x) for x in np.degrees(np.arccos(cosines)))
    cell = UnitCell(a=a, b=b, c=c, alpha=alpha, beta=beta, gamma=gamma)
    old, new = phase.cell.reciprocal_lengths, cell.reciprocal_lengths
    sites = []
    for site in phase.sites:
        tensor = None
        if site.u_aniso is not None:
            u = orbit.u_matrix(site.u_aniso) * np.outer(old, old)
            u = inverse @ u @ inverse.T / np.outer(new, new)
            tensor = tuple(float(u[i, j]) for i, j in orbit.U_ORDER)
        # The printed 0.33333333 would be moved to special positions in each setting anew.
        _, ideal = standard.stabiliser(site, phase.cell, phase.space_group)
        sites.append(moved(site, inverse @ ideal, tensor, label=site.label))
    return replace(
        phase,
        id="other",
        cell=cell,
        space_group=group,
        sites=tuple(sites),
        formula_units=None,
    )


def conjugated(group: SpaceGroup, p: Matrix) -> SpaceGroup:
    """Return the operations P⁻¹ W P of a unimodular P, exactly."""
    matrix = np.array(p)
    inverse = np.array(integers(np.linalg.inv(matrix)))
    found = []
    for triplet in group.operations:
        op = gemmi.Op(triplet)
        rotation = inverse @ (np.array(op.rot) // op.DEN) @ matrix
        shift = [Fraction(int(n), op.DEN) % 1 for n in inverse @ np.array(op.tran)]
        text = []
        for row, t in zip(rotation.tolist(), shift, strict=True):
            terms = "".join(f"{n:+d}*{x}" for n, x in zip(row, "xyz", strict=True) if n)
            text.append(f"{terms}+{t}" if t else terms)
        found.append(gemmi.Op(",".join(text)).triplet())
    return SpaceGroup.from_operations(found)


# Columns are a', b' and c'; the glide of P 1 21/c 1 goes half of c. With a' = a + c, c' = c it
# does so still; with a' = a, c' = a + c it goes half of c' - a', which is n. With a' = c,
# c' = a it is half of a'. The last has no name.
UNIMODULAR: dict[str, Matrix] = {
    "a + c, b, c": ((1, 0, 0), (0, 1, 0), (1, 0, 1)),
    "a, b, a + c": ((1, 0, 1), (0, 1, 0), (0, 0, 1)),
    "c, -b, a": ((0, 0, 1), (0, -1, 0), (1, 0, 0)),
    "b, c, a": ((0, 0, 1), (1, 0, 0), (0, 1, 0)),
    "oblique": ((1, 1, 0), (0, 1, 1), (1, 1, 1)),
}


def test_names_of_the_settings() -> None:
    group = navp.load("na2vp-a").space_group
    symbols = {what: conjugated(group, p).symbol for what, p in UNIMODULAR.items()}
    # b' = c, c' = a: the axis is along a', the glide half of b'.
    assert list(symbols.values()) == [
        "P 1 21/c 1",
        "P 1 21/n 1",
        "P 1 21/a 1",
        "P 21/b 1 1",
        None,
    ]


# Obverse: a_R = (2 a + b + c) / 3, b_R = (-a + b + c) / 3, c_R = (-a - 2 b + c) / 3.
TO_RHOMBOHEDRAL = np.array([[2, -1, -1], [1, 1, -2], [1, 1, 1]]) / 3


def transformed(p: np.ndarray, zone: Triple, hkl: Triple) -> tuple[Triple, Triple]:
    """Return [u v w] and h k l of the same vectors in the axes (a b c) P."""
    uvw = np.linalg.inv(p) @ np.array(zone)
    # [u v w] is a direction: it may be a multiple.
    uvw = uvw * next(n for n in (1, 2, 3) if np.abs(n * uvw - np.rint(n * uvw)).max() < 1e-9)
    whole = np.rint(uvw).astype(int)
    whole //= np.gcd.reduce(whole)
    (row,) = integers(np.array([hkl]) @ p)
    u, v, w = (int(n) for n in whole)
    return (u, v, w), (row[0], row[1], row[2])


def same(phase: Phase, other: Phase, p: np.ndarray, zone: Triple, **settings: Any) -> None:
    """Compare the patterns of one direction, spot by spot and as pictures."""
    horizontal = navp.saed_pattern(phase, zone_axis=zone, d_min=1.2).basis.hkl_1
    there, along = transformed(p, zone, horizontal)
    asked: dict[str, Any] = {"d_min": 1.2, "max_excitation_error": 0.0137} | settings
    one = navp.saed_pattern(phase, zone_axis=zone, horizontal=horizontal, **asked)
    two = navp.saed_pattern(other, zone_axis=there, horizontal=along, **asked)
    assert len(one) == len(two) > 10
    partner = {spot.hkl: spot for spot in two}
    assert len(partner) == len(two)
    strongest = max(spot.f_squared for spot in one)
    # F is a sum over the cell, and cells differ in size.
    per_cell = float(np.linalg.det(p)) ** -2
    for spot in one:
        _, hkl = transformed(p, zone, spot.hkl)
        found = partner[hkl]
        for column in ("x", "y", "d", "g", "excitation_error"):
            # Angles of the cell go through an arc cosine, and edges through a root.
            assert getattr(spot, column) == pytest.approx(getattr(found, column), abs=1e-11)
        assert (spot.layer, spot.reason) == (found.layer, found.reason)
        limit = 1e-10 * strongest
        scaled = per_cell * found.f_squared
        assert spot.f_squared == pytest.approx(scaled, rel=1e-9, abs=limit)
        assert spot.intensity == pytest.approx(found.intensity, rel=1e-8, abs=1e-8)


WAYS: list[dict[str, Any]] = [
    {},
    {"double_diffraction": True, "tilt": (1.0, 2.0), "rotation": -70.0, "thickness": 20.0},
    {"precession": 15.0, "voltage": 120.0},
]
ZONES: list[Triple] = [(0, 0, 1), (1, 0, 0), (0, 1, 0), (1, 1, 0), (2, 1, 0), (1, -2, 3)]


@pytest.mark.parametrize("settings", WAYS, ids=lambda s: "+".join(s) or "plain")
@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("name", ["na3vp-rt", "nzsp-300k"])
def test_rhombohedral_axes(name: str, zone: Triple, settings: dict[str, Any]) -> None:
    phase = navp.load(name)
    group = SpaceGroup.from_name("R -3 c:R")
    other = changed_basis(phase, TO_RHOMBOHEDRAL, group)
    assert other.cell.alpha == pytest.approx(other.cell.gamma, abs=1e-9)
    same(phase, other, TO_RHOMBOHEDRAL, zone, **settings)


@pytest.mark.parametrize("settings", WAYS, ids=lambda s: "+".join(s) or "plain")
@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("axes", UNIMODULAR)
def test_other_cells_of_na2vp(axes: str, zone: Triple, settings: dict[str, Any]) -> None:
    phase, p = navp.load("na2vp-a"), np.array(UNIMODULAR[axes], dtype=float)
    # The patterns are right-handed, and so must the axes be.
    assert np.linalg.det(p) == pytest.approx(1.0)
    other = changed_basis(phase, p, conjugated(phase.space_group, UNIMODULAR[axes]))
    same(phase, other, p, zone, **settings)


def test_comparison_notices_a_wrong_transformation() -> None:
    phase, p = navp.load("na2vp-a"), np.array(UNIMODULAR["a, b, a + c"], dtype=float)
    other = changed_basis(phase, p, conjugated(phase.space_group, UNIMODULAR["a, b, a + c"]))
    with pytest.raises((AssertionError, KeyError, ValueError)):
        same(phase, other, np.linalg.inv(p), (1, -2, 3))
    # An atom half an Å off.
    first, *others = other.sites
    x, y, z = first.fract
    wrong = moved(first, (x + 0.03, y, z), None, label=first.label)
    with pytest.raises(AssertionError):
        same(phase, replace(other, sites=(wrong, *others)), p, (1, -2, 3))
