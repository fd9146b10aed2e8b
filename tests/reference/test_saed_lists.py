"""Electron diffraction patterns against plain loops over a box of hkl.

Nothing of the package takes part in what is expected. Operations grow from the generators of
International Tables A. The cell has c along z and b in the plane of y and z, where gemmi has
a along x; reciprocal vectors are cross products over the volume. All vectors are in extended
precision: an excitation error is a small difference of numbers near 1/λ, 40 Å⁻¹. Only the
coefficients of the form factors are gemmi's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

import gemmi
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

import navp_structures as navp

HKL = tuple[int, ...]
Triple = tuple[int, int, int]

PHASES = ("Na3VP", "Na2VP", "NaVP", "NZSP")

# CODATA 2022, Mohr et al., Rev. Mod. Phys. 97 (2025) 025002; h, e and c are exact.
PLANCK = 6.62607015e-34  # J s
CHARGE = 1.602176634e-19  # C
LIGHT = 299792458.0  # m / s
MASS = 9.1093837139e-31  # kg

# International Tables A, the generators selected for each group.
GENERATORS = {
    "P 1 21/c 1": ["-x,y+1/2,-z+1/2", "-x,-y,-z"],
    "R -3 c:H": ["x+2/3,y+1/3,z+1/3", "-y,x-y,z", "y,x,-z+1/2", "-x,-y,-z"],
}

# Nothing may stand so near to a limit that rounding decides on which side (Å, Å⁻¹).
OFF = 1e-9


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


@cache
def operations(group: str) -> tuple[Operation, ...]:
    found = {parse("x,y,z")}
    generators = [parse(triplet) for triplet in GENERATORS[group]]
    while True:
        more = {product(one, two) for one in generators for two in found} - found
        if not more:
            return tuple(found)
        found |= more


UNIT = ((1, 0, 0), (0, 1, 0), (0, 0, 1))


def hidden(hkl: HKL, group: str, *, centring: bool) -> bool:
    """Return whether F is 0 for every structure: h R = h, and h·t is no integer."""
    for rows, shift in operations(group):
        if centring and rows != UNIT:
            continue
        image = tuple(sum(hkl[i] * rows[i][j] for i in range(3)) for j in range(3))
        whole = sum(h * t for h, t in zip(hkl, shift, strict=True)).denominator == 1
        if image == hkl and not whole:
            return True
    return False


class Crystal(NamedTuple):
    """A cell and all hkl of a sphere, F of each."""

    direct: np.ndarray
    """Rows a, b, c (Å)."""

    reciprocal: np.ndarray
    """Rows a*, b*, c* (Å⁻¹)."""

    hkl: np.ndarray
    """Of all d from D_MIN on, without 000 and without what the centring hides."""

    extinct: np.ndarray
    """By a glide plane or a screw axis."""

    f_squared: np.ndarray


D_MIN = 1.0


def long(values: Any) -> np.ndarray:
    return np.array(values, dtype=np.longdouble)


def edges(cell: Sequence[float]) -> np.ndarray:
    """Return the rows a, b, c: c along z, b in the plane of y and z."""
    a, b, c = long(cell[:3])
    # Half a turn is where the arc tangent of (0, -1) lies.
    alpha, beta, gamma = long(cell[3:]) * np.arctan2(long(0), long(-1)) / 180
    along_y = (np.cos(gamma) - np.cos(alpha) * np.cos(beta)) / np.sin(alpha)
    along_x = np.sqrt(np.sin(beta) ** 2 - along_y**2)
    return long(
        [
            [a * along_x, a * along_y, a * np.cos(beta)],
            [0, b * np.sin(alpha), b * np.cos(alpha)],
            [0, 0, c],
        ]
    )


def reciprocals(direct: np.ndarray) -> np.ndarray:
    a, b, c = direct
    volume = a @ np.cross(b, c)
    assert volume > 0
    return np.array([np.cross(b, c), np.cross(c, a), np.cross(a, b)]) / volume


class Atom(NamedTuple):
    element: str
    weight: float
    fract: np.ndarray
    tensor: np.ndarray
    """M of exp(-2π² h M h)."""


def atoms_of_cell(phase: navp.Phase, group: str, reciprocal: np.ndarray) -> list[Atom]:
    """Return the image of each atom under each operation, sharing its occupancy."""
    stars = np.sqrt((reciprocal**2).sum(axis=1))
    atoms = []
    for site in phase.sites:
        fract = np.array(site.fract)
        if site.u_aniso is None:
            tensor = (site.u_iso or 0.0) * (reciprocal @ reciprocal.T)
        else:
            xx, yy, zz, xy, xz, yz = site.u_aniso
            tensor = np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])
            tensor = tensor * np.outer(stars, stars)
        rotations = [np.array(rows) for rows, _ in operations(group)]
        shifts = [np.array(shift, dtype=float) for _, shift in operations(group)]
        places = [r @ fract + t for r, t in zip(rotations, shifts, strict=True)]
        # So many operations leave an atom where it is.
        gaps = [(p - fract + 0.5) % 1 - 0.5 for p in places]
        order = sum(bool(np.abs(gap).max() < 1e-5) for gap in gaps)
        atoms += [
            Atom(s.element, s.occupancy / order, place, r @ tensor @ r.T)
            for place, r in zip(places, rotations, strict=True)
            for s in site.species
        ]
    return atoms


def squares(hkl: np.ndarray, atoms: Sequence[Atom], inverse_square: np.ndarray) -> np.ndarray:
    """Return |F|² with the form factors of electrons, a sum over all atoms."""
    factors = {}
    for element in {atom.element for atom in atoms}:
        table = gemmi.Element(element).c4322
        waves = [
            a * np.exp(-b * inverse_square / 4) for a, b in zip(table.a, table.b, strict=True)
        ]
        factors[element] = sum(waves)
    total = np.zeros(len(hkl), dtype=np.complex128)
    for element, weight, fract, tensor in atoms:
        damping = ((hkl @ tensor) * hkl).sum(axis=1)
        wave = np.exp(2j * np.pi * (hkl @ fract) - 2 * np.pi**2 * damping)
        total += weight * factors[element] * wave
    return np.abs(total) ** 2


@cache
def crystal(name: str) -> Crystal:
    phase = navp.load(name)
    group = phase.space_group.symbol
    direct = edges(phase.cell.parameters)
    reciprocal = reciprocals(direct)
    # h = g·a is at most a / d; the box is one larger.
    top = [int(edge / D_MIN) + 1 for edge in phase.cell.parameters[:3]]
    inside = []
    for h in range(-top[0], top[0] + 1):
        for k in range(-top[1], top[1] + 1):
            for m in range(-top[2], top[2] + 1):
                g = h * reciprocal[0] + k * reciprocal[1] + m * reciprocal[2]
                if 0 < g @ g <= 1 / long(D_MIN) ** 2:
                    inside.append((h, k, m))
    kept = [hkl for hkl in inside if not hidden(hkl, group, centring=True)]
    hkl = np.array(kept)
    extinct = np.array([hidden(h, group, centring=False) for h in kept])
    plain = reciprocal.astype(float)
    atoms = atoms_of_cell(phase, group, plain)
    f_squared = squares(hkl, atoms, ((hkl @ plain) ** 2).sum(axis=1))
    return Crystal(direct, reciprocal, hkl, extinct, f_squared)


def radius(voltage: float) -> np.longdouble:
    """Return 1/λ (Å⁻¹) of electrons: the momentum from (pc)² = (E + mc²)² - (mc²)²."""
    charge, mass = long(CHARGE), long(MASS)
    energy = charge * long(voltage) * 1000
    momentum = np.sqrt(energy * energy + 2 * energy * mass * long(LIGHT) ** 2) / long(LIGHT)
    return momentum / long(PLANCK) / long(10) ** 10


def test_wavelengths() -> None:
    # Williams & Carter, Transmission Electron Microscopy, table 1.2: pm at 100, 200, 300 kV.
    wavelengths = [round(float(1 / radius(voltage)), 5) for voltage in (100, 200, 300)]
    assert wavelengths == [0.03701, 0.02508, 0.01969]


@pytest.mark.parametrize("name", PHASES)
def test_of_these_tests(name: str) -> None:
    # The cell has the lengths and angles that it is made from, whichever way it lies.
    here, phase = crystal(name), navp.load(name)
    metric = (here.direct @ here.direct.T).astype(float)
    a, b, c, alpha, beta, gamma = phase.cell.parameters
    lengths = np.array([a, b, c])
    cosines = np.cos(np.radians([alpha, beta, gamma]))
    wanted = np.eye(3)
    for (i, j), cosine in zip(((1, 2), (0, 2), (0, 1)), cosines, strict=True):
        wanted[i, j] = wanted[j, i] = cosine
    np.testing.assert_allclose(metric, wanted * np.outer(lengths, lengths), atol=1e-12)
    np.testing.assert_allclose(
        (here.direct @ here.reciprocal.T).astype(float), np.eye(3), atol=1e-15
    )
    # gemmi holds occupancies in single precision: |F| differs by up to 4e-8 of the strongest.
    small = phase.to_gemmi()
    calculator = gemmi.StructureFactorCalculatorE(small.cell)
    theirs = [
        abs(calculator.calculate_sf_from_small_structure(small, h.tolist()))
        for h in here.hkl[::50]
    ]
    ours = np.sqrt(here.f_squared)
    np.testing.assert_allclose(ours[::50], theirs, rtol=0.0, atol=1e-7 * ours.max())
    assert here.f_squared[here.extinct].max() < 1e-20 * here.f_squared.max()
    # No allowed one is zero: what is there and what is not has no third answer.
    assert here.f_squared[~here.extinct].min() > 1e-9 * here.f_squared.max()
    operators = phase.space_group.gemmi
    assert [operators.is_systematically_absent(h.tolist()) for h in here.hkl] == list(
        here.extinct
    )


def turned(angle: float, axis: int) -> np.ndarray:
    """Return an anticlockwise turn (degrees) about x, y or z, seen from the axis' end."""
    radians = long(angle) * np.arctan2(long(0), long(-1)) / 180
    one, two = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(3, dtype=np.longdouble)
    matrix[one, one] = matrix[two, two] = np.cos(radians)
    matrix[one, two], matrix[two, one] = -np.sin(radians), np.sin(radians)
    return matrix


def unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.sqrt(vector @ vector)


def about(axis: np.ndarray, sine: Any, cosine: Any) -> np.ndarray:
    """Return the turn about a unit vector, by Rodrigues."""
    x, y, z = axis
    cross = long([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3, dtype=np.longdouble) + sine * cross + (1 - cosine) * cross @ cross


def lie(here: Crystal, zone: Sequence[int], horizontal: HKL, **settings: Any) -> np.ndarray:
    """Return the matrix from Cartesian vectors of the crystal to x, y, z of the pattern."""
    z = unit(long(zone) @ here.direct)
    x = unit(long(horizontal) @ here.reciprocal)
    assert abs(x @ z) < 1e-17
    frame = turned(settings.get("rotation", 0.0), 2) @ np.array([x, np.cross(z, x), z])
    if "tilt" in settings:
        alpha, beta = settings["tilt"]
        frame = turned(beta, 1) @ turned(alpha, 0) @ frame
    if "direction" in settings:
        there = unit(frame @ (long(settings["direction"]) @ here.direct))
        up = long([0, 0, 1])
        axis = np.cross(there, up)
        sine = np.sqrt(axis @ axis)
        frame = about(axis / sine, sine, there @ up) @ frame
    return frame


def below_sphere(g: np.ndarray, r: Any, beam: Any = (0, 0, 1)) -> np.ndarray:
    """Return how far along z each g lies above the sphere, whose centre is R away to the gun.

    The line (g_x, g_y, z) meets (r - c)² = R² where z = c_z ± sqrt(R² - (g_x - c_x)² - …); the
    point near the origin has the minus.
    """
    centre = long(r) * long(beam)
    across = ((g[..., :2] - centre[..., :2]) ** 2).sum(axis=-1)
    return np.asarray(g[..., 2] - (centre[..., 2] - np.sqrt(long(r) ** 2 - across)))


class Expected(NamedTuple):
    """What a pattern should list, apart from what double diffraction makes of extinct ones."""

    hkl: list[HKL]
    extinct: list[bool]
    g: np.ndarray
    s: np.ndarray
    f_squared: np.ndarray
    layer: np.ndarray


def expected(name: str, zone: Sequence[int], horizontal: HKL, **settings: Any) -> Expected:
    here = crystal(name)
    r = radius(settings.get("voltage", 200.0))
    g = here.hkl @ here.reciprocal @ lie(here, zone, horizontal, **settings).T
    d = 1 / np.sqrt((g**2).sum(axis=1))
    s = below_sphere(g, r)
    limit = settings["max_excitation_error"]
    if settings.get("precession"):
        lowest, highest = on_cone(g, r, settings["precession"])
        assert np.abs(np.r_[lowest - limit, highest + limit]).min() > 1e-7
        near = (lowest < limit) & (highest > -limit)
    else:
        assert np.abs(np.abs(s) - limit).min() > OFF
        near = np.abs(s) <= limit
    assert np.abs(d - settings["d_min"]).min() > OFF
    rows = here.hkl @ np.array(zone)
    smallest = rows[rows > 0].min()
    assert not np.any(rows % smallest)
    kept = np.flatnonzero(near & (d >= settings["d_min"]))
    return Expected(
        [tuple(h) for h in here.hkl[kept].tolist()],
        here.extinct[kept].tolist(),
        g[kept],
        s[kept],
        here.f_squared[kept],
        rows[kept] // smallest,
    )


def at(wanted: Expected, kept: np.ndarray) -> Expected:
    """Return a part of what is expected."""
    rows = np.flatnonzero(kept)
    return Expected(
        [wanted.hkl[n] for n in rows],
        [wanted.extinct[n] for n in rows],
        wanted.g[rows],
        wanted.s[rows],
        wanted.f_squared[rows],
        wanted.layer[rows],
    )


def beams(precession: float, steps: int) -> np.ndarray:
    """Return unit vectors to the gun all around the cone."""
    half = long(precession) / 1000
    turns = np.linspace(0, 2 * np.pi, steps, endpoint=False).astype(np.longdouble)
    flat = np.full(steps, np.cos(half))
    return np.stack([np.sin(half) * np.cos(turns), np.sin(half) * np.sin(turns), flat], axis=1)


# Between two steps the extreme s is missed by g φ (π / n)² / 2, at most 2e-8 Å⁻¹ at 40 mrad.
STEPS = 3600


def on_cone(g: np.ndarray, r: Any, precession: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and the highest s of each g (Å⁻¹) by a scan of the cone."""
    around = beams(precession, STEPS).astype(float)
    lowest, highest = np.full(len(g), np.inf), np.full(len(g), -np.inf)
    flat, r = g.astype(float), float(r)
    for beam in around:
        centre = r * beam
        across = (flat[:, 0] - centre[0]) ** 2 + (flat[:, 1] - centre[1]) ** 2
        s = flat[:, 2] - centre[2] + np.sqrt(r * r - across)
        np.minimum(lowest, s, out=lowest)
        np.maximum(highest, s, out=highest)
    return lowest, highest


Zone = tuple[str, Triple, HKL]


def zones(count: int, seed: int) -> list[Zone]:
    """Return random zone axes in each phase, each with a reflection that it holds."""
    rng = np.random.default_rng(seed)
    found: list[Zone] = []
    for name in PHASES:
        chosen: set[Triple] = set()
        while len(chosen) < count:
            u, v, w = (int(n) for n in rng.integers(-5, 6, 3))
            if math.gcd(u, v, w) == 1:
                chosen.add((u, v, w))
        for zone in sorted(chosen):
            # Perpendicular to [u v w] is the cross product with any other direction.
            other = [int(n) for n in rng.integers(-3, 4, 3)]
            across = [int(n) for n in np.cross(zone, other)]
            if not any(across):
                across = [int(n) for n in np.cross(zone, (1, 2, 7))]
            step = math.gcd(*across)
            # Three times any hkl is there in the obverse lattice.
            found.append((name, zone, tuple(3 * n // step for n in across)))
    return found


def seen_from(pattern: Any) -> dict[HKL, Any]:
    rows = {tuple(spot.hkl): spot for spot in pattern}
    assert len(rows) == len(pattern)
    return rows


def check_list(pattern: Any, wanted: Expected) -> None:
    """Compare which spots there are, and where."""
    rows = seen_from(pattern)
    allowed = {h for h, out in zip(wanted.hkl, wanted.extinct, strict=True) if not out}
    hidden_ones = set(wanted.hkl) - allowed
    listed = {h for h, spot in rows.items() if spot.reason != "double_diffraction"}
    assert listed == allowed
    assert set(rows) - listed <= hidden_ones
    for n, hkl in enumerate(wanted.hkl):
        if hkl not in rows:
            continue
        spot, (x, y, _) = rows[hkl], wanted.g[n]
        length = np.sqrt((wanted.g[n] ** 2).sum())
        # Doubles of numbers up to 1 Å⁻¹, and of R, 24 to 51 Å⁻¹, whose last bit is 7e-15.
        assert abs(spot.x - x) < 1e-12, hkl
        assert abs(spot.y - y) < 1e-12, hkl
        assert abs(spot.g - length) < 1e-12, hkl
        assert abs(spot.d - 1 / length) < 1e-11, hkl
        assert abs(spot.excitation_error - wanted.s[n]) < 1e-11, hkl
        assert spot.layer == wanted.layer[n], hkl


def check_reasons(pattern: Any, wanted: Expected, name: str) -> None:
    rows = seen_from(pattern)
    for hkl, extinct, layer in zip(wanted.hkl, wanted.extinct, wanted.layer, strict=True):
        if hkl not in rows:
            continue
        # The C-centred parent of na2vp-a has no h + k odd.
        odd = name == "Na2VP" and (hkl[0] + hkl[1]) % 2 == 1
        reason = "superlattice" if odd else "allowed"
        if layer:
            reason = "holz"
        if extinct:
            reason = "double_diffraction"
        assert rows[hkl].reason == reason, hkl
        assert bool(rows[hkl].superlattice) is odd, hkl


def partners(hkl: HKL, first: Sequence[HKL], second: set[HKL]) -> list[tuple[HKL, HKL]]:
    """Return all pairs, one of the first and one of the second, that add up to hkl."""
    pairs = [(one, tuple(n - m for n, m in zip(hkl, one, strict=True))) for one in first]
    return [pair for pair in pairs if pair[1] in second]


def check_routes(pattern: Any, wanted: Expected, near: Expected, name: str) -> int:
    """Compare which extinct spots are listed; return of how many it was asked.

    Whatever d_min, a route may take all that reaches 1 Å: first what is near the sphere.
    """
    here, rows = crystal(name), seen_from(pattern)
    present = here.f_squared > 1e-12 * here.f_squared.max()
    second = {tuple(h) for h in here.hkl[present].tolist()}
    first = [h for h, out in zip(near.hkl, near.extinct, strict=True) if not out]
    first = [h for h in first if h in second]
    extinct = [h for h, out in zip(wanted.hkl, wanted.extinct, strict=True) if out]
    routes = {hkl: partners(hkl, first, second) for hkl in extinct}
    assert [h for h in extinct if h in rows] == [h for h in extinct if routes[h]]
    for hkl in set(extinct) & set(rows):
        assert tuple(tuple(g) for g in rows[hkl].route) in routes[hkl]
        assert rows[hkl].rule
    return len(extinct)


def check_heights(pattern: Any, wanted: Expected, weights: np.ndarray, rtol: float) -> None:
    rows = seen_from(pattern)
    heights = np.where(wanted.extinct, 0.0, wanted.f_squared * weights)
    relative = 100 * heights / heights.max()
    for hkl, height, square in zip(wanted.hkl, relative, wanted.f_squared, strict=True):
        if hkl in rows:
            top = 1e-10 * wanted.f_squared.max()
            assert rows[hkl].f_squared == pytest.approx(square, rel=1e-9, abs=top), hkl
            assert rows[hkl].intensity == pytest.approx(height, rel=rtol, abs=100 * rtol), hkl


def compare(name: str, zone: Triple, horizontal: HKL, **settings: Any) -> int:
    """Compare one pattern; return how many extinct reflections were looked at."""
    asked = {"zone_axis": zone, "horizontal": horizontal, **settings}
    if "spots" in settings:
        del asked["zone_axis"], asked["horizontal"]
    pattern = navp.saed_pattern(name, **asked)
    wanted = expected(name, zone, horizontal, **settings)
    assert len(wanted.hkl) > 1
    check_list(pattern, wanted)
    check_reasons(pattern, wanted, name)
    if not settings.get("precession"):
        t = 10 * settings.get("thickness", 0.0)
        check_heights(pattern, wanted, np.sinc(wanted.s.astype(float) * t) ** 2, 1e-8)
    near = expected(name, zone, horizontal, **settings | {"d_min": D_MIN})
    return check_routes(pattern, wanted, near, name)


ZONES = zones(20, seed=20230406)
VOLTAGES = (200.0, 80.0, 300.0)


def name_of(value: Any) -> str:
    return "".join(f"{n:+d}" for n in value) if isinstance(value, tuple) else str(value)


@pytest.mark.parametrize(("name", "zone", "horizontal"), ZONES, ids=name_of)
def test_random_zones(name: str, zone: Triple, horizontal: HKL) -> None:
    voltage = VOLTAGES[sum(zone) % 3]
    # The zero layer at 1.0613 Å and 200 kV has s = 0.0111 Å⁻¹; others have 0.021 and 0.0031.
    for limit in (0.0311, 0.0043):
        settings: dict[str, Any] = {"d_min": 1.0613, "max_excitation_error": limit}
        compare(name, zone, horizontal, voltage=voltage, **settings)


@pytest.mark.parametrize(("name", "zone", "horizontal"), zones(8, seed=1), ids=name_of)
def test_tilted_and_turned(name: str, zone: Triple, horizontal: HKL) -> None:
    rng = np.random.default_rng([n + 5 for n in zone])
    settings: dict[str, Any] = {"d_min": 1.0613, "max_excitation_error": 0.0147}
    tilt = tuple(float(a) for a in rng.uniform(-8, 8, 2))
    compare(name, zone, horizontal, tilt=tilt, rotation=-37.3, voltage=80.0, **settings)
    compare(name, zone, horizontal, tilt=(0.0, 2.5), thickness=33.0, **settings)
    compare(name, zone, horizontal, tilt=(2.5, 0.0), rotation=211.0, **settings)


@pytest.mark.parametrize(("name", "zone", "horizontal"), zones(8, seed=2), ids=name_of)
def test_other_directions(name: str, zone: Triple, horizontal: HKL) -> None:
    rng = np.random.default_rng([n + 5 for n in zone])
    settings: dict[str, Any] = {"d_min": 1.0613, "max_excitation_error": 0.0147}
    for rotation in (0.0, 64.0):
        towards = tuple(float(n + d) for n, d in zip(zone, rng.normal(0, 0.15, 3), strict=True))
        asked = settings | {"direction": towards, "rotation": rotation, "voltage": 300.0}
        compare(name, zone, horizontal, **asked)


PAIRS: list[tuple[str, HKL, HKL]] = [
    ("Na3VP", (0, 1, 2), (1, 0, 4)),
    ("Na3VP", (1, 0, 4), (0, 1, 2)),
    ("NZSP", (2, -1, 3), (-1, 2, 3)),
    ("NaVP", (0, 0, 6), (-1, 2, 0)),
    ("Na2VP", (6, 0, -2), (3, 2, -2)),
    ("Na2VP", (0, 0, 2), (1, 1, 0)),
    ("Na2VP", (-1, 1, 1), (2, 2, 0)),
]


@pytest.mark.parametrize(("name", "one", "two"), PAIRS, ids=name_of)
def test_two_spots(name: str, one: HKL, two: HKL) -> None:
    across = np.cross(one, two)
    zone = tuple(int(n) for n in across // np.gcd.reduce(across))
    settings: dict[str, Any] = {"d_min": 1.0613, "max_excitation_error": 0.0211}
    compare(name, zone, one, spots=(one, two), **settings)
    rows = seen_from(navp.saed_pattern(name, spots=(one, two), **settings))
    assert rows[one].x > 0
    assert abs(rows[one].y) < 1e-12
    # [u v w] = one × two comes to the viewer, so from the first to the second is anticlockwise.
    assert rows[two].y > 0


# Half angle of the cone (mrad), limit of s (Å⁻¹).
PRECESSIONS = [(17.45, 0.00731), (34.9, 0.00217), (3.0, 0.0117)]


@pytest.mark.parametrize(("half", "limit"), PRECESSIONS)
@pytest.mark.parametrize(("name", "zone", "horizontal"), zones(2, seed=3), ids=name_of)
def test_precession(
    name: str, zone: Triple, horizontal: HKL, half: float, limit: float
) -> None:
    settings: dict[str, Any] = {
        "d_min": 1.2613,
        "max_excitation_error": limit,
        "precession": half,
        "tilt": (0.4, -0.2),
    }
    compare(name, zone, horizontal, **settings)
    wanted = expected(name, zone, horizontal, **settings)
    asked = settings | {"zone_axis": zone, "horizontal": horizontal}
    box = shares(wanted.g, limit, half)
    check_heights(navp.saed_pattern(name, **asked), wanted, box, 1e-7)
    foil = means(wanted.g, 41.0, half)
    check_heights(navp.saed_pattern(name, thickness=41.0, **asked), wanted, foil, 1e-7)


def errors(g: np.ndarray, turn: Any, half: float) -> Any:
    """Return s of one g (Å⁻¹) with the beam at an angle of the cone (rad)."""
    r, half = float(radius(200.0)), half / 1000
    x, y, z = (float(n) for n in g)
    across = (x - r * np.sin(half) * np.cos(turn)) ** 2
    across = across + (y - r * np.sin(half) * np.sin(turn)) ** 2
    return z - r * np.cos(half) + np.sqrt(r * r - across)


def shares(g: np.ndarray, limit: float, half: float) -> np.ndarray:
    """Return which part of the cone each g lies within the limit: a scan, ends halved in."""
    turns = np.linspace(0, 2 * np.pi, 20_001)
    found = []
    for row in g:

        def beyond(turn: Any, row: np.ndarray = row) -> Any:
            return np.abs(errors(row, turn, half)) - limit

        outside = beyond(turns) > 0
        ends = [
            brentq(beyond, turns[n], turns[n + 1], xtol=1e-14)
            for n in np.flatnonzero(outside[1:] != outside[:-1])
        ]
        arcs = np.diff([0.0, *ends, 2 * np.pi])
        # Inside and outside take turns.
        found.append(arcs[int(outside[0]) :: 2].sum() / (2 * np.pi))
    return np.array(found)


def means(g: np.ndarray, thickness: float, half: float) -> np.ndarray:
    """Return the mean of sinc²(s t) over the cone; t in nm.

    The mean of equal steps around a circle errs by no more than what the function holds of
    waves shorter than two steps; g φ t is 17 at most, and there are 2000 steps.
    """
    turns = np.linspace(0, 2 * np.pi, 2000, endpoint=False)
    return np.array([np.mean(np.sinc(10 * thickness * errors(r, turns, half)) ** 2) for r in g])


def test_mean_over_the_cone_by_quadrature() -> None:
    g = np.array([[0.31, -0.52, 0.004], [0.9, 0.1, 0.02], [0.01, 0.02, 0.0]])
    found = means(g, 41.0, 17.45)
    for row, mean in zip(g, found, strict=True):
        total, _ = quad(
            lambda turn, row=row: np.sinc(410.0 * errors(row, turn, 17.45)) ** 2,
            0,
            2 * np.pi,
            limit=500,
            epsabs=1e-12,
        )
        assert total / (2 * np.pi) == pytest.approx(mean, abs=1e-10)


@pytest.mark.parametrize("d_min", [1.0613, 1.6613, 2.5613])
@pytest.mark.parametrize("name", PHASES)
def test_extinct_spots(name: str, d_min: float) -> None:
    # Zones of low symmetry have few extinct ones; these have rows of them.
    common: list[tuple[Triple, HKL]] = [
        ((1, 0, 0), (0, 3, 0)),
        ((0, 1, 0), (0, 0, 6)),
        ((0, 0, 1), (3, 0, 0)),
        ((1, 1, 0), (0, 0, 6)),
        ((2, 1, 0), (0, 0, 6)),
        ((1, 2, 0), (0, 0, 6)),
        ((1, 0, 1), (0, 3, 0)),
    ]
    settings: dict[str, Any] = {"d_min": d_min, "max_excitation_error": 0.0171}
    looked = [compare(name, zone, along, **settings) for zone, along in common]
    assert max(looked) >= 8


def test_extinct_spots_with_and_without_routes() -> None:
    # 0 0 3 of R -3 c (0 k l: l = 2n) and its odd multiples. In [1 0 0] all are 0 k l, with l
    # even where it is there: no sum is odd. In [1 1 0] all are h -h l, the same by symmetry;
    # in [2 1 0] they are h -2h l with general l, and -h + k + l = 3n gives l = 3m.
    settings: dict[str, Any] = {"d_min": 1.0613, "max_excitation_error": 0.0171}
    reached = {
        zone: (0, 0, 9) in seen_from(navp.saed_pattern("Na3VP", zone_axis=zone, **settings))
        for zone in ((1, 0, 0), (1, 1, 0), (2, 1, 0))
    }
    assert reached == {(1, 0, 0): False, (1, 1, 0): False, (2, 1, 0): True}


def test_intensity_of_double_diffraction() -> None:
    settings: dict[str, Any] = {"d_min": 1.2, "zone_axis": (2, 1, 0)}
    for switch, height in ((False, 0.0), (True, 1.0)):
        spots = navp.saed_pattern("Na3VP", double_diffraction=switch, **settings)
        found = {s.intensity for s in spots if s.reason == "double_diffraction"}
        assert found == {height}
        others = [s.intensity for s in spots if s.reason != "double_diffraction"]
        assert max(others) == pytest.approx(100.0, abs=1e-12)


@pytest.mark.parametrize("name", PHASES)
def test_limit_that_is_taken_when_none_is_given(name: str) -> None:
    # The zero layer at d_min, 1 Å at most, lies R - sqrt(R² - 1/d²) outside the sphere; all of
    # it is within. Higher zones are within 0.01 Å⁻¹.
    zone, along, d_min = (1, 1, 1), (3, -3, 0), 1.0613
    r = radius(200.0)
    limit = float(r - np.sqrt(r**2 - 1))
    settings: dict[str, Any] = {"d_min": d_min, "max_excitation_error": limit}
    for more in ({}, {"tilt": (1.7, 0.9)}, {"rotation": 30.0}):
        asked: dict[str, Any] = {"zone_axis": zone, "horizontal": along, "d_min": d_min, **more}
        wanted = expected(name, zone, along, **settings, **more)
        level = (wanted.layer == 0) | (np.abs(wanted.s) <= 0.01)
        assert np.abs(np.abs(wanted.s[wanted.layer != 0]) - 0.01).min(initial=1.0) > OFF
        check_list(navp.saed_pattern(name, **asked), at(wanted, level))


@pytest.mark.parametrize("name", PHASES)
def test_basis_is_reduced_and_its_first_vector_horizontal(name: str) -> None:
    here = crystal(name)
    for phase, zone, _ in ZONES:
        if phase != name:
            continue
        pattern = navp.saed_pattern(name, zone_axis=zone, d_min=1.0613)
        net = here.hkl[here.hkl @ np.array(zone) == 0]
        lengths = np.sqrt(((net @ here.reciprocal) ** 2).sum(axis=1)).astype(float)
        shortest = net[np.argmin(lengths)]
        others = np.any(np.cross(net, shortest) != 0, axis=1)
        basis = pattern.basis
        assert basis.g_1 == pytest.approx(lengths.min(), abs=1e-12)
        if np.any(others):
            assert basis.g_2 == pytest.approx(lengths[others].min(), abs=1e-12)
            assert 60 - 1e-9 <= basis.angle <= 120 + 1e-9
        settings: dict[str, Any] = {"d_min": 1.0613, "max_excitation_error": 0.0311}
        turned_so = navp.saed_pattern(name, zone_axis=zone, **settings)
        check_list(turned_so, expected(name, zone, basis.hkl_1, **settings))


@pytest.mark.parametrize("name", PHASES)
def test_detector(name: str) -> None:
    pattern = navp.saed_pattern(name, zone_axis=(1, 2, 3), camera_length=731.0, voltage=80.0)
    r = radius(80.0)
    for spot in pattern:
        # From the centre of the sphere through the spot, to the plane L away.
        reach = 731.0 / math.sqrt(float(r) ** 2 - spot.x**2 - spot.y**2)
        assert spot.x_mm == pytest.approx(reach * spot.x, abs=1e-10)
        assert spot.y_mm == pytest.approx(reach * spot.y, abs=1e-10)


@pytest.mark.parametrize("name", PHASES)
def test_pixels(name: str) -> None:
    # Distance times spacing is 800 px Å; columns go to the right, rows down.
    settings: dict[str, Any] = {"camera_constant": 800.0, "centre": (511.5, 480.25)}
    for spot in navp.saed_pattern(name, zone_axis=(1, 2, 3), rotation=40.0, **settings):
        assert spot.column == pytest.approx(511.5 + 800.0 * spot.x, abs=1e-10)
        assert spot.row == pytest.approx(480.25 - 800.0 * spot.y, abs=1e-10)


BROKEN: Mapping[str, dict[str, Any]] = {
    "voltage": {"voltage": 200.1},
    "tilt": {"tilt": (0.01, 0.0)},
    "turn": {"rotation": 1e-9},
}


@pytest.mark.parametrize("what", BROKEN)
def test_comparison_notices(what: str) -> None:
    zone, along = (1, 2, 3), (6, 3, -4)
    along = tuple(3 * n for n in along)
    settings: dict[str, Any] = {"d_min": 1.0613, "max_excitation_error": 0.0311}
    pattern = navp.saed_pattern("Na3VP", zone_axis=zone, horizontal=along, **settings)
    check_list(pattern, expected("Na3VP", zone, along, **settings))
    other = expected("Na3VP", zone, along, **settings, **BROKEN[what])
    with pytest.raises(AssertionError):
        check_list(pattern, other)


def test_comparison_notices_weights_and_routes() -> None:
    zone, along = (2, 1, 0), (0, 0, 6)
    settings: dict[str, Any] = {"d_min": 1.0613, "max_excitation_error": 0.0171}
    pattern = navp.saed_pattern(
        "Na3VP", zone_axis=zone, horizontal=along, thickness=30.0, **settings
    )
    wanted = expected("Na3VP", zone, along, **settings)
    near = expected("Na3VP", zone, along, **settings | {"d_min": D_MIN})
    s = wanted.s.astype(float)
    check_heights(pattern, wanted, np.sinc(300.0 * s) ** 2, 1e-8)
    for thickness in (0.0, 300.1):
        with pytest.raises(AssertionError):
            check_heights(pattern, wanted, np.sinc(thickness * s) ** 2, 1e-8)
    spots = list(pattern)
    assert check_routes(spots, wanted, near, "Na3VP") > 0
    reached = next(spot for spot in spots if spot.reason == "double_diffraction")
    fewer = [spot for spot in spots if spot is not reached]
    with pytest.raises(AssertionError):
        check_routes(fewer, wanted, near, "Na3VP")
    # A route through what is extinct itself.
    wrong = replace(reached, route=((0, 0, 0), reached.hkl))
    with pytest.raises(AssertionError):
        check_routes([*fewer, wrong], wanted, near, "Na3VP")
