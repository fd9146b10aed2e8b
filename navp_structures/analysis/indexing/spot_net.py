"""The net of a solution: all reflections of its zone, where they lie in the pattern."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from navp_structures.analysis.indexing.spot_evidence import spurious_share
from navp_structures.analysis.indexing.spot_views import View
from navp_structures.analysis.indexing.zone_library import seen_in, viewed
from navp_structures.analysis.indexing.zones import chosen_zones
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.polyhedron import Bools
from navp_structures.kernels.spot_match import laid
from navp_structures.kernels.visibility import Visibility

if TYPE_CHECKING:
    from navp_structures.analysis.indexing.spot_result import SpotIndexing, SpotSolution


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpotNet:
    """The reflections of one zone; read-only arrays, the shortest first.

    Parameters
    ----------
    hkl
        Shape ``(n, 3)``.
    x, y
        Where they lie with the refined turn, scale and strain (Å⁻¹, x right, y up), ``(n,)``.
    x_calc, y_calc
        The same turned only, with the lengths of the phase's cell (Å⁻¹).
    probability
        That each is seen in a pattern with as many spots, ``(n,)``.
    reasons
        ``allowed``, ``superlattice`` or ``double_diffraction`` for those that symmetry forbids.
    expected
        Whether it is more probable than not, and no spot shows it or its opposite.
    """

    hkl: Ints
    x: Floats
    y: Floats
    x_calc: Floats
    y_calc: Floats
    probability: Floats
    reasons: tuple[str, ...]
    expected: Bools

    def __len__(self) -> int:
        """Return the number of reflections."""
        return len(self.x)


def net_of(result: SpotIndexing, row: SpotSolution) -> SpotNet:
    """Return the net of a solution; it is worked out anew, for few are looked at."""
    placement = row.placement
    phase = next(p for p in result.of if p.id == row.phase)
    zone = chosen_zones(phase, np.array([placement.listed_axis]), placement.g_max)
    count = len(result.measured.log_r)
    log_g, angle = np.log(np.hypot(*zone.g.T)), np.arctan2(zone.g[:, 1], zone.g[:, 0])

    def look(view: View) -> Visibility:
        return viewed(zone, log_g, count, spurious_share(count), view)

    seen = seen_in(result.views, log_g, look)
    turn, mirror = math.radians(placement.turn), float(placement.mirror)
    places = [
        laid(log_g, angle, turn=turn, mirror=mirror, scale=stretch, strain=strain)
        for stretch, strain in ((placement.stretch, placement.strain), (0.0, (0.0, 0.0)))
    ]
    columns = [np.exp(r) * way(phi) for r, phi in places for way in (np.cos, np.sin)]
    reason = np.where(zone.superlattice, "superlattice", "allowed")
    reason = np.where(zone.extinct, "double_diffraction", reason)
    missing = {item.hkl for item in row.missing}
    expected = np.array(
        [bool({(h, k, m), (-h, -k, -m)} & missing) for h, k, m in zone.hkl.tolist()]
    )
    # Rounded, so that of equally long ones those with few negative indices are first.
    negative = (zone.hkl < 0).sum(axis=1)
    order = np.lexsort([*(-zone.hkl.T[::-1]), negative, np.round(log_g, 9)])
    arrays = [a[order] for a in (zone.hkl, *columns, seen, expected)]
    for array in arrays:
        array.setflags(write=False)
    hkl, x, y, x_calc, y_calc, probability, expected = arrays
    return SpotNet(
        hkl=hkl,
        x=x,
        y=y,
        x_calc=x_calc,
        y_calc=y_calc,
        probability=probability,
        reasons=tuple(reason[order].tolist()),
        expected=expected,
    )
