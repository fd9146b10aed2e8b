"""Adding every CIF of a folder to the user's own phases."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from navp_structures.catalogue.add import AddedPhase, default_id, ready_phase
from navp_structures.catalogue.adding import (
    ReadyPhase,
    Written,
    adding,
    known_files,
    target_folder,
)
from navp_structures.errors import InputError, InputFileError, NavpError, shown
from navp_structures.io.phase_write import plain_text
from navp_structures.model.phase import ID_PATTERN, KINDS, Phase
from navp_structures.show.tables import Column, TableResult, printable


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedFile:
    """What became of one file.

    Parameters
    ----------
    path
        Of the file.
    added
        As `add_phase` returns it; None when it was not added.
    problem
        Why it was not; None when it was.
    """

    path: Path
    added: AddedPhase | None = None
    problem: str | None = None

    @property
    def file(self) -> str:
        """Its name."""
        return self.path.name

    @property
    def id(self) -> str | None:
        """Of the phase."""
        return None if self.added is None else self.added.phase.id

    @property
    def formula(self) -> str | None:
        """Of the phase."""
        return None if self.added is None else self.added.phase.formula

    @property
    def space_group(self) -> str | None:
        """Of the phase."""
        return None if self.added is None else str(self.added.phase.space_group)

    @property
    def kind(self) -> str | None:
        """Of the phase."""
        return None if self.added is None else self.added.phase.kind

    @property
    def volume_per_formula_unit(self) -> float | None:
        """V/Z (Å³) of the phase."""
        return None if self.added is None else self.added.phase.volume_per_formula_unit


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class AddedPhases(TableResult[AddedFile]):
    """The answer of `add_phases`: a row for each file, in the order of the names.

    Parameters
    ----------
    folder
        That was looked into.
    subfolders
        How many folders there were left alone.
    """

    folder: Path
    rows: tuple[AddedFile, ...]
    subfolders: int = 0
    asked: tuple[tuple[str, Any], ...] = ()

    name = "added_phases"
    columns = (
        Column("file", wide=True),
        Column("id"),
        Column("formula", wide=True),
        Column("space_group", head="group"),
        Column("kind"),
        Column("volume_per_formula_unit", head="V/Z / Å³", show="{:.3f}".format),
        Column("problem", head="not added because", wide=True),
    )

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked."""
        return {"folder": str(self.folder), **dict(self.asked)}

    @property
    def added(self) -> tuple[AddedPhase, ...]:
        """What `add_phase` would have returned for each file that was added."""
        return tuple(row.added for row in self.rows if row.added is not None)

    @property
    def refused(self) -> tuple[AddedFile, ...]:
        """The files that were not added."""
        return tuple(row for row in self.rows if row.added is None)

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases that were added."""
        return tuple(added.phase for added in self.added)

    @property
    def notes(self) -> tuple[str, ...]:
        """How many were added, what was left alone, and which phases are models or computed."""
        counted = f"added {len(self.added)} of {len(self.rows)} files of {self.folder}"
        left = f"folders in {self.folder} are not looked into: {self.subfolders}"
        return (counted, *([left] if self.subfolders else []), *self.provisos)


def add_phases(
    folder: str | os.PathLike[str],
    *,
    kind: str | None = None,
    licence: str | None = None,
    reason: str | None = None,
    into: str | os.PathLike[str] | None = None,
    force: bool = False,
    examine: Callable[[Path, Phase], object] | None = None,
) -> AddedPhases:
    """Add every CIF of a folder to the user's own phases, each as `add_phase` would.

    All are read before the first is written. Then each is added by itself: one that cannot
    be is told in its row, and stops no other. The id is the stem of the file; a file whose
    stem is none is not added, and nothing is renamed. Links, folders and files whose names
    begin with a dot are left alone.

    Parameters
    ----------
    folder
        Its files ``*.cif`` are added, in any case of the letters; those below it are not.
    kind, licence, reason, into, force
        As for `add_phase`, for all files.
    examine
        Is called with each file and its phase before anything is written; a file for which
        it raises a NavpError is not added.

    Raises
    ------
    InputFileError
        When one of the folders is none, or cannot be read or written.
    InputError
        When there is no CIF, or `kind`, `licence` or `reason` cannot be used.
    """
    place = Path(folder)
    files, subfolders = _listed(place)
    if kind is not None and kind not in KINDS:
        raise InputError(f"kind is {shown(kind)}; it must be one of {', '.join(KINDS)}")
    for text, name in ((licence, "the licence"), (reason, "the reason")):
        if text is not None:
            plain_text(text, name)
    target_folder(into)
    said = {"kind": kind, "licence": licence, "reason": reason}
    ready = dict(_ready(files, said, examine))
    rows = _written(ready, into, force=force)
    asked = {**said, "into": None if into is None else str(into), "force": force}
    return AddedPhases(
        folder=place, rows=rows, subfolders=subfolders, asked=tuple(asked.items())
    )


def _listed(folder: Path) -> tuple[list[Path], int]:
    """Return the CIFs of a folder, sorted, and how many folders are in it."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise InputFileError(f"cannot read {folder}: {error.strerror or error}") from None
    except ValueError as error:
        raise InputFileError(f"cannot read {str(folder)!r}: {error}") from None
    entries = [entry for entry in entries if not entry.name.startswith(".")]
    folders = {entry for entry in entries if entry.is_dir() and not entry.is_symlink()}
    files = [e for e in entries if e.suffix.casefold() == ".cif" and e not in folders]
    if not files:
        raise InputError(f"{folder} holds no file *.cif; name a folder of CIFs")
    return files, len(folders)


