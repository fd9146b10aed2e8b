"""Values in CIF: numbers with su, texts, the unknown."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence

from gemmi import cif

from navp_structures.errors import CifError, shown
from navp_structures.io.cif_text import value_text
from navp_structures.io.text_lines import number_with_su
from navp_structures.model.cell import Correlation

ANISO_AXES = ("11", "22", "33", "12", "13", "23")
"""Order of the six displacement parameters in this package."""

MOST_TEXTS = 20_000
"""Of one tag: authors, or operations of a group in a large supercell."""

LONGEST_FORMULA = 2_000
"""Characters; that of a large molecule has a hundred."""

DATABASE_TAGS = {
    "ICSD": "_database_code_ICSD",
    "COD": "_cod_database_code",
    "CCDC": "_database_code_depnum_ccdc_archive",
    "CSD": "_database_code_CSD",
    "PDF": "_database_code_PDF",
}
"""Tag of each database's code."""

_ACCENT = re.compile(r"""\\(['`^~",%])([A-Za-z])""")
_COMBINING = dict(zip("'`^~\",%", "\u0301\u0300\u0302\u0303\u0308\u0327\u030a", strict=True))
_MARKS = {combining: mark for mark, combining in _COMBINING.items()}


_CORRELATION = "correlation of a, b, c, alpha, beta, gamma: "


def correlation_text(matrix: Correlation) -> str:
    """Return a sentence with the correlation of a cell, for a CIF's text."""
    return _CORRELATION + json.dumps(matrix)


def read_correlation(text: str | None) -> Correlation | None:
    """Return the correlation in a text, None when it has none.

    Raises
    ------
    CifError
        When what stands there is no matrix.
    """
    if text is None or not text.startswith(_CORRELATION):
        return None
    try:
        rows = json.loads(text.removeprefix(_CORRELATION))
        return tuple(tuple(float(x) for x in row) for row in rows)
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise CifError("the correlation of the cell is no matrix of numbers") from None


def marked_text(text: str) -> str:
    """Return a text with its accents as CIF writes them; `plain_text` turns them back."""
    return "".join(_marked(character) for character in unicodedata.normalize("NFC", text))


def _marked(character: str) -> str:
    parts = unicodedata.normalize("NFD", character)
    if len(parts) == 2 and parts[1] in _MARKS and parts[0].isascii():
        return f"\\{_MARKS[parts[1]]}{parts[0]}"
    return character


def plain_text(text: str) -> str:
    """Return a text in one line, its accents (backslash, mark, letter) as characters.

    References
    ----------
    CIF 1.1 common semantic features, markup conventions (International Tables G, 2.2.7.4)
    """
    line = " ".join(text.split())
    if "\\" not in line and line.isascii() and line.isprintable():  # as nearly all are
        return line
    accented = _ACCENT.sub(lambda m: m[2] + _COMBINING[m[1]], line)
    plain = unicodedata.normalize("NFC", accented)
    # What drives a terminal, or turns the order of letters, is no text.
    return plain if plain.isprintable() else " ".join(_printed(plain).split())


def _printed(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def number(text: str, what: str) -> tuple[float, float | None]:
    """Return a number and its su; su None when the text has none.

    Parameters
    ----------
    what
        What the number is, for the error.

    Raises
    ------
    CifError
        When the text is no number.

    Examples
    --------
    >>> number("8.7288(2)", "a")
    (8.7288, 0.0002)
    """
    found = number_with_su(value_text(text))
    if found is None:
        raise CifError(f"{what} is {shown(value_text(text))}, which is no number")
    return found


def optional_number(block: cif.Block, tags: Sequence[str]) -> tuple[float | None, float | None]:
    """Return the first known number of several tags and its su, or (None, None)."""
    for tag in tags:
        text = block.find_value(tag)
        if text is not None and not cif.is_null(text):
            return number(text, tag)
    return None, None


def optional_text(block: cif.Block, *tags: str) -> str | None:
    """Return the first known text of several tags in one line, or None."""
    for tag in tags:
        text = block.find_value(tag)
        if text is not None and not cif.is_null(text):
            plain = plain_text(value_text(text))
            if plain:
                return plain
    return None


def texts(block: cif.Block, *tags: str) -> tuple[str, ...]:
    """Return the known texts of the first tag, single or looped, that has any.

    More than `MOST_TEXTS` are a CifError.
    """
    for tag in tags:
        count = len(block.find_values(tag))
        if count > MOST_TEXTS:
            raise CifError(f"{tag} has {count} values, more than {MOST_TEXTS}")
        found = [value_text(v) for v in block.find_values(tag) if not cif.is_null(v)]
        if any(found):
            return tuple(plain_text(text) for text in found if text)
    return ()
