"""Folders of phases: pairs of <id>.cif and <id>.toml."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.resources.abc import Traversable
from pathlib import Path

from gemmi import cif

from navp_structures.errors import NavpError, PhaseDataError, PhaseFolderWarning, shown
from navp_structures.io.cif import Header, phase_from_block, read_block, read_header
from navp_structures.io.files import naming
from navp_structures.io.phase_recover import interrupted
from navp_structures.io.phase_toml import PhaseNotes, read_phase_toml
from navp_structures.model.phase import ID_PATTERN, Phase
from navp_structures.model.sources import PhaseSource, PhaseSummary
from navp_structures.model.spacegroup import LARGEST_GROUP

LARGEST_CIF = 5_000_000
"""Bytes of a CIF in a dropped folder; larger ones hold no curated phase."""

LARGEST_ASYMMETRIC_UNIT = 10_000

LARGEST_CELL = 100_000
"""Positions; a metal-organic framework has some thousands."""

_PHASE_FIELDS = (
    "kind",
    "cell_kind",
    "aliases",
    "reason",
    "temperature_note",
    "caveat",
    "superseded_by",
    "licence",
    "site_error",
    "changes",
    "expected",
)


def phase_sources(folder: Traversable, *, trusted: bool = True) -> Iterator[PhaseSource]:
    """Yield a source for each pair at the top of a folder, in the order of their ids.

    The TOML files are read, the CIFs only when a source is asked for its phase. A pair
    that cannot be used is left out with a PhaseFolderWarning.

    Parameters
    ----------
    trusted
        False for folders that users drop: symbolic links are refused.
    """
    names = {entry.name: entry for entry in folder.iterdir()}
    if not trusted:
        _tell_interrupted(folder, names)
    for name in sorted(names):
        if not name.endswith(".toml"):
            continue
        stem = name.removesuffix(".toml")
        pair = names.get(f"{stem}.cif"), names[name]
        try:
            yield _source(stem, pair, trusted=trusted)
        except NavpError as error:
            warnings.warn(f"left out: {error}", PhaseFolderWarning, stacklevel=2)


def _tell_interrupted(folder: Traversable, names: Iterable[str]) -> None:
    for stem in interrupted(names):
        # It may have got its name since the folder was listed.
        if not folder.joinpath(f"{stem}.toml").is_file():
            warnings.warn(
                f"{folder}: a 'navp add' of {stem} was interrupted; the next one into the "
                "folder puts it back",
                PhaseFolderWarning,
                stacklevel=3,
            )


def _source(
    stem: str, pair: tuple[Traversable | None, Traversable], *, trusted: bool
) -> PhaseSource:
    cif_file, toml_file = pair
    if ID_PATTERN.fullmatch(stem) is None:
        raise PhaseDataError(
            f"{toml_file}: {shown(stem)} is no id; use a-z, 0-9 and '-', at most 64"
        )
    if cif_file is None:
        raise PhaseDataError(f"{toml_file} has no CIF beside it")
    if not trusted:
        _refuse_links(cif_file, toml_file)
    notes = read_phase_toml(toml_file)
    return PhaseSource(
        id=stem,
        aliases=notes.aliases,
        kind=notes.kind,
        load=lambda: _load(stem, cif_file, notes),
        summarise=lambda: _summarise(stem, cif_file, notes),
        origin=str(cif_file),
    )


def _load(stem: str, cif_file: Traversable, notes: PhaseNotes) -> Phase:
    with naming(cif_file):
        return paired_phase(_block(cif_file), id=stem, notes=notes)


def paired_phase(block: cif.Block, *, id: str, notes: PhaseNotes) -> Phase:  # noqa: A002
    """Return the phase of a CIF's block and its notes.

    Raises
    ------
    NavpError
        When it is impossible, or has more than `LARGEST_ASYMMETRIC_UNIT` sites.
    """
    check_size(block)
    phase = phase_from_block(block, id=id, **_fields(notes))
    if notes.correlation is None:
        return phase
    return replace(phase, cell=replace(phase.cell, correlation=notes.correlation))


def check_size(block: cif.Block) -> None:
    """Raise PhaseDataError for a block of too many sites, or of too many in its cell.

    A site counts in a cell as often as there are operations, its own symmetry left aside.
    """
    count = len(block.find_values("_atom_site_fract_x"))
    if count > LARGEST_ASYMMETRIC_UNIT:
        raise PhaseDataError(f"{count} sites are more than {LARGEST_ASYMMETRIC_UNIT}")
    if count <= LARGEST_CELL // LARGEST_GROUP:
        return
    times = len(read_header(block).space_group.operations)
    if count * times > LARGEST_CELL:
        raise PhaseDataError(
            f"{count} sites and {times} operations make more than {LARGEST_CELL} positions"
        )


def _summarise(stem: str, cif_file: Traversable, notes: PhaseNotes) -> PhaseSummary:
    with naming(cif_file):
        header: Header = read_header(_block(cif_file))
    return PhaseSummary(
        id=stem,
        aliases=notes.aliases,
        formula=header.formula,
        space_group=str(header.space_group),
        kind=notes.kind,
        temperature=header.temperature,
        volume_per_formula_unit=(
            header.cell.volume / header.formula_units if header.formula_units else None
        ),
        reason=notes.reason,
        caveat=notes.caveat,
    )


def _block(cif_file: Traversable) -> cif.Block:
    return read_block(cif_file, largest=LARGEST_CIF)


def _fields(notes: PhaseNotes) -> dict[str, object]:
    return {name: getattr(notes, name) for name in _PHASE_FIELDS}


def _refuse_links(*files: Traversable) -> None:
    for file in files:
        if isinstance(file, Path) and file.is_symlink():
            raise PhaseDataError(f"{file} is a symbolic link; put the file itself there")
