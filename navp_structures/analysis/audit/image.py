"""Spacings and angles of one image: they share one scale and one phase."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from navp_structures.analysis.audit.allowance import Observed, observed
from navp_structures.analysis.audit.context import AuditContext
from navp_structures.analysis.audit.readings import (
    Reading,
    as_printed,
    bar_readings,
    setting_readings,
)
from navp_structures.analysis.audit.standards import calibration_of, scale_sigma_of
from navp_structures.analysis.indexing.candidates import REACH, SpacingCandidate
from navp_structures.analysis.indexing.label_repair import check_label
from navp_structures.analysis.indexing.label_result import LabelReading
from navp_structures.analysis.indexing.scale import PhaseFit, fit_scale
from navp_structures.analysis.indexing.units import LARGEST_SIGMA
from navp_structures.errors import ClaimError
from navp_structures.model.claim import Claim
from navp_structures.model.hkl import HKL
from navp_structures.model.phase import Phase

LARGEST_ANGLE: Final = 30.0
"""Degrees, largest standard deviation of an angle that is used."""


_OF_IMAGES: Final = ("spacing", "angle")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Member:
    """A labelled spacing of an image.

    Parameters
    ----------
    printed
        The plane as printed; None where the label names none.
    reading
        What it is taken for: as printed where that may be, else the likeliest repair; None
        where nothing fits.
    """

    claim: Claim
    seen: Observed
    printed: Reading | None
    reading: Reading | None = None

    @property
    def label(self) -> str:
        """As printed."""
        return self.claim.labels[0]

    @property
    def is_forbidden(self) -> bool:
        """Whether its label is extinct, or names no plane."""
        return self.printed is None or self.printed.absence is not None

    def is_within(self, reading: Reading, scale_sigma: float) -> bool:
        """Whether a plane has the spacing within the reach of its error and the scale's."""
        off = reading.off(self.seen)
        return abs(off.relative) <= REACH * math.hypot(off.sigma, scale_sigma)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Image:
    """The claims of one image that are of one phase.

    Parameters
    ----------
    members
        Its labelled spacings.
    spacings, angles
        All its claims of a spacing, and of an angle.
    scale
        Common to all spacings; None where fewer than two are indexed, or no common scale
        explains those that are.
    is_wide
        Whether the scale is beyond what the error of a calibration usually allows: then two or
        more labels that hold in no other way agree on it.
    """

    phase: Phase
    members: tuple[Member, ...]
    spacings: tuple[Claim, ...]
    angles: tuple[Claim, ...]
    scale: PhaseFit | None
    is_wide: bool = False
    apart: tuple[str, ...] = ()

    @property
    def remark(self) -> str:
        """That claims of the group are of other phases; empty where none is."""
        if not self.apart:
            return ""
        names = " and ".join(self.apart)
        return (
            f"Its group also names {names}: an image is of one phase, so each is judged apart."
        )

    def scale_sigma(self, context: AuditContext) -> float:
        """Return the relative sigma of its scale beforehand."""
        claims = (*self.spacings, *self.angles)
        return scale_sigma_of(claims[0], context) if claims else context.settings.scale_sigma

    def member(self, claim: Claim) -> Member:
        """Return the labelled spacing of a claim."""
        return next(member for member in self.members if member.claim.id == claim.id)

    def partner(self, member: Member) -> Member | None:
        """Return another spacing, one that holds as printed before others."""
        others = [m for m in self.members if m is not member and m.reading is not None]
        held = [m for m in others if m.reading is m.printed]
        return next(iter([*held, *others]), None)

    def labelled(self, hkl: HKL) -> Member | None:
        """Return the spacing that has this label."""
        named = (m for m in self.members if m.printed is not None and m.printed.hkl == hkl)
        return next(named, None)

    def angle_of(self, one: Member, two: Member) -> Claim | None:
        """Return the claim of the angle between two spacings."""
        wanted = {one.printed and one.printed.hkl, two.printed and two.printed.hkl}
        for claim in self.angles:
            planes = planes_of(claim, self.phase)
            if planes and {plane and plane.hkl for plane in planes} == wanted:
                return claim
        return None


