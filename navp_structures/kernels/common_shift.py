r"""What shifts all measured lines together: a scale, a zero, a displaced sample.

A line at :math:`y_i` is the calculated one :math:`x_{j(i)}` moved by shifts s that all lines
share, and an error of its own: :math:`y_i = x_{j(i)} + B_i s + \varepsilon_i`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from navp_structures.kernels.lattice import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CommonShift:
    """The shifts of lines whose calculated positions are known.

    Parameters
    ----------
    shift, covariance
        Shapes ``(k,)`` and ``(k, k)``.
    gain
        Derivative of the shifts by the measured positions, ``(k, n)``.
    residual
        What the shifts leave of each line, in sigma, ``(n,)``.
    """

    shift: Floats
    covariance: Floats
    gain: Floats
    residual: Floats


def common_shift(away: Floats, sigma: Floats, basis: Floats, prior: Floats) -> CommonShift:
    """Return the shifts by least squares.

    Parameters
    ----------
    away, sigma
        Measured minus calculated positions, and standard deviations, shape ``(n,)``.
    basis
        What one unit of each shift adds to a position, ``(n, k)``.
    prior
        Standard deviation of each shift beforehand, ``(k,)``; infinite where nothing is known.

    Raises
    ------
    numpy.linalg.LinAlgError
        When lines and prior do not determine the shifts.
    """
    scaled = basis / sigma[:, np.newaxis]
    information = scaled.T @ scaled + np.diag(prior**-2.0)
    covariance = np.asarray(np.linalg.inv(information), dtype=np.float64)
    gain = np.asarray(covariance @ scaled.T / sigma)
    shift = gain @ away
    residual = (away - basis @ shift) / sigma
    return CommonShift(shift=shift, covariance=covariance, gain=gain, residual=residual)


def likely_shifts(
    measured: Floats,
    calculated: Floats,
    weight: Floats,
    width: float,
    farthest: float,
    most: int,
) -> Floats:
    """Return shifts that bring measured lines onto strong calculated ones, best first.

    Each pair of a measured and a calculated line votes for its difference; the sums of votes
    in a window are compared.

    Parameters
    ----------
    measured, calculated
        Positions, shapes ``(n,)`` and ``(m,)``.
    weight
        Of each calculated line, shape ``(m,)``.
    width
        Of the window.
    farthest
        Larger shifts do not count.
    most
        How many are returned at most; they are further apart than the window is wide.
    """
    votes = (measured[:, np.newaxis] - calculated).ravel()
    each = np.broadcast_to(weight, (len(measured), len(calculated))).ravel()
    near = np.abs(votes) <= farthest
    order = np.argsort(votes[near])
    votes, each = votes[near][order], each[near][order]
    total = np.concatenate([[0.0], np.cumsum(each)])
    first = np.searchsorted(votes, votes - 0.5 * width)
    last = np.searchsorted(votes, votes + 0.5 * width, side="right")
    sums = total[last] - total[first]
    found: list[float] = []
    for n in np.argsort(-sums, kind="stable"):
        if all(abs(votes[n] - other) > width for other in found):
            found.append(float(votes[n]))
            if len(found) == most:
                break
    return np.array(found)


def displacement_basis(two_theta: Floats) -> Floats:
    """Return what one degree of zero shift, and of displacement, adds to 2θ, ``(..., 2)``.

    A sample that is displaced along the bisector moves lines by an amount that goes with cos θ.
    """
    cosine = np.cos(np.radians(two_theta) / 2.0)
    return np.stack([np.ones_like(cosine), cosine], axis=-1)
