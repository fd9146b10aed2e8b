"""Lines that an instrument does not resolve are one line, of one phase or of two."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.analysis.indexing.powder.lines import CalculatedLines
from navp_structures.analysis.indexing.powder.measured import Resolution
from navp_structures.analysis.indexing.powder.seen import seen_lines
from navp_structures.errors import InputError


def test_two_phases_share_a_line(as_one: Callable[..., Any]) -> None:
    # Na3VP and NaVP mixed one to one by their strongest line. (2 1 1) and (1 1 6) of NaVP are
    # one line, (0 0 6) of Na3VP at 24.48 is one with (1 1 3) of NaVP: nothing is missing.
    patterns = [
        navp.powder_pattern(name, radiation="CuKa1", two_theta=(10, 60)).lines
        for name in ("Na3VP", "NaVP")
    ]
    x = np.concatenate([lines.two_theta for lines in patterns])
    height = np.concatenate([lines.intensity for lines in patterns])
    x, height = as_one(x, height, 0.1)
    listed = np.sort(x[np.argsort(-height)[:20]])
    assert np.diff(listed).min() > 0.1
    result = navp.index_powder(listed, radiation="CuKa1", limits=(10, 60))
    best = result.rows[0]
    assert best.phase == "na3vp-rt+navp-model"
    assert best.unmatched == 0
    n = int(np.abs(listed - 32.74).argmin())
    assert (best.line_phases[n], best.hkls[n]) == ("navp-model", (1, 1, 6))
    assert best.overlaps[n] == ("navp-model (2 1 1)",)
    assert best.missing == ()
    assert ("na3vp-rt (0 0 6)",) in best.overlaps
    assert any("(1 1 6) with navp-model (2 1 1)" in note for note in result.notes)
    assert result.to_dict()["results"]["solutions"][0]["overlaps"][n] == ["navp-model (2 1 1)"]
    # Who resolves all would miss it.
    fine = navp.index_powder(listed, radiation="CuKa1", limits=(10, 60), resolution=0)
    assert fine.rows[0].overlaps == ((),) * 20
    assert fine.rows[0].missing == ("na3vp-rt (0 0 6) at 24.48",)


def by_hand(place: float, slope: float) -> CalculatedLines:
    return CalculatedLines(
        phase=navp.load("Na3VP"),
        hkl=np.array([[0, 0, 6], [1, 0, 4]]),
        position=np.array([place, 40.0]),
        strength=np.array([2.0, 2.0]),
        basis=np.array([[slope], [slope]]),
    )


def test_lines_of_two_phases_are_one_at_their_mean() -> None:
    pair = (by_hand(20.0, 0.01), by_hand(20.06, 0.03))
    ratios = np.array([-1.0, 0.0, 1.0])
    together = Resolution(width=0.1, between=True, prior=1.0)
    seen = seen_lines(pair, np.full((4, 1), 0.5), ratios, together)
    # The second phase weighs 0.1, 1 and 10 times the first.
    expected = 20.0 + 0.06 * np.array([0.1 / 1.1, 0.5, 10.0 / 11.0])
    np.testing.assert_allclose(seen.position[:, 0], expected, atol=1e-12)
    np.testing.assert_allclose(seen.position[:, 1], 40.0, atol=1e-12)
    np.testing.assert_allclose(10.0 ** seen.strength[:, 0], [110.0, 200.0, 1100.0])
    # Shift of the instrument, then the cell of each phase, half of the line's.
    np.testing.assert_allclose(seen.basis[0], [0.5, 0.005, 0.015])
    # Each intensity is off by a factor of e^0.8: 0.8 × 0.5 × 0.03 twice.
    assert seen.variance[0] == pytest.approx(2.0 * (0.8 * 0.5 * 0.03) ** 2)
    assert [seen.chief(n).tolist() for n in (0, 2)] == [[0, 1], [2, 3]]
    apart = Resolution(width=0.1, between=False, prior=1.0)
    alone = seen_lines(pair, np.full((4, 1), 0.5), ratios, apart)
    assert alone.position[0].tolist() == [20.0, 40.0, 20.06, 40.0]


def test_resolution_is_told() -> None:
    inputs = navp.index_powder([14.25, 20.07], radiation="CuKa1").inputs
    assert (inputs["resolution"], inputs["resolution_given"]) == (0.1, False)
    inputs = navp.index_powder([14.25, 20.07], radiation="CuKa1", sigma=0.2).inputs
    assert inputs["resolution"] == 0.4
    inputs = navp.index_powder([6.2, 4.4], units="A").inputs
    assert inputs["resolution"] == 0.004
    for value in (-0.1, math.nan, 11.0):
        with pytest.raises(InputError, match="resolution is"):
            navp.index_powder([14.25, 20.07], radiation="CuKa1", resolution=value)


def test_near_lines_speak_for_a_finer_instrument() -> None:
    near = navp.index_powder([14.25, 20.07, 20.12], radiation="CuKa1").measured
    assert [(r.width, r.between, r.prior) for r in near.resolutions] == [
        (0.1, True, 0.2),
        (0.05, False, 0.8),
    ]
    far = navp.index_powder([14.25, 20.07, 20.20], radiation="CuKa1").measured
    assert [(r.width, r.between, r.prior) for r in far.resolutions] == [
        (0.05, False, 0.4),
        (0.1, True, 0.6),
    ]
    stated = navp.index_powder(
        [14.25, 20.07, 20.12], radiation="CuKa1", resolution=0.1
    ).measured
    assert len(stated.resolutions) == 1


def test_sample_of_merged_mixtures(powder_lists: Callable[..., Iterator[Any]]) -> None:
    number = 100
    right, chances = [], []
    for item in powder_lists(2026, number, 20, binary=1.0, resolution=0.1):
        result = navp.index_powder(item.two_theta, radiation="CuKa1", mixture_prior=0.8)
        best = result.rows[0]
        right.append(best.phase == "+".join(item.phases))
        chances.append(best.posterior)
    # Four standard errors below 0.97; without merging it was 0.95 of such lists.
    assert np.mean(right) >= 0.97 - 4.0 * math.sqrt(0.97 * 0.03 / number)
    spread = math.sqrt(np.mean(np.multiply(chances, np.subtract(1.0, chances))) / number)
    assert abs(np.mean(right) - np.mean(chances)) <= 0.02 + 4.0 * spread
