"""A folder that phases are being added to, and the names that are taken already."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from navp_structures.catalogue import builtin
from navp_structures.catalogue.catalogue import ALL, catalogue, forget
from navp_structures.errors import InputError, InputFileError, shown
from navp_structures.io.folder_lock import locked
from navp_structures.io.phase_folder import phase_sources
from navp_structures.io.phase_recover import put_back
from navp_structures.io.phase_write import dropped_words, write_pair
from navp_structures.model.phase import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyPhase:
    """A phase as its two files will give it, and their contents: of the CIF, of the TOML."""

    phase: Phase
    contents: tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class _Holder:
    """Who has a name: its CIF, an empty text where nobody may replace it, and a label."""

    origin: str
    label: str


class Written(NamedTuple):
    """The paths of a pair, and what the TOML that it replaced said and it does not."""

    cif: Path
    toml: Path
    dropped: tuple[str, ...]


class Adding:
    """A folder of phases that this process alone is writing into.

    The names that are taken are read once, and kept with each phase that is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._holders: dict[str, list[_Holder]] = {}
        for names, origin, label in _offers(folder):
            self._hold(names, _Holder(origin, label))

    def write(self, ready: ReadyPhase, *, force: bool) -> Written:
        """Write the pair of a phase.

        Raises
        ------
        InputError
            When a name means another phase than that of the files.
        InputFileError
            As `write_pair`.
        """
        phase = ready.phase
        names = (phase.id, *phase.aliases)
        target = self.folder / f"{phase.id}.cif"
        self._refuse_taken(names, target)
        dropped = dropped_words(target.with_suffix(".toml"), ready.contents[1])
        paths = write_pair(self.folder, phase.id, ready.contents, force=force)
        self._replace(names, target)
        return Written(*paths, dropped)

    def _hold(self, names: tuple[str, ...], holder: _Holder) -> None:
        for name in names:
            self._holders.setdefault(name.casefold(), []).append(holder)

    def _refuse_taken(self, names: tuple[str, ...], target: Path) -> None:
        here = target.resolve()
        for name in names:
            if name.casefold() == ALL:
                raise InputError(f"{shown(name)} stands for every phase and can name none")
            for holder in self._holders.get(name.casefold(), []):
                if not _is_file(holder.origin, here):
                    raise InputError(
                        f"{shown(name)} is already a name of {holder.label}; choose another"
                    )

    def _replace(self, names: tuple[str, ...], target: Path) -> None:
        """Let a phase have these names, and no longer those that it had."""
        here = target.resolve()
        old = {
            h for h in self._holders.get(names[0].casefold(), []) if _is_file(h.origin, here)
        }
        if old:
            for holders in self._holders.values():
                holders[:] = [holder for holder in holders if holder not in old]
        self._hold(names, _Holder(str(target), str(target)))


@contextmanager
def adding(into: str | os.PathLike[str] | None) -> Iterator[Adding]:
    """Keep other writers out of a folder while phases are added; None is the user's own.

    What an earlier one left half done is put back first. Afterwards the catalogue is read
    anew.

    Raises
    ------
    InputFileError
        When it is no folder, cannot be written, or another writer takes too long.
    """
    folder = target_folder(into)
    if into is None:
        _make(folder)
    with locked(folder) as alone:
        try:
            if alone:
                put_back(folder)
            # Another process may have written since the catalogue was read.
            forget()
            place = Adding(folder)
        except OSError as error:
            raise InputFileError(f"cannot read {folder}: {error.strerror or error}") from None
        try:
            yield place
        finally:
            forget()


def target_folder(into: str | os.PathLike[str] | None) -> Path:
    """Return the folder that is meant: one that exists, or for None the user's own."""
    if into is None:
        return builtin.user_folder()
    folder = Path(into)
    if not folder.is_dir():
        raise InputFileError(f"cannot write into {str(into)!r}: it is no folder")
    return folder


def known_files() -> frozenset[Path]:
    """Return the CIF of each phase that `load` finds, in whichever folder."""
    # A folder may be searched because an installed plugin names it.
    files = (_file_of(entry.source.origin) for entry in catalogue().entries)
    return frozenset(file for file in files if file is not None)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputFileError(f"cannot make {folder}: {error.strerror or error}") from None


def _offers(folder: Path) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Yield (names, origin, label) of each phase of the catalogue, and of a folder."""
    for entry in catalogue().entries:
        # Curated phases are nobody's to replace; a plugin's are, in the folder it names.
        origin = "" if entry.provider == builtin.CURATED else entry.source.origin
        yield entry.names, origin, entry.qualified
    for source in phase_sources(folder, trusted=False):
        yield (source.id, *source.aliases), source.origin, source.origin


def _is_file(origin: str, file: Path) -> bool:
    return _file_of(origin) == file


def _file_of(origin: str) -> Path | None:
    """Return the file that a phase comes from; None where a plugin says something else."""
    try:
        return Path(origin).resolve() if origin else None
    except (OSError, RuntimeError, ValueError):
        return None
