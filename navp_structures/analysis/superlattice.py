"""Translations that a phase has but for small shifts and the order of some of its atoms.

A phase whose cell is a multiple of a simpler one shows weak reflections beside those of the
simpler cell: superlattice reflections. The simpler lattice is no part of a CIF; it is found
from the atoms, as translations that carry nearly all of them onto atoms of the same element
and leave little intensity beside.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import product
from typing import Final

import gemmi
import numpy as np

from navp_structures.analysis.allowed import allowed
from navp_structures.kernels.lattice import Floats, Ints, is_whole, periodic_distances
from navp_structures.kernels.zone import allowed_basis
from navp_structures.model import standard
from navp_structures.model.phase import Phase
from navp_structures.model.spacegroup import SpaceGroup

NEAR: Final = 0.75
"""Å between an atom and the image of another, at most."""

# Of the shortest distance between atoms of an element; half of it leads in between two.
_BETWEEN: Final = 0.4

SHARE: Final = 0.75
"""Of the electrons that a translation must carry onto atoms of the same element."""

# Every larger order holds a translation of one of these, or is beyond what is looked for.
_PRIMES: Final = (2, 3, 5)
_LARGEST_ORDER: Final = 16

# Superlattice reflections hold a fifth of the sum of |F|² down to so many Å at most: the mean
# of cos 2π h · t, weighed by |F|², is 1 less twice their share.
_LEAST_CORRELATION: Final = 0.6
_RESOLUTION: Final = 1.5
_MOST_FAMILIES: Final = 2000

# Pairs of atoms held at a time: about 100 MB of them.
_BLOCK: Final = 1_000_000

# Å; species of one element that share a position are no neighbours.
_SAME_PLACE: Final = 0.1


def beside_parent(hkl: Ints, phase: Phase) -> list[np.ndarray]:
    """Return for each of `parent_translations` which reflections it forbids, ``(n,)``."""
    return [~is_whole(hkl @ translation) for translation in parent_translations(phase)]


@lru_cache(maxsize=64)
def parent_translations(phase: Phase) -> Floats:
    """Return translations that make the simpler lattice of the phase's, shape ``(k, 3)``.

    Fractional; none of them is a translation of the phase, and few are enough: sums of them
    hold too. Orders of 2, 3, 5 and their powers up to 16 are found. A phase without sites, or
    without a simpler lattice, has none. Different elements in turn on one lattice are none.
    """
    found: list[tuple[int, tuple[int, ...]]] = []
    if phase.has_sites:
        test = _Test(phase)
        for prime in _PRIMES:
            size, rows = 1, np.zeros((1, 3), dtype=np.int64)
            while len(rows) and size * prime <= _LARGEST_ORDER:
                # Of each translation that holds, its p-th parts.
                parts = np.array(list(product(range(prime), repeat=3))) * size
                size *= prime
                rows = test.holding((rows[:, np.newaxis] + parts).reshape(-1, 3), size)
                found += [(size, tuple(row)) for row in rows.tolist()]
    translations = np.array(_generators(found, phase.space_group)).reshape(-1, 3)
    translations.setflags(write=False)
    return translations


def _generators(found: list[tuple[int, tuple[int, ...]]], group: SpaceGroup) -> list[Floats]:
    """Return of translations, as order and numerators, those that the others are sums of."""
    centring = tuple(map(tuple, group.centring_vectors.tolist()))
    kept: list[Floats] = []
    # A translation of high order holds those of which it is a part.
    for order, numerators in sorted(found, key=lambda item: (-item[0], item[1])):
        translation = np.array(numerators) / order
        if not is_whole(np.array(allowed_basis(centring)) @ translation).all():
            kept.append(translation)
            centring = (*centring, tuple(translation.tolist()))
    return kept


class _Test:
    """Whether translations hold for the atoms of a phase."""

    def __init__(self, phase: Phase) -> None:
        group = phase.space_group
        self.rotations, self.centring = group.laue_rotations, group.centring_vectors
        self.metric = phase.cell.metric_tensor
        table = allowed(phase, _RESOLUTION).part(slice(_MOST_FAMILIES))
        self.hkl = table.hkl.astype(np.float64)
        strength = table.multiplicity * table.f_squared("electron")
        self.strength = strength / (strength.sum() or 1.0)
        atoms: dict[str, list[tuple[Floats, Floats]]] = {}
        for site in phase.sites:
            places = standard.positions(site, phase.cell, group)
            for species in site.species:
                electrons = gemmi.Element(species.element).atomic_number * species.occupancy
                shares = np.full(len(places), electrons)
                atoms.setdefault(species.element, []).append((places, shares))
        elements = [_Element(parts, self.metric) for parts in atoms.values()]
        # The heaviest element first: most translations fail with it.
        self.elements = sorted(elements, key=lambda element: -element.shares.sum())
        self.electrons = sum(float(element.shares.sum()) for element in elements)

    def holding(self, candidates: Ints, size: int) -> Ints:
        """Return the candidates that hold, as numerators over `size`, shape ``(k, 3)``."""
        tried: set[tuple[int, ...]] = set()
        kept: set[tuple[int, ...]] = set()
        for row in (candidates % size).tolist():
            if tuple(row) in tried:
                continue
            # What symmetry turns into each other holds together.
            orbit = set(map(tuple, (self.rotations @ row % size).tolist()))
            tried |= orbit
            if self._holds(np.array(row) / size):
                kept |= orbit
        return np.array(sorted(kept), dtype=np.int64).reshape(-1, 3)

    def _holds(self, translation: Floats) -> bool:
        # Near a translation of the phase every atom comes near its own image.
        if periodic_distances(translation - self.centring, self.metric).min() < 2.0 * NEAR:
            return False
        waves = np.cos(2.0 * np.pi * self.hkl @ (self.rotations @ translation).T)
        if float(self.strength @ waves.mean(axis=1)) < _LEAST_CORRELATION:
            return False
        lost = 0.0
        for element in self.elements:
            lost += element.lost(translation)
            if lost > (1.0 - SHARE) * self.electrons:
                return False
        return True


class _Element:
    """The atoms of one element in the cell, and the electrons that each counts."""

    def __init__(self, parts: list[tuple[Floats, Floats]], metric: Floats) -> None:
        self.places = np.concatenate([places for places, _ in parts])
        self.shares = np.concatenate([shares for _, shares in parts])
        self.metric = metric

    def lost(self, translation: Floats) -> float:
        """Return the electrons of atoms that a translation carries onto no atom."""
        nearest = np.concatenate([d.min(axis=1) for d in self._distances(translation)])
        return float(self.shares[nearest > self.limit].sum())

    @cached_property
    def limit(self) -> float:
        """How far (Å) from an atom another may be carried to count as being there."""
        apart = (d[d > _SAME_PLACE].min(initial=np.inf) for d in self._distances(np.zeros(3)))
        return min(NEAR, _BETWEEN * float(min(apart)))

    def _distances(self, translation: Floats) -> Iterator[Floats]:
        """Yield distances (Å) of shifted atoms from all, shape ``(some, n)``."""
        rows = max(1, _BLOCK // len(self.places))
        for start in range(0, len(self.places), rows):
            moved = self.places[start : start + rows, np.newaxis] + translation
            yield periodic_distances(moved - self.places, self.metric)
