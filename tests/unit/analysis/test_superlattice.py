"""Which reflections a simpler lattice would not have: small crystals made by hand."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import navp_structures as navp
from navp_structures import Phase, Site, SpaceGroup, Species, UnitCell
from navp_structures.analysis.superlattice import beside_parent, parent_translations
from navp_structures.model import standard

Atom = tuple[str, float, float, float]


def is_superlattice(hkl: np.ndarray, phase: Phase) -> np.ndarray:
    """Return which reflections any of the translations forbids."""
    none = np.zeros(len(hkl), dtype=bool)
    return np.asarray(np.any([none, *beside_parent(hkl, phase)], axis=0))


def crystal(
    name: str,
    edges: tuple[float, float, float],
    atoms: list[Atom],
    group: str = "P 1",
    gamma: float = 90.0,
) -> Phase:
    a, b, c = edges
    return Phase(
        id=name,
        cell=UnitCell(a=a, b=b, c=c, alpha=90.0, beta=90.0, gamma=gamma),
        space_group=SpaceGroup.from_name(group),
        sites=tuple(
            Site(
                label=f"{element}{n}",
                species=(Species(symbol=element, label=f"{element}{n}", occupancy=1.0),),
                fract=(x, y, z),
            )
            for n, (element, x, y, z) in enumerate(atoms)
        ),
    )


def test_a_chain_with_a_small_shift() -> None:
    # Two W in a doubled cell, one off the middle by 0.1 Å: (0 0 1/2) but for that.
    atoms = [("W", 0.0, 0.0, 0.0), ("W", 0.0, 0.0, 0.5125)]
    doubled = crystal("doubled", (4.0, 4.0, 8.0), atoms)
    assert parent_translations(doubled).tolist() == [[0.0, 0.0, 0.5]]
    flags = is_superlattice(np.array([[0, 0, 1], [1, 1, 2], [3, 0, -3]]), doubled)
    assert flags.tolist() == [True, False, True]


def test_a_large_shift_is_another_crystal() -> None:
    # 0.8 Å off the middle.
    atoms = [("W", 0.0, 0.0, 0.0), ("W", 0.0, 0.0, 0.6)]
    assert len(parent_translations(crystal("bent", (4.0, 4.0, 8.0), atoms))) == 0


def test_order_of_a_light_atom() -> None:
    # 2 W carry 148 of 151 electrons; one Li fills one of two holes.
    atoms = [("W", 0.0, 0.0, 0.0), ("W", 0.5, 0.0, 0.0), ("Li", 0.25, 0.5, 0.5)]
    ordered = crystal("ordered", (8.0, 4.0, 4.0), atoms)
    assert parent_translations(ordered).tolist() == [[0.5, 0.0, 0.0]]


def test_other_elements_are_no_superlattice() -> None:
    # K and Cl scatter almost alike, which makes odd reflections weak; KCl has no simpler
    # lattice for that.
    salt = crystal("kcl", (6.29, 6.29, 6.29), [("K", 0, 0, 0), ("Cl", 0.5, 0.5, 0.5)],
                   "F m -3 m")  # fmt: skip
    assert len(parent_translations(salt)) == 0


@pytest.mark.parametrize("edge", [2.5, 3.3, 3.61, 4.05])
@pytest.mark.parametrize("group", ["P m -3 m", "I m -3 m", "F m -3 m"])
def test_an_element_has_no_simpler_lattice(edge: float, group: str) -> None:
    # (2/5 2/5 0) of 4.05 Å is 0.57 Å from (1/2 1/2 0): too near a translation of the phase.
    assert (
        len(parent_translations(crystal("element", (edge,) * 3, [("Al", 0, 0, 0)], group))) == 0
    )


def test_half_a_bond_is_far() -> None:
    # Graphite: (0 1/2 1/2) leads each C to the middle of a bond of 1.42 Å, 0.71 Å from two.
    atoms = [("C", 0.0, 0.0, 0.25), ("C", 1 / 3, 2 / 3, 0.25)]
    graphite = crystal("graphite", (2.46, 2.46, 6.71), atoms, "P 63/m m c", gamma=120.0)
    assert len(parent_translations(graphite)) == 0


def test_a_tilted_perovskite_is_a_superlattice_of_the_cubic_one() -> None:
    # CaTiO3, a and c are √2, b is 2 cubic edges: (0 1/2 0) and (1/2 1/2 1/2).
    atoms = [("Ca", 0.0356, 0.25, 0.993), ("Ti", 0.0, 0.0, 0.5), ("O", 0.484, 0.25, 0.071),
             ("O", 0.289, 0.037, 0.711)]  # fmt: skip
    found = parent_translations(crystal("catio3", (5.44, 7.64, 5.38), atoms, "P n m a"))
    assert found.tolist() == [[0.0, 0.5, 0.0], [0.5, 0.5, 0.5]]


def test_strong_reflections_are_no_superlattice() -> None:
    # α-Ga: the atoms are within 0.75 Å of a face-centred lattice, but what that would not
    # have holds 32 % of Σ|F|².
    atoms = [("Ga", 0.0, 0.1539, 0.081)]
    gallium = crystal("ga", (4.5192, 7.6586, 4.5258), atoms, "C m c a")
    assert len(parent_translations(gallium)) == 0


def with_occupancy(phase: Phase, place: int, occupancy: float) -> Phase:
    sites = list(phase.sites)
    (species,) = sites[place].species
    sites[place] = replace(sites[place], species=(replace(species, occupancy=occupancy),))
    return replace(phase, sites=tuple(sites))


def test_occupancies_count() -> None:
    # Nd in one of two holes between 2 W: 60 of 208 electrons have no atom to go to; a fifth
    # of it, 12 of 160, is less than a quarter.
    atoms = [("W", 0.0, 0.0, 0.0), ("W", 0.5, 0.0, 0.0), ("Nd", 0.25, 0.5, 0.5)]
    full = crystal("heavy", (8.0, 4.0, 4.0), atoms)
    assert len(parent_translations(full)) == 0
    few = with_occupancy(full, 2, 0.2)
    assert parent_translations(few).tolist() == [[0.5, 0.0, 0.0]]


def test_orders_of_three_and_four() -> None:
    third = crystal("third", (4.0, 4.0, 12.0),
                    [("W", 0, 0, 0.0), ("W", 0, 0, 0.34), ("W", 0, 0, 0.66)])  # fmt: skip
    assert parent_translations(third) == pytest.approx(np.array([[0, 0, 1 / 3]]))
    assert is_superlattice(np.array([[0, 0, 2], [0, 0, 3]]), third).tolist() == [True, False]
    fifth = crystal("fifth", (4.0, 4.0, 20.0),
                    [("W", 0, 0, z) for z in (0.0, 0.205, 0.4, 0.6, 0.795)])  # fmt: skip
    assert parent_translations(fifth) == pytest.approx(np.array([[0, 0, 0.2]]))
    fourth = crystal("fourth", (4.0, 4.0, 16.0),
                     [("W", 0, 0, 0.0), ("W", 0, 0, 0.26), ("W", 0, 0, 0.5), ("W", 0, 0, 0.74)],
                     )  # fmt: skip
    assert parent_translations(fourth).tolist() == [[0.0, 0.0, 0.25]]
    assert is_superlattice(np.array([[0, 0, 2], [0, 0, 4]]), fourth).tolist() == [True, False]


def test_what_symmetry_turns_into_each_other_holds_together() -> None:
    # Eight W on a grid of 4 Å, shifted along the threefold axis of a doubled cubic cell.
    shift = 0.01
    corners = [
        ("W", x + shift, y + shift, z + shift)
        for x in (0.0, 0.5) for y in (0.0, 0.5) for z in (0.0, 0.5)
    ]  # fmt: skip
    atoms = [corners[0], *corners[1:]]
    atoms[0] = ("W", 0.0, 0.0, 0.0)
    found = parent_translations(crystal("grid", (8.0, 8.0, 8.0), atoms))
    # Three half translations, of which the other four are sums.
    assert found.shape == (3, 3)
    assert set(found.ravel().tolist()) == {0.0, 0.5}
    assert np.linalg.matrix_rank(2 * found) == 3


@pytest.mark.parametrize("name", ["na2vp-a", "na2vp-b", "na2vp-computed"])
def test_na2vp_is_c_centred_but_for_its_sodium(name: str) -> None:
    assert parent_translations(navp.load(name)).tolist() == [[0.5, 0.5, 0.0]]


@pytest.mark.parametrize(
    "name", ["na3vp-rt", "na3vp-gamma", "na3vp-ordered", "navp-model", "nzsp-300k",
             "nzsp-monoclinic", "na3vp-alpha"]
)  # fmt: skip
def test_the_others_have_no_simpler_lattice(name: str) -> None:
    phase = navp.load(name)
    assert parent_translations(phase).shape == (0, 3)
    assert not is_superlattice(np.array([[1, 0, 0], [0, 0, 3]]), phase).any()


def test_superlattice_intensity_is_weak_as_a_class() -> None:
    table = navp.reflections("Na2VP", d_min=1.0, probe="electron")
    means = {
        odd: np.mean([r.f_squared for r in table if sum(r.hkl[:2]) % 2 == odd])
        for odd in (0, 1)
    }
    assert means[1] < 0.05 * means[0]


def test_a_cell_written_out_has_the_pattern_of_its_lattice(tmp_path: Path) -> None:
    # In P 1 the centring and the glide plane are no symmetry, but the same spots are dark.
    file = tmp_path / "p1.cif"
    with warnings.catch_warnings():
        # Of labels that are not unique.
        warnings.simplefilter("ignore")
        navp.load("Na3VP").structure.to(filename=str(file))
    written = navp.saed_pattern(navp.read_cif(file), (2, 1, 0))
    known = {spot.hkl: spot for spot in navp.saed_pattern("Na3VP", (2, 1, 0))}
    assert {s.hkl: s.reason for s in written} == {h: s.reason for h, s in known.items()}
    assert not any("superlattice" in note for note in written.notes)
    rules = {spot.rule for spot in written if spot.rule}
    assert rules == {"positions, the atoms cancel"}


@pytest.mark.parametrize("digits", [4, 5])
def test_thirds_of_few_digits_are_thirds(digits: int) -> None:
    # R-3c of which every atom is written out, coordinates as articles print them.
    phase = navp.load("Na3VP")
    sites = tuple(
        Site(
            label=f"{site.label}x{n}",
            species=tuple(
                replace(species, label=f"{species.label}x{n}") for species in site.species
            ),
            fract=tuple(np.round(place, digits).tolist()),
        )
        for site in phase.sites
        for n, place in enumerate(standard.positions(site, phase.cell, phase.space_group))
    )
    bare = replace(phase, id="bare", space_group=SpaceGroup.from_name("P 1"), sites=sites)
    for h, k, m in (spot.hkl for spot in navp.saed_pattern(bare, (2, 1, 0))):
        assert (-h + k + m) % 3 == 0


def test_special_positions_can_cancel_too() -> None:
    # Si: F d -3 m allows (2 2 2), the atoms on 8a do not; (1 1 1) twice leads there.
    silicon = crystal("si", (5.4309,) * 3, [("Si", 0.0, 0.0, 0.0)], "F d -3 m:1")
    spots = {spot.hkl: spot for spot in navp.saed_pattern(silicon, (1, -1, 0))}
    assert silicon.absence((2, 2, 2)) is None
    assert spots[2, 2, 2].reason == "double_diffraction"
    assert spots[2, 2, 2].rule == "positions, the atoms cancel"
    assert spots[2, 2, 2].route == ((1, 1, 1), (1, 1, 1))
    assert spots[0, 0, 2].rule == "glide, 0 k l: k + l = 4n"


def test_a_phase_without_atoms_has_none() -> None:
    phase = replace(navp.load("Na3VP"), sites=(), formula_units=None)
    assert len(parent_translations(phase)) == 0
