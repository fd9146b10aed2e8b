"""The table of what exists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from navp_structures.catalogue.builtin import CURATED
from navp_structures.catalogue.catalogue import catalogue
from navp_structures.model.sources import PhaseSummary
from navp_structures.show.tables import Column, TableResult


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class PhaseTable(TableResult[PhaseSummary]):
    """Every phase of the catalogue, by provider and id."""

    rows: tuple[PhaseSummary, ...]

    name = "phases"
    columns = (
        Column("id"),
        Column("aliases", head="alias", show=", ".join, wide=True),
        Column("formula", wide=True),
        Column("space_group", head="group", wide=True, spare=1),
        Column("kind"),
        Column("temperature", head="T / K", show="{:g}".format, spare=2),
        Column("volume_per_formula_unit", head="V/Z / Å³", show="{:.3f}".format),
        Column("provider", head="from", usual=CURATED),
        Column("reason", hidden=True),
    )

    @property
    def inputs(self) -> dict[str, Any]:
        """Nothing is asked."""
        return {}

    @property
    def phases(self) -> tuple[PhaseSummary, ...]:
        """Every row, so that models and computed phases are named as such."""
        return self.rows

    def __iter__(self) -> Iterator[PhaseSummary]:
        """Iterate over the phases."""
        return iter(self.rows)


def phases() -> PhaseTable:
    """Return the table of all phases, curated and from plugins and folders.

    Examples
    --------
    >>> [row.id for row in phases() if "NZSP" in row.aliases]
    ['nzsp-300k']
    """
    found = catalogue().summaries()
    return PhaseTable(rows=tuple(replace(row, provider=entry.provider) for entry, row in found))
