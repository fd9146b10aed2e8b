"""The spots of a pattern as arrays: which there are, why, and how strong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from navp_structures.analysis.saed.orientation import Orientation
from navp_structures.analysis.saed.routes import best_routes
from navp_structures.analysis.saed.settings import NOMINAL, SaedSettings
from navp_structures.analysis.sphere import Sphere, sphere
from navp_structures.kernels import excitation, rocking
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.reflections import AT_LIMIT
from navp_structures.kernels.zone import laue_zones
from navp_structures.model.phase import Phase
from navp_structures.read_only import ReadOnly

REASONS: Final = ("allowed", "superlattice", "double_diffraction", "holz")
"""Why a spot is there; arrays hold the place in this list."""

ALLOWED, SUPERLATTICE, DOUBLE_DIFFRACTION, HOLZ = range(len(REASONS))

# Å⁻¹.
_ZERO: Final = 1e-14


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spots(ReadOnly):
    """Spots of a phase, the zero layer first, then d descending; read-only arrays.

    Parameters
    ----------
    hkl, d
        Of each spot, d in Å.
    g
        In the frame of the pattern (Å⁻¹), shape ``(n, 3)``.
    excitation_error
        Å⁻¹, positive inside the Ewald sphere of the beam along z.
    f_squared
        Å² per cell, 0 where extinct.
    weight
        Of the excitation, 1 on the sphere.
    intensity
        The strongest is 100.
    layer
        Number of the Laue zone.
    reason
        Place in `REASONS`.
    superlattice
        Which a simpler lattice would not have.
    route
        Of a spot of double diffraction the first of the two reflections that add up to it,
        (0, 0, 0) for all others; shape ``(n, 3)``.
    """

    hkl: Ints
    d: Floats
    g: Floats
    excitation_error: Floats
    f_squared: Floats
    weight: Floats
    intensity: Floats
    layer: Ints
    reason: Ints
    superlattice: np.ndarray
    route: Ints


def spots_of(phase: Phase, orientation: Orientation, settings: SaedSettings) -> Spots:
    """Return the spots of a phase.

    Raises
    ------
    NoSitesError
        When the phase is a cell only.
    InputError
        When d_min is so small that millions of reflections follow.
    """
    phase.require_sites("a diffraction pattern")
    table = sphere(phase, settings.reach(phase))
    g = table.hkl.astype(np.float64) @ orientation.matrix
    # What is 0 but for rounding would be shown with a sign, and turn 180 degrees into -180.
    g[np.abs(g) < _ZERO] = 0.0
    s = excitation.excitation_errors(g, settings.wavelength)
    # NaN, where the sphere is too small, compares as false.
    rows = np.flatnonzero(_is_near(g, s, settings.limit, settings))
    layer = laue_zones(table.hkl[rows], orientation.zone_axis, orientation.step)
    if settings.holz_limit < settings.limit:
        limit = np.where(layer == 0, settings.limit, settings.holz_limit)
        kept = _is_near(g[rows], s[rows], limit, settings)
        rows, layer = rows[kept], layer[kept]
    order = np.argsort(np.abs(layer), kind="stable")
    rows = rows[order]
    near = _Near(rows=rows, g=g[rows], s=s[rows], layer=layer[order])
    return _with_reasons(table, near, settings)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Near:
    """Reflections near the Ewald sphere: where in the table, g, s, layer."""

    rows: Ints
    g: Floats
    s: Floats
    layer: Ints


def _is_near(g: Floats, s: Floats, limit: float | Floats, settings: SaedSettings) -> np.ndarray:
    if not settings.cone:
        return np.abs(s) <= limit
    ends = excitation.precession_errors(g, settings.wavelength, settings.cone, [-1.0, 1.0])
    return np.asarray((ends[:, 0] <= limit) & (ends[:, 1] >= -limit))


def _with_reasons(table: Sphere, near: _Near, settings: SaedSettings) -> Spots:
    rows, layer = near.rows, near.layer
    extinct, superlattice = table.extinct[rows], table.superlattice[rows]
    hkl, f_squared = table.hkl[rows], table.f_squared[rows]
    reason = np.where(superlattice, SUPERLATTICE, ALLOWED)
    reason[layer != 0] = HOLZ
    route = np.zeros_like(hkl)
    d = table.d[rows]
    kept = d >= settings.d_min * AT_LIMIT
    if extinct.any():
        reason[extinct] = DOUBLE_DIFFRACTION
        route[extinct], found = _routes(table, hkl, f_squared, extinct, layer)
        kept[extinct] &= found
    weight = _weights(near, settings)
    strength = weight * f_squared
    strongest = strength[kept].max(initial=0.0) or 1.0
    intensity = strength * (100.0 / strongest)
    if settings.double_diffraction:
        intensity[extinct] = NOMINAL
    columns = {
        "hkl": hkl, "d": d, "g": near.g, "excitation_error": near.s, "f_squared": f_squared,
        "weight": weight, "intensity": intensity, "layer": layer, "reason": reason,
        "superlattice": superlattice, "route": route,
    }  # fmt: skip
    if not kept.all():
        columns = {name: column[kept] for name, column in columns.items()}
    return Spots(**columns)


def _routes(
    table: Sphere, hkl: Ints, f_squared: Floats, extinct: np.ndarray, layer: Ints
) -> tuple[Ints, np.ndarray]:
    """Return first halves of routes, through the zero layer where there are such."""
    asked, level = hkl[extinct], ~extinct & (layer == 0)
    route, found = best_routes(table.beams, asked, hkl[level], f_squared[level])
    beyond = ~extinct & (layer != 0)
    if beyond.any() and not found.all():
        lost = ~found
        route[lost], found[lost] = best_routes(
            table.beams, asked[lost], hkl[beyond], f_squared[beyond]
        )
    return route, found


def _weights(near: _Near, settings: SaedSettings) -> Floats:
    length, cone, foil = settings.wavelength, settings.cone, settings.foil
    if foil is None:
        if not cone:
            return np.ones(len(near.s))
        return rocking.precessed_box(near.g, length, cone, settings.box)
    if not cone:
        return rocking.foil(near.s, foil)
    return rocking.precessed_foil(near.g, length, cone, foil)
