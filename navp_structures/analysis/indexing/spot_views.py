"""What may have been seen of a pattern: how far it was looked at, what intensities are like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Final, Literal, TypeAlias

import numpy as np

from navp_structures.kernels.visibility import INTENSITY_SPREAD

Kind: TypeAlias = Literal["usual", "undamped", "averaged", "dynamical"]

# Chance that spots are all that there are up to the farthest one, and that nobody looked
# beyond; else they were looked for as far as reflections are listed.
_NEAR: Final = 0.15

_CHANCES: Final[dict[Kind, float]] = {
    "usual": 0.75,
    "undamped": 0.1,
    "averaged": 0.1,
    "dynamical": 0.05,
}

SPREADS: Final[dict[Kind, float]] = {
    "usual": INTENSITY_SPREAD,
    "undamped": INTENSITY_SPREAD,
    "averaged": INTENSITY_SPREAD,
    "dynamical": 0.7 * float(np.log(10.0)),
}
"""Of ln I, where none is measured."""

# What is left of it when the common errors are refined: how intensities fall, and how far
# strong and weak ones are levelled.
_REFINED: Final = 0.35 * float(np.log(10.0))


def measured_spread(kind: Kind) -> float:
    """Return the spread of ln I beside measured ones, with their common errors refined."""
    return SPREADS[kind] if kind == "dynamical" else _REFINED


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    r"""One way in which a pattern may have been seen.

    Parameters
    ----------
    chance
        Prior probability.
    edge
        Å⁻¹; reflections beyond were not looked for.
    kind
        ``usual``: \|F\|² that falls with the distance from the direct beam; ``undamped``: it
        does not fall; ``averaged``: \|F\|² is the mean over the errors of a model's atoms;
        ``dynamical``: beams diffract twice, and intensities are known less well.
    """

    chance: float = 1.0
    edge: float = inf
    kind: Kind = "usual"


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
    share = {kind: c for kind, c in _CHANCES.items() if models or kind != "averaged"}
    total = sum(share.values())
    return tuple(
        View(chance=chance * part / total, edge=end, kind=kind)
        for chance, end in reach
        for kind, part in share.items()
    )


def edges(seen: Sequence[View]) -> tuple[tuple[float, float], ...]:
    """Return how far a pattern may have been looked at (Å⁻¹), each with its chance."""
    found: dict[float, float] = {}
    for view in seen:
        found[view.edge] = found.get(view.edge, 0.0) + view.chance
    return tuple(found.items())


def kinds(seen: Sequence[View]) -> tuple[tuple[Kind, float], ...]:
    """Return what intensities may be like, each with its chance."""
    found: dict[Kind, float] = {}
    for view in seen:
        found[view.kind] = found.get(view.kind, 0.0) + view.chance
    return tuple(found.items())
