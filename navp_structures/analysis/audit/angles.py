"""Judging the angle between two planes of an image."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from navp_structures.analysis.audit.allowance import AngleAllowance, angle_allowance
from navp_structures.analysis.audit.context import AuditContext
from navp_structures.analysis.audit.finding import AuditFinding, Verdict
from navp_structures.analysis.audit.image import Image, image_of
from navp_structures.analysis.audit.image_answer import (
    answer_details,
    answer_sentence,
    pair_answer,
)
from navp_structures.analysis.audit.judgement import (
    judged,
    located,
    without_structure,
)
from navp_structures.analysis.audit.pair_angle import (
    PairAngle,
    best_members,
    nearest,
    printed_angle,
)
from navp_structures.analysis.audit.readings import (
    AS_PRINTED,
    Reading,
    as_printed,
    bar_readings,
    setting_readings,
)
from navp_structures.analysis.audit.spacing_words import assumed, claim_words, provisos
from navp_structures.model.claim import Claim
from navp_structures.model.hkl import format_hkl
from navp_structures.model.phase import Phase
from navp_structures.show.numbers import signed
from navp_structures.show.tables import plain


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Case:
    """An angle that is judged: its planes as printed, and its image."""

    claim: Claim
    value: float
    allowed: AngleAllowance
    one: Reading
    two: Reading
    image: Image
    context: AuditContext

    @property
    def phase(self) -> Phase:
        return self.image.phase

    @property
    def rules(self) -> list[str]:
        """Why planes are extinct as they are printed."""
        return [str(r.absence) for r in (self.one, self.two) if r.absence is not None]

    def taken(self, printed: Reading) -> Reading:
        """Return what the image's spacing takes a label for; the plane as printed without."""
        member = self.image.labelled(printed.hkl)
        return printed if member is None or member.reading is None else member.reading

    def fits(self, pair: PairAngle) -> bool:
        """Whether an angle agrees."""
        return abs(pair.off) <= self.allowed.tolerance


def judge_angle(claim: Claim, context: AuditContext) -> AuditFinding:
    """Return what is found of an angle between two planes.

    The planes are first as printed, then any members of both families; what the spacings of
    the image showed of a label, such as a lost bar, is taken over. Fringes have no sense: an
    angle and 180° minus it are the same.

    Raises
    ------
    ClaimError
        When a label or the phase cannot be used, with file and line.
    """
    if not claim.phases:
        return without_structure(claim)
    (phase,) = context.phases_of(claim)
    one, two = (
        as_printed(claim, label, phase) or next(iter(bar_readings(label, phase)), None)
        for label in claim.labels
    )
    value = claim.value
    if one is None or two is None or value is None:
        number = 0 if one is None else 1
        return judged(
            claim, "not_testable", f"{claim.labels[number]} names no plane as it is printed."
        )
    case = _Case(
        claim=claim,
        value=value,
        allowed=angle_allowance(claim, context.settings),
        one=one,
        two=two,
        image=image_of(claim, phase, context),
        context=context,
    )
    with located(claim, "value"):
        verdict, pair = next(_tries(case))
        return _finding(case, verdict, pair)


def _tries(case: _Case) -> Iterator[tuple[Verdict, PairAngle]]:
    """Yield explanations that hold, the best first; the last is that there is none."""
    one, two, value = case.one, case.two, case.value
    taken = case.taken(one), case.taken(two)
    if taken == (one, two) and not case.rules:
        for pair in (printed_angle(one, two, value), best_members(one, two, value)):
            if case.fits(pair):
                yield _verdict(pair), pair
    elif taken != (one, two):
        pair = best_members(*taken, value)
        if case.fits(pair):
            yield _verdict(pair), pair
    more: list[tuple[Verdict, Iterator[PairAngle]]] = [
        ("bar", _with_bars(case)),
        ("other_setting", _in_settings(case)),
        ("other_entry", _in_entries(case)),
    ]
    if case.rules:
        # No bar is needed where both labels are of one setting.
        more[0], more[1] = more[1], more[0]
    for verdict, pairs in more:
        found = nearest(pairs)
        if found is not None and case.fits(found):
            yield verdict, found
    yield "extinct" if case.rules else "inconsistent", best_members(one, two, value)


