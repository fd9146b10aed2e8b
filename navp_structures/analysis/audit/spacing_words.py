"""What was found of a labelled spacing, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from navp_structures.analysis.audit.labelled import Case, Outcome
from navp_structures.analysis.audit.nearest import Near
from navp_structures.analysis.audit.readings import Reading, zone_length
from navp_structures.analysis.indexing.label_result import LabelReading
from navp_structures.model.claim import Claim
from navp_structures.model.hkl import format_hkl, format_uvw
from navp_structures.show.numbers import signed

# Repairs that a sentence names.
_NAMED: Final = 3


def claim_words(claim: Claim) -> str:
    """Return what is claimed, in short words."""
    of = " and ".join(claim.phases)
    label = " and ".join(claim.labels)
    return f"{label} of {of} has {claim.printed}" if label else f"{of} has {claim.printed}"


def named_family(reading: Reading) -> str:
    """Return the plane of a reading."""
    return format_hkl(reading.hkl)


def assumed(reading: Reading) -> bool:
    """Whether an entry that is no measurement says itself that this plane went into it."""
    phase = reading.phase
    stated = f"{phase.reason or ''} {phase.caveat or ''}"
    return phase.kind in ("model", "computed") and format_hkl(reading.hkl) in stated


def model_sentence(reading: Reading) -> str:
    """Return that an entry is no measurement, and that a plane is very weak; may be empty."""
    phase = reading.phase
    parts = []
    if reading.is_weak:
        share = 100.0 * (reading.strength or 0.0)
        parts.append(f"{format_hkl(reading.hkl)} is very weak, |F|² {share:.2g} % of the strongest")
    if assumed(reading):
        parts.append(f"{phase.id} is a {phase.kind} that knew it, no independent test: {phase.caveat}")
    elif phase.kind in ("model", "computed"):
        article = "a " if phase.kind == "model" else ""
        caveat = f" ({phase.caveat})" if phase.caveat else ""
        parts.append(f"{phase.id} is {article}{phase.kind}, no measurement{caveat}")
    return f"{'; '.join(parts).rstrip('.')}." if parts else ""


def sentences(case: Case, outcome: Outcome, near: Mapping[str, list[Near]]) -> list[str]:
    """Return one or two sentences on how a labelled spacing is explained."""
    return [part for part in _WORDS[outcome.verdict](case, outcome, near) if part]


def _fit(case: Case, reading: Reading, *, scaled: bool = False) -> str:
    """Return ``d 1.8708 Å against 1.88 Å, +0.49 % and +0.9 sigma``."""
    off = reading.off(case.seen)
    told = (
        f"d {reading.d:.4f} Å against {case.seen.d:g} Å, {signed(off.percent, 2)} % and "
        f"{signed(off.sigmas, 1)} sigma"
    )
    fit = case.image.scale
    if not scaled or fit is None:
        return told
    left = reading.off(case.seen, fit.scale)
    shift, su = 100.0 * (fit.scale - 1.0), 100.0 * fit.scale_su
    return f"{told}; with the scale {signed(shift, 2, su)} % of its image {left.percent:+.2f} %"


def _consistent(case: Case, outcome: Outcome, near: Mapping[str, list[Near]]) -> list[str]:
    reading = outcome.reading
    assert reading is not None  # noqa: S101 - what agrees is a plane
    return [f"{format_hkl(reading.hkl)} is allowed and fits: {_fit(case, reading)}."]


def _common_scale(case: Case, outcome: Outcome, near: Mapping[str, list[Near]]) -> list[str]:
    reading, fit = outcome.reading, case.image.scale
    assert reading is not None and fit is not None  # noqa: S101 - so it was explained
    others = [
        f"{format_hkl(m.reading.hkl)} at {m.seen.d:g} Å {m.reading.off(m.seen).percent:+.2f} %"
        for m in case.image.members
        if m is not case.member and m.reading is not None
    ]
    shift, su = 100.0 * (fit.scale - 1.0), 100.0 * fit.scale_su
    left = reading.off(case.seen, fit.scale)
    return [
        f"{format_hkl(reading.hkl)} is allowed, {_fit(case, reading)}.",
        f"A common scale of {signed(shift, 2, su)} % explains it together with "
        f"{', '.join(others)}; {left.percent:+.2f} % is left.",
    ]


def _bar(case: Case, outcome: Outcome, near: Mapping[str, list[Near]]) -> list[str]:
    reading = outcome.reading
    assert reading is not None  # noqa: S101 - so it was explained
    first = f"As {format_hkl(reading.hkl)} ({reading.kind}) it fits: "
    first += f"{_fit(case, reading, scaled=outcome.scaled)}."
    return [_printed(case), first]


def _other_setting(case: Case, outcome: Outcome, near: Mapping[str, list[Near]]) -> list[str]:
    reading = outcome.reading
    assert reading is not None and reading.setting is not None  # noqa: S101
    rows = "; ".join(" ".join(map(str, row)) for row in reading.setting.matrix)
    return [
        _printed(case),
        f"In the {reading.kind} it is {format_hkl(reading.hkl)} here, "
        f"{_fit(case, reading, scaled=outcome.scaled)}; (hkl) times [{rows}], that is "
        f"{reading.setting} with a', b', c' the printed axes.",
    ]


def _other_entry(case: Case, outcome: Outcome, near: Mapping[str, list[Near]]) -> list[str]:
    reading = outcome.reading
    assert reading is not None  # noqa: S101 - so it was explained
    phase = reading.phase
    what = [str(phase.space_group), phase.kind or "", phase.temperature_text]
    return [
        _printed(case),
        f"It fits only in {phase.id} ({', '.join(w for w in what if w)}): "
        f"{_fit(case, reading)}.",
    ]


def _extinct(case: Case, outcome: Outcome, near: Mapping[str, list[Near]]) -> list[str]:
    rule = case.printed.absence if case.printed else None
    lit = ""
    if rule is not None and rule.kind != "centring":
        lit = "Double diffraction can show it in an image."
    return [_printed(case), _repairs(case, outcome) or lit]


def _inconsistent(case: Case, outcome: Outcome, near: Mapping[str, list[Near]]) -> list[str]:
    told = [
        f"{name} {format_hkl(rows[0].hkl)} {rows[0].d:.4f} Å"
        f"{'' if rows[0].fits else f' (off {rows[0].deviation_percent:+.1f} %)'}"
        for name, rows in near.items()
        if rows
    ]
    return [
        _printed(case),
        f"Nearest to it: {', '.join(told)}." if told else "",
        _repairs(case, outcome),
    ]


def _printed(case: Case) -> str:
    """Return what the label is as it is printed."""
    printed = case.printed
    if printed is None:
        return f"{case.member.label} names no plane of {case.phase.id} as printed."
    off = printed.off(case.seen)
    rule = printed.absence
    state = "is allowed" if rule is None else f"is extinct ({rule.reason})"
    would = "d" if rule is None else "its d would be"
    return (
        f"As printed, {format_hkl(printed.hkl)} of {case.phase.id} {state}; {would} "
        f"{printed.d:.4f} Å, {signed(off.percent, 2)} % off."
    )


def _repairs(case: Case, outcome: Outcome) -> str:
    if not outcome.repairs:
        return ""
    partner = case.image.partner(case.member)
    other = "" if partner is None or partner.reading is None else format_hkl(partner.reading.hkl)
    shown = [_repair(case, row, other) for row in outcome.repairs[:_NAMED]]
    return f"Likeliest misprint of {'; then '.join(shown)}."


def _repair(case: Case, row: LabelReading, other: str) -> str:
    told = f"{format_hkl(row.hkl)} ({row.kind}), d {row.d_calc:.4f} Å"
    if row.zone_axis is None or row.angle_calc is None:
        return told
    length = zone_length(case.phase, row.zone_axis)
    return (
        f"{told}, on zone {format_uvw(row.zone_axis)} with {other}, {length:.1f} Å long, at "
        f"{row.angle_calc:.1f}°"
    )


Words = Callable[[Case, Outcome, Mapping[str, list[Near]]], list[str]]

_WORDS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "consistent": _consistent,
        "common_scale": _common_scale,
        "bar": _bar,
        "other_setting": _other_setting,
        "other_entry": _other_entry,
        "extinct": _extinct,
        "inconsistent": _inconsistent,
    }
)
