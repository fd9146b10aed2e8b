"""A phase: cell, space group, sites, and where they come from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import gemmi
import numpy as np

from navp_structures.errors import CellError, InputError, NoSitesError, shown
from navp_structures.kernels import lattice
from navp_structures.model import convert, serialise, standard
from navp_structures.model.absence import Absence, absence
from navp_structures.model.cell import UnitCell
from navp_structures.model.expected import Expected
from navp_structures.model.hkl import HKL, as_hkl, format_hkl, hkl_of
from navp_structures.model.provenance import Provenance
from navp_structures.model.radiation import Radiation, wavelength
from navp_structures.model.site import Site
from navp_structures.model.spacegroup import SpaceGroup
from navp_structures.show.tables import printable

if TYPE_CHECKING:
    from ase import Atoms
    from pymatgen.core.structure import Structure

KINDS: Final = ("measured", "computed", "model")

ID_PATTERN: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One departure from the source: what was changed, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Phase:
    """A crystalline phase, with sites or with its cell alone.

    Parameters
    ----------
    id
        Name of the phase; for a CIF that is read by itself, the stem of the file.
    cell, space_group
        They must agree; what symmetry fixes gets su 0, what it ties gets correlation 1.
    sites
        The asymmetric unit; empty for a cell-only phase.
    formula
        As its source writes it.
    formula_units
        Z, formula units in the cell; None where unknown.
    kind
        ``measured``, ``computed`` or ``model``; None when a CIF does not say.
    cell_kind
        Kind of the cell, where it is not that of the phase: atoms relaxed by computation in a
        measured cell. None stands for the kind of the phase.
    reason
        Why a phase is computed or modelled, and how it was derived.
    temperature, temperature_note
        Kelvin where a number is known, and words where the source has only words.
    site_error
        Expected error (Å) of coordinates without su, by element.

    Raises
    ------
    CellError
        When the cell contradicts the space group.
    SiteError
        When the occupancies of sites at one position add up to more than 1.
    InputError
        When the kind is unknown, or Z is not positive.
    """

    id: str
    cell: UnitCell
    space_group: SpaceGroup
    sites: tuple[Site, ...] = ()
    formula: str | None = None
    formula_units: int | None = None
    aliases: tuple[str, ...] = ()
    kind: str | None = None
    cell_kind: str | None = None
    reason: str | None = None
    temperature: float | None = None
    temperature_su: float | None = None
    temperature_note: str | None = None
    caveat: str | None = None
    superseded_by: str | None = None
    licence: str | None = None
    provider: str | None = None
    site_error: Mapping[str, float] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    provenance: Provenance = field(default_factory=Provenance)
    expected: Expected = field(default_factory=Expected)

    def __post_init__(self) -> None:
        """Refuse contradictions; give su 0 to what symmetry fixes."""
        for name, kind in (("kind", self.kind), ("cell_kind", self.cell_kind)):
            if kind is not None and kind not in KINDS:
                raise InputError(
                    f"{name} {shown(kind)} of {self.id} is none of {', '.join(KINDS)}"
                )
        if self.formula_units is not None and self.formula_units < 1:
            raise InputError(f"Z of {self.id} is {self.formula_units}; it must be 1 or more")
        if not self.space_group.fits(self.cell.metric_tensor):
            raise CellError(
                f"the cell of {self.id} ({', '.join(f'{p:g}' for p in self.cell.parameters)}) "
                f"contradicts the symmetry operations of {self.space_group}"
            )
        cell = standard.constrained_cell(self.cell, self.space_group)
        standard.check_occupancies(self.sites, cell, self.space_group)
        sites = tuple(standard.constrained_site(s, cell, self.space_group) for s in self.sites)
        object.__setattr__(self, "cell", cell)
        object.__setattr__(self, "sites", sites)
        object.__setattr__(self, "site_error", MappingProxyType(dict(self.site_error)))

    def __hash__(self) -> int:
        """Hash of what most phases differ in; equality looks at everything."""
        return hash((self.id, self.cell.parameters, self.space_group, len(self.sites)))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy by the fields; a read-only mapping itself cannot be pickled."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return _rebuild, (values | {"site_error": dict(self.site_error)},)

    def __repr__(self) -> str:
        """One line; a model or a computed phase says so with its reason."""
        return f"<Phase {self.summary}>"

    @property
    def summary(self) -> str:
        """Id, formula, space group, kind and temperature in one line."""
        parts = [self.id, self.formula or "formula unknown", str(self.space_group)]
        if not self.has_sites:
            parts.append("cell only")
        parts += [self.kind_statement, self.temperature_text]
        return printable(", ".join(part for part in parts if part))

    @property
    def title(self) -> str:
        """Id, with the kind of a model or a computed phase: ``na2vp-a (model)``."""
        return f"{self.id} ({self.kind})" if self.kind in ("model", "computed") else self.id

    @property
    def kind_statement(self) -> str:
        """``measured``, or ``model: `` and the reason; empty when unknown."""
        if self.kind in (None, "measured") or not self.reason:
            return self.kind or ""
        return f"{self.kind}: {self.reason}"

    @property
    def kind_sentence(self) -> str:
        """``navp-model is a model: `` and the reason."""
        return kind_sentence(self.id, self.kind, self.reason)

    @property
    def provisos(self) -> tuple[str, ...]:
        """What must be said with every use: what a model is, and the caveat."""
        return provisos(self.id, self.kind, self.reason, self.caveat)

    @property
    def temperature_text(self) -> str:
        """``293 K``, or the words of the source; empty when unknown."""
        if self.temperature is None:
            return self.temperature_note or ""
        return f"{self.temperature:g} K"

    @property
    def has_sites(self) -> bool:
        """Whether atoms are known; False for a cell-only phase."""
        return bool(self.sites)

    def require_sites(self, what: str) -> tuple[Site, ...]:
        """Return the sites, or raise NoSitesError naming what needs them."""
        if not self.sites:
            raise NoSitesError(f"{self.id} is a cell without atom sites; {what} needs atoms")
        return self.sites

    @property
    def volume_per_formula_unit(self) -> float | None:
        """V/Z (Å³); None where Z is unknown."""
        return self.cell.volume / self.formula_units if self.formula_units else None

    @property
    def volume_per_formula_unit_su(self) -> float | None:
        """The su of V/Z (Å³); None where unknown."""
        su = self.cell.volume_su
        return su / self.formula_units if su is not None and self.formula_units else None

    def d(self, hkl: HKL | str) -> float:
        """Return the spacing (Å) of a plane; extinct planes have one too."""
        return float(lattice.d_spacings(self._plane(hkl), self.cell.reciprocal_metric_tensor))

    def d_su(self, hkl: HKL | str) -> float | None:
        """Return the su (Å) of a spacing from the cell's covariance; None where unknown."""
        covariance = self.cell.covariance
        if covariance is None:
            return None
        relative = lattice.relative_d_su(self._plane(hkl), self.cell.parameters, covariance)
        return self.d(hkl) * float(relative)

    def two_theta(self, hkl: HKL | str, radiation: Radiation | str | float) -> float:
        """Return Bragg's angle 2θ (degrees) of a plane.

        Parameters
        ----------
        radiation
            A line such as ``CuKa1``, a wavelength in Å, or a Radiation; `radiation` of
            the package gives those of plugins.

        Raises
        ------
        InputError
            When the spacing is below half the wavelength.
        """
        length = wavelength(radiation)
        angle = float(lattice.two_theta(self.d(hkl), length))
        if np.isnan(angle):
            raise InputError(
                f"{format_hkl(self._plane(hkl))} of {self.id} has d {self.d(hkl):.4f} Å, "
                f"below half the wavelength {length:g} Å: it cannot diffract"
            )
        return angle

    def angle(self, hkl_1: HKL | str, hkl_2: HKL | str) -> float:
        """Return the angle (degrees, 0 to 180) between two plane normals."""
        one, two = self._plane(hkl_1), self._plane(hkl_2)
        return float(lattice.interplanar_angles(one, two, self.cell.reciprocal_metric_tensor))

    def zone_axis(self, hkl_1: HKL | str, hkl_2: HKL | str) -> HKL:
        """Return the zone axis [uvw] = hkl_1 × hkl_2 in direct axes, smallest integers.

        Raises
        ------
        InputError
            When the planes are parallel.
        """
        one, two = self._plane(hkl_1), self._plane(hkl_2)
        axis = lattice.zone_axes(one, two)
        if not axis.any():
            raise InputError(
                f"{format_hkl(one)} and {format_hkl(two)} are parallel: they share no single "
                "zone axis"
            )
        return hkl_of(axis)

    def _plane(self, hkl: HKL | str) -> HKL:
        """Return the indices of a label; four have a meaning in hexagonal axes only."""
        if isinstance(hkl, tuple) and len(hkl) == 3:
            return as_hkl(hkl)
        return as_hkl(hkl, hexagonal=self.space_group.has_hexagonal_axes)

    def absence(self, hkl: HKL | str) -> Absence | None:
        """Return the rule that makes a reflection extinct; None when it is allowed."""
        return absence(self._plane(hkl), self.space_group)

    @property
    def structure(self) -> Structure:
        """The structure for pymatgen, with partial and mixed occupancies.

        Raises
        ------
        NoSitesError
            When the phase is a cell only.
        """
        return _structure(self).copy()

    def to_gemmi(self) -> gemmi.SmallStructure:
        """Return the structure for gemmi, with crystallographic occupancies."""
        return convert.to_gemmi(
            self.require_sites("a gemmi structure"), self.cell, self.space_group
        )

    def to_ase(self) -> Atoms:
        """Return the structure for ASE; needs the extra ``ase``.

        Mixed and partly empty sites get their first species, and ASE's ``occupancy``.
        """
        return convert.to_ase(
            self.require_sites("an ASE structure"), self.cell, self.space_group
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the expected values as plain JSON types."""
        return serialise.phase_to_dict(self)


def kind_sentence(name: str, kind: str | None, reason: str | None) -> str:
    """Return ``navp-model is a model: `` and the reason, in one sentence."""
    article = "a " if kind == "model" else ""
    why = f": {reason}" if reason else ""
    return printable(f"{name} is {article}{kind or 'of unknown kind'}{why}")


def provisos(
    name: str, kind: str | None, reason: str | None, caveat: str | None
) -> tuple[str, ...]:
    """Return what must be said with every use of a phase, in sentences."""
    sentences = [kind_sentence(name, kind, reason)] if kind in ("model", "computed") else []
    return (*sentences, *([printable(f"{name}: {caveat}")] if caveat else []))


def _rebuild(values: dict[str, Any]) -> Phase:
    return Phase(**values)


@lru_cache(maxsize=64)
def _structure(phase: Phase) -> Structure:
    sites = phase.require_sites("a pymatgen structure")
    return convert.to_pymatgen(sites, phase.cell, phase.space_group)
