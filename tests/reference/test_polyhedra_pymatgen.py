"""Polyhedra against pymatgen and ChemEnv, as far as they go.

pymatgen has no distortion indices, and no bond valences of these definitions: its
`calculate_bv_sum` takes softness parameters by element, not by ion, with B = 0.31 Å. It knows
neighbours, Hoppe's coordination number, solid angles and the name of a polyhedron, of ordered
structures. Of sodium NASICON the framework is ordered, once Si and P count as one.
"""

from __future__ import annotations

import functools
import warnings
from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from pymatgen.analysis.bond_valence import BVAnalyzer
from pymatgen.analysis.local_env import CrystalNN, EconNN, MinimumDistanceNN, VoronoiNN
from pymatgen.core.structure import Structure
from scipy.spatial import ConvexHull

from navp_structures.analysis.polyhedra.polyhedra import polyhedra
from navp_structures.analysis.polyhedra.result import Polyhedron
from navp_structures.catalogue.catalogue import load
from navp_structures.kernels import polyhedron as kernel

Array = npt.NDArray[np.float64]

CENTRES = {
    ("na3vp-rt", "V1"): "V",
    ("na3vp-rt", "P1"): "Si",
    ("nzsp-300k", "Zr1"): "Zr",
    ("nzsp-300k", "Si1"): "Si",
    ("na2vp-a", "V1"): "V",
    ("na2vp-a", "V2"): "V",
    ("na2vp-a", "P1"): "Si",
    ("na2vp-a", "P2"): "Si",
    ("na2vp-a", "P3"): "Si",
}
# In Å: pymatgen reads the same coordinates; thirds with eight digits are 1e-7 Å from ours.
TOLERANCE = 1e-6


