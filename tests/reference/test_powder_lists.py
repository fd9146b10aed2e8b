"""Powder patterns against plain loops over the sphere and over the atoms of the cell.

Nothing of the package and no array takes part in what is expected: operations grow from the
generators of International Tables A, d comes from the formula of each crystal system, F from
a loop over all atoms. Only the coefficients of the form factors are gemmi's.
"""

from __future__ import annotations

import cmath
import csv
import io
import itertools
import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

import gemmi
import numpy as np
import pytest
from click.testing import CliRunner
from matplotlib.figure import Figure

import navp_structures as navp
from navp_structures.cli import main
from navp_structures.model.cell import UnitCell
from navp_structures.model.phase import Phase
from navp_structures.model.site import Site, Species
from navp_structures.model.spacegroup import SpaceGroup

HKL = tuple[int, ...]
Cell = tuple[float, ...]
Family = frozenset[HKL]

WAVELENGTH = 1.5405929
RANGE = (5.0, 90.0)
HC = 12398.419843320026  # eV Å, from the exact constants of the SI


class Operation(NamedTuple):
    """x' = R x + t, the rows of R first."""

    rows: tuple[HKL, ...]
    shift: tuple[Fraction, ...]


def parse(triplet: str) -> Operation:
    """Return the operation of a triplet whose coefficients are 1, 0 and -1."""
    rows, shift = [], []
    for part in triplet.split(","):
        rows.append(tuple(-1 if f"-{x}" in part else int(x in part) for x in "xyz"))
        fraction = re.search(r"(\d)/(\d)", part)
        shift.append(Fraction(fraction[0]) if fraction else Fraction(0))
    return Operation(tuple(rows), tuple(shift))


def product(one: Operation, two: Operation) -> Operation:
    rows = tuple(
        tuple(sum(one.rows[i][k] * two.rows[k][j] for k in range(3)) for j in range(3))
        for i in range(3)
    )
    moved = tuple(sum(one.rows[i][k] * two.shift[k] for k in range(3)) for i in range(3))
    return Operation(rows, tuple((m + t) % 1 for m, t in zip(moved, one.shift, strict=True)))


# International Tables A, the generators selected for each group.
GENERATORS = {
    "P 1": [],
    "P -1": ["-x,-y,-z"],
    "P 1 21 1": ["-x,y+1/2,-z"],
    "P 1 21/c 1": ["-x,y+1/2,-z+1/2", "-x,-y,-z"],
    "R 3 c:H": ["x+2/3,y+1/3,z+1/3", "-y,x-y,z", "-y,-x,z+1/2"],
    "R -3 c:H": ["x+2/3,y+1/3,z+1/3", "-y,x-y,z", "y,x,-z+1/2", "-x,-y,-z"],
}


@cache
def operations(group: str) -> tuple[Operation, ...]:
    found = {parse("x,y,z")}
    generators = [parse(triplet) for triplet in GENERATORS[group]]
    while True:
        more = {product(one, two) for one in generators for two in found} - found
        if not more:
            return tuple(found)
        found |= more


def triclinic(hkl: HKL, cell: Cell) -> float:
    """Return 1/d² (Å⁻²)."""
    a, b, c = cell[:3]
    ca, cb, cg = (math.cos(math.radians(x)) for x in cell[3:])
    h, k, m = hkl[0] / a, hkl[1] / b, hkl[2] / c
    square = h**2 * (1 - ca**2) + k**2 * (1 - cb**2) + m**2 * (1 - cg**2)
    square += 2 * h * k * (ca * cb - cg) + 2 * k * m * (cb * cg - ca)
    square += 2 * m * h * (cg * ca - cb)
    return square / (1 - ca**2 - cb**2 - cg**2 + 2 * ca * cb * cg)


def monoclinic(hkl: HKL, cell: Cell) -> float:
    sine, cosine = math.sin(math.radians(cell[4])), math.cos(math.radians(cell[4]))
    h, k, m = (n / edge for n, edge in zip(hkl, cell, strict=False))
    return (h * h + m * m - 2 * h * m * cosine) / sine**2 + k * k


def hexagonal(hkl: HKL, cell: Cell) -> float:
    h, k, m = hkl
    return 4 / 3 * (h * h + h * k + k * k) / cell[0] ** 2 + (m / cell[2]) ** 2


