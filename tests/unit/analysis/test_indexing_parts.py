"""Parts of the indexing engines against sums, integrals and lists that are written out."""

from __future__ import annotations

import math
import tracemalloc
from dataclasses import replace
from itertools import product
from types import SimpleNamespace
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

import navp_structures as navp
from navp_structures.analysis.calibration import calibrate
from navp_structures.analysis.indexing import spot_evidence, zones
from navp_structures.analysis.indexing.candidates import SpacingCandidate
from navp_structures.analysis.indexing.pair_zones import pair_zones
from navp_structures.analysis.indexing.powder import engine
from navp_structures.analysis.indexing.powder.hypotheses import MOST_MIXED, _pairs
from navp_structures.analysis.indexing.powder.measured import Measured, measured_lines
from navp_structures.analysis.indexing.powder.unexplained import _growth, _power_density
from navp_structures.analysis.indexing.scale import fit_scale
from navp_structures.analysis.indexing.spot_evidence import (
    log_spurious,
    log_unknown_intensities,
)
from navp_structures.analysis.indexing.spot_input import measured_spots
from navp_structures.analysis.indexing.spot_settings import SpotSettings
from navp_structures.analysis.indexing.spot_text import explanation
from navp_structures.analysis.indexing.spots import searched
from navp_structures.analysis.indexing.units import Spacing
from navp_structures.analysis.indexing.zone_library import log_intensity, zone_library
from navp_structures.analysis.structure_factors import f_squared
from navp_structures.errors import InputError
from navp_structures.kernels.spot_match import PolarSpots
from navp_structures.kernels.visibility import FALL_OFF
from navp_structures.kernels.zone_list import axis_length


def polar(spots: list[tuple[float, float]], sigma: float = 0.005) -> PolarSpots:
    """Return spots given by length (Å⁻¹) and azimuth (radians)."""
    log_r = np.log([r for r, _ in spots])
    return PolarSpots(
        log_r=log_r,
        angle=np.array([angle for _, angle in spots]),
        sigma=np.full(len(spots), sigma),
        sigma_angle=np.full(len(spots), math.radians(1.0)),
        log_spurious=log_spurious(log_r, 1.0),
    )


def powder(values: list[float], units: str, **more: Any) -> Measured:
    given: dict[str, Any] = dict.fromkeys(
        ("radiation", "sigma", "intensities", "zero_sigma", "displacement_sigma",
         "scale_sigma", "limits", "resolution")
    )  # fmt: skip
    return measured_lines(values, units=units, **(given | more))


def test_spurious_spots_fill_half_a_disc_evenly() -> None:
    # Of more than three spots a tenth are something else's: 0.4 of four in half a disc.
    total, _ = quad(
        lambda t: math.pi * math.exp(log_spurious(np.full(4, t), 1.3)[0]), -20.0, math.log(1.3)
    )
    assert total == pytest.approx(0.4, rel=1e-6)


def test_intensities_of_an_unknown_net_are_a_normal_density_of_any_scale() -> None:
    spots = polar([(0.2, 0.0), (0.3, 1.0), (0.45, 2.0), (0.6, 2.5)])
    measured = np.log([100.0, 31.0, 45.0, 2.0])
    spread = 0.9 * math.log(10.0)
    expected = -((np.exp(spots.log_r) / FALL_OFF) ** 2)

    def density(scale: float) -> float:
        z = (measured - expected - scale) / spread
        return float(np.exp(-0.5 * z @ z) / (math.sqrt(2.0 * math.pi) * spread) ** len(z))

    total, _ = quad(density, -40.0, 40.0, limit=200)
    assert log_unknown_intensities(spots, measured) == pytest.approx(math.log(total), abs=1e-7)


def test_opposite_spots_are_one_at_their_mean() -> None:
    found = measured_spots(
        [(0.2, 0.0), (0.0, 0.31), (-0.2004, 0.0), (0.002, -0.31)],
        units="1/A", sigma=[0.004, 0.006, 0.004, 0.006], angle_sigma=1.0,
        intensities=[10.0, 3.0, 30.0, 5.0], camera_constant=None,
    )  # fmt: skip
    assert found.group.tolist() == [0, 1, 0, 1]
    assert found.sign.tolist() == [1, 1, -1, -1]
    # (0.2 + 0.2004) / 2; (-0.001, 0.31).
    assert np.exp(found.log_r) == pytest.approx([0.2002, math.hypot(0.001, 0.31)])
    assert found.angle == pytest.approx([0.0, math.pi / 2 + math.atan(0.001 / 0.31)])
    assert found.log_intensity == pytest.approx([math.log(20.0), math.log(4.0)])
    assert found.sigma == pytest.approx([0.004 / math.sqrt(2), 0.006 / math.sqrt(2)])


