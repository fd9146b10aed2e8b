"""Claims that no structure here can test, and questions that are too large."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from navp_structures.analysis.audit.finding import Finding
from navp_structures.errors import ClaimError, InputError
from navp_structures.model.claim import Claim


def no_structure(claim: Claim) -> Finding:
    """Return the finding of a claim of a material without a structure here."""
    return not_testable(claim, f"There is no structure of {claim.material} to test it with.")


def not_testable(claim: Claim, why: str) -> Finding:
    """Return the finding of a claim that cannot be tested, and why."""
    what = " ".join([claim.quantity.replace("_", " "), *claim.labels])
    return Finding(
        id=claim.id,
        claim=claim.text or f"{what} of {' and '.join(claim.phases or claim.claims)}",
        printed=claim.printed,
        verdict="not_testable",
        explanation=why,
    )


@contextmanager
def sized(claim: Claim) -> Iterator[None]:
    """Tell the claim, with file and line, when a question about it cannot be answered.

    Such as a spacing so small that millions of reflections of a phase come near it.
    """
    try:
        yield
    except ClaimError:
        raise
    except InputError as error:
        raise ClaimError(f"{claim.where}: {error}", "value") from error
