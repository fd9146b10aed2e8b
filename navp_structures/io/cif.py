"""Reading phases from CIF."""

from __future__ import annotations

import math
import os
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from math import gcd
from pathlib import Path
from statistics import median
from typing import Any

from gemmi import cif

from navp_structures.errors import CifError, CifWarning, InputError, shown
from navp_structures.io import cif_origin, cif_sites, cif_symmetry
from navp_structures.io.cif_overlap import tell_overlap
from navp_structures.io.cif_values import (
    DATABASE_TAGS,
    LONGEST_FORMULA,
    number,
    optional_number,
    optional_text,
    read_correlation,
    texts,
)
from navp_structures.io.files import named_file, naming, read_text
from navp_structures.model.cell import PARAMETERS, UnitCell
from navp_structures.model.formula import format_formula, parse_formula
from navp_structures.model.phase import KINDS, Phase
from navp_structures.model.provenance import Provenance
from navp_structures.model.site import Site
from navp_structures.model.spacegroup import SpaceGroup
from navp_structures.show.tables import printable

_TEMPERATURES = ("_diffrn_ambient_temperature", "_cell_measurement_temperature")
_YEAR = re.compile("[0-9]{1,4}")
_BLOCK = re.compile(r"(?<!\S)data_", re.IGNORECASE)
_DOTTED = re.compile(r"(?<!\S)(_[A-Za-z][A-Za-z0-9_]*)\.(?=[A-Za-z])")
# Written by `export`, so that a model stays a model when its CIF is read again.
_KIND = re.compile(
    rf"kind: ({'|'.join(KINDS)})\b(?:; cell: ({'|'.join(KINDS)})\b)?(?:; reason: (.*))?",
    re.DOTALL,
)


LARGEST_CIF = 10_000_000
"""Bytes; with structure factors a few MB. The parser takes up to 20 times as much."""

LARGEST_DOCUMENT = 10_000
"""Data blocks of a CIF."""

_NAMED_BLOCKS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a CIF says of a phase without its sites."""

    cell: UnitCell
    space_group: SpaceGroup
    formula: str | None
    formula_units: int | None
    temperature: float | None
    temperature_su: float | None


def read_cif(path: str | os.PathLike[str], *, block: str | None = None) -> Phase:
    """Return the phase in a CIF.

    Parameters
    ----------
    path
        The file. A CIF without atom sites gives a cell-only phase.
    block
        Name of the data block, needed where several hold a cell.

    Raises
    ------
    InputFileError
        When the file cannot be read.
    NavpError
        When it is no CIF, lacks a cell or a symmetry, or holds something impossible; each
        is a ValueError too.
    """
    file = named_file(path)
    found = read_block(file, block=block)
    with naming(file):
        # What drives a terminal may stand in a file name, and the id in every table.
        return phase_from_block(found, id=printable(file.stem))


def read_block(
    path: Path | Traversable, *, block: str | None = None, largest: int = LARGEST_CIF
) -> cif.Block:
    """Return the one block of a CIF that holds a cell, or the named one."""
    return block_in(read_text(path, largest=largest), path, block=block)


def block_in(text: str, path: Path | Traversable, *, block: str | None = None) -> cif.Block:
    """Return the block of a CIF's text, as `read_block`; the path is for messages."""
    document = _parsed(text, path)
    if block is not None:
        # CIF is of ASCII letters; gemmi takes no other value, nor half of a surrogate pair.
        is_name = isinstance(block, str) and block.isprintable()
        named = document.find_block(block) if is_name else None
        if named is None:
            known = _block_names(list(document))
            raise InputError(f"{path} has no block {shown(block)}; it has: {known}")
        return named
    blocks = [b for b in document if b.find_value("_cell_length_a") is not None]
    if len(blocks) == 1:
        return blocks[0]
    if not len(document):
        raise CifError(f"{path} is no CIF: it holds no data block")
    if not blocks:
        raise CifError(f"{path} has no unit cell: _cell_length_a is missing")
    raise CifError(
        f"{path} holds {len(blocks)} structures; name one as block: {_block_names(blocks)}"
    )


