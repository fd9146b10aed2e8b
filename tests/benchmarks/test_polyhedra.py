"""How long twelve VO6 with every index take beside pymatgen's neighbours and a hull.

Off by default; ``pytest tests/benchmarks --benchmark-enable --benchmark-only -q -s`` measures.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from timeit import Timer
from typing import TYPE_CHECKING, Any

import numpy as np

import navp_structures as navp
from navp_structures.analysis.polyhedra.positions import positions_of
from navp_structures.analysis.polyhedra.uncertainty import errors_of
from navp_structures.kernels import bond_valence, convex_hull, polyhedron
from navp_structures.model import standard
from navp_structures.model.phase import Phase

if TYPE_CHECKING:
    from conftest import Medians

    Alternate = Callable[..., Medians]

TWELVE_OCTAHEDRA = 3e-3  # seconds
IN_A_ROW = 5


def seconds(call: Callable[[], object], prepare: Callable[[], object] | str = "pass") -> float:
    return median(Timer(call, prepare).repeat(IN_A_ROW, 1))


def forget() -> None:
    positions_of.cache_clear()
    errors_of.cache_clear()


def one_by_one(phase: Phase) -> Phase:
    """Return the phase with each position as a site of its own, without symmetry."""
    sites = [
        replace(
            site,
            label=f"{site.label}-{n}",
            species=tuple(replace(s, label=f"{s.label}-{n}") for s in site.species),
            fract=(float(x), float(y), float(z)),
            fract_su=(1e-4, 1e-4, 1e-4),
            u_aniso=None,
            u_aniso_su=None,
        )
        for site in phase.sites
        for n, (x, y, z) in enumerate(standard.positions(site, phase.cell, phase.space_group))
    ]
    group = navp.SpaceGroup.from_name("P 1")
    return replace(phase, id="p1", space_group=group, sites=tuple(sites), aliases=())


def framework(phase: Phase) -> Any:
    """Return the structure for pymatgen without Na, which its neighbour finders refuse."""
    with warnings.catch_warnings():
        # It warns of what other packages deprecate.
        warnings.simplefilter("ignore")
        structure = phase.structure
        structure.remove_species(["Na"])
    return structure


def by_pymatgen(finder: Any, structure: Any) -> float:
    """Return the seconds for bonds and hulls of the twelve V by a neighbour finder."""
    from scipy.spatial import ConvexHull

    centres = [n for n, site in enumerate(structure) if site.specie.symbol == "V"]
    assert len(centres) == 12

    def measure() -> None:
        for n in centres:
            found = finder.get_nn_info(structure, n)
            ligands = [item["site"].coords for item in found
                       if item["site"].specie.symbol == "O"]  # fmt: skip
            lengths = np.linalg.norm(np.array(ligands) - structure[n].coords, axis=1)
            assert len(ligands) == 6
            assert lengths.mean() > 0
            assert ConvexHull(ligands).volume > 10

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return seconds(measure)


def test_twelve_octahedra(alternate: Alternate) -> None:
    from pymatgen.analysis.local_env import CrystalNN, MinimumDistanceNN

    phase = navp.load("na3vp-rt")
    single = one_by_one(phase)
    structure = framework(phase)
    parameter = bond_valence.bond_valence_parameter("V", 3, table="gagne-hawthorne-2015")
    points = np.array([
        (np.array([b.coords for b in structure.get_neighbors(site, 2.2)]) - site.coords)
        for site in structure if site.specie.symbol == "V"
    ])  # fmt: skip
    assert points.shape == (12, 6, 3)

    def indices() -> None:
        bonds = polyhedron.bond_lengths(points)
        volumes = convex_hull.hull_measures(points).volumes
        polyhedron.distortion_indices(bonds)
        polyhedron.quadratic_elongations(bonds, volumes)
        polyhedron.bond_angle_variances(points)
        polyhedron.effective_coordination_numbers(bonds)
        polyhedron.vertex_offsets(points)
        bond_valence.bond_valence_sums(bonds, parameter)

    found = alternate(
        {
            "phase": lambda: seconds(lambda: navp.polyhedra(phase), prepare=forget),
            "indices of twelve alone": lambda: seconds(indices),
            "twelve without symmetry": lambda: seconds(lambda: navp.polyhedra(single)),
            "MinimumDistanceNN and hulls": lambda: by_pymatgen(MinimumDistanceNN(), structure),
            "CrystalNN and hulls": lambda: by_pymatgen(CrystalNN(), structure),
        }
    )
    if found.measured:
        assert found.seconds["phase"] <= TWELVE_OCTAHEDRA
        assert found.seconds["indices of twelve alone"] <= TWELVE_OCTAHEDRA