SYSTEMS: dict[str, tuple[Callable[[HKL, Cell], float], Cell]] = {
    "P 1": (triclinic, (5.13, 6.47, 7.91, 81.3, 104.7, 68.9)),
    "P -1": (triclinic, (5.13, 6.47, 7.91, 81.3, 104.7, 68.9)),
    "P 1 21 1": (monoclinic, (7.28, 8.63, 8.77, 90.0, 108.21, 90.0)),
    "P 1 21/c 1": (monoclinic, (7.28, 8.63, 8.77, 90.0, 108.21, 90.0)),
    "R 3 c:H": (hexagonal, (8.7288, 8.7288, 21.8042, 90.0, 90.0, 120.0)),
    "R -3 c:H": (hexagonal, (8.7288, 8.7288, 21.8042, 90.0, 90.0, 120.0)),
}
GROUPS = tuple(SYSTEMS)
WITHOUT_CENTRE = ("P 1", "P 1 21 1", "R 3 c:H")


def turned(hkl: HKL, operation: Operation) -> HKL:
    """Return h R: indices are a row."""
    return tuple(sum(hkl[i] * operation.rows[i][j] for i in range(3)) for j in range(3))


def extinct(hkl: HKL, group: str) -> bool:
    return any(
        turned(hkl, op) == hkl
        and sum(h * t for h, t in zip(hkl, op.shift, strict=True)).denominator != 1
        for op in operations(group)
    )


def two_theta(inverse_square: float, wavelength: float = WAVELENGTH) -> float:
    sine = wavelength * math.sqrt(inverse_square) / 2
    return 2 * math.degrees(math.asin(sine)) if sine < 1 else math.inf


def brute_force(
    group: str, cell: Cell, formula: Callable[[HKL, Cell], float], reach: Cell = RANGE
) -> dict[Family, float]:
    """Return 2θ (degrees) of each family between two angles, members with their opposites."""
    d_min = WAVELENGTH / 2 / math.sin(math.radians(reach[1] / 2))
    # Two more than any index that can occur: h is at most a / d_min.
    top = [int(edge / d_min) + 2 for edge in cell[:3]]
    found: dict[Family, float] = {}
    for h in range(-top[0], top[0] + 1):
        for k in range(-top[1], top[1] + 1):
            for m in range(-top[2], top[2] + 1):
                hkl = (h, k, m)
                if hkl == (0, 0, 0):
                    continue
                angle = two_theta(formula(hkl, cell))
                if reach[0] <= angle <= reach[1] and not extinct(hkl, group):
                    images = {turned(hkl, op) for op in operations(group)}
                    found[frozenset(images | {tuple(-n for n in i) for i in images})] = angle
    return found


def site(
    element: str,
    fract: tuple[float, float, float],
    u: float | tuple[float, float, float, float, float, float],
    occupancy: float = 1.0,
) -> Site:
    species = [Species(symbol=element, label=element, occupancy=occupancy)]
    if element == "Si":
        species.append(Species(symbol="P", label="P", occupancy=0.9 - occupancy))
    return Site(
        label=element,
        species=tuple(species),
        fract=fract,
        u_iso=u if isinstance(u, float) else None,
        u_aniso=u if isinstance(u, tuple) else None,
    )


# Of Na: a special position in the groups with a centre, and on the axis of R 3 c.
SODIUM = {
    "P 1": (0.5, 0.21, 0.13),
    "P -1": (0.5, 0.5, 0.0),
    "P 1 21 1": (0.31, 0.42, 0.77),
    "P 1 21/c 1": (0.5, 0.0, 0.5),
    "R 3 c:H": (0.0, 0.0, 0.4),
    "R -3 c:H": (0.6371, 0.0, 0.25),
}


