"""Arguments that may begin with a minus sign."""

from __future__ import annotations

import re
from typing import Any, Final

import click

WITH_MINUS: Final = {"ignore_unknown_options": True}
"""Lets ``-1 -3 5`` through as an argument; `Word` then refuses mistyped options."""


class Word(click.ParamType):  # type: ignore[type-arg] # generic since click 8.4 only
    """A word; one that begins like an option is refused unless a digit follows the sign."""

    name = "text"

    def convert(
        self,
        value: Any,
        param: click.Parameter | None,  # noqa: ARG002 - click's signature
        ctx: click.Context | None,
    ) -> str:
        """Return the word as it is."""
        text = str(value)
        if text.startswith("-") and not re.match(r"-\s*[0-9.]", text):
            known = [o for p in ctx.command.params for o in p.opts] if ctx else []
            raise click.NoSuchOption(
                text.split("=")[0], possibilities=_near(text, known), ctx=ctx
            )
        return text


def _near(text: str, known: list[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(text.split("=")[0], [k for k in known if k.startswith("--")])


def fraction(text: str | None, name: str) -> float | None:
    """Return ``0.01`` for ``0.01`` or ``1%``; None stays None.

    Raises
    ------
    click.BadParameter
        When the text is no number.
    """
    if text is None:
        return None
    plain = text.strip()
    percent = plain.endswith("%")
    try:
        value = float(plain.rstrip("%").strip())
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is no number, write 0.01 or 1%", param_hint=name
        ) from None
    return value / 100.0 if percent else value
