"""The element of an atom site: from its type symbol, or from label and formula."""

from __future__ import annotations

import re

import gemmi
from gemmi import cif

from navp_structures.errors import CifError, InputError, SiteError, shown
from navp_structures.io.cif_rows import Row
from navp_structures.io.cif_values import LONGEST_FORMULA, optional_text
from navp_structures.model.formula import parse_formula

_SYMBOL = re.compile(r"([A-Za-z]{1,2})(?:([0-9]{0,2})([+-])([0-9]{0,2})|0)?$")
_WORD = re.compile("[A-Za-z][a-z]{2}")

# Not the structural formula: names such as NVP stand there, which can be read as elements.
_FORMULAS = ("_chemical_formula_sum", "_chemical_formula_moiety")

# In capitals these are rather N of NH4 or P of PO4, and the label does not tell which.
_RARE = {"He", "Ne", "Ar", "Kr", "Xe", "Ho"}
_FIRST_RARE_NUMBER = 84  # polonium; of those above, what is common begins with no element


class Elements:
    """Reads the elements of one block.

    Parameters
    ----------
    guessed
        ``Na from 'NA1'`` for each label that leaves its element open.
    """

    def __init__(self, block: cif.Block) -> None:
        self._text, self._formula = _formula(block)
        self.guessed: list[str] = []

    def symbol(self, row: Row) -> str:
        """Return the element of a row with its charge, from type symbol or else label.

        Raises
        ------
        SiteError
            When there is no such element.
        CifError
            When the formula has no element of the label, or the label leaves it open.
        """
        given = row.values.get("type_symbol")
        symbol = (
            self._of_label(row.values.get("label", "")) if given is None else _element(given)
        )
        if symbol is None:
            raise SiteError(
                f"site {shown(row.label)} has the unknown element {shown(given or row.label)}"
            )
        return symbol

    def _of_label(self, label: str) -> str | None:
        letters = re.sub(r"[^A-Za-z].*", "", label)[:2]
        # Labels such as Ow1 or Na2A: the longest element that they begin with.
        read = [element for element in (_element(letters), _element(letters[:1])) if element]
        readings = list(dict.fromkeys(read))
        fitting = [e for e in readings if self._formula is None or e in self._formula]
        if readings and not fitting:
            raise CifError(
                f"the label {shown(label)} names no element of the formula "
                f"{shown(self._text)}, and its _atom_site_type_symbol is missing"
            )
        if not fitting:
            return None
        plain = letters[:1].isupper() and letters[1:].islower()
        if self._formula is None and len(fitting) == 2 and not plain and _is_rare(fitting[0]):
            raise CifError(
                f"the label {shown(label)} may stand for {' or '.join(fitting)}, and its "
                "_atom_site_type_symbol is missing"
            )
        is_word = self._formula is None and _WORD.match(label) is not None
        # Na1 where the formula has only N, or NA1 where both are possible.
        is_open = fitting[0] != readings[0] if plain else len(fitting) == 2
        if is_word or is_open:
            self.guessed.append(f"{fitting[0]} from {shown(label)}")
        return fitting[0]


def _is_rare(element: str) -> bool:
    return element in _RARE or gemmi.Element(element).atomic_number >= _FIRST_RARE_NUMBER


def _formula(block: cif.Block) -> tuple[str, set[str] | None]:
    """Return the first formula that can be read and its elements, None without one."""
    for tag in _FORMULAS:
        text = optional_text(block, tag)
        if text is None or len(text) > LONGEST_FORMULA:
            continue
        try:
            elements = set(parse_formula(text))
        except InputError:
            continue
        # Hydrogen of either weight may be named in one place and not in the other.
        return text, elements | ({"H", "D"} if elements & {"H", "D"} else set())
    return "", None


def _element(text: str) -> str | None:
    match = _SYMBOL.match(text)
    if match is None:
        return None
    letters, before, sign, after = match.groups()
    element = letters.capitalize()
    if not gemmi.Element(element).atomic_number:
        return None
    return element + (f"{before or after or 1}{sign}" if sign else "")
