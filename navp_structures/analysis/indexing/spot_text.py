"""A solution of a pattern spot by spot, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from navp_structures.model.hkl import format_hkl, format_uvw
from navp_structures.show.tables import text_grid

if TYPE_CHECKING:
    from navp_structures.analysis.indexing.spot_result import SpotAssignment, SpotSolution

_HEADS = ("spot", "hkl", "d obs/Å", "d calc/Å", "dev./%", "dev./σ", "angle/σ", "seen", "reason")


def explanation(row: SpotSolution, *, width: int) -> str:
    """Return each spot of a solution, and the reflections that it expects in vain.

    Spots are numbered from 1; ``seen`` is the probability of the reflection to be seen.
    """
    head = (
        f"{row.phase} on {format_uvw(row.zone_axis)}, posterior {row.posterior:.3f}; the axis "
        f"is {row.axis_length:.2f} Å long"
    )
    cells = [list(_cells(item)) for item in row.assignments]
    left = [False, True, False, False, False, False, False, False, True]
    grid = text_grid(_HEADS, cells, left=left, width=width)
    missing = [
        f"{format_hkl(item.hkl)}, d {item.d:.4f} Å, {item.probability:.2f}"
        for item in row.missing
    ]
    told = ["expected, but not among the spots: " + "; ".join(missing)] if missing else []
    return "\n".join([head, grid, *told])


def _cells(item: SpotAssignment) -> Iterator[str]:
    yield str(item.spot + 1)
    yield "–" if item.hkl is None else format_hkl(item.hkl)
    yield f"{item.d_obs:.4f}"
    for value, form in (
        (item.d_calc, ".4f"),
        (item.deviation_percent, "+.2f"),
        (item.deviation_sigma, "+.2f"),
        (item.angle_sigma, "+.2f"),
        (item.probability, ".2f"),
    ):
        yield "" if value is None else format(value, form)
    yield item.reason or "none of the zone's"
