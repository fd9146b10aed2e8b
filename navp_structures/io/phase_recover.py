"""What an interrupted `write_pair` leaves behind, and how a pair is put back."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from navp_structures.errors import PhaseFolderWarning
from navp_structures.model.phase import ID_PATTERN

_ASIDE: Final = re.compile(
    rf"\.({ID_PATTERN.pattern})\.(cif|toml)\.([0-9a-f]{{8}})\.(part|old)"
)


def aside(folder: Path, target: str, mark: str, suffix: str) -> Path:
    """Return where a file of a pair stands before it has its name, or after.

    Examples
    --------
    >>> aside(Path("phases"), "x.cif", "0123abcd", "part").name
    '.x.cif.0123abcd.part'
    """
    return folder / f".{target}.{mark}.{suffix}"


def interrupted(names: Iterable[str]) -> Iterator[str]:
    """Yield the id of each pair among the names of a folder that stands aside only."""
    present = set(names)
    found = (_ASIDE.fullmatch(name) for name in present if name.endswith(".old"))
    for id in sorted({match[1] for match in found if match}):  # noqa: A001
        if f"{id}.toml" not in present:
            yield id


def put_back(folder: Path) -> None:
    """Put pairs back that an interrupted `write_pair` left aside, and remove the rest of it.

    Nobody else may be writing into the folder. Each pair that is put back is a
    PhaseFolderWarning, and each that cannot be.
    """
    left: dict[tuple[str, str], dict[tuple[str, str], Path]] = {}
    for file in folder.iterdir():
        match = _ASIDE.fullmatch(file.name)
        if match and file.is_file() and not file.is_symlink():
            left.setdefault((match[1], match[3]), {})[match[2], match[4]] = file
    for (id, _), files in sorted(left.items()):  # noqa: A001
        _put_back(folder, id, files)


def _put_back(folder: Path, id: str, files: dict[tuple[str, str], Path]) -> None:  # noqa: A002
    targets = {kind: folder / f"{id}.{kind}" for kind in ("cif", "toml")}
    old = {kind: file for (kind, state), file in files.items() if state == "old"}
    try:
        # With both in place the pair is whole: the old one, or the new one.
        if old and not all(target.exists() for target in targets.values()):
            for kind in old:
                # A new CIF whose TOML never came; any other is somebody else's.
                if targets[kind].exists() and (kind, "part") in files:
                    raise FileExistsError(f"{targets[kind]} exists")
            for kind in sorted(old):
                old[kind].replace(targets[kind])
            _warn(f"{targets['cif']}: an interrupted 'navp add --force' is undone")
    except OSError as error:
        kept = " and ".join(str(file) for file in old.values())
        _warn(f"{id} cannot be put back from {kept}: {error.strerror or error}")
        return
    for file in files.values():
        with suppress(OSError):
            file.unlink(missing_ok=True)


def _warn(sentence: str) -> None:
    warnings.warn(sentence, PhaseFolderWarning, stacklevel=4)
