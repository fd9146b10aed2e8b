"""How long powder patterns take beside pymatgen and cctbx, and what the command takes.

Off by default; ``pytest tests/benchmarks --benchmark-enable --benchmark-only -q -s`` measures.
"""

from __future__ import annotations

import importlib.util
import json
import math
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.analysis import allowed, group_families, structure_factors
from navp_structures.kernels import scattering
from navp_structures.model import standard
from navp_structures.model.phase import Phase

if TYPE_CHECKING:
    from conftest import Comparison, Medians
    from pytest_benchmark.fixture import BenchmarkFixture

    Compare = Callable[[Sequence[str], Sequence[str]], Comparison]
    Alternate = Callable[..., Medians]

WAVELENGTH = 1.5405929
RANGE = (5.0, 90.0)

# At least so many times faster than pymatgen, and at most so many times the time of cctbx.
FASTER_THAN_PYMATGEN = {"na3vp-rt": 100.0, "na2vp-a": 10.0}
SLOWER_THAN_CCTBX = {"na3vp-rt": 1.5, "na2vp-a": 2.0}

COMMAND = [sys.executable, "-m", "navp_structures", "xrd", "na3vp-rt", "--json"]
LARGEST = 60e6  # bytes


# Calls in a row of which one turn takes the median: the first after another's turn finds the
# processor's caches full of the other's work, and takes half as long again.
IN_A_ROW = 5


def seconds(
    call: Callable[[], object], *, prepare: Callable[[], None] = lambda: None, times: int = 1
) -> float:
    """Return the median seconds of a call, each after something untimed."""
    found = []
    for _ in range(times):
        prepare()
        start = perf_counter()
        call()
        found.append(perf_counter() - start)
    return median(found)


def forget() -> None:
    """Empty what the package keeps of patterns, phases as arrays and space groups."""
    allowed._tables.clear()
    group_families._boxes.clear()
    structure_factors.atoms_of.cache_clear()


def pattern(phase: Phase, **settings: Any) -> navp.PowderPattern:
    asked: dict[str, Any] = {"radiation": WAVELENGTH, "two_theta": RANGE}
    return navp.powder_pattern(phase, **(asked | settings))


def first_pattern(phase: Phase) -> float:
    """Return seconds from a loaded phase, with its atoms and its group's families as arrays.

    cctbx and pymatgen, too, have structure and symmetry made before they are timed.
    """
    return seconds(lambda: pattern(phase), prepare=allowed._tables.clear, times=IN_A_ROW)


def very_first_pattern(phase: Phase) -> float:
    """Return seconds with the arrays of the atoms and the group's families to be made too."""
    return seconds(lambda: pattern(phase), prepare=forget, times=IN_A_ROW)


def second_pattern(phase: Phase) -> float:
    other: dict[str, Any] = {"radiation": "CoKa1", "caglioti": (0.02, -0.01, 0.02)}
    return seconds(lambda: pattern(phase, **other), times=IN_A_ROW)


def by_pymatgen(phase: Phase, *, by_site: bool) -> Callable[[], float]:
    """Return what times pymatgen, with the U_ij of each site or one B for each element."""
    with warnings.catch_warnings():
        # It warns of what other packages deprecate.
        warnings.simplefilter("ignore")
        from pymatgen.analysis.diffraction.xrd import XRDCalculator
    structure = phase.structure
    if by_site:
        tensors = []
        for site in phase.sites:
            # As the source prints them: turning each to its atom would take no more time.
            u = site.u_aniso or (site.u_iso or 0.01,) * 3 + (0.0,) * 3
            count = standard.multiplicity(site, phase.cell, phase.space_group)
            tensors += [u] * count
        for n, index in enumerate(("11", "22", "33", "12", "13", "23")):
            structure.add_site_property(f"U{index}_cif", [u[n] for u in tensors])
        calculator = XRDCalculator(wavelength=WAVELENGTH)
    else:
        factors = {
            species.element: 8.0 * math.pi**2 * (site.u_iso or 0.01)
            for site in phase.sites
            for species in site.species
        }
        calculator = XRDCalculator(wavelength=WAVELENGTH, debye_waller_factors=factors)
    return lambda: seconds(
        lambda: calculator.get_pattern(structure, two_theta_range=RANGE), times=IN_A_ROW
    )


@pytest.mark.parametrize("name", FASTER_THAN_PYMATGEN)
def test_against_pymatgen(name: str, alternate: Alternate) -> None:
    phase = navp.load(name)
    found = alternate(
        {
            "ours": lambda: first_pattern(phase),
            "ours, very first": lambda: very_first_pattern(phase),
            "ours, second": lambda: second_pattern(phase),
            "pymatgen, U of each site": by_pymatgen(phase, by_site=True),
            "pymatgen, B of each element": by_pymatgen(phase, by_site=False),
        }
    )
    if found.measured:
        # Displacement for each site is the same work.
        ratio = found.ratio("pymatgen, U of each site", "ours")
        assert ratio >= FASTER_THAN_PYMATGEN[name]
        # Families and sums stay, which are most of the work.
        assert found.ratio("ours, second", "ours") <= 0.5


