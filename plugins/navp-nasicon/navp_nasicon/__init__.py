"""Relatives of the NASICON phases of navp_structures, and a check of the framework itself."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

from navp_nasicon.check import nasicon
from navp_structures import Check, hookimpl

__version__ = "0.1.0"

__all__ = ["nasicon", "navp_checks", "navp_phase_folders"]


@hookimpl
def navp_phase_folders() -> list[Traversable]:
    """Return the folder of the phases."""
    return [files("navp_nasicon") / "phases"]


@hookimpl
def navp_checks() -> list[Check]:
    """Return the check that looks for the lantern units of a NASICON."""
    return [Check(name="nasicon", run=nasicon)]
