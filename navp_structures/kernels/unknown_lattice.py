r"""How well spots are explained by a net of which nothing is known.

The answer to "it fits none of the phases": two basis vectors, of any direction and any order of
length, are fitted to the spots, their four coordinates are integrated out around the best fit
(Laplace), and each point of the net is seen with a probability that falls with its distance
from the direct beam alone. Candidate nets are those of pairs of short spots and nets that hold
these as parts.

References
----------
MacKay, Information Theory, Inference, and Learning Algorithms (2003), ch. 28: the integral that
keeps flexible models from winning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from navp_structures.kernels.lattice import Floats
from navp_structures.kernels.spot_match import PolarSpots
from navp_structures.kernels.visibility import FALL_OFF, MISSED

# Å⁻¹: basis vectors of a net are between; smaller ones than 0.02 would be cells of 50 Å.
_LARGEST = 0.6
_SMALLEST = 0.02

# Spots whose pairs are tried, how many points of the finer net one of theirs may hold, and how
# many nets are fitted in full.
_SPOTS = 6
_FINEST = 4
_FITTED = 24

_FINER = np.array(
    [
        np.linalg.inv(np.array([[a, b], [0, index // a]], dtype=np.float64))
        for index in range(1, _FINEST + 1)
        for a in range(1, index + 1)
        if index % a == 0
        for b in range(a)
    ]
)
"""From a net's basis to those of all nets that hold it with so many times the points."""

# Ordered pairs of shortest vectors that one net has.
_BASES = 12

# Of ln I: without a structure, two neighbouring points may differ by orders of magnitude.
_SPREAD = 0.9 * np.log(10.0)

_LIMITS = np.linspace(-12.0, 10.0, 89)


class _Seen(NamedTuple):
    """Sums over a disc filled with one net point for each Å⁻², for limits of intensity.

    Points beyond its edge (Å⁻¹) are not among those of which none is seen.
    """

    edge: float
    number: Floats
    log_none: Floats
    variance: Floats


def log_evidence(
    spots: PolarSpots,
    g_max: float,
    spurious: float,
    edges: Sequence[tuple[float, float]] | None = None,
) -> float:
    """Return ln of the density of all spots on a net of which nothing is known.

    Parameters
    ----------
    g_max
        Å⁻¹; the radius within which spots were looked for, as far as their density of spurious
        ones says.
    spurious
        Share of the spots that are none of the net's.
    edges
        Other such radii (Å⁻¹), each with its chance; these add up to 1.

    Returns
    -------
    -inf where no two spots span a plane.
    """
    bases = _candidates(spots)
    if not len(bases):
        return -np.inf
    seen = _seen(g_max, spurious)
    rough = _scores(bases, spots, seen, spurious, refine=False)[0]
    best = np.argsort(-rough)[:_FITTED]
    _, moved = _scores(bases[best], spots, seen, spurious, refine=True)
    each = []
    for edge, chance in edges or ((g_max, 1.0),):
        denser = replace(spots, log_spurious=spots.log_spurious + 2.0 * np.log(g_max / edge))
        final, _ = _scores(moved, denser, _seen(edge, spurious), spurious, refine=True)
        each.append(float(final.max()) + np.log(chance))
    return float(np.logaddexp.reduce(each))


@lru_cache(maxsize=16)
def _seen(g_max: float, spurious: float) -> _Seen:
    g = np.linspace(0.0, g_max, 61)[1:] - 0.5 * g_max / 60
    p = _probability(g * g, _LIMITS[:, np.newaxis], spurious)
    # Half a disc: opposite points are one spot.
    area = np.pi * g * g_max / 60
    return _Seen(g_max, (p * area).sum(axis=1), (np.log1p(-p) * area).sum(axis=1),
                 (p * (1.0 - p) * area).sum(axis=1))  # fmt: skip


def _probability(g_squared: Floats, limit: Floats, spurious: float) -> Floats:
    from scipy.special import ndtr

    known = ndtr((-g_squared / FALL_OFF**2 - limit) / _SPREAD)
    p = (1.0 - MISSED) * (1.0 - spurious) * known
    return np.asarray(np.clip(p, 1e-6, 1.0 - 1e-6))


def _candidates(spots: PolarSpots) -> Floats:
    """Return reduced bases as rows, shape ``(k, 2, 2)``."""
    length = np.exp(spots.log_r)
    points = np.stack([length * np.cos(spots.angle), length * np.sin(spots.angle)], axis=1)
    short = np.argsort(length, kind="stable")[:_SPOTS]
    one, two = (short[n] for n in np.triu_indices(len(short), 1))
    pairs = np.stack([points[one], points[two]], axis=1)
    sine = np.abs(np.sin(spots.angle[two] - spots.angle[one]))
    pairs = pairs[sine > 0.15]
    bases = _reduced((_FINER[:, np.newaxis] @ pairs).reshape(-1, 2, 2))
    shortest = np.linalg.norm(bases[:, 0], axis=1)
    usable = (shortest > _SMALLEST) & (np.linalg.norm(bases[:, 1], axis=1) < _LARGEST)
    return np.asarray(bases[usable])


