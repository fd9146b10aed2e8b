"""Polyhedra computed with one method for several compositions, from sourced data files."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from navp_structures._resources import curated_folder
from navp_structures.errors import InputFileError

_SUFFIX: Final = ".toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedState:
    """One composition of a series: an entry with coordinates, or numbers alone.

    Parameters
    ----------
    of
        Id of an entry with that composition.
    entry
        Id of the entry that holds the computed coordinates; None where they were not kept.
    mean_bond, volume
        Å and Å³, where there is no entry.
    """

    of: str
    entry: str | None = None
    mean_bond: float | None = None
    volume: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedSeries:
    """States of one method, so that their differences mean something.

    Parameters
    ----------
    tests
        How the errors are known.
    mean_bond_error, volume_error
        One standard deviation of a difference between two states (Å, Å³).
    """

    name: str
    centre: str
    ligand: str
    method: str
    source: str
    tests: str
    mean_bond_error: float
    volume_error: float
    states: tuple[ComputedState, ...]


@lru_cache(maxsize=1)
def computed_series() -> tuple[ComputedSeries, ...]:
    """Return the series that come with the package.

    Examples
    --------
    >>> [series.name for series in computed_series()]
    ['chgnet-r2scan']
    """
    folder = curated_folder() / "series"
    if not folder.is_dir():
        return ()
    files = sorted((f for f in folder.iterdir() if f.name.endswith(_SUFFIX)), key=_name)
    return tuple(
        _series(_name(file).removesuffix(_SUFFIX), tomllib.loads(file.read_text("utf-8")))
        for file in files
    )


def _name(file: Any) -> str:
    return str(file.name)


def _series(name: str, content: dict[str, Any]) -> ComputedSeries:
    if content.pop("schema", None) != 1:
        raise InputFileError(f"series/{name}{_SUFFIX} has another schema than 1")
    states = tuple(ComputedState(**state) for state in content.pop("state"))
    return ComputedSeries(name=name, states=states, **content)
