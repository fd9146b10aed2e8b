"""Content of phases: when the formula speaks, and when the sites."""

from __future__ import annotations

from dataclasses import replace

import pytest

import navp_structures as navp
from navp_structures.analysis.composition import nominal_content

FORMULA = {"Na": 3.0, "V": 2.0, "P": 3.0, "O": 12.0}


def test_the_formula_where_the_sites_agree() -> None:
    # 0.805 + 3 × 0.731 = 2.998 Na from the sites.
    phase = navp.load("na3vp-rt")
    assert nominal_content(phase) == FORMULA
    assert nominal_content(navp.load("na3vp-alpha")) == FORMULA
    # 17.988 Na in the cell: the proportions are those of the formula.
    assert nominal_content(replace(phase, formula_units=None)) == FORMULA


@pytest.mark.parametrize("formula", [None, "Na2V2(PO4)3", "Na3V2(PO4)3H", "no formula"])
def test_the_sites_where_they_do_not(formula: str | None) -> None:
    phase = replace(navp.load("na3vp-rt"), formula=formula)
    found = {element: n for element, n in nominal_content(phase).items() if n}
    assert found == pytest.approx(FORMULA | {"Na": 2.998})
