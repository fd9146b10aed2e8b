"""Where the data files of the package are."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from navp_structures.errors import InputFileError


def curated_folder() -> Traversable:
    """Return the folder of the curated phases."""
    return _folder("cifs", "the curated phases are missing")


def plugin_template() -> Traversable:
    """Return the folder of the package that every new plugin begins as."""
    return _folder("plugins/template", "the files of a new plugin are missing")


def _folder(name: str, missing: str) -> Traversable:
    """Return a folder of data.

    An installed wheel holds it inside the package; a checkout, and so an editable
    install, holds it beside the package.
    """
    inside = files("navp_structures").joinpath(*name.split("/"))
    if inside.is_dir():
        return inside
    checkout = Path(__file__).resolve().parent.parent
    beside = checkout / name
    if (checkout / "pyproject.toml").is_file() and beside.is_dir():
        return beside
    raise InputFileError(f"{missing}: neither {inside} nor {beside} is a folder")
