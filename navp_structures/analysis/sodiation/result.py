"""A sodiation path as a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from navp_structures.analysis.polyhedra.notes import polyhedra_notes
from navp_structures.analysis.polyhedra.result import Polyhedra
from navp_structures.analysis.sodiation.comparable import VolumeWarning
from navp_structures.model.phase import Phase
from navp_structures.show.numbers import rounded, signed
from navp_structures.show.tables import Column, TableResult, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """How far a site of the mobile ion is filled.

    Parameters
    ----------
    number
        Positions of the site for each formula unit.
    """

    site: str
    occupancy: float
    occupancy_su: float | None
    number: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PathState:
    """One phase of a path.

    Parameters
    ----------
    volume_per_formula_unit
        Å³, of the first phase's formula unit.
    volume_change, total_change
        Percent, against the phase before and against the first; negative when it shrinks.
    mean_bond, polyhedron_volume, bond_valence_sum
        Means over all centres of the cell (Å, Å³, valence units); None for a cell only.
    ions
        Mobile ions per formula unit.
    is_plausible
        Whether that valence is usual for the element.
    charge_valence, charged_element
        Mean valence that balances the charge, and of which element, where one of the centres'
        elements and no other of the phase has more than one usual valence.
    mixed_valences
        Elements of variable valence where there are several: charge balance tells none of them.
    assumed_valence
        Mean oxidation state that the parameters of the bond-valence sum belong to.
    cell_kind
        Kind of the cell, where it is not that of the phase.
    conditions
        Kind and temperature in words.
    """

    phase: str
    kind: str | None
    temperature: float | None
    volume_per_formula_unit: float
    volume_change: float | None
    mean_bond: float | None
    polyhedron_volume: float | None
    bond_valence_sum: float | None
    volume_per_formula_unit_su: float | None
    volume_change_su: float | None
    total_change: float | None
    total_change_su: float | None
    mean_bond_su: float | None
    polyhedron_volume_su: float | None
    bond_valence_sum_su: float | None
    ions: float
    charge_valence: float | None
    charge_valence_su: float | None
    charged_element: str | None
    is_plausible: bool
    mixed_valences: tuple[str, ...]
    assumed_valence: float | None
    cell_kind: str | None
    conditions: str
    fillings: tuple[Filling, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class SodiationPath(TableResult[PathState]):
    """The answer of `sodiation_path`, in the order that was given."""

    ion: str
    of: tuple[Phase, ...]
    polyhedra: Polyhedra
    rows: tuple[PathState, ...]
    warnings: tuple[VolumeWarning, ...]

    name = "path"
    columns = (
        Column("phase"),
        Column("kind", hidden=True),
        Column("temperature", head="T / K", show="{:g}".format, hidden=True),
        Column(
            "volume_per_formula_unit",
            head="V/Z / Å³",
            su="volume_per_formula_unit_su",
            show="{:.3f}".format,
        ),
        Column("volume_change", head="ΔV / %", su="volume_change_su", show="{:+.2f}".format),
        Column("mean_bond", head="mean / Å", su="mean_bond_su", show="{:.4f}".format),
        Column(
            "polyhedron_volume",
            head="hull / Å³",
            su="polyhedron_volume_su",
            show="{:.3f}".format,
        ),
        Column("bond_valence_sum", hidden=True),
        Column("volume_per_formula_unit_su", hidden=True),
        Column("volume_change_su", hidden=True),
        Column("total_change", head="total / %", show="{:+.2f}".format, hidden=True),
        Column("total_change_su", hidden=True),
        Column("mean_bond_su", hidden=True),
        Column("polyhedron_volume_su", hidden=True),
        Column("bond_valence_sum_su", hidden=True),
        Column("ions", hidden=True),
        Column("charge_valence", hidden=True),
        Column("charge_valence_su", hidden=True),
        Column("charged_element", hidden=True),
        Column("is_plausible", hidden=True),
        Column("mixed_valences", hidden=True),
        Column("cell_kind", hidden=True),
        Column("assumed_valence", hidden=True),
        Column("conditions", wide=True),
    )

    def __iter__(self) -> Iterator[PathState]:
        """Iterate over the states."""
        return iter(self.rows)

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, with every default in place."""
        ids = [phase.id for phase in self.of]
        return {"phases": ids, "ion": self.ion, **self.polyhedra.settings.inputs}

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases in their order."""
        return self.of

    @property
    def heads(self) -> dict[str, str]:
        """Where Z is unknown volumes are those of a cell."""
        known = self.of[0].formula_units
        return {} if known else {"volume_per_formula_unit": "V / Å³"}

    @property
    def _unit(self) -> str:
        """What volumes and ions are counted for."""
        first = self.of[0]
        return "formula unit" if first.formula_units else f"cell of {first.id}"

    @property
    def notes(self) -> tuple[str, ...]:
        """Valences and fillings, the total change, what stands against comparing, polyhedra."""
        warnings = [f"Warning: {warning.text}" for warning in self.warnings]
        states = [self._state(row) for row in self.rows]
        polyhedra = [*polyhedra_notes(self.polyhedra), *self.polyhedra.remarks]
        return (*states, *self._total(), *warnings, *self._over(), *polyhedra, *self.provisos)

    @property
    def picture_notes(self) -> tuple[str, ...]:
        """What belongs under a picture."""
        warnings = [f"Warning: {warning.text}" for warning in self.warnings]
        return (*warnings, *self.provisos)

    def _state(self, row: PathState) -> str:
        """Return sodium, valence by charge and fillings of a phase in one sentence."""
        parts = [f"{self.ion} {row.ions:.3g} per {self._unit}"]
        if row.charge_valence is not None:
            valence = rounded(row.charge_valence, row.charge_valence_su, 2)
            odd = "" if row.is_plausible else ", which is not usual"
            parts.append(f"{row.charged_element} {valence}+ by charge balance{odd}")
        if row.mixed_valences:
            several = " and ".join(row.mixed_valences)
            parts.append(f"no valence by charge balance, for {several} both vary")
        if row.bond_valence_sum is not None:
            total = rounded(row.bond_valence_sum, row.bond_valence_sum_su, 2)
            parts.append(f"bond-valence sum {total}")
        if row.fillings:
            filled = (
                f"{f.site} {f.number:g} × {rounded(f.occupancy, f.occupancy_su, 2)}"
                for f in row.fillings
            )
            parts.append(f"sites {', '.join(filled)}")
        else:
            known = any(phase.id == row.phase and phase.has_sites for phase in self.of)
            parts.append(f"no {self.ion} site" if known else "a cell without sites")
        return f"{row.phase}: {'; '.join(parts)}"

    def _over(self) -> Iterator[str]:
        """Yield over which centres the means are, where a phase has several."""
        for phase in self.of:
            labels = [row.centre for row in self.polyhedra.rows if row.phase == phase.id]
            if len(labels) > 1:
                yield f"{phase.id}: bonds, hulls and sums are means over {', '.join(labels)}"

    def _total(self) -> Iterator[str]:
        steps = [row.volume_change for row in self.rows if row.volume_change is not None]
        last = self.rows[-1]
        if last.total_change is None or len(steps) < 2:
            return
        told = ", ".join(f"{step:+.2f}" for step in steps)
        total = signed(last.total_change, 2, last.total_change_su)
        yield (
            f"{self.rows[0].phase} to {last.phase}: {total} %; the steps "
            f"{told} % multiply, their sum {sum(steps):+.2f} % is no volume change"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document; each state holds its `fillings`."""
        content = TableResult.to_dict(self)
        for row, result in zip(self.rows, content["results"], strict=True):
            result["fillings"] = plain([asdict(filling) for filling in row.fillings])
        used = dict.fromkeys(p for row in self.polyhedra.rows for p in row.parameters)
        content["parameters"] = plain([asdict(item) for item in used])
        content["remarks"] = list(self.polyhedra.remarks)
        content["warnings"] = plain([asdict(w) | {"text": w.text} for w in self.warnings])
        return content

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw volume and mean polyhedron along the path, with error bars.

        Parameters
        ----------
        ax
            Where to draw; None makes a figure.
        """
        from navp_structures.analysis.sodiation.drawing import draw

        return draw(self, ax)
