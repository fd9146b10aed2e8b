"""A folder of files: all of them or none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from navp_structures.errors import InputFileError
from navp_structures.io.folder_write import write_folder

FILES = {"a.txt": b"a", "below/b.txt": b"b", "below/further/c": b"\x00"}


def test_all_files_stand_and_nothing_else(tmp_path: Path) -> None:
    write_folder(tmp_path / "x", FILES)
    assert [p.name for p in tmp_path.iterdir()] == ["x"]
    found = {p for p in (tmp_path / "x").rglob("*") if p.is_file()}
    content = {p.relative_to(tmp_path / "x").as_posix(): p.read_bytes() for p in found}
    assert content == FILES


def test_a_relative_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_folder(Path("x"), FILES)
    assert (tmp_path / "x/below/b.txt").read_bytes() == b"b"


def test_what_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("folder", "file", "link"):
        with pytest.raises(InputFileError, match=f"{name} exists; it is left alone"):
            write_folder(tmp_path / name, FILES)
    assert list((tmp_path / "folder").iterdir()) == []
    assert (tmp_path / "file").read_bytes() == b"mine"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder", "link"]


@pytest.mark.parametrize("around", ["none", "file"])
def test_it_needs_a_folder_around_it(tmp_path: Path, around: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputFileError, match=r"it is no folder|cannot write"):
        write_folder(tmp_path / around / "x", FILES)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt()])
@pytest.mark.parametrize("at", range(4))
def test_a_failure_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, at: int
) -> None:
    left = [at]

    def fail_at_last(call: object) -> object:
        def counted(*arguments: object) -> object:
            if left[0] == 0:
                raise error
            left[0] -= 1
            return call(*arguments)  # type: ignore[operator]

        return counted

    # Three files are written, then the folder gets its name.
    monkeypatch.setattr(Path, "write_bytes", fail_at_last(Path.write_bytes))
    monkeypatch.setattr(Path, "rename", fail_at_last(Path.rename))
    expected = InputFileError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected) as raised:
        write_folder(tmp_path / "x", FILES)
    assert list(tmp_path.iterdir()) == []
    if expected is InputFileError:
        assert str(raised.value) == f"cannot write '{tmp_path / 'x'}': No space left"
    monkeypatch.undo()
    write_folder(tmp_path / "x", FILES)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_folder_that_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InputFileError, match="Permission denied"):
        write_folder(tmp_path / "x", FILES)
    tmp_path.chmod(0o700)


def test_a_folder_that_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(InputFileError, match=r"cannot write '.*x': Permission denied"):
        write_folder(tmp_path / "x", FILES)
    assert list(tmp_path.iterdir()) == []
