"""Does a printed (hkl) hold, and if not, what may it have been?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from navp_structures.analysis.indexing.candidates import REACH, deviation, largest_f_squared
from navp_structures.analysis.indexing.label_edits import LabelEdit, label_edits, printed_hkl
from navp_structures.analysis.indexing.label_result import LabelCheck, LabelReading
from navp_structures.analysis.indexing.pairs import read_angles
from navp_structures.analysis.indexing.units import (
    DEFAULT_SIGMA,
    LARGEST_SIGMA,
    Spacing,
    check_sigma,
    spacings,
)
from navp_structures.analysis.structure_factors import f_squared
from navp_structures.catalogue.catalogue import PhaseLike, as_phase
from navp_structures.errors import InputError, shown
from navp_structures.kernels.lattice import zone_axes
from navp_structures.model.absence import is_absent
from navp_structures.model.hkl import HKL, as_hkl, format_hkl, hkl_of
from navp_structures.model.phase import Phase
from navp_structures.model.radiation import check_probe

MOST_REPAIRS: Final = 12
"""Of labels two edits away so many fit by chance that a longer list tells nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What a label is measured against; spacing, other and angle are None where not given."""

    phase: Phase
    spacing: Spacing | None
    other: HKL | None
    angle: float | None
    angle_sigma: float
    probe: str


def check_label(
    phase: PhaseLike,
    label: str | Sequence[int],
    d: float | None = None,
    *,
    sigma: float | None = None,
    other: str | Sequence[int] | None = None,
    angle: float | None = None,
    angle_sigma: float = 1.0,
    probe: str = "electron",
) -> LabelCheck:
    """Return whether a printed (hkl) holds in a phase, and repairs where it does not.

    A repair is a proposal: a label that could have been misprinted like this, is allowed and
    fits. Only the image or the author can confirm it. Fewer edits come first, then the better
    fit; with another label of the same image, repairs that share a zone axis of low indices
    (at most 2) with it come before all others. The other label is taken as printed.

    Parameters
    ----------
    phase
        A Phase, a name, or the path of a CIF.
    label
        As printed: ``(1 -3 5)``, ``1-35``, ``1120``, or three or four whole numbers.
    d
        Measured spacing (Å); without it only the absence is judged.
    sigma
        One standard deviation of d, relative; 0.01 when None. The reach is 3 sigma, with the
        su of the cell added.
    other
        Another label of the same image.
    angle
        Measured between the two sets of planes (degrees), 0 to 180.
    angle_sigma
        One standard deviation of the angle (degrees).
    probe
        Whose |F|² is given: ``electron``, ``xray`` or ``neutron``.

    Raises
    ------
    InputError
        When a label names no plane in any reading, a number is not usable, or an angle is
        given without the other label.

    Examples
    --------
    >>> found = check_label("Na3VP", "1 -3 5", 1.895, other="4 -2 6")
    >>> found.holds, found.printed.absence
    (False, 'centring')
    >>> best = found.rows[0]
    >>> best.hkl, best.kind, round(best.deviation_percent, 2), best.zone_axis
    ((1, -4, 5), 'one digit', 0.29, (1, -1, -1))
    """
    found = as_phase(phase)
    spread = DEFAULT_SIGMA if sigma is None else sigma
    check_sigma(spread, "sigma", LARGEST_SIGMA, "relative")
    check_sigma(angle_sigma, "angle_sigma", 30.0, "degrees")
    if angle is not None and other is None:
        raise InputError("an angle lies between two labels; give the other one too")
    question = _Question(
        phase=found,
        spacing=None if d is None else _one_spacing(d, spread),
        other=None if other is None else as_hkl(other),
        angle=read_angles(angle, 2).get((0, 1)),
        angle_sigma=float(angle_sigma),
        probe=check_probe(probe),
    )
    hkl = printed_hkl(label)
    printed = None
    if hkl is not None:
        printed = _reading(question, LabelEdit(hkl=hkl, kind="as printed", edits=0))
    rows, tried = _repairs(question, label, printed)
    asked = {
        "phase": found.id,
        "label": label if isinstance(label, str) else list(label),
        "d": None if question.spacing is None else question.spacing.d,
        "sigma": float(spread),
        "other": question.other,
        "angle": question.angle,
        "angle_sigma": question.angle_sigma,
        "probe": question.probe,
        "reach": REACH,
    }
    return LabelCheck(
        asked=asked,
        of=found,
        label=label if isinstance(label, str) else format_hkl(label),
        other=question.other,
        printed=printed,
        rows=tuple(_with_strength(question, row) for row in rows),
        tried=tried,
    )


def _one_spacing(d: Any, sigma: float) -> Spacing:
    given = spacings(d, sigma=sigma)
    if len(given) != 1:
        raise InputError(f"d is {shown(d)}; a label has one spacing (Å)")
    return given[0]


def _repairs(
    question: _Question, label: str | Sequence[int], printed: LabelReading | None
) -> tuple[list[LabelReading], dict[int, int]]:
    """Return the repairs in their order, and how many labels were tried."""
    tried: dict[int, int] = {}
    holds = printed is not None and printed.holds
    # Parallel planes are orders of one fringe, on any zone axis.
    if printed is not None and holds and (printed.zone_axis is None or printed.has_low_zone):
        return [], tried
    for edits in (1, 2):
        # Without a spacing nothing tells the many labels apart that two edits make.
        if edits == 2 and question.spacing is None:
            break
        near = label_edits(label, question.phase.space_group, edits=edits)
        tried[edits] = len(near)
        readings = (_reading(question, edit) for edit in _allowed(question, near))
        rows = [row for row in readings if row.holds]
        # A label that holds, or is twice misprinted, is doubted for a likely zone only.
        if question.other is not None and (holds or edits == 2):
            rows = [row for row in rows if row.has_low_zone]
        if rows:
            return sorted(rows, key=_implausibility)[:MOST_REPAIRS], tried
    return [], tried


def _allowed(question: _Question, edits: Sequence[LabelEdit]) -> list[LabelEdit]:
    """Return the edits that are not extinct: hundreds are told in one go."""
    if not edits:
        return []
    absent = is_absent(np.array([edit.hkl for edit in edits]), question.phase.space_group)
    return [edit for edit, out in zip(edits, absent, strict=True) if not out]


def _implausibility(row: LabelReading) -> tuple[bool, int, float, int, int, HKL]:
    zone = max(map(abs, row.zone_axis)) if row.zone_axis is not None else 0
    # Equivalent planes fit alike but for rounding; then what has two explanations is first.
    fit = round(abs(row.deviation_sigma or 0.0), 6)
    ways = row.kind.count(" or ")
    return (not row.has_low_zone, row.edits, fit, zone, -ways, row.hkl)


def _reading(question: _Question, edit: LabelEdit) -> LabelReading:
    phase, spacing = question.phase, question.spacing
    hkl, calculated, off = _nearer_mate(question, edit)
    rule = phase.absence(hkl)
    relative, spread = (None, 1.0) if spacing is None else deviation(phase, hkl, spacing)
    axis = None if question.other is None else zone_axes(question.other, hkl)
    return LabelReading(
        phase=phase.id,
        hkl=hkl,
        kind=edit.kind,
        edits=edit.edits,
        d_obs=None if spacing is None else spacing.d,
        d_calc=phase.d(hkl),
        deviation_percent=None if relative is None else 100.0 * relative,
        deviation_sigma=None if relative is None else relative / spread,
        f_squared=None,
        f_squared_relative=None,
        zone_axis=hkl_of(axis) if axis is not None and axis.any() else None,
        angle_calc=calculated,
        angle_deviation=off,
        allowed=rule is None,
        fits=None if relative is None else abs(relative) <= REACH * spread,
        angle_fits=None if off is None else abs(off) <= REACH * question.angle_sigma,
        absence=rule.kind if rule else None,
        rule=rule.rule if rule else None,
        value=rule.value if rule else None,
    )


def _nearer_mate(
    question: _Question, edit: LabelEdit
) -> tuple[HKL, float | None, float | None]:
    """Return the member of a plane that has the angle, that angle, and how far it is off."""
    if question.other is None:
        return edit.hkl, None, None
    calculated = question.phase.angle(question.other, edit.hkl)
    if question.angle is None:
        return edit.hkl, calculated, None
    off, mates = question.angle - calculated, question.angle - (180.0 - calculated)
    if abs(off) <= abs(mates):
        return edit.hkl, calculated, off
    if not edit.edits:
        # A printed label stays as it is printed.
        return edit.hkl, calculated, mates
    return hkl_of([-index for index in edit.hkl]), 180.0 - calculated, mates


def _with_strength(question: _Question, row: LabelReading) -> LabelReading:
    if not question.phase.has_sites:
        return row
    square = float(f_squared(question.phase, np.array([row.hkl]), question.probe)[0])
    greatest = largest_f_squared(question.phase, question.probe)
    # A phase whose sites are all empty scatters nothing.
    relative = square / greatest if greatest > 0 else 0.0
    return replace(row, f_squared=square, f_squared_relative=relative)
