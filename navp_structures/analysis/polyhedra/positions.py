"""Where in the cell the atoms of some elements are, partly filled and split ones included."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from navp_structures.errors import InputError, nearest
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.neighbours import surroundings
from navp_structures.model import standard
from navp_structures.model.phase import Phase
from navp_structures.model.site import OCCUPANCY_SLACK, Site

# Half the shortest distance of two oxygen atoms, and more than disorder splits one of them.
SPLIT_WIDTH = 1.2
"""Å; atoms nearer than this that are never both there are alternatives of one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Positions:
    """Positions of the cell, read-only.

    Parameters
    ----------
    site, operation
        Number of the site and of the operation that leads there, shape ``(n,)``.
    fract
        Fractional coordinates as the operation gives them, outside the cell too, ``(n, 3)``.
    occupancy
        By the elements in question, shape ``(n,)``.
    atom
        Number that the alternatives of one split atom share, shape ``(n,)``.
    """

    site: Ints
    operation: Ints
    fract: Floats
    occupancy: Floats
    atom: Ints


def find_sites(phase: Phase, names: Iterable[str], role: str) -> tuple[int, ...]:
    """Return the numbers of the sites of elements, or of sites with labels, in their order.

    Raises
    ------
    InputError
        When there is none of a name.
    """
    return tuple(sorted({n for name in names for n in _sites_of(phase, name, role)}))


def _sites_of(phase: Phase, name: str, role: str) -> list[int]:
    sites = phase.require_sites("a polyhedron")
    found = [n for n, site in enumerate(sites) if name in names_of(site)]
    if not found:
        elements = tuple(dict.fromkeys(e for site in sites for e in site.elements))
        labels = [label for site in sites for label in names_of(site)]
        raise InputError(
            f"{phase.id} has no {role} {name!r}{nearest(name, labels)}; its elements are "
            f"{', '.join(elements)}"
        )
    return found


def names_of(site: Site) -> set[str]:
    """Return what a site may be called; nobody sits on an empty one."""
    here = [s for s in site.species if s.occupancy > 0.0]
    own = {site.label} if here else set()
    return own.union(*({s.label, s.element} for s in here))


def atoms_of(sites: Iterable[Site]) -> str:
    """Return the labels of all atoms that share sites, as one word."""
    return "/".join(dict.fromkeys(s.label for site in sites for s in site.species))


def occupancy_of(site: Site, names: Collection[str]) -> float:
    """Return how much of a site the elements (or labelled atoms) fill."""
    named = [s.occupancy for s in site.species if {s.element, s.label} & set(names)]
    # The label of a mixed site is often that of its first atom, which is then meant.
    return sum(named) if named or site.label not in names else site.occupancy


@lru_cache(maxsize=64)
def places_of(phase: Phase) -> tuple[tuple[int, ...], ...]:
    """Return the numbers of the sites that share a position, in their order; cached."""
    number = {id(site): n for n, site in enumerate(phase.sites)}
    places = standard.places(phase.sites, phase.cell, phase.space_group)
    return tuple(tuple(number[id(site)] for site in place) for place in places)


@lru_cache(maxsize=64)
def positions_of(phase: Phase, names: tuple[str, ...], role: str) -> Positions:
    """Return all positions in the cell of elements or labelled sites; cached.

    Raises
    ------
    InputError
        When the phase has no such site.
    """
    chosen = find_sites(phase, names, role)
    cell, group = phase.cell, phase.space_group
    owners, operations, places = [], [], []
    for n in chosen:
        ops, ideal = standard.orbit_operations(phase.sites[n], cell, group)
        owners.append(np.full(len(ops), n))
        operations.append(ops)
        places.append(group.rotations[ops] @ ideal + group.translations[ops])
    site = np.concatenate(owners)
    filled = np.array([occupancy_of(s, names) for s in phase.sites])[site]
    fract = np.concatenate(places)
    arrays = {
        "site": site,
        "operation": np.concatenate(operations),
        "fract": fract,
        "occupancy": filled,
        "atom": _atoms(fract, filled, cell.orthogonalisation_matrix),
    }
    for array in arrays.values():
        array.setflags(write=False)
    return Positions(**arrays)


def _atoms(fract: Floats, filled: Floats, orthogonalisation: Floats) -> Ints:
    """Return which positions are alternatives of one atom: near, and never both filled."""
    atom = np.arange(len(fract))
    total = filled.copy()
    pairs = []
    for n in np.flatnonzero(filled < 1.0 - OCCUPANCY_SLACK):
        around = surroundings(fract[n], fract, orthogonalisation, SPLIT_WIDTH)
        lengths = np.linalg.norm(around.vectors, axis=1)
        pairs += [(d, n, m) for d, m in zip(lengths, around.point, strict=True) if m > n]
        here = np.abs(fract - fract[n] - np.rint(fract - fract[n])).max(axis=1) < 1e-6
        pairs += [(0.0, n, m) for m in np.flatnonzero(here) if m > n]
    for _, n, m in sorted(pairs):
        one, two = atom[n], atom[m]
        if one != two and total[one] + total[two] <= 1.0 + OCCUPANCY_SLACK:
            total[one] += total[two]
            atom[atom == two] = one
    return atom
