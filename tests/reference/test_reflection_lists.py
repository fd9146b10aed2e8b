"""Reflection lists, absences and Wyckoff letters against plain loops, gemmi and articles."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import replace

import gemmi
import numpy as np
import pytest

from navp_structures.analysis.reflections import families
from navp_structures.analysis.spglib_symmetry import wyckoff_letters
from navp_structures.catalogue.catalogue import load
from navp_structures.kernels import reflections as kernel
from navp_structures.kernels.lattice import metric_tensor
from navp_structures.model.absence import Absence, absence, is_absent
from navp_structures.model.cell import UnitCell
from navp_structures.model.phase import Phase
from navp_structures.model.site import Site, Species
from navp_structures.model.spacegroup import SpaceGroup

HKL = tuple[int, int, int]

SETTINGS = [entry.xhm() for entry in gemmi.spacegroup_table()]


def triclinic_d(hkl: HKL, cell: tuple[float, ...]) -> float:
    """Return d from the textbook formula of the general cell, without a matrix."""
    a, b, c = cell[:3]
    ca, cb, cg = (math.cos(math.radians(x)) for x in cell[3:])
    h, k, m = hkl[0] / a, hkl[1] / b, hkl[2] / c
    square = h**2 * (1 - ca**2) + k**2 * (1 - cb**2) + m**2 * (1 - cg**2)
    square += 2 * h * k * (ca * cb - cg) + 2 * k * m * (cb * cg - ca)
    square += 2 * m * h * (cg * ca - cb)
    return math.sqrt((1 - ca**2 - cb**2 - cg**2 + 2 * ca * cb * cg) / square)


def monoclinic_d(hkl: HKL, cell: tuple[float, ...]) -> float:
    a, b, c, _, beta, _ = cell
    sine, cosine = math.sin(math.radians(beta)), math.cos(math.radians(beta))
    h, k, m = hkl[0] / a, hkl[1] / b, hkl[2] / c
    return sine / math.sqrt(h * h + (k * sine) ** 2 + m * m - 2 * h * m * cosine)


def hexagonal_d(hkl: HKL, cell: tuple[float, ...]) -> float:
    h, k, m = hkl
    return 1 / math.sqrt(4 / 3 * (h * h + h * k + k * k) / cell[0] ** 2 + (m / cell[2]) ** 2)


CELLS = {
    triclinic_d: (5.13, 6.47, 7.91, 81.3, 104.7, 68.9),
    monoclinic_d: (15.282, 8.633, 8.765, 90.0, 128.208, 90.0),
    hexagonal_d: (8.7288, 8.7288, 21.8042, 90.0, 90.0, 120.0),
}


@pytest.mark.parametrize("formula", CELLS)
def test_sphere_against_a_triple_loop(formula: type[triclinic_d]) -> None:
    cell, d_min = CELLS[formula], 1.6
    # Two more than any index that can occur: h is at most a / d_min.
    top = [int(edge / d_min) + 2 for edge in cell[:3]]
    expected = set()
    for h in range(-top[0], top[0] + 1):
        for k in range(-top[1], top[1] + 1):
            for m in range(-top[2], top[2] + 1):
                if (h, k, m) != (0, 0, 0) and formula((h, k, m), cell) >= d_min:
                    expected.add((h, k, m))
    found = kernel.sphere(metric_tensor(cell), d_min)
    assert len(found) == len(expected)
    assert {tuple(row) for row in found.tolist()} == expected


def test_sphere_keeps_a_reflection_at_its_edge() -> None:
    # In double precision d of (3 0 0) comes out as 2.5999999999999996 Å.
    found = kernel.sphere(metric_tensor((7.8, 7.8, 7.8, 90, 90, 90)), 2.6)
    assert [3, 0, 0] in found.tolist()
    assert [3, 1, 0] not in found.tolist()


def orbit(hkl: HKL, group: gemmi.GroupOps) -> set[HKL]:
    """Return the equivalents by gemmi's operations and Friedel's law."""
    images = {tuple(op.apply_to_hkl(list(hkl))) for op in group.sym_ops}
    return images | {(-h, -k, -m) for h, k, m in images}


def test_families_are_orbits_that_fill_the_sphere(crystal: Phase) -> None:
    found = families(crystal, 1.5, "xray")
    group = crystal.space_group.gemmi
    orbits = [orbit(tuple(row), group) for row in found.hkl.tolist()]
    assert [len(o) for o in orbits] == found.multiplicity.tolist()
    sphere = kernel.sphere(crystal.cell.metric_tensor, 1.5)
    # Together they hold each reflection exactly once.
    assert sum(len(o) for o in orbits) == len(sphere)
    assert set().union(*orbits) == {tuple(row) for row in sphere.tolist()}


def test_families_against_the_unique_list_of_gemmi(crystal: Phase) -> None:
    if crystal.space_group.symbol is None:
        pytest.skip("gemmi makes lists for the settings of its table alone")
    entry = gemmi.find_spacegroup_by_name(crystal.space_group.symbol)
    cell = gemmi.UnitCell(*crystal.cell.parameters)
    # No spacing of these crystals lies within 1e-4 Å of this limit.
    unique = gemmi.make_miller_array(cell, entry, 1.5, unique=True)
    found = families(crystal, 1.5, "xray")
    assert np.count_nonzero(~found.absent) == len(unique)
    asu = gemmi.ReciprocalAsu(entry)
    moved = {
        tuple(asu.to_asu(row, crystal.space_group.gemmi)[0])
        for row in found.hkl[~found.absent].tolist()
    }
    assert moved == {tuple(row) for row in unique.tolist()}


def test_a_family_is_shown_by_its_fewest_minus_signs(crystal: Phase) -> None:
    found = families(crystal, 1.5, "xray")
    for row in found.hkl.tolist():
        members = orbit(tuple(row), crystal.space_group.gemmi)
        best = min(members, key=lambda h: (sum(n < 0 for n in h), [-n for n in h]))
        assert tuple(row) == best


def sample(rng: np.random.Generator, count: int = 40) -> np.ndarray:
    """Return reflections, half of them in zones and on axes, where absences are."""
    hkl = rng.integers(-6, 7, size=(count, 3))
    hkl[::4, rng.integers(3)] = 0
    hkl[1::8, rng.permutation(3)[:2]] = 0
    hkl[2::8, 1] = hkl[2::8, 0] * rng.choice((-2, -1, 1))
    return hkl[np.any(hkl != 0, axis=1)]


@pytest.fixture(scope="module")
def samples() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(2016)
    return {name: sample(rng) for name in SETTINGS}


def test_absences_of_all_settings_against_gemmi(samples: dict[str, np.ndarray]) -> None:
    for entry in gemmi.spacegroup_table():
        operations = entry.operations()
        hkl = samples[entry.xhm()]
        expected = [operations.is_systematically_absent(row) for row in hkl.tolist()]
        group = SpaceGroup.from_name(entry.xhm())
        assert is_absent(hkl, group).tolist() == expected, entry.xhm()
        named = [absence(tuple(row), group) is not None for row in hkl.tolist()]
        assert named == expected, entry.xhm()


def linear(text: str) -> dict[str, int]:
    """Return the coefficients of ``-2h + k``; ``0`` has none."""
    terms = re.findall(r"(-?)(\d*)([hkl])", text.replace(" ", ""))
    return {letter: (-1 if sign else 1) * int(n or 1) for sign, n, letter in terms}


def value(text: str, hkl: HKL) -> int:
    numbers = dict(zip("hkl", hkl, strict=True))
    return sum(n * numbers[letter] for letter, n in linear(text).items())


def covers(zone: str, hkl: HKL) -> bool:
    """Answer whether a reflection belongs to ``h 0 l`` or ``h -2h l``."""
    tokens = zone.split()
    if len(tokens) != 3:  # a centring, R obverse or C: every reflection
        return True
    return all(value(token, hkl) == n for token, n in zip(tokens, hkl, strict=True))


def rules(samples: dict[str, np.ndarray]) -> Iterator[tuple[SpaceGroup, Absence]]:
    for name, hkl in samples.items():
        group = SpaceGroup.from_name(name)
        seen = set()
        for row in hkl.tolist():
            rule = absence(tuple(row), group)
            if rule is not None and rule.rule not in seen:
                seen.add(rule.rule)
                yield group, rule


def split(rule: Absence) -> tuple[str, str, int]:
    """Return zone, left side and n of ``h 0 l: h + l = 2n``."""
    zone, _, condition = rule.rule.rpartition(": ")
    left, right = condition.split(" = ")
    return zone, left, int(right.removesuffix("n"))


def test_printed_rules_cover_the_reflections_that_they_explain(
    samples: dict[str, np.ndarray],
) -> None:
    for _, rule in rules(samples):
        zone, left, n = split(rule)
        assert covers(zone, rule.hkl), rule
        assert value(left, rule.hkl) == rule.value, rule
        assert rule.value % n != 0, rule


def test_printed_rules_are_true_of_every_reflection(samples: dict[str, np.ndarray]) -> None:
    near = [h for h in itertools.product(range(-6, 7), repeat=3) if h != (0, 0, 0)]
    grid = np.array(near)
    known: dict[tuple[str, ...], np.ndarray] = {}
    covered: dict[str, list[int]] = {}
    for group, rule in rules(samples):
        zone, left, n = split(rule)
        # Every reflection of the zone that breaks the condition must be absent.
        if group.operations not in known:
            known[group.operations] = is_absent(grid, group)
        if zone not in covered:
            covered[zone] = [i for i, hkl in enumerate(near) if covers(zone, hkl)]
        weights = np.array([linear(left).get(letter, 0) for letter in "hkl"])
        broken = (grid[covered[zone]] @ weights) % n != 0
        assert known[group.operations][covered[zone]][broken].all(), (str(group), rule)


def test_wyckoff_letters_are_those_of_the_articles(phase: Phase) -> None:
    printed = tuple(site.wyckoff for site in phase.sites)
    assert None not in printed
    assert wyckoff_letters(phase) == printed


def test_a_site_that_is_moved_gets_another_letter() -> None:
    # R -3 c:H has (0 0 1/4) at 6a and (0 0 0) at 6b.
    phase = load("navp-model")
    moved = tuple(
        replace(site, fract=(0.0, 0.0, 0.25)) if site.wyckoff == "b" else site
        for site in phase.sites
    )
    assert "a" in wyckoff_letters(replace(phase, sites=moved))


# International Tables A, F d -3 m: the positions of both origin choices.
DIAMOND = {
    "F d -3 m:1": {"a": 0.0, "b": 0.5, "c": 0.125, "d": 0.625, "e": 0.0712},
    "F d -3 m:2": {"a": 0.125, "b": 0.375, "c": 0.0, "d": 0.5, "e": 0.2623},
}


@pytest.mark.parametrize("name", DIAMOND)
def test_letters_are_those_of_the_origin_that_is_given(name: str) -> None:
    phase = Phase(
        id="spinel",
        cell=UnitCell(a=8.1, b=8.1, c=8.1),
        space_group=SpaceGroup.from_name(name),
        sites=tuple(
            Site(label=letter, species=(Species(symbol="O", label=letter),), fract=(x, x, x))
            for letter, x in DIAMOND[name].items()
        ),
    )
    assert wyckoff_letters(phase) == tuple(DIAMOND[name])
