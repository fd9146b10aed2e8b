"""The curated phases, and crystals in settings that no curated phase has."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from navp_structures._resources import curated_folder
from navp_structures.catalogue import builtin
from navp_structures.catalogue.catalogue import catalogue
from navp_structures.model.cell import UnitCell
from navp_structures.model.phase import Phase
from navp_structures.model.site import Site, Species
from navp_structures.model.spacegroup import SpaceGroup

# Symbol and a special position, with four digits as articles print them.
SETTINGS = {
    "P 1 21/n 1": (0.0, 0.0, 0.0),  # 2a
    "I 1 2/a 1": (0.25, 0.3127, 0.0),  # 4e
    "F d -3 m:2": (0.2213, 0.2213, 0.2213),  # 32e
    "R -3 c:R": (0.1473, 0.1473, 0.1473),  # 4c
    "P 31 2 1": (0.2671, 0.0, 0.3333),  # 3a
    "A b m 2": (0.0, 0.0, 0.1834),  # 4a
}

# P 1 21/n 1 with its origin moved by (1/8, 1/24, 5/24): no table has that.
SHIFTED = ("x,y,z", "-x+1/4,-y+1/12,-z+5/12", "-x+3/4,y+1/2,-z+11/12", "x+1/2,-y+7/12,z+1/2")


CURATED = sorted(
    item.name.removesuffix(".cif")
    for item in curated_folder().iterdir()
    if item.name.endswith(".cif") and "_atom_site_fract_x" in item.read_text("utf-8")
)


GENERATED = (*SETTINGS, "origin shifted")

Crystals = Callable[[], dict[str, Phase]]
Json = dict[str, Any]


@pytest.fixture(scope="session")
def crystals() -> Crystals:
    """Return what reads or makes all crystals, each the same object every time.

    It is a function, so that the catalogue is read in the clean environment of a test.
    """

    @functools.cache
    def make() -> dict[str, Phase]:
        entries = [e for e in catalogue().entries if e.provider == builtin.CURATED]
        curated = {e.source.id: e.phase() for e in entries}
        sited = {name: phase for name, phase in curated.items() if phase.has_sites}
        return {**sited, **_generated()}

    return make


@pytest.fixture(scope="session")
def ask_cctbx() -> Callable[[list[Json]], list[Json]]:
    """Return what puts questions to cctbx, in a process of its own, and reads its answers."""
    script = Path(__file__).with_name("cctbx_oracle.py")

    def ask(questions: list[Json]) -> list[Json]:
        done = subprocess.run(
            [sys.executable, str(script)],
            input=json.dumps(questions),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answers: list[Json] = json.loads(done.stdout)
        return answers

    return ask


@pytest.fixture(params=CURATED)
def phase(request: pytest.FixtureRequest, crystals: Crystals) -> Phase:
    """Return each curated phase that has sites."""
    return crystals()[request.param]


@pytest.fixture(params=[*CURATED, *GENERATED])
def crystal(request: pytest.FixtureRequest, crystals: Crystals) -> Phase:
    """Return each curated phase that has sites, and each generated crystal."""
    return crystals()[request.param]


def _generated() -> dict[str, Phase]:
    """Return seeded crystals with random sites, tensors and occupancies."""
    rng = np.random.default_rng(20230406)
    groups = {name: SpaceGroup.from_name(name) for name in SETTINGS}
    groups["origin shifted"] = SpaceGroup.from_operations(SHIFTED)
    special = {**SETTINGS, "origin shifted": (0.125, 0.0417, 0.2083)}
    return {
        name: _random_phase(f"generated-{n}", group, special[name], rng)
        for n, (name, group) in enumerate(groups.items())
    }


def _random_phase(
    name: str, group: SpaceGroup, special: tuple[float, ...], rng: np.random.Generator
) -> Phase:
    def site(number: int, elements: tuple[str, ...], at: tuple[float, ...]) -> Site:
        root = rng.uniform(-0.12, 0.12, (3, 3))
        u = root @ root.T + 0.005 * np.eye(3)
        tensor = (u[0, 0], u[1, 1], u[2, 2], u[0, 1], u[0, 2], u[1, 2])
        shares = rng.uniform(0.2, 1.0 / len(elements), len(elements))
        species = tuple(
            Species(symbol=e, label=f"{e}{number}", occupancy=float(share))
            for e, share in zip(elements, shares, strict=True)
        )
        return Site(
            label=species[0].label,
            species=species,
            fract=(float(at[0]), float(at[1]), float(at[2])),
            u_iso=None if number % 2 else 0.02,
            u_aniso=tuple(map(float, tensor)) if number % 2 else None,
        )

    anywhere = [tuple(rng.uniform(0.0, 1.0, 3).round(4)) for _ in range(3)]
    return Phase(
        id=name,
        cell=_random_cell(group, rng),
        space_group=group,
        sites=(
            site(1, ("Zr",), special),
            site(2, ("O",), anywhere[0]),
            site(3, ("Si", "P"), anywhere[1]),
            site(5, ("Na",), anywhere[2]),
        ),
    )


def _random_cell(group: SpaceGroup, rng: np.random.Generator) -> UnitCell:
    """Return the mean of a random cell over the group: it obeys the group exactly."""
    lengths = rng.uniform(6.0, 10.0, 3)
    metric = np.outer(lengths, lengths) * (np.full((3, 3), 0.1) + 0.9 * np.eye(3))
    metric[0, 2] = metric[2, 0] = -0.2 * lengths[0] * lengths[2]
    turned = np.einsum("rji,jk,rkl->ril", group.rotations, metric, group.rotations)
    mean = turned.mean(axis=0)
    a, b, c = (float(x) for x in np.sqrt(np.diag(mean)))
    cosines = mean / np.outer((a, b, c), (a, b, c))
    angles = [float(np.degrees(np.arccos(cosines[i, j]))) for i, j in ((1, 2), (0, 2), (0, 1))]
    return UnitCell(a=a, b=b, c=c, alpha=angles[0], beta=angles[1], gamma=angles[2])
