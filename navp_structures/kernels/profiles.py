r"""Shapes of powder lines: width by instrument, size and strain; pseudo-Voigt curves.

All widths are full widths at half maximum (FWHM) in degrees of 2θ.

References
----------
Thompson, Cox & Hastings, J. Appl. Cryst. 20 (1987) 79, doi:10.1107/S0021889887087090
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np

from navp_structures.kernels.lattice import Floats, Ints

# Of the fifth power of the width in those of its Gaussian (from the left) and Lorentzian
# parts, and of the mixing in Lorentzian over whole width: eqs. of Thompson et al.
_WIDTH: Final = (1.0, 2.69269, 2.42843, 4.47163, 0.07842, 1.0)
_MIXING: Final = (0.0, 1.36603, -0.47719, 0.11116)

# A Gaussian is below 1e-16 of its height this many widths away.
_REACH: Final = 3.7

# Lines × points held at a time: what fits into a cache is worked through fastest.
_BLOCK: Final = 200_000


def caglioti(two_theta: Floats, u: float, v: float, w: float) -> Floats:
    r"""Return the width of the instrument (degrees); NaN where the square is not positive.

    .. math:: \mathrm{FWHM}^2 = U\tan^2\theta + V\tan\theta + W

    Parameters
    ----------
    two_theta
        Degrees.
    u, v, w
        Degrees².

    References
    ----------
    Caglioti, Paoletti & Ricci, Nucl. Instrum. 3 (1958) 223,
    doi:10.1016/0369-643X(58)90029-X
    """
    tangent = np.tan(np.radians(two_theta) / 2.0)
    square = (u * tangent + v) * tangent + w
    return np.sqrt(np.where(square > 0.0, square, np.nan))


def scherrer(two_theta: Floats, size: float, wavelength: Floats, constant: float) -> Floats:
    r"""Return the width (degrees) by crystallite size: :math:`K\lambda / (L\cos\theta)`.

    Parameters
    ----------
    two_theta
        Degrees.
    size
        L (Å), the volume-weighted mean length of columns normal to the planes.
    wavelength
        Å, shape as two_theta.
    constant
        K, about 0.9 for the FWHM of compact crystallites.

    References
    ----------
    Langford & Wilson, J. Appl. Cryst. 11 (1978) 102, doi:10.1107/S0021889878012844
    """
    theta = np.radians(two_theta) / 2.0
    return np.asarray(np.degrees(constant * wavelength / (size * np.cos(theta))))


def strain_width(two_theta: Floats, strain: float) -> Floats:
    r"""Return the width (degrees) by microstrain: :math:`4\varepsilon\tan\theta`.

    References
    ----------
    Stokes & Wilson, Proc. Phys. Soc. 56 (1944) 174
    """
    return np.asarray(np.degrees(4.0 * strain * np.tan(np.radians(two_theta) / 2.0)))


def combined(gaussian: Floats, lorentzian: Floats) -> tuple[Floats, Floats]:
    """Return width and mixing of the pseudo-Voigt that stands for a Voigt function.

    Parameters
    ----------
    gaussian, lorentzian
        Widths of the two parts, shapes alike, not both 0.

    Returns
    -------
    fwhm, mixing
        In the unit given, and the Lorentzian share, 0 to 1.
    """
    powers = (c * gaussian ** (5 - n) * lorentzian**n for n, c in enumerate(_WIDTH))
    fwhm = sum(powers, start=np.zeros(())) ** 0.2
    ratio = lorentzian / fwhm
    return np.asarray(fwhm), np.clip(np.polyval(_MIXING[::-1], ratio), 0.0, 1.0)


@lru_cache(maxsize=64)
def parts(mixing: float) -> tuple[float, float]:
    """Return the Gaussian and Lorentzian widths, over the whole one, that have a mixing.

    `combined` gives the mixing back, and a width of 1.

    Parameters
    ----------
    mixing
        0 (Gaussian) to 1 (Lorentzian).
    """
    lorentzian = _root((*_MIXING[:0:-1], -mixing), 0.0, 1.0)
    tail = [c * lorentzian**n for n, c in enumerate(_WIDTH)]
    tail[-1] -= 1.0
    return _root(tuple(tail), 0.0, 1.0), lorentzian


def pseudo_voigt(
    x: Floats, centres: Floats, areas: Floats, fwhm: Floats, mixing: Floats
) -> Floats:
    """Return the sum of pseudo-Voigt lines at each x, shape of x.

    Parameters
    ----------
    x
        Degrees, shape ``(n,)``, ascending.
    centres, areas, fwhm, mixing
        Of each line, shape ``(m,)``; a line alone has its area, so that heights are areas
        for each degree.
    """
    # The arctangent of a Lorentzian falls off too slowly to be cut; a Gaussian does not.
    result = _gaussians(x, centres, areas * (1.0 - mixing), fwhm)
    half = fwhm / 2.0
    size = max(1, _BLOCK // max(1, len(centres)))
    for start in range(0, len(x), size):
        away = x[start : start + size, np.newaxis] - centres
        away *= away
        away += half * half
        result[start : start + size] += (1.0 / away) @ (areas * mixing * half / np.pi)
    return result


def _gaussians(x: Floats, centres: Floats, areas: Floats, fwhm: Floats) -> Floats:
    first = np.searchsorted(x, centres - _REACH * fwhm)
    counts = np.searchsorted(x, centres + _REACH * fwhm) - first
    result = np.zeros(len(x))
    # Lines are taken together until their points fill a block.
    block = np.cumsum(counts) // _BLOCK
    for start, stop in pairwise([*np.unique(block, return_index=True)[1], len(counts)]):
        part = slice(start, stop)
        result += _add_up(x, centres[part], areas[part], fwhm[part], first[part], counts[part])
    return result


def _add_up(
    x: Floats, centres: Floats, areas: Floats, fwhm: Floats, first: Ints, counts: Ints
) -> Floats:
    """Return the sum of Gaussians, each over a run of points: first and number of them."""
    line = np.repeat(np.arange(len(centres)), counts)
    # Runs of consecutive points, one run for each line, laid end to end.
    point = np.arange(counts.sum()) + np.repeat(first - np.cumsum(counts) + counts, counts)
    away = (x[point] - centres[line]) / fwhm[line]
    heights = areas * np.sqrt(4.0 * np.log(2.0) / np.pi) / fwhm
    values = heights[line] * np.exp(-4.0 * np.log(2.0) * away * away)
    return np.asarray(np.bincount(point, values, len(x)), dtype=np.float64)


def _root(coefficients: tuple[float, ...], low: float, high: float) -> float:
    """Return the root of a polynomial that rises or falls throughout an interval."""
    rising = np.polyval(coefficients, high) > np.polyval(coefficients, low)
    for _ in range(60):
        middle = (low + high) / 2.0
        if (np.polyval(coefficients, middle) < 0.0) == rising:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0
