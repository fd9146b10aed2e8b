"""What a command prints: a table for people, JSON for programs."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable
from typing import Any

import click

from navp_structures.errors import InputError
from navp_structures.show.tables import TableResult, json_text, printable, text_table

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
csv_option = click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")


LONGEST_SENTENCE = 800
"""Characters of an error or a warning; data may hold texts of any length."""


def error_line(error: object) -> str:
    """Return ``Error: `` and the sentence of an error, in one printable line."""
    return f"Error: {sentence(error)}"


def sentence(message: object) -> str:
    """Return an error or a warning in one printable line, its middle left out if it is long."""
    text = one_line(message)
    half = LONGEST_SENTENCE // 2
    return text if len(text) <= LONGEST_SENTENCE else f"{text[:half]} ... {text[-half:]}"


def one_line(message: object) -> str:
    """Return a message in one line without control characters."""
    text = " ".join(str(message).split())
    return "".join(c if c.isprintable() else "?" for c in text)


def terminal_width() -> int:
    """Return the width of the terminal, 80 where there is none, at most 120."""
    return min(shutil.get_terminal_size((80, 24)).columns, 120)


def print_json(document: dict[str, Any]) -> None:
    """Print a JSON document on stdout."""
    click.echo(json_text(document))


def print_table(result: TableResult[Any], *, as_json: bool) -> None:
    """Print a result on stdout, as JSON or as a table with its notes."""
    if as_json:
        print_json(result.to_dict())
        return
    if result.rows:
        click.echo(text_table(result, width=terminal_width()))
        if result.notes:
            click.echo()
    print_notes(result.notes)


def check_format(*, as_csv: bool, as_json: bool) -> None:
    """Raise InputError when two formats are asked for."""
    if as_csv and as_json:
        raise InputError("--csv and --json are two formats; name one")


def print_result(result: TableResult[Any], *, as_csv: bool, as_json: bool) -> None:
    """Print a result on stdout, as CSV, JSON or a table with its notes."""
    if not as_csv:
        print_table(result, as_json=as_json)
        return
    click.echo(result.to_csv(), nl=False)
    # A model says so even where the data have no room for it.
    for note in result.notes:
        click.echo(folded(note), err=True)


def print_notes(notes: Iterable[str]) -> None:
    """Print sentences on stdout, folded to the terminal."""
    for note in notes:
        click.echo(folded(note))


def folded(text: str, indent: str = "  ") -> str:
    """Return a sentence folded to the terminal, further lines indented."""
    return "\n".join(
        textwrap.wrap(
            printable(text),
            terminal_width(),
            subsequent_indent=indent + " " * (len(text) - len(text.lstrip())),
            break_long_words=False,
            break_on_hyphens=False,
        )
    )
