"""The data: against every check of the package, and against numbers that it does not use."""

from __future__ import annotations

import math
from importlib.metadata import entry_points
from importlib.resources import files
from itertools import product
from pathlib import Path

import gemmi
import pytest
from navp_nasicon import navp_checks, navp_phase_folders

import navp_structures as navp
from navp_structures.testing import check_phases

FOLDER = Path(str(files("navp_nasicon") / "phases"))
IDS = sorted(path.stem for path in FOLDER.glob("*.cif"))
INSTALLED = bool(entry_points(group="navp_structures", name="nasicon"))

# Distances that the articles print, with the number of them around one atom: Rodrigo et al.
# table 3 (25 °C), Lii et al. table III, the geometry of Hatert and of Yatskin et al.
PRINTED = [
    ("nati2p3o12-25c", "Na1", "O2", 6, 2.472),
    ("nati2p3o12-25c", "Ti1", "O1", 3, 1.912),
    ("nati2p3o12-25c", "Ti1", "O2", 3, 1.983),
    ("nati2p3o12-25c", "P1", "O1", 2, 1.519),
    ("nati2p3o12-25c", "P1", "O2", 2, 1.501),
    ("namo2p3o12", "Na1", "O1", 6, 2.467),
    ("namo2p3o12", "Mo1", "O1", 3, 2.010),
    ("namo2p3o12", "Mo1", "O2", 3, 1.974),
    ("namo2p3o12", "P1", "O1", 2, 1.527),
    ("namo2p3o12", "P1", "O2", 2, 1.520),
    ("na4fe2p3o12-293k", "Fe1", "O1", 3, 2.010),
    ("na4fe2p3o12-293k", "Fe1", "O2", 3, 2.130),
    ("na4fe2p3o12-293k", "Na1", "O2", 6, 2.402),
    ("na4fe2p3o12-293k", "Na2", "O2", 2, 2.487),
    ("na4fe2p3o12-293k", "Na2", "O2", 2, 2.493),
    ("na4fe2p3o12-293k", "Na2", "O1", 2, 2.534),
    ("na4fe2p3o12-293k", "Na2", "O1", 2, 2.990),
    ("namnfep3o12-293k", "Fe1", "O1", 3, 1.9962),
    ("namnfep3o12-293k", "Fe1", "O2", 3, 2.1053),
    ("namnfep3o12-293k", "Na1", "O2", 6, 2.4546),
    ("namnfep3o12-293k", "Na2", "O2", 2, 2.4505),
    ("namnfep3o12-293k", "Na2", "O2", 2, 2.472),
    ("namnfep3o12-293k", "Na2", "O1", 2, 2.587),
    ("namnfep3o12-293k", "Na2", "O1", 2, 2.921),
]
SHIFTS = list(product((-2, -1, 0, 1, 2), repeat=3))


def read(name: str) -> navp.Phase:
    return navp.read_cif(FOLDER / f"{name}.cif")


def distances(name: str, centre: str, ligand: str) -> list[float]:
    """Return the distances of one atom to a site below 3.1 Å, by gemmi and a plain loop."""
    block = gemmi.cif.read(str(FOLDER / f"{name}.cif")).sole_block()
    crystal = gemmi.make_small_structure_from_block(block)
    site = {s.label: s for s in crystal.sites}
    here = crystal.cell.orthogonalize(site[centre].fract)
    places = set()
    for operation in crystal.spacegroup.operations():
        x, y, z = operation.apply_to_xyz(site[ligand].fract.tolist())
        places |= {(round(x + u, 5), round(y + v, 5), round(z + w, 5)) for u, v, w in SHIFTS}
    found = (crystal.cell.orthogonalize(gemmi.Fractional(*p)).dist(here) for p in places)
    return sorted(d for d in found if 0.1 < d < 3.1)


def test_every_check_passes() -> None:
    if INSTALLED:
        reports = check_phases("nasicon")
    else:
        reports = check_phases(FOLDER, checks=navp_checks())
    assert sorted(report.phase for report in reports) == IDS
    assert len(IDS) == 6


def test_the_hook_names_the_folder() -> None:
    (folder,) = navp_phase_folders()
    assert {path.name for path in folder.iterdir()} >= {f"{name}.toml" for name in IDS}


