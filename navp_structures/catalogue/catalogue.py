"""The catalogue: names to phases."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

import pluggy

from navp_structures.catalogue import builtin, plugins
from navp_structures.catalogue.hookspecs import PROJECT
from navp_structures.catalogue.plugin_code import WrongAnswerError, plugin_code
from navp_structures.errors import (
    AmbiguousPhaseError,
    InputError,
    NavpError,
    PhaseFolderWarning,
    PluginError,
    ShadowedPhaseWarning,
    UnknownPhaseError,
    nearest,
    shown,
)
from navp_structures.io.cif import read_cif
from navp_structures.io.phase_folder import phase_sources
from navp_structures.model.phase import Phase
from navp_structures.model.sources import PhaseSource, PhaseSummary

CARD: Final = ("Na3VP", "Na2VP", "NaVP", "NZSP")
"""The phases that are meant when none are named."""

ALL: Final = "all"
"""Stands for every phase of the catalogue, where phases are asked for."""

PhaseLike = Phase | str | os.PathLike[str]


class Entry:
    """A phase on offer with its provider; read once, when first asked for."""

    def __init__(self, provider: str, source: PhaseSource) -> None:
        self.provider = provider
        self.source = source
        self._phase: Phase | None = None
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        """Provider and id."""
        return f"<Entry {self.qualified}>"

    @property
    def qualified(self) -> str:
        """The name that always means this entry."""
        return f"{self.provider}:{self.source.id}"

    @property
    def names(self) -> tuple[str, ...]:
        """Id and aliases."""
        return (self.source.id, *self.source.aliases)

    def phase(self) -> Phase:
        """Return the phase, the same object each time."""
        with self._lock:
            if self._phase is None:
                self._phase = self._load()
            return self._phase

    def summary(self) -> PhaseSummary:
        """Return what a table shows, without the sites where the source allows."""
        if self._phase is None and self.source.summarise is not None:
            with plugin_code():
                summary = self.source.summarise()
            if not isinstance(summary, PhaseSummary):
                raise PluginError(
                    f"plugin {shown(self.provider)}, summarise of {self.source.id}: it gives "
                    f"{type(summary).__name__}, not a PhaseSummary"
                )
            return summary
        return PhaseSummary.of(self.phase())

    def _load(self) -> Phase:
        try:
            with plugin_code():
                phase = self.source.load()
        except NavpError:
            raise
        except Exception as error:
            raise plugins.hook_error(
                self.provider, f"load of {self.source.id}", error
            ) from error
        if not isinstance(phase, Phase) or phase.id != self.source.id:
            raise PluginError(
                f"plugin {shown(self.provider)} offers {shown(self.source.id)} but gives "
                f"{shown(phase)}"
            )
        aliases = phase.aliases or self.source.aliases
        kind = phase.kind or self.source.kind
        return replace(phase, provider=self.provider, aliases=aliases, kind=kind)


class Catalogue:
    """All entries by name; curated names always mean the curated phase.

    Parameters
    ----------
    entries
        In the order of the table.
    statuses
        How each installed plugin fared.
    manager
        With every plugin loaded, for the other hooks.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        statuses: Sequence[plugins.PluginStatus] = (),
        manager: pluggy.PluginManager | None = None,
    ) -> None:
        self.statuses = tuple(statuses)
        self.manager = manager or pluggy.PluginManager(PROJECT)
        self._qualified: dict[str, Entry] = {}
        self._names: dict[str, list[Entry]] = {}
        for entry in sorted(entries, key=lambda e: e.provider != builtin.CURATED):
            self._enter(entry)
        self.entries: tuple[Entry, ...] = tuple(self._qualified.values())

    def find(self, name: str) -> Entry:
        """Return the entry of an id, an alias or ``provider:id``, in any case.

        Raises
        ------
        UnknownPhaseError
            When there is none; the nearest names are given.
        AmbiguousPhaseError
            When several providers offer the name.
        """
        provider, colon, plain = name.strip().rpartition(":")
        found = self._names.get(plain.strip().casefold(), [])
        if colon:
            found = [
                entry
                for entry in self.entries
                if entry.provider.casefold() == provider.strip().casefold()
                and plain.strip().casefold() in {n.casefold() for n in entry.names}
            ]
        if not found:
            known = [n for entry in self.entries for n in (*entry.names, entry.qualified)]
            hint = nearest(name.strip(), known) or "; 'navp list' shows all"
            raise UnknownPhaseError(f"unknown phase {shown(name)}{hint}{self._left_out()}")
        if len(found) > 1:
            offers = " and ".join(
                f"{e.qualified} ({e.source.origin or 'made by code'})" for e in found
            )
            raise AmbiguousPhaseError(f"{shown(name)} is offered by {offers}; name one of them")
        return found[0]

    def summaries(self) -> Iterator[tuple[Entry, PhaseSummary]]:
        """Yield each entry with its summary; one that fails is left out with a warning."""
        for entry in self.entries:
            try:
                yield entry, entry.summary()
            except Exception as error:  # noqa: BLE001 - a plugin's code may raise anything
                if entry.provider in builtin.DROPPED and isinstance(error, NavpError):
                    warnings.warn(f"left out: {error}", PhaseFolderWarning, stacklevel=2)
                else:
                    plugins.warn_of(entry.provider, f"phase {entry.source.id}", error)

    def _left_out(self) -> str:
        """Return which plugins were not asked, for who looks for a phase of theirs."""
        names = [status.name for status in self.statuses if status.status == "disabled"]
        names = list(dict.fromkeys(names))
        many = "s" if len(names) > 1 else ""
        return f"; left out: the disabled plugin{many} {', '.join(names)}" if names else ""

    def _enter(self, entry: Entry) -> None:
        twin = self._qualified.setdefault(entry.qualified, entry)
        if twin is not entry:
            # A path may hold one id twice.
            warnings.warn(
                f"{entry.qualified} is offered twice; {twin.source.origin or 'the first'} is "
                f"taken, {entry.source.origin or 'the second'} left out",
                PhaseFolderWarning,
                stacklevel=4,
            )
            return
        folded = {name.casefold(): name for name in entry.names}
        for key, name in folded.items():
            holders = self._names.setdefault(key, [])
            if holders and holders[0].provider == builtin.CURATED != entry.provider:
                warnings.warn(
                    f"{shown(name)} means the curated {holders[0].qualified}; the phase of "
                    f"plugin {shown(entry.provider)} stays reachable as {entry.qualified}",
                    ShadowedPhaseWarning,
                    stacklevel=4,
                )
            else:
                holders.append(entry)


