"""Powder lines whose planes are named."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Final

from navp_structures.analysis.audit.agreement import Agreement
from navp_structures.analysis.audit.context import AuditContext
from navp_structures.analysis.audit.entry_lines import angle_su, best_seen, lines_at
from navp_structures.analysis.audit.finding import VERDICTS, Finding, Verdict
from navp_structures.analysis.audit.judgement import judged, located
from navp_structures.kernels import lattice
from navp_structures.model.claim import Claim
from navp_structures.model.hkl import HKL, as_hkl, format_hkl
from navp_structures.model.phase import Phase
from navp_structures.model.radiation import Radiation

_RANK: Final = tuple(VERDICTS)

Named = tuple[Verdict, str, Agreement | None, str]
"""Verdict, why, the angle that it rests on, and the entry."""


def labelled_line(
    claim: Claim,
    context: AuditContext,
    phase: Phase,
    used: Radiation,
    angle: float,
    sigma: float,
    rounding: float,
) -> Finding:
    """Return whether the planes that a claim names have their line at its angle."""
    with located(claim, "hkl"):
        labels = [as_hkl(label) for label in claim.labels]
    asked = _Asked(used, angle, sigma, rounding)
    with located(claim, "value"):
        found = [_judge(hkl, phase, context, asked) for hkl in labels]
        own = lines_at(phase, used, angle, sigma, rounding)
    # One line of several planes is as good as the worst of them.
    verdict, _, agreement, entry = max(found, key=lambda item: _RANK.index(item[0]))
    told = " ".join(item[1] for item in found)
    best = best_seen(own)
    if verdict in ("extinct", "inconsistent"):
        nearest = best or next((line for line in own if line.is_seen), None)
        told += f" Nearest that fits: {nearest.text}." if nearest else ""
    else:
        named = next((line for line in own if line.hkl in labels), None)
        told += f" Its intensity is {named.strength}." if named and named.intensity else ""
    return judged(
        claim,
        verdict,
        told,
        computed=f"{agreement.computed:.3f}° ({used.text})" if agreement else None,
        agreement=agreement,
        phase=entry,
        details={
            "lines": [line.numbers for line in own if line.is_seen or line.agreement.agrees],
            "radiation": used.text,
        },
    )


class _Asked:
    """An angle with its error, and what it was measured with."""

    def __init__(self, used: Radiation, angle: float, sigma: float, rounding: float) -> None:
        self.used, self.angle, self.sigma, self.rounding = used, angle, sigma, rounding

    def agreement(self, phase: Phase, hkl: HKL) -> Agreement | None:
        """Return how a plane's line fits; None where it cannot diffract."""
        computed = float(lattice.two_theta(phase.d(hkl), self.used.shortest))
        if math.isnan(computed):
            return None
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


def _judge(hkl: HKL, phase: Phase, context: AuditContext, asked: _Asked) -> Named:
    name = format_hkl(hkl)
    own = asked.agreement(phase, hkl)
    if own is None:
        return (
            "inconsistent",
            f"{name} of {phase.title} has d {phase.d(hkl):.4f} Å and cannot diffract here.",
            None,
            phase.id,
        )
    absence = phase.absence(hkl)
    where = f"{name} of {phase.title} is at {own.computed:.3f}°, {own.off} off"
    if own.agrees and absence is None:
        return "consistent", f"{where}.", own, phase.id
    for other in context.others(phase):
        fit = asked.fits(other, hkl)
        if fit is not None and absence is None:
            told = f"{where}; in {other.title} it is at {fit.computed:.3f}°."
            return "other_entry", told, fit, other.id
    for barred in _barred(hkl):
        fit = asked.fits(phase, barred)
        if fit is not None and not own.agrees:
            told = f"{where}; {format_hkl(barred)} is at {fit.computed:.3f}°."
            return "bar", told, fit, phase.id
    if absence is not None:
        told = f"{where}; it is extinct by {absence.reason}."
        return _extinct(hkl, phase), told, own, phase.id
    return "inconsistent", f"{where}.", own, phase.id


def _extinct(hkl: HKL, phase: Phase) -> Verdict:
    """Return whether the reverse setting of a rhombohedral lattice allows a plane."""
    h, k, ell = hkl
    turned = phase.space_group.setting.startswith("hexagonal axes")
    return "other_setting" if turned and phase.absence((-h, -k, ell)) is None else "extinct"


def _barred(hkl: HKL) -> Iterator[HKL]:
    """Yield the label with other bars, the fewest first."""
    signs = sorted(itertools.product((1, -1), repeat=3), key=lambda s: s.count(-1))
    for one, two, three in signs[1:]:
        yield one * hkl[0], two * hkl[1], three * hkl[2]
