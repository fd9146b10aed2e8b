"""The families of a cell that its centring allows, from those of its space group."""

from __future__ import annotations

from typing import Final

import numpy as np

from navp_structures.analysis.shelf import Shelf
from navp_structures.kernels import reflections as kernel
from navp_structures.kernels.lattice import Floats, Ints, d_spacings
from navp_structures.model.absence import is_absent
from navp_structures.model.cell import UnitCell
from navp_structures.model.spacegroup import SpaceGroup

# Reflections of a box above which nothing is kept: it would be many times a usual pattern.
_LARGEST_BOX: Final = 50_000

_MOST_KEPT: Final = 500_000


def allowed_families(
    cell: UnitCell, group: SpaceGroup, d_min: float
) -> tuple[Ints, Ints, Floats]:
    """Return the allowed families down to a spacing: hkl, multiplicity, d (Å) descending.

    Which families there are, how many members each has and which are extinct is a matter
    of the space group; a cell only says which of them reach d_min.
    """
    hkl, multiplicity, d, extinct = lattice_families(cell, group, d_min)
    if extinct.any():
        kept = ~extinct
        return hkl[kept], multiplicity[kept], d[kept]
    return hkl, multiplicity, d


def lattice_families(
    cell: UnitCell, group: SpaceGroup, d_min: float
) -> tuple[Ints, Ints, Floats, np.ndarray]:
    """Return the families that the centring allows, and which a glide or a screw forbids.

    hkl, multiplicity and d as `allowed_families`, of which these are more, and a mask.
    """
    metric = cell.metric_tensor
    top = kernel.largest_indices(metric, d_min)
    if np.prod(2.0 * top + 1.0) > _LARGEST_BOX:
        hkl, multiplicity, d = kernel.families(
            metric, d_min, group.laue_rotations, centring=group.centring_vectors
        )
        return hkl, multiplicity, d, is_absent(hkl, group)
    hkl, multiplicity, extinct = _of_group(group, top)
    d = d_spacings(hkl, cell.reciprocal_metric_tensor)
    order = kernel.by_spacing(d)
    order = order[: np.count_nonzero(d >= d_min * kernel.AT_LIMIT)]
    return hkl[order], multiplicity[order], d[order], extinct[order]


_boxes: Shelf[SpaceGroup, tuple[Ints, Ints, Ints, np.ndarray]] = Shelf(_MOST_KEPT)


def _of_group(group: SpaceGroup, top: Ints) -> tuple[Ints, Ints, np.ndarray]:
    """Return the families at least of a box of indices, in falling dictionary order."""
    made = _boxes.get(group)
    if made is None or np.any(made[0] < top):
        if made is not None and np.prod(2.0 * np.maximum(made[0], top) + 1.0) <= _LARGEST_BOX:
            top = np.maximum(made[0], top)
        hkl, multiplicity = kernel.families_in_box(
            top, group.laue_rotations, group.centring_vectors
        )
        made = top, hkl, multiplicity, is_absent(hkl, group)
        _boxes.put(group, made, len(hkl))
    return made[1], made[2], made[3]
