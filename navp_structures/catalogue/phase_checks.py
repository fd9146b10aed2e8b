"""The checks that plugins add, and what they say of a phase."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

import pluggy

from navp_structures.catalogue import catalogue, plugins
from navp_structures.errors import InputError, PluginWarning, shown
from navp_structures.model.finding import Check, Finding
from navp_structures.model.phase import Phase

_HOOK = "navp_checks"


def offered() -> tuple[Check, ...]:
    """Return the checks of all plugins, each with its provider."""
    return offered_by(catalogue.catalogue().manager)


@lru_cache(maxsize=4)
def offered_by(manager: pluggy.PluginManager) -> tuple[Check, ...]:
    """Return those of the plugins of one manager, as `offered` does.

    An answer that is no Check, and a second check of one name of a plugin, are left out
    with a PluginWarning.
    """
    found: dict[str, Check] = {}
    for provider, item in plugins.answers(manager, _HOOK):
        if not isinstance(item, Check):
            wrong: Exception = TypeError(f"answered {type(item).__name__}, not a Check")
            plugins.warn_of(provider, _HOOK, wrong)
            continue
        check = replace(item, provider=provider)
        if check.qualified in found:
            wrong = ValueError(f"the check {item.name!r} is offered twice; the first is taken")
            plugins.warn_of(provider, _HOOK, wrong)
            continue
        found[check.qualified] = check
    return tuple(found.values())


def as_checks(checks: Iterable[Check] | None) -> tuple[Check, ...]:
    """Return checks: those of all plugins for None.

    Raises
    ------
    InputError
        When an item is no Check.
    """
    if checks is None:
        return offered()
    if isinstance(checks, Check) or not isinstance(checks, Iterable):
        raise InputError(f"checks are {shown(checks)}; give a list of Check, [] for none")
    given = tuple(checks)
    for item in given:
        if not isinstance(item, Check):
            raise InputError(f"{shown(item)} is no Check; give Check(name=..., run=...)")
    return given


def findings(phase: Phase, checks: Iterable[Check]) -> Iterator[Finding]:
    """Yield what checks say of a phase, each finding under the name of its check.

    A check that raises, or yields something else, says nothing: a finding of the level
    ``warning`` tells so, and a PluginWarning names plugin, hook and cause.
    """
    for check in checks:
        try:
            said = [_finding(item, check) for item in check.run(phase)]
        except Exception as error:  # noqa: BLE001 - foreign code may raise anything
            yield _failure(phase, check, error)
        else:
            yield from said


def _finding(item: object, check: Check) -> Finding:
    if not isinstance(item, Finding):
        raise TypeError(f"it yields {type(item).__name__}, not a Finding")
    return replace(item, check=check.qualified)


def _failure(phase: Phase, check: Check, error: Exception) -> Finding:
    reason = f"{type(error).__name__}: {error}"
    of = f"plugin {check.provider!r}, {_HOOK}: " if check.provider else ""
    sentence = f"{of}check {check.name!r} of {phase.id} failed: {reason}"
    warnings.warn(PluginWarning(sentence, check.provider, reason), stacklevel=4)
    return Finding(
        level="warning",
        message=f"the check {check.qualified} could not be run: {reason}",
        check=check.qualified,
    )
