"""Polyhedra against plain loops, drawn structures, printed numbers and hand-made disorder.

na3vp-rt: Zatovsky, Acta Cryst. E66 (2010) i12, doi:10.1107/S1600536810002801.
nzsp-300k: Boilot, Collin & Colomban, J. Solid State Chem. 73 (1988) 160, table III.
Parameters of bond valence: Gagné & Hawthorne, Acta Cryst. B71 (2015) 562.
"""

from __future__ import annotations

import functools
import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass, replace

import gemmi
import numpy as np
import numpy.typing as npt
import pytest
from scipy.spatial import ConvexHull

from navp_structures.analysis.polyhedra.polyhedra import polyhedra
from navp_structures.analysis.polyhedra.result import Polyhedron
from navp_structures.analysis.sodiation.path import sodiation_path
from navp_structures.catalogue.catalogue import load
from navp_structures.errors import InputError
from navp_structures.model.cell import UnitCell
from navp_structures.model.phase import Phase
from navp_structures.model.site import Site, Species
from navp_structures.model.spacegroup import SpaceGroup

Array = npt.NDArray[np.float64]

# ----------------------------------------------------------------- a crystal by plain loops


def matrix_of(a: float, b: float, c: float, alpha: float, beta: float, gamma: float) -> Array:
    """Return the matrix from fractional to Cartesian coordinates, c along z."""
    al, be, ga = np.radians([alpha, beta, gamma])
    star = (np.cos(al) * np.cos(be) - np.cos(ga)) / (np.sin(al) * np.sin(be))
    return np.array(
        [
            [a * np.sin(be), -b * np.sin(al) * star, 0.0],
            [0.0, b * np.sin(al) * np.sqrt(1.0 - star**2), 0.0],
            [a * np.cos(be), b * np.cos(al), c],
        ]
    )


@dataclass(frozen=True)
class Atom:
    """A position of the cell, and the operation that leads to it from its site."""

    site: int
    rotation: Array
    translation: Array
    fract: Array


@functools.cache
def atoms_of(phase: Phase) -> tuple[Atom, ...]:
    """Return each position of the cell once."""
    matrix = matrix_of(*phase.cell.parameters)
    found: list[Atom] = []
    for number, site in enumerate(phase.sites):
        own: list[Atom] = []
        for triplet in phase.space_group.operations:
            op = gemmi.Op(triplet)
            rotation = np.array(op.rot) / gemmi.Op.DEN
            translation = np.array(op.tran) / gemmi.Op.DEN
            fract = rotation @ np.array(site.fract) + translation
            moved = [atom.fract - fract - np.rint(atom.fract - fract) for atom in own]
            # Å: thirds are printed with eight digits, atoms are at least 1 Å apart.
            if all(np.linalg.norm(matrix @ step) > 0.01 for step in moved):
                own.append(Atom(number, rotation, translation, fract))
        found += own
    return tuple(found)


def number_of(phase: Phase, label: str) -> int:
    return next(n for n, site in enumerate(phase.sites) if site.label == label)


@functools.cache
def shell_of(phase: Phase, label: str, ligand: str, cutoff: float) -> tuple[Atom, ...]:
    """Return the ligands of a site by a loop over atoms and cells, the nearest first."""
    matrix = matrix_of(*phase.cell.parameters)
    centre = np.array(phase.sites[number_of(phase, label)].fract)
    found = []
    for atom in atoms_of(phase):
        if ligand not in phase.sites[atom.site].elements:
            continue
        home = np.floor(centre - atom.fract)
        for x, y, z in itertools.product(range(-1, 3), repeat=3):
            step = home + np.array([x, y, z])
            distance = float(np.linalg.norm(matrix @ (atom.fract + step - centre)))
            if distance <= cutoff:
                moved = replace(
                    atom, translation=atom.translation + step, fract=atom.fract + step
                )
                found.append((distance, moved))
    return tuple(atom for _, atom in sorted(found, key=lambda pair: pair[0]))


# Phase, centre: largest bond. The next oxygen is 0.2 Å farther at least (Na2 of na3vp-rt).
CUTOFFS = {
    ("na3vp-rt", "V1"): 2.5,
    ("na3vp-rt", "P1"): 2.0,
    ("na3vp-rt", "Na1"): 3.0,
    ("na3vp-rt", "Na2"): 3.0,
    ("nzsp-300k", "Zr1"): 2.5,
    ("nzsp-300k", "Si1"): 2.0,
    ("nzsp-300k", "Na1"): 3.0,
    ("nzsp-300k", "Na2"): 3.0,
    ("na2vp-a", "V1"): 2.5,
    ("na2vp-a", "V2"): 2.5,
    ("na2vp-a", "P1"): 2.0,
    ("na2vp-a", "P2"): 2.0,
    ("na2vp-a", "P3"): 2.0,
    ("navp-model", "V1"): 2.5,
    ("navp-model", "P1"): 2.0,
    ("navp-model", "Na1"): 3.0,
}

# R0, B (Å) and share of each ion on the site.
VALENCES = {
    ("na3vp-rt", "V1"): [(1.718, 0.412, 1.0)],
    ("na3vp-rt", "P1"): [(1.624, 0.399, 1.0)],
    ("na3vp-rt", "Na1"): [(1.695, 0.420, 1.0)],
    ("na3vp-rt", "Na2"): [(1.695, 0.420, 1.0)],
    ("nzsp-300k", "Zr1"): [(1.913, 0.406, 1.0)],
    ("nzsp-300k", "Si1"): [(1.624, 0.389, 0.7833), (1.624, 0.399, 0.2167)],
    ("nzsp-300k", "Na1"): [(1.695, 0.420, 1.0)],
    ("nzsp-300k", "Na2"): [(1.695, 0.420, 1.0)],
    ("na2vp-a", "V1"): [(1.718, 0.412, 1.0)],
    # V4+: the model puts V2 away from sodium, and its bonds are short.
    ("na2vp-a", "V2"): [(1.776, 0.364, 1.0)],
    ("na2vp-a", "P1"): [(1.624, 0.399, 1.0)],
    ("na2vp-a", "P2"): [(1.624, 0.399, 1.0)],
    ("na2vp-a", "P3"): [(1.624, 0.399, 1.0)],
    ("navp-model", "V1"): [(1.776, 0.364, 1.0)],
    ("navp-model", "P1"): [(1.624, 0.399, 1.0)],
    ("navp-model", "Na1"): [(1.695, 0.420, 1.0)],
}


