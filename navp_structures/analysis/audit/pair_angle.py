"""The angle between two families: which members have it, and along which zone axis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from navp_structures.analysis.audit.readings import Reading, zone_length
from navp_structures.kernels import lattice
from navp_structures.kernels.reflections import equivalents
from navp_structures.model.hkl import HKL, format_hkl, format_uvw, hkl_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAngle:
    """Two planes and the angle between their normals.

    Parameters
    ----------
    one, two
        What the labels are taken for.
    hkl_1, hkl_2
        Members of these families.
    angle
        Degrees.
    off
        Observed minus calculated (degrees); fringes have no sense, so that it is the smaller
        one of the angle and of 180° minus it.
    zone_axis
        None for parallel planes.
    """

    one: Reading
    two: Reading
    hkl_1: HKL
    hkl_2: HKL
    angle: float
    off: float
    zone_axis: HKL | None

    @property
    def text(self) -> str:
        """Planes, angle and zone axis: ``(6 0 -2) ^ (3 2 -2) 55.25° on [2 3 6], 48.8 Å``."""
        told = f"{format_hkl(self.hkl_1)} ^ {format_hkl(self.hkl_2)} {self.angle:.2f}°"
        if self.zone_axis is None:
            return f"{told}, parallel planes without a common zone axis"
        length = zone_length(self.one.phase, self.zone_axis)
        return f"{told} on {format_uvw(self.zone_axis)}, {length:.1f} Å long"

    @property
    def readings(self) -> tuple[Reading, Reading]:
        """Both."""
        return (self.one, self.two)


def printed_angle(
    one: Reading, two: Reading, value: float, *, folded: bool = True
) -> PairAngle:
    """Return the angle of two planes just as they are.

    Parameters
    ----------
    folded
        Whether 180° minus it is told where that is nearer.
    """
    return _pair(one, two, two.hkl, value, folded=folded)


def best_members(one: Reading, two: Reading, value: float) -> PairAngle:
    """Return the members of two families whose angle is nearest to a measured one.

    Members of the second are tried with the one plane of the first: symmetry makes the
    others equal. Of equal angles the printed member comes first, then the fewest bars.
    """
    rotations = two.phase.space_group.laue_rotations
    images = np.unique(equivalents(two.hkl, rotations), axis=0)
    made = [_pair(one, two, hkl_of(row), value) for row in images]
    return min(made, key=lambda p: _order(p, two.hkl))


def nearest(pairs: Iterable[PairAngle]) -> PairAngle | None:
    """Return the pair that is nearest to the measured angle."""
    return min(pairs, key=lambda pair: abs(pair.off), default=None)


def _order(pair: PairAngle, printed: HKL) -> tuple[float, bool, int, list[int]]:
    negative = sum(index < 0 for index in pair.hkl_2)
    # Rounding must not decide between equal angles.
    off = round(abs(pair.off), 6)
    return off, pair.hkl_2 != printed, negative, [-index for index in pair.hkl_2]


def _pair(
    one: Reading, two: Reading, hkl: HKL, value: float, *, folded: bool = True
) -> PairAngle:
    reciprocal = one.phase.cell.reciprocal_metric_tensor
    angle = float(lattice.interplanar_angles(one.hkl, hkl, reciprocal))
    # An angle beyond 90° stands for the one of the mate, and is told as it is printed.
    mate = 180.0 - angle
    shown = mate if folded and abs(value - mate) < abs(value - angle) else angle
    axis = lattice.zone_axes(one.hkl, hkl)
    return PairAngle(
        one=one,
        two=two,
        hkl_1=one.hkl,
        hkl_2=hkl,
        angle=shown,
        off=value - shown,
        zone_axis=hkl_of(axis) if axis.any() else None,
    )