def _ready(
    files: list[Path],
    said: dict[str, str | None],
    examine: Callable[[Path, Phase], object] | None,
) -> Iterator[tuple[Path, ReadyPhase | str]]:
    """Yield each file with what would be written of it, or why nothing is."""
    stems = Counter(file.stem.casefold() for file in files)
    for file in files:
        try:
            _check_name(file, stems)
            ready = ready_phase(file, id=None, aliases=(), block=None, **said)
            if examine is not None:
                examine(file, ready.phase)
            yield file, ready
        except NavpError as error:
            yield file, str(error)


def _check_name(file: Path, stems: Counter[str]) -> None:
    if file.is_symlink():
        raise InputFileError(f"{file} is a symbolic link; add the file that it points to")
    if default_id(file) is None:
        near = _proposal(file.stem)
        as_for = f", as to {near}.cif" if near and near not in stems else ""
        raise InputError(
            f"{shown(printable(file.stem))} is no id (a-z, 0-9, '-', at most 64); rename the "
            f"file{as_for}, or add it by itself under an id"
        )
    if stems[file.stem] > 1:
        raise InputError(f"several files would be {shown(file.stem)}; rename all but one")


def _proposal(stem: str) -> str | None:
    """Return an id that reads like a stem, None where nothing of it is left.

    Examples
    --------
    >>> _proposal("Na₃VP (RT)_É1"), _proposal("磷酸")
    ('na3vp-rt-e1', None)
    """
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    near = re.sub("[^a-z0-9]+", "-", plain).strip("-")[:64].strip("-")
    return near if ID_PATTERN.fullmatch(near) else None


def _written(
    ready: dict[Path, ReadyPhase | str], into: str | os.PathLike[str] | None, *, force: bool
) -> tuple[AddedFile, ...]:
    paths: dict[Path, Written] = {}
    problems = {file: item for file, item in ready.items() if isinstance(item, str)}
    if len(problems) < len(ready):
        with adding(into) as place:
            for file, item in ready.items():
                if isinstance(item, str):
                    continue
                try:
                    paths[file] = place.write(item, force=force)
                except NavpError as error:
                    problems[file] = str(error)
    known = known_files() if paths else frozenset()

    def row(file: Path, item: ReadyPhase | str) -> AddedFile:
        if isinstance(item, str) or file not in paths:
            return AddedFile(path=file, problem=problems[file])
        written = paths[file]
        found = written.cif.resolve() in known
        added = AddedPhase(phase=item.phase, found=found, **written._asdict())
        return AddedFile(path=file, added=added)

    return tuple(row(file, item) for file, item in ready.items())