def row_of(phase: Phase, label: str) -> Polyhedron:
    (row,) = polyhedra(phase, label).rows
    return row


def vectors_of(phase: Phase, label: str, cutoff: float) -> tuple[list[str], Array]:
    """Return the labels of the ligands, and the vectors to them from the centre."""
    matrix = matrix_of(*phase.cell.parameters)
    centre = np.array(phase.sites[number_of(phase, label)].fract)
    shell = shell_of(phase, label, "O", cutoff)
    steps = np.array([matrix @ (atom.fract - centre) for atom in shell])
    return [phase.sites[atom.site].label for atom in shell], steps


def all_bonds(row: Polyhedron) -> list[tuple[float, str]]:
    """Return length and ligand of every bond, the shortest first."""
    return sorted(
        (round(bond.length, 6), bond.ligand)
        for bond in row.bonds
        for _ in range(bond.multiplicity)
    )


@pytest.mark.parametrize(("name", "label"), CUTOFFS)
def test_polyhedron_by_plain_loops(name: str, label: str) -> None:
    phase = load(name)
    labels, steps = vectors_of(phase, label, CUTOFFS[name, label])
    row = row_of(phase, label)
    lengths = np.linalg.norm(steps, axis=1)
    assert row.coordination == len(lengths)
    # Thirds that are printed with eight digits are moved onto their position: 1e-7 Å.
    found = all_bonds(row)
    assert [length for length, _ in found] == pytest.approx(sorted(lengths), abs=2e-6)
    assert Counter(o for _, o in found) == Counter(labels)
    assert row.mean_bond == pytest.approx(lengths.mean(), abs=1e-6)
    assert row.volume == pytest.approx(ConvexHull(steps).volume, rel=1e-6)
    mean = lengths.mean()
    # Of six equal bonds 1e-8 is left: thirds again.
    assert row.distortion_index == pytest.approx(np.abs(lengths / mean - 1).mean(), abs=1e-7)
    terms = [share * np.exp((r0 - lengths) / b).sum() for r0, b, share in VALENCES[name, label]]
    assert row.bond_valence_sum == pytest.approx(sum(terms), rel=1e-6)
    assert row.centre_offset == pytest.approx(np.linalg.norm(steps.mean(axis=0)), abs=1e-6)
    assert row.centroid_offset == pytest.approx(np.linalg.norm(centroid(steps)), abs=1e-6)
    assert row.effective_coordination == pytest.approx(hoppe(lengths), rel=1e-6)
    assert row.weighted_number is not None
    # Neither the small faces nor the large ones can make it more than the number of faces.
    assert 1.0 < row.weighted_number < 20.0


def centroid(points: Array) -> Array:
    """Return the centre of mass of a hull from tetrahedra about its middle."""
    hull = ConvexHull(points)
    middle = points.mean(axis=0)
    total, moment = 0.0, np.zeros(3)
    for simplex in hull.simplices:
        edges = points[simplex] - middle
        volume = abs(float(np.linalg.det(edges))) / 6.0
        total += volume
        moment += volume * (middle + edges.sum(axis=0) / 4.0)
    return moment / total


def hoppe(lengths: Array) -> float:
    """Return the effective coordination number, its mean found by bisection."""

    def excess(mean: float) -> float:
        weights = np.exp(1.0 - (lengths / mean) ** 6)
        return float((weights * lengths).sum() / weights.sum() - mean)

    low, high = float(lengths.min()) * 0.9, float(lengths.max()) * 1.1
    for _ in range(200):
        middle = (low + high) / 2.0
        low, high = (middle, high) if excess(middle) > 0.0 else (low, middle)
    return float(np.exp(1.0 - (lengths / low) ** 6).sum())


@pytest.mark.parametrize(
    ("name", "label"), [pair for pair in CUTOFFS if pair[1][:2] in ("V1", "V2", "Zr", "P1")]
)
def test_angle_variance_and_elongation_from_named_angles(name: str, label: str) -> None:
    phase = load(name)
    _, steps = vectors_of(phase, label, CUTOFFS[name, label])
    unit = steps / np.linalg.norm(steps, axis=1)[:, np.newaxis]
    angles = [
        float(np.degrees(np.arccos(one @ two))) for one, two in itertools.combinations(unit, 2)
    ]
    if len(steps) == 6:
        # Three pairs lie opposite each other: beyond 135 degrees.
        angles = [angle for angle in angles if angle < 135.0]
        ideal, regular = 90.0, 4.0 / 3.0
        assert len(angles) == 12
    else:
        ideal, regular = float(np.degrees(np.arccos(-1.0 / 3.0))), 8.0 / (9.0 * np.sqrt(3.0))
        assert len(angles) == 6
    row = row_of(phase, label)
    variance = sum((angle - ideal) ** 2 for angle in angles) / (len(angles) - 1)
    # Angles follow thirds with eight digits to 1e-6 degrees.
    assert row.bond_angle_variance == pytest.approx(variance, rel=1e-5)
    # The regular polyhedron of the same volume: V = regular · l0³.
    l0 = (ConvexHull(steps).volume / regular) ** (1.0 / 3.0)
    elongation = float(np.mean(np.sum(steps**2, axis=1))) / l0**2
    assert row.quadratic_elongation == pytest.approx(elongation, rel=1e-6)


