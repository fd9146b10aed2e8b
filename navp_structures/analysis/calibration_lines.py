"""The lines of a standard, measured and calculated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from navp_structures.analysis.indexing.units import Spacing
from navp_structures.analysis.reflections import Families, families
from navp_structures.errors import InputError
from navp_structures.kernels import lattice
from navp_structures.kernels.lattice import Floats
from navp_structures.model.phase import Phase
from navp_structures.model.radiation import Radiation

# Of |F|² m: weaker families are not seen beside the strongest.
_WEAKEST: Final = 1e-4


class StandardLines:
    """Measured and calculated lines on the axis on which shifts add: 2θ, or ln d.

    Parameters
    ----------
    phase
        The standard.
    radiation
        None for spacings.
    prior
        Of ln of the scale, or of zero and displacement (degrees).
    are_named
        Whether it is known which families the values are: then weak ones may be among them.

    Attributes
    ----------
    table
        The families that the values may be.
    measured, sigma, calculated
        Positions, shapes ``(n,)``, ``(n,)`` and ``(m,)``.
    basis
        What one unit of each shift adds to a measured position, ``(n, k)``.
    weakness
        Minus the logarithm of the relative intensity of each family, ``(m,)``.
    """

    def __init__(
        self,
        phase: Phase,
        observed: Sequence[Spacing],
        radiation: Radiation | None,
        prior: tuple[float, ...],
        *,
        are_named: bool = False,
    ) -> None:
        self.phase = phase
        self.observed = observed
        self.radiation = radiation
        d = np.array([spacing.d for spacing in observed])
        relative = np.array([spacing.sigma for spacing in observed])
        self.table = _table(phase, d, relative, radiation, prior, any_strength=are_named)
        self.measured = self.position(d)
        self.sigma = relative * np.abs(self.slope(self.measured))
        self.calculated = self.position(self.table.d)
        self.basis = self._basis()
        weight = self.table.f_squared * self.table.multiplicity
        if not phase.has_sites:
            weight = np.ones(len(weight))
        self.weakness = -np.log(np.maximum(weight / weight.max(), 1e-300))

    @property
    def in_degrees(self) -> bool:
        """Whether positions are 2θ."""
        return self.radiation is not None

    def position(self, d: Floats) -> Floats:
        """Return the positions of spacings (Å)."""
        if self.radiation is None:
            return np.log(d)
        return lattice.two_theta(d, self.radiation.wavelength)

    def slope(self, position: Floats) -> Floats:
        """Return the derivative of a position by ln d."""
        if not self.in_degrees:
            return np.ones_like(position)
        return np.asarray(np.degrees(-2.0 * np.tan(np.radians(position) / 2.0)))

    def _basis(self) -> Floats:
        ones = np.ones_like(self.measured)
        if not self.in_degrees:
            return ones[:, np.newaxis]
        return np.stack([ones, np.cos(np.radians(self.measured) / 2.0)], axis=1)


def _table(
    phase: Phase,
    d: Floats,
    sigma: Floats,
    radiation: Radiation | None,
    prior: tuple[float, ...],
    *,
    any_strength: bool,
) -> Families:
    """Return the families of the standard that the values may be."""
    wide = 3.0 * (float(sigma.max()) + (0.0 if radiation else prior[0]))
    d_min = float(d.min()) / (1.0 + wide)
    if radiation is not None:
        last = float(lattice.two_theta(d.min(), radiation.wavelength))
        farthest = min(last + 3.0 * sum(prior) + 1.0, 179.9)
        d_min = float(lattice.bragg_spacings(farthest, radiation.wavelength))
    # In steps, so that neighbouring questions share one cached list.
    d_min = math.floor(d_min * 20.0) / 20.0 if d_min > 0.5 else d_min
    probe = radiation.probe if radiation else "electron"
    table = families(phase, d_min, probe)
    strong = ~table.absent
    if phase.has_sites and not any_strength:
        weight = table.f_squared * table.multiplicity
        strong &= weight > _WEAKEST * weight.max(initial=0.0)
    if radiation is not None:
        strong &= table.d > 0.5 * radiation.wavelength
    if not strong.any():
        raise InputError(f"{phase.id} has no line as far out as {d.min():.4g} Å")
    return Families(
        hkl=table.hkl[strong],
        multiplicity=table.multiplicity[strong],
        d=table.d[strong],
        absent=table.absent[strong],
        f_squared=table.f_squared[strong],
    )
