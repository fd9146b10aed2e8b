"""What computed series say of a change between two compositions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from navp_structures.analysis.composition import same_composition
from navp_structures.analysis.sodiation.path import sodiation_path
from navp_structures.catalogue.catalogue import as_phase
from navp_structures.catalogue.computed_series import (
    ComputedSeries,
    ComputedState,
    computed_series,
)
from navp_structures.model.claim import Claim
from navp_structures.model.phase import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesChange:
    """A change between two states of one series, and the error of their difference."""

    first: float
    last: float
    error: float
    unit: str
    method: str
    source: str
    tests: str

    @property
    def change(self) -> float:
        """The last minus the first."""
        return self.last - self.first

    @property
    def numbers(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "first": self.first,
            "last": self.last,
            "change": self.change,
            "change_sigma": self.change / self.error,
            "error": self.error,
            "method": self.method,
            "source": self.source,
            "tests": self.tests,
        }


def series_change(claim: Claim, first: Phase, last: Phase) -> SeriesChange | None:
    """Return the change of a series that holds both compositions; None where none does."""
    for series in computed_series():
        if (claim.centre, claim.ligand) != (series.centre, series.ligand):
            continue
        states = [_state(series, phase) for phase in (first, last)]
        if None not in states:
            one, two = (_value(claim, series, s) for s in states if s is not None)
            is_bond = claim.quantity == "mean_bond"
            return SeriesChange(
                first=one,
                last=two,
                error=series.mean_bond_error if is_bond else series.volume_error,
                unit=" Å" if is_bond else " Å³",
                method=series.method,
                source=series.source,
                tests=series.tests,
            )
    return None


def _state(series: ComputedSeries, phase: Phase) -> ComputedState | None:
    return next((s for s in series.states if same_composition(as_phase(s.of), phase)), None)


def _value(claim: Claim, series: ComputedSeries, state: ComputedState) -> float:
    is_bond = claim.quantity == "mean_bond"
    given = state.mean_bond if is_bond else state.volume
    if state.entry is None:
        return given or 0.0
    row = sodiation_path([state.entry], centre=series.centre, ligand=series.ligand).rows[0]
    found = row.mean_bond if is_bond else row.polyhedron_volume
    return found or 0.0
