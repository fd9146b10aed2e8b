"""Where the data files of the package are."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from navp_structures.errors import InputFileError


def curated_folder() -> Traversable:
    """Return the folder of the curated phases.

    An installed wheel holds it inside the package; a checkout, and so an editable
    install, holds it beside the package.
    """
    inside = files("navp_structures") / "cifs"
    if inside.is_dir():
        return inside
    checkout = Path(__file__).resolve().parent.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "cifs").is_dir():
        return checkout / "cifs"
    raise InputFileError(
        f"the curated phases are missing: neither {inside} nor {checkout / 'cifs'} is a folder"
    )
