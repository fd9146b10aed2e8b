r"""The correspondence of two phases that moves atoms the least: strain and shuffle together.

Every correspondence of the smallest sublattices that hold as much of the host is tried, within
a limit of the stretches. They are ranked by how far atoms move against one another inside one
formula unit, by strain and by shuffle together:

.. math:: s^2 = \frac{R^2}{5} \sum_i (\ln\lambda_i)^2 + \delta^2,

with R the radius of a sphere that holds a formula unit of the host and δ the root mean square
shuffle; a homogeneous strain moves the points of such a sphere by the first term. Without atoms
the first term is all. Where two lie within 1 %, the matrix that is easier to read goes first.

References
----------
Chen, Song, Tamura & James, Determination of the Stretch Tensor for Structural
Transformations, arXiv:1501.05064
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from navp_structures.analysis.host import common_host
from navp_structures.analysis.misfit.correspondence import Correspondence, Matrix, exact
from navp_structures.analysis.misfit.host_atoms import (
    HostPlace,
    atoms_by_kind,
    filled_cell,
    host_places,
    kinds_of,
    lattice_basis,
)
from navp_structures.errors import InputError
from navp_structures.kernels import correspondence as kernel
from navp_structures.kernels.lattice import Floats
from navp_structures.kernels.shuffle import Shuffle, least_shuffle
from navp_structures.kernels.strain import strain_measure
from navp_structures.model.phase import Phase

# Relative: what compositions of one host may differ by, and scores count as equal within.
_UNITS: Final = 0.03
_SAME_SCORE: Final = 0.01

# Å; scores below it are rounding.
_DUST: Final = 1e-6

# Of the best score: by strain alone no candidate of interest.
_FAR: Final = 2.0

# Primitive cells of either phase in the common one, at most.
_MOST_CELLS: Final = 24


def judge(first: Phase, second: Phase, matrix: Matrix, ion: str) -> Correspondence:
    """Return a given correspondence with its strain and shuffle.

    Raises
    ------
    InputError
        When the phases have no common host, or the matrix does not conserve formula units.
    """
    pair = _Pair(first, second, ion)
    one, two = (side.units * side.centring for side in pair.sides)
    becomes = float(np.linalg.det(np.array(matrix))) * two
    if abs(becomes / one - 1.0) > _UNITS:
        raise InputError(
            f"the correspondence turns {one:.4g} formula units of {first.id} (one cell) into "
            f"{becomes:.4g} of {second.id}; its determinant must be {one / two:.4g}, it is "
            f"{becomes / two:.4g}"
        )
    p, q = pair.bases
    return pair.judged(np.linalg.inv(q) @ np.array(matrix) @ p)


def find(
    first: Phase, second: Phase, ion: str, max_strain: float, max_multiple: int
) -> tuple[Correspondence, ...]:
    """Return the correspondences that move atoms the least, inequivalent ones, best first.

    Left out are those whose strain alone moves atoms twice as far as the best does by strain
    and shuffle.

    Raises
    ------
    InputError
        When the phases have no common host, or none is within the limits.
    """
    pair = _Pair(first, second, ion)
    best: list[Correspondence] = []
    for matrix, stretches in pair.classes(max_strain, max_multiple):
        least = min((item.score for item in best), default=math.inf)
        if pair.score(strain_measure(stretches), 0.0) > _FAR * least + _DUST:
            break
        best.append(pair.judged(matrix))
    if not best:
        raise InputError(
            f"no correspondence of {first.id} and {second.id} keeps the strain within "
            f"{100 * max_strain:g} %; raise max_strain or max_multiple, or give the matrix"
        )
    return tuple(_ranked(best))


def _ranked(found: list[Correspondence]) -> Iterator[Correspondence]:
    """Yield by score; of equal ones the plainest first."""
    rest = sorted(found, key=lambda item: item.score)
    while rest:
        limit = rest[0].score * (1.0 + _SAME_SCORE) + _DUST
        equal = [item for item in rest if item.score <= limit]
        for n in kernel.by_plainness(np.array([item.matrix for item in equal])):
            yield equal[n]
        rest = rest[len(equal) :]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Side:
    """One phase: its primitive lattice and what is in it."""

    phase: Phase
    basis: Floats
    metric: Floats
    units: float
    """Formula units of the first phase's host in the primitive cell."""
    centring: int
    places: tuple[HostPlace, ...] | str

    @classmethod
    def of(cls, phase: Phase, units: float, ion: str) -> _Side:
        basis = lattice_basis(phase)
        centring = len(phase.space_group.centring_vectors)
        return cls(
            phase=phase,
            basis=basis,
            metric=basis.T @ phase.cell.metric_tensor @ basis,
            units=(phase.formula_units or 1) * units / centring,
            centring=centring,
            places=host_places(phase, ion, basis),
        )

    @property
    def rotations(self) -> Floats:
        """Rotations of the point group in the primitive basis."""
        turned = np.linalg.inv(self.basis) @ self.phase.space_group.rotations @ self.basis
        return np.unique(np.rint(turned), axis=0)


