"""Phases of the usual calibration standards for `navp_structures`."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable

from navp_structures import hookimpl


@hookimpl
def navp_phase_folders() -> Iterable[Traversable]:
    """Return the folder of the pairs."""
    return [files("navp_calibrants") / "phases"]