def crystal(group: str) -> Phase:
    """Return a crystal with mixed and partly empty sites, U and U_ij."""
    a, b, c, alpha, beta, gamma = SYSTEMS[group][1]
    return Phase(
        id="loops",
        cell=UnitCell(a=a, b=b, c=c, alpha=alpha, beta=beta, gamma=gamma),
        space_group=SpaceGroup.from_name(group),
        sites=(
            # On the axis of the rhombohedral groups, which wants U11 = U22 = 2 U12.
            site("V", (0.0, 0.0, 0.1473), (0.012, 0.012, 0.021, 0.006, 0.0, 0.0)),
            site("Na", SODIUM[group], 0.03, occupancy=0.77),
            site("Si", (0.2921, 0.1034, 0.2516), 0.012, occupancy=0.6),
            site("O", (0.1777, -0.0281, 0.1936), (0.02, 0.014, 0.03, 0.007, 0.005, -0.004)),
        ),
    )


@pytest.mark.parametrize("reach", [RANGE, (20.0, 61.0)], ids=str)
@pytest.mark.parametrize("group", GROUPS)
def test_families(group: str, reach: tuple[float, float]) -> None:
    formula, cell = SYSTEMS[group]
    expected = brute_force(group, cell, formula, reach)
    lines = navp.powder_pattern(crystal(group), radiation=WAVELENGTH, two_theta=reach).lines
    family_of = {member: family for family in expected for member in family}
    families = [family_of[tuple(hkl)] for hkl in lines.hkl.tolist()]
    assert len(set(families)) == len(families) == len(expected)
    assert lines.multiplicity.tolist() == [len(family) for family in families]
    # Both are exact formulas in double precision.
    angles = [expected[family] for family in families]
    np.testing.assert_allclose(lines.two_theta, angles, rtol=0.0, atol=1e-9)


def test_comparison_notices_an_absence() -> None:
    # Without the translations of glide plane and screw axis the list is another.
    formula, cell = SYSTEMS["P 1 21/c 1"]
    assert brute_force("P -1", cell, formula) != brute_force("P 1 21/c 1", cell, formula)
    all_of_laue = set().union(*brute_force("P -1", cell, formula))
    allowed = set().union(*brute_force("P 1 21/c 1", cell, formula))
    assert {(1, 0, 1), (0, 3, 0)} <= all_of_laue - allowed
    assert {(1, 0, 2), (0, 2, 0), (1, 1, 1)} <= allowed


class Atom(NamedTuple):
    """One atom of the cell; the tensor is U_ij a*_i a*_j, turned to this atom."""

    element: str
    occupancy: float
    fract: tuple[float, ...]
    u_iso: float
    tensor: list[list[float]] | None


def atoms_of_cell(phase: Phase, group: str) -> list[Atom]:
    formula, cell = SYSTEMS[group]
    # 1/d of (1 0 0) is the length of a*.
    stars = [math.sqrt(formula(h, cell)) for h in ((1, 0, 0), (0, 1, 0), (0, 0, 1))]
    atoms = []
    for item in phase.sites:
        places: list[tuple[float, ...]] = []
        for op in operations(group):
            fract = tuple(
                sum(r * x for r, x in zip(row, item.fract, strict=True)) + float(t)
                for row, t in zip(op.rows, op.shift, strict=True)
            )
            if any(max(map(apart, fract, place)) < 1e-6 for place in places):
                continue
            places.append(fract)
            tensor = None if item.u_aniso is None else image(item.u_aniso, stars, op)
            atoms += [
                Atom(s.element, s.occupancy, fract, item.u_iso or 0.0, tensor)
                for s in item.species
            ]
    return atoms


def apart(x: float, y: float) -> float:
    return abs((x - y + 0.5) % 1 - 0.5)


def image(u: Sequence[float], stars: list[float], op: Operation) -> list[list[float]]:
    """Return R M R^T with M_ij = U_ij a*_i a*_j."""
    square = [[u[0], u[3], u[4]], [u[3], u[1], u[5]], [u[4], u[5], u[2]]]
    m = [[square[i][j] * stars[i] * stars[j] for j in range(3)] for i in range(3)]
    pairs = list(itertools.product(range(3), repeat=2))
    return [
        [sum(op.rows[i][k] * m[k][n] * op.rows[j][n] for k, n in pairs) for j in range(3)]
        for i in range(3)
    ]


def scattering(element: str, inverse_square: float, *, dispersion: bool) -> complex:
    table = gemmi.Element(element).it92
    f = complex(table.c)
    for a, b in zip(table.a, table.b, strict=True):
        f += a * math.exp(-b * inverse_square / 4)
    if dispersion:
        number = gemmi.Element(element).atomic_number
        f += complex(*gemmi.cromer_liberman(number, HC / WAVELENGTH))
    return f


