"""Space groups that differ from another one in few extinct reflections."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final

import gemmi
import numpy as np

from navp_structures.kernels.lattice import Ints
from navp_structures.model.absence import is_absent
from navp_structures.model.spacegroup import SpaceGroup

# Indices that tell every condition of a group apart.
_TOP: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A group of the same point group and lattice, and what tells it apart."""

    symbol: str
    condition: str


@lru_cache(maxsize=32)
def alternatives(group: SpaceGroup) -> tuple[Alternative, ...]:
    """Return the groups that differ in the reflections along one axis alone.

    Examples
    --------
    >>> alternatives(SpaceGroup.from_name("P 1 21/c 1"))
    (Alternative(symbol='P 1 2/c 1', condition='0k0 with k odd'),)
    """
    indices = np.array(
        [hkl for hkl in product(range(-_TOP, _TOP + 1), repeat=3) if any(hkl)], dtype=np.int64
    )
    own = is_absent(indices, group)
    found = []
    for entry in gemmi.spacegroup_table():
        if entry.number == group.number or not _like(entry, group):
            continue
        other = SpaceGroup.from_name(entry.xhm())
        condition = _condition(indices[own != is_absent(indices, other)])
        if condition is not None:
            found.append(Alternative(symbol=str(other), condition=condition))
    return tuple(found)


def _like(entry: gemmi.SpaceGroup, group: SpaceGroup) -> bool:
    """Whether a group has the same rotations on the same lattice."""
    if group.number is None or entry.point_group_hm() != _point_group(group.number):
        return False
    other = SpaceGroup.from_name(entry.xhm())
    return {r.tobytes() for r in other.rotations} == {
        r.tobytes() for r in group.rotations
    } and np.array_equal(np.sort(other.centring_vectors, 0), np.sort(group.centring_vectors, 0))


def _point_group(number: int) -> str:
    return str(gemmi.get_spacegroup_reference_setting(number).point_group_hm())


def _condition(different: Ints) -> str | None:
    """Return the reflections in words, where they lie along one axis and have odd indices."""
    if not len(different):
        return None
    for axis, name in enumerate("hkl"):
        others = np.delete(different, axis, axis=1)
        if not others.any() and np.all(different[:, axis] % 2 == 1):
            zeros = "".join(name if n == axis else "0" for n in range(3))
            return f"{zeros} with {name} odd"
    return None
