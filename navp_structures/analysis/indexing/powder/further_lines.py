"""Where further lines would be, and how probable each is under each answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from navp_structures.analysis.indexing.powder.engine import (
    SPREAD,
    STRAY,
    STRAY_DECADES,
    VISIBLE,
    Explanation,
)
from navp_structures.analysis.indexing.powder.hypotheses import Hypothesis
from navp_structures.analysis.indexing.powder.lines import calculated_lines
from navp_structures.analysis.indexing.powder.measured import Measured
from navp_structures.analysis.indexing.powder.seen import seen_lines
from navp_structures.kernels import line_visibility
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.polyhedron import Bools

DEEPER: Final = 0.5
"""Decades: what counting ten times as long shows beyond the weakest line of a list."""

# How far beyond the range a further line may be: degrees below and above; of a logarithm.
_BEYOND: Final = (5.0, 15.0)
_BEYOND_LOG: Final = 0.2
_FIRST, _LAST = 5.0, 150.0  # degrees


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FurtherLines:
    """Places where a line of one of the leading answers may be, away from the measured ones.

    Parameters
    ----------
    position
        Where it would be measured, shape ``(c,)``.
    calculated
        The same without shifts, ``(c,)``.
    phase
        Id of each line's phase.
    hkl
        Shape ``(c, 3)``.
    outside
        Which are beyond the range of the list, ``(c,)``; the others are weaker than it.
    answer, seen
        Number of the answer that each line is of, and probability that the line itself is
        seen if that is right, ``(c,)``.
    presence
        Probability of each answer that a line is seen within the window, ``(k, c)``.
    """

    position: Floats
    calculated: Floats
    phase: tuple[str, ...]
    hkl: Ints
    outside: Bools
    answer: Ints
    seen: Floats
    presence: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Lines:
    """Lines of an answer in a wider range: refined position ascending, and presence."""

    position: Floats
    calculated: Floats
    seen: Floats
    phase: tuple[str, ...]
    hkl: Ints


def window(measured: Measured) -> float:
    """Return how far from its place a line may be found."""
    return max(2.0 * measured.sigma, measured.resolution)


def further_lines(measured: Measured, leading: Sequence[Hypothesis]) -> FurtherLines:
    """Return where further lines may be."""
    wide = replace(measured, limits=_wider(measured))
    of = [_lines(measured, wide, h.explanation) for h in leading]
    own = [lines for lines in of if lines is not None]
    none = np.zeros(0)
    position = np.concatenate([none, *(lines.position for lines in own)])
    calculated = np.concatenate([none, *(lines.calculated for lines in own)])
    hkl = np.concatenate([np.zeros((0, 3), dtype=np.int64), *(lines.hkl for lines in own)])
    phase = [name for lines in own for name in lines.phase]
    w = window(measured)
    # What is nearer to a measured line could not be told from it.
    nearest = np.abs(position[:, np.newaxis] - measured.position).min(axis=1, initial=np.inf)
    kept = np.flatnonzero(nearest > 2.0 * w)
    position = position[kept]
    low, high = measured.limits
    outside = (position < low) | (position > high)
    n = len(measured.position)
    presence = [
        _presence(
            position, outside, lines, w, _strays(measured, n if lines is None else STRAY * n)
        )
        for lines in of
    ]
    return FurtherLines(
        position=position,
        calculated=calculated[kept],
        phase=tuple(phase[i] for i in kept.tolist()),
        hkl=hkl[kept],
        outside=outside,
        answer=np.repeat(np.arange(len(of)), [len(x.position) if x else 0 for x in of])[kept],
        seen=np.concatenate([none, *(lines.seen for lines in own)])[kept],
        presence=np.array(presence).reshape(len(of), len(position)),
    )


def _wider(measured: Measured) -> tuple[float, float]:
    low, high = measured.limits
    if not measured.in_degrees:
        return low - _BEYOND_LOG, high + _BEYOND_LOG
    return min(low, max(low - _BEYOND[0], _FIRST)), max(high, min(high + _BEYOND[1], _LAST))


def _lines(measured: Measured, wide: Measured, found: Explanation | None) -> _Lines | None:
    """Return the lines of an answer; None where it has none in the range of the list."""
    if found is None or not len(found.listed):
        return None
    of = tuple(calculated_lines(lines.phase, wide) for lines in found.of)
    shifts = wide.shift_basis(np.concatenate([lines.position for lines in of]))
    ratio = np.array([found.ratio])
    seen = seen_lines(of, shifts, ratio, measured.resolutions[-1])
    position = seen.position[0] + seen.basis @ found.shifts
    order = np.argsort(position, kind="stable")
    chief = seen.chief(0)[order]
    names = [lines.phase.id for lines in of for _ in range(len(lines))]
    strength = seen.strength[0][order]
    listed, deeper = (
        line_visibility.listed(strength, np.array(found.level - more), SPREAD, VISIBLE)
        for more in (0.0, DEEPER)
    )
    low, high = measured.limits
    position = position[order]
    outside = (position < low) | (position > high)
    # Within the range the list has already told that the line is not as strong as that.
    weaker = (deeper - listed) / (1.0 - listed)
    return _Lines(
        position=position,
        calculated=seen.position[0][order],
        seen=np.where(outside, listed, weaker),
        phase=tuple(names[n] for n in chief.tolist()),
        hkl=np.concatenate([lines.hkl for lines in of])[chief],
    )


def _strays(measured: Measured, rate: float) -> tuple[float, float]:
    """Return how many stray lines a window holds, beyond the range and below its level."""
    low, high = measured.limits
    there = 2.0 * window(measured) * rate / (high - low)
    return there, there * float(np.expm1(DEEPER / STRAY_DECADES))


def _presence(
    position: Floats,
    outside: Bools,
    lines: _Lines | None,
    w: float,
    strays: tuple[float, float],
) -> Floats:
    absent = -np.where(outside, *strays)
    if lines is not None:
        total = np.concatenate([[0.0], np.cumsum(np.log1p(-lines.seen))])
        first = np.searchsorted(lines.position, position - w)
        last = np.searchsorted(lines.position, position + w)
        absent = absent + total[last] - total[first]
    return np.asarray(-np.expm1(absent))