@pytest.mark.parametrize("units", ["two_theta", "A", "nm", "1/A", "1/nm", "q"])
def test_positions_and_spacings_with_a_known_shift_are_each_others_inverse(units: str) -> None:
    d = np.array([6.2, 3.7, 2.75, 1.9])
    si = navp.Phase(
        id="si",
        cell=navp.UnitCell(a=5.431, b=5.431, c=5.431, alpha=90, beta=90, gamma=90),
        space_group=navp.SpaceGroup.from_name("F d -3 m:1"),
    )
    hkls = [(1, 1, 1), (2, 2, 0), (3, 1, 1)]
    options: dict[str, Any] = {}
    if units == "two_theta":
        options["radiation"] = "CuKa1"
        standard = [
            x + 0.3 - 0.1 * math.cos(math.radians(x / 2))
            for x in (si.two_theta(hkl, "CuKa1") for hkl in hkls)
        ]
        values = [15.0, 30.0]
    else:
        factor, power = {"A": (1, 1), "nm": (0.1, 1), "1/A": (1, -1), "1/nm": (10, -1),
                         "q": (2 * math.pi, -1)}[units]  # fmt: skip
        standard = [factor * (1.02 * si.d(hkl)) ** power for hkl in hkls]
        values = [factor * 4.0**power, factor * 3.0**power]
    calibration = calibrate(standard, si, units=units, hkls=hkls, sigma=0.005, **options)
    measured = powder(values, units, calibration=calibration, **options)
    positions = measured.positions_of(d)
    assert measured.spacings_of(positions) == pytest.approx(d, rel=2e-6)
    if units == "two_theta":
        true = 2 * np.degrees(np.arcsin(1.5405929 / (2 * d)))
        cosine = np.cos(np.radians(true / 2))
        shift = calibration.zero_shift + calibration.displacement * cosine
        assert positions - true == pytest.approx(shift, abs=1e-9)
        assert shift == pytest.approx(0.3 - 0.1 * cosine, abs=0.02)
    else:
        assert np.exp(positions) == pytest.approx(factor * (1.02 * d) ** power, rel=1e-6)


def test_lines_at_random_go_with_a_power_of_g() -> None:
    measured = powder([2.0, 4.0], "A", limits=(1.0, 5.0))
    # g^2 dg with d = e^x: g = e^-x, |dg/dx| = g, so g³; at 2 Å eight times as dense as at 4 Å.
    dense, thin = (_growth(measured, np.log([d]), 2.0)[0] for d in (2.0, 4.0))
    assert dense / thin == pytest.approx(8.0)
    # Their density adds up to 1 over the range: ∫ g³ dx = (1 - 5⁻³)/3 between 1 and 5 Å.
    area = (1.0 - 5.0**-3) / 3.0
    expected = math.log(2.0**-3 / area) + math.log(4.0**-3 / area)
    assert _power_density(measured, 2.0) == pytest.approx(expected, abs=1e-4)


