"""The patterns of a sequence as states with an evidence, for the sums over what they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from navp_structures.analysis.indexing.spot_result import SpotSolution
from navp_structures.analysis.indexing.spot_search import Posterior
from navp_structures.analysis.indexing.spot_solutions import readings, solutions
from navp_structures.analysis.indexing.spots import Searched
from navp_structures.kernels import scale_chain
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.scale_chain import ScaleGrid
from navp_structures.kernels.spot_match import fit
from navp_structures.kernels.spot_scale import ScaleEvidence, scale_evidence

# Placements of a pattern that are linked one by one; of the rest each phase is one state.
_MOST: Final = 400

# A drift less than this share of the scale's sigma is none that anybody knows, and the sums
# over the scale would need ever finer grids for it.
_LEAST_DRIFT: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """One pattern of a sequence.

    Its states are placements that are linked one by one, then the rest of each phase, then no
    net and an unknown lattice.

    Parameters
    ----------
    searched
        The pattern and its posterior alone.
    evidence
        Of its placements, by the scale.
    offset
        ln of what does not depend on the scale, shape ``(h,)``.
    single
        The placements that are states of their own, shape ``(k,)``.
    state
        Of each placement, shape ``(h,)``.
    """

    searched: Searched
    evidence: ScaleEvidence
    offset: Floats
    single: Ints
    state: Ints

    @classmethod
    def of(cls, searched: Searched, *, linked: bool) -> Frame:
        """Return a frame, whose best placements are states where orientations are linked."""
        posterior, library = searched.posterior, searched.library
        placed = posterior.placed
        spread = library.total_spread(0.0, searched.errors.distortion)[placed.zone]
        order = np.argsort(-posterior.log_weight, kind="stable")
        single = order[: _MOST if linked else 0]
        state = library.owner[placed.zone] + len(single)
        state[single] = np.arange(len(single))
        return cls(
            searched=searched,
            evidence=scale_evidence(placed, searched.polar, library.nets, spread),
            offset=posterior.log_weight - posterior.fits.log_evidence,
            single=single,
            state=state,
        )

    @property
    def possible(self) -> Ints:
        """The placements with two spots or more."""
        return np.flatnonzero(np.isfinite(self.offset))

    @property
    def answers(self) -> Ints:
        """Number of the phase that each state stands for; the two nulls are behind them."""
        library = self.searched.library
        own = library.owner[self.searched.posterior.placed.zone[self.single]]
        return np.concatenate([own, np.arange(len(library.phases) + 2)])

    def log_evidence(self, grid: ScaleGrid, *, only: int | None = None) -> Floats:
        """Return ln of the evidence of each state at each scale, shape ``(g, s)``.

        Parameters
        ----------
        only
            Number of the one placement that is looked at; all when None.
        """
        count = len(self.answers)
        rows = self.possible if only is None else np.array([only])
        found = scale_chain.grouped(
            self.evidence.take(rows), self.offset[rows], self.state[rows], count, grid
        )
        if only is None:
            found[:, -2:] = self.searched.posterior.log_nulls
        return found

    def weights(self, grid: ScaleGrid, context: Floats) -> Floats:
        """Return the posterior of each placement, with what all else says of the states."""
        rows, found = self.possible, np.zeros(len(self.state))
        found[rows] = scale_chain.weights(
            self.evidence.take(rows), self.offset[rows], self.state[rows], grid, context
        )
        return found

    def posterior(self, weight: Floats) -> Posterior:
        """Return the posterior with other weights of the placements."""
        placed, library = self.searched.posterior.placed, self.searched.library
        zones = np.bincount(placed.zone, weight, minlength=len(library.uvw))
        return replace(
            self.searched.posterior, weight=weight, zones=np.asarray(zones, dtype=np.float64)
        )

    def leader(self, weight: Floats) -> int:
        """Return the best placement of the best zone."""
        searched = self.searched
        return next(readings(self.posterior(weight), searched.measured, searched.library))[0]

    def solution(self, h: int, weight: Floats, mean: float, sigma: float) -> SpotSolution:
        """Return the solution of a placement with the scale that all other frames leave.

        Parameters
        ----------
        weight
            Posterior of all placements.
        mean, sigma
            Of this frame's scale, without its own spots.
        """
        searched = self.searched
        chosen = np.array([h])
        placed = searched.posterior.placed.take(chosen)
        spread = searched.library.total_spread(sigma, searched.errors.distortion)[placed.zone]
        nearer = replace(searched.polar, log_r=searched.polar.log_r - mean)
        fits = fit(placed, nearer, searched.library.nets, spread)
        one = replace(
            self.posterior(weight),
            placed=placed,
            fits=replace(fits, scale=fits.scale + mean),
            weight=np.ones(1),
        )
        g_max = searched.errors.g_max
        return next(solutions(one, searched.measured, searched.library, g_max))


def shared_grid(frames: Sequence[Frame], sigma: float, drift: float) -> ScaleGrid:
    """Return the scales that frames share.

    Parameters
    ----------
    sigma, drift
        Of the scale of a frame, and the part of it in which frames differ, relative.
    """
    evidences = [frame.evidence.take(frame.possible) for frame in frames]
    apart = min(max(drift, _LEAST_DRIFT * sigma), sigma)
    return scale_chain.scale_grid(evidences, sigma, apart)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedScale:
    """The scale that frames share, as a Gaussian of ln of the factor.

    Parameters
    ----------
    precision, pull
        Inverse variance, and the mean times it.
    """

    precision: float
    pull: float

    @classmethod
    def of(
        cls, frames: Sequence[Frame], chosen: Sequence[int | None], sigma: float, drift: float
    ) -> SharedScale | None:
        """Return what chosen placements say of it; None where there is none to share."""
        common = sigma**2 - drift**2
        # No phase has no scale: the prior alone is nothing that was found.
        if common <= 0.0 or all(h is None for h in chosen):
            return None
        precision, pull = 1.0 / common, 0.0
        for frame, h in zip(frames, chosen, strict=True):
            if h is not None:
                known = float(frame.evidence.known_within(drift)[h])
                precision += known
                pull += known * float(frame.evidence.best[h])
        return cls(precision=precision, pull=pull)

    @property
    def mean(self) -> float:
        """The mean."""
        return self.pull / self.precision

    @property
    def sigma(self) -> float:
        """The standard deviation."""
        return float(self.precision**-0.5)


def best_placements(
    frames: Sequence[Frame],
    grid: ScaleGrid,
    log_evidence: Sequence[Floats],
    links: Sequence[Floats],
    answers: Sequence[int],
) -> Iterator[int | None]:
    """Yield the placement of each frame that belongs to a sequence of answers.

    The best one of the best zone, given those of the frames before; None for the nulls.
    """
    phases = len(frames[0].searched.library.phases)
    kept = [
        np.where(frame.answers == answer, log_e, -np.inf)
        for frame, answer, log_e in zip(frames, answers, log_evidence, strict=True)
    ]
    for f, frame in enumerate(frames):
        if answers[f] >= phases:
            yield None
            continue
        context = scale_chain.contexts(grid.log_weight, kept, links)[f]
        weight = frame.weights(grid, np.where(frame.answers == answers[f], context, -np.inf))
        chosen = frame.leader(weight)
        kept[f] = frame.log_evidence(grid, only=chosen)
        yield chosen