def quiet(call: Any, *args: Any) -> Any:
    """Return the answer of pymatgen, which warns that there are no oxidation states."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call(*args)


@functools.cache
def framework(name: str) -> Structure:
    """Return the ordered framework: no sodium, silicon for Si and P."""
    whole = load(name).structure
    kept = [site for site in whole if "Na" not in site.species]
    elements = [max(site.species.chemical_system.split("-")) for site in kept]
    ordered = ["Si" if element in ("P", "Si") else element for element in elements]
    return Structure(whole.lattice, ordered, [site.frac_coords for site in kept])


def index_of(structure: Structure, name: str, label: str) -> int:
    """Return the number of the site where the phase has its labelled one."""
    phase = load(name)
    fract = next(site.fract for site in phase.sites if site.label == label)
    apart = structure.lattice.get_all_distances([fract], structure.frac_coords)[0]
    nearest = int(np.argmin(apart))
    assert apart[nearest] < TOLERANCE
    return nearest


def row_of(name: str, label: str) -> Polyhedron:
    (row,) = polyhedra(name, label).rows
    return row


def bonds_of(row: Polyhedron) -> list[float]:
    return sorted(bond.length for bond in row.bonds for _ in range(bond.multiplicity))


@pytest.mark.parametrize(
    "neighbours", [MinimumDistanceNN(), CrystalNN()], ids=["minimum distance", "CrystalNN"]
)
@pytest.mark.parametrize(("name", "label"), CENTRES)
def test_neighbours_bonds_and_volume(name: str, label: str, neighbours: Any) -> None:
    structure = framework(name)
    assert structure.is_ordered
    centre = structure[index_of(structure, name, label)]
    assert centre.specie.symbol == CENTRES[name, label]
    found = quiet(neighbours.get_nn_info, structure, structure.index(centre))
    assert {entry["site"].specie.symbol for entry in found} == {"O"}
    points = np.array([entry["site"].coords for entry in found]) - centre.coords
    lengths = np.linalg.norm(points, axis=1)
    row = row_of(name, label)
    assert bonds_of(row) == pytest.approx(sorted(lengths), abs=TOLERANCE)
    assert row.mean_bond == pytest.approx(lengths.mean(), abs=TOLERANCE)
    assert row.volume == pytest.approx(ConvexHull(points).volume, rel=1e-6)


@pytest.mark.parametrize(("name", "label"), CENTRES)
def test_effective_coordination(name: str, label: str) -> None:
    structure = framework(name)
    row = row_of(name, label)
    # Of the shell alone: small weights of oxygen atoms beyond it add up.
    hoppe = EconNN(tol=0.0, cutoff=bonds_of(row)[-1] + 0.1, use_fictive_radius=False)
    found = quiet(hoppe.get_nn_info, structure, index_of(structure, name, label))
    total = sum(entry["weight"] for entry in found)
    # It iterates the mean to 1e-4 Å: six weights follow by 6 · 6 · 1e-4 / 2 at most.
    assert row.effective_coordination == pytest.approx(total, abs=2e-3)


@functools.cache
def alone(name: str, label: str) -> Structure:
    """Return one centre in its cell, among all oxygen atoms and nothing else."""
    whole = load(name).structure
    centre = whole[index_of(whole, name, label)]
    oxygen = [site.frac_coords for site in whole if "O" in site.species]
    return Structure(whole.lattice, ["Na", *["O"] * len(oxygen)], [centre.frac_coords, *oxygen])


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("na3vp-rt", "V1"),
        ("na3vp-rt", "P1"),
        ("na3vp-rt", "Na1"),
        ("na3vp-rt", "Na2"),
        ("nzsp-300k", "Zr1"),
        ("nzsp-300k", "Na2"),
        ("nzsp-300k", "Na3"),
        ("na2vp-a", "Na2A"),
    ],
)
def test_solid_angles(name: str, label: str) -> None:
    structure = alone(name, label)
    faces = VoronoiNN().get_voronoi_polyhedra(structure, 0).values()
    assert {face["site"].specie.symbol for face in faces} == {"O"}
    expected = np.array([face["solid_angle"] for face in faces])
    assert expected.sum() == pytest.approx(4.0 * np.pi)
    near = structure.get_neighbors(structure[0], 7.0)
    points = np.array([site.coords for site in near if site.specie.symbol == "O"])
    angles = kernel.solid_angles(points - structure[0].coords)
    # Both are exact for one set of points, but for faces of a ten thousandth that rounding
    # of coordinates opens and closes.
    assert np.sort(angles)[-len(expected) :] == pytest.approx(np.sort(expected), abs=1e-4)
    assert angles.sum() == pytest.approx(4.0 * np.pi)
    row = row_of(name, label)
    assert row.weighted_number == pytest.approx((expected / expected.max()).sum(), abs=1e-4)
    assert row.by_solid_angle == int((expected >= 0.3 * expected.max()).sum())


def environment(structure: Structure, index: int, valences: Any = "undefined") -> Any:
    """Return ChemEnv's environment of one site: symbol, measure, and who the ligands are."""
    from pymatgen.analysis.chemenv.coordination_environments.chemenv_strategies import (
        SimplestChemenvStrategy,
    )
    from pymatgen.analysis.chemenv.coordination_environments.coordination_geometry_finder import (  # noqa: E501
        LocalGeometryFinder,
    )
    from pymatgen.analysis.chemenv.coordination_environments.structure_environments import (
        LightStructureEnvironments,
    )

    finder = LocalGeometryFinder()
    finder.setup_structure(structure)
    found = finder.compute_structure_environments(
        only_indices=[index],
        only_cations=False,
        maximum_distance_factor=1.41,
        valences=valences,
    )
    light = LightStructureEnvironments.from_structure_environments(
        strategy=SimplestChemenvStrategy(), structure_environments=found
    )
    best = light.coordination_environments[index]
    if best is None:
        return None
    ligands = light.neighbors_sets[index][0].neighb_sites
    elements = Counter(site.species.elements[0].symbol for site in ligands)
    return best[0]["ce_symbol"], best[0]["csm"], dict(elements)


SHAPES = {6: "O:6", 4: "T:4"}


@pytest.mark.parametrize(
    ("name", "label"),
    [("na3vp-rt", "V1"), ("nzsp-300k", "Zr1"), ("nzsp-300k", "Si1"), ("na2vp-a", "V2")],
)
def test_shapes_of_chemenv(name: str, label: str) -> None:
    structure = framework(name)
    row = row_of(name, label)
    symbol, measure, ligands = environment(structure, index_of(structure, name, label))
    assert symbol == SHAPES[row.coordination]
    assert ligands == {"O": row.coordination}
    # Its continuous symmetry measure, 0 to 100, and elongation and variance agree that these
    # are nearly regular; they are different numbers.
    assert measure < 1.0
    assert row.quadratic_elongation is not None
    assert row.quadratic_elongation < 1.02


# ------------------------------------------------------------------ disordered structures

DISORDERED = {"na3vp-rt": ("V1", "P1", "Na1", "Na2"), "nzsp-300k": ("Zr1", "Si1", "Na1", "Na2")}
SITES = [(name, label) for name, labels in DISORDERED.items() for label in labels]


