"""Messages along a sequence against the sum over every combination, in closed form."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product

import numpy as np
import pytest

from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.scale_chain import (
    ScaleGrid,
    contexts,
    grouped,
    log_sum,
    passed,
    scale_grid,
    sequences,
    weights,
)
from navp_structures.kernels.spot_scale import ScaleEvidence

SIGMA, DRIFT = 0.02, 0.003
COUNTS = (3, 4, 2)


def drawn(seed: int, sharp: float = 1.0) -> list[tuple[ScaleEvidence, Floats]]:
    """Return three patterns of a few placements, with a factor of each."""
    rng = np.random.default_rng(seed)
    return [
        (
            ScaleEvidence(
                log_peak=rng.normal(0.0, 2.0, n),
                best=rng.normal(0.0, SIGMA, n),
                precision=sharp * rng.uniform(0.5, 4.0, n) * 1e4,
                turn_su=np.zeros(n),
            ),
            rng.normal(0.0, 1.0, n),
        )
        for n in COUNTS
    ]


def log_combination(
    frames: list[tuple[ScaleEvidence, Floats]], chosen: tuple[int, ...], drift: float
) -> float:
    """Return ln of a combination's evidence, its scale integrated by completing the square.

    A number behind the placements stands for a state without a scale, of evidence 1.
    """
    total, precision, pull, squares = 0.0, 1.0 / (SIGMA**2 - drift**2), 0.0, 0.0
    first = precision
    for (item, factor), h in zip(frames, chosen, strict=True):
        if h == len(factor):
            continue
        w = item.precision[h]
        k = 1.0 / (1.0 / w + drift**2)
        total += item.log_peak[h] + factor[h] - 0.5 * np.log(1.0 + w * drift**2)
        precision, pull = precision + k, pull + k * item.best[h]
        squares += k * item.best[h] ** 2
    return float(
        total - 0.5 * np.log(precision / first) - 0.5 * (squares - pull**2 / precision)
    )


def states(frames: list[tuple[ScaleEvidence, Floats]], grid: ScaleGrid) -> Iterator[Floats]:
    """Yield ln of the evidence, each placement a state, and one without a scale behind."""
    for item, factor in frames:
        n = len(factor)
        found = grouped(item, factor, np.arange(n), n + 1, grid)
        found[:, -1] = 0.0
        yield found


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("drift", "sharp"), [(DRIFT, 1.0), (0.0, 1.0), (DRIFT, 300.0)])
def test_messages_are_the_sum_over_combinations(seed: int, drift: float, sharp: float) -> None:
    frames = drawn(seed, sharp)
    rng = np.random.default_rng(100 + seed)
    sizes = [n + 1 for n in COUNTS]
    links = [rng.uniform(0.01, 5.0, pair) for pair in pairwise(sizes)]
    every = {
        chosen: log_combination(frames, chosen, drift)
        + np.log(links[0][chosen[0], chosen[1]])
        + np.log(links[1][chosen[1], chosen[2]])
        for chosen in product(*map(range, sizes))
    }
    total = np.logaddexp.reduce(list(every.values()))
    exact = {chosen: np.exp(value - total) for chosen, value in every.items()}

    grid = scale_grid([item for item, _ in frames], SIGMA, drift)
    evidence = list(states(frames, grid))
    context = contexts(grid.log_weight, evidence, links)
    for f in range(3):
        share = np.exp(evidence[f] + context[f]).sum(axis=0)
        expected = [
            sum(p for chosen, p in exact.items() if chosen[f] == n) for n in range(sizes[f])
        ]
        assert share == pytest.approx(expected, abs=1e-7)
        item, factor = frames[f]
        own = weights(item, factor, np.arange(COUNTS[f]), grid, context[f])
        assert own == pytest.approx(expected[:-1], abs=1e-7)
    # Placements as answers of their own, then all of one pattern as one.
    for answers in (
        [np.arange(n) for n in sizes],
        [np.array([*[0] * n, 1]) for n in COUNTS],
    ):
        found = sequences(grid.log_weight, evidence, links, answers, 0.0)
        assert [share for _, share in found] == sorted((s for _, s in found), reverse=True)
        for names, share in found:
            assert share == pytest.approx(_summed(exact, answers, names), abs=1e-7)


def _summed(
    exact: dict[tuple[int, ...], float], answers: list[Ints], names: tuple[int, ...]
) -> float:
    return sum(
        p
        for chosen, p in exact.items()
        if all(a[n] == name for a, n, name in zip(answers, chosen, names, strict=True))
    )


def test_rare_sequences_are_left_out() -> None:
    frames = drawn(7)
    grid = scale_grid([item for item, _ in frames], SIGMA, DRIFT)
    evidence = list(states(frames, grid))
    links = [np.ones((4, 5)), np.ones((5, 3))]
    answers = [np.arange(n + 1) for n in COUNTS]
    every = sequences(grid.log_weight, evidence, links, answers, 0.0)
    common = sequences(grid.log_weight, evidence, links, answers, 0.01)
    assert len(every) == 60
    assert common == [item for item in every if item[1] >= 0.01]


def test_one_scale_where_nothing_is_shared() -> None:
    grid = scale_grid([item for item, _ in drawn(1)], SIGMA, SIGMA)
    assert grid.nodes.tolist() == [0.0]
    assert grid.log_weight.tolist() == [0.0]
    exact = scale_grid([item for item, _ in drawn(1)], 0.0, 0.0)
    assert exact.nodes.tolist() == [0.0]


def test_states_that_are_not_possible_together() -> None:
    none = np.full((1, 2), -np.inf)
    assert np.isneginf(passed(none, np.ones((3, 2)))).all()
    assert np.isneginf(log_sum(none)).all()
    with pytest.raises(ArithmeticError, match="possible together"):
        contexts(np.zeros(1), [np.zeros((1, 2)), none], [np.ones((2, 2))])


def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    (item, factor), *_ = frames = drawn(3)
    grid = scale_grid([one for one, _ in frames], SIGMA, DRIFT)
    state = np.array([0, 1, 0])
    whole = grouped(item, factor, state, 2, grid)
    context = np.zeros_like(whole)
    share = weights(item, factor, state, grid, context)
    monkeypatch.setattr("navp_structures.kernels.scale_chain._BLOCK", 10)
    assert grouped(item, factor, state, 2, grid) == pytest.approx(whole)
    assert weights(item, factor, state, grid, context) == pytest.approx(share)
