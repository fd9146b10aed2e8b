"""The pair of files: both or none, and an old pair stays when it fails."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from navp_structures.errors import CifError, InputError, InputFileError, PhaseDataError
from navp_structures.io.phase_write import (
    notes_text,
    plain_text,
    read_candidate,
    write_pair,
)

OLD = (b"old cif", b"old toml")
NEW = (b"new cif", b"new toml")
NACL = (
    "data_x\n_cell_length_a 5.64\n_cell_length_b 5.64\n_cell_length_c 5.64\n"
    "_space_group_name_H-M_alt 'F m -3 m'\n"
)


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def put(folder: Path) -> dict[str, bytes]:
    write_pair(folder, "x", OLD)
    return {"x.cif": OLD[0], "x.toml": OLD[1]}


def test_both_files_stand_and_nothing_else(tmp_path: Path) -> None:
    assert put(tmp_path) == content(tmp_path)
    paths = write_pair(tmp_path, "x", NEW, force=True)
    assert paths == (tmp_path / "x.cif", tmp_path / "x.toml")
    assert content(tmp_path) == {"x.cif": NEW[0], "x.toml": NEW[1]}


def test_the_toml_gets_its_name_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path)
    seen = []
    rename = os.replace

    def watch(source: Path, target: Path) -> None:
        rename(source, target)
        seen.append(sorted(f.name for f in tmp_path.iterdir() if f.name[0] != "."))

    monkeypatch.setattr(os, "replace", watch)
    write_pair(tmp_path, "x", NEW, force=True)
    # No moment shows a TOML beside the CIF of another pair.
    assert seen == [["x.cif"], [], ["x.cif"], ["x.cif", "x.toml"]]


@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt()])
@pytest.mark.parametrize("at", range(4))
def test_an_old_pair_survives_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, error: BaseException
) -> None:
    before = put(tmp_path)
    rename, calls = os.replace, []

    def fail(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) > at:
            raise error
        rename(source, target)

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises((InputFileError, KeyboardInterrupt)):
        write_pair(tmp_path, "x", NEW, force=True)
    assert len(calls) == at + 1
    assert content(tmp_path) == before


@pytest.mark.parametrize("at", range(2))
def test_a_failure_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    rename, calls = os.replace, []

    def fail(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) > at:
            raise OSError(28, "No space left")
        rename(source, target)

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(InputFileError, match=r"cannot write .*x\.cif: No space left"):
        write_pair(tmp_path, "x", NEW)
    assert content(tmp_path) == {}


def test_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = put(tmp_path)

    def fail(_: int) -> None:
        raise OSError(28, "No space left")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(InputFileError, match="No space left"):
        write_pair(tmp_path, "x", NEW, force=True)
    assert content(tmp_path) == before


def test_where_the_old_pair_cannot_come_back_its_place_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path)
    rename, calls = os.replace, []

    def fail(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) > 2:
            raise OSError(5, "Input/output error")
        rename(source, target)

    def refuse(*_: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "replace", fail)
    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(InputFileError, match=r"what was there is now .*old and .*old"):
        write_pair(tmp_path, "x", NEW, force=True)
    assert sorted(content(tmp_path).values()) == sorted(OLD)


@pytest.mark.parametrize("name", ["x.cif", "x.toml"])
def test_what_exists_is_not_replaced_unasked(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"mine")
    with pytest.raises(InputFileError, match=f"{name} exists; say force"):
        write_pair(tmp_path, "x", NEW)
    assert content(tmp_path) == {name: b"mine"}


def test_a_cif_that_lies_there_gets_its_toml(tmp_path: Path) -> None:
    (tmp_path / "x.cif").write_bytes(NEW[0])
    write_pair(tmp_path, "x", NEW)
    assert content(tmp_path) == {"x.cif": NEW[0], "x.toml": NEW[1]}


@pytest.mark.parametrize("name", ["x.cif", "x.toml"])
@pytest.mark.parametrize("there", [True, False])
def test_links_are_left_alone(tmp_path: Path, name: str, there: bool) -> None:
    folder = tmp_path / "phases"
    folder.mkdir()
    elsewhere = tmp_path / "elsewhere"
    if there:
        elsewhere.write_bytes(b"precious")
    (folder / name).symlink_to(elsewhere)
    with pytest.raises(InputFileError, match="symbolic link"):
        write_pair(folder, "x", NEW, force=True)
    assert [file.name for file in folder.iterdir()] == [name]
    assert not there or elsewhere.read_bytes() == b"precious"


def test_a_folder_in_the_place_of_a_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "x.toml").mkdir()
    with pytest.raises(InputFileError, match="no regular file"):
        write_pair(tmp_path, "x", NEW, force=True)
    assert (tmp_path / "x.toml").is_dir()


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match="cannot write"):
        write_pair(tmp_path / "none", "x", NEW)


def test_candidate_keeps_the_bytes(tmp_path: Path) -> None:
    file = tmp_path / "x.cif"
    file.write_bytes(b"# Angstr\xf6m\r\n" + NACL.encode())
    data, block = read_candidate(file)
    assert data == file.read_bytes()
    assert block.name == "x"


def test_candidate_of_one_block_keeps_its_values(tmp_path: Path) -> None:
    file = tmp_path / "two.cif"
    file.write_text(NACL.replace("5.64\n", "5.640(2)\n", 1) + NACL.replace("data_x", "data_y"))
    with pytest.raises(CifError, match="holds 2 structures"):
        read_candidate(file)
    text = read_candidate(file, block="x")[0].decode()
    assert "5.640(2)" in text
    assert "data_y" not in text


@pytest.mark.parametrize("mark", ["\x1b[31m", "\0", "\x07", "\x7f"])
def test_control_characters_in_a_cif_are_refused(tmp_path: Path, mark: str) -> None:
    file = tmp_path / "x.cif"
    file.write_text(f"{NACL}_publ_section_title 'a {mark}'\n")
    with pytest.raises(CifError, match=r"control character '.*' in line 6"):
        read_candidate(file)


def test_large_cifs_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.cif"
    rows = "".join(f"Na{n} 0.1 0.2 0.3\n" for n in range(10_001))
    tags = "".join(f"_atom_site_{t}\n" for t in ("label", "fract_x", "fract_y", "fract_z"))
    file.write_text(f"{NACL}loop_\n{tags}{rows}")
    with pytest.raises(PhaseDataError, match="10001 sites are more than 10000"):
        read_candidate(file)
    file.write_text(NACL + "#" * 5_000_000)
    with pytest.raises(InputFileError, match="more than 5000000"):
        read_candidate(file)


@pytest.mark.parametrize("text", ["", " \n", "a\x1b[31mb", "a\0b", "\u202eabc", "x" * 2001])
def test_texts_that_are_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"^the reason "):
        plain_text(text, "the reason")


def test_notes_cannot_be_broken_out_of() -> None:
    reason = plain_text('a "quote"\\\nkind = "measured" # é', "the reason")
    text = notes_text(kind="model", reason=reason, licence="CC-BY-4.0", cell_kind="measured")
    assert tomllib.loads(text) == {
        "schema": 1,
        "kind": "model",
        "reason": 'a "quote"\\ kind = "measured" # é',
        "licence": "CC-BY-4.0",
        "cell": {"kind": "measured"},
    }
