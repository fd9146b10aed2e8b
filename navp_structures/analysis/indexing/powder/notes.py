"""What a list of powder lines can and cannot decide, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from navp_structures.analysis.calibration_result import standard_notes
from navp_structures.analysis.indexing.powder.hypotheses import LATTICE, MOST_MIXED, RANDOM
from navp_structures.analysis.indexing.powder.next_measurement import named

if TYPE_CHECKING:
    from navp_structures.analysis.indexing.powder.result import PowderIndexing
    from navp_structures.analysis.indexing.powder.solutions import PowderSolution

# What lies outside this share of the probability is not worth a word.
_ENOUGH: Final = 0.95

# Mean distance of lines, in sigma, below which which is which is hardly told.
_CROWDED: Final = 4.0

MOST_TOLD: Final = 40
"""Lines that a note tells one by one; the JSON document has all."""

_WORDS: Final = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}


def notes_on(result: PowderIndexing) -> tuple[str, ...]:
    """Return the sentences that belong under an indexing."""
    return (
        *_verdict(result),
        *_crowded(result),
        *_best(result),
        *_next(result),
        *_assumptions(result),
        *standard_notes(result.inputs),
        *result.provisos,
    )


def shortened(texts: Sequence[str], comma: str = "; ") -> str:
    """Return a list in words, of a long one the first and how many more there are."""
    more = len(texts) - MOST_TOLD
    return comma.join(texts[:MOST_TOLD]) + (f" and {more} more" if more > 0 else "")


def _verdict(result: PowderIndexing) -> list[str]:
    """Say which answers remain."""
    left: list[PowderSolution] = []
    for row in result.rows:
        left.append(row)
        if sum(r.posterior for r in left) >= _ENOUGH:
            break
    count = len(result.measured.given)
    lines = "one line does" if count == 1 else f"{_WORDS.get(count, str(count))} lines do"
    if len(left) == 1:
        row = left[0]
        if row.is_phase:
            return [
                f"of the phases that were tried, only {named(row.phase)} explains these lines"
            ]
        return [f"none of these phases explains the lines: {_meaning(row)}"]
    *first, last = [named(row.phase) for row in left]
    notes = [f"{lines} not separate {', '.join(first)} and {last}"]
    if not left[0].is_phase:
        notes.append(
            f"the most probable is that none of these phases is there: {_meaning(left[0])}"
        )
    return notes


def _meaning(row: PowderSolution) -> str:
    return {
        RANDOM: "they lie as if at random",
        LATTICE: "they fit an unknown lattice better, or one like these with another cell",
    }[row.phase]


def _best(result: PowderIndexing) -> list[str]:
    """Say what the best solution leaves open."""
    best = next((row for row in result.rows if row.is_phase), None)
    if best is None or best.posterior < 1.0 - _ENOUGH:
        return []
    notes = []
    stray = [
        f"{value:g}"
        for value, hkl in zip(result.measured.given, best.hkls, strict=True)
        if hkl is None
    ]
    if stray:
        verb = "belongs" if len(stray) == 1 else "belong"
        notes.append(f"{shortened(stray, ', ')} {verb} to no line of {named(best.phase)}")
    if best.missing:
        notes.append(
            f"strong lines of {named(best.phase)} that are not in the list: "
            f"{shortened(best.missing)}"
        )
    return notes


def _crowded(result: PowderIndexing) -> list[str]:
    """Say where lines lie so close that any may be any."""
    measured = result.measured
    low, high = measured.limits
    apart = (high - low) / len(measured.position)
    if apart >= _CROWDED * measured.sigma:
        return []
    return [
        f"the lines lie {measured.of_size(apart)} apart on average, less than {_CROWDED:g} "
        f"sigma ({measured.of_size(measured.sigma)} each): positions tell little of which is "
        "which, and the probabilities are a guide only; give fewer lines, the strongest, or a "
        "smaller sigma"
    ]


def _next(result: PowderIndexing) -> list[str]:
    asked = result.next_measurement
    return [] if asked is None else [f"next: {asked.text}"]


def _assumptions(result: PowderIndexing) -> list[str]:
    inputs = result.inputs
    low, high = (result.measured.shown(x) for x in result.measured.limits)
    notes = []
    if not inputs["limits_given"]:
        notes.append(
            f"the measured range was not given and is taken to be {low} to {high}; lines "
            "outside of it are not missed"
        )
    bare = [phase.id for phase in result.of if not phase.has_sites]
    if bare:
        notes.append(f"{', '.join(bare)}: cell only, every line counts as equally visible")
    if len(result.of) > MOST_MIXED and result.mixtures:
        notes.append(f"only mixtures of the {MOST_MIXED} likeliest phases were tried")
    notes.append(_priors(result))
    return notes


def _priors(result: PowderIndexing) -> str:
    mixture, none = result.inputs["mixture_prior"], 2.0 * result.inputs["none_prior"]
    two = f"two phases counted as {mixture:g} probable, " if result.mixtures else ""
    alike = ", each phase by itself alike" if len(result.of) > 1 else ""
    return (
        f"before the lines were seen, {two}none of these as {none:g}{alike}; "
        "no other phase was tried"
    )
