"""What was found of a labelled spacing, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from navp_structures.analysis.audit.labelled import Case, Outcome
from navp_structures.analysis.audit.nearest import Near
from navp_structures.analysis.audit.readings import Reading, zone_length
from navp_structures.analysis.indexing.label_result import LabelReading
from navp_structures.analysis.indexing.scale import PhaseFit
from navp_structures.kernels.reflections import equivalents
from navp_structures.model.claim import Claim
from navp_structures.model.hkl import format_hkl, format_uvw, hkl_of
from navp_structures.show.numbers import rounded, signed

# Repairs that a sentence names.
_NAMED: Final = 3

# Percent of the strongest: less is the dust of floating-point numbers.
_NOTHING: Final = 1e-12


def claim_words(claim: Claim) -> str:
    """Return what is claimed, in short words."""
    of = " and ".join(claim.phases)
    label = " and ".join(claim.labels)
    have = "have" if len(claim.labels) > 1 else "has"
    return f"{label} of {of} {have} {claim.printed}" if label else f"{of} has {claim.printed}"


def assumed(reading: Reading) -> bool:
    """Whether an entry that is no measurement says itself that this plane went into it.

    It names one member of a family, and means them all.
    """
    phase = reading.phase
    if phase.kind not in ("model", "computed"):
        return False
    stated = f"{phase.reason or ''} {phase.caveat or ''}"
    family = equivalents(reading.hkl, phase.space_group.laue_rotations)
    return any(format_hkl(hkl_of(row)) in stated for row in family)


def provisos(readings: Iterable[Reading], *, seen: bool = True) -> str:
    """Return which planes are very weak, and that an entry is no measurement; may be empty.

    Parameters
    ----------
    seen
        Whether the planes are what was measured, so that their strength matters.
    """
    planes = list(readings)
    parts = [_weak(reading) for reading in planes if seen and reading.is_weak]
    phase = planes[0].phase
    if phase.kind in ("model", "computed"):
        article = "a " if phase.kind == "model" else ""
        test = ", and this is no independent test" if all(map(assumed, planes)) else ""
        caveat = f" ({phase.caveat})" if phase.caveat else ""
        parts.append(f"{phase.id} is {article}{phase.kind}, no measurement{test}{caveat}")
    return f"{'; '.join(parts)}." if parts else ""


def _weak(reading: Reading) -> str:
    share = 100.0 * (reading.strength or 0.0)
    if share < _NOTHING:
        return f"the atoms of {reading.phase.id} cancel in {format_hkl(reading.hkl)}, |F|² is 0"
    return f"{format_hkl(reading.hkl)} is very weak, |F|² {share:.2g} % of the strongest"


def spacing_text(reading: Reading) -> str:
    """Return the spacing of a plane with its su: ``2.544(7) Å``."""
    return f"{rounded(reading.d, reading.phase.d_su(reading.hkl))} Å"


def sentences(case: Case, outcome: Outcome, near: Mapping[str, list[Near]]) -> list[str]:
    """Return one or two sentences on how a labelled spacing is explained."""
    if outcome.verdict == "inconsistent":
        told = _inconsistent(case, outcome, near)
    else:
        told = _WORDS[outcome.verdict](case, outcome)
    return [part for part in told if part]


def _fit(case: Case, reading: Reading, *, scaled: bool = False) -> str:
    """Return ``d 1.87082(4) Å against 1.88 Å, +0.49 % and +1.0 sigma``."""
    off = reading.off(case.seen)
    told = (
        f"d {spacing_text(reading)} against {case.seen.d:g} Å, {signed(off.percent, 2)} % and "
        f"{signed(off.sigmas, 1)} sigma"
    )
    fit = case.image.scale
    if not scaled or fit is None:
        return told
    left = reading.off(case.seen, fit.scale)
    return f"{told}; with the scale {shift_text(fit)} of its image {signed(left.percent, 2)} %"


def shift_text(fit: PhaseFit) -> str:
    """Return by how much an image is off, with its su: ``+0.7(3) %``."""
    return f"{signed(100.0 * (fit.scale - 1.0), 2, 100.0 * fit.scale_su)} %"


def _consistent(case: Case, outcome: Outcome) -> list[str]:
    reading = outcome.plane
    return [f"{format_hkl(reading.hkl)} is allowed and fits: {_fit(case, reading)}."]


def _common_scale(case: Case, outcome: Outcome) -> list[str]:
    reading, fit = outcome.plane, case.image.scale
    assert fit is not None  # noqa: S101 - so it was explained
    others = [
        f"{format_hkl(m.reading.hkl)} at {m.seen.d:g} Å {m.reading.off(m.seen).percent:+.2f} %"
        for m in case.image.members
        if m is not case.member and m.reading is not None
    ]
    left = reading.off(case.seen, fit.scale)
    usual = 100.0 * case.image.scale_sigma(case.context)
    wide = f", more than the {usual:.3g} % that a calibration is usually off," * (
        case.image.is_wide
    )
    return [
        f"{format_hkl(reading.hkl)} is allowed, {_fit(case, reading)}.",
        f"A common scale of {shift_text(fit)}{wide} explains it together with "
        f"{', '.join(others)}; {signed(left.percent, 2)} % is left.",
    ]


def _bar(case: Case, outcome: Outcome) -> list[str]:
    reading = outcome.plane
    first = f"As {format_hkl(reading.hkl)} ({reading.kind}) it fits: "
    first += f"{_fit(case, reading, scaled=outcome.scaled)}."
    return [_printed(case), first]


def _other_setting(case: Case, outcome: Outcome) -> list[str]:
    reading = outcome.plane
    assert reading.setting is not None  # noqa: S101 - so it was explained
    rows = "; ".join(" ".join(map(str, row)) for row in reading.setting.matrix)
    return [
        _printed(case),
        f"In the {reading.kind} it is {format_hkl(reading.hkl)} here, "
        f"{_fit(case, reading, scaled=outcome.scaled)}; (hkl) times [{rows}], that is "
        f"{reading.setting} with a', b', c' the printed axes.",
    ]


def _other_entry(case: Case, outcome: Outcome) -> list[str]:
    reading = outcome.plane
    phase = reading.phase
    what = [str(phase.space_group), phase.kind or "", phase.temperature_text]
    return [
        _printed(case),
        f"It fits in {phase.id} instead ({', '.join(w for w in what if w)}): "
        f"{_fit(case, reading)}.",
    ]


def _extinct(case: Case, outcome: Outcome) -> list[str]:
    rule = case.printed.absence if case.printed else None
    lit = ""
    if rule is not None and rule.kind != "centring":
        lit = "Double diffraction can show it in an image."
    # A misprint explains nothing where the label itself has the spacing and may be seen.
    if lit and outcome.reading is not None and outcome.reading.off(case.seen).fits:
        return [_printed(case), lit]
    return [_printed(case), _repairs(case, outcome) or lit]


def _inconsistent(case: Case, outcome: Outcome, near: Mapping[str, list[Near]]) -> list[str]:
    told = [
        f"{name} {format_hkl(rows[0].hkl)} {rows[0].d:.4f} Å"
        f"{'' if rows[0].fits else f' (off {rows[0].deviation_percent:+.1f} %)'}"
        for name, rows in near.items()
        if rows
    ]
    nearest = f"The nearest allowed reflections are {', '.join(told)}." if told else ""
    return [_printed(case), _joined(nearest, _repairs(case, outcome))]


def _joined(first: str, second: str) -> str:
    """Return two sentences as one."""
    if not first or not second:
        return first or second
    return f"{first.removesuffix('.')}; {second[0].lower()}{second[1:]}"


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
    other = (
        "" if partner is None or partner.reading is None else format_hkl(partner.reading.hkl)
    )
    shown = [_repair(case, row, other) for row in outcome.repairs[:_NAMED]]
    fit = case.image.scale
    scaled = ""
    # Where another spacing of the image needs the scale, this one shares it.
    if fit and any(m.reading and not m.reading.off(m.seen).fits for m in case.image.members):
        scaled = f"; the image has a common scale of {shift_text(fit)}"
    return f"Likeliest misprint of {'; then '.join(shown)}{scaled}."


def _repair(case: Case, row: LabelReading, other: str) -> str:
    off = case.seen.off(case.phase, row.hkl)
    told = (
        f"{format_hkl(row.hkl)} ({row.kind}), d {row.d_calc:.4f} Å, {signed(off.percent, 2)} %"
    )
    if row.zone_axis is None or row.angle_calc is None:
        return told
    length = zone_length(case.phase, row.zone_axis)
    return (
        f"{told}, on zone {format_uvw(row.zone_axis)} with {other}, {length:.1f} Å long, at "
        f"{row.angle_calc:.1f}°"
    )


Words = Callable[[Case, Outcome], list[str]]

_WORDS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "consistent": _consistent,
        "common_scale": _common_scale,
        "bar": _bar,
        "other_setting": _other_setting,
        "other_entry": _other_entry,
        "extinct": _extinct,
    }
)
