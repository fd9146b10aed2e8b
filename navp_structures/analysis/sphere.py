"""Every reflection of a phase down to a spacing, with what electrons make of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from navp_structures.analysis.allowed import allowed, check_d_min
from navp_structures.analysis.group_families import lattice_families
from navp_structures.analysis.shelf import Shelf
from navp_structures.analysis.superlattice import beside_parent
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.model.phase import Phase

# Of the strongest |F|²: weaker ones send no beam on that could be seen.
_SEEN: Final = 1e-6

# Of the strongest |F|²: below it atoms cancel, but for rounding. All reflections that a
# translation of the whole structure forbids do so together, up to what coordinates of four
# digits leave.
_CANCELLED: Final = 1e-20
_CANCELLED_TOGETHER: Final = 1e-5

# Places of the table of beams, which is three-dimensional and mostly empty.
_LARGEST_TABLE: Final = 8_000_000

# How many reflections are kept in all: about 150 MB of them.
_MOST_KEPT: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sphere:
    """The reflections that the centring allows, d descending; read-only arrays.

    Parameters
    ----------
    hkl, d, f_squared
        Of each reflection, shapes ``(n, 3)`` and ``(n,)``; d in Å, |F|² of electrons in Å²
        per cell, without relativistic factor, 0 for extinct ones.
    extinct
        Which a glide plane or a screw axis forbids, or the atoms cancel by their positions.
    superlattice
        Which a simpler lattice would not have.
    """

    hkl: Ints
    d: Floats
    f_squared: Floats
    extinct: np.ndarray
    superlattice: np.ndarray
    beams: Beams = field(init=False)

    def __post_init__(self) -> None:
        """Refuse writing; sort the reflections that send beams on."""
        for name in ("hkl", "d", "f_squared", "extinct", "superlattice"):
            getattr(self, name).setflags(write=False)
        object.__setattr__(self, "beams", Beams(self.hkl, self.f_squared))


class Beams:
    """|F|² of reflections that can be added to others.

    They are looked up by keys; that of a difference is the difference of the keys, as long as
    no index is larger than those of the reflections here.
    """

    def __init__(self, hkl: Ints, f_squared: Floats) -> None:
        top = 2 * np.abs(hkl).max(axis=0, initial=0) + 1
        height, width, depth = (int(n) for n in 2 * top + 1)
        self._powers = np.array([width * depth, depth, 1])
        strong = f_squared > _SEEN * f_squared.max(initial=0.0)
        keys = self.keys(hkl[strong])
        size = height * width * depth
        self._middle = size // 2
        self._table = np.zeros(size if size <= _LARGEST_TABLE else 0)
        self._keys, self._values = keys, f_squared[strong]
        if len(self._table):
            self._table[keys + self._middle] = self._values
        else:
            order = np.argsort(keys)
            self._keys, self._values = keys[order], self._values[order]

    def keys(self, hkl: Ints) -> Ints:
        """Return the keys of reflections, shape ``(n,)``."""
        return np.asarray(hkl @ self._powers)

    def f_squared(self, keys: Ints, minus: Ints) -> Floats:
        r"""Return \|F\|² of differences, 0 where there is no such reflection.

        Parameters
        ----------
        keys, minus
            Of the reflections, and of those that are taken from each; shapes ``(k,)`` and
            ``(n,)``, the answer is ``(k, n)``.
        """
        if len(self._table):
            return self._table.take((keys + self._middle)[:, np.newaxis] - minus)
        asked = keys[:, np.newaxis] - minus
        if not len(self._keys):
            return np.zeros(asked.shape)
        place = np.minimum(np.searchsorted(self._keys, asked), len(self._keys) - 1)
        return np.where(self._keys[place] == asked, self._values[place], 0.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ElectronFamilies:
    """The families that the centring allows, d descending.

    Parameters
    ----------
    hkl, multiplicity, d
        Representatives, shape ``(n, 3)``, and ``(n,)``; d in Å.
    extinct, superlattice
        As for `Sphere`.
    f_squared
        Of electrons (Å² per cell), 0 for extinct ones.
    """

    hkl: Ints
    multiplicity: Ints
    d: Floats
    extinct: np.ndarray
    superlattice: np.ndarray
    f_squared: Floats


def electron_families(phase: Phase, d_min: float) -> ElectronFamilies:
    """Return the families of a phase with sites down to a spacing (Å)."""
    hkl, multiplicity, d, extinct = lattice_families(phase.cell, phase.space_group, d_min)
    f_squared = np.zeros(len(d))
    f_squared[~extinct] = allowed(phase, d_min).f_squared("electron")
    highest = f_squared.max(initial=0.0)
    extinct = f_squared <= _CANCELLED * highest
    superlattice = np.zeros(len(d), dtype=bool)
    for forbidden in beside_parent(hkl, phase):
        superlattice |= forbidden
        if f_squared[forbidden].max(initial=0.0) <= _CANCELLED_TOGETHER * highest:
            extinct |= forbidden
    f_squared[extinct] = 0.0
    return ElectronFamilies(
        hkl=hkl,
        multiplicity=multiplicity,
        d=d,
        extinct=extinct,
        superlattice=superlattice,
        f_squared=f_squared,
    )


def sphere(phase: Phase, d_min: float) -> Sphere:
    """Return the reflections of a phase with sites down to a spacing (Å).

    The last ones are kept, up to a million reflections together.

    Raises
    ------
    InputError
        When d_min is not positive, or so small that millions of reflections follow.
    """
    check_d_min(phase, d_min)
    # Not the part of a larger one: what beams can send on would depend on what was asked
    # before.
    key = phase, float(d_min)
    made = _spheres.get(key)
    if made is None:
        made = _make(*key)
        _spheres.put(key, made, len(made.d))
    return made


_spheres: Shelf[tuple[Phase, float], Sphere] = Shelf(_MOST_KEPT)


def _make(phase: Phase, d_min: float) -> Sphere:
    families = electron_families(phase, d_min)
    hkl, family = members(families.hkl, families.multiplicity, phase.space_group.laue_rotations)
    return Sphere(
        hkl=hkl,
        d=families.d[family],
        f_squared=families.f_squared[family],
        extinct=families.extinct[family],
        superlattice=families.superlattice[family],
    )


def members(families: Ints, multiplicity: Ints, rotations: Ints) -> tuple[Ints, Ints]:
    """Return all members of families, and the family of each; each in falling order."""
    if not len(families):
        return families, multiplicity
    # Matrix products of floats are quick, and exact for integers of this size.
    turns = rotations.transpose(2, 1, 0).astype(np.float64)
    h, k, m = (families.astype(np.float64) @ turns).astype(np.int64)  # (3, n, rotations)
    half = int(max(np.abs(index).max() for index in (h, k, m)))
    base = 2 * half + 1
    keys = ((h + half) * base + (k + half)) * base + (m + half)
    keys = np.sort(keys, axis=1)[:, ::-1]
    first = np.ones(keys.shape, dtype=bool)
    first[:, 1:] = keys[:, 1:] != keys[:, :-1]
    rest, m = np.divmod(keys[first], base)
    h, k = np.divmod(rest, base)
    return np.stack([h, k, m], axis=1) - half, np.repeat(np.arange(len(families)), multiplicity)
