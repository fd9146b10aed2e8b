"""Where in the cell the atoms of some elements are, partly filled and split ones included."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from navp_structures.errors import InputError, nearest, shown
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.neighbours import surroundings
from navp_structures.kernels.polyhedron import Bools
from navp_structures.model import standard
from navp_structures.model.phase import Phase
from navp_structures.model.site import OCCUPANCY_SLACK, Site, Species
from navp_structures.read_only import ReadOnly

# Half the shortest distance of two oxygen atoms, and more than disorder splits one of them.
SPLIT_WIDTH = 1.2
"""Å; atoms nearer than this that are never both there are alternatives of one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Positions(ReadOnly):
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
    tied
        Whether it might as well have been joined with another one as near, shape ``(n,)``.
    """

    site: Ints
    operation: Ints
    fract: Floats
    occupancy: Floats
    atom: Ints
    tied: Bools


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
            f"{phase.id} has no {role} {shown(name)}{nearest(name, labels)}; its elements are "
            f"{', '.join(elements)}"
        )
    return found


def names_of(site: Site) -> set[str]:
    """Return what a site may be called; nobody sits on an empty one."""
    here = [s for s in site.species if s.occupancy > 0.0]
    own = {site.label} if here else set()
    return own.union(*({s.label, s.element} for s in here))


def species_of(site: Site, names: Collection[str]) -> tuple[Species, ...]:
    """Return which atoms of a site are meant: elements, atoms, or the site with all of them."""
    named = tuple(s for s in site.species if {s.element, s.label} & set(names))
    # The label of a mixed site is often that of its first atom, which is then meant.
    return named if named or site.label not in names else site.species


def occupancy_of(site: Site, names: Collection[str]) -> float:
    """Return how much of a site the elements (or labelled atoms) fill."""
    return sum(species.occupancy for species in species_of(site, names))


def label_of(sites: Iterable[Site]) -> str:
    """Return the labels of all atoms on sites, ``Si1/P1``."""
    return "/".join(dict.fromkeys(s.label for site in sites for s in site.species))


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
    atom, tied = _atoms(fract, filled, cell.orthogonalisation_matrix)
    return Positions(
        site=site,
        operation=np.concatenate(operations),
        fract=fract,
        occupancy=filled,
        atom=atom,
        tied=tied,
    )


def _atoms(fract: Floats, filled: Floats, orthogonalisation: Floats) -> tuple[Ints, Bools]:
    """Return which positions are alternatives of one atom, and where that is ambiguous.

    Alternatives are near each other and never both filled; the nearest are joined first.
    """
    atom = np.arange(len(fract))
    tied = np.zeros(len(fract), dtype=bool)
    total = filled.copy()
    pairs: list[tuple[float, int, int]] = []
    for n in np.flatnonzero(filled < 1.0 - OCCUPANCY_SLACK).tolist():
        around = surroundings(fract[n], fract, orthogonalisation, SPLIT_WIDTH)
        lengths = np.linalg.norm(around.vectors, axis=1)
        near = zip(lengths.tolist(), around.point.tolist(), strict=True)
        pairs += [(distance, n, m) for distance, m in near if m > n]
        here = np.abs(fract - fract[n] - np.rint(fract - fract[n])).max(axis=1) < 1e-6
        pairs += [(0.0, n, m) for m in np.flatnonzero(here).tolist() if m > n]
    joined: dict[int, float] = {}
    for distance, n, m in sorted(pairs):
        one, two = atom[n], atom[m]
        if one == two:
            continue
        if total[one] + total[two] <= 1.0 + OCCUPANCY_SLACK:
            total[one] += total[two]
            atom[atom == two] = one
            joined[n] = joined[m] = distance
        else:
            # One that is as near as the one taken could have been taken as well.
            for end in (n, m):
                tied[end] |= distance < joined.get(end, -np.inf) + _AS_NEAR
    return atom, tied


# Å: distances that differ by less are equal as far as coordinates tell.
_AS_NEAR = 1e-3
