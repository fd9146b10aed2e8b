"""How bright an intensity is drawn: linear, square root or logarithm."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from navp_structures.errors import InputError, nearest, shown

SCALES: Final = ("linear", "sqrt", "log")

_DECADES: Final = 4.0  # below the strongest that a logarithm shows


def brightness(intensity: ArrayLike, scale: str) -> NDArray[np.float64]:
    """Return how bright intensities are drawn, from 0 to 1.

    Parameters
    ----------
    intensity
        The strongest = 100, of any shape; what lies outside 0 to 100 is clipped.
    scale
        ``linear``: I/100. ``sqrt``: its square root, near what film shows. ``log``: four
        decades, 1 + log10(I/100)/4, so that 0.01 and all below are dark.

    Returns
    -------
    ndarray
        Of the shape of `intensity`.

    Raises
    ------
    InputError
        The scale is unknown.

    Examples
    --------
    >>> [float(brightness(25.0, scale)) for scale in SCALES[:2]]
    [0.25, 0.5]
    >>> brightness([100.0, 1.0, 0.0], "log").tolist()
    [1.0, 0.5, 0.0]
    """
    if not isinstance(scale, str) or scale not in SCALES:
        known = ", ".join(SCALES)
        hint = nearest(str(scale), SCALES)
        raise InputError(f"no brightness scale {shown(scale)}: {known}{hint}")
    part = np.clip(np.asarray(intensity, dtype=np.float64) / 100, 0.0, 1.0)
    if scale == "linear":
        return part
    if scale == "sqrt":
        return np.sqrt(part)
    return 1 + np.log10(np.maximum(part, 10**-_DECADES)) / _DECADES
