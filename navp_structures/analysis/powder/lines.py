"""The lines of a powder pattern as arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from navp_structures.analysis.allowed import Allowed, allowed, smallest_d_min
from navp_structures.analysis.powder.settings import PowderSettings
from navp_structures.errors import InputError
from navp_structures.kernels import intensity, lattice, profiles
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.model.phase import Phase
from navp_structures.read_only import ReadOnly


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lines(ReadOnly):
    """Lines of a phase, 2θ ascending; read-only arrays of equal length.

    Parameters
    ----------
    hkl, multiplicity, d
        The family of each line, d in Å.
    wavelength
        Å; a doublet gives each family two lines.
    two_theta
        Where the line is observed (degrees).
    f_squared
        Mean |F|² of h and -h per unit cell, with f' and f'' for X-rays.
    intensity
        Integrated, the strongest in the range is 100.
    unit
        Multiplicity × |F|² × factors of an intensity of 1.
    """

    hkl: Ints
    multiplicity: Ints
    d: Floats
    wavelength: Floats
    two_theta: Floats
    f_squared: Floats
    intensity: Floats
    unit: float


def powder_lines(phase: Phase, settings: PowderSettings) -> Lines:
    """Return the lines of a phase in the range of the settings.

    Raises
    ------
    NoSitesError
        When the phase is a cell only.
    InputError
        When a wavelength is too long for the phase to diffract, or the range holds
        millions of reflections.
    """
    phase.require_sites("a powder pattern")
    d_min = smallest_spacing(settings)
    if d_min < smallest_d_min(phase):
        shortest = settings.radiation.shortest
        highest = float(lattice.two_theta(smallest_d_min(phase) * 1.001, shortest))
        raise InputError(
            f"two_theta up to {settings.two_theta[1]:g} with {shortest:g} Å reaches d "
            f"{d_min:.3g} Å, millions of reflections of {phase.id}; it may go up to "
            f"{highest:.4g} degrees"
        )
    table = allowed(phase, d_min)
    if not len(table.d):
        _check_wavelengths(phase, settings)
    cell, group = phase.cell, phase.space_group
    return lines_of(table, group.laue_rotations, cell.reciprocal_metric_tensor, settings)


def smallest_spacing(settings: PowderSettings) -> float:
    """Return the smallest spacing (Å) whose line may be observed in the range."""
    return float(lattice.bragg_spacings(settings.highest, settings.radiation.shortest))


def lines_of(
    table: Allowed,
    rotations: Ints,
    reciprocal: Floats,
    settings: PowderSettings,
    unit: float | None = None,
) -> Lines:
    """Return the lines of families in the range of the settings.

    Parameters
    ----------
    table
        Families with sites, d descending, at least down to `smallest_spacing`.
    rotations, reciprocal
        Of the Laue class, and the reciprocal metric tensor (Å⁻²), for preferred orientation.
    unit
        Of another pattern, to have its scale; None makes the strongest line 100.
    """
    parts = [
        _of_wavelength(table, rotations, reciprocal, settings, length, weight)
        for length, weight in settings.radiation.lines
    ]
    columns = parts[0]
    if len(parts) > 1:
        columns = tuple(np.concatenate(column) for column in zip(*parts, strict=True))
        # A stable sort leaves families of one position in the order of their list.
        order = np.argsort(columns[_TWO_THETA], kind="stable")
        columns = tuple(column[order] for column in columns)
    if unit is None:
        unit = columns[-1].max(initial=0.0) / 100.0 or 1.0
    columns = (*columns[:-1], columns[-1] / unit)
    return Lines(**dict(zip(_NAMES, columns, strict=True)), unit=unit)


def curve_of(lines: Lines, settings: PowderSettings, points: Floats) -> Floats:
    """Return the curve that lines add up to at observed 2θ (degrees), ascending."""
    fwhm, mixing = settings.widths(lines.two_theta, lines.wavelength)
    return profiles.pseudo_voigt(points, lines.two_theta, lines.intensity, fwhm, mixing)


_NAMES: Final = tuple(field.name for field in fields(Lines) if field.name != "unit")
# Degrees: a line at an end of the range must not be lost, whichever member gave its angle.
_ROUNDING: Final = 1e-9

_TWO_THETA: Final = _NAMES.index("two_theta")


def _of_wavelength(
    table: Allowed,
    rotations: Ints,
    reciprocal: Floats,
    settings: PowderSettings,
    wavelength: float,
    weight: float,
) -> tuple[np.ndarray, ...]:
    true = lattice.two_theta(table.d, wavelength)
    observed = settings.observed(true)
    low, high = settings.two_theta
    # Angles rise as d falls; where nothing diffracts they are NaN, which a search puts last.
    # At 180 degrees the factors are infinite, and no detector stands.
    first = observed.searchsorted(low - _ROUNDING)
    last = observed.searchsorted(high + _ROUNDING, side="right")
    piece = slice(first, max(first, min(last, true.searchsorted(180.0))))
    table, true = table.part(piece), true[piece]
    probe = settings.radiation.probe
    with_dispersion = probe == "xray" and settings.dispersion
    f_squared = table.f_squared(probe, wavelength if with_dispersion else None)
    strength = weight * table.multiplicity * f_squared * intensity.lorentz(true)
    if probe == "xray":
        strength *= intensity.polarisation(true, settings.monochromator)
    if settings.preferred_orientation is not None:
        axis, r = settings.preferred_orientation
        strength *= intensity.march_dollase(table.hkl, np.array(axis), r, rotations, reciprocal)
    lengths = np.full(len(true), wavelength)
    hkl, multiplicity, d = table.hkl, table.multiplicity, table.d
    return hkl, multiplicity, d, lengths, observed[piece], f_squared, strength


def _check_wavelengths(phase: Phase, settings: PowderSettings) -> None:
    """Refuse a radiation that no plane diffracts."""
    shortest = settings.radiation.shortest
    d_min = max(phase.cell.parameters[:3])
    while not len((table := allowed(phase, d_min)).d):
        d_min /= 2.0
    if table.d[0] < shortest / 2.0:
        raise InputError(
            f"the wavelength {shortest:g} Å is too long: the largest spacing of {phase.id} "
            f"that diffracts is {table.d[0]:.4f} Å, below half of it"
        )