@pytest.mark.parametrize(("name", "label"), SITES)
def test_crystal_nn_fails_on_disorder(name: str, label: str) -> None:
    structure = load(name).structure
    index = index_of(structure, name, label)
    with pytest.raises(AttributeError, match="specie"):
        quiet(CrystalNN().get_nn_info, structure, index)
    row = row_of(name, label)
    assert row.mean_bond > 1.0
    assert row.volume is not None


@pytest.mark.parametrize("label", ["Zr1", "Na1"])
def test_crystal_nn_counts_nothing_where_no_species_has_a_majority(label: str) -> None:
    structure = load("nzsp-300k").structure
    # Na1 is filled to 0.49: whichever site is asked for.
    with pytest.raises(ValueError, match="no majority species"):
        quiet(CrystalNN().get_cn, structure, index_of(structure, "nzsp-300k", label))


def test_crystal_nn_counts_where_each_site_has_a_majority() -> None:
    # With 0.73 and 0.81 of sodium it takes each site for full, and says nothing of it.
    structure = load("na3vp-rt").structure
    number = quiet(CrystalNN().get_cn, structure, index_of(structure, "na3vp-rt", "V1"))
    assert number == row_of("na3vp-rt", "V1").coordination == 6


@pytest.mark.parametrize("name", DISORDERED)
def test_valences_of_disorder_are_unknown_to_pymatgen(name: str) -> None:
    # Whose valences ChemEnv asks for, so as to tell cations from anions.
    with pytest.raises(ValueError, match="cannot be assigned"):
        quiet(BVAnalyzer().get_valences, load(name).structure)


@pytest.mark.parametrize(
    ("name", "label"), [("na3vp-rt", "V1"), ("nzsp-300k", "Zr1"), ("nzsp-300k", "Si1")]
)
def test_chemenv_without_valences_does_not_fail_on_the_framework(name: str, label: str) -> None:
    # It does not look at occupancies: the answer is that of the ordered framework.
    whole, ordered = load(name).structure, framework(name)
    found = environment(whole, index_of(whole, name, label))
    expected = environment(ordered, index_of(ordered, name, label))
    assert found[0] == expected[0]
    assert found[1] == pytest.approx(expected[1], abs=1e-6)
    assert found[2] == expected[2] == {"O": row_of(name, label).coordination}


@pytest.mark.parametrize(
    ("label", "symbol", "ligands"),
    [
        # Six alternatives of Na1 itself, filled to 0.093 and 1.94 Å away, are ligands of it.
        ("Na1", "I:12", {"O": 6, "Na": 6}),
        ("Na2", "A:2", {"Na": 2}),
    ],
)
def test_chemenv_without_valences_is_silently_wrong_on_sodium(
    label: str, symbol: str, ligands: dict[str, int]
) -> None:
    structure = load("nzsp-300k").structure
    index = index_of(structure, "nzsp-300k", label)
    # Warnings are errors here: there is none.
    found = environment(structure, index)
    assert (found[0], found[2]) == (symbol, ligands)
    row = row_of("nzsp-300k", label)
    assert {bond.ligand for bond in row.bonds} <= {"O1", "O2"}
    assert row.coordination == {"Na1": 6, "Na2": 8}[label]


@pytest.mark.parametrize(("label", "shape"), [("Na1", "O:6"), ("Na2", None)])
def test_chemenv_with_valences_given_by_hand(label: str, shape: str | None) -> None:
    valences = {"Zr": 4, "P": 5, "Si": 4, "Na": 1, "O": -2}
    structure = load("nzsp-300k").structure
    each = [valences[site.species.elements[0].symbol] for site in structure]
    found = environment(structure, index_of(structure, "nzsp-300k", label), each)
    # Sodium is no ligand of sodium then, but still bounds where ligands are sought: around
    # Na2 none is left.
    if shape is None:
        assert found is None
    else:
        assert (found[0], found[2]) == (shape, {"O": 6})
    assert row_of("nzsp-300k", label).coordination == {"Na1": 6, "Na2": 8}[label]


def test_na_in_nzsp_as_published() -> None:
    # Boilot, Collin & Colomban, J. Solid State Chem. 73 (1988) 160: Na1–O 2.612(4), Na2–O
    # 2.686(5), where ChemEnv finds twelve ligands or two.
    assert row_of("nzsp-300k", "Na1").mean_bond == pytest.approx(2.612, abs=0.004)
    assert row_of("nzsp-300k", "Na2").mean_bond == pytest.approx(2.686, abs=0.005)
