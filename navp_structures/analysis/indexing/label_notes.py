"""What a printed label and its repairs are worth, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from navp_structures.errors import shown
from navp_structures.model.hkl import format_hkl, format_uvw

if TYPE_CHECKING:
    from navp_structures.analysis.indexing.label_result import LabelCheck, LabelReading

_EDITS = {1: "one edit", 2: "two edits"}


def notes_on_label(result: LabelCheck) -> tuple[str, ...]:
    """Return the sentences that belong under a check of a label."""
    return (*_printed(result), *_other(result), *_repairs(result))


def _printed(result: LabelCheck) -> list[str]:
    row = result.printed
    if row is None:
        return [f"{shown(result.label)} names no plane as it is printed"]
    state = "allowed"
    if not row.allowed:
        state = f"extinct by {row.absence}, {row.rule}, here {row.value}"
    sentence = f"as printed, {format_hkl(row.hkl)} of {row.phase} is {state}"
    if row.d_obs is not None:
        sentence += (
            f"; its d {row.d_calc:.4f} Å {'fits' if row.fits else 'does not fit'} "
            f"{row.d_obs:.4f} Å ({row.deviation_percent:+.2f} %, "
            f"{row.deviation_sigma:+.1f} sigma)"
        )
    if row.angle_deviation is not None:
        sentence += (
            f"; its angle with {format_hkl(result.other or ())} is {row.angle_calc:.2f}°, "
            f"{'which fits' if row.angle_fits else 'which does not fit'} "
            f"{result.inputs['angle']:g}°"
        )
    return [sentence]


def _other(result: LabelCheck) -> list[str]:
    if result.other is None:
        return []
    notes = []
    rule = result.of.absence(result.other)
    other = format_hkl(result.other)
    if rule is not None:
        notes.append(f"the other label {rule}; zone axes and angles with it tell little")
    row = result.printed
    if row is not None and row.zone_axis is None:
        notes.append(f"{other}: {format_hkl(row.hkl)} is parallel to it")
    elif row is not None:
        low = "" if row.has_low_zone else ", along which an image is unlikely"
        notes.append(f"{other}: {format_hkl(row.hkl)} is on zone {_zone(row)} with it{low}")
    return notes


def _repairs(result: LabelCheck) -> list[str]:
    if not result.tried:
        return []
    total = " and ".join(
        f"{count} label{'s' * (count != 1)} {_EDITS[edits]} away"
        for edits, count in result.tried.items()
        if count
    )
    if not total:
        return ["no repair was found: its digits have no other reading"]
    if not result.rows:
        zone = f", on a low zone with {format_hkl(result.other)}" if result.other else ""
        return [f"no repair was found: of {total}, none {_demands(result, 1)}{zone}"]
    best = result.rows[0]
    count = len(result.rows)
    verb = "was" if total.startswith("1 ") and " and " not in total else "were"
    notes = [
        f"{'likelier in such an image' if result.holds else 'most plausible'}: "
        f"{format_hkl(best.hkl)} ({best.kind})"
        + ("" if best.zone_axis is None else f", on zone {_zone(best)}"),
        f"{total} {verb} tried, {count} listed {_demands(result, count)}: a repair is a "
        "proposal that only the image can confirm",
    ]
    if result.inputs["d"] is None and result.inputs["angle"] is None:
        notes.append("without a spacing nothing tells these labels apart")
    return notes


def _demands(result: LabelCheck, count: int) -> str:
    """Return what a repair must be: ``is allowed and fits the spacing``."""
    is_, fits = ("is", "fits") if count == 1 else ("are", "fit")
    measured = {"d": "the spacing", "angle": "the angle"}
    given = [word for key, word in measured.items() if result.inputs[key] is not None]
    return f"{is_} allowed" + (f" and {fits} {' and '.join(given)}" if given else "")


def _zone(row: LabelReading) -> str:
    return "none" if row.zone_axis is None else format_uvw(row.zone_axis)
