"""Bond valences by hand, and the tables against each other and against crystals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from navp_structures.errors import InputError
from navp_structures.kernels.bond_valence import (
    bond_valence_parameter,
    bond_valence_sum_su,
    bond_valence_sums,
    bond_valences,
    global_instability_index,
)
from navp_structures.kernels.bond_valence_tables import (
    BOND_VALENCE_TABLES,
    BondValenceParameter,
)

PLAIN = BondValenceParameter(r0=1.8, b=0.37, source="none")
# Distances of Zatovsky, Acta Cryst. E66 (2010) i12: V–O, P–O and Na1–O of Na3V2(PO4)3.
V_O = [1.9693] * 3 + [2.0271] * 3
P_O = [1.5227] * 2 + [1.5358] * 2


def test_a_bond_of_r0_has_valence_one() -> None:
    bonds = [1.8, 1.8 - 0.37 * math.log(2.0), 1.8 + 0.37 * math.log(4.0)]
    assert bond_valences(bonds, PLAIN) == pytest.approx([1.0, 2.0, 0.25])


def test_sum_by_hand() -> None:
    parameter = bond_valence_parameter("V", 3, table="brown-altermatt-1985")
    # exp((1.743 − 1.9693)/0.37) = 0.542470, exp((1.743 − 2.0271)/0.37) = 0.464015.
    assert bond_valence_sums(V_O, parameter) == pytest.approx(
        3 * 0.542470 + 3 * 0.464015, abs=1e-5
    )
    assert bond_valence_sums([V_O, V_O[::-1]], parameter).shape == (2,)


def test_a_ligand_that_is_half_there_counts_half() -> None:
    sums = bond_valence_sums([1.8, 1.8], PLAIN, occupancies=[1.0, 0.5])
    assert sums == pytest.approx(1.5)


def test_su_of_a_sum_by_hand() -> None:
    bonds = [1.8 + 0.37 * math.log(2.0)] * 6
    su = np.full(6, 0.001)
    # Each s = 0.5, each slope 0.5/0.37: 0.00135135 per bond, times √6 or, together, 6.
    alone = bond_valence_sum_su(bonds, np.diag(su**2), PLAIN)
    assert alone == pytest.approx(0.0033101, abs=1e-7)
    together = bond_valence_sum_su(bonds, np.outer(su, su), PLAIN)
    assert together == pytest.approx(0.0081081, abs=1e-7)
    half = bond_valence_sum_su(bonds, np.outer(su, su), PLAIN, occupancies=0.5)
    assert half == pytest.approx(together / 2.0)
    assert np.isnan(bond_valence_sum_su(bonds, np.full((6, 6), np.nan), PLAIN))


def test_su_agrees_with_monte_carlo() -> None:
    rng = np.random.default_rng(3)
    bonds = np.array(V_O)
    root = 0.004 * rng.normal(size=(6, 6))
    drawn = bond_valence_sums(bonds + rng.normal(size=(20000, 6)) @ root.T, PLAIN)
    assert bond_valence_sum_su(bonds, root @ root.T, PLAIN) == pytest.approx(
        drawn.std(), rel=0.03
    )


def test_global_instability_index_by_hand() -> None:
    # One ion 0.1 too high, three that miss by 0.1: √0.01; without weights the same; then
    # √((0.09 + 3 × 0.01)/4).
    assert global_instability_index([3.1, 1.9], [3, -2], [1, 3]) == pytest.approx(0.1)
    assert global_instability_index([3.3, 1.9], [3, -2], [1, 3]) == pytest.approx(0.03**0.5)
    assert global_instability_index([3.3, 1.9], [3, -2]) == pytest.approx(0.05**0.5)
    with pytest.raises(InputError, match="needs the bond-valence sum of an ion"):
        global_instability_index([], [])


@pytest.mark.parametrize(
    ("table", "r0", "b"),
    [
        ("gagne-hawthorne-2015", 1.718, 0.412),
        ("brown-altermatt-1985", 1.743, 0.37),
        ("brese-okeeffe-1991", 1.743, 0.37),
    ],
)
def test_v3_in_every_table(table: str, r0: float, b: float) -> None:
    parameter = bond_valence_parameter("V", 3, "O", table=table)
    assert (parameter.r0, parameter.b) == (r0, b)
    assert "doi:10.1107/S" in parameter.source


@pytest.mark.parametrize("table", BOND_VALENCE_TABLES)
def test_tables_give_the_valences_of_na3v2po43(table: str) -> None:
    vanadium = bond_valence_sums(V_O, bond_valence_parameter("V", 3, table=table))
    phosphorus = bond_valence_sums(P_O, bond_valence_parameter("P", 5, table=table))
    assert vanadium == pytest.approx(3.0, abs=0.06)
    assert phosphorus == pytest.approx(5.0, abs=0.2)
    wrong = bond_valence_sums(V_O, bond_valence_parameter("V", 5, table=table))
    assert wrong > 3.3


def test_tables_hold_the_cations_of_nasicon() -> None:
    wanted = {
        "V": (3, 4, 5),
        "Na": (1,),
        "P": (5,),
        "Si": (4,),
        "Zr": (4,),
        "Ti": (4,),
        "Mo": (6,),
        "Fe": (2, 3),
        "Mn": (2, 3, 4),
        "Al": (3,),
        "Cr": (3,),
        "Sc": (3,),
        "Li": (1,),
        "K": (1,),
        "Mg": (2,),
        "Ca": (2,),
    }
    for rows in BOND_VALENCE_TABLES.values():
        assert {(e, v, "O") for e, states in wanted.items() for v in states} <= set(rows)


def test_tables_agree_about_the_ideal_bond() -> None:
    # R = R0 − B ln(v/6), the bond of a sixfold coordinated cation. A wrong digit before the
    # last would stand out; the two-parameter fits of Li and K are the farthest off.
    for pair in {pair for rows in BOND_VALENCE_TABLES.values() for pair in rows}:
        ideal = [
            rows[pair].r0 - rows[pair].b * math.log(pair[1] / 6.0)
            for rows in BOND_VALENCE_TABLES.values()
            if pair in rows
        ]
        assert max(ideal) - min(ideal) < (0.09 if pair[0] in ("Li", "K") else 0.045), pair


def test_fluorides_are_shorter_than_oxides() -> None:
    for rows in BOND_VALENCE_TABLES.values():
        for (cation, valence, anion), parameter in rows.items():
            assert 0.2 < parameter.b < 0.7
            oxide = rows.get((cation, valence, "O"))
            if anion == "F" and oxide is not None and oxide.b == parameter.b:
                assert parameter.r0 < oxide.r0


def test_tables_are_frozen() -> None:
    rows = BOND_VALENCE_TABLES["brown-altermatt-1985"]
    with pytest.raises(TypeError):
        rows["V", 3, "O"] = PLAIN  # type: ignore[index]
    with pytest.raises(AttributeError):
        rows["V", 3, "O"].r0 = 2.0  # type: ignore[misc]


def test_what_is_missing_says_what_exists() -> None:
    with pytest.raises(InputError, match=r"'brown-1985' is no table.*nearest: brown-altermatt"):
        bond_valence_parameter("V", 3, table="brown-1985")
    with pytest.raises(InputError, match=r"has no V2\+–O, it has V3\+–O, V4\+–O, V5\+–O"):
        bond_valence_parameter("V", 2, table="gagne-hawthorne-2015")
    with pytest.raises(InputError, match=r"Mo3\+–O is in gagne-hawthorne-2015$"):
        bond_valence_parameter("Mo", 3, table="brown-altermatt-1985")
    with pytest.raises(InputError, match=r"has no Xx3\+–O, it has Al3\+–O, Ca2\+–O"):
        bond_valence_parameter("Xx", 3, table="brown-altermatt-1985")
    with pytest.raises(InputError, match="it has no parameters with Cl"):
        bond_valence_parameter("V", 3, "Cl", table="brown-altermatt-1985")
