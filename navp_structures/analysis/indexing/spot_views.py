"""What may have been seen of a pattern: how far it was looked at, how intensities fall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# Chances of the two ways in which spots are chosen: all that there are up to the farthest one
# and none beyond, or as far as reflections are listed.
_NEAR: Final = 0.3

# Chances that intensities fall as usual, or not at all (|F|² of atoms at rest).
_UNDAMPED: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One way in which a pattern may have been seen.

    Parameters
    ----------
    chance
        Prior probability.
    edge
        Å⁻¹; reflections beyond were not looked for.
    fall
        1 where intensities fall with the distance from the direct beam as usual, 0 where they
        do not.
    """

    chance: float
    edge: float
    fall: float


def views(farthest: float, g_max: float, edge: float | None) -> tuple[View, ...]:
    """Return the ways in which a pattern may have been seen; their chances add up to 1.

    Parameters
    ----------
    farthest
        Å⁻¹, of the spots, rounded up.
    g_max
        Å⁻¹, to which reflections are listed.
    edge
        Å⁻¹, where it is known.
    """
    if edge is not None:
        edges = [(1.0, edge)]
    elif farthest < g_max:
        edges = [(1.0 - _NEAR, g_max), (_NEAR, farthest)]
    else:
        edges = [(1.0, g_max)]
    return tuple(
        View(chance=chance * part, edge=reach, fall=fall)
        for chance, reach in edges
        for part, fall in ((1.0 - _UNDAMPED, 1.0), (_UNDAMPED, 0.0))
    )


def edges(seen: Sequence[View]) -> tuple[tuple[float, float], ...]:
    """Return how far a pattern may have been looked at (Å⁻¹), each with its chance."""
    found: dict[float, float] = {}
    for view in seen:
        found[view.edge] = found.get(view.edge, 0.0) + view.chance
    return tuple(found.items())
