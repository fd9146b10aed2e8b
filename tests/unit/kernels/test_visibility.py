"""Which reflections are seen: sums, limits, and a simulation of the same process."""

from __future__ import annotations

import numpy as np
import pytest

from navp_structures.kernels.visibility import (
    FORBIDDEN,
    INTENSITY_SPREAD,
    MISSED,
    WEAK,
    visibility,
)


def test_as_many_are_seen_as_were() -> None:
    rng = np.random.default_rng(3)
    zone = np.repeat([0, 1], [60, 90])
    found = visibility(rng.normal(0, 1, 150), zone, np.ones(150, bool), 12, 0.1)
    # A tenth of the twelve are others'; double diffraction adds a little.
    assert np.bincount(zone, found.probability) == pytest.approx([10.8, 10.8], rel=0.02)
    none = [np.log1p(-found.probability[zone == z]).sum() for z in range(2)]
    assert found.log_none == pytest.approx(none)


def test_the_process_simulated() -> None:
    # Log-normal intensities, a share unnoticed, the twelve strongest of the rest.
    rng = np.random.default_rng(4)
    ln_i = rng.normal(0, 2, 80)
    found = visibility(ln_i, np.zeros(80, int), np.ones(80, bool), 12, 0.0)
    seen = np.zeros(80)
    for _ in range(4000):
        real = ln_i + rng.normal(0, INTENSITY_SPREAD, 80)
        real[rng.random(80) < MISSED] = -np.inf
        seen[np.argsort(-real)[:12]] += 1
    # A fixed limit for a fixed number: a little blurred.
    assert np.abs(seen / 4000 - found.probability).max() < 0.05


def test_a_zone_with_few_reflections_shows_all_but_those_unnoticed() -> None:
    found = visibility(
        np.array([0.0, -1.0, -2.0]),
        np.zeros(3, int),
        np.ones(3, bool),
        12,
        0.0,
    )
    assert found.probability == pytest.approx([1 - MISSED] * 3)


def test_forbidden_and_empty_reflections() -> None:
    ln_i = np.array([0.0, -np.inf, -30.0, 1.0])
    found = visibility(ln_i, np.zeros(4, int), np.ones(4, bool), 1, 0.0)
    assert (found.probability[1], found.probability[2]) == (FORBIDDEN, WEAK)
    assert found.probability[3] > found.probability[0] > WEAK


def test_opposite_reflections_count_once() -> None:
    ln_i = np.zeros(20)
    counted = np.arange(20) < 10
    found = visibility(ln_i, np.zeros(20, int), counted, 4, 0.0)
    assert found.probability == pytest.approx([0.4] * 20)
