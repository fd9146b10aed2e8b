"""Polyhedra and bonds as rows of tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic

from navp_structures.analysis.polyhedra.notes import polyhedra_notes
from navp_structures.model.phase import Phase
from navp_structures.show.tables import Column, Row, TableResult, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from navp_structures.analysis.polyhedra.centres import Centre
    from navp_structures.analysis.polyhedra.settings import PolyhedraSettings
    from navp_structures.analysis.polyhedra.sharing import SharedPolyhedra
    from navp_structures.analysis.polyhedra.valence import UsedParameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """Bonds of one length from a centre to one ligand site, or to alternatives of one atom.

    Parameters
    ----------
    multiplicity
        How many of them the centre has.
    length, length_su
        Å.
    occupancy
        Of the ligand's site by the elements that were asked for.
    bond_valence
        Of one of these bonds; None without parameters.
    """

    phase: str
    centre: str
    ligand: str
    multiplicity: int
    length: float
    length_su: float | None
    occupancy: float
    bond_valence: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Polyhedron:
    """The polyhedron around one site; symmetry repeats it.

    Parameters
    ----------
    centre
        Label of the site; of a mixed one, of each atom.
    coordination
        Number of vertices.
    mean_bond, volume
        Å and Å³ of the hull of the vertices; no volume below four, or in one plane.
    distortion_index
        Baur's.
    quadratic_elongation, bond_angle_variance
        Of Robinson et al., the variance in degrees²; None for numbers of vertices without a
        regular polyhedron.
    effective_coordination
        Hoppe's.
    bond_valence_sum, valence
        The sum, and the mean oxidation state that its parameters belong to.
    multiplicity, occupancy
        Positions in the cell, and how far the centre fills them.
    centre_offset, centroid_offset
        From the centre to the mean of the vertices, and to the centre of mass of the solid (Å).
    by_gap, by_solid_angle
        Number of ligands by either criterion.
    gap
        Relative, behind the last ligand by the gap.
    weighted_number
        Neighbours weighted by their solid angle, O'Keeffe's coordination number.
    """

    phase: str
    centre: str
    coordination: int
    mean_bond: float
    volume: float | None
    volume_su: float | None
    distortion_index: float
    quadratic_elongation: float | None
    bond_angle_variance: float | None
    effective_coordination: float
    bond_valence_sum: float | None
    mean_bond_su: float | None
    bond_valence_sum_su: float | None
    valence: float | None
    multiplicity: int
    occupancy: float
    centre_offset: float
    centroid_offset: float | None
    by_gap: int
    by_solid_angle: int | None
    gap: float | None
    weighted_number: float | None
    bonds: tuple[Bond, ...]
    parameters: tuple[UsedParameter, ...]


class OfPolyhedra(TableResult[Row], Generic[Row]):
    """Mixin of tables that tell more of the polyhedra which they hold in `of`."""

    __slots__ = ()

    if TYPE_CHECKING:
        # As with the rows: a property here would be taken for the default of a field.
        @property
        def of(self) -> Polyhedra:
            """The polyhedra."""

    def __iter__(self) -> Iterator[Row]:
        """Iterate over the rows."""
        return iter(self.rows)

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, with every default in place."""
        return self.of.inputs

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases in their order."""
        return self.of.phases

    @property
    def notes(self) -> tuple[str, ...]:
        """Those of the polyhedra."""
        return self.of.notes


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class BondTable(OfPolyhedra[Bond]):
    """The bonds of polyhedra, one row for each length and ligand site."""

    of: Polyhedra
    rows: tuple[Bond, ...]

    name = "bonds"
    columns = (
        Column("phase", varying=True),
        Column("centre"),
        Column("ligand"),
        Column("multiplicity", head="n"),
        Column("length", head="length / Å", su="length_su", show="{:.4f}".format),
        Column("length_su", hidden=True),
        Column("occupancy", show="{:.3g}".format, usual=1.0),
        Column("bond_valence", head="s", show="{:.3f}".format),
    )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document, with parameters and remarks of the polyhedra."""
        content = TableResult.to_dict(self)
        used = dict.fromkeys(item for row in self.of.rows for item in row.parameters)
        content["parameters"] = plain([asdict(item) for item in used])
        content["remarks"] = list(self.of.remarks)
        return content


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Polyhedra(TableResult[Polyhedron]):
    """The polyhedra of one phase or several, one row for each site of the asymmetric unit."""

    settings: PolyhedraSettings
    of: tuple[Phase, ...]
    centres: tuple[Centre, ...]
    rows: tuple[Polyhedron, ...]
    remarks: tuple[str, ...]

    name = "polyhedra"
    columns = (
        Column("phase", varying=True),
        Column("centre"),
        Column("coordination", head="CN"),
        Column("mean_bond", head="mean / Å", su="mean_bond_su", show="{:.4f}".format),
        Column("volume", head="V / Å³", su="volume_su", show="{:.3f}".format),
        Column("volume_su", hidden=True),
        Column("distortion_index", head="Δ", show="{:.4f}".format),
        Column("quadratic_elongation", head="λ", show="{:.4f}".format),
        Column("bond_angle_variance", head="σ²/°²", show="{:.1f}".format, spare=1),
        Column("effective_coordination", head="ECoN", show="{:.2f}".format),
        Column("bond_valence_sum", head="BVS", su="bond_valence_sum_su", show="{:.3f}".format),
        Column("mean_bond_su", hidden=True),
        Column("bond_valence_sum_su", hidden=True),
        Column("valence", hidden=True),
        Column("multiplicity", hidden=True),
        Column("occupancy", hidden=True),
        Column("centre_offset", hidden=True),
        Column("centroid_offset", hidden=True),
        Column("by_gap", hidden=True),
        Column("by_solid_angle", hidden=True),
        Column("gap", hidden=True),
        Column("weighted_number", hidden=True),
    )

    def __iter__(self) -> Iterator[Polyhedron]:
        """Iterate over the polyhedra."""
        return iter(self.rows)

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, with every default in place."""
        return {"phases": [phase.id for phase in self.of], **self.settings.inputs}

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases in their order."""
        return self.of

    @property
    def notes(self) -> tuple[str, ...]:
        """What the numbers are, what is odd about them, what must be said of the phases."""
        return (*polyhedra_notes(self), *self.remarks, *self.provisos)

    @property
    def toggled(self) -> frozenset[str]:
        """Beside the names of several phases the table has no room for all columns."""
        return frozenset({"effective_coordination"} if len(self.of) > 1 else ())

    @property
    def picture_notes(self) -> tuple[str, ...]:
        """What belongs under a picture: which ligands, which phases are models."""
        return (*polyhedra_notes(self)[:1], *self.provisos)

    @cached_property
    def bonds(self) -> BondTable:
        """The bonds as a table."""
        return BondTable(of=self, rows=tuple(bond for row in self.rows for bond in row.bonds))

    def shared(self) -> SharedPolyhedra:
        """Return the corners, edges and faces that these polyhedra share."""
        from navp_structures.analysis.polyhedra.sharing import shared_of

        return shared_of(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document; each polyhedron holds its `bonds` and `parameters`."""
        content = TableResult.to_dict(self)
        for row, result in zip(self.rows, content["results"], strict=True):
            result["bonds"] = plain([asdict(bond) for bond in row.bonds])
            result["parameters"] = plain([asdict(item) for item in row.parameters])
        content["remarks"] = list(self.remarks)
        return content

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the bond lengths of each polyhedron as a strip.

        Parameters
        ----------
        ax
            Where to draw; None makes a figure.
        """
        from navp_structures.analysis.polyhedra.drawing import draw

        return draw(self, ax)
