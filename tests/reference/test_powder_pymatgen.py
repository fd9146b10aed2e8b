"""Powder patterns against pymatgen's XRDCalculator, and against printed lines of Na3VP.

pymatgen reads our CIF with its own parser and adds up every atom of the cell for every
reflection of the sphere; it knows no symmetry.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gemmi
import numpy as np
import numpy.typing as npt
import pytest
from matplotlib.figure import Figure
from pymatgen.core.periodic_table import Element
from pymatgen.core.structure import Structure
from pymatgen.io.cif import CifParser

import navp_structures as navp
from navp_structures.analysis import allowed as allowed_module
from navp_structures.analysis import structure_factors
from navp_structures.analysis.shelf import Shelf
from navp_structures.io.cif_write import cif_text
from navp_structures.kernels import scattering
from navp_structures.model.phase import Phase

HKL = tuple[int, int, int]
Floats = npt.NDArray[np.float64]

WAVELENGTH = 1.5405929
RANGE = (5.0, 90.0)


@dataclass(frozen=True, kw_only=True)
class Peaks:
    """Peaks of pymatgen, and where each single reflection stands."""

    two_theta: Floats
    intensity: Floats
    reflections: dict[HKL, float]


Crystals = Callable[[], dict[str, Phase]]
Calculate = Callable[[Structure], Peaks]


@pytest.fixture
def calculate(monkeypatch: pytest.MonkeyPatch) -> Calculate:
    """Return what asks pymatgen for a pattern without merging, and for all its lines."""
    with warnings.catch_warnings():
        # It warns of what other packages deprecate.
        warnings.simplefilter("ignore")
        from pymatgen.analysis.diffraction import core, xrd
    base = core.AbstractDiffractionPatternCalculator
    monkeypatch.setattr(base, "TWO_THETA_TOL", 1e-9)
    monkeypatch.setattr(base, "SCALED_INTENSITY_TOL", -1.0)
    # Its families are permutations of the indices, which is not the symmetry of most groups.
    monkeypatch.setattr(xrd, "get_unique_families", dict.fromkeys)

    def pattern(structure: Structure) -> Peaks:
        calculator = xrd.XRDCalculator(wavelength=WAVELENGTH)
        found = calculator.get_pattern(structure, scaled=False, two_theta_range=RANGE)
        # Hexagonal cells get four indices.
        reflections = {
            (*item["hkl"][:2], item["hkl"][-1]): angle
            for angle, items in zip(found.x, found.hkls, strict=True)
            for item in items
        }
        return Peaks(
            two_theta=np.array(found.x), intensity=np.array(found.y), reflections=reflections
        )

    return pattern


def read_by_pymatgen(phase: Phase) -> Structure:
    with warnings.catch_warnings():
        # It reports fractions that it rounds to thirds, and missing numbers.
        warnings.simplefilter("ignore")
        parser = CifParser.from_str(cif_text(phase))
        return parser.parse_structures(primitive=False)[0]


def without_displacement(phase: Phase) -> Phase:
    return replace(
        phase, sites=tuple(replace(site, u_iso=None, u_aniso=None) for site in phase.sites)
    )


def our_lines(phase: Phase, **settings: Any) -> Any:
    return navp.powder_pattern(phase, radiation=WAVELENGTH, two_theta=RANGE, **settings).lines


# Families within this are compared as one peak, in degrees: pymatgen cannot tell families of
# one spacing apart, and rounding cannot part what is nearer than 1e-9.
ONE_PEAK = 1e-4


def r_factor(ours: tuple[Floats, Floats], theirs: tuple[Floats, Floats]) -> float:
    """Return the sum of all differences of peaks, each pattern having the sum 1.

    Patterns are 2θ and intensity.
    """
    angles = np.concatenate([ours[0], theirs[0]])
    order = np.argsort(angles)
    number = np.empty(len(angles), dtype=np.int64)
    number[order] = np.cumsum(np.diff(angles[order], prepend=angles[order[0]]) > ONE_PEAK)
    signed = np.concatenate([ours[1] / ours[1].sum(), -theirs[1] / theirs[1].sum()])
    return float(np.abs(np.bincount(number, weights=signed)).sum())


def misfit(phase: Phase, theirs: Peaks) -> float:
    lines = our_lines(phase, dispersion=False)
    return r_factor((lines.two_theta, lines.intensity), (theirs.two_theta, theirs.intensity))


def orbit(hkl: Sequence[int], group: gemmi.GroupOps) -> set[HKL]:
    """Return the equivalents by gemmi's operations and Friedel's law."""
    images = {tuple(op.apply_to_hkl(list(hkl))) for op in group.sym_ops}
    return images | {(-h, -k, -m) for h, k, m in images}


def test_positions_and_members_of_every_line(phase: Phase, calculate: Calculate) -> None:
    theirs = calculate(read_by_pymatgen(phase)).reflections
    lines, group = our_lines(phase), phase.space_group.gemmi
    seen: set[HKL] = set()
    for hkl, angle in zip(lines.hkl.tolist(), lines.two_theta, strict=True):
        members = orbit(hkl, group)
        # Both are exact formulas in double precision.
        assert np.abs(np.array([theirs[h] for h in members]) - angle).max() < 1e-9
        assert seen.isdisjoint(members)
        seen |= members
    assert len(seen) == lines.multiplicity.sum()
    extinct = [h for h in theirs if group.is_systematically_absent(list(h))]
    assert seen == set(theirs).difference(extinct)


# pymatgen's form factors (De Graef & McHenry) are another fit than International Tables C:
# up to 0.09 electrons apart for Na, V, P, O and Si between 5 and 90 degrees, 0.63 for Zr.
# R is 0.29 % for na3vp-rt, at most 0.30 % for the others without Zr, 1.6 % with it.
OTHER_TABLE = 0.005
OTHER_TABLE_OF_ZR = 0.02

# With one table R is 2e-15, but 2e-8 where the source prints 1/3 with eight digits, which
# pymatgen and we move to the special position each in its own way. The issue asks for 1e-5.
SAME_TABLE = 1e-6


def pymatgen_form_factors(elements: Sequence[str], stol_squared: Floats, probe: str) -> Floats:
    """Return the form factors of pymatgen: those of X-rays by De Graef & McHenry."""
    from pymatgen.analysis.diffraction.xrd import ATOMIC_SCATTERING_PARAMS

    assert probe == "xray"
    rows = []
    for element in elements:
        a, b = np.array(ATOMIC_SCATTERING_PARAMS[element]).T
        waves = (a * np.exp(-np.outer(stol_squared, b))).sum(axis=1)
        rows.append(Element(element).Z - 41.78214 * stol_squared * waves)
    return np.array(rows)


def test_intensities_at_rest(phase: Phase, calculate: Calculate) -> None:
    has_zr = any("Zr" in site.elements for site in phase.sites)
    found = misfit(without_displacement(phase), calculate(read_by_pymatgen(phase)))
    assert found < (OTHER_TABLE_OF_ZR if has_zr else OTHER_TABLE)


def test_intensities_at_rest_with_pymatgens_form_factors(
    phase: Phase, calculate: Calculate, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = calculate(read_by_pymatgen(phase))
    monkeypatch.setattr(scattering, "form_factors", pymatgen_form_factors)
    assert misfit(without_displacement(phase), theirs) < SAME_TABLE


def with_displacement(phase: Phase) -> Structure:
    """Return the structure with the U_ij of each atom as pymatgen takes them, U_cif.

    The tensor of an atom is the mean over all operations that lead there from the printed
    site: turned to the atom, and projected on its site symmetry.
    """
    structure = read_by_pymatgen(phase)
    group, reciprocal = phase.space_group, phase.cell.reciprocal_metric_tensor
    lengths = np.sqrt(np.diag(reciprocal))
    printed = {species.label: site for site in phase.sites for species in site.species}
    tensors = []
    for atom in structure:
        site = printed[atom.label.split("/")[0]]
        if site.u_aniso is None:
            u_star = (site.u_iso or 0.0) * reciprocal
        else:
            xx, yy, zz, xy, xz, yz = site.u_aniso
            u_star = np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])
            u_star = u_star * np.outer(lengths, lengths)
        images = group.rotations @ np.array(site.fract) + group.translations
        apart = structure.lattice.get_all_distances(images, atom.frac_coords)[:, 0]
        turns = group.rotations[apart < 0.01]
        assert len(turns)
        mean = (turns @ u_star @ turns.transpose(0, 2, 1)).mean(axis=0)
        tensors.append(mean / np.outer(lengths, lengths))
    for i, j in ((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1)):
        structure.add_site_property(f"U{i + 1}{j + 1}_cif", [u[i, j] for u in tensors])
    return structure


def test_intensities_with_displacement(
    phase: Phase, calculate: Calculate, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pymatgen.analysis.diffraction import core

    if not hasattr(core, "get_ustar"):
        pytest.skip("this pymatgen takes one displacement parameter for each element")
    theirs = calculate(with_displacement(phase))
    monkeypatch.setattr(scattering, "form_factors", pymatgen_form_factors)
    assert misfit(phase, theirs) < SAME_TABLE


def test_comparison_notices_a_lost_occupancy(
    calculate: Calculate, monkeypatch: pytest.MonkeyPatch
) -> None:
    phase = without_displacement(navp.load("na3vp-rt"))
    theirs = calculate(read_by_pymatgen(phase))
    monkeypatch.setattr(scattering, "form_factors", pymatgen_form_factors)
    first, *others = phase.sites
    species = replace(first.species[0], occupancy=0.999)
    fewer = replace(phase, sites=(replace(first, species=(species,)), *others))
    assert misfit(fewer, theirs) > 10 * SAME_TABLE


# R in percent when no occupancy counts (each atom of the list is whole, Si and P of a mixed
# site both), and when no atom moves; as issue 3 has them. f' and f'' of Cu Kα1 count.
SET_ASIDE = {"na3vp-rt": (17, 16), "nzsp-300k": (53, 13)}


def r_percent(without: Any, full: Any) -> float:
    """Return R over all families, even those of one spacing, both patterns with the sum 1."""
    assert np.array_equal(without.hkl, full.hkl)
    a, b = (lines.intensity / lines.intensity.sum() for lines in (without, full))
    return 100.0 * float(np.abs(a - b).sum())


@pytest.mark.parametrize("name", SET_ASIDE)
def test_occupancies_count(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    phase = navp.load(name)
    full = our_lines(phase)
    amounts = structure_factors.Atoms.amounts
    monkeypatch.setattr(
        structure_factors.Atoms,
        "amounts",
        lambda self, occupancies: amounts(self, np.ones_like(occupancies)),
    )
    # Nothing that was kept with the right occupancies may serve.
    monkeypatch.setattr(structure_factors, "atoms_of", structure_factors.atoms_of.__wrapped__)
    monkeypatch.setattr(allowed_module, "_tables", Shelf(1_000_000))
    lost = r_percent(our_lines(phase), full)
    assert lost > 5.0
    assert lost == pytest.approx(SET_ASIDE[name][0], abs=0.5)


@pytest.mark.parametrize("name", SET_ASIDE)
def test_partly_empty_sites_count(name: str) -> None:
    phase = navp.load(name)
    sites = tuple(
        replace(site, species=(replace(site.species[0], occupancy=1.0),))
        if len(site.species) == 1
        else site
        for site in phase.sites
    )
    assert r_percent(our_lines(replace(phase, sites=sites)), our_lines(phase)) > 5.0


@pytest.mark.parametrize("name", SET_ASIDE)
def test_displacements_count(name: str) -> None:
    phase = navp.load(name)
    lost = r_percent(our_lines(without_displacement(phase)), our_lines(phase))
    assert lost > 5.0
    assert lost == pytest.approx(SET_ASIDE[name][1], abs=0.5)


# 2θ for Cu Kα1 and intensity, calculated elsewhere with the same U_ij, f' and f''.
NA3VP = [(14.25, 24), (20.07, 52), (20.33, 20), (23.76, 83), (28.72, 39), (31.55, 33),
         (32.02, 100), (35.60, 50), (48.63, 33)]  # fmt: skip


@pytest.mark.parametrize(("angle", "height"), NA3VP)
def test_lines_of_na3vp(angle: float, height: float) -> None:
    lines = navp.powder_pattern("na3vp-rt", radiation="CuKa1", two_theta=RANGE).lines
    # Two decimals are printed, half of the last is 0.005; 31.5554 is printed as 31.55.
    here = np.abs(lines.two_theta - angle) < 0.006
    assert lines.intensity[here].sum() == pytest.approx(height, abs=1.5)


def test_first_line_of_na3vp() -> None:
    first = navp.powder_pattern("na3vp-rt", radiation="CuKa1", two_theta=RANGE).rows[0]
    assert (first.hkl, first.multiplicity) == ((0, 1, 2), 6)


def extinct_in_r3c(hkl: Sequence[int]) -> bool:
    """Answer by the conditions of R -3 c in hexagonal axes, obverse (Tables A, No. 167).

    h k l: -h + k + l = 3n; h -h l: l = 2n, and so are its equivalents h 0 l and 0 k l.
    """
    h, k, m = hkl
    return (-h + k + m) % 3 != 0 or (0 in (h, k, h + k) and m % 2 != 0)


def test_conditions_of_r3c() -> None:
    grid = [h for h in itertools.product(range(-7, 8), repeat=3) if h != (0, 0, 0)]
    group = gemmi.find_spacegroup_by_name("R -3 c:H").operations()
    assert [extinct_in_r3c(h) for h in grid] == [
        group.is_systematically_absent(list(h)) for h in grid
    ]
    # 0 0 3 and 1 0 1 belong to R-3m, 1 0 0 to no rhombohedral lattice.
    assert all(extinct_in_r3c(h) for h in ((0, 0, 3), (1, 0, 1), (1, 0, 0)))


RADIATIONS: list[dict[str, Any]] = [
    {"radiation": "CuKa1"},
    {"radiation": "MoKa12", "two_theta": (2, 50)},
    {"radiation": 1.8, "probe": "neutron", "two_theta": (5, 150)},
    {"radiation": "200 kV"},
]
TRIPLE = re.compile(r"(-?\d+) (-?\d+) (-?\d+)")


def labels(pattern: navp.PowderPattern) -> dict[str, list[Sequence[int]]]:
    """Return the indices that each view of a pattern shows."""
    ax = pattern.plot(Figure(figsize=(30, 10), layout="constrained").add_subplot())
    drawn = [text.get_text() for text in ax.texts if text.get_gid() == "hkl"]
    text = json.dumps(pattern.to_dict())
    table = csv.DictReader(io.StringIO(pattern.to_csv()))
    return {
        "lines": pattern.lines.hkl.tolist(),
        "rows": [row.hkl for row in pattern.rows],
        "frame": pattern.to_dataframe()["hkl"].tolist(),
        "json": [row["hkl"] for row in json.loads(text)["results"]],
        "csv": [tuple(map(int, row["hkl"].split())) for row in table],
        "plot": [tuple(map(int, found)) for found in TRIPLE.findall(" + ".join(drawn))],
    }


@pytest.mark.parametrize("settings", RADIATIONS, ids=lambda s: str(s["radiation"]))
def test_no_label_is_extinct(crystals: Crystals, settings: dict[str, Any]) -> None:
    phases = [p for p in crystals().values() if p.space_group.symbol == "R -3 c:H"]
    assert {"na3vp-rt", "nzsp-300k"} < {phase.id for phase in phases}
    for phase in phases:
        found = labels(navp.powder_pattern(phase, **settings))
        # The plot leaves out what has no room; the nine strong lines have.
        assert len(found["plot"]) >= 9
        for place, shown in found.items():
            assert [h for h in shown if extinct_in_r3c(h)] == [], (phase.id, place)
