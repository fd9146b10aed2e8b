"""Judging that a powder line moves in a transition: is the shift that of the phases?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from navp_structures.analysis.audit.agreement import TIMES
from navp_structures.analysis.audit.allowance import Observed, observed
from navp_structures.analysis.audit.context import AuditContext
from navp_structures.analysis.audit.finding import AuditFinding, Verdict
from navp_structures.analysis.audit.followed import change_of, misfit_of
from navp_structures.analysis.audit.judgement import located, not_testable
from navp_structures.analysis.audit.nearest import fitting_families
from navp_structures.analysis.audit.readings import as_printed
from navp_structures.analysis.audit.standards import angle_of
from navp_structures.analysis.indexing.units import spacings
from navp_structures.analysis.misfit.mapping import Mapping, as_whole, plane_misfit
from navp_structures.analysis.misfit.rows import percent_text
from navp_structures.analysis.reflections import families
from navp_structures.analysis.structure_factors import f_squared
from navp_structures.catalogue.catalogue import as_phases
from navp_structures.errors import ClaimError, InputError, NavpError
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.reflections import representatives
from navp_structures.model.claim import Claim
from navp_structures.model.hkl import HKL, format_hkl, hkl_of
from navp_structures.model.phase import Phase
from navp_structures.show.numbers import signed
from navp_structures.show.tables import plain

_VISIBLE: Final = 0.1
"""Share of the intensity of a family's members below which one is not the line."""

_NEIGHBOURS: Final = 0.03
"""Relative, of d: how far the strong line may be that an unlabelled one is taken for."""

_NEARBY: Final = 0.05
"""Relative, of d: how far another line of the paper may be to be the same one."""

_NO_LINE: Final = "no line of"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A line into which a family goes: the change of its d (percent) and its share."""

    phase: str
    hkl: HKL
    change: float
    change_su: float | None
    share: float

    @property
    def text(self) -> str:
        """``(1 1 -1) -1.1(2) %``."""
        return f"{format_hkl(self.hkl)} {percent_text(self.change, self.change_su)}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Move:
    """A line before and after; `hkl` is what it is before, with `why` where that is a guess."""

    one: Claim
    two: Claim
    before: Phase
    after: Phase
    seen: tuple[Observed, Observed]
    hkl: HKL
    why: str

    @property
    def is_line(self) -> bool:
        """Whether the first phase has a line there."""
        return not self.why.startswith(_NO_LINE)

    @property
    def observed(self) -> float:
        """The change of d (percent)."""
        return 100.0 * (self.seen[1].d / self.seen[0].d - 1.0)

    @property
    def sigma(self) -> float:
        """Of the change (percent), without the cells'."""
        return 100.0 * math.hypot(*(each.sigma for each in self.seen))

    @property
    def rounding(self) -> float:
        """Of both lines (percent)."""
        return 100.0 * sum(each.rounding for each in self.seen)

    def off(self, change: float) -> float:
        """Return the observed ratio of both d minus a computed one, of the latter (percent)."""
        return 100.0 * ((100.0 + self.observed) / (100.0 + change) - 1.0)

    def tolerance(self, member: Member) -> float:
        """Return what deviation from a member counts as agreement (percent)."""
        return TIMES * math.hypot(self.sigma, member.change_su or 0.0) + self.rounding

    def fits(self, member: Member) -> bool:
        """Whether the line may have become a member of its family."""
        return abs(self.off(member.change)) <= self.tolerance(member)


def judge_moved_line(
    claim: Claim, one: Claim, two: Claim, context: AuditContext
) -> AuditFinding:
    """Return whether the shift of a line is that of a transition between two phases.

    The members into which the family goes by the lattice correspondence are compared with
    it, the strong ones for the verdict; beside them stand what other phases of the card and
    other lines of the paper would give.
    """
    with located(claim, "value"):
        (before,), (after,) = context.phases_of(one), context.phases_of(two)
        seen = _seen(one, context), _seen(two, context)
        hkl, why = _family(one, before, seen[0])
        if hkl is None:
            return not_testable(claim, f"{before.id} has no line near that of {one.id}.")
        move = _Move(one=one, two=two, before=before, after=after, seen=seen, hkl=hkl, why=why)
        try:
            members = _members(move, after, context)
        except ClaimError:
            raise
        except InputError as error:
            return not_testable(claim, f"No lattice correspondence tells it: {error}.")
    if not members:
        return not_testable(claim, f"{format_hkl(hkl)} becomes no line of {after.id}.")
    return _finding(claim, move, members, context)


