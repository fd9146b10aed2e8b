"""The answer of `index_powder`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from numbers import Integral
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from navp_structures.analysis.indexing.powder.measured import Measured
from navp_structures.analysis.indexing.powder.notes import notes_on, shortened
from navp_structures.analysis.indexing.powder.solutions import PowderSolution
from navp_structures.errors import InputError, shown
from navp_structures.model.hkl import HKL, format_hkl
from navp_structures.model.phase import Phase
from navp_structures.read_only import ReadOnly
from navp_structures.show.numbers import share_text, unsigned_zero
from navp_structures.show.tables import Column, TableResult, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from navp_structures.analysis.indexing.next_step import NextMeasurement
    from navp_structures.analysis.indexing.powder.hypotheses import Hypothesis


def _degrees(value: float) -> str:
    return unsigned_zero(value, 3)


def _line(
    value: float, hkl: HKL | None, overlaps: tuple[str, ...], deviation: float | None
) -> str:
    if hkl is None:
        return f"{value:g} stray"
    families = " with ".join([format_hkl(hkl), *overlaps])
    return f"{value:g} {families} {deviation or 0.0:+.1f}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class PowderIndexing(ReadOnly, TableResult[PowderSolution]):
    """Which phase, or which two, a list of powder lines is from; most probable first.

    The rows exclude each other and their posteriors add up to 1: each phase by itself, each
    mixture of two, lines at random, and an unknown lattice.

    Parameters
    ----------
    measured
        The checked list.
    rows
        One for each hypothesis.
    hypotheses
        What the rows were made of, in their order.
    next_measurement
        What would separate the leading answers most; None where nothing is open.
    """

    asked: Mapping[str, Any]
    of: tuple[Phase, ...]
    measured: Measured
    rows: tuple[PowderSolution, ...]
    hypotheses: tuple[Hypothesis, ...]
    next_measurement: NextMeasurement | None

    name = "powder_indexing"
    columns = (
        Column("rank"),
        Column("phase"),
        Column("posterior", head="P", show=share_text),
        Column("hkls", hidden=True),
        Column("deviations", hidden=True),
        Column("overlaps", hidden=True),
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
        found: dict[str, Any] = plain(self.asked)
        return found

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
            {h.name: h.posterior for h in self.hypotheses if len(h.ids) > 1}
        )

    @property
    def present(self) -> Mapping[str, float]:
        """Probability that each phase is in the sample, alone or mixed, largest first."""
        sums = {
            phase.id: sum(h.posterior for h in self.hypotheses if phase.id in h.ids)
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
        lines = zip(self.measured.given, best.hkls, best.overlaps, best.deviations, strict=True)
        told = shortened([_line(*line) for line in lines])
        yield f"{best.phase}, line by line with its deviation in sigma: {told}"

    def plot(self, ax: Axes | None = None, *, rank: int | None = None) -> Axes:
        """Draw the measured lines over the calculated ones of a solution, with posteriors.

        Measured lines are as high as the root of their intensity, or all alike without one,
        and labelled with their hkl in the colour of the phase; what is not explained is
        dashed, with a cross. Below are the calculated patterns of the phases, shifted as
        refined, with circles on strong lines that are not in the list.

        Parameters
        ----------
        ax
            Where to draw; None makes a figure, with bars for the posteriors. Else they are
            told in words.
        rank
            Of the row, from 1; None takes the most probable one that names phases.

        Raises
        ------
        InputError
            When there is no row of this rank.

        Returns
        -------
        The Axes of the pattern; nothing is shown or saved.
        """
        from navp_structures.analysis.indexing.powder.drawing import draw

        return draw(self, self.solution(rank), ax)

    def solution(self, rank: int | None = None) -> PowderSolution:
        """Return the row of a rank, from 1; None is the most probable one that names phases.

        Raises
        ------
        InputError
            When there is no row of this rank.
        """
        if rank is None:
            return next(row for row in self.rows if row.is_phase)
        count = len(self.rows)
        if not isinstance(rank, Integral) or isinstance(rank, bool) or not 1 <= rank <= count:
            raise InputError(
                f"rank is {shown(rank)}; there are {count} rows, the first of rank 1"
            )
        return self.rows[int(rank) - 1]

    def _next(self) -> dict[str, Any] | None:
        asked = self.next_measurement
        if asked is None:
            return None
        values = {field.name: getattr(asked, field.name) for field in fields(asked)}
        # A read-only mapping is none that JSON knows.
        values["presence"] = asked.presence and dict(asked.presence)
        return {name: plain(value) for name, value in values.items()}

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
            "next_measurement": self._next(),
            "notes": list(self.notes),
        }
        return content
