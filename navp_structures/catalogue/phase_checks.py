"""The checks that plugins add, and what they say of a phase."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

import pluggy

from navp_structures.catalogue import catalogue, plugins
from navp_structures.catalogue.plugin_code import WrongAnswerError, plugin_code, reason_of
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

    A second check of one name of a plugin is left out with a PluginWarning.
    """
    found: dict[str, Check] = {}
    for provider, item in plugins.answers(manager, _HOOK):
        check = replace(item, provider=provider)
        if check.qualified in found:
            told = f"the check {item.name!r} is offered twice; the first is taken"
            plugins.warn_of(provider, _HOOK, WrongAnswerError(told))
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

    A check that raises, or yields something else, has said what it yielded before: a further
    finding of the level ``warning`` tells that it did not come to its end, and a
    PluginWarning names plugin, hook and cause.
    """
    for check in checks:
        yield from _said(phase, check)


def _said(phase: Phase, check: Check) -> list[Finding]:
    said: list[Finding] = []
    try:
        with plugin_code():
            # One by one: an error that was found stays found whatever comes after it.
            for item in plugins.listed(check.run(phase), "Finding", "it gives"):
                said.append(_finding(item, check))  # noqa: PERF401
    except Exception as error:  # noqa: BLE001 - foreign code may raise anything
        ended = "was not finished" if said else "could not be run"
        said.append(_failure(phase, check, error, ended))
    return said


def _finding(item: object, check: Check) -> Finding:
    if not isinstance(item, Finding):
        raise WrongAnswerError(f"it yields {type(item).__name__}, not a Finding")
    return replace(item, check=check.qualified)


def _failure(phase: Phase, check: Check, error: Exception, ended: str) -> Finding:
    reason = reason_of(error)
    of = f"plugin {check.provider!r}, {_HOOK}: " if check.provider else ""
    sentence = f"{of}check {check.name!r} of {phase.id} failed: {reason}"
    warnings.warn(PluginWarning(sentence, check.provider, reason), stacklevel=5)
    return Finding(
        level="warning",
        message=f"the check {check.qualified} {ended}: {reason}",
        check=check.qualified,
    )
