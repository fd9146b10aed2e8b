r"""What shifts all measured lines together: a scale, a zero, a displaced sample.

A line at :math:`y_i` is the calculated one :math:`x_{j(i)}` moved by shifts s that all lines
share, and an error of its own: :math:`y_i = x_{j(i)} + B_i s + \varepsilon_i`. Which line is
which is not known beforehand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from navp_structures.kernels.lattice import Floats, Ints

# Squared deviation in sigma, and weakness, that a line is worth before it is a stray one.
_STRAY: Final = 30.0

_REACH: Final = 3.0

# Of sigma; between neighbouring trial shifts.
_STEP: Final = 0.5
_MOST_TRIALS: Final = 4001

_ROUNDS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CommonShift:
    """One assignment of the lines, and the shifts that it needs.

    Parameters
    ----------
    line
        Number of the calculated line of each measured one, -1 for a stray one, ``(n,)``.
    shift, covariance
        Shapes ``(k,)`` and ``(k, k)``, from sigma and the prior.
    gain
        Derivative of the shifts by the measured positions, ``(k, n)``; 0 for stray lines.
    residual
        What the shifts leave of each line, in sigma, ``(n,)``; NaN for stray ones.
    cost
        Minus twice the logarithm of its probability, up to a constant.
    """

    line: Ints
    shift: Floats
    covariance: Floats
    gain: Floats
    residual: Floats
    cost: float


def common_shifts(
    measured: Floats,
    sigma: Floats,
    basis: Floats,
    calculated: Floats,
    weakness: Floats,
    prior: Floats,
) -> list[CommonShift]:
    """Return the assignments of lines that some common shift suggests, the best first.

    Parameters
    ----------
    measured, sigma
        Positions and their standard deviations, shape ``(n,)``.
    basis
        What one unit of each shift adds to a position, ``(n, k)``.
    calculated
        Positions, ``(m,)``.
    weakness
        Minus twice the logarithm of the relative strength of each line, ``(m,)``, or of each
        for each measured one, ``(n, m)``; infinite for one that it cannot be.
    prior
        Standard deviation of each shift before the measurement, ``(k,)``.
    """
    found: dict[bytes, CommonShift] = {}
    for trial in _trials(sigma, basis, prior):
        line = _nearest(measured - trial, sigma, calculated, weakness)
        for _ in range(_ROUNDS):
            if line.tobytes() in found or (line < 0).all():
                break
            made = _solved(line, measured, sigma, basis, calculated, weakness, prior)
            moved = measured - basis @ made.shift
            settled, line = line, _nearest(moved, sigma, calculated, weakness)
            if np.array_equal(line, settled):
                found[line.tobytes()] = made
                break
    return sorted(found.values(), key=lambda made: made.cost)


def without_prior(made: CommonShift, measured_sigma: Floats, basis: Floats) -> CommonShift:
    """Return an assignment with the shifts that its lines alone show.

    Raises
    ------
    numpy.linalg.LinAlgError
        When they do not determine the shifts.
    """
    used = made.line >= 0
    scaled = basis[used] / measured_sigma[used, np.newaxis]
    covariance = np.asarray(np.linalg.inv(scaled.T @ scaled), dtype=np.float64)
    gain = np.zeros_like(made.gain)
    gain[:, used] = covariance @ scaled.T / measured_sigma[used]
    # The residuals hold what the shifts with the prior have left.
    step = gain[:, used] @ (made.residual[used] * measured_sigma[used])
    residual = made.residual - (basis @ step) / measured_sigma
    return CommonShift(
        line=made.line,
        shift=made.shift + step,
        covariance=covariance,
        gain=gain,
        residual=residual,
        cost=made.cost,
    )


def _trials(sigma: Floats, basis: Floats, prior: Floats) -> Floats:
    """Return shifts of a whole list that the prior allows, the middle one 0."""
    widest = _REACH * float(np.linalg.norm(basis * prior, axis=1).max())
    step = _STEP * float(sigma.min())
    count = min(2 * int(np.ceil(widest / step)) + 1, _MOST_TRIALS)
    return np.linspace(-widest, widest, count)


def _nearest(moved: Floats, sigma: Floats, calculated: Floats, weakness: Floats) -> Ints:
    residual = (moved[:, np.newaxis] - calculated) / sigma[:, np.newaxis]
    cost = residual**2 + weakness
    best = np.argmin(cost, axis=1)
    stray = cost[np.arange(len(moved)), best] > _STRAY
    return np.where(stray, -1, best)


def _solved(
    line: Ints,
    measured: Floats,
    sigma: Floats,
    basis: Floats,
    calculated: Floats,
    weakness: Floats,
    prior: Floats,
) -> CommonShift:
    used = line >= 0
    rows = np.flatnonzero(used)
    scaled = basis[used] / sigma[used, np.newaxis]
    information = scaled.T @ scaled + np.diag(prior**-2.0)
    covariance = np.asarray(np.linalg.inv(information), dtype=np.float64)
    gain = np.zeros((basis.shape[1], len(measured)))
    gain[:, used] = covariance @ scaled.T / sigma[used]
    away = np.full(len(measured), np.nan)
    away[used] = measured[used] - calculated[line[used]]
    shift = gain[:, used] @ away[used]
    residual = (away - basis @ shift) / sigma
    weak = np.broadcast_to(weakness, (len(measured), len(calculated)))[rows, line[used]]
    cost = float(
        (residual[used] ** 2 + weak).sum()
        + _STRAY * (~used).sum()
        + ((shift / prior) ** 2).sum()
    )
    return CommonShift(
        line=line, shift=shift, covariance=covariance, gain=gain, residual=residual, cost=cost
    )
