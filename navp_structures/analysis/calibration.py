"""Calibrating an instrument on a standard: a scale of spacings, or the shifts of 2θ."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from navp_structures.analysis.calibration_lines import StandardLines
from navp_structures.analysis.calibration_result import Calibration, CalibrationLine
from navp_structures.analysis.indexing.candidates import relative_d_su
from navp_structures.analysis.indexing.units import (
    DEFAULT_SIGMA_TWO_THETA,
    Spacing,
    spacings,
)
from navp_structures.analysis.numbers import within
from navp_structures.catalogue.catalogue import PhaseLike, as_phase
from navp_structures.catalogue.radiations import RadiationLike
from navp_structures.catalogue.radiations import radiation as find_radiation
from navp_structures.errors import InputError
from navp_structures.kernels.common_shift import CommonShift, common_shifts, without_prior
from navp_structures.kernels.lattice import Floats
from navp_structures.model.hkl import as_hkl, format_hkl, hkl_of
from navp_structures.model.phase import Phase

DEFAULT_SCALE_SIGMA: Final = 0.05
"""Relative; a nominal camera length or magnification is good to about 5 %."""

DEFAULT_ZERO_SIGMA: Final = 0.1
DEFAULT_DISPLACEMENT_SIGMA: Final = 0.2
"""Degrees of 2θ; what an instrument may be off before it is calibrated."""

# Probability of another scale above which the lines do not decide.
_DOUBT: Final = 0.05

# Standard deviations from which on two scales are different ones.
_APART: Final = 3.0

_MOST: Final = 500


def calibrate(
    values: float | Iterable[float],
    phase: PhaseLike,
    *,
    units: str = "A",
    sigma: float | None = None,
    radiation: RadiationLike | None = None,
    camera_constant: float | None = None,
    hkls: Sequence[str | Sequence[int]] | None = None,
    scale_sigma: float | None = None,
    zero_sigma: float | None = None,
    displacement_sigma: float | None = None,
) -> Calibration:
    r"""Return what an instrument makes of the spacings of a standard.

    Lengths share one scale, d_obs = scale × d_calc. Lines in 2θ share a zero shift and the
    shift of a displaced sample, 2θ_obs = 2θ_calc + zero + displacement cos θ. Each line is
    the family of the standard that makes all agree best, the strong before the weak; where
    another assignment, with another scale, is not improbable, nothing is calibrated.

    Parameters
    ----------
    values
        Measured spacings or lines of the standard, rings or peaks, 1 to 500.
    phase
        The standard: a Phase, a name (such as one of the plugin ``navp-calibrants``) or the
        path of a CIF. The su of its cell enters that of the result.
    units
        ``A``, ``nm``, ``1/A``, ``1/nm``, ``q``, ``two_theta`` or ``px``.
    sigma
        One standard deviation of each value: relative, 0.01 when None; degrees for
        ``two_theta``, 0.05 when None. Values that scatter more widen the su of the result.
    radiation
        Needed for ``two_theta``, there is no default.
    camera_constant
        Needed for ``px``: the nominal one, distance times spacing (px Å).
    hkls
        The family of each value, where it is known; then nothing is searched.
    scale_sigma
        What the scale may be off beforehand (relative, one standard deviation), 0.05 when
        None. It decides between assignments and does not pull the result.
    zero_sigma, displacement_sigma
        The same for 2θ (degrees), 0.1 and 0.2 when None. Zero and displacement are nearly
        the same over a short range, where these keep them apart.

    Returns
    -------
    Scale or shifts with su; `index_spacings`, `index_spots`, `index_many`, `index_sequence`
    and `index_powder` take it as ``calibration=``.

    Raises
    ------
    InputError
        When a value or an option does not fit, fewer than half of the values are lines of
        the standard, or the values do not decide which lines they are.

    Examples
    --------
    >>> result = calibrate([6.27, 4.41, 3.77], "Na3VP", sigma=0.002)
    >>> round(result.scale, 4), [row.hkl for row in result.rows]
    (1.0091, [(0, 1, 2), (1, 1, 0), (1, 1, 3)])
    """
    standard = as_phase(phase)
    used = None if radiation is None else find_radiation(radiation)
    observed = spacings(
        values, units=units, sigma=sigma, radiation=used, camera_constant=camera_constant
    )
    if len(observed) > _MOST:
        raise InputError(f"{len(observed)} values are given; a standard has at most {_MOST}")
    prior = _prior(units, scale_sigma, zero_sigma, displacement_sigma)
    of = StandardLines(standard, observed, used, prior, are_named=hkls is not None)
    weakness = of.weakness if hkls is None else _named(hkls, standard, of)
    fits = common_shifts(
        of.measured, of.sigma, of.basis, of.calculated, weakness, np.array(prior)
    )
    made = _decided(fits, of)
    if not of.in_degrees:
        made = without_prior(made, of.sigma, of.basis)
    covariance, scatter = _covariance(made, of)
    return Calibration(
        of=(standard,),
        units=units,
        radiation=used,
        camera_constant=camera_constant,
        sigma=_sigma(observed, sigma, units),
        shift=tuple(made.shift.tolist()),
        covariance=tuple(map(tuple, covariance.tolist())),
        scatter=scatter,
        rows=tuple(_rows(made, of)),
    )


def _sigma(observed: Sequence[Spacing], sigma: float | None, units: str) -> float:
    """Return one standard deviation of the values, relative or in degrees."""
    if units != "two_theta":
        return observed[0].sigma
    return DEFAULT_SIGMA_TWO_THETA if sigma is None else float(sigma)


def _prior(
    units: str, scale: float | None, zero: float | None, displacement: float | None
) -> tuple[float, ...]:
    if units == "two_theta":
        if scale is not None:
            raise InputError("scale_sigma goes with spacings; 2θ has a zero shift instead")
        zero = DEFAULT_ZERO_SIGMA if zero is None else zero
        displacement = DEFAULT_DISPLACEMENT_SIGMA if displacement is None else displacement
        return (
            within(zero, "zero_sigma", 1e-6, 5.0, "degrees"),
            within(displacement, "displacement_sigma", 1e-6, 5.0, "degrees"),
        )
    if zero is not None or displacement is not None:
        raise InputError("zero_sigma and displacement_sigma go with two_theta only")
    scale = DEFAULT_SCALE_SIGMA if scale is None else scale
    return (within(scale, "scale_sigma", 1e-6, 0.3, "relative"),)


def _named(hkls: Sequence[str | Sequence[int]], phase: Phase, of: StandardLines) -> Floats:
    """Return what makes each value the family that it is said to be."""
    wanted = [as_hkl(item) for item in hkls]
    if len(wanted) != len(of.observed):
        raise InputError(f"{len(wanted)} hkls for {len(of.observed)} values; each needs one")
    weakness = np.full((len(wanted), len(of.calculated)), np.inf)
    for n, hkl in enumerate(wanted):
        rule = phase.absence(hkl)
        if rule is not None:
            raise InputError(f"{format_hkl(hkl)} of {phase.id} is extinct: {rule.rule}")
        same = np.abs(of.table.d / phase.d(hkl) - 1.0) < 1e-9
        if not same.any():
            raise InputError(
                f"{of.observed[n].given:g} is no {format_hkl(hkl)} of {phase.id}: "
                f"d is {phase.d(hkl):.4f} Å"
            )
        weakness[n, np.flatnonzero(same)[0]] = 0.0
    return weakness


def _decided(fits: list[CommonShift], of: StandardLines) -> CommonShift:
    """Return the best assignment; raise InputError where the values do not decide."""
    name = of.phase.id
    enough = [fit for fit in fits if 2 * int((fit.line >= 0).sum()) >= len(of.observed)]
    if not enough:
        raise InputError(
            f"fewer than half of the {len(of.observed)} values are lines of {name}; give "
            "other values, a larger sigma or a larger scale_sigma"
        )
    best = enough[0]
    weights = np.exp(-0.5 * np.array([fit.cost - best.cost for fit in enough]))
    inverse = np.linalg.inv(best.covariance)
    others = 0.0
    rival = None
    for fit, weight in zip(enough, weights.tolist(), strict=True):
        step = fit.shift - best.shift
        if step @ inverse @ step > _APART**2:
            others += weight
            rival = rival or fit
    share = others / float(weights.sum())
    if rival is not None and share > _DOUBT:
        raise InputError(
            f"the values do not decide which lines of {name} they are: {_labels(best, of)} "
            f"and {_labels(rival, of)} both fit, and assignments with another shift have a "
            f"probability of {share:.2f}; give hkls, more values or a smaller sigma"
        )
    return best


def _labels(fit: CommonShift, of: StandardLines) -> str:
    names = [
        format_hkl(of.table.hkl[line]) if line >= 0 else "none" for line in fit.line.tolist()
    ]
    shown = ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
    if of.in_degrees:
        return f"{shown} (2θ shifted by {float((of.basis @ fit.shift)[0]):+.2f}°)"
    return f"{shown} (scale {math.exp(float(fit.shift[0])):.3f})"


def _covariance(made: CommonShift, of: StandardLines) -> tuple[Floats, float | None]:
    """Return the covariance of the shifts, and by what the lines scatter more than sigma."""
    used = made.line >= 0
    freedom = int(used.sum()) - len(made.shift)
    covariance = made.covariance
    scatter = None
    if freedom > 0:
        squares = float((made.residual[used] ** 2).sum())
        scatter = math.sqrt(squares / freedom)
        covariance = covariance * max(1.0, scatter**2)
    # The standard's own cell is off for all of its lines at once.
    common = np.zeros(len(of.observed))
    su = relative_d_su(of.phase, of.table)[made.line[used]]
    common[used] = su * of.slope(of.measured[used])
    error = made.gain @ common
    return covariance + np.outer(error, error), scatter


def _rows(made: CommonShift, of: StandardLines) -> list[CalibrationLine]:
    rows = []
    for n, spacing in enumerate(of.observed):
        line = int(made.line[n])
        found: dict[str, Any] = {"hkl": None, "multiplicity": None, "d_calc": None}
        if line >= 0:
            found = {
                "hkl": hkl_of(of.table.hkl[line]),
                "multiplicity": int(of.table.multiplicity[line]),
                "d_calc": float(of.table.d[line]),
            }
        rows.append(
            CalibrationLine(
                phase=of.phase.id,
                given=spacing.given,
                d_obs=spacing.d,
                deviation_sigma=float(made.residual[n]) if line >= 0 else None,
                **found,
            )
        )
    return rows