# ------------------------------------------------------------------------ printed numbers

ZATOVSKY = {
    "V1": [(1.9693, 0.0010, 3), (2.0271, 0.0009, 3)],
    "P1": [(1.5227, 0.0012, 2), (1.5358, 0.0010, 2)],
    "Na1": [(2.5045, 0.0011, 6)],
    "Na2": [(2.3883, 0.0012, 2), (2.4448, 0.0019, 2), (2.6280, 0.0016, 2), (2.8352, 0.0019, 2)],
}


@pytest.mark.parametrize("label", ZATOVSKY)
def test_bonds_of_zatovsky(label: str) -> None:
    bonds = row_of(load("na3vp-rt"), label).bonds
    assert [bond.multiplicity for bond in bonds] == [n for *_, n in ZATOVSKY[label]]
    for bond, (length, su, _) in zip(bonds, ZATOVSKY[label], strict=True):
        # Coordinates are printed to 1e-5: half of it is 1e-4 Å in c.
        assert bond.length == pytest.approx(length, abs=2e-4)
        # The refinement knew how its coordinates are correlated, the CIF does not say; the
        # printed su is rounded by up to 5 % besides.
        assert bond.length_su == pytest.approx(su, rel=0.25)


def test_bridges_of_zatovsky() -> None:
    shared = polyhedra("na3vp-rt", ["V", "P"]).shared()
    angles = sorted(
        (row.angle, row.number)
        for row in shared.rows
        if (row.centre, row.other) == ("V1", "P1")
    )
    # Printed P–O–V 145.95(7) and 151.38(10); 2e-4 Å of a bond of 1.5 Å are 0.01 degrees.
    assert [angle for angle, _ in angles] == pytest.approx([145.95, 151.38], abs=0.02)
    assert [number for _, number in angles] == [3, 3]


@pytest.mark.parametrize(
    ("label", "mean", "su", "count"),
    [("Zr1", 2.071, 0.002, 6), ("Si1", 1.597, 0.002, 4), ("Na1", 2.612, 0.004, 6)],
)
def test_means_of_boilot(label: str, mean: float, su: float, count: int) -> None:
    row = row_of(load("nzsp-300k"), label)
    assert row.coordination == count
    assert row.mean_bond == pytest.approx(mean, abs=su)


# ------------------------------------------------------------------------- drawn structures

# 1/sqrt(2 N) is the relative error of a standard deviation of N draws: 1 % for 5000. The
# largest of a hundred such numbers is off by 3 %; second-order terms add less than that
# while errors are small against a bond. 10 % is what was asked for.
DRAWS = 5000
AGREEMENT = 0.1

# Free coordinates by the International Tables: 12c 0,0,z, 18e x,0,1/4, 36f x,y,z of R -3 c
# and their images; a direction in fractional coordinates for each.
FREE = {
    "na3vp-rt": {"V1": [2], "P1": [0], "Na1": [], "Na2": [1], "O1": [0, 1, 2], "O2": [0, 1, 2]},
    "nzsp-300k": {"Zr1": [2], "Si1": [0], "O1": [0, 1, 2], "O2": [0, 1, 2]},
    "navp-model": {"V1": [2], "P1": [0], "Na1": [], "O1": [0, 1, 2], "O2": [0, 1, 2]},
}


@dataclass(frozen=True)
class Drawn:
    """Drawn structures: matrices, and coordinates of each site."""

    matrices: Array
    coordinates: dict[int, Array]


def drawn_cells(phase: Phase, rng: np.random.Generator) -> Array:
    covariance = phase.cell.covariance
    assert covariance is not None
    cells = rng.multivariate_normal(phase.cell.parameters, covariance, DRAWS, method="eigh")
    return np.array([matrix_of(*cell) for cell in cells])


def draw(phase: Phase, seed: int) -> Drawn:
    """Draw the cell, and each free coordinate of each site by its own su."""
    rng = np.random.default_rng(seed)
    coordinates = {}
    for number, site in enumerate(phase.sites):
        coordinates[number] = np.tile(site.fract, (DRAWS, 1))
        for axis in FREE[phase.id].get(site.label, []):
            su = site.fract_su[axis]
            assert su
            coordinates[number][:, axis] += rng.normal(0.0, su, DRAWS)
    return Drawn(drawn_cells(phase, rng), coordinates)


def draw_by_error(phase: Phase, free: dict[str, list[int]], seed: int) -> Drawn:
    """Draw the cell, and an error of each site of equal size along all axes in space.

    On a line it is the part along the line: the errors across it are none.
    """
    rng = np.random.default_rng(seed)
    matrix = matrix_of(*phase.cell.parameters)
    coordinates = {}
    for number, site in enumerate(phase.sites):
        coordinates[number] = np.tile(site.fract, (DRAWS, 1))
        axes = free.get(site.label, [0, 1, 2])
        if not axes:
            continue
        steps = rng.normal(0.0, phase.site_error.get(site.elements[0], 0.0), (DRAWS, 3))
        if len(axes) == 1:
            line = matrix[:, axes[0]] / np.linalg.norm(matrix[:, axes[0]])
            steps = np.outer(steps @ line, line)
        coordinates[number] += steps @ np.linalg.inv(matrix).T
    return Drawn(drawn_cells(phase, rng), coordinates)


@dataclass(frozen=True)
class Spread:
    """Quantities of one polyhedron, one number for each draw."""

    ligands: list[str]
    bonds: Array
    volume: Array
    valence: Array

    @property
    def mean(self) -> Array:
        return np.asarray(self.bonds.mean(axis=1))


