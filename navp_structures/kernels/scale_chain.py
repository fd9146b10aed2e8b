r"""Sums over what the patterns of a sequence are, linked by a common scale and pair by pair.

Pattern f is in one of some states k, each with an evidence :math:`e_f(k, S)` that depends on
the common scale S; neighbours are linked by factors :math:`\psi_f(k, k')`. The sum

.. math:: \sum_S \pi(S) \sum_{k_1 \dots k_F} \prod_f e_f(k_f, S) \prod_f \psi_f(k_f, k_{f+1})

and all its marginals take one pass of messages forward and one backward for each S of a grid.
All is kept as logarithms, or as numbers with the logarithm of a factor for each S.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.spot_scale import ScaleEvidence

# Points of a sum over a Gaussian are this many of its standard deviations apart: it is the
# integral to 1e-9 and better. The grid ends so many beyond the farthest mean.
_STEP = 0.7
_BEYOND = 6.0

# Numbers in one block of scales by placements.
_BLOCK = 2_000_000

# Sequences of answers that are followed at once.
_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScaleGrid:
    """Scales that patterns share.

    Parameters
    ----------
    nodes
        ln of the factor, shape ``(g,)``.
    log_weight
        ln of the prior's share at each, shape ``(g,)``.
    drift
        Standard deviation by which the scale of one pattern differs from the common one.
    """

    nodes: Floats
    log_weight: Floats
    drift: float


def scale_grid(evidences: Sequence[ScaleEvidence], sigma: float, drift: float) -> ScaleGrid:
    """Return a grid on which the sum over the scale is its integral.

    Parameters
    ----------
    evidences
        Of the placements of each pattern.
    sigma
        Standard deviation of the scale of one pattern.
    drift
        The part of it that patterns do not share, at most sigma.
    """
    common = float(np.sqrt(max(sigma**2 - drift**2, 0.0)))
    if common == 0.0:
        return ScaleGrid(nodes=np.zeros(1), log_weight=np.zeros(1), drift=drift)
    known = [item.known_within(drift) for item in evidences]
    width = (common**-2 + sum(k.max(initial=0.0) for k in known)) ** -0.5
    # No mean of a product of these Gaussians is farther off than either limit.
    pulled = common**2 * sum(
        np.abs(item.best * k).max(initial=0.0) for item, k in zip(evidences, known, strict=True)
    )
    farthest = max(np.abs(item.best).max(initial=0.0) for item in evidences)
    reach = min(pulled, farthest) + _BEYOND * common
    half = int(np.ceil(reach / (_STEP * width)))
    nodes = np.linspace(-reach, reach, 2 * half + 1)
    log_prior = -0.5 * (nodes / common) ** 2
    return ScaleGrid(
        nodes=nodes, log_weight=log_prior - np.log(np.exp(log_prior).sum()), drift=drift
    )


def grouped(
    evidence: ScaleEvidence, log_weight: Floats, state: Ints, count: int, grid: ScaleGrid
) -> Floats:
    """Return ln of the evidence of each state, the sum over its placements, shape ``(g, k)``.

    Parameters
    ----------
    log_weight
        ln of a factor of each placement that does not depend on the scale, shape ``(h,)``.
    state
        Number of the state of each placement, shape ``(h,)``.
    count
        Of states.
    """
    found = np.full((len(grid.nodes), count), -np.inf)
    for rows in _blocks(len(grid.nodes), len(state)):
        each = log_weight + evidence.with_prior(grid.nodes[rows, np.newaxis], grid.drift)
        for k in range(count):
            own = each[:, state == k]
            if own.shape[1]:
                found[rows, k] = log_sum(own)
    return found


def weights(
    evidence: ScaleEvidence, log_weight: Floats, state: Ints, grid: ScaleGrid, context: Floats
) -> Floats:
    """Return the posterior of each placement, shape ``(h,)``.

    Parameters
    ----------
    evidence, log_weight, state
        As for `grouped`.
    context
        ln of what all else says of the states, shape ``(g, k)``.
    """
    total = np.zeros(len(state))
    for rows in _blocks(len(grid.nodes), len(state)):
        each = log_weight + evidence.with_prior(grid.nodes[rows, np.newaxis], grid.drift)
        total += np.exp(each + context[rows][:, state]).sum(axis=0)
    return total


def _blocks(scales: int, placements: int) -> Iterator[slice]:
    size = max(1, _BLOCK // max(placements, 1))
    for start in range(0, scales, size):
        yield slice(start, start + size)


def log_sum(values: Floats) -> Floats:
    """Return ln of the sum of exponentials along the last axis."""
    highest = values.max(axis=-1)
    shift = np.where(np.isfinite(highest), highest, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(shift + np.log(np.exp(values - shift[..., np.newaxis]).sum(axis=-1)))


def contexts(
    log_prior: Floats, log_evidence: Sequence[Floats], links: Sequence[Floats]
) -> list[Floats]:
    """Return for each pattern what all others and the prior say of its states.

    Parameters
    ----------
    log_prior
        ln of the prior's share of each scale, shape ``(g,)``.
    log_evidence
        Of each pattern, ln of the evidence of its states, shape ``(g, k)``.
    links
        Between neighbours: positive factors, shapes ``(k, k')``.

    Returns
    -------
    ln, so that with the evidence added its exponentials sum to one, shapes ``(g, k)``.

    Raises
    ------
    ArithmeticError
        When no states of the patterns are possible together.
    """
    before = list(_messages(log_evidence, [link.T for link in links]))
    behind = list(_messages(log_evidence[::-1], links[::-1]))[::-1]
    found = [log_prior[:, np.newaxis] + b + a for b, a in zip(before, behind, strict=True)]
    total = float(log_sum((found[0] + log_evidence[0]).ravel()))
    if not np.isfinite(total):
        raise ArithmeticError("no states of the patterns are possible together")
    return [item - total for item in found]


def _messages(log_evidence: Sequence[Floats], links: Sequence[Floats]) -> Iterator[Floats]:
    """Yield ln of what the patterns before each one say of its states.

    Each link leads from the states of one pattern, its columns, to those of the next.
    """
    message = np.zeros_like(log_evidence[0])
    yield message
    for evidence, link in zip(log_evidence[:-1], links, strict=True):
        message = passed(message + evidence, link)
        yield message


def passed(log_values: Floats, link: Floats) -> Floats:
    """Return ln of the sums over states, shape ``(g, k')``, for a link ``(k', k)``."""
    highest = log_values.max(axis=1, keepdims=True)
    shift = np.where(np.isfinite(highest), highest, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(shift + np.log(np.exp(log_values - shift) @ link.T))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Begun:
    """Beginnings of sequences that end with one answer.

    Parameters
    ----------
    names, share
        The answers of each, and its posterior, shape ``(n,)``.
    message
        ln of their sums by scale and by the states of the last answer, shape ``(n, g, k)``.
    states
        Numbers of these, shape ``(k,)``.
    """

    names: list[tuple[int, ...]]
    share: Floats
    message: Floats
    states: Ints


def sequences(
    log_prior: Floats,
    log_evidence: Sequence[Floats],
    links: Sequence[Floats],
    answers: Sequence[Ints],
    least: float,
) -> list[tuple[tuple[int, ...], float]]:
    """Return the posterior of sequences of answers, the most probable first.

    Parameters
    ----------
    log_prior, log_evidence, links
        As for `contexts`.
    answers
        Of each pattern, the answer that each of its states stands for, shape ``(k,)``.
    least
        Sequences that begin less probably than this are left out, and where some hundred
        beginnings are more probable, those behind them.
    """
    behind = list(_messages(log_evidence[::-1], links[::-1]))[::-1]
    total = float(log_sum((log_prior[:, np.newaxis] + log_evidence[0] + behind[0]).ravel()))
    start = np.ones((1, len(answers[0])))
    kept = [
        _Begun(
            names=[()],
            share=np.ones(1),
            message=log_prior[np.newaxis, :, np.newaxis],
            states=np.zeros(1, dtype=np.int64),
        )
    ]
    for evidence, after, own, link in zip(
        log_evidence, behind, answers, [start, *links], strict=True
    ):
        longer = [
            _longer(kept, answer, np.flatnonzero(own == answer), link, evidence, after, total)
            for answer in np.unique(own).tolist()
        ]
        every = np.sort(np.concatenate([item.share for item in longer]))[::-1]
        limit = max(least, every[_MOST - 1] if len(every) > _MOST else 0.0)
        kept = [_above(item, limit) for item in longer]
    found = [
        pair for item in kept for pair in zip(item.names, item.share.tolist(), strict=True)
    ]
    return sorted(found, key=lambda pair: -pair[1])


def _longer(
    kept: Sequence[_Begun],
    answer: int,
    states: Ints,
    link: Floats,
    evidence: Floats,
    behind: Floats,
    total: float,
) -> _Begun:
    """Return all beginnings with one answer more."""
    names, parts = [], []
    for item in kept:
        count, scales, before = item.message.shape
        step = link[np.ix_(item.states, states)].T
        reached = passed(item.message.reshape(count * scales, before), step)
        parts.append(reached.reshape(count, scales, len(states)) + evidence[:, states])
        names += [(*name, answer) for name in item.names]
    message = np.concatenate(parts)
    sums = log_sum((message + behind[:, states]).reshape(len(names), -1))
    return _Begun(names=names, share=np.exp(sums - total), message=message, states=states)


def _above(begun: _Begun, limit: float) -> _Begun:
    rows = np.flatnonzero(begun.share >= limit)
    return _Begun(
        names=[begun.names[n] for n in rows],
        share=begun.share[rows],
        message=begun.message[rows],
        states=begun.states,
    )
