"""Shifts of powder lines by a diffractometer that is out of adjustment."""

from __future__ import annotations

import numpy as np

from navp_structures.kernels.lattice import Floats


def shifts(
    two_theta: Floats, zero_shift: float, displacement: float, radius: float | None
) -> Floats:
    r"""Return observed minus true 2θ (degrees), shape as given.

    .. math:: \Delta 2\theta = z + \frac{180}{\pi}\,\frac{2 s \cos\theta}{R}

    Parameters
    ----------
    two_theta
        True angles (degrees).
    zero_shift
        z (degrees), the reading of the straight beam.
    displacement
        s (mm), how far the flat sample of a Bragg-Brentano diffractometer lies above the
        axis, towards source and detector; below it is negative. Many programs take the
        opposite sign.
    radius
        R (mm) of the diffractometer; None only without displacement.

    References
    ----------
    Wilson, Mathematical Theory of X-ray Powder Diffractometry (1963), ch. 2
    """
    if radius is None or displacement == 0.0:
        return np.full_like(two_theta, zero_shift)
    cosine = np.cos(np.radians(two_theta) / 2.0)
    return np.asarray(zero_shift + np.degrees(2.0 * displacement / radius) * cosine)
