"""A crystal in other axes and with another origin diffracts alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import navp_structures as navp
from navp_structures import Phase

Rewritten = Callable[[Phase, Any, Any], Phase]

NAMES = st.sampled_from(["na3vp-rt", "na2vp-a", "navp-model", "nzsp-300k", "nzsp-monoclinic"])
small = st.integers(-2, 2)


def turned(steps: list[tuple[int, int, int]], flip: bool) -> np.ndarray:
    """Return new axes as columns: some added to others, perhaps all turned over."""
    basis = np.eye(3, dtype=int)
    for one, two, times in steps:
        if one != two:
            basis[:, one] += times * basis[:, two]
    return -basis if flip else basis


# Few steps, or the angles of the cell become those of a needle.
bases = st.builds(
    turned,
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from([-1, 1])), max_size=2
    ),
    st.booleans(),
)
# Operations hold translations in 24ths.
origins = st.tuples(*[st.integers(0, 23).map(lambda n: n / 24)] * 3)


def still(name: str) -> Phase:
    """Return a phase whose displacements are the same along all directions."""
    phase = navp.load(name)
    sites = [replace(site, u_aniso=None, u_aniso_su=None, u_iso=0.01) for site in phase.sites]
    return replace(phase, sites=tuple(sites))


def written(name: str, rewritten: Rewritten, basis: Any, origin: Any) -> tuple[Phase, Phase]:
    # In its own axes it loses the su of its cell, as the other does.
    phase = rewritten(still(name), np.eye(3, dtype=int), (0.0, 0.0, 0.0))
    other = rewritten(still(name), basis, origin)
    assume(min(other.cell.parameters[3:]) > 30 and max(other.cell.parameters[3:]) < 150)
    return phase, other


@settings(max_examples=20, derandomize=True)
@given(name=NAMES, basis=bases, origin=origins)
def test_powder_lines(rewritten: Rewritten, name: str, basis: Any, origin: Any) -> None:
    phase, other = written(name, rewritten, basis, origin)
    one, two = (
        navp.powder_pattern(p, radiation="CuKa1", two_theta=(5.0, 40.0)) for p in (phase, other)
    )
    assert len(one.rows) == len(two.rows)
    strongest = max(row.f_squared for row in one.rows)
    for field in ("two_theta", "intensity"):
        found, expected = (
            sorted((round(r.d, 6), round(r.f_squared / strongest, 5), getattr(r, field))
                   for r in pattern.rows)
            for pattern in (two, one)
        )  # fmt: skip
        assert [x[2] for x in found] == pytest.approx([x[2] for x in expected], abs=2e-3)
    lines = {row.hkl: row for row in two.rows}
    group = other.space_group.laue_rotations
    for row in one.rows[:20]:
        # Indices go with the axes.
        images = (np.array(row.hkl) @ basis) @ group
        (same,) = {tuple(map(int, hkl)) for hkl in images} & lines.keys()
        assert lines[same].multiplicity == row.multiplicity
        assert lines[same].f_squared == pytest.approx(
            row.f_squared, rel=1e-5, abs=1e-7 * strongest
        )


@settings(max_examples=20, derandomize=True)
@given(
    name=NAMES,
    basis=bases,
    origin=origins,
    axis=st.tuples(small, small, small).filter(any),
)
def test_spots(
    rewritten: Rewritten, name: str, basis: Any, origin: Any, axis: tuple[int, int, int]
) -> None:
    phase, other = written(name, rewritten, basis, origin)
    axis_there = np.rint(np.linalg.solve(basis, np.array(axis))).astype(int)
    one = navp.saed_pattern(phase, axis, d_min=1.4)
    two = navp.saed_pattern(other, tuple(map(int, axis_there)), d_min=1.4)
    spots = {row.hkl: row for row in two.rows}
    strongest = max((row.f_squared for row in one.rows), default=1.0)
    assert len(one.rows) == len(two.rows)
    rows = list(one.rows)
    for row in rows:
        same = spots[tuple(int(n) for n in np.array(row.hkl) @ basis)]
        assert same.reason == row.reason
        assert same.g == pytest.approx(row.g, rel=1e-6)
        assert same.f_squared == pytest.approx(row.f_squared, rel=1e-5, abs=1e-7 * strongest)
        assert same.excitation_error == pytest.approx(row.excitation_error, abs=1e-7)
    # One turn between the two pictures; axes turned over make the crystal its mirror image.
    sense = round(float(np.linalg.det(basis)))
    for first, second in pairwise(rows):
        pair = [spots[tuple(int(n) for n in np.array(r.hkl) @ basis)] for r in (first, second)]
        before = first.x * second.y - first.y * second.x
        after = pair[0].x * pair[1].y - pair[0].y * pair[1].x
        assert after == pytest.approx(sense * before, abs=1e-6)


@settings(max_examples=15, derandomize=True)
@given(name=NAMES, basis=bases, origin=origins)
def test_rings_and_spacings(rewritten: Rewritten, name: str, basis: Any, origin: Any) -> None:
    phase, other = written(name, rewritten, basis, origin)
    one, two = (navp.ring_pattern(p, voltage=200, d_min=1.6) for p in (phase, other))
    assert sorted(r.d for r in one.rows) == pytest.approx(sorted(r.d for r in two.rows))
    assert sorted(r.intensity for r in one.rows) == pytest.approx(
        sorted(r.intensity for r in two.rows), rel=1e-4, abs=1e-4
    )
    found = [
        navp.index_spacings([1.88, 1.895], phases=p, sigma=0.02, angles=66.0, angle_sigma=3.0)
        for p in (phase, other)
    ]
    assert found[0].pair_count == found[1].pair_count > 0
    for values in (
        lambda result: [pair.rms_sigma for pair in result.pairs],
        lambda result: [candidate.score for candidate in result.rows],
        lambda result: list(result.posteriors.values()),
    ):
        before, after = (sorted(values(result)) for result in found)
        assert after == pytest.approx(before, rel=1e-3, abs=1e-4)
