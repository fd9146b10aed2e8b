"""Indexing measured spacings: every family that fits, in the order of its merit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import median
from typing import Any, Final

from navp_structures.analysis.calibration_result import Calibration, calibrated
from navp_structures.analysis.indexing.candidates import (
    REACH,
    ExtinctCandidate,
    SpacingCandidate,
    find_candidates,
)
from navp_structures.analysis.indexing.labels import LabelVerdict, judge_labels
from navp_structures.analysis.indexing.next_step import NextMeasurement
from navp_structures.analysis.indexing.notes import notes_on
from navp_structures.analysis.indexing.pair_pattern import pair_pattern
from navp_structures.analysis.indexing.pairs import (
    Angles,
    ReflectionPair,
    find_pairs,
    read_angles,
)
from navp_structures.analysis.indexing.scale import PhaseFit, fit_scale
from navp_structures.analysis.indexing.shared_zones import SharedZone, shared_zones
from navp_structures.analysis.indexing.spot_result import SpotIndexing, SpotSolution
from navp_structures.analysis.indexing.spot_settings import scale_sigma_of
from navp_structures.analysis.indexing.units import Spacing, check_sigma, spacings
from navp_structures.analysis.numbers import is_number
from navp_structures.catalogue.catalogue import PhaseLike, as_phases
from navp_structures.catalogue.radiations import RadiationLike
from navp_structures.catalogue.radiations import radiation as find_radiation
from navp_structures.errors import InputError, shown
from navp_structures.model.hkl import as_hkl, format_hkl
from navp_structures.model.phase import Phase
from navp_structures.model.radiation import Radiation, check_probe
from navp_structures.read_only import ReadOnly
from navp_structures.show.tables import Column, TableResult, plain

MOST_SPACINGS: Final = 500
"""Of one call; the time grows with the square of their number."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class SpacingIndexing(ReadOnly, TableResult[SpacingCandidate]):
    """The answer of `index_spacings`; its rows are the allowed candidates.

    Parameters
    ----------
    observed
        The measured spacings.
    rows
        Allowed candidates by spacing, best score first.
    extinct
        Extinct families that would fit, nearest first.
    labels
        A verdict on each label in each phase.
    pairs
        Pairs of members that also fit the given angles, best first; of each phase the best
        10,000 for an angle.
    pair_count
        How many pairs fit.
    fits
        For two and more spacings: the best common assignment of each phase, best first.
    pattern
        For two spacings and their angle: zone axes and phases with their posterior, as
        `index_spots` gives them.
    shared
        For two spacings without an angle: pairs of planes of one zone axis, as they are seen
        in one image, the most probable first.
    """

    asked: Mapping[str, Any]
    of: tuple[Phase, ...]
    observed: tuple[Spacing, ...]
    rows: tuple[SpacingCandidate, ...]
    extinct: tuple[ExtinctCandidate, ...]
    labels: tuple[LabelVerdict, ...]
    pairs: tuple[ReflectionPair, ...]
    pair_count: int
    fits: tuple[PhaseFit, ...]
    pattern: SpotIndexing | None
    shared: tuple[SharedZone, ...]

    name = "spacings"
    columns = (
        Column("phase"),
        Column("hkl", show=format_hkl),
        Column("multiplicity", head="m"),
        Column("d_obs", head="d obs / Å", show="{:.4f}".format),
        Column("d_calc", head="d calc / Å", show="{:.4f}".format),
        Column("deviation_percent", head="dev. / %", show="{:+.2f}".format),
        Column("deviation_sigma", head="dev. / sigma", show="{:+.2f}".format),
        Column("f_squared", head="|F|²", show="{:.3g}".format, hidden=True),
        Column("posterior", hidden=True),
        Column("strength", head="|F| / max", show="{:.2f}".format),
        Column("score", show="{:.3f}".format),
        Column("observation", hidden=True),
        Column("d_calc_su", hidden=True),
        Column("sigma", hidden=True),
    )

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, with every default in place."""
        found: dict[str, Any] = plain(self.asked)
        return found

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases that were tried."""
        return self.of

    @property
    def posteriors(self) -> Mapping[str, float]:
        """Probability of each phase and of none; empty without two spacings and an angle."""
        return {} if self.pattern is None else self.pattern.posteriors

    @property
    def solutions(self) -> tuple[SpotSolution, ...]:
        """Zone axes, the most probable first; empty without two spacings and an angle."""
        return () if self.pattern is None else self.pattern.solutions

    @property
    def next_measurement(self) -> NextMeasurement | None:
        """What would separate the leading answers; None where nothing is known of it."""
        return None if self.pattern is None else self.pattern.next_measurement

    @property
    def indexed(self) -> bool:
        """Whether an allowed family fits a spacing, or all of them with a common scale."""
        return bool(self.rows) or any(fit.unmatched == 0 for fit in self.fits)

    @property
    def labels_hold(self) -> bool:
        """Whether each label is allowed and fits in at least one of the phases."""
        given = {verdict.number for verdict in self.labels}
        return all(any(v.holds for v in self.labels if v.number == n) for n in given)

    @property
    def notes(self) -> tuple[str, ...]:
        """What these data can and cannot decide, and which phases are no measurement."""
        return notes_on(self)

    def candidates(self, observation: int) -> tuple[SpacingCandidate, ...]:
        """Return the allowed candidates of one spacing, best score first.

        Raises
        ------
        InputError
            When there is no spacing of this number; they count from 0.
        """
        count = len(self.observed)
        if not is_number(observation) or observation not in range(count):
            raise InputError(f"no spacing {shown(observation)}; there are {count}, from 0")
        return tuple(row for row in self.rows if row.observation == observation)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document; `results` holds the candidates and what is beside them."""
        # Not super(): a slotted dataclass is a new class, which the bare form misses.
        content = TableResult.to_dict(self)
        content["results"] = {
            "candidates": content["results"],
            "extinct": plain([asdict(row) for row in self.extinct]),
            "labels": plain([asdict(row) | {"holds": row.holds} for row in self.labels]),
            "pairs": plain([asdict(row) for row in self.pairs]),
            "pair_count": self.pair_count,
            "fits": plain([asdict(row) for row in self.fits]),
            "pattern": None if self.pattern is None else self.pattern.to_dict()["results"],
            "shared": plain([asdict(row) for row in self.shared]),
            "notes": list(self.notes),
        }
        return content


def index_spacings(
    d: float | Iterable[float],
    *,
    phases: PhaseLike | Iterable[PhaseLike] | None = None,
    sigma: float | None = None,
    angles: Angles | None = None,
    angle_sigma: float = 1.0,
    scale_sigma: float | None = None,
    units: str = "A",
    radiation: RadiationLike | None = None,
    camera_constant: float | None = None,
    labels: str | Sequence[str | Sequence[int]] | None = None,
    probe: str | None = None,
    calibration: Calibration | None = None,
) -> SpacingIndexing:
    """Return every family of each phase that has the measured spacings.

    The order is that of fit times strength, |F| / |F|max; it is a ranking, not a
    probability. Families that fit but are extinct are listed apart, with their rule. Two
    spacings with their angle are a pattern, whose phases and zone axes have posteriors.

    Parameters
    ----------
    d
        One or several measured values, at most 500.
    phases
        Phases, names or paths of CIFs; the four of the card when None.
    sigma
        One standard deviation: relative, 0.01 when None; for ``two_theta`` degrees, 0.05
        when None. Candidates reach to 3 sigma, with the su of the phase's cell added.
    angles
        Degrees between the planes: one number for two spacings, else ``{(i, j): degrees}``
        with i and j counted from 0.
    angle_sigma
        One standard deviation of the angles (degrees).
    scale_sigma
        One standard deviation (relative) of the scale that all spacings share, 0.01 when
        None; it enters `fits`, which take in families that only a common scale brings
        within reach. 0 is a scale that is exact: nothing is left to fit. For ``two_theta``
        none is fitted unless it is given: the wavelength is known.
    units
        ``A``, ``nm``, ``1/A``, ``1/nm``, ``q``, ``two_theta`` or ``px``.
    radiation
        Needed for ``two_theta``, there is no default: a line or a wavelength in Å.
    camera_constant
        Needed for ``px``: distance times spacing (px Å).
    labels
        Printed (hkl) to be judged, in the order of the spacings.
    probe
        Whose |F| ranks: ``electron``, ``xray`` or ``neutron``; None takes ``xray`` for
        ``two_theta`` and ``electron`` otherwise.
    calibration
        From `calibrate`, of the same instrument: `d_obs` is corrected by it, and scale_sigma
        is what its su leaves, with scale_sigma, where it is given, for a drift since.

    Raises
    ------
    InputError
        When a value is no positive number, none is given, or an option does not fit.
    UnknownPhaseError, NavpError
        When a phase is unknown or its file cannot be used.

    Examples
    --------
    >>> result = index_spacings([1.88, 1.895], phases=["Na3VP"])
    >>> result.candidates(0)[0].hkl
    (2, 2, 6)
    """
    used = None if radiation is None else find_radiation(radiation)
    observed = spacings(
        d, units=units, sigma=sigma, radiation=used, camera_constant=camera_constant
    )
    _check_count(observed)
    observed = calibrated(observed, calibration, units, used, camera_constant)
    measured_angles = read_angles(angles, len(observed))
    check_sigma(angle_sigma, "angle_sigma", 30.0, "degrees")
    scale_sigma = _scale_sigma(scale_sigma, units, calibration)
    spread = scale_sigma or 0.0
    wanted = [labels] if isinstance(labels, str) else list(labels or ())
    chosen = as_phases(phases)
    ray = _probe(probe, used)
    found = [find_candidates(phase, observed, ray, spread) for phase in chosen]
    allowed = [candidate for fitting, _ in found for candidate in fitting]
    extinct = [candidate for _, forbidden in found for candidate in forbidden]
    rows = _ranked([c for c in allowed if c.within_reach])
    paired = find_pairs(chosen, rows, measured_angles, angle_sigma)
    return SpacingIndexing(
        asked={
            "values": [s.given for s in observed],
            "units": units,
            "sigma": [s.sigma for s in observed],
            "wavelength": None if used is None else used.wavelength,
            "camera_constant": camera_constant,
            "angles": [[*pair, angle] for pair, angle in measured_angles.items()],
            "angle_sigma": angle_sigma,
            "scale_sigma": scale_sigma,
            "calibration": None if calibration is None else calibration.found,
            "probe": ray,
            "reach": REACH,
            "labels": [format_hkl(as_hkl(label)) for label in wanted],
            "phases": [phase.id for phase in chosen],
        },
        of=chosen,
        observed=observed,
        rows=tuple(rows),
        extinct=tuple(sorted(extinct, key=lambda c: (c.observation, abs(c.deviation_sigma)))),
        labels=judge_labels(wanted, observed, chosen),
        pairs=paired.pairs,
        pair_count=paired.count,
        fits=_fits(chosen, allowed, observed, spread),
        pattern=pair_pattern(chosen, observed, measured_angles, angle_sigma, spread),
        shared=_shared(chosen, observed, measured_angles, spread, units),
    )


def _check_count(observed: Sequence[Spacing]) -> None:
    if len(observed) > MOST_SPACINGS:
        raise InputError(
            f"{len(observed)} spacings are given; at most {MOST_SPACINGS} are indexed together"
        )


def _scale_sigma(
    given: float | None, units: str, calibration: Calibration | None
) -> float | None:
    """Return one standard deviation of the common scale; None where none is fitted."""
    if units != "two_theta":
        return scale_sigma_of(given, calibration)
    # The wavelength is known, and the shift of a calibration is no scale.
    return None if given is None else scale_sigma_of(given, None)


def _probe(probe: str | None, radiation: Radiation | None) -> str:
    if probe is None:
        return radiation.probe if radiation else "electron"
    return check_probe(probe)


def _ranked(candidates: Sequence[SpacingCandidate]) -> list[SpacingCandidate]:
    known = [c.strength for c in candidates if c.strength is not None]
    usual = median(known) if known else 1.0
    scored = [replace(c, score=_score(c, usual)) for c in candidates]
    return sorted(scored, key=lambda c: (c.observation, -c.score, abs(c.deviation_sigma)))


def _score(candidate: SpacingCandidate, usual: float) -> float:
    strength = usual if candidate.strength is None else candidate.strength
    return math.exp(-0.5 * candidate.deviation_sigma**2) * strength


def _shared(
    phases: Sequence[Phase],
    observed: Sequence[Spacing],
    angles: Mapping[tuple[int, int], float],
    scale_sigma: float,
    units: str,
) -> tuple[SharedZone, ...]:
    # Powder lines are of no common zone axis.
    if len(observed) != 2 or angles or units == "two_theta":
        return ()
    return shared_zones(phases, observed, scale_sigma)


def _fits(
    phases: Sequence[Phase],
    allowed: Sequence[SpacingCandidate],
    observed: Sequence[Spacing],
    scale_sigma: float,
) -> tuple[PhaseFit, ...]:
    if len(observed) < 2 or not scale_sigma:
        return ()
    fits = [fit_scale(phase.id, allowed, observed, scale_sigma) for phase in phases]
    return tuple(sorted(fits, key=lambda f: (f.unmatched, f.cost)))
