"""Which families of a standard measured values are: searched for, or said."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, TypeAlias

from navp_structures.analysis.calibration_search import Mode, modes_of
from navp_structures.analysis.indexing.powder.measured import measured_lines
from navp_structures.analysis.indexing.units import Spacing
from navp_structures.analysis.numbers import ordered_items
from navp_structures.errors import InputError, shown
from navp_structures.kernels.reflections import representatives
from navp_structures.model.hkl import HKL, as_hkl, format_hkl, hkl_of
from navp_structures.model.phase import Phase
from navp_structures.model.radiation import Radiation

Families: TypeAlias = tuple[HKL | None, ...]
"""Of each value; None where it is no line of the standard."""

LEAST_POSTERIOR: Final = 0.9
"""Below it values are not taken for lines of the standard."""

# Of so many values one may be no line of the standard: who measures a standard knows what it
# is, and fewer lines say too little without it.
_ONE_STRAY_IN: Final = 5


def searched_families(
    phase: Phase,
    observed: Sequence[Spacing],
    used: Radiation | None,
    sigma: float | None,
    prior: tuple[float, ...],
) -> tuple[Families, float]:
    """Return the most probable families of values, and how probable they are.

    Parameters
    ----------
    sigma
        One standard deviation of all: relative, for 2θ degrees.
    prior
        Standard deviations of zero and displacement (degrees), or of ln of the scale.

    Raises
    ------
    InputError
        When they are not probable, or too many values are none.
    """
    in_degrees = used is not None
    measured = measured_lines(
        [spacing.given if in_degrees else spacing.d for spacing in observed],
        units="two_theta" if in_degrees else "A",
        radiation=used,
        sigma=sigma,
        intensities=None,
        zero_sigma=prior[0] if in_degrees else None,
        displacement_sigma=prior[1] if in_degrees else None,
        scale_sigma=None if in_degrees else prior[0],
        limits=None,
        resolution=0.0,
    )
    modes = modes_of(measured, phase)
    if not modes:
        raise InputError(
            f"{phase.id} has no line near {', '.join(f'{s.given:g}' for s in observed[:3])}"
            f"{', ...' if len(observed) > 3 else ''}; is it the standard, and are the units "
            "right?"
        )
    best = modes[0]
    if best.posterior < LEAST_POSTERIOR:
        raise InputError(_doubt(modes, phase, in_degrees=in_degrees))
    stray = [s.given for s, hkl in zip(observed, best.hkls, strict=True) if hkl is None]
    if _ONE_STRAY_IN * len(stray) > len(observed):
        raise InputError(
            f"{', '.join(f'{value:g}' for value in stray)}: no line of {phase.id} where the "
            f"others are {_labels(best, in_degrees=in_degrees)}; leave it out if it is another "
            "phase's, or give a larger sigma"
        )
    return best.hkls, best.posterior


def named_families(
    hkls: Sequence[str | Sequence[int]],
    phase: Phase,
    observed: Sequence[Spacing],
    used: Radiation | None,
) -> Families:
    """Return the families that are said to be those of the values.

    Raises
    ------
    InputError
        When one is none, is extinct, or does not diffract.
    """
    items = ordered_items(hkls)
    if items is None:
        raise InputError(f"hkls is {shown(hkls)}; give a list with one family for each value")
    if len(items) != len(observed):
        raise InputError(f"{len(items)} hkls for {len(observed)} values; each needs one")
    wanted = [as_hkl(item) for item in items]
    for hkl in wanted:
        rule = phase.absence(hkl)
        if rule is not None:
            raise InputError(f"{format_hkl(hkl)} of {phase.id} is extinct: {rule.rule}")
    for hkl in wanted:
        if used is not None and phase.d(hkl) <= 0.5 * used.wavelength:
            raise InputError(
                f"{format_hkl(hkl)} of {phase.id} does not diffract at {used.wavelength:g} Å"
            )
    members, _ = representatives(wanted, phase.space_group.laue_rotations)
    return tuple(map(hkl_of, members))


def _doubt(modes: Sequence[Mode], phase: Phase, *, in_degrees: bool) -> str:
    """Return why values are not taken for lines of the standard."""
    own = sum(mode.posterior for mode in modes)
    if own < LEAST_POSTERIOR:
        return (
            f"the values are lines of {phase.id} with a probability of {own:.2f} only; give "
            "hkls, more lines, or a sigma and a prior of the shift that fit"
        )
    texts = [_labels(mode, in_degrees=in_degrees) for mode in modes[:2]]
    return (
        f"the values do not decide which lines of {phase.id} they are: "
        f"{' or '.join(texts)}; give hkls or more lines"
    )


def _labels(mode: Mode, *, in_degrees: bool) -> str:
    names = [format_hkl(hkl) if hkl is not None else "none" for hkl in mode.hkls]
    told = ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
    shift = f"shift {mode.shift.sum():+.2f}°" if in_degrees else ""
    shift = shift or f"scale {math.exp(float(mode.shift[0])):.3f}"
    return f"{told} ({shift}, probability {mode.posterior:.2f})"
