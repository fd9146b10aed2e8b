"""Space groups and shared structures of a paper against the structures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import gemmi
import numpy as np

from navp_structures.analysis.audit.context import AuditContext
from navp_structures.analysis.audit.finding import AuditFinding, Verdict
from navp_structures.analysis.audit.group_alternatives import alternatives
from navp_structures.analysis.audit.judgement import judged, without_structure
from navp_structures.analysis.polyhedra.positions import places_of
from navp_structures.analysis.sodiation.comparable import conditions_of
from navp_structures.analysis.spglib_symmetry import wyckoff_letters
from navp_structures.analysis.symmetry import check_symmetry
from navp_structures.constants import SINGLE_VALENCES
from navp_structures.kernels.lattice import Floats
from navp_structures.model.cell import PARAMETERS, UnitCell
from navp_structures.model.claim import Claim
from navp_structures.model.phase import Phase
from navp_structures.model.spacegroup import SpaceGroup

# Percent: cells of one structure type differ by less in shape; LiFePO4 and FePO4 by 7.
_SAME_TYPE: Final = 10.0

# Percent: a difference in shape below which a scale of its own makes one cell the other.
_CONFUSED: Final = 1.0


def symmetry(claim: Claim, context: AuditContext) -> AuditFinding:
    """Return whether a phase has the space group, by its entry and by its atoms.

    An entry that was modelled in a group cannot test it. Groups that differ from the claimed
    one in a few extinct reflections only are told: which of them it is hangs on those.
    """
    if claim.material:
        return without_structure(claim)
    phase = context.phase(claim.phases[0], claim)
    cell = phase.cell
    claimed = SpaceGroup.from_name(claim.space_group or "", alpha=cell.alpha, gamma=cell.gamma)
    others = context.others(phase)
    same = [p for p in others if p.space_group.number == claimed.number]
    verdict: Verdict = "inconsistent"
    if phase.space_group.number == claimed.number:
        verdict = "consistent" if phase.space_group == claimed else "other_setting"
    elif any(p.kind != "model" for p in same):
        verdict = "other_entry"
    if phase.kind == "model" and verdict != "other_entry":
        verdict = "not_testable"
    return judged(
        claim,
        verdict,
        " ".join(_told_of_group(claim, phase, claimed, others, verdict)),
        computed=str(phase.space_group),
        tolerance="the same group",
        phase=same[0].id if verdict == "other_entry" else phase.id,
        details={
            "entries": [
                {"phase": p.id, "space_group": str(p.space_group)} for p in (phase, *others)
            ],
            "alternatives": [
                {"space_group": a.symbol, "condition": a.condition}
                for a in alternatives(claimed)
            ],
        },
    )


def isostructural(claim: Claim, context: AuditContext) -> AuditFinding:
    """Return whether phases share group and framework, and how their cells differ.

    A model was made in a group, and with sites, that were taken for its own.
    """
    if claim.material:
        return without_structure(claim)
    first, *rest = context.phases_of(claim)
    found = [_Pair(first=first, second=phase) for phase in rest]
    verdict: Verdict = "inconsistent"
    if all(pair.agrees for pair in found):
        verdict = "consistent"
    elif all(pair.agrees or pair.agrees_turned for pair in found):
        verdict = "other_setting"
    told = [pair.text for pair in found]
    models = [phase for phase in dict.fromkeys((first, *rest)) if phase.kind == "model"]
    if models:
        verdict = "not_testable"
        told += [f"{p.id} is a model and cannot test it: {p.reason}." for p in models]
    return judged(
        claim,
        verdict,
        " ".join(told),
        computed=", ".join(f"{pair.shape:.2f} % in shape" for pair in found if pair.same_group),
        tolerance=f"same group and positions, cells alike within {_SAME_TYPE:g} %",
        phase=first.id,
        details={"pairs": [pair.numbers for pair in found]},
    )


def _told_of_group(
    claim: Claim, phase: Phase, claimed: SpaceGroup, others: Sequence[Phase], verdict: Verdict
) -> Iterator[str]:
    name = str(phase.space_group)
    if phase.kind == "model":
        yield f"{phase.id} was modelled in {name}, so that it cannot test it."
    elif phase.has_sites:
        report = check_symmetry(phase)
        window = report.window
        atoms = f"from {window[0]:g} to {window[1]:g} Å" if window else "at no tolerance"
        yield f"{phase.id} ({conditions_of(phase)}) is {name}, and its atoms have it {atoms}."
    else:
        yield f"{phase.id} ({conditions_of(phase)}) is {name}, a cell without sites."
    if verdict == "other_setting":
        yield f"{claim.space_group} is another setting of it."
    near = alternatives(claimed)
    if near and verdict == "not_testable":
        conditions = "; ".join(f"{a.symbol} only in {a.condition}" for a in near)
        yield f"{claimed} differs from {conditions}: which it is hangs on those alone."
    if claim.note:
        yield f"The transcription says: {claim.note}."
    apart = [p for p in others if p.space_group.number != phase.space_group.number]
    if apart:
        told = "; ".join(f"{p.id} is {p.space_group} ({conditions_of(p)})" for p in apart)
        yield f"Other entries of the composition: {told}."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """Two phases that are said to have one structure."""

    first: Phase
    second: Phase

    @property
    def same_group(self) -> bool:
        """Whether all operations are the same."""
        return self.first.space_group == self.second.space_group

    @property
    def axes(self) -> list[float]:
        """By how much the axes of the second are longer, in ln (%)."""
        first, second = (phase.cell.parameters[:3] for phase in (self.first, self.second))
        return [100.0 * math.log(b / a) for a, b in zip(first, second, strict=True)]

    @property
    def strains(self) -> list[float]:
        """Principal logarithmic strains from the first cell to the second (%)."""
        first, second = (phase.cell.metric_tensor for phase in (self.first, self.second))
        stretches = np.linalg.eigvals(np.linalg.solve(first, second)).real
        return [50.0 * math.log(stretch) for stretch in sorted(stretches.tolist())]

    @property
    def scale(self) -> float:
        """Mean strain (%)."""
        return sum(self.strains) / 3.0

    @property
    def shape(self) -> float:
        """Difference of the largest and the smallest strain (%), which no scale takes away."""
        return self.strains[-1] - self.strains[0]

    @property
    def positions(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Wyckoff letters of the filled positions of each; empty where none is known."""
        return _framework(self.first), _framework(self.second)

    @property
    def agrees(self) -> bool:
        """Whether group, full positions and shape are the same."""
        one, two = self.positions
        same = not (one and two) or one == two
        return self.same_group and same and self.shape <= _SAME_TYPE

    @property
    def agrees_turned(self) -> bool:
        """Whether the group is the same in another setting, and the reduced cells are alike."""
        if self.same_group or self.first.space_group.number is None:
            return False
        if self.first.space_group.number != self.second.space_group.number:
            return False
        return _shape(*(_reduced(phase) for phase in (self.first, self.second))) <= _SAME_TYPE

    @property
    def text(self) -> str:
        """What they share, and what that means for indexing."""
        names = f"{self.first.id} and {self.second.id}"
        if self.agrees_turned:
            return (
                f"{names} are {self.first.space_group} and {self.second.space_group}, two "
                f"settings of one group (No. {self.first.space_group.number}), and their "
                "reduced cells are alike; sites were not compared."
            )
        if not self.same_group:
            return f"{names} are {self.first.space_group} and {self.second.space_group}."
        one, two = (" ".join(letters) for letters in self.positions)
        told = f"{names} are both {self.first.space_group}"
        if one and two:
            told += f", filled positions {one}" + ("" if one == two else f" and {two}")
        axes = ", ".join(
            f"{name} {size:+.2f} %" for name, size in zip("abc", self.axes, strict=True)
        )
        told += (
            f". Their axes differ by {axes} in ln: but for a scale of {self.scale:+.2f} % the "
            f"cells are alike within {self.shape:.2f} %."
        )
        if self.agrees and self.shape <= _CONFUSED:
            told += (
                f" Indexing confuses them: an image whose scale is known to no better than "
                f"{abs(self.scale) / 2.0:.1f} % cannot tell them apart."
            )
        return told

    @property
    def numbers(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "phases": [self.first.id, self.second.id],
            "same_group": self.same_group,
            "axes": self.axes,
            "scale": self.scale,
            "shape": self.shape,
            "positions": [list(letters) for letters in self.positions],
        }


