"""A labelled spacing: as printed, with a common scale, a bar, another setting or entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from navp_structures.analysis.audit.allowance import Observed, Off
from navp_structures.analysis.audit.context import AuditContext
from navp_structures.analysis.audit.finding import Verdict
from navp_structures.analysis.audit.image import Image, Member, repairs
from navp_structures.analysis.audit.readings import (
    AS_PRINTED,
    Reading,
    bar_kind,
    bar_readings,
    setting_readings,
)
from navp_structures.analysis.indexing.label_edits import LabelEdit
from navp_structures.analysis.indexing.label_result import LabelReading
from navp_structures.analysis.indexing.other_settings import OtherSetting, other_settings
from navp_structures.model.phase import Phase


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """A labelled spacing that is judged, with its image."""

    member: Member
    image: Image
    context: AuditContext

    @property
    def phase(self) -> Phase:
        """The phase that the claim names."""
        return self.image.phase

    @property
    def seen(self) -> Observed:
        """The spacing."""
        return self.member.seen

    @property
    def printed(self) -> Reading | None:
        """The plane as printed."""
        return self.member.printed

    @property
    def scale(self) -> float | None:
        """Of the image, where this spacing helped to find it."""
        fit = self.image.scale
        return fit.scale if fit and self.member.reading is not None else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """How a labelled spacing is explained.

    Parameters
    ----------
    reading
        The plane that the numbers are of; None where the label names none and none fits.
    scaled
        Whether it fits with the scale of the image only.
    repairs
        Ranked, of an extinct or inconsistent label.
    """

    verdict: Verdict
    reading: Reading | None
    scaled: bool = False
    repairs: tuple[LabelReading, ...] = ()

    @property
    def plane(self) -> Reading:
        """The reading, of an outcome that has one."""
        assert self.reading is not None  # noqa: S101 - what agrees is a plane
        return self.reading


def explain(case: Case) -> Outcome:
    """Return the first explanation of a labelled spacing that holds."""
    tries = _of_forbidden(case) if case.member.is_forbidden else _of_allowed(case)
    return next(tries)


def _of_allowed(case: Case) -> Iterator[Outcome]:
    """Yield explanations of a label that symmetry allows, the best first."""
    printed = case.printed
    assert printed is not None  # noqa: S101 - an allowed label names a plane
    if printed.off(case.seen).fits:
        yield Outcome(verdict="consistent", reading=printed)
    if case.scale and printed.off(case.seen, case.scale).fits:
        yield Outcome(verdict="common_scale", reading=printed, scaled=True)
    yield from _fitting(case, "bar", bar_readings(case.member.label, case.phase))
    yield from _in_other_settings(case, printed)
    yield from _in_other_entries(case, printed)
    yield Outcome(verdict="inconsistent", reading=printed, repairs=_listed(case))


def _of_forbidden(case: Case) -> Iterator[Outcome]:
    """Yield explanations of a label that is extinct, or names no plane, the best first."""
    printed = case.printed
    if printed is not None and printed.off(case.seen).fits:
        yield from _in_other_settings(case, printed)
    found = _ranked(case)
    if printed is None or not _is_lit_by_double_diffraction(case, printed):
        yield from _misprinted_bar(case, found)
    if printed is None:
        yield Outcome(verdict="inconsistent", reading=None, repairs=_listed(case))
        return
    yield from _in_other_settings(case, printed)
    yield from _in_other_entries(case, printed)
    yield Outcome(verdict="extinct", reading=printed, repairs=_listed(case))


def _misprinted_bar(case: Case, found: tuple[LabelReading, ...]) -> Iterator[Outcome]:
    """Yield the likeliest repair where it is a bar."""
    for best in found[:1]:
        edit = LabelEdit(hkl=best.hkl, kind=best.kind, edits=best.edits)
        kind = bar_kind(case.member.label, edit)
        if kind is not None:
            reading = Reading(phase=case.phase, hkl=best.hkl, kind=kind)
            scaled = not reading.off(case.seen).fits
            yield Outcome(verdict="bar", reading=reading, scaled=scaled, repairs=found)


def _fitting(case: Case, verdict: Verdict, readings: Iterable[Reading]) -> Iterator[Outcome]:
    """Yield the nearest of some planes that fit, then of those that fit with the scale."""
    tried = sorted(readings, key=lambda r: abs(r.off(case.seen).relative))
    preferred = case.member.reading
    for scale in (1.0, case.scale):
        if scale is None:
            continue
        fitting = [r for r in tried if r.off(case.seen, scale).fits]
        # What the other planes of the image chose comes before an equally good one.
        fitting.sort(key=lambda r: preferred is not None and r.hkl != preferred.hkl)
        if fitting:
            yield Outcome(verdict=verdict, reading=fitting[0], scaled=scale != 1.0)


def _in_other_settings(case: Case, printed: Reading) -> Iterator[Outcome]:
    """Yield other settings that fit, and that no other label of the image contradicts."""
    # An image has one setting: that in which most of its labels hold, and hold best.
    settings = other_settings(case.phase.space_group)
    best = max((_held(case, setting) for setting in settings), default=None)
    readings = [
        reading
        for reading in setting_readings(printed)
        if reading.setting
        and _agrees(case, reading.setting)
        and _held(case, reading.setting) == best
    ]
    yield from _fitting(case, "other_setting", readings)


def _held(case: Case, setting: OtherSetting) -> tuple[int, float]:
    """Return how many labels of the image hold in another setting, and minus their misfit."""
    key = ("held", case.image, setting, case.scale)
    return case.context.once(key, lambda: _held_of(case, setting))


def _held_of(case: Case, setting: OtherSetting) -> tuple[int, float]:
    left = []
    for member in case.image.members:
        if member.printed is not None and _holds(case, member, member.printed, setting):
            hkl = setting.read(member.printed.hkl)
            off = [member.seen.off(case.phase, hkl, x).sigmas for x in (1.0, case.scale or 1.0)]
            left.append(min(map(abs, off)) ** 2)
    return len(left), -round(sum(left), 6)


def _holds(case: Case, member: Member, printed: Reading, setting: OtherSetting) -> bool:
    there = Reading(phase=case.phase, hkl=setting.read(printed.hkl), kind=setting.kind)
    fits = any(there.off(member.seen, scale).fits for scale in (1.0, case.scale or 1.0))
    return there.absence is None and fits


def _agrees(case: Case, setting: OtherSetting) -> bool:
    """Whether the labels of the image that hold as printed hold in another setting too."""
    for member in case.image.members:
        printed = member.printed
        if member is case.member or printed is None or member.reading is not printed:
            continue
        if not _holds(case, member, printed, setting):
            return False
    return True


def _is_lit_by_double_diffraction(case: Case, printed: Reading) -> bool:
    """Whether a label fits that a glide plane or a screw axis forbids."""
    rule = printed.absence
    return rule is not None and rule.kind != "centring" and printed.off(case.seen).fits


def _ranked(case: Case) -> tuple[LabelReading, ...]:
    """Return the repairs that fit, else those that fit with the scale of the image."""
    found = repairs(case.member, case.image, case.context)
    fitting = tuple(row for row in found if _off(case, row).fits)
    if not fitting and case.scale:
        found = repairs(case.member, case.image, case.context, scale=case.scale)
        fitting = tuple(row for row in found if _off(case, row, case.scale).fits)
    return fitting


def _listed(case: Case) -> tuple[LabelReading, ...]:
    """Return the repairs, where none fits those that a scale not known would bring near."""
    wide = case.image.scale_sigma(case.context)
    return _ranked(case) or repairs(case.member, case.image, case.context, wide=wide)


def _off(case: Case, row: LabelReading, scale: float = 1.0) -> Off:
    return case.seen.off(case.phase, row.hkl, scale)


def _in_other_entries(case: Case, printed: Reading) -> Iterator[Outcome]:
    """Yield other entries of the composition in which the label holds as printed.

    Those of the same space group come first: there the label has the same meaning.
    """
    others = sorted(
        case.context.others(case.phase),
        key=lambda p: p.space_group != case.phase.space_group,
    )
    for entry in others:
        reading = Reading(phase=entry, hkl=printed.hkl, kind=AS_PRINTED)
        if reading.absence is None and reading.off(case.seen).fits:
            yield Outcome(verdict="other_entry", reading=reading)
