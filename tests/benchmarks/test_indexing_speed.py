"""How long the spots of a pattern take, alone and among thousands.

Off by default; ``pytest tests/benchmarks --benchmark-enable --benchmark-only -q -s`` measures.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter, process_time
from typing import TYPE_CHECKING

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.analysis import group_families, sphere, structure_factors
from navp_structures.analysis.indexing import zone_library, zones
from navp_structures.analysis.indexing.zones import listed_zones

if TYPE_CHECKING:
    from conftest import Medians
    from pytest_benchmark.fixture import BenchmarkFixture

    Alternate = Callable[..., Medians]

PHASES = ("Na3VP", "Na2VP", "NaVP", "NZSP")
SPOTS = 12

# CPU seconds of one pattern, and of the zones of the four phases before the first.
EACH = 5e-3
FIRST = 1.0

# CPU seconds of two short spacings with their angle, zones of the four phases included: each
# has two hundred candidates, and the pairs of their members are thousands.
PAIR = 1.2

# So many times longer takes what tells its solutions in full.
TOLD_IN_FULL = 1.2


def simulated(count: int) -> list[np.ndarray]:
    """Return the spots of patterns of the four phases, any of their zones to 30 Å, any turn.

    Intensities are right to a factor, lengths to 0.5 %, angles to half a degree, the scale to
    1 %; in every third pattern one spot is nothing's.
    """
    rng = np.random.default_rng(12)
    every = [listed_zones(navp.load(name), 30.0, 0.85) for name in PHASES]
    found: list[np.ndarray] = []
    while len(found) < count:
        some = every[rng.integers(len(every))]
        zone = rng.integers(len(some.uvw))
        own = np.arange(*some.first[zone : zone + 2])
        own = own[some.counted[own] & np.isfinite(some.log_intensity[own])]
        if len(own) < SPOTS:
            continue
        strength = some.log_intensity[own] + rng.normal(0.0, 1.0, len(own))
        g = some.g[own[np.argsort(-strength)[:SPOTS]]]
        spot = g[:, 0] + 1j * g[:, 1]
        spot *= np.exp(rng.normal(0.0, 0.005, SPOTS) + 1j * rng.normal(0.0, 0.0087, SPOTS))
        spot *= np.exp(rng.normal(0.0, 0.01) + 1j * rng.uniform(0.0, 2.0 * np.pi))
        if len(found) % 3 == 0:
            spot[-1] = complex(*rng.uniform(-0.5, 0.5, 2))
        found.append(np.stack([spot.real, spot.imag], axis=1))
    return found


def cpu(call: Callable[[], object], times: int = 1) -> float:
    """Return the CPU seconds of this process for a call, over a number."""
    start = process_time()
    call()
    return (process_time() - start) / times


def many(patterns: list[np.ndarray], workers: int = 1) -> navp.ManyPatterns:
    return navp.index_many(patterns, phases=PHASES, workers=workers)


def forget() -> None:
    """Empty what the package keeps of zones, reflections and atoms."""
    zone_library._libraries.clear()
    zones._listed.clear()
    sphere._spheres.clear()
    group_families._boxes.clear()
    structure_factors.atoms_of.cache_clear()


def test_patterns_of_twelve_spots(alternate: Alternate, benchmark: BenchmarkFixture) -> None:
    patterns = simulated(200 if benchmark.enabled else 2)
    count = len(patterns)
    many(patterns)

    def one_by_one() -> None:
        for spots in patterns:
            navp.index_spots(spots, phases=PHASES)

    found = alternate(
        {
            "index_many": lambda: cpu(lambda: many(patterns), count),
            "index_spots": lambda: cpu(one_by_one, count),
        },
        repeats=7,
    )
    if found.measured:
        assert found.seconds["index_many"] <= EACH
        assert found.seconds["index_spots"] <= EACH
        assert found.ratio("index_spots", "index_many") >= TOLD_IN_FULL


def test_first_pattern(alternate: Alternate) -> None:
    patterns = simulated(1)

    def first() -> float:
        forget()
        return cpu(lambda: many(patterns))

    found = alternate({"first": first, "again": lambda: cpu(lambda: many(patterns))}, repeats=7)
    if found.measured:
        assert found.seconds["first"] <= FIRST


def test_two_spacings_and_their_angle(alternate: Alternate) -> None:
    def first() -> float:
        forget()
        return cpu(lambda: navp.index_spacings([1.0, 1.1], phases=PHASES, angles=60))

    found = alternate({"first": first}, repeats=5)
    if found.measured:
        assert found.seconds["first"] <= PAIR


@pytest.mark.parametrize("workers", [2])
def test_workers(workers: int, alternate: Alternate, benchmark: BenchmarkFixture) -> None:
    patterns = simulated(2000 if benchmark.enabled else 2)

    def elapsed(workers: int) -> float:
        start = perf_counter()
        found = many(patterns, workers)
        assert not found.failed
        return perf_counter() - start

    # Elapsed time depends on what else runs on the cores: it is told, not judged.
    alternate(
        {"one": lambda: elapsed(1), f"{workers} workers": lambda: elapsed(workers)}, repeats=3
    )
