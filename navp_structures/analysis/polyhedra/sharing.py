"""Corners, edges and faces that polyhedra share, and the lantern units among them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from navp_structures.analysis.polyhedra.centres import Centre
from navp_structures.analysis.polyhedra.network import Contact, Network, network_of
from navp_structures.analysis.polyhedra.result import OfPolyhedra
from navp_structures.kernels.lattice import Ints
from navp_structures.model.phase import Phase
from navp_structures.show.tables import Column, TableResult, plain

if TYPE_CHECKING:
    from navp_structures.analysis.polyhedra.result import Polyhedra

_KINDS = {1: "corner", 2: "edge"}

# Bridges that make two polyhedra a lantern.
_LANTERN = 3

# Fillings of bridges add up to three within this.
_PART = 0.1

# Contacts within a thousandth of an Å and of a degree are equal by symmetry.
_PLACES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPart:
    """What the polyhedron of one centre shares with others of one kind.

    Parameters
    ----------
    kind
        ``corner``, ``edge`` or ``face``.
    shared
        Number of common vertices.
    number
        How many such neighbours the centre has, whether they are filled or not.
    occupancy
        How far the other centre is filled.
    distance
        Between the two centres (Å).
    angle
        Centre, ligand, other centre (degrees); mean over the common vertices.
    """

    phase: str
    centre: str
    other: str
    kind: str
    shared: int
    number: int
    distance: float
    angle: float
    occupancy: float


Pair = tuple[int, int, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lantern:
    """Two polyhedra that three smaller ones join, corner to corner: [V2(PO4)3].

    Parameters
    ----------
    centres, bridges
        Labels of the two and of the three centres.
    distance
        Between the two centres (Å).
    number
        Of such units in the cell; with partly filled ends the mean number.
    per_formula_unit
        None where Z is unknown.
    pairs
        The two polyhedra of each unit in the network, the second with its translation.
    """

    phase: str
    centres: tuple[str, ...]
    bridges: tuple[str, ...]
    distance: float
    number: float
    per_formula_unit: float | None
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class SharedPolyhedra(OfPolyhedra[SharedPart]):
    """Shared corners, edges and faces, from each site of the asymmetric unit.

    Parameters
    ----------
    networks
        All polyhedra of the cell of each phase, in the order of `phases`: which touch which,
        with the lattice translation between them. `Network.kind` counts the centres of the
        phase among `of.centres`.
    """

    of: Polyhedra
    rows: tuple[SharedPart, ...]
    lanterns: tuple[Lantern, ...]
    remarks: tuple[str, ...]
    networks: tuple[Network, ...]

    name = "shared_polyhedra"
    columns = (
        Column("phase", varying=True),
        Column("centre"),
        Column("other"),
        Column("kind"),
        Column("shared", hidden=True),
        Column("number", head="n"),
        Column("distance", head="distance / Å", show="{:.4f}".format),
        Column("angle", head="angle / °", show="{:.2f}".format),
        Column("occupancy", show="{:.3g}".format, usual=1.0),
    )

    @property
    def notes(self) -> tuple[str, ...]:
        """The lantern units, what is left out, then what was said of the polyhedra."""
        nothing = () if self.rows else ("no two of these polyhedra share a vertex",)
        return (*nothing, *map(_sentence, self.lanterns), *self.remarks, *self.of.notes)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document; `results` holds the shared parts and the lanterns."""
        content = TableResult.to_dict(self)
        content["results"] = {
            "shared": content["results"],
            "lanterns": plain([_row(lantern) for lantern in self.lanterns]),
        }
        content["remarks"] = [*self.remarks, *self.of.remarks]
        return content


def shared_of(result: Polyhedra) -> SharedPolyhedra:
    """Return what the polyhedra of each phase share with each other."""
    rows: list[SharedPart] = []
    lanterns: list[Lantern] = []
    remarks: list[str] = []
    networks: list[Network] = []
    for phase in result.of:
        centres = tuple(item for item in result.centres if item.phase is phase)
        network = network_of(phase, centres)
        rows += _parts(phase, centres, network)
        lanterns += _lanterns(phase, centres, network)
        remarks += _left_out(phase, centres, network)
        networks.append(network)
    return SharedPolyhedra(
        of=result,
        rows=tuple(rows),
        lanterns=tuple(lanterns),
        remarks=tuple(remarks),
        networks=tuple(networks),
    )


def _left_out(phase: Phase, centres: tuple[Centre, ...], network: Network) -> Iterator[str]:
    """Yield which centres are alternatives of each other, each pair of sites once."""
    nearest: dict[tuple[str, ...], float] = {}
    for pair in network.alternatives:
        kinds = network.kind[[pair.first, pair.second]].tolist()
        names = tuple(sorted(centres[kind].label for kind in kinds))
        nearest[names] = min(pair.distance, nearest.get(names, pair.distance))
    for (one, two), distance in sorted(nearest.items()):
        pair_text = f"two {one}" if one == two else f"{one} and {two}"
        yield (
            f"{phase.id}: {pair_text} {distance:.2f} Å apart are taken as alternatives; what "
            "their polyhedra have in common is left out"
        )


