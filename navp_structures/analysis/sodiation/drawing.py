"""A sodiation path as a plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from navp_structures.show.path_plot import PathPoint, plot_path

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from navp_structures.analysis.sodiation.result import SodiationPath


def draw(path: SodiationPath, ax: Axes | None) -> Axes:
    """Draw a path; parameters as `SodiationPath.plot`."""
    points = [
        PathPoint(
            name=phase.title,
            x=row.ions,
            volume=row.volume_per_formula_unit,
            volume_su=row.volume_per_formula_unit_su,
            polyhedron_volume=row.polyhedron_volume,
            polyhedron_su=row.polyhedron_volume_su,
            kind=phase.kind,
        )
        for phase, row in zip(path.of, path.rows, strict=True)
    ]
    return plot_path(
        points, x_label=f"{path.ion} per formula unit", ax=ax, notes=path.picture_notes
    )
