"""The table of plugins: what each offers, and which are broken."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from navp_structures._version import __version__
from navp_structures.catalogue import builtin, phase_checks, radiations, spacing_readers
from navp_structures.catalogue.catalogue import Catalogue, current_catalogue
from navp_structures.errors import PluginWarning
from navp_structures.show.tables import Column, TableResult


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginRow:
    """One provider; `hooks` are those that it answers, `phases` is how many it offers.

    Parameters
    ----------
    status
        ``loaded``, ``disabled`` or ``broken``: it cannot be loaded, or a hook or a phase of
        it fails, as `reason` says.
    distribution
        The installed package that it comes with; two may have plugins of one name, of which
        the first is loaded.
    """

    provider: str
    version: str | None
    hooks: tuple[str, ...]
    phases: int
    status: str
    reason: str | None
    distribution: str | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class PluginTable(TableResult[PluginRow]):
    """Every provider: the package itself, folders in use, installed plugins."""

    rows: tuple[PluginRow, ...]

    name = "plugins"
    columns = (
        Column("provider"),
        Column("version"),
        Column("hooks", show=lambda hooks: ", ".join(h.removeprefix("navp_") for h in hooks),
               wide=True),
        Column("phases"),
        Column("status"),
        Column("reason", hidden=True),
        Column("distribution", hidden=True),
    )  # fmt: skip

    @property
    def inputs(self) -> dict[str, Any]:
        """Nothing is asked."""
        return {}

    @property
    def notes(self) -> tuple[str, ...]:
        """Why plugins are broken."""
        return tuple(f"{r.provider} is broken: {r.reason}" for r in self.rows if r.reason)

    @property
    def sound(self) -> bool:
        """Whether no plugin is broken."""
        return not any(row.status == "broken" for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRow:
    """A folder that is searched for phases; `problem` says why one is left out."""

    folder: str
    provider: str
    exists: bool
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class FolderTable(TableResult[FolderRow]):
    """The folders of ``NAVP_PHASE_PATH`` and the user's own, whether they exist or not."""

    rows: tuple[FolderRow, ...]

    name = "plugin_folders"
    columns = (
        Column("folder", wide=True),
        Column("provider"),
        Column("exists", show=lambda exists: "yes" if exists else "no"),
        Column("problem", wide=True),
    )

    @property
    def inputs(self) -> dict[str, Any]:
        """Nothing is asked."""
        return {}


def plugin_table() -> PluginTable:
    """Return the table of providers; every hook is asked, and every phase summarised.

    Examples
    --------
    >>> row = plugin_table().rows[0]
    >>> row.provider, row.status, row.phases
    ('navp', 'loaded', 11)
    """
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = current_catalogue()
        list(found.summaries())
        phase_checks.offered_by(found.manager)
        radiations.offered_by(found.manager)
        spacing_readers.offered_by(found.manager)
    reasons: dict[str, list[str]] = {}
    for warning in told:
        message = warning.message
        if isinstance(message, PluginWarning):
            reasons.setdefault(message.plugin, []).append(message.reason)
        else:
            warnings.warn(message, stacklevel=2)
    joined = {name: "; ".join(dict.fromkeys(texts)) for name, texts in reasons.items()}
    return PluginTable(rows=tuple(_rows(found, joined)))


def folder_table() -> FolderTable:
    """Return the folders that are searched for phases, in their order."""
    from navp_structures.catalogue.plugins import Settings

    settings = Settings.current()
    rows = [
        FolderRow(
            folder=part, provider=builtin.PHASE_PATH, exists=exists, problem=problem or None
        )
        for part, exists, problem in builtin.path_folders(settings.phase_path)
    ]
    if settings.user_folder is not None:
        own = settings.user_folder
        rows.append(
            FolderRow(
                folder=str(own), provider=builtin.USER_DATA, exists=own.is_dir(), problem=None
            )
        )
    return FolderTable(rows=tuple(rows))


def _rows(found: Catalogue, reasons: dict[str, str]) -> Iterator[PluginRow]:
    built_in = [n for n in (builtin.CURATED, builtin.PHASE_PATH, builtin.USER_DATA)
                if found.manager.has_plugin(n)]  # fmt: skip
    # An installed plugin may have taken the name of a built-in one: both have a row.
    for name, status in [
        *((n, None) for n in built_in),
        *((status.name, status) for status in found.statuses),
    ]:
        loaded = status is None or status.status == "loaded"
        plugin = found.manager.get_plugin(name) if loaded else None
        callers = found.manager.get_hookcallers(plugin) if plugin is not None else None
        reason = (reasons.get(name) if loaded else status.reason if status else None) or None
        own_version = __version__ if name == builtin.CURATED else None
        yield PluginRow(
            provider=name,
            version=own_version if status is None else status.version or None,
            hooks=tuple(sorted(c.name for c in callers or () if c.has_spec())),
            phases=sum(e.provider == name for e in found.entries) if loaded else 0,
            status="broken" if reason else "loaded" if status is None else status.status,
            reason=reason,
            distribution=status.distribution or None if status is not None else None,
        )
