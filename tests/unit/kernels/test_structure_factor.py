"""Structure factors against sums written out by hand, and gemmi's own loop."""

from __future__ import annotations

import math

import gemmi
import numpy as np
import pytest

import navp_structures as navp
from navp_structures import Phase, Site, SpaceGroup, Species, UnitCell
from navp_structures.analysis.structure_factors import f_squared, structure_factor
from navp_structures.errors import InputError, NoSitesError
from navp_structures.kernels import structure_factor as kernel
from navp_structures.kernels.scattering import check_fitted, dispersion, form_factors

CALCULATORS = {
    "xray": gemmi.StructureFactorCalculatorX,
    "electron": gemmi.StructureFactorCalculatorE,
    "neutron": gemmi.StructureFactorCalculatorN,
}


def rock_salt(u: float = 0.0) -> Phase:
    def at(symbol: str, x: float) -> Site:
        species = (Species(symbol=symbol, label=symbol),)
        return Site(label=symbol, species=species, fract=(x, x, x), u_iso=u)

    cell = UnitCell(a=5.64, b=5.64, c=5.64)
    group = SpaceGroup.from_name("F m -3 m")
    return Phase(id="nacl", cell=cell, space_group=group, sites=(at("Na", 0.0), at("Cl", 0.5)))


def test_rock_salt_by_hand() -> None:
    # F = 4 (f_Na + f_Cl) for even, 4 (f_Na - f_Cl) for odd, 0 for mixed indices.
    hkl = np.array([[2, 0, 0], [1, 1, 1], [1, 0, 0]])
    stol_squared = (hkl**2).sum(axis=1) / (4 * 5.64**2)
    sodium, chlorine = form_factors(("Na", "Cl"), stol_squared, "xray")
    expected = 4 * (sodium + np.array([1, -1, 0]) * chlorine) * np.array([1, 1, 0])
    f = structure_factor(rock_salt(), hkl, "xray")
    assert f == pytest.approx(expected, abs=1e-9)


def test_isotropic_displacement_by_hand() -> None:
    # exp(-8π² U sin²θ/λ²), that is exp(-2π² U/d²), with d = 5.64/2
    hkl = np.array([[2, 0, 0]])
    ratio = structure_factor(rock_salt(0.02), hkl, "xray") / structure_factor(
        rock_salt(), hkl, "xray"
    )
    assert ratio[0] == pytest.approx(np.exp(-2 * np.pi**2 * 0.02 * 4 / 5.64**2))


def plain_sum(phase: Phase, hkl: tuple[int, int, int]) -> complex:
    """Return F of electrons, one image of each site after the other."""
    h, total = np.array(hkl, dtype=float), 0j
    lengths = phase.cell.reciprocal_lengths
    s2 = np.array([0.25 / phase.d(hkl) ** 2])
    for site in phase.sites:
        f = form_factors((site.species[0].symbol,), s2, "electron")[0, 0]
        u = np.array(site.u_aniso)[[[0, 3, 4], [3, 1, 5], [4, 5, 2]]]
        for op in gemmi.SpaceGroup(str(phase.space_group)).operations():
            turned = np.array(op.rot).T / op.DEN @ h
            shift = np.array(op.tran) / op.DEN
            angle = 2 * np.pi * (turned @ site.fract + h @ shift)
            scaled = turned * lengths
            total += f * np.exp(1j * angle - 2 * np.pi**2 * (scaled @ u @ scaled))
    return total


