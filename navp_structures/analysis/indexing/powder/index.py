"""Indexing a list of powder lines: which phases, and which line is which."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from navp_structures.analysis.by_phase import distinct_phases
from navp_structures.analysis.calibration_result import Calibration
from navp_structures.analysis.indexing.powder.engine import (
    RATIO_SIGMA,
    SPREAD,
    STRAY,
    VISIBLE,
)
from navp_structures.analysis.indexing.powder.hypotheses import (
    DEFAULT_MIXTURE_PRIOR,
    NONE_PRIOR,
    weigh,
)
from navp_structures.analysis.indexing.powder.measured import Measured, measured_lines
from navp_structures.analysis.indexing.powder.next_measurement import next_measurement
from navp_structures.analysis.indexing.powder.result import PowderIndexing
from navp_structures.analysis.indexing.powder.solutions import solution
from navp_structures.analysis.indexing.powder.unexplained import STRAIN
from navp_structures.analysis.numbers import within
from navp_structures.catalogue.catalogue import PhaseLike
from navp_structures.catalogue.radiations import RadiationLike
from navp_structures.errors import InputError
from navp_structures.model.phase import Phase


def index_powder(
    two_theta: float | Iterable[float],
    *,
    radiation: RadiationLike | None = None,
    phases: PhaseLike | Iterable[PhaseLike] | None = None,
    sigma: float | None = None,
    intensities: Iterable[float] | None = None,
    zero_sigma: float | None = None,
    displacement_sigma: float | None = None,
    scale_sigma: float | None = None,
    units: str = "two_theta",
    limits: tuple[float, float] | None = None,
    resolution: float | None = None,
    mixture_prior: float = DEFAULT_MIXTURE_PRIOR,
    calibration: Calibration | None = None,
) -> PowderIndexing:
    """Return how probable each phase, and each mixture of two, is for a list of lines.

    Each line is the position of a family of the phase, off by an error of measurement, of
    the instrument and of the phase's cell, or a stray line anywhere. The stronger a family
    is (kinematic), the likelier it is in the list, and the more its absence counts.

    Parameters
    ----------
    two_theta
        Measured positions: 2θ (degrees), or numbers of another unit; the strongest lines of
        the range, in any order.
    radiation
        Needed for 2θ, there is no default: a line, or a wavelength in Å (of X-rays; for
        neutrons ``radiation(1.8, probe="neutron")``). For other units it gives the
        intensities only; without one they are those of X-rays at small angles.
    phases
        Phases, names or paths of CIFs; the four of the card when None.
    sigma
        One standard deviation of a position: degrees for 2θ, 0.05 when None; relative for
        other units, 0.002 when None (0.05 degrees at 2θ = 25 degrees). The su of each
        phase's cell is added, with its correlation over the lines.
    intensities
        Of the lines, in any unit. Without them only the choice of lines tells of strength.
    zero_sigma
        One standard deviation of the zero shift (degrees), 0.03 when None, as of a
        diffractometer that was adjusted with a standard.
    displacement_sigma
        One standard deviation of the shift by a displaced sample (degrees at θ = 0; it goes
        with cos θ), 0.05 when None: 0.1 mm at a radius of 240 mm.
    scale_sigma
        For units other than 2θ: one standard deviation (relative) of the scale that all
        spacings share, 0.002 when None; 0.01 suits rings of electrons.
    units
        ``two_theta``, ``A`` (d), ``nm``, ``1/A``, ``1/nm`` or ``q``.
    limits
        First and last position that was measured, in the unit. None takes the lines with as
        much beyond on each side as they are apart on average.
    resolution
        Distance (degrees; relative for other units) below which the instrument shows two
        lines as one, at their mean weighted by intensity, be they of one phase or of two.
        0 resolves all. None takes 0.1 degrees (0.004), or two sigma where that is more, with
        a probability of 0.6, or of 0.2 where the list holds nearer lines; else lines of two
        phases are resolved, as by a fit of profiles.
    mixture_prior
        Probability beforehand that the sample holds two of the phases, 0 to 0.8; 0 tries
        single phases only.
    calibration
        From `calibrate`, such as of a standard in the same pattern: zero shift and
        displacement, or the scale, are those, as far as its su know them. zero_sigma and the
        others are then 0 when None, and what may have changed since when given.

    Raises
    ------
    InputError
        When a number is no position, two lines are the same, there are more than 2000, or
        an option is out of bounds or does not go with the unit.
    UnknownPhaseError, UnknownRadiationError, NavpError
        When a phase or a radiation is unknown, or a file cannot be used.

    Notes
    -----
    Probabilities hold for lists like those assumed: intensities within 0.35 decades of the
    kinematic ones, a strong line missing in one case of ten, one line of twenty stray. Their
    calibration was measured on simulated lists, not on experiments.

    Examples
    --------
    >>> result = index_powder([14.25, 20.07, 23.76, 32.02], radiation="CuKa1")
    >>> next(iter(result.posteriors)), result.rows[0].hkls[:2]
    ('na3vp-rt', ((0, 1, 2), (1, 0, 4)))
    """
    measured = measured_lines(
        two_theta,
        units=units,
        radiation=radiation,
        sigma=sigma,
        intensities=intensities,
        zero_sigma=zero_sigma,
        displacement_sigma=displacement_sigma,
        scale_sigma=scale_sigma,
        limits=limits,
        resolution=resolution,
        calibration=calibration,
    )
    share = within(mixture_prior, "mixture_prior", 0.0, 0.8, "probability")
    chosen = distinct_phases(phases)
    if measured.intensity is not None and not any(phase.has_sites for phase in chosen):
        raise InputError(
            f"{', '.join(phase.id for phase in chosen)}: cells only, which have no "
            "intensities; leave the intensities out"
        )
    found = weigh(measured, chosen, share)
    return PowderIndexing(
        asked=_inputs(measured, chosen, limits, share, calibration),
        of=chosen,
        measured=measured,
        hypotheses=found,
        next_measurement=next_measurement(measured, found),
        rows=tuple(solution(n, h, measured) for n, h in enumerate(found, start=1)),
    )


def _inputs(
    measured: Measured,
    phases: tuple[Phase, ...],
    limits: tuple[float, float] | None,
    mixture_prior: float,
    calibration: Calibration | None,
) -> dict[str, Any]:
    used = measured.radiation
    shifts = measured.shift_sigmas
    return {
        "values": list(measured.given),
        "units": measured.units,
        "radiation": None if used is None else used.name,
        "wavelength": None if used is None else used.wavelength,
        "probe": "xray" if used is None else used.probe,
        "sigma": measured.sigma,
        "intensities": measured.intensities and list(measured.intensities),
        "zero_sigma": shifts[0] if measured.in_degrees else None,
        "displacement_sigma": shifts[1] if measured.in_degrees else None,
        "scale_sigma": None if measured.in_degrees else shifts[0],
        "limits": list(measured.range_given),
        "limits_given": limits is not None,
        "resolution": measured.resolution,
        "resolution_given": measured.resolution_given,
        "mixture_prior": mixture_prior,
        "none_prior": NONE_PRIOR,
        "stray": STRAY,
        "visible": VISIBLE,
        "spread": SPREAD,
        "ratio_sigma": RATIO_SIGMA,
        "strain": STRAIN,
        "calibration": None if calibration is None else calibration.found,
        "phases": [phase.id for phase in phases],
    }
