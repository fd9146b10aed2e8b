"""Which phase the spacings and the angle of an image are of, by the indexing engine."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from navp_structures.analysis.audit.allowance import observed
from navp_structures.analysis.audit.context import AuditContext
from navp_structures.analysis.audit.image import LARGEST_ANGLE, Image, planes_of
from navp_structures.analysis.indexing.spacings import SpacingIndexing, index_spacings
from navp_structures.analysis.indexing.spot_notes import SURE
from navp_structures.analysis.indexing.units import LARGEST_SIGMA
from navp_structures.catalogue.catalogue import as_phases
from navp_structures.model.claim import Claim
from navp_structures.model.hkl import format_uvw
from navp_structures.model.phase import Phase
from navp_structures.show.tables import plain

# Below it a phase is not named in the sentence.
_TOLD: Final = 0.01
_PAIRS: Final = 3


def pair_answer(image: Image, context: AuditContext) -> SpacingIndexing | None:
    """Return what two spacings of an image and their angle are, in the phases of the card.

    The named phase is tried too. Two spacings without an angle have pairs of planes that
    share a zone axis, and no posterior. None for other images.
    """
    key = ("answer", image.spacings, image.angles, image.phase)
    return context.once(key, lambda: _answer(image, context))


def _answer(image: Image, context: AuditContext) -> SpacingIndexing | None:
    found = _three(image)
    if found is None:
        return None
    one, two, angle = found
    seen = [observed(claim, context) for claim in (one, two)]
    between = None if angle is None else angle.value
    if between is not None and not 0.0 < between < 180.0:
        return None
    return index_spacings(
        [each.d for each in seen],
        phases=candidates(image.phase),
        sigma=min(max(each.sigma for each in seen), LARGEST_SIGMA),
        angles=between,
        angle_sigma=min(
            (angle and angle.uncertainty) or context.settings.angle_sigma, LARGEST_ANGLE
        ),
        scale_sigma=image.scale_sigma(context),
    )


def candidates(phase: Phase) -> tuple[Phase, ...]:
    """Return a phase and those of the card, each id once."""
    card = [p for p in as_phases(None) if p.id != phase.id]
    return (phase, *card)


def _three(image: Image) -> tuple[Claim, Claim, Claim | None] | None:
    """Return two spacings and the angle between them, the first angle that has both."""
    for angle in image.angles:
        planes = planes_of(angle, image.phase)
        members = [plane and image.labelled(plane.hkl) for plane in planes]
        if len(members) == 2 and members[0] and members[1] and members[0] is not members[1]:
            return members[0].claim, members[1].claim, angle
    if len(image.spacings) != 2 or len(image.angles) > 1:
        return None
    one, two = image.spacings
    return one, two, next(iter(image.angles), None)


def answer_details(answer: SpacingIndexing | None) -> dict[str, Any]:
    """Return the posteriors, the likeliest zone axes and pairs of an image, for JSON."""
    if answer is None:
        return {}
    if not answer.posteriors:
        shared = [asdict(pair) for pair in answer.shared[:_PAIRS]]
        return {"image": plain({"shared_zones": shared})} if shared else {}
    zones = [
        {"phase": s.phase, "zone_axis": s.zone_axis, "posterior": s.posterior, "hkls": s.hkls}
        for s in answer.solutions[:_PAIRS]
    ]
    pairs = [asdict(pair) for pair in answer.pairs[:_PAIRS]]
    posteriors = dict(answer.posteriors)
    return {"image": plain({"posteriors": posteriors, "zones": zones, "pairs": pairs})}


def answer_sentence(answer: SpacingIndexing | None) -> str:
    """Return which phases two spacings and their angle speak for; empty without an answer."""
    if answer is None or not answer.posteriors:
        return ""
    told = [
        f"{name} {value:.2f}" for name, value in answer.posteriors.items() if value >= _TOLD
    ]
    best, highest = next(iter(answer.posteriors.items()))
    sure = "" if highest >= SURE else ": one pair of planes does not identify the phase"
    axis = next((s.zone_axis for s in answer.solutions if s.phase == best), None)
    zone = f" (likeliest: {best} along {format_uvw(axis)})" if axis is not None else ""
    return (
        f"The two spacings and the angle of this image together give the posterior "
        f"{', '.join(told)}{zone}{sure}."
    )
