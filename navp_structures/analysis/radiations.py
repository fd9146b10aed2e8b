"""The table of radiations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from navp_structures.catalogue.builtin import CURATED
from navp_structures.catalogue.radiations import offered
from navp_structures.show.tables import Column, TableResult


@dataclass(frozen=True, slots=True, kw_only=True)
class RadiationSummary:
    """A radiation with what it can be asked for by; lines are (Å, weight)."""

    name: str
    probe: str
    lines: tuple[tuple[float, float], ...]
    source: str
    provider: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class RadiationTable(TableResult[RadiationSummary]):
    """Every named radiation; a wavelength in Å needs no name."""

    rows: tuple[RadiationSummary, ...]

    name = "radiations"
    columns = (
        Column("name"),
        Column("probe"),
        Column(
            "lines",
            head="λ / Å (weight)",
            show=lambda lines: ", ".join(f"{x:.9g} ({w:g})" for x, w in lines),
            wide=True,
        ),
        Column("source", wide=True),
        Column("provider", head="from", usual=CURATED),
    )

    @property
    def inputs(self) -> dict[str, Any]:
        """Nothing is asked."""
        return {}

    def __iter__(self) -> Iterator[RadiationSummary]:
        """Iterate over the radiations."""
        return iter(self.rows)


def radiations() -> RadiationTable:
    """Return the table of all radiations, of the package and of plugins.

    A name that several plugins have is shown as ``provider:name`` alone.

    Examples
    --------
    >>> [row.name for row in radiations() if row.name.startswith("Mo")]
    ['MoKa1', 'MoKa2', 'MoKa', 'MoKa12']
    """
    offers = offered()
    plain = {id(item) for name, found in offers.items() if ":" not in name and len(found) == 1
             for _, item in found}  # fmt: skip
    rows = [
        RadiationSummary(
            name=name,
            probe=item.probe,
            lines=item.lines,
            source=item.source,
            provider=provider,
        )
        for name, found in offers.items()
        for provider, item in found
        if len(found) == 1 and (":" not in name or id(item) not in plain)
    ]
    return RadiationTable(rows=tuple(rows))
