"""Interatomic distances of a phase, disordered sites included."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.neighbours import neighbour_pairs
from navp_structures.model import standard
from navp_structures.model.phase import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortestDistance:
    """The shortest distance (Å) between two elements.

    Parameters
    ----------
    sites
        Labels of the two sites.
    together
        False when the two positions cannot both be filled: their occupancies add up to
        at most 1, so the distance may never occur.
    """

    elements: tuple[str, str]
    sites: tuple[str, str]
    distance: float
    together: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Neighbours:
    """All pairs of a phase's sites nearer than a cutoff: site, other site, distance (Å)."""

    centre: Ints
    other: Ints
    distance: Floats


def neighbours(phase: Phase, cutoff: float) -> Neighbours:
    """Return the pairs between each site of the asymmetric unit and all positions; cached."""
    phase.require_sites("a distance")
    return _neighbours(phase, cutoff)


def distances_between(phase: Phase, label: str, other: str, cutoff: float) -> Floats:
    """Return the distances (Å) up to a cutoff from a site to all of another, ascending."""
    names = [[s.label for s in site.species] for site in phase.sites]
    first = [n for n, labels in enumerate(names) if label in labels]
    second = [n for n, labels in enumerate(names) if other in labels]
    pairs = neighbours(phase, cutoff)
    wanted = np.isin(pairs.centre, first) & np.isin(pairs.other, second)
    return np.sort(pairs.distance[wanted])


def shortest_distances(phase: Phase, cutoff: float = 5.0) -> tuple[ShortestDistance, ...]:
    """Return the shortest distance of each pair of elements up to a cutoff, ascending.

    A pair that can be filled together is preferred to a shorter one that cannot.
    """
    pairs = neighbours(phase, cutoff)
    best: dict[tuple[str, str], ShortestDistance] = {}
    for n in _shortest_of_each(phase, pairs):
        one, two = phase.sites[pairs.centre[n]], phase.sites[pairs.other[n]]
        together = one.occupancy + two.occupancy > 1.0 + 1e-6
        for a in one.species:
            for b in two.species:
                first, second = a.element, b.element
                key = (min(first, second), max(first, second))
                known = best.get(key)
                if known is None or (together and not known.together):
                    labels = (a.label, b.label)
                    best[key] = ShortestDistance(
                        elements=key,
                        sites=labels if key[0] == first else labels[::-1],
                        distance=float(pairs.distance[n]),
                        together=together,
                    )
    return tuple(sorted(best.values(), key=lambda item: item.distance))


def _shortest_of_each(phase: Phase, pairs: Neighbours) -> Ints:
    """Return the numbers of the shortest pair of each two kinds of sites, ascending.

    Sites of one kind hold the same elements in the same amounts.
    """
    kinds: dict[object, int] = {}
    kind = np.array(
        [kinds.setdefault((site.elements, site.occupancy), len(kinds)) for site in phase.sites]
    )
    order = np.argsort(pairs.distance, kind="stable")
    both = kind[pairs.centre[order]] * len(kinds) + kind[pairs.other[order]]
    first = np.sort(np.unique(both, return_index=True)[1])
    return np.asarray(order[first])


@lru_cache(maxsize=32)
def _neighbours(phase: Phase, cutoff: float) -> Neighbours:
    cell, group = phase.cell, phase.space_group
    ideal = np.array([standard.stabiliser(s, cell, group)[1] for s in phase.sites])
    orbits = [standard.positions(site, cell, group) for site in phase.sites]
    owner = np.repeat(np.arange(len(orbits)), [len(points) for points in orbits])
    centre, point, distance = neighbour_pairs(
        ideal, np.concatenate(orbits), cell.orthogonalisation_matrix, cutoff
    )
    arrays = (centre, owner[point], distance)
    for array in arrays:
        array.setflags(write=False)
    return Neighbours(centre=arrays[0], other=arrays[1], distance=arrays[2])
