"""The zone axes of phases, with the net of reflections that each shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from navp_structures.analysis.group_families import lattice_families
from navp_structures.analysis.shelf import Shelf
from navp_structures.analysis.sphere import members, sphere
from navp_structures.analysis.structure_factors import mean_f_squared
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.polyhedron import Bools
from navp_structures.kernels.propagation import strain_gradient
from navp_structures.kernels.visibility import FALL_OFF
from navp_structures.kernels.zone import zone_net
from navp_structures.kernels.zone_list import (
    axis_length,
    axis_multiplicity,
    canonical_axes,
    zone_list,
)
from navp_structures.model.hkl import HKL
from navp_structures.model.phase import Phase

_MOST_KEPT: Final = 2_000_000

# How much beams that diffract twice add, of Σ I(h) I(g - h) / Σ I(h), and how strong a beam
# must be, of the strongest, to diffract again.
_TWICE: Final = 0.5
_SECOND: Final = 1e-3

# Pairs of beams that are added up one by one; of more, transforms take less time and memory.
_MOST_DIRECT: Final = 100_000

# Of the largest sum; transforms leave that much where there is nothing.
_TRANSFORMED: Final = 1e-13


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhaseZones:
    r"""Zones of one phase; read-only arrays, reflections in the order of their zones.

    Parameters
    ----------
    uvw, length, multiplicity
        Of each zone axis, shapes ``(z, 3)``, ``(z,)`` (Å) and ``(z,)``.
    first
        Number of the first reflection of each zone, and their number at the end, ``(z + 1,)``.
    inverse, half, grid
        As for `Nets`; the grids of all zones one behind the other.
    spread
        Square root of the covariance of (scale, strain c, strain d) by the su of the cell, in
        the plane of the zone, shape ``(z, 3, 3)``; 0 where unknown.
    hkl, g
        Of each reflection, ``(r, 3)``, and in the plane of its zone (Å⁻¹), ``(r, 2)``.
    log_intensity
        ln of \|F\|² with the fall-off; -inf where extinct; shape ``(r,)``.
    log_averaged
        The same, \|F\|² as the mean over the errors of a model's atoms.
    log_dynamical
        The same, with what beams of the zone that diffract twice add; -inf where no two lead
        there.
    extinct, superlattice, counted
        Whether symmetry forbids it, a simpler lattice lacks it, it stands for its pair of
        opposite reflections; shape ``(r,)``.
    mate
        Number of the opposite reflection, shape ``(r,)``.
    """

    phase: Phase
    uvw: Ints
    length: Floats
    multiplicity: Ints
    first: Ints
    inverse: Floats
    half: Ints
    grid: Ints
    spread: Floats
    hkl: Ints
    g: Floats
    log_intensity: Floats
    log_averaged: Floats
    log_dynamical: Floats
    extinct: Bools
    superlattice: Bools
    counted: Bools
    mate: Ints

    @property
    def zone(self) -> Ints:
        """Number of the zone of each reflection, shape ``(r,)``."""
        return np.repeat(np.arange(len(self.uvw)), np.diff(self.first))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KnownReflections:
    """All members of all families, arrays as for `Sphere`; without sites all are alike."""

    hkl: Ints
    log_f_squared: Floats
    log_averaged: Floats
    extinct: Bools
    superlattice: Bools


def listed_zones(phase: Phase, longest: float, g_max: float) -> PhaseZones:
    """Return the zones of a phase up to an axis length (Å) that show a net; kept."""
    key = phase, longest, g_max
    made = _listed.get(key)
    if made is None:
        group = phase.space_group
        found = zone_list(
            phase.cell.orthogonalisation_matrix,
            group.centring_vectors,
            group.laue_rotations,
            longest,
        )
        made = _zones(phase, found.uvw, found.length, found.multiplicity, g_max)
        _listed.put(key, made, len(made.hkl))
    return made


def chosen_zones(phase: Phase, uvw: Ints, g_max: float) -> PhaseZones:
    """Return the zones of some axes of a phase, each set of equal ones once."""
    group = phase.space_group
    axes = np.unique(canonical_axes(uvw, group.laue_rotations), axis=0)
    length = axis_length(axes, phase.cell.orthogonalisation_matrix, group.centring_vectors)
    number = np.array([axis_multiplicity(axis, group.laue_rotations) for axis in axes], int)
    return _zones(phase, axes, length, number, g_max)


_listed: Shelf[tuple[Phase, float, float], PhaseZones] = Shelf(_MOST_KEPT)


def known_reflections(phase: Phase, g_max: float) -> KnownReflections:
    """Return the reflections that the centring allows, to a length (Å⁻¹)."""
    if phase.has_sites:
        made = sphere(phase, 1.0 / g_max)
        with np.errstate(divide="ignore"):
            log_f_squared = np.log(made.f_squared)
            log_averaged = log_f_squared
            if phase.site_error:
                mean = mean_f_squared(phase, made.hkl)
                log_averaged = np.log(np.where(made.extinct, 0.0, mean))
        return KnownReflections(
            hkl=made.hkl,
            log_f_squared=log_f_squared,
            log_averaged=log_averaged,
            extinct=made.extinct,
            superlattice=made.superlattice,
        )
    # Without atoms all reflections that the group allows are equal.
    families, multiplicity, _, absent = lattice_families(
        phase.cell, phase.space_group, 1.0 / g_max
    )
    hkl, family = members(families, multiplicity, phase.space_group.laue_rotations)
    extinct = absent[family]
    alike = np.where(extinct, -np.inf, 0.0)
    return KnownReflections(
        hkl=hkl,
        log_f_squared=alike,
        log_averaged=alike,
        extinct=extinct,
        superlattice=np.zeros(len(hkl), dtype=bool),
    )


def _zones(
    phase: Phase, uvw: Ints, length: Floats, multiplicity: Ints, g_max: float
) -> PhaseZones:
    source = known_reflections(phase, g_max)
    reciprocal = np.asarray(np.linalg.inv(phase.cell.orthogonalisation_matrix), np.float64)
    nets = []
    kept = []
    for n, axis in enumerate(uvw):
        members_of = np.flatnonzero(source.hkl @ axis == 0)
        net = _net(phase, axis, members_of, source, reciprocal)
        if net is not None:
            nets.append(net)
            kept.append(n)
    counts = [len(net.member) for net in nets]
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    member = _joined([net.member for net in nets], np.zeros(0, dtype=np.int64))
    g = _joined([net.g for net in nets], np.zeros((0, 2)))
    damping = (np.hypot(*g.T) / FALL_OFF) ** 2
    arrays = PhaseZones(
        phase=phase,
        uvw=uvw[kept],
        length=length[kept],
        multiplicity=multiplicity[kept],
        first=first,
        inverse=_joined([net.inverse[np.newaxis] for net in nets], np.zeros((0, 2, 2))),
        half=np.array([net.half for net in nets], dtype=np.int64).reshape(-1, 2),
        grid=_joined(
            [np.where(n.grid < 0, -1, n.grid + f) for n, f in zip(nets, first, strict=False)],
            np.zeros(0, dtype=np.int64),
        ),
        spread=_joined([net.spread[np.newaxis] for net in nets], np.zeros((0, 3, 3))),
        hkl=source.hkl[member],
        g=g,
        log_intensity=source.log_f_squared[member] - damping,
        log_averaged=source.log_averaged[member] - damping,
        log_dynamical=_joined([net.log_dynamical for net in nets], np.zeros(0)),
        extinct=source.extinct[member],
        superlattice=source.superlattice[member],
        counted=_joined([net.counted for net in nets], np.zeros(0, dtype=bool)),
        mate=_joined(
            [net.mate + f for net, f in zip(nets, first, strict=False)],
            np.zeros(0, dtype=np.int64),
        ),
    )
    for field in fields(arrays):
        value = getattr(arrays, field.name)
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return arrays


def _joined(parts: Sequence[np.ndarray], empty: np.ndarray) -> np.ndarray:
    return np.concatenate(parts) if parts else empty


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Net:
    member: Ints
    g: Floats
    inverse: Floats
    half: tuple[int, int]
    grid: Ints
    counted: Bools
    mate: Ints
    spread: Floats
    log_dynamical: Floats


def _net(
    phase: Phase, axis: Ints, member: Ints, source: KnownReflections, reciprocal: Floats
) -> _Net | None:
    """Return the net of a zone; None where fewer than two directions diffract."""
    hkl = source.hkl[member]
    seen = hkl[~source.extinct[member]]
    if len(seen) < 4 or np.linalg.matrix_rank(seen) < 2:
        return None
    uvw: HKL = tuple(axis.tolist())
    group, cell = phase.space_group, phase.cell
    basis = np.array(zone_net(uvw, group.centring_vectors, cell.reciprocal_metric_tensor).basis)
    plane = _plane(basis @ reciprocal)
    g = hkl @ reciprocal @ plane.T
    inverse = np.asarray(np.linalg.inv((basis @ reciprocal @ plane.T).T), np.float64)
    points = np.rint(g @ inverse.T).astype(np.int64)
    one, two = (int(n) for n in np.abs(points).max(axis=0))
    grid = np.full((2 * one + 1, 2 * two + 1), -1)
    grid[points[:, 0] + one, points[:, 1] + two] = np.arange(len(points))
    return _Net(
        member=member,
        g=g,
        inverse=inverse,
        half=(one, two),
        grid=grid.ravel(),
        counted=(points[:, 0] > 0) | ((points[:, 0] == 0) & (points[:, 1] > 0)),
        mate=grid[one - points[:, 0], two - points[:, 1]],
        spread=_cell_spread(phase, plane),
        log_dynamical=_twice(
            source.log_f_squared[member] - (np.hypot(*g.T) / FALL_OFF) ** 2, points, grid
        ),
    )


def _twice(log_intensity: Floats, points: Ints, grid: Ints) -> Floats:
    """Return ln of intensities with what beams add that diffract twice.

    A beam that diffracts by h and then by g - h comes to g: with thickness all such pairs of a
    zone feed one reflection, also one that a glide plane or a screw axis forbids.

    Parameters
    ----------
    log_intensity
        Of the reflections of a zone, shape ``(m,)``.
    points
        Their places on the net, shape ``(m, 2)``.
    grid
        Number of the reflection at each place, -1 where there is none.
    """
    one = np.exp(log_intensity)
    half = np.array(grid.shape) // 2
    table = np.zeros(grid.shape)
    at = tuple((points + half).T)
    table[at] = one
    strong = one > _SECOND * one.max()
    if len(points) * int(strong.sum()) > _MOST_DIRECT:
        few = np.zeros(grid.shape)
        few[at] = np.where(strong, one, 0.0)
        pairs = _convolved(table, few)[at]
    else:
        apart = points[:, np.newaxis] - points[strong]
        inside = (np.abs(apart) <= half).all(axis=2)
        place = np.where(inside[:, :, np.newaxis], apart + half, half)
        # The direct beam is no reflection: its place is empty.
        pairs = (table[place[:, :, 0], place[:, :, 1]] * one[strong]).sum(axis=1)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(one + _TWICE * pairs / one.sum()))


def _convolved(one: Floats, two: Floats) -> Floats:
    """Return the convolution of two tables of odd sizes about their middles, as large as they.

    What is below the rounding of the transforms is 0.
    """
    size = tuple(2 * n - 1 for n in one.shape)
    product = np.fft.rfft2(one, size) * np.fft.rfft2(two, size)
    whole = np.fft.irfft2(product, size)
    low = [n // 2 for n in one.shape]
    part = whole[low[0] : low[0] + one.shape[0], low[1] : low[1] + one.shape[1]]
    return np.where(part > _TRANSFORMED * whole.max(initial=0.0), part, 0.0)


def _plane(vectors: Floats) -> Floats:
    """Return two Cartesian axes of a net, the first along its first vector, as rows.

    Turning the first to the second is anticlockwise seen from +[uvw].
    """
    x = vectors[0] / np.linalg.norm(vectors[0])
    y = vectors[1] - (vectors[1] @ x) * x
    return np.stack([x, y / np.linalg.norm(y)])


def _cell_spread(phase: Phase, plane: Floats) -> Floats:
    """Return L, with L Lᵀ the covariance of (scale, c, d) of a net by the su of the cell."""
    covariance = phase.cell.covariance
    if covariance is None:
        return np.zeros((3, 3))
    strain = strain_gradient(phase.cell.parameters, phase.cell.orthogonalisation_matrix)
    # A longer direct vector makes a shorter reciprocal one.
    inside = -(plane @ strain @ plane.T)
    xx, yy, xy = inside[:, 0, 0], inside[:, 1, 1], inside[:, 0, 1]
    modes = np.stack([0.5 * (xx + yy), 0.5 * (xx - yy), xy])
    values, vectors = np.linalg.eigh(modes @ covariance @ modes.T)
    return np.asarray(vectors * np.sqrt(np.clip(values, 0.0, None)))
