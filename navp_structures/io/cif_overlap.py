"""Atoms of a CIF that stand nearly in one place."""

from __future__ import annotations

import warnings

import numpy as np

from navp_structures.errors import CifWarning, shown
from navp_structures.kernels.overlap import close_pairs
from navp_structures.model import standard
from navp_structures.model.phase import Phase

NEAREST = 0.3
"""Å; no two atoms come so near, an H-D pair of a split site included."""

# What is nearer is one position, whose occupancies a phase adds up itself.
_SAME_PLACE = 1e-3

# Two that take turns at one place may miss their sum of 1 a little.
_MOST = 1.05

# Images; of more the search takes longer than reading. `navp check` compares them all.
_LARGEST = 300_000


def tell_overlap(phase: Phase, name: str) -> None:
    """Warn with the nearest pair of filled positions that are closer than `NEAREST`."""
    group, sites = phase.space_group, phase.sites
    if not sites or len(sites) * len(group.operations) > _LARGEST:
        return
    ideal = np.array([standard.stabiliser(s, phase.cell, group)[1] for s in sites])
    images = ideal @ group.rotations.transpose(0, 2, 1) + group.translations[:, np.newaxis]
    centre, image, distance = close_pairs(
        ideal, images.reshape(-1, 3), phase.cell.metric_tensor, NEAREST
    )
    other = image % len(sites)
    filled = np.array([site.occupancy for site in sites])
    bad = (distance > _SAME_PLACE) & (filled[centre] + filled[other] > _MOST)
    if not bad.any():
        return
    nearest = np.flatnonzero(bad)[np.argmin(distance[bad])]
    one, two = centre[nearest], other[nearest]
    pair = f"{shown(sites[one].label)} and "
    pair += "an image of it" if one == two else shown(sites[two].label)
    warnings.warn(
        f"{name}: {pair} are {distance[nearest]:.3f} Å apart and both filled; a coordinate or "
        "an occupancy is wrong",
        CifWarning,
        stacklevel=4,
    )
