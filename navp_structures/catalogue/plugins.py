"""Finding plugins and asking them one by one, so that a broken one stops nobody."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import pluggy

from navp_structures.catalogue import builtin, hookspecs
from navp_structures.catalogue.hookspecs import PROJECT
from navp_structures.errors import PluginError, PluginWarning

_installed_plugins = ContextVar("navp_installed_plugins", default=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment says of plugins and folders.

    Parameters
    ----------
    load_plugins
        Only these installed plugins are loaded (``NAVP_LOAD_PLUGINS``); None means all.
    disabled_plugins
        These are not (``NAVP_DISABLED_PLUGINS``).
    phase_path
        ``NAVP_PHASE_PATH``.
    user_folder
        The user's own phases; None leaves them alone.
    """

    load_plugins: frozenset[str] | None
    disabled_plugins: frozenset[str]
    phase_path: str
    user_folder: Path | None

    @classmethod
    def current(cls) -> Settings:
        """Return the settings of the environment and of `without_plugins`."""
        only = os.environ.get("NAVP_LOAD_PLUGINS")
        if not _installed_plugins.get():
            only = ""
        return cls(
            load_plugins=None if only is None else _names(only),
            disabled_plugins=_names(os.environ.get("NAVP_DISABLED_PLUGINS", "")),
            phase_path=os.environ.get("NAVP_PHASE_PATH", ""),
            user_folder=builtin.user_folder(),
        )

    @classmethod
    def only(cls, provider: str) -> Settings:
        """Return those that leave one provider beside the curated phases, whatever is set."""
        return cls(
            load_plugins=frozenset({provider}),
            disabled_plugins=frozenset(),
            phase_path=(
                os.environ.get("NAVP_PHASE_PATH", "") if provider == builtin.PHASE_PATH else ""
            ),
            user_folder=builtin.user_folder() if provider == builtin.USER_DATA else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginStatus:
    """One installed plugin: loaded, disabled, or broken with the reason."""

    name: str
    status: str
    reason: str = ""
    version: str = ""


@contextmanager
def without_plugins() -> Iterator[None]:
    """Leave installed plugins alone within a with block; dropped folders stay."""
    token = _installed_plugins.set(False)
    try:
        yield
    finally:
        _installed_plugins.reset(token)


def build_manager(settings: Settings) -> tuple[pluggy.PluginManager, tuple[PluginStatus, ...]]:
    """Return a plugin manager with everything loaded, and how each plugin fared."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    for name, plugin in builtin.providers(settings.phase_path, settings.user_folder).items():
        manager.register(plugin, name)
    found = metadata.entry_points(group=PROJECT)
    statuses = tuple(
        _load(manager, point, settings) for point in sorted(found, key=lambda p: p.name)
    )
    return manager, statuses


def answers(manager: pluggy.PluginManager, hook: str) -> Iterator[tuple[str, Any]]:
    """Yield (plugin, item) for each item of each plugin's answer to a hook.

    A hook that raises, or answers with something that cannot be listed, is left out with
    a PluginWarning naming plugin and hook.
    """
    for implementation in getattr(manager.hook, hook).get_hookimpls():
        plugin = implementation.plugin_name
        try:
            items = list(implementation.function())
        except Exception as error:  # noqa: BLE001 - foreign code may raise anything
            warn_of(plugin, hook, error)
            continue
        for item in items:
            yield plugin, item


def warn_of(plugin: str, hook: str, error: Exception) -> None:
    """Warn that a plugin's hook failed."""
    reason = f"{hook}: {type(error).__name__}: {error}"
    sentence = f"left out: {hook_error(plugin, hook, error)}"
    warnings.warn(PluginWarning(sentence, plugin, reason), stacklevel=3)


def hook_error(plugin: str, hook: str, error: Exception) -> PluginError:
    """Return the PluginError that names plugin, hook and cause."""
    return PluginError(f"plugin {plugin!r}, {hook}: {type(error).__name__}: {error}")


def _load(
    manager: pluggy.PluginManager, point: metadata.EntryPoint, settings: Settings
) -> PluginStatus:
    version = point.dist.version if point.dist is not None else ""
    name = point.name
    wanted = settings.load_plugins is None or name in settings.load_plugins
    if not wanted or name in settings.disabled_plugins:
        return PluginStatus(name=name, status="disabled", version=version)
    reason = ""
    if manager.has_plugin(name):
        reason = "another plugin already has this name"
    else:
        try:
            manager.register(point.load(), name)
        except Exception as error:  # noqa: BLE001 - importing foreign code may raise anything
            reason = f"{type(error).__name__}: {error}"
    if reason:
        # A name that is taken is no fault of who has it; the status tells the rest.
        sentence = f"plugin {name!r} is broken: {reason}"
        warnings.warn(PluginWarning(sentence, reason=reason), stacklevel=2)
        return PluginStatus(name=name, status="broken", reason=reason, version=version)
    return PluginStatus(name=name, status="loaded", version=version)


def _names(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())
