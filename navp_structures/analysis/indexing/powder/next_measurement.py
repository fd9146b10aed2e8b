"""Which further line, or what sharper measurement, would separate the leading answers most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from navp_structures.analysis.indexing.next_step import NextMeasurement
from navp_structures.analysis.indexing.powder.engine import LONG_LIST
from navp_structures.analysis.indexing.powder.further_lines import further_lines, window
from navp_structures.analysis.indexing.powder.hypotheses import LATTICE, RANDOM, Hypothesis
from navp_structures.analysis.indexing.powder.measured import Measured
from navp_structures.analysis.indexing.powder.solutions import assigned, refined
from navp_structures.kernels.information import of_numbers, of_yes_or_no
from navp_structures.kernels.lattice import Floats
from navp_structures.model.hkl import format_hkl, hkl_of

ENOUGH: Final = 0.95
"""A posterior that needs no further question."""

# Answers that are told apart: so much of the probability, and so many at most.
_SHARE: Final = 0.99
_MOST: Final = 6

# Nats: less is not worth a measurement.
_LEAST: Final = 0.02

# By what sigma may be divided by measuring more slowly and fitting profiles.
_SHARPER: Final = (1.5, 2.0, 3.0)

# Of the most that a smaller sigma tells, what a larger one must tell to be enough.
_NEARLY: Final = 0.8

# To what an internal standard gives the shift: degrees; relative.
_STANDARD: Final = 0.005
_STANDARD_RELATIVE: Final = 0.0002


def named(answer: str) -> str:
    """Return an answer in words: ``a with b``, ``an unknown lattice``."""
    words = {RANDOM: "lines at random", LATTICE: "an unknown lattice"}
    return words.get(answer, answer.replace("+", " with "))


def next_measurement(measured: Measured, found: Sequence[Hypothesis]) -> NextMeasurement | None:
    """Return what is expected to tell most; None where an answer has enough probability.

    Parameters
    ----------
    found
        The most probable first.
    """
    if len(found) < 2 or found[0].posterior > ENOUGH:
        return None
    shares = np.cumsum([h.posterior for h in found])
    count = min(_MOST, max(2, int(np.searchsorted(shares, _SHARE)) + 1))
    leading = found[:count]
    weight = np.array([h.posterior for h in leading])
    weight /= weight.sum()
    told = [
        asked
        for asked in (
            _line(measured, leading, weight),
            *_sharper(measured, leading, weight),
        )
        if asked is not None
    ]
    best = max(told, key=lambda asked: asked.information or 0.0, default=None)
    return None if best is None or (best.information or 0.0) < _LEAST else best


def _line(
    measured: Measured, leading: Sequence[Hypothesis], weight: Floats
) -> NextMeasurement | None:
    """Return the further line that tells most."""
    lines = further_lines(measured, leading)
    if not len(lines.position):
        return None
    information = of_yes_or_no(weight, lines.presence)
    n = int(information.argmax())
    presence = lines.presence[:, n]
    one, two = _pair(weight, np.abs(np.subtract.outer(presence, presence)))
    if presence[two] > presence[one]:
        one, two = two, one
    names = leading[one].name, leading[two].name
    # What is told is a line of the answer that expects it.
    near = np.abs(lines.position - lines.position[n]) <= window(measured)
    n = int(np.where(near & (lines.answer == one), lines.seen, -1.0).argmax())
    shown, hkl = measured.shown(float(lines.position[n])), hkl_of(lines.hkl[n])
    how = "measure on to" if lines.outside[n] else "count ten times as long at"
    unit = "2θ " if measured.in_degrees else ""
    presence, gain = lines.presence[:, n], float(information[n])
    yes, no = weight * presence, weight * (1.0 - presence)
    return NextMeasurement(
        kind="line",
        answers=names,
        hkl=hkl,
        d=float(measured.spacings_of(lines.calculated[n : n + 1])[0]),
        probability=float(presence[one]),
        phase=lines.phase[n],
        position=float(measured.numbers_of(lines.position[n : n + 1])[0]),
        presence=MappingProxyType(
            {h.name: float(p) for h, p in zip(leading, presence, strict=True)}
        ),
        information=gain,
        expected_posterior=float(yes.max() + no.max()),
        text=(
            f"{how} {unit}{shown} for {format_hkl(hkl)} of {lines.phase[n]}: seen with a "
            f"probability of {presence[one]:.2f} if it is {named(names[0])}, of "
            f"{presence[two]:.2f} if it is {named(names[1])}; expected to tell "
            f"{gain:.2f} nats"
        ),
    )


def _pair(weight: Floats, apart: Floats) -> tuple[int, int]:
    """Return which two answers a measurement separates most."""
    gain = np.outer(weight, weight) * apart
    np.fill_diagonal(gain, -1.0)
    one, two = np.unravel_index(int(gain.argmax()), gain.shape)
    return (int(one), int(two)) if weight[one] >= weight[two] else (int(two), int(one))


def _sharper(
    measured: Measured, leading: Sequence[Hypothesis], weight: Floats
) -> Iterator[NextMeasurement]:
    """Yield a smaller sigma, and an internal standard."""
    if len(measured.position) > LONG_LIST:
        return
    mean, spread = _predicted(measured, leading)
    own = measured.sigma**2 * np.eye(len(measured.position))
    gains = [of_numbers(weight, mean, spread + own / part**2) for part in _SHARPER]
    enough = next(n for n, gain in enumerate(gains) if gain >= _NEARLY * gains[-1])
    sigma = measured.sigma / _SHARPER[enough]
    away = np.linalg.norm(mean[:, np.newaxis] - mean, axis=-1) / sigma
    one, two = _pair(weight, away / (1.0 + away))
    yield _told(
        "sigma", leading, (one, two), sigma, gains[enough],
        f"measure the same lines to {measured.of_size(sigma)} or better (a slow scan with "
        "fitted profiles)",
    )  # fmt: skip
    mean, spread = _shifts(measured, leading)
    known = _STANDARD if measured.in_degrees else _STANDARD_RELATIVE
    if mean.size:
        away = np.linalg.norm(mean[:, np.newaxis] - mean, axis=-1)
        one, two = _pair(weight, away / (known + away))
        yield _told(
            "shift", leading, (one, two), known,
            of_numbers(weight, mean, spread + known**2 * np.eye(mean.shape[1])),
            f"add an internal standard that gives the shift to {measured.of_size(known)}",
        )  # fmt: skip


def _told(
    kind: str,
    leading: Sequence[Hypothesis],
    pair: tuple[int, int],
    sigma: float,
    information: float,
    how: str,
) -> NextMeasurement:
    names = leading[pair[0]].name, leading[pair[1]].name
    return NextMeasurement(
        kind=kind,
        answers=names,
        sigma=sigma,
        information=information,
        text=(
            f"{how}: {named(names[0])} and {named(names[1])} expect other positions; expected "
            f"to tell {information:.2f} nats or more"
        ),
    )


def _predicted(measured: Measured, leading: Sequence[Hypothesis]) -> tuple[Floats, Floats]:
    """Return where each answer has the measured lines, ``(k, n)``, and its covariance.

    A line that an answer does not explain is where it was measured.
    """
    n = len(measured.position)
    mean = np.tile(measured.position, (len(leading), 1))
    spread = np.zeros((len(leading), n, n))
    for k, hypothesis in enumerate(leading):
        free = np.ones(n, dtype=bool)
        found = hypothesis.explanation
        if found is not None:
            line, _ = assigned(found, measured)
            own = np.flatnonzero(line >= 0)
            free[own] = False
            mean[k, own] = refined(found)[line[own]]
            basis = found.basis[line[own]]
            spread[k][np.ix_(own, own)] = basis @ found.covariance @ basis.T
        spread[k][free, free] = measured.sigma**2
    return mean, spread


def _shifts(measured: Measured, leading: Sequence[Hypothesis]) -> tuple[Floats, Floats]:
    """Return the shifts of the instrument that each answer needs, and their covariance."""
    count = len(measured.known)
    open_ = np.flatnonzero(np.array(measured.shift_sigmas) > 0.0)
    means: list[Any] = []
    spreads: list[Any] = []
    for hypothesis in leading:
        found = hypothesis.explanation
        mean = np.zeros(count) if found is None else found.shifts[:count]
        spread = np.eye(count) if found is None else found.covariance[:count, :count]
        means.append(measured.shifts_of(mean)[open_])
        spreads.append(measured.spread_of(spread)[np.ix_(open_, open_)])
    return np.array(means), np.array(spreads)
