"""From a claim and what was made of it to a finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from navp_structures.analysis.audit.agreement import Agreement
from navp_structures.analysis.audit.finding import AuditFinding, Verdict
from navp_structures.catalogue.radiations import radiation
from navp_structures.errors import ClaimError, NavpError
from navp_structures.model.claim import Claim
from navp_structures.model.phase import Phase
from navp_structures.model.radiation import Radiation


def judged(
    claim: Claim,
    verdict: Verdict,
    explanation: str,
    *,
    computed: str | None = None,
    agreement: Agreement | None = None,
    tolerance: str | None = None,
    phase: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> AuditFinding:
    """Return the finding of a claim; deviations are those of the agreement."""
    return AuditFinding(
        id=claim.id,
        claim=subject(claim),
        printed=claim.printed,
        computed=computed,
        deviation_percent=agreement.percent if agreement else None,
        deviation_sigma=agreement.sigmas if agreement else None,
        tolerance=agreement.tolerance if agreement and tolerance is None else tolerance,
        verdict=verdict,
        explanation=explanation,
        phase=phase,
        details=dict(details or {}),
    )


def not_testable(claim: Claim, why: str) -> AuditFinding:
    """Return the finding of a claim that cannot be tested, and why."""
    return judged(claim, "not_testable", why)


def without_structure(claim: Claim) -> AuditFinding:
    """Return the finding of a claim about a substance that has no structure here."""
    return not_testable(claim, f"There is no structure of {claim.material} here.")


def subject(claim: Claim) -> str:
    """Return what a claim is about, in its own words where it has some."""
    if claim.text:
        return claim.text
    noun = claim.what.noun.removeprefix("an ").removeprefix("a ")
    parts = [noun, " and ".join(claim.labels)]
    if claim.centre:
        parts.append("of " + "-".join(name for name in (claim.centre, claim.ligand) if name))
    parts.append(_of_what(claim))
    return " ".join(part for part in parts if part)


def _of_what(claim: Claim) -> str:
    if claim.material:
        return f"of {claim.material}"
    if claim.claims:
        return f"of {' and '.join(claim.claims)}"
    preposition = "in" if claim.centre else "of"
    return f"{preposition} {' to '.join(claim.phases)}" if claim.phases else ""


@contextmanager
def located(claim: Claim, key: str = "") -> Iterator[None]:
    """Raise what goes wrong inside as a ClaimError with the place of the claim."""
    try:
        yield
    except ClaimError:
        raise
    except NavpError as error:
        raise ClaimError(f"{claim.where}: {error}", key) from error


def value_of(claim: Claim) -> float:
    """Return the value of a claim whose quantity needs one, in the standard unit.

    Raises
    ------
    ClaimError
        When it has none.
    """
    if claim.value is None:
        raise ClaimError(f"{claim.where}: {claim.what.noun} needs a value", "value")
    return claim.value


def is_modelled(phase: Phase) -> bool:
    """Whether a cell was reconstructed: what is measured or printed says more than it does."""
    return (phase.cell_kind or phase.kind) == "model"


def radiation_of(claim: Claim, key: str = "radiation") -> Radiation:
    """Return the radiation of a claim, or the one that it starts from.

    Raises
    ------
    ClaimError
        When there is none of that name: file, line, and the nearest names.
    """
    with located(claim, key):
        return radiation(getattr(claim, key))
