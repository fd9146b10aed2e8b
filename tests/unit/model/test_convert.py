"""Structures for gemmi, pymatgen and ASE."""

from __future__ import annotations

import sys

import gemmi
import numpy as np
import pytest

import navp_structures as navp
from navp_structures import Phase, Site, SpaceGroup, Species, UnitCell
from navp_structures.errors import MissingPackageError


def test_partial_and_mixed_occupancies_of_nzsp() -> None:
    structure = navp.load("NZSP").structure
    composition = structure.composition
    # 6 formula units: 6 · (0.49 + 3 · 0.773 + 6 · 0.093) Na, 6 · 2.35 Si, 6 · 0.65 P
    assert composition["Na"] == pytest.approx(6 * (0.49 + 3 * 0.773 + 6 * 0.093))
    assert composition["Si"] == pytest.approx(6 * 2.35, abs=1e-2)
    assert composition["Zr"] == 12
    assert composition["O"] == 72
    mixed = [site for site in structure if len(site.species) == 2]
    assert len(mixed) == 18
    assert mixed[0].label == "Si1/P1"


def test_structure_is_a_copy_each_time() -> None:
    phase = navp.load("Na3VP")
    phase.structure.remove_species(["Na"])
    assert phase.structure.composition["Na"] > 0


def test_gemmi_occupancies_are_crystallographic() -> None:
    small = navp.load("Na3VP").to_gemmi()
    by_label = {site.label: site for site in small.sites}
    # V1 on 12c of 36: 12/36; Na1 on 6b with 0.805
    assert by_label["V1"].occ == pytest.approx(12 / 36)
    assert by_label["Na1"].occ == pytest.approx(0.805 * 6 / 36)


def test_f000_counts_electrons() -> None:
    # F(000) is the number of electrons in the cell; the article prints 1320 for full Na3.
    small = navp.load("Na3VP").to_gemmi()
    electrons = sum(site.occ * site.element.atomic_number * 36 for site in small.sites)
    assert electrons == pytest.approx(1320, abs=0.2)


def _pyrite(group: SpaceGroup, shift: float) -> Phase:
    def at(label: str, symbol: str, x: float, u: float) -> Site:
        return Site(
            label=label,
            species=(Species(symbol=symbol, label=label),),
            fract=(x + shift, x + shift, x + shift),
            u_aniso=(u, u, u, 0.002, 0.002, 0.002),
        )

    return Phase(
        id="pyrite",
        cell=UnitCell(a=5.4, b=5.4, c=5.4),
        space_group=group,
        sites=(at("Fe1", "Fe", 0.0, 0.004), at("S1", "S", 0.385, 0.006)),
    )


def test_a_setting_without_symbol_gives_the_same_amplitudes() -> None:
    group = SpaceGroup.from_name("P a -3")
    ops = gemmi.find_spacegroup_by_name("P a -3").operations()
    ops.change_basis_forward(gemmi.Op("x+1/8,y+1/8,z+1/8"))
    moved = SpaceGroup.from_operations([op.wrap().triplet() for op in ops])
    assert moved.symbol is None
    for hkl in ([1, 1, 1], [2, 0, 0], [2, 1, 0], [3, 1, 2]):
        values = []
        for phase in (_pyrite(group, 0.0), _pyrite(moved, 0.125)):
            small = phase.to_gemmi()
            calculator = gemmi.StructureFactorCalculatorX(small.cell)
            values.append(abs(calculator.calculate_sf_from_small_structure(small, hkl)))
        assert values[1] == pytest.approx(values[0], rel=1e-9)


def test_ase_keeps_occupancies() -> None:
    atoms = navp.load("NZSP").to_ase()
    assert len(atoms) == 12 + 18 + 36 + 36 + 6 + 18 + 36
    assert atoms.cell.volume == pytest.approx(navp.load("NZSP").cell.volume)
    assert {"Si": 0.7833, "P": 0.2167} in list(atoms.info["occupancy"].values())


def test_ase_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ase", None)
    with pytest.raises(MissingPackageError, match="navp-structures\\[ase\\]"):
        navp.load("NZSP").to_ase()


def test_positions_are_wrapped_and_apart() -> None:
    structure = navp.load("Na3VP").structure
    distances = structure.distance_matrix + np.eye(len(structure)) * 9
    assert distances.min() > 1.4


def test_charges_reach_pymatgen() -> None:
    def at(symbol: str, x: float) -> Site:
        return Site(
            label=symbol, species=(Species(symbol=symbol, label=symbol),), fract=(x, x, x)
        )

    phase = Phase(id="x", cell=UnitCell(a=4.2, b=4.2, c=4.2),
                  space_group=SpaceGroup.from_name("P m -3 m"),
                  sites=(at("V2+", 0.0), at("O2-", 0.5)))  # fmt: skip
    assert phase.structure.charge == 0
    assert {str(s) for s in phase.structure.composition} == {"V2+", "O2-"}
    assert phase.to_gemmi().sites[0].charge == 2


def test_occupancies_that_scatter_above_one_are_scaled_for_pymatgen() -> None:
    species = Species(symbol="Zr", label="Zr1", occupancy=1.01, occupancy_su=0.01)
    phase = Phase(
        id="x",
        cell=UnitCell(a=4.0, b=4.0, c=4.0),
        space_group=SpaceGroup.from_name("P m -3 m"),
        sites=(Site(label="Zr1", species=(species,), fract=(0.0, 0.0, 0.0)),),
    )
    assert phase.structure.composition["Zr"] == pytest.approx(1.0)
    assert phase.sites[0].occupancy == 1.01


def test_sites_of_one_place_with_different_displacements_are_one_in_pymatgen() -> None:
    def part(symbol: str, u: float) -> Site:
        half = Species(symbol=symbol, label=symbol, occupancy=0.5)
        return Site(label=symbol, species=(half,), fract=(0.0, 0.0, 0.0), u_iso=u)

    phase = Phase(id="x", cell=UnitCell(a=4.0, b=4.0, c=4.0),
                  space_group=SpaceGroup.from_name("P m -3 m"),
                  sites=(part("Si", 0.01), part("P", 0.02)))  # fmt: skip
    assert len(phase.structure) == 1
    assert phase.structure.composition["Si"] == 0.5
    assert len(phase.to_ase()) == 1


def test_deuterium_is_heavy_hydrogen_in_ase() -> None:
    site = Site(label="D1", species=(Species(symbol="D", label="D1"),), fract=(0.0, 0.0, 0.0))
    phase = Phase(id="x", cell=UnitCell(a=4.0, b=4.0, c=4.0),
                  space_group=SpaceGroup.from_name("P 1"), sites=(site,))  # fmt: skip
    atoms = phase.to_ase()
    assert atoms.get_chemical_symbols() == ["H"]
    assert atoms.get_masses()[0] == pytest.approx(2.014, abs=1e-3)


def test_charges_of_one_element_add_up_in_ase() -> None:
    iron = [
        Site(
            label=label,
            species=(Species(symbol=symbol, label=label, occupancy=0.5),),
            fract=(0.1, 0.2, 0.3),
        )
        for label, symbol in (("Fe1", "Fe2+"), ("Fe2", "Fe3+"))
    ]
    cell = UnitCell(a=10, b=11, c=12, alpha=90, beta=90, gamma=90)
    group = SpaceGroup.from_name("P 2 2 2")
    phase = Phase(id="x", cell=cell, space_group=group, sites=tuple(iron))
    assert phase.to_ase().info["occupancy"] == {"0": {"Fe": 1.0}}
