"""Adding a CIF: names, kinds, where it goes, and that it is a phase from then on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import navp_structures as navp
from navp_structures._resources import curated_folder
from navp_structures.errors import (
    CifError,
    InputError,
    InputFileError,
    NavpError,
    PhaseDataError,
    UnknownPhaseError,
)

# The curated file says its kind; one from elsewhere does not.
CIF = (curated_folder() / "na3vp-rt.cif").read_bytes().replace(b"kind: ", b"")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that NAVP_PHASE_PATH names."""
    made = tmp_path / "phases"
    made.mkdir()
    monkeypatch.setenv("NAVP_PHASE_PATH", str(made))
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "nvp-mine.cif"
    made.write_bytes(b"# kept, with the \xe9 of the source\r\n" + CIF)
    return made


def test_it_is_a_phase_from_then_on(file: Path, folder: Path) -> None:
    with pytest.raises(UnknownPhaseError):
        navp.load("nvp-mine")
    added = navp.add_phase(
        file, kind="measured", aliases=["Mine"], licence="CC0-1.0", into=folder
    )
    assert (added.cif, added.toml) == (folder / "nvp-mine.cif", folder / "nvp-mine.toml")
    assert added.found
    phase = navp.load("MINE")
    assert (phase.id, phase.kind, phase.licence) == ("nvp-mine", "measured", "CC0-1.0")
    assert phase.provider == "path"
    assert phase.cell == navp.load("Na3VP").cell
    assert phase.sites == added.phase.sites
    (row,) = (row for row in navp.phases() if row.id == "nvp-mine")
    assert row.aliases == ("Mine",)
    assert added.cif.read_bytes() == file.read_bytes()


