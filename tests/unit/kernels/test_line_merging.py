"""Lines that are seen as one: the nearest first, a weak one is no bridge."""

from __future__ import annotations

import numpy as np
import pytest

from navp_structures.kernels.line_merging import merged_runs


def runs(position: list[float], weight: list[float], width: float) -> list[int]:
    return merged_runs(np.array(position), np.array(weight), width).tolist()


@pytest.mark.parametrize(
    ("position", "weight", "width", "expected"),
    [
        ([], [], 0.1, []),
        ([1.0], [1.0], 0.1, [0]),
        ([1.0, 1.05, 2.0], [1.0, 1.0, 1.0], 0.1, [0, 2]),
        # What is exactly as far is resolved; at 0 all is.
        ([1.0, 1.5], [1.0, 1.0], 0.5, [0, 1]),
        ([1.0, 1.0], [1.0, 1.0], 0.0, [0, 1]),
        # 1.06 joins 1.10; their mean 1.08 is 0.08 from 1.0 where both weigh alike, and
        # 1.099 of a strong 1.10, 0.099 from it; a strong one at 0.99 stays out of reach.
        ([1.0, 1.06, 1.10], [1.0, 1.0, 1.0], 0.1, [0]),
        ([0.99, 1.06, 1.10], [1.0, 1.0, 100.0], 0.1, [0, 1]),
        # Nothing is joined by way of a weak one: 1.055 joins 1.0, 1.12 stays.
        ([1.0, 1.055, 1.12], [100.0, 1.0, 100.0], 0.1, [0, 2]),
    ],
)
def test_by_hand(
    position: list[float], weight: list[float], width: float, expected: list[int]
) -> None:
    assert runs(position, weight, width) == expected


def test_against_one_at_a_time() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        position = np.sort(rng.uniform(0.0, 5.0, 40))
        weight = 10.0 ** rng.normal(0.0, 1.0, 40)
        groups = [[n] for n in range(40)]
        while len(groups) > 1:
            means = [np.average(position[g], weights=weight[g]) for g in groups]
            gap = np.diff(means)
            n = int(gap.argmin())
            if gap[n] >= 0.1:
                break
            groups[n : n + 2] = [groups[n] + groups[n + 1]]
        expected = [g[0] for g in groups]
        found = merged_runs(position, weight, 0.1).tolist()
        # Joining all nearest pairs of a round at once may take another order in long chains.
        assert len(set(expected) ^ set(found)) <= 2
