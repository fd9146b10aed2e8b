"""Made-up crystals: any setting of any group, cells and displacements that obey it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import gemmi
import numpy as np
import pytest
from numpy.random import Generator

from navp_structures import Phase, Site, SpaceGroup, Species, UnitCell
from navp_structures.errors import SiteError

SYSTEMS: Final = ("triclinic", "monoclinic", "orthorhombic", "tetragonal", "trigonal",
                  "hexagonal", "cubic")  # fmt: skip
SPECIAL: Final = (0.0, 0.5, 0.25, 0.75, 1 / 3, 2 / 3, 0.125)
ELEMENTS: Final = ("Na", "V3+", "P", "O2-", "Zr4+", "Si", "Fe", "Ti", "H", "U")


def group_of(rng: Generator, system: str) -> SpaceGroup:
    """Return a setting of a group of this system."""
    entries = [e for e in gemmi.spacegroup_table() if e.crystal_system_str() == system]
    return SpaceGroup.from_name(entries[rng.integers(len(entries))].xhm())


def cell_of(rng: Generator, group: SpaceGroup, longest: float) -> UnitCell:
    """Return a cell that the operations keep: the mean of a metric under all of them."""
    edges = rng.uniform(3.0, longest, 3)
    cosines = np.cos(np.radians(rng.uniform(70.0, 115.0, 3)))
    metric = np.diag(edges**2)
    for (i, j), cosine in zip(((1, 2), (0, 2), (0, 1)), cosines, strict=True):
        metric[i, j] = metric[j, i] = edges[i] * edges[j] * cosine
    turns = [np.array(op.rot) / gemmi.Op.DEN for op in operations(group)]
    metric = np.mean([turn.T @ metric @ turn for turn in turns], axis=0)
    # A printed cell has so many digits; what is 90 or 120 has to stay exactly that.
    a, b, c, *angles = (round(value, 9) for value in parameters_of(metric))
    su = {f"{n}_su": float(rng.choice([0.0001, 0.002])) for n in "abc" if rng.random() < 0.7}
    return UnitCell(a=a, b=b, c=c, alpha=angles[0], beta=angles[1], gamma=angles[2], **su)


def parameters_of(metric: np.ndarray) -> list[float]:
    """Return edges (Å) and angles (degrees) of a metric tensor."""
    a, b, c = np.sqrt(np.diag(metric))
    cosines = (metric[1, 2] / (b * c), metric[0, 2] / (a * c), metric[0, 1] / (a * b))
    return [float(x) for x in (a, b, c, *np.degrees(np.arccos(cosines)))]


def operations(group: SpaceGroup) -> list[gemmi.Op]:
    return [gemmi.Op(text) for text in group.operations]


def displacement(
    rng: Generator, cell: UnitCell, group: SpaceGroup, fract: np.ndarray
) -> tuple[float, ...]:
    """Return U of CIF that the operations which keep the position keep, too."""
    axes = gemmi.UnitCell(*cell.parameters).reciprocal().parameters[:3]
    root = rng.normal(0.0, 0.04, (3, 3))
    beta = (root @ root.T + 0.004 * np.eye(3)) * np.outer(axes, axes)
    kept = []
    for op in operations(group):
        turn = np.array(op.rot) / gemmi.Op.DEN
        gap = turn @ fract + np.array(op.tran) / gemmi.Op.DEN - fract
        if np.abs(gap - np.round(gap)).max() < 1e-3:
            kept.append(turn @ beta @ turn.T)
    u = np.mean(kept, axis=0) / np.outer(axes, axes)
    return tuple(float(u[i, j]) for i, j in ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)))


def site_of(rng: Generator, cell: UnitCell, group: SpaceGroup, number: int) -> Site:
    special = rng.random(3) < 0.35
    fract = np.where(special, rng.choice(SPECIAL, 3), np.round(rng.uniform(0, 1, 3), 4))
    symbols = rng.choice(ELEMENTS, 2, replace=False)
    whole = rng.random() < 0.5
    shares = (1.0,) if whole else tuple(np.round(rng.uniform(0.05, 0.5, rng.integers(1, 3)), 3))
    label = f"{symbols[0][:2].strip('0123456789+-')}{number}"
    how = rng.random()
    u = displacement(rng, cell, group, fract) if how < 0.4 else None
    return Site(
        label=label,
        species=tuple(
            Species(symbol=str(s), label=label if n == 0 else f"{label}b",
                    occupancy=float(x))
            for n, (s, x) in enumerate(zip(symbols, shares, strict=False))
        ),
        fract=tuple(float(x) for x in fract),
        u_aniso=u,
        u_aniso_su=None if u is None else (None,) * 6,
        u_iso=float(np.round(rng.uniform(0.002, 0.05), 4)) if 0.4 <= how < 0.8 else None,
    )  # fmt: skip


def made_up(seed: int, system: str, longest: float = 14.0, most: int = 5) -> Phase:
    """Return a crystal of this system; the same one for the same seed."""
    rng = np.random.default_rng(seed)
    group = group_of(rng, system)
    cell = cell_of(rng, group, longest)
    sites: list[Site] = []
    for n in range(int(rng.integers(1, most + 1))):
        try:
            more = [*sites, site_of(rng, cell, group, n)]
            Phase(id="made", cell=cell, space_group=group, sites=tuple(more))
        except SiteError:
            # It fell upon another one.
            continue
        sites = more
    return Phase(id=f"made-{seed}", cell=cell, space_group=group, sites=tuple(sites))


def cell_of_metric(metric: np.ndarray, **su: float) -> UnitCell:
    a, b, c, *angles = parameters_of(metric)
    # An arc cosine of 0 is 90 degrees but for rounding, which no symmetry fixes.
    alpha, beta, gamma = (round(angle, 11) for angle in angles)
    return UnitCell(a=a, b=b, c=c, alpha=alpha, beta=beta, gamma=gamma, **su)


# No su of the cell to speak of, so that those of the sites show alone.
TINY = {f"{name}_su": 1e-12 for name in ("a", "b", "c", "alpha", "beta", "gamma")}


def rewritten(
    phase: Phase, basis: Sequence[Sequence[int]], origin: tuple[float, float, float]
) -> Phase:
    """Return the phase in other axes and with another origin: x' = P⁻¹ (x − p)."""
    columns = np.array(basis, dtype=float)
    inverse = np.rint(np.linalg.inv(columns))
    triplets = []
    for triplet in phase.space_group.operations:
        op = gemmi.Op(triplet)
        rotation = np.array(op.rot) / op.DEN
        translation = np.array(op.tran) / op.DEN
        moved = gemmi.Op("x,y,z")
        moved.rot = np.rint(op.DEN * inverse @ rotation @ columns).astype(int).tolist()
        shift = inverse @ (translation + rotation @ origin - origin)
        moved.tran = np.rint(op.DEN * shift).astype(int).tolist()
        triplets.append(moved.wrap().triplet())

    def place(site: Site) -> Site:
        x, y, z = (float(v) for v in inverse @ (np.array(site.fract) - origin))
        return replace(site, fract=(x, y, z), fract_su=(None,) * 3, u_aniso=None)

    return replace(
        phase,
        id="rewritten",
        cell=cell_of_metric(columns.T @ phase.cell.metric_tensor @ columns, **TINY),
        space_group=SpaceGroup.from_operations(triplets),
        sites=tuple(place(site) for site in phase.sites),
    )


@pytest.fixture(scope="session", name="rewritten")
def rewritten_fixture() -> Callable[..., Phase]:
    return rewritten


@pytest.fixture(scope="session")
def crystal() -> Callable[..., Phase]:
    return made_up
