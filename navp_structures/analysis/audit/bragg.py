"""Angles of powder lines with another radiation."""

from __future__ import annotations

import math
from typing import Final

from navp_structures.analysis.audit.judgement import value_of
from navp_structures.errors import InputError
from navp_structures.kernels import lattice
from navp_structures.model.claim import Claim
from navp_structures.model.radiation import Radiation, characteristic_radiations

# Relative: 1.54 Å may mean Kα1 of copper (1.54059) or the mean of Kα (1.54187).
_NEAR: Final = 0.002


def converted(two_theta: float, start: float, end: float) -> tuple[float, float]:
    r"""Return 2θ (degrees) with another wavelength, and how it changes with the first angle.

    .. math:: \sin\theta_2 = \frac{\lambda_2}{\lambda_1} \sin\theta_1

    Parameters
    ----------
    two_theta
        Degrees.
    start, end
        Wavelengths (Å) of that angle and of the one returned.

    Raises
    ------
    InputError
        When the plane does not diffract the other wavelength.

    Examples
    --------
    >>> angle, slope = converted(7.7, 0.8266, 1.54)
    >>> round(angle, 3), round(slope, 2)
    (14.372, 1.87)
    """
    d = lattice.bragg_spacings(two_theta, start)
    angle = float(lattice.two_theta(d, end))
    if math.isnan(angle):
        raise InputError(
            f"{two_theta:g}° at {start:g} Å is d {float(d):.4f} Å, which {end:g} Å cannot show"
        )
    cosines = [math.cos(math.radians(x) / 2.0) for x in (two_theta, angle)]
    return angle, end / start * cosines[0] / cosines[1]


def near_radiations(used: Radiation) -> tuple[Radiation, ...]:
    """Return the lines that a wavelength given as a bare number may stand for."""
    if used.name in characteristic_radiations():
        return ()
    return tuple(
        one
        for one in characteristic_radiations().values()
        if len(one.lines) == 1
        and used.probe == one.probe
        and abs(one.wavelength / used.wavelength - 1.0) <= _NEAR
    )


def converted_line(
    claim: Claim, start: Radiation, end: Radiation, sigma: float
) -> tuple[float, float, float]:
    """Return angle, standard deviation and rounding of a line with another radiation.

    Parameters
    ----------
    sigma
        One standard deviation (degrees), where the claim prints none.
    """
    angle, slope = converted(value_of(claim), start.shortest, end.shortest)
    return angle, slope * (claim.uncertainty or sigma), slope * (claim.rounding or 0.0)
