"""Which lines of a standard measured values are, as probable as the indexing of powders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from navp_structures.analysis.indexing.powder.engine import (
    SINGLE,
    Explanation,
    explain,
    log_sum,
)
from navp_structures.analysis.indexing.powder.hypotheses import NONE_PRIOR
from navp_structures.analysis.indexing.powder.lines import calculated_lines
from navp_structures.analysis.indexing.powder.measured import Measured
from navp_structures.analysis.indexing.powder.solutions import assigned
from navp_structures.analysis.indexing.powder.unexplained import (
    STRAIN,
    lattice_evidence,
    random_evidence,
)
from navp_structures.kernels.common_shift import likely_shifts
from navp_structures.kernels.lattice import Floats
from navp_structures.model.hkl import HKL, hkl_of
from navp_structures.model.phase import Phase

# Different shifts of a list that are tried, the likeliest ones.
_MODES: Final = 8

# Of sigma: how wide a window the lines of one shift fill.
_WINDOW: Final = 4.0

# Below the strongest; weaker lines have no vote on the shift.
_DECADES: Final = 3.0

# Standard deviations of the prior that are searched.
_REACH: Final = 3.5

# Shifts of one list that differ by less, in their su, are one.
_SAME: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mode:
    """One shift of all lines, and what they are then.

    Parameters
    ----------
    shift
        Zero and displacement (degrees), or ln of the scale, ``(k,)``.
    log_weight
        Natural logarithm of its evidence times the prior of the shift.
    posterior
        Of this shift, beside the others, lines at random and an unknown lattice.
    hkls
        Family of each value in the order given; None for a stray one.
    """

    shift: Floats
    log_weight: float
    posterior: float
    hkls: tuple[HKL | None, ...]


def modes_of(measured: Measured, phase: Phase) -> tuple[Mode, ...]:
    """Return the shifts that make values lines of a standard, the most probable first.

    Parameters
    ----------
    measured
        With the prior of the shifts as what is open of them.
    """
    prior = np.array(measured.shift_sigmas)
    width = _width(measured, prior)
    shifts = _starts(measured, phase, prior, width)
    found = [mode for s in shifts if (mode := _mode(measured, phase, s, width, prior))]
    distinct: list[Mode] = []
    for mode in sorted(found, key=lambda mode: -mode.log_weight):
        if all(abs(_middle(mode, measured) - _middle(other, measured)) > _SAME * width / _WINDOW
               for other in distinct):  # fmt: skip
            distinct.append(mode)
    if not distinct:
        return ()
    return _weighed(
        distinct, [random_evidence(measured), _of_lattices(measured, phase, distinct[0])]
    )


def _of_lattices(measured: Measured, phase: Phase, best: Mode) -> float:
    """Return the log evidence of a lattice that is not the standard's, perhaps one like it.

    Which lines the range of the list holds depends on the shift; that of the best answer is
    taken, and its prior made that of shift and strain together.
    """
    prior = np.array(measured.shift_sigmas)
    near = replace(measured, known=best.shift, factor=np.diag(prior))
    evidence = lattice_evidence(near, (calculated_lines(phase, near),))
    free = np.hypot(prior, prior if measured.in_degrees else STRAIN)
    return evidence - 0.5 * float(((best.shift / free) ** 2).sum())


def _weighed(modes: Sequence[Mode], nulls: Sequence[float]) -> tuple[Mode, ...]:
    own = np.log(1.0 - 2.0 * NONE_PRIOR) + np.array([mode.log_weight for mode in modes])
    joint = np.concatenate([own, np.log(NONE_PRIOR) + np.array(nulls)])
    posterior = np.exp(joint - log_sum(joint))
    shares = posterior[: len(modes)].tolist()
    return tuple(
        replace(mode, posterior=share) for mode, share in zip(modes, shares, strict=True)
    )


def _width(measured: Measured, prior: Floats) -> float:
    """Return how far the lines of one shift lie apart, measured minus calculated."""
    width = _WINDOW * measured.sigma
    if measured.in_degrees:
        cosines = np.cos(np.radians(np.array(measured.limits)) / 2.0)
        width += float(prior[1] * abs(cosines[1] - cosines[0]))
    return width


def _starts(measured: Measured, phase: Phase, prior: Floats, width: float) -> Floats:
    """Return shifts to try; none at all is one of them."""
    farthest = _REACH * float(np.linalg.norm(prior))
    low, high = measured.limits
    limits = low - farthest, high + farthest
    if measured.in_degrees:
        limits = max(limits[0], 0.5 * low), min(limits[1], 180.0)
    wide = calculated_lines(phase, replace(measured, limits=limits))
    # Strong lines have more votes than weak ones.
    strongest = wide.strength.max(initial=-np.inf)
    weight = np.maximum(wide.strength - strongest + _DECADES, 0.0)
    votes = likely_shifts(measured.position, wide.position, weight, width, farthest, _MODES)
    return np.concatenate([[0.0], votes])


def _mode(
    measured: Measured, phase: Phase, shift: float, width: float, prior: Floats
) -> Mode | None:
    """Return what the lines are with shifts around one that is given."""
    k = len(prior)
    known, local = np.zeros(k), prior.copy()
    known[0], local[0] = shift, width
    near = replace(measured, known=known, factor=np.diag(local))
    lines = calculated_lines(phase, near)
    if not len(lines):
        return None
    found = explain(near, (lines,), SINGLE)
    line, _ = assigned(found, near)
    if (line < 0).all():
        return None
    fitted = near.shifts_of(found.shifts[:k])
    # The prior of the whole range in place of the one around the start.
    weight = _log_normal(fitted, np.zeros(k), prior) - _log_normal(fitted, known, local)
    place = np.argsort(measured.order)
    return Mode(
        shift=fitted,
        log_weight=float(found.log_evidence + weight),
        posterior=0.0,
        hkls=tuple(_hkl(found, n) for n in line[place].tolist()),
    )


def _hkl(found: Explanation, line: int) -> HKL | None:
    return hkl_of(found.hkl[line]) if line >= 0 else None


def _log_normal(value: Floats, mean: Floats, sigma: Floats) -> float:
    return float((-0.5 * ((value - mean) / sigma) ** 2 - np.log(sigma)).sum())


def _middle(mode: Mode, measured: Measured) -> float:
    """Return by how much a mode moves the middle of the list."""
    if not measured.in_degrees:
        return float(mode.shift[0])
    middle = np.radians(0.5 * sum(measured.limits)) / 2.0
    return float(mode.shift[0] + mode.shift[1] * np.cos(middle))
