"""What a check has to say, and the checks that plugins offer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from navp_structures.errors import InputError, shown

if TYPE_CHECKING:
    from navp_structures.model.phase import Phase

LEVELS: Final = ("error", "warning", "note")

CHECK_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One sentence of a check.

    Parameters
    ----------
    level
        ``error`` makes a check fail; ``warning`` needs a look; ``note`` is worth knowing.
    message
        What was found, in one line.
    value, expected
        The numbers or texts behind it, alone or in lists, where there are any.
    check
        Name of the check that found it; filled in for checks of plugins.

    Raises
    ------
    InputError
        When the level is none, the message no printable text, or a value none of these.
    """

    level: str
    message: str
    value: Any = None
    expected: Any = None
    check: str = ""

    def __post_init__(self) -> None:
        """Refuse what no report could show."""
        if self.level not in LEVELS:
            raise InputError(f"level {shown(self.level)} is none of {', '.join(LEVELS)}")
        if not isinstance(self.message, str) or not self.message.strip():
            raise InputError(f"the message of a finding is {shown(self.message)}, no sentence")
        object.__setattr__(self, "message", " ".join(self.message.split()))
        for name in ("value", "expected"):
            object.__setattr__(self, name, _plain(getattr(self, name), name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check that a plugin adds to those of the package.

    Parameters
    ----------
    name
        ``[a-z][a-z0-9_-]{0,63}``; it heads its findings.
    run
        Takes a Phase and yields a Finding for each thing that it has to say of it: none
        where the phase is none of its business. It must not change or keep the phase.
    provider
        Filled in by the catalogue.

    Raises
    ------
    InputError
        When the name is not of that form, or `run` cannot be called.
    """

    name: str
    run: Callable[[Phase], Iterable[Finding]]
    provider: str = ""

    def __post_init__(self) -> None:
        """Refuse what could not be run or named."""
        if not isinstance(self.name, str) or CHECK_NAME.fullmatch(self.name) is None:
            raise InputError(
                f"{shown(self.name)} is no name of a check; use a-z, 0-9, '-' and '_', at most "
                "64, a letter first"
            )
        if not callable(self.run):
            raise InputError(f"run of check {self.name!r} is {shown(self.run)}, no function")

    @property
    def qualified(self) -> str:
        """The name with its provider's, where there is one."""
        return f"{self.provider}:{self.name}" if self.provider else self.name


def _plain(value: object, name: str) -> object:
    """Return a value as JSON has it; numbers of numpy count as numbers."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(item, name) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise InputError(f"the {name} of a finding is {shown(value)}, no number, text or list")
