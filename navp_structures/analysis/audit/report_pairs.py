"""Two printed planes of an image as a sketch of reciprocal space."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from navp_structures.analysis.indexing.label_repair import check_label
from navp_structures.analysis.planes import Planes, describe_planes
from navp_structures.errors import InputError, NavpError
from navp_structures.kernels.lattice import d_spacings, interplanar_angles
from navp_structures.model.absence import is_absent
from navp_structures.model.claim import Claim
from navp_structures.model.hkl import HKL, as_hkl, format_hkl, format_uvw
from navp_structures.model.phase import Phase
from navp_structures.show.audit_pair import PairVectors, PrintedPair, Vector

if TYPE_CHECKING:
    from navp_structures.analysis.audit.audit import Audit

_FITS: Final = 3.0
"""Percent of a spacing within which a label needs no other reading."""

_REACH: Final = 1.15
"""Radius of the net over the longer vector."""

_LARGEST: Final = 24
"""Index up to which reflections of the net are looked for."""


def pair_figures(audit: Audit, claims: Sequence[Claim]) -> Iterator[PrintedPair]:
    """Yield a sketch of the first two labelled spacings of an image."""
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        # A substance without a structure has no vectors.
        is_drawn = claim.phases and len(claim.labels) == 1
        if claim.quantity == "spacing" and claim.group and is_drawn:
            found.setdefault(claim.group, []).append(claim)
    for group, spacings in found.items():
        if len(spacings) > 1 and len({c.phases for c in spacings[:2]}) == 1:
            try:
                yield _figure(audit, group, spacings[0], spacings[1], claims)
            except (NavpError, KeyError):
                # A label that is none, parallel planes: the findings say so.
                continue


def _figure(
    audit: Audit, group: str, first: Claim, second: Claim, claims: Sequence[Claim]
) -> PrintedPair:
    phase = audit.named[first.phases[0]]
    pair = first, second
    printed = as_hkl(first.labels[0]), as_hkl(second.labels[0])
    planes = describe_planes(phase, printed)
    meant = _meant(audit, phase, pair, printed)
    angle = _printed_angle(claims, phase.id, printed, audit)
    drawn = [_printed(pair, angle, planes), _computed(planes, "computed", _AS_PRINTED)]
    if meant is not None:
        # Where printed vectors end their labels stand; those that are meant as printed too.
        one, two = (
            "" if new == old else format_hkl(new)
            for new, old in zip(meant, printed, strict=True)
        )
        drawn.append(_computed(describe_planes(phase, meant), "meant", _MEANT, (one, two)))
    reach = _REACH * max(math.hypot(*end) for vectors in drawn for end in vectors.ends)
    return PrintedPair(
        title=f"Reciprocal sketch of {group}",
        caption=f"{phase.title}: vectors of length 1/d at their angle, the first to the right."
        " Dots: reflections of the zone axis "
        f"{format_uvw(phase.zone_axis(*(meant or printed)))}, extinct ones hollow.",
        vectors=tuple(drawn),
        net=tuple(_net(phase, meant or printed, reach)),
    )


_AS_PRINTED: Final = "Computed, labels as printed"
_MEANT: Final = "Computed, labels as perhaps meant"


def _printed_angle(
    claims: Sequence[Claim], phase: str, printed: tuple[HKL, HKL], audit: Audit
) -> float | None:
    """Return the printed angle between two planes; None where there is none."""
    for claim in claims:
        of = audit.named.get(claim.phases[0]) if claim.phases else None
        if claim.quantity == "angle" and of is not None and of.id == phase:
            labels = {as_hkl(label) for label in claim.labels}
            if labels == set(printed):
                return claim.value
    return None


def _printed(pair: tuple[Claim, Claim], angle: float | None, planes: Planes) -> PairVectors:
    labels = [claim.labels[0] for claim in pair]
    told = [f"{label}  d {claim.printed}" for label, claim in zip(labels, pair, strict=True)]
    drawn = planes.pairs[0].angle if angle is None else angle
    lengths = [1.0 / (claim.value or math.inf) for claim in pair]
    said = f"angle {angle:g}°" if angle is not None else "no angle; drawn at that of the labels"
    return PairVectors(
        role="printed",
        ends=_ends(lengths, drawn),
        labels=(labels[0], labels[1]),
        lines=("Printed", *told, said),
    )


def _computed(
    planes: Planes, role: str, heading: str, labels: tuple[str, str] = ("", "")
) -> PairVectors:
    """Return the vectors of two planes of the phase; labels are written at their ends.

    Raises
    ------
    InputError
        When they are parallel.
    """
    (pair,) = planes.pairs
    if pair.zone_axis is None:
        raise InputError("parallel planes share no zone axis")
    told = [
        f"{format_hkl(row.hkl)}  d {row.d:.4f} Å"
        + ("" if row.allowed else f", extinct by {row.absence}")
        for row in planes.rows
    ]
    axis = format_uvw(pair.zone_axis)
    return PairVectors(
        role=role,
        ends=_ends([1.0 / row.d for row in planes.rows], pair.angle),
        labels=labels,
        lines=(heading, *told, f"angle {pair.angle:.2f}°, zone axis {axis}"),
    )


def _ends(lengths: Sequence[float], angle: float) -> tuple[Vector, Vector]:
    turn = math.radians(angle)
    second = lengths[1] * math.cos(turn), lengths[1] * math.sin(turn)
    return (lengths[0], 0.0), second


def _meant(
    audit: Audit, phase: Phase, pair: tuple[Claim, Claim], printed: tuple[HKL, HKL]
) -> tuple[HKL, HKL] | None:
    """Return the planes that may have been meant; None where they are the printed ones."""
    rows = [audit[claim.id] for claim in pair]
    found = [
        (row.phase == phase.id and _told(row.details)) or hkl
        for row, hkl in zip(rows, printed, strict=True)
    ]
    unfit = [
        n for n in (0, 1) if found[n] == printed[n] and _misses(phase, pair[n], printed[n])
    ]
    if len(unfit) == 1 and pair[unfit[0]].value is not None:
        n = unfit[0]
        claim = pair[n]
        check = check_label(phase, claim.labels[0], claim.value, other=found[1 - n])
        if check.rows:
            found[n] = check.rows[0].hkl
    meant = found[0], found[1]
    return meant if meant != printed else None


def _told(details: Mapping[str, object]) -> HKL | None:
    """Return the plane that a finding has for a label, where it tells one."""
    value = details.get("reading")
    try:
        return None if value is None else as_hkl(value)  # type: ignore[arg-type]
    except InputError:
        return None


def _misses(phase: Phase, claim: Claim, hkl: HKL) -> bool:
    off = 100.0 * abs((claim.value or math.inf) / phase.d(hkl) - 1.0)
    return off > _FITS or phase.absence(hkl) is not None


def _net(phase: Phase, pair: tuple[HKL, HKL], reach: float) -> Iterator[tuple[Vector, bool]]:
    """Yield the reflections of the zone of two planes, the first to the right."""
    axis = phase.zone_axis(*pair)
    indices = np.arange(-_LARGEST, _LARGEST + 1)
    every = np.array(np.meshgrid(indices, indices, indices)).reshape(3, -1).T
    zone = every[(every @ np.array(axis) == 0) & every.any(axis=1)]
    reciprocal = phase.cell.reciprocal_metric_tensor
    lengths = 1.0 / d_spacings(zone, reciprocal)
    near = lengths <= reach
    zone, lengths = zone[near], lengths[near]
    turns = np.radians(interplanar_angles(np.array(pair[0]), zone, reciprocal))
    # On which side of the first vector: the sign of the axis that the two have.
    sides = np.sign(np.cross(np.array(pair[0]), zone) @ np.array(axis))
    x = lengths * np.cos(turns)
    y = np.where(sides < 0, -1.0, 1.0) * lengths * np.sin(turns)
    shown = y >= -_BELOW * reach
    absent = is_absent(zone, phase.space_group)
    for at_x, at_y, is_out in zip(x[shown], y[shown], absent[shown], strict=True):
        yield (float(at_x), float(at_y)), not is_out


_BELOW: Final = 0.25
"""How far the net reaches below the first vector, of its radius."""
