"""Hosts: what phases have in common without the ion that comes and goes."""

from __future__ import annotations

from dataclasses import replace

import pytest

import navp_structures as navp
from navp_structures.analysis.host import common_host, ion_count
from navp_structures.errors import InputError

CELL = navp.UnitCell(a=8, b=8, c=8)
P1 = navp.SpaceGroup.from_name("P 1")


def cell_only(formula: str | None, units: int | None = 1) -> navp.Phase:
    return navp.Phase(
        id=f"x-{formula}", cell=CELL, space_group=P1, formula=formula, formula_units=units
    )


def test_sites_and_formulas_of_one_host() -> None:
    phases = [navp.load(name) for name in ("na3vp-rt", "na3vp-alpha", "na2vp-b", "navp-model")]
    assert common_host(phases, "Na") == pytest.approx([1.0] * 4)
    # 0.805 + 3 × 0.731 = 2.998 from the sites, 3 from the formula of the cell.
    counts = [ion_count(phase, "Na") for phase in phases]
    assert counts == pytest.approx([2.998, 3.0, 2.0, 1.0])


def test_another_formula_unit_of_the_same_host() -> None:
    phases = [cell_only("Na3V2(PO4)3"), cell_only("V(PO4)1.5"), cell_only("Na2V4(PO4)6")]
    assert common_host(phases, "Na") == pytest.approx([1.0, 0.5, 2.0])


def test_without_z_the_cell_counts() -> None:
    phase = navp.load("na3vp-rt")
    whole = replace(phase, formula_units=None)
    assert common_host([phase, whole], "Na") == pytest.approx([1.0, 6.0])


@pytest.mark.parametrize(
    ("formulas", "message"),
    [
        (
            ("Na3V2(PO4)3", "Na3Zr2Si2PO12"),
            "no common host: without Na they are V2 P3 O12 and Zr2 Si2 P O12",
        ),
        (("Na3V2(PO4)3", "Na3V2(PO4)2F3"), "no common host"),
        # 4 % more oxygen is another host, 1 % a rounded formula.
        (("NaV2P3O12", "NaV2P3O12.5"), "no common host"),
        (("Na3V2(PO4)3", None), "neither sites nor formula"),
        (("Na", "Na3V2(PO4)3"), "holds nothing beside Na"),
    ],
)
def test_no_common_host(formulas: tuple[str | None, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        common_host([cell_only(formula) for formula in formulas], "Na")


def test_a_rounded_formula_is_the_same_host() -> None:
    phases = [cell_only("NaV2P3O12"), cell_only("NaV2P3O12.1")]
    assert common_host(phases, "Na")[1] == pytest.approx(1.0, abs=0.01)