def catalogue() -> Catalogue:
    """Return the catalogue of the current environment, made once for each."""
    with _building:
        return _catalogue(plugins.Settings.current())


def forget() -> None:
    """Let the next question see folders and plugins as they are then.

    Phases that were loaded stay as they are; loading them again makes new objects.
    """
    with _building:
        _catalogue.cache_clear()


def current_catalogue() -> Catalogue:
    """Return a new catalogue of the current environment, with every warning once more."""
    return _build(plugins.Settings.current())


def catalogue_of(provider: str) -> Catalogue:
    """Return a new catalogue of one provider and the curated phases, whatever is disabled."""
    return _build(plugins.Settings.only(provider))


def load(name: str) -> Phase:
    """Return a phase by alias, id or ``provider:id``, in any case.

    The same frozen object is returned each time.

    Raises
    ------
    UnknownPhaseError, AmbiguousPhaseError
        When no phase, or several, have the name.

    Examples
    --------
    >>> load("Na3VP").id
    'na3vp-rt'
    """
    if not isinstance(name, str):
        raise InputError(f"a phase is loaded by its name, not by {shown(name)}")
    return catalogue().find(name).phase()


def as_phase(phase: PhaseLike) -> Phase:
    """Return a Phase: itself, by name, or read from a CIF.

    A text is a path when it has a separator or ends in ``.cif``.
    """
    if isinstance(phase, Phase):
        return phase
    if isinstance(phase, os.PathLike):
        return read_cif(phase)
    if isinstance(phase, str):
        separators = {os.sep, os.altsep or os.sep, "/"}
        is_path = phase.casefold().endswith(".cif") or any(s in phase for s in separators)
        return read_cif(Path(phase)) if is_path else load(phase)
    raise InputError(f"{shown(phase)} is no phase; give a Phase, a name or the path of a CIF")


def as_phases(phases: PhaseLike | Iterable[PhaseLike] | None) -> tuple[Phase, ...]:
    """Return phases: the four of the card for None, one, several or ``all``, each once.

    ``all`` are those of the catalogue that can be loaded; another provider's phase with the id
    of an earlier one is left out.
    """
    if phases is None:
        phases = CARD
    if isinstance(phases, Phase | str | os.PathLike) or not isinstance(phases, Iterable):
        phases = [phases]
    if isinstance(phases, bytes):
        raise InputError(
            f"{shown(phases)} is no phase; give a Phase, a name or the path of a CIF"
        )
    unique = {id(p): p for item in phases for p in _named(item)}
    if not unique:
        raise InputError(
            "no phase is given; give at least one: a Phase, a name or the path of a CIF"
        )
    return tuple(unique.values())


def _named(item: PhaseLike) -> Iterator[Phase]:
    if not isinstance(item, str) or item.strip().casefold() != ALL:
        yield as_phase(item)
        return
    ids: set[str] = set()
    for entry, _ in catalogue().summaries():
        if entry.source.id not in ids:
            ids.add(entry.source.id)
            yield entry.phase()


# One catalogue for all threads, so that a phase is the same object in each.
_building = threading.RLock()


@lru_cache(maxsize=4)
def _catalogue(settings: plugins.Settings) -> Catalogue:
    return _build(settings)


def _build(settings: plugins.Settings) -> Catalogue:
    manager, statuses = plugins.build_manager(settings)
    return Catalogue(_entries(manager), statuses, manager)


def _entries(manager: pluggy.PluginManager) -> Iterator[Entry]:
    for plugin, folder in plugins.answers(manager, "navp_phase_folders"):
        try:
            with plugin_code():
                sources = _sources(folder, trusted=plugin not in builtin.DROPPED)
        except Exception as error:  # noqa: BLE001 - the answer may be anything
            plugins.warn_of(plugin, "navp_phase_folders", error)
            continue
        yield from (Entry(plugin, source) for source in sources)
    for plugin, source in plugins.answers(manager, "navp_phases"):
        yield Entry(plugin, source)


def _sources(folder: Traversable, *, trusted: bool) -> list[PhaseSource]:
    if not folder.is_dir():
        raise WrongAnswerError(f"answered {shown(str(folder))}, which is no folder")
    return list(phase_sources(folder, trusted=trusted))
