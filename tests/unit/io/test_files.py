"""A file is written whole, or not at all, and nothing is left beside it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

import navp_structures as navp
from navp_structures.errors import InputError, InputFileError
from navp_structures.io.files import write_bytes, write_text


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", ["write", "rename"])
def test_a_failure_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, step: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    file = tmp_path / "x"
    file.write_bytes(b"old")
    monkeypatch.setattr(*((os, "fsync", fail) if step == "write" else (Path, "replace", fail)))
    expected = InputFileError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        write_bytes(file, b"new")
    monkeypatch.undo()
    assert names(tmp_path) == ["x"]
    assert file.read_bytes() == b"old"


def test_a_link_beside_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whoever guesses the temporary name must not choose what is written over.
    (tmp_path / "other").write_bytes(b"other")
    for name in (".x.part", f".x.{os.getpid()}.part"):
        (tmp_path / name).symlink_to(tmp_path / "other")
    write_bytes(tmp_path / "x", b"new")
    assert (tmp_path / "other").read_bytes() == b"other"
    assert (tmp_path / "x").read_bytes() == b"new"


def test_threads_write_the_same_file_whole(tmp_path: Path) -> None:
    file = tmp_path / "x"
    contents = [bytes([n]) * 200_000 for n in range(8)]
    failed: list[BaseException] = []

    def write(data: bytes) -> None:
        try:
            for _ in range(10):
                write_bytes(file, data)
                assert file.read_bytes() in contents
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [threading.Thread(target=write, args=(data,)) for data in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert names(tmp_path) == ["x"]


def test_the_longest_name(tmp_path: Path) -> None:
    longest = os.pathconf(tmp_path, "PC_NAME_MAX")
    write_bytes(tmp_path / ("x" * longest), b"new")
    assert names(tmp_path) == ["x" * longest]
    with pytest.raises(InputFileError, match="File name too long"):
        write_bytes(tmp_path / ("x" * (longest + 1)), b"new")


def test_permissions_are_those_of_any_new_file_or_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    write_bytes(tmp_path / "x", b"new")
    assert (tmp_path / "x").stat().st_mode == (tmp_path / "plain").stat().st_mode
    (tmp_path / "x").chmod(0o640)
    write_bytes(tmp_path / "x", b"newer")
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o640


def test_text_that_utf_8_has_not_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match=r"cannot write '.*x': .*'\\udcff'"):
        write_text(tmp_path / "x", "a\udcff")
    assert names(tmp_path) == []


def test_a_file_needs_a_name() -> None:
    for path in ("", b"x", 3, [1]):
        kind, sentence = (
            (InputFileError, "cannot read a file without a name; the path is empty")
            if path == ""
            else (InputError, f"{path!r} is no path of a file")
        )
        with pytest.raises(kind) as caught:
            navp.read_cif(path)  # type: ignore[arg-type]
        assert str(caught.value) == sentence
