"""Every question about a crystal that nobody has seen has a finite, consistent answer."""

from __future__ import annotations

import dataclasses
import json
import math
import warnings
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import navp_structures as navp
from navp_structures import Phase
from navp_structures.errors import NavpError, NavpWarning

Crystal = Callable[..., Phase]

SYSTEMS = ("triclinic", "monoclinic", "orthorhombic", "tetragonal", "trigonal", "hexagonal",
           "cubic")  # fmt: skip
seeds = st.integers(0, 10**6)
systems = st.sampled_from(SYSTEMS)
small = st.integers(-3, 3)
indices = st.tuples(small, small, small).filter(any)


def finite(value: Any, where: str = "") -> None:
    """Object to a number that is none, anywhere in plain data."""
    if isinstance(value, float):
        assert math.isfinite(value), where
    elif isinstance(value, dict):
        for key, item in value.items():
            finite(item, f"{where}.{key}")
    elif isinstance(value, list | tuple):
        for item in value:
            finite(item, f"{where}[]")


def same(one: Any, two: Any, where: str) -> None:
    """Object to plain data that differ by more than twelve decimals hold."""
    if isinstance(one, dict):
        assert one.keys() == two.keys(), where
        for key in one:
            same(one[key], two[key], f"{where}.{key}")
    elif isinstance(one, list):
        assert len(one) == len(two), where
        for n, pair in enumerate(zip(one, two, strict=True)):
            same(*pair, f"{where}[{n}]")
    elif isinstance(one, float):
        assert one == pytest.approx(two, rel=1e-11, abs=1e-12), where
    else:
        assert one == two, where


def shown(result: Any) -> None:
    """Let a result say what it is in every way it has."""
    content = result.to_dict()
    finite(content)
    json.dumps(content, allow_nan=False)
    assert "\n" not in repr(result)
    for way in ("_repr_html_", "to_csv", "to_dataframe", "to_text"):
        if hasattr(result, way):
            assert len(getattr(result, way)()) >= 0


def spacing(phase: Phase) -> float:
    """Return a limit to which a crystal has some hundred reflections at most."""
    return (phase.cell.volume / 60.0) ** (1 / 3)


ASKED: dict[str, Callable[[Phase, Any], Any]] = {
    "reflections": lambda p, _: navp.reflections(p, d_min=spacing(p)),
    "symmetry": lambda p, _: navp.check_symmetry(p),
    "powder": lambda p, _: navp.powder_pattern(p, radiation="CuKa12", two_theta=(5, 45)),
    "saed": lambda p, hkl: navp.saed_pattern(p, hkl, d_min=spacing(p), double_diffraction=True),
    "rings": lambda p, _: navp.ring_pattern(p, voltage=300, d_min=spacing(p)),
    "polyhedra": lambda p, _: navp.polyhedra(
        p, centre=p.sites[0].species[0].element, ligand=p.sites[-1].species[0].element
    ),
    "misfit": lambda p, hkl: navp.lattice_misfit(
        p, "NaVP", correspondence=[[1, 0, 0], [0, 1, 0], [0, 0, 1]], planes=[hkl]
    ),
    "spacings": lambda p, hkl: navp.index_spacings([p.d(hkl)], phases=[p], sigma=0.02),
    "label": lambda p, hkl: navp.check_label(p, hkl, p.d(hkl) * 1.003),
    "path": lambda p, _: navp.sodiation_path(
        [p, p], centre=p.sites[0].species[0].element, ligand=p.sites[-1].species[0].element
    ),
}


@pytest.mark.parametrize("name", ASKED)
@settings(max_examples=12, derandomize=True)
@given(seed=seeds, system=systems, hkl=indices)
def test_an_answer_or_one_sentence(
    crystal: Crystal, name: str, seed: int, system: str, hkl: Any
) -> None:
    phase = crystal(seed, system)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NavpWarning)
        # Whatever is raised beside is a failure.
        with suppress(NavpError):
            shown(ASKED[name](phase, hkl))


# Made-up atoms may stand nearly in one place.
@pytest.mark.filterwarnings("ignore:.* apart and both filled")
@settings(max_examples=30, derandomize=True)
@given(seed=seeds, system=systems)
def test_a_file_keeps_every_number(
    crystal: Crystal, tmp_path_factory: pytest.TempPathFactory, seed: int, system: str
) -> None:
    phase = crystal(seed, system)
    folder = tmp_path_factory.mktemp("cif")
    once = navp.read_cif(navp.export(phase, folder / f"{phase.id}.cif"))
    # What the sites tell is worked out when it is read: formula and Z.
    completed = {"formula", "formula_units", "volume_per_formula_unit"}
    completed.add("volume_per_formula_unit_su")
    before, after = phase.to_dict(), once.to_dict()
    for key in before.keys() - completed:
        # Without an su a number has twelve decimals, with one those that the su lets stand.
        same(after[key], before[key], key)
    again = navp.read_cif(navp.export(once, folder / f"{phase.id}.cif", force=True))
    assert again == once
    assert again.to_dict() == after
    structure = phase.structure
    assert structure.volume == pytest.approx(phase.cell.volume, rel=1e-9)
    text = json.loads(json.dumps(structure.as_dict(), allow_nan=False))
    assert len(text["sites"]) == sum(site["multiplicity"] for site in before["sites"])


