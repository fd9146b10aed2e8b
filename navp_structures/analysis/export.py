"""Writing a phase, by name or as an object, to a file."""

from __future__ import annotations

import os
from pathlib import Path

from navp_structures.catalogue.catalogue import PhaseLike, as_phase
from navp_structures.io.structure_write import write_phase


def export(
    phase: PhaseLike,
    path: str | os.PathLike[str],
    *,
    to: str = "cif",
    force: bool = False,
) -> Path:
    """Write a phase to a CIF: the same numbers with their su, and its kind.

    A model or a computed phase says so in the file, with its reason. What CIF has no tag
    for stays behind: aliases, the correlation of the cell, the errors expected of sites,
    changes, expected values, licence and notes; the caveat is a comment.

    Parameters
    ----------
    phase
        A Phase, a name, or the path of a CIF.
    path
        The file to write.
    to
        Format: ``cif``; ``poscar``, for phases without disorder; ``json``, a pymatgen
        Structure whose ``properties`` hold id, kind, reason, caveat and source. The last two
        hold the whole cell, without su.
    force
        Replace the file if it exists.

    Returns
    -------
    The path of the file.

    Raises
    ------
    InputError
        When there is no such format, or a disordered phase is to be a POSCAR.
    NoSitesError
        When a phase without sites is to be anything but a CIF.
    InputFileError
        When the file exists and `force` is False, or cannot be written; nothing is left
        half-written.
    """
    return write_phase(as_phase(phase), path, to=to, force=force)
