"""Commands and calls measured against each other, so that the machine's speed cancels."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

REPEATS = 15


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Median CPU seconds (user and system) of a command and of its yardstick."""

    command: float
    yardstick: float
    measured: bool

    @property
    def ratio(self) -> float:
        """How many times the yardstick the command takes."""
        return self.command / self.yardstick


@dataclass(frozen=True, kw_only=True)
class Medians:
    """Median seconds of calls by name."""

    seconds: Mapping[str, float]
    measured: bool

    def ratio(self, call: str, yardstick: str) -> float:
        """How many times the yardstick a call takes."""
        return self.seconds[call] / self.seconds[yardstick]


def cpu_seconds(command: Sequence[str], folder: Path) -> float:
    """Run a command, which must succeed, and return its CPU seconds."""
    # With this switch a checkout is compiled anew each time, an installed package is not.
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, env=kept, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


@pytest.fixture
def compare(
    benchmark: BenchmarkFixture, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[[Sequence[str], Sequence[str]], Comparison]:
    """Return a function that measures two commands in turn.

    Where benchmarks are off each command runs once, and the figures mean nothing.
    """

    def measure(command: Sequence[str], yardstick: Sequence[str]) -> Comparison:
        turns = REPEATS if benchmark.enabled else 1
        seconds = [
            [cpu_seconds(c, tmp_path) for c in (command, yardstick)] for _ in range(turns)
        ]
        ours, theirs = (median(column) for column in zip(*seconds, strict=True))
        return Comparison(command=ours, yardstick=theirs, measured=benchmark.enabled)

    def report(command: Sequence[str], yardstick: Sequence[str]) -> Comparison:
        found: Comparison = benchmark.pedantic(measure, args=(command, yardstick), rounds=1)
        benchmark.extra_info |= {"cpu_s": found.command, "yardstick_cpu_s": found.yardstick}
        if found.measured:
            with capsys.disabled():
                print(  # noqa: T201 - the figures are what a benchmark is run for
                    f"\n{benchmark.name}: {found.command:.3f} s CPU, yardstick "
                    f"{found.yardstick:.3f} s, ratio {found.ratio:.2f}"
                )
        return found

    return report


@pytest.fixture
def alternate(
    benchmark: BenchmarkFixture, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Medians]:
    """Return a function that runs calls in turn, each of which returns its own seconds.

    Where benchmarks are off each runs once, and the figures mean nothing.
    """

    def measure(calls: Mapping[str, Callable[[], float]], repeats: int) -> Medians:
        turns = repeats if benchmark.enabled else 1
        seconds = [[call() for call in calls.values()] for _ in range(turns)]
        middle = (median(column) for column in zip(*seconds, strict=True))
        found = dict(zip(calls, middle, strict=True))
        return Medians(seconds=found, measured=benchmark.enabled)

    def report(calls: Mapping[str, Callable[[], float]], *, repeats: int = REPEATS) -> Medians:
        found: Medians = benchmark.pedantic(measure, args=(calls, repeats), rounds=1)
        benchmark.extra_info |= {f"{name}_s": value for name, value in found.seconds.items()}
        if found.measured:
            first = next(iter(found.seconds))
            with capsys.disabled():
                told = ", ".join(
                    f"{name} {1e3 * value:.4g} ms (× {found.ratio(name, first):.3g})"
                    for name, value in found.seconds.items()
                )
                print(f"\n{benchmark.name}: {told}")  # noqa: T201 - as above
        return found

    return report
