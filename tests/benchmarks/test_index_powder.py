"""How often lists of powder lines are told right, how honestly, and in what time.

Off by default; ``pytest tests/benchmarks/test_index_powder.py --benchmark-enable
--benchmark-only -q -s`` measures. The lists are simulated (`powder_lists`): the figures say
what the model does with lists like those it assumes, not what experiments would give.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import process_time
from typing import Any

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import navp_structures as navp

LISTS = 2000


@dataclass(frozen=True, kw_only=True)
class Case:
    """Lists of some length, and what must come of them; None where nothing is demanded.

    `mixtures` is the share of lists of two phases, `prior` what the engine is told of it;
    lines nearer than `resolution` are one.
    """

    count: int
    seed: int
    sigma: float = 0.05
    mixtures: float = 0.0
    prior: float = 0.05
    with_intensities: bool = False
    resolution: float = 0.0
    accuracy: float | None = None
    calibration: float | None = 0.05

    @property
    def name(self) -> str:
        kind = {0.0: "single", 1.0: "binary"}.get(self.mixtures, "both")
        told = ", intensities" if self.with_intensities else ""
        told += f", merged to {self.resolution:g}" if self.resolution else ""
        return f"{kind}, {self.count} lines, sigma {self.sigma:g}, prior {self.prior:g}{told}"


CASES = [
    Case(count=3, seed=7001, accuracy=0.95),
    Case(count=5, seed=7002, accuracy=0.95),
    Case(count=10, seed=7003, accuracy=0.95),
    Case(count=20, seed=7004, accuracy=0.95),
    Case(count=3, seed=7005, sigma=0.02, accuracy=0.95),
    # Three coarse lines cannot take mixtures and none of the phases the 15 % that they have
    # beforehand; where every sample is of one phase, that is missing in its probability.
    Case(count=3, seed=7006, sigma=0.1, accuracy=0.95, calibration=None),
    Case(count=20, seed=7007, mixtures=1.0, accuracy=0.85),
    Case(count=20, seed=7008, mixtures=1.0, accuracy=0.85, with_intensities=True),
    # One list in twenty is of two phases, as the engine assumes by default.
    Case(count=3, seed=7009, mixtures=0.05),
    Case(count=12, seed=7010, mixtures=0.05),
    # Fewer lines show two phases only to who knows that there are two: told so, the engine
    # is right as often as it says.
    Case(count=12, seed=7011, mixtures=1.0, prior=0.8),
    Case(count=3, seed=7012, mixtures=1.0, prior=0.8, calibration=None),
    Case(count=20, seed=7013, mixtures=1.0, sigma=0.1, calibration=None),
    # As a diffractometer shows them, which does not resolve what is nearer.
    Case(count=20, seed=7014, mixtures=1.0, prior=0.8, resolution=0.1, accuracy=0.95),
    Case(count=10, seed=7015, resolution=0.1, accuracy=0.95),
]


def calibration_error(chances: np.ndarray, right: np.ndarray) -> float:
    """Return the expected calibration error over ten equal bins."""
    which = np.minimum((10.0 * chances).astype(int), 9)
    gaps = np.bincount(which, chances - right, 10)
    return float(np.abs(gaps).sum() / len(chances))


def test_calibration_error_by_hand() -> None:
    # Bin 0.9 to 1: mean 0.95, half of them right; bin 0.2 to 0.3: 0.25, none right.
    # (2 × 0.45 + 2 × 0.25) / 4 = 0.35.
    chances = np.array([0.95, 0.95, 0.25, 0.25])
    assert calibration_error(chances, np.array([1, 0, 0, 0])) == pytest.approx(0.35)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_lists(
    case: Case,
    powder_lists: Callable[..., Any],
    benchmark: BenchmarkFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    number = LISTS if benchmark.enabled else 3
    chances, right, seconds = np.zeros(number), np.zeros(number), np.zeros(number)

    def measure() -> None:
        lists = powder_lists(
            case.seed, number, case.count, case.sigma, binary=case.mixtures,
            resolution=case.resolution,
        )  # fmt: skip
        for n, item in enumerate(lists):
            start = process_time()
            result = navp.index_powder(
                item.two_theta,
                radiation="CuKa1",
                sigma=case.sigma,
                intensities=item.intensities if case.with_intensities else None,
                mixture_prior=case.prior,
            )
            seconds[n] = process_time() - start
            chances[n] = result.rows[0].posterior
            right[n] = result.rows[0].phase == "+".join(item.phases)

    benchmark.pedantic(measure, rounds=1)
    accuracy, error = right.mean(), calibration_error(chances, right)
    if not benchmark.enabled:
        return
    sure = chances > 0.95
    with capsys.disabled():
        print(  # noqa: T201 - the figures are what a benchmark is run for
            f"\n{case.name}: right {accuracy:.3f}, calibration error {error:.3f}, mean P "
            f"{chances.mean():.3f}, P > 0.95 in {sure.mean():.2f} and right in "
            f"{right[sure].mean():.3f} of them, {1e3 * np.median(seconds):.0f} ms; "
            f"N = {number}, seed {case.seed}"
        )
    if case.accuracy is not None:
        assert accuracy >= case.accuracy
    if case.calibration is not None:
        assert error <= case.calibration
