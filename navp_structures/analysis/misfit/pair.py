"""Two phases in their primitive bases: which correspondences they have, and what one moves."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from navp_structures.analysis.misfit.correspondence import Correspondence, exact
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

# Relative: what compositions of one host may differ by.
UNITS: Final = 0.03

# Primitive cells of either phase in the common one, at most.
MOST_CELLS: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """One phase: its primitive lattice and what is in it."""

    phase: Phase
    basis: Floats
    metric: Floats
    units: float
    """Formula units of the first phase's host in the primitive cell."""
    centring: int
    places: tuple[HostPlace, ...] | str

    @classmethod
    def of(cls, phase: Phase, units: float, ion: str, apart: str | None) -> Side:
        """Return a side with its atoms, or with what keeps the hosts apart."""
        basis = lattice_basis(phase)
        centring = len(phase.space_group.centring_vectors)
        return cls(
            phase=phase,
            basis=basis,
            metric=basis.T @ phase.cell.metric_tensor @ basis,
            units=(phase.formula_units or 1) * units / centring,
            centring=centring,
            places=apart or host_places(phase, ion, basis),
        )

    @property
    def rotations(self) -> Floats:
        """Rotations of the point group in the primitive basis."""
        turned = np.linalg.inv(self.basis) @ self.phase.space_group.rotations @ self.basis
        return np.unique(np.rint(turned), axis=0)


class Pair:
    """Two phases, in their primitive bases.

    Parameters
    ----------
    units
        Of the first phase's host in a formula unit of each; None where there is no such
        number, so that nothing is to be kept.
    apart
        Why the two have no common host.
    """

    def __init__(
        self,
        first: Phase,
        second: Phase,
        ion: str,
        units: tuple[float, ...] | None,
        apart: str | None = None,
    ) -> None:
        self.is_counted = units is not None
        one, two = (
            Side.of(phase, unit, ion, apart)
            for phase, unit in zip((first, second), units or (1.0, 1.0), strict=True)
        )
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
        first, second = self.multiples
        for times in range(1, max_multiple + 1):
            cells = (first * times, second * times)
            parts.append(
                kernel.correspondences(one.metric, two.metric, cells, 1.0 + max_strain)
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
        cell = self._common_cell(matrix)
        size = abs(float(np.linalg.det(cell)))
        cells = (round(size), round(size * abs(float(np.linalg.det(matrix)))))
        unmoved = self.unmoved or self._too_large(cells)
        mean = 0.5 * (one.metric + image)
        shuffle = None if unmoved else self._shuffle(matrix, cell, mean)
        strain = float(strain_measure(stretches))
        rms = shuffle.rms if shuffle else 0.0
        small, middle, large = stretches.tolist()
        return Correspondence(
            matrix=exact(two.basis @ matrix @ np.linalg.inv(one.basis)),
            principal_stretches=(small, middle, large),
            strain=strain,
            shuffle=shuffle.rms if shuffle else None,
            largest_shuffle=shuffle.largest if shuffle else None,
            score=self.score(strain, rms) if self.is_counted else None,
            primitive_cells=cells,
            unmoved=unmoved,
        )

    @property
    def multiples(self) -> tuple[int, int]:
        """The smallest numbers of primitive cells that hold as much of the host.

        Raises
        ------
        InputError
            When they are too many.
        """
        one, two = (side.units for side in self.sides)
        ratio = _simplest(two / one)
        if ratio is None or max(ratio.numerator, ratio.denominator) > MOST_CELLS:
            ids = " and ".join(side.phase.id for side in self.sides)
            raise InputError(
                f"the primitive cells of {ids} hold {one:.4g} and {two:.4g} formula units of "
                f"the host; no {MOST_CELLS} cells of either hold as many"
            )
        return ratio.numerator, ratio.denominator

    def _too_large(self, cells: tuple[int, int]) -> str | None:
        """Return why so many primitive cells of both are too many to move their atoms."""
        if max(cells) <= MOST_CELLS:
            return None
        one, two = (side.phase.id for side in self.sides)
        return (
            f"the smallest cell that both share holds {cells[0]} primitive cells of {one} and "
            f"{cells[1]} of {two}, more than {MOST_CELLS}"
        )

    def _common_cell(self, matrix: Floats) -> Floats:
        try:
            return kernel.coincidence_basis(matrix)
        except ArithmeticError as error:
            ids = " and ".join(side.phase.id for side in self.sides)
            raise InputError(f"of {ids} {error}: check the fractions") from None

    def _shuffle(self, matrix: Floats, cell: Floats, metric: Floats) -> Shuffle:
        """Return the shuffle in the mean of both lattices, which the way back shares."""
        cell = kernel.reduced_basis(metric, cell)
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
    for denominator in range(1, MOST_CELLS + 1):
        near = Fraction(max(round(ratio * denominator), 1), denominator)
        if abs(float(near) / ratio - 1.0) <= UNITS:
            return near
    return None


def _key(matrix: Floats) -> bytes:
    return np.rint(matrix * 1e6).astype(np.int64).tobytes()
