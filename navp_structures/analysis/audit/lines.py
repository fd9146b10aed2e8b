"""Powder lines and their conversion to another radiation against the structures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from navp_structures.analysis.audit.agreement import Agreement
from navp_structures.analysis.audit.bragg import converted, converted_line, near_radiations
from navp_structures.analysis.audit.context import AuditContext, Judge
from navp_structures.analysis.audit.entry_lines import LineAt, best_seen, lines_at
from navp_structures.analysis.audit.finding import AuditFinding, Verdict
from navp_structures.analysis.audit.judgement import (
    is_modelled,
    judged,
    located,
    radiation_of,
    value_of,
    without_structure,
)
from navp_structures.analysis.audit.line_labels import labelled_line
from navp_structures.analysis.audit.standards import angle_of
from navp_structures.catalogue.catalogue import as_phases
from navp_structures.errors import ClaimError
from navp_structures.model.claim import Claim
from navp_structures.model.phase import Phase
from navp_structures.model.radiation import Radiation


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a line can be in every entry of the catalogue.

    Parameters
    ----------
    own
        Lines of the entry that the claim names, the nearest first.
    same
        The same of the other entries of its composition.
    foreign
        And of all the others.
    """

    own: tuple[LineAt, ...]
    same: Mapping[str, tuple[LineAt, ...]]
    foreign: Mapping[str, tuple[LineAt, ...]]

    @property
    def fitting(self) -> tuple[LineAt, ...]:
        """The lines of other compositions that agree and are strong enough, nearest first."""
        found = [line for lines in self.foreign.values() if (line := best_seen(lines))]
        return tuple(sorted(found, key=lambda line: abs(line.agreement.deviation)))

    @property
    def numbers(self) -> list[dict[str, Any]]:
        """Of each entry the lines that agree, and the nearest that is strong enough."""
        return [
            line.numbers
            for lines in (self.own, *self.same.values(), *self.foreign.values())
            for line in _told(lines)
        ]


def powder_line(claim: Claim, context: AuditContext) -> AuditFinding:
    """Return whether a phase has such a line, and what else it can be.

    A line that is too weak to be named explains nothing, unless the claim itself names its
    plane.
    """
    if claim.material:
        return without_structure(claim)
    phase = context.phase(claim.phases[0], claim)
    used = radiation_of(claim)
    angle, sigma, rounding = _printed(claim, context)
    if claim.labels:
        return labelled_line(claim, context, phase, used, angle, sigma, rounding)
    found = survey(claim, context, phase, used, angle, sigma, rounding)
    verdict, best, told = _verdict(found, phase)
    nearest = best or (found.own[0] if found.own else None)
    agreement = nearest.agreement if nearest else None
    if verdict != "consistent" and is_modelled(phase):
        published = _published(claim, context, phase, used)
        if published is not None:
            verdict, best, agreement = "consistent", None, published[0]
            told = f"{published[1]} {told}"
    return judged(
        claim,
        verdict,
        f"{told}{_also(found)}",
        computed=f"{agreement.computed:.3f}° ({used.text})" if agreement else None,
        agreement=agreement,
        phase=best.phase if best else phase.id,
        details={"lines": found.numbers, "radiation": used.text},
    )


def conversion(claim: Claim, context: AuditContext) -> AuditFinding:
    """Return whether an angle was converted rightly, and what the line can be."""
    used, start = radiation_of(claim), radiation_of(claim, "from_radiation")
    given = claim.from_number
    if given is None or claim.from_value is None:
        raise ClaimError(f"{claim.where}: a conversion needs what it starts from", "from")
    with located(claim, "from"):
        computed, slope = converted(claim.from_value, start.wavelength, used.wavelength)
    coarse = slope * claim.what.units[claim.unit or "deg"] * (given.rounding or 0.0)
    fine = claim.rounding or 0.0
    agreement = Agreement(
        printed=value_of(claim),
        computed=computed,
        sigma=claim.uncertainty or 0.0,
        rounding=coarse + fine,
        unit="°",
    )
    others = {
        one.name: converted(claim.from_value, start.wavelength, one.wavelength)[0]
        for one in near_radiations(used)
    }
    choice = "".join(f", {angle:.3f}° at {name}" for name, angle in others.items())
    # As printed in degrees; radians are told in degrees too.
    is_degrees = claim.unit in (None, "deg")
    before = f"{given}°" if is_degrees else f"{claim.from_value:.3f}°"
    after = f"{claim.number}°" if is_degrees else f"{value_of(claim):.3f}°"
    told = (
        f"{before} at {start.wavelength:.6g} Å is {computed:.3f}° at "
        f"{used.wavelength:.6g} Å{choice}. The last digit of {before} leaves "
        f"±{coarse:.3f}°, that of {after} ±{fine:.2g}°."
    )
    details: dict[str, Any] = {"value": computed, "input_rounding": coarse, "others": others}
    if claim.phases:
        phase = context.phase(claim.phases[0], claim)
        sigma = context.settings.two_theta_sigma
        found = survey(claim, context, phase, used, value_of(claim), sigma, coarse + fine)
        details["lines"] = found.numbers
        told = f"{told} {_verdict(found, phase)[2]}"
    return judged(
        claim,
        "consistent" if agreement.agrees else "inconsistent",
        told,
        computed=f"{computed:.3f}°",
        agreement=agreement,
        details=details,
    )


