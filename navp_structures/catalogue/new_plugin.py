"""Writing a new plugin package, complete and installable, to be filled with phases."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from navp_structures._resources import plugin_template
from navp_structures.catalogue import builtin
from navp_structures.catalogue.hookspecs import PROJECT
from navp_structures.errors import InputError, shown
from navp_structures.io.files import read_bytes
from navp_structures.io.folder_write import write_folder

TEMPLATE_FILES: Final = (
    "pyproject.toml",
    "README.md",
    ".gitignore",
    ".github/workflows/tests.yml",
    "src/navp_template/__init__.py",
    "src/navp_template/phases/example-ntp.cif",
    "src/navp_template/phases/example-ntp.toml",
    "tests/test_phases.py",
)
"""What is written. A list, because a checkout or an installation holds more beside them:
environments, caches, compiled modules."""

EXAMPLE: Final = "example-ntp"
"""Id of the phase that every new package begins with."""

LONGEST_NAME: Final = 40

# PEP 503: a distribution's name as an index has it. What it allows is an identifier once
# "-" is "_" and "navp_" stands before it, and never a keyword.
_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# The package's own words; every other word stands as it is.
_OWN_NAME: Final = re.compile(r"(navp_)?template")
_BUILT_IN: Final = frozenset({builtin.CURATED, *builtin.DROPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlugin:
    """What `new_plugin` has written.

    Parameters
    ----------
    distribution
        What pip calls it: ``navp-mylab``.
    module
        What Python calls it: ``navp_mylab``.
    provider
        Name of the entry point, and of the provider of its phases: ``mylab``.
    folder
        Where the package is.
    files
        Paths in the folder.
    """

    distribution: str
    module: str
    provider: str
    folder: Path
    files: tuple[str, ...]


def new_plugin(name: str, *, into: str | os.PathLike[str] = ".") -> NewPlugin:
    """Write a plugin package that can be installed: one example phase and its test.

    Parameters
    ----------
    name
        ``navp-mylab`` or ``mylab``: a-z, 0-9 and single ``-`` between them.
    into
        A folder that exists; the package becomes ``navp-mylab`` in it.

    Returns
    -------
    Its names, its folder and its files.

    Raises
    ------
    InputError
        When the name is none, or is taken: by this package or an installed plugin.
    InputFileError
        When the folder of the package exists, or cannot be written. Nothing is left.
    """
    provider = provider_name(name)
    module = f"navp_{provider.replace('-', '_')}"
    template = plugin_template()

    def named(text: str) -> str:
        return _OWN_NAME.sub(lambda own: module if own[1] else provider, text)

    files = {
        named(path): named(read_bytes(template.joinpath(*path.split("/"))).decode()).encode()
        for path in TEMPLATE_FILES
    }
    folder = Path(into) / f"navp-{provider}"
    write_folder(folder, files)
    return NewPlugin(
        distribution=folder.name,
        module=module,
        provider=provider,
        folder=folder,
        files=tuple(files),
    )


def provider_name(name: str) -> str:
    """Return the name of the plugin in the name of its package.

    Raises
    ------
    InputError
        When it is no name, or the name of what is there already.

    Examples
    --------
    >>> provider_name("navp-mylab"), provider_name("mylab")
    ('mylab', 'mylab')
    """
    rule = f"it has a-z, 0-9 and single '-' between them, at most {LONGEST_NAME}"
    if not isinstance(name, str):
        raise InputError(f"{shown(name)} is no name of a plugin, which is a text; {rule}")
    provider = name.removeprefix("navp-")
    if not _is_name(provider):
        plain = re.sub(r"[-_.\s]+", "-", name.lower()).removeprefix("navp-")
        hint = f"; write navp-{plain}" if _is_name(plain) else ""
        raise InputError(f"{shown(name)} is no name of a plugin{hint}; {rule}")
    if provider == "structures":
        raise InputError("navp-structures is this package itself; choose another name")
    if provider in _BUILT_IN:
        raise InputError(f"{shown(provider)} is built in as a provider; choose another name")
    if provider in {point.name for point in metadata.entry_points(group=PROJECT)}:
        raise InputError(f"{provider!r} is an installed plugin; choose another name")
    return provider


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None and len(text) <= LONGEST_NAME
