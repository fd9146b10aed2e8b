"""Powder patterns as traces of a plot."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from navp_structures.analysis.powder import axes
from navp_structures.errors import InputError
from navp_structures.model.hkl import format_hkl
from navp_structures.model.measured import MeasuredPattern
from navp_structures.show.powder_plot import Measured, Trace, plot_powder

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from navp_structures.analysis.powder.pattern import PowderPattern
    from navp_structures.kernels.lattice import Floats

# Points for each full width of the narrowest line, and at most in all.
_FINENESS: Final = 8
_MOST_POINTS: Final = 20_000


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
    overlay = None if measured is None else _overlay(measured, axis, patterns[0])
    ends = axes.from_two_theta(np.array(settings.two_theta), axis, settings)
    notes = {note: None for pattern in patterns for note in pattern.provisos}
    return plot_powder(
        [_trace(pattern, axis, profile=profile) for pattern in patterns],
        axis_label=f"{axes.AXES[axis]} ({settings.radiation.text})",
        limits=(float(ends.min()), float(ends.max())),
        ax=ax,
        measured=overlay,
        labels=labels,
        notes=tuple(notes),
    )


def _trace(pattern: PowderPattern, axis: str, *, profile: bool) -> Trace:
    lines, settings = pattern.lines, pattern.settings
    # A family of a doublet is labelled at its first line alone.
    first = lines.wavelength == settings.radiation.lines[0][0]
    names = (
        format_hkl(row.hkl) if own else "" for row, own in zip(pattern.rows, first, strict=True)
    )
    kind = pattern.of.kind
    return Trace(
        name=pattern.of.id + (f" ({kind})" if kind in ("model", "computed") else ""),
        position=axes.from_two_theta(lines.two_theta, axis, settings),
        intensity=lines.intensity,
        labels=tuple(names),
        profile=_curve(pattern, axis) if profile and len(pattern) else None,
    )


def _curve(pattern: PowderPattern, axis: str) -> tuple[Floats, Floats]:
    lines, settings = pattern.lines, pattern.settings
    fwhm, _ = settings.widths(lines.two_theta, lines.wavelength)
    low, high = settings.two_theta
    count = min(_MOST_POINTS, int((high - low) / fwhm.min() * _FINENESS) + 2)
    # A 2θ of 0 has no d.
    angles = np.linspace(max(low, 1e-6), high, count)
    return axes.from_two_theta(angles, axis, settings), pattern.profile(angles)


def _overlay(
    measured: MeasuredPattern | str | os.PathLike[str], axis: str, pattern: PowderPattern
) -> Measured:
    from navp_structures.io.measured import read_pattern

    if not isinstance(measured, MeasuredPattern):
        measured = read_pattern(Path(measured))
    low, high = pattern.settings.two_theta
    # At 0 there is no d.
    inside = (measured.x >= low) & (measured.x <= high) & (measured.x > 0.0)
    if not inside.any():
        raise InputError(
            f"{measured.name} holds 2θ {measured.x[0]:g} to {measured.x[-1]:g}, nothing of the "
            f"pattern's {low:g} to {high:g}"
        )
    return Measured(
        name=measured.name,
        position=axes.from_two_theta(measured.x[inside], axis, pattern.settings),
        intensity=measured.intensity[inside],
    )
