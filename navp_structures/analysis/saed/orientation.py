"""How a crystal stands in the beam: zone axis, the spot put horizontal, tilts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from navp_structures.analysis.numbers import has_items, numbers_of, within
from navp_structures.errors import InputError, shown
from navp_structures.kernels import excitation
from navp_structures.kernels.lattice import Floats
from navp_structures.kernels.zone import zone_net
from navp_structures.model.hkl import HKL, as_hkl, as_uvw, format_hkl, format_uvw
from navp_structures.model.phase import Phase
from navp_structures.read_only import ReadOnly

HKLLike = str | Sequence[int]

_LARGEST: Final = 1e6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Orientation(ReadOnly):
    """A crystal in the frame of a pattern: x right, y up, z towards the gun.

    Parameters
    ----------
    zone_axis
        [uvw] in direct axes, which points to the gun before tilting.
    spots
        The two reflections that defined it, where they did.
    horizontal
        The reflection put along x, then turned by the rotation (degrees, anticlockwise).
    rotation, tilt, direction
        As given to `saed_pattern`.
    basis
        The two shortest vectors of the zone's net.
    step
        h · [uvw] from one Laue zone to the next.
    matrix
        Rows a*, b*, c* in the frame of the pattern (Å⁻¹): g = hkl @ matrix.
    """

    zone_axis: HKL
    spots: tuple[HKL, HKL] | None
    horizontal: HKL
    rotation: float
    tilt: tuple[float, float] | None
    direction: tuple[float, float, float] | None
    basis: tuple[HKL, HKL]
    step: int
    matrix: Floats

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, with every default in place."""
        return {
            "zone_axis": self.zone_axis,
            "spots": self.spots,
            "horizontal": self.horizontal,
            "rotation": self.rotation,
            "tilt": self.tilt,
            "direction": self.direction,
        }

    @property
    def is_level(self) -> bool:
        """Whether the zone axis points to the gun."""
        return self.tilt is None and self.direction is None

    @property
    def text(self) -> str:
        """Zone axis and tilt in words."""
        told = f"zone axis {format_uvw(self.zone_axis)} towards the gun"
        if self.tilt is not None:
            told += f", tilted by {self.tilt[0]:g}° about x, {self.tilt[1]:g}° about y"
        if self.direction is not None:
            told += f", tilted to [{' '.join(f'{n:g}' for n in self.direction)}]"
        return told


def orientation(
    phase: Phase,
    zone_axis: HKLLike | None,
    *,
    spots: tuple[HKLLike, HKLLike] | None = None,
    horizontal: HKLLike | None = None,
    rotation: float = 0.0,
    tilt: tuple[float, float] | None = None,
    direction: tuple[float, float, float] | None = None,
) -> Orientation:
    """Return how a phase stands in the beam; parameters as `saed_pattern`.

    Raises
    ------
    InputError
        When zone axis and spots are both given or both missing, the spots are parallel, the
        horizontal reflection is parallel to the beam, or a number is none.
    """
    axis, pair = _zone_axis(phase, zone_axis, spots)
    net = zone_net(
        axis, phase.space_group.centring_vectors, phase.cell.reciprocal_metric_tensor
    )
    level = pair[0] if pair else net.basis[0]
    if horizontal is not None:
        level = as_hkl(horizontal)
    angle = within(rotation, "rotation", -360.0, 360.0, "degrees")
    tilts, towards = _tilt(tilt), _direction(direction)
    if tilts is not None and towards is not None:
        raise InputError("tilt and direction both tilt the crystal; give one of them")
    direct = phase.cell.orthogonalisation_matrix
    reciprocal = np.linalg.inv(direct)
    frame = _frame(direct @ axis, level @ reciprocal, angle)
    if frame is None:
        raise InputError(
            f"horizontal {format_hkl(level)} is parallel to the beam along {format_uvw(axis)}; "
            "it must lie across it"
        )
    if tilts is not None:
        frame = excitation.tilt_matrix(*tilts) @ frame
    if towards is not None:
        # Of any length, but not so small that its square is lost.
        unit = np.array(towards) / np.abs(towards).max()
        turn = excitation.smallest_turn(frame @ direct @ unit)
        if turn is None:
            raise InputError(f"direction is opposite to the zone axis {format_uvw(axis)}")
        frame = turn @ frame
    matrix = reciprocal @ frame.T
    matrix.setflags(write=False)
    return Orientation(
        zone_axis=axis,
        spots=pair,
        horizontal=level,
        rotation=angle,
        tilt=tilts,
        direction=towards,
        basis=net.basis,
        step=net.step,
        matrix=matrix,
    )


def _zone_axis(
    phase: Phase, zone_axis: HKLLike | None, spots: tuple[HKLLike, HKLLike] | None
) -> tuple[HKL, tuple[HKL, HKL] | None]:
    if (zone_axis is None) == (spots is None):
        raise InputError("give either zone_axis, such as (2, 1, 0), or spots, two reflections")
    if zone_axis is not None:
        return as_uvw(zone_axis, hexagonal=phase.space_group.has_hexagonal_axes), None
    if spots is None or isinstance(spots, str) or not has_items(spots) or len(spots) != 2:
        raise InputError(f"spots is {shown(spots)}; it must be two reflections")
    one, two = (as_hkl(spot) for spot in spots)
    return phase.zone_axis(one, two), (one, two)


def _frame(beam: Floats, across: Floats, angle: float) -> Floats | None:
    """Return the rows x, y, z of an untilted pattern in the axes of the cell.

    None where the vectors, Cartesian, are parallel.
    """
    lengths = np.linalg.norm(beam) * np.linalg.norm(across)
    if np.linalg.norm(np.cross(beam, across)) < 1e-6 * lengths:
        return None
    frame = excitation.frame(beam, across)
    if angle:
        cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        turn = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
        frame = turn @ frame
    return frame


def _tilt(given: Any) -> tuple[float, float] | None:
    if given is None:
        return None
    found = numbers_of(given, 2)
    if found is None or not all(abs(angle) <= 180.0 for angle in found):
        raise InputError(
            f"tilt is {shown(given)}; it must be two angles in degrees, (1.5, -0.5)"
        )
    return found[0], found[1]


def _direction(given: Any) -> tuple[float, float, float] | None:
    if given is None:
        return None
    found = numbers_of(given, 3)
    if found is None or not all(abs(n) <= _LARGEST for n in found) or not any(found):
        raise InputError(
            f"direction is {shown(given)}; it must be three numbers u v w in direct axes, not "
            "all 0"
        )
    return found[0], found[1], found[2]