def measured(
    phase: Phase,
    label: str,
    drawn: Drawn,
    *,
    cutoff: float,
    valences: list[tuple[float, float, float]],
) -> Spread:
    shell = shell_of(phase, label, "O", cutoff)
    centre = drawn.coordinates[number_of(phase, label)]
    steps = np.stack(
        [
            drawn.coordinates[atom.site] @ atom.rotation.T + atom.translation - centre
            for atom in shell
        ],
        axis=1,
    )
    vectors = np.einsum("dij,dnj->dni", drawn.matrices, steps)
    bonds = np.linalg.norm(vectors, axis=2)
    return Spread(
        ligands=[phase.sites[atom.site].label for atom in shell],
        bonds=bonds,
        volume=np.array([ConvexHull(points).volume for points in vectors]),
        valence=sum(
            (share * np.exp((r0 - bonds) / b).sum(axis=1) for r0, b, share in valences),
            start=np.zeros(DRAWS),
        ),
    )


def ratios(row: Polyhedron, spread: Spread) -> dict[str, float]:
    """Return the standard deviation of the draws by the su of the package."""
    found = {}
    # Bonds of one length, in their order, are the rows of the package in theirs.
    column = 0
    for bond in row.bonds:
        for _ in range(bond.multiplicity):
            assert spread.ligands[column] == bond.ligand
            assert bond.length_su is not None
            deviation = spread.bonds[:, column].std(ddof=1)
            found[f"{bond.ligand} {bond.length:.3f} {column}"] = deviation / bond.length_su
            column += 1
    assert column == len(spread.ligands)
    assert row.mean_bond_su is not None
    assert row.volume_su is not None
    assert row.bond_valence_sum_su is not None
    found["mean"] = spread.mean.std(ddof=1) / row.mean_bond_su
    found["volume"] = spread.volume.std(ddof=1) / row.volume_su
    found["valence"] = spread.valence.std(ddof=1) / row.bond_valence_sum_su
    return found


def spread_of(name: str, label: str, drawn: Drawn) -> Spread:
    return measured(
        load(name),
        label,
        drawn,
        cutoff=CUTOFFS[name, label],
        valences=VALENCES[name, label],
    )


@pytest.mark.parametrize(
    ("name", "label"),
    [
        *[("na3vp-rt", label) for label in ("V1", "P1", "Na1", "Na2")],
        *[("nzsp-300k", label) for label in ("Zr1", "Si1")],
    ],
)
def test_su_are_the_spread_of_drawn_structures(name: str, label: str) -> None:
    phase = load(name)
    found = ratios(row_of(phase, label), spread_of(name, label, draw(phase, 2010)))
    assert found == pytest.approx(dict.fromkeys(found, 1.0), abs=AGREEMENT)


@pytest.mark.parametrize("label", ["V1", "P1", "Na1"])
def test_expected_errors_are_the_spread_of_drawn_structures(label: str) -> None:
    phase = load("navp-model")
    drawn = draw_by_error(phase, FREE["navp-model"], 1988)
    found = ratios(row_of(phase, label), spread_of("navp-model", label, drawn))
    assert found == pytest.approx(dict.fromkeys(found, 1.0), abs=AGREEMENT)


# 0.2 Å of oxygen is not small against a bond, and first order does not reach so far: of a
# tenth it does. The cell of this phase has a full correlation matrix.
def tenth(phase: Phase) -> Phase:
    return replace(phase, site_error={e: x / 10.0 for e, x in phase.site_error.items()})


@pytest.mark.parametrize("label", ["V1", "V2", "P1", "P2", "P3"])
def test_small_errors_in_a_monoclinic_cell(label: str) -> None:
    phase = tenth(load("na2vp-a"))
    drawn = draw_by_error(phase, {"Na1A": [], "Na1B": []}, 2014)
    spread = measured(
        phase,
        label,
        drawn,
        cutoff=CUTOFFS["na2vp-a", label],
        valences=VALENCES["na2vp-a", label],
    )
    found = ratios(row_of(phase, label), spread)
    assert found == pytest.approx(dict.fromkeys(found, 1.0), abs=AGREEMENT)


@pytest.mark.parametrize("label", ["V1", "V2", "P1", "P2", "P3"])
def test_errors_of_the_cell_alone(label: str) -> None:
    # Elsewhere coordinates outweigh the cell. Here they hold to a millionth of an Å, and the
    # cell has four free parameters, correlated: otherwise than its own, which fix V/Z, so
    # that a volume has no su of first order.
    whole = load("na2vp-a")
    correlation = np.eye(6)
    for i, j, value in ((0, 2, 0.5), (0, 4, 0.6), (2, 4, 0.3), (0, 1, -0.2)):
        correlation[i, j] = correlation[j, i] = value
    cell = replace(whole.cell, correlation=tuple(map(tuple, correlation.tolist())))
    tiny = dict.fromkeys(whole.site_error, 1e-6)
    phase = replace(whole, cell=cell, site_error=tiny)
    drawn = draw_by_error(phase, {"Na1A": [], "Na1B": []}, 2016)
    spread = measured(
        phase,
        label,
        drawn,
        cutoff=CUTOFFS["na2vp-a", label],
        valences=VALENCES["na2vp-a", label],
    )
    found = ratios(row_of(phase, label), spread)
    assert found == pytest.approx(dict.fromkeys(found, 1.0), abs=AGREEMENT)


