"""The origin of a CIF that does not state it."""

from __future__ import annotations

from pathlib import Path

import pytest

from navp_structures import Phase, read_cif
from navp_structures.errors import SettingWarning
from navp_structures.io.cif import read_block, read_header

CUBE = "data_x\n" + "".join(f"_cell_length_{x} 5.431\n" for x in "abc")
NAME = "_space_group_name_H-M_alt 'F d -3 m'\n"
NUMBER = "_space_group_IT_number 227\n"
LOOP = "loop_\n_atom_site_label\n_atom_site_type_symbol\n" + "".join(
    f"_atom_site_fract_{x}\n" for x in "xyz"
)
# Silicon is in 8a: at the origin of choice 1, 1/8 1/8 1/8 of choice 2.
FIRST = LOOP + "Si1 Si 0 0 0\n"
SECOND = LOOP + "Si1 Si .125 .125 .125\n"
FORMULA = "_chemical_formula_sum Si\n"
EIGHT = "_cell_formula_units_Z 8\n"


def read(folder: Path, text: str) -> Phase:
    file = folder / "x.cif"
    file.write_text(text)
    return read_cif(file)


@pytest.mark.parametrize("named", [NAME, NUMBER, NAME + NUMBER])
@pytest.mark.parametrize(("sites", "choice"), [(FIRST, 1), (SECOND, 2)])
def test_formula_and_z_settle_the_origin(
    tmp_path: Path, named: str, sites: str, choice: int
) -> None:
    text = CUBE + named + FORMULA + EIGHT + sites
    sentence = (
        f"origin of F d -3 m open; F d -3 m:{choice} is taken, with which alone the sites"
    )
    with pytest.warns(SettingWarning, match=sentence) as told:
        phase = read(tmp_path, text)
    assert len(told) == 1
    assert phase.space_group.symbol == f"F d -3 m:{choice}"
    with pytest.warns(SettingWarning, match=sentence):
        assert read_header(read_block(tmp_path / "x.cif")).space_group == phase.space_group


@pytest.mark.parametrize(
    "more",
    [
        "",
        FORMULA,
        EIGHT,
        FORMULA + "_cell_formula_units_Z 4\n",  # neither
        "_chemical_formula_sum '?!'\n" + EIGHT,
    ],
)
def test_what_does_not_tell_leaves_choice_2(tmp_path: Path, more: str) -> None:
    with pytest.warns(SettingWarning, match="F d -3 m:2 is taken, which formula, Z and sites"):
        phase = read(tmp_path, CUBE + NAME + more + FIRST)
    assert phase.space_group.symbol == "F d -3 m:2"


def test_both_choices_fit(tmp_path: Path) -> None:
    # 3/8 3/8 3/8 is 8b or 16d, 0.2 0.2 0.2 is 32e in both.
    text = CUBE + NAME + FORMULA + "_cell_formula_units_Z 32\n" + LOOP + "Si1 Si .2 .2 .2\n"
    with pytest.warns(SettingWarning, match="do not tell"):
        assert read(tmp_path, text).space_group.symbol == "F d -3 m:2"


@pytest.mark.parametrize(
    ("named", "choice"),
    [
        ("_space_group_name_H-M_alt 'F d -3 m :1'\n", 1),
        ("_space_group_name_H-M_alt 'F d -3 m S'\n", 1),
        ("_space_group_name_H-M_alt 'F d -3 m Z'\n", 2),
        (NAME + "_space_group_name_Hall 'F 4d 2 3 -1d'\n", 1),
        (NAME + "_symmetry_space_group_name_H-M 'F d -3 m :1'\n", 1),
    ],
)
def test_what_is_stated_is_taken(tmp_path: Path, named: str, choice: int) -> None:
    phase = read(tmp_path, CUBE + named + FORMULA + EIGHT + FIRST)
    assert phase.space_group.symbol == f"F d -3 m:{choice}"


def test_a_cell_alone_has_no_origin(tmp_path: Path) -> None:
    assert read(tmp_path, CUBE + NAME).space_group.symbol == "F d -3 m:2"


def test_groups_with_one_origin_are_not_open(tmp_path: Path) -> None:
    text = CUBE + "_space_group_name_H-M_alt 'F m -3 m'\n" + LOOP + "Al1 Al 0 0 0\n"
    assert read(tmp_path, text).formula_units == 4
