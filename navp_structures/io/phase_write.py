"""Writing a phase as its pair of files: both stand, or nothing has changed."""

from __future__ import annotations

import json
import os
import re
import secrets
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final

from gemmi import cif

from navp_structures.errors import CifError, InputError, InputFileError, shown
from navp_structures.io.cif import block_in
from navp_structures.io.files import decoded, naming, read_bytes, write_new
from navp_structures.io.phase_folder import LARGEST_CIF, check_size
from navp_structures.io.phase_recover import aside
from navp_structures.io.phase_toml import SCHEMA

LONGEST_TEXT: Final = 2000
"""Characters of a reason or a licence."""

# What CIF allows of the first 32 characters is tab, line feed and carriage return.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read_candidate(path: Path, *, block: str | None = None) -> tuple[bytes, cif.Block]:
    """Return the bytes of a CIF for a folder of phases, and the block of its structure.

    The bytes are those of the file, so that nothing is lost that this package has no name
    for. With a named block they are that block alone, its values as they were written.

    Raises
    ------
    NavpError
        When it is no CIF, too large, has too many sites or holds control characters.
    """
    data = read_bytes(path, largest=LARGEST_CIF)
    text = decoded(data)
    control = _CONTROL.search(text)
    if control is not None:
        line = text.count("\n", 0, control.start()) + 1
        raise CifError(f"{path} holds the control character {control[0]!r} in line {line}")
    found = block_in(text, path, block=block)
    with naming(path):
        check_size(found)
    if block is None:
        return data, found
    document = cif.Document()
    document.add_copied_block(found)
    return document.as_string().encode(), found


def plain_text(text: str, name: str) -> str:
    """Return a text in one line.

    Raises
    ------
    InputError
        When it is empty, too long, or holds what cannot be printed.
    """
    line = " ".join(text.split())
    if not line:
        raise InputError(f"{name} is empty; say it or leave it out")
    if not line.isprintable():
        raise InputError(f"{name} {shown(text)} holds characters that cannot be printed")
    if len(line) > LONGEST_TEXT:
        raise InputError(f"{name} has {len(line)} characters, more than {LONGEST_TEXT}")
    return line


def notes_text(
    *,
    kind: str,
    aliases: tuple[str, ...] = (),
    reason: str | None = None,
    licence: str | None = None,
    cell_kind: str | None = None,
) -> str:
    """Return the TOML of a phase; what is None stays out.

    Examples
    --------
    >>> print(notes_text(kind="measured", aliases=("NVP",)), end="")
    schema = 1
    aliases = ["NVP"]
    kind = "measured"
    """
    fields = {"aliases": list(aliases), "kind": kind, "reason": reason, "licence": licence}
    lines = [f"schema = {SCHEMA}"]
    # What JSON escapes in a text, TOML reads.
    lines += [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in fields.items() if v]
    lines += ["", "[cell]", f"kind = {json.dumps(cell_kind)}"] if cell_kind else []
    return "\n".join(lines) + "\n"


def dropped_words(old: Path, new: bytes) -> tuple[str, ...]:
    """Return what the TOML of a phase says and a new one does not, each as key and value."""
    try:
        was = tomllib.loads(old.read_text("utf-8")) if old.is_file() else {}
    except (OSError, ValueError, RecursionError):  # nothing in it can be read
        return ()
    return tuple(_dropped(was, tomllib.loads(new.decode())))


def _dropped(was: dict[str, Any], now: dict[str, Any], of: str = "") -> Iterator[str]:
    for key, value in was.items():
        kept = now.get(key)
        if key == "aliases" and isinstance(value, list):
            yield from (f"alias {shown(name)}" for name in value if name not in (kept or ()))
        elif isinstance(value, dict):
            yield from _dropped(value, kept if isinstance(kept, dict) else {}, f"{key}.")
        elif kept is None:
            several = f" ({len(value)})" if isinstance(value, list) else f" {shown(value)}"
            yield f"{of}{key}{several}"


def write_pair(
    folder: Path, stem: str, contents: tuple[bytes, bytes], *, force: bool = False
) -> tuple[Path, Path]:
    """Write CIF and TOML of a phase into a folder and return their paths.

    Both are written under other names first. The TOML, without which a CIF is no phase,
    gets its name last; an old one leaves first, so that no moment shows half of each. After
    a failure the folder is what it was; after the end of the process or of the power
    `put_back` makes it so. Only one process may write at a time: see `locked`.

    Parameters
    ----------
    stem
        The id; it must hold no separator.
    contents
        Of the CIF and of the TOML.
    force
        Replace a pair that exists. A CIF of the same bytes is none to be asked about.

    Raises
    ------
    InputFileError
        When a file exists and `force` is False, is a symbolic link or no regular file, or
        the folder cannot be written.
    """
    targets = folder / f"{stem}.cif", folder / f"{stem}.toml"
    mark = secrets.token_hex(4)
    old: list[Path] = []
    try:
        _check_targets(targets, contents[0], force=force)
        with ExitStack() as undo:
            fresh = [aside(folder, target.name, mark, "part") for target in targets]
            for file, data in zip(fresh, contents, strict=True):
                undo.callback(file.unlink, missing_ok=True)
                write_new(file, data)
            for target in reversed(targets):
                if target.exists():
                    was = aside(folder, target.name, mark, "old")
                    target.replace(was)
                    undo.callback(was.rename, target)
                    old.append(was)
            for file, target in zip(fresh, targets, strict=True):
                file.replace(target)
                undo.callback(target.unlink, missing_ok=True)
            _keep_names(folder)
            undo.pop_all()
    except OSError as error:
        if isinstance(error, InputFileError):
            raise
        kept = [str(file) for file in old if file.exists()]
        more = f"; what was there is now {' and '.join(kept)}" if kept else ""
        reason = error.strerror or error
        raise InputFileError(f"cannot write {targets[0]}: {reason}{more}") from None
    for file in old:
        with suppress(OSError):
            file.unlink()
    return targets


def _check_targets(targets: tuple[Path, Path], cif_data: bytes, *, force: bool) -> None:
    for target in targets:
        if target.is_symlink():
            raise InputFileError(f"{target} is a symbolic link; it is left alone")
        if not target.exists():
            continue
        if not target.is_file():
            raise InputFileError(f"cannot write {target}: it is no regular file")
        same = target.suffix == ".cif" and target.read_bytes() == cif_data
        if not force and not same:
            raise InputFileError(f"{target} exists; say force (--force) to replace it")


def _keep_names(folder: Path) -> None:
    """Let the new names survive a power failure, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
