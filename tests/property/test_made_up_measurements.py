"""What was simulated of made-up crystals is found, with posteriors that are no boast."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import navp_structures as navp
from navp_structures import Phase

Crystal = Callable[..., Phase]

SYSTEMS = ("triclinic", "monoclinic", "orthorhombic", "tetragonal", "trigonal", "hexagonal",
           "cubic")  # fmt: skip
AXES = ((0, 0, 1), (1, 0, 0), (0, 1, 0), (1, 1, 0), (1, 0, 1), (1, 1, 1), (2, 1, 0))


def four(crystal: Crystal, seed: int, longest: float = 10.0) -> list[Phase]:
    """Return four crystals of different systems."""
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(SYSTEMS), 4, replace=False)
    return [crystal(10 * seed + n, SYSTEMS[k], longest=longest) for n, k in enumerate(chosen)]


def boast(outcomes: list[tuple[bool, float]]) -> float:
    """Return how often the likeliest was the truth beyond what it claimed, in sigma."""
    held = sum(was - claimed for was, claimed in outcomes)
    variance = sum(claimed * (1.0 - claimed) for _, claimed in outcomes)
    return held / math.sqrt(variance + 1.0)


def test_a_boast_is_noticed() -> None:
    assert boast([(True, 0.9)] * 18 + [(False, 0.9)] * 2) == pytest.approx(0.0)
    assert boast([(True, 0.99)] * 10 + [(False, 0.99)] * 10) < -4.0


def spots_of(phase: Phase, rng: np.random.Generator) -> tuple[Any, np.ndarray] | None:
    """Return a zone axis, and three spots as they might be measured to 1 % and 0.7°."""
    axis = AXES[rng.integers(len(AXES))]
    pattern = navp.saed_pattern(phase, axis, d_min=1.2)
    bright = [row for row in pattern.rows if row.layer == 0 and row.intensity > 1.0]
    bright.sort(key=lambda row: -row.d)
    for rows in combinations(bright[:8], 3):
        # Three directions, none of them opposite to another.
        pairs = combinations(rows, 2)
        turns = [abs(a.x * b.y - a.y * b.x) / (a.g * b.g) for a, b in pairs]
        if min(turns) > 0.2:
            places = np.array([row.x + 1j * row.y for row in rows])
            scale = math.exp(0.01 * rng.standard_normal())
            noise = 0.01 * rng.standard_normal(3) + 1j * np.radians(0.7) * rng.standard_normal(
                3
            )
            measured = places * scale * np.exp(noise)
            return axis, np.stack([measured.real, measured.imag], axis=1)
    return None


def test_spots_find_their_crystal_as_often_as_they_say(crystal: Crystal) -> None:
    outcomes = []
    for seed in range(7):
        phases, rng = four(crystal, seed, longest=7.0), np.random.default_rng(seed)
        truth = phases[rng.integers(4)]
        made = spots_of(truth, rng)
        if made is None:
            continue
        axis, spots = made
        found = navp.index_spots(spots, phases=phases, sigma=0.01, angle_sigma=0.7)
        best, claimed = next(iter(found.posteriors.items()))
        outcomes.append((best == truth.id, claimed))
        total = math.fsum(found.posteriors.values())
        assert total == pytest.approx(1.0, abs=1e-9)
        # Its own zone axis is among the answers, in one of its equivalent directions.
        fits = [row for row in found.solutions if row.phase == truth.id and not row.unmatched]
        assert fits, (seed, truth, axis)
        assert min(row.rms_sigma for row in fits) < 3.0
    assert len(outcomes) >= 5
    assert boast(outcomes) > -4.0


def test_powder_lines_find_their_crystal_as_often_as_they_say(crystal: Crystal) -> None:
    outcomes = []
    for seed in range(10):
        phases, rng = four(crystal, 100 + seed), np.random.default_rng(seed)
        truth = phases[rng.integers(4)]
        lines = navp.powder_pattern(truth, radiation="CuKa1", two_theta=(8, 60)).rows
        strongest = sorted(lines, key=lambda row: -row.intensity)[:7]
        angles = np.array([row.two_theta for row in strongest])
        apart = np.abs(np.subtract.outer(angles, angles)) + 9.0 * np.eye(len(angles))
        angles = angles[apart.min(axis=1) > 0.2]
        if len(angles) < 4:
            continue
        shift = 0.03 * rng.standard_normal()
        measured = np.sort(angles + shift + 0.03 * rng.standard_normal(len(angles)))
        found = navp.index_powder(measured, radiation="CuKa1", phases=phases, sigma=0.03)
        best, claimed = next(iter(found.posteriors.items()))
        outcomes.append((best == truth.id, claimed))
        assert math.fsum(found.posteriors.values()) == pytest.approx(1.0, abs=1e-9)
    assert len(outcomes) >= 8
    assert boast(outcomes) > -4.0


@settings(max_examples=8, derandomize=True)
@given(seed=st.integers(0, 10**6), system=st.sampled_from(SYSTEMS), data=st.data())
def test_exact_spacings_and_their_angle_come_back(
    crystal: Crystal, seed: int, system: str, data: st.DataObject
) -> None:
    phase = crystal(seed, system, longest=8.0)
    rows = navp.reflections(phase, d_min=1.5).rows
    strongest = max((row.f_squared for row in rows), default=0.0)
    seen = [row for row in rows if row.f_squared > 0.05 * strongest][:8]
    if len(seen) < 2:
        return
    one, two = (data.draw(st.sampled_from(seen)) for _ in range(2))
    angle = phase.angle(one.hkl, two.hkl)
    if not 10.0 < angle < 170.0:
        return
    found = navp.index_spacings(
        [one.d, two.d], angles=angle, phases=[phase], sigma=0.003, scale_sigma=0.0
    )
    for n, row in enumerate((one, two)):
        (same,) = [c for c in found.candidates(n) if c.hkl == row.hkl]
        assert abs(same.deviation_sigma) < 1e-6
        assert same.d_calc == pytest.approx(row.d, rel=1e-9)
    assert found.pairs
    axes = {solution.zone_axis for solution in found.solutions if solution.rms_sigma < 1e-3}
    assert axes, (one.hkl, two.hkl)
