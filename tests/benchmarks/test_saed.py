"""How long electron diffraction patterns take beside pymatgen, and many orientations.

Off by default; ``pytest tests/benchmarks --benchmark-enable --benchmark-only -q -s`` measures.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from statistics import median
from timeit import Timer
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.analysis import allowed, group_families, sphere, structure_factors
from navp_structures.analysis.superlattice import parent_translations
from navp_structures.model.phase import Phase

if TYPE_CHECKING:
    from conftest import Medians
    from pytest_benchmark.fixture import BenchmarkFixture

    Alternate = Callable[..., Medians]

D_MIN = 0.8
FASTER_THAN_PYMATGEN = 100.0
FURTHER_AXIS = 1e-3  # seconds
LABELS = 0.15  # seconds

# As for powder patterns: the first call after another's turn finds cold caches.
IN_A_ROW = 5


def seconds(
    call: Callable[[], object], prepare: Callable[[], object] | str = "pass", times: int = 1
) -> float:
    """Return the median seconds of a call, each after something untimed."""
    return median(Timer(call, prepare).repeat(times, 1))


def forget_reflections() -> None:
    """Empty what is kept of the phase's reflections and their structure factors."""
    sphere._spheres.clear()
    allowed._tables.clear()


def forget() -> None:
    """Empty all that is kept of phases and space groups."""
    forget_reflections()
    group_families._boxes.clear()
    structure_factors.atoms_of.cache_clear()
    parent_translations.cache_clear()


def pattern(phase: Phase, zone_axis: Any) -> navp.SaedPattern:
    return navp.saed_pattern(phase, zone_axis, voltage=200, d_min=D_MIN)


def by_pymatgen(phase: Phase) -> Callable[[], float]:
    with warnings.catch_warnings():
        # It warns of what other packages deprecate.
        warnings.simplefilter("ignore")
        from pymatgen.analysis.diffraction.tem import TEMCalculator
    structure = phase.structure
    calculator = TEMCalculator(voltage=200, beam_direction=(0, 0, 1))
    return lambda: seconds(lambda: calculator.get_pattern(structure))


def test_against_pymatgen(alternate: Alternate) -> None:
    phase = navp.load("na3vp-rt")
    found = alternate(
        {
            "ours": lambda: seconds(
                lambda: pattern(phase, (0, 0, 1)), prepare=forget_reflections, times=IN_A_ROW
            ),
            "ours, very first": lambda: seconds(
                lambda: pattern(phase, (0, 0, 1)), prepare=forget, times=IN_A_ROW
            ),
            "ours, a further axis": lambda: seconds(
                lambda: pattern(phase, (2, 1, 0)), times=IN_A_ROW
            ),
            "pymatgen": by_pymatgen(phase),
        }
    )
    if found.measured:
        assert found.ratio("pymatgen", "ours") >= FASTER_THAN_PYMATGEN
        assert found.seconds["ours, a further axis"] <= FURTHER_AXIS


@pytest.mark.parametrize("name", ["na3vp-rt", "na2vp-a"])
def test_thousand_orientations(
    name: str, alternate: Alternate, benchmark: BenchmarkFixture
) -> None:
    phase, count = navp.load(name), 1000 if benchmark.enabled else 5
    rng = np.random.default_rng(1000)
    axes = [axis for axis in rng.integers(-5, 6, (2 * count, 3)).tolist() if any(axis)][:count]
    tilts = [(float(a), float(b)) for a, b in rng.uniform(-5, 5, (count, 2))]

    def series(**asked: Any) -> float:
        return seconds(lambda: navp.saed_series(phase, d_min=D_MIN, **asked))

    found = alternate(
        {
            "zone axes": lambda: series(zone_axes=axes),
            "tilts": lambda: series(zone_axis=(0, 0, 1), tilts=tilts),
            "tilts, foil and precession": lambda: series(
                zone_axis=(0, 0, 1), tilts=tilts, thickness=50, precession=10
            ),
        },
        repeats=3,
    )
    if found.measured:
        assert found.seconds["zone axes"] <= count * FURTHER_AXIS


def test_labels_of_600_spots(alternate: Alternate) -> None:
    from navp_structures.show.spot_labels import Wish, place_labels

    side = np.arange(0.0, 470.0, 19.0)
    x, y = (axis.ravel() for axis in np.meshgrid(side, side))
    spots = np.column_stack([x, y, np.full(len(x), 3.0)])
    wishes = [Wish(spot=n, size=(14.0, 8.0), group=n) for n in range(150)]
    found = alternate(
        {"labels": lambda: seconds(lambda: place_labels(wishes, spots, area=(470, 470)))}
    )
    if found.measured:
        assert found.seconds["labels"] <= LABELS
