"""What may have been seen of a pattern: how far it was looked at, what intensities are like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

# Chance that spots are all that there are up to the farthest one, and that nobody looked
# beyond; else they were looked for as far as reflections are listed.
_NEAR: Final = 0.15

# Chances of intensities that fall as usual with the distance, that do not (|F|² of atoms at
# rest), and that are those of atoms which are off by the errors of a model.
_USUAL: Final = 0.7
_UNDAMPED: Final = 0.15
_AVERAGED: Final = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    r"""One way in which a pattern may have been seen.

    Parameters
    ----------
    chance
        Prior probability.
    edge
        Å⁻¹; reflections beyond were not looked for.
    fall
        1 where intensities fall with the distance from the direct beam as usual, 0 where they
        do not.
    averaged
        Whether \|F\|² is the mean over the errors of a model's atoms.
    """

    chance: float = 1.0
    edge: float = inf
    fall: float = 1.0
    averaged: bool = False


USUAL: Final = View()


def views(
    farthest: float, g_max: float, edge: float | None, *, models: bool, chosen: bool
) -> tuple[View, ...]:
    """Return the ways in which a pattern may have been seen; their chances add up to 1.

    Parameters
    ----------
    farthest
        Å⁻¹, of the spots, rounded up.
    g_max
        Å⁻¹, to which reflections are listed.
    edge
        Å⁻¹, where it is known.
    models
        Whether a phase is a model with errors of its atoms.
    chosen
        Whether the spots are a few that were chosen among many, not all that there are: then
        they are taken as the strongest ones, in the usual way.
    """
    known = g_max if edge is None else min(edge, g_max)
    if chosen:
        return (View(edge=known),)
    reach = [(1.0, known)]
    if edge is None and farthest < g_max:
        reach = [(1.0 - _NEAR, g_max), (_NEAR, farthest)]
    kinds = [(_USUAL, 1.0, False), (_UNDAMPED, 0.0, False)]
    if models:
        kinds.append((_AVERAGED, 1.0, True))
    total = sum(kind[0] for kind in kinds)
    return tuple(
        View(chance=chance * part / total, edge=end, fall=fall, averaged=averaged)
        for chance, end in reach
        for part, fall, averaged in kinds
    )


def edges(seen: Sequence[View]) -> tuple[tuple[float, float], ...]:
    """Return how far a pattern may have been looked at (Å⁻¹), each with its chance."""
    found: dict[float, float] = {}
    for view in seen:
        found[view.edge] = found.get(view.edge, 0.0) + view.chance
    return tuple(found.items())


def averaged(seen: Sequence[View]) -> tuple[tuple[bool, float], ...]:
    r"""Return whether \|F\|² is a mean over errors of atoms, each with its chance."""
    share = sum(view.chance for view in seen if view.averaged)
    return ((False, 1.0 - share), (True, share)) if share else ((False, 1.0),)