def structure_factor(
    hkl: HKL, atoms: list[Atom], inverse_square: float, *, dispersion: bool
) -> complex:
    total = 0j
    factors = {
        element: scattering(element, inverse_square, dispersion=dispersion)
        for element in {atom.element for atom in atoms}
    }
    for atom in atoms:
        if atom.tensor is None:
            exponent = atom.u_iso * inverse_square
        else:
            pairs = itertools.product(range(3), repeat=2)
            exponent = sum(hkl[i] * atom.tensor[i][j] * hkl[j] for i, j in pairs)
        phase = sum(h * x for h, x in zip(hkl, atom.fract, strict=True))
        wave = cmath.exp(2j * math.pi * phase - 2 * math.pi**2 * exponent)
        total += atom.occupancy * factors[atom.element] * wave
    return total


@pytest.mark.parametrize("dispersion", [True, False])
@pytest.mark.parametrize("group", GROUPS)
def test_f_squared_and_intensity(group: str, dispersion: bool) -> None:
    formula, cell = SYSTEMS[group]
    phase, reach = crystal(group), (5.0, 60.0)
    atoms = atoms_of_cell(phase, group)
    family_of = {h: family for family in brute_force(group, cell, formula) for h in family}
    lines = navp.powder_pattern(
        phase, radiation=WAVELENGTH, two_theta=reach, dispersion=dispersion
    ).lines
    expected, spread = [], 0.0
    for hkl in lines.hkl.tolist():
        squares = [
            abs(structure_factor(h, atoms, formula(h, cell), dispersion=dispersion)) ** 2
            for h in family_of[tuple(hkl)]
        ]
        expected.append(sum(squares) / len(squares))
        spread = max(spread, max(squares) / min(squares) - 1)
    # Sums of up to 180 terms in double precision; the strongest hide what cancels.
    np.testing.assert_allclose(
        lines.f_squared, expected, rtol=1e-10, atol=1e-12 * max(expected)
    )
    # h and -h differ where f'' is and no centre, else not: the mean is no matter of form.
    assert (spread > 0.05) is (dispersion and group in WITHOUT_CENTRE)
    heights = [
        m * f * (1 + math.cos(2 * t) ** 2) / (math.sin(t) ** 2 * math.cos(t))
        for m, f, t in zip(
            lines.multiplicity, expected, np.radians(lines.two_theta / 2), strict=True
        )
    ]
    relative = [100 * height / max(heights) for height in heights]
    np.testing.assert_allclose(lines.intensity, relative, rtol=1e-9, atol=1e-10)


@pytest.fixture(scope="module")
def superlattice() -> set[Family]:
    """Return the families of na2vp-a that the C-centred parent does not have."""
    cell = navp.load("na2vp-a").cell.parameters
    found = brute_force("P 1 21/c 1", cell, monoclinic)
    return {family for family in found if sum(next(iter(family))[:2]) % 2}


def is_superlattice(hkl: Sequence[int]) -> bool:
    return (hkl[0] + hkl[1]) % 2 != 0


def listed(table: Any) -> dict[str, list[HKL]]:
    """Return the indices of each view of a table."""
    text = json.dumps(table.to_dict())
    cells = csv.DictReader(io.StringIO(table.to_csv()))
    return {
        "rows": [tuple(row.hkl) for row in table.rows],
        "frame": [tuple(hkl) for hkl in table.to_dataframe()["hkl"]],
        "json": [tuple(row["hkl"]) for row in json.loads(text)["results"]],
        "csv": [tuple(map(int, row["hkl"].split())) for row in cells],
    }


def printed(*options: str) -> list[HKL]:
    """Return the indices that the command prints."""
    result = CliRunner().invoke(main, ["xrd", "na2vp-a", *options])
    assert result.exit_code == 0, result.output
    if "--json" in options:
        return [tuple(row["hkl"]) for row in json.loads(result.stdout)["results"]]
    if "--csv" in options:
        cells = csv.DictReader(io.StringIO(result.stdout))
        return [tuple(map(int, row["hkl"].split())) for row in cells]
    # The caveat of the phase names planes too.
    line = r"^na2vp-a +\((-?\d+) (-?\d+) (-?\d+)\)"
    triples = re.findall(line, result.stdout, re.MULTILINE)
    return [tuple(map(int, triple)) for triple in triples]