def question(phase: Phase) -> dict[str, Any]:
    sites = []
    for site in phase.sites:
        _, fract = standard.stabiliser(site, phase.cell, phase.space_group)
        tensor = standard.u_aniso(site, phase.cell, phase.space_group)
        for species in site.species:
            (f,) = scattering.dispersion((species.element,), WAVELENGTH)
            sites.append(
                {
                    "element": species.element,
                    "fract": list(fract),
                    "occupancy": species.occupancy,
                    "u_iso": site.u_iso or 0.0,
                    "u_cif": None if tensor is None else list(tensor),
                    "dispersion": [f.real, f.imag],
                }
            )
    return {
        "cell": phase.cell.parameters,
        "operations": phase.space_group.operations,
        "wavelength": WAVELENGTH,
        "two_theta": RANGE,
        "sites": sites,
    }


@contextmanager
def cctbx() -> Iterator[Callable[[object], Any]]:
    """Run cctbx beside this process, and yield what sends it a line and waits for one."""
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("cctbx_powder.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout

        def ask(line: object) -> Any:
            stdin.write(json.dumps(line) + "\n")
            stdin.flush()
            return json.loads(stdout.readline())

        try:
            yield ask
        finally:
            stdin.close()


@pytest.mark.skipif(
    importlib.util.find_spec("cctbx") is None, reason="cctbx is missing: extra 'oracle'"
)
@pytest.mark.parametrize("name", SLOWER_THAN_CCTBX)
def test_against_cctbx(name: str, alternate: Alternate) -> None:
    phase = navp.load(name)
    with cctbx() as ask:
        their_lines = np.array(ask(question(phase)))
        found = alternate(
            {
                "ours": lambda: first_pattern(phase),
                "ours, very first": lambda: very_first_pattern(phase),
                "cctbx": lambda: float(ask("again")),
            }
        )
    # The work is the same: as many lines, the same angles, the same intensities.
    lines = pattern(phase).lines
    ours = np.sort([lines.two_theta, lines.intensity], axis=1)
    np.testing.assert_allclose(np.sort(their_lines, axis=1), ours, rtol=0.0, atol=1e-4)
    if found.measured:
        assert found.ratio("ours", "cctbx") <= SLOWER_THAN_CCTBX[name]


@pytest.mark.parametrize("name", FASTER_THAN_PYMATGEN)
def test_thousand_patterns(
    name: str, alternate: Alternate, benchmark: BenchmarkFixture
) -> None:
    phase, count = navp.load(name), 1000 if benchmark.enabled else 3
    x = np.linspace(*RANGE, 4251)
    rng = np.random.default_rng(4251)
    a, b, c, alpha, beta, gamma = phase.cell.parameters
    stretch = 1.0 + rng.uniform(-0.005, 0.005, (count, 2))
    cells = [(a * s, b * s, c * t, alpha, beta, gamma) for s, t in stretch.tolist()]
    label = phase.sites[-1].species[0].label
    filled = {label: rng.uniform(0.5, 1.0, count)}

    def profiles(**varied: Any) -> float:
        return seconds(
            lambda: navp.powder_profiles(
                phase, x, radiation=WAVELENGTH, two_theta=RANGE, **varied
            )
        )

    def one_by_one() -> float:
        return seconds(lambda: [pattern(phase).profile(x) for _ in range(count)])

    alternate(
        {
            "cells": lambda: profiles(cells=cells),
            "occupancies": lambda: profiles(occupancies=filled),
            "the same phase, one by one": one_by_one,
        },
        repeats=3,
    )


def test_cpu_of_the_command(compare: Compare) -> None:
    found = compare(COMMAND, [sys.executable, "-c", "import numpy, gemmi"])
    if found.measured:
        assert found.ratio <= 3.0


# A child starts with the peak of the process that it was forked off, so that a process
# without anything in it has to start the command.
PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems count in other units")
def test_memory_of_the_command(
    benchmark: BenchmarkFixture, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def peak() -> int:
        done = subprocess.run(
            [sys.executable, "-S", "-c", PEAK, *COMMAND],
            cwd=tmp_path,
            check=True,
            capture_output=True,
            text=True,
        )
        return 1024 * int(done.stdout)

    peak()  # compiles the modules, which takes memory of its own
    found = benchmark.pedantic(peak, rounds=1)
    if benchmark.enabled:
        with capsys.disabled():
            print(f"\n{benchmark.name}: {found / 1e6:.1f} MB")  # noqa: T201
    assert found <= LARGEST