def _reduced(bases: Floats) -> Floats:
    """Return bases of shortest vectors (Lagrange and Gauss)."""
    bases = bases.copy()
    for _ in range(20):
        squares = (bases**2).sum(axis=2)
        swapped = squares[:, 1] < squares[:, 0] * (1.0 - 1e-9)
        bases[swapped] = bases[swapped, ::-1]
        shortest = (bases[:, 0] ** 2).sum(axis=1)
        times = np.rint((bases[:, 0] * bases[:, 1]).sum(axis=1) / shortest)
        bases[:, 1] -= times[:, np.newaxis] * bases[:, 0]
        if not swapped.any() and not times.any():
            break
    return bases


def _scores(
    bases: Floats, spots: PolarSpots, seen: _Seen, spurious: float, *, refine: bool
) -> tuple[Floats, Floats]:
    """Return ln of the evidence of nets, and their bases moved to the best fit."""
    length = np.exp(spots.log_r)
    x, y = length * np.cos(spots.angle), length * np.sin(spots.angle)
    # Numbers instead of vectors, matrices and complex numbers: several times faster here.
    (x_1, y_1), (x_2, y_2) = bases.transpose(1, 2, 0)[:, :, :, np.newaxis]
    turned = x_1 * y_2 - y_1 * x_2
    first = np.rint((x * y_2 - y * x_2) / turned)
    second = np.rint((y * x_1 - x * y_1) / turned)
    on = (first != 0.0) | (second != 0.0)
    node_x = np.where(on, first * x_1 + second * x_2, 1.0)
    node_y = np.where(on, first * y_1 + second * y_2, 0.0)
    node_squared = node_x * node_x + node_y * node_y
    stretch = (spots.log_r - 0.5 * np.log(node_squared)) / spots.sigma
    bend = np.arctan2(y * node_x - x * node_y, x * node_x + y * node_y) / spots.sigma_angle
    area = np.abs(turned[:, 0])
    limit = np.interp(len(spots) * area, seen.number[::-1], _LIMITS[::-1])
    p = _probability(node_squared, limit[:, np.newaxis], spurious)
    odds = np.log(p) - np.where(node_squared <= seen.edge**2, np.log1p(-p), 0.0)
    log_sigmas = np.log(2.0 * np.pi * spots.sigma * spots.sigma_angle)
    squares = stretch * stretch + bend * bend
    on &= odds - log_sigmas - 0.5 * squares > spots.log_spurious
    none = np.interp(limit, _LIMITS, seen.log_none) / area
    variance = np.interp(limit, _LIMITS, seen.variance) / area + spurious * len(spots)
    count = none + 0.5 * np.log(2.0 * np.pi * variance)
    each = np.where(on, odds - log_sigmas, spots.log_spurious).sum(axis=1)
    rough = each - 0.5 * np.where(on, squares, 0.0).sum(axis=1) + count
    if not refine:
        return rough, bases
    # ln of a spot over its node moves by (a db₁ + b db₂) / node, a complex number.
    index = np.stack([first, second], axis=2) * on[:, :, np.newaxis]
    along = index * (node_x / node_squared)[:, :, np.newaxis]
    across = index * (-node_y / node_squared)[:, :, np.newaxis]
    lengths = np.concatenate([along, -across], axis=2)
    angles = np.concatenate([across, along], axis=2)
    design = np.concatenate(
        [lengths / spots.sigma[:, np.newaxis], angles / spots.sigma_angle[:, np.newaxis]],
        axis=1,
    )
    residual = np.concatenate([stretch, bend], axis=1)
    normal = design.transpose(0, 2, 1) @ design
    sign, log_det = np.linalg.slogdet(normal)
    spans = (sign > 0.0) & (np.abs(log_det) < 200.0) & (on.sum(axis=1) >= 2)
    normal[~spans] = np.eye(4)
    right = np.einsum("hnk,hn->hk", design, residual)
    moved = np.linalg.solve(normal, right[:, :, np.newaxis])[:, :, 0]
    # Each basis vector in any direction, all orders of its length alike.
    lengths = np.log(np.hypot(x_1, y_1) * np.hypot(x_2, y_2))[:, 0]
    log_prior = (
        np.log(_BASES)
        - 2.0 * np.log(2.0 * np.pi * np.log(_LARGEST / _SMALLEST))
        - 2.0 * lengths
    )
    gained = 0.5 * (right * moved).sum(axis=1)
    evidence = rough + gained + log_prior + 2.0 * np.log(2.0 * np.pi) - 0.5 * log_det
    shift = moved.reshape(-1, 2, 2).transpose(0, 2, 1)
    return np.where(spans, evidence, -np.inf), bases + np.where(spans, 1.0, 0.0)[
        :, None, None
    ] * shift