def _seen(claim: Claim, context: AuditContext) -> Observed:
    """Return the spacing of a line, or of an image's claim.

    Bragg's law: σ(d)/d = cot θ σ(θ).
    """
    if claim.quantity == "spacing":
        return observed(claim, context)
    assert claim.value is not None  # noqa: S101 - a line has both
    assert claim.radiation is not None  # noqa: S101
    try:
        angle, sigma = angle_of(claim, context)
        (made,) = spacings(angle, units="two_theta", sigma=sigma, radiation=claim.radiation)
    except NavpError as error:
        raise ClaimError(f"{claim.where}: {error}", "value") from error
    rounding = 0.0 if claim.uncertainty else claim.rounding or 0.0
    return Observed(
        d=made.d,
        sigma=made.sigma,
        rounding=made.sigma * rounding / sigma,
        is_stated=claim.uncertainty is not None,
    )


def _family(claim: Claim, phase: Phase, seen: Observed) -> tuple[HKL | None, str]:
    """Return what a line is: its label, the family that fits, or the strong one nearby."""
    if claim.labels:
        printed = as_printed(claim, claim.labels[0], phase)
        if printed is not None and printed.absence is None:
            off = printed.off(seen)
            far = "" if off.fits else f", {signed(off.percent, 2)} % off"
            return printed.hkl, f"{format_hkl(printed.hkl)} of {phase.id}{far}"
    fitting = fitting_families(phase, seen)
    if fitting:
        hkl = _strongest(phase, [row.hkl for row in fitting])
        return hkl, f"{format_hkl(hkl)} of {phase.id}, which fits it"
    table = families(phase, seen.d * (1.0 - _NEIGHBOURS), "xray")
    near = ~table.absent & (table.d <= seen.d * (1.0 + _NEIGHBOURS))
    if not near.any():
        return None, ""
    hkl = _strongest(phase, [hkl_of(row) for row in table.hkl[near]])
    far = signed(100.0 * (seen.d / phase.d(hkl) - 1.0), 2)
    strongest = f"the strongest nearby is {format_hkl(hkl)}, {far} % off"
    return hkl, f"{_NO_LINE} {phase.id}; {strongest}"


def _strongest(phase: Phase, hkls: list[HKL]) -> HKL:
    weights = _intensities(phase, np.array(hkls))
    return hkls[int(np.argmax(weights))]


def _intensities(phase: Phase, hkl: Ints) -> Floats:
    """Return multiplicity × |F|² for X-rays; all alike without sites."""
    times = representatives(hkl, phase.space_group.laue_rotations)[1].astype(np.float64)
    return times * f_squared(phase, hkl, "xray") if phase.has_sites else times


def _members(move: _Move, after: Phase, context: AuditContext) -> list[Member]:
    """Return the allowed lines into which a family goes in a phase, the strongest first.

    Raises
    ------
    InputError
        When no correspondence is known.
    """
    misfit = misfit_of(move.before, after, context)
    mapping = Mapping(first=move.before, second=after, matrix=misfit.correspondence.array)
    whole = [as_whole(row) for row in plane_misfit(mapping, move.hkl).family]
    hkls = [hkl for hkl in whole if hkl is not None and after.absence(hkl) is None]
    if not hkls:
        return []
    weights = _intensities(after, np.array(hkls))
    total = float(weights.sum()) or 1.0
    made = []
    for hkl, weight in zip(hkls, weights.tolist(), strict=True):
        change, su = change_of(move.before, move.hkl, after, hkl)
        made.append(
            Member(phase=after.id, hkl=hkl, change=change, change_su=su, share=weight / total)
        )
    return sorted(made, key=lambda member: -member.share)


