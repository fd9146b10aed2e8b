"""Bond lengths as strips of a plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from navp_structures.show.bond_strips import BondStrip, plot_bond_strips

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from navp_structures.analysis.polyhedra.result import Polyhedra, Polyhedron
    from navp_structures.model.phase import Phase


def draw(result: Polyhedra, ax: Axes | None) -> Axes:
    """Draw the bonds of each polyhedron as one strip; parameters as `Polyhedra.plot`."""
    phases = {phase.id: phase for phase in result.of}
    strips = [_strip(row, phases[row.phase]) for row in result.rows]
    asked = result.settings
    title = f"{'/'.join(asked.centre)}–{'/'.join(asked.ligand)} bonds"
    return plot_bond_strips(strips, ax=ax, title=title, notes=result.picture_notes)


def _strip(row: Polyhedron, phase: Phase) -> BondStrip:
    bonds = [bond for bond in row.bonds for _ in range(bond.multiplicity)]
    return BondStrip(
        name=f"{phase.title} {row.centre}",
        lengths=tuple(bond.length for bond in bonds),
        su=tuple(bond.length_su for bond in bonds),
        labels=tuple(bond.ligand for bond in bonds),
        mean=row.mean_bond,
        mean_su=row.mean_bond_su,
        kind=phase.kind,
    )
