"""What measured spacings can and cannot decide, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from navp_structures.show.numbers import rounded

if TYPE_CHECKING:
    from navp_structures.analysis.indexing.spacings import SpacingIndexing


def notes_on(result: SpacingIndexing) -> tuple[str, ...]:
    """Return the sentences that belong under an indexing."""
    return (
        *_unindexed(result),
        *_phases(result),
        *_scales(result),
        *(f"{label}" for label in result.labels),
        *_kinds(result),
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
    every = [
        phase.id
        for phase in result.phases
        if all(any(c.phase == phase.id for c in result.candidates(n)) for n in range(count))
    ]
    spacings = {1: "this spacing", 2: "both spacings"}.get(count, f"all {count} spacings")
    if not every:
        return [f"none of these phases has an allowed reflection for {spacings}"]
    if len(every) > 1:
        one = (
            "one spacing identifies no phase"
            if count == 1
            else "the spacings alone do not tell them apart"
        )
        return [f"{', '.join(every)} have allowed reflections for {spacings}: {one}"]
    others = "of those asked; other phases were not tried"
    return [f"only {every[0]} has allowed reflections for {spacings}, {others}"]


def _scales(result: SpacingIndexing) -> list[str]:
    notes = []
    for fit in result.fits:
        if fit.unmatched or fit.rms_sigma is None:
            continue
        percent = 100.0 * (fit.scale - 1.0)
        su = rounded(percent, 100.0 * fit.scale_su, 2)
        sign = "+" if percent >= 0 else ""
        notes.append(
            f"{fit.phase}: with a common scale of {sign}{su} % the best assignment leaves "
            f"{fit.rms_sigma:.2f} sigma rms"
        )
    return notes


def _kinds(result: SpacingIndexing) -> list[str]:
    notes = []
    for phase in result.phases:
        if phase.kind in ("model", "computed"):
            notes.append(phase.kind_sentence)
        if phase.caveat:
            notes.append(f"{phase.id}: {phase.caveat}")
    return notes
