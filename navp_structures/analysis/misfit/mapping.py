"""One phase mapped on another: principal stretches, and what planes and directions become."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from navp_structures.analysis.misfit.correspondence import common_denominator, exact
from navp_structures.analysis.misfit.rows import (
    DirectionMisfit,
    Indices,
    PlaneMisfit,
    PrincipalStretch,
)
from navp_structures.analysis.numbers import known, known_su
from navp_structures.errors import InputError
from navp_structures.kernels import lattice, strain
from navp_structures.kernels.lattice import Floats
from navp_structures.kernels.reflections import equivalents, representatives
from navp_structures.model.hkl import HKL, format_hkl, hkl_of
from navp_structures.model.phase import Phase

# Degrees between a principal direction and the small indices that are shown for it.
_NEAR: Final = 1.0

# Families are told apart by the cube of an index, in 64 bits.
_LARGEST_INDEX: Final = 500_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mapping:
    """Two phases and the correspondence between them, shape ``(3, 3)``."""

    first: Phase
    second: Phase
    matrix: Floats

    def stretches(self, basis: Floats | None = None) -> strain.Stretches:
        """Return the principal stretches of space, or of what directions span."""
        cells = self.first.cell.parameters, self.second.cell.parameters
        return strain.stretches(*cells, self.matrix, basis)

    @property
    def is_one_phase(self) -> bool:
        """Whether both phases are the same, so that their cells err together."""
        return self.first == self.second

    @property
    def covariance(self) -> Floats | None:
        """Of the parameters of both cells; None where unknown."""
        covariances = self.first.cell.covariance, self.second.cell.covariance
        return strain.joint_covariance(*covariances, same=self.is_one_phase)

    def ratio_su(self, first: Floats, second: Floats) -> float | None:
        """Return the relative su of a ratio, second over first; None where unknown or 0.

        Parameters
        ----------
        first, second
            Derivatives of the logarithm of each by the parameters of its cell, shape ``(6,)``.
        """
        slopes = np.concatenate([-first, second])
        return known_su(float(strain.Stretches.propagated(slopes, self.covariance)))

    @property
    def volume_su(self) -> float | None:
        """The relative su of the ratio of both volumes; None where unknown or 0."""
        one, two = (
            lattice.log_volume_gradient(phase.cell.parameters)
            for phase in (self.first, self.second)
        )
        return self.ratio_su(one, two)

    def plane(self, hkl: HKL) -> Indices | HKL:
        """Return what a plane reads as in the second phase."""
        return whole_if_possible(np.array(hkl) @ np.linalg.inv(self.matrix))

    def direction(self, uvw: HKL) -> Indices | HKL:
        """Return what a direction reads as in the second phase."""
        return whole_if_possible(self.matrix @ np.array(uvw))


def principal_rows(mapping: Mapping) -> tuple[PrincipalStretch, ...]:
    """Return the principal stretches, ascending."""
    stretches, cell = mapping.stretches(), mapping.first.cell
    spreads = stretches.su(mapping.covariance)
    leans = stretches.direction_su(mapping.covariance)
    planes = cell.metric_tensor @ stretches.axes
    rays = cell.orthogonalisation_matrix @ stretches.axes
    rows = []
    for n, value in enumerate(stretches.values.tolist()):
        uvw, hkl = stretches.axes[:, n], planes[:, n]
        near_uvw = strain.nearest_indices(uvw, cell.metric_tensor, limit=_NEAR)
        near_hkl = strain.nearest_indices(hkl, cell.reciprocal_metric_tensor, limit=_NEAR)
        su = known_su(float(spreads[n]))
        rows.append(
            PrincipalStretch(
                number=n + 1,
                stretch=value,
                stretch_su=su,
                strain=100.0 * (value - 1.0),
                strain_su=_times(su, 100.0),
                green_lagrange=0.5 * (value**2 - 1.0),
                green_lagrange_su=_times(su, value),
                near_uvw=near_uvw[0] if near_uvw else None,
                uvw_angle=near_uvw[1] if near_uvw else None,
                near_hkl=near_hkl[0] if near_hkl else None,
                hkl_angle=near_hkl[1] if near_hkl else None,
                direction_su=known(float(leans[n])),
                uvw=_scaled(uvw),
                hkl=_scaled(hkl),
                cartesian=_triple(rays[:, n]),
            )
        )
    return tuple(rows)


def plane_misfit(mapping: Mapping, hkl: HKL) -> PlaneMisfit:
    """Return the misfit on a plane of the first phase."""
    reads = mapping.plane(hkl)
    inside = mapping.stretches(strain.in_plane(hkl))
    covariance = mapping.covariance
    small, large = inside.values.tolist()
    spreads = inside.su(covariance).tolist()
    area = small * large
    slopes = (inside.gradients / inside.values[:, np.newaxis]).sum(axis=0) * area
    area_su = known_su(float(inside.propagated(slopes, covariance)))
    d, d_second = (
        float(lattice.d_spacings(indices, phase.cell.reciprocal_metric_tensor))
        for indices, phase in ((hkl, mapping.first), (reads, mapping.second))
    )
    return PlaneMisfit(
        hkl=hkl,
        reads_as=reads,
        family=_family(mapping, hkl),
        d=d,
        d_second=d_second,
        spacing_misfit=100.0 * (d_second / d - 1.0),
        spacing_misfit_su=_times(_spacing_su(mapping, hkl, reads), 100.0 * d_second / d),
        smallest_misfit=100.0 * (small - 1.0),
        smallest_misfit_su=_times(known_su(spreads[0]), 100.0),
        largest_misfit=100.0 * (large - 1.0),
        largest_misfit_su=_times(known_su(spreads[1]), 100.0),
        area_misfit=100.0 * (area - 1.0),
        area_misfit_su=_times(area_su, 100.0),
        note="; ".join(_notes(mapping, hkl, reads)) or None,
    )


def direction_misfit(mapping: Mapping, uvw: HKL) -> DirectionMisfit:
    """Return the misfit along a direction of the first phase."""
    reads = mapping.direction(uvw)
    along = mapping.stretches(np.array(uvw, dtype=np.float64)[:, np.newaxis])
    (stretch,) = along.values.tolist()
    (su,) = along.su(mapping.covariance).tolist()
    length = float(np.sqrt(uvw @ mapping.first.cell.metric_tensor @ uvw))
    return DirectionMisfit(
        uvw=uvw,
        reads_as=reads,
        zone_axis=_zone_axis(reads),
        length=length,
        length_second=length * stretch,
        misfit=100.0 * (stretch - 1.0),
        misfit_su=_times(known_su(su), 100.0),
    )


def whole_if_possible(indices: Floats) -> Indices | HKL:
    """Return rational indices as integers where all of them are whole."""
    if lattice.is_whole(indices).all():
        return hkl_of(np.rint(indices).astype(np.int64))
    return exact(indices[np.newaxis])[0]


def as_whole(indices: Indices | HKL) -> HKL | None:
    """Return indices that are integers, None for others."""
    h, k, m = indices
    if isinstance(h, int) and isinstance(k, int) and isinstance(m, int):
        return h, k, m
    return None


def _family(mapping: Mapping, hkl: HKL) -> tuple[Indices | HKL, ...]:
    """Return what the equivalents of a plane read as, one for each family of the second."""
    laue = mapping.second.space_group.laue_rotations
    images = np.unique(equivalents(hkl, mapping.first.space_group.laue_rotations), axis=0)
    # The inverse may have a large denominator: stay with whole numbers, by its cofactors.
    shared = common_denominator(mapping.matrix)
    a, b, c = np.rint(mapping.matrix * shared).astype(np.int64).T
    cofactors = np.stack([np.cross(b, c), np.cross(c, a), np.cross(a, b)])
    rows = images @ cofactors
    divisor = int(np.gcd.reduce(rows, axis=None))
    rows = rows // divisor
    if int(np.abs(rows).max()) > _LARGEST_INDEX:
        raise InputError(
            f"{format_hkl(hkl)} reads as unwieldy fractions in {mapping.second.id}; give a "
            "correspondence of simpler numbers"
        )
    members, _ = representatives(rows, laue)
    scale = shared * divisor / int(a @ cofactors[0])
    return tuple(whole_if_possible(row * scale) for row in np.unique(members, axis=0)[::-1])


def _notes(mapping: Mapping, hkl: HKL, reads: Indices | HKL) -> Iterator[str]:
    """Yield in which phase a plane is extinct, or is no lattice plane."""
    whole = as_whole(reads)
    pairs = [(mapping.first, hkl), (mapping.second, whole)]
    # Of one phase as itself once is enough.
    for phase, indices in pairs[: 1 if mapping.is_one_phase and whole == hkl else 2]:
        if indices is None:
            yield f"no lattice plane of {phase.id}: its indices are not whole there"
        elif rule := phase.absence(indices):
            yield f"extinct in {phase.id} by {rule.reason}"


def _zone_axis(indices: Indices | HKL) -> HKL:
    """Return a direction in whole numbers without a common divisor."""
    row = np.array(indices)
    numbers = np.rint(row * common_denominator(row)).astype(np.int64)
    return hkl_of(numbers // np.gcd.reduce(numbers))


def _spacing_su(mapping: Mapping, hkl: HKL, reads: Indices | HKL) -> float | None:
    """Return the relative su of the ratio of two spacings."""
    one, two = (
        lattice.log_d_gradient(indices, phase.cell.parameters)
        for indices, phase in ((hkl, mapping.first), (reads, mapping.second))
    )
    return mapping.ratio_su(one, two)


def _times(su: float | None, factor: float) -> float | None:
    return None if su is None else su * factor


def _scaled(vector: Floats) -> Indices:
    """Return a vector whose largest number is 1 or -1, without dust."""
    return _triple((vector / np.abs(vector).max()).round(12) + 0.0)


def _triple(vector: Floats) -> Indices:
    x, y, z = vector.tolist()
    return (x, y, z)
