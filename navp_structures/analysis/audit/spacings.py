"""Judging spacings of an image, with and without a label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from navp_structures.analysis.audit.allowance import Observed, observed, spacing_tolerance
from navp_structures.analysis.audit.angles import judge_angle
from navp_structures.analysis.audit.context import AuditContext, Judge
from navp_structures.analysis.audit.finding import AuditFinding, Verdict
from navp_structures.analysis.audit.image import image_of
from navp_structures.analysis.audit.image_answer import (
    answer_details,
    candidates,
    pair_answer,
)
from navp_structures.analysis.audit.judgement import located, without_structure
from navp_structures.analysis.audit.labelled import Case, Outcome, explain
from navp_structures.analysis.audit.nearest import (
    Near,
    chance,
    fitting_families,
    nearest_families,
)
from navp_structures.analysis.audit.readings import Reading, as_printed
from navp_structures.analysis.audit.spacing_words import (
    assumed,
    claim_words,
    provisos,
    sentences,
    shift_text,
    spacing_text,
)
from navp_structures.analysis.indexing.scale import PhaseFit
from navp_structures.model.claim import Claim
from navp_structures.model.hkl import format_hkl
from navp_structures.model.phase import Phase
from navp_structures.show.numbers import counted
from navp_structures.show.tables import plain

UNLABELLED: Final = "without a label"

# Families that a sentence names.
_NAMED: Final = 3

# Beyond this probability of a fit by chance a fit tells nothing.
_ANY: Final = 0.9


def judge_spacing(claim: Claim, context: AuditContext) -> AuditFinding:
    """Return what is found of a spacing.

    A label is tried as printed; with the scale of its image; with a bar restored or lost; in
    another setting; in another entry of the composition. Without a label it is asked which
    families have the spacing.

    Raises
    ------
    ClaimError
        When label, phase or spacing cannot be used, with file and line.
    """
    if not claim.phases:
        return without_structure(claim)
    (phase,) = context.phases_of(claim)
    seen = observed(claim, context)
    with located(claim, "value"):
        if not claim.labels:
            return _without_label(claim, phase, seen, context)
        # A label that is none is told here, not where it is met in its image.
        as_printed(claim, claim.labels[0], phase)
        image = image_of(claim, phase, context)
        case = Case(member=image.member(claim), image=image, context=context)
        return _labelled(claim, case, explain(case))


def _labelled(claim: Claim, case: Case, outcome: Outcome) -> AuditFinding:
    reading = outcome.reading
    near = _near(case) if outcome.verdict == "inconsistent" else {}
    verdict: Verdict = outcome.verdict
    if verdict == "consistent" and reading is not None and assumed(reading):
        verdict = "not_testable"
    off = None if reading is None else reading.off(case.seen)
    answer = pair_answer(case.image, case.context)
    explanation = sentences(case, outcome, near)
    if reading is not None:
        explanation.append(provisos([reading], seen=verdict != "inconsistent"))
    explanation.append(case.image.remark)
    return AuditFinding(
        id=claim.id,
        claim=claim_words(claim),
        printed=claim.printed,
        computed=None if reading is None else _computed(reading),
        deviation_percent=None if off is None else off.percent,
        deviation_sigma=None if off is None else off.sigmas,
        tolerance=None if off is None else spacing_tolerance(case.seen, off),
        verdict=verdict,
        explanation=" ".join(filter(None, explanation)),
        phase=case.phase.id if reading is None else reading.phase.id,
        details=_details(case, outcome, near) | answer_details(answer),
    )


def _computed(reading: Reading) -> str:
    return f"{spacing_text(reading)} for {format_hkl(reading.hkl)} of {reading.phase.title}"


def _near(case: Case) -> dict[str, list[Near]]:
    """Return the nearest allowed families of every phase: the card's and other entries."""
    phases = (*candidates(case.phase), *case.context.others(case.phase))
    return {phase.id: nearest_families(phase, case.seen, _NAMED) for phase in phases}


def _details(case: Case, outcome: Outcome, near: Mapping[str, list[Near]]) -> dict[str, Any]:
    reading, fit = outcome.reading, case.image.scale
    found: dict[str, Any] = {"d_obs": case.seen.d, "sigma": case.seen.sigma}
    if reading is not None:
        off = reading.off(case.seen)
        rule = reading.absence
        found |= {
            "reading": list(reading.hkl),
            "kind": reading.kind,
            "d_calc": reading.d,
            "value": None if rule is not None else reading.d,
            "tolerance_percent": 100.0 * off.tolerance,
            "strength": reading.strength,
            "independent": not assumed(reading),
            "rule": None if rule is None else rule.reason,
            "matrix": reading.setting and reading.setting.matrix,
        }
    if case.printed is not None:
        found["printed"] = {"hkl": case.printed.hkl, "d": case.printed.d}
    taken = case.member.reading
    found["taken_for"] = None if taken is None else list(taken.hkl)
    if fit is not None:
        found["scale"], found["scale_su"] = fit.scale, fit.scale_su
    found["repairs"] = [
        {
            "hkl": row.hkl,
            "kind": row.kind,
            "d": row.d_calc,
            "deviation_percent": 100.0 * (case.seen.d / row.d_calc - 1.0),
            "zone_axis": row.zone_axis,
            "angle": row.angle_calc,
        }
        for row in outcome.repairs
    ]
    if outcome.verdict == "other_entry" and case.printed is not None:
        hkl = case.printed.hkl
        entries = case.context.others(case.phase)
        found["entries"] = {
            p.id: {"d": p.d(hkl), "allowed": not p.absence(hkl)} for p in entries
        }
    found["nearest"] = {name: [row.plain for row in rows] for name, rows in near.items()}
    made: dict[str, Any] = plain(found)
    return made


