"""What to measure next of a powder, answer by answer, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from navp_structures.show.numbers import share_text
from navp_structures.show.tables import text_grid

if TYPE_CHECKING:
    from navp_structures.analysis.indexing.powder.result import PowderIndexing


def explanation(result: PowderIndexing, *, width: int) -> str:
    """Return the measurement that would tell most, and what its outcomes would leave.

    The probabilities afterwards are those of the leading answers among themselves.
    """
    asked = result.next_measurement
    if asked is None:
        return "next: nothing that is expected to tell more"
    if asked.presence is None:
        return f"next: {asked.text}"
    posteriors = result.posteriors
    rows = [
        (name, posteriors[name], posteriors[name] * p, posteriors[name] * (1.0 - p), p)
        for name, p in asked.presence.items()
    ]
    yes, no = sum(row[2] for row in rows), sum(row[3] for row in rows)
    cells = [
        [name, share_text(now), f"{p:.2f}", share_text(seen / yes), share_text(absent / no)]
        for name, now, seen, absent, p in rows
    ]
    heads = ("answer", "P", "line seen", "P if seen", "P if not")
    left = [True, False, False, False, False]
    return "\n".join([f"next: {asked.text}", text_grid(heads, cells, left=left, width=width)])
