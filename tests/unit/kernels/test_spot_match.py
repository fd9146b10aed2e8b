"""Nets laid on spots: the evidence against a plain multivariate normal, matching by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from navp_structures.kernels.spot_match import (
    Nets,
    Placements,
    PolarSpots,
    fit,
    joined,
    linear_system,
    settle,
    without_doubles,
    wrapped,
)
from navp_structures.kernels.spot_pairs import PairTable, all_placements

# A rectangular net of 0.2 and 0.3 Å⁻¹: all points (a, b) with |a|, |b| ≤ 2 but the origin.
A, B = np.mgrid[-2:3, -2:3]
POINTS = np.stack([A.ravel(), B.ravel()], axis=1)
POINTS = POINTS[np.any(POINTS, axis=1)]
XY = POINTS * [0.2, 0.3]
GRID = np.full((5, 5), -1)
GRID[POINTS[:, 0] + 2, POINTS[:, 1] + 2] = np.arange(len(POINTS))
NETS = Nets(
    inverse=np.diag([5.0, 1 / 0.3])[np.newaxis],
    start=np.array([0]),
    half=np.array([[2, 2]]),
    grid=GRID.ravel(),
    log_g=np.log(np.hypot(*XY.T)),
    angle=np.arctan2(XY[:, 1], XY[:, 0]),
)
MATE = np.array([min(n, len(POINTS) - 1 - n) for n in range(len(POINTS))])
OPPOSITE = np.arange(len(POINTS))[::-1].copy()
COUNTED = np.arange(len(POINTS)) >= len(POINTS) // 2


def number(a: int, b: int) -> int:
    return int(GRID[a + 2, b + 2])


def spots_of(
    points: list[tuple[int, int]],
    *,
    turn: float,
    mirror: int,
    factor: float,
    sigma: float = 0.01,
) -> PolarSpots:
    rows = [number(*point) for point in points]
    count = len(rows)
    return PolarSpots(
        log_r=NETS.log_g[rows] + np.log(factor),
        angle=turn + mirror * NETS.angle[rows],
        sigma=np.full(count, sigma),
        sigma_angle=np.full(count, 0.02),
        log_spurious=np.full(count, -3.0),
    )


def at(turn: float, mirror: float, scale: float, count: int) -> Placements:
    return Placements(
        zone=np.array([0]),
        mirror=np.array([float(mirror)]),
        turn=np.array([turn]),
        scale=np.array([scale]),
        match=np.full((1, count), -1),
    )


FOUR = [(1, 0), (0, 1), (1, 1), (2, -1)]


@pytest.mark.parametrize("mirror", [1, -1])
def test_a_rough_guess_settles_on_the_answer(mirror: int) -> None:
    spots = spots_of(FOUR, turn=0.7, mirror=mirror, factor=1.01)
    odds = np.zeros(len(POINTS))
    found = settle(at(0.72, mirror, 0.0, 4), spots, NETS, odds, 0.02)
    assert found.match[0].tolist() == [number(*point) for point in FOUR]
    assert found.turn[0] == pytest.approx(0.7, abs=1e-3)
    # The mean of 4 with 0.01 and a prior of 0.02: 0.00995 × 40000 / 42500.
    assert found.scale[0] == pytest.approx(np.log(1.01) * 40000 / 42500, abs=1e-6)


def test_a_spot_of_no_net_is_nobody() -> None:
    spots = spots_of(FOUR, turn=0.0, mirror=1, factor=1.0)
    off = replace(spots, log_r=spots.log_r + np.array([0.0, 0.0, 0.0, 0.12]))
    found = settle(at(0.0, 1, 0.0, 4), off, NETS, np.zeros(len(POINTS)), 0.01)
    assert found.match[0, 3] == -1
    assert (found.match[0, :3] >= 0).all()


def test_weak_reflections_need_a_better_fit() -> None:
    spots = spots_of(FOUR, turn=0.0, mirror=1, factor=1.0)
    near = replace(spots, log_r=spots.log_r + np.array([0.0, 0.0, 0.0, 0.025]))
    strong = settle(at(0.0, 1, 0.0, 4), near, NETS, np.zeros(len(POINTS)), 1e-6)
    odds = np.zeros(len(POINTS))
    odds[number(2, -1)] = -8.0
    weak = settle(at(0.0, 1, 0.0, 4), near, NETS, odds, 1e-6)
    assert strong.match[0, 3] == number(2, -1)
    assert weak.match[0, 3] == -1


def test_evidence_is_that_of_a_multivariate_normal() -> None:
    """Turn, scale and strain as a covariance; a wide prior of the turn for a flat one."""
    from scipy.stats import multivariate_normal

    rng = np.random.default_rng(7)
    mirror = -1.0
    spots = spots_of(FOUR, turn=0.4, mirror=-1, factor=1.0)
    spots = replace(
        spots,
        log_r=spots.log_r + rng.normal(0, 0.01, 4),
        angle=spots.angle + rng.normal(0, 0.02, 4),
        sigma=np.array([0.01, 0.02, 0.01, 0.015]),
    )
    rows = np.array([number(*point) for point in FOUR])
    placed = replace(at(0.41, mirror, 0.0, 4), match=rows[np.newaxis])
    root = rng.normal(0, 0.01, (3, 3))
    found = fit(placed, spots, NETS, root[np.newaxis])
    alpha = NETS.angle[rows]
    cos, sin = np.cos(2 * alpha), np.sin(2 * alpha)
    design = np.zeros((8, 4))
    design[:4, 0], design[:4, 1], design[:4, 2] = 1, cos, sin
    design[4:, 1], design[4:, 2], design[4:, 3] = -sin, cos, 1
    wide = 50.0
    prior = np.zeros((4, 4))
    prior[:3, :3] = root @ root.T
    prior[3, 3] = wide**2
    noise = np.diag(np.concatenate([spots.sigma, spots.sigma_angle]) ** 2)
    residual = np.concatenate(
        [spots.log_r - NETS.log_g[rows], wrapped(mirror * (spots.angle - 0.41) - alpha)]
    )
    density = multivariate_normal(np.zeros(8), design @ prior @ design.T + noise)
    # A flat density of 1 / 2π in place of the wide normal's at its middle.
    flat = np.log(np.sqrt(2 * np.pi) * wide / (2 * np.pi))
    assert found.log_evidence[0] == pytest.approx(density.logpdf(residual) + flat, abs=1e-4)
    # Best linear estimate of the scale, from the same covariance.
    mean = (prior @ design.T) @ np.linalg.solve(design @ prior @ design.T + noise, residual)
    assert found.scale[0] == pytest.approx(mean[0], abs=1e-6)
    left = residual - design @ mean
    inverse = np.concatenate([spots.sigma, spots.sigma_angle]) ** -2
    assert found.squares[0] == pytest.approx((left**2 * inverse).sum(), rel=1e-4)


def test_an_exact_scale_stays() -> None:
    spots = spots_of(FOUR, turn=0.0, mirror=1, factor=1.01)
    rows = np.array([[number(*point) for point in FOUR]])
    found = fit(replace(at(0.0, 1, 0.0, 4), match=rows), spots, NETS, np.zeros((1, 3, 3)))
    assert (found.scale[0], found.scale_su[0]) == (0.0, 0.0)
    assert found.stretch[0] == pytest.approx([np.log(1.01) / 0.01] * 4)


def test_one_reflection_has_one_spot() -> None:
    spots = spots_of([(1, 0), (0, 1), (1, 0)], turn=0.0, mirror=1, factor=1.0)
    spots = replace(spots, log_r=spots.log_r + np.array([0.01, 0.0, 0.002]))
    one = number(1, 0)
    placed = replace(at(0.0, 1, 0.0, 3), match=np.array([[one, number(0, 1), one]]))
    found = without_doubles(placed, spots, NETS, MATE)
    assert found.match[0].tolist() == [-1, number(0, 1), one]
    # The opposite reflection is the same spot.
    placed = replace(placed, match=np.array([[one, number(0, 1), number(-1, 0)]]))
    assert without_doubles(placed, spots, NETS, MATE).match[0, 0] in (-1, one)
    assert (without_doubles(placed, spots, NETS, MATE).match[0] < 0).sum() == 1


@pytest.mark.parametrize("mirror", [1, -1])
def test_pairs_lead_to_the_answer(mirror: int) -> None:
    zone = np.zeros(len(POINTS), dtype=int)
    table = PairTable(
        NETS, zone, -NETS.log_g, COUNTED, OPPOSITE,
        most=12, sigma=0.01, sigma_angle=0.02, scale_sigma=0.01,
    )  # fmt: skip
    spots = spots_of(FOUR, turn=2.0, mirror=mirror, factor=1.005)
    guesses = table.placements(spots, NETS, 8)
    few = all_placements(spots, NETS, zone, COUNTED, 0.01)
    for found in (guesses, few, joined(guesses, few)):
        settled = settle(found, spots, NETS, np.zeros(len(POINTS)), 0.01)
        matches = {tuple(row) for row in settled.match.tolist()}
        right = tuple(number(*point) for point in FOUR)
        opposite = tuple(number(-a, -b) for a, b in FOUR)
        assert matches & {right, opposite}


@pytest.mark.parametrize("sigma_angle", [1e-3, 1e-6, 1e-8])
def test_evidence_keeps_its_digits_where_angles_are_known_sharply(sigma_angle: float) -> None:
    points = [(1, 0), (0, 1), (1, 1), (2, 1)]
    spots = spots_of(points, turn=0.3, mirror=1, factor=1.0)
    wrong = np.array([0.01, -0.02, 0.005, 0.015])
    spots = replace(spots, angle=spots.angle + wrong, sigma_angle=np.full(4, sigma_angle))
    match = np.array([[number(*point) for point in points]])
    placed = Placements(
        zone=np.array([0]), mirror=np.ones(1), turn=np.array([0.3]), scale=np.zeros(1),
        match=match,
    )  # fmt: skip
    spread = np.array([[[0.01, 0.0, 0.0], [0.003, 0.01, 0.0], [0.0, 0.004, 0.01]]])
    system = linear_system(placed, spots, NETS, spread)
    # Least squares by an orthogonal decomposition, the prior as three more rows.
    rows = np.vstack([system.design[0], np.eye(4)[:3]])
    basis, upper = np.linalg.qr(rows)
    target = np.append(system.residual[0], np.zeros(3))
    left = target - basis @ (basis.T @ target)
    log_sigmas = 4.0 * np.log(2.0 * np.pi * 0.01 * sigma_angle)
    expected = -log_sigmas - 0.5 * left @ left - np.log(np.abs(np.diag(upper))).sum()
    expected -= 0.5 * np.log(2.0 * np.pi)
    assert fit(placed, spots, NETS, spread).log_evidence[0] == pytest.approx(expected, rel=1e-9)