def _finding(
    claim: Claim, move: _Move, members: list[Member], context: AuditContext
) -> AuditFinding:
    visible = [m for m in members if m.share >= _VISIBLE]
    named = _named(move)
    is_meant = named is None or any(m.hkl == named for m in members)
    visible = [m for m in members if m.hkl == named] or visible
    best = min(visible, key=lambda m: abs(move.off(m.change)))
    holds = move.is_line and is_meant and move.fits(best)
    verdict: Verdict = "consistent" if holds else "inconsistent"
    elsewhere = list(_in_other_phases(move, context))
    printed = _other_line(move, context)
    spread = math.hypot(move.sigma, best.change_su or 0.0)
    return AuditFinding(
        id=claim.id,
        claim=claim.text or f"the line moves from {move.one.printed} to {move.two.printed}",
        printed=f"{move.one.printed} to {move.two.printed}, Δd/d {signed(move.observed, 2)} %",
        computed=f"Δd/d {percent_text(best.change, best.change_su)}, {format_hkl(move.hkl)} of "
        f"{move.before.id} to {format_hkl(best.hkl)} of {best.phase}",
        deviation_percent=move.off(best.change),
        deviation_sigma=move.off(best.change) / spread,
        tolerance=f"±{move.tolerance(best):.2f} % ({TIMES:g} × {spread:.2f} % + rounding "
        f"{move.rounding:.2f} %): the errors of both lines and of the cells",
        verdict=verdict,
        explanation=" ".join(_words(move, members, elsewhere, printed)),
        phase=move.after.id,
        details=_details(move, members, elsewhere, printed),
    )


def _named(move: _Move) -> HKL | None:
    """Return the family that the second line is labelled with; None without an allowed one."""
    if not move.two.labels:
        return None
    printed = as_printed(move.two, move.two.labels[0], move.after)
    if printed is None or printed.absence is not None:
        return None
    rotations = move.after.space_group.laue_rotations
    return hkl_of(representatives([printed.hkl], rotations)[0][0])


def _in_other_phases(move: _Move, context: AuditContext) -> Iterator[Member]:
    """Yield the strongest line that a family becomes in each other phase of the card."""
    for phase in as_phases(None):
        if phase in (move.before, move.after):
            continue
        try:
            members = _members(move, phase, context)
        except InputError:
            # Of another host: no transition leads there.
            continue
        yield from members[:1]


def _other_line(move: _Move, context: AuditContext) -> tuple[Claim, float] | None:
    """Return another line of the second phase that the paper prints, and the change to it."""
    start = move.before.d(move.hkl)
    found = []
    for claim in context.claims:
        if claim.quantity != "powder_line" or claim.id == move.two.id or not claim.phases:
            continue
        if claim.group == move.two.group and claim.group is not None:
            continue
        # What cannot be used is told where it is judged.
        with suppress(ClaimError):
            if context.phases_of(claim) == (move.after,):
                change = 100.0 * (_seen(claim, context).d / start - 1.0)
                found.append((claim, change))
    near = [item for item in found if abs(item[1]) <= 100.0 * _NEARBY]
    return min(near, key=lambda item: abs(item[1]), default=None)


def _words(
    move: _Move,
    members: list[Member],
    elsewhere: list[Member],
    printed: tuple[Claim, float] | None,
) -> list[str]:
    told = [
        f"{m.text}{', which fits' if move.fits(m) else ''}"
        f"{'' if m.share >= _VISIBLE else f', but is weak ({100.0 * m.share:.0f} %)'}"
        for m in members
    ]
    line = ""
    if printed is not None:
        claim, change = printed
        at = f" at {claim.radiation} Å" if isinstance(claim.radiation, float) else ""
        line = f"; its line that the paper has at {claim.printed}{at} {signed(change, 2)} %"
    first = (
        f"d changes by {signed(move.observed, 2)} % from {move.one.printed}, {move.why}: in "
        f"{move.after.id} it would be {' or '.join(told)}{line}."
    )
    others = [f"{m.phase} {m.text}{', which fits' if move.fits(m) else ''}" for m in elsewhere]
    return [first, f"Other phases would give {'; '.join(others)}."] if others else [first]


def _details(
    move: _Move,
    members: list[Member],
    elsewhere: list[Member],
    printed: tuple[Claim, float] | None,
) -> dict[str, Any]:
    def rows(items: list[Member]) -> list[dict[str, Any]]:
        return [
            {
                "phase": m.phase,
                "hkl": m.hkl,
                "change": m.change,
                "change_su": m.change_su,
                "share": m.share,
                "fits": move.fits(m),
            }
            for m in items
        ]

    line = None if printed is None else {"claim": printed[0].id, "change": printed[1]}
    made: dict[str, Any] = plain(
        {
            "hkl": move.hkl,
            "line": move.why,
            "d": [each.d for each in move.seen],
            "observed_change": move.observed,
            "becomes": rows(members),
            "elsewhere": rows(elsewhere),
            "printed_line": line,
        }
    )
    return made
