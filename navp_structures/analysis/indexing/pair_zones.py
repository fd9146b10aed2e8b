"""Zones that two or three spots may be of, however long their axis is."""

from __future__ import annotations

from itertools import combinations
from typing import Final

import numpy as np

from navp_structures.analysis.indexing.zones import known_reflections
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.spot_match import PolarSpots, wrapped
from navp_structures.kernels.zone_list import axis_length, canonical_axes
from navp_structures.model.phase import Phase

# Standard deviations of each of two lengths and an angle.
_REACH: Final = 3.0

# Zones of a phase that are added at most: the shortest axes.
_MOST: Final = 400


def pair_zones(
    phase: Phase, spots: PolarSpots, scale_sigma: float, longest: float, g_max: float
) -> Ints:
    """Return axes beyond the longest listed one (Å) that a pair of spots fits, ``(k, 3)``.

    Parameters
    ----------
    scale_sigma
        Relative sigma of the common scale, with what the cell adds.
    g_max
        Å⁻¹.
    """
    hkl = known_reflections(phase, g_max).hkl
    cartesian = hkl @ np.linalg.inv(phase.cell.orthogonalisation_matrix)
    log_g = np.log(np.linalg.norm(cartesian, axis=1))
    unit = cartesian / np.exp(log_g)[:, np.newaxis]
    reach = _REACH * np.hypot(spots.sigma, scale_sigma)
    near = [
        np.flatnonzero(np.abs(log_g - log_r) <= width)
        for log_r, width in zip(spots.log_r, reach, strict=True)
    ]
    found = []
    for i, j in combinations(range(len(spots)), 2):
        # Opposite reflections span the same zone.
        one = near[i][_first_half(hkl[near[i]])]
        angle = abs(wrapped(spots.angle[j] - spots.angle[i]))
        width = _REACH * float(np.hypot(spots.sigma_angle[i], spots.sigma_angle[j]))
        angles = np.arccos(np.clip(unit[one] @ unit[near[j]].T, -1.0, 1.0))
        first, second = np.nonzero(np.abs(angles - angle) <= width)
        found.append(np.cross(hkl[one[first]], hkl[near[j][second]]))
    axes = np.concatenate(found)
    axes = axes[np.any(axes, axis=1)]
    if not len(axes):
        return axes
    group = phase.space_group
    axes = np.unique(canonical_axes(axes, group.laue_rotations), axis=0)
    length = axis_length(axes, phase.cell.orthogonalisation_matrix, group.centring_vectors)
    order = np.argsort(length, kind="stable")
    beyond = order[length[order] > longest * (1.0 + 1e-9)]
    return np.asarray(axes[beyond[:_MOST]])


def _first_half(hkl: Ints) -> Floats:
    h, k, m = hkl.T
    return np.asarray((h > 0) | ((h == 0) & ((k > 0) | ((k == 0) & (m > 0)))))