def _block_names(blocks: Sequence[cif.Block]) -> str:
    more = f" and {len(blocks) - _NAMED_BLOCKS} more" if len(blocks) > _NAMED_BLOCKS else ""
    return ", ".join(block.name[:40] for block in blocks[:_NAMED_BLOCKS]) + more


def _parsed(text: str, path: Path | Traversable) -> cif.Document:
    if "\0" in text:
        raise CifError(
            f"{path} is no CIF: it holds zero bytes, as binary files do; save it as UTF-8 text"
        )
    folded = text.casefold()
    if "_cell.length_a" in folded:
        # Newer dictionaries write _cell.length_a for _cell_length_a.
        text = _DOTTED.sub(r"\1_", text)
    # gemmi compares each name of a block with all others. The word alone is counted first,
    # which takes a tenth of the time.
    count = folded.count("data_")
    if count > LARGEST_DOCUMENT:
        count = sum(1 for _ in _BLOCK.finditer(text))
    if count > LARGEST_DOCUMENT:
        raise CifError(f"{path} holds {count} data blocks, more than {LARGEST_DOCUMENT}")
    try:
        document = cif.read_string(text)
    except MemoryError:
        raise CifError(f"{path} needs more memory than there is") from None
    except (ValueError, RuntimeError) as error:
        raise CifError(f"{path} is no CIF: {_first_line(error)}") from None
    return document


def read_header(block: cif.Block, sites: tuple[Site, ...] | None = None) -> Header:
    """Return what a block says of cell, symmetry, formula, Z and temperature.

    Parameters
    ----------
    sites
        Those of the block, where they are known; they are needed where it leaves its origin
        open.
    """
    cell = _cell(block)
    temperature, temperature_su = _temperature(block)
    units, _ = optional_number(block, ["_cell_formula_units_Z"])
    if units is not None and not (units.is_integer() and units >= 1):
        raise CifError(f"_cell_formula_units_Z is {units:g}; it must be a whole number above 0")
    formula, whole = _formula(block), None if units is None else int(units)
    group, is_open = cif_symmetry.read_space_group(block, cell)
    if is_open:
        sites = cif_sites.read_sites(block) if sites is None else sites
        # A cell alone has no origin.
        if sites:
            group = cif_origin.settled_origin(block, cell, group, sites, (formula, whole))
    return Header(
        cell=cell,
        space_group=group,
        formula=formula,
        formula_units=whole,
        temperature=temperature,
        temperature_su=temperature_su,
    )


def _temperature(block: cif.Block) -> tuple[float | None, float | None]:
    """Return the first temperature that is a number (K) and its su, or (None, None).

    Words such as "room temperature" stand in many files; they touch nothing else.
    """
    for tag in _TEMPERATURES:
        try:
            kelvin, su = optional_number(block, [tag])
        except CifError as error:
            warnings.warn(f"{block.name}: {error} of kelvin; it is left out", CifWarning, 4)
            continue
        if kelvin is not None:
            if not 0.0 <= kelvin < math.inf:
                raise CifError(
                    f"the temperature is {kelvin:g} K; it must be a finite number from 0 up"
                )
            return kelvin, su
    return None, None


def phase_from_block(block: cif.Block, *, id: str, **more: Any) -> Phase:  # noqa: A002
    """Return the phase of a block; `more` are fields of Phase that CIF has no tag for."""
    sites = cif_sites.read_sites(block)
    header = read_header(block, sites)
    sites = cif_sites.with_multiplicities(block, sites, header.cell, header.space_group)
    formula, units = _completed(header, sites)
    kind, cell_kind, reason = _kind(block)
    fields: dict[str, Any] = {"kind": kind, "cell_kind": cell_kind, "reason": reason} | more
    phase = Phase(
        id=id,
        cell=header.cell,
        space_group=header.space_group,
        sites=sites,
        formula=formula,
        formula_units=units,
        temperature=header.temperature,
        temperature_su=header.temperature_su,
        provenance=_provenance(block),
        **fields,
    )
    tell_overlap(phase, block.name)
    return phase


