"""Reading CIF: the ways in which a structure can be written, and be broken."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from navp_structures import Phase, read_cif
from navp_structures.errors import (
    CellError,
    CifError,
    CifWarning,
    InputError,
    InputFileError,
    NavpError,
    SettingWarning,
    SiteError,
    SpaceGroupError,
)

CELL = """_cell_length_a 5.400(2)
_cell_length_b 5.400(2)
_cell_length_c 5.400(2)
"""
GROUP = "_space_group_name_H-M_alt 'P a -3'\n"
SITES = """loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_occupancy
_atom_site_U_iso_or_equiv
Fe1 Fe 0 0 0 1 0.004(1)
S1 S 0.385(3) 0.385(3) 0.385(3) 1 0.006
"""


def read(folder: Path, text: str | bytes) -> Phase:
    file = folder / "test.cif"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_cif(file)


def test_numbers_keep_their_su(tmp_path: Path) -> None:
    phase = read(tmp_path, "data_x\n" + CELL + GROUP + SITES)
    assert (phase.cell.a, phase.cell.a_su) == (5.4, 0.002)
    assert phase.cell.alpha == 90.0
    sulphur = phase.sites[1]
    assert sulphur.fract == (0.385, 0.385, 0.385)
    assert sulphur.fract_su == (0.003, 0.003, 0.003)
    assert phase.sites[0].u_iso_su == 0.001
    assert phase.id == "test"
    assert phase.kind is None


@pytest.mark.parametrize("text", ["'room temperature'", "RT", "25C", "298K"])
def test_words_for_a_temperature_are_left_out(tmp_path: Path, text: str) -> None:
    whole = "data_x\n" + CELL + GROUP + SITES
    with pytest.warns(CifWarning, match=r"_diffrn_ambient_temperature is '.*no number of kelv"):
        phase = read(tmp_path, whole + f"_diffrn_ambient_temperature {text}\n")
    assert phase.temperature is phase.temperature_su is None
    assert len(phase.sites) == 2
    # The other tag may have the number.
    with pytest.warns(CifWarning):
        phase = read(
            tmp_path,
            whole
            + f"_diffrn_ambient_temperature {text}\n_cell_measurement_temperature 293(2)\n",
        )
    assert (phase.temperature, phase.temperature_su) == (293.0, 2.0)


def test_formula_and_z_from_the_sites(tmp_path: Path) -> None:
    phase = read(tmp_path, "data_x\n" + CELL + GROUP + SITES)
    # Fe on 4a, S on 8c: Fe4S8 is Z = 4 of FeS2
    assert phase.formula == "Fe S2"
    assert phase.formula_units == 4


def test_z_from_the_formula(tmp_path: Path) -> None:
    text = "data_x\n" + CELL + GROUP + "_chemical_formula_sum 'Fe2 S4'\n" + SITES
    assert read(tmp_path, text).formula_units == 2


def test_symmetry_by_operations_alone(tmp_path: Path) -> None:
    ops = "loop_\n_symmetry_equiv_pos_as_xyz\n'x, y, z'\n'-x, -y, -z'\n"
    assert read(tmp_path, "data_x\n" + CELL + ops + SITES).space_group.symbol == "P -1"


def test_symmetry_by_number_alone(tmp_path: Path) -> None:
    text = "data_x\n" + CELL + "_symmetry_Int_Tables_number 205\n" + SITES
    assert read(tmp_path, text).space_group.symbol == "P a -3"


def test_symmetry_by_hall_symbol_alone(tmp_path: Path) -> None:
    text = "data_x\n" + CELL + "_space_group_name_Hall '-P 2ac 2ab 3'\n" + SITES
    assert read(tmp_path, text).space_group.symbol == "P a -3"


def test_operations_win_over_another_name(tmp_path: Path) -> None:
    ops = "loop_\n_space_group_symop_operation_xyz\nx,y,z\n-x,-y,-z\n"
    with pytest.warns(SettingWarning, match="is named P a -3; P -1 is taken"):
        phase = read(tmp_path, "data_x\n" + CELL + GROUP + ops + SITES)
    assert phase.space_group.symbol == "P -1"


def test_b_iso_becomes_u_iso(tmp_path: Path) -> None:
    text = SITES.replace("U_iso_or_equiv", "B_iso_or_equiv").replace("0.004(1)", "0.80(8)")
    iron = read(tmp_path, "data_x\n" + CELL + GROUP + text).sites[0]
    # U = B / 8π²
    assert iron.u_iso == pytest.approx(0.8 / (8 * math.pi**2))
    assert iron.u_iso_su == pytest.approx(0.08 / (8 * math.pi**2))


@pytest.mark.parametrize(("letter", "factor"), [("U", 1.0), ("B", 1 / (8 * math.pi**2))])
def test_anisotropic_tensors(tmp_path: Path, letter: str, factor: float) -> None:
    tags = [f"_atom_site_aniso_{letter}_{n}" for n in ("11", "22", "33", "12", "13", "23")]
    loop = "\n".join(["loop_", "_atom_site_aniso_label", *tags])
    text = f"data_x\n{CELL}{GROUP}{SITES}{loop}\nFe1 0.004(1) 0.004 0.004 0.001 0.001 0.001\n"
    iron, sulphur = read(tmp_path, text).sites
    assert iron.u_aniso == pytest.approx([0.004 * factor] * 3 + [0.001 * factor] * 3)
    assert iron.u_aniso_su is not None
    assert iron.u_aniso_su[0] == pytest.approx(0.001 * factor)
    assert iron.u_aniso_su[1] is None
    assert sulphur.u_aniso is None


def test_mixed_sites_become_one(tmp_path: Path) -> None:
    text = SITES.replace("Fe1 Fe 0 0 0 1 0.004(1)", "Fe1 Fe 0 0 0 0.6(1) 0.004\n"
                         "Co1 Co2+ 0 0 0 0.4(1) 0.004")  # fmt: skip
    mixed = read(tmp_path, "data_x\n" + CELL + GROUP + text).sites[0]
    assert [(s.label, s.symbol, s.occupancy) for s in mixed.species] == [
        ("Fe1", "Fe", 0.6),
        ("Co1", "Co2+", 0.4),
    ]


def test_unknown_values_are_absent(tmp_path: Path) -> None:
    text = SITES.replace("0.004(1)", "?").replace("1 0.006", "? .")
    iron, sulphur = read(tmp_path, "data_x\n" + CELL + GROUP + text).sites
    assert iron.u_iso is None
    assert sulphur.occupancy == 1.0


def test_elements_from_labels_when_types_are_missing(tmp_path: Path) -> None:
    text = SITES.replace("_atom_site_type_symbol\n", "").replace("Fe1 Fe", "FE1").replace(
        "S1 S", "S1A")  # fmt: skip
    with pytest.warns(CifWarning, match="taken are Fe from 'FE1'$"):
        phase = read(tmp_path, "data_x\n" + CELL + GROUP + text)
    assert [site.elements for site in phase.sites] == [("Fe",), ("S",)]


def test_cell_only(tmp_path: Path) -> None:
    phase = read(tmp_path, "data_x\n" + CELL + GROUP)
    assert not phase.has_sites
    assert phase.formula is None
    assert phase.volume_per_formula_unit is None
    assert phase.d((2, 0, 0)) == pytest.approx(2.7)


def test_dummy_atoms_are_left_out(tmp_path: Path) -> None:
    text = SITES.replace("_iso_or_equiv\n", "_iso_or_equiv\n_atom_site_calc_flag\n")
    text = text.replace("0.004(1)", "0.004 d").replace("1 0.006", "1 0.006 dum")
    assert len(read(tmp_path, "data_x\n" + CELL + GROUP + text).sites) == 1


@pytest.mark.parametrize("encode", ["utf-8-sig", "latin-1", "crlf"])
def test_encodings(tmp_path: Path, encode: str) -> None:
    text = "data_x\n_publ_author_name 'Müller, A.'\n" + CELL + GROUP + SITES
    data = text.replace("\n", "\r\n").encode() if encode == "crlf" else text.encode(encode)
    assert read(tmp_path, data).provenance.authors == ("Müller, A.",)


def test_accents_of_cif_markup(tmp_path: Path) -> None:
    text = 'data_x\n_publ_author_name "Mentr\\\'e, O."\n' + CELL + GROUP
    assert read(tmp_path, text).provenance.authors == ("Mentré, O.",)


def test_one_of_several_blocks_is_named(tmp_path: Path) -> None:
    text = f"data_one\n{CELL}{GROUP}data_two\n{CELL}{GROUP}{SITES}data_none\n_x y\n"
    file = tmp_path / "two.cif"
    file.write_text(text)
    with pytest.raises(CifError, match="holds 2 structures; name one as block: one, two"):
        read_cif(file)
    assert read_cif(file, block="two").has_sites
    with pytest.raises(InputError, match="has no block 'three'; it has: one, two, none"):
        read_cif(file, block="three")


GOOD = "data_x\n" + CELL + GROUP + SITES


@pytest.mark.parametrize(
    ("text", "error", "sentence"),
    [
        ("A note about a sample.\n", CifError, "is no CIF: line 1"),
        ("", CifError, "holds no data block"),
        ("data_x\n_a b\n", CifError, "has no unit cell: _cell_length_a is missing"),
        (
            GOOD.replace("_cell_length_b", "_cell_length_y"),
            CifError,
            "_cell_length_b is missing",
        ),
        (GOOD.replace("5.400(2)", "?"), CifError, "_cell_length_a is missing"),
        (GOOD.replace("5.400(2)", "nan"), CifError, "'nan', which is no number"),
        (GOOD.replace("5.400(2)", "-5.4"), CellError, "cell a is -5.4"),
        (GOOD.replace(GROUP, ""), CifError, "names no symmetry"),
        (GOOD.replace("P a -3", "P z -3"), SpaceGroupError, "unknown space group 'P z -3'"),
        (GOOD.replace("P a -3", "P 63/m"), CellError, "contradicts the symmetry operations"),
        (GOOD.replace("0 0 0 1 ", "0 0 0 1.2 "), SiteError, "occupancy of site 'Fe1' is 1.2"),
        (GOOD.replace("0 0 0 1 ", "0 0 nan 1 "), CifError, "fract_z of site 'Fe1' is 'nan'"),
        (GOOD.replace("0 0 0 1 ", "0 0 ? 1 "), SiteError, "has no _atom_site_fract_z"),
        (GOOD.replace("Fe1 Fe", "Fe1 Qq"), SiteError, "unknown element 'Qq'"),
        (GOOD + "_cell_formula_units_Z 0\n", CifError, "_cell_formula_units_Z is 0"),
        (GOOD + "_cell_formula_units_Z 1.5\n", CifError, "must be a whole number"),
        (GOOD.replace("S1 S 0.385(3)", "S1 S"), CifError, "is no CIF"),
    ],
)
def test_bad_files_get_one_sentence(
    tmp_path: Path, text: str, error: type[NavpError], sentence: str
) -> None:
    with pytest.raises(error, match=sentence) as caught:
        read(tmp_path, text)
    assert "test.cif" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match="No such file"):
        read_cif(tmp_path / "missing.cif")
    with pytest.raises(InputFileError, match="it is a folder"):
        read_cif(tmp_path)
    with pytest.raises(CifError, match="is no CIF"):
        read(tmp_path, bytes(range(256)) * 20)
    assert issubclass(InputFileError, OSError)


def test_kind_survives_export_and_reading(tmp_path: Path) -> None:
    import navp_structures as navp

    model = navp.load("NaVP")
    again = read_cif(navp.export(model, tmp_path / "m.cif"))
    assert again.kind == "model"
    assert again.reason == model.reason


def test_one_site_without_a_loop(tmp_path: Path) -> None:
    text = (
        f"data_x\n{CELL}_space_group_name_H-M_alt 'F m -3 m'\n_atom_site_label Pt1\n"
        "_atom_site_fract_x 0\n_atom_site_fract_y 0\n_atom_site_fract_z 0\n"
    )
    phase = read(tmp_path, text)
    assert [(s.label, s.elements) for s in phase.sites] == [("Pt1", ("Pt",))]
    assert (phase.formula, phase.formula_units) == ("Pt", 4)


def test_half_a_tensor_is_an_error(tmp_path: Path) -> None:
    tags = ["_atom_site_aniso_label", "_atom_site_aniso_U_11", "_atom_site_aniso_U_22"]
    loop = "\n".join(["loop_", *tags]) + "\nFe1 0.01 0.01\n"
    with pytest.raises(CifError, match="site 'Fe1' has only 2 of six U_ij"):
        read(tmp_path, GOOD + loop)


def test_unknown_tensors_are_absent(tmp_path: Path) -> None:
    tags = [f"_atom_site_aniso_U_{n}" for n in ("11", "22", "33", "12", "13", "23")]
    loop = "\n".join(["loop_", "_atom_site_aniso_label", *tags]) + "\nFe1 ? ? ? ? ? ?\n"
    assert read(tmp_path, GOOD + loop).sites[0].u_aniso is None


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [("Fe2+", "Fe2+"), ("Fe+2", "Fe2+"), ("FE", "Fe"), ("Fe0", "Fe"), ("Fe0+", "Fe0+")],
)
def test_type_symbols(tmp_path: Path, symbol: str, expected: str) -> None:
    phase = read(tmp_path, GOOD.replace("Fe1 Fe ", f"Fe1 {symbol} "))
    assert phase.sites[0].species[0].symbol == expected


def test_tags_in_capitals(tmp_path: Path) -> None:
    text = GOOD.replace("_atom_site_fract_x", "_ATOM_SITE_FRACT_X")
    text = text.replace("_cell_length_a", "_Cell_Length_A")
    assert len(read(tmp_path, text).sites) == 2


def test_tags_with_dots(tmp_path: Path) -> None:
    dotted = GOOD.replace("_cell_", "_cell.").replace("_atom_site_", "_atom_site.")
    dotted = dotted.replace("_space_group_name", "_space_group.name")
    assert dotted.count("_atom_site.") == 7
    assert read(tmp_path, dotted) == read(tmp_path, GOOD)


def test_cartesian_atoms_are_not_silently_dropped(tmp_path: Path) -> None:
    with pytest.raises(CifError, match="Cartesian coordinates only"):
        read(tmp_path, GOOD.replace("_fract_", "_Cartn_"))


def test_a_number_that_contradicts_is_a_warning(tmp_path: Path) -> None:
    with pytest.warns(SettingWarning, match="has the space group number 198; P a -3 is taken"):
        read(tmp_path, GOOD + "_space_group_IT_number 198\n")
    with pytest.warns(SettingWarning, match="is named P a -3; P b c a is taken"):
        read(tmp_path, GOOD + "_space_group_name_Hall '-P 2ac 2ab'\n")
    with pytest.raises(CifError, match=r"the space group number is 205.5"):
        read(tmp_path, GOOD + "_space_group_IT_number 205.5\n")


def test_an_open_origin_choice_contradicts_nothing(tmp_path: Path) -> None:
    import gemmi

    first = gemmi.find_spacegroup_by_name("F d -3 m:1").operations()
    ops = "".join(f"'{op.triplet()}'\n" for op in first)
    text = "data_x\n" + CELL + "_space_group_name_H-M_alt 'F d -3 m'\nloop_\n"
    text += "_space_group_symop_operation_xyz\n" + ops
    assert read(tmp_path, text).space_group.symbol == "F d -3 m:1"


def test_blocks_of_both_dictionaries(tmp_path: Path) -> None:
    dotted = GOOD.replace("data_x", "data_y").replace("_cell_", "_cell.")
    with pytest.raises(CifError, match="holds 2 structures; name one as block: x, y"):
        read(tmp_path, GOOD + dotted)


def test_a_hall_symbol_settles_what_the_name_leaves_open(tmp_path: Path) -> None:
    names = "_space_group_name_H-M_alt 'F d -3 m'\n_space_group_name_Hall 'F 4d 2 3 -1d'\n"
    assert read(tmp_path, "data_x\n" + CELL + names).space_group.symbol == "F d -3 m:1"
    broken = names.replace("F 4d 2 3 -1d", "nonsense")
    assert read(tmp_path, "data_x\n" + CELL + broken).space_group.symbol == "F d -3 m:2"