@settings(max_examples=40, derandomize=True)
@given(seed=seeds, system=systems, axis=indices)
def test_a_pattern_is_the_allowed_reflections_of_its_zone(
    crystal: Crystal, seed: int, system: str, axis: Any
) -> None:
    phase = crystal(seed, system, longest=9.0)
    d_min = max(1.0, phase.cell.volume ** (1 / 3) / 5.0)
    pattern = navp.saed_pattern(phase, axis, d_min=d_min, voltage=200)
    uvw = np.array(axis)
    zone = [row for row in pattern.rows if row.layer == 0]
    found = {row.hkl for row in zone if row.reason != "double_diffraction"}
    limits = [int(edge / d_min) + 1 for edge in phase.cell.parameters[:3]]
    grid = np.stack(np.meshgrid(*(range(-n, n + 1) for n in limits), indexing="ij"), -1)
    every = [tuple(map(int, hkl)) for hkl in grid.reshape(-1, 3) if hkl.any() and not hkl @ uvw]
    # Where rounding decides, either answer is right.
    near = {hkl for hkl in every if abs(phase.d(hkl) / d_min - 1.0) < 1e-9}
    expected = {hkl for hkl in every if phase.d(hkl) >= d_min and phase.absence(hkl) is None}
    assert found - near == expected - near
    for row in zone:
        length = math.hypot(row.x, row.y)
        assert length == pytest.approx(1.0 / phase.d(row.hkl), rel=1e-9)
        assert row.d == pytest.approx(phase.d(row.hkl), rel=1e-12)
    for one, two in pairwise(zone[:7]):
        turn = math.degrees(math.atan2(two.y, two.x) - math.atan2(one.y, one.x)) % 360.0
        angle = min(turn, 360.0 - turn)
        assert angle == pytest.approx(phase.angle(one.hkl, two.hkl), abs=1e-5)
        # Right-handed, [uvw] towards the viewer: anticlockwise turns add up to it.
        sense = float(np.cross(one.hkl, two.hkl) @ uvw)
        assert sense == 0.0 or (sense > 0) == (turn < 180.0)


@settings(max_examples=25, derandomize=True)
@given(seed=seeds, system=systems, factor=st.floats(0.97, 1.03))
def test_a_crystal_strained_alike_has_that_stretch(
    crystal: Crystal, seed: int, system: str, factor: float
) -> None:
    phase = crystal(seed, system)
    cell = phase.cell
    edges = {name: getattr(cell, name) * factor for name in "abc"}
    larger = dataclasses.replace(
        phase, id="larger", cell=dataclasses.replace(cell, correlation=None, **edges)
    )
    found = navp.lattice_misfit(phase, larger, correspondence=np.eye(3, dtype=int).tolist())
    for row in found.rows:
        assert row.stretch == pytest.approx(factor, rel=1e-7)
    path = navp.volume_changes([cell.volume, larger.cell.volume])
    assert path[1] == pytest.approx(100.0 * (factor**3 - 1.0), abs=1e-7)


@settings(max_examples=40, derandomize=True)
@given(seed=seeds, system=systems, scale=st.floats(0.97, 1.03))
def test_a_standard_gives_its_scale_back(
    crystal: Crystal, seed: int, system: str, scale: float
) -> None:
    phase = crystal(seed, system, longest=7.0)
    lines = navp.reflections(phase, d_min=spacing(phase)).rows
    # Rings of the same spacing are one ring.
    apart = [row for row in lines if row.f_squared > 1e-3 * max(r.f_squared for r in lines)]
    d = np.array([row.d for row in apart])
    kept = [
        row for n, row in enumerate(apart) if np.all(np.abs(np.delete(d, n) / d[n] - 1) > 0.01)
    ]
    if len(kept) < 2:
        return
    sigma = 0.002
    noise = np.random.default_rng(seed).standard_normal(len(kept))
    values = [row.d * scale * math.exp(sigma * e) for row, e in zip(kept, noise, strict=True)]
    found = navp.calibrate(values, phase, sigma=sigma, hkls=[row.hkl for row in kept])
    assert found.scale_su > 0.0
    assert abs(found.scale - scale) < 4.0 * found.scale_su
    finite(found.to_dict())
