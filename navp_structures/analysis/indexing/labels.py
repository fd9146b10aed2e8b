"""Judging a label: is that reflection allowed, and does its spacing fit?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from navp_structures.analysis.indexing.candidates import REACH, deviation
from navp_structures.analysis.indexing.units import Spacing
from navp_structures.errors import InputError
from navp_structures.model.hkl import HKL, as_hkl, format_hkl
from navp_structures.model.phase import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelVerdict:
    """What a printed (hkl) is worth in one phase.

    Parameters
    ----------
    number
        Number of the label, from 0.
    hkl
        The member of the family as it was given.
    allowed
        False when the reflection is extinct; `absence` is the kind, `rule` the condition.
    fits
        Whether its spacing lies within the reach of the measured one.
    """

    number: int
    label: str
    observation: int
    phase: str
    hkl: HKL
    d_obs: float
    d_calc: float
    deviation_percent: float
    deviation_sigma: float
    allowed: bool
    fits: bool
    absence: str | None
    rule: str | None
    value: int | None

    @property
    def holds(self) -> bool:
        """Whether the reflection is allowed and fits."""
        return self.allowed and self.fits

    def __str__(self) -> str:
        """One sentence."""
        state = "allowed"
        if not self.allowed:
            state = f"extinct by {self.absence} ({self.rule}, here {self.value})"
        fit = "fits" if self.fits else "does not fit"
        return (
            f"{format_hkl(self.hkl)} of {self.phase} is {state}; "
            f"its d {self.d_calc:.4f} Å {fit} {self.d_obs:.4f} Å "
            f"({self.deviation_percent:+.2f} %, {self.deviation_sigma:+.1f} sigma)"
        )


def judge_labels(
    labels: Sequence[str | Sequence[int]], observed: Sequence[Spacing], phases: Sequence[Phase]
) -> tuple[LabelVerdict, ...]:
    """Return a verdict on each label in each phase.

    As many labels as spacings belong together in order; otherwise each label is judged
    against the spacing that it misses least.

    Raises
    ------
    InputError
        When a label is no reflection, or there are more labels than spacings.
    """
    if len(labels) > len(observed):
        raise InputError(
            f"{len(labels)} labels for {len(observed)} spacings: one label too many"
        )
    verdicts = []
    for n, label in enumerate(labels):
        hkl = as_hkl(label)
        for phase in phases:
            fixed = n if len(labels) == len(observed) else None
            verdicts.append(_verdict(n, label, hkl, observed, phase, fixed))
    return tuple(verdicts)


def _verdict(
    number: int,
    label: str | Sequence[int],
    hkl: HKL,
    observed: Sequence[Spacing],
    phase: Phase,
    observation: int | None,
) -> LabelVerdict:
    misfits = [deviation(phase, hkl, spacing) for spacing in observed]
    n = observation
    if n is None:
        n = min(range(len(observed)), key=lambda i: abs(misfits[i][0] / misfits[i][1]))
    off, sigma = misfits[n]
    rule = phase.absence(hkl)
    return LabelVerdict(
        number=number,
        label=label if isinstance(label, str) else format_hkl(hkl),
        observation=n,
        phase=phase.id,
        hkl=hkl,
        d_obs=observed[n].d,
        d_calc=phase.d(hkl),
        deviation_percent=100.0 * off,
        deviation_sigma=off / sigma,
        allowed=rule is None,
        fits=abs(off) <= REACH * sigma,
        absence=rule.kind if rule else None,
        rule=rule.rule if rule else None,
        value=rule.value if rule else None,
    )
