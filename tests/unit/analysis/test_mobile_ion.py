"""Charges of mobile ions, and what can be none."""

from __future__ import annotations

from typing import Any

import pytest

from navp_structures.analysis.mobile_ion import ion_charge
from navp_structures.errors import InputError


@pytest.mark.parametrize(
    ("ion", "charge"),
    [("Li", 1), ("Na", 1), ("K", 1), ("Mg", 2), ("Ca", 2), ("Zn", 2), ("Al", 3)],
)
def test_charges(ion: str, charge: int) -> None:
    assert ion_charge(ion) == charge


@pytest.mark.parametrize(
    ("ion", "sentence"),
    [
        ("O", "ion is 'O', which is no metal; .* not of an anion"),
        ("F", "ion is 'F', which is no metal"),
        # The table has S as sulfate and P as phosphate, which no voltage is against.
        ("S", "ion is 'S', which is no metal"),
        ("P", "ion is 'P', which is no metal"),
        ("H", "ion is 'H', which is no metal"),
        ("V", "ion is 'V', of which no single charge is known, .* Na, "),
        ("Cu", "ion is 'Cu', of which no single charge"),
        ("X", "ion is 'X'"),
        ("na", "ion is 'na'; it must be the symbol of an element"),
        ("Na+", "ion is 'Na\\+'; it must be"),
        ("", "ion is ''; it must be"),
        (11, "ion is 11; it must be"),
        (["Na"], "it must be the symbol"),
    ],
)
def test_refused(ion: Any, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        ion_charge(ion)
