"""Writing a new folder of files: all of them stand, or nothing does."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from navp_structures.errors import InputFileError


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder that does not exist yet, with its files.

    They are written into a neighbour, which gets the folder's name when all of them stand.

    Parameters
    ----------
    files
        Content by path in the folder, its parts separated by ``/``.

    Raises
    ------
    InputFileError
        When something of that name exists, the folder around it does not, or cannot be
        written. Nothing is left.
    """
    try:
        # A broken link does not exist, and still has the name.
        if folder.exists() or folder.is_symlink():
            raise InputFileError(f"{folder} exists; it is left alone")
        if not folder.parent.is_dir():
            raise InputFileError(f"cannot write into {str(folder.parent)!r}: it is no folder")
        _write_whole(folder, files)
    except (OSError, ValueError) as error:
        if isinstance(error, InputFileError):
            raise
        reason = getattr(error, "strerror", None) or error
        raise InputFileError(f"cannot write {str(folder)!r}: {reason}") from None


def _write_whole(folder: Path, files: Mapping[str, bytes]) -> None:
    neighbour = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.part")
    try:
        neighbour.mkdir()
        for name, data in files.items():
            file = neighbour / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        neighbour.rename(folder)
    finally:
        # After the renaming there is none, whatever else happened.
        shutil.rmtree(neighbour, ignore_errors=True)
