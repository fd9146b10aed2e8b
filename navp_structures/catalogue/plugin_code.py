"""Running code of plugins, so that whatever it does is no more than a failure of that plugin.

Every call into a plugin (its import, its hooks, `load`, `read`, `run`) stands within
`plugin_code`; what is caught behind it is an Exception, and `reason_of` puts it in words.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from contextvars import ContextVar

from navp_structures.errors import PluginError
from navp_structures.show.tables import printable

LONGEST_REASON = 2000
"""Characters."""

_stdout_is_ours = ContextVar("navp_stdout_is_ours", default=False)


class WrongAnswerError(PluginError):
    """A plugin answered with something else; the sentence says what would be right."""


class _EndedError(Exception):
    """A plugin wanted to end the process; its cause is what it raised."""


@contextmanager
def plugin_code() -> Iterator[None]:
    """Run code of a plugin within a with block; `sys.exit` in it is an error like others.

    A KeyboardInterrupt goes through, for the person at the keyboard is meant. Within
    `stdout_is_ours` what the plugin prints goes to stderr.

    Raises
    ------
    Exception
        Whatever the code raises; what is no Exception is the cause of one.
    """
    # Not without need: stdout is one for all threads of a program that uses the package.
    away = redirect_stdout(sys.stderr) if _stdout_is_ours.get() else nullcontext()
    with away:
        try:
            yield
        except (Exception, KeyboardInterrupt):
            raise
        except BaseException as error:
            raise _EndedError from error


@contextmanager
def stdout_is_ours() -> Iterator[None]:
    """Keep plugins from printing on stdout, where a command prints JSON."""
    token = _stdout_is_ours.set(True)
    try:
        yield
    finally:
        _stdout_is_ours.reset(token)


def reason_of(error: BaseException) -> str:
    r"""Return what a plugin raised, in one printable line.

    Examples
    --------
    >>> reason_of(ValueError("no\nlattice"))
    'ValueError: no lattice'
    """
    if isinstance(error, _EndedError) and error.__cause__ is not None:
        error = error.__cause__
    try:
        with plugin_code():
            said = str(error)
    except Exception:  # noqa: BLE001 - even its words are the plugin's code
        said = "it cannot be put in words"
    if not isinstance(error, WrongAnswerError):
        said = f"{type(error).__name__}: {said}"
    text = " ".join(printable(said).split())
    return text if len(text) <= LONGEST_REASON else f"{text[: LONGEST_REASON - 3]}..."
