"""Writing phases in one of several formats: CIF, POSCAR, JSON of pymatgen."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from navp_structures.errors import InputError, InputFileError, nearest, shown
from navp_structures.io.cif_write import cif_text
from navp_structures.io.files import named_file, write_text
from navp_structures.model.phase import Phase

if TYPE_CHECKING:
    from pymatgen.core.structure import Structure


def phase_text(phase: Phase, to: str = "cif") -> str:
    """Return a phase as the text of a file.

    Parameters
    ----------
    to
        ``cif``; ``poscar``, for phases without disorder; or ``json``, a pymatgen Structure.

    Raises
    ------
    InputError
        When there is no such format, or a disordered phase is to be a POSCAR.
    NoSitesError
        When a phase without sites is to be anything but a CIF.
    """
    if not isinstance(to, str) or to not in FORMATS:
        raise InputError(
            f"no format {shown(to)}{nearest(str(to), FORMATS)}; formats: {', '.join(FORMATS)}"
        )
    return FORMATS[to](phase)


def write_phase(
    phase: Phase, path: str | os.PathLike[str], *, to: str = "cif", force: bool = False
) -> Path:
    """Write a phase to a file and return its path; see `phase_text`.

    Raises
    ------
    InputFileError
        When the file exists and `force` is False, or cannot be written.
    """
    target = named_file(path, "write")
    text = phase_text(phase, to)
    if target.is_file() and not force:
        raise InputFileError(f"{target} exists; say force (--force) to replace it")
    write_text(target, text)
    return target


def structure_dict(phase: Phase) -> dict[str, Any]:
    """Return the pymatgen Structure as a dictionary; its ``properties`` say what it is."""
    structure = phase.structure
    structure.properties = {
        "id": phase.id,
        "kind": phase.kind,
        "reason": phase.reason,
        "caveat": phase.caveat,
        "source": phase.provenance.citation or None,
    }
    content: dict[str, Any] = structure.as_dict()
    return content


def _json_text(phase: Phase) -> str:
    return json.dumps(structure_dict(phase), ensure_ascii=False, allow_nan=False) + "\n"


def _poscar_text(phase: Phase) -> str:
    from pymatgen.io.vasp.inputs import Poscar

    structure = phase.structure
    if not structure.is_ordered:
        raise InputError(
            f"{phase.id} is disordered ({_disorder(structure)}); a POSCAR holds one whole atom "
            "at each place: export it as cif or json, or take an ordered phase"
        )
    statement = f"{phase.id}: {phase.kind_statement or 'kind unknown'}"
    # Equal species have to stand together; VASP reads one line of ASCII as a comment.
    plain = unicodedata.normalize("NFKD", " ".join(statement.split()))
    comment = plain.encode("ascii", "ignore").decode("ascii")
    text: str = Poscar(structure, comment=comment, sort_structure=True).get_str()
    return text


def _disorder(structure: Structure) -> str:
    """Return the first site that is not one whole atom: ``Na1 is Na 0.805``."""
    site = next(site for site in structure if not site.is_ordered)
    content = " and ".join(f"{s.symbol} {share:.3g}" for s, share in site.species.items())
    return f"{site.label} is {content}"


FORMATS: Final[Mapping[str, Callable[[Phase], str]]] = {
    "cif": cif_text,
    "poscar": _poscar_text,
    "json": _json_text,
}
"""How a phase is written, by the name of the format."""
