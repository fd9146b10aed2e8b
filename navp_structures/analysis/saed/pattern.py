"""Electron diffraction patterns of phases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from navp_structures.analysis.by_phase import distinct_phases
from navp_structures.analysis.numbers import has_items, is_number, items_of
from navp_structures.analysis.saed.camera import Camera
from navp_structures.analysis.saed.orientation import HKLLike, orientation
from navp_structures.analysis.saed.result import SaedPattern, SaedPatterns
from navp_structures.analysis.saed.settings import SaedSettings
from navp_structures.analysis.saed.spots import spots_of
from navp_structures.catalogue.catalogue import PhaseLike, as_phase
from navp_structures.errors import InputError, shown


def saed_pattern(
    phase: PhaseLike,
    zone_axis: HKLLike | None = None,
    *,
    spots: tuple[HKLLike, HKLLike] | None = None,
    voltage: float = 200.0,
    tilt: tuple[float, float] | None = None,
    direction: tuple[float, float, float] | None = None,
    horizontal: HKLLike | None = None,
    rotation: float = 0.0,
    d_min: float = 1.0,
    max_excitation_error: float | None = None,
    thickness: float | None = None,
    precession: float = 0.0,
    double_diffraction: bool = False,
    camera_length: float | None = None,
    camera_constant: float | None = None,
    pixel: float | None = None,
    centre: tuple[float, float] | None = None,
) -> SaedPattern:
    r"""Return the electron diffraction pattern of one crystal, kinematic.

    A reflection is a spot when its distance from the Ewald sphere along the beam, the
    excitation error s, is at most `max_excitation_error`. Its intensity is \|F\|² times the
    weight of the foil. \|F\|² holds electron form factors, occupancies, mixed sites and
    displacements (U_ij where known).

    Parameters
    ----------
    phase
        A Phase, a name, or the path of a CIF.
    zone_axis
        [uvw] in direct axes, towards the gun and the viewer: three integers, or a text like
        ``"2 1 0"``; four [UVTW] in hexagonal axes too.
    spots
        Instead of it two reflections: their zone axis points to the viewer when turning the
        first to the second is anticlockwise. The first is put horizontal.
    voltage
        kV.
    tilt
        Two angles (degrees) by which the crystal is turned from the zone axis, anticlockwise
        about x, then about y; both axes are those of the pattern, and stay.
    direction
        Instead of it the direction (u, v, w), real numbers in direct axes, that the smallest
        rotation turns to the gun. Laue zones stay those of the zone axis: for a large tilt
        name the axis nearest to the beam.
    horizontal
        The reflection that lies along x, to the right, before the crystal is tilted. None is
        the shortest of the zone.
    rotation
        Degrees by which the pattern is turned anticlockwise from there.
    d_min
        Smallest spacing (Å).
    max_excitation_error
        Å⁻¹, for all spots. None is for the zero layer what that of an untilted pattern has at
        d_min (at 1 Å where d_min is larger), so that it is complete; for higher Laue zones at
        most 0.01; with a thickness t at least 1/t for each.
    thickness
        Of the foil (nm), which lies normal to the beam: spots are weighed by
        :math:`(\sin \pi t s / \pi t s)^2`. None counts each spot in full.
    precession
        Half angle (mrad) of the cone of a precessing beam; spots are weighed over the cone,
        without a thickness by the share of it for which s is within 0.01 Å⁻¹ (or
        max_excitation_error).
    double_diffraction
        Reflections that a glide plane or a screw axis forbids, or whose atoms cancel by their
        positions, but two others add up to are always listed, with intensity 0 and not drawn;
        True gives them a nominal 1. The first of the two must be near the sphere itself, both
        reach d_min or 1 Å, and have at least a millionth of the strongest \|F\|².
    camera_length
        mm, to a flat detector: gives positions in mm, with `pixel` in pixels too.
    camera_constant
        Distance times spacing (px Å): gives positions in pixels, with `pixel` in mm too.
    pixel
        Edge of a pixel (µm).
    centre
        Column and row of the direct beam.

    Raises
    ------
    NoSitesError
        When the phase is a cell only.
    InputError
        When the zone axis is [0 0 0] or no integers, the spots are parallel, or a setting is
        out of bounds.

    Notes
    -----
    No dynamical scattering: with the beam along a zone axis of a foil thicker than a few nm
    the intensities of strong beams even out, and extinct spots may appear.

    References
    ----------
    Williams & Carter, Transmission Electron Microscopy, 2nd ed. (2009), ch. 11 to 18;
    Vincent & Midgley, Ultramicroscopy 53 (1994) 271, doi:10.1016/0304-3991(94)90039-6;
    Gjønnes & Moodie, Acta Cryst. 19 (1965) 65, doi:10.1107/S0365110X65002773

    Examples
    --------
    >>> pattern = saed_pattern("Na3VP", (2, 1, 0), voltage=200)
    >>> [spot.hkl for spot in pattern if spot.reason == "double_diffraction"][:2]
    [(0, 0, 3), (0, 0, -3)]
    >>> saed_pattern("Na3VP", spots=("4 -2 6", "1 -4 5")).zone_axis
    (1, -1, -1)
    """
    found = as_phase(phase)
    settings = SaedSettings(
        voltage=voltage,
        d_min=d_min,
        max_excitation_error=max_excitation_error,
        thickness=thickness,
        precession=precession,
        double_diffraction=double_diffraction,
        camera=Camera(
            camera_length=camera_length,
            camera_constant=camera_constant,
            pixel=pixel,
            centre=centre,
        ),
    )
    stands = orientation(
        found,
        zone_axis,
        spots=spots,
        horizontal=horizontal,
        rotation=rotation,
        tilt=tilt,
        direction=direction,
    )
    return SaedPattern(
        of=found,
        orientation=stands,
        settings=settings,
        spots=spots_of(found, stands, settings),
    )


def saed_patterns(
    phases: PhaseLike | Iterable[PhaseLike] | None = None,
    zone_axis: HKLLike | Sequence[HKLLike] | None = None,
    *,
    spots: Any = None,
    horizontal: HKLLike | Sequence[HKLLike] | None = None,
    **settings: Any,
) -> SaedPatterns:
    """Return the patterns of several phases in one frame, to be laid over each other.

    Parameters
    ----------
    phases
        Phases, names or paths of CIFs; None stands for the four of the card.
    zone_axis, spots, horizontal
        As for `saed_pattern`: one for all phases, or a list with one for each, which puts
        their zone axes along each other and their horizontal reflections in line.
    settings
        Other keywords of `saed_pattern`.

    Raises
    ------
    InputError
        As `saed_pattern`, and when a list has another length than the phases.

    Examples
    --------
    >>> both = saed_patterns(["Na3VP", "Na2VP"], [(0, 0, 1), (-1, 0, 0)])
    >>> [pattern.zone_axis for pattern in both]
    [(0, 0, 1), (-1, 0, 0)]
    """
    chosen = distinct_phases(phases)
    axes = _each(zone_axis, "zone_axis", len(chosen), _is_one)
    pairs = _each(spots, "spots", len(chosen), _is_pair)
    levels = _each(horizontal, "horizontal", len(chosen), _is_one)
    patterns = tuple(
        saed_pattern(phase, axis, spots=pair, horizontal=level, **settings)
        for phase, axis, pair, level in zip(chosen, axes, pairs, levels, strict=True)
    )
    return SaedPatterns(settings=patterns[0].settings, patterns=patterns)


def saed_series(
    phase: PhaseLike,
    zone_axes: Iterable[HKLLike] | None = None,
    *,
    zone_axis: HKLLike | None = None,
    tilts: Iterable[tuple[float, float]] | None = None,
    directions: Iterable[tuple[float, float, float]] | None = None,
    **settings: Any,
) -> tuple[SaedPattern, ...]:
    """Return the patterns of one phase in many orientations.

    Its reflections and their structure factors are made once.

    Parameters
    ----------
    phase
        A Phase, a name, or the path of a CIF.
    zone_axes
        One pattern for each.
    zone_axis, tilts, directions
        Instead of it one zone axis and a series of tilts or of directions from it.
    settings
        Other keywords of `saed_pattern`.

    Raises
    ------
    InputError
        As `saed_pattern`, and when not exactly one of zone_axes, tilts and directions is
        given.

    Examples
    --------
    >>> series = saed_series("Na3VP", zone_axis=(0, 0, 1), tilts=[(0, 0), (1, 0), (2, 0)])
    >>> len(series), series[1].orientation.tilt
    (3, (1.0, 0.0))
    """
    found = as_phase(phase)
    series = {"zone_axes": zone_axes, "tilts": tilts, "directions": directions}
    given = [(name, items) for name, items in series.items() if items is not None]
    if len(given) != 1 or (zone_axes is not None and zone_axis is not None):
        raise InputError(
            "give zone_axes, or one zone_axis with either tilts or directions to go through"
        )
    ((several, items),) = given
    name = {"zone_axes": "zone_axis", "tilts": "tilt", "directions": "direction"}[several]
    if name in settings:
        raise InputError(f"a series of {several} needs no {name} beside it")
    listed = None if isinstance(items, str | bytes) else items_of(items)
    if listed is None:
        raise InputError(f"{several} is {shown(items)}; it must be a list")
    fixed = settings if zone_axis is None else settings | {"zone_axis": zone_axis}
    return tuple(saed_pattern(found, **fixed | {name: item}) for item in listed)


def _each(given: Any, name: str, count: int, is_one: Any) -> list[Any]:
    """Return what each phase gets: the same, or its own of a list."""
    if isinstance(given, Iterator):
        given = list(given)
    if given is None or is_one(given):
        return [given] * count
    items = list(given) if has_items(given) else [given]
    if len(items) != count:
        raise InputError(
            f"{name} names {len(items)}, of different phases there {'are' * (count > 1)}"
            f"{'is' * (count == 1)} {count}; give one for all or one for each"
        )
    return items


def _is_one(given: Any) -> bool:
    """Whether it is one set of indices."""
    return isinstance(given, str) or (has_items(given) and all(is_number(n) for n in given))


def _is_pair(given: Any) -> bool:
    if isinstance(given, str) or not has_items(given):
        return False
    return len(given) == 2 and all(map(_is_one, given))
