"""Powder patterns of phases: tables, curves and plots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from navp_structures.analysis.powder import axes
from navp_structures.analysis.powder.lines import Lines, curve_of, powder_lines
from navp_structures.analysis.powder.settings import PowderSettings, defaults
from navp_structures.catalogue.catalogue import PhaseLike, as_phase, as_phases
from navp_structures.catalogue.radiations import RadiationLike
from navp_structures.catalogue.radiations import radiation as find_radiation
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.model.hkl import HKL, format_hkl, hkl_of
from navp_structures.model.phase import Phase
from navp_structures.show.tables import Column, TableResult

if TYPE_CHECKING:
    import os

    from matplotlib.axes import Axes

    from navp_structures.model.measured import MeasuredPattern


@dataclass(frozen=True, slots=True, kw_only=True)
class PowderLine:
    """One line: a family at one wavelength."""

    phase: str
    hkl: HKL
    multiplicity: int
    d: float
    two_theta: float
    f_squared: float
    intensity: float
    wavelength: float
    q: float
    fwhm: float
    peak: int


def _angle(degrees: float) -> str:
    # Electrons show a whole pattern within two degrees.
    return f"{degrees:.3f}" if degrees >= _SMALL_ANGLE else f"{degrees:.5f}"


_SMALL_ANGLE: Final = 3.0


class _PowderTable(TableResult[PowderLine]):
    """What patterns of one phase and of several show alike."""

    __slots__ = ()

    settings: PowderSettings

    name = "powder"
    columns = (
        Column("phase"),
        Column("hkl", show=format_hkl),
        Column("multiplicity", head="m"),
        Column("d", head="d / Å", show="{:.4f}".format),
        Column("two_theta", head="2θ / °", show=_angle),
        Column("f_squared", head="|F|²", show="{:.4g}".format),
        Column("intensity", head="I", show="{:.2f}".format),
        Column("wavelength", head="λ / Å", show="{:.9g}".format, varying=True),
        Column("q", head="q / Å⁻¹", show="{:.4f}".format, hidden=True),
        Column("fwhm", head="FWHM / °", show="{:.3f}".format, hidden=True),
        Column("peak", hidden=True),
    )

    @property
    def notes(self) -> tuple[str, ...]:
        """What the numbers are, then what must be said of the phases."""
        return (description(self.settings), *self.provisos)


# No slots: the rows are made when they are first asked for, and kept.
@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PowderPattern(_PowderTable):
    r"""The powder pattern of one phase, 2θ ascending.

    Kinematic: no absorption, no extinction, no dynamical scattering. Each family has its
    own row however near its neighbours are; rows with one number in `peak` follow each
    other within the tolerance of the settings. `two_theta` is where a line is observed,
    zero shift and displacement included; d, q and \|F\|² are those of the crystal.
    """

    of: Phase
    settings: PowderSettings
    lines: Lines

    @cached_property
    def rows(self) -> tuple[PowderLine, ...]:
        """One row for each family and wavelength."""
        lines = self.lines
        fwhm, _ = self.settings.widths(lines.two_theta, lines.wavelength)
        apart = np.diff(lines.two_theta, prepend=lines.two_theta[:1]) > self.settings.tolerance
        columns = (
            lines.multiplicity, lines.d, lines.two_theta, lines.f_squared, lines.intensity,
            lines.wavelength, 2.0 * np.pi / lines.d, fwhm, np.cumsum(apart) + 1,
        )  # fmt: skip
        rows = zip(map(hkl_of, lines.hkl), *(c.tolist() for c in columns), strict=True)
        return tuple(
            PowderLine(
                phase=self.of.id, hkl=hkl, multiplicity=m, d=d, two_theta=angle, f_squared=f,
                intensity=height, wavelength=length, q=q, fwhm=width, peak=peak,
            )
            for hkl, m, d, angle, f, height, length, q, width, peak in rows
        )  # fmt: skip

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, with every default in place."""
        return {"phase": self.of.id, **self.settings.inputs}

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The one phase."""
        return (self.of,)

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.lines.d)

    def __iter__(self) -> Iterator[PowderLine]:
        """Iterate over the lines."""
        return iter(self.rows)

    def __repr__(self) -> str:
        """One line: phase, number of lines, radiation, range; what a model is."""
        return _one_line(self, self.of.id)

    def profile(self, x: npt.ArrayLike, *, axis: str = "two_theta") -> Floats:
        """Return the curve that the lines add up to, shape of x.

        A line by itself has the area of its intensity, so that heights are intensity for
        each degree of 2θ. Only the lines of the pattern count, not the tails of lines
        beyond its range.

        Parameters
        ----------
        x
            Points inside the range, in any order, shape ``(n,)``.
        axis
            ``two_theta`` (degrees), ``q`` or ``d`` (Å⁻¹, Å; heights stay those for each
            degree, as in a measured pattern that is drawn against q).

        Raises
        ------
        InputError
            When a point is outside the range of the pattern, or the axis unknown.
        """
        points, order = self.points(x, axis)
        result = np.empty(len(points))
        result[order] = curve_of(self.lines, self.settings, points)
        return result

    def points(self, x: npt.ArrayLike, axis: str) -> tuple[Floats, Ints]:
        """Return points of an axis as observed 2θ (degrees), ascending, and their order."""
        points = axes.two_theta_of(x, axis, self.settings)
        order = np.argsort(points, kind="stable")
        return points[order], order

    def plot(
        self,
        ax: Axes | None = None,
        *,
        axis: str = "two_theta",
        measured: MeasuredPattern | str | os.PathLike[str] | None = None,
        profile: bool = True,
        labels: bool = True,
    ) -> Axes:
        """Draw lines, curve and hkl labels; parameters as `PowderPatterns.plot`."""
        from navp_structures.analysis.powder.drawing import draw

        return draw([self], ax, axis, measured, profile=profile, labels=labels)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PowderPatterns(_PowderTable):
    """The powder patterns of several phases under one setting, phase by phase.

    The intensities of each phase are relative to its own strongest line in the range.
    """

    settings: PowderSettings
    patterns: tuple[PowderPattern, ...]

    @cached_property
    def rows(self) -> tuple[PowderLine, ...]:
        """The rows of each phase in turn."""
        return tuple(row for pattern in self.patterns for row in pattern.rows)

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, with every default in place."""
        ids = [pattern.of.id for pattern in self.patterns]
        return {"phases": ids, **self.settings.inputs}

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases in their order."""
        return tuple(pattern.of for pattern in self.patterns)

    def __iter__(self) -> Iterator[PowderPattern]:
        """Iterate over the patterns."""
        return iter(self.patterns)

    def __len__(self) -> int:
        """Return the number of lines of all phases."""
        return sum(len(pattern) for pattern in self.patterns)

    def __repr__(self) -> str:
        """One line: phases, number of lines, radiation, range; what a model is."""
        return _one_line(self, ", ".join(phase.id for phase in self.phases))

    def plot(
        self,
        ax: Axes | None = None,
        *,
        axis: str = "two_theta",
        measured: MeasuredPattern | str | os.PathLike[str] | None = None,
        profile: bool = True,
        labels: bool = True,
    ) -> Axes:
        """Draw the phases above each other, and a measured pattern with them.

        Parameters
        ----------
        ax
            Where to draw; None makes a figure.
        axis
            ``two_theta``, ``q`` or ``d``.
        measured
            A pattern, or the file of one: 2θ in degrees of the same radiation and
            intensity; it is scaled to the height of the plot.
        profile
            Whether the curve is drawn beside the sticks.
        labels
            Whether lines are labelled, the strong ones first, none over another.

        Returns
        -------
        The Axes; nothing is shown or saved.
        """
        from navp_structures.analysis.powder.drawing import draw

        return draw(self.patterns, ax, axis, measured, profile=profile, labels=labels)


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
        First and last angle (degrees). None is 5 to 90, for electrons the small angles
        that show the same spacings as Cu Kα1 does there.
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
        FWHM of 0.1 degrees throughout, for electrons the same share of the range.
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
        its own row. None is 0.02 degrees, for electrons the same share of the range.

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
        dispersion=bool(dispersion),
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
    patterns = tuple(powder_pattern(phase, **settings) for phase in as_phases(phases))
    return PowderPatterns(settings=patterns[0].settings, patterns=patterns)


def description(settings: PowderSettings) -> str:
    """Return radiation, width and scale in one sentence."""
    radiation = settings.radiation
    kind = {"xray": "X-rays", "neutron": "neutrons", "electron": "electrons"}[radiation.probe]
    middle = np.array([(settings.two_theta[0] + settings.two_theta[1]) / 2.0])
    width, share = settings.widths(middle, np.array([radiation.lines[0][0]]))
    return (
        f"{kind}: {radiation.text}; pseudo-Voigt with FWHM {width[0]:.3g}° and Lorentzian "
        f"share {share[0]:.2g} at 2θ {middle[0]:.4g}°; strongest line in the range = 100; "
        "kinematic, without absorption"
    )


def _one_line(result: PowderPattern | PowderPatterns, of: str) -> str:
    settings = result.settings
    low, high = settings.two_theta
    told = f"{of}, {len(result)} lines, {settings.radiation.text}, 2θ {low:g} to {high:g}°"
    return f"<{type(result).__name__}: {'; '.join([told, *result.provisos])}>"
