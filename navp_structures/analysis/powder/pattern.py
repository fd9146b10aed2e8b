"""Powder patterns of phases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from navp_structures.analysis.by_phase import distinct_phases
from navp_structures.analysis.powder.lines import powder_lines
from navp_structures.analysis.powder.result import PowderPattern, PowderPatterns
from navp_structures.analysis.powder.settings import PowderSettings, defaults
from navp_structures.catalogue.catalogue import PhaseLike, as_phase
from navp_structures.catalogue.radiations import RadiationLike
from navp_structures.catalogue.radiations import radiation as find_radiation
from navp_structures.model.hkl import HKL


def powder_pattern(
    phase: PhaseLike,
    *,
    radiation: RadiationLike = "CuKa1",
    two_theta: tuple[float, float] | None = None,
    probe: str | None = None,
    dispersion: bool = True,
    monochromator: float | None = None,
    preferred_orientation: tuple[HKL | str, float] | None = None,
    zero_shift: float = 0.0,
    displacement: float = 0.0,
    radius: float | None = None,
    caglioti: tuple[float, float, float] | None = None,
    mixing: float = 0.5,
    size: float | None = None,
    strain: float | None = None,
    scherrer_constant: float = 0.9,
    tolerance: float | None = None,
) -> PowderPattern:
    """Return the powder pattern of a phase, kinematic.

    Intensity is multiplicity × |F|² × Lorentz factor, for X-rays × polarisation. |F|² holds
    occupancies, mixed sites and displacements (U_ij where known), and for X-rays f' and f''.

    Parameters
    ----------
    phase
        A Phase, a name, or the path of a CIF.
    radiation
        A line (``CuKa1``), doublet (``CuKa12``) or weighted mean (``CuKa``) of Cu, Co, Mo,
        Cr, Ag or Fe, a radiation of a plugin, a wavelength in Å, a photon energy
        (``8047.8 eV``) or a voltage of electrons (``200 kV``).
    two_theta
        First and last angle (degrees). None is 5 to 90; for wavelengths below 0.3 Å, as of
        electrons, the small angles that show the same spacings as Cu Kα1 does there.
    probe
        What a wavelength in Å belongs to: ``xray`` (None), ``neutron`` or ``electron``.
    dispersion
        Whether f' and f'' count for X-rays (Cromer and Liberman).
    monochromator
        Its Bragg angle 2θ (degrees, 26.6 for graphite and Cu Kα). None is an unpolarised
        beam; 90 is a beam polarised normal to the plane of diffraction.
    preferred_orientation
        Plane and r of March and Dollase: ``((0, 0, 6), 0.8)``; below 1 plates lie flat.
    zero_shift
        Reading of the straight beam (degrees of 2θ).
    displacement, radius
        Height (mm) of a flat sample above the axis of a Bragg-Brentano diffractometer and
        its radius (mm). Too high a sample moves lines to higher angles.
    caglioti
        U, V, W (degree²) of the instrument's FWHM² = U tan²θ + V tan θ + W. None is an
        FWHM of 0.1 degrees throughout, below 0.3 Å the same share of the range.
    mixing
        Lorentzian share of the instrument's pseudo-Voigt, 0 to 1.
    size
        Mean crystallite size (Å), which broadens by Scherrer's formula.
    strain
        Microstrain ε (relative), which broadens by 4 ε tan θ.
    scherrer_constant
        K of Scherrer's formula.
    tolerance
        Lines nearer than this (degrees) get one number in the column `peak`; each keeps
        its own row. None is 0.02 degrees, below 0.3 Å the same share of the range.

    Raises
    ------
    UnknownRadiationError, AmbiguousRadiationError
        When no radiation, or several, have the name.
    NoSitesError
        When the phase is a cell only.
    InputError
        When the range is reversed or outside 0 to 180 degrees, the wavelength too long to
        diffract, or a setting out of bounds.

    Examples
    --------
    >>> pattern = powder_pattern("Na3VP", radiation="CuKa1", two_theta=(5, 40))
    >>> first = pattern.rows[0]
    >>> first.hkl, first.multiplicity, round(first.two_theta, 2), round(first.intensity)
    ((0, 1, 2), 6, 14.25, 24)
    """
    used = find_radiation(radiation, probe=probe)
    asked = {"two_theta": two_theta, "caglioti": caglioti, "tolerance": tolerance}
    known = {name: value for name, value in asked.items() if value is not None}
    settings = PowderSettings(
        **(defaults(used) | known),
        radiation=used,
        dispersion=dispersion,
        monochromator=monochromator,
        preferred_orientation=preferred_orientation,  # type: ignore[arg-type]
        zero_shift=zero_shift,
        displacement=displacement,
        radius=radius,
        mixing=mixing,
        size=size,
        strain=strain,
        scherrer_constant=scherrer_constant,
    )
    found = as_phase(phase)
    return PowderPattern(of=found, settings=settings, lines=powder_lines(found, settings))


def powder_patterns(
    phases: PhaseLike | Iterable[PhaseLike] | None = None, **settings: Any
) -> PowderPatterns:
    """Return the powder patterns of several phases under one setting.

    Parameters
    ----------
    phases
        Phases, names or paths of CIFs; None stands for the four of the card.
    settings
        Keywords of `powder_pattern`.

    Raises
    ------
    InputError
        As `powder_pattern`.
    """
    patterns = tuple(powder_pattern(phase, **settings) for phase in distinct_phases(phases))
    return PowderPatterns(settings=patterns[0].settings, patterns=patterns)
