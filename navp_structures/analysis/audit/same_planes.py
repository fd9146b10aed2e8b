"""Judging that two spacings or lines are of one set of planes, before and after."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from navp_structures.analysis.audit.agreement import TIMES
from navp_structures.analysis.audit.context import AuditContext, Judge
from navp_structures.analysis.audit.finding import AuditFinding, Verdict
from navp_structures.analysis.audit.followed import (
    Fate,
    Followed,
    fate_of,
    followed,
    verdict_of,
    volume_change,
)
from navp_structures.analysis.audit.judgement import located, not_testable, without_structure
from navp_structures.analysis.audit.moved_lines import judge_moved_line
from navp_structures.analysis.misfit.mapping import as_whole
from navp_structures.analysis.misfit.rows import indices_text, percent_text
from navp_structures.errors import ClaimError, InputError
from navp_structures.model.claim import Claim
from navp_structures.model.hkl import format_hkl
from navp_structures.show.numbers import signed
from navp_structures.show.tables import plain


def judge_same_plane(claim: Claim, context: AuditContext) -> AuditFinding:
    """Return whether two claims can be of one set of planes, before and after a transition.

    What a plane of the first phase becomes in the second is a matter of the lattice
    correspondence (`lattice_misfit`); how much its spacing should change, of both cells.

    Raises
    ------
    ClaimError
        When one of the two cannot be used, with its file and line.
    """
    one, two = (context.claims[name] for name in claim.claims)
    for each in (one, two):
        if not each.phases:
            return without_structure(each)
    if "powder_line" in (one.quantity, two.quantity):
        return judge_moved_line(claim, one, two, context)
    with located(claim, "value"):
        return _of_images(claim, one, two, context)


def _of_images(claim: Claim, one: Claim, two: Claim, context: AuditContext) -> AuditFinding:
    before, after = followed(one, context), followed(two, context)
    for each in (before, after):
        if each.reading is None:
            return not_testable(
                claim,
                f"{each.claim.id} has no label that names planes of {each.phase.id}, so that "
                "it is not known which are meant.",
            )
    try:
        fate = fate_of(before, after, context)
    except ClaimError:
        raise
    except InputError as error:
        return not_testable(claim, f"No lattice correspondence tells it: {error}.")
    return _finding(claim, before, after, fate, context)


def _finding(
    claim: Claim, before: Followed, after: Followed, fate: Fate, context: AuditContext
) -> AuditFinding:
    observed = 100.0 * (after.d / before.d - 1.0)
    settings = context.settings
    sigma = 100.0 * math.hypot(before.sigma, after.sigma)
    scales = ""
    if before.claim.group is None or before.claim.group != after.claim.group:
        sigma = math.hypot(sigma, 100.0 * math.sqrt(2.0) * settings.scale_sigma)
        scales = f" and {100.0 * settings.scale_sigma:g} % for the scale of each image"
    spread = math.hypot(sigma, fate.change_su or 0.0)
    # Of the ratio of both spacings, which is what the change says.
    off = 100.0 * ((100.0 + observed) / (100.0 + fate.change) - 1.0)
    rounding = 100.0 * (before.rounding + after.rounding)
    tolerance = TIMES * spread + rounding
    computed = percent_text(fate.change, fate.change_su)
    holds = fate.is_same and abs(off) <= tolerance
    verdict: Verdict = verdict_of(before, after) if holds else "inconsistent"
    return AuditFinding(
        id=claim.id,
        claim=claim.text or f"{before.name} becomes {after.name}",
        printed=f"{before.claim.printed} to {after.claim.printed}",
        computed=f"{computed} of {before.name} to {after.name}",
        deviation_percent=off,
        deviation_sigma=off / spread,
        tolerance=f"±{tolerance:.2f} % ({TIMES:g} × {spread:.2f} % + rounding "
        f"{rounding:.2f} %): the errors of both spacings{scales}",
        verdict=verdict,
        explanation=" ".join(_words(before, after, fate, observed)),
        phase=after.phase.id,
        details=_details(before, after, fate, observed),
    )


def _words(before: Followed, after: Followed, fate: Fate, observed: float) -> list[str]:
    remarks = "; ".join(filter(None, (before.remark, after.remark)))
    computed = percent_text(fate.change, fate.change_su)
    change = f"observed {signed(observed, 2)} %, computed {computed}"
    grows = volume_change(before.phase, after.phase)
    against = "" if grows is None else f" while V/Z changes by {signed(grows, 2)} %"
    becomes = indices_text(fate.becomes, "()")
    first = f"By the lattice correspondence {before.name} becomes {becomes} of {after.phase.id}"
    if fate.is_same:
        told = [
            f"{first}, which is of the family of {format_hkl(after.hkl)}: {change}{against}."
        ]
    else:
        none = "" if as_whole(fate.becomes) else ", no lattice plane,"
        opposite = grows is not None and grows * observed < 0.0 < abs(grows)
        why = (
            "it is no strain" if opposite else "they are different planes, and it is no strain"
        )
        told = [
            f"{first}, d {signed(fate.own_change, 2)} %{none} and not {format_hkl(after.hkl)}; "
            f"{fate.back}{fate.elsewhere}.",
            f"The change of d between the two labels is {change}{against}: {why}.",
        ]
    return [f"{remarks}.", *told] if remarks else told


def _details(before: Followed, after: Followed, fate: Fate, observed: float) -> dict[str, Any]:
    made: dict[str, Any] = plain(
        {
            "before": {"phase": before.phase.id, "hkl": before.hkl, "d": before.d},
            "after": {"phase": after.phase.id, "hkl": after.hkl, "d": after.d},
            "becomes": fate.becomes,
            "family": fate.family,
            "is_same": fate.is_same,
            "correspondence": fate.matrix,
            "others_that_agree": fate.others,
            "observed_change": observed,
            "computed_change": fate.change,
            "computed_change_su": fate.change_su,
            "becomes_change": fate.own_change,
            "volume_change": volume_change(before.phase, after.phase),
        }
    )
    return made


JUDGES: Final[Mapping[str, Judge]] = MappingProxyType({"same_plane": judge_same_plane})
