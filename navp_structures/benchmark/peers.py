"""`index_spots` beside other programs on identical patterns.

Others run in environments of their own, by the scripts in ``peer_scripts``: py4DSTEM 0.14.18
needs a numpy before 2, so that neither an extra nor one environment can hold it with this
package. To repeat the comparison::

    python -m venv acom && acom/bin/pip install py4DSTEM==0.14.18
    python -m venv vectors && vectors/bin/pip install pyxem==0.21.0
    python -m navp_structures.benchmark peers --acom-python acom/bin/python \
        --vectors-python vectors/bin/python

The zone of `index_spots` and of the rule by hand is right when it is equal to the true one by
symmetry, that of the others within 4 degrees of such an axis: they search all orientations,
these only zones. Times are of one processor, without loading and preparing: on a shared machine
nothing else compares. Of `index_spots` they hold all that it tells of a hundred other answers,
of `index_many` only phase, zone and posteriors, as much as others tell.

The first row has no errors, no spurious and no missing spots: a program that does not find
nearly all of its zones is not used as it should be. Of 40, ACOM
found 0.95 and vector matching all.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Final

import numpy as np

from navp_structures.analysis.indexing.many import index_many
from navp_structures.analysis.indexing.many_result import ManyPatterns
from navp_structures.analysis.indexing.spots import index_spots
from navp_structures.benchmark.cases import Case, CaseMaker
from navp_structures.benchmark.hand_rule import HandRule
from navp_structures.benchmark.indexing import SETUPS, Setup
from navp_structures.benchmark.peer_files import (
    Answer,
    read_answers,
    read_cases,
    write_cases,
)
from navp_structures.catalogue.catalogue import as_phases
from navp_structures.model.phase import Phase

OURS: Final = "index_spots"
MANY: Final = "index_many"
HAND: Final = "by hand"
ACOM: Final = "ACOM"
VECTORS: Final = "vectors"

# Degrees; more than the orientation grid of the others leaves.
ZONE_WITHIN: Final = 4.0
_EXACT: Final = 1e-3

# How many times as long as `index_spots` each should need.
_SLOWER: Final = {ACOM: 100, VECTORS: 50}

_SCRIPTS: Final = Path(__file__).parent / "peer_scripts"
_SCRIPT_OF: Final = {ACOM: "acom.py", VECTORS: "vectors.py"}

# Several threads on one pattern would make neither time nor processor time comparable.
_ONE_THREAD: Final = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA", "NUMEXPR")
}

# The row without errors is told small ones, of which no program can do without.
ROWS: Final[Mapping[str, Setup]] = {
    "0-perfect": SETUPS[0],
    "1-six": SETUPS[2],
    "2-twelve": SETUPS[1],
    "3-twelve-tight": SETUPS[0],
}

Answers = Mapping[str, Sequence[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What came of a row for one program.

    Parameters
    ----------
    phase, zone
        Shares of cases with the right phase, and with the right zone of it.
    milliseconds
        Of one processor, mean for each pattern.
    """

    phase: float
    zone: float
    milliseconds: float


def make_rows(
    phases: Sequence[Phase], cases: int, seed: int
) -> dict[str, tuple[Setup, list[Case]]]:
    """Return errors and cases of each row; each has the next seed."""
    rows = {}
    for n, (name, setup) in enumerate(ROWS.items()):
        perfect = name.endswith("perfect")
        made = CaseMaker(phases, perfect=perfect).cases(
            np.random.default_rng(seed + n),
            cases,
            setup.spots,
            sigma=0.0 if perfect else setup.sigma,
            angle_sigma=0.0 if perfect else setup.angle_sigma,
            scale_sigma=0.0 if perfect else setup.scale_sigma,
        )
        rows[name] = setup, list(made)
    return rows


def zone_within(
    found: Sequence[float], true: Sequence[int], phase: Phase, degrees: float
) -> bool:
    """Whether an axis is within an angle of one that is equal to the true one by symmetry."""
    to_cartesian = phase.cell.orthogonalisation_matrix
    equal = (phase.space_group.laue_rotations @ np.array(true)) @ to_cartesian.T
    axis = to_cartesian @ np.array(found, dtype=np.float64)
    # Of the cross product, because a cosine near 1 tells small angles badly.
    sine = np.linalg.norm(np.cross(equal, axis), axis=1)
    angle = np.degrees(np.arctan2(sine, np.abs(equal @ axis)))
    return bool(angle.min() <= degrees)


def score(
    answers: Sequence[Answer], cases: Sequence[Case], phases: Sequence[Phase], degrees: float
) -> Score:
    """Return how the answers to the cases of a row are."""
    right, zone = [], []
    for answer, case in zip(answers, cases, strict=True):
        phase = phases[case.phase]
        right.append(answer.phase == phase.id)
        zone.append(right[-1] and zone_within(answer.zone_axis, case.zone_axis, phase, degrees))
    return Score(
        phase=float(np.mean(right)),
        zone=float(np.mean(zone)),
        milliseconds=1e3 * float(np.mean([answer.seconds for answer in answers])),
    )


def our_answers(setup: Setup, cases: Sequence[Case], phases: Sequence[Phase]) -> list[Answer]:
    """Return what `index_spots` says to the cases of a row."""

    def found(case: Case) -> tuple[str | None, Sequence[int]]:
        said = index_spots(
            case.spots,
            phases=phases,
            sigma=setup.sigma,
            angle_sigma=setup.angle_sigma,
            scale_sigma=setup.scale_sigma,
        )
        first = next((row for row in said.rows if row.phase == said.best), None)
        return (None, (0, 0, 1)) if first is None else (said.best, first.zone_axis)

    return _timed(found, cases)


