"""Spots of any net, and of none."""

from __future__ import annotations

import numpy as np
import pytest

from navp_structures.kernels.spot_match import PolarSpots
from navp_structures.kernels.unknown_lattice import log_evidence

G_MAX = 0.85


def polar(xy: np.ndarray, sigma: float = 0.01) -> PolarSpots:
    radius = np.hypot(*xy.T)
    count = len(xy)
    even = 2.0 * radius**2 / (np.pi * G_MAX**2)
    return PolarSpots(
        log_r=np.log(radius),
        angle=np.arctan2(xy[:, 1], xy[:, 0]),
        sigma=np.full(count, sigma),
        sigma_angle=np.full(count, sigma),
        log_spurious=np.log(0.1 * count * even),
    )


def log_random(spots: PolarSpots) -> float:
    count = len(spots)
    even = spots.log_spurious - np.log(0.1)
    return float(even.sum() - count + 0.5 * np.log(2 * np.pi * count))


def net(rng: np.random.Generator, count: int, sigma: float = 0.01) -> np.ndarray:
    basis = np.array([[0.17, 0.02], [-0.05, 0.21]])
    a, b = np.mgrid[-3:4, -3:4]
    points = np.stack([a.ravel(), b.ravel()], axis=1)
    half = points[(points[:, 0] > 0) | ((points[:, 0] == 0) & (points[:, 1] > 0))]
    xy = half @ basis
    xy = xy[np.argsort(np.hypot(*xy.T))][:count]
    return xy * (1.0 + rng.normal(0, sigma, xy.shape))


def test_a_net_is_far_more_probable_than_chance() -> None:
    rng = np.random.default_rng(1)
    spots = polar(net(rng, 12))
    assert log_evidence(spots, G_MAX, 0.1) - log_random(spots) > 20


def test_spots_anywhere_are_no_net() -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        radius, angle = G_MAX * np.sqrt(rng.random(12)), 2 * np.pi * rng.random(12)
        spots = polar(np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1))
        assert log_evidence(spots, G_MAX, 0.1) - log_random(spots) < 5


def test_turning_and_order_do_not_matter() -> None:
    rng = np.random.default_rng(3)
    xy = net(rng, 8)
    turn = np.array([[np.cos(0.7), -np.sin(0.7)], [np.sin(0.7), np.cos(0.7)]])
    one = log_evidence(polar(xy), G_MAX, 0.1)
    assert log_evidence(polar(xy @ turn.T), G_MAX, 0.1) == pytest.approx(one, abs=1e-6)
    assert log_evidence(polar(xy[::-1]), G_MAX, 0.1) == pytest.approx(one, abs=1e-6)


def test_a_net_of_which_only_a_part_is_seen_is_found() -> None:
    # (2 0), (0 1), (1 1) ...: the shortest spots span a net of twice the points' distance.
    basis = np.array([[0.1, 0.0], [0.0, 0.23]])
    index = np.array([[2, 0], [0, 1], [1, 1], [3, 1], [4, 0], [1, 2], [3, -1], [2, 2]])
    spots = polar(index @ basis, sigma=0.005)
    assert log_evidence(spots, G_MAX, 0.1) - log_random(spots) > 8


def test_one_direction_is_no_net() -> None:
    xy = np.array([[0.1, 0.0], [0.2, 0.0], [0.3, 0.0]])
    assert log_evidence(polar(xy), G_MAX, 0.02) == -np.inf


def test_evidence_of_two_spots_by_hand() -> None:
    """Two spots and the basis they are: the integral is that of two normal densities."""
    xy = np.array([[0.2, 0.0], [0.03, 0.25]])
    spots = polar(xy)
    # d⁴b over the two Gaussians gives |g₁|² |g₂|² in these coordinates; the prior is flat.
    prior = 12 / (np.pi * 0.5**2) ** 2
    jacobian = np.exp(2 * spots.log_r.sum())
    upper = np.log(prior * jacobian)
    found = log_evidence(spots, G_MAX, 0.02)
    # Being seen, and the rest of the net not, makes it less, by no more than e^8.
    assert upper - 8 < found < upper
