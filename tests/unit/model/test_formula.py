"""Formulas."""

from __future__ import annotations

import pytest

from navp_structures.errors import InputError
from navp_structures.model.formula import atomic_weight, format_formula, parse_formula


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Na3V2(PO4)3", {"Na": 3, "V": 2, "P": 3, "O": 12}),
        ("Na3 O12 P3 V2", {"Na": 3, "O": 12, "P": 3, "V": 2}),
        ("Na3.35Zr2Si2.35P0.65O12", {"Na": 3.35, "Zr": 2, "Si": 2.35, "P": 0.65, "O": 12}),
        ("Ca(Fe(CN)6)2", {"Ca": 1, "Fe": 2, "C": 12, "N": 12}),
        ("Pt", {"Pt": 1}),
    ],
)
def test_counts(text: str, counts: dict[str, float]) -> None:
    assert parse_formula(text) == pytest.approx(counts)


@pytest.mark.parametrize(
    "text", ["", "Na3V2(PO4", "PO4)3", "Xx2O", "3Na", "Na--", "Na1.2.3", "()"]
)
def test_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no formula"):
        parse_formula(text)


def test_written_in_the_order_of_cif() -> None:
    assert format_formula({"O": 6, "C": 1, "H": 4, "Na": 0.5}) == "C H4 Na0.5 O6"


def test_weight() -> None:
    assert atomic_weight("V") == pytest.approx(50.9415, abs=1e-3)
