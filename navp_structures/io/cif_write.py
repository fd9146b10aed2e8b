"""Writing phases to CIF."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

from gemmi import cif

from navp_structures._version import __version__
from navp_structures.errors import InputError, InputFileError
from navp_structures.io.cif_values import (
    ANISO_AXES,
    DATABASE_TAGS,
    correlation_text,
    marked_text,
)
from navp_structures.io.files import write_text
from navp_structures.model import standard
from navp_structures.model.cell import PARAMETERS
from navp_structures.model.formula import format_formula, parse_formula
from navp_structures.model.phase import Phase
from navp_structures.model.site import Site
from navp_structures.show.numbers import exact, rounded


def cif_text(phase: Phase) -> str:
    """Return a phase as the text of a CIF: the same numbers with their su.

    The kind of a phase and the reason of a model or computation stand in
    ``_audit_creation_method``, where `read_cif` finds them again.
    """
    document = cif.Document()
    block = document.add_new_block(re.sub(r"[^!-~]", "_", phase.id) or "phase")
    _add_source(block, phase)
    _add_cell(block, phase)
    _add_symmetry(block, phase)
    _add_sites(block, phase)
    _add_tensors(block, phase)
    return _comment(phase) + document.as_string()


def write_cif(phase: Phase, path: str | os.PathLike[str], *, force: bool = False) -> Path:
    """Write a phase to a CIF and return its path.

    Raises
    ------
    InputFileError
        When the file exists and `force` is False, or cannot be written.
    """
    target = Path(path)
    if target.is_file() and not force:
        raise InputFileError(f"{target} exists; say force (--force) to replace it")
    write_text(target, cif_text(phase))
    return target


def _comment(phase: Phase) -> str:
    lines = [f"{phase.id}: {phase.kind_statement or 'kind unknown'}"]
    lines += [phase.caveat] if phase.caveat else []
    return "".join(f"# {_one_line(line)}\n" for line in lines)


def _set(block: cif.Block, tag: str, value: object) -> None:
    if value is not None and value != "":
        block.set_pair(tag, _quoted(str(value)))


def _quoted(text: str) -> str:
    """Return a text quoted in one line, which it cannot break out of, accents as in CIF."""
    return cif.quote(marked_text(_one_line(text)))


def _one_line(text: str) -> str:
    return "".join(c for c in " ".join(text.split()) if c.isprintable())


def _add_source(block: cif.Block, phase: Phase) -> None:
    method = f"navp_structures {__version__}"
    if phase.kind:
        method += f"; kind: {phase.kind}"
        method += f"; cell: {phase.cell_kind}" if phase.cell_kind else ""
        method += f"; reason: {phase.reason}" if phase.reason else ""
    _set(block, "_audit_creation_method", method)
    source = phase.provenance
    if source.authors:
        loop = block.init_loop("_publ_author_", ["name"])
        for name in source.authors:
            loop.add_row([_quoted(name)])
    for tag, value in (
        ("_publ_section_title", source.title),
        ("_journal_name_full", source.journal),
        ("_journal_year", source.year),
        ("_journal_volume", source.volume),
        ("_journal_page_first", source.page),
        ("_journal_paper_doi", source.doi),
        ("_diffrn_measurement_method", source.method),
        ("_refine_special_details", source.notes),
        ("_chemical_formula_structural", phase.formula),
        ("_chemical_formula_sum", _formula_sum(phase.formula)),
        *(
            (DATABASE_TAGS[name], code)
            for name, code in source.database_codes
            if name in DATABASE_TAGS
        ),
    ):
        _set(block, tag, value)
    if phase.temperature is not None:
        _set(
            block,
            "_cell_measurement_temperature",
            exact(phase.temperature, phase.temperature_su),
        )


def _formula_sum(formula: str | None) -> str | None:
    try:
        return format_formula(parse_formula(formula)) if formula else None
    except InputError:
        return None


def _add_cell(block: cif.Block, phase: Phase) -> None:
    cell = phase.cell
    for name, su in zip(PARAMETERS, cell.su, strict=True):
        tag = f"_cell_{'length' if name in 'abc' else 'angle'}_{name}"
        block.set_pair(tag, exact(getattr(cell, name), su))
    block.set_pair("_cell_volume", rounded(cell.volume, cell.volume_su))
    usual = standard.constrained_cell(replace(cell, correlation=None), phase.space_group)
    if cell.correlation is not None and cell.correlation != usual.correlation:
        # CIF has no tag for it; without it the su of the volume would be another.
        _set(block, "_cell_special_details", correlation_text(cell.correlation))
    if phase.formula_units is not None:
        block.set_pair("_cell_formula_units_Z", str(phase.formula_units))


def _add_symmetry(block: cif.Block, phase: Phase) -> None:
    group = phase.space_group
    _set(block, "_space_group_name_H-M_alt", group.symbol)
    _set(block, "_space_group_name_Hall", group.hall)
    _set(block, "_space_group_IT_number", group.number)
    loop = block.init_loop("_space_group_symop_", ["operation_xyz"])
    for operation in group.operations:
        loop.add_row([cif.quote(operation)])


def _add_sites(block: cif.Block, phase: Phase) -> None:
    if not phase.sites:
        return
    tags = ["label", "type_symbol", "site_symmetry_multiplicity", "Wyckoff_symbol"]
    tags += ["fract_x", "fract_y", "fract_z", "occupancy", "U_iso_or_equiv", "adp_type"]
    loop = block.init_loop("_atom_site_", tags)
    for site in phase.sites:
        times = standard.multiplicity(site, phase.cell, phase.space_group)
        place = [exact(x, su) for x, su in zip(site.fract, site.fract_su, strict=True)]
        iso = "?" if site.u_iso is None else exact(site.u_iso, site.u_iso_su)
        for species in site.species:
            filled = exact(species.occupancy, species.occupancy_su)
            names = [_quoted(species.label), _quoted(species.symbol)]
            letter = _quoted(site.wyckoff) if site.wyckoff else "?"
            row = [*names, str(times), letter, *place, filled, iso, _adp_type(site)]
            loop.add_row(row)


def _adp_type(site: Site) -> str:
    if site.u_aniso is not None:
        return "Uani"
    return "?" if site.u_iso is None else "Uiso"


def _add_tensors(block: cif.Block, phase: Phase) -> None:
    moved = [site for site in phase.sites if site.u_aniso is not None]
    if not moved:
        return
    loop = block.init_loop(
        "_atom_site_aniso_", ["label", *(f"U_{axis}" for axis in ANISO_AXES)]
    )
    for site in moved:
        sus = site.u_aniso_su or (None,) * 6
        cells = [exact(u, su) for u, su in zip(site.u_aniso or (), sus, strict=True)]
        for species in site.species:
            loop.add_row([_quoted(species.label), *cells])
