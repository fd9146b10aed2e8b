"""Scale or shifts of an instrument from lines of a standard whose families are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from navp_structures.analysis.calibration_families import Families
from navp_structures.analysis.calibration_result import Calibration, CalibrationLine
from navp_structures.analysis.indexing.units import Spacing
from navp_structures.errors import InputError
from navp_structures.kernels import lattice
from navp_structures.kernels.common_shift import CommonShift, common_shift, displacement_basis
from navp_structures.kernels.lattice import Floats
from navp_structures.kernels.reflections import representatives
from navp_structures.model.hkl import HKL
from navp_structures.model.phase import Phase
from navp_structures.model.radiation import Radiation

# Times sigma; named families that scatter so much are none of one scale.
_HOPELESS: Final = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """What was measured of a standard.

    Parameters
    ----------
    observed
        With the largest sigma.
    sigmas
        Of each value: relative, for 2θ degrees; None where `observed` has them.
    """

    units: str
    radiation: Radiation | None
    camera_constant: float | None
    observed: tuple[Spacing, ...]
    sigmas: tuple[float, ...] | None

    @property
    def given(self) -> Floats:
        """The numbers as they were given."""
        return np.array([spacing.given for spacing in self.observed])

    @property
    def basis(self) -> Floats:
        """What one unit of each shift adds to a position, ``(n, k)``."""
        if self.radiation is None:
            return np.ones((len(self.observed), 1))
        return displacement_basis(self.given)

    @property
    def slopes(self) -> Floats:
        """Derivative of each position, 2θ or ln d, by ln d."""
        if self.radiation is None:
            return np.ones(len(self.observed))
        return lattice.two_theta_slope(self.given)

    @property
    def sigma(self) -> Floats:
        """One standard deviation of each position."""
        if self.sigmas is not None:
            return np.array(self.sigmas)
        return np.array([s.sigma for s in self.observed]) * np.abs(self.slopes)

    def away(self, phase: Phase, families: Families) -> Floats:
        """Return measured minus calculated positions; NaN without a family."""
        d = np.array([np.nan if hkl is None else phase.d(hkl) for hkl in families])
        if self.radiation is None:
            return np.asarray(np.log(np.array([s.d for s in self.observed]) / d))
        return np.asarray(self.given - lattice.two_theta(d, self.radiation.wavelength))


def fitted(
    measured: Measurement,
    phase: Phase,
    families: Families,
    posterior: float | None,
    prior: tuple[float, ...],
) -> Calibration:
    """Return the shifts by least squares over the values that have a family.

    Raises
    ------
    InputError
        When families that were named do not agree on one shift.
    """
    own = np.array([hkl is not None for hkl in families])
    # A scale is what the lines say; zero and displacement are too alike for that.
    open_ = np.full(1, np.inf) if measured.radiation is None else np.array(prior)
    away, sigma, basis = measured.away(phase, families), measured.sigma, measured.basis
    made = common_shift(away[own], sigma[own], basis[own], open_)
    freedom = int(own.sum()) - basis.shape[1]
    scatter = None if freedom <= 0 else float(np.sqrt((made.residual**2).sum() / freedom))
    if scatter is not None and scatter > _HOPELESS and posterior is None:
        raise InputError(
            f"the values scatter {scatter:.0f} times as much as sigma about one scale or "
            f"shift; they are not these hkls of {phase.id}"
        )
    covariance = made.covariance * max(1.0, scatter or 0.0) ** 2
    covariance += _of_the_cell(made, list(filter(None, families)), phase, measured.slopes[own])
    left = np.full(len(own), np.nan)
    left[own] = made.residual
    return Calibration(
        of=(phase,),
        units=measured.units,
        radiation=measured.radiation,
        camera_constant=measured.camera_constant,
        sigma=measured.sigmas or round(float(sigma[0]), 12),
        prior=prior,
        posterior=posterior,
        shift=tuple(made.shift.tolist()),
        covariance=tuple(map(tuple, covariance.tolist())),
        scatter=scatter,
        rows=tuple(
            _row(phase, spacing, hkl, residual)
            for spacing, hkl, residual in zip(
                measured.observed, families, left.tolist(), strict=True
            )
        ),
    )


def _of_the_cell(
    made: CommonShift, hkls: Sequence[HKL], phase: Phase, slopes: Floats
) -> Floats:
    """Return the covariance by the standard's cell, which is off for all lines at once."""
    covariance = phase.cell.covariance
    if covariance is None:
        return np.zeros_like(made.covariance)
    relative = lattice.log_d_gradient(np.array(hkls), phase.cell.parameters)
    moved = made.gain @ (relative * slopes[:, np.newaxis])
    return np.asarray(moved @ covariance @ moved.T)


def _row(phase: Phase, spacing: Spacing, hkl: HKL | None, residual: float) -> CalibrationLine:
    multiplicity = None
    if hkl is not None:
        multiplicity = int(representatives([hkl], phase.space_group.laue_rotations)[1][0])
    return CalibrationLine(
        phase=phase.id,
        given=spacing.given,
        hkl=hkl,
        multiplicity=multiplicity,
        d_obs=spacing.d,
        d_calc=None if hkl is None else phase.d(hkl),
        deviation_sigma=None if hkl is None else residual,
    )