def test_superlattice_lines_are_in_every_list(superlattice: set[Family]) -> None:
    pattern = navp.powder_pattern("na2vp-a", radiation=WAVELENGTH, two_theta=RANGE)
    both = navp.powder_patterns(["na2vp-a", "na3vp-rt"], radiation=WAVELENGTH, two_theta=RANGE)
    d_min = WAVELENGTH / 2 / math.sin(math.radians(RANGE[1] / 2))
    reflections = navp.reflections("na2vp-a", d_min=d_min)
    places = {f"pattern {key}": found for key, found in listed(pattern).items()}
    places |= {f"reflections {key}": found for key, found in listed(reflections).items()}
    places |= {option: printed(option) for option in ("--json", "--csv")}
    places["lines"] = [tuple(hkl) for hkl in pattern.lines.hkl.tolist()]
    places["terminal"] = printed()
    places["patterns"] = [r.hkl for r in both.rows if r.phase == "na2vp-a"]
    assert len(superlattice) > 100
    family_of = {member: family for family in superlattice for member in family}
    for place, found in places.items():
        odd = [family_of[hkl] for hkl in found if is_superlattice(hkl)]
        assert len(odd) == len(superlattice), place
        assert set(odd) == superlattice, place


def pseudo_voigt(x: np.ndarray, rows: Sequence[Any]) -> np.ndarray:
    """Return the sum of lines, half Lorentzian and half Gaussian, 0.1 degrees wide."""
    total = np.zeros_like(x)
    for row in rows:
        away = ((x - row.two_theta) / 0.1) ** 2
        lorentzian = 2 / np.pi / (1 + 4 * away)
        gaussian = 2 * np.sqrt(np.log(2) / np.pi) * np.exp(-4 * np.log(2) * away)
        total += row.intensity * (lorentzian + gaussian) / 2 / 0.1
    return total


def test_superlattice_lines_are_in_the_curves() -> None:
    pattern = navp.powder_pattern("na2vp-a", radiation=WAVELENGTH, two_theta=RANGE)
    parent = [row for row in pattern.rows if not is_superlattice(row.hkl)]
    x = np.arange(5.0, 90.0, 0.02)
    (series,) = navp.powder_profiles(
        "na2vp-a", x, occupancies={"Na1A": [1.0]}, radiation=WAVELENGTH, two_theta=RANGE
    )
    ax = pattern.plot(Figure().add_subplot())
    (drawn,) = (line for line in ax.lines if line.get_gid() == "profile")
    curves = [(x, pattern.profile(x)), (x, series)]
    for points, curve in curves:
        # The package stops a Gaussian where it is 1e-16 of its height.
        expected = pseudo_voigt(points, pattern.rows)
        np.testing.assert_allclose(curve, expected, rtol=1e-9, atol=1e-12)
        without = pseudo_voigt(points, parent)
        # Of the whole intensity the superlattice lines have a few percent.
        assert np.abs(curve - without).sum() > 0.02 * curve.sum()
    points, curve = np.asarray(drawn.get_data())
    with_them, without = (pseudo_voigt(points, rows) for rows in (pattern.rows, parent))
    assert np.abs(curve - 100 * with_them / with_them.max()).max() < 1e-6
    assert np.abs(curve - 100 * without / without.max()).max() > 1.0


def test_superlattice_lines_are_drawn() -> None:
    pattern = navp.powder_pattern("na2vp-a", radiation=WAVELENGTH, two_theta=RANGE)
    ax = pattern.plot(Figure().add_subplot())
    sticks = [c for c in ax.collections if c.get_gid() == "lines"]
    drawn = np.concatenate([[path[0, 0] for path in c.get_segments()] for c in sticks])
    odd = [row.two_theta for row in pattern.rows if is_superlattice(row.hkl)]
    assert set(odd) <= set(drawn.tolist())


# Relative changes of a, b, c and a change of β in degrees; the larger cells bring families
# into the range, the smaller ones drop some.
STRAINS = [
    (0.0, 0.0, 0.0, 0.0),
    (0.02, 0.02, 0.03, 0.7),
    (-0.02, -0.02, -0.03, -0.7),
    (0.03, 0.03, -0.04, 0.0),
    (-0.001, -0.001, 0.002, 0.1),
]


