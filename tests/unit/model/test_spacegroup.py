"""Space groups: names, settings, operations, refusals."""

from __future__ import annotations

import gemmi
import pytest

from navp_structures import SpaceGroup, UnitCell
from navp_structures.errors import SpaceGroupError


@pytest.mark.parametrize(
    "name", ["R -3 c:H", "R-3c", "R -3 c :H", "R_-3_c", '-R 3 2"c', "R -3 c"]
)
def test_names_of_one_group_are_equal(name: str) -> None:
    group = SpaceGroup.from_name(name)
    assert group == SpaceGroup.from_name("R -3 c:H")
    assert group.number == 167
    assert group.setting == "hexagonal axes, obverse"
    assert len(group.operations) == 36


def test_the_cell_chooses_rhombohedral_axes() -> None:
    group = SpaceGroup.from_name("R -3 c", alpha=58, gamma=58)
    assert group.symbol == "R -3 c:R"
    assert group.setting == "rhombohedral axes"
    assert len(group.operations) == 12


def test_reverse_setting_is_named() -> None:
    # Turning the axes by 180 degrees about c exchanges obverse and reverse.
    ops = gemmi.find_spacegroup_by_name("R -3 c:H").operations()
    ops.change_basis_forward(gemmi.Op("-x,-y,z"))
    group = SpaceGroup.from_operations([op.wrap().triplet() for op in ops], number=167)
    assert group.setting == "hexagonal axes, reverse"
    assert group.symbol is None
    assert group != SpaceGroup.from_name("R -3 c:H")
    assert "36 operations" in str(group)


def test_settings_of_one_type_differ() -> None:
    assert SpaceGroup.from_name("P 1 21/c 1") != SpaceGroup.from_name("P 1 21/n 1")


def test_open_origin_choice_is_the_second() -> None:
    assert SpaceGroup.from_name("F d -3 m").symbol == "F d -3 m:2"


def test_operations_in_any_order_and_spelling() -> None:
    group = SpaceGroup.from_operations(
        ["-X, -Y, -Z", "x,y,z", "x, 1/2-y, z+0.5", "-x,1/2+y,1/2-z"]
    )
    assert group == SpaceGroup.from_name("P 1 21/c 1")
    assert group.symbol == "P 1 21/c 1"


def test_every_setting_of_the_table_comes_back_from_its_operations() -> None:
    for entry in gemmi.spacegroup_table():
        triplets = [op.wrap().triplet() for op in entry.operations()]
        group = SpaceGroup.from_operations(triplets)
        assert group.number == entry.number
        assert group == SpaceGroup.from_name(entry.xhm())


@pytest.mark.parametrize("number", range(1, 231))
def test_numbers(number: int) -> None:
    assert SpaceGroup.from_number(number).number == number


@pytest.mark.parametrize(
    ("operations", "sentence"),
    [
        ([], "no symmetry operation"),
        (["x,y"], "is no symmetry operation"),
        (["x,y,z", "x,x,z"], "changes volumes"),
        (["x,y,z", "-y,x-y,z"], "form no group: closing them gives 3"),
        (["-x,-y,-z"], "form no group"),
    ],
)
def test_refused_operations(operations: list[str], sentence: str) -> None:
    with pytest.raises(SpaceGroupError, match=sentence):
        SpaceGroup.from_operations(operations)


def test_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(
        SpaceGroupError, match=r"unknown space group 'R -9 c'; nearest: .*R -3 c"
    ):
        SpaceGroup.from_name("R -9 c")
    with pytest.raises(SpaceGroupError, match="between 1 and 230"):
        SpaceGroup.from_number(231)


def test_metric_must_obey_the_operations() -> None:
    group = SpaceGroup.from_name("R -3 c:H")
    assert group.fits(UnitCell(a=8.7, b=8.7, c=21.8, gamma=120).metric_tensor)
    assert not group.fits(UnitCell(a=8.7, b=8.7, c=21.8, gamma=90).metric_tensor)
    assert not group.fits(UnitCell(a=8.7, b=8.8, c=21.8, gamma=120).metric_tensor)


@pytest.mark.parametrize(
    ("name", "centrosymmetric", "centring"),
    [
        ("P 1", False, "P"),
        ("P -1", True, "P"),
        ("C 1 2/c 1", True, "C"),
        ("I 4 1 2", False, "?"),
        ("F d d 2", False, "F"),
        ("I 41/a m d:1", True, "I"),
    ],
)
def test_centre_and_centring(name: str, centrosymmetric: bool, centring: str) -> None:
    if centring == "?":
        with pytest.raises(SpaceGroupError):
            SpaceGroup.from_name(name)
        return
    group = SpaceGroup.from_name(name)
    assert group.is_centrosymmetric is centrosymmetric
    assert group.centring == centring


def test_arrays_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        SpaceGroup.from_name("P -1").rotations[0, 0, 0] = 2


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("F d -3 m S", "F d -3 m:1"),
        ("F d -3 m Z", "F d -3 m:2"),
        ("P2(1)/c", "P 1 21/c 1"),
        ("P 63/m", "P 63/m"),
        ("R -3 c H", "R -3 c:H"),
    ],
)
def test_names_of_older_databases(name: str, symbol: str) -> None:
    assert SpaceGroup.from_name(name).symbol == symbol


def test_a_number_with_a_rhombohedral_cell() -> None:
    assert SpaceGroup.from_number(167, alpha=58, gamma=58).symbol == "R -3 c:R"
    assert SpaceGroup.from_number(167).symbol == "R -3 c:H"


def test_a_missing_identity_is_named() -> None:
    with pytest.raises(SpaceGroupError, match="x,y,z is missing"):
        SpaceGroup.from_operations(["-x,-y,-z"])


def test_hall_symbol() -> None:
    assert SpaceGroup.from_name("R-3c").hall == '-R 3 2"c'
    assert SpaceGroup.from_operations(["x,y,z", "-x+1/4,-y,-z"]).hall is None


def test_every_hall_symbol_of_the_table() -> None:
    for entry in gemmi.spacegroup_table():
        assert SpaceGroup.from_hall(entry.hall) == SpaceGroup.from_name(entry.xhm())
    with pytest.raises(SpaceGroupError, match="'nonsense' is no Hall symbol"):
        SpaceGroup.from_hall("nonsense")


def test_decimals_that_are_shifts() -> None:
    from navp_structures.model.spacegroup import _is_rounded_fraction

    right = (".25", "0.5", "0.333", "0.667", "0.1667", "0.8333", "0.125", "0.083", "0.0417",
             "1.5", "0.0", "0.33333334", "0.33", "0.67", "0.17", "0.666", "0.6666",
             "0.166")  # fmt: skip
    wrong = (
        "0.21",
        "0.2",
        "0.3",
        "0.34",
        "0.665",
        "0.9",
        "0.99",
        "0.999",
        "0.04",
        "0.126",
        "0.3334",
        "0.1",
        "9" * 400 + ".500",
    )
    assert all(map(_is_rounded_fraction, right))
    assert not any(map(_is_rounded_fraction, wrong))


def test_every_symbol_of_the_tables_is_a_name_with_and_without_blanks() -> None:
    import gemmi

    for entry in gemmi.spacegroup_table():
        # B 1 21 1 and the like are short for two settings.
        for name in (entry.xhm(), entry.hm.replace(" ", "") + entry.xhm()[len(entry.hm) :]):
            assert SpaceGroup.from_name(name).number == entry.number
