"""Pairs of reflections that a pair of spots may be, by two lengths and the angle between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.polyhedron import Bools
from navp_structures.kernels.spot_match import Nets, Placements, PolarSpots, wrapped

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

# Standard deviations of three coordinates: one pair in 200 is farther off.
_REACH = 3.6

# Sines of the angle between two spots below these are no base of a plane.
_FLAT = 0.1
_FLAT_SPOTS = 0.17
_FLAT_OF_FEW = 0.01

# How often one spot may be in the pairs that are tried.
_OFTEN = 3


class PairTable:
    """Ordered pairs of strong reflections of each zone, to be looked up by their geometry.

    Parameters
    ----------
    nets
        The zones.
    zone
        Number of the zone of each reflection, ascending, shape ``(r,)``.
    strength
        Of each reflection, the strongest first are taken, shape ``(r,)``.
    counted
        One of each two opposite reflections, shape ``(r,)``.
    mate
        Number of the opposite reflection, shape ``(r,)``.
    most
        Reflections of a zone that are taken, opposite ones counted once.
    sigma, sigma_angle, scale_sigma
        The largest of a spot, relative and radians, and of the common factor: a pair of spots
        is looked for as far as these reach.
    """

    def __init__(
        self,
        nets: Nets,
        zone: Ints,
        strength: Floats,
        counted: Bools,
        mate: Ints,
        *,
        most: int,
        sigma: float,
        sigma_angle: float,
        scale_sigma: float,
    ) -> None:
        from scipy.spatial import cKDTree

        self.first, self.second = _strong_pairs(zone, strength, counted, mate, most)
        self.angle = wrapped(nets.angle[self.second] - nets.angle[self.first])
        keep = np.abs(np.sin(self.angle)) > _FLAT
        self.first, self.second = self.first[keep], self.second[keep]
        self.angle = self.angle[keep]
        self.zone = zone
        # The common factor moves the mean of two log-lengths, not their difference.
        self._units = (
            np.hypot(sigma / np.sqrt(2.0), scale_sigma),
            np.sqrt(2.0) * sigma,
            np.sqrt(2.0) * sigma_angle,
        )
        self._scale_sigma = scale_sigma
        one, two = nets.log_g[self.first], nets.log_g[self.second]
        self._tree: cKDTree = cKDTree(self._point(one, two, self.angle))

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.first)

    def _point(self, one: Floats, two: Floats, angle: Floats) -> Floats:
        mean, difference, bend = self._units
        return np.stack(
            [0.5 * (one + two) / mean, (one - two) / difference, np.abs(angle) / bend], axis=1
        )

    def placements(
        self, spots: PolarSpots, nets: Nets, pairs: int, *, often: int = _OFTEN
    ) -> Placements:
        """Return first guesses from so many pairs of spots; their match is empty.

        Parameters
        ----------
        often
            How often one spot may be in these pairs.
        """
        one, two, angle = _base_pairs(spots, pairs, _FLAT_SPOTS, often)
        asked = self._point(spots.log_r[one], spots.log_r[two], angle)
        hits = self._tree.query_ball_point(asked, _REACH) if len(asked) else []
        pair = np.repeat(np.arange(len(hits)), [len(found) for found in hits])
        place = np.concatenate([np.array(found, dtype=np.int64) for found in hits] or [pair])
        first, second = self.first[place], self.second[place]
        i, j = one[pair], two[pair]
        mirror = np.where((angle[pair] > 0.0) == (self.angle[place] > 0.0), 1.0, -1.0)
        turn = spots.angle[i] - mirror * nets.angle[first]
        turn = turn + 0.5 * wrapped(spots.angle[j] - mirror * nets.angle[second] - turn)
        stretch_1 = (spots.log_r[i] - nets.log_g[first]) * spots.sigma[i] ** -2
        stretch_2 = (spots.log_r[j] - nets.log_g[second]) * spots.sigma[j] ** -2
        total = spots.sigma[i] ** -2 + spots.sigma[j] ** -2
        shrunk = self._scale_sigma**2 / (1.0 + self._scale_sigma**2 * total)
        return Placements(
            zone=self.zone[first],
            mirror=mirror,
            turn=turn,
            scale=(stretch_1 + stretch_2) * shrunk,
            match=np.full((len(first), len(spots)), -1),
        )


def all_placements(
    spots: PolarSpots,
    nets: Nets,
    zone: Ints,
    counted: Bools,
    scale_sigma: float,
) -> Placements:
    """Return first guesses from all pairs of reflections, weak ones too, for a few spots.

    Parameters
    ----------
    spots
        Two or three; every pair of them is tried.
    zone, counted
        As for `PairTable`.
    scale_sigma
        Of the common scale, relative.
    """
    one, two, angle = _base_pairs(spots, len(spots) * len(spots), _FLAT_OF_FEW, _OFTEN)
    parts = []
    for i, j, bend in zip(one.tolist(), two.tolist(), angle.tolist(), strict=True):
        first, second = _fitting(spots, nets, zone, counted, (i, j), scale_sigma)
        between = wrapped(nets.angle[second] - nets.angle[first])
        width = _REACH * float(np.hypot(spots.sigma_angle[i], spots.sigma_angle[j]))
        near = np.abs(np.abs(between) - abs(bend)) <= width
        first, second, between = first[near], second[near], between[near]
        mirror = np.where((between > 0.0) == (bend > 0.0), 1.0, -1.0)
        turn = spots.angle[i] - mirror * nets.angle[first]
        turn = turn + 0.5 * wrapped(spots.angle[j] - mirror * nets.angle[second] - turn)
        stretch = spots.log_r[[i, j]].sum() - nets.log_g[first] - nets.log_g[second]
        parts.append((zone[first], mirror, turn, 0.5 * stretch))
    zones, mirrors, turns, scales = (
        np.concatenate([part[n] for part in parts]) if parts else np.zeros(0) for n in range(4)
    )
    return Placements(
        zone=zones.astype(np.int64),
        mirror=mirrors,
        turn=turns,
        # Shrunk to the prior when it is settled.
        scale=scales if scale_sigma > 0.0 else np.zeros_like(scales),
        match=np.full((len(zones), len(spots)), -1),
    )


def _fitting(
    spots: PolarSpots,
    nets: Nets,
    zone: Ints,
    counted: Bools,
    pair: tuple[int, int],
    scale_sigma: float,
) -> tuple[Ints, Ints]:
    """Return all pairs of reflections of one zone that have the lengths of two spots."""
    near = []
    for n in pair:
        width = _REACH * float(np.hypot(spots.sigma[n], scale_sigma))
        near.append(np.flatnonzero(np.abs(nets.log_g - spots.log_r[n]) <= width))
    first, second = of_one_zone(zone, near[0][counted[near[0]]], near[1])
    # Both in one direction, or in opposite ones, are no base of a plane.
    wide = np.abs(np.sin(nets.angle[second] - nets.angle[first])) > _FLAT_OF_FEW
    difference = nets.log_g[first] - nets.log_g[second]
    off = np.abs(difference - (spots.log_r[pair[0]] - spots.log_r[pair[1]]))
    wide &= off <= _REACH * float(np.hypot(*spots.sigma[list(pair)]))
    return first[wide], second[wide]


def of_one_zone(zone: Ints, firsts: Ints, seconds: Ints) -> tuple[Ints, Ints]:
    """Return all pairs of two sets of reflections that are of one zone.

    Parameters
    ----------
    zone
        Number of the zone of each reflection, ascending, shape ``(r,)``.
    firsts, seconds
        Numbers of reflections, ascending.

    Returns
    -------
    Both of each pair, shape ``(p,)``, in the order of the firsts, then of the seconds.
    """
    low = np.searchsorted(zone[seconds], zone[firsts], side="left")
    high = np.searchsorted(zone[seconds], zone[firsts], side="right")
    number = high - low
    offset = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
    return np.repeat(firsts, number), seconds[np.repeat(low, number) + offset]


def _strong_pairs(
    zone: Ints, strength: Floats, counted: Bools, mate: Ints, most: int
) -> tuple[Ints, Ints]:
    """Return ordered pairs of the strongest reflections; the second one in both directions."""
    order = np.lexsort((-strength, zone))
    order = order[counted[order] & np.isfinite(strength[order])]
    own = zone[order]
    begin = np.searchsorted(own, np.arange(zone.max(initial=-1) + 2))
    firsts, seconds = [order[:0]], [order[:0]]
    for low, high in zip(begin[:-1], np.minimum(begin[1:], begin[:-1] + most), strict=True):
        some = order[low:high]
        both = np.concatenate([some, mate[some]])
        firsts.append(np.repeat(some, len(both)))
        seconds.append(np.tile(both, len(some)))
    return np.concatenate(firsts), np.concatenate(seconds)


def _base_pairs(
    spots: PolarSpots, most: int, flat: float, often: int
) -> tuple[Ints, Ints, Floats]:
    """Return pairs of spots that span the plane, short ones first, no spot too often."""
    one, two = np.triu_indices(len(spots), 1)
    angle = wrapped(spots.angle[two] - spots.angle[one])
    wide = np.abs(np.sin(angle)) > flat
    one, two, angle = one[wide], two[wide], angle[wide]
    used = [0] * len(spots)
    first, second = one.tolist(), two.tolist()
    chosen: list[int] = []
    for n in np.argsort(spots.log_r[one] + spots.log_r[two], kind="stable").tolist():
        if len(chosen) == most:
            break
        if used[first[n]] < often and used[second[n]] < often:
            chosen.append(n)
            used[first[n]] += 1
            used[second[n]] += 1
    return one[chosen], two[chosen], angle[chosen]
