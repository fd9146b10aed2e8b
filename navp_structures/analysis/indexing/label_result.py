"""What a check of a printed label found: the label, and the repairs of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from navp_structures.analysis.indexing.label_notes import notes_on_label
from navp_structures.model.hkl import HKL, format_hkl, format_uvw
from navp_structures.model.phase import Phase
from navp_structures.read_only import ReadOnly
from navp_structures.show.tables import Column, TableResult, plain

LOW_ZONE: Final = 2
"""Largest index of a zone axis that an image is likely to be taken along: thin foils are
tilted to axes whose planes are resolved, and these have low indices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelReading:
    """A label in a phase: the printed one, or a repair of it.

    Parameters
    ----------
    kind
        ``as printed``, or what would have happened to it.
    edits
        How many things would have happened; 0 for the printed label.
    d_obs, d_calc
        Å; d_obs is None where no spacing was given.
    deviation_percent, deviation_sigma
        (d_obs - d_calc) / d_calc, and the same over sigma with the su of the cell.
    f_squared, f_squared_relative
        |F|² of the probe, and over that of the strongest reflection down to 1 Å; None
        without sites.
    zone_axis
        [uvw] with the other label; None without one, and for parallel planes.
    angle_calc, angle_deviation
        Degrees between the planes and the other label's, and observed minus calculated; the
        mate (-h -k -l) is the same plane, so that 180° minus the angle fits as well.
    allowed
        False when it is extinct; `absence` is the kind, `rule` the condition, `value` what
        its left side is here.
    fits, angle_fits
        Whether spacing and angle are within 3 sigma; None where they were not given.
    """

    phase: str
    hkl: HKL
    kind: str
    edits: int
    d_obs: float | None
    d_calc: float
    deviation_percent: float | None
    deviation_sigma: float | None
    f_squared: float | None
    f_squared_relative: float | None
    zone_axis: HKL | None
    angle_calc: float | None
    angle_deviation: float | None
    allowed: bool
    fits: bool | None
    angle_fits: bool | None
    absence: str | None
    rule: str | None
    value: int | None

    @property
    def holds(self) -> bool:
        """Whether it is allowed, and nothing that was measured speaks against it."""
        return self.allowed and self.fits is not False and self.angle_fits is not False

    @property
    def has_low_zone(self) -> bool:
        """Whether no index of its zone axis with the other label is above 2."""
        return self.zone_axis is not None and max(map(abs, self.zone_axis)) <= LOW_ZONE


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class LabelCheck(ReadOnly, TableResult[LabelReading]):
    """The answer of `check_label`; its rows are the repairs, the most plausible first.

    Parameters
    ----------
    printed
        The label as it was printed; None where it names no plane.
    rows
        Labels few edits away that hold. They are sought where the printed one does not hold,
        or shares no zone axis of low indices with the other label.
    tried
        How many labels were tried, by the number of edits.
    """

    asked: Mapping[str, Any]
    of: Phase
    label: str
    other: HKL | None
    printed: LabelReading | None
    rows: tuple[LabelReading, ...]
    tried: Mapping[int, int]

    name = "label"
    columns = (
        Column("phase", varying=True),
        Column("hkl", show=format_hkl),
        Column("kind", wide=True),
        Column("edits", varying=True),
        Column("d_obs", head="d obs / Å", show="{:.4f}".format, hidden=True),
        Column("d_calc", head="d calc/Å", show="{:.4f}".format),
        Column("deviation_percent", head="dev./%", show="{:+.2f}".format),
        Column("deviation_sigma", head="dev./σ", show="{:+.2f}".format),
        Column("f_squared", head="|F|²", show="{:.3g}".format, hidden=True),
        Column("f_squared_relative", head="|F|²/max", show="{:.3f}".format),
        Column("zone_axis", head="zone axis", show=format_uvw),
        Column("angle_calc", head="angle/°", show="{:.2f}".format),
        Column("angle_deviation", hidden=True),
    )

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, with every default in place."""
        found: dict[str, Any] = plain(self.asked)
        return found

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The one phase."""
        return (self.of,)

    @property
    def holds(self) -> bool:
        """Whether the label is allowed and fits as it is printed."""
        return self.printed is not None and self.printed.holds

    @property
    def notes(self) -> tuple[str, ...]:
        """What the printed label is worth, and what the repairs are worth."""
        return (*notes_on_label(self), *self.provisos)

    def __iter__(self) -> Iterator[LabelReading]:
        """Iterate over the repairs."""
        return iter(self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document; `results` holds the printed label and the repairs."""
        # Not super(): a slotted dataclass is a new class, which the bare form misses.
        content = TableResult.to_dict(self)
        printed = None if self.printed is None else asdict(self.printed)
        content["results"] = {
            "holds": self.holds,
            "printed": plain(printed),
            "repairs": plain([asdict(row) for row in self.rows]),
            "tried": plain(dict(self.tried)),
            "notes": list(self.notes),
        }
        return content
