"""All polyhedra of a cell, and which of them have common vertices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from navp_structures.analysis.polyhedra.centres import Centre
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.model import standard
from navp_structures.model.phase import Phase
from navp_structures.model.site import OCCUPANCY_SLACK
from navp_structures.read_only import ReadOnly

# Å. Two cations that are never found so near each other: Li–Li of Li2O is 2.3 Å. Partly filled
# ones that are nearer are taken as alternatives.
_NEVER_BOTH = 2.0


class Contact(NamedTuple):
    """Two polyhedra of the network with common vertices.

    The first is in the home cell, the second moved by a lattice translation.
    """

    first: int
    second: int
    shift: tuple[int, ...]
    shared: int
    distance: float
    angle: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network(ReadOnly):
    """All polyhedra of the cell.

    Parameters
    ----------
    kind
        Number of the centre among those of the asymmetric unit, shape ``(m,)``.
    fract
        Of each centre, shape ``(m, 3)``.
    first
        Number of the first polyhedron of each kind.
    contacts
        Ordered pairs of polyhedra with common vertices.
    alternatives
        Those whose centres are never both there, left out of the contacts.
    """

    kind: Ints
    fract: Floats
    first: tuple[int, ...]
    orthogonalisation: Floats
    contacts: tuple[Contact, ...]
    alternatives: tuple[Contact, ...]


def network_of(phase: Phase, centres: tuple[Centre, ...]) -> Network:
    """Return the polyhedra of the cell with what they share."""
    matrix = phase.cell.orthogonalisation_matrix
    group = phase.space_group
    kinds, places, vertices, owners = [], [], [], []
    first = []
    count = 0
    for kind, item in enumerate(centres):
        ops, ideal = standard.orbit_operations(phase.sites[item.site], phase.cell, group)
        around = ideal + np.linalg.solve(matrix, item.shell.vertices.T).T
        rotations, translations = group.rotations[ops], group.translations[ops]
        places.append(rotations @ ideal + translations)
        turned = around @ rotations.transpose(0, 2, 1) + translations[:, np.newaxis]
        vertices.append(turned.reshape(-1, 3))
        owners.append(np.repeat(np.arange(count, count + len(ops)), len(around)))
        kinds.append(np.full(len(ops), kind))
        first.append(count)
        count += len(ops)
    fract = np.concatenate(places)
    kind_of = np.concatenate(kinds)
    filled = np.array([item.filled for item in centres])[kind_of]
    points, owner = np.concatenate(vertices), np.concatenate(owners)
    contacts: list[Contact] = []
    alternatives: list[Contact] = []
    for pair in _contacts(fract, points, owner, matrix):
        together = filled[pair.first] + filled[pair.second] > 1.0 + OCCUPANCY_SLACK
        never = pair.distance < _NEVER_BOTH and not together
        (alternatives if never else contacts).append(pair)
    return Network(
        kind=kind_of,
        fract=fract,
        first=tuple(first),
        orthogonalisation=matrix,
        contacts=tuple(contacts),
        alternatives=tuple(alternatives),
    )


def _contacts(fract: Floats, points: Floats, owner: Ints, matrix: Floats) -> Iterator[Contact]:
    """Yield every ordered pair of polyhedra with common vertices."""
    common: dict[tuple[int, int, tuple[int, ...]], list[int]] = defaultdict(list)
    for group in _same_place(points):
        for n in group:
            for m in group:
                shift = tuple(np.rint(points[n] - points[m]).astype(int).tolist())
                key = int(owner[n]), int(owner[m]), shift
                if key[0] != key[1] or any(shift):
                    common[key].append(n)
    for (one, two, shift), corners in common.items():
        here, there = fract[one], fract[two] + shift
        to_here = (here - points[corners]) @ matrix.T
        to_there = (there - points[corners]) @ matrix.T
        cosines = np.einsum("ix,ix->i", to_here, to_there)
        cosines /= np.linalg.norm(to_here, axis=1) * np.linalg.norm(to_there, axis=1)
        angles = np.degrees(np.arccos(np.clip(cosines, -1.0, 1.0)))
        distance = float(np.linalg.norm(matrix @ (there - here)))
        yield Contact(one, two, shift, len(corners), distance, float(angles.mean()))


def _same_place(points: Floats) -> Iterable[list[int]]:
    """Return the vertices at one position of the cell, up to lattice translations."""
    from scipy.spatial import cKDTree

    # 1 itself may come out of the remainder of a tiny negative number.
    wrapped = (points % 1.0) % 1.0
    tree = cKDTree(wrapped, boxsize=1.0)
    groups: dict[int, list[int]] = defaultdict(list)
    for n, near in enumerate(tree.query_ball_point(wrapped, _SAME)):
        groups[min(near)].append(n)
    return groups.values()


# Fractions of the cell: rounding, far below any distance of two atoms.
_SAME = 1e-5