@pytest.mark.parametrize("label", ["V1", "V2", "P1", "P2", "P3"])
def test_large_errors_in_a_monoclinic_cell(label: str) -> None:
    phase = load("na2vp-a")
    drawn = draw_by_error(phase, {"Na1A": [], "Na1B": []}, 2014)
    spread = measured(
        phase,
        label,
        drawn,
        cutoff=CUTOFFS["na2vp-a", label],
        valences=VALENCES["na2vp-a", label],
    )
    found = ratios(row_of(phase, label), spread)
    # Bonds and volumes are nearly linear in 0.2 Å, exp(-R/B) is not: with B = 0.36 to 0.41 Å
    # the drawn sums spread by 14 to 27 % more than first order says.
    valence = found.pop("valence")
    assert found == pytest.approx(dict.fromkeys(found, 1.0), abs=AGREEMENT)
    assert 1.05 < valence < 1.4


def test_means_over_centres_share_their_errors() -> None:
    phase = tenth(load("na2vp-a"))
    drawn = draw_by_error(phase, {"Na1A": [], "Na1B": []}, 2015)
    spreads = [
        measured(
            phase,
            label,
            drawn,
            cutoff=CUTOFFS["na2vp-a", label],
            valences=VALENCES["na2vp-a", label],
        )
        for label in ("V1", "V2")
    ]
    # Both sites are general positions and full: they count alike.
    (row,) = sodiation_path([phase]).rows
    pairs = {
        "mean": (np.mean([s.mean for s in spreads], axis=0), row.mean_bond_su),
        "volume": (np.mean([s.volume for s in spreads], axis=0), row.polyhedron_volume_su),
        "valence": (np.mean([s.valence for s in spreads], axis=0), row.bond_valence_sum_su),
    }
    for name, (values, su) in pairs.items():
        assert su is not None, name
        assert values.std(ddof=1) / su == pytest.approx(1.0, abs=AGREEMENT), name
    assert row.mean_bond == pytest.approx(
        np.mean([row_of(phase, label).mean_bond for label in ("V1", "V2")]), abs=1e-9
    )


def made(name: str, group: str, cell: UnitCell, *sites: Site) -> Phase:
    return Phase(id=name, cell=cell, space_group=SpaceGroup.from_name(group), sites=sites)


def site(
    label: str,
    fract: tuple[float, float, float],
    su: tuple[float | None, float | None, float | None] = (None, None, None),
    occupancy: float = 1.0,
) -> Site:
    element = label.rstrip("0123456789abcdef") or label
    return Site(
        label=label,
        species=(Species(symbol=element, label=label, occupancy=occupancy),),
        fract=fract,
        fract_su=su,
    )


# Oxygen on x,x,x of F d -3 m (second origin) and on x,-x,z of R -3 m: coordinates that
# symmetry ties; the given su are those of the tied coordinates, as a CIF prints them.
SPINEL = made(
    "spinel",
    "F d -3 m:2",
    UnitCell(a=8.4, b=8.4, c=8.4, a_su=0.004, b_su=0.004, c_su=0.004),
    site("V1", (0.5, 0.5, 0.5)),
    site("P1", (0.125, 0.125, 0.125)),
    site("O1", (0.257, 0.257, 0.257), (0.0004, 0.0004, 0.0004)),
)
TRIGONAL = made(
    "trigonal",
    "R -3 m:H",
    UnitCell(a=6.0, b=6.0, c=15.0, gamma=120.0, a_su=0.004, b_su=0.004, c_su=0.02),
    site("V1", (0.0, 0.0, 0.0)),
    site("O1", (0.17, -0.17, 0.07), (0.0007, 0.0007, 0.0004)),
)


@pytest.mark.parametrize(
    ("phase", "label", "ties"),
    [
        (SPINEL, "V1", (1.0, 1.0, 1.0)),
        (SPINEL, "P1", (1.0, 1.0, 1.0)),
        (TRIGONAL, "V1", (1.0, -1.0, 0.0)),
    ],
    ids=["spinel V1", "spinel P1", "trigonal V1"],
)
def test_tied_coordinates_move_together(
    phase: Phase, label: str, ties: tuple[float, float, float]
) -> None:
    rng = np.random.default_rng(1935)
    coordinates = {n: np.tile(s.fract, (DRAWS, 1)) for n, s in enumerate(phase.sites)}
    oxygen = number_of(phase, "O1")
    x_su, _, z_su = phase.sites[oxygen].fract_su
    assert x_su
    assert z_su
    coordinates[oxygen] += np.outer(rng.normal(0.0, x_su, DRAWS), ties)
    if not ties[2]:
        coordinates[oxygen][:, 2] += rng.normal(0.0, z_su, DRAWS)
    drawn = Drawn(drawn_cells(phase, rng), coordinates)
    row = row_of(phase, label)
    (used,) = row.parameters
    cutoff = row.mean_bond + 0.01
    valences = [(used.r0, used.b, 1.0)]
    spread = measured(phase, label, drawn, cutoff=cutoff, valences=valences)
    found = ratios(row, spread)
    assert found == pytest.approx(dict.fromkeys(found, 1.0), abs=AGREEMENT)


def test_draws_notice_su_that_forget_symmetry() -> None:
    # Six O1 around Na1 of na3vp-rt are one oxygen: their mean is as uncertain as each.
    phase = load("na3vp-rt")
    row = row_of(phase, "Na1")
    spread = spread_of("na3vp-rt", "Na1", draw(phase, 2011))
    (bond,) = row.bonds
    assert bond.length_su is not None
    independent = bond.length_su / np.sqrt(6.0)
    assert spread.mean.std(ddof=1) / independent != pytest.approx(1.0, abs=AGREEMENT)


# --------------------------------------------------------------------- a supercell of atoms


@dataclass(frozen=True)
class Supercell:
    """3 × 3 × 3 cells with periodic boundaries.

    Parameters
    ----------
    label
        Of each centre.
    place
        Of each centre (Å).
    vertices
        Numbers of the oxygen atoms around each centre.
    """

    label: list[str]
    place: Array
    oxygen: Array
    vertices: list[frozenset[int]]
    box: Array

    def step(self, one: Array, two: Array) -> Array:
        """Return the shortest way from one point to points, shape ``(..., 3)``."""
        fract = (two - one) @ np.linalg.inv(self.box).T
        return np.asarray((fract - np.rint(fract)) @ self.box.T)


