"""What a measurement is expected to tell of which of several answers is right.

References
----------
Lindley, Ann. Math. Statist. 27 (1956) 986, doi:10.1214/aoms/1177728069 (expected information)

Kolchinsky & Tracey, Entropy 19 (2017) 361, doi:10.3390/e19070361 (bound by distances of pairs)
"""

from __future__ import annotations

import numpy as np

from navp_structures.kernels.lattice import Floats


def of_yes_or_no(weight: Floats, presence: Floats) -> Floats:
    """Return the expected information (nats) of questions with two outcomes, ``(c,)``.

    Parameters
    ----------
    weight
        Probability of each answer, sum 1, shape ``(k,)``.
    presence
        Probability of a yes under each answer, shape ``(k, c)``.

    Examples
    --------
    >>> of_yes_or_no(np.array([0.5, 0.5]), np.array([[1.0, 0.9], [0.0, 0.1]])).round(3).tolist()
    [0.693, 0.368]
    """
    return np.asarray(_entropy(weight @ presence) - weight @ _entropy(presence))


def _entropy(p: Floats) -> Floats:
    p = np.clip(p, 1e-12, 1.0 - 1e-12)
    return np.asarray(-p * np.log(p) - (1.0 - p) * np.log1p(-p))


def of_numbers(weight: Floats, mean: Floats, covariance: Floats) -> float:
    """Return a lower bound of the expected information (nats) of normal measurements.

    Parameters
    ----------
    weight
        Probability of each answer, sum 1, shape ``(k,)``.
    mean, covariance
        Of what is measured under each answer, shape ``(k, n)`` and ``(k, n, n)``.

    Notes
    -----
    −Σᵢ wᵢ ln Σⱼ wⱼ exp(−Bᵢⱼ) with the Bhattacharyya distance B.

    Examples
    --------
    >>> weight, one = np.array([0.5, 0.5]), np.eye(1)
    >>> round(of_numbers(weight, np.array([[0.0], [9.0]]), np.array([one, one])), 3)
    0.693
    """
    inside = 0.0
    logdet = np.linalg.slogdet(covariance)[1]
    for i, w in enumerate(weight.tolist()):
        middle = 0.5 * (covariance[i] + covariance)
        away = mean - mean[i]
        square = (away * np.linalg.solve(middle, away[..., np.newaxis])[..., 0]).sum(axis=1)
        distance = square / 8.0 + 0.5 * np.linalg.slogdet(middle)[1]
        distance -= 0.25 * (logdet + logdet[i])
        inside -= w * float(np.log((weight * np.exp(-distance)).sum()))
    return max(inside, 0.0)
