"""The claims of papers that come with the package, and those in the user's own files."""

from __future__ import annotations

import os
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from navp_structures._resources import curated_folder
from navp_structures.errors import InputError, nearest, shown
from navp_structures.io.claims import TABLE_SUFFIXES, read_claims
from navp_structures.model.claim import Claims

_SUFFIX: Final = ".toml"


def papers() -> tuple[str, ...]:
    """Return the names of the built-in files of claims, which are their stems.

    Examples
    --------
    >>> papers()
    ('shen-2023',)
    """
    return tuple(sorted(_files()))


def load_claims(paper: str | os.PathLike[str], *, keep_going: bool = False) -> Claims:
    """Return the claims of a paper: a built-in one by its name, else those in a file.

    A text is a path when it has a separator, or ends in ``.toml``, ``.csv`` or ``.tsv``.

    Parameters
    ----------
    paper
        Name or path.
    keep_going
        Whether claims that cannot be used are left out and told in ``problems``; otherwise
        the first of them is raised.

    Raises
    ------
    InputError
        When no built-in paper has the name; otherwise as `read_claims`.
    InputFileError
        When the file cannot be read.

    Examples
    --------
    >>> load_claims("shen-2023").doi
    '10.1002/adv.202301490'
    """
    if not isinstance(paper, str) or _is_path(paper):
        return read_claims(paper, keep_going=keep_going)
    found = _files()
    file = found.get(paper.strip().casefold())
    if file is None:
        raise InputError(
            f"no paper is called {shown(paper)}{nearest(paper, found)}; built in are "
            f"{', '.join(sorted(found))}, anything else is the path of a .toml or .csv file"
        )
    return read_claims(file, keep_going=keep_going, name=file.name)


def _is_path(text: str) -> bool:
    separators = {os.sep, os.altsep or os.sep, "/"}
    suffix = Path(text).suffix.casefold()
    return suffix in (_SUFFIX, *TABLE_SUFFIXES) or any(mark in text for mark in separators)


def _files() -> dict[str, Traversable]:
    folder = curated_folder() / "papers"
    if not folder.is_dir():
        return {}
    found = (file for file in folder.iterdir() if file.name.endswith(_SUFFIX))
    return {file.name.removesuffix(_SUFFIX): file for file in found}