TIMES = 3


def supercell(phase: Phase, cutoffs: dict[str, float]) -> Supercell:
    matrix = matrix_of(*phase.cell.parameters)
    labels, places, oxygen = [], [], []
    for atom in atoms_of(phase):
        for cell in itertools.product(range(TIMES), repeat=3):
            place = matrix @ (atom.fract + cell)
            label = phase.sites[atom.site].label
            if "O" in phase.sites[atom.site].elements:
                oxygen.append(place)
            elif label in cutoffs:
                labels.append(label)
                places.append(place)
    whole = Supercell(labels, np.array(places), np.array(oxygen), [], TIMES * matrix)
    for label, place in zip(labels, places, strict=True):
        far = np.linalg.norm(whole.step(place, whole.oxygen), axis=1)
        whole.vertices.append(frozenset(np.flatnonzero(far <= cutoffs[label]).tolist()))
    return whole


def touching(cell: Supercell) -> dict[tuple[int, int], set[int]]:
    """Return the common vertices of each pair of polyhedra, in both orders."""
    owners: dict[int, list[int]] = defaultdict(list)
    for centre, vertices in enumerate(cell.vertices):
        for vertex in vertices:
            owners[vertex].append(centre)
    common: dict[tuple[int, int], set[int]] = defaultdict(set)
    for vertex, centres in owners.items():
        for pair in itertools.permutations(centres, 2):
            common[pair].add(vertex)
    return common


NETWORKS = {
    "na3vp-rt": (("V", "P", "Na"), ("V1", "P1", "Na1", "Na2")),
    "nzsp-300k": (("Zr", "Si"), ("Zr1", "Si1")),
    "na2vp-a": (("V", "P"), ("V1", "V2", "P1", "P2", "P3")),
}


@functools.cache
def network(name: str) -> tuple[Supercell, dict[tuple[int, int], set[int]]]:
    cell = supercell(load(name), {label: CUTOFFS[name, label] for label in NETWORKS[name][1]})
    return cell, touching(cell)


def printed_label(label: str) -> str:
    """Return how the package names a mixed site: by both of its atoms."""
    return {"Si1": "Si1/P1"}.get(label, label)


@pytest.mark.parametrize("name", NETWORKS)
def test_shared_parts_in_a_supercell(name: str) -> None:
    cell, common = network(name)
    kinds = {1: "corner", 2: "edge"}
    expected: Counter[tuple[str, str, str, int, float, float]] = Counter()
    first = {label: cell.label.index(label) for label in NETWORKS[name][1]}
    for (one, two), vertices in common.items():
        if one != first[cell.label[one]]:
            continue
        apart = cell.step(cell.place[one], cell.place[two])
        angles = []
        for vertex in vertices:
            here = cell.step(cell.oxygen[vertex], cell.place[one])
            there = cell.step(cell.oxygen[vertex], cell.place[two])
            cosine = here @ there / np.linalg.norm(here) / np.linalg.norm(there)
            angles.append(float(np.degrees(np.arccos(cosine))))
        expected[
            printed_label(cell.label[one]),
            printed_label(cell.label[two]),
            kinds.get(len(vertices), "face"),
            len(vertices),
            # Contacts that symmetry does not make equal differ by more, others by 1e-6.
            round(float(np.linalg.norm(apart)), 3),
            round(float(np.mean(angles)), 2),
        ] += 1
    rows = polyhedra(name, list(NETWORKS[name][0])).shared().rows
    found: Counter[tuple[str, str, str, int, float, float]] = Counter()
    for row in rows:
        angle, distance = round(row.angle, 2), round(row.distance, 3)
        found[row.centre, row.other, row.kind, row.shared, distance, angle] += row.number
    assert found == expected


