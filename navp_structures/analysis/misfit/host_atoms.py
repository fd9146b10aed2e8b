"""The atoms of a phase's host, in its primitive cell and in multiples of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from navp_structures.kernels.correspondence import primitive_basis, reduced_basis
from navp_structures.kernels.lattice import Floats, periodic_distances
from navp_structures.model import standard
from navp_structures.model.phase import Phase
from navp_structures.model.site import Site

# A position that is filled to less has atoms that no partner can be named for.
_FILLED: Final = 0.9

# Å; images of one site that centring brings together differ by rounding only.
_SAME_PLACE: Final = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HostPlace:
    """Positions of the host that symmetry makes of one.

    Parameters
    ----------
    elements
        That share it, without the mobile ion.
    fract
        Fractional coordinates in the primitive basis, shape ``(n, 3)``.
    """

    elements: frozenset[str]
    fract: Floats


def lattice_basis(phase: Phase) -> Floats:
    """Return a reduced primitive basis, as columns in the axes of the cell."""
    basis = primitive_basis(phase.space_group.centring_vectors)
    return reduced_basis(phase.cell.metric_tensor, basis)


def host_places(phase: Phase, ion: str, basis: Floats) -> tuple[HostPlace, ...] | str:
    """Return the positions of the host, or a sentence that says why there are none to move.

    Parameters
    ----------
    ion
        The element that does not belong to the host.
    basis
        As of `lattice_basis`.
    """
    if not phase.has_sites:
        return f"{phase.id} is a cell without atom sites"
    places = []
    for sites in standard.places(phase.sites, phase.cell, phase.space_group):
        elements, filled = _host(sites, ion)
        if not elements:
            continue
        if filled < _FILLED:
            return f"{sites[0].label} of {phase.id} is filled to {filled:.2f} only"
        places.append(HostPlace(elements=elements, fract=_primitive(sites[0], phase, basis)))
    return tuple(places)


def kinds_of(places: Iterable[HostPlace]) -> tuple[frozenset[str], ...]:
    """Return the elements in sets that no position mixes, in the order of their names.

    Elements that share a position anywhere may become one another.
    """
    kinds: list[frozenset[str]] = []
    for place in places:
        met = [kind for kind in kinds if kind & place.elements]
        kinds = [kind for kind in kinds if kind not in met]
        kinds.append(place.elements.union(*met))
    return tuple(sorted(kinds, key=sorted))


def atoms_by_kind(
    places: Iterable[HostPlace], kinds: Iterable[frozenset[str]]
) -> tuple[Floats, ...]:
    """Return the atoms of each kind in the primitive cell, shapes ``(n, 3)``."""
    listed = list(places)
    return tuple(
        np.concatenate([np.zeros((0, 3)), *(p.fract for p in listed if p.elements <= kind)])
        for kind in kinds
    )


def filled_cell(atoms: Floats, cell: Floats) -> Floats:
    """Return atoms of the primitive cell in a multiple of it.

    Parameters
    ----------
    atoms
        Fractional coordinates in the primitive basis, shape ``(n, 3)``.
    cell
        Whole vectors of that basis, as columns, of determinant m.

    Returns
    -------
    Fractional coordinates in the larger cell, shape ``(m n, 3)``.
    """
    size = round(abs(float(np.linalg.det(cell))))
    inverse = np.linalg.inv(cell)
    # Steps along the primitive vectors, in parts of the larger cell.
    parts = np.rint(inverse * size).astype(np.int64)
    steps = np.array(list(product(range(size), repeat=3)), dtype=np.int64)
    shifts = np.unique(steps @ parts.T % size, axis=0) / size
    return np.asarray(((atoms @ inverse.T)[:, np.newaxis] + shifts).reshape(-1, 3))


def _host(sites: list[Site], ion: str) -> tuple[frozenset[str], float]:
    species = [s for site in sites for s in site.species if s.element != ion]
    elements = frozenset(s.element for s in species if s.occupancy > 0.0)
    return elements, sum(s.occupancy for s in species)


def _primitive(site: Site, phase: Phase, basis: Floats) -> Floats:
    """Return the positions of a site in the primitive cell."""
    every = standard.positions(site, phase.cell, phase.space_group)
    fract = every @ np.linalg.inv(basis).T
    metric = basis.T @ phase.cell.metric_tensor @ basis
    apart = periodic_distances(fract[:, np.newaxis] - fract, metric)
    earlier = np.tril(apart < _SAME_PLACE, -1).any(axis=1)
    return np.asarray(fract[~earlier])
