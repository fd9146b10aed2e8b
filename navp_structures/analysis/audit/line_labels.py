"""Powder lines whose planes are named."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from navp_structures.analysis.audit.agreement import Agreement
from navp_structures.analysis.audit.context import AuditContext
from navp_structures.analysis.audit.entry_lines import LineAt, angle_su, best_seen, lines_at
from navp_structures.analysis.audit.finding import VERDICTS, AuditFinding, Verdict
from navp_structures.analysis.audit.judgement import judged, located
from navp_structures.analysis.audit.readings import (
    AS_PRINTED,
    Reading,
    as_printed,
    bar_readings,
    setting_readings,
)
from navp_structures.catalogue.catalogue import as_phases
from navp_structures.kernels import lattice
from navp_structures.kernels.reflections import representatives
from navp_structures.model.claim import Claim
from navp_structures.model.hkl import HKL, format_hkl, hkl_of
from navp_structures.model.phase import Phase
from navp_structures.model.radiation import Radiation

_RANK: Final = tuple(VERDICTS)

# Other phases that a sentence names.
_NAMED: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """What a named plane is: verdict, why, and the plane and angle that it rests on, if any."""

    verdict: Verdict
    told: str
    agreement: Agreement | None
    reading: Reading | None


def labelled_line(
    claim: Claim,
    context: AuditContext,
    phase: Phase,
    used: Radiation,
    angle: float,
    sigma: float,
    rounding: float,
) -> AuditFinding:
    """Return whether the planes that a claim names have their line at its angle."""
    labels = [(label, as_printed(claim, label, phase)) for label in claim.labels]
    asked = _Asked(used, angle, sigma, rounding)
    with located(claim, "value"):
        found = [
            _no_plane(label, phase, asked)
            if printed is None
            else next(_tries(printed.hkl, phase, context, asked))
            for label, printed in labels
        ]
        own = lines_at(phase, used, angle, sigma, rounding)
    # One line of several planes is as good as the worst of them.
    worst = max(found, key=lambda item: _RANK.index(item.verdict))
    told = " ".join(item.told for item in found)
    if worst.verdict in ("extinct", "inconsistent"):
        told += _nearest(own, phase) + _elsewhere(phase, context, asked)
    else:
        told += _strength(own, [item.reading for item in found if item.reading])
    agreement = worst.agreement
    readings = [item.reading for item in found if item.reading is not None]
    return judged(
        claim,
        worst.verdict,
        told,
        computed=f"{agreement.computed:.3f}° ({used.text})" if agreement else None,
        agreement=agreement,
        phase=worst.reading.phase.id if worst.reading else phase.id,
        details={
            "lines": [line.numbers for line in own if line.is_seen or line.agreement.agrees],
            "radiation": used.text,
            "readings": [_plain(reading) for reading in readings],
            "value": agreement.computed if agreement and worst.verdict != "extinct" else None,
        },
    )


def _plain(reading: Reading) -> dict[str, object]:
    setting = reading.setting
    return {
        "phase": reading.phase.id,
        "hkl": list(reading.hkl),
        "kind": reading.kind,
        "matrix": None if setting is None else [list(row) for row in setting.matrix],
    }


def _nearest(own: tuple[LineAt, ...], phase: Phase) -> str:
    """Return which line of the phase is nearest, and whether it fits."""
    best = best_seen(own)
    if best is not None:
        return f" Nearest that fits: {best.text}."
    near = next((line for line in own if line.is_seen), None)
    none = f" No line of {phase.title} fits"
    return f"{none}; the nearest is {near.place}." if near else f"{none}."


def _elsewhere(phase: Phase, context: AuditContext, asked: _Asked) -> str:
    """Return which other phases have a line there; empty for none."""
    phases = dict.fromkeys((*context.others(phase), *as_phases(None)))
    found = [
        line
        for other in phases
        if other != phase
        and (line := best_seen(lines_at(other, asked.used, *asked.numbers))) is not None
    ]
    found.sort(key=lambda line: abs(line.agreement.deviation))
    names = "; ".join(f"{line.text}, {line.agreement.off}" for line in found[:_NAMED])
    return f" Other phases have one there: {names}." if names else ""


def _strength(own: tuple[LineAt, ...], readings: list[Reading]) -> str:
    """Return the intensity of the line of planes, in their own phase."""
    families = {
        hkl_of(representatives([r.hkl], r.phase.space_group.laue_rotations)[0][0])
        for r in readings
        if own and r.phase.id == own[0].phase
    }
    named = next((line for line in own if line.hkl in families), None)
    return f" Its intensity is {named.strength}." if named and named.intensity else ""


class _Asked:
    """An angle with its error, and what it was measured with."""

    def __init__(self, used: Radiation, angle: float, sigma: float, rounding: float) -> None:
        self.used, self.angle, self.sigma, self.rounding = used, angle, sigma, rounding

    @property
    def numbers(self) -> tuple[float, float, float]:
        """Angle, standard deviation, rounding."""
        return self.angle, self.sigma, self.rounding

    def agreement(self, phase: Phase, hkl: HKL) -> Agreement | None:
        """Return how a plane's line fits, the nearest of a doublet; None without one."""
        angles = [float(lattice.two_theta(phase.d(hkl), x)) for x, _ in self.used.lines]
        known = [angle for angle in angles if not math.isnan(angle)]
        if not known:
            return None
        computed = min(known, key=lambda angle: abs(angle - self.angle))
        return Agreement(
            printed=self.angle,
            computed=computed,
            sigma=math.hypot(self.sigma, angle_su(phase, hkl, computed)),
            rounding=self.rounding,
            unit="°",
        )

    def fits(self, phase: Phase, hkl: HKL) -> Agreement | None:
        """Return how an allowed plane fits; None where it does not."""
        found = self.agreement(phase, hkl) if phase.absence(hkl) is None else None
        return found if found is not None and found.agrees else None