@pytest.mark.parametrize("name", NETWORKS)
def test_lanterns_in_a_supercell(name: str) -> None:
    cell, common = network(name)
    joined: dict[tuple[int, int], set[int]] = defaultdict(set)
    for small in range(len(cell.label)):
        size = len(cell.vertices[small])
        larger = [
            two
            for two in {two for one, two in common if one == small}
            if len(common[small, two]) == 1 and len(cell.vertices[two]) > size
        ]
        for pair in itertools.combinations(sorted(larger), 2):
            joined[pair].add(small)
    expected: Counter[tuple[tuple[str, ...], tuple[str, ...], float]] = Counter()
    for (one, two), bridges in joined.items():
        if len(bridges) == 3 and (one, two) not in common:
            ends = tuple(sorted(printed_label(cell.label[n]) for n in (one, two)))
            middle = tuple(sorted(printed_label(cell.label[n]) for n in bridges))
            apart = float(np.linalg.norm(cell.step(cell.place[one], cell.place[two])))
            expected[ends, middle, round(apart, 3)] += 1
    assert all(number % TIMES**3 == 0 for number in expected.values())
    lanterns = polyhedra(name, list(NETWORKS[name][0])).shared().lanterns
    found = {(x.centres, x.bridges, round(x.distance, 3)): x.number for x in lanterns}
    assert found == {key: number // TIMES**3 for key, number in expected.items()}


@pytest.mark.parametrize(
    ("name", "centres", "per_cell"),
    [
        # [M2(TO4)3] is the formula unit: six in the rhombohedral cell, four in na2vp-a.
        ("na3vp-rt", ["V", "P"], 6),
        ("nzsp-300k", ["Zr", "Si"], 6),
        ("na2vp-a", ["V", "P"], 4),
    ],
)
def test_one_lantern_for_each_formula_unit(
    name: str, centres: list[str], per_cell: int
) -> None:
    lanterns = polyhedra(name, centres).shared().lanterns
    assert sum(lantern.number for lantern in lanterns) == per_cell
    assert sum(lantern.per_formula_unit or 0.0 for lantern in lanterns) == 1.0


# ----------------------------------------------------------------------- made-up disorder

EDGE = 12.0
BOX = UnitCell(a=EDGE, b=EDGE, c=EDGE)

# Directions of six ligands around the middle of the box.
SIX = [(2.0, 0, 0), (-2.0, 0, 0), (0, 2.0, 0), (0, -2.0, 0), (0, 0, 2.0), (0, 0, -2.0)]


def at(*offset: float) -> tuple[float, float, float]:
    """Return fractional coordinates of a point, relative to the middle of the box (Å)."""
    x, y, z = (0.5 + value / EDGE for value in offset)
    return (x, y, z)


def boxed(*sites: Site, name: str = "made") -> Phase:
    return made(name, "P 1", BOX, *sites)


def oxygens(*offsets: tuple[float, ...], start: int = 1) -> tuple[Site, ...]:
    return tuple(site(f"O{n}", at(*offset)) for n, offset in enumerate(offsets, start))


VANADIUM = site("V1", at(0, 0, 0))


def valence(*lengths: float) -> float:
    """Return the bond-valence sum of V3+."""
    return float(np.exp((1.718 - np.array(lengths)) / 0.412).sum())


def one_sentence_with(words: str, notes: tuple[str, ...]) -> None:
    found = [note for note in notes if words in note]
    assert len(found) == 1, notes
    assert "made V1" in found[0]
    # One sentence of its own, which goes on with a semicolon at most.
    assert ". " not in found[0]


def test_split_ligand_makes_one_vertex_at_its_mean() -> None:
    halves = [site("O6a", at(0.2, 0, -2), occupancy=0.5), site("O6b", at(-0.2, 0, -2),
              occupancy=0.5)]  # fmt: skip
    result = polyhedra(boxed(VANADIUM, *oxygens(*SIX[:5]), *halves), "V", valences={"V": 3})
    (row,) = result.rows
    assert row.coordination == 6
    # The place of the vertex is the mean, the length of the bond the mean of both lengths.
    far = float(np.hypot(2.0, 0.2))
    expected_bonds = pytest.approx([2.0] * 5 + [far], abs=1e-6)
    assert [length for length, _ in all_bonds(row)] == expected_bonds
    assert row.volume == pytest.approx(4.0 / 3.0 * 8.0, rel=1e-9)
    # Valences are those of the atoms, half of each.
    expected = valence(*[2.0] * 5) + valence(far, far) / 2.0
    assert row.bond_valence_sum == pytest.approx(expected, rel=1e-9)
    assert sum(bond.occupancy * bond.multiplicity for bond in row.bonds) == pytest.approx(6.0)
    one_sentence_with("split", result.notes)
    assert not [note for note in result.notes if "filled to" in note]


def test_split_ligand_with_unequal_shares() -> None:
    parts = [site("O6a", at(0.3, 0, -2), occupancy=0.75), site("O6b", at(-0.1, 0, -2),
             occupancy=0.25)]  # fmt: skip
    result = polyhedra(boxed(VANADIUM, *oxygens(*SIX[:5]), *parts), "V", valences={"V": 3})
    (row,) = result.rows
    assert row.coordination == 6
    mean = 0.75 * np.hypot(2.0, 0.3) + 0.25 * np.hypot(2.0, 0.1)
    assert all_bonds(row)[-1] == (pytest.approx(mean, abs=1e-6), "O6a/O6b")
    one_sentence_with("split", result.notes)


def test_neighbours_that_are_both_there_are_not_split() -> None:
    full = [site("O6a", at(0.5, 0, -2)), site("O6b", at(-0.5, 0, -2))]
    result = polyhedra(boxed(VANADIUM, *oxygens(*SIX[:5]), *full), "V", valences={"V": 3})
    assert result.rows[0].coordination == 7
    assert not [note for note in result.notes if "split" in note]


def test_ligand_split_by_a_mirror() -> None:
    # The mirror at y = 1/2 makes O6 half-filled on either side of it.
    exact = (0.0, 0.0, 0.0)
    phase = made(
        "made",
        "P 1 m 1",
        UnitCell(a=EDGE, b=EDGE, c=EDGE, a_su=0.006, b_su=0.006, c_su=0.006, beta_su=0.0),
        site("V1", at(0, 0, 0), exact),
        *[site(f"O{n}", at(*SIX[i]), exact) for n, i in enumerate((0, 1, 2, 4), 1)],
        site("O6", at(0, 0.2, -2), (0.0, 0.003, 0.002), occupancy=0.5),
    )
    result = polyhedra(phase, "V", valences={"V": 3})
    (row,) = result.rows
    assert row.coordination == 6
    assert row.volume == pytest.approx(32.0 / 3.0, rel=1e-9)
    bond = next(bond for bond in row.bonds if bond.ligand == "O6")
    # Both bonds are as long, and y of O6 moves both; so do b and c, each by its share.
    length = float(np.hypot(2.0, 0.2))
    assert bond.length == pytest.approx(length)
    along = np.array([2.0 * EDGE * 0.002, 0.2 * EDGE * 0.003, 4.0 / EDGE * 0.006,
                      0.04 / EDGE * 0.006]) / length  # fmt: skip
    assert bond.length_su == pytest.approx(np.linalg.norm(along), rel=1e-6)
    # Both atoms come nearer together when y changes: the bond valence follows y, and each
    # of the three lattice parameters its share of every bond.
    far = float(np.hypot(2.0, 0.2))
    each, off = valence(2.0), valence(far)
    slopes = np.array(
        [
            off * 0.2 / far * EDGE * 0.003,
            off * 2.0 / far * EDGE * 0.002,
            2.0 * each * 2.0 / EDGE * 0.006,
            (2.0 * each * 2.0 + off * 0.2 * 0.2 / far) / EDGE * 0.006,
            (each * 2.0 + off * 2.0 * 2.0 / far) / EDGE * 0.006,
        ]
    )
    expected = float(np.linalg.norm(slopes)) / 0.412
    assert row.bond_valence_sum_su == pytest.approx(expected, rel=1e-6)
    one_sentence_with("split", result.notes)


def test_half_filled_ligand_is_a_vertex_and_half_a_bond() -> None:
    half = site("O6", at(0, 0, -2.1), occupancy=0.5)
    result = polyhedra(boxed(VANADIUM, *oxygens(*SIX[:5]), half), "V", valences={"V": 3})
    (row,) = result.rows
    assert row.coordination == 6
    assert row.volume == pytest.approx(4.0 * (2.0 + 2.1) * 2.0 / 3.0, rel=1e-9)
    expected = valence(*[2.0] * 5) + valence(2.1) / 2.0
    assert row.bond_valence_sum == pytest.approx(expected, rel=1e-9)
    assert row.bonds[-1].occupancy == 0.5
    one_sentence_with("filled to 0.5", result.notes)
    assert not [note for note in result.notes if "split" in note]


def test_mixed_centre_is_one_polyhedron_with_mean_valences() -> None:
    species = (
        Species(symbol="Si", label="Si1", occupancy=0.6),
        Species(symbol="P", label="P1", occupancy=0.4),
    )
    mixed = Site(label="Si1", species=species, fract=at(0, 0, 0))
    corners = [(1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)]
    ends = [tuple(0.9 * x for x in corner) for corner in corners]
    result = polyhedra(boxed(mixed, *oxygens(*ends)), ["Si", "P"])
    (row,) = result.rows
    assert (row.centre, row.coordination, row.occupancy) == ("Si1/P1", 4, pytest.approx(1.0))
    assert row.valence == pytest.approx(0.6 * 4 + 0.4 * 5)
    length = 0.9 * np.sqrt(3.0)
    silicon, phosphorus = np.exp((1.624 - length) / np.array([0.389, 0.399])) * 4
    assert row.bond_valence_sum == pytest.approx(0.6 * silicon + 0.4 * phosphorus, rel=1e-9)
    # Asked for one of its elements, it is filled to the share of that.
    (alone,) = polyhedra(boxed(mixed, *oxygens(*ends)), "P").rows
    assert alone.occupancy == pytest.approx(0.4)


def test_partly_filled_centre_is_one_polyhedron_of_its_own_valence() -> None:
    part = site("V1", at(0, 0, 0), occupancy=0.3)
    (row,) = polyhedra(boxed(part, *oxygens(*SIX)), "V", valences={"V": 3}).rows
    assert row.occupancy == pytest.approx(0.3)
    # The sum is that of an atom where there is one.
    assert row.bond_valence_sum == pytest.approx(valence(*[2.0] * 6), rel=1e-9)


def test_split_centre_has_one_row_for_each_position() -> None:
    halves = [site("V1a", at(0.15, 0, 0), occupancy=0.5), site("V1b", at(-0.15, 0, 0),
              occupancy=0.5)]  # fmt: skip
    result = polyhedra(boxed(*halves, *oxygens(*SIX)), "V", valences={"V": 3})
    assert [row.centre for row in result.rows] == ["V1a", "V1b"]
    for row in result.rows:
        assert (row.coordination, row.occupancy) == (6, 0.5)
        assert row.centre_offset == pytest.approx(0.15)
        assert row.volume == pytest.approx(32.0 / 3.0)


@pytest.mark.parametrize(
    ("offsets", "words"),
    [
        ([(0, 0, 2.0)], "1 ligand enclose"),
        ([(0, 0, 2.0), (0, 0, -2.0)], "2 ligands enclose"),
        ([(2.0, 0, 0), (-1.0, 1.7, 0), (-1.0, -1.7, 0)], "3 ligands enclose"),
        (SIX[:4], "4 ligands lie in one plane"),
    ],
)
def test_ligands_without_a_volume(offsets: list[tuple[float, ...]], words: str) -> None:
    result = polyhedra(boxed(VANADIUM, *oxygens(*offsets)), "V", cutoff=2.5, valences={"V": 3})
    (row,) = result.rows
    assert row.coordination == len(offsets)
    lengths = [float(np.linalg.norm(offset)) for offset in offsets]
    assert row.mean_bond == pytest.approx(np.mean(lengths))
    assert row.bond_valence_sum == pytest.approx(valence(*lengths), rel=1e-9)
    assert row.volume is None
    assert row.volume_su is None
    assert row.quadratic_elongation is None
    assert row.centroid_offset is None
    one_sentence_with(words, result.notes)


def test_coplanar_ligands_beside_others_of_the_network() -> None:
    # Two more oxygen atoms at 3.4 Å above and below, which a cutoff leaves out.
    ends = [*SIX[:4], (0, 0, 3.4), (0, 0, -3.4)]
    phase = boxed(VANADIUM, *oxygens(*ends))
    (row,) = polyhedra(phase, "V", cutoff=2.5, valences={"V": 3}).rows
    assert (row.coordination, row.volume) == (4, None)
    (wide,) = polyhedra(phase, "V", cutoff=3.5, valences={"V": 3}).rows
    assert wide.coordination == 6
    assert wide.volume == pytest.approx(4.0 * 3.4 * 2.0 * 2.0 / 3.0)


def test_no_ligand_within_a_cutoff() -> None:
    with pytest.raises(InputError, match=r"no O within 1\.5 Å"):
        polyhedra(boxed(VANADIUM, *oxygens(*SIX)), "V", cutoff=1.5)
