"""The curated phases, and crystals in settings that no curated phase has."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import gemmi
import numpy as np
import numpy.typing as npt
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
            timeout=300,
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


Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Coordinates of made structures are whole multiples of 1 / GRID, so that site symmetry is
# exact arithmetic: thirds, eighths and means over two to six images are whole again.
GRID = 24 * 144 * 1009

# Å between two images of a made site; the package takes them for one below 0.05 Å.
APART = 0.4

# Up to bismuth, and Th and U: beyond, cctbx has no neutron lengths, and gemmi few.
ELEMENTS = tuple(gemmi.Element(number).name for number in (*range(1, 84), 90, 92))


class Made(NamedTuple):
    """A random structure, and what exact arithmetic and gemmi say of it.

    Parameters
    ----------
    multiplicities
        Of the sites: distinct images, counted in whole numbers.
    small
        For gemmi's own structure factors; its sites are on their special positions.
    d_min
        Å; about 1200 reflections of the primitive cell's sphere are above.
    """

    phase: Phase
    entry: gemmi.SpaceGroup
    multiplicities: tuple[int, ...]
    small: gemmi.SmallStructure
    d_min: float


@pytest.fixture(scope="session")
def made() -> tuple[Made, ...]:
    """Return a random structure for each of the 230 groups, each in one of its settings."""
    rng = np.random.default_rng(230)
    settings: dict[int, list[gemmi.SpaceGroup]] = {}
    for entry in gemmi.spacegroup_table():
        settings.setdefault(entry.number, []).append(entry)
    return tuple(
        _made(choices[rng.integers(len(choices))], rng) for choices in settings.values()
    )


@pytest.fixture(scope="session")
def special_positions() -> tuple[Phase, ...]:
    """Return for each group, in its reference setting, a cell with some special positions."""
    rng = np.random.default_rng(1731)
    phases = []
    for number in range(1, 231):
        entry = gemmi.get_spacegroup_reference_setting(number)
        group, space_group = _Group(entry), SpaceGroup.from_name(entry.xhm())
        places = {tuple((_special(group, rng) / GRID).tolist()) for _ in range(9)}
        sites = tuple(
            Site(
                label=f"V{n}",
                species=(Species(symbol="V", label=f"V{n}", occupancy=0.05),),
                fract=place,
            )
            for n, place in enumerate(sorted(places))
        )
        cell = _random_cell(space_group, rng)
        phases.append(
            Phase(id=f"special-{number}", cell=cell, space_group=space_group, sites=sites)
        )
    return tuple(phases)


class _Group:
    """The operations of a table's entry as whole numbers."""

    def __init__(self, entry: gemmi.SpaceGroup) -> None:
        operations = list(entry.operations())
        self.rotations: Ints = np.array([op.rot for op in operations]) // gemmi.Op.DEN
        self.shifts: Ints = np.array([op.tran for op in operations]) * (GRID // gemmi.Op.DEN)

    def images(self, x: Ints) -> Ints:
        return np.asarray(self.rotations @ x + self.shifts)

    def keeping(self, x: Ints) -> np.ndarray:
        return np.asarray(np.all((self.images(x) - x) % GRID == 0, axis=1))

    def fixed_by_one(self, x: Ints, rng: np.random.Generator) -> Ints:
        """Return the mean of the images under a random rotation or mirror that has one."""
        for n in rng.permutation(len(self.rotations)).tolist():
            rotation, shift = self.rotations[n], self.shifts[n] + GRID * rng.integers(-1, 2, 3)
            path, power = [x], rotation
            while not np.array_equal(power, np.eye(3)):
                path.append(rotation @ path[-1] + shift)
                power = power @ rotation
            mean = np.sum(path, axis=0)
            # A screw axis or a glide plane comes back elsewhere.
            if len(path) > 1 and np.array_equal(rotation @ path[-1] + shift, x):
                return np.asarray(mean // len(path))
        return x


def _special(group: _Group, rng: np.random.Generator) -> Ints:
    """Return the most special of some positions with fractions and equal coordinates."""
    found = None
    for _ in range(int(rng.integers(1, 30))):
        free = int(rng.integers(1, GRID // 144)) * 144
        fraction = rng.choice((0, 2, 3, 4, 6, 8, 9, 12, 15, 16, 18, 20, 21), 3) * (GRID // 24)
        x = np.where(rng.random(3) < 0.35, free * rng.choice((1, -1, 2), 3), fraction) % GRID
        if found is None or group.keeping(x).sum() > group.keeping(found).sum():
            found = x
    assert found is not None
    return found


def _place(
    kind: int, group: _Group, metric: Floats, taken: list[Ints], rng: np.random.Generator
) -> Ints:
    """Return a position whose images are apart, and apart from those that are taken."""
    cells = np.stack(np.meshgrid(*[[-1, 0, 1]] * 3), axis=-1).reshape(-1, 1, 3)
    while True:
        x = rng.integers(0, GRID // 144, 3) * 144
        if kind == 0:
            x = _special(group, rng)
        elif kind == 1:
            x = group.fixed_by_one(x, rng)
        for other in (x, *taken):
            shifts = (group.images(x) - other) % GRID / GRID + cells
            squares = np.einsum("...i,ij,...j->...", shifts, metric, shifts)
            own = squares > 1e-6 if other is x else np.ones_like(squares, dtype=bool)
            if np.any(squares[own] < APART**2):
                break
        else:
            return x


def _made(entry: gemmi.SpaceGroup, rng: np.random.Generator) -> Made:
    group = _Group(entry)
    space_group = SpaceGroup.from_name(entry.xhm())
    cell = _random_cell(space_group, rng)
    small = gemmi.SmallStructure()
    small.cell = gemmi.UnitCell(*cell.parameters)
    small.spacegroup = entry
    small.spacegroup_hm = entry.xhm()
    digits = 5 if rng.random() < 0.5 else 17
    sites, multiplicities, taken = [], [], []
    # The most special one, one on a symmetry element, two anywhere; one of those is mixed.
    for number, kind in enumerate((0, 1, 2, 2)):
        x = _place(kind, group, cell.metric_tensor, taken, rng)
        taken.append(x)
        kept = group.keeping(x)
        multiplicities.append(len(kept) // int(kept.sum()))
        printed = (x / GRID).round(digits)
        # Of the mean of the printed position over the operations that keep the exact one.
        whole = (group.images(x)[kept] - x) // GRID
        shift = group.shifts[kept] / GRID - whole
        ideal = (group.rotations[kept] @ printed + shift).mean(axis=0)
        u = _tensor(group.rotations[kept], small.cell, rng) if number % 2 else None
        site = _made_site(number, printed, u, rng)
        sites.append(site)
        for species in site.species:
            _add(small, species, ideal, site, int(kept.sum()))
    small.setup_cell_images()
    return Made(
        phase=Phase(
            id=f"made-{entry.number}", cell=cell, space_group=space_group, sites=tuple(sites)
        ),
        entry=entry,
        multiplicities=tuple(multiplicities),
        small=small,
        d_min=float((4.0 / 3.0 * np.pi * cell.volume / 1200.0) ** (1.0 / 3.0)),
    )


def _made_site(
    number: int, fract: Floats, u: tuple[float, ...] | None, rng: np.random.Generator
) -> Site:
    elements = rng.choice(ELEMENTS, 2 if number == 3 else 1, replace=False).tolist()
    shares = rng.uniform(0.2, 1.0 / len(elements), len(elements)).tolist()
    species = tuple(
        Species(symbol=element, label=f"{element}{number}", occupancy=share)
        for element, share in zip(elements, shares, strict=True)
    )
    x, y, z = fract.tolist()
    return Site(
        label=species[0].label,
        species=species,
        fract=(x, y, z),
        u_iso=None if u else float(rng.uniform(0.0, 0.05)),
        u_aniso=u,  # type: ignore[arg-type]
    )


def _tensor(
    rotations: Ints, cell: gemmi.UnitCell, rng: np.random.Generator
) -> tuple[float, ...]:
    """Return U_ij of a random ellipsoid, its mean over the rotations that keep the site."""
    root = rng.uniform(-0.12, 0.12, (3, 3))
    to_fractional = np.array(cell.frac.mat.tolist())
    u = to_fractional @ (root @ root.T + 0.004 * np.eye(3)) @ to_fractional.T
    mean = (rotations @ u @ rotations.transpose(0, 2, 1)).mean(axis=0)
    star = cell.reciprocal()
    lengths = (star.a, star.b, star.c)
    places = ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))
    return tuple(float(mean[i, j]) / lengths[i] / lengths[j] for i, j in places)


def _add(
    small: gemmi.SmallStructure, species: Species, ideal: Floats, site: Site, order: int
) -> None:
    atom = gemmi.SmallStructure.Site()
    atom.label, atom.type_symbol = species.label, species.symbol
    atom.element = gemmi.Element(species.symbol)
    atom.fract = gemmi.Fractional(*ideal)
    # gemmi adds up all images, equal ones too.
    atom.occ = species.occupancy / order
    if site.u_aniso is not None:
        atom.aniso = gemmi.SMat33d(*site.u_aniso)
    atom.u_iso = site.u_iso or 0.0
    small.add_site(atom)
