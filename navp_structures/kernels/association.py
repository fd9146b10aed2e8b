r"""Which measured line is which calculated one, when all may be shifted together.

Lines :math:`t_j + \mathbf{b}_j\cdot\mathbf{u}` are seen with Gaussian errors; the shifts
:math:`\mathbf{u}` have independent standard normal priors. Each observation is one line or
none of them, and each line is seen once at most. The evidence sums over all assignments and
integrates over the shifts: belief propagation for the sum (exact but where several
observations compete for several lines in a ring, where a factor of two may be missed),
Laplace's method for the integral, at every maximum that is found.

References
----------
Williams & Lau, IEEE Trans. Aerosp. Electron. Syst. 50 (2014) 2942,
doi:10.1109/TAES.2014.120568 (belief propagation for data association)

Vontobel, IEEE Trans. Inf. Theory 59 (2013) 1866, doi:10.1109/TIT.2012.2227109 (its evidence)

Louis, J. R. Stat. Soc. B 44 (1982) 226, doi:10.1111/j.2517-6161.1982.tb01203.x (curvature of
a likelihood with hidden assignments)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.read_only import ReadOnly

# First rounds see lines as wide as the prior lets them move, in shares of its variance, so
# that no start is caught by the nearest line; the last ones see them as they are.
_ANNEAL: Final = (1.0, 0.3, 0.1, 0.03, 0.0, 0.0, 0.0)

# Rounds of messages at the end: observations that compete for one line settle slowly.
_SETTLING: Final = 3

# Squared distance, in standard deviations, within which two maxima are one.
_SAME: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairs(ReadOnly):
    """Observations with the lines that they may be, ordered by observation.

    Parameters
    ----------
    observation, line
        Of each pair, shape ``(p,)``.
    residual
        Observed minus calculated position, unshifted, shape ``(p,)``; ``(g, p)`` where it
        depends on the setting.
    basis
        What each shift adds to the calculated position, shape ``(p, k)``.
    variance
        Of the residual without shifts, shape ``(p,)``.
    """

    observation: Ints
    line: Ints
    residual: Floats
    basis: Floats
    variance: Floats

    def repeated(self, times: int) -> Pairs:
        """Return them with each setting's residuals so many times in a row."""
        return replace(self, residual=np.repeat(self.residual, times, axis=0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Settled:
    """What the observations say of each of g settings.

    Parameters
    ----------
    log_evidence
        Natural logarithm, each start counted only where it found a maximum of its own,
        shape ``(g, s)``; against all observations being none of the lines.
    shifts, precision
        The maxima, shape ``(g, s, k)``, and their inverse covariances, ``(g, s, k, k)``.
    share
        Probability of each pair, shape ``(g, s, p)``.
    """

    log_evidence: Floats
    shifts: Floats
    precision: Floats
    share: Floats


def settle(pairs: Pairs, log_odds: Floats, starts: Floats) -> Settled:
    """Return the evidence of assignments and shifts.

    Parameters
    ----------
    log_odds
        Of each pair against the observation being no line, without the Gaussian of the
        residual, shape ``(g, p)``.
    starts
        Shifts from which maxima are looked for, shape ``(s, k)``.
    """
    g, s, k = len(log_odds), *starts.shape
    shifts = np.tile(starts, (g, 1))
    odds = np.repeat(log_odds, s, axis=0)
    if pairs.residual.ndim == 2:
        pairs = pairs.repeated(s)
    groups = _Groups(pairs)
    outer = (pairs.basis[:, :, np.newaxis] * pairs.basis[:, np.newaxis, :]).reshape(-1, k * k)
    prior = (pairs.basis**2).sum(axis=1)
    free = np.ones_like(odds)
    for part in _ANNEAL:
        variance = pairs.variance + part * prior
        weight = _weights(pairs, odds, shifts, variance)
        share, free = groups.propagate(weight, free)
        pull = share / variance
        precision = (pull @ outer).reshape(-1, k, k) + np.eye(k)
        shifts = np.linalg.solve(precision, ((pull * pairs.residual) @ pairs.basis)[..., None])
        shifts = shifts.reshape(-1, k)
    weight = _weights(pairs, odds, shifts, pairs.variance)
    for _ in range(_SETTLING):
        share, free = groups.propagate(weight, free)
    log_sum = groups.log_sum(weight, free)
    precision = groups.curvature(share, shifts, outer)
    evidence = (
        log_sum - 0.5 * (shifts**2).sum(axis=1) - 0.5 * np.linalg.slogdet(precision)[1]
    ).reshape(g, s)
    shifts, precision = shifts.reshape(g, s, k), precision.reshape(g, s, k, k)
    evidence = np.where(_found_before(shifts, precision), -np.inf, evidence)
    return Settled(
        log_evidence=evidence,
        shifts=shifts,
        precision=precision,
        share=share.reshape(g, s, -1),
    )


def _weights(pairs: Pairs, odds: Floats, shifts: Floats, variance: Floats) -> Floats:
    away = pairs.residual - shifts @ pairs.basis.T
    away *= away
    away /= -2.0 * variance
    away += odds - 0.5 * np.log(2.0 * np.pi * variance)
    # Beyond e^±200 nothing changes, but for overflows.
    return np.exp(np.clip(away, -200.0, 200.0, out=away), out=away)


class _Groups:
    """Sums of pairs over the observation, or the line, that they share."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs = pairs
        self._starts, self._observation = _runs(pairs.observation)
        self._order = np.argsort(pairs.line, kind="stable")
        self._line_starts, line = _runs(pairs.line[self._order])
        self._line = np.empty_like(line)
        self._line[self._order] = line

    def propagate(self, weight: Floats, free: Floats) -> tuple[Floats, Floats]:
        """Return the share of each pair, and how far its line is free for it.

        Parameters
        ----------
        weight
            Odds of each pair, shape ``(g, p)``.
        free
            As returned by the round before, shape ``(g, p)``.
        """
        message = self._messages(weight, free)
        claims = 1.0 + self._by_line(message)
        free = 1.0 / (claims[:, self._line] - message)
        wanted = weight * free
        totals = 1.0 + self._by_observation(wanted)
        return wanted / totals[:, self._observation], free

    def log_sum(self, weight: Floats, free: Floats) -> Floats:
        """Return the logarithm of the sum over assignments, shape ``(g,)``."""
        message = self._messages(weight, free)
        return np.asarray(
            np.log1p(self._by_observation(weight * free)).sum(axis=1)
            + np.log1p(self._by_line(message)).sum(axis=1)
            - np.log1p(message * free).sum(axis=1)
        )

    def _messages(self, weight: Floats, free: Floats) -> Floats:
        """Return the odds of each pair against the other lines and none of them."""
        wanted = weight * free
        totals = 1.0 + self._by_observation(wanted)
        return np.asarray(weight / (totals[:, self._observation] - wanted))

    def curvature(self, share: Floats, shifts: Floats, outer: Floats) -> Floats:
        """Return minus the second derivative of the log posterior by the shifts.

        Where an observation may be several lines, what they disagree about tells nothing
        of the shifts; where that leaves no maximum, the assignment counts as known.
        """
        pairs, k = self.pairs, shifts.shape[1]
        known = ((share / pairs.variance) @ outer).reshape(-1, k, k) + np.eye(k)
        pull = (pairs.residual - shifts @ pairs.basis.T) / pairs.variance
        forces = share * pull
        mean = np.add.reduceat(forces[:, :, np.newaxis] * pairs.basis, self._starts, axis=1)
        disagree = ((forces * pull) @ outer).reshape(-1, k, k) - np.swapaxes(mean, 1, 2) @ mean
        exact = known - disagree
        # A flat direction of an exact curvature would make the integral endless.
        sound = np.linalg.eigvalsh(exact)[:, 0] > 0.2
        return np.where(sound[:, np.newaxis, np.newaxis], exact, known)

    def _by_observation(self, values: Floats) -> Floats:
        return np.asarray(np.add.reduceat(values, self._starts, axis=1))

    def _by_line(self, values: Floats) -> Floats:
        return np.asarray(np.add.reduceat(values[:, self._order], self._line_starts, axis=1))


def _runs(labels: Ints) -> tuple[Ints, Ints]:
    """Return where runs of equal labels start, and the run of each."""
    fresh = np.diff(labels, prepend=labels[:1] - 1) != 0
    return np.flatnonzero(fresh), np.cumsum(fresh) - 1


def _found_before(shifts: Floats, precision: Floats) -> np.ndarray:
    """Return which starts ended in a maximum that an earlier start found, ``(g, s)``."""
    again = np.zeros(shifts.shape[:2], dtype=bool)
    for late in range(1, shifts.shape[1]):
        away = shifts[:, :late] - shifts[:, late : late + 1]
        distance = np.einsum("gsi,gsij,gsj->gs", away, precision[:, :late], away)
        again[:, late] = ((distance < _SAME) & ~again[:, :late]).any(axis=1)
    return again
