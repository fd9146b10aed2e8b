"""What to measure next, as every indexing tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from navp_structures.model.hkl import HKL
from navp_structures.read_only import ReadOnly


@dataclass(frozen=True, slots=True, kw_only=True)
class NextMeasurement(ReadOnly):
    """What to measure.

    Parameters
    ----------
    kind
        ``spot`` or ``scale`` of a pattern; ``line``, ``sigma`` or ``shift`` of powder lines.
    answers
        The two answers that it separates: ids of phases, mixtures ``a+b``, ``none.lattice``.
    hkl, d
        Of the spot or line, in the first of them; d in Å.
    x, y
        Where the spot is in the pattern (Å⁻¹).
    probability
        That it is seen if the first answer is right; of a spot, the second does not expect it.
    sigma
        A sigma as good as this separates the two: relative; of 2θ in degrees. Of a shift, to
        which it is to be known.
    text
        All of it in words.
    phase
        Id of the phase whose line it is.
    position
        Of the line, in the unit of the list, as it would be measured.
    presence
        Probability of each leading answer that the line is seen; that of an answer goes up
        by this factor when it is, by one minus it when it is not, before they are made to
        add up to 1 again.
    information
        Expected (nats), about which of the leading answers is right; of ``sigma`` and
        ``shift`` at least so much.
    expected_posterior
        Mean posterior of the then most probable answer, of a ``line``.
    """

    kind: str
    answers: tuple[str, str]
    hkl: HKL | None = None
    d: float | None = None
    x: float | None = None
    y: float | None = None
    probability: float | None = None
    sigma: float | None = None
    text: str
    phase: str | None = None
    position: float | None = None
    presence: Mapping[str, float] | None = None
    information: float | None = None
    expected_posterior: float | None = None