def test_the_users_folder_is_made(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    added = navp.add_phase(file, kind="measured")
    assert added.cif.parent == tmp_path / "data" / "navp-structures" / "phases"
    assert navp.load("user:nvp-mine").formula == added.phase.formula


def test_a_folder_nobody_named_is_told(file: Path, tmp_path: Path) -> None:
    assert not navp.add_phase(file, kind="measured", id="x", into=tmp_path).found


def test_the_folder_of_a_plugin_is_known(
    file: Path, tmp_path: Path, install: Callable[..., None]
) -> None:
    folder = tmp_path / "plugin"
    folder.mkdir()
    hook = navp.hookimpl(specname="navp_phase_folders")(lambda: [folder])
    install(mylab=SimpleNamespace(navp_phase_folders=hook))
    said = {"kind": "measured", "id": "x", "into": folder}
    assert navp.add_phase(file, **said).found
    assert navp.load("mylab:x").provider == "mylab"
    # It can be replaced there, and nowhere else be added under its name.
    assert navp.add_phase(file, **said, aliases=["y"], force=True).phase.aliases == ("y",)
    with pytest.raises(InputError, match="'x' is already a name of mylab:x"):
        navp.add_phase(file, **said | {"into": tmp_path})


def test_an_exported_model_stays_one(folder: Path, tmp_path: Path) -> None:
    file = navp.export("NaVP", tmp_path / "copy.cif")
    for claimed in ("measured", "computed"):
        with pytest.raises(InputError, match=f"says that it is model, not {claimed}"):
            navp.add_phase(file, kind=claimed, reason="r", into=folder)
    phase = navp.add_phase(file, into=folder).phase
    assert (phase.kind, phase.reason) == ("model", navp.load("NaVP").reason)


def test_the_kind_of_the_cell_stays(folder: Path, tmp_path: Path) -> None:
    mixed = next(row.id for row in navp.phases() if navp.load(row.id).cell_kind)
    file = navp.export(mixed, tmp_path / "copy.cif")
    navp.add_phase(file, into=folder)
    assert navp.load("copy").cell_kind == navp.load(mixed).cell_kind


@pytest.mark.parametrize(
    ("said", "error", "sentence"),
    [
        ({"kind": None}, InputError, "kind is None; it must be one of measured"),
        ({"kind": "guess"}, InputError, "kind is 'guess'"),
        ({"kind": "model"}, PhaseDataError, "a model phase needs a reason"),
        ({"kind": "computed", "reason": " "}, InputError, "the reason is empty"),
        ({"id": "../up"}, InputError, "'../up' is no phase id"),
        ({"id": "UP"}, InputError, "is no phase id"),
        ({"id": "na3vp-rt"}, InputError, "'na3vp-rt' is already a name of navp:na3vp-rt"),
        ({"id": "nzsp"}, InputError, "'nzsp' is already a name of navp:nzsp-300k"),
        ({"id": "all"}, InputError, "stands for every phase"),
        ({"aliases": ["ALL"]}, PhaseDataError, "stands for every phase"),
        ({"aliases": ["na3vp"]}, InputError, "'na3vp' is already a name of navp:na3vp-rt"),
        ({"aliases": ["Mine", "mine"]}, InputError, "said twice"),
        ({"aliases": ["a:b"]}, PhaseDataError, "must not hold"),
        ({"aliases": ["../a"]}, PhaseDataError, "must not hold"),
        ({"aliases": ["x" * 65]}, PhaseDataError, "at most 64"),
        ({"aliases": ["a.CIF"]}, PhaseDataError, "as a file or as an option"),
        ({"aliases": ["--json"]}, PhaseDataError, "as a file or as an option"),
        ({"aliases": ["a\x1b[2Jb"]}, InputError, "cannot be printed"),
        ({"aliases": "Mine"}, InputError, "must be several texts"),
        ({"licence": "a\0b"}, InputError, "cannot be printed"),
        ({"block": "none"}, InputError, "has no block 'none'"),
    ],
)
def test_what_is_refused_writes_nothing(
    file: Path, folder: Path, said: dict[str, Any], error: type[NavpError], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        navp.add_phase(file, **({"kind": "measured", "into": folder} | said))
    assert list(folder.iterdir()) == []


def test_a_stem_that_is_no_id(file: Path, folder: Path) -> None:
    other = file.rename(file.with_name("My phase.cif"))
    with pytest.raises(InputError, match="'My phase' is no id; give one"):
        navp.add_phase(other, kind="measured", into=folder)
    assert navp.add_phase(other, kind="measured", id="x", into=folder).phase.id == "x"


def test_an_alias_may_spell_the_id_in_its_own_way(file: Path, folder: Path) -> None:
    navp.add_phase(file, kind="measured", aliases=["NVP-Mine"], into=folder)
    assert navp.load("NVP-mine").aliases == ("NVP-Mine",)


def test_into_must_be_a_folder(file: Path, tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match="it is no folder"):
        navp.add_phase(file, kind="measured", into=tmp_path / "none")


def test_what_is_no_structure(folder: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.cif"
    bad.write_text("data_x\n_cell_length_a")
    with pytest.raises(CifError, match="is no CIF"):
        navp.add_phase(bad, kind="measured", into=folder)
    with pytest.raises(InputFileError, match="cannot read"):
        navp.add_phase(tmp_path / "none.cif", kind="measured", into=folder)


def test_force_replaces_that_phase_alone(file: Path, folder: Path) -> None:
    navp.add_phase(file, kind="measured", aliases=["Mine"], into=folder)
    navp.add_phase(file, kind="measured", id="other", aliases=["Second"], into=folder)
    file.write_bytes(CIF + b"# second\n")
    again = {"kind": "measured", "into": folder}
    with pytest.raises(InputFileError, match="exists; say force"):
        navp.add_phase(file, **again)
    with pytest.raises(InputError, match="'SECOND' is already a name of path:other"):
        navp.add_phase(file, **again, aliases=["SECOND"], force=True)
    navp.add_phase(file, **again, aliases=["Mine"], licence="CC0", force=True)
    assert navp.load("Mine").licence == "CC0"
    assert (folder / "nvp-mine.cif").read_bytes().endswith(b"# second\n")


def test_names_in_a_folder_nobody_named_count(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "away"
    folder.mkdir()
    navp.add_phase(file, kind="measured", aliases=["Mine"], into=folder)
    with pytest.raises(InputError, match=r"'mine' is already a name of .*nvp-mine\.cif"):
        navp.add_phase(file, kind="measured", id="x", aliases=["mine"], into=folder)


def test_the_same_id_in_another_folder_is_taken(
    file: Path, folder: Path, tmp_path: Path
) -> None:
    navp.add_phase(file, kind="measured", into=folder)
    (tmp_path / "away").mkdir()
    with pytest.raises(InputError, match="already a name of path:nvp-mine"):
        navp.add_phase(file, kind="measured", into=tmp_path / "away", force=True)


def test_a_failure_keeps_the_phase_that_was_there(
    file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    navp.add_phase(file, kind="measured", licence="CC0", into=folder)
    before = {f.name: f.read_bytes() for f in folder.iterdir()}
    rename = os.replace

    def fail(source: Path, target: Path) -> None:
        if str(target).endswith(".toml"):
            raise OSError(28, "No space left")
        rename(source, target)

    monkeypatch.setattr(os, "replace", fail)
    file.write_bytes(CIF)
    with pytest.raises(InputFileError, match="No space left"):
        navp.add_phase(file, kind="measured", into=folder, force=True)
    assert {f.name: f.read_bytes() for f in folder.iterdir()} == before
    assert navp.load("nvp-mine").licence == "CC0"
