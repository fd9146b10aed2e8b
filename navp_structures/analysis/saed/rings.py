"""Electron diffraction rings of polycrystals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from navp_structures.analysis.by_phase import distinct_phases
from navp_structures.analysis.saed.camera import Camera
from navp_structures.analysis.saed.ring_result import RingPattern, RingPatterns, Rings
from navp_structures.analysis.saed.routes import best_routes
from navp_structures.analysis.saed.settings import NOMINAL, SaedSettings
from navp_structures.analysis.saed.spots import ALLOWED, DOUBLE_DIFFRACTION, SUPERLATTICE
from navp_structures.analysis.sphere import electron_families, sphere
from navp_structures.catalogue.catalogue import PhaseLike, as_phase
from navp_structures.kernels import intensity, lattice
from navp_structures.kernels.lattice import Ints
from navp_structures.model.phase import Phase

# First halves of routes that are tried: what the strongest cannot reach cannot be seen.
_MOST_FIRST: Final = 5_000


def ring_pattern(
    phase: PhaseLike,
    *,
    voltage: float = 200.0,
    d_min: float = 1.0,
    double_diffraction: bool = False,
    camera_length: float | None = None,
    camera_constant: float | None = None,
    pixel: float | None = None,
    centre: tuple[float, float] | None = None,
) -> RingPattern:
    r"""Return the diffraction rings of many crystals in all orientations, kinematic.

    Intensity is multiplicity × \|F\|² × Lorentz factor, for a unit length of the ring as a
    radial profile has it; `powder_pattern` of the same electrons gives the same.

    Parameters
    ----------
    phase
        A Phase, a name, or the path of a CIF.
    voltage
        kV.
    d_min
        Smallest spacing (Å).
    double_diffraction, camera_length, camera_constant, pixel, centre
        As for `saed_pattern`.

    Raises
    ------
    NoSitesError
        When the phase is a cell only.
    InputError
        When a setting is out of bounds.

    Examples
    --------
    >>> rings = ring_pattern("Na3VP", voltage=200, d_min=2.0)
    >>> [(ring.hkl, ring.reason) for ring in rings][:2]
    [((0, 0, 3), 'double_diffraction'), ((1, 0, 1), 'double_diffraction')]
    """
    camera = Camera(
        camera_length=camera_length,
        camera_constant=camera_constant,
        pixel=pixel,
        centre=centre,
    )
    settings = SaedSettings(
        voltage=voltage, d_min=d_min, double_diffraction=double_diffraction, camera=camera
    )
    found = as_phase(phase)
    return RingPattern(of=found, settings=settings, rings=_rings(found, settings))


def ring_patterns(
    phases: PhaseLike | Iterable[PhaseLike] | None = None, **settings: Any
) -> RingPatterns:
    """Return the rings of several phases under one setting.

    Parameters
    ----------
    phases
        Phases, names or paths of CIFs; None stands for the four of the card.
    settings
        Keywords of `ring_pattern`.

    Raises
    ------
    InputError
        As `ring_pattern`.
    """
    patterns = tuple(ring_pattern(phase, **settings) for phase in distinct_phases(phases))
    return RingPatterns(settings=patterns[0].settings, patterns=patterns)


def _rings(phase: Phase, settings: SaedSettings) -> Rings:
    phase.require_sites("a diffraction pattern")
    # First, because it refuses a spacing that gives millions of reflections.
    table = sphere(phase, settings.reach(phase))
    families = electron_families(phase, settings.d_min)
    # What needs a larger angle than the beam can be turned by.
    reached = families.d > settings.wavelength / 2.0
    extinct, hkl, d = families.extinct, families.hkl, families.d
    superlattice = families.superlattice
    reason = np.where(superlattice, SUPERLATTICE, ALLOWED)
    reason[extinct] = DOUBLE_DIFFRACTION
    route = np.zeros_like(hkl)
    first = _strongest(table.f_squared)
    route[extinct], found = best_routes(
        table.beams, hkl[extinct], table.hkl[first], table.f_squared[first]
    )
    reached[extinct] &= found
    two_theta = lattice.two_theta(d, settings.wavelength)
    strength = np.zeros(len(d))
    strength[reached] = (
        families.multiplicity[reached]
        * families.f_squared[reached]
        * intensity.lorentz(two_theta[reached])
    )
    height = strength * (100.0 / (strength.max(initial=0.0) or 1.0))
    if settings.double_diffraction:
        height[extinct] = NOMINAL
    columns = {
        "hkl": hkl, "multiplicity": families.multiplicity, "d": d, "two_theta": two_theta,
        "f_squared": families.f_squared, "intensity": height, "reason": reason,
        "superlattice": superlattice, "route": route,
    }  # fmt: skip
    return Rings(**{name: column[reached] for name, column in columns.items()})


def _strongest(f_squared: np.ndarray) -> Ints:
    return np.argsort(-f_squared, kind="stable")[:_MOST_FIRST]