def _reduced(phase: Phase) -> Floats:
    """Return the metric tensor of the Niggli cell."""
    vector = gemmi.GruberVector(
        gemmi.UnitCell(*phase.cell.parameters), phase.space_group.centring
    )
    vector.niggli_reduce()
    return UnitCell(
        **dict(zip(PARAMETERS, vector.get_cell().parameters, strict=True))
    ).metric_tensor


def _shape(first: Floats, second: Floats) -> float:
    """Return the difference of the largest and the smallest strain (%)."""
    stretches = np.log(np.linalg.eigvals(np.linalg.solve(first, second)).real)
    return float(50.0 * (stretches.max() - stretches.min()))


def _framework(phase: Phase) -> tuple[str, ...]:
    """Return the Wyckoff letters of the positions that are full, mobile ions apart."""
    if not phase.has_sites:
        return ()
    letters = wyckoff_letters(phase)
    full: dict[tuple[float, ...], str] = {}
    for place in places_of(phase):
        sites = [phase.sites[n] for n in place]
        filled = sum(site.occupancy for site in sites)
        if filled > _FULL and not any(_MOBILE.intersection(site.elements) for site in sites):
            full[tuple(sites[0].fract)] = letters[place[0]] or "?"
    return tuple(sorted(full.values()))


# A position that is less filled is one of alternatives.
_FULL: Final = 0.99

_MOBILE: Final = frozenset(e for e, charge in SINGLE_VALENCES.items() if charge == 1)
