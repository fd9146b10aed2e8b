"""Other settings of a lattice in which a plane has another label."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from navp_structures.model.hkl import HKL, hkl_of
from navp_structures.model.spacegroup import SpaceGroup

REVERSE: Final = "reverse setting"
CELL_CHOICE: Final = "other cell choice"

_MONOCLINIC: Final = range(3, 16)
_SIGNS: Final = {1: "+", -1: "-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSetting:
    """Another setting, and how its planes read in the setting of the group.

    Parameters
    ----------
    kind
        ``reverse setting`` or ``other cell choice``.
    matrix
        M: a plane (hkl) there is (hkl) M here, and so are the axes: (a b c) here is
        (a' b' c') M.
    """

    kind: str
    matrix: tuple[HKL, HKL, HKL]

    def read(self, hkl: HKL) -> HKL:
        """Return what a plane of the other setting is here."""
        return hkl_of(np.array(hkl) @ np.array(self.matrix))

    def __str__(self) -> str:
        """The axes here by those of the other setting: ``a = -a' - c', b = b', c = a'``."""
        columns = zip(*self.matrix, strict=True)
        named = zip("abc", columns, strict=True)
        return ", ".join(f"{axis} = {_sum(column)}" for axis, column in named)


def other_settings(group: SpaceGroup) -> tuple[OtherSetting, ...]:
    """Return reverse for obverse axes of a rhombohedral lattice, cell choices of a monoclinic.

    The three shortest translations across the unique axis, a, c and -(a + c), stand for
    each other in the three cell choices and their mirror images.

    References
    ----------
    International Tables for Crystallography, Vol. A (2016), sec. 1.5.4

    Examples
    --------
    >>> from navp_structures.model.spacegroup import SpaceGroup
    >>> print(other_settings(SpaceGroup.from_name("P 1 21/c 1"))[0])
    a = c', b = b', c = -a' - c'
    """
    found: list[OtherSetting] = []
    if group.setting.startswith("hexagonal axes"):
        found.append(OtherSetting(kind=REVERSE, matrix=((-1, 0, 0), (0, -1, 0), (0, 0, 1))))
    if group.number in _MONOCLINIC:
        found += _cell_choices(group)
    return tuple(found)


def _cell_choices(group: SpaceGroup) -> Iterator[OtherSetting]:
    unique = next((n for n in range(3) if _is_unique(group, n)), None)
    if unique is None:
        return
    p, q = (n for n in range(3) if n != unique)
    unit = np.eye(3, dtype=np.int64)
    one, two = unit[p], unit[q]
    third = -(one + two)
    # Exchanged axes are right-handed with the unique axis turned round.
    choices = [(two, third, 1), (third, one, 1)]
    choices += [(two, one, -1), (third, two, -1), (one, third, -1)]
    for first, second, turn in choices:
        columns = {p: first, q: second, unique: turn * unit[unique]}
        matrix = np.column_stack([columns[n] for n in range(3)])
        x, y, z = (hkl_of(row) for row in matrix)
        yield OtherSetting(kind=CELL_CHOICE, matrix=(x, y, z))


def _is_unique(group: SpaceGroup, n: int) -> bool:
    """Whether a twofold rotation of the Laue class keeps this axis."""
    turns = [[(1 if i == n else -1) * int(i == j) for j in range(3)] for i in range(3)]
    return any(rotation.tolist() == turns for rotation in group.laue_rotations)


def _sum(column: tuple[int, ...]) -> str:
    """Return ``-a' - c'`` of -1, 0, -1."""
    terms = [(n, f"{axis}'") for n, axis in zip(column, "abc", strict=True) if n]
    first, *rest = (f"{_SIGNS[n]} {axis}" for n, axis in terms)
    return " ".join([first.replace("+ ", "").replace("- ", "-"), *rest])
