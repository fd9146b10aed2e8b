"""Volumes and energies along a path: what no choice of unit, order or zero can change."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import navp_structures as navp
from navp_structures import FormationEnergy

volumes = st.lists(st.floats(1.0, 1e4), min_size=2, max_size=6)
energies = st.lists(st.floats(-5.0, 1.0), min_size=2, max_size=7)
HOST = 17.0


def states(values: list[float], factor: float = 1.0) -> list[FormationEnergy]:
    """Return compositions with 0, 1, 2 … ions in a host of 17 atoms, in units so large."""
    return [
        FormationEnergy(
            name=f"A{ions}", ions=ions * factor, atoms=(HOST + ions) * factor, energy=value
        )
        for ions, value in enumerate(values)
    ]


@given(volumes, st.floats(1e-3, 1e3))
def test_volume_changes_multiply_and_know_no_unit(found: list[float], factor: float) -> None:
    steps, total = navp.volume_changes(found)
    assert math.prod(1 + s / 100 for s in steps) == pytest.approx(1 + total / 100, rel=1e-9)
    scaled = navp.volume_changes([factor * v for v in found])
    assert scaled[0] == pytest.approx(steps, rel=1e-7, abs=1e-9)
    # The way back is the reciprocal, not the negative.
    _, back = navp.volume_changes(found[::-1])
    assert (1 + back / 100) * (1 + total / 100) == pytest.approx(1.0, rel=1e-9)


@given(energies, st.floats(-3.0, 3.0), st.randoms(use_true_random=False))
def test_energies_against_a_plain_account(
    values: list[float], zero: float, random: object
) -> None:
    given_states = states(values)
    random.shuffle(given_states)  # type: ignore[attr-defined]
    found = navp.sodiation_energetics(given_states)
    total = {n: e * (HOST + n) for n, e in enumerate(values)}
    assert [row.ions for row in found.rows] == sorted(total, reverse=True)
    for row in found.rows:
        assert row.formation_energy == pytest.approx(total[int(row.ions)], abs=1e-9)
        n = int(row.ions)
        if n in (0, len(values) - 1):
            assert row.tie_line_distance is None
        else:
            middle = (total[n - 1] + total[n + 1]) / 2
            assert row.tie_line_distance == pytest.approx(total[n] - middle, abs=1e-9)
    for step in found.steps:
        n = int(step.first[1:])
        assert step.voltage == pytest.approx(total[n - 1] - total[n], abs=1e-9)
    # The mean voltage of the whole is that between the ends, whatever lies between.
    mean = sum(s.voltage * s.ions for s in found.steps) / sum(s.ions for s in found.steps)
    assert mean == pytest.approx((total[0] - total[len(values) - 1]) / (len(values) - 1))
    # Another energy of the metal moves each voltage by as much, and no tie line.
    moved = navp.sodiation_energetics(
        [replace(s, energy=s.energy + zero * s.ions / s.atoms) for s in given_states]
    )
    assert [s.voltage for s in moved.steps] == pytest.approx(
        [s.voltage - zero for s in found.steps], abs=1e-8
    )
    assert [r.tie_line_distance for r in moved.rows[1:-1]] == pytest.approx(
        [r.tie_line_distance for r in found.rows[1:-1]], abs=1e-8
    )


@given(energies, st.sampled_from([0.5, 2.0, 3.0, 6.0]))
def test_the_size_of_the_formula_unit_changes_no_voltage(
    values: list[float], factor: float
) -> None:
    one = navp.sodiation_energetics(states(values))
    two = navp.sodiation_energetics(states(values, factor))
    assert [s.voltage for s in two.steps] == pytest.approx(
        [s.voltage for s in one.steps], abs=1e-8
    )


@given(st.floats(0.0, 2.0), st.floats(0.0, 2.0), st.floats(200.0, 1500.0))
def test_hop_rates(one: float, two: float, temperature: float) -> None:
    there = navp.hop_rate_ratio(one, two, temperature)
    back = navp.hop_rate_ratio(two, one, temperature)
    # 8.617333262e-5 eV/K: CODATA 2018, exact by the definition of the kelvin.
    assert math.log(there) == pytest.approx(
        (one - two) / (8.617333262e-5 * temperature), rel=1e-8, abs=1e-9
    )
    assert there * back == pytest.approx(1.0, rel=1e-9)