@pytest.mark.parametrize("symbol", ["P 1 21 1", "P 61", "R 3:H", "F -4 3 m", "I 41", "P -1"])
def test_phases_without_and_with_a_centre(symbol: str) -> None:
    # General positions; the sign of a screw's translation is in the phase of F.
    edges = {
        "P 1 21 1": (5.0, 6.0, 7.0, 90, 103, 90),
        "P 61": (5.0, 5.0, 9.0, 90, 90, 120),
        "R 3:H": (6.0, 6.0, 9.0, 90, 90, 120),
        "F -4 3 m": (6.0, 6.0, 6.0, 90, 90, 90),
        "I 41": (5.0, 5.0, 8.0, 90, 90, 90),
        "P -1": (5.0, 6.0, 7.0, 80, 95, 103),
    }[symbol]
    names = ("a", "b", "c", "alpha", "beta", "gamma")
    sites = tuple(
        Site(
            label=label,
            species=(Species(symbol=label, label=label),),
            fract=place,
            u_aniso=(0.01, 0.02, 0.015, 0.004, -0.003, 0.002),
        )
        for label, place in (("V", (0.11, 0.23, 0.37)), ("O", (0.41, 0.07, 0.19)))
    )
    phase = Phase(
        id="made",
        cell=UnitCell(**dict(zip(names, edges, strict=True))),
        space_group=SpaceGroup.from_name(symbol),
        sites=sites,
    )
    hkl = [
        (1, 1, 2),
        (2, 0, 0),
        (1, -1, 3),
        (0, 0, 4),
        (3, 1, 1),
        (-2, 1, 1),
        (1, 1, 3),
        (1, 0, 1),
    ]
    found = structure_factor(phase, np.array(hkl), "electron")
    expected = np.array([plain_sum(phase, one) for one in hkl])
    assert np.abs(found - expected).max() < 1e-9 * np.abs(expected).max()


def test_form_factors_straight_ahead() -> None:
    zero = np.zeros(1)
    # X-ray: the number of electrons, to the table's rounding.
    assert form_factors(("V", "O"), zero, "xray")[:, 0] == pytest.approx([23, 8], abs=0.01)
    # Bound coherent lengths in fm, Sears 1992: V -0.3824, O 5.803.
    lengths = form_factors(("V", "O"), zero, "neutron")[:, 0]
    assert lengths == pytest.approx([-0.3824, 5.803], abs=1e-6)
    with pytest.raises(InputError, match="no electron scattering factor of Es"):
        form_factors(("Es",), zero, "electron")


@pytest.mark.parametrize("probe", CALCULATORS)
@pytest.mark.parametrize("name", ["Na3VP", "Na2VP", "NZSP", "nzsp-monoclinic"])
def test_against_gemmis_loop(name: str, probe: str) -> None:
    phase = navp.load(name)
    small = phase.to_gemmi()
    calculator = CALCULATORS[probe](small.cell)
    hkl = np.array([row.hkl for row in navp.reflections(phase, d_min=1.5)])
    theirs = [calculator.calculate_sf_from_small_structure(small, h.tolist()) for h in hkl]
    ours = structure_factor(phase, hkl, probe)
    # gemmi's form factors are in single precision; 1e-4 electrons of some thousands.
    assert np.abs(ours - np.array(theirs)).max() < 1e-4


def test_anomalous_weights_break_friedels_law_only_without_a_centre() -> None:
    fract = np.array([[0.1, 0.2, 0.3], [0.4, 0.15, 0.7]])
    hkl = np.array([[1, 2, 3], [-1, -2, -3]])
    weights = np.array([1.0 + 0.5j, 2.0 + 0.1j])
    for symbol, equal in (("P 1", False), ("P -1", True)):
        group = SpaceGroup.from_name(symbol)
        operations = kernel.split_operations(group.rotations, group.translations)
        assert operations.centric is equal
        still, every = np.zeros((0, 3, 3)), np.eye(2)
        sums = kernel.element_sums(
            hkl, fract, np.zeros(2), still, every, np.ones(2), operations
        )
        assert np.isrealobj(sums) is equal
        f = np.abs(weights @ sums)
        assert bool(abs(f[0] - f[1]) < 1e-12) is equal


def test_split_operations_of_every_setting() -> None:
    for entry in gemmi.spacegroup_table():
        group = SpaceGroup.from_name(entry.xhm())
        split = kernel.split_operations(group.rotations, group.translations)
        count = len(split.rotations) * len(split.centring) * (2 if split.centric else 1)
        assert count == len(group.operations)


@pytest.mark.parametrize("blocks", [2, 3, 20])
def test_blocks_do_not_change_the_sum(monkeypatch: pytest.MonkeyPatch, blocks: int) -> None:
    phase = navp.load("Na2VP")
    hkl = np.array([row.hkl for row in navp.reflections(phase, d_min=2.0)])
    whole = structure_factor(phase, hkl, "electron")
    group = phase.space_group
    split = kernel.split_operations(group.rotations, group.translations)
    waves = len(phase.sites) * len(split.rotations)
    monkeypatch.setattr(kernel, "_BLOCK", waves * math.ceil(len(hkl) / blocks))
    parts = structure_factor(phase, hkl, "electron")
    assert parts == pytest.approx(whole, rel=1e-12, abs=1e-12)


