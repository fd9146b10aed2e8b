"""What a check has to say, and the checks that plugins offer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from navp_structures.errors import InputError, shown
from navp_structures.show.tables import printable

if TYPE_CHECKING:
    from navp_structures.model.phase import Phase

LEVELS: Final = ("error", "warning", "note")

LONGEST_TEXT: Final = 2000
"""Characters of a message, or of a text behind it."""

MOST_VALUES: Final = 1000
"""Of a list behind a message; a finding is a sentence, not a table."""

_DEEPEST: Final = 2
"""Lists in lists in a list: a row of hkl, a matrix of them."""

_LARGEST: Final = 2**63 - 1

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
        When the level is none, the message no text, or a value none of these, or more than
        a report can show: a number beyond 64 bits, a list of more than `MOST_VALUES`.

    Notes
    -----
    What cannot be printed in a text, such as an escape sequence of a terminal, becomes a
    space; of a longer text `LONGEST_TEXT` characters are kept.
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
        message = _text(self.message) if isinstance(self.message, str) else ""
        if not message:
            raise InputError(f"the message of a finding is {shown(self.message)}, no sentence")
        object.__setattr__(self, "message", message)
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
            raise InputError(
                f"run of check {shown(self.name)} is {shown(self.run)}, no function"
            )

    @property
    def qualified(self) -> str:
        """The name with its provider's, where there is one."""
        return f"{self.provider}:{self.name}" if self.provider else self.name


def _text(text: str) -> str:
    """Return a text in one printable line of bounded length."""
    # A text may be far longer than what is kept of it.
    line = " ".join(printable(text[: 4 * LONGEST_TEXT]).split())
    return line if len(line) <= LONGEST_TEXT else f"{line[: LONGEST_TEXT - 3]}..."


def _plain(value: object, name: str, depth: int = 0) -> object:
    """Return a value as JSON has it; numbers of numpy count as numbers."""
    if isinstance(value, np.ndarray | np.generic):
        _refuse_long(value.size, name)
        value = value.tolist()
    if isinstance(value, list | tuple) and depth <= _DEEPEST:
        _refuse_long(len(value), name)
        return [_plain(item, name, depth + 1) for item in value]
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int) and abs(value) <= _LARGEST:
        return value
    what = "no number, text or list that a report can show"
    raise InputError(f"the {name} of a finding is {shown(value)}, {what}")


def _refuse_long(number: int, name: str) -> None:
    if number > MOST_VALUES:
        raise InputError(
            f"the {name} of a finding holds {number} values; at most {MOST_VALUES} are shown"
        )
