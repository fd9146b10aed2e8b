"""Calibrating an instrument on a standard: a scale of spacings, or the shifts of 2θ."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from navp_structures.analysis.calibration_result import Calibration, CalibrationLine
from navp_structures.analysis.calibration_search import Mode, modes_of
from navp_structures.analysis.indexing.powder.measured import measured_lines
from navp_structures.analysis.indexing.units import Spacing, spacings
from navp_structures.analysis.numbers import ordered_items, within
from navp_structures.catalogue.catalogue import PhaseLike, as_phase
from navp_structures.catalogue.radiations import RadiationLike
from navp_structures.catalogue.radiations import radiation as find_radiation
from navp_structures.errors import InputError, shown
from navp_structures.kernels import lattice
from navp_structures.kernels.common_shift import CommonShift, common_shift, displacement_basis
from navp_structures.kernels.lattice import Floats
from navp_structures.kernels.reflections import representatives
from navp_structures.model.hkl import HKL, as_hkl, format_hkl, hkl_of
from navp_structures.model.phase import Phase
from navp_structures.model.radiation import Radiation

DEFAULT_SCALE_SIGMA: Final = 0.05
"""Relative; a nominal camera length or magnification is good to about 5 %."""

DEFAULT_ZERO_SIGMA: Final = 0.1
DEFAULT_DISPLACEMENT_SIGMA: Final = 0.2
"""Degrees of 2θ; what an instrument may be off before it is calibrated."""

LEAST_POSTERIOR: Final = 0.9
"""Below it values are not taken for lines of the standard."""

_MOST: Final = 200

# Of so many values one may be no line of the standard: who measures a standard knows what it
# is, and fewer lines say too little without it.
_ONE_STRAY_IN: Final = 5

# Times sigma: named families that scatter so much are none of one scale.
_HOPELESS: Final = 5.0


def calibrate(
    values: float | Iterable[float],
    phase: PhaseLike,
    *,
    units: str = "A",
    sigma: float | Sequence[float] | None = None,
    radiation: RadiationLike | None = None,
    camera_constant: float | None = None,
    hkls: Sequence[str | Sequence[int]] | None = None,
    scale_sigma: float | None = None,
    zero_sigma: float | None = None,
    displacement_sigma: float | None = None,
) -> Calibration:
    r"""Return what an instrument makes of the spacings of a standard.

    Lengths share one scale, d_obs = scale × d_calc. Lines in 2θ share a zero shift and the
    shift of a displaced sample, 2θ_obs = 2θ_calc + zero + displacement cos θ. Which families
    the values are is asked as `index_powder` does: each family is one line, strong ones that
    are missing count against it, a few lines may be stray, and lines at random and an unknown
    lattice compete. Where the posterior of the assignment is below 0.9, nothing is calibrated.

    Parameters
    ----------
    values
        Measured spacings or lines of the standard, rings or peaks, 1 to 200, each once.
    phase
        The standard: a Phase, a name (such as one of the plugin ``navp-calibrants``) or the
        path of a CIF. The su of its cell enters that of the result.
    units
        ``A``, ``nm``, ``1/A``, ``1/nm``, ``q``, ``two_theta`` or ``px``.
    sigma
        One standard deviation of the values, one number or one for each: relative, 0.01 when
        None; degrees for ``two_theta``, 0.05 when None. Values that scatter more widen the su
        of the result.
    radiation
        Needed for ``two_theta``, there is no default.
    camera_constant
        Needed for ``px``: the nominal one, distance times spacing (px Å).
    hkls
        The family of each value, where it is known; then nothing is searched.
    scale_sigma
        What the scale may be off beforehand (relative, one standard deviation, at most 0.1),
        0.05 when None. It decides between assignments and does not pull the result.
    zero_sigma, displacement_sigma
        The same for 2θ (degrees), 0.1 and 0.2 when None. Zero and displacement are nearly
        the same over a short range; there these keep them apart and pull them towards 0.

    Returns
    -------
    Scale or shifts with su; `index_spacings`, `index_spots`, `index_many`, `index_sequence`
    and `index_powder` take it as ``calibration=``.

    Raises
    ------
    InputError
        When a value or an option does not fit, the values are probably no lines of the
        standard, or do not decide which ones.

    Notes
    -----
    Another substance with the same kind of lattice shows the same lines on another scale; only
    the prior of the scale speaks against it.

    Examples
    --------
    >>> result = calibrate([6.27, 4.41, 3.77], "Na3VP", sigma=0.002)
    >>> round(result.scale, 4), [row.hkl for row in result.rows]
    (1.0091, [(0, 1, 2), (1, 1, 0), (1, 1, 3)])
    """
    standard = as_phase(phase)
    used = None if radiation is None else find_radiation(radiation)
    each, widest = _sigmas(sigma, units, values)
    observed = spacings(
        values, units=units, sigma=widest, radiation=used, camera_constant=camera_constant
    )
    if len(observed) > _MOST:
        raise InputError(f"{len(observed)} values are given; a standard has at most {_MOST}")
    prior = _prior(units, scale_sigma, zero_sigma, displacement_sigma)
    if hkls is None:
        found = _searched(standard, observed, used, widest, prior)
    else:
        found = _named(hkls, standard, observed, used)
    return _solved(found, standard, observed, units, used, camera_constant, each, prior)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Found:
    """Families of the values, measured minus calculated positions, and how probable."""

    hkls: tuple[HKL | None, ...]
    away: Floats
    posterior: float | None


def _sigmas(
    sigma: float | Sequence[float] | None, units: str, values: object
) -> tuple[tuple[float, ...] | None, float | None]:
    """Return the sigma of each value where each has its own, and the largest."""
    items = ordered_items(sigma) if sigma is not None else None
    if items is None:
        return None, sigma  # type: ignore[return-value]
    count = len(ordered_items(values) or [values])
    if len(items) != count:
        raise InputError(f"{len(items)} sigmas for {count} values; each needs one, or one all")
    most, unit = (5.0, "degrees") if units == "two_theta" else (0.3, "relative")
    each = tuple(within(item, "sigma", 1e-9, most, unit) for item in items)
    return each, max(each)


def _prior(
    units: str, scale: float | None, zero: float | None, displacement: float | None
) -> tuple[float, ...]:
    if units == "two_theta":
        if scale is not None:
            raise InputError("scale_sigma goes with spacings; 2θ has a zero shift instead")
        zero = DEFAULT_ZERO_SIGMA if zero is None else zero
        displacement = DEFAULT_DISPLACEMENT_SIGMA if displacement is None else displacement
        return (
            within(zero, "zero_sigma", 1e-6, 1.0, "degrees"),
            within(displacement, "displacement_sigma", 1e-6, 1.0, "degrees"),
        )
    if zero is not None or displacement is not None:
        raise InputError("zero_sigma and displacement_sigma go with two_theta only")
    scale = DEFAULT_SCALE_SIGMA if scale is None else scale
    return (within(scale, "scale_sigma", 1e-6, 0.1, "relative"),)


def _searched(
    phase: Phase,
    observed: Sequence[Spacing],
    used: Radiation | None,
    sigma: float | None,
    prior: tuple[float, ...],
) -> _Found:
    """Return the most probable families; raise InputError where they are not probable."""
    in_degrees = used is not None
    measured = measured_lines(
        [spacing.given if in_degrees else spacing.d for spacing in observed],
        units="two_theta" if in_degrees else "A",
        radiation=used,
        sigma=sigma if in_degrees else observed[0].sigma,
        intensities=None,
        zero_sigma=prior[0] if in_degrees else None,
        displacement_sigma=prior[1] if in_degrees else None,
        scale_sigma=None if in_degrees else prior[0],
        limits=None,
        resolution=None,
    )
    modes = modes_of(measured, phase)
    if not modes:
        raise InputError(
            f"{phase.id} has no line near {', '.join(f'{s.given:g}' for s in observed[:3])}"
            f"{', ...' if len(observed) > 3 else ''}; is it the standard, and are the units "
            "right?"
        )
    best = modes[0]
    if best.posterior < LEAST_POSTERIOR:
        raise InputError(_doubt(modes, phase, in_degrees=in_degrees))
    stray = [s.given for s, hkl in zip(observed, best.hkls, strict=True) if hkl is None]
    if _ONE_STRAY_IN * len(stray) > len(observed):
        raise InputError(
            f"{', '.join(f'{value:g}' for value in stray)}: no line of {phase.id} where the "
            f"others are {_labels(best, in_degrees=in_degrees)}; leave it out if it is another "
            "phase's, or give a larger sigma"
        )
    return _Found(hkls=best.hkls, away=best.away, posterior=best.posterior)


def _doubt(modes: Sequence[Mode], phase: Phase, *, in_degrees: bool) -> str:
    """Return why values are not taken for lines of the standard."""
    own = sum(mode.posterior for mode in modes)
    if own < LEAST_POSTERIOR:
        return (
            f"the values are lines of {phase.id} with a probability of {own:.2f} only; give "
            "hkls, more lines, or a sigma and a prior of the shift that fit"
        )
    texts = [_labels(mode, in_degrees=in_degrees) for mode in modes[:2]]
    return (
        f"the values do not decide which lines of {phase.id} they are: "
        f"{' or '.join(texts)}; give hkls or more lines"
    )


def _labels(mode: Mode, *, in_degrees: bool) -> str:
    names = [format_hkl(hkl) if hkl is not None else "none" for hkl in mode.hkls]
    told = ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
    shift = f"shift {mode.shift.sum():+.2f}°" if in_degrees else ""
    shift = shift or f"scale {math.exp(float(mode.shift[0])):.3f}"
    return f"{told} ({shift}, probability {mode.posterior:.2f})"


def _named(
    hkls: Sequence[str | Sequence[int]],
    phase: Phase,
    observed: Sequence[Spacing],
    used: Radiation | None,
) -> _Found:
    """Return the families that are said to be those of the values."""
    items = ordered_items(hkls)
    if items is None:
        raise InputError(f"hkls is {shown(hkls)}; give a list with one family for each value")
    if len(items) != len(observed):
        raise InputError(f"{len(items)} hkls for {len(observed)} values; each needs one")
    wanted = [as_hkl(item) for item in items]
    for hkl in wanted:
        rule = phase.absence(hkl)
        if rule is not None:
            raise InputError(f"{format_hkl(hkl)} of {phase.id} is extinct: {rule.rule}")
    d = np.array([phase.d(hkl) for hkl in wanted])
    seen = np.array([spacing.d for spacing in observed])
    if used is None:
        away = np.log(seen / d)
    else:
        away = lattice.two_theta(seen, used.wavelength) - lattice.two_theta(d, used.wavelength)
        if not np.isfinite(away).all():
            bad = format_hkl(wanted[int(np.argmin(np.isfinite(away)))])
            raise InputError(f"{bad} of {phase.id} does not diffract at {used.wavelength:g} Å")
    members, _ = representatives(wanted, phase.space_group.laue_rotations)
    return _Found(hkls=tuple(map(hkl_of, members)), away=np.asarray(away), posterior=None)


def _solved(
    found: _Found,
    phase: Phase,
    observed: Sequence[Spacing],
    units: str,
    used: Radiation | None,
    camera_constant: float | None,
    each: tuple[float, ...] | None,
    prior: tuple[float, ...],
) -> Calibration:
    """Return the shifts by least squares over the lines whose families are known."""
    own = np.array([hkl is not None for hkl in found.hkls])
    sigma = _positional(observed, used, each)
    given = np.array([spacing.given for spacing in observed])
    basis = np.ones((len(observed), 1)) if used is None else displacement_basis(given)
    # A scale is what the lines say; zero and displacement are too alike for that.
    open_ = np.full(1, np.inf) if used is None else np.array(prior)
    made = common_shift(found.away[own], sigma[own], basis[own], open_)
    freedom = int(own.sum()) - basis.shape[1]
    scatter = None if freedom <= 0 else float(np.sqrt((made.residual**2).sum() / freedom))
    if scatter is not None and scatter > _HOPELESS and found.posterior is None:
        raise InputError(
            f"the values scatter {scatter:.0f} times as much as sigma about one scale or "
            f"shift; they are not these hkls of {phase.id}"
        )
    kept = [hkl for hkl in found.hkls if hkl is not None]
    covariance = made.covariance * max(1.0, scatter or 0.0) ** 2
    covariance += _of_the_cell(made, kept, phase, given[own], used)
    left = np.full(len(observed), np.nan)
    left[own] = made.residual
    return Calibration(
        of=(phase,),
        units=units,
        radiation=used,
        camera_constant=camera_constant,
        sigma=each if each is not None else _given_sigma(observed, sigma, used),
        prior=prior,
        posterior=found.posterior,
        shift=tuple(made.shift.tolist()),
        covariance=tuple(map(tuple, covariance.tolist())),
        scatter=scatter,
        rows=tuple(
            _row(phase, spacing, hkl, residual)
            for spacing, hkl, residual in zip(observed, found.hkls, left.tolist(), strict=True)
        ),
    )


def _positional(
    observed: Sequence[Spacing], used: Radiation | None, each: tuple[float, ...] | None
) -> Floats:
    """Return one standard deviation of each position: ln d, or 2θ in degrees."""
    if each is not None:
        return np.array(each)
    relative = np.array([spacing.sigma for spacing in observed])
    if used is None:
        return relative
    theta = np.radians([spacing.given / 2.0 for spacing in observed])
    return np.asarray(np.degrees(2.0 * relative * np.tan(theta)))


def _given_sigma(observed: Sequence[Spacing], sigma: Floats, used: Radiation | None) -> float:
    return observed[0].sigma if used is None else float(round(sigma[0], 12))


def _of_the_cell(
    made: CommonShift,
    hkls: Sequence[HKL],
    phase: Phase,
    two_theta: Floats,
    used: Radiation | None,
) -> Floats:
    """Return the covariance by the standard's cell, which is off for all lines at once."""
    covariance = phase.cell.covariance
    if covariance is None:
        return np.zeros_like(made.covariance)
    relative = lattice.log_d_gradient(np.array(hkls), phase.cell.parameters)
    if used is not None:
        slope = np.degrees(-2.0 * np.tan(np.radians(two_theta) / 2.0))
        relative = relative * slope[:, np.newaxis]
    moved = made.gain @ relative
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
