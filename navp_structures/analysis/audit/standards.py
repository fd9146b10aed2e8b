"""Standards beside what a paper claims: they show scale and shift of their image or pattern."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from navp_structures.analysis.audit.judgement import located, radiation_of, value_of
from navp_structures.analysis.calibration import calibrate
from navp_structures.analysis.calibration_result import Calibration, standard_notes
from navp_structures.errors import ClaimError, NavpError, shown
from navp_structures.model.claim import Claim
from navp_structures.model.claim_check import STANDARDS
from navp_structures.model.hkl import as_hkl
from navp_structures.model.radiation import Radiation

if TYPE_CHECKING:
    from navp_structures.analysis.audit.context import AuditContext
    from navp_structures.analysis.audit.finding import AuditFinding


def calibration_of(claim: Claim, context: AuditContext) -> Calibration | None:
    """Return what the standards of a claim's group say of it; None where there are none.

    Raises
    ------
    ClaimError
        When they are of several phases, or do not decide anything: with file and line.
    """
    if claim.group is None or claim.quantity not in STANDARDS:
        return None
    used = radiation_of(claim) if claim.quantity == "powder_line" else None
    length = None if used is None else used.wavelength
    key = ("standard", claim.group, claim.quantity, length)
    return context.once(key, lambda: _calibrated(claim, used, context))


def scale_sigma_of(claim: Claim, context: AuditContext) -> float:
    """Return the relative sigma of the scale of a claim's image."""
    found = calibration_of(claim, context)
    return context.settings.scale_sigma if found is None else found.scale_sigma_with(None)


def scale_of(claim: Claim, context: AuditContext) -> float:
    """Return the scale of a claim's image as far as a standard shows it, else 1."""
    found = calibration_of(claim, context)
    return 1.0 if found is None or found.scale is None else found.scale


def angle_of(claim: Claim, context: AuditContext) -> tuple[float, float]:
    """Return 2θ of a claim without the shift that a standard shows, and its sigma (degrees)."""
    angle = value_of(claim)
    sigma = claim.uncertainty or context.settings.two_theta_sigma
    found = calibration_of(claim, context)
    if found is None:
        return angle, sigma
    return float(found.corrected(angle)), math.hypot(sigma, float(found.sigma_at(angle)))


def with_standard(row: AuditFinding, claim: Claim, context: AuditContext) -> AuditFinding:
    """Return a finding that tells by which standard its claim was corrected."""
    found = calibration_of(claim, context)
    if found is None:
        return row
    (note,) = standard_notes({"calibration": found.found})
    what = "line of this pattern" if found.in_degrees else "spacing of this image"
    own = "It belongs to the standard itself; every" if claim.standard else "Every"
    told = f"{own} {what} is {note}."
    alone = claim.standard and len(found) <= len(found.shift)
    if alone and row.verdict == "consistent":
        # It has set the scale by which it is judged.
        row = replace(row, verdict="not_testable", deviation_percent=None, deviation_sigma=None)
        told += " Without further lines of the standard it cannot be tested."
    return replace(
        row,
        explanation=f"{row.explanation} {told}",
        details={**row.details, "calibration": found.found},
    )


def _calibrated(
    claim: Claim, used: Radiation | None, context: AuditContext
) -> Calibration | None:
    group = context.claims.groups[claim.group or ""]
    standards = [
        one
        for one in group
        if one.standard
        and one.quantity == claim.quantity
        and (used is None or radiation_of(one).wavelength == used.wavelength)
        and not _is_extinct(one, context)
    ]
    if not standards:
        return None
    first = standards[0]
    phases = {phase.id: phase for one in standards for phase in context.phases_of(one)}
    if len(phases) > 1:
        raise ClaimError(
            f"{first.where}: the standards of group {shown(claim.group)} are of "
            f"{' and '.join(phases)}; a group has one",
            "standard",
        )
    (phase,) = phases.values()
    with located(first, "standard"):
        return calibrate(
            [value_of(one) for one in standards],
            phase,
            units="A" if used is None else "two_theta",
            radiation=used,
            sigma=_sigmas(standards, context),
            hkls=_labels(standards),
        )


def _is_extinct(claim: Claim, context: AuditContext) -> bool:
    """Whether a standard has a label that symmetry forbids, as its own verdict will say."""
    phase = context.phases_of(claim)[0]
    with suppress(NavpError):
        return any(phase.absence(as_hkl(label)) is not None for label in claim.labels)
    return True


def _sigmas(standards: Sequence[Claim], context: AuditContext) -> list[float]:
    """Return one standard deviation of each: relative, for 2θ degrees."""
    settings = context.settings
    if standards[0].quantity == "powder_line":
        return [one.uncertainty or settings.two_theta_sigma for one in standards]
    return [
        one.uncertainty / value_of(one) if one.uncertainty else settings.spacing_sigma
        for one in standards
    ]


def _labels(standards: Sequence[Claim]) -> list[str] | None:
    """Return the planes of the standards where all have one."""
    labels = [one.labels[0] for one in standards if len(one.labels) == 1]
    return labels if len(labels) == len(standards) else None
