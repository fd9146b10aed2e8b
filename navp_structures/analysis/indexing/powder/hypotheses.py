"""What the sample may be, how likely that is beforehand, and afterwards."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from navp_structures.analysis.indexing.powder.engine import (
    LONG,
    LONG_LIST,
    MIXED,
    SINGLE,
    Explanation,
    explain,
    log_sum,
)
from navp_structures.analysis.indexing.powder.lines import CalculatedLines, calculated_lines
from navp_structures.analysis.indexing.powder.measured import Measured
from navp_structures.analysis.indexing.powder.unexplained import (
    lattice_evidence,
    random_evidence,
)
from navp_structures.model.phase import Phase

RANDOM: Final = "none.random"
LATTICE: Final = "none.lattice"

NONE_PRIOR: Final = 0.05
"""Of each of the two: one sample in ten is none of the phases that were thought of."""

DEFAULT_MIXTURE_PRIOR: Final = 0.05
"""A second phase is said to be there when lines ask for it: a stray line alone, of which one
list in two holds one, must not outweigh this."""

MOST_MIXED: Final = 12
"""Of more phases, the mixtures of the likeliest are tried: 66 of them."""

# Nats below the best phase: no other resolution makes up for so many.
_HOPELESS: Final = 25.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """One of the answers that exclude each other.

    Parameters
    ----------
    name
        Id of a phase, two of them joined by ``+``, or ``none.random``, ``none.lattice``.
    prior, posterior
        Probabilities; each adds up to 1 over all hypotheses.
    explanation
        None where no phase explains the lines.
    """

    name: str
    prior: float
    posterior: float
    explanation: Explanation | None

    @property
    def ids(self) -> tuple[str, ...]:
        """The phases that are in the sample."""
        return (
            tuple(lines.phase.id for lines in self.explanation.of) if self.explanation else ()
        )


def weigh(
    measured: Measured, phases: Sequence[Phase], mixture_prior: float
) -> tuple[Hypothesis, ...]:
    """Return every hypothesis with its posterior, the most probable first."""
    lines = [calculated_lines(phase, measured) for phase in phases]
    is_long = len(measured.position) > LONG_LIST
    singles = [explain(measured, (own,), LONG if is_long else SINGLE) for own in lines]
    pairs = _pairs(singles) if mixture_prior else []
    hopeless = max(e.log_evidence for e in singles) - _HOPELESS
    mixtures = [
        explain(measured, pair, LONG if is_long else MIXED, hopeless=hopeless) for pair in pairs
    ]
    # Where no mixture is tried, single phases have its share.
    shared = mixture_prior if mixtures else 0.0
    single = (1.0 - 2.0 * NONE_PRIOR - shared) / len(singles)
    mixed = shared / max(1, len(mixtures))
    found: list[tuple[str, float, float, Explanation | None]] = [
        (_name(e), prior, e.log_evidence, e)
        for group, prior in ((singles, single), (mixtures, mixed))
        for e in group
    ]
    found.append((RANDOM, NONE_PRIOR, random_evidence(measured), None))
    found.append((LATTICE, NONE_PRIOR, lattice_evidence(measured, tuple(lines)), None))
    joint = np.array([math.log(prior) + evidence for _, prior, evidence, _ in found])
    posterior = np.exp(joint - log_sum(joint)).tolist()
    hypotheses = [
        Hypothesis(name=name, prior=prior, posterior=share, explanation=explanation)
        for (name, prior, _, explanation), share in zip(found, posterior, strict=True)
    ]
    return tuple(sorted(hypotheses, key=lambda h: -h.posterior))


def _name(explanation: Explanation) -> str:
    return "+".join(lines.phase.id for lines in explanation.of)


def _pairs(singles: Sequence[Explanation]) -> list[tuple[CalculatedLines, ...]]:
    """Return the lines of each two phases, in the order of the phases."""
    kept: Sequence[Explanation] = singles
    if len(singles) > MOST_MIXED:
        least = sorted(e.log_evidence for e in singles)[-MOST_MIXED]
        kept = [e for e in singles if e.log_evidence >= least][:MOST_MIXED]
    return list(combinations((e.of[0] for e in kept), 2))
