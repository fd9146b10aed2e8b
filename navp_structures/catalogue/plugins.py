"""Finding plugins and asking them one by one, so that a broken one stops nobody."""

from __future__ import annotations

import os
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from importlib import metadata
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import pluggy

from navp_structures.catalogue import builtin, hookspecs
from navp_structures.catalogue.hookspecs import PROJECT
from navp_structures.catalogue.plugin_code import WrongAnswerError, plugin_code, reason_of
from navp_structures.errors import PluginError, PluginWarning, UnknownPluginWarning, nearest
from navp_structures.model.finding import Check
from navp_structures.model.measured_list import SpacingReader
from navp_structures.model.radiation import Radiation
from navp_structures.model.sources import PhaseSource

_ANSWERS: Final[Mapping[str, tuple[type, str]]] = {
    "navp_phase_folders": (Traversable, "folders (Traversable)"),
    "navp_phases": (PhaseSource, "PhaseSource"),
    "navp_checks": (Check, "Check"),
    "navp_radiations": (Radiation, "Radiation"),
    "navp_spacing_readers": (SpacingReader, "SpacingReader"),
}
"""What the list that each hook answers holds: its type, and the type in words."""

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
    """One installed plugin: loaded, disabled, or broken with the reason.

    Parameters
    ----------
    name
        Of its entry point; two distributions may have the same.
    distribution
        Name of the installed package that it comes with.
    """

    name: str
    status: str
    reason: str = ""
    version: str = ""
    distribution: str = ""


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
    _warn_of_unknown_names(settings, {point.name for point in found})
    first: dict[str, str] = {}
    statuses = []
    for point in sorted(found, key=lambda p: (p.name, _distribution(p))):
        distribution = _distribution(point)
        taken = _taken(manager, point.name, first.get(point.name), distribution)
        first.setdefault(point.name, distribution)
        statuses.append(_load(manager, point, settings, taken))
    return manager, tuple(statuses)


def answers(manager: pluggy.PluginManager, hook: str) -> Iterator[tuple[str, Any]]:
    """Yield (plugin, item) for each item of each plugin's answer to a hook.

    A hook that raises, or answers with something that is no list, and an item that is not
    of the hook's type, are left out with a PluginWarning naming plugin and hook.
    """
    kind, words = _ANSWERS[hook]
    for implementation in getattr(manager.hook, hook).get_hookimpls():
        plugin = implementation.plugin_name
        try:
            with plugin_code():
                items = list(listed(implementation.function(), words, "answered"))
        except Exception as error:  # noqa: BLE001 - foreign code may raise anything
            warn_of(plugin, hook, error)
            continue
        for item in items:
            if isinstance(item, kind):
                yield plugin, item
            else:
                told = f"answered a list with {type(item).__name__}, not of {words}"
                warn_of(plugin, hook, WrongAnswerError(told))


def listed(answer: object, words: str, did: str) -> Iterable[Any]:
    """Return what a plugin answers where it can be listed.

    Raises
    ------
    WrongAnswerError
        When it cannot, or is a text.
    """
    if isinstance(answer, str | bytes) or not isinstance(answer, Iterable):
        raise WrongAnswerError(f"{did} {type(answer).__name__}, not a list of {words}")
    return answer


def warn_of(plugin: str, hook: str, error: Exception) -> None:
    """Warn that a plugin's hook failed."""
    reason = f"{hook}: {reason_of(error)}"
    sentence = f"left out: {hook_error(plugin, hook, error)}"
    warnings.warn(PluginWarning(sentence, plugin, reason), stacklevel=3)


def hook_error(plugin: str, hook: str, error: Exception) -> PluginError:
    """Return the PluginError that names plugin, hook and cause."""
    return PluginError(f"plugin {plugin!r}, {hook}: {reason_of(error)}")


def _warn_of_unknown_names(settings: Settings, installed: Collection[str]) -> None:
    """Warn of names in the settings that no installed plugin has."""
    # The package's own providers are always there, so that they may be the only ones.
    only = (settings.load_plugins or frozenset()) - {builtin.CURATED, *builtin.DROPPED}
    said = {"NAVP_LOAD_PLUGINS": only, "NAVP_DISABLED_PLUGINS": settings.disabled_plugins}
    for variable, names in said.items():
        for name in sorted(names.difference(installed)):
            hint = nearest(name, installed)
            if not hint and installed:
                hint = f"; installed: {', '.join(sorted(installed))}"
            warnings.warn(
                f"{variable}: no plugin {name!r} is installed{hint}",
                UnknownPluginWarning,
                stacklevel=4,
            )


def _load(
    manager: pluggy.PluginManager, point: metadata.EntryPoint, settings: Settings, taken: str
) -> PluginStatus:
    name = point.name
    status = PluginStatus(
        name=name,
        status="disabled",
        version=point.dist.version if point.dist is not None else "",
        distribution=_distribution(point),
    )
    wanted = settings.load_plugins is None or name in settings.load_plugins
    if not wanted or name in settings.disabled_plugins:
        return status
    reason = taken or _registered(manager, point)
    if reason:
        # A name that is taken is no fault of who has it; the status tells the rest.
        sentence = f"plugin {name!r} is broken: {reason}"
        warnings.warn(PluginWarning(sentence, reason=reason), stacklevel=3)
        return replace(status, status="broken", reason=reason)
    _warn_of_unknown_hooks(manager, name)
    return replace(status, status="loaded")


def _registered(manager: pluggy.PluginManager, point: metadata.EntryPoint) -> str:
    """Load a plugin; return why that failed, or an empty text."""
    try:
        with plugin_code():
            manager.register(point.load(), point.name)
    except Exception as error:  # noqa: BLE001 - importing foreign code may raise anything
        if manager.has_plugin(point.name):  # before pluggy 1.7, with some of its hooks
            manager.unregister(name=point.name)
        return reason_of(error)
    return ""


def _distribution(point: metadata.EntryPoint) -> str:
    return (point.dist.name if point.dist is not None else "") or ""


def _taken(
    manager: pluggy.PluginManager, name: str, first: str | None, distribution: str
) -> str:
    """Return who has the name of an entry point already, or an empty text.

    The first distribution by name has it, whatever becomes of that one.
    """
    if first is not None:
        own = f"; that of {distribution!r} is left out" if distribution else ""
        return f"the distribution {first!r} already has a plugin of this name{own}"
    return "another plugin already has this name" if manager.has_plugin(name) else ""


def _warn_of_unknown_hooks(manager: pluggy.PluginManager, name: str) -> None:
    """Warn of hooks that nobody will ever ask; a slip of the pen would go unseen."""
    callers = manager.get_hookcallers(manager.get_plugin(name)) or []
    for caller in callers:
        own = [h for h in caller.get_hookimpls() if h.plugin_name == name]
        if not caller.has_spec() and not all(h.optionalhook for h in own):
            hint = nearest(caller.name, _ANSWERS) or f"; hooks: {', '.join(_ANSWERS)}"
            reason = f"no hook {caller.name}{hint}"
            sentence = f"plugin {name!r}: {reason}"
            warnings.warn(PluginWarning(sentence, name, reason), stacklevel=4)


def _names(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())
