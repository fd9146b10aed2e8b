"""Sentences that belong under an electron diffraction pattern."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from navp_structures.analysis.saed.orientation import Orientation
from navp_structures.analysis.saed.routes import is_cancelled
from navp_structures.analysis.saed.rows import rule_of
from navp_structures.analysis.saed.settings import NOMINAL, SaedSettings
from navp_structures.analysis.saed.spots import (
    DOUBLE_DIFFRACTION,
    HOLZ,
    SUPERLATTICE,
    Spots,
)
from navp_structures.analysis.superlattice import parent_translations
from navp_structures.model.hkl import format_hkl, format_uvw, hkl_of
from navp_structures.model.phase import Phase

if TYPE_CHECKING:
    from navp_structures.analysis.saed.result import SaedPattern
    from navp_structures.analysis.saed.ring_result import RingPattern, Rings

KINEMATIC: Final = (
    "kinematic: single scattering, as in a foil of a few nm; in a thicker one strong beams "
    "exchange intensity, so that positions hold and intensities are a guide"
)
"""What the intensities are, and what that means for a real foil."""


def sentences(patterns: Sequence[SaedPattern], *, brief: bool = False) -> tuple[str, ...]:
    """Return what the numbers are, and what each pattern shows.

    Parameters
    ----------
    brief
        Leaves out what a picture shows by itself.
    """
    settings = patterns[0].settings
    told = [description(settings)]
    for pattern in patterns:
        name = f"{pattern.of.id}: " if len(patterns) > 1 else ""
        parts = [] if brief and pattern.orientation.is_level else list(_geometry(pattern))
        told += [f"{name}{sentence}" for sentence in (*parts, *_contents(pattern))]
    camera = settings.camera.text(settings.wavelength)
    return (*told, *([camera] if camera else []), KINEMATIC)


def description(settings: SaedSettings) -> str:
    """Return beam, range, foil and scale in one sentence."""
    parts = [f"electrons of {settings.voltage:g} kV, {settings.wavelength:.6g} Å"]
    if settings.precession:
        parts.append(f"precessing by {settings.precession:g} mrad")
    parts.append(f"spots with d ≥ {settings.d_min:g} Å and |s| ≤ {_limits(settings)}")
    if settings.thickness is None:
        parts.append(
            "each in full" if not settings.precession else "over its share of the cone"
        )
    else:
        parts.append(f"weighed by a foil of {settings.thickness:g} nm normal to the beam")
    return "; ".join([*parts, "strongest = 100"])


def _limits(settings: SaedSettings) -> str:
    told = f"{settings.limit:.4g} Å⁻¹"
    if settings.holz_limit != settings.limit:
        told += f" ({settings.holz_limit:.4g} in higher Laue zones)"
    return told + (" somewhere on the cone" if settings.precession else "")


def _geometry(pattern: SaedPattern) -> Iterator[str]:
    basis, how = pattern.basis, pattern.orientation
    yield (
        f"{how.text}, {_level(how)}; reduced basis {format_hkl(basis.hkl_1)} "
        f"{basis.g_1:.4f} Å⁻¹, {format_hkl(basis.hkl_2)} {basis.g_2:.4f} Å⁻¹, "
        f"{basis.angle:.2f}° apart, ratio {basis.g_2 / basis.g_1:.3f}"
    )
    if how.spots is not None:
        one, two = how.spots
        yield (
            f"{format_hkl(one)} ^ {format_hkl(two)}: {pattern.angle(one, two):.2f}°, "
            f"zone axis {format_uvw(how.zone_axis)}"
        )
        for hkl in how.spots:
            absence = pattern.of.absence(hkl)
            if absence is not None:
                yield str(absence)


def _level(how: Orientation) -> str:
    """Return what lies to the right."""
    across = sum(h * u for h, u in zip(how.horizontal, how.zone_axis, strict=True))
    spot = f"{'the part across the beam of ' if across else ''}{format_hkl(how.horizontal)}"
    place = "to the right"
    if how.rotation:
        place = f"{how.rotation:g}° anticlockwise from the right"
    return f"{spot} {place}{'' if how.is_level else ' before tilting'}"


def _contents(pattern: SaedPattern) -> Iterator[str]:
    spots = pattern.spots
    if not len(pattern):
        yield "no spot lies in this range"
    count = int(np.count_nonzero(spots.reason == SUPERLATTICE))
    if count:
        yield _superlattice(pattern.of, count)
    count = int(np.count_nonzero(spots.reason == HOLZ))
    if count:
        layers = sorted(set(np.abs(spots.layer[spots.layer != 0]).tolist()))
        shown = ", ".join(map(str, layers[:3])) + (" and more" if len(layers) > 3 else "")
        before = "" if pattern.orientation.is_level else f", of {format_uvw(pattern.zone_axis)}"
        yield f"{count} of higher-order Laue zones ({shown}){before}"
    if np.any(spots.reason == DOUBLE_DIFFRACTION):
        yield _double(pattern, spots) + _cancelling(pattern)


def _double(pattern: SaedPattern | RingPattern, reflections: Spots | Rings) -> str:
    found = np.flatnonzero(reflections.reason == DOUBLE_DIFFRACTION)
    first = int(found[0])
    hkl, one = hkl_of(reflections.hkl[first]), hkl_of(reflections.route[first])
    two = hkl_of(reflections.hkl[first] - reflections.route[first])
    drawn = "0" if not pattern.settings.double_diffraction else f"a nominal {NOMINAL:g}"
    route = f"{format_hkl(one)} + {format_hkl(two)}"
    return (
        f"{len(found)} extinct but reachable by double diffraction, such as "
        f"{format_hkl(hkl)} ({rule_of(pattern.of, hkl)}) = {route}; intensity {drawn}"
    )


def _cancelling(pattern: SaedPattern) -> str:
    """Return for how many spots all routes cancel; nothing where none do."""
    spots, group = pattern.spots, pattern.of.space_group
    operations = group.rotations, group.translations
    found = spots.hkl[(spots.reason == DOUBLE_DIFFRACTION) & (spots.layer == 0)]
    count = sum(is_cancelled(hkl, pattern.zone_axis, *operations) for hkl in found)
    if not count or not pattern.orientation.is_level or pattern.settings.precession:
        return ""
    which = "all of them" if count == len(found) else f"{count} of them"
    return f"; {which} cancel where the beam is exactly along the zone axis"


def _superlattice(phase: Phase, count: int) -> str:
    shown = ", ".join(_vector(t) for t in parent_translations(phase))
    return (
        f"{count} of a superlattice: but for the order of some atoms and small shifts {shown} "
        "would be a lattice translation"
    )


def _vector(translation: np.ndarray) -> str:
    parts = (Fraction(float(t)).limit_denominator(24) for t in translation)
    return f"({' '.join(map(str, parts))})"


def ring_sentences(patterns: Sequence[RingPattern]) -> tuple[str, ...]:
    """Return what the numbers of rings are, and what each pattern shows."""
    settings = patterns[0].settings
    told = [
        f"electrons of {settings.voltage:g} kV, {settings.wavelength:.6g} Å; rings with d ≥ "
        f"{settings.d_min:g} Å of crystals in all orientations; strongest = 100"
    ]
    for pattern in patterns:
        name = f"{pattern.of.id}: " if len(patterns) > 1 else ""
        told += [f"{name}{sentence}" for sentence in _of_rings(pattern)]
    camera = settings.camera.text(settings.wavelength, rows=False)
    return (*told, *([camera] if camera else []), KINEMATIC)


def _of_rings(pattern: RingPattern) -> Iterator[str]:
    rings = pattern.rings
    if not len(pattern):
        yield "no ring lies in this range"
    count = int(np.count_nonzero(rings.reason == SUPERLATTICE))
    if count:
        yield _superlattice(pattern.of, count)
    if np.any(rings.reason == DOUBLE_DIFFRACTION):
        yield _double(pattern, rings)