def planes_of(claim: Claim, phase: Phase) -> list[Reading | None]:
    """Return the planes of an angle as printed; none where one is no label."""
    with suppress(ClaimError):
        return [as_printed(claim, label, phase) for label in claim.labels]
    return []


def image_of(claim: Claim, phase: Phase, context: AuditContext) -> Image:
    """Return the image of a claim; a claim without a group is alone."""
    key = ("image", claim.group or ("alone", claim.id), phase)
    return context.once(key, lambda: _image(claim, phase, context))


def _image(claim: Claim, phase: Phase, context: AuditContext) -> Image:
    group = context.claims.groups[claim.group] if claim.group else (claim,)
    own = [c for c in group if _is_of(c, phase, context)]
    others = [
        c
        for c in group
        if c.quantity in _OF_IMAGES and c.phases and c not in own and not c.standard
    ]
    lengths = tuple(c for c in own if c.quantity == "spacing")
    image = Image(
        phase=phase,
        members=tuple(_members(lengths, phase, context)),
        spacings=lengths,
        angles=tuple(c for c in own if c.quantity == "angle"),
        scale=None,
        apart=tuple(dict.fromkeys(name for c in others for name in c.phases)),
    )
    # Labels that symmetry allows first: with the scale that they show, the others are read.
    for wanted in (False, True):
        # A scale that a standard shows is not to be explained away.
        if wanted and not _indexed(image.members) and calibration_of(claim, context) is None:
            members = tuple(_widely_scaled(image.members))
            image = replace(image, members=members, is_wide=bool(_indexed(members)))
        fit = _fit(image.members, _prior(image, context))
        members = tuple(
            _read(member, image, fit, context) if member.is_forbidden == wanted else member
            for member in image.members
        )
        image = replace(image, members=members)
    return replace(image, scale=_common_scale(image.members, _prior(image, context)))


def _prior(image: Image, context: AuditContext) -> float:
    """Return the relative sigma of the scale of an image."""
    return _WIDE if image.is_wide else image.scale_sigma(context)


def _widely_scaled(members: Sequence[Member]) -> list[Member]:
    """Return members as printed where labels that fit nothing else share one large scale.

    Of more than three one may be left out that does not share it.
    """
    tried = [
        replace(m, reading=m.printed)
        for m in members
        if not m.is_forbidden and m.reading is None
    ]
    for left in (tried, _without_farthest(tried)):
        fit = _common_scale(left, _WIDE)
        if fit is not None and abs(fit.scale - 1.0) <= _WIDEST:
            held = {member.claim.id: member for member in left}
            return [held.get(member.claim.id, member) for member in members]
    return list(members)


def _without_farthest(members: Sequence[Member]) -> list[Member]:
    """Return the spacings but the one farthest from the median of their scales."""
    if len(members) <= _FEW:
        return []
    scales = [m.seen.d / m.reading.d for m in members if m.reading is not None]
    middle = median(scales)
    far = max(range(len(scales)), key=lambda n: abs(scales[n] - middle))
    return [*members[:far], *members[far + 1 :]]


# Relative sigma of a scale about which nothing is known, and the largest that is believed.
_WIDE: Final = 0.05
_WIDEST: Final = 0.1

# Labels of which all must share a large scale.
_FEW: Final = 3


def _is_of(claim: Claim, phase: Phase, context: AuditContext) -> bool:
    """Whether a claim is of one phase; what cannot be used is told where it is judged."""
    with suppress(ClaimError):
        return context.phases_of(claim) == (phase,)
    return False


def _members(claims: Iterable[Claim], phase: Phase, context: AuditContext) -> Iterator[Member]:
    for claim in claims:
        if claim.labels:
            with suppress(ClaimError):
                seen = observed(claim, context)
                printed = as_printed(claim, claim.labels[0], phase)
                member = Member(claim=claim, seen=seen, printed=printed)
                yield _as_printed(member, scale_sigma_of(claim, context))


def _as_printed(member: Member, scale_sigma: float) -> Member:
    printed = member.printed
    if printed is None or printed.absence or not member.is_within(printed, scale_sigma):
        return member
    return replace(member, reading=printed)


