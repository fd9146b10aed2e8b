"""What a printed (hkl) may mean in a phase: as printed, a bar restored, another setting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from navp_structures.analysis.audit.allowance import Observed, Off
from navp_structures.analysis.indexing.candidates import largest_f_squared
from navp_structures.analysis.indexing.label_edits import (
    BARS,
    FOUR,
    LabelEdit,
    label_edits,
    printed_hkl,
)
from navp_structures.analysis.indexing.other_settings import OtherSetting, other_settings
from navp_structures.analysis.structure_factors import f_squared
from navp_structures.errors import ClaimError, InputError
from navp_structures.kernels.reflections import representatives
from navp_structures.kernels.zone_list import axis_length
from navp_structures.model.absence import Absence
from navp_structures.model.claim import Claim
from navp_structures.model.hkl import HKL, hkil, hkl_of, index_words
from navp_structures.model.phase import Phase

AS_PRINTED: Final = "as printed"
FOUR_BAR: Final = "a bar of four indices"

WEAK: Final = 0.01
"""|F|² over that of the strongest reflection, below which one is rarely seen in an image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A plane that a label may mean.

    Parameters
    ----------
    kind
        ``as printed``, or what would have happened to the label.
    setting
        In which it is printed, where that is not the setting of the phase.
    """

    phase: Phase
    hkl: HKL
    kind: str
    setting: OtherSetting | None = None

    @property
    def absence(self) -> Absence | None:
        """The rule that forbids it."""
        return self.phase.absence(self.hkl)

    @property
    def is_bar(self) -> bool:
        """Whether a bar over one index would have been lost, added or moved."""
        return self.kind == FOUR_BAR or bool(BARS & set(self.kind.split(" or ")))

    @property
    def d(self) -> float:
        """Å."""
        return self.phase.d(self.hkl)

    def off(self, seen: Observed, scale: float = 1.0) -> Off:
        """Return how far an observed spacing is from it."""
        return seen.off(self.phase, self.hkl, scale)

    @property
    def strength(self) -> float | None:
        """|F|² for electrons over that of the strongest reflection; None without sites."""
        if not self.phase.has_sites:
            return None
        greatest = largest_f_squared(self.phase, "electron")
        square = float(f_squared(self.phase, np.array([self.hkl]), "electron")[0])
        return square / greatest if greatest > 0.0 else 0.0

    @property
    def is_weak(self) -> bool:
        """Whether it is allowed and very weak."""
        strength = self.strength
        return self.absence is None and strength is not None and strength < WEAK


def as_printed(claim: Claim, label: str, phase: Phase) -> Reading | None:
    """Return the plane that a label names; None where its digits have to be read otherwise.

    Raises
    ------
    ClaimError
        When the label is none, with file and line.
    """
    try:
        hkl = printed_hkl(label)
    except InputError as error:
        raise ClaimError(f"{claim.where}: {error}", "hkl") from error
    return None if hkl is None else Reading(phase=phase, hkl=hkl, kind=AS_PRINTED)


def bar_readings(label: str, phase: Phase) -> tuple[Reading, ...]:
    """Return allowed planes one bar away from a label, one of each family.

    Of a family it is the member that stands for it, where the label may have been that one.
    """
    rotations = phase.space_group.laue_rotations
    by_family: dict[HKL, Reading] = {}
    for edit in label_edits(label, phase.space_group):
        kind = bar_kind(label, edit)
        if kind is None:
            continue
        family = hkl_of(representatives([edit.hkl], rotations)[0][0])
        mate = hkl_of([-index for index in edit.hkl])
        hkl = family if family in (edit.hkl, mate) else edit.hkl
        made = Reading(phase=phase, hkl=hkl, kind=kind)
        if made.absence is None and (family not in by_family or hkl == family):
            by_family[family] = made
    return tuple(by_family.values())


def bar_kind(label: str, edit: LabelEdit) -> str | None:
    """Return which accident of a bar leads to a plane; None where it is another one."""
    ways = edit.kind.split(" or ")
    if edit.edits != 1:
        return None
    found = next((way for way in ways if way in BARS), None)
    if found is None and FOUR in ways and _same_digits(label, edit.hkl):
        return FOUR_BAR
    return found


def setting_readings(printed: Reading) -> tuple[Reading, ...]:
    """Return what a plane is if it was printed in another setting, allowed ones only."""
    made = (
        Reading(
            phase=printed.phase,
            hkl=setting.read(printed.hkl),
            kind=setting.kind,
            setting=setting,
        )
        for setting in other_settings(printed.phase.space_group)
    )
    return tuple(reading for reading in made if reading.absence is None)


def zone_length(phase: Phase, uvw: HKL) -> float:
    """Return the length (Å) of the shortest translation along a zone axis."""
    cell, group = phase.cell, phase.space_group
    lengths = axis_length(
        np.array([uvw]), cell.orthogonalisation_matrix, group.centring_vectors
    )
    return float(lengths[0])


def _same_digits(label: str, hkl: HKL) -> bool:
    """Whether four indices of a label differ from a plane's in signs alone."""
    digits = [int(n) for n in "".join(index_words(label)) if n.isdigit()]
    return digits == [abs(n) for n in hkil(hkl)]
