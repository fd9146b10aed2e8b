"""How well a phase, or two of them, explain a list of lines."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from navp_structures.analysis.indexing.powder.lines import CalculatedLines
from navp_structures.analysis.indexing.powder.measured import Measured, Resolution
from navp_structures.analysis.indexing.powder.seen import SeenLines, seen_lines
from navp_structures.kernels import association, line_visibility
from navp_structures.kernels.association import Pairs, Settled
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.model.hkl import HKL, hkl_of
from navp_structures.read_only import ReadOnly

SPREAD: Final = 0.35
"""Decades. Texture, absorption, coarse grains, overlap and the errors of a structure put
measured intensities a factor of about two off the kinematic ones."""

VISIBLE: Final = 0.9
"""How often a line that is strong enough is in the list."""

STRAY: Final = 0.05
"""Share of lines that belong to nothing: impurities, the holder, Kβ, misreadings."""

STRAY_DECADES: Final = 0.6
"""How many decades a stray line is above the weakest of the list, on average."""

RATIO_SIGMA: Final = 0.5
"""Decades; the volumes of two phases are within a factor of three as often as not."""

# Decades; measured intensities tell a ratio better, and need a finer grid.
_RATIOS: Final = np.linspace(-1.5, 1.5, 7)
_FINE_RATIOS: Final = np.linspace(-1.5, 1.5, 13)

# Decades: parts of a line that have less than a tenth of it are not told.
_COUNTS: Final = -1.0

# In standard deviations, prior of the shifts included, within which a line may be meant.
_REACH: Final = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """How closely the unknowns of an explanation are gone through.

    Parameters
    ----------
    levels
        In standard deviations of the level that the number of lines leaves.
    starts
        Of the shifts, in standard deviations along their leading directions.
    directions
        How many directions the starts span.
    """

    levels: tuple[float, ...]
    starts: tuple[float, ...]
    directions: int = 1


SINGLE: Final = Grid(levels=(-1.5, -0.75, 0.0, 0.75, 1.5), starts=(0.0, -1.2, 1.2))
MIXED: Final = Grid(levels=(-1.0, 0.0, 1.0), starts=(-0.6, 0.6))
# Long lists leave neither level nor shifts open.
LONG: Final = Grid(levels=(0.0,), starts=(0.0,))
LONG_LIST: Final = 200

UNKNOWN_CELL: Final = Grid(levels=(0.0,), starts=(0.0, -0.8, 0.8, -1.6, 1.6), directions=2)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Explanation(ReadOnly):
    """What one or two phases make of a list, at the most likely of all settings.

    Parameters
    ----------
    of
        The calculated lines of each phase.
    log_evidence
        Natural logarithm of the probability density of the list, given its length.
    position, strength
        Of each line as it is seen, unshifted, on the axis of the list, and in decades, at
        the ratio, shape ``(m,)``.
    basis
        What each shift adds to each line, shape ``(m, k)``.
    listed
        Probability of each line to be listed, shape ``(m,)``.
    level
        Decades, below which lines are not listed.
    hkl, owner
        Strongest family of each line, and number of its phase, shape ``(m, 3)``, ``(m,)``.
    others
        Number of phase and hkl of each other family that counts, by line.
    ratio
        Decades; volume of the second phase over the first, 0 for one phase.
    shifts, covariance
        In sigma: those of the instrument first.
    pairs, share
        Which line each observation may be, with its probability; None where none is near.
    """

    of: tuple[CalculatedLines, ...]
    log_evidence: float
    position: Floats
    strength: Floats
    basis: Floats
    listed: Floats
    level: float
    hkl: Ints
    owner: Ints
    others: Mapping[int, tuple[tuple[int, HKL], ...]]
    ratio: float
    shifts: Floats
    covariance: Floats
    pairs: Pairs | None
    share: Floats


def explain(
    measured: Measured,
    of: tuple[CalculatedLines, ...],
    grid: Grid,
    *,
    likeliest: bool = False,
    hopeless: float = -math.inf,
) -> Explanation:
    """Return the evidence of one phase, or of a mixture of two.

    The density of the list is that of independent lines, each listed with its probability,
    and of stray lines anywhere; summed over assignments and integrated over the shifts, the
    level of the list (decades), the ratio of the phases, and what the instrument resolves.

    Parameters
    ----------
    likeliest
        Only the likeliest resolution, as if it were known.
    hopeless
        Where it leaves less evidence than this, no other resolution is tried either.
    """
    *others, first = measured.resolutions
    best = _resolved(measured, of, grid, first)
    if likeliest or not others:
        return best
    joint = [best.log_evidence + math.log(first.prior)]
    for resolution in others if best.log_evidence > hopeless else ():
        found = _resolved(measured, of, grid, resolution)
        joint.append(found.log_evidence + math.log(resolution.prior))
        best = found if joint[-1] >= max(joint) else best
    return replace(best, log_evidence=float(log_sum(np.array(joint))))


def _resolved(
    measured: Measured, of: tuple[CalculatedLines, ...], grid: Grid, resolution: Resolution
) -> Explanation:
    """Return the evidence where lines nearer than the resolution are seen as one."""
    n = len(measured.position)
    rate = STRAY * n
    density = rate / (measured.limits[1] - measured.limits[0])
    ratios = _ratios(measured, len(of))
    shifts = measured.shift_basis(np.concatenate([lines.position for lines in of]))
    seen = seen_lines(of, shifts, ratios, resolution)
    strength = seen.strength
    if not strength.shape[1]:
        return _without_lines(measured, of, rate, density)
    levels, width = _levels(strength, n, rate, grid)
    # One row for each ratio and level.
    strength = np.repeat(strength, levels.shape[1], axis=0)
    level = levels.ravel()
    p = np.clip(line_visibility.listed(strength, level, SPREAD, VISIBLE), 1e-12, None)
    pairs = _pairs(measured, seen)
    evidence = np.log1p(-p).sum(axis=1) - rate + n * math.log(density)
    if measured.intensity is not None:
        evidence += _log_stray(measured.intensity).sum()
    settled = None
    if pairs is not None:
        pairs = pairs.repeated(levels.shape[1])
        odds = _odds(measured, pairs, strength, level, p) - math.log(density)
        settled = association.settle(pairs, odds, _starts(pairs.basis, grid))
        evidence = evidence + log_sum(settled.log_evidence)
    evidence = evidence.reshape(levels.shape)
    prior = -0.5 * (ratios / RATIO_SIGMA) ** 2
    joint = prior[:, np.newaxis] + evidence
    best = int(np.argmax(joint))
    given_ratio = log_sum(evidence) + _log_measure(measured, p, width, rate, grid)
    return _told(
        of,
        seen,
        best // levels.shape[1],
        log_evidence=float(log_sum(prior + given_ratio) - log_sum(prior)),
        listed=p[best],
        level=float(level[best]),
        ratio=float(ratios[best // levels.shape[1]]),
        **_settings(pairs, settled, best, seen.basis.shape[1]),
    )


def _settings(
    pairs: Pairs | None, settled: Settled | None, best: int, k: int
) -> dict[str, Any]:
    """Return shifts and assignments of the best setting."""
    if pairs is None or settled is None:
        return {
            "shifts": np.zeros(k), "covariance": np.eye(k), "pairs": None, "share": np.zeros(0),
        }  # fmt: skip
    start = int(np.argmax(settled.log_evidence[best]))
    return {
        "shifts": settled.shifts[best, start],
        "covariance": np.linalg.inv(settled.precision[best, start]),
        "pairs": replace(pairs, residual=pairs.residual[best]),
        "share": settled.share[best, start],
    }


def _told(
    of: tuple[CalculatedLines, ...], seen: SeenLines, at: int, **others: Any
) -> Explanation:
    """Return an explanation with the lines as they are seen at a ratio."""
    hkl = np.concatenate([lines.hkl for lines in of])
    owner = np.repeat(np.arange(len(of)), [len(lines) for lines in of])
    chief = seen.chief(at)
    beside: dict[int, list[tuple[int, HKL]]] = {}
    counts = seen.part_strength[at] > seen.strength[at, seen.parts] + _COUNTS
    counts &= seen.line != chief[seen.parts]
    for m, n in zip(seen.parts[counts].tolist(), seen.line[counts].tolist(), strict=True):
        beside.setdefault(m, []).append((int(owner[n]), hkl_of(hkl[n])))
    return Explanation(
        of=of,
        position=seen.position[at],
        strength=seen.strength[at],
        basis=seen.basis,
        hkl=hkl[chief],
        owner=owner[chief],
        others={m: tuple(parts) for m, parts in beside.items()},
        **others,
    )


def log_sum(values: Floats) -> Floats:
    """Return the logarithm of the sum of exponentials along the last axis."""
    top = values.max(axis=-1, keepdims=True)
    return np.asarray(np.log(np.exp(values - top).sum(axis=-1)) + top[..., 0])


def log_random(measured: Measured) -> Floats:
    """Return the log density of the intensities of lines that belong to nothing.

    The weakest sets the level of the list and has no density of its own.
    """
    if measured.intensity is None:
        return np.zeros(())
    return np.asarray(_log_stray(np.sort(measured.intensity)[1:]).sum())


def _log_stray(decades: Floats) -> Floats:
    return -decades / STRAY_DECADES - math.log(STRAY_DECADES)


def _ratios(measured: Measured, count: int) -> Floats:
    if count == 1:
        return np.zeros(1)
    return _RATIOS if measured.intensity is None else _FINE_RATIOS


def _without_lines(
    measured: Measured, of: tuple[CalculatedLines, ...], rate: float, density: float
) -> Explanation:
    """Return that all lines are stray, as many as they are."""
    n = len(measured.position)
    shared = len(measured.shift_sigmas)
    evidence = n * math.log(density) - rate + 0.5 * math.log(2.0 * math.pi * rate)
    none = np.zeros(0)
    return Explanation(
        of=of, log_evidence=evidence + float(log_random(measured)), position=none,
        strength=none, basis=np.zeros((0, shared)), listed=none, level=0.0,
        hkl=np.zeros((0, 3), dtype=np.int64), owner=np.zeros(0, dtype=np.int64), others={},
        ratio=0.0, shifts=np.zeros(shared), covariance=np.eye(shared), pairs=None, share=none,
    )  # fmt: skip


def _levels(strength: Floats, n: int, rate: float, grid: Grid) -> tuple[Floats, Floats]:
    """Return levels, shape ``(r, l)``, and the standard deviation of each row of them."""
    middle = line_visibility.level_for(strength, n - rate, SPREAD, VISIBLE)
    p = line_visibility.listed(strength, middle, SPREAD, VISIBLE)
    width = line_visibility.level_width(p, strength, middle, SPREAD, rate)
    return middle[:, np.newaxis] + np.multiply.outer(width, grid.levels), width


def _log_measure(
    measured: Measured, p: Floats, width: Floats, rate: float, grid: Grid
) -> Floats:
    """Return what makes a sum over levels the density of a list of this length, ``(r,)``."""
    levels = np.array(grid.levels)
    if measured.intensity is not None:
        # The weakest line has been measured against the level: its density is by decades.
        step = levels[1] - levels[0] if len(levels) > 1 else math.sqrt(2.0 * math.pi)
        return np.asarray(np.log(width * step))
    # The level is unknown because the length was chosen: what the length alone would say of
    # the levels is taken off, but not how badly a phase with few lines fails to reach it.
    variance = (p * (1.0 - p)).sum(axis=1).reshape(len(width), -1) + rate
    return -log_sum(-0.5 * levels**2 - 0.5 * np.log(2.0 * np.pi * variance))


def _pairs(measured: Measured, seen: SeenLines) -> Pairs | None:
    """Return which observation may be which line, at any ratio."""
    variance = measured.sigma**2 + seen.variance
    reach = _REACH * np.sqrt(variance + (seen.basis**2).sum(axis=1))
    low, high = seen.position.min(axis=0) - reach, seen.position.max(axis=0) + reach
    observed = measured.position[:, np.newaxis]
    observation, line = np.nonzero((observed >= low) & (observed <= high))
    if not len(observation):
        return None
    return Pairs(
        observation=observation,
        line=line,
        residual=measured.position[observation] - seen.position[:, line],
        basis=seen.basis[line],
        variance=variance[line],
    )


def _odds(
    measured: Measured, pairs: Pairs, strength: Floats, level: Floats, p: Floats
) -> Floats:
    """Return log odds of each pair against a stray line of unit density, ``(g, p)``."""
    passed = p[:, pairs.line]
    odds = -np.log1p(-passed)
    if measured.intensity is None:
        return np.asarray(odds + np.log(passed))
    height = measured.intensity[pairs.observation]
    away = (height + level[:, np.newaxis] - strength[:, pairs.line]) / SPREAD
    odds += math.log(VISIBLE / (SPREAD * math.sqrt(2.0 * math.pi))) - 0.5 * away * away
    return np.asarray(odds - _log_stray(height))


def _starts(basis: Floats, grid: Grid) -> Floats:
    """Return starting shifts along the directions that move the lines most, ``(s, k)``."""
    _, vectors = np.linalg.eigh(basis.T @ basis)
    leading = vectors[:, ::-1][:, : grid.directions]
    steps = np.array(grid.starts)
    if grid.directions == 1:
        return np.asarray(steps[:, np.newaxis] * leading.T)
    first, second = np.meshgrid(steps, steps)
    return np.asarray(np.stack([first.ravel(), second.ravel()], axis=1) @ leading.T)
