"""One scale for all spacings of an image: the best common assignment in each phase."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from navp_structures.analysis.indexing.candidates import REACH, SpacingCandidate
from navp_structures.analysis.indexing.units import Spacing
from navp_structures.kernels.lattice import Floats
from navp_structures.model.hkl import HKL

# More than any family within the reach costs: 3² and the logarithm of the weakest strength.
_UNMATCHED = 30.0

_ROUNDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseFit:
    """The best assignment of all spacings to one phase with one common scale.

    Parameters
    ----------
    hkls
        Family for each spacing, None where none is within the reach of the scaled one.
    scale, scale_su
        d_obs = scale × d_calc, with the prior 1 ± scale_sigma.
    rms_sigma
        Root mean square of the deviations that the scale leaves, in sigma; None when no
        spacing is assigned.
    cost
        What the fit minimises: the squared deviations in sigma, that of the scale too, less
        twice the logarithm of each strength.
    unmatched
        How many spacings have no family.
    """

    phase: str
    hkls: tuple[HKL | None, ...]
    scale: float
    scale_su: float
    rms_sigma: float | None
    cost: float
    unmatched: int


def fit_scale(
    phase: str,
    candidates: Sequence[SpacingCandidate],
    observed: Sequence[Spacing],
    scale_sigma: float,
) -> PhaseFit:
    """Return the assignment and scale of highest joint score.

    For a trial scale each spacing takes the family with the least squared deviation, less
    twice the logarithm of its strength; the scale of the assignment then follows in closed
    form. Trials cover three scale_sigma on each side.
    """
    own = [
        [c for c in candidates if c.phase == phase and c.observation == n]
        for n in range(len(observed))
    ]
    trials = np.linspace(-REACH * scale_sigma, REACH * scale_sigma, 121)
    costs = [_cost(group, trials).min(axis=0) for group in own]
    total = np.sum(costs, axis=0) + (trials / scale_sigma) ** 2
    shift = float(trials[int(np.argmin(total))])
    # The closed form moves the scale off the trial; choose again until both agree.
    for _ in range(_ROUNDS):
        chosen = [_chosen(group, shift) for group in own]
        settled, (shift, su) = shift, _closed_form([c for c in chosen if c], scale_sigma)
        if abs(shift - settled) < 1e-12:
            break
    chosen = [c if c and abs(_residual(c, shift)) <= REACH else None for c in chosen]
    left = [_residual(c, shift) for c in chosen if c is not None]
    return PhaseFit(
        phase=phase,
        hkls=tuple(c.hkl if c is not None else None for c in chosen),
        scale=math.exp(shift),
        scale_su=math.exp(shift) * su,
        rms_sigma=math.sqrt(sum(r * r for r in left) / len(left)) if left else None,
        cost=sum(r * r for r in left)
        - 2.0 * sum(math.log(_strength(c)) for c in chosen if c is not None)
        + (shift / scale_sigma) ** 2,
        unmatched=sum(c is None for c in chosen),
    )


def _cost(group: Sequence[SpacingCandidate], trials: Floats) -> Floats:
    """Return the cost of each family at each trial, and of none in the last row."""
    none = np.full((1, len(trials)), _UNMATCHED)
    if not group:
        return none
    shifts = np.array([_log_ratio(c) for c in group])[:, np.newaxis]
    sigmas = np.array([c.sigma for c in group])[:, np.newaxis]
    weights = np.array([_strength(c) for c in group])[:, np.newaxis]
    residuals = (shifts - trials) / sigmas
    costs = residuals**2 - 2.0 * np.log(weights)
    return np.vstack([np.where(np.abs(residuals) <= REACH, costs, np.inf), none])


def _chosen(group: Sequence[SpacingCandidate], shift: float) -> SpacingCandidate | None:
    best = int(np.argmin(_cost(group, np.array([shift]))[:, 0]))
    return group[best] if best < len(group) else None


def _closed_form(chosen: Sequence[SpacingCandidate], scale_sigma: float) -> tuple[float, float]:
    weights = [1.0 / c.sigma**2 for c in chosen]
    total = sum(weights) + 1.0 / scale_sigma**2
    mean = sum(w * _log_ratio(c) for w, c in zip(weights, chosen, strict=True)) / total
    return mean, 1.0 / math.sqrt(total)


def _residual(candidate: SpacingCandidate, shift: float) -> float:
    return (_log_ratio(candidate) - shift) / candidate.sigma


def _log_ratio(candidate: SpacingCandidate) -> float:
    return math.log(candidate.d_obs / candidate.d_calc)


def _strength(candidate: SpacingCandidate) -> float:
    # Families too weak to be seen still beat no family at all.
    return max(1.0 if candidate.strength is None else candidate.strength, 1e-3)
