"""Writing a phase, by name or as an object, to a file."""

from __future__ import annotations

import os
from pathlib import Path

from navp_structures.catalogue.catalogue import PhaseLike, as_phase
from navp_structures.io.cif_write import write_cif


def export(phase: PhaseLike, path: str | os.PathLike[str], *, force: bool = False) -> Path:
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
    force
        Replace the file if it exists.

    Returns
    -------
    The path of the file.

    Raises
    ------
    InputFileError
        When the file exists and `force` is False, or cannot be written; nothing is left
        half-written.
    """
    return write_cif(as_phase(phase), path, force=force)
