"""Crystallographic sites: position, who sits there, displacement."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import gemmi
import numpy as np

from navp_structures.errors import SiteError, shown
from navp_structures.kernels.orbit import u_matrix

Triple = tuple[float, float, float]
Sextet = tuple[float, float, float, float, float, float]
OptionalTriple = tuple[float | None, float | None, float | None]
OptionalSextet = tuple[
    float | None, float | None, float | None, float | None, float | None, float | None
]

# Refined occupancies scatter about 1; beyond three su, or this without su, it is an error.
OCCUPANCY_SLACK = 5e-3

LARGEST_COORDINATE = 1e4
"""Cells; beyond it the digits of a place within the cell are lost."""

# Å²; refinements print slightly negative ones, and no atom that is seen moves by 3 Å.
_U_LIMITS = (-1.0, 10.0)

_SYMBOL = re.compile(r"([A-Z][a-z]?)([0-9]{0,2}[+-]?|[+-][0-9]{0,2})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Species:
    """One kind of atom on a site.

    Parameters
    ----------
    symbol
        Element, with charge where the source gives one (``V``, ``Na1+``).
    label
        Label of the atom in its source; a mixed site has one for each species.
    occupancy, occupancy_su
        Fraction of the site that it fills; su None where unknown.
    """

    symbol: str
    label: str
    occupancy: float = 1.0
    occupancy_su: float | None = None

    def __post_init__(self) -> None:
        """Refuse unknown elements and impossible occupancies."""
        match = _SYMBOL.match(self.symbol)
        if match is None or gemmi.Element(match[1]).atomic_number == 0:
            raise SiteError(
                f"atom {shown(self.label)} has the unknown element {shown(self.symbol)}"
            )
        if not math.isfinite(self.occupancy) or self.occupancy < 0:
            raise SiteError(
                f"the occupancy of atom {shown(self.label)} is {self.occupancy}; "
                "it must be between 0 and 1"
            )

    @property
    def element(self) -> str:
        """Chemical element, without charge."""
        match = _SYMBOL.match(self.symbol)
        assert match is not None  # noqa: S101 - checked at construction
        return match[1]

    @property
    def charge(self) -> int | None:
        """Charge in the symbol, None when it has none."""
        text = self.symbol[len(self.element) :]
        if not text.strip("0123456789"):
            return None
        digits = text.strip("+-")
        return (-1 if "-" in text else 1) * (int(digits) if digits else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A position of the asymmetric unit and the atoms that share it.

    Parameters
    ----------
    label
        Label of the (first) atom in its source.
    species
        What sits there; a mixed site holds several.
    fract, fract_su
        Fractional coordinates as printed; su None where unknown, 0 where symmetry fixes
        the coordinate.
    u_iso, u_iso_su
        Isotropic, or equivalent isotropic, displacement parameter (Å²).
    u_aniso, u_aniso_su
        U11, U22, U33, U12, U13, U23 (Å²) in the axes of CIF.
    wyckoff, multiplicity
        Wyckoff letter and site multiplicity as the source prints them.
    symmetry_order
        Order of the site symmetry, which some sources print instead of the multiplicity.

    Raises
    ------
    SiteError
        When a number is not finite, a coordinate beyond 10 000, a displacement outside -1 to
        10 Å², no species is given, or the occupancies add up to more than 1 by over three su.
    """

    label: str
    species: tuple[Species, ...]
    fract: Triple
    fract_su: OptionalTriple = (None, None, None)
    u_iso: float | None = None
    u_iso_su: float | None = None
    u_aniso: Sextet | None = None
    u_aniso_su: OptionalSextet | None = None
    wyckoff: str | None = None
    multiplicity: int | None = None
    symmetry_order: int | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be a site."""
        if not self.species:
            raise SiteError(f"site {shown(self.label)} holds no species")
        numbers = (*self.fract, *(self.u_aniso or ()), self.u_iso or 0.0)
        if not all(math.isfinite(n) for n in numbers):
            raise SiteError(
                f"site {shown(self.label)} has a coordinate or displacement that is no finite "
                "number"
            )
        if max(map(abs, self.fract)) > LARGEST_COORDINATE:
            raise SiteError(
                f"site {shown(self.label)} has a coordinate above {LARGEST_COORDINATE:g} cells"
            )
        self._check_displacement()
        spread = math.sqrt(sum((s.occupancy_su or 0.0) ** 2 for s in self.species))
        if self.occupancy > 1.0 + max(OCCUPANCY_SLACK, 3.0 * spread):
            names = " + ".join(f"{s.label[:40]} {s.occupancy:g}" for s in self.species[:8])
            names += " + ..." if len(self.species) > 8 else ""
            raise SiteError(
                f"the occupancy of site {shown(self.label)} is {self.occupancy:g} ({names}); "
                "it cannot be above 1"
            )

    def _check_displacement(self) -> None:
        low, high = _U_LIMITS
        sizes = [self.u_iso or 0.0]
        if self.u_aniso is not None:
            sizes += np.linalg.eigvalsh(u_matrix(np.array(self.u_aniso))).tolist()
        for u in sizes:
            if not low <= u <= high:
                raise SiteError(
                    f"site {shown(self.label)} has a displacement U of {u:.4g} Å²; it must lie "
                    f"between {low:g} and {high:g} Å² (B is 8π² U)"
                )

    @property
    def occupancy(self) -> float:
        """Sum of the occupancies of all species."""
        return math.fsum(s.occupancy for s in self.species)

    @property
    def occupancy_su(self) -> float | None:
        """The su of the occupancy where one species sits there; else None.

        The species of a mixed site are refined together; without their correlation the
        su of the sum is unknown.
        """
        return self.species[0].occupancy_su if len(self.species) == 1 else None

    @property
    def elements(self) -> tuple[str, ...]:
        """Chemical elements on the site."""
        return tuple(s.element for s in self.species)

    @property
    def is_disordered(self) -> bool:
        """Whether the site is mixed or partly empty."""
        return len(self.species) > 1 or abs(self.occupancy - 1.0) > OCCUPANCY_SLACK
