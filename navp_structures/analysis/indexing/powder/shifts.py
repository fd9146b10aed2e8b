"""What an instrument adds to all lines: zero and displacement, or a scale."""

from __future__ import annotations

from typing import Final

import numpy as np

from navp_structures.analysis.calibration_result import Calibration
from navp_structures.analysis.numbers import zero_or_sigma
from navp_structures.errors import InputError
from navp_structures.kernels.lattice import Floats

DEFAULT_ZERO_SIGMA: Final = 0.03
"""Degrees of 2θ. A diffractometer that was adjusted with a standard reads 0.01 to 0.05 off."""

DEFAULT_DISPLACEMENT_SIGMA: Final = 0.05
"""Degrees of 2θ at θ = 0: 0.1 mm at a radius of 240 mm, which a hand-filled holder is off."""

DEFAULT_SCALE_SIGMA: Final = 0.002
"""Relative; what a shift by 0.05 degrees does to d in the middle of a laboratory pattern."""


def shifts(
    in_degrees: bool,
    calibration: Calibration | None,
    of_degrees: tuple[float | None, float | None],
    scale: float | None,
) -> tuple[Floats, Floats]:
    """Return what is known of the shifts, and a factor of the covariance of the rest.

    Parameters
    ----------
    of_degrees
        Standard deviations of zero and displacement (degrees); None for the usual ones.
    scale
        That of the scale, relative.

    Returns
    -------
    Zero and displacement (degrees), or ln of the scale, ``(k,)``; a matrix whose product
    with its transpose is the covariance of what is left, ``(k, k)``.
    """
    sigmas = _sigmas(in_degrees, calibration, of_degrees, scale)
    if calibration is None:
        return np.zeros(len(sigmas)), np.diag(sigmas)
    left = np.array(calibration.covariance) + np.diag(sigmas) ** 2
    return np.array(calibration.shift), np.asarray(np.linalg.cholesky(left))


def _sigmas(
    in_degrees: bool,
    calibration: Calibration | None,
    of_degrees: tuple[float | None, float | None],
    scale: float | None,
) -> tuple[float, ...]:
    """Return what the shifts may be, beside what a calibration says."""
    known = calibration is not None
    if in_degrees:
        if scale is not None:
            raise InputError("scale_sigma goes with d, 1/A and q; 2θ has a zero shift instead")
        usual = (0.0, 0.0) if known else (DEFAULT_ZERO_SIGMA, DEFAULT_DISPLACEMENT_SIGMA)
        zero, moved = (
            default if given is None else given
            for given, default in zip(of_degrees, usual, strict=True)
        )
        return (
            zero_or_sigma(zero, "zero_sigma", 1.0, "degrees"),
            zero_or_sigma(moved, "displacement_sigma", 1.0, "degrees"),
        )
    if of_degrees != (None, None):
        raise InputError(
            "zero_sigma and displacement_sigma go with two_theta only; other units have a "
            "common scale (scale_sigma)"
        )
    if scale is None:
        scale = 0.0 if known else DEFAULT_SCALE_SIGMA
    return (zero_or_sigma(scale, "scale_sigma", 0.1, "relative"),)
