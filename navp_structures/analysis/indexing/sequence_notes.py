"""Sentences that belong under the frames of a sequence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from navp_structures.analysis.indexing.sequence_links import TURNED
from navp_structures.analysis.indexing.spot_notes import SURE
from navp_structures.analysis.indexing.spot_search import PRIOR_LATTICE, PRIOR_RANDOM
from navp_structures.show.numbers import rounded

if TYPE_CHECKING:
    from navp_structures.analysis.indexing.sequence_result import SequenceIndexing

# Sequences that are told, the most probable first, and those that are not told at all.
_TOLD: Final = 4
_LEAST: Final = 1e-3

# A posterior that changes by less is not said to change.
_CHANGED: Final = 0.05


def sequence_notes(result: SequenceIndexing) -> tuple[str, ...]:
    """Return what was found, what sharing has changed, and what was assumed."""
    return (*_found(result), *_changed(result), *_assumed(result))


def _found(result: SequenceIndexing) -> Iterator[str]:
    told = [
        f"{name} {share:.3f}"
        for name, share in list(result.posteriors.items())[:_TOLD]
        if share >= _LEAST or name == result.best
    ]
    yield f"posteriors of sequences: {', '.join(told)}"
    if result.posteriors[result.best] < SURE:
        yield f"{result.best} leads, but is not sure: below {SURE:g} other answers remain"
    if result.scale is not None:
        shown = rounded(result.scale, result.scale_su or None)
        yield f"shared scale {shown}: d_obs = scale × d_calc"


def _changed(result: SequenceIndexing) -> Iterator[str]:
    if len(result.rows) < 2:
        return
    same = True
    for n, (alone, now) in enumerate(zip(result.alone, result.frames, strict=True), 1):
        first, leader = next(iter(alone)), next(iter(now))
        if first != leader or abs(alone[leader] - now[leader]) >= _CHANGED:
            same = False
            yield (
                f"alone frame {n} would be {_share(alone, first)}; with the others it is "
                f"{_share(now, leader)}"
            )
    if same:
        yield f"what the frames share changes no posterior by {_CHANGED:g} or more"


def _share(shares: Mapping[str, float], name: str) -> str:
    return f"{name} {shares[name]:.3f}"


def _assumed(result: SequenceIndexing) -> Iterator[str]:
    asked = result.asked
    sigma, drift = asked["scale_sigma"], asked["frame_scale_sigma"]
    if len(result.rows) > 1 and sigma > 0.0:
        yield (
            "the frames share no scale: frame_scale_sigma is not smaller than scale_sigma"
            if drift >= sigma
            else f"scales: known to {100 * sigma:g} %, alike to {100 * drift:g} %"
        )
    if asked["same_direction"]:
        yield (
            f"directions: the same grain to {asked['direction_sigma']:g}° in tilt and turn "
            f"between neighbours, with a probability of {1.0 - TURNED:g}"
        )
        yield from result.relations
    yield (
        f"priors: phases alike in every frame, {PRIOR_RANDOM:g} no net, {PRIOR_LATTICE:g} "
        "another lattice; the order of phases is not assumed"
    )
