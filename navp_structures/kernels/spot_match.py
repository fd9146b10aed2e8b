r"""Spots of a pattern laid on nets of reflections: which is which, and how well it fits.

A spot has the polar coordinates :math:`(\ln r, \varphi)`, each with an independent Gaussian
error. A net with log-lengths :math:`\ln g_j` and angles :math:`\alpha_j` is turned by
:math:`\theta`, mirrored where m = -1 (the pattern seen from the other side), and scaled by
:math:`e^{s}`; a small strain :math:`(c, d)`, of the cell or of the camera, moves

.. math:: \ln r - \ln g = s + c\cos 2\alpha + d\sin 2\alpha, \qquad
   m(\varphi - \theta) - \alpha = d\cos 2\alpha - c\sin 2\alpha .

Turn, scale and strain are integrated out: the turn with a flat prior, the others with a
Gaussian one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.polyhedron import Bools

_ROUNDS = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nets:
    """The reflections of zones, in a plane for each zone.

    Parameters
    ----------
    inverse
        From plane coordinates (Å⁻¹) to those of the net's basis, shape ``(z, 2, 2)``.
    start, half
        Of the part of the grid that belongs to a zone, and the largest two coordinates in it,
        shapes ``(z,)`` and ``(z, 2)``.
    grid
        Number of the reflection at each point of the nets, -1 where there is none; a net point
        (a, b) is at start + (a + half_0) (2 half_1 + 1) + b + half_1.
    log_g, angle
        Of each reflection: ln of its length in Å⁻¹, and radians in the plane, shape ``(r,)``.
    """

    inverse: Floats
    start: Ints
    half: Ints
    grid: Ints
    log_g: Floats
    angle: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PolarSpots:
    """Spots in polar coordinates, with errors.

    Parameters
    ----------
    log_r, angle
        ln of the length in Å⁻¹, radians, shape ``(n,)``.
    sigma, sigma_angle
        Relative, and radians, shape ``(n,)``.
    log_spurious
        ln of the density (per unit of ln r and radian) of spots that are none of the net's,
        shape ``(n,)``.
    """

    log_r: Floats
    angle: Floats
    sigma: Floats
    sigma_angle: Floats
    log_spurious: Floats

    def __len__(self) -> int:
        """Return the number of spots."""
        return len(self.log_r)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placements:
    """Nets laid on the spots.

    Parameters
    ----------
    zone, mirror, turn, scale
        Number of the zone, 1 or -1, radians, ln of the factor; shape ``(h,)``.
    match
        Number of the reflection of each spot, -1 where it is none of the net's, ``(h, n)``.
    """

    zone: Ints
    mirror: Floats
    turn: Floats
    scale: Floats
    match: Ints

    def take(self, chosen: Ints | Bools) -> Placements:
        """Return some of them."""
        return Placements(
            zone=self.zone[chosen],
            mirror=self.mirror[chosen],
            turn=self.turn[chosen],
            scale=self.scale[chosen],
            match=self.match[chosen],
        )


def joined(one: Placements, two: Placements) -> Placements:
    """Return placements one after the other."""
    return Placements(
        zone=np.concatenate([one.zone, two.zone]),
        mirror=np.concatenate([one.mirror, two.mirror]),
        turn=np.concatenate([one.turn, two.turn]),
        scale=np.concatenate([one.scale, two.scale]),
        match=np.concatenate([one.match, two.match]),
    )


def settle(
    start: Placements, spots: PolarSpots, nets: Nets, log_odds: Floats, scale_sigma: float
) -> Placements:
    """Return placements with each spot given to the reflection that it is most likely.

    Parameters
    ----------
    start
        First guesses; their match is not looked at.
    log_odds
        ln of p / (1 - p) of each reflection to be seen, shape ``(r,)``.
    scale_sigma
        Of the common factor, relative.

    Returns
    -------
    Turn and scale are refined with what was matched. Two spots may have one reflection.
    """
    zone, mirror, turn, scale = start.zone, start.mirror, start.turn, start.scale
    weight, weight_angle = spots.sigma**-2, spots.sigma_angle**-2
    prior = np.inf if scale_sigma == 0.0 else scale_sigma**-2
    limit = spots.log_spurious + np.log(2.0 * np.pi * spots.sigma * spots.sigma_angle)
    match = start.match
    for _ in range(_ROUNDS):
        match = _nearest(zone, mirror, turn, scale, spots, nets)
        known = np.maximum(match, 0)
        stretch = spots.log_r - nets.log_g[known]
        bend = wrapped(
            spots.angle - turn[:, np.newaxis] - mirror[:, np.newaxis] * nets.angle[known]
        )
        squares = (stretch - scale[:, np.newaxis]) ** 2 * weight + bend**2 * weight_angle
        fits = (match >= 0) & (log_odds[known] - 0.5 * squares > limit)
        match = np.where(fits, match, -1)
        if np.isinf(prior):
            scale = np.zeros_like(scale)
        else:
            scale = (fits * weight * stretch).sum(axis=1) / (
                (fits * weight).sum(axis=1) + prior
            )
        total = np.maximum((fits * weight_angle).sum(axis=1), 1e-300)
        turn = turn + (fits * weight_angle * bend).sum(axis=1) / total
    return Placements(zone=zone, mirror=mirror, turn=turn, scale=scale, match=match)


def _nearest(
    zone: Ints, mirror: Floats, turn: Floats, scale: Floats, spots: PolarSpots, nets: Nets
) -> Ints:
    """Return the reflection at the net point nearest to each spot, shape ``(h, n)``."""
    # One matrix for each placement, from the spots to the net, spares sines of each spot.
    size = np.exp(-scale)
    cos, sin = size * np.cos(turn), size * np.sin(turn)
    turned = np.array([[cos, sin], [-mirror * sin, mirror * cos]]).transpose(2, 0, 1)
    to_net = (nets.inverse[zone] @ turned)[:, :, :, np.newaxis]
    length = np.exp(spots.log_r)
    x, y = length * np.cos(spots.angle), length * np.sin(spots.angle)
    a = np.rint(to_net[:, 0, 0] * x + to_net[:, 0, 1] * y).astype(np.int64)
    b = np.rint(to_net[:, 1, 0] * x + to_net[:, 1, 1] * y).astype(np.int64)
    half = nets.half[zone]
    one, two = half[:, :1], half[:, 1:]
    inside = (np.abs(a) <= one) & (np.abs(b) <= two)
    place = nets.start[zone][:, np.newaxis] + (a + one) * (2 * two + 1) + b + two
    return np.where(inside, nets.grid[np.where(inside, place, 0)], -1)


def without_doubles(
    placed: Placements, spots: PolarSpots, nets: Nets, mate: Ints
) -> Placements:
    """Return placements in which a reflection has one spot at most, the nearer one.

    Parameters
    ----------
    mate
        Number of the opposite reflection, shape ``(r,)``.
    """
    match = placed.match
    known = np.maximum(match, 0)
    # Opposite reflections are one spot.
    own = np.minimum(known, mate[known])
    key = np.where(match >= 0, own, -1 - np.arange(match.shape[1]))
    ordered = np.sort(key, axis=1)
    doubled = np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1))
    if not len(doubled):
        return placed
    match = match.copy()
    for h in doubled:
        known = np.maximum(match[h], 0)
        off = (spots.log_r - nets.log_g[known] - placed.scale[h]) / spots.sigma
        bend = (
            wrapped(spots.angle - placed.turn[h] - placed.mirror[h] * nets.angle[known])
            / spots.sigma_angle
        )
        taken: set[int] = set()
        for n in np.argsort(off**2 + bend**2).tolist():
            if match[h, n] < 0:
                continue
            if key[h, n] in taken:
                match[h, n] = -1
            taken.add(int(key[h, n]))
    return Placements(
        zone=placed.zone,
        mirror=placed.mirror,
        turn=placed.turn,
        scale=placed.scale,
        match=match,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fits:
    """How placements fit.

    Parameters
    ----------
    log_evidence
        ln of the density of the matched spots' coordinates, with turn, scale and strain
        integrated out, shape ``(h,)``.
    scale, scale_su
        Refined ln of the factor and its su, with the prior; shape ``(h,)``.
    turn, strain
        Refined: radians, shape ``(h,)``, and (c, d), shape ``(h, 2)``.
    squares
        Sum over matched spots of squared residuals in sigma after refining, shape ``(h,)``.
    stretch, bend
        Residuals in sigma of length and angle, NaN where a spot is not matched, ``(h, n)``.
    """

    log_evidence: Floats
    scale: Floats
    scale_su: Floats
    turn: Floats
    strain: Floats
    squares: Floats
    stretch: Floats
    bend: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearSystem:
    """Least squares of placements: three shared unknowns with a prior, and the turn.

    Parameters
    ----------
    matched
        Which spots are matched, shape ``(h, n)``.
    design, residual
        Of lengths, then angles, in standard deviations: shapes ``(h, 2 n, 4)``, ``(h, 2 n)``;
        0 where a spot is not matched.
    inverse, right
        Inverse of the normal matrix with the prior, ``(h, 4, 4)``, and right side, ``(h, 4)``.
    solution, left
        The unknowns, shape ``(h, 4)``, and the residuals that they leave, ``(h, 2 n)``.
    log_evidence
        As for `Fits`.
    """

    matched: Bools
    design: Floats
    residual: Floats
    inverse: Floats
    right: Floats
    solution: Floats
    left: Floats
    log_evidence: Floats


def linear_system(
    placed: Placements, spots: PolarSpots, nets: Nets, spread: Floats
) -> LinearSystem:
    """Return what `fit` solves; parameters are those of `fit`."""
    matched = placed.match >= 0
    known = np.maximum(placed.match, 0)
    alpha = nets.angle[known]
    mirror = placed.mirror[:, np.newaxis]
    stretch = np.where(matched, (spots.log_r - nets.log_g[known]) / spots.sigma, 0.0)
    turned = wrapped(mirror * (spots.angle - placed.turn[:, np.newaxis]) - alpha)
    bend = np.where(matched, turned / spots.sigma_angle, 0.0)
    cos, sin = np.cos(2.0 * alpha), np.sin(2.0 * alpha)
    one, none = np.ones_like(alpha), np.zeros_like(alpha)
    # Unknowns are the standard deviations of scale and strain, and the turn.
    lengths = np.stack([one, cos, sin], axis=2) @ spread
    lengths = np.concatenate([lengths, none[:, :, np.newaxis]], axis=2)
    angles = np.stack([none, -sin, cos], axis=2) @ spread
    angles = np.concatenate([angles, one[:, :, np.newaxis]], axis=2)
    lengths *= (matched / spots.sigma)[:, :, np.newaxis]
    angles *= (matched / spots.sigma_angle)[:, :, np.newaxis]
    design = np.concatenate([lengths, angles], axis=1)
    residual = np.concatenate([stretch, bend], axis=1)
    prior = np.array([1.0, 1.0, 1.0, 0.0])
    normal = design.transpose(0, 2, 1) @ design + np.diag(prior)
    # A placement without any match has no turn.
    normal[:, 3, 3] += ~matched.any(axis=1)
    right = np.einsum("hnk,hn->hk", design, residual)
    inverse = np.linalg.inv(normal)
    solution = np.einsum("hkl,hl->hk", inverse, right)
    left = residual - np.einsum("hnk,hk->hn", design, solution)
    # What is left is squared, not taken off: of angles that are known to a millionth, squares
    # are so large that their difference is rounding only. Once more for the same reason.
    off = np.einsum("hnk,hn->hk", design, left) - prior * solution
    solution = solution + np.einsum("hkl,hl->hk", inverse, off)
    left = residual - np.einsum("hnk,hk->hn", design, solution)
    total = (left**2).sum(axis=1) + (prior * solution**2).sum(axis=1)
    log_sigmas = (matched * np.log(2.0 * np.pi * spots.sigma * spots.sigma_angle)).sum(axis=1)
    return LinearSystem(
        matched=matched,
        design=design,
        residual=residual,
        inverse=inverse,
        right=right,
        solution=solution,
        left=left,
        log_evidence=(
            -log_sigmas
            - 0.5 * total
            - 0.5 * np.linalg.slogdet(normal)[1]
            + 0.5 * np.log(2.0 * np.pi)
            - np.log(2.0 * np.pi)
        ),
    )


def fit(placed: Placements, spots: PolarSpots, nets: Nets, spread: Floats) -> Fits:
    """Return the fit of placements with turn, scale and strain refined.

    Parameters
    ----------
    spread
        Square root L of the prior covariance L Lᵀ of (s, c, d) in the frame of each placement's
        net, shape ``(h, 3, 3)``.
    """
    system = linear_system(placed, spots, nets, spread)
    inverse, solution, after = system.inverse, system.solution, system.left
    matched = system.matched
    count = len(spots)
    modes = np.einsum("hjk,hk->hj", spread, solution[:, :3])
    variance = np.einsum("hk,hkl,hl->h", spread[:, 0], inverse[:, :3, :3], spread[:, 0])
    return Fits(
        log_evidence=system.log_evidence,
        scale=modes[:, 0],
        scale_su=np.sqrt(np.clip(variance, 0.0, None)),
        turn=placed.turn + placed.mirror * solution[:, 3],
        strain=modes[:, 1:],
        squares=(after**2).sum(axis=1),
        stretch=np.where(matched, after[:, :count], np.nan),
        bend=np.where(matched, after[:, count:], np.nan),
    )


def laid(
    log_g: Floats,
    angle: Floats,
    *,
    turn: float,
    mirror: float,
    scale: float,
    strain: tuple[float, float],
) -> tuple[Floats, Floats]:
    """Return where reflections of a net lie in the pattern: ln of length, angle (radians).

    Parameters
    ----------
    log_g, angle
        Of the reflections in their net: ln of length in Å⁻¹, radians.
    turn, mirror, scale, strain
        Radians, 1 or -1, ln of the factor, and (c, d).
    """
    (c, d), cos, sin = strain, np.cos(2.0 * angle), np.sin(2.0 * angle)
    log_r = log_g + scale + c * cos + d * sin
    return log_r, turn + mirror * (angle + d * cos - c * sin)


def wrapped(angle: Floats) -> Floats:
    """Return angles (radians) between -π and π."""
    return np.asarray(angle - 2.0 * np.pi * np.rint(angle / (2.0 * np.pi)))
