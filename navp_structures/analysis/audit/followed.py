"""A plane that is followed from one phase to another: what it becomes there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from navp_structures.analysis.audit.allowance import observed
from navp_structures.analysis.audit.context import AuditContext
from navp_structures.analysis.audit.finding import Verdict
from navp_structures.analysis.audit.image import image_of
from navp_structures.analysis.audit.readings import AS_PRINTED, Reading, as_printed
from navp_structures.analysis.audit.volume_changes import mobile_ion
from navp_structures.analysis.misfit.correspondence import Matrix
from navp_structures.analysis.misfit.mapping import Mapping, as_whole, plane_misfit
from navp_structures.analysis.misfit.misfit import lattice_misfit
from navp_structures.analysis.misfit.result import LatticeMisfit
from navp_structures.analysis.misfit.rows import Indices, indices_text
from navp_structures.kernels.reflections import representatives
from navp_structures.model.claim import Claim
from navp_structures.model.hkl import HKL, format_hkl, hkl_of
from navp_structures.model.phase import Phase

_WORST: Final[tuple[Verdict, ...]] = ("extinct", "other_setting", "bar", "consistent")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Followed:
    """A spacing at one end of a transition.

    Parameters
    ----------
    reading
        What its label is taken for, as printed where nothing fits; None without a label.
    remark
        How the label was read otherwise than printed; empty for as printed.
    """

    claim: Claim
    phase: Phase
    d: float
    sigma: float
    rounding: float
    reading: Reading | None
    remark: str

    @property
    def hkl(self) -> HKL:
        """The plane; only where there is a reading."""
        assert self.reading is not None  # noqa: S101 - it was asked before
        return self.reading.hkl

    @property
    def name(self) -> str:
        """Plane and phase."""
        return f"{format_hkl(self.hkl)} of {self.phase.id}"

    @property
    def verdict(self) -> Verdict:
        """What its label needs."""
        reading = self.reading
        if reading is None or reading.kind == AS_PRINTED:
            return "extinct" if reading and reading.absence else "consistent"
        if reading.setting is not None:
            return "other_setting"
        return "bar" if reading.is_bar else "extinct"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What a plane becomes in another phase, beside what it is said to become.

    Parameters
    ----------
    becomes
        What the plane reads as in the second phase; real numbers are no plane.
    family
        Families of the second phase into which its own goes.
    is_same
        Whether the plane that is named is of one of them.
    change, change_su
        Of d between the two planes that are named, computed (percent).
    own_change
        Of d by the correspondence (percent).
    back
        What the second plane was in the first phase, in words; empty where they are the same.
    others
        Numbers of less likely correspondences, from 2, by which they would be the same.
    moved
        Å: how far atoms move by the best correspondence, and by the first of the others; None
        where it is not known.
    """

    becomes: Indices | HKL
    family: tuple[Indices | HKL, ...]
    is_same: bool
    change: float
    change_su: float | None
    own_change: float
    matrix: Matrix
    back: str
    others: tuple[int, ...]
    moved: tuple[float, float] | None

    @property
    def elsewhere(self) -> str:
        """That another correspondence would make them the same; empty without one."""
        if self.is_same or not self.others:
            return ""
        farther = ""
        if self.moved is not None:
            farther = (
                f", which moves atoms by {self.moved[1]:.2f} Å and not {self.moved[0]:.2f},"
            )
        return f"; only correspondence {self.others[0]}{farther} would make it so"


def followed(claim: Claim, context: AuditContext) -> Followed:
    """Return one end of a transition, its label as the image has it."""
    (phase,) = context.phases_of(claim)
    seen = observed(claim, context)
    reading = None
    remark = ""
    if claim.labels:
        printed = as_printed(claim, claim.labels[0], phase)
        taken = image_of(claim, phase, context).member(claim).reading
        reading = taken or printed
        why = f", extinct in {phase.id}," if printed and printed.absence else ""
        if taken is None:
            remark = f"{claim.labels[0]}{why} does not fit {claim.printed}"
        elif taken.kind != AS_PRINTED:
            remark = f"{claim.labels[0]}{why} is taken for {format_hkl(taken.hkl)}"
    return Followed(
        claim=claim,
        phase=phase,
        d=seen.d,
        sigma=seen.sigma,
        rounding=seen.rounding,
        reading=reading,
        remark=remark,
    )


def misfit_of(first: Phase, second: Phase, context: AuditContext) -> LatticeMisfit:
    """Return the misfit of two phases by the best correspondence; found once.

    Raises
    ------
    InputError
        When the phases have no common host, or no correspondence is found.
    """
    key = ("misfit", first, second)
    return context.once(
        key, lambda: lattice_misfit(first, second, ion=mobile_ion((first, second)))
    )


def fate_of(before: Followed, after: Followed, context: AuditContext) -> Fate:
    """Return what a plane becomes, beside the plane that it is said to become.

    Raises
    ------
    InputError
        When no correspondence of the two phases is known.
    """
    misfit = misfit_of(before.phase, after.phase, context)
    member = hkl_of(representatives([after.hkl], after.phase.space_group.laue_rotations)[0][0])
    rows = [
        plane_misfit(
            Mapping(first=before.phase, second=after.phase, matrix=candidate.array), before.hkl
        )
        for candidate in misfit.candidates
    ]
    same = [any(as_whole(f) == member for f in row.family) for row in rows]
    change, su = change_of(before.phase, before.hkl, after.phase, after.hkl)
    others = tuple(n + 1 for n, agrees in enumerate(same) if n and agrees)
    scores = [misfit.candidates[n].score for n in (0, *(n - 1 for n in others[:1]))]
    moved = [score for score in scores if score is not None]
    back = ""
    if not same[0]:
        read = misfit.inverse().read(after.hkl)
        back = f"{after.name} was {indices_text(read, '()')}"
    return Fate(
        becomes=rows[0].reads_as,
        family=rows[0].family,
        is_same=same[0],
        change=change,
        change_su=su,
        own_change=rows[0].spacing_misfit,
        matrix=misfit.correspondence.matrix,
        back=back,
        others=others,
        moved=(moved[0], moved[1]) if len(moved) == 2 else None,
    )


def change_of(
    first: Phase, hkl_1: HKL, second: Phase, hkl_2: HKL
) -> tuple[float, float | None]:
    """Return by how much d differs, second against first, and its su (percent)."""
    one, two = first.d(hkl_1), second.d(hkl_2)
    spreads = [(first.d_su(hkl_1) or 0.0) / one, (second.d_su(hkl_2) or 0.0) / two]
    su = 0.0 if first == second and hkl_1 == hkl_2 else math.hypot(*spreads)
    return 100.0 * (two / one - 1.0), 100.0 * (two / one) * su or None


def volume_change(first: Phase, second: Phase) -> float | None:
    """Return the change of V/Z (percent); None where one is unknown."""
    one, two = first.volume_per_formula_unit, second.volume_per_formula_unit
    return None if one is None or two is None else 100.0 * (two / one - 1.0)


def verdict_of(*ends: Followed) -> Verdict:
    """Return the worst of what the labels of both ends need."""
    return min((end.verdict for end in ends), key=_WORST.index)
