"""How often the indexing of spot patterns is right, and whether its posteriors hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

import numpy as np

from navp_structures.analysis.indexing.spots import index_spots
from navp_structures.benchmark.cases import Case, CaseMaker
from navp_structures.benchmark.foreign import foreign_crystals
from navp_structures.catalogue.catalogue import as_phases
from navp_structures.kernels.zone_list import canonical_axes
from navp_structures.model.phase import Phase

CONFIDENT: Final = 0.95
_BINS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Errors of a row, and what is to be reached.

    Parameters
    ----------
    sigma, angle_sigma, scale_sigma
        Relative, degrees, relative.
    phase, zone, calibration
        Goals: share of right phases, of right phases with their zone (for two spots: of zones
        among the best three), expected calibration error.
    """

    spots: int
    sigma: float
    angle_sigma: float
    scale_sigma: float
    intensities: bool = False
    phase: float | None = None
    zone: float | None = None
    calibration: float | None = None


SETUPS: Final = (
    Setup(spots=12, sigma=0.005, angle_sigma=0.5, scale_sigma=0.002,
          phase=0.99, zone=0.97, calibration=0.02),
    Setup(spots=12, sigma=0.01, angle_sigma=1.0, scale_sigma=0.01,
          phase=0.93, zone=0.91, calibration=0.04),
    Setup(spots=6, sigma=0.01, angle_sigma=1.0, scale_sigma=0.01,
          phase=0.87, zone=0.83, calibration=0.05),
    Setup(spots=6, sigma=0.01, angle_sigma=1.0, scale_sigma=0.01, intensities=True,
          phase=0.91, zone=0.88, calibration=0.05),
    Setup(spots=2, sigma=0.01, angle_sigma=1.0, scale_sigma=0.01,
          phase=0.66, zone=0.83, calibration=0.08),
)  # fmt: skip

FOREIGN_SETUPS: Final = (
    Setup(spots=12, sigma=0.01, angle_sigma=1.0, scale_sigma=0.01),
    Setup(spots=6, sigma=0.01, angle_sigma=1.0, scale_sigma=0.01),
)

PEERS: Final = """\
Other programs on patterns of this generator, phase / phase and zone within 4 degrees, by
`python -m navp_structures.benchmark peers` (40 patterns, seed 20261127): 12 spots 1 % 1° 1 %:
py4DSTEM 0.14.18 ACOM 0.70 / 0.62, pyxem 0.21 vector matching 0.78 / 0.42, two shortest spots by
hand 0.72 / 0.55; 6 spots: 0.62 / 0.55, 0.60 / 0.28, 0.50 / 0.33."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of the cases of a row.

    Parameters
    ----------
    phase, zone, top_three
        Shares of cases with the right phase, also the right zone, the zone among three.
    calibration
        Expected calibration error over ten equal bins.
    confident, confident_right
        Share of cases with a posterior above 0.95, and of these the right ones (NaN if none).
    ours
        Share of cases with a posterior above 0.95 for one of the phases.
    milliseconds
        Mean for each pattern.
    """

    setup: Setup
    cases: int
    phase: float
    zone: float
    top_three: float
    calibration: float
    confident: float
    confident_right: float
    ours: float
    milliseconds: float
    foreign: bool = False


def outcome(
    setup: Setup, cases: Iterable[Case], phases: Sequence[Phase], *, foreign: bool = False
) -> Outcome:
    """Return how the cases of a row are indexed."""
    found = [_judged(setup, case, phases, foreign=foreign) for case in cases]
    right, zone, three, posterior, ours, seconds = np.array(found, dtype=np.float64).T
    confident = posterior > CONFIDENT
    return Outcome(
        setup=setup,
        cases=len(found),
        phase=float(right.mean()),
        zone=float(zone.mean()),
        top_three=float(three.mean()),
        calibration=calibration_error(posterior, right),
        confident=float(confident.mean()),
        confident_right=float(right[confident].mean()) if confident.any() else float("nan"),
        ours=float(ours.mean()),
        milliseconds=1e3 * float(seconds.mean()),
        foreign=foreign,
    )


