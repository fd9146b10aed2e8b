"""Readers of measured lists by suffix or name: the package's, and those of plugins."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pluggy

from navp_structures.catalogue import builtin, catalogue, plugins
from navp_structures.catalogue.plugin_code import plugin_code
from navp_structures.errors import (
    AmbiguousReaderError,
    InputError,
    InputFileError,
    NavpError,
    PluginError,
    ShadowedReaderWarning,
    UnknownReaderError,
    nearest,
    shown,
)
from navp_structures.io.files import named_file, naming
from navp_structures.model.measured_list import (
    MeasuredList,
    SpacingReader,
    is_unit,
    unknown_units,
)

_HOOK = "navp_spacing_readers"

Offer = tuple[str, SpacingReader]
"""A reader with its provider."""


def read_spacings(
    path: str | os.PathLike[str], *, reader: str | None = None, units: str | None = None
) -> MeasuredList:
    """Return the spacings, spots or powder lines in a file.

    Parameters
    ----------
    path
        The file: CSV, TSV, JSON, plain text, or what a plugin reads.
    reader
        Name of a reader (``csv``, or ``provider:name`` where several have it); None takes
        that of the file's suffix. The package's suffixes mean the package's readers.
    units
        A, nm, 1/A, 1/nm, q, two_theta or px, where the file does not say.

    Raises
    ------
    InputFileError
        When the file cannot be read, or is larger than 5 MB.
    InputError
        When its content can be read in two ways or not at all, or it names other units.
    UnknownReaderError, AmbiguousReaderError
        When no reader, or several, have the name or suffix.
    PluginError
        When a plugin's reader fails or answers with something else.
    """
    file = named_file(path)
    if units is not None and not is_unit(units):
        raise InputError(unknown_units(units))
    provider, chosen = _by_suffix(file) if reader is None else _by_name(reader)
    with naming(file):
        found = _read(provider, chosen, file)
        return found if units is None else found.with_units(units)


def offered() -> tuple[Offer, ...]:
    """Return each reader with its provider, the package's first."""
    return offered_by(catalogue.catalogue().manager)


@lru_cache(maxsize=4)
def offered_by(manager: pluggy.PluginManager) -> tuple[Offer, ...]:
    """Return what the plugins of one manager offer, as `offered` does."""
    found: list[Offer] = []
    answers = list(plugins.answers(manager, _HOOK))
    # The order in which hooks answer is not the order of rank.
    answers.sort(key=lambda answer: answer[0] != builtin.CURATED)
    for provider, item in answers:
        found.append((provider, item))
        if provider != builtin.CURATED and _own(_named(found[:-1], item.name)):
            warnings.warn(
                f"{item.name!r} means the reader of navp; that of plugin {provider!r} stays "
                f"reachable as {provider}:{item.name}",
                ShadowedReaderWarning,
                stacklevel=2,
            )
    return tuple(found)


def _by_name(name: str) -> Offer:
    if not isinstance(name, str):
        raise InputError(f"a reader is chosen by its name, not by {shown(name)}")
    provider, colon, plain = name.strip().rpartition(":")
    found = _named(offered(), plain)
    if colon:
        found = [offer for offer in found if offer[0].casefold() == provider.casefold()]
    if not found:
        known = [n for p, r in offered() for n in (r.name, f"{p}:{r.name}")]
        hint = nearest(name, known) or f"; known: {', '.join(r.name for _, r in offered())}"
        raise UnknownReaderError(f"unknown reader {shown(name)}{hint}")
    return _one(found, f"the reader {shown(name)}")


def _by_suffix(path: Path) -> Offer:
    suffix = path.suffix.casefold()
    found = [offer for offer in offered() if suffix in offer[1].suffixes]
    if not found:
        known = ", ".join(f"{r.name} ({', '.join(r.suffixes)})" for _, r in offered())
        what = f"of the suffix {shown(suffix)}" if suffix else "without a suffix"
        raise UnknownReaderError(f"{path}: no reader reads files {what}; readers: {known}")
    return _one(found, f"a reader of {suffix}")


def _named(offers: Sequence[Offer], name: str) -> list[Offer]:
    return [offer for offer in offers if offer[1].name.casefold() == name.strip().casefold()]


def _own(offers: Sequence[Offer]) -> list[Offer]:
    return [offer for offer in offers if offer[0] == builtin.CURATED]


def _one(offers: list[Offer], what: str) -> Offer:
    """Return the package's reader, or the only one of plugins."""
    found = _own(offers) or offers
    if len(found) > 1:
        names = " and ".join(f"{provider}:{reader.name}" for provider, reader in found)
        raise AmbiguousReaderError(f"{what} is offered by {names}; name one of them")
    return found[0]


def _read(provider: str, reader: SpacingReader, path: Path) -> MeasuredList:
    try:
        with plugin_code():
            found = reader.read(path)
    except NavpError:
        raise
    except OSError as error:
        raise InputFileError(f"cannot read {path}: {error.strerror or error}") from None
    except Exception as error:
        raise plugins.hook_error(provider, f"read of {reader.name}", error) from error
    if not isinstance(found, MeasuredList):
        raise PluginError(
            f"plugin {provider!r}, read of {reader.name}: it gives {type(found).__name__}, "
            "not a MeasuredList"
        )
    source = "".join(c if c.isprintable() else "?" for c in path.name)
    return found if found.source else replace(found, source=source)