class _Pair:
    """Two phases, in their primitive bases."""

    def __init__(self, first: Phase, second: Phase, ion: str) -> None:
        units = common_host((first, second), ion)
        one = _Side.of(first, units[0], ion)
        two = _Side.of(second, units[1], ion)
        self.sides = (one, two)
        self.bases = (one.basis, two.basis)
        volumes = [math.sqrt(float(np.linalg.det(s.metric))) / s.units for s in self.sides]
        radius = (0.75 / math.pi * math.sqrt(volumes[0] * volumes[1])) ** (1 / 3)
        self.weight = radius**2 / 5.0
        self.atoms: tuple[tuple[Floats, ...], ...] = ()
        self.unmoved = self._gather()

    def _gather(self) -> str | None:
        """Take up the atoms by kind, or return why they cannot be paired."""
        places = []
        for side in self.sides:
            if isinstance(side.places, str):
                return side.places
            places.append(side.places)
        kinds = kinds_of([*places[0], *places[1]])
        ratio = _simplest(self.sides[1].units / self.sides[0].units)
        self.atoms = tuple(atoms_by_kind(listed, kinds) for listed in places)
        for kind, *atoms in zip(kinds, *self.atoms, strict=True):
            one, two = (len(a) / side.units for a, side in zip(atoms, self.sides, strict=True))
            # Numbers of positions are whole; formula units follow refined occupancies.
            if ratio is None or len(atoms[0]) * ratio != len(atoms[1]):
                ids = [side.phase.id for side in self.sides]
                return (
                    f"a formula unit has {one:g} positions of {' or '.join(sorted(kind))} in "
                    f"{ids[0]} and {two:g} in {ids[1]}"
                )
        return None

    def score(self, strain: Floats | float, shuffle: float) -> float:
        """Return how far atoms move within a formula unit (Å)."""
        return math.sqrt(self.weight * float(strain) + shuffle**2)

    def classes(self, max_strain: float, max_multiple: int) -> Iterator[tuple[Floats, Floats]]:
        """Yield the plainest of each class, in primitive bases, by rising strain."""
        one, two = self.sides
        turns = (one.rotations, two.rotations)
        parts = []
        for times in range(1, max_multiple + 1):
            multiples = self._multiples(times)
            parts.append(
                kernel.correspondences(one.metric, two.metric, multiples, 1.0 + max_strain)
            )
        matrices, stretches = (np.concatenate(p) for p in zip(*parts, strict=True))
        seen: set[bytes] = set()
        for n in np.argsort(strain_measure(stretches).round(12), kind="stable"):
            if _key(matrices[n]) not in seen:
                equal = kernel.equivalent_correspondences(matrices[n], *turns)
                seen.update(map(_key, equal))
                published = two.basis @ equal @ np.linalg.inv(one.basis)
                yield equal[kernel.by_plainness(published)[0]], stretches[n]

    def judged(self, matrix: Floats) -> Correspondence:
        """Return a correspondence in primitive bases with strain and shuffle."""
        one, two = self.sides
        image = matrix.T @ two.metric @ matrix
        stretches = kernel.principal_stretches(one.metric, image[np.newaxis])[0]
        cell = self._common_cell(matrix, 0.5 * (one.metric + image))
        shuffle = self._shuffle(matrix, cell, 0.5 * (one.metric + image))
        strain = float(strain_measure(stretches))
        size = abs(float(np.linalg.det(cell)))
        small, middle, large = stretches.tolist()
        return Correspondence(
            matrix=exact(two.basis @ matrix @ np.linalg.inv(one.basis)),
            stretches=(small, middle, large),
            strain=strain,
            shuffle=shuffle.rms if shuffle else None,
            largest_shuffle=shuffle.largest if shuffle else None,
            score=self.score(strain, shuffle.rms if shuffle else 0.0),
            primitive_cells=(round(size), round(size * abs(float(np.linalg.det(matrix))))),
            unmoved=self.unmoved,
        )

    def _multiples(self, times: int) -> tuple[int, int]:
        """Return the smallest numbers of primitive cells with as much host, times a number."""
        one, two = (side.units for side in self.sides)
        ratio = _simplest(two / one)
        multiples = (ratio.numerator * times, ratio.denominator * times) if ratio else (0, 0)
        if ratio is None or max(multiples) > _MOST_CELLS:
            ids = " and ".join(side.phase.id for side in self.sides)
            raise InputError(
                f"the primitive cells of {ids} hold {one:.4g} and {two:.4g} formula units of "
                f"the host; no {_MOST_CELLS} cells of either hold as many"
            )
        return multiples

    def _common_cell(self, matrix: Floats, metric: Floats) -> Floats:
        try:
            basis = kernel.coincidence_basis(matrix)
        except ArithmeticError as error:
            ids = " and ".join(side.phase.id for side in self.sides)
            raise InputError(f"of {ids} {error}: check the fractions") from None
        return kernel.reduced_basis(metric, basis)

    def _shuffle(self, matrix: Floats, cell: Floats, metric: Floats) -> Shuffle | None:
        """Return the shuffle in the mean of both lattices, which the way back shares."""
        if self.unmoved is not None:
            return None
        first = [filled_cell(atoms, cell) for atoms in self.atoms[0]]
        second = [filled_cell(atoms, np.rint(matrix @ cell)) for atoms in self.atoms[1]]
        rare = min(range(len(first)), key=lambda k: len(first[k]))
        # Whatever the partner of one atom is; a translation of either phase changes nothing.
        own = [len(atoms[rare]) for atoms in self.atoms]
        if own[0] < own[1]:
            starts = second[rare][0] - first[rare][:: len(first[rare]) // own[0]]
        else:
            starts = second[rare][:: len(second[rare]) // own[1]] - first[rare][0]
        return least_shuffle(first, second, cell.T @ metric @ cell, starts)


def _simplest(ratio: float) -> Fraction | None:
    """Return the fraction of the smallest denominator that a ratio is within its error.

    Occupancies of one host differ by a few percent; the nearest fraction would follow them.
    """
    for denominator in range(1, _MOST_CELLS + 1):
        near = Fraction(max(round(ratio * denominator), 1), denominator)
        if abs(float(near) / ratio - 1.0) <= _UNITS:
            return near
    return None


def _key(matrix: Floats) -> bytes:
    return np.rint(matrix * 1e6).astype(np.int64).tobytes()