def _cell(block: cif.Block) -> UnitCell:
    values: dict[str, float | None] = {}
    for name in PARAMETERS:
        tag = f"_cell_{'length' if name in 'abc' else 'angle'}_{name}"
        text = block.find_value(tag)
        if text is not None and not cif.is_null(text):
            values[name], values[f"{name}_su"] = number(text, tag)
        elif name in "abc":
            raise CifError(f"{block.name} has no unit cell: {tag} is missing")
    correlation = read_correlation(optional_text(block, "_cell_special_details"))
    return UnitCell(**values, correlation=correlation)  # type: ignore[arg-type]


def _formula(block: cif.Block) -> str | None:
    formula = optional_text(
        block,
        "_chemical_formula_structural",
        "_chemical_formula_sum",
        "_chemical_formula_moiety",
    )
    if formula is not None and len(formula) > LONGEST_FORMULA:
        raise CifError(
            f"the formula has {len(formula)} characters, more than {LONGEST_FORMULA}"
        )
    return formula


def _completed(header: Header, sites: tuple[Site, ...]) -> tuple[str | None, int | None]:
    """Return formula and Z, worked out from the sites where the CIF leaves them out."""
    formula, units = header.formula, header.formula_units
    if not sites or (formula is not None and units is not None):
        return formula, units
    content = cif_origin.contents(sites, header.cell, header.space_group)
    if formula is None and not any(content.values()):
        return None, units  # every site is empty
    if formula is None:
        whole = {e: round(n) for e, n in content.items()}
        divisor = units or gcd(*whole.values())
        ordered = all(abs(n - whole[e]) < 1e-3 for e, n in content.items())
        units = units or (divisor if ordered and divisor else 1)
        return format_formula({e: n / units for e, n in content.items()}), units
    return formula, _whole_ratio(content, formula)


def _whole_ratio(content: dict[str, float], formula: str) -> int | None:
    try:
        wanted = parse_formula(formula)
    except InputError:
        return None
    ratios = [content.get(e, 0.0) / n for e, n in wanted.items() if n > 0 and e != "H"]
    if not ratios:
        return None
    # Partly filled sites miss the nominal formula a little; most elements must agree.
    near = round(median(ratios))
    agree = sum(abs(ratio - near) < 0.05 * near for ratio in ratios)
    return near if near >= 1 and 2 * agree > len(ratios) else None


def _kind(block: cif.Block) -> tuple[str | None, str | None, str | None]:
    """Return kind, kind of the cell, and reason."""
    match = _KIND.search(optional_text(block, "_audit_creation_method") or "")
    return (match[1], match[2], match[3]) if match else (None, None, None)


def _provenance(block: cif.Block) -> Provenance:
    year = optional_text(block, "_journal_year", "_citation_year")
    codes = {name: optional_text(block, tag) for name, tag in DATABASE_TAGS.items()}
    first = optional_text(block, "_journal_page_first", "_citation_page_first")
    return Provenance(
        authors=texts(block, "_publ_author_name", "_citation_author_name"),
        title=optional_text(block, "_publ_section_title", "_citation_title"),
        journal=optional_text(
            block, "_journal_name_full", "_journal_name_abbrev", "_citation_journal_full"
        ),
        year=int(year) if year and _YEAR.fullmatch(year) else None,
        volume=optional_text(block, "_journal_volume", "_citation_journal_volume"),
        page=first,
        doi=optional_text(block, "_journal_paper_doi", "_citation_doi", "_journal_DOI"),
        database_codes=tuple((name, code) for name, code in codes.items() if code),
        method=optional_text(block, "_diffrn_measurement_method", "_exptl_special_details"),
        notes=optional_text(block, "_refine_special_details", "_publ_section_comment"),
    )


def _first_line(error: Exception) -> str:
    """Return gemmi's complaint, ``string:LINE:COLUMN(BYTE): text``, as ``line LINE: text``."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    place = re.sub(r"^string:(\d+)(:\d+\(\d+\):| in \S*:)", r"line \1:", lines[0])
    return place.removeprefix("string: ")[:200]
