"""The answer of `index_powder`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from navp_structures.analysis.indexing.powder.measured import Measured
from navp_structures.analysis.indexing.powder.notes import notes_on
from navp_structures.analysis.indexing.powder.solutions import PowderSolution
from navp_structures.model.hkl import format_hkl
from navp_structures.model.phase import Phase
from navp_structures.show.numbers import unsigned_zero
from navp_structures.show.tables import Column, TableResult


def _share(probability: float) -> str:
    # Nothing is certain: 1.000 would say so.
    return ">0.999" if probability > 0.9995 else f"{probability:.3f}"


def _degrees(value: float) -> str:
    return unsigned_zero(value, 3)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class PowderIndexing(TableResult[PowderSolution]):
    """Which phase, or which two, a list of powder lines is from; most probable first.

    The rows exclude each other and their posteriors add up to 1: each phase by itself, each
    mixture of two, lines at random, and an unknown lattice.

    Parameters
    ----------
    measured
        The checked list.
    rows
        One for each hypothesis.
    """

    asked: Mapping[str, Any]
    of: tuple[Phase, ...]
    measured: Measured
    rows: tuple[PowderSolution, ...]

    name = "powder_indexing"
    columns = (
        Column("rank"),
        Column("phase"),
        Column("posterior", head="P", show=_share),
        Column("hkls", hidden=True),
        Column("deviations", hidden=True),
        Column("zero_shift", head="zero / °", show=_degrees, su="zero_shift_su"),
        Column("zero_shift_su", hidden=True),
        Column("displacement", head="displ. / °", show=_degrees, su="displacement_su"),
        Column("displacement_su", hidden=True),
        Column("scale", su="scale_su"),
        Column("scale_su", hidden=True),
        Column("rms_sigma", head="rms / sigma", show="{:.2f}".format),
        Column("unmatched", head="stray"),
        Column("missing", hidden=True),
        Column("line_phases", hidden=True),
        Column("volume_ratio", hidden=True),
        Column("prior", hidden=True),
    )

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, with every default and every prior in place."""
        return dict(self.asked)

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases that were tried."""
        return self.of

    @property
    def posteriors(self) -> Mapping[str, float]:
        """Probability of each row, largest first: ``a``, ``a+b``, ``none.random``, …"""
        return MappingProxyType({row.phase: row.posterior for row in self.rows})

    @property
    def mixtures(self) -> Mapping[str, float]:
        """The part of `posteriors` that are mixtures, largest first."""
        return MappingProxyType(
            {row.phase: row.posterior for row in self.rows if "+" in row.phase}
        )

    @property
    def present(self) -> Mapping[str, float]:
        """Probability that each phase is in the sample, alone or mixed, largest first."""
        sums = {
            phase.id: sum(
                row.posterior for row in self.rows if phase.id in row.phase.split("+")
            )
            for phase in self.of
        }
        return MappingProxyType(dict(sorted(sums.items(), key=lambda item: -item[1])))

    @property
    def solutions(self) -> tuple[PowderSolution, ...]:
        """The rows that name phases."""
        return tuple(row for row in self.rows if row.is_phase)

    @property
    def indexed(self) -> bool:
        """Whether a phase, or two, are the most probable answer."""
        return self.rows[0].is_phase

    @property
    def notes(self) -> tuple[str, ...]:
        """What was found, the best solution, what the data cannot decide."""
        found, *rest = notes_on(self)
        return (found, *self._lines(), *rest)

    def _lines(self) -> Iterator[str]:
        """Yield what each line is in the most probable solution that names phases."""
        best = self.rows[0]
        if not best.is_phase:
            return
        lines = zip(self.measured.given, best.hkls, best.deviations, strict=True)
        told = "; ".join(
            f"{value:g} stray"
            if hkl is None
            else f"{value:g} {format_hkl(hkl)} {deviation or 0.0:+.1f}"
            for value, hkl, deviation in lines
        )
        yield f"{best.phase}, line by line with its deviation in sigma: {told}"

    def __iter__(self) -> Iterator[PowderSolution]:
        """Iterate over the rows."""
        return iter(self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document; `results` holds the solutions and what is beside them."""
        # Not super(): a slotted dataclass is a new class, which the bare form misses.
        content = TableResult.to_dict(self)
        content["results"] = {
            "solutions": content["results"],
            "posteriors": dict(self.posteriors),
            "present": dict(self.present),
            "notes": list(self.notes),
        }
        return content