def strained(phase: Phase) -> list[UnitCell]:
    a, b, c, alpha, beta, gamma = phase.cell.parameters
    free = phase.space_group.number == 14
    return [
        UnitCell(
            a=a * (1 + da),
            b=b * (1 + (db if not free else -db / 2)),
            c=c * (1 + dc),
            alpha=alpha,
            beta=beta + (turn if free else 0.0),
            gamma=gamma,
        )
        for da, db, dc, turn in STRAINS
    ]


POINTS = np.linspace(89.9, 5.1, 1401)  # in falling order
SETTINGS: list[dict[str, Any]] = [
    {"radiation": "CuKa1", "two_theta": RANGE},
    {
        "radiation": "CuKa12",
        "two_theta": RANGE,
        "preferred_orientation": ((0, 0, 6), 0.8),
        "caglioti": (0.02, -0.01, 0.02),
        "size": 500.0,
        "zero_shift": -0.03,
    },
]


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: str(s["radiation"]))
@pytest.mark.parametrize("name", ["na3vp-rt", "nzsp-300k", "na2vp-a"])
def test_curves_of_varied_cells(name: str, settings: dict[str, Any]) -> None:
    phase = navp.load(name)
    cells = strained(phase)
    curves = navp.powder_profiles(
        phase, POINTS, cells=[cell.parameters for cell in cells], **settings
    )
    patterns = [navp.powder_pattern(replace(phase, cell=c), **settings) for c in cells]
    counts = [len(pattern) for pattern in patterns]
    assert min(counts) < counts[0] < max(counts)
    for curve, pattern in zip(curves, patterns, strict=True):
        # The same formulas in another order of operations.
        np.testing.assert_allclose(curve, pattern.profile(POINTS), rtol=1e-9, atol=1e-12)


OCCUPANCIES = {
    "na3vp-rt": {"Na1": [0.0, 0.4, 0.805, 1.0], "Na2": [1.0, 0.9, 0.731, 0.1]},
    "nzsp-300k": {"Si1": [0.0, 1.0, 0.3, 0.7833], "P1": [1.0, 0.0, 0.3, 0.2167]},
    "na2vp-a": {"Na2A": [0.0, 0.3, 0.6, 1.0]},
}


def filled(phase: Phase, amounts: dict[str, float]) -> Phase:
    return replace(
        phase,
        sites=tuple(
            replace(
                item,
                species=tuple(
                    replace(s, occupancy=amounts.get(s.label, s.occupancy))
                    for s in item.species
                ),
            )
            for item in phase.sites
        ),
    )


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: str(s["radiation"]))
@pytest.mark.parametrize("name", OCCUPANCIES)
def test_curves_of_varied_occupancies(name: str, settings: dict[str, Any]) -> None:
    phase, varied = navp.load(name), OCCUPANCIES[name]
    curves = navp.powder_profiles(phase, POINTS, occupancies=varied, **settings)
    assert len(curves) == 4
    for n, curve in enumerate(curves):
        changed = filled(phase, {label: values[n] for label, values in varied.items()})
        pattern = navp.powder_pattern(changed, **settings)
        np.testing.assert_allclose(curve, pattern.profile(POINTS), rtol=1e-9, atol=1e-12)
    assert np.abs(curves[0] - curves[1]).max() > 1.0


def test_curves_of_cells_and_occupancies_together() -> None:
    phase = navp.load("na3vp-rt")
    cells, amounts = strained(phase), [0.1, 0.3, 0.5, 0.7, 0.9]
    curves = navp.powder_profiles(
        phase,
        POINTS,
        cells=[cell.parameters for cell in cells],
        occupancies={"Na2": amounts},
        **SETTINGS[0],
    )
    for curve, cell, amount in zip(curves, cells, amounts, strict=True):
        changed = filled(replace(phase, cell=cell), {"Na2": amount})
        pattern = navp.powder_pattern(changed, **SETTINGS[0])
        np.testing.assert_allclose(curve, pattern.profile(POINTS), rtol=1e-9, atol=1e-12)