def test_the_table_of_the_readme_is_that_of_the_phases() -> None:
    readme = Path(__file__).resolve().parent.parent / "README.md"
    lines = readme.read_text("utf-8").splitlines()
    lines = [line for line in lines if line.startswith(("| na", "| nz"))]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    aliases = dict(zip(IDS, alias_rows(), strict=True))
    assert sorted(row[0] for row in rows) == IDS
    for name, alias, formula, kind, _, volume, source in rows:
        phase = read(name)
        assert aliases[name] == ([alias] if alias else [])
        assert (formula, kind) == (phase.formula, phase.kind)
        assert float(volume) == pytest.approx(phase.volume_per_formula_unit, abs=5e-4)
        if phase.provenance.doi:
            assert source.endswith(f"doi:{phase.provenance.doi}")


def test_no_name_is_that_of_a_curated_phase() -> None:
    own = {name.casefold() for name in IDS}
    own |= {alias.casefold() for row in alias_rows() for alias in row}
    curated = {row.id for row in navp.phases() if row.provider == "navp"}
    curated |= {a.casefold() for row in navp.phases() for a in row.aliases if row.id in curated}
    assert len(curated) > 11
    assert not own & curated


def alias_rows() -> list[list[str]]:
    import tomllib

    texts = (FOLDER.joinpath(f"{name}.toml").read_text("utf-8") for name in IDS)
    return [tomllib.loads(text).get("aliases", []) for text in texts]


@pytest.mark.parametrize(("name", "centre", "ligand", "number", "printed"), PRINTED)
def test_printed_distances(
    name: str, centre: str, ligand: str, number: int, printed: float
) -> None:
    # 0.0015: both coordinates and distance are rounded.
    near = [d for d in distances(name, centre, ligand) if abs(d - printed) < 0.0015]
    assert len(near) == number


@pytest.mark.parametrize(
    ("name", "density"),
    [
        ("namo2p3o12", 3.509),
        ("na4fe2p3o12-293k", 3.294),
        ("namnfep3o12-293k", 3.212),
    ],
)
def test_printed_densities(name: str, density: float) -> None:
    phase = read(name)
    mass = sum(
        gemmi.Element(species.element).weight * species.occupancy * site.multiplicity
        for site in phase.sites
        for species in site.species
    )
    # 1.66054: g/cm³ of one dalton in one Å³.
    assert 1.66054 * mass / phase.cell.volume == pytest.approx(density, abs=2e-3)


def test_nazr2p3o12_agrees_with_the_earlier_refinement() -> None:
    # Hagman & Kierkegaard, Acta Chem. Scand. 22 (1968) 1822, as Hong prints them in table 2.
    earlier = {
        "Zr1": [(0, 0), (0, 0), (0.1456, 0.0001)],
        "P1": [(0.2909, 0.0006), (0, 0), (0.25, 0)],
        "O1": [(0.1860, 0.0015), (-0.0144, 0.0015), (0.1949, 0.0005)],
        "O2": [(0.1913, 0.0015), (0.1683, 0.0015), (0.0866, 0.0005)],
    }
    sites = {site.label: site for site in read("nazr2p3o12").sites}
    for label, values in earlier.items():
        site = sites[label]
        for (value, su), here, here_su in zip(values, site.fract, site.fract_su, strict=True):
            assert abs(here - value) <= 3 * math.hypot(su, here_su or 0.0), label


def test_nazr2p3o12_has_the_volume_of_its_monoclinic_description() -> None:
    # Hong, table 3: 15.266(3), 8.815(2), 9.130(1) Å, 123.83(3)°, two thirds of the volume.
    monoclinic = 15.266 * 8.815 * 9.130 * math.sin(math.radians(123.83))
    assert read("nazr2p3o12").cell.volume == pytest.approx(1.5 * monoclinic, rel=6e-4)


def test_nati2p3o12_has_the_cell_of_its_single_lines() -> None:
    # Rodrigo et al., table 1: least squares on single lines, 8.4876(3) and 21.801(1) Å.
    cell = read("nati2p3o12-25c").cell
    assert cell.a == pytest.approx(8.4876, abs=0.003)
    assert cell.c == pytest.approx(21.801, abs=0.003)


def test_composition_of_the_mixed_phase() -> None:
    # 0.848 + 3 · 0.853 = 3.407 Na; Fe/Mn 0.7991/0.2009 of two positions.
    phase = read("namnfep3o12-293k")
    count: dict[str, float] = {}
    for site in phase.sites:
        for species in site.species:
            filled = species.occupancy * site.multiplicity / 6
            count[species.element] = count.get(species.element, 0.0) + filled
    assert count["Na"] == pytest.approx(3.407)
    assert count["Fe"] == pytest.approx(1.5982)
    assert count["Mn"] == pytest.approx(0.4018)
