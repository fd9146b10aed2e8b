"""Streams: whose encoding lacks some of the letters, whose reader has gone, who is there."""

from __future__ import annotations

import codecs
import io
import json
import os
import sys
from contextlib import suppress
from typing import Final, TextIO

_ESCAPED: Final = "navp_escaped"

_RULE: Final = "─"


def tolerate_any_letter() -> None:
    """Let stdout escape the letters that its encoding lacks, instead of failing at them.

    Such are the encodings of output that is piped on Windows, and any that
    ``PYTHONIOENCODING`` names. What was chosen there for such letters stays.
    """
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        codecs.register_error(_ESCAPED, _escape)
        sys.stdout.reconfigure(errors=_ESCAPED)


def are_terminals(*streams: TextIO | None) -> bool:
    """Whether a person is at each of them; a stream that was closed is None."""
    return all(stream is not None and stream.isatty() for stream in streams)


def stop_writing() -> None:
    """Drop what is still to be written to stdout, whose reader has gone.

    Python would write it when it ends, and fail again.
    """
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())


def _escape(error: UnicodeError) -> tuple[str, int]:
    r"""Return letters as JSON writes them, ``\u03c3``, so that JSON stays what it is.

    The rules of tables are of hyphens.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    shown = "".join("-" if c == _RULE else json.dumps(c)[1:-1] for c in lost)
    return shown, error.end
