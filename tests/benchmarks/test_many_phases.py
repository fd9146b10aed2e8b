"""A thousand phases of one's own must not make the commands slow.

Off by default; ``pytest tests/benchmarks --benchmark-enable --benchmark-only`` measures.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import navp_structures as navp
from navp_structures._resources import curated_folder

if TYPE_CHECKING:
    from conftest import Comparison
    from pytest_benchmark.fixture import BenchmarkFixture

    Compare = Callable[[Sequence[str], Sequence[str]], Comparison]

COUNT = 1000


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, benchmark: BenchmarkFixture) -> Path:
    """Return a folder of copies of the curated phases that NAVP_PHASE_PATH names."""
    given, made = tmp_path / "given", tmp_path / "phases"
    given.mkdir()
    made.mkdir()
    sources = sorted(Path(str(curated_folder())).glob("*.cif"))
    for n in range(COUNT if benchmark.enabled else len(sources)):
        source = sources[n % len(sources)]
        shutil.copy(source, given / f"{source.stem}-{n}.cif")
    assert not navp.add_phases(given, into=made).refused
    monkeypatch.setenv("NAVP_PHASE_PATH", str(made))
    return made


@pytest.mark.usefixtures("many")
def test_list_of_many(compare: Compare) -> None:
    listing = [sys.executable, "-m", "navp_structures", "list", "--json"]
    without = "import os; del os.environ['NAVP_PHASE_PATH']; "
    run = "from navp_structures.cli import main; main(['list', '--json'])"
    found = compare(listing, [sys.executable, "-c", without + run])
    if found.measured:
        # Most of the yardstick is the start: 0.4 s where a thousand phases take 0.85 s.
        assert found.ratio <= 3.0


def test_load_of_one_of_many(compare: Compare, many: Path) -> None:
    name = min(many.glob("na3vp-rt-*.cif")).stem
    load = [sys.executable, "-m", "navp_structures", "show", name]
    yardstick = [sys.executable, "-m", "navp_structures", "show", str(many / f"{name}.cif")]
    found = compare(load, yardstick)
    if found.measured:
        assert found.ratio <= 2.0
