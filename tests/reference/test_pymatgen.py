"""Structures and lattice geometry against pymatgen, which reads our CIF with its own parser."""

from __future__ import annotations

import itertools
import warnings
from dataclasses import replace

import numpy as np
import pytest
from pymatgen.core.structure import Structure
from pymatgen.io.cif import CifParser

from navp_structures.io.cif_write import cif_text
from navp_structures.model.phase import Phase


def read_by_pymatgen(phase: Phase) -> Structure:
    with warnings.catch_warnings():
        # It reports fractions that it rounds to thirds, and missing numbers.
        warnings.simplefilter("ignore")
        parser = CifParser.from_str(cif_text(phase))
        return parser.parse_structures(primitive=False)[0]


@pytest.fixture
def theirs(phase: Phase) -> Structure:
    return read_by_pymatgen(phase)


def test_sites_and_composition(phase: Phase, theirs: Structure) -> None:
    ours = phase.structure
    assert len(ours) == len(theirs)
    assert set(ours.composition) == set(theirs.composition)
    for element, amount in ours.composition.items():
        # Sums of up to a few hundred printed occupancies.
        assert theirs.composition[element] == pytest.approx(amount, abs=1e-6)


def test_lattice(phase: Phase, theirs: Structure) -> None:
    # The CIF holds the cell with all its digits.
    np.testing.assert_allclose(
        phase.structure.lattice.parameters, theirs.lattice.parameters, rtol=1e-12
    )


def test_each_position_has_a_twin_with_the_same_species(
    phase: Phase, theirs: Structure
) -> None:
    ours = phase.structure
    twins = theirs.lattice.get_all_distances(ours.frac_coords, theirs.frac_coords)
    # Thirds that the CIF prints with eight digits are rounded to thirds by pymatgen, and
    # moved onto their position by us: less than 1e-6 Å, in cells below 30 Å.
    assert twins.min(axis=1).max() < 1e-6
    partners = twins.argmin(axis=1)
    assert sorted(partners) == list(range(len(ours)))
    for site, partner in zip(ours, partners, strict=True):
        assert site.species.almost_equals(theirs[int(partner)].species)


HKL = [h for h in itertools.product(range(-3, 4), repeat=3) if h != (0, 0, 0)]


def test_spacings(phase: Phase) -> None:
    lattice = phase.structure.lattice
    # pymatgen goes by vectors, we by metric tensors: rounding of double precision only.
    assert [phase.d(h) for h in HKL] == pytest.approx([lattice.d_hkl(h) for h in HKL], rel=1e-9)


def pairs(count: int = 200) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    rng = np.random.default_rng(1913)
    chosen = rng.integers(0, len(HKL), size=(count, 2))
    found = [(HKL[i], HKL[j]) for i, j in chosen]
    return [(h, k) for h, k in found if np.any(np.cross(h, k))]


def test_interplanar_angles(phase: Phase) -> None:
    reciprocal = phase.structure.lattice.reciprocal_lattice_crystallographic
    for h, k in pairs():
        g, q = reciprocal.get_cartesian_coords([h, k])
        cosine = g @ q / np.linalg.norm(g) / np.linalg.norm(q)
        # arccos loses digits near 0 and 180 degrees; the nearest pair is degrees away.
        assert phase.angle(h, k) == pytest.approx(np.degrees(np.arccos(cosine)), abs=1e-6)


def test_zone_axes_are_normal_to_both_planes_and_right_handed(phase: Phase) -> None:
    lattice = phase.structure.lattice
    reciprocal = lattice.reciprocal_lattice_crystallographic
    for h, k in pairs():
        axis = lattice.get_cartesian_coords(phase.zone_axis(h, k))
        normal = np.cross(*reciprocal.get_cartesian_coords([h, k]))
        cosine = axis @ normal / np.linalg.norm(axis) / np.linalg.norm(normal)
        # Parallel and of one sense; a cosine of 1 is exact to rounding.
        assert cosine == pytest.approx(1.0, abs=1e-12)
        assert np.gcd.reduce(phase.zone_axis(h, k)) == 1


def test_comparison_notices_a_lost_occupancy(phase: Phase) -> None:
    site = phase.sites[-1]
    species = replace(site.species[0], occupancy=site.species[0].occupancy - 1e-3)
    fewer = replace(phase, sites=(*phase.sites[:-1], replace(site, species=(species,))))
    wrong = read_by_pymatgen(fewer).composition
    right = phase.structure.composition[species.element]
    assert wrong[species.element] != pytest.approx(right, abs=1e-6)
