"""Adding a CIF to a folder of phases, under a name that no other phase has."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from navp_structures.catalogue.adding import ReadyPhase, adding, known_files
from navp_structures.errors import InputError, PhaseDataError, shown
from navp_structures.io.cif import phase_from_block
from navp_structures.io.files import naming
from navp_structures.io.phase_folder import paired_phase
from navp_structures.io.phase_toml import check_alias, notes_in
from navp_structures.io.phase_write import notes_text, plain_text, read_candidate
from navp_structures.model.phase import ID_PATTERN, KINDS, Phase

# A folder of phases may be shared, or copied to another computer.
_DEVICE = re.compile("con|prn|aux|nul|(com|lpt)[0-9]")


# What a journal's own CIF has; the file is copied as it is, so they are not added here.
_SOURCE_TAGS = ("_publ_author_name", "_journal_name_full", "_journal_paper_doi")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedPhase:
    """What `add_phase` has written.

    Parameters
    ----------
    phase
        As it is read from the two files.
    cif, toml
        Their paths.
    found
        Whether `load` finds it: False for a folder that neither ``NAVP_PHASE_PATH`` nor an
        installed plugin names.
    dropped
        What the TOML that was replaced said and the new one does not, such as an alias.
    """

    phase: Phase
    cif: Path
    toml: Path
    found: bool
    dropped: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What is worth knowing, in sentences: what is no longer recorded, a missing source."""
        sentences = []
        if self.dropped:
            words = ", ".join(self.dropped)
            sentences.append(f"{self.toml.name} was replaced and no longer says: {words}")
        if not self.phase.provenance.citation:
            sentences.append(
                f"{self.cif.name} states no source; write it into the file with the tags "
                f"{', '.join(_SOURCE_TAGS[:-1])} and {_SOURCE_TAGS[-1]}"
            )
        return tuple(sentences)


def candidate(path: str | os.PathLike[str], *, block: str | None = None) -> Phase:
    """Return the phase of a CIF as `add_phase` would read it, its id the stem of the file.

    Raises
    ------
    NavpError
        When it is no CIF, or nothing for a folder of phases.
    """
    file = Path(path)
    _, found = read_candidate(file, block=block)
    with naming(file):
        return phase_from_block(found, id=file.stem)


def default_id(path: str | os.PathLike[str]) -> str | None:
    """Return the stem of a file where it is an id, else None.

    Examples
    --------
    >>> default_id("papers/nvp-rt.cif"), default_id("My NVP.cif")
    ('nvp-rt', None)
    """
    stem = Path(path).stem
    return stem if ID_PATTERN.fullmatch(stem) else None


def add_phase(
    path: str | os.PathLike[str],
    *,
    kind: str | None = None,
    id: str | None = None,  # noqa: A002 - the word of the catalogue
    aliases: Iterable[str] = (),
    licence: str | None = None,
    reason: str | None = None,
    block: str | None = None,
    into: str | os.PathLike[str] | None = None,
    force: bool = False,
) -> AddedPhase:
    """Add the structure of a CIF to the user's own phases.

    The file is copied as it is, so that numbers, su and all else stay as the source has
    them; ``<id>.toml`` beside it holds what CIF has no tag for. Symmetry and composition
    are not judged: `check_symmetry` does that.

    Parameters
    ----------
    path
        A CIF of at most 5 MB and 10,000 sites.
    kind
        ``measured``, ``computed`` or ``model``. It is never guessed: None is enough only
        for a CIF that `export` wrote, which says it.
    id
        ``[a-z0-9][a-z0-9-]{0,63}``; None for the stem of the file.
    aliases
        Other names. Like the id, no other phase may have them.
    reason
        Why a computed phase or a model is one, and how it was derived; needed for these.
    block
        Name of the data block where a CIF holds several structures; it alone is written.
    into
        A folder that exists; None for that of the user's own phases.
    force
        Replace the pair of that id in the folder. Nothing of the old TOML is kept that is
        not said again; `dropped` of the answer names it.

    Returns
    -------
    The phase, the paths of both files, and whether its name is known from now on.

    Raises
    ------
    InputError, PhaseDataError
        When a name is none or taken, or something is missing or contradicts the CIF.
    InputFileError
        When a file exists and `force` is False, or cannot be written. Nothing is left
        half-written.
    """
    ready = ready_phase(
        Path(path),
        kind=kind,
        id=id,
        aliases=aliases,
        licence=licence,
        reason=reason,
        block=block,
    )
    with adding(into) as place:
        written = place.write(ready, force=force)
    known = written.cif.resolve() in known_files()
    return AddedPhase(phase=ready.phase, found=known, **written._asdict())


def ready_phase(
    file: Path,
    *,
    kind: str | None,
    id: str | None,  # noqa: A002
    aliases: Iterable[str],
    licence: str | None,
    reason: str | None,
    block: str | None,
) -> ReadyPhase:
    """Return the phase that `add_phase` would add, with the contents of its two files."""
    data, found = read_candidate(file, block=block)
    with naming(file):
        told = phase_from_block(found, id=file.stem)
    name = _checked_id(default_id(file) if id is None else id, file)
    others = checked_aliases(aliases)
    kind, reason = _checked_kind(told, file, kind, reason)
    text = notes_text(
        kind=kind,
        aliases=others,
        reason=reason,
        licence=None if licence is None else plain_text(licence, "the licence"),
        cell_kind=told.cell_kind,
    )
    with naming(file):
        phase = paired_phase(found, id=name, notes=notes_in(text, Path(f"{name}.toml")))
    return ReadyPhase(phase=phase, contents=(data, text.encode()))


def _checked_id(name: str | None, file: Path) -> str:
    if name is None:
        raise InputError(
            f"{shown(file.stem)} is no id; give one of a-z, 0-9 and '-', at most 64 characters"
        )
    if not isinstance(name, str) or ID_PATTERN.fullmatch(name) is None:
        raise InputError(f"{shown(name)} is no phase id; use a-z, 0-9 and '-', at most 64")
    if _DEVICE.fullmatch(name):
        raise InputError(f"{shown(name)} is the name of a device on Windows; choose another")
    return name


def checked_aliases(aliases: Iterable[str]) -> tuple[str, ...]:
    """Return other names of a phase as `add_phase` takes them.

    Raises
    ------
    InputError, PhaseDataError
        When one is no name, or is said twice.
    """
    if isinstance(aliases, str):
        raise InputError(
            f"aliases {shown(aliases)} must be several texts, write [{shown(aliases)}]"
        )
    found = tuple(plain_text(str(alias), "an alias") for alias in aliases)
    seen: set[str] = set()
    for alias in found:
        if alias.casefold() in seen:
            raise InputError(f"alias {shown(alias)} is said twice")
        seen.add(alias.casefold())
        check_alias(alias)
    return found


def _checked_kind(
    told: Phase, file: Path, kind: str | None, reason: str | None
) -> tuple[str, str | None]:
    """Return kind and reason; a CIF's own word on them holds."""
    kind = kind or told.kind
    if kind not in KINDS:
        raise InputError(f"kind is {shown(kind)}; it must be one of {', '.join(KINDS)}")
    if told.kind not in (None, kind):
        raise InputError(f"{file} says that it is {told.kind}, not {kind}")
    reason = reason if reason is not None else told.reason
    if reason is None and kind != "measured":
        raise PhaseDataError(f"a {kind} phase needs a reason: why, and how it was derived")
    return kind, None if reason is None else plain_text(reason, "the reason")
