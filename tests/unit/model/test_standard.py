"""What symmetry says of uncertainties, and which sites share a position."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from navp_structures import Phase, Site, SpaceGroup, Species, UnitCell
from navp_structures.errors import CellError, SiteError
from navp_structures.kernels import lattice
from navp_structures.model import standard


def phase(symbol: str, cell: UnitCell, *sites: Site) -> Phase:
    return Phase(id="x", cell=cell, space_group=SpaceGroup.from_name(symbol), sites=sites)


def atom(label: str, fract: tuple[float, float, float], occupancy: float = 1.0) -> Site:
    species = Species(symbol="V", label=label, occupancy=occupancy)
    return Site(label=label, species=(species,), fract=fract)


def test_rhombohedral_axes_against_one_free_angle() -> None:
    cell = UnitCell(a=6, b=6, c=6, alpha=60, beta=60, gamma=60, a_su=0.01, alpha_su=0.1)
    found = phase("R -3 c:R", cell).cell.volume_su

    def volume(a: float, angle: float) -> float:
        return lattice.volume(lattice.metric_tensor((a, a, a, angle, angle, angle)))

    by_a = (volume(6 + 1e-4, 60) - volume(6 - 1e-4, 60)) / 2e-4
    by_angle = (volume(6, 60 + 1e-4) - volume(6, 60 - 1e-4)) / 2e-4
    assert found == pytest.approx(math.hypot(by_a * 0.01, by_angle * 0.1), rel=1e-6)


@pytest.mark.parametrize(
    ("symbol", "angles", "free"),
    [
        ("P 2/m 1 1", {"alpha": 95.0}, "alpha"),
        ("P 1 2/m 1", {"beta": 95.0}, "beta"),
        ("P 1 1 2/m", {"gamma": 95.0}, "gamma"),
    ],
)
def test_unique_axis(symbol: str, angles: dict[str, float], free: str) -> None:
    cell = phase(symbol, UnitCell(a=5, b=6, c=7, **angles)).cell
    for name in ("alpha", "beta", "gamma"):
        assert getattr(cell, f"{name}_su") == (None if name == free else 0.0)


@pytest.mark.parametrize(
    ("symbol", "cell", "tied"),
    [
        ("P m m m", {"b": 6.0, "c": 7.0}, set()),
        ("P 4/m m m", {"c": 7.0}, {(0, 1)}),
        ("P 6/m m m", {"c": 7.0, "gamma": 120.0}, {(0, 1)}),
        ("F m -3 m", {}, {(0, 1), (0, 2), (1, 2)}),
    ],
)
def test_tied_edges(symbol: str, cell: dict[str, float], tied: set[tuple[int, int]]) -> None:
    values = {"a": 5.0, "b": 5.0, "c": 5.0} | cell
    matrix = phase(symbol, UnitCell(**values)).cell.correlation
    found = np.eye(6) if matrix is None else np.array(matrix)
    assert {(i, j) for i in range(6) for j in range(i + 1, 6) if found[i, j] == 1} == tied


def test_a_correlation_must_not_part_what_symmetry_ties() -> None:
    identity = tuple(tuple(float(i == j) for j in range(6)) for i in range(6))
    cell = UnitCell(a=5, b=5, c=7, gamma=120, correlation=identity)
    with pytest.raises(CellError, match="parts parameters that P 6/m ties together"):
        phase("P 6/m", cell)


def test_equivalent_positions_are_one_place() -> None:
    cell = UnitCell(a=5, b=6, c=7)
    one, two, three = (
        atom("V1", (0.1, 0.2, 0.3)),
        atom("V2", (-0.1, 0.8, 0.7)),
        atom("V3", (0, 0, 0)),
    )
    group = SpaceGroup.from_name("P -1")
    labels = [
        [s.label for s in sites] for sites in standard.places((one, two, three), cell, group)
    ]
    assert labels == [["V1", "V2"], ["V3"]]
    with pytest.raises(SiteError, match=r"V1 and V2 share a position: .* cannot be above 1"):
        phase("P -1", cell, one, two)
    half = [atom("V1", (0.1, 0.2, 0.3), 0.5), atom("V2", (-0.1, 0.8, 0.7), 0.5)]
    assert len(phase("P -1", cell, *half).structure) == 2


def test_multiplicity_and_positions() -> None:
    cell = UnitCell(a=5, b=5, c=5)
    group = SpaceGroup.from_name("F m -3 m")
    site = atom("V1", (0.25, 0.25, 0.25))
    assert standard.multiplicity(site, cell, group) == 8
    assert len(standard.positions(replace(site, fract=(0, 0, 0)), cell, group)) == 4


@pytest.mark.parametrize("symbol", ["P 21 21 21", "P 1 21/c 1", "P 63/m m c", "F d -3 m:2"])
def test_equivalent_positions_with_any_decimals(symbol: str) -> None:
    rng = np.random.default_rng(7)
    group = SpaceGroup.from_name(symbol)
    seed = np.array([[64.0, -3, -4], [-3, 81, -5], [-4, -5, 100]])
    turned = np.einsum("rji,jk,rkl->ril", group.rotations, seed, group.rotations)
    a, b, c = np.sqrt(np.diag(turned.mean(axis=0)))
    gamma = 120.0 if "63" in symbol else 90.0
    cell = UnitCell(a=a, b=b, c=c, gamma=gamma)
    for _ in range(150):
        # A five in the last place is where rounding to a grid parts equal positions.
        fract = np.round(rng.uniform(0, 1, 3), 4) + 5e-5
        n = rng.integers(len(group.operations))
        image = np.round(group.rotations[n] @ fract + group.translations[n], 5)
        exact = group.rotations[n] @ fract + group.translations[n]
        if np.abs(image - exact).max() > 1e-9:
            continue
        sites = (atom("V1", tuple(fract.tolist())), atom("V2", tuple(image.tolist())))
        assert len(standard.places(sites, cell, group)) == 1


HEXAGONAL = UnitCell(a=8.0, b=8.0, c=20.0, gamma=120.0)
R3C = SpaceGroup.from_name("R -3 c:H")


def covariance(
    fract: tuple[float, float, float],
    su: tuple[float | None, float | None, float | None],
    error: float | None = None,
) -> np.ndarray | None:
    site = Site(
        label="O1", species=(Species(symbol="O", label="O1"),), fract=fract, fract_su=su
    )
    return standard.coordinate_covariance(site, HEXAGONAL, R3C, error)


def test_covariance_of_free_tied_and_fixed_coordinates() -> None:
    general = covariance((0.1, 0.2, 0.3), (0.001, 0.002, 0.003))
    assert general == pytest.approx(np.diag([1e-6, 4e-6, 9e-6]))
    # On the threefold axis only z is free, at the inversion centre nothing.
    axis = covariance((0, 0, 0.15), (None, None, 0.001))
    assert axis == pytest.approx(np.diag([0, 0, 1e-6]))
    assert covariance((0, 0, 0), (None, None, None)) == pytest.approx(np.zeros((3, 3)))
    # On the twofold axis x, 0, 1/4 only x is free; on 0.3, 0.3, 1/4 y follows x.
    assert covariance((0.3, 0, 0.25), (0.001, None, None)) == pytest.approx(
        np.diag([1e-6, 0, 0])
    )
    tied = covariance((-0.3, -0.3, 0.25), (0.001, 0.001, None))
    assert tied == pytest.approx(1e-6 * np.array([[1, 1, 0], [1, 1, 0], [0, 0, 0]]))
    # The su may stand with either of the two.
    other = covariance((-0.3, -0.3, 0.25), (None, 0.001, None))
    assert other == pytest.approx(tied)


def test_covariance_from_an_expected_error() -> None:
    assert covariance((0.1, 0.2, 0.3), (None, None, None)) is None
    assert covariance((0.1, 0.2, 0.3), (0.001, None, 0.001)) is None
    matrix = HEXAGONAL.orthogonalisation_matrix
    general = covariance((0.1, 0.2, 0.3), (None, None, None), error=0.05)
    assert general is not None
    assert matrix @ general @ matrix.T == pytest.approx(0.0025 * np.eye(3))
    axis = covariance((0, 0, 0.15), (None, None, None), error=0.05)
    assert axis is not None
    assert matrix @ axis @ matrix.T == pytest.approx(0.0025 * np.diag([0, 0, 1]))
    # Along the twofold axis, one direction of space: the trace is that of one.
    twofold = covariance((-0.3, -0.3, 0.25), (None, None, None), error=0.05)
    assert twofold is not None
    assert np.trace(matrix @ twofold @ matrix.T) == pytest.approx(0.0025)


@pytest.mark.parametrize("angle", [90.0, 61.0])
def test_places_are_those_of_all_pairs(angle: float) -> None:
    """Boxes find what comparing each position with all others finds, across edges too."""
    rng = np.random.default_rng(3)
    cell = UnitCell(a=5.0, b=6.0, c=70.0, alpha=angle, beta=angle, gamma=angle)
    group = SpaceGroup.from_name("P -1")
    base = np.concatenate([rng.uniform(0.0, 1.0, (30, 3)), [[0.0, 0.3, 0.99999]]])
    signs = np.where(rng.random(len(base)) < 0.5, 1.0, -1.0)[:, np.newaxis]
    # Up to 2e-3 Å along each axis: some are one place, some are not.
    moved = signs * base + rng.uniform(-2e-3, 2e-3, base.shape) / [5.0, 6.0, 70.0]
    sites = tuple(
        Site(
            label=f"Na{n}",
            species=(Species(symbol="Na", label=f"Na{n}", occupancy=0.1),),
            fract=tuple(place.tolist()),
        )
        for n, place in enumerate([*base, *(moved + rng.integers(-1, 2, moved.shape))])
    )
    grouped: list[list[str]] = []
    kept: list[np.ndarray] = []
    for site in sites:
        _, ideal = standard.stabiliser(site, cell, group)
        images = group.rotations @ ideal + group.translations
        apart = [
            lattice.periodic_distances(images - other, cell.metric_tensor).min()
            for other in kept
        ]
        here = next((n for n, distance in enumerate(apart) if distance < 1e-3), None)
        if here is None:
            kept.append(ideal)
            grouped.append([site.label])
        else:
            grouped[here].append(site.label)
    assert 31 < len(grouped) < 62
    found = standard.places(sites, cell, group)
    assert [[site.label for site in shared] for shared in found] == grouped
