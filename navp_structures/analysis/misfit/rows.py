"""Rows of a lattice misfit: principal stretches, planes, directions, and their sentences."""

from __future__ import annotations

from dataclasses import dataclass

from navp_structures.analysis.misfit.correspondence import fraction_text
from navp_structures.model.hkl import HKL, format_hkl
from navp_structures.show.numbers import signed

Indices = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrincipalStretch:
    """A principal direction of the strain; every su is None where unknown.

    Parameters
    ----------
    number
        1, 2, 3 by rising stretch.
    stretch
        Length after over length before, λ.
    strain
        Engineering strain λ − 1 (percent).
    green_lagrange
        (λ² − 1)/2.
    uvw, hkl
        The direction in the first phase, and the plane at right angles to it; real numbers,
        the largest ±1.
    direction_su
        How far the direction may lean (degrees); None too where equal stretches leave it open.
    near_uvw, uvw_angle
        Indices up to 6 within 1°, and how far off they are (degrees); None where none are.
    near_hkl, hkl_angle
        The same for the plane.
    cartesian
        Unit vector in the first phase's axes, a along x and c* along z.
    """

    number: int
    stretch: float
    stretch_su: float | None
    strain: float
    strain_su: float | None
    green_lagrange: float
    green_lagrange_su: float | None
    near_uvw: HKL | None
    uvw_angle: float | None
    near_hkl: HKL | None
    hkl_angle: float | None
    direction_su: float | None
    uvw: Indices
    hkl: Indices
    cartesian: Indices


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaneMisfit:
    """A plane of the first phase, and what it is in the second.

    Parameters
    ----------
    reads_as
        (hkl) C⁻¹: indices in the second phase; real numbers where they are not whole.
    family
        What the equivalents of the plane read as, each family of the second phase once: the
        planes that it splits into.
    d, d_second
        Spacings (Å) of both.
    spacing_misfit
        Of d (percent of the first).
    smallest_misfit, largest_misfit
        Principal misfits of lengths in the plane (percent).
    area_misfit
        Of an area in the plane (percent).
    note
        In which of the phases the plane is extinct, or is no lattice plane; None for an
        ordinary reflection of both.
    """

    hkl: HKL
    reads_as: Indices | HKL
    family: tuple[Indices | HKL, ...]
    d: float
    d_second: float
    spacing_misfit: float
    spacing_misfit_su: float | None
    smallest_misfit: float
    smallest_misfit_su: float | None
    largest_misfit: float
    largest_misfit_su: float | None
    area_misfit: float
    area_misfit_su: float | None
    note: str | None

    @property
    def text(self) -> str:
        """All of it in one sentence."""
        split = ""
        if len(self.family) > 1:
            texts = (indices_text(indices, "()") for indices in self.family)
            split = f" (its family: {', '.join(texts)})"
        told = (
            f"{format_hkl(self.hkl)} reads {indices_text(self.reads_as, '()')}{split}: "
            f"d {self.d:.4f} to {self.d_second:.4f} Å "
            f"({percent_text(self.spacing_misfit, self.spacing_misfit_su)}); in the plane "
            f"{percent_text(self.smallest_misfit, self.smallest_misfit_su)} to "
            f"{percent_text(self.largest_misfit, self.largest_misfit_su)}, area "
            f"{percent_text(self.area_misfit, self.area_misfit_su)}"
        )
        return f"{told}; {self.note}" if self.note else told


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectionMisfit:
    """A direction of the first phase, and what it is in the second.

    Parameters
    ----------
    reads_as
        C [uvw]: indices in the second phase; real numbers where they are not whole.
    zone_axis
        The same direction in whole numbers without a common divisor.
    length, length_second
        Of the vector [uvw] in both (Å).
    misfit
        Of the length (percent of the first).
    """

    uvw: HKL
    reads_as: Indices | HKL
    zone_axis: HKL
    length: float
    length_second: float
    misfit: float
    misfit_su: float | None

    @property
    def text(self) -> str:
        """All of it in one sentence."""
        whole = indices_text(self.zone_axis, "[]")
        reads = indices_text(self.reads_as, "[]")
        axis = "" if whole == reads else f", zone axis {whole}"
        return (
            f"{indices_text(self.uvw, '[]')} reads {reads}{axis}: {self.length:.4f} to "
            f"{self.length_second:.4f} Å ({percent_text(self.misfit, self.misfit_su)})"
        )


def indices_text(indices: Indices | HKL, brackets: str) -> str:
    """Return indices as fractions in brackets: ``(-3/2 2 -5)``."""
    return brackets[0] + " ".join(map(fraction_text, indices)) + brackets[1]


def percent_text(value: float, su: float | None) -> str:
    """Return a percentage with its sign and its su.

    Examples
    --------
    >>> percent_text(-4.2801, 0.4423), percent_text(0.07, None)
    ('-4.3(4) %', '+0.07 %')
    """
    return f"{signed(value, 2, su)} %"
