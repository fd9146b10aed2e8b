"""Reading and writing text files with one clear sentence when it fails."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources.abc import Traversable
from pathlib import Path

from navp_structures.errors import InputError, InputFileError, NavpError, shown

LARGEST_FILE = 50_000_000
"""Bytes; a CIF with structure factors reaches a few MB."""


def named_file(path: object, verb: str = "read") -> Path:
    """Return the path of a file that a user names.

    Raises
    ------
    InputError
        When it is neither a text nor a path.
    InputFileError
        When it is empty, which `pathlib` takes for the present folder.
    """
    name = os.fspath(path) if isinstance(path, str | os.PathLike) else None
    if not isinstance(name, str):
        raise InputError(f"{shown(path)} is no path of a file")
    if not name:
        raise InputFileError(f"cannot {verb} a file without a name; the path is empty")
    return Path(name)


def read_text(path: Path | Traversable, *, largest: int = LARGEST_FILE) -> str:
    """Return the text of a file, UTF-8 with or without BOM, else Latin-1; as `read_bytes`."""
    return decoded(read_bytes(path, largest=largest))


def decoded(data: bytes) -> str:
    """Return bytes as text, UTF-8 with or without BOM, else Latin-1."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def read_bytes(path: Path | Traversable, *, largest: int = LARGEST_FILE) -> bytes:
    """Return the content of a file.

    Raises
    ------
    InputFileError
        When it does not exist, is no file, is too large or cannot be read.
    """
    try:
        if isinstance(path, Path):
            _check_file(path, largest)
        data = path.read_bytes()
    except InputFileError:
        raise
    except OSError as error:
        raise InputFileError(f"cannot read {path}: {error.strerror or error}") from None
    except ValueError as error:
        raise InputFileError(f"cannot read {str(path)!r}: {error}") from None
    if len(data) > largest:
        raise InputFileError(f"{path} is larger than {largest} bytes")
    return data


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, as `write_bytes`."""
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise _unwritable(path, error) from None
    write_bytes(path, data)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: a temporary neighbour is renamed onto it.

    A symbolic link is followed, and stays.

    Raises
    ------
    InputFileError
        When the target is a folder or a device, or the folder cannot be written.
    """
    if not path.name:
        raise InputFileError(f"cannot write {str(path)!r}: it names no file")
    try:
        target = path.resolve()
        # What is still a link after resolving is a loop; Python 3.13 does not raise for it.
        irregular = target.is_symlink() or (target.exists() and not target.is_file())
    except (OSError, RuntimeError, ValueError) as error:
        # A loop of links is a RuntimeError, a zero byte in a name a ValueError.
        raise _unwritable(path, error) from None
    if irregular:
        raise InputFileError(f"cannot write {path}: it is no regular file")
    # Not the target's own name with more to it: that may be as long as names can be.
    temporary = target.with_name(f".navp-{secrets.token_hex(8)}.part")
    try:
        write_new(temporary, data)
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from None
    finally:
        # After the renaming there is none, whatever else happened.
        with suppress(OSError):
            temporary.unlink()


def write_new(path: Path, data: bytes) -> None:
    """Write a file that must not exist yet, down to the disk; OSError where it cannot be."""
    # "x" refuses whatever stands there, links too.
    with path.open("xb") as stream:
        stream.write(data)
        stream.flush()
        # Some disks tell only now that they are full.
        os.fsync(stream.fileno())


def _unwritable(path: Path, error: Exception) -> InputFileError:
    reason = getattr(error, "strerror", None) or error
    return InputFileError(f"cannot write {str(path)!r}: {reason}")


@contextmanager
def naming(path: object) -> Iterator[None]:
    """Put the file's name before the sentence of any NavpError raised within."""
    try:
        yield
    except NavpError as error:
        # Not anywhere: a file may be called bin, and the sentence speak of binary files.
        if re.match(rf"(?:cannot [a-z]+ )?{re.escape(str(path))}(?!\w)", str(error)):
            raise
        raise type(error)(f"{path}: {error}") from None


def _check_file(path: Path, largest: int) -> None:
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise InputFileError(f"cannot read {path}: it is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise InputFileError(f"cannot read {path}: it is no regular file")
    if status.st_size > largest:
        raise InputFileError(f"{path} has {status.st_size} bytes, more than {largest}")
