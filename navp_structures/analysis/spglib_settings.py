"""spglib itself, and which of its settings a group is."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np

from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.model.spacegroup import SpaceGroup

# Of spglib's database, counted from 1.
_SETTINGS: Final = 530


@lru_cache(maxsize=256)
def hall_number(group: SpaceGroup) -> int:
    """Return spglib's number of the setting that has the same operations, 0 where none has."""
    spglib = raising_spglib()
    own = _exact(group.rotations, group.translations)
    for number in range(1, _SETTINGS + 1):
        if spglib.get_spacegroup_type(number).number != group.number:
            continue
        operations = spglib.get_symmetry_from_database(number)
        if _exact(operations["rotations"], operations["translations"]) == own:
            return number
    return 0


def raising_spglib() -> Any:
    """Return the module spglib, which then raises where it fails; imported late."""
    import spglib

    # spglib 2.8 would otherwise return None and say nothing.
    spglib.error.OLD_ERROR_HANDLING = False
    return spglib


def _exact(rotations: Ints, translations: Floats) -> set[tuple[int, ...]]:
    shifts = np.rint(np.asarray(translations) * 24).astype(np.int64) % 24
    return {
        (*r, *t)
        for r, t in zip(np.reshape(rotations, (-1, 9)).tolist(), shifts.tolist(), strict=True)
    }
