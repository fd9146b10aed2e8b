"""Texts in aligned columns for a terminal, folded where it is too narrow."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, Literal


def has_room(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    left: Sequence[bool],
    whole: Sequence[bool],
    width: int | None,
) -> bool:
    """Return whether a table fits with few words broken."""
    total = sum(_natural_widths(heads, rows)) + _GAP * len(heads)
    return (
        width is None
        or total <= width
        or _least_width(heads, rows, left, whole, _WORDS[1]) <= width
    )


def text_grid(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    left: Sequence[bool],
    whole: Sequence[bool] = (),
    width: int | None = None,
) -> str:
    """Return texts in aligned columns; the widest text column folds to fit `width`.

    Texts of the columns that are `whole` fold only where all else is not enough.
    """
    widths = _natural_widths(heads, rows)
    total = sum(widths) + _GAP * len(widths)
    if (width is None or total <= width) and all(map(_is_narrow, _texts(heads, rows))):
        return _plain_grid(heads, rows, widths, left)
    none = [False] * len(heads)
    if width is None or _least_width(heads, rows, left, whole or none, _WORDS[-1]) > width:
        whole = none
    return _folded_grid(heads, rows, left, whole or none, width)


_GAP = 2


def _natural_widths(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(heads, *rows, strict=True)]


def _texts(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield from heads
    for row in rows:
        yield from row


def _is_narrow(text: str) -> bool:
    """Whether each letter takes one column of a terminal, as far as this can be told."""
    return text.isascii() or all(
        unicodedata.east_asian_width(c) not in "WF" and not unicodedata.combining(c)
        for c in text
    )


def _plain_grid(
    heads: Sequence[str], rows: Sequence[Sequence[str]], widths: list[int], left: Sequence[bool]
) -> str:
    """Return a table that needs no folding, as `_folded_grid` would, in far less time."""
    marks = ["<" if is_left else ">" for is_left in left]
    form = "  ".join(f"{{:{mark}{size}}}" for mark, size in zip(marks, widths, strict=True))
    lines = [form.format(*row).rstrip() for row in (heads, *rows)]
    return "\n".join([lines[0], "─" * (sum(widths) + _GAP * (len(widths) - 1)), *lines[1:]])


# Letters: words of texts up to the first length are not broken where there is room, else those
# of the next.
_WORDS = (16, 12, 8)


def _least_width(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    left: Sequence[bool],
    whole: Sequence[bool],
    unbroken: int,
) -> int:
    """Return the width below which numbers, or words of so many letters, would be broken."""
    from rich.cells import cell_len

    total = _GAP * len(heads)
    for head, is_left, is_whole, *column in zip(heads, left, whole, *rows, strict=True):
        texts = [head, *column]
        if is_left and not is_whole:
            texts = [word[:unbroken] for text in texts for word in text.split()]
        total += max(map(cell_len, texts), default=0)
    return total


def _folded_grid(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    left: Sequence[bool],
    whole: Sequence[bool],
    width: int | None,
) -> str:
    """Return a table whose text columns fold to fit `width`."""
    from rich import box
    from rich.console import Console
    from rich.measure import Measurement
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for head, is_left, is_whole in zip(heads, left, whole, strict=True):
        justify: Literal["left", "right"] = "left" if is_left else "right"
        fixed = is_whole or not is_left
        table.add_column(Text(head), justify=justify, no_wrap=fixed, overflow="fold")
    for row in rows:
        # Text, not str: square brackets in data are no markup.
        table.add_row(*(Text(cell) for cell in row))
    out = io.StringIO()
    # What Rich thinks of the surroundings, a notebook or FORCE_COLOR, has no say in a text.
    plainly: Any = {"force_terminal": False, "force_jupyter": False, "color_system": None}
    console = Console(file=out, width=10_000, highlight=False, emoji=False, **plainly)
    # A terminal that is too narrow wraps lines, which loses nothing; cropping would.
    needed = Measurement.get(console, console.options, table)
    # Rich measures without the padding that it then draws between columns.
    widest = needed.maximum + len(heads)
    leasts = [_least_width(heads, rows, left, whole, unbroken) for unbroken in _WORDS]
    least = next((n for n in leasts if not width or n <= width), leasts[-1])
    console.width = max(min(widest, width or widest), least)
    console.print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())
