"""Who the ligands of a centre are, by two criteria."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from navp_structures.analysis.polyhedra.positions import SPLIT_WIDTH, Positions
from navp_structures.errors import InputError
from navp_structures.kernels import polyhedron
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.neighbours import Surroundings, surroundings
from navp_structures.kernels.polyhedron import Bools
from navp_structures.read_only import ReadOnly

CRITERIA: Final = ("solid_angle", "gap")
"""How ligands are told from the rest, the first where nothing is asked."""

WIDE_GAP: Final = 0.4
"""Relative gap that no ligand lies behind, however large its solid angle: between those of
V, Zr, P and Si (0.64 and more), where both criteria agree, and those of Na (up to 0.25), where
they differ. Six equal ligands of Na have 0.42."""

# Å. Three times the nearest distance holds all neighbours that can have a face: the corners
# of the Voronoi polyhedron of a tetrahedron are at 3/2 of the distance.
_FIRST_REACH: Final = 6.0
LAST_REACH: Final = 48.0
_FACES: Final = 3.0

# Gaps are looked for up to this, in nearest distances and in Å, and to the next one beyond.
_GAPS: Final = 2.0
_GAPS_LEAST: Final = 4.0

# Distances of one orbit differ by rounding.
_EQUAL: Final = 1.0 + 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shell(ReadOnly):
    """The ligands of one centre, the nearest first.

    Parameters
    ----------
    position
        Number of the position of each atom, shape ``(k,)``.
    vectors
        From the centre to each atom (Å), shape ``(k, 3)``.
    weights
        Share of each atom in each vertex, shape ``(n, k)``: alternatives of a split atom
        make one vertex, its place their mean, its distance the mean of theirs.
    is_tied
        Whether which alternatives belong together is not told by their distances.
    by_gap, by_solid_angle
        Number of vertices that each criterion gives; None where it gives none.
    gap
        How much farther the first atom is that is no ligand by the gap, relative.
    weighted_number
        Of vertices, weighted by their solid angles.
    """

    position: Ints
    vectors: Floats
    weights: Floats
    is_tied: bool
    by_gap: int
    by_solid_angle: int | None
    gap: float
    weighted_number: float | None

    @property
    def vertices(self) -> Floats:
        """Positions of the vertices from the centre (Å), shape ``(n, 3)``."""
        return self.weights @ self.vectors

    @property
    def distances(self) -> Floats:
        """Distance to each atom (Å), shape ``(k,)``."""
        return np.asarray(np.linalg.norm(self.vectors, axis=1))

    @property
    def bonds(self) -> Floats:
        """Length to each vertex (Å), shape ``(n,)``.

        The mean over the alternatives of a split atom: their mean place is nearer than they
        are.
        """
        return np.asarray(self.weights @ self.distances)

    @property
    def split(self) -> float:
        """How far the alternatives of one vertex are apart at most (Å)."""
        apart = np.linalg.norm(self.vectors[:, np.newaxis] - self.vectors, axis=2)
        together = (self.weights > 0.0).astype(float)
        return float((apart * (together.T @ together)).max())


def find_shell(
    centre: Floats,
    ligands: Positions,
    orthogonalisation: Floats,
    *,
    criterion: str,
    cutoff: float | None,
) -> Shell | None:
    """Return the ligands of a centre; None where there is none.

    Parameters
    ----------
    centre
        Fractional coordinates.
    criterion
        One of `CRITERIA`. Where the neighbours enclose no space, it is the gap.
    cutoff
        Largest bond (Å) in place of a criterion.
    """
    found = _neighbourhood(centre, ligands, orthogonalisation, max(_FIRST_REACH, cutoff or 0.0))
    if not len(found.points):
        return None
    distances = found.distances
    by_gap, gap = _by_gap(distances)
    members, by_angle, number = by_gap, None, None
    if found.angles is not None:
        by_angle, number = polyhedron.shell_by_solid_angle(found.angles)
        if criterion == "solid_angle":
            members = by_angle & by_gap if gap >= WIDE_GAP else by_angle
    if cutoff is not None:
        members = distances <= cutoff * _EQUAL
        if not members.any():
            return None
    chosen = np.flatnonzero(members)
    chosen = chosen[np.argsort(distances[chosen], kind="stable")]
    atoms = np.flatnonzero(members[found.vertex])
    belongs = found.vertex[atoms] == chosen[:, np.newaxis]
    return Shell(
        position=found.around.point[atoms],
        vectors=found.around.vectors[atoms],
        weights=np.where(belongs, found.share[atoms], 0.0),
        is_tied=bool(ligands.tied[found.around.point[atoms]].any()),
        by_gap=int(by_gap.sum()),
        by_solid_angle=None if by_angle is None else int(by_angle.sum()),
        gap=gap,
        weighted_number=number,
    )


class _Neighbourhood(NamedTuple):
    """Everything around a centre.

    Parameters
    ----------
    vertex, share
        Which vertex each atom belongs to, and its share in it, shape ``(k,)``.
    points, distances, angles
        Position and distance (Å) and solid angle of each vertex, ``(n, 3)``, ``(n,)`` and
        ``(n,)``; no angles where they enclose no space.
    """

    around: Surroundings
    vertex: Ints
    share: Floats
    points: Floats
    distances: Floats
    angles: Floats | None


def _neighbourhood(
    centre: Floats, ligands: Positions, orthogonalisation: Floats, reach: float
) -> _Neighbourhood:
    """Return what lies around a centre, as far as both criteria need."""
    while True:
        around = surroundings(centre, ligands.fract, orthogonalisation, reach)
        vertex = _vertices(around, ligands)
        filled = ligands.occupancy[around.point]
        share = filled / np.bincount(vertex, filled)[vertex]
        points = np.zeros((vertex.max(initial=-1) + 1, 3))
        np.add.at(points, vertex, share[:, np.newaxis] * around.vectors)
        lengths = np.linalg.norm(around.vectors, axis=1)
        distances = np.zeros(len(points))
        np.add.at(distances, vertex, share * lengths)
        angles = _solid_angles(points)
        if angles is not None:
            needed = max(_FACES * distances.min(), _gap_limit(distances))
            if needed <= reach and distances.max() > _gap_limit(distances):
                break
        if reach >= LAST_REACH:
            break
        reach = min(2.0 * reach, LAST_REACH)
    return _Neighbourhood(around, vertex, share, points, distances, angles)


def _by_gap(distances: Floats) -> tuple[Bools, float]:
    limit = _gap_limit(distances)
    # The first one beyond belongs to the picture: nothing else may lie before it.
    beyond = distances[distances > limit].min(initial=np.inf)
    near = distances <= max(limit, beyond * _EQUAL if np.isfinite(beyond) else limit)
    members, gap = polyhedron.shell_by_gap(distances[near])
    result = near.copy()
    result[near] = members
    return result, gap


def _gap_limit(distances: Floats) -> float:
    return float(max(_GAPS * distances.min(), _GAPS_LEAST) * _EQUAL)


def _solid_angles(vertices: Floats) -> Floats | None:
    """Return the solid angles of neighbours; None where they enclose no space."""
    if len(vertices) < 4:
        return None
    try:
        return polyhedron.solid_angles(vertices)
    except InputError:
        return None


def _vertices(around: Surroundings, ligands: Positions) -> Ints:
    """Return which vertex each atom belongs to: alternatives of one have one."""
    atoms = ligands.atom[around.point]
    if len(np.unique(ligands.atom)) == len(ligands.atom):
        return np.arange(len(atoms))
    vertex = np.full(len(atoms), -1)
    for n in range(len(atoms)):
        if vertex[n] < 0:
            free = np.flatnonzero((atoms == atoms[n]) & (vertex < 0))
            vertex[free[_chained(around.vectors[free])]] = vertex.max() + 1
    return vertex


def _chained(points: Floats) -> Bools:
    """Return which points hang together with the first by steps of less than a split."""
    apart = np.linalg.norm(points[:, np.newaxis] - points, axis=2) < SPLIT_WIDTH
    chained = apart[0]
    while not np.array_equal(chained, grown := apart[chained].any(axis=0)):
        chained = grown
    return np.asarray(chained)
