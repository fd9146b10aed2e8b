"""Phases for navp_structures, as pairs of files in the folder `phases`."""

from importlib.resources import files

from navp_structures import hookimpl


@hookimpl
def navp_phase_folders():
    """Return the folders that hold phases."""
    return [files(__name__) / "phases"]
