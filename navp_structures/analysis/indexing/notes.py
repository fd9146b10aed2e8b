"""What measured spacings can and cannot decide, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from navp_structures.analysis.calibration_result import standard_notes
from navp_structures.analysis.indexing.pairs import MOST_PAIRS
from navp_structures.model.hkl import format_hkl
from navp_structures.show.numbers import rounded

if TYPE_CHECKING:
    from navp_structures.analysis.indexing.spacings import SpacingIndexing


def notes_on(result: SpacingIndexing) -> tuple[str, ...]:
    """Return the sentences that belong under an indexing."""
    return (
        *_unindexed(result),
        *_phases(result),
        *_further_pairs(result),
        *_scales(result),
        *(f"{label}" for label in result.labels),
        *standard_notes(result.inputs),
        *result.provisos,
    )


def _unindexed(result: SpacingIndexing) -> list[str]:
    bare = [s for n, s in enumerate(result.observed) if not result.candidates(n)]
    return [
        f"{spacing.d:.4f} Å: no allowed reflection within 3 sigma in any of these phases"
        for spacing in bare
    ]


def _phases(result: SpacingIndexing) -> list[str]:
    """Say which phases remain possible; geometry of a few spacings rarely leaves one."""
    count = len(result.observed)
    every = [phase.id for phase in result.phases if _explains(result, phase.id)]
    what = {1: "this spacing", 2: "both spacings"}.get(count, f"all {count} spacings")
    if result.inputs["angles"]:
        what += " and the angle" if len(result.inputs["angles"]) == 1 else " and the angles"
    if not every:
        scaled = any(fit.unmatched == 0 for fit in result.fits)
        alone = " without a common scale" if scaled else ""
        return [f"none of these phases has allowed reflections for {what}{alone}"]
    if len(every) > 1:
        verdict = (
            "one spacing identifies no phase" if count == 1 else "these data do not decide"
        )
        return [f"{', '.join(every)} have allowed reflections for {what}: {verdict}"]
    if len(result.phases) == 1:
        return [f"{every[0]} has allowed reflections for {what}; no other phase was tried"]
    return [
        f"only {every[0]} has allowed reflections for {what}, of those asked; "
        "other phases were not tried"
    ]


def _explains(result: SpacingIndexing, phase: str) -> bool:
    spacings = all(
        any(c.phase == phase for c in result.candidates(n)) for n in range(len(result.observed))
    )
    return spacings and all(
        any(p.phase == phase and p.observations == (i, j) for p in result.pairs)
        for i, j, _ in result.inputs["angles"]
    )


def _further_pairs(result: SpacingIndexing) -> list[str]:
    more = result.pair_count - len(result.pairs)
    if not more:
        return []
    return [
        f"{result.pair_count:,} pairs of planes fit spacings and angle: a smaller sigma is "
        f"needed; of each phase the {MOST_PAIRS:,} nearest are listed"
    ]


def _scales(result: SpacingIndexing) -> list[str]:
    if result.inputs["angles"]:
        # The fits do not know the angles; the pairs do.
        return []
    notes = []
    for fit in result.fits:
        if fit.unmatched or fit.rms_sigma is None:
            continue
        # Adding zero turns the minus zero of rounding into zero.
        percent = round(100.0 * (fit.scale - 1.0), 2) + 0.0
        su = rounded(percent, 100.0 * fit.scale_su, 2)
        families = [format_hkl(hkl) for hkl in fit.hkls if hkl is not None]
        twice = "; one family serves twice" if len(set(families)) < len(families) else ""
        notes.append(
            f"{fit.phase}: {', '.join(families)} with a common scale of "
            f"{'+' if percent > 0 else ''}{su} % leave {fit.rms_sigma:.2f} sigma rms{twice}"
        )
    return notes