JUDGES: Final[Mapping[str, Judge]] = MappingProxyType(
    {"powder_line": powder_line, "conversion": conversion}
)


def survey(
    claim: Claim,
    context: AuditContext,
    phase: Phase,
    used: Radiation,
    angle: float,
    sigma: float,
    rounding: float,
) -> Survey:
    """Return what a line at an angle can be in every entry of the catalogue."""
    same = context.others(phase)
    foreign = [p for p in as_phases("all") if p != phase and p not in same]
    with located(claim, "value"):
        own = lines_at(phase, used, angle, sigma, rounding)
        return Survey(
            own=own,
            same={p.id: lines_at(p, used, angle, sigma, rounding) for p in same},
            foreign={p.id: lines_at(p, used, angle, sigma, rounding) for p in foreign},
        )


def _printed(claim: Claim, context: AuditContext) -> tuple[float, float, float]:
    """Return angle, standard deviation and rounding of a claim (degrees)."""
    with located(claim, "value"):
        angle, sigma = angle_of(claim, context)
    return angle, sigma, claim.rounding or 0.0


def _verdict(found: Survey, phase: Phase) -> tuple[Verdict, LineAt | None, str]:
    """Return the verdict, the line that it rests on, and why."""
    best = best_seen(found.own)
    if best is not None:
        return "consistent", best, f"It is {best.text}, {best.agreement.off} off."
    weak = next((line for line in found.own if line.agreement.agrees), None)
    told = _nothing(found, phase, weak)
    others = [line for lines in found.same.values() if (line := best_seen(lines))]
    if others:
        names = "; ".join(f"{line.text}" for line in others)
        return "other_entry", others[0], f"{told} Other entries have it: {names}."
    return "inconsistent", None, told


def _nothing(found: Survey, phase: Phase, weak: LineAt | None) -> str:
    """Return that a phase has no such line, and which are nearest."""
    if weak is not None and weak.intensity is not None:
        stronger = next((line for line in found.own if line.is_seen), None)
        beside = f", beside {stronger.place}" if stronger else ""
        return f"Only {weak.text} is there, too weak for the line that is meant{beside}."
    if weak is not None:
        return f"{weak.text[0].upper()}{weak.text[1:]}: the cell allows it, no more is known."
    if not found.own:
        return f"{phase.id} has no line in the range."
    nearest = found.own[0]
    text = (
        f"{phase.title} has no line there; nearest is {nearest.place}, {nearest.agreement.off}"
    )
    strong = next((line for line in found.own if line.is_seen and line != nearest), None)
    return f"{text}{f', then {strong.place}' if strong else ''}."


def _also(found: Survey) -> str:
    """Return which other phases fit as well, or that none does."""
    fitting = found.fitting
    if fitting:
        names = "; ".join(f"{line.text}, {line.agreement.off}" for line in fitting[:2])
        as_well = " as well" if best_seen(found.own) is not None else ""
        return f" Another phase fits{as_well}: {names}."
    if best_seen(found.own) is None and not any(map(best_seen, found.same.values())):
        return " No entry of another phase has it either."
    return ""


def _told(lines: tuple[LineAt, ...]) -> list[LineAt]:
    strong = next((line for line in lines if line.is_seen), None)
    return [
        line
        for n, line in enumerate(lines)
        if n == 0 or line is strong or line.agreement.agrees
    ]


def _published(
    claim: Claim, context: AuditContext, phase: Phase, used: Radiation
) -> tuple[Agreement, str] | None:
    """Return that a line printed for the same phase from elsewhere agrees, if one does."""
    angle, sigma, rounding = _printed(claim, context)
    for other in context.claims:
        if other.quantity != "powder_line" or other.source in (None, claim.source):
            continue
        if other.group == claim.group or not other.phases:
            continue
        if context.phase(other.phases[0], other) != phase:
            continue
        line = converted_line(
            other, radiation_of(other), used, context.settings.two_theta_sigma
        )
        agreement = Agreement(
            printed=angle,
            computed=line[0],
            sigma=math.hypot(sigma, line[1]),
            rounding=rounding + line[2],
            unit="°",
        )
        if agreement.agrees:
            return agreement, (
                f"The line of {phase.id} printed at {other.printed} from {other.source} is at "
                f"{line[0]:.3f}° with {used.name}, {agreement.off} off; the cell is a model."
            )
    return None
