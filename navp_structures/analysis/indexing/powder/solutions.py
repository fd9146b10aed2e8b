"""Which line is which under a hypothesis, and what the instrument did to them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from navp_structures.analysis.indexing.powder.engine import Explanation
from navp_structures.analysis.indexing.powder.hypotheses import Hypothesis
from navp_structures.analysis.indexing.powder.measured import Measured
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.model.hkl import HKL, format_hkl, hkl_of

STRONG: Final = 0.5
"""A line that is more likely listed than not is missing when it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PowderSolution:
    """What a list of lines is under one hypothesis.

    Parameters
    ----------
    phase
        Id, two ids joined by ``+``, ``none.random`` or ``none.lattice``.
    hkls, line_phases
        Family and phase of each line as given; None where it belongs to nothing. Of families
        that the instrument does not resolve, the strongest.
    overlaps
        The others in each line that have a tenth of its intensity: phase and hkl.
    deviations
        Observed minus calculated, in sigma, with the shifts taken off; None likewise.
    zero_shift, displacement
        Degrees of 2θ, the displacement's at θ = 0 (it goes with cos θ); None for other units.
    scale
        Observed over calculated d; None for 2θ.
    rms_sigma
        Root mean square of the deviations.
    unmatched
        How many lines belong to nothing.
    missing
        Lines that should be in the list: phase, hkl and position.
    volume_ratio
        Volume of the second phase over that of the first, to a factor of three or so.
    """

    rank: int
    phase: str
    posterior: float
    prior: float
    hkls: tuple[HKL | None, ...] = ()
    line_phases: tuple[str | None, ...] = ()
    overlaps: tuple[tuple[str, ...], ...] = ()
    deviations: tuple[float | None, ...] = ()
    zero_shift: float | None = None
    zero_shift_su: float | None = None
    displacement: float | None = None
    displacement_su: float | None = None
    scale: float | None = None
    scale_su: float | None = None
    rms_sigma: float | None = None
    unmatched: int
    missing: tuple[str, ...] = ()
    volume_ratio: float | None = None

    @property
    def is_phase(self) -> bool:
        """Whether it names phases, and not that there is none."""
        return not self.phase.startswith("none.")


def solution(rank: int, hypothesis: Hypothesis, measured: Measured) -> PowderSolution:
    """Return a hypothesis as a row."""
    bare = PowderSolution(
        rank=rank,
        phase=hypothesis.name,
        posterior=hypothesis.posterior,
        prior=hypothesis.prior,
        unmatched=len(measured.position),
    )
    found = hypothesis.explanation
    if found is None:
        return bare
    line, deviation = assigned(found, measured)
    ids = [lines.phase.id for lines in found.of]
    # Arrays are in ascending order, the answer in that of the list.
    place = np.argsort(measured.order)
    line, deviation = line[place], deviation[place]
    left = [float(x) if n >= 0 else None for n, x in zip(line, deviation, strict=True)]
    known = [x for x in left if x is not None]
    return replace(
        bare,
        hkls=tuple(hkl_of(found.hkl[n]) if n >= 0 else None for n in line),
        line_phases=tuple(ids[found.owner[n]] if n >= 0 else None for n in line),
        overlaps=tuple(overlapping(found, n) for n in line.tolist()),
        deviations=tuple(left),
        rms_sigma=math.sqrt(sum(x * x for x in known) / len(known)) if known else None,
        unmatched=len(line) - len(known),
        missing=_missing(found, measured, line),
        volume_ratio=10.0**found.ratio if len(ids) == 2 else None,
        **_shifts(found, measured),
    )


def overlapping(found: Explanation, line: int) -> tuple[str, ...]:
    """Return phase and hkl of what else is in a line."""
    return tuple(
        f"{found.of[n].phase.id} {format_hkl(hkl)}" for n, hkl in found.others.get(line, ())
    )


def assigned(found: Explanation, measured: Measured) -> tuple[Ints, Floats]:
    """Return the line of each observation, -1 for none, and the deviation in sigma.

    The most probable assignments first, each line once; observations in ascending order.
    """
    n = len(measured.position)
    line, deviation = np.full(n, -1), np.full(n, np.nan)
    pairs = found.pairs
    if pairs is None:
        return line, deviation
    stray = 1.0 - np.bincount(pairs.observation, found.share, n)
    taken: set[int] = set()
    away = (pairs.residual - pairs.basis @ found.shifts) / np.sqrt(pairs.variance)
    for m in np.argsort(-found.share).tolist():
        observation, candidate = int(pairs.observation[m]), int(pairs.line[m])
        likelier = found.share[m] > stray[observation]
        if line[observation] < 0 and candidate not in taken and likelier:
            line[observation], deviation[observation] = candidate, away[m]
            taken.add(candidate)
    return line, deviation


def _shifts(found: Explanation, measured: Measured) -> dict[str, Any]:
    """Return what the instrument did, with su; a shift that is known to be 0 has none."""
    count = len(measured.known)
    # Adding zero turns the minus zero of rounding into zero.
    values = (np.round(measured.shifts_of(found.shifts[:count]), 9) + 0.0).tolist()
    spread = measured.spread_of(found.covariance[:count, :count])
    su = [x or None for x in np.sqrt(np.diag(spread)).tolist()]
    if not measured.in_degrees:
        scale = math.exp(values[0])
        return {"scale": scale, "scale_su": su[0] and scale * su[0]}
    return {
        "zero_shift": values[0],
        "zero_shift_su": su[0],
        "displacement": values[1],
        "displacement_su": su[1],
    }


def absent(found: Explanation, line: Ints) -> Ints:
    """Return the strong lines that no observation is, the most expected first."""
    missed = np.setdiff1d(np.flatnonzero(found.listed > STRONG), line)
    return np.asarray(missed[np.argsort(-found.listed[missed], kind="stable")])


def refined(found: Explanation) -> Floats:
    """Return where each line is expected with the shifts of instrument and cells."""
    return np.asarray(found.position + found.basis @ found.shifts)


def _missing(found: Explanation, measured: Measured, line: Ints) -> tuple[str, ...]:
    return tuple(
        f"{found.of[found.owner[n]].phase.id} {format_hkl(hkl_of(found.hkl[n]))} at "
        f"{measured.shown(float(found.position[n]))}"
        for n in absent(found, line).tolist()
    )
