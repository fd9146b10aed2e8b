"""The package's own answers to its hooks: curated phases, radiations, readers, folders."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable
from importlib.resources.abc import Traversable
from pathlib import Path
from types import SimpleNamespace
from typing import Final

from navp_structures._resources import curated_folder
from navp_structures.catalogue.hookspecs import hookimpl
from navp_structures.errors import PhaseFolderWarning
from navp_structures.model.measured_list import SpacingReader
from navp_structures.model.radiation import Radiation, characteristic_radiations

CURATED: Final = "navp"
PHASE_PATH: Final = "path"
USER_DATA: Final = "user"

DROPPED: Final = frozenset({PHASE_PATH, USER_DATA})
"""Providers whose folders are plain data that anybody may have dropped there."""


def user_folder() -> Path:
    """Return the folder of the user's own phases; it need not exist."""
    from platformdirs import user_data_path

    return user_data_path("navp-structures", appauthor=False) / "phases"


def providers(phase_path: str, user_data: Path | None) -> dict[str, object]:
    """Return the built-in plugins by provider name.

    Parameters
    ----------
    phase_path
        Absolute folders, separated as in PATH (the variable ``NAVP_PHASE_PATH``).
    user_data
        From `user_folder`; None for none.
    """
    own_data = [user_data] if user_data is not None else []
    dropped = {PHASE_PATH: list(_absolute(phase_path)), USER_DATA: own_data}
    own = SimpleNamespace(
        navp_phase_folders=_folders([curated_folder()]),
        navp_radiations=_radiations,
        navp_spacing_readers=_spacing_readers,
    )
    plugins: dict[str, object] = {CURATED: own}
    for name, folders in dropped.items():
        present = [folder for folder in folders if folder.is_dir()]
        if present:
            plugins[name] = SimpleNamespace(navp_phase_folders=_folders(present))
    return plugins


@hookimpl(specname="navp_radiations")
def _radiations() -> Iterable[Radiation]:
    return characteristic_radiations().values()


@hookimpl(specname="navp_spacing_readers")
def _spacing_readers() -> Iterable[SpacingReader]:
    from navp_structures.io.spacing_readers import spacing_readers

    return spacing_readers()


def _folders(folders: Iterable[Traversable]) -> Callable[[], Iterable[Traversable]]:
    answer = tuple(folders)

    @hookimpl
    def navp_phase_folders() -> Iterable[Traversable]:
        return answer

    # The marker's own type says nothing of what it marks.
    marked: Callable[[], Iterable[Traversable]] = navp_phase_folders
    return marked


def path_folders(phase_path: str) -> Iterable[tuple[str, bool, str]]:
    """Yield (folder, whether it exists, what is wrong with it) of ``NAVP_PHASE_PATH``."""
    for part in phase_path.split(os.pathsep):
        if not part:
            continue
        folder = Path(part)
        # A relative folder would be looked for in the current directory.
        problem = "is not absolute" if not folder.is_absolute() else ""
        exists = folder.is_dir()
        yield part, exists, problem or ("" if exists else "is no folder")


def _absolute(phase_path: str) -> Iterable[Path]:
    for part, _, problem in path_folders(phase_path):
        if problem:
            warnings.warn(
                f"NAVP_PHASE_PATH: {part!r} {problem}; left out",
                PhaseFolderWarning,
                stacklevel=2,
            )
        else:
            yield Path(part)
