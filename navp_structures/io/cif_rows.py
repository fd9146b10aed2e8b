"""Rows of a category of a CIF, looped or single."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gemmi import cif

from navp_structures.errors import CifError, shown
from navp_structures.io.cif_text import value_text
from navp_structures.io.cif_values import number

MOST_SITES = 15_000
"""Rows of a loop of sites; each is compared with its neighbours."""

_LABEL = "_atom_site_label"
_NAMED = 8

Pair = tuple[float, float | None]


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row of the loop by tag; unknown values are left out."""

    values: dict[str, str]
    label: str

    def pair(self, tag: str) -> Pair | None:
        """Return the number in a column and its su; None where unknown."""
        text = self.values.get(tag.casefold())
        return None if text is None else number(text, f"{tag} of site {shown(self.label)}")


def holds(block: cif.Block, tag: str) -> bool:
    """Whether a tag stands in a block, in a loop or alone."""
    return block.find_value(tag) is not None or bool(block.find_loop(tag))


def rows(block: cif.Block, prefix: str, needed: str) -> Iterator[Row]:
    """Yield the rows of the loop that holds a column, or the one row without a loop.

    Parameters
    ----------
    prefix
        What the tags begin with, which the rows leave out.
    """
    loop = block.find_loop(prefix + needed).get_loop()
    if loop is None:
        if block.find_value(prefix + needed) is not None:
            yield _single_row(block, prefix)
        return
    tags = [_short(tag, prefix) for tag in loop.tags]
    width = loop.width()
    if loop.length() > MOST_SITES:
        raise CifError(
            f"the loop of {prefix}{needed} has {loop.length()} rows, more than {MOST_SITES}"
        )
    # gemmi makes a new list each time that it is asked.
    values = loop.values
    for start in range(0, len(values), width):
        cells = zip(tags, values[start : start + width], strict=True)
        yield _row(
            {tag: value_text(v) for tag, v in cells if not cif.is_null(v)}, start // width
        )


def names(labels: Sequence[str]) -> str:
    """Return labels, each once, as a list for a message; of many the first."""
    return listed([shown(label) for label in dict.fromkeys(labels)])


def listed(texts: Sequence[str]) -> str:
    """Return texts as a list for a message; of many the first."""
    more = f" and {len(texts) - _NAMED} more" if len(texts) > _NAMED else ""
    return ", ".join(texts[:_NAMED]) + more


def _short(tag: str, prefix: str) -> str:
    folded = tag.casefold()
    return folded.removeprefix(prefix)


def _row(known: dict[str, str], place: int) -> Row:
    # U_ij may stand in the loop of the sites, whose label is then theirs.
    return Row(known, known.get("label") or known.get(_LABEL) or f"number {place + 1}")


def _single_row(block: cif.Block, prefix: str) -> Row:
    items: Any = block  # gemmi's stubs do not say that a block can be iterated
    pairs = [item.pair for item in items if item.pair is not None]
    return _row(
        {
            _short(tag, prefix): value_text(value)
            for tag, value in pairs
            if tag.casefold().startswith((prefix, _LABEL)) and not cif.is_null(value)
        },
        0,
    )
