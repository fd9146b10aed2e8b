"""Lines as they are seen: what the instrument does not resolve is one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from navp_structures.analysis.indexing.powder.lines import CalculatedLines
from navp_structures.analysis.indexing.powder.measured import Resolution
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.line_merging import merged_runs

# Natural logarithm, of a factor of 0.35 decades: by so much the intensities that weigh the
# parts of a line are off.
_SPREAD: Final = 0.8

# Degrees, or of a logarithm; more than any range.
_APART: Final = 1e4

# Decades below the strongest line of the other phase.
_MIDDLING: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeenLines:
    """Lines of one or two phases as they are seen, for each of r ratios of the phases.

    Parameters
    ----------
    position
        Mean of the parts, weighted by intensity, shape ``(r, m)``.
    strength
        Decades, of all parts together, shape ``(r, m)``.
    basis
        What each shift adds to each line, shape ``(m, k)``.
    variance
        Of the mean, by the errors of the intensities, shape ``(m,)``.
    line, parts
        Numbers of all calculated lines, those of the second phase after those of the first,
        and the seen line that each is part of, ascending, shape ``(n,)``.
    part_strength
        Decades, of each of these, shape ``(r, n)``.
    """

    position: Floats
    strength: Floats
    basis: Floats
    variance: Floats
    line: Ints
    parts: Ints
    part_strength: Floats

    def chief(self, ratio: int) -> Ints:
        """Return the number of the strongest part of each line, shape ``(m,)``."""
        order = np.lexsort((-self.part_strength[ratio], self.parts))
        first = np.flatnonzero(np.diff(self.parts[order], prepend=-1))
        return self.line[order[first]]


def seen_lines(
    of: tuple[CalculatedLines, ...], shifts: Floats, ratios: Floats, resolution: Resolution
) -> SeenLines:
    """Return the lines of phases, those nearer than the resolution as one.

    Parameters
    ----------
    shifts
        What the instrument's shifts add to each calculated line, shape ``(n, k)``.
    ratios
        Decades, volume of the second phase over that of the first, shape ``(r,)``.
    """
    position = np.concatenate([lines.position for lines in of])
    place = position
    if not resolution.between:
        # Far apart, no line of one phase is near one of the other.
        place = position + _APART * np.repeat(np.arange(len(of)), [len(lines) for lines in of])
    order = np.argsort(place, kind="stable")
    position, strength = position[order], _strengths(of, ratios)[:, order]
    basis = _with_cells(of, shifts)[order]
    middle = len(ratios) // 2
    top = strength.max(axis=1, keepdims=True, initial=-np.inf)
    weight = 10.0 ** (strength - top)
    starts = merged_runs(place[order], weight[middle], resolution.width)
    if not len(starts):
        return SeenLines(
            position=strength, strength=strength, basis=basis, variance=position, line=order,
            parts=order, part_strength=strength,
        )  # fmt: skip
    parts = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(position)))
    total = np.add.reduceat(weight, starts, axis=1)
    # Relative to its first part, for a mean of large numbers is known less well.
    away = position - position[starts][parts]
    mean = np.add.reduceat(weight * away, starts, axis=1) / total
    share = weight[middle] / total[middle, parts]
    lever = (share * (away - mean[middle, parts])) ** 2
    return SeenLines(
        position=position[starts] + mean,
        strength=np.log10(total) + top,
        basis=np.add.reduceat(share[:, np.newaxis] * basis, starts, axis=0),
        variance=_SPREAD**2 * np.add.reduceat(lever, starts),
        line=order,
        parts=parts,
        part_strength=strength,
    )


def _strengths(of: tuple[CalculatedLines, ...], ratios: Floats) -> Floats:
    """Return the strength of each line at each ratio, shape ``(r, n)``."""
    # A phase without sites is given middling lines, whatever the unit of the other's.
    known = [lines.strength.max() for lines in of if lines.phase.has_sites and len(lines)]
    middling = max(known) - _MIDDLING if known else 0.0
    shifts = (0.0 * ratios, ratios)
    return np.concatenate(
        [
            np.add.outer(shift, lines.strength + (0.0 if lines.phase.has_sites else middling))
            for lines, shift in zip(of, shifts, strict=False)
        ],
        axis=1,
    )


def _with_cells(of: tuple[CalculatedLines, ...], shifts: Floats) -> Floats:
    """Return what shifts and the errors of each cell add to each line, ``(n, k)``."""
    columns = [shifts]
    first = 0
    for lines in of:
        own = np.zeros((len(shifts), lines.basis.shape[1]))
        own[first : first + len(lines)] = lines.basis
        columns.append(own)
        first += len(lines)
    return np.concatenate(columns, axis=1)