def _verdict(pair: PairAngle) -> Verdict:
    """Return the verdict of labels that may have been taken for other planes."""
    changed = [reading for reading in pair.readings if reading.kind != AS_PRINTED]
    if any(not reading.is_bar and reading.setting is None for reading in changed):
        return "extinct"
    if any(reading.is_bar for reading in changed):
        return "bar"
    return "other_setting" if changed else "consistent"


def _with_bars(case: _Case) -> Iterator[PairAngle]:
    """Yield pairs with a bar over one index or one of each label."""
    options = [
        [printed, *bar_readings(label, case.phase)]
        for printed, label in zip((case.one, case.two), case.claim.labels, strict=True)
    ]
    for one, two in product(*options):
        changed = one is not case.one or two is not case.two
        if changed and one.absence is None and two.absence is None:
            yield best_members(one, two, case.value)


def _in_settings(case: _Case) -> Iterator[PairAngle]:
    """Yield pairs that are both of one other setting."""
    for one, two in product(setting_readings(case.one), setting_readings(case.two)):
        if one.setting == two.setting:
            yield best_members(one, two, case.value)


def _in_entries(case: _Case) -> Iterator[PairAngle]:
    for entry in case.context.others(case.phase):
        one, two = (
            Reading(phase=entry, hkl=printed.hkl, kind=AS_PRINTED)
            for printed in (case.one, case.two)
        )
        if one.absence is None and two.absence is None:
            yield best_members(one, two, case.value)


def _finding(case: _Case, verdict: Verdict, pair: PairAngle) -> AuditFinding:
    answer = pair_answer(case.image, case.context)
    if verdict == "consistent" and all(map(assumed, pair.readings)):
        verdict = "not_testable"
    told = [_words(case, verdict, pair), provisos(pair.readings), answer_sentence(answer)]
    told.append(case.image.remark)
    printed = printed_angle(case.one, case.two, case.value, folded=False)
    details: dict[str, Any] = {
        "hkls": [pair.hkl_1, pair.hkl_2],
        "kinds": [reading.kind for reading in pair.readings],
        "angle": pair.angle,
        "value": pair.angle if verdict != "extinct" else None,
        "deviation": pair.off,
        "zone_axis": pair.zone_axis,
        "printed": {
            "hkls": [case.one.hkl, case.two.hkl],
            "angle": printed.angle,
            "zone_axis": printed.zone_axis,
        },
        "independent": not all(map(assumed, pair.readings)),
        "rules": case.rules,
    }
    return AuditFinding(
        id=case.claim.id,
        claim=claim_words(case.claim),
        printed=case.claim.printed,
        computed=f"{pair.angle:.2f}° for {format_hkl(pair.hkl_1)} ^ {format_hkl(pair.hkl_2)}",
        deviation_percent=100.0 * pair.off / pair.angle if pair.angle > 0.0 else None,
        deviation_sigma=pair.off / case.allowed.sigma,
        tolerance=str(case.allowed),
        verdict=verdict,
        explanation=" ".join(part for part in told if part),
        phase=pair.one.phase.id,
        details=plain(details) | answer_details(answer),
    )


def _words(case: _Case, verdict: Verdict, pair: PairAngle) -> str:
    """Return one sentence on how the angle is explained."""
    printed = printed_angle(case.one, case.two, case.value, folded=False)
    off = f"{signed(pair.off, 2)}°, {signed(pair.off / case.allowed.sigma, 1)} sigma"
    here = f"as printed, {printed.text} ({signed(printed.off, 2)}°)"
    if case.one.kind != AS_PRINTED or case.two.kind != AS_PRINTED:
        here = "as printed they name no planes"
    rules = f"{'; '.join(case.rules)}; " if case.rules else ""
    if verdict in ("consistent", "not_testable"):
        other = "" if pair.hkl_2 == case.two.hkl else f"; {here}"
        return f"{pair.text}: the measured {case.value:g}° is {off} off{other}."
    if verdict == "inconsistent":
        return (
            f"No members of both families have {case.value:g}°: the nearest, {pair.text}, are "
            f"{off} off; {here}."
        )
    if verdict == "extinct" and pair.one.hkl == case.one.hkl and pair.two.hkl == case.two.hkl:
        return _capital(f"{rules}{here}.")
    why = {
        "bar": "with the bar restored or lost",
        "other_setting": "in another setting",
        "other_entry": f"in {pair.one.phase.id}",
        "extinct": "with the likeliest repair of the label",
    }[verdict]
    return _capital(f"{rules}{here}; {why}, {pair.text}: {off}.")


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
