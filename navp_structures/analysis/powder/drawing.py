"""Powder patterns as traces of a plot."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from navp_structures.analysis.powder import axes
from navp_structures.analysis.powder.notes import description, empty_notes
from navp_structures.errors import InputError
from navp_structures.model.hkl import format_hkl, hkl_of
from navp_structures.model.measured import MeasuredPattern
from navp_structures.show.powder_plot import Measured, Trace, plot_powder

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from navp_structures.analysis.powder.result import PowderPattern
    from navp_structures.analysis.powder.settings import PowderSettings
    from navp_structures.kernels.lattice import Floats

# Points of the curve over the whole range, and around each line, in full widths from it.
_EVEN: Final = np.linspace(0.0, 1.0, 2001)
_SIDE: Final = np.geomspace(0.03, 8.0, 24)
_AROUND: Final = np.concatenate([-_SIDE[::-1], [0.0], _SIDE])

# A d axis ends so far beyond the largest spacing: towards 2θ = 0 it has no end.
_BEYOND: Final = 1.15


def draw(
    patterns: Sequence[PowderPattern],
    ax: Axes | None,
    axis: str,
    measured: MeasuredPattern | str | os.PathLike[str] | None,
    *,
    profile: bool,
    labels: bool,
) -> Axes:
    """Draw patterns above each other; parameters as `PowderPatterns.plot`."""
    axes.check_axis(axis)
    settings = patterns[0].settings
    limits = _limits(patterns, axis)
    overlay = None if measured is None else _overlay(measured, axis, settings)
    notes = [f"{description(settings)}.", *empty_notes(patterns, settings)]
    notes += dict.fromkeys(note for pattern in patterns for note in pattern.provisos)
    return plot_powder(
        [_trace(pattern, axis, profile=profile) for pattern in patterns],
        axis_label=f"{axes.AXES[axis]} ({settings.radiation.text})",
        limits=limits,
        ax=ax,
        measured=overlay,
        labels=labels,
        notes=tuple(notes),
    )


def _limits(patterns: Sequence[PowderPattern], axis: str) -> tuple[float, float]:
    settings = patterns[0].settings
    ends = axes.from_two_theta(np.array(settings.two_theta), axis, settings)
    if axis == "d":
        largest = max((p.lines.d.max(initial=0.0) for p in patterns), default=0.0)
        largest = largest or 2.0 * ends.min()
        return float(ends.min()), float(min(ends.max(), _BEYOND * largest))
    return float(ends.min()), float(ends.max())


def _trace(pattern: PowderPattern, axis: str, *, profile: bool) -> Trace:
    lines, settings = pattern.lines, pattern.settings
    # A family of a doublet is labelled once, at its strongest line.
    names = [""] * len(lines.d)
    labelled = set()
    for n in np.argsort(-lines.intensity, kind="stable").tolist():
        hkl = hkl_of(lines.hkl[n])
        if hkl not in labelled:
            names[n] = format_hkl(hkl)
            labelled.add(hkl)
    return Trace(
        name=pattern.of.title,
        position=axes.from_two_theta(lines.two_theta, axis, settings),
        intensity=lines.intensity,
        labels=tuple(names),
        profile=_curve(pattern, axis) if profile and len(pattern) else None,
    )


def _curve(pattern: PowderPattern, axis: str) -> tuple[Floats, Floats]:
    """Return points of the curve, close together where lines are, however narrow."""
    lines, settings = pattern.lines, pattern.settings
    low, high = settings.two_theta
    fwhm, _ = settings.widths(lines.two_theta, lines.wavelength)
    # Weak lines cannot be seen, and a long list would make a heavy picture.
    strong = np.argsort(-lines.intensity)[:_MOST_LINES]
    near = (lines.two_theta[strong, np.newaxis] + np.outer(fwhm[strong], _AROUND)).ravel()
    angles = np.unique(np.concatenate([low + _EVEN * (high - low), near]))
    # A 2θ of 0 has no d.
    angles = angles[(angles >= max(low, _SMALLEST)) & (angles <= high)]
    return axes.from_two_theta(angles, axis, settings), pattern.profile(angles)


# Lines whose neighbourhood is drawn point by point.
_MOST_LINES: Final = 400

# Degrees.
_SMALLEST: Final = 1e-6


def _overlay(
    measured: MeasuredPattern | str | os.PathLike[str], axis: str, settings: PowderSettings
) -> Measured:
    from navp_structures.io.measured import read_pattern

    if isinstance(measured, str | os.PathLike):
        measured = read_pattern(measured)
    if not isinstance(measured, MeasuredPattern):
        raise InputError(
            f"measured is {type(measured).__name__}; it must be a file or a MeasuredPattern"
        )
    low, high = settings.two_theta
    inside = (measured.x >= max(low, _SMALLEST)) & (measured.x <= high)
    if not inside.any():
        raise InputError(
            f"{measured.name} holds 2θ {measured.x[0]:g} to {measured.x[-1]:g}, nothing of the "
            f"pattern's {low:g} to {high:g}"
        )
    return Measured(
        name=measured.name,
        position=axes.from_two_theta(measured.x[inside], axis, settings),
        intensity=measured.intensity[inside],
    )
