"""Orientations of one grain in neighbouring patterns, in one phase or in related ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from navp_structures.analysis.indexing.sequence_frames import Frame
from navp_structures.analysis.misfit.misfit import lattice_misfit
from navp_structures.analysis.shelf import Shelf
from navp_structures.errors import InputError
from navp_structures.kernels.lattice import Floats, Ints, inverse
from navp_structures.kernels.orientation_link import (
    Frames,
    axis_cover,
    carried,
    orientation_ratio,
    zone_frames,
)
from navp_structures.model.phase import Phase

TURNED: Final = 0.02
"""Share of neighbouring patterns between which the grain was turned, or is another."""

_MOST_KEPT: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Relation:
    """How the lattice of one phase becomes that of another.

    Parameters
    ----------
    deformation
        F from Cartesian vectors of the first to those of the second, shape ``(3, 3)``; None
        where no correspondence is known.
    text
        What is to be said of it.
    """

    deformation: Floats | None
    text: str

    @property
    def inverse(self) -> Relation:
        """The way back."""
        if self.deformation is None:
            return self
        return Relation(deformation=inverse(self.deformation), text=self.text)


Relations = dict[tuple[int, int], Relation]


def relations(phases: Sequence[Phase], ion: str) -> Relations:
    """Return how each phase turns into each, by their numbers."""
    found = {}
    for q, two in enumerate(phases):
        for p, one in enumerate(phases[:q]):
            found[p, q] = _kept_relation(one, two, ion)
            found[q, p] = found[p, q].inverse
        found[q, q] = Relation(deformation=np.eye(3), text="")
    return found


_relations: Shelf[tuple[Phase, Phase, str], Relation] = Shelf(_MOST_KEPT)


def _kept_relation(first: Phase, second: Phase, ion: str) -> Relation:
    key = first, second, ion
    made = _relations.get(key)
    if made is None:
        made = _relation(first, second, ion)
        _relations.put(key, made, 1)
    return made


def _relation(first: Phase, second: Phase, ion: str) -> Relation:
    """Return how a phase turns into another by the correspondence that moves atoms least."""
    unknown = "no direction is taken as shared between them"
    try:
        misfit = lattice_misfit(first, second, ion=ion)
    except InputError:
        text = f"{first.id} and {second.id} have no common host or lattice: {unknown}"
        return Relation(deformation=None, text=text)
    if misfit.remarks:
        text = f"what {first.id} and {second.id} have in common is not known: {unknown}"
        return Relation(deformation=None, text=text)
    return Relation(
        deformation=misfit.deformation_gradient,
        text=f"directions [uvw] of {first.id} read {misfit.correspondence} in {second.id}",
    )


def unlinked(frames: Sequence[Frame]) -> list[Floats]:
    """Return links that say nothing."""
    counts = [len(frame.answers) for frame in frames]
    return [np.ones(pair) for pair in pairwise(counts)]


def direction_links(
    frames: Sequence[Frame], related: Relations, sigma: float
) -> Iterator[Floats]:
    """Yield the factors between the states of neighbouring frames.

    Parameters
    ----------
    sigma
        Degrees: of the tilt about each axis, and of the turn about the beam.
    """
    spread = float(np.radians(sigma))
    for one, two in pairwise(frames):
        link = np.ones((len(one.answers), len(two.answers)))
        for (p, q), item in related.items():
            if item.deformation is None:
                continue
            rows, columns = (
                np.flatnonzero(frame.answers == n) for frame, n in ((one, p), (two, q))
            )
            # What is left of each phase is improbable alone, and not looked at closer.
            link[np.ix_(rows, columns)] = TURNED
            singles = rows[rows < len(one.single)], columns[columns < len(two.single)]
            if len(singles[0]) and len(singles[1]):
                ratio = _ratio(one, two, singles, (p, q), item.deformation, spread)
                link[np.ix_(*singles)] += (1.0 - TURNED) * ratio
        yield link


def _ratio(
    one: Frame,
    two: Frame,
    singles: tuple[Ints, Ints],
    phases: tuple[int, int],
    deformation: Floats,
    sigma: float,
) -> Floats:
    """Return how much more probable the second orientation is after the first."""
    first, second = (
        frame.searched.library.phases[n] for frame, n in zip((one, two), phases, strict=True)
    )
    before, after = (
        frame.single[numbers] for frame, numbers in zip((one, two), singles, strict=True)
    )
    start, found = _orientations(one, before), _orientations(two, after)
    # Of one phase all variants are one orientation.
    turns = np.eye(3)[np.newaxis] if first == second else _rotations(first)
    expected = np.stack([carried(start @ turn, deformation) for turn in turns])
    turn_sigma = np.sqrt(
        sigma**2
        + one.evidence.turn_su[before, np.newaxis] ** 2
        + two.evidence.turn_su[after] ** 2
    )
    return orientation_ratio(
        expected,
        found,
        _rotations(second),
        sigma=sigma,
        turn_sigma=turn_sigma,
        covered=axis_cover(expected, *_axes(two, phases[1]), sigma),
    )


def _orientations(frame: Frame, chosen: Ints) -> Frames:
    posterior, library = frame.searched.posterior, frame.searched.library
    zone = posterior.placed.zone[chosen]
    phase = library.phases[int(library.owner[zone[0]])]
    base = phase.cell.orthogonalisation_matrix
    row = library.first[zone]
    return zone_frames(
        library.uvw[zone] @ base.T,
        library.hkl[row] @ np.linalg.inv(base),
        library.nets.angle[row],
        posterior.fits.turn[chosen],
        posterior.placed.mirror[chosen],
    )


def _rotations(phase: Phase) -> Floats:
    """Return the proper rotations of the point group, Cartesian."""
    group = phase.space_group.laue_rotations
    base = phase.cell.orthogonalisation_matrix
    proper = group[np.linalg.det(group) > 0.0]
    return np.asarray(base @ proper @ np.linalg.inv(base))


def _axes(frame: Frame, phase: int) -> tuple[Floats, Floats]:
    """Return unit vectors along all zone axes of a phase, and the prior of each."""
    library = frame.searched.library
    zones = np.flatnonzero(library.owner == phase)
    owner = library.phases[phase]
    group = owner.space_group.laue_rotations
    images = np.einsum("rij,zj->rzi", group, library.uvw[zones]).reshape(-1, 3)
    axes = images @ owner.cell.orthogonalisation_matrix.T
    weight = np.tile(np.exp(library.log_prior[zones]) / len(group), len(group))
    return axes / np.linalg.norm(axes, axis=1, keepdims=True), weight / weight.sum()
