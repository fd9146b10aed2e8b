"""Whether two cells may be compared, and how much it matters where they may not."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from navp_structures.analysis.composition import composition
from navp_structures.analysis.host import common_host, ion_count
from navp_structures.catalogue.catalogue import catalogue
from navp_structures.errors import InputError, NavpError
from navp_structures.model.formula import parse_formula
from navp_structures.model.phase import Phase
from navp_structures.model.sources import PhaseSummary

# Kelvin. Over 15 K a NASICON's volume changes by less than 0.1 %: that of Na3V2(PO4)3 grows
# by 0.6 % from 293 K to its high-temperature form.
_SAME_TEMPERATURE: Final = 15.0
_ROOM: Final = (288.0, 303.0)
_ROOM_WORDS: Final = re.compile(
    r"\broom[- ]temperature\b|\bRT\b|\bambient temperature\b", re.IGNORECASE
)
# "150 K above room temperature" is not the room's, nor is what was cooled from it.
_OTHER_WORDS: Final = re.compile(
    r"\b(?:above|below|over|under|than|from|to|not|no|expanded|extrapolated)\b", re.IGNORECASE
)

# Sodium per formula unit, and relative volume, that count as equal.
_SAME_CONTENT: Final = 0.05
_SAME_VOLUME: Final = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherChange:
    """The volume change between another pair of cells of the same compositions.

    Parameters
    ----------
    first, second
        Ids of the phases.
    change
        Percent of the first.
    other
        Id of the one that takes the place.
    conditions
        Its kind and temperature in words.
    """

    first: str
    second: str
    change: float
    other: str
    conditions: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeWarning:
    """A volume change between cells that are not alike, and how large it is with others.

    Parameters
    ----------
    first, second
        Ids of the phases.
    change
        Of the volume (percent of the first).
    reason
        How the cells differ.
    one_composition
        Whether both hold as much of the mobile ion.
    others
        What the change would be with each other known cell of either composition that is of
        the partner's kind.
    """

    first: str
    second: str
    change: float
    reason: str
    one_composition: bool
    others: tuple[OtherChange, ...]

    @property
    def text(self) -> str:
        """All of it in one sentence."""
        start = f"{self.first} to {self.second}, {self.change:+.2f} %: {self.reason}"
        if self.one_composition:
            return f"{start}; their composition is the same, so that is all it tells"
        if not self.others:
            return f"{start}; no other cell is known here to tell what that makes of it"
        told = ", ".join(
            f"{pair.change:+.2f} % with {pair.other} ({pair.conditions})"
            for pair in self.others
        )
        return f"{start}; it is {told}"


def volume_of(phase: Phase, units: float) -> float:
    """Return the volume (Å³) for each unit of the host, of which a formula unit has so many."""
    return phase.cell.volume / (phase.formula_units or 1) / units


def volume_warning(first: Phase, second: Phase, ion: str) -> VolumeWarning | None:
    """Return what is wrong with comparing two volumes; None where nothing is."""
    reasons = list(_differences(first, second))
    if not reasons:
        return None
    pairs: list[tuple[Phase, Phase, Phase]] = []
    one_composition = _same_content(first, second, ion)
    if not one_composition:
        pairs += [(other, second, other) for other in _alternatives(first, second, ion)]
        pairs += [(first, other, other) for other in _alternatives(second, first, ion)]
    return VolumeWarning(
        first=first.id,
        second=second.id,
        change=_change(first, second, ion),
        reason=" and ".join(reasons),
        one_composition=one_composition,
        others=tuple(
            OtherChange(
                first=one.id,
                second=two.id,
                change=_change(one, two, ion),
                other=other.id,
                conditions=conditions_of(other),
            )
            for one, two, other in pairs
        ),
    )


def conditions_of(phase: Phase) -> str:
    """Return kind and temperature in words."""
    kind = phase.kind or "kind not stated"
    if phase.cell_kind is not None and phase.cell_kind != phase.kind:
        kind += f" in a {phase.cell_kind} cell"
    return f"{kind}, {phase.temperature_text or 'temperature not stated'}"


def same_temperature(first: Phase, second: Phase) -> bool:
    """Whether both temperatures are known to be equal within 15 K, or both are the room's."""
    if first.temperature is not None and second.temperature is not None:
        return abs(first.temperature - second.temperature) <= _SAME_TEMPERATURE
    return _is_room(first) and _is_room(second)


def _is_room(phase: Phase) -> bool:
    if phase.temperature is not None:
        return _ROOM[0] <= phase.temperature <= _ROOM[1]
    words = phase.temperature_note or ""
    return bool(_ROOM_WORDS.search(words)) and not _OTHER_WORDS.search(words)


def _differences(first: Phase, second: Phase) -> Iterator[str]:
    if not same_temperature(first, second):
        one, two = (p.temperature_text or "a temperature not stated" for p in (first, second))
        yield f"“{one}” against “{two}”"
    if not _same_kind(first, second):
        yield f"a {_kind(first)} cell against a {_kind(second)} one"


def _same_kind(first: Phase, second: Phase) -> bool:
    """Whether both cells are computed, or neither: volumes of models are measured ones."""
    return (_kind(first) == "computed") == (_kind(second) == "computed")


def _kind(phase: Phase) -> str:
    """Return the kind of the cell: atoms may be computed in a cell that is not."""
    return phase.cell_kind or phase.kind or "user's"


def _change(first: Phase, second: Phase, ion: str) -> float:
    units = common_host((first, second), ion)
    return 100.0 * (volume_of(second, units[1]) / volume_of(first, units[0]) - 1.0)


def _alternatives(phase: Phase, partner: Phase, ion: str) -> list[Phase]:
    """Return phases of the same composition with another volume, of the partner's kind."""
    found: list[Phase] = []
    volumes = [volume_of(phase, 1.0)]
    for entry, summary in catalogue().summaries():
        if not _may_share_host(summary, phase, ion):
            continue
        try:
            other = entry.phase()
            if not _same_kind(other, partner) or not _same_content(phase, other, ion):
                continue
        except NavpError:
            # Another host, or a file that the catalogue has warned of.
            continue
        units = common_host((phase, other), ion)[1]
        volume = volume_of(other, units)
        if not any(math.isclose(volume, v, rel_tol=_SAME_VOLUME) for v in volumes):
            volumes.append(volume)
            found.append(other)
    return found


def _may_share_host(summary: PhaseSummary, phase: Phase, ion: str) -> bool:
    """Whether a formula has the elements of a phase, so that it is worth reading."""
    try:
        elements = set(parse_formula(summary.formula or ""))
    except InputError:
        return False
    return elements - {ion} == {count.element for count in composition(phase)} - {ion}


def _same_content(first: Phase, second: Phase, ion: str) -> bool:
    """Whether two phases of one host hold as much of the mobile ion.

    Raises
    ------
    InputError
        When they have no common host.
    """
    units = common_host((first, second), ion)
    contents = [ion_count(p, ion) / n for p, n in zip((first, second), units, strict=True)]
    return abs(contents[0] - contents[1]) <= _SAME_CONTENT
