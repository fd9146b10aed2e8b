"""Powder patterns of phases with the lines that claims print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from navp_structures.analysis.powder.pattern import powder_pattern
from navp_structures.analysis.reflections import families
from navp_structures.catalogue.radiations import radiation as find_radiation
from navp_structures.errors import InputError, NavpError
from navp_structures.kernels.lattice import bragg_spacings, two_theta
from navp_structures.model.claim import Claim
from navp_structures.model.hkl import HKL, as_hkl, format_hkl, hkl_of
from navp_structures.model.phase import Phase
from navp_structures.model.radiation import Radiation
from navp_structures.show.audit_lines import PrintedLines
from navp_structures.show.audit_style import MARKS

if TYPE_CHECKING:
    from navp_structures.analysis.audit.audit import Audit

_ROOM: Final = 4.0
"""Degrees beside the first and the last printed line."""

_WEAKEST: Final = 1.0
"""Intensity, of 100, of lines that are named beside the nearest of all."""

_MOST: Final = 40
"""Printed lines in one drawing; more are a pattern of their own."""

_Line = tuple[float, float, HKL]


def line_figures(audit: Audit, claims: Sequence[Claim]) -> Iterator[PrintedLines]:
    """Yield the pattern of each phase and radiation of which lines are printed."""
    drawn: dict[tuple[str, str | float], list[Claim]] = {}
    for claim in claims:
        if claim.quantity in ("powder_line", "conversion") and claim.phases:
            key = claim.phases[0], claim.radiation or ""
            drawn.setdefault(key, []).append(claim)
    for (name, wanted), printed in drawn.items():
        try:
            used = find_radiation(wanted)
            yield _figure(audit, audit.named[name], used, printed[:_MOST])
        except (NavpError, KeyError):
            # The findings say what is wrong; there is nothing to draw.
            continue


def _figure(
    audit: Audit, phase: Phase, radiation: Radiation, claims: Sequence[Claim]
) -> PrintedLines:
    angles = [claim.value for claim in claims if claim.value is not None]
    limits = max(0.5, min(angles) - _ROOM), min(179.0, max(angles) + _ROOM)
    lines = _lines(phase, radiation, limits)
    return PrintedLines(
        title=f"Powder pattern of {phase.id} with printed lines",
        caption=f"Lines of {phase.title}, {radiation.text}: computed positions "
        + ("and intensities" if phase.has_sites else "(its atoms are not known)")
        + "; dashed: as printed.",
        two_theta=limits,
        sticks=tuple((x, height) for x, height, _ in lines),
        named=tuple(_named(phase, radiation, claims, lines)),
        printed=tuple(
            (c.value, f"{MARKS[verdict][1]} {c.printed}", MARKS[verdict][0])
            for c in claims
            if c.value is not None and (verdict := audit[c.id].verdict)
        ),
    )


def _lines(phase: Phase, radiation: Radiation, limits: tuple[float, float]) -> list[_Line]:
    """Return angle, intensity and hkl of the lines; without sites all are alike."""
    if phase.has_sites:
        pattern = powder_pattern(phase, radiation=radiation, two_theta=limits)
        return [(row.two_theta, row.intensity, row.hkl) for row in pattern.rows]
    length = radiation.wavelength
    smallest = float(bragg_spacings(limits[1], length))
    found = families(phase, smallest, "xray")
    angles = two_theta(found.d, length).tolist()
    return [
        (angle, 50.0, hkl_of(hkl))
        for angle, hkl, absent in zip(angles, found.hkl, found.absent, strict=True)
        if not absent and limits[0] <= angle <= limits[1]
    ]


def _named(
    phase: Phase, radiation: Radiation, claims: Sequence[Claim], lines: Sequence[_Line]
) -> Iterator[tuple[float, str]]:
    """Yield the nearest lines to the printed ones, weak or not, and those of their (hkl)."""
    told: dict[HKL, float] = {}
    strong = [line for line in lines if line[1] >= _WEAKEST]
    for claim in claims:
        for label in claim.labels:
            try:
                hkl = as_hkl(label)
                told[hkl] = phase.two_theta(hkl, radiation)
            except InputError:
                continue
        for some in (lines, strong):
            if some and claim.value is not None and not claim.labels:
                value = claim.value
                angle, _, hkl = min(some, key=lambda line: abs(line[0] - value))
                told[hkl] = angle
    for hkl, angle in told.items():
        yield angle, f"{format_hkl(hkl)} {angle:.2f}°"
