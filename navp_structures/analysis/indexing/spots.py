"""Indexing the spots of one pattern: phase, zone axis and (hkl) with a probability."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from navp_structures.analysis.calibration_result import Calibration
from navp_structures.analysis.indexing.next_measurement import next_measurement
from navp_structures.analysis.indexing.pair_zones import pair_zones
from navp_structures.analysis.indexing.spot_evidence import FEW, Errors, log_spurious
from navp_structures.analysis.indexing.spot_input import MeasuredSpots, held, measured_spots
from navp_structures.analysis.indexing.spot_notes import SURE
from navp_structures.analysis.indexing.spot_result import SpotIndexing
from navp_structures.analysis.indexing.spot_search import Posterior, search
from navp_structures.analysis.indexing.spot_settings import DEFAULT_LONGEST_ZONE, SpotSettings
from navp_structures.analysis.indexing.spot_solutions import (
    best_fit,
    classes,
    posteriors,
    solutions,
    told,
)
from navp_structures.analysis.indexing.spot_views import views
from navp_structures.analysis.indexing.zone_library import (
    BEYOND,
    LEAST_REACH,
    ZoneLibrary,
    extended,
    zone_library,
)
from navp_structures.catalogue.catalogue import PhaseLike
from navp_structures.errors import InputError
from navp_structures.kernels.spot_match import PolarSpots

# Å; two or three spots are tried on so much longer axes, and on any if none of these fits
# within so many sigma.
_FURTHER: Final = 2.0 * BEYOND
_FITS: Final = 1.5

_MARGIN: Final = 1.02


def index_spots(
    spots: npt.ArrayLike | Sequence[Sequence[float]],
    *,
    phases: PhaseLike | Iterable[PhaseLike] | None = None,
    sigma: float | Sequence[float] = 0.01,
    angle_sigma: float | Sequence[float] = 1.0,
    scale_sigma: float | None = None,
    intensities: Sequence[float] | None = None,
    units: str = "1/A",
    camera_constant: float | None = None,
    distortion_sigma: float = 0.0,
    longest_zone: float = DEFAULT_LONGEST_ZONE,
    g_max: float | None = None,
    calibration: Calibration | None = None,
) -> SpotIndexing:
    r"""Return which phase, zone axis and reflections the spots of a pattern are.

    The posterior of each zone counts how well positions fit, how probable it is that just
    these reflections are seen and others not, and how many zones and reflections a phase has to
    offer. Turn and mirror image are free; scale and the strain of cell and camera are
    integrated out. Two further answers compete: no net at all, and a net of which nothing is
    known. Kinematic: no dynamical intensities.

    Parameters
    ----------
    spots
        Positions (x to the right, y up) from the direct beam, shape ``(n, 2)``, 2 to 500. Two
        opposite spots count as one.
    phases
        Phases, names or paths of CIFs; the four of the card when None. A cell without sites
        has all reflections equally strong.
    sigma, angle_sigma
        One standard deviation of the length, relative, and of the angle (degrees); one number,
        or one for each spot. The su of a phase's cell comes on top.
    scale_sigma
        Of the common scale, relative, 0.01 when None; 0 for one that is exact.
    intensities
        One for each spot, any common scale.
    units
        ``1/A``, ``1/nm``, ``q`` or ``px`` (rows downwards).
    camera_constant
        For ``px``: distance times spacing (px Å).
    distortion_sigma
        Of the strain of an elliptic distortion, relative: 0.01 makes one axis of a ring about
        1 % longer and the other shorter.
    longest_zone
        Å; longest of the equally probable zone axes. Two or three spots are tried on axes up to
        30 Å longer too, and on any axis if none of these fits.
    g_max
        Å⁻¹; how far spots were looked for. Where it is not given, two answers are weighed: to
        the farthest spot, or to 0.85 Å⁻¹; two or three spots count as the strongest to 0.85.
        Reflections beyond both are not tried, whatever is given.
    calibration
        From `calibrate`, of the same instrument: lengths are corrected by it, and its su,
        with scale_sigma where that is given for a drift since, is left of the scale.

    Raises
    ------
    InputError
        When there are fewer than two directions, a number is none, a phase has no zone, or an
        option does not fit.

    Examples
    --------
    >>> result = index_spots([(0.1611, 0.0), (-0.0805, 0.1395), (0.3222, 0.0)],
    ...                      phases=["Na3VP", "NZSP"])
    >>> round(sum(result.posteriors.values()), 6)
    1.0
    """
    settings = SpotSettings.of(
        phases=phases,
        sigma=sigma,
        angle_sigma=angle_sigma,
        scale_sigma=scale_sigma,
        units=units,
        camera_constant=camera_constant,
        distortion_sigma=distortion_sigma,
        longest_zone=longest_zone,
        g_max=g_max,
        calibration=calibration,
    )
    return index_pattern(spots, intensities, settings)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Searched:
    """What was found of the spots of a pattern, before it is told.

    Parameters
    ----------
    listed
        Å, to which axis length zones are listed; None for any length.
    """

    measured: MeasuredSpots
    polar: PolarSpots
    errors: Errors
    posterior: Posterior
    library: ZoneLibrary
    listed: float | None


def index_pattern(spots: Any, intensities: Any, settings: SpotSettings) -> SpotIndexing:
    """Return the answer of `index_spots` for checked settings."""
    spots, intensities = held(spots), held(intensities)
    made = searched(spots, intensities, settings)
    posterior, library, phases = made.posterior, made.library, settings.phases
    parts = posterior, made.measured, library, made.errors.g_max
    rows = tuple(told(solutions(*parts)))
    fitting = best_fit(*parts)
    same = next((row for row in rows if fitting is not None and row.rank == fitting.rank), None)
    return SpotIndexing(
        asked={
            **given_pattern(spots, intensities),
            **settings.inputs,
            "listed_zones": made.listed,
        },
        of=phases,
        rows=rows,
        posteriors=MappingProxyType(posteriors(posterior, phases)),
        classes=tuple(classes(posterior, library)),
        best_fit=same or fitting,
        next_measurement=next_measurement(posterior, made.polar, library, made.errors, SURE),
        measured=made.measured,
        views=posterior.views,
    )


def given_pattern(spots: Any, intensities: Any) -> dict[str, Any]:
    """Return the spots of a pattern for JSON."""
    return {
        "spots": np.asarray(spots, dtype=np.float64).tolist(),
        "intensities": None if intensities is None else list(intensities),
    }


def searched(spots: Any, intensities: Any, settings: SpotSettings) -> Searched:
    """Return what the spots of a pattern say, for checked settings.

    Raises
    ------
    InputError
        As for `index_spots`.
    """
    measured = measured_spots(
        spots,
        units=settings.units,
        sigma=settings.sigma,
        angle_sigma=settings.angle_sigma,
        intensities=intensities,
        camera_constant=settings.camera_constant,
        scale=settings.scale,
    )
    if intensities is not None and not any(phase.has_sites for phase in settings.phases):
        raise InputError(
            "intensities need atoms to compare with: all phases are cells without sites"
        )
    farthest = _reach(measured)
    edge = _edge(settings.g_max, measured)
    g_max = max(LEAST_REACH, farthest)
    polar = _polar(measured, g_max)
    errors = Errors(
        scale=settings.scale_sigma,
        distortion=settings.distortion_sigma,
        g_max=g_max,
        views=views(
            farthest,
            g_max,
            edge,
            models=any(phase.site_error for phase in settings.phases),
            chosen=len(polar) <= FEW,
        ),
    )
    posterior, library, listed = _searched(polar, measured, settings, errors)
    return Searched(
        measured=measured,
        polar=polar,
        errors=errors,
        posterior=posterior,
        library=library,
        listed=listed,
    )


def _searched(
    polar: PolarSpots, measured: MeasuredSpots, settings: SpotSettings, errors: Errors
) -> tuple[Posterior, ZoneLibrary, float | None]:
    """Return the posterior with its zones, and to which axis length these are listed (Å).

    None stands for any length.
    """
    phases, longest, g_max = settings.phases, settings.longest_zone, errors.g_max
    few = len(polar) <= FEW
    further = _FURTHER if few else 0.0
    listed = longest + further
    library = zone_library(phases, longest, g_max, beyond=further)
    if not len(library.uvw):
        names = ", ".join(phase.id for phase in phases)
        raise InputError(
            f"no zone axis of {names} up to {listed:g} Å shows a net; give a longer one"
        )
    posterior = search(polar, measured.log_intensity, library, errors)
    if not few or _fits(posterior):
        return posterior, library, listed
    wide = float(np.hypot(errors.scale, library.largest_strain))
    axes = [pair_zones(phase, polar, wide, listed, g_max) for phase in phases]
    library = extended(library, axes, longest, g_max, beyond=further)
    return search(polar, measured.log_intensity, library, errors), library, None


def _fits(posterior: Posterior) -> bool:
    """Whether a placement has all spots, with small residuals."""
    match = posterior.placed.match
    complete = (match >= 0).all(axis=1)
    limit = 2.0 * match.shape[1] * _FITS**2
    return bool((posterior.fits.squares[complete] < limit).any())


def _reach(spots: MeasuredSpots) -> float:
    """Return how far spots are seen (Å⁻¹), with some margin for the scale.

    In steps, so that patterns share a list.
    """
    return float(np.ceil(_MARGIN * np.exp(spots.log_r.max()) * 20.0)) / 20.0


def _edge(g_max: float | None, spots: MeasuredSpots) -> float | None:
    farthest = float(np.exp(spots.log_r.max()))
    if g_max is not None and farthest > g_max * (1.0 + 1e-9):
        raise InputError(
            f"a spot is {farthest:.4f} Å⁻¹ from the direct beam, beyond g_max {g_max:g}; give "
            f"how far spots were looked for"
        )
    return g_max


def _polar(spots: MeasuredSpots, g_max: float) -> PolarSpots:
    return PolarSpots(
        log_r=spots.log_r,
        angle=spots.angle,
        sigma=spots.sigma,
        sigma_angle=spots.sigma_angle,
        log_spurious=log_spurious(spots.log_r, g_max),
    )