def _read(member: Member, image: Image, fit: PhaseFit | None, context: AuditContext) -> Member:
    """Return a spacing with the likeliest repair of its label, where it needs one."""
    if member.reading is not None:
        return member
    for tier in _tiers(member, image, fit, context):
        fitting = [r for r in tier if member.is_within(r, _prior(image, context))]
        if fitting:
            return replace(member, reading=fitting[0])
    return member


def _tiers(
    member: Member, image: Image, fit: PhaseFit | None, context: AuditContext
) -> Iterator[list[Reading]]:
    printed = member.printed
    fits = printed is not None and member.is_within(printed, image.scale_sigma(context))
    if printed is not None and fits:
        yield list(setting_readings(printed))
    if printed is not None and printed.absence is None:
        yield _nearest(member, bar_readings(member.label, image.phase))
        yield _nearest(member, setting_readings(printed))
        # A changed digit is no evidence of a scale where the label may be right.
        return
    known = (1.0, 0.0) if fit is None else (fit.scale, fit.scale_su)
    for scale, wide in (known, (1.0, image.scale_sigma(context))):
        rows = repairs(member, image, context, scale=scale, wide=wide)
        yield [Reading(phase=image.phase, hkl=row.hkl, kind=row.kind) for row in rows]


def _nearest(member: Member, readings: Iterable[Reading]) -> list[Reading]:
    return sorted(readings, key=lambda r: abs(r.off(member.seen).relative))


def repairs(
    member: Member,
    image: Image,
    context: AuditContext,
    *,
    scale: float = 1.0,
    wide: float = 0.0,
) -> tuple[LabelReading, ...]:
    """Return repairs of a label as `check_label` ranks them, by zone and angle in the image.

    Parameters
    ----------
    scale
        Of the image.
    wide
        Relative sigma of a scale that is not known.
    """
    partner = image.partner(member)
    angle = None if partner is None else image.angle_of(member, partner)
    value = None if angle is None else angle.value
    settings = context.settings
    found = check_label(
        image.phase,
        member.label,
        member.seen.d / scale,
        sigma=min(math.hypot(member.seen.sigma, wide), LARGEST_SIGMA),
        other=None if partner is None or partner.reading is None else partner.reading.hkl,
        angle=value if value and value < 180.0 else None,
        angle_sigma=min((angle and angle.uncertainty) or settings.angle_sigma, LARGEST_ANGLE),
    )
    return found.rows


def _common_scale(members: Sequence[Member], scale_sigma: float) -> PhaseFit | None:
    """Return the scale that brings two or more spacings into agreement with their planes.

    In closed form with the prior 1 ± scale_sigma, as for `index_spacings`.
    """
    indexed = _indexed(members)
    fit = _fit(members, scale_sigma)
    if fit is None or len(indexed) < 2 or fit.unmatched:
        return None
    fits = all(reading.off(member.seen, fit.scale).fits for member, reading in indexed)
    return fit if fits else None


def _fit(members: Iterable[Member], scale_sigma: float) -> PhaseFit | None:
    """Return the scale that the spacings with a plane show; None where none has one."""
    indexed = _indexed(members)
    if not indexed:
        return None
    candidates = [_candidate(n, *pair) for n, pair in enumerate(indexed)]
    spacings = [member.seen.spacing for member, _ in indexed]
    return fit_scale(candidates[0].phase, candidates, spacings, scale_sigma)


def _indexed(members: Iterable[Member]) -> list[tuple[Member, Reading]]:
    return [(m, m.reading) for m in members if m.reading is not None]


def _candidate(number: int, member: Member, reading: Reading) -> SpacingCandidate:
    off = reading.off(member.seen)
    return SpacingCandidate(
        observation=number,
        phase=reading.phase.id,
        hkl=reading.hkl,
        multiplicity=1,
        d_obs=member.seen.d,
        d_calc=reading.d,
        d_calc_su=reading.phase.d_su(reading.hkl),
        deviation_percent=off.percent,
        deviation_sigma=off.sigmas,
        sigma=off.sigma,
        f_squared=None,
        strength=None,
    )