def calibration_error(posterior: Any, right: Any) -> float:
    """Return the mean gap between posterior and share of right answers over ten bins."""
    place = np.minimum((np.asarray(posterior) * _BINS).astype(int), _BINS - 1)
    gaps = [
        abs(np.mean(posterior[place == n]) - np.mean(right[place == n])) * np.mean(place == n)
        for n in range(_BINS)
        if np.any(place == n)
    ]
    return float(sum(gaps))


def _judged(
    setup: Setup, case: Case, phases: Sequence[Phase], *, foreign: bool
) -> tuple[float, ...]:
    """Return right phase, right zone, zone among three, posterior, posterior of ours, time."""
    start = perf_counter()
    found = index_spots(
        case.spots,
        phases=phases,
        sigma=setup.sigma,
        angle_sigma=setup.angle_sigma,
        scale_sigma=setup.scale_sigma,
        intensities=case.intensities.tolist() if setup.intensities else None,
    )
    seconds = perf_counter() - start
    posterior = found.posteriors[found.best]
    ours = max(found.posteriors[phase.id] for phase in phases)
    if foreign:
        return 0.0, 0.0, 0.0, posterior, float(ours > CONFIDENT), seconds
    answer = phases[case.phase]
    zones = [
        row.phase == answer.id and _axis(row.zone_axis, answer) == case.zone_axis
        for row in found.rows[:3]
    ]
    right = found.best == answer.id
    return (
        float(right),
        float(right and zones[:1] == [True]),
        float(any(zones)),
        posterior,
        float(ours > CONFIDENT),
        seconds,
    )


def _axis(uvw: tuple[int, ...], phase: Phase) -> tuple[int, ...]:
    equal = canonical_axes(np.array([uvw]), phase.space_group.laue_rotations)
    return tuple(equal[0].tolist())


def rows(cases: int, seed: int, *, model: str, foreign: bool) -> Iterator[Outcome]:
    """Yield the outcome of each row.

    Parameters
    ----------
    cases
        In each row.
    seed
        Of the first row; each further one has the next number.
    model
        Of the intensities: ``kinematic``, ``two-beam`` or ``many-beam``.
    foreign
        Whether crystals that are none of the phases are indexed too.
    """
    phases = as_phases(None)
    maker = CaseMaker(phases, model=model)
    for n, setup in enumerate(SETUPS):
        yield outcome(setup, _cases(maker, seed + n, cases, setup), phases)
    if foreign:
        maker = CaseMaker(foreign_crystals(), model=model)
        for n, setup in enumerate(FOREIGN_SETUPS, len(SETUPS)):
            made = _cases(maker, seed + n, cases, setup)
            yield outcome(setup, made, phases, foreign=True)


def _cases(maker: CaseMaker, seed: int, number: int, setup: Setup) -> Iterator[Case]:
    return maker.cases(
        np.random.default_rng(seed),
        number,
        setup.spots,
        sigma=setup.sigma,
        angle_sigma=setup.angle_sigma,
        scale_sigma=setup.scale_sigma,
    )


def table(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Yield the lines of a table, goals in brackets."""
    yield "spots  d/angle/scale     phase        zone         ECE          >0.95  right  ms"
    for found in outcomes:
        setup = found.setup
        errors = f"{100 * setup.sigma:g}% {setup.angle_sigma:g}° {100 * setup.scale_sigma:g}%"
        errors += " I" if setup.intensities else ""
        if found.foreign:
            yield (
                f"{setup.spots:5}  {errors:16}  other crystals taken for one of ours: "
                f"{found.ours:.3f}"
            )
            continue
        zone = found.zone if setup.spots > 2 else found.top_three
        yield (
            f"{setup.spots:5}  {errors:16}  {_goal(found.phase, setup.phase)}  "
            f"{_goal(zone, setup.zone)}  {_goal(found.calibration, setup.calibration)}  "
            f"{found.confident:5.2f}  {found.confident_right:5.3f}  {found.milliseconds:.1f}"
        )
    yield "zone of two spots: among the best three; right: of those with more than 0.95"


def _goal(value: float, goal: float | None) -> str:
    return f"{value:.3f}" + (f" ({goal:.2f})" if goal is not None else " " * 7)
