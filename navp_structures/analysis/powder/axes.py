"""The axes that a powder pattern is drawn against: 2θ, q and d."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from navp_structures.analysis.powder.settings import PowderSettings
from navp_structures.errors import InputError, nearest, shown
from navp_structures.kernels import lattice
from navp_structures.kernels.lattice import Floats

AXES: Final = {"two_theta": "2θ / °", "q": "q / Å⁻¹", "d": "d / Å"}
"""Names and titles."""

# Points at the ends of the range may be off it by rounding, in degrees.
_ROUNDING: Final = 1e-9


def check_axis(axis: str) -> str:
    """Return a known axis, or raise InputError with the nearest names."""
    if not isinstance(axis, str) or axis not in AXES:
        raise InputError(
            f"unknown axis {shown(axis)}{nearest(str(axis), AXES)}; known: {', '.join(AXES)}"
        )
    return axis


def two_theta_of(x: npt.ArrayLike, axis: str, settings: PowderSettings) -> Floats:
    """Return points of an axis as observed 2θ (degrees) inside the range, shape ``(n,)``.

    With several lines q and d are those of the strongest.

    Raises
    ------
    InputError
        When x holds no numbers or has another shape, the axis is unknown, or a point is
        outside the range.
    """
    check_axis(axis)
    try:
        points = np.asarray(x, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InputError("x must be an array of numbers") from None
    if points.ndim != 1:
        raise InputError(f"x must be one row of numbers; its shape is {points.shape}")
    if not np.all(np.isfinite(points)):
        raise InputError(f"x holds {points[~np.isfinite(points)][0]}; it must be finite")
    angles = points
    if axis != "two_theta":
        with np.errstate(divide="ignore", over="ignore"):
            d = points if axis == "d" else 2.0 * np.pi / points
            angles = lattice.two_theta(np.where(d > 0.0, d, np.nan), _wavelength(settings))
    low, high = settings.two_theta
    outside = ~((angles >= low - _ROUNDING) & (angles <= high + _ROUNDING))
    if outside.any():
        raise InputError(
            f"{AXES[axis].split(' ')[0]} {points[outside][0]:g} is outside the pattern, which "
            f"holds 2θ {low:g} to {high:g}; ask for a wider two_theta"
        )
    return angles


def from_two_theta(angles: Floats, axis: str, settings: PowderSettings) -> Floats:
    """Return observed 2θ (degrees) as points of an axis, shape as given; d of 0 is infinite."""
    if check_axis(axis) == "two_theta":
        return angles
    d = lattice.bragg_spacings(angles, _wavelength(settings))
    return 2.0 * np.pi / d if axis == "q" else d


def _wavelength(settings: PowderSettings) -> float:
    return settings.radiation.principal
