"""Calibrating an instrument on a standard: a scale of spacings, or the shifts of 2θ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from navp_structures.analysis.calibration_families import named_families, searched_families
from navp_structures.analysis.calibration_fit import Measurement, fitted
from navp_structures.analysis.calibration_result import Calibration
from navp_structures.analysis.indexing.units import spacings
from navp_structures.analysis.numbers import LEAST_SIGMA, ordered_items, within
from navp_structures.catalogue.catalogue import PhaseLike, as_phase
from navp_structures.catalogue.radiations import RadiationLike
from navp_structures.catalogue.radiations import radiation as find_radiation
from navp_structures.errors import InputError

DEFAULT_SCALE_SIGMA: Final = 0.05
"""Relative; a nominal camera length or magnification is good to about 5 %."""

DEFAULT_ZERO_SIGMA: Final = 0.1
DEFAULT_DISPLACEMENT_SIGMA: Final = 0.2
"""Degrees of 2θ; what an instrument may be off before it is calibrated."""

_MOST: Final = 200


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
    posterior = None
    if hkls is None:
        of_all = widest if used else observed[0].sigma
        found, posterior = searched_families(standard, observed, used, of_all, prior)
    else:
        found = named_families(hkls, standard, observed, used)
    measured = Measurement(units, used, camera_constant, observed, each)
    return fitted(measured, standard, found, posterior, prior)


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
    each = tuple(within(item, "sigma", LEAST_SIGMA, most, unit) for item in items)
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
            within(zero, "zero_sigma", LEAST_SIGMA, 1.0, "degrees"),
            within(displacement, "displacement_sigma", LEAST_SIGMA, 1.0, "degrees"),
        )
    if zero is not None or displacement is not None:
        raise InputError("zero_sigma and displacement_sigma go with two_theta only")
    scale = DEFAULT_SCALE_SIGMA if scale is None else scale
    return (within(scale, "scale_sigma", LEAST_SIGMA, 0.1, "relative"),)