def _without_label(
    claim: Claim, phase: Phase, seen: Observed, context: AuditContext
) -> AuditFinding:
    fitting = fitting_families(phase, seen)
    nearest = nearest_families(phase, seen, _NAMED)
    image = image_of(claim, phase, context)
    fit = image.scale if not fitting else None
    if fit is not None:
        true = replace(seen, d=seen.d / fit.scale)
        scaled = fitting_families(phase, true)
        if scaled and chance(phase, true) <= _ANY:
            return _scaled(claim, phase, seen, scaled, fit)
    others = {
        p.id: rows
        for p in (*candidates(phase), *context.others(phase))
        if p.id != phase.id and (rows := fitting_families(p, seen))
    }
    best = (fitting or nearest)[0] if fitting or nearest else None
    odds = chance(phase, seen)
    verdict: Verdict = "consistent" if fitting else "inconsistent"
    known = {p.id for p in context.others(phase)}
    if not fitting and known & others.keys():
        verdict = "other_entry"
    if odds > _ANY:
        verdict = "not_testable"
    off = None if best is None else seen.off(phase, best.hkl)
    words = _unlabelled_words(phase, fitting, nearest, others, odds)
    meant = [Reading(phase=phase, hkl=row.hkl, kind=UNLABELLED) for row in fitting[:1]]
    told = provisos(meant) if meant else ""
    return AuditFinding(
        id=claim.id,
        claim=claim_words(claim),
        printed=claim.printed,
        computed=None if best is None else f"{best.d:.4f} Å for {named(best)}",
        deviation_percent=None if best is None else best.deviation_percent,
        deviation_sigma=None if best is None else best.deviation_sigma,
        tolerance=None if off is None else spacing_tolerance(seen, off),
        verdict=verdict,
        explanation=" ".join(filter(None, (words, told, image.remark))),
        phase=phase.id,
        details=plain(
            {
                "d_obs": seen.d,
                "sigma": seen.sigma,
                "fitting": [row.plain for row in fitting],
                "nearest": [row.plain for row in nearest],
                "elsewhere": {n: [row.plain for row in rows] for n, rows in others.items()},
                "chance": odds,
            }
        ),
    )


def _scaled(
    claim: Claim, phase: Phase, seen: Observed, fitting: list[Near], fit: PhaseFit
) -> AuditFinding:
    """Return that a spacing without a label fits with the scale of its image."""
    best = fitting[0]
    off = seen.off(phase, best.hkl)
    shown = ", ".join(
        f"{named(row)} {row.deviation_percent:+.2f} %" for row in fitting[:_NAMED]
    )
    count = counted(len(fitting), "allowed family", "allowed families")
    meant = Reading(phase=phase, hkl=best.hkl, kind=UNLABELLED)
    words = (
        f"No allowed family of {phase.title} fits as printed; {named(best)} is "
        f"{off.percent:+.2f} % off. With the scale {shift_text(fit)} that the labelled "
        f"spacings of its image share it is {count}, with what is left: {shown}."
    )
    return AuditFinding(
        id=claim.id,
        claim=claim_words(claim),
        printed=claim.printed,
        computed=f"{best.d:.4f} Å for {named(best)}",
        deviation_percent=off.percent,
        deviation_sigma=off.sigmas,
        tolerance=spacing_tolerance(seen, off),
        verdict="common_scale",
        explanation=" ".join(filter(None, (words, provisos([meant])))),
        phase=phase.id,
        details=plain(
            {
                "d_obs": seen.d,
                "sigma": seen.sigma,
                "fitting": [row.plain for row in fitting],
                "scale": fit.scale,
                "scale_su": fit.scale_su,
            }
        ),
    )


def _unlabelled_words(
    phase: Phase,
    fitting: list[Near],
    nearest: list[Near],
    others: Mapping[str, list[Near]],
    odds: float,
) -> str:
    shown = ", ".join(
        f"{named(row)} {row.deviation_percent:+.2f} %" for row in fitting[:_NAMED]
    )
    if fitting:
        count = counted(len(fitting), "allowed family", "allowed families")
        first = f"Without a label it is {count} of {phase.title} that fit: {shown}."
        nothing = ", so that it tests nothing" if odds > _ANY else ""
        share = f"in {100.0 * odds:.0f} of 100 cases"
        second = f"A spacing of this size fits one by chance {share}{nothing}."
        return f"{first} {second}"
    names = ", ".join(f"{named(row)} {row.deviation_percent:+.2f} %" for row in nearest)
    near = f"; the nearest are {names}" if names else ", and none is near"
    first = f"No allowed family of {phase.title} fits{near}."
    if not others:
        return f"{first} None of the other phases has one."
    told = "; ".join(f"{name} {named(rows[0])}" for name, rows in others.items())
    return f"{first} It would fit {told}."


def named(row: Near) -> str:
    """Return the family of a row in brackets, as families are written."""
    return "{" + " ".join(map(str, row.hkl)) + "}"


JUDGES: Final[Mapping[str, Judge]] = MappingProxyType(
    {"spacing": judge_spacing, "angle": judge_angle}
)
