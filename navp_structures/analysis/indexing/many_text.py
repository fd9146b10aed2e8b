"""The answers of many patterns for a terminal: one line for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from navp_structures.model.hkl import format_uvw
from navp_structures.show.numbers import rounded
from navp_structures.show.tables import printable, text_grid

if TYPE_CHECKING:
    from navp_structures.analysis.indexing.many_result import ManyPatterns, PatternRow

# Letters of a name that are kept however narrow the terminal is.
_LEAST_NAME: Final = 8

_HEADS: Final = (
    "#",
    "name",
    "phase",
    "prob.",
    "zone axis",
    "of zone",
    "spots",
    "rms/σ",
    "scale",
)
_LEFT: Final = (False, True, True, False, False, False, False, False, False)
_NAME: Final = 1


def many_to_text(result: ManyPatterns, *, width: int, fold: Callable[[str], str]) -> str:
    """Return a line for each pattern that has an answer, then the notes.

    ``spots`` are those that are reflections of the zone, and all. No line is folded: where
    there is no room the scale is left out, and long names lose their beginning.
    """
    rows = [_cells(row) for row in result.rows if row.error is None]
    notes = "\n".join(map(fold, result.notes))
    if not rows:
        return notes
    columns = [n for n in range(len(_HEADS)) if n != _NAME or any(row[n] for row in rows)]
    sizes = [max(len(_HEADS[n]), *(len(row[n]) for row in rows)) for n in range(len(_HEADS))]
    if _total(sizes, columns) > width:
        columns = columns[:-1]
    if _NAME in columns:
        room = max(sizes[_NAME] + width - _total(sizes, columns), _LEAST_NAME)
        for row in rows:
            row[_NAME] = _ending(row[_NAME], room)
    table = text_grid(
        [_HEADS[n] for n in columns],
        [[row[n] for n in columns] for row in rows],
        left=[_LEFT[n] for n in columns],
    )
    return f"{table}\n\n{notes}"


def _cells(row: PatternRow) -> list[str]:
    def text(value: float | None, form: str) -> str:
        return "" if value is None else format(value, form)

    spots = "" if row.matched is None else f"{row.matched}/{row.matched + (row.unmatched or 0)}"
    return [
        str(row.number),
        printable(row.name or ""),
        row.phase or "",
        text(row.posterior, ".3f"),
        "" if row.zone_axis is None else format_uvw(row.zone_axis),
        text(row.zone_posterior, ".3f"),
        spots,
        text(row.rms_sigma, ".2f"),
        "" if row.scale is None else rounded(row.scale, su=row.scale_su),
    ]


def _total(sizes: Sequence[int], columns: Sequence[int]) -> int:
    """Return the width of a table with two blanks between columns."""
    return sum(sizes[n] + 2 for n in columns) - 2


def _ending(name: str, room: int) -> str:
    return name if len(name) <= room else f"…{name[1 - room :]}"