def family(n: int, log_ratio: float, strength: float, sigma: float) -> SpacingCandidate:
    return SpacingCandidate(
        observation=n, phase="x", hkl=(n + 1, round(1e4 * abs(log_ratio)), 0), multiplicity=1,
        d_obs=2.0 * math.exp(log_ratio), d_calc=2.0, d_calc_su=None, deviation_percent=0.0,
        deviation_sigma=0.0, sigma=sigma, f_squared=1.0, strength=strength,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_common_scale_against_every_assignment(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scale_sigma, count = float(rng.choice([0.003, 0.01, 0.03])), int(rng.integers(2, 4))
    groups = [
        [
            family(n, float(rng.normal(0.0, 0.02)), float(rng.uniform(0.05, 1.0)), 0.01)
            for _ in range(rng.integers(1, 5))
        ]
        for n in range(count)
    ]
    observed = [Spacing(d=2.0, sigma=0.01, given=2.0)] * count
    fit = fit_scale("x", [c for group in groups for c in group], observed, scale_sigma)
    costs = []
    for chosen in product(*groups):
        off = np.array([math.log(c.d_obs / c.d_calc) for c in chosen])
        weight = np.array([c.sigma**-2 for c in chosen])
        shift = (off * weight).sum() / (weight.sum() + scale_sigma**-2)
        squares = ((off - shift) ** 2 * weight).sum() + (shift / scale_sigma) ** 2
        if np.all(np.abs(off - shift) <= 3.0 * 0.01):
            costs.append(squares - 2.0 * sum(math.log(c.strength or 1.0) for c in chosen))
    assert (fit.unmatched == 0) == bool(costs)
    if costs:
        assert fit.cost == pytest.approx(min(costs), abs=1e-9)


@pytest.mark.parametrize(
    ("name", "one", "two"),
    [("na3vp-rt", (5, 2, 9), (1, -3, 13)), ("na2vp-a", (7, 3, -2), (2, -5, 9))],
)
def test_zones_of_a_pair_are_all_cross_products_that_fit(
    name: str, one: tuple[int, int, int], two: tuple[int, int, int]
) -> None:
    phase = navp.load(name)
    lengths = [1.0 / phase.d(hkl) for hkl in (one, two)]
    angle = math.radians(phase.angle(one, two))
    sigma, scale, longest = 0.002, 0.001, 60.0
    spots = polar([(lengths[0], 0.4), (lengths[1], 0.4 + angle)], sigma)
    g_max = 1.2 * max(lengths)
    found = pair_zones(phase, spots, scale, longest, g_max)
    group = phase.space_group
    matrix = phase.cell.orthogonalisation_matrix
    length = axis_length(found, matrix, group.centring_vectors)
    assert np.all(np.diff(length) >= 0)
    assert length.min() > longest
    # By a plain loop over the sphere.
    reach = 3.0 * math.hypot(sigma, scale)
    bend = 3.0 * math.hypot(*spots.sigma_angle)
    edges = [int(edge * g_max) + 1 for edge in phase.cell.parameters[:3]]
    hkl = np.array(list(product(*(range(-n, n + 1) for n in edges))))
    whole = hkl @ np.asarray(group.centring_vectors, dtype=float).T
    hkl = hkl[np.all(np.abs(whole - np.rint(whole)) < 1e-9, axis=1)]
    cartesian = hkl @ np.linalg.inv(matrix)
    g = np.linalg.norm(cartesian, axis=1)
    near = [np.flatnonzero(np.abs(np.log(np.maximum(g, 1e-9) / r)) <= reach) for r in lengths]
    axes = set()
    for i, j in product(*near):
        cosine = cartesian[i] @ cartesian[j] / (g[i] * g[j])
        if abs(math.acos(min(1.0, max(-1.0, cosine))) - angle) <= bend:
            axis = np.cross(hkl[i], hkl[j])
            if axis.any():
                axes.add(tuple((axis // np.gcd.reduce(axis)).tolist()))
    every = np.array(sorted(axes))
    far = axis_length(every, matrix, group.centring_vectors) > longest * (1 + 1e-9)
    rotations = group.laue_rotations
    expected = {orbit_of(axis, rotations) for axis in every[far]}
    assert {orbit_of(axis, rotations) for axis in found} == expected
    assert orbit_of(np.cross(one, two), rotations) in expected


def orbit_of(axis: Any, rotations: Any) -> frozenset[tuple[int, ...]]:
    axis = np.array(axis) // np.gcd.reduce(axis)
    images = rotations @ axis
    return frozenset(tuple(map(int, image)) for image in [*images, *-images])


def test_a_zone_longer_than_any_listed_is_found_of_two_spots() -> None:
    phase = navp.load("Na3VP")
    one, two = (5, 2, 9), (1, -3, 13)
    axis = phase.zone_axis(one, two)
    angle = math.radians(phase.angle(one, two))
    spots = [
        (1.0 / phase.d(one), 0.0),
        (math.cos(angle) / phase.d(two), math.sin(angle) / phase.d(two)),
    ]
    found = navp.index_spots(
        spots, phases=[phase], sigma=2e-4, angle_sigma=0.02, scale_sigma=1e-4
    )
    assert found.inputs["listed_zones"] is None
    rotations = phase.space_group.laue_rotations
    assert orbit_of(axis, rotations) in {
        orbit_of(row.zone_axis, rotations) for row in found.solutions
    }


def test_cells_without_sites_have_no_strength() -> None:
    found = navp.index_spacings([6.2, 4.4], phases=["na3vp-alpha"])
    assert found.rows
    assert {(row.f_squared, row.strength) for row in found.rows} == {(None, None)}
    # All alike, so that the order is that of the deviations.
    for n in (0, 1):
        rows = found.candidates(n)
        off = [abs(row.deviation_sigma) for row in rows]
        assert off == sorted(off)
        assert all(0.0 < row.score <= 1.0 for row in rows)


def test_of_many_phases_the_likeliest_are_mixed() -> None:
    rng = np.random.default_rng(5)
    evidence = rng.normal(0.0, 10.0, MOST_MIXED + 5)
    singles: Any = [SimpleNamespace(log_evidence=e, of=(n,)) for n, e in enumerate(evidence)]
    mixed = {n for pair in _pairs(singles) for n in pair}
    assert mixed == set(np.argsort(-evidence)[:MOST_MIXED].tolist())
    assert len(_pairs(singles)) == MOST_MIXED * (MOST_MIXED - 1) // 2
    assert len(_pairs(singles[:3])) == 3


def test_spots_are_numbered_from_1() -> None:
    phase = navp.load("Na3VP")
    pattern = navp.saed_pattern(phase, (2, 1, 0), voltage=200)
    rows = sorted((r for r in pattern.rows if r.layer == 0), key=lambda r: -r.intensity)
    chosen: list[Any] = []
    for row in rows:
        if all(tuple(-n for n in row.hkl) != other.hkl for other in chosen):
            chosen.append(row)
    spots = [(row.x, row.y) for row in chosen[:6]]
    best = navp.index_spots(spots, phases=[phase], sigma=0.003).solutions[0]
    lines = explanation(best, width=100).splitlines()
    heads = next(n for n, line in enumerate(lines) if line.split()[:2] == ["spot", "hkl"])
    table = [line.split() for line in lines[heads + 1 :] if line.strip()[:1].isdigit()]
    assert [int(cells[0]) for cells in table[:6]] == [1, 2, 3, 4, 5, 6]
    for cells, (x, y) in zip(table, spots, strict=False):
        assert any(cell == f"{1.0 / math.hypot(x, y):.4f}" for cell in cells)


def test_a_row_of_each_rank_is_drawn_as_what_it_is() -> None:
    lines = navp.powder_pattern("Na3VP", radiation="CuKa1", two_theta=(10.0, 40.0)).rows
    strong = sorted(lines, key=lambda row: -row.intensity)[:5]
    found = navp.index_powder([row.two_theta for row in strong], radiation="CuKa1")
    ranks = [row.rank for row in found.rows if row.is_phase]
    assert len(ranks) > 2
    for rank in (ranks[0], ranks[-1], len(found.rows)):
        row = found.rows[rank - 1]
        ax = found.plot(rank=rank)
        parts = row.phase.split("+") if row.is_phase else []
        assert all(part in ax.get_title() for part in parts)
        assert f"{row.posterior:.0e}" in ax.get_title() or rank == ranks[0]
    with pytest.raises(InputError, match="the first of rank 1"):
        found.plot(rank=len(found.rows) + 1)
    with pytest.raises(InputError, match="the first of rank 1"):
        found.plot(rank=0)
    plt.close("all")


def test_intensities_that_do_not_fall_are_those_of_the_structure() -> None:
    phase = navp.load("Na2VP")
    library = zone_library((phase,), 20.0, 1.0)
    rows = np.flatnonzero(np.isfinite(library.log_intensity))[:400]
    expected = np.log(f_squared(phase, library.hkl[rows], "electron"))
    found = log_intensity(library, library.nets.log_g, "undamped")[rows]
    assert found == pytest.approx(expected, abs=1e-6)
    # The usual ones fall as exp(-(g / FALL_OFF)²).
    g = 1.0 / np.array([phase.d(hkl) for hkl in library.hkl[rows].tolist()])
    assert library.log_intensity[rows] == pytest.approx(
        expected - (g / FALL_OFF) ** 2, abs=1e-6
    )


def test_odds_of_a_line_with_an_intensity() -> None:
    measured = powder([20.0, 30.0], "two_theta", radiation="CuKa1", intensities=[5.0, 50.0])
    pairs: Any = SimpleNamespace(observation=np.array([0, 1]), line=np.array([0, 0]))
    p, strength, level = np.array([[0.3]]), np.array([[1.4]]), np.array([0.2])
    odds = engine._odds(measured, pairs, strength, level, p)
    # The weakest is at 0, the other one decade above it; strays fall by e in 0.6 decades.
    expected = [
        math.log(engine.VISIBLE * norm.pdf(height, 1.4 - 0.2, engine.SPREAD) / (1.0 - 0.3))
        - math.log(math.exp(-height / 0.6) / 0.6)
        for height in (0.0, 1.0)
    ]
    assert odds[0] == pytest.approx(expected)
    plain = powder([20.0, 30.0], "two_theta", radiation="CuKa1")
    assert engine._odds(plain, pairs, strength, level, p)[0] == pytest.approx(
        [math.log(0.3 / 0.7)] * 2
    )


def test_whether_the_angle_of_a_label_fits_is_said_as_it_is() -> None:
    asked: dict[str, Any] = {"other": "4 -2 6", "angle": 65.9}
    (printed, *_) = navp.check_label("Na3VP", "1 -4 5", 1.895, **asked).notes
    assert "is 65.88°, which fits 65.9°" in printed
    (printed, *_) = navp.check_label("Na3VP", "1 -4 5", 1.895, **asked | {"angle": 90.0}).notes
    assert "is 65.88°, which does not fit 90°" in printed


def test_what_each_spot_costs_that_is_no_reflection(monkeypatch: pytest.MonkeyPatch) -> None:
    phase = navp.load("Na3VP")
    pattern = navp.saed_pattern(phase, (2, 1, 0), voltage=200)
    rows = [r for r in pattern.rows if r.layer == 0 and r.intensity > 1.0 and r.x + r.y > 0][:6]
    spots = [*((r.x, r.y) for r in rows), (0.123, 0.3), (0.41, 0.07)]
    heights = [*(r.intensity for r in rows), 4.0, 9.0]
    options: dict[str, Any] = {
        "phases": [phase], "sigma": 0.004, "angle_sigma": 0.5, "scale_sigma": 0.01,
        "units": "1/A", "camera_constant": None, "distortion_sigma": 0.0,
        "longest_zone": 30.0, "g_max": None,
    }  # fmt: skip
    found = searched(spots, heights, SpotSettings.of(**options))
    placed, polar_spots = found.posterior.placed, found.polar
    usual = tuple(view for view in found.errors.views if view.kind == "usual")
    errors = replace(found.errors, views=usual)
    zero, log_i = np.zeros(len(placed.zone)), np.log(heights)

    def scores(spots: PolarSpots, log_intensity: Any = log_i) -> Any:
        return spot_evidence.with_intensities(
            zero, placed, spots, log_intensity, found.library, errors
        )

    before = scores(polar_spots)
    missing = (placed.match < 0).sum(axis=1)
    assert len(set(missing.tolist())) > 1
    # Strays that are rarer by e cost 1 for each.
    rarer = replace(polar_spots, log_spurious=polar_spots.log_spurious - 1.0)
    assert scores(rarer) - before == pytest.approx(-missing, abs=1e-9)
    # The unit of intensities tells nothing.
    assert scores(polar_spots, log_i + 3.0) == pytest.approx(before, abs=1e-7)
    # A stray's intensity is anywhere in a range; one that is wider by e costs 1 for each.
    monkeypatch.setattr(spot_evidence, "ANY", spot_evidence.ANY * math.e)
    wider = scores(polar_spots) - before
    known = np.isfinite(found.library.log_intensity[np.maximum(placed.match, 0)])
    compared = ((placed.match >= 0) & known).sum(axis=1)
    assert wider == pytest.approx(compared - len(spots), abs=1e-9)


@pytest.mark.parametrize("limit", [0, 10**9])
def test_beams_that_diffract_twice_against_a_plain_sum(
    monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(zones, "_MOST_DIRECT", limit)
    rng = np.random.default_rng(3)
    every = product(range(-6, 7), range(-4, 5))
    places = [(h, k) for h, k in every if 0 < h * h / 36 + k * k / 16 <= 1]
    grid = np.full((13, 9), -1)
    for n, (h, k) in enumerate(places):
        grid[h + 6, k + 4] = n
    intensity = rng.exponential(size=len(places)) ** 3
    intensity[::5] = 0.0
    with np.errstate(divide="ignore"):
        found = zones._twice(np.log(intensity), np.array(places), grid)
    known = dict(zip(places, intensity.tolist(), strict=True))
    strong = {at: i for at, i in known.items() if i > 1e-3 * max(known.values())}
    for (h, k), log_i in zip(places, found, strict=True):
        twice = sum(i * known.get((h - a, k - b), 0.0) for (a, b), i in strong.items())
        expected = known[h, k] + 0.5 * twice / sum(known.values())
        assert math.exp(log_i) == pytest.approx(expected, rel=1e-9)


def test_a_long_edge_takes_no_more_than_its_reflections() -> None:
    # Beams of one zone were added pair by pair: 5 GB here.
    phase = navp.load("na3vp-ordered")
    long = replace(phase, id="long", cell=replace(phase.cell, c=1000.0, c_su=None))
    tracemalloc.start()
    found = navp.index_spots([(0.275, 0.229), (-0.275, 0.229), (0.55, 0.0)], phases=[long])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 500e6
    assert math.isfinite(found.posteriors["long"])
