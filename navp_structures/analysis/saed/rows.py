"""The spots of a pattern one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from navp_structures.analysis.saed.settings import SaedSettings
from navp_structures.analysis.saed.spots import DOUBLE_DIFFRACTION, REASONS, Spots
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.model.hkl import HKL, hkil, hkl_of
from navp_structures.model.phase import Phase

HKIL = tuple[int, int, int, int]
Route = tuple[HKL, HKL]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaedSpot:
    """One spot; positions on a detector are None where the camera is not known.

    Parameters
    ----------
    x, y, g
        Across the beam and in all (Å⁻¹); g is 1/d.
    excitation_error
        Along the beam (Å⁻¹), positive inside the Ewald sphere; with precession that of the
        beam along the axis of the cone.
    intensity
        Kinematic, the strongest spot of the phase is 100.
    reason
        ``allowed``; ``superlattice``: a simpler lattice would not have it;
        ``double_diffraction``: extinct by a glide plane, a screw axis or the positions of the
        atoms, reached by two reflections that add up to it; ``holz``: of a higher Laue zone.
    hkil
        Four indices in hexagonal axes.
    azimuth
        Degrees anticlockwise from x.
    rule, route
        Of a spot of double diffraction: why it is extinct, and two reflections that reach it.
    column, row
        Pixels, rows counted downwards.
    """

    phase: str
    hkl: HKL
    x: float
    y: float
    d: float
    excitation_error: float
    f_squared: float
    intensity: float
    reason: str
    hkil: HKIL | None
    layer: int
    g: float
    azimuth: float
    superlattice: bool
    rule: str | None
    route: Route | None
    x_mm: float | None
    y_mm: float | None
    column: float | None
    row: float | None


def spot_rows(phase: Phase, spots: Spots, settings: SaedSettings) -> tuple[SaedSpot, ...]:
    """Return one row for each spot of a phase."""
    x, y = spots.g[:, 0], spots.g[:, 1]
    hkl = list(map(hkl_of, spots.hkl))
    four = phase.space_group.has_hexagonal_axes
    columns = {
        "hkl": hkl,
        "x": x.tolist(),
        "y": y.tolist(),
        "d": spots.d.tolist(),
        "excitation_error": spots.excitation_error.tolist(),
        "f_squared": spots.f_squared.tolist(),
        "intensity": spots.intensity.tolist(),
        "reason": [REASONS[n] for n in spots.reason],
        "hkil": [hkil(h) if four else None for h in hkl],
        "layer": spots.layer.tolist(),
        "g": (1.0 / spots.d).tolist(),
        "azimuth": np.degrees(np.arctan2(y, x)).tolist(),
        "superlattice": spots.superlattice.tolist(),
        **routes_and_rules(phase, spots.hkl, spots.reason, spots.route),
        **_on_detector(x, y, settings),
    }
    return tuple(
        SaedSpot(phase=phase.id, **dict(zip(columns, values, strict=True)))
        for values in zip(*columns.values(), strict=True)
    )


def routes_and_rules(
    phase: Phase, hkl: Ints, reason: Ints, first: Ints
) -> dict[str, list[Any]]:
    """Return `rule` and `route` of reflections, None for those that are not extinct.

    Parameters
    ----------
    hkl, first
        Reflections and the first halves of their routes, shape ``(n, 3)``.
    reason
        Places in `REASONS`, shape ``(n,)``.
    """
    rules: list[str | None] = [None] * len(hkl)
    routes: list[Route | None] = [None] * len(hkl)
    for n in np.flatnonzero(reason == DOUBLE_DIFFRACTION).tolist():
        routes[n] = hkl_of(first[n]), hkl_of(hkl[n] - first[n])
        rules[n] = rule_of(phase, hkl_of(hkl[n]))
    return {"rule": rules, "route": routes}


def rule_of(phase: Phase, hkl: HKL) -> str:
    """Return why a reflection without intensity has none."""
    absence = phase.absence(hkl)
    if absence is None:
        return "positions, the atoms cancel"
    return f"{absence.kind}, {absence.rule}"


def told_reason(reason: str) -> str:
    """Return a reason as a table shows it."""
    return "double diff." if reason == REASONS[DOUBLE_DIFFRACTION] else reason


def _on_detector(x: Floats, y: Floats, settings: SaedSettings) -> dict[str, list[Any]]:
    """Return positions in mm and pixels, None where they are not known."""
    camera, length = settings.camera, settings.wavelength
    both = (*camera.millimetres(x, y, length), *camera.pixels(x, y, length))
    return dict(zip(("x_mm", "y_mm", "column", "row"), map(known, both), strict=True))


def known(values: Floats) -> list[float | None]:
    """Return numbers as a list, None for NaN."""
    return [None if np.isnan(n) else n for n in values.tolist()]