def _no_plane(label: str, phase: Phase, asked: _Asked) -> _Named:
    """Return what a label is that names no plane as printed, as where h + k + i is not 0."""
    told = f"{label} names no plane of {phase.id} as printed"
    readings = bar_readings(label, phase)
    for reading in readings:
        fit = asked.fits(phase, reading.hkl)
        if fit is not None:
            told += f"; {format_hkl(reading.hkl)} ({reading.kind}) is at {fit.computed:.3f}°."
            return _Named(verdict="bar", told=told, agreement=fit, reading=reading)
    return _Named(verdict="inconsistent", told=f"{told}.", agreement=None, reading=None)


def _tries(hkl: HKL, phase: Phase, context: AuditContext, asked: _Asked) -> Iterator[_Named]:
    """Yield explanations of a named plane, the best first; the last is that there is none."""
    printed = Reading(phase=phase, hkl=hkl, kind=AS_PRINTED)
    own, absence = asked.agreement(phase, hkl), printed.absence
    where = f"{format_hkl(hkl)} of {phase.title}"
    if own is None:
        where += f" has d {phase.d(hkl):.4f} Å and cannot diffract here"
    else:
        where += f" is at {own.computed:.3f}°, {own.off} off"
    if own is not None and own.agrees and absence is None:
        yield _Named(verdict="consistent", told=f"{where}.", agreement=own, reading=printed)
    if own is not None and own.agrees:
        yield from _in_settings(printed, asked, where)
    for other in context.others(phase) if absence is None else ():
        fit = asked.fits(other, hkl)
        if fit is not None:
            told = f"{where}; in {other.title} it is at {fit.computed:.3f}°."
            reading = Reading(phase=other, hkl=hkl, kind=AS_PRINTED)
            yield _Named(verdict="other_entry", told=told, agreement=fit, reading=reading)
    for barred in _barred(hkl) if own is None or not own.agrees else ():
        fit = asked.fits(phase, barred)
        if fit is not None:
            told = f"{where}; {format_hkl(barred)} is at {fit.computed:.3f}°."
            reading = Reading(phase=phase, hkl=barred, kind="bar")
            yield _Named(verdict="bar", told=told, agreement=fit, reading=reading)
    yield from _in_settings(printed, asked, where)
    if absence is not None:
        told = f"{where}; it is extinct by {absence.reason}."
        yield _Named(verdict="extinct", told=told, agreement=own, reading=printed)
    yield _Named(verdict="inconsistent", told=f"{where}.", agreement=own, reading=printed)


def _in_settings(printed: Reading, asked: _Asked, where: str) -> Iterator[_Named]:
    """Yield what a plane is in other settings, where that fits."""
    rule = f", extinct by {printed.absence.reason}" if printed.absence else ""
    for reading in setting_readings(printed):
        fit = asked.fits(reading.phase, reading.hkl)
        if fit is not None and reading.setting is not None:
            rows = "; ".join(" ".join(map(str, row)) for row in reading.setting.matrix)
            told = (
                f"{where}{rule}; in the {reading.kind} it is {format_hkl(reading.hkl)} here, "
                f"at {fit.computed:.3f}°; (hkl) times [{rows}], that is {reading.setting} with "
                "a', b', c' the printed axes."
            )
            yield _Named(verdict="other_setting", told=told, agreement=fit, reading=reading)


def _barred(hkl: HKL) -> Iterator[HKL]:
    """Yield the label with other bars, the fewest first."""
    signs = sorted(itertools.product((1, -1), repeat=3), key=lambda s: s.count(-1))
    for one, two, three in signs[1:]:
        yield one * hkl[0], two * hkl[1], three * hkl[2]
