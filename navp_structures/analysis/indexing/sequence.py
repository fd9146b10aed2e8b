"""Indexing several patterns of one grain together: before and after, one calibration."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from navp_structures.analysis.calibration_result import Calibration
from navp_structures.analysis.indexing.sequence_frames import (
    Frame,
    SharedScale,
    best_placements,
    shared_grid,
)
from navp_structures.analysis.indexing.sequence_links import (
    Relations,
    direction_links,
    relations,
    unlinked,
)
from navp_structures.analysis.indexing.sequence_result import SequenceFrame, SequenceIndexing
from navp_structures.analysis.indexing.spot_result import LATTICE, RANDOM, SpotSolution
from navp_structures.analysis.indexing.spot_settings import DEFAULT_LONGEST_ZONE, SpotSettings
from navp_structures.analysis.indexing.spot_solutions import posteriors
from navp_structures.analysis.indexing.spots import given_pattern, searched
from navp_structures.analysis.numbers import ordered_items, within, zero_or_sigma
from navp_structures.catalogue.catalogue import PhaseLike
from navp_structures.errors import InputError, shown
from navp_structures.kernels import scale_chain
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.scale_chain import ScaleGrid
from navp_structures.model.formula import check_element

# Sequences less probable than this are not told.
_LEAST: Final = 1e-6

_MOST_FRAMES: Final = 100
_LARGEST_SCALE: Final = 0.3
_DIRECTIONS: Final = (0.1, 20.0)


def index_sequence(
    patterns: Sequence[npt.ArrayLike],
    *,
    phases: PhaseLike | Iterable[PhaseLike] | None = None,
    sigma: float = 0.01,
    angle_sigma: float = 1.0,
    scale_sigma: float | None = None,
    frame_scale_sigma: float = 0.002,
    same_direction: bool = False,
    direction_sigma: float = 2.0,
    intensities: Sequence[Sequence[float] | None] | None = None,
    units: str = "1/A",
    camera_constant: float | None = None,
    distortion_sigma: float = 0.0,
    longest_zone: float = DEFAULT_LONGEST_ZONE,
    g_max: float | None = None,
    calibration: Calibration | None = None,
    ion: str = "Na",
) -> SequenceIndexing:
    r"""Return which phases the patterns of one grain are, one after the other.

    Patterns of one session share the calibration: a phase that is sure in one frame fixes the
    scale of all, which tells phases apart that differ by little else. Where the beam kept its
    direction in the grain, the zone axis of one frame tells that of the next too, through the
    correspondence of their lattices; it hardly tells phases of one host apart, whose lattices
    are alike. All assignments of all frames are summed over.

    Parameters
    ----------
    patterns
        In their order; each as the spots of `index_spots`.
    phases, units, camera_constant, distortion_sigma, longest_zone, g_max, calibration
        As for `index_spots`. Each frame has its own elliptic distortion.
    sigma, angle_sigma
        One standard deviation of length, relative, and angle (degrees), of all spots.
    scale_sigma
        Of the scale of each frame, relative, as for `index_spots`.
    frame_scale_sigma
        The part of it that is each frame's own, relative: between two frames the scale differs
        by √2 times this. From scale_sigma on they share no scale.
    same_direction
        Whether the grain was not turned from one frame to the next.
    direction_sigma
        Degrees, of the tilt about each of two axes, and of the turn about the beam.
    intensities
        For each frame one for each spot, or None.
    ion
        The element that comes and goes, for the correspondence of lattices.

    Returns
    -------
    One row for each frame. Sequences are named ``na3vp-rt > na2vp-a``.

    Raises
    ------
    InputError
        When there is no pattern, a frame is none that `index_spots` takes, or an option does
        not fit.

    Notes
    -----
    The scale is :math:`s_f = S + \delta_f` with Gaussian S and δ of the variances
    σ² − τ² and τ². Each placement's evidence is a Gaussian of :math:`s_f`, so that δ is
    integrated in closed form, and S on a grid. Neighbours are linked in pairs: a frame that is
    no phase, or of one that no correspondence leads to, hands no direction on.

    Examples
    --------
    >>> before = [(0.2766, 0.2304), (-0.2766, 0.2304), (0.5532, 0.0), (0.1383, 0.2290)]
    >>> result = index_sequence([before, before], phases=["Na3VP", "NZSP"])
    >>> len(result), round(sum(result.posteriors.values()), 3)
    (2, 1.0)
    """
    drift = zero_or_sigma(frame_scale_sigma, "frame_scale_sigma", _LARGEST_SCALE, "relative")
    turn = within(direction_sigma, "direction_sigma", *_DIRECTIONS, "degrees")
    check_element(ion, "ion")
    if not isinstance(same_direction, bool | np.bool_):
        raise InputError(f"same_direction is {shown(same_direction)}; it is True or False")
    settings = SpotSettings.of(
        phases=phases,
        sigma=sigma,
        angle_sigma=angle_sigma,
        scale_sigma=scale_sigma,
        units=units,
        camera_constant=camera_constant,
        distortion_sigma=distortion_sigma,
        longest_zone=longest_zone,
        g_max=g_max,
        calibration=calibration,
    )
    given, strengths = _given(patterns, intensities)
    frames = [
        _frame(n, spots, strength, settings, linked=bool(same_direction) and len(given) > 1)
        for n, (spots, strength) in enumerate(zip(given, strengths, strict=True), 1)
    ]
    related = relations(settings.phases, ion) if same_direction else {}
    links = list(direction_links(frames, related, turn)) if related else unlinked(frames)
    asked = {
        "patterns": [given_pattern(*item) for item in zip(given, strengths, strict=True)],
        **settings.inputs,
        "frame_scale_sigma": drift,
        "same_direction": bool(same_direction),
        "direction_sigma": turn,
        "ion": ion,
    }
    return _answer(frames, links, related, settings, drift, asked)


def _given(patterns: Any, intensities: Any) -> tuple[list[Any], list[Any]]:
    """Return the patterns, and the intensities of each."""
    given = ordered_items(patterns)
    if given is None:
        raise InputError(f"patterns are {shown(patterns)}; give a list of lists of (x, y)")
    if not given:
        raise InputError("there are no patterns; give one list of (x, y) for each frame")
    if len(given) > _MOST_FRAMES:
        raise InputError(f"{len(given)} frames are too many; give up to {_MOST_FRAMES}")
    if intensities is None:
        return given, [None] * len(given)
    strengths = ordered_items(intensities)
    if strengths is None or len(strengths) != len(given):
        raise InputError(
            f"intensities are {shown(intensities)}; give a list, or None, for each frame"
        )
    return given, strengths


def _frame(
    number: int, spots: Any, intensities: Any, settings: SpotSettings, *, linked: bool
) -> Frame:
    try:
        return Frame.of(searched(spots, intensities, settings), linked=linked)
    except InputError as error:
        raise InputError(f"frame {number}: {error}") from None


def _answer(
    frames: Sequence[Frame],
    links: Sequence[Floats],
    related: Relations,
    settings: SpotSettings,
    drift: float,
    asked: dict[str, Any],
) -> SequenceIndexing:
    grid = shared_grid(frames, settings.scale_sigma, drift)
    evidence = [frame.log_evidence(grid) for frame in frames]
    answers = [frame.answers for frame in frames]
    contexts = scale_chain.contexts(grid.log_weight, evidence, links)
    joint = scale_chain.sequences(grid.log_weight, evidence, links, answers, _LEAST)
    names = [*(phase.id for phase in settings.phases), RANDOM, LATTICE]
    marginals = [
        _marginal(np.exp(one + context).sum(axis=0), answer, names)
        for one, context, answer in zip(evidence, contexts, answers, strict=True)
    ]
    best = joint[0][0]
    chosen = list(best_placements(frames, grid, evidence, links, best))
    shared = SharedScale.of(frames, chosen, settings.scale_sigma, grid.drift)
    scale = None if shared is None else math.exp(-shared.mean)
    return SequenceIndexing(
        asked=asked,
        of=settings.phases,
        rows=tuple(
            SequenceFrame(
                frame=n + 1,
                phase=names[best[n]],
                posterior=marginals[n][names[best[n]]],
                solution=_solution(n, frames, chosen, contexts[n], grid, settings.scale_sigma),
            )
            for n in range(len(frames))
        ),
        posteriors=MappingProxyType(
            {" > ".join(names[n] for n in answer): share for answer, share in joint}
        ),
        frames=tuple(marginals),
        alone=tuple(
            MappingProxyType(posteriors(frame.searched.posterior, settings.phases))
            for frame in frames
        ),
        scale=scale,
        scale_su=None if shared is None else math.exp(-shared.mean) * shared.sigma,
        relations=tuple(_told(best, related)),
    )


def _marginal(weight: Floats, answers: Ints, names: Sequence[str]) -> Mapping[str, float]:
    """Return the posterior of each answer for one frame, the largest first."""
    shares = np.bincount(answers, weight, minlength=len(names)).tolist()
    named = dict(zip(names, shares, strict=True))
    return MappingProxyType(dict(sorted(named.items(), key=lambda item: -item[1])))


def _solution(
    number: int,
    frames: Sequence[Frame],
    chosen: Sequence[int | None],
    context: Floats,
    grid: ScaleGrid,
    sigma: float,
) -> SpotSolution | None:
    """Return the solution of a frame, refined with the scale that the others leave."""
    h = chosen[number]
    if h is None:
        return None
    others = [None if n == number else other for n, other in enumerate(chosen)]
    shared = SharedScale.of(frames, others, sigma, grid.drift)
    mean = 0.0 if shared is None else shared.mean
    spread = sigma if shared is None else math.hypot(shared.sigma, grid.drift)
    frame = frames[number]
    return frame.solution(h, frame.weights(grid, context), mean, spread)


def _told(best: Sequence[int], related: Relations) -> Iterator[str]:
    """Yield how the phases of the most probable sequence are related, each pair once."""
    texts = [related[pair].text for pair in pairwise(best) if pair in related]
    yield from dict.fromkeys(filter(None, texts))
