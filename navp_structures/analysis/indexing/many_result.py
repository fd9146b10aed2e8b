"""What the spots of many patterns are: one row for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from navp_structures.analysis.calibration_result import standard_notes
from navp_structures.analysis.indexing.spot_notes import SURE
from navp_structures.analysis.indexing.spot_result import LATTICE, RANDOM
from navp_structures.kernels.lattice import Floats
from navp_structures.model.hkl import HKL, format_uvw
from navp_structures.model.phase import Phase
from navp_structures.read_only import ReadOnly
from navp_structures.show.tables import Column, TableResult, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternRow:
    """What the spots of one pattern are; where it failed there is only the error.

    Parameters
    ----------
    number
        Its place in the input, from 0.
    name
        None where none was given.
    phase, posterior
        The most probable answer, id of a phase or one of the two nulls, and its probability.
    zone_axis, zone_posterior
        [uvw] to the viewer of the best zone of that phase; None for a null.
    scale, scale_su
        d_obs = scale × d_calc, with the prior.
    rms_sigma
        Root mean square of the residuals of lengths and angles.
    matched, unmatched
        Number of spots that are reflections of that zone, and that are not.
    left_out
        Number of spots that were not used, as they are NaN or masked; NaN that fill up an
        array behind the last spot do not count.
    error
        Why there is no answer.
    posteriors
        Of each answer, in the order of `ManyPatterns.answers`; empty where it failed.
    """

    number: int
    name: str | None
    phase: str | None = None
    posterior: float | None = None
    zone_axis: HKL | None = None
    zone_posterior: float | None = None
    scale: float | None = None
    scale_su: float | None = None
    rms_sigma: float | None = None
    matched: int | None = None
    unmatched: int | None = None
    left_out: int | None = None
    error: str | None = None
    posteriors: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class ManyPatterns(ReadOnly, TableResult[PatternRow]):
    """The answer of `index_many`: one row for each pattern, in the order of the input."""

    asked: Mapping[str, Any]
    of: tuple[Phase, ...]
    rows: tuple[PatternRow, ...]

    name = "many_spots"
    columns = (
        Column("number", head="#"),
        Column("name"),
        Column("phase"),
        Column("posterior", show="{:.3f}".format),
        Column("zone_axis", head="zone axis", show=format_uvw),
        Column("zone_posterior", head="of zone", show="{:.3f}".format),
        Column("scale", su="scale_su", show="{:.4f}".format),
        Column("scale_su", hidden=True),
        Column("rms_sigma", head="rms/σ", show="{:.2f}".format),
        Column("matched", head="+"),
        Column("unmatched", head="–", usual=0),
        Column("left_out", head="left out", usual=0),
        Column("error", wide=True),
    )

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, with every default in place; not the spots."""
        found: dict[str, Any] = plain(self.asked)
        return found

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases that were tried."""
        return self.of

    @property
    def answers(self) -> tuple[str, ...]:
        """Ids of the phases, ``none.random`` and ``none.lattice``."""
        return (*(phase.id for phase in self.of), RANDOM, LATTICE)

    @property
    def posteriors(self) -> dict[str, Floats]:
        """Probability of each answer in each pattern, shape ``(k,)``; NaN where it failed."""
        failed = (np.nan,) * len(self.answers)
        table = np.array([row.posteriors or failed for row in self.rows])
        table.setflags(write=False)
        return dict(zip(self.answers, table.T, strict=True))

    @property
    def further(self) -> dict[str, list[float]]:
        """Columns ``posterior_<answer>`` of DataFrames and CSV."""
        return {f"posterior_{key}": each.tolist() for key, each in self.posteriors.items()}

    @property
    def failed(self) -> tuple[PatternRow, ...]:
        """The rows with an error."""
        return tuple(row for row in self.rows if row.error is not None)

    @property
    def indexed(self) -> bool:
        """Whether a phase is the most probable answer to any of the patterns."""
        return any(row.zone_axis is not None for row in self.rows)

    def counts(self) -> dict[str, int]:
        """Return of how many patterns each answer is the most probable, the most first."""
        found = Counter(row.phase for row in self.rows)
        return dict(sorted(((key, found[key]) for key in self.answers), key=lambda i: -i[1]))

    @property
    def notes(self) -> tuple[str, ...]:
        """How many patterns were indexed, how many are none of the phases, how many failed."""
        return (*self._told(), *standard_notes(self.inputs), *self.provisos)

    def _told(self) -> Iterator[str]:
        counts = self.counts()
        nulls = counts[RANDOM] + counts[LATTICE]
        known = [(key, n) for key, n in counts.items() if n and key not in (RANDOM, LATTICE)]
        indexed = sum(n for _, n in known)
        each = ", ".join(f"{key} {n}" for key, n in known)
        yield f"{indexed} of {len(self.rows)} patterns are indexed{each and f': {each}'}"
        unsure = sum(
            row.zone_axis is not None and row.posterior is not None and row.posterior < SURE
            for row in self.rows
        )
        if unsure:
            yield f"{unsure} of these are not sure: below {SURE:g} other answers remain"
        if nulls:
            yield (
                f"{nulls} are none of these phases: {counts[LATTICE]} another lattice, "
                f"{counts[RANDOM]} no net"
            )
        masked = [row.left_out for row in self.rows if row.left_out]
        if masked:
            yield (
                f"{sum(masked)} spots of {len(masked)} patterns are NaN or masked, and left out"
            )
        if failed := self.failed:
            first = failed[0]
            name = f" ({first.name})" if first.name else ""
            yield f"{len(failed)} failed, first number {first.number}{name}: {first.error}"

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document; each pattern holds the `posteriors` of all answers."""
        content = TableResult.to_dict(self)
        answers = self.answers
        for row, result in zip(self.rows, content["results"], strict=True):
            shares = dict(zip(answers, row.posteriors, strict=False))
            result["posteriors"] = plain(shares) if shares else None
        content["results"] = {
            "patterns": content["results"],
            "counts": self.counts(),
            "notes": list(self.notes),
        }
        return content
