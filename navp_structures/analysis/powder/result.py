"""What powder patterns show of themselves: tables, curves and plots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from navp_structures.analysis.by_phase import ByPhase, PatternTable
from navp_structures.analysis.powder import axes
from navp_structures.analysis.powder.lines import Lines, curve_of
from navp_structures.analysis.powder.notes import description, empty_notes
from navp_structures.analysis.powder.settings import PowderSettings
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.model.hkl import HKL, format_hkl, hkl_of
from navp_structures.model.phase import Phase
from navp_structures.show.tables import Column, printable

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


class _PowderTable(PatternTable[PowderLine, "PowderPattern"]):
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
        empty = empty_notes(self.patterns, self.settings)
        return (description(self.settings), *empty, *self.provisos)

    def __repr__(self) -> str:
        """One line: phases, number of lines, radiation, range; what a model is."""
        (low, high), told = self.settings.two_theta, self.settings.radiation.text
        ids = ", ".join(phase.id for phase in self.phases)
        what = f"{ids}, {len(self.rows)} lines, {told}, 2θ {low:g} to {high:g}°"
        return printable(f"<{type(self).__name__}: {'; '.join([what, *self.provisos])}>")

    def plot(
        self,
        ax: Axes | None = None,
        *,
        axis: str = "two_theta",
        measured: MeasuredPattern | str | os.PathLike[str] | None = None,
        profile: bool = True,
        labels: bool = True,
    ) -> Axes:
        """Draw lines, curves and hkl labels, the phases above each other.

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

        Notes
        -----
        A stick is the intensity of one line, the strongest 100. The curve adds lines up
        that overlap, and is 100 at its own maximum.

        Returns
        -------
        The Axes; nothing is shown or saved.
        """
        from navp_structures.analysis.powder.drawing import draw

        return draw(self.patterns, ax, axis, measured, profile=profile, labels=labels)


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
    def patterns(self) -> tuple[PowderPattern, ...]:
        """The one pattern."""
        return (self,)

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.lines.d)

    def __iter__(self) -> Iterator[PowderLine]:
        """Iterate over the lines."""
        return iter(self.rows)

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


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class PowderPatterns(ByPhase[PowderPattern], _PowderTable):
    """The powder patterns of several phases under one setting, phase by phase.

    The intensities of each phase are relative to its own strongest line in the range.
    """

    settings: PowderSettings
    patterns: tuple[PowderPattern, ...]

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, with every default in place."""
        ids = [pattern.of.id for pattern in self.patterns]
        return {"phases": ids, **self.settings.inputs}