def _parts(phase: Phase, centres: tuple[Centre, ...], network: Network) -> Iterator[SharedPart]:
    """Yield what each kind of polyhedron shares, corners first, the nearest first."""
    equal: dict[tuple[int, int, int, float, float], list[Contact]] = defaultdict(list)
    for contact in network.contacts:
        kind, other = network.kind[[contact.first, contact.second]].tolist()
        if contact.first == network.first[kind]:
            size = round(contact.distance, _PLACES), round(contact.angle, _PLACES)
            equal[kind, other, contact.shared, *size].append(contact)
    for (kind, other, shared, _, _), contacts in sorted(equal.items()):
        yield SharedPart(
            phase=phase.id,
            centre=centres[kind].label,
            other=centres[other].label,
            kind=_KINDS.get(shared, "face"),
            shared=shared,
            number=len(contacts),
            distance=contacts[0].distance,
            angle=contacts[0].angle,
            occupancy=min(1.0, centres[other].filled),
        )


def _lanterns(phase: Phase, centres: tuple[Centre, ...], network: Network) -> Iterator[Lantern]:
    """Yield the kinds of lantern units of the cell with their number."""
    touching = {(c.first, c.second, c.shift) for c in network.contacts}
    label = [centres[kind].label for kind in network.kind]
    filled = [min(1.0, centres[kind].filled) for kind in network.kind]
    weights: dict[tuple[tuple[str, ...], tuple[str, ...], float], float] = defaultdict(float)
    found: dict[tuple[tuple[str, ...], tuple[str, ...], float], list[tuple[float, Pair]]]
    found = defaultdict(list)
    for (one, two, shift), joined in _bridges(centres, network).items():
        # Alternatives of a split bridge are one bridge together.
        bridges = sum(filled[n] for n in joined)
        if abs(bridges - _LANTERN) > _PART or (one, two, shift) in touching:
            continue
        apart = network.fract[two] + shift - network.fract[one]
        distance = float(np.linalg.norm(network.orthogonalisation @ apart))
        ends = tuple(sorted(label[n] for n in (one, two)))
        middle = tuple(sorted(label[n] for n in joined))
        weights[ends, middle, round(distance, _PLACES)] += filled[one] * filled[two]
        found[ends, middle, round(distance, _PLACES)].append((distance, (one, two, shift)))
    units = phase.formula_units
    for key, members in sorted(found.items()):
        ends, middle, _ = key
        number = round(weights[key], 6)
        yield Lantern(
            phase=phase.id,
            centres=ends,
            bridges=middle,
            distance=members[0][0],
            number=number,
            per_formula_unit=number / units if units else None,
            pairs=tuple(pair for _, pair in members),
        )


def _bridges(centres: tuple[Centre, ...], network: Network) -> dict[Pair, list[int]]:
    """Return which smaller polyhedra share a corner with each of two larger ones."""
    size = np.array([len(item.shell.weights) for item in centres])[network.kind]
    around: dict[int, list[tuple[int, Ints]]] = defaultdict(list)
    for contact in network.contacts:
        if contact.shared == 1 and size[contact.first] < size[contact.second]:
            around[contact.first].append((contact.second, np.array(contact.shift)))
    found: dict[Pair, list[int]] = defaultdict(list)
    for bridge, neighbours in around.items():
        for (one, shift_1), (two, shift_2) in combinations(neighbours, 2):
            found[_pair(one, two, shift_2 - shift_1)].append(bridge)
    return found


def _row(lantern: Lantern) -> dict[str, Any]:
    """Return a lantern for JSON, which has no network that its pairs could point to."""
    return {name: value for name, value in asdict(lantern).items() if name != "pairs"}


def _pair(one: int, two: int, shift: Ints) -> Pair:
    """Return a pair of polyhedra in one of its two readings, always the same one."""
    forth = (one, two, tuple(shift.tolist()))
    back = (two, one, tuple((-shift).tolist()))
    return min(forth, back)


def _sentence(lantern: Lantern) -> str:
    unit = f"{'–'.join(lantern.centres)} joined by {', '.join(lantern.bridges)}"
    share = (
        ""
        if lantern.per_formula_unit is None
        else f", {lantern.per_formula_unit:g} per formula unit"
    )
    return (
        f"{lantern.phase}: {lantern.number:g} lantern units in the cell{share}: {unit}, "
        f"{lantern.distance:.3f} Å apart"
    )