def many_answers(setup: Setup, cases: Sequence[Case], phases: Sequence[Phase]) -> list[Answer]:
    """Return what `index_many` says, which tells of each pattern no more than others do."""

    def found(cases: Sequence[Case]) -> ManyPatterns:
        return index_many(
            [case.spots for case in cases],
            phases=phases,
            sigma=setup.sigma,
            angle_sigma=setup.angle_sigma,
            scale_sigma=setup.scale_sigma,
            workers=1,
        )

    found(cases[:1])  # the first call also lists the zones
    start = process_time()
    rows = found(cases).rows
    seconds = (process_time() - start) / len(cases)
    return [
        Answer(phase=row.phase, zone_axis=row.zone_axis or (0.0, 0.0, 1.0), seconds=seconds)
        for row in rows
    ]


def hand_answers(setup: Setup, cases: Sequence[Case], phases: Sequence[Phase]) -> list[Answer]:
    """Return what the rule by hand says to the cases of a row."""
    rule = HandRule(CaseMaker(phases).zones)

    def found(case: Case) -> tuple[str | None, Sequence[int]]:
        number, zone_axis = rule.index(case.spots, setup.sigma, setup.angle_sigma)
        return phases[number].id, zone_axis

    return _timed(found, cases)


def _timed(
    found: Callable[[Case], tuple[str | None, Sequence[int]]], cases: Sequence[Case]
) -> list[Answer]:
    found(cases[0])  # the first call also lists the zones
    answers = []
    for case in cases:
        start = process_time()
        phase, zone_axis = found(case)
        seconds = process_time() - start
        answers.append(
            Answer(phase=phase, zone_axis=tuple(map(float, zone_axis)), seconds=seconds)
        )
    return answers


def peer_answers(peer: str, python: str, folder: Path) -> tuple[dict[str, str], Answers]:
    """Run the script of a program, and return its versions and its answers to each row.

    Raises
    ------
    subprocess.CalledProcessError
        When the script fails; it has said why.
    """
    path = folder / f"answers-{peer}.json"
    path.unlink(missing_ok=True)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    command = [python, str(_SCRIPTS / _SCRIPT_OF[peer]), str(folder), str(path)]
    # The interpreter is the one that the user named.
    subprocess.run(command, check=True, env=environment | _ONE_THREAD)  # noqa: S603
    return read_answers(path)


def compare(cases: int, seed: int, folder: Path, pythons: Mapping[str, str]) -> Iterator[str]:
    """Write the cases to a folder, index them, and yield the lines of a table.

    Parameters
    ----------
    cases, seed
        Cases of each row, seed of the first.
    pythons
        Interpreter of each program, by name.
    """
    phases = as_phases(None)
    write_cases(folder, phases, make_rows(phases, cases, seed))
    rows = {name: (setup, read_cases(folder, name, phases)) for name, setup in ROWS.items()}
    answers: dict[str, Answers] = {
        OURS: {name: our_answers(*row, phases) for name, row in rows.items()},
        MANY: {name: many_answers(*row, phases) for name, row in rows.items()},
        HAND: {name: hand_answers(*row, phases) for name, row in rows.items()},
    }
    for peer, python in pythons.items():
        versions, answers[peer] = peer_answers(peer, python, folder)
        yield f"{peer}: {', '.join(f'{k} {v}' for k, v in versions.items())}"
    scores = {
        name: {
            peer: score(
                given[name], made, phases, ZONE_WITHIN if peer in _SCRIPT_OF else _EXACT
            )
            for peer, given in answers.items()
        }
        for name, (_, made) in rows.items()
    }
    yield from table(scores)


def table(scores: Mapping[str, Mapping[str, Score]]) -> Iterator[str]:
    """Yield the lines of a table: share right, milliseconds, times those of `index_spots`."""
    yield f"{'row':26}{'program':12}{'phase':>6}{'+zone':>7}{'ms':>9}{'times ours':>12}"
    for name, of_row in scores.items():
        setup = ROWS[name]
        errors = (
            "no errors"
            if name.endswith("perfect")
            else f"{100 * setup.sigma:g}% {setup.angle_sigma:g}° {100 * setup.scale_sigma:g}%"
        )
        for peer, found in of_row.items():
            times = found.milliseconds / of_row[OURS].milliseconds
            yield (
                f"{f'{setup.spots} spots, {errors}':26}{peer:12}{found.phase:6.2f}"
                f"{found.zone:7.2f}{found.milliseconds:9.1f}{times:12.2f}"
            )
    yield from _goals(scores)


def _goals(scores: Mapping[str, Mapping[str, Score]]) -> Iterator[str]:
    """Yield whether each program is less often right, and slower by the factor of the goal."""
    measured = [of_row for name, of_row in scores.items() if not name.endswith("perfect")]
    for peer, factor in _SLOWER.items():
        if not all(peer in of_row for of_row in measured):
            continue
        better = all(
            row[OURS].phase > row[peer].phase and row[OURS].zone > row[peer].zone
            for row in measured
        )
        text = f"goal, {peer} less often right in every row: {'met' if better else 'missed'}"
        for name in (OURS, MANY):
            if not all(name in of_row for of_row in measured):
                continue
            times = min(row[peer].milliseconds / row[name].milliseconds for row in measured)
            verdict = "met" if times >= factor else "missed"
            text += f"; at least {factor} times as long as {name}: {verdict} ({times:.1f})"
        yield text