def test_cell_only_phases() -> None:
    alpha = navp.load("na3vp-alpha")
    hkl = np.array([[0, 0, 2]])
    assert np.isnan(f_squared(alpha, hkl, "xray")).all()
    with pytest.raises(NoSitesError, match="a structure factor needs atoms"):
        structure_factor(alpha, hkl, "xray")


def test_dispersion_for_copper_radiation() -> None:
    # International Tables C, 4.2.6.8, Cu Kα: f' and f''.
    printed = {"O": 0.0492 + 0.0322j, "Na": 0.1353 + 0.1239j, "P": 0.2955 + 0.4335j,
               "V": 0.0687 + 2.1097j, "Zr": -0.1862 + 2.2449j}  # fmt: skip
    found = dispersion(tuple(printed), 1.5405929)
    assert found == pytest.approx(np.array(list(printed.values())), abs=0.01)


def test_dispersion_is_for_xrays_only() -> None:
    with pytest.raises(InputError, match="not of the probe electron"):
        structure_factor(navp.load("NZSP"), np.array([[0, 1, 2]]), "electron", wavelength=1.54)


def test_powder_lines_of_na3vp() -> None:
    # Calculated elsewhere with the same U_ij and f': 2θ for Cu Kα1 and relative intensity.
    printed = [(14.25, 24), (20.07, 52), (20.33, 20), (23.76, 83), (28.72, 39), (31.55, 33),
               (32.02, 100), (35.60, 50), (48.63, 33)]  # fmt: skip
    phase, wavelength = navp.load("Na3VP"), 1.5405929
    rows = navp.reflections(phase, d_min=1.0895).rows
    hkl = np.array([row.hkl for row in rows])
    f = structure_factor(phase, hkl, "xray", wavelength=wavelength)
    theta = np.arcsin([wavelength / 2 / row.d for row in rows])
    lorentz = (1 + np.cos(2 * theta) ** 2) / (np.sin(theta) ** 2 * np.cos(theta))
    intensity = np.array([row.multiplicity for row in rows]) * np.abs(f) ** 2 * lorentz
    intensity *= 100 / intensity.max()
    two_theta = np.degrees(2 * theta)
    for angle, height in printed:
        near = np.argmin(np.abs(two_theta - angle))
        assert two_theta[near] == pytest.approx(angle, abs=0.011)
        assert intensity[near] == pytest.approx(height, abs=1.5)


def test_form_factors_end_where_their_tables_do() -> None:
    # sin θ/λ = 1/2d is 2 Å⁻¹ at 0.25 Å. Beyond, the Gaussians of X-rays make nitrogen negative:
    # 12.2126 e^(-0.0057 s²) - 11.529 + … at 3.4 Å⁻¹, where d is 0.147 Å.
    assert form_factors(("N",), np.array([4.0]), "xray")[0, 0] > 0.0
    assert form_factors(("N",), np.array([0.25 / 0.147**2]), "xray")[0, 0] < 0.0
    for probe in ("xray", "electron"):
        check_fitted(np.array([1.0, 0.25 * (1 - 1e-10)]), probe)
        with pytest.raises(
            InputError, match=rf"the {probe} form factors end at d 0\.25 Å .*0\.147"
        ):
            check_fitted(np.array([1.0, 0.147]), probe)
    check_fitted(np.array([0.147]), "neutron")
    check_fitted(np.array([]), "xray")


def test_a_list_with_strengths_ends_there_too() -> None:
    with pytest.raises(InputError, match=r"the xray form factors end at d 0\.25 Å"):
        navp.reflections("Na3VP", d_min=0.2)
    assert navp.reflections("Na3VP", d_min=0.2, probe="neutron").rows[-1].d < 0.201
    assert navp.reflections("na3vp-alpha", d_min=0.24).rows[-1].f_squared is None
