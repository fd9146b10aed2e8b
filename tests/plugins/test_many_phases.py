"""What a large folder of phases costs, by counting what is done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gemmi import cif

import navp_structures as navp
from navp_structures import PhaseSource
from navp_structures._resources import curated_folder
from navp_structures.catalogue.catalogue import Catalogue, Entry, catalogue
from navp_structures.io import cif as module
from navp_structures.model import spacegroup

COUNT = 60


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of copies of one phase that NAVP_PHASE_PATH names."""
    data = (curated_folder() / "na3vp-rt.cif").read_bytes()
    for n in range(COUNT):
        (tmp_path / f"p{n}.cif").write_bytes(data)
        (tmp_path / f"p{n}.toml").write_text('schema = 1\nkind = "measured"\n')
    monkeypatch.setenv("NAVP_PHASE_PATH", str(tmp_path))
    return tmp_path


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the paths of the CIFs that are parsed from now on."""
    paths: list[str] = []
    parse = module._parsed

    def count(text: str, path: Any) -> cif.Document:
        paths.append(Path(str(path)).name)
        return parse(text, path)

    monkeypatch.setattr(module, "_parsed", count)
    return paths


@pytest.mark.usefixtures("folder")
def test_load_parses_no_other_cif(parsed: list[str]) -> None:
    assert navp.load("p7").id == "p7"
    assert parsed == ["p7.cif"]
    navp.load("p7")
    navp.load("P7")
    assert parsed == ["p7.cif"]


@pytest.mark.usefixtures("folder")
def test_the_table_parses_each_cif_once(parsed: list[str]) -> None:
    # Those that were loaded before are not read again.
    others = {row.id for row in navp.phases()} - {f"p{n}" for n in range(COUNT)}
    for name in others:
        navp.load(name)
    parsed.clear()
    assert sum(row.provider == "path" for row in navp.phases()) == COUNT
    assert sorted(parsed) == sorted(f"p{n}.cif" for n in range(COUNT))


@pytest.mark.usefixtures("folder")
def test_one_group_is_worked_out_once() -> None:
    catalogue()
    caches = spacegroup._of_operations, spacegroup._of_hall, spacegroup._of_table
    for cache in caches:
        cache.cache_clear()
    read = [entry.summary() for entry in catalogue().entries if entry.provider == "path"]
    assert {row.space_group for row in read} == {"R -3 c:H"}
    # Written as operations, as a Hall symbol (which are sorted otherwise), and by name.
    assert [cache.cache_info().misses for cache in caches] == [2, 1, 1]
    assert spacegroup._of_hall.cache_info().hits == COUNT - 1


def test_no_entry_is_compared_with_all_others() -> None:
    asked = []

    class Counting(Entry):
        @property
        def qualified(self) -> str:
            asked.append(self)
            return super().qualified

    def load() -> navp.Phase:
        raise AssertionError

    made = Catalogue(Counting("x", PhaseSource(id=f"p{n}", load=load)) for n in range(COUNT))
    assert len(made.entries) == COUNT
    assert len(asked) == COUNT
    assert [entry.source.id for entry in made.entries] == [f"p{n}" for n in range(COUNT)]
