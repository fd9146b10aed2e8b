"""What a lattice misfit shows of itself."""

from __future__ import annotations

from collections import abc
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from navp_structures.analysis.misfit.correspondence import Correspondence
from navp_structures.analysis.misfit.mapping import (
    Mapping,
    as_whole,
    direction_misfit,
    plane_misfit,
    principal_rows,
)
from navp_structures.analysis.misfit.notes import misfit_notes
from navp_structures.analysis.misfit.rows import (
    DirectionMisfit,
    Indices,
    PlaneMisfit,
    PrincipalStretch,
)
from navp_structures.kernels import strain
from navp_structures.kernels.lattice import Floats
from navp_structures.model.hkl import HKL, as_hkl, as_uvw, format_hkl, format_uvw
from navp_structures.model.phase import Phase
from navp_structures.read_only import ReadOnly
from navp_structures.show.numbers import signed, unsigned_zero
from navp_structures.show.tables import Column, TableResult, plain


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class LatticeMisfit(ReadOnly, TableResult[PrincipalStretch]):
    r"""The answer of `lattice_misfit`: principal stretches from the first phase to the second.

    Parameters
    ----------
    first, second
        The phases.
    ion
        The element that does not belong to the host.
    candidates
        The correspondence that all numbers are of, and behind it the others that were found.
    found
        Whether it was searched for, not given.
    searched
        Limits of the search.
    remarks
        Where the search ended before them, and what of the phases it had to assume.
    rows
        Principal stretches, ascending.
    planes, directions
        What was asked.

    Notes
    -----
    The middle principal stretch :math:`\lambda_2 = 1` is the condition of compatibility in
    the theory of martensite: only then does a plane without any distortion exist, on which
    one variant of the product meets the parent without strain. Twinned variants, which can
    meet it on average where :math:`\lambda_2 \ne 1`, are not considered; nor is any elastic
    energy.

    References
    ----------
    Ball & James, Arch. Ration. Mech. Anal. 100 (1987) 13, doi:10.1007/BF00281246
    Bhattacharya, Microstructure of Martensite, Oxford University Press (2003)
    """

    first: Phase
    second: Phase
    ion: str
    candidates: tuple[Correspondence, ...]
    found: bool
    searched: abc.Mapping[str, float]
    remarks: tuple[str, ...]
    rows: tuple[PrincipalStretch, ...]
    planes: tuple[PlaneMisfit, ...]
    directions: tuple[DirectionMisfit, ...]

    name = "misfit"
    columns = (
        Column("number", hidden=True),
        Column("stretch", head="λ", show="{:.5f}".format, su="stretch_su"),
        Column("stretch_su", hidden=True),
        Column("strain", head="λ−1 / %", show=lambda x: signed(x, 3), su="strain_su"),
        Column("strain_su", hidden=True),
        Column(
            "green_lagrange",
            head="(λ²−1)/2",
            show=lambda x: signed(x, 5),
            su="green_lagrange_su",
        ),
        Column("green_lagrange_su", hidden=True),
        Column("near_uvw", head="≈ [uvw]", show=format_uvw),
        Column("uvw_angle", head="off/°", show=lambda angle: unsigned_zero(angle, 2)),
        Column("near_hkl", head="≈ (hkl)", show=format_hkl),
        Column("hkl_angle", head="off/°", show=lambda angle: unsigned_zero(angle, 2)),
        Column("direction_su", head="± / °", show="{:.2f}".format),
        Column("uvw", hidden=True),
        Column("hkl", hidden=True),
        Column("cartesian", hidden=True),
    )

    @classmethod
    def of(
        cls,
        first: Phase,
        second: Phase,
        candidates: tuple[Correspondence, ...],
        *,
        ion: str,
        searched: abc.Mapping[str, float] | None,
        remarks: tuple[str, ...] = (),
        planes: Iterable[HKL] = (),
        directions: Iterable[HKL] = (),
    ) -> LatticeMisfit:
        """Return the misfit for the first of some correspondences."""
        mapping = Mapping(first=first, second=second, matrix=candidates[0].array)
        return cls(
            first=first,
            second=second,
            ion=ion,
            candidates=candidates,
            found=searched is not None,
            searched=searched or {},
            remarks=remarks,
            rows=principal_rows(mapping),
            planes=tuple(plane_misfit(mapping, hkl) for hkl in planes),
            directions=tuple(direction_misfit(mapping, uvw) for uvw in directions),
        )

    def __iter__(self) -> Iterator[PrincipalStretch]:
        """Iterate over the principal stretches."""
        return iter(self.rows)

    @property
    def correspondence(self) -> Correspondence:
        """The correspondence that all numbers are of."""
        return self.candidates[0]

    @property
    def is_one_phase(self) -> bool:
        """Whether both phases are the same; every su then counts its cell once."""
        return self._mapping.is_one_phase

    @property
    def phases(self) -> tuple[Phase, ...]:
        """Both phases; one, where they are the same."""
        return (self.first,) if self.is_one_phase else (self.first, self.second)

    @property
    def deformation_gradient(self) -> Floats:
        """F = B₂ C B₁⁻¹, each crystal drawn with a along x and c* along z, shape ``(3, 3)``.

        Its rotation is that between these drawings, and no orientation relationship.
        """
        one, two = (p.cell.orthogonalisation_matrix for p in (self.first, self.second))
        return strain.deformation_gradient(one, two, self.correspondence.array)

    @property
    def stretch_tensor(self) -> Floats:
        """U of F = R U, in the first phase's Cartesian axes, shape ``(3, 3)``."""
        return strain.polar(self.deformation_gradient)[1]

    @property
    def green_lagrange(self) -> Floats:
        """(FᵀF − I)/2, in the first phase's Cartesian axes, shape ``(3, 3)``."""
        return strain.green_lagrange(self.deformation_gradient)

    @property
    def volume_ratio(self) -> float:
        """Volume after over volume before: det U."""
        return self._volumes[1] / self._volumes[0]

    @property
    def volume_ratio_su(self) -> float | None:
        """The su of the ratio; None where unknown, that of a volume held fixed too."""
        same = self.first == self.second
        if not same and None in (self.first.cell.volume_su, self.second.cell.volume_su):
            return None
        relative = self._mapping.volume_su
        return None if relative is None else self.volume_ratio * relative

    @property
    def middle_stretch(self) -> float:
        """λ₂; a plane without any distortion exists only where it is 1."""
        return self.rows[1].stretch

    @property
    def middle_stretch_su(self) -> float | None:
        """The su of λ₂; None where unknown."""
        return self.rows[1].stretch_su

    def read(self, hkl: HKL | str) -> Indices | HKL:
        """Return what a plane of the first phase reads as in the second.

        Returns
        -------
        Integers where all are whole; else the second phase has no such lattice plane.
        """
        return self._mapping.plane(as_hkl(hkl))

    def read_direction(self, uvw: HKL | str) -> Indices | HKL:
        """Return what a direction of the first phase reads as in the second.

        Of a direction without common divisor; integers where all are whole.
        """
        hexagonal = self.first.space_group.has_hexagonal_axes
        return self._mapping.direction(as_uvw(uvw, hexagonal=hexagonal))

    def inverse(self) -> LatticeMisfit:
        """Return the misfit of the way back.

        Planes that were asked are those they read as, where that is whole, and directions
        their zone axes.
        """
        whole = [as_whole(plane.reads_as) for plane in self.planes]
        return LatticeMisfit.of(
            self.second,
            self.first,
            tuple(candidate.inverse for candidate in self.candidates),
            ion=self.ion,
            searched=self.searched if self.found else None,
            remarks=self.remarks,
            planes=filter(None, whole),
            directions=[d.zone_axis for d in self.directions],
        )

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, with every default in place."""
        given = None if self.found else [list(row) for row in self.correspondence.matrix]
        return {
            "first": self.first.id,
            "second": self.second.id,
            "correspondence": given,
            "planes": [list(plane.hkl) for plane in self.planes],
            "directions": [list(direction.uvw) for direction in self.directions],
            "ion": self.ion,
            **self.searched,
        }

    @property
    def notes(self) -> tuple[str, ...]:
        """Planes and directions, the correspondence and its rivals, the middle stretch."""
        planes = [plane.text for plane in self.planes]
        directions = [direction.text for direction in self.directions]
        return (*planes, *directions, *misfit_notes(self), *self.remarks, *self.provisos)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document; `results` holds tensors, planes and correspondences too.

        `stretches` are always the three rows of the table, one object for each; the three
        numbers λ of every correspondence are its `principal_stretches`.
        """
        content = TableResult.to_dict(self)
        content["results"] = plain(
            {
                "stretches": content["results"],
                "volume_ratio": self.volume_ratio,
                "volume_ratio_su": self.volume_ratio_su,
                "middle_stretch": self.middle_stretch,
                "middle_stretch_su": self.middle_stretch_su,
                "deformation_gradient": self.deformation_gradient,
                "stretch_tensor": self.stretch_tensor,
                "green_lagrange": self.green_lagrange,
                "planes": [asdict(plane) for plane in self.planes],
                "directions": [asdict(direction) for direction in self.directions],
                "correspondences": [
                    asdict(item) | {"determinant": item.determinant} for item in self.candidates
                ],
            }
        )
        return content

    @property
    def _mapping(self) -> Mapping:
        matrix = self.correspondence.array
        return Mapping(first=self.first, second=self.second, matrix=matrix)

    @property
    def _volumes(self) -> tuple[float, float]:
        second = self.correspondence.determinant * self.second.cell.volume
        return self.first.cell.volume, second
