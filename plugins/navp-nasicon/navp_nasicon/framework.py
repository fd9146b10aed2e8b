"""The octahedra and tetrahedra of a phase, and how they hang together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from navp_structures import Phase, Polyhedra, SharedPolyhedra, polyhedra

if TYPE_CHECKING:
    from navp_structures.analysis.polyhedra.network import Network
    from navp_structures.analysis.polyhedra.sharing import Lantern

Floats = NDArray[np.floating[Any]]

LIGANDS: Final = ("O", "F")

GUESTS: Final = frozenset(
    {"H", "D", "Li", "Na", "K", "Rb", "Cs", "Ca", "Sr", "Ba", "Cu", "Ag", "Tl"}
    | {"B", "C", "N", "Cl", "Br", "I"}
)
"""Elements that build no framework of octahedra and tetrahedra: those that fill its cavities,
and non-metals."""

FORMERS: Final = frozenset({"Si", "P", "S", "Ge", "As", "Se", "V", "Cr", "Mo", "W"})
"""Elements whose tetrahedra are oxoanions; V, Cr, Mo and W are octahedral too."""

OCTAHEDRON: Final = 1.15
"""Largest quadratic elongation of an octahedron; a trigonal prism of equal edges has 1.21."""

MOST_SITES: Final = 60
"""Sites that are looked at within a second."""

CORNER, EDGE = 1, 2


class TooManySitesError(Exception):
    """A phase has more sites than a check of every phase should look at."""


class Contact(NamedTuple):
    """What each polyhedron of one site shares with those of another.

    `shared` is the number of common vertices, `number` that of neighbours; partly filled
    ones count by their filling.
    """

    site: int
    other: int
    shared: int
    number: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Framework:
    """Octahedra and tetrahedra that share vertices; sites are told by their numbers.

    Parameters
    ----------
    labels, positions
        Of each site, and how often it is in the cell.
    octahedra, tetrahedra
        Which sites they are around.
    contacts
        Among them.
    lanterns
        Two octahedra that three tetrahedra join.
    ends
        Of each octahedron in the cell: its site, and how many lanterns it ends.
    axes
        From end to end of each lantern in the cell (Å, Cartesian), shape ``(3,)``.
    dimension
        In how many dimensions the least extended connected part goes on for ever.
    """

    labels: tuple[str, ...]
    positions: tuple[int, ...]
    octahedra: tuple[int, ...]
    tetrahedra: tuple[int, ...]
    contacts: tuple[Contact, ...]
    lanterns: tuple[Lantern, ...]
    ends: tuple[tuple[int, int], ...]
    axes: tuple[Floats, ...]
    dimension: int
    orthogonalisation: Floats

    @property
    def lantern_number(self) -> float:
        """Lantern units in the cell."""
        return sum(lantern.number for lantern in self.lanterns)

    @property
    def lanterns_per_formula_unit(self) -> float | None:
        """None where Z is unknown."""
        shares = [lantern.per_formula_unit for lantern in self.lanterns]
        return sum(s for s in shares if s is not None) if None not in shares else None


def framework_of(phase: Phase) -> Framework | None:
    """Return the framework of octahedra and tetrahedra; None where either is missing.

    Raises
    ------
    NavpError
        When a site has no ligand, or too many.
    TooManySitesError
        When the phase has more than `MOST_SITES` sites to look at.
    """
    present = {element for site in phase.sites for element in site.elements}
    elements = sorted(present.difference(GUESTS, LIGANDS))
    if "O" not in present or not FORMERS.intersection(elements):
        return None
    number = sum(not set(elements).isdisjoint(site.elements) for site in phase.sites)
    if number > MOST_SITES:
        raise TooManySitesError(f"{number} sites to look at are more than {MOST_SITES}")
    result = polyhedra(phase, elements, [x for x in LIGANDS if x in present])
    tetrahedra = tuple(_tetrahedra(result))
    octahedra = tuple(_octahedra(result))
    if not octahedra or not tetrahedra:
        return None
    shared = result.shared()
    (network,) = shared.networks
    octahedra = _without_guests(result, network, octahedra)
    return _framework(result, shared, octahedra, tetrahedra)


def _octahedra(result: Polyhedra) -> Iterator[int]:
    for n, row in enumerate(result.rows):
        elongation = row.quadratic_elongation
        if row.coordination == 6 and elongation is not None and elongation <= OCTAHEDRON:
            yield n


def _tetrahedra(result: Polyhedra) -> Iterator[int]:
    """Yield which sites are those of oxoanions."""
    for n, (row, centre) in enumerate(zip(result.rows, result.centres, strict=True)):
        elements = {e for site in centre.sites for e in centre.phase.sites[site].elements}
        # Four ligands in one plane enclose no volume.
        if row.coordination == 4 and row.volume is not None and elements & FORMERS:
            yield n


def _without_guests(
    result: Polyhedra, network: Network, octahedra: tuple[int, ...]
) -> tuple[int, ...]:
    """Return octahedra but those that share a face with a smaller one.

    So do cations in the cavities of NASICON, whatever their element.
    """
    mean = {n: result.rows[n].mean_bond for n in octahedra}
    large = {
        contact.site
        for contact in _contacts(result, network, octahedra)
        if contact.shared > EDGE and mean[contact.site] > mean[contact.other] + _SAME
    }
    return tuple(n for n in octahedra if n not in large)


# Å: mean bonds of octahedra of one kind.
_SAME: Final = 0.02


def _contacts(result: Polyhedra, network: Network, sites: tuple[int, ...]) -> Iterator[Contact]:
    """Yield what the polyhedra of some sites share with each other."""
    counted: dict[tuple[int, int, int], float] = defaultdict(float)
    for contact in network.contacts:
        site, other = (int(network.kind[n]) for n in (contact.first, contact.second))
        if contact.first == network.first[site] and site in sites and other in sites:
            counted[site, other, contact.shared] += min(1.0, result.centres[other].filled)
    for (site, other, shared), number in sorted(counted.items()):
        yield Contact(site, other, shared, number)


def _framework(
    result: Polyhedra,
    shared: SharedPolyhedra,
    octahedra: tuple[int, ...],
    tetrahedra: tuple[int, ...],
) -> Framework:
    (network,) = shared.networks
    members = octahedra + tetrahedra
    ends, bridges = (
        {result.rows[n].centre for n in sites} for sites in (octahedra, tetrahedra)
    )
    lanterns = tuple(
        lantern
        for lantern in shared.lanterns
        if ends.issuperset(lantern.centres) and bridges.issuperset(lantern.bridges)
    )
    counted = Counter(n for lantern in lanterns for pair in lantern.pairs for n in pair[:2])
    return Framework(
        labels=tuple(row.centre for row in result.rows),
        positions=tuple(row.multiplicity for row in result.rows),
        octahedra=octahedra,
        tetrahedra=tetrahedra,
        contacts=tuple(_contacts(result, network, members)),
        lanterns=lanterns,
        ends=tuple(
            (int(kind), counted[n]) for n, kind in enumerate(network.kind) if kind in octahedra
        ),
        axes=tuple(_axes(network, lanterns)),
        dimension=_dimension(network, np.isin(network.kind, members)),
        orthogonalisation=network.orthogonalisation,
    )


def _axes(network: Network, lanterns: Iterable[Lantern]) -> Iterator[Floats]:
    for lantern in lanterns:
        for one, two, shift in lantern.pairs:
            apart = network.fract[two] + shift - network.fract[one]
            yield network.orthogonalisation @ apart


def _dimension(network: Network, member: NDArray[np.bool_]) -> int:
    """Return the smallest rank of the translations that lead from a part to itself."""
    touching: dict[int, list[tuple[int, tuple[int, ...]]]] = defaultdict(list)
    for contact in network.contacts:
        if member[contact.first] and member[contact.second]:
            touching[contact.first].append((contact.second, contact.shift))
    place: dict[int, NDArray[np.int_]] = {}
    ranks = []
    for start in np.flatnonzero(member).tolist():
        if start not in place:
            loops = _loops(start, touching, place)
            ranks.append(int(np.linalg.matrix_rank(np.unique(loops, axis=0))))
    return min(ranks)


def _loops(
    start: int,
    touching: dict[int, list[tuple[int, tuple[int, ...]]]],
    place: dict[int, NDArray[np.int_]],
) -> list[NDArray[np.int_]]:
    """Return the translations between the ways to each polyhedron of a part; fill `place`."""
    place[start] = np.zeros(3, dtype=int)
    loops, waiting = [place[start]], [start]
    while waiting:
        here = waiting.pop()
        for there, shift in touching[here]:
            found = place[here] + shift
            if there in place:
                loops.append(found - place[there])
            else:
                place[there] = found
                waiting.append(there)
    return loops
