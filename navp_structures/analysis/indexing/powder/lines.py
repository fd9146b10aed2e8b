"""Where the lines of a phase are expected, how strong, and how they move together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from navp_structures.analysis.allowed import allowed
from navp_structures.analysis.indexing.powder.measured import Measured
from navp_structures.analysis.powder.lines import powder_lines
from navp_structures.analysis.powder.settings import PowderSettings, defaults
from navp_structures.catalogue.radiations import radiation as find_radiation
from navp_structures.errors import InputError
from navp_structures.kernels import lattice, strain_modes
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.model.phase import Phase
from navp_structures.read_only import ReadOnly

# Decades below the strongest: nothing weaker is ever listed.
_WEAKEST: Final = 5.0

# Shares of the largest variance of a cell below which a mode counts as fixed by symmetry.
_FIXED: Final = 1e-9

# How much further than the range lines are calculated, for the rounding of its ends.
_SLACK: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CalculatedLines(ReadOnly):
    """Lines of a phase within the range of a list, positions ascending.

    Parameters
    ----------
    hkl
        Family of each line, shape ``(m, 3)``.
    position
        On the axis of the list, shape ``(m,)``.
    strength
        Decades, for a given volume of the phase, shape ``(m,)``; 0 without sites.
    basis
        What one sigma of each error of the cell adds to the position, shape ``(m, k)``.
    """

    phase: Phase
    hkl: Ints
    position: Floats
    strength: Floats
    basis: Floats

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.position)


def calculated_lines(phase: Phase, measured: Measured) -> CalculatedLines:
    """Return the lines of a phase, each family its own."""
    hkl, d, weight = _families(phase, measured)
    position = measured.positions_of(d)
    low, high = measured.limits
    inside = (position >= low) & (position <= high)
    inside &= weight > weight.max(initial=0.0) * 10.0**-_WEAKEST
    order = np.flatnonzero(inside)[np.argsort(position[inside], kind="stable")]
    hkl, position, weight = hkl[order], position[order], weight[order]
    return CalculatedLines(
        phase=phase,
        hkl=hkl,
        position=position,
        strength=np.log10(weight) if phase.has_sites else np.zeros(len(weight)),
        basis=measured.slopes(position)[:, np.newaxis] * _cell_modes(phase, hkl),
    )


def strained(lines: CalculatedLines, measured: Measured, strain: float) -> CalculatedLines:
    """Return the lines of a lattice like that of a phase, but with a cell of its own.

    Parameters
    ----------
    strain
        Standard deviation of each free strain of the lattice, relative.
    """
    if not len(lines):
        return lines
    cell, group = lines.phase.cell, lines.phase.space_group
    modes = strain_modes.log_d_modes(lines.hkl, cell.metric_tensor, group.laue_rotations)
    slopes = measured.slopes(lines.position)
    return replace(lines, basis=strain * slopes[:, np.newaxis] * modes)


def _families(phase: Phase, measured: Measured) -> tuple[Ints, Floats, Floats]:
    """Return hkl, d (Å) and strength (no decades) of families that the range may hold."""
    ends = measured.spacings_of(np.array(measured.limits))
    if not phase.has_sites:
        table = allowed(phase, float(ends.min()))
        return table.hkl, table.d, np.ones(len(table.d))
    used = measured.radiation
    if used is None:
        used = find_radiation(measured.wavelength)
    # Planes closer than half a wavelength do not diffract.
    seen = np.maximum(ends, used.wavelength / 2.0)
    low, high = np.sort(lattice.two_theta(seen, used.wavelength)).tolist()
    if low >= high:
        raise InputError(
            f"no line of {used.text} has a spacing below {used.wavelength / 2.0:.4g} Å"
        )
    asked = {"two_theta": (low * (1.0 - _SLACK), min(180.0, high * (1.0 + _SLACK)))}
    lines = powder_lines(phase, PowderSettings(**(defaults(used) | asked), radiation=used))
    # What a volume scatters into a line goes with |F|² / V².
    return lines.hkl, lines.d, lines.intensity * (lines.unit / phase.cell.volume**2)


def _cell_modes(phase: Phase, hkl: Ints) -> Floats:
    """Return what one sigma of each independent error of the cell adds to ln d, ``(m, k)``."""
    covariance = phase.cell.covariance
    if covariance is None:
        return np.zeros((len(hkl), 0))
    values, vectors = np.linalg.eigh(covariance)
    free = values > _FIXED * values[-1]
    gradient = lattice.log_d_gradient(hkl, phase.cell.parameters)
    return np.asarray(gradient @ (vectors[:, free] * np.sqrt(values[free])))
