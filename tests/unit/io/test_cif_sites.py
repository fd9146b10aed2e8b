"""Sites of a CIF: elements from labels, tensors by label, columns that contradict."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from navp_structures import Phase, check_symmetry, read_cif
from navp_structures.errors import CifError, CifWarning, SiteError

BOX = (
    "data_x\n_cell_length_a 5.1\n_cell_length_b 6.2\n_cell_length_c 7.3\n"
    "_cell_angle_beta 100\n_space_group_name_H-M_alt 'P 1 21/c 1'\n"
)
LABELS = "loop_\n_atom_site_label\n" + "".join(f"_atom_site_fract_{x}\n" for x in "xyz")
TYPES = LABELS.replace("_label\n", "_label\n_atom_site_type_symbol\n")
AXES = ("11", "22", "33", "12", "13", "23")
ANISO = "".join(f"_atom_site_aniso_U_{axis}\n" for axis in AXES)
TWO = BOX + TYPES + "Fe1 Fe .1 .2 .3\nS1 S .6 .2 .3\n"
TENSOR = ".01 .02 .03 .001 .002 .003"


def read(folder: Path, text: str) -> Phase:
    file = folder / "x.cif"
    file.write_text(text)
    return read_cif(file)


def labelled(label: str, formula: str | None) -> str:
    given = f"_chemical_formula_sum '{formula}'\n" if formula else ""
    return f"{BOX}{given}{LABELS}{label} .1 .2 .3\n"


@pytest.mark.parametrize(
    ("label", "formula", "element"),
    [
        ("HO1", "C1 H2 O3", "H"),
        ("CO1", "C1 H2 O3", "C"),
        ("CO2A", "C1 H2 O3", "C"),
        ("CA1", "C1 H2 O3", "C"),
        ("PO", "Na3 O4 P", "P"),
        ("NO3", "K N O3", "N"),
        ("NA1", "Na Cl", "Na"),
        ("NA1", "C2 N", "N"),
        ("Ow1", "H2 O", "O"),
        ("D1", "H2 O", "D"),
        ("Na1", None, "Na"),
        ("Nh1", None, "Nh"),
        ("ZR1", None, "Zr"),
        ("Ow1", None, "O"),
    ],
)
def test_elements_of_labels(
    tmp_path: Path, label: str, formula: str | None, element: str
) -> None:
    assert read(tmp_path, labelled(label, formula)).sites[0].elements == (element,)


@pytest.mark.parametrize("label", ["Wat1", "NH4", "Vac1", "NO3", "PO", "Inv", "Tet1"])
def test_labels_that_the_formula_lacks(tmp_path: Path, label: str) -> None:
    sentence = f"the label '{label}' names no element of the formula 'C1 H2 O3', and its _atom"
    with pytest.raises(CifError, match=sentence):
        read(tmp_path, labelled(label, "C1 H2 O3"))


@pytest.mark.parametrize(
    ("label", "readings"),
    [("NH4", "Nh or N"), ("NO3", "No or N"), ("HO1", "Ho or H"), ("PO1", "Po or P")],
)
def test_labels_in_capitals_of_rare_elements(tmp_path: Path, label: str, readings: str) -> None:
    with pytest.raises(CifError, match=f"the label '{label}' may stand for {readings}, and"):
        read(tmp_path, labelled(label, None))


@pytest.mark.parametrize(
    ("label", "formula", "element"),
    [
        ("CA1", None, "Ca"),
        ("NA1", None, "Na"),
        ("na1", None, "Na"),
        ("CA1", "C Ca O3", "Ca"),
        ("Na1", "C2 N", "N"),
        ("Wat1", None, "W"),
        ("Inv", None, "In"),
    ],
)
def test_labels_that_leave_the_element_open(
    tmp_path: Path, label: str, formula: str | None, element: str
) -> None:
    with pytest.warns(CifWarning, match=f"missing and labels .* {element} from '{label}'$"):
        phase = read(tmp_path, labelled(label, formula))
    assert phase.sites[0].elements == (element,)


def test_a_name_is_no_formula(tmp_path: Path) -> None:
    text = labelled("Na1", None) + "_chemical_formula_structural NVP\n"
    assert read(tmp_path, text).sites[0].elements == ("Na",)


def test_one_warning_for_many_open_labels(tmp_path: Path) -> None:
    rows = "".join(f"NA{n} .{7 * n + 10} .2 .3\n" for n in range(12))
    with pytest.warns(CifWarning, match="Na from 'NA7' and 4 more$") as told:
        read(tmp_path, BOX + LABELS + rows)
    assert len(told) == 1


def test_a_label_of_a_tensor_may_differ_in_case(tmp_path: Path) -> None:
    text = f"{TWO}loop_\n_atom_site_aniso_label\n{ANISO}FE1 {TENSOR}\n"
    iron = read(tmp_path, text).sites[0]
    assert iron.u_aniso == (0.01, 0.02, 0.03, 0.001, 0.002, 0.003)
    # Two sites that only differ in case leave it open.
    twice = text.replace("S1 S", "fe1 Fe")
    with pytest.warns(CifWarning, match="'FE1', which no site is called"):
        assert all(site.u_aniso is None for site in read(tmp_path, twice).sites)


def test_a_tensor_of_no_site_is_told(tmp_path: Path) -> None:
    text = f"{TWO}loop_\n_atom_site_aniso_label\n{ANISO}Fe2 {TENSOR}\nS1 {TENSOR}\n"
    with pytest.warns(CifWarning, match="U_ij or B_ij are given for 'Fe2', which no site"):
        iron, sulphur = read(tmp_path, text).sites
    assert iron.u_aniso is None
    assert sulphur.u_aniso is not None


def test_tensors_without_labels_are_told(tmp_path: Path) -> None:
    text = f"{TWO}loop_\n{ANISO}{TENSOR}\n{TENSOR}\n"
    with pytest.warns(CifWarning, match="2 rows of U_ij have no _atom_site_aniso_label; they"):
        assert all(site.u_aniso is None for site in read(tmp_path, text).sites)


def test_beta_is_told(tmp_path: Path) -> None:
    beta = ANISO.replace("U_", "beta_")
    text = f"{TWO}loop_\n_atom_site_aniso_label\n{beta}Fe1 {TENSOR}\n"
    with pytest.warns(CifWarning, match="_atom_site_aniso_beta_ij have no one meaning"):
        assert read(tmp_path, text).sites[0].u_aniso is None


def test_a_tensor_without_its_first_column(tmp_path: Path) -> None:
    columns = "_atom_site_aniso_U_22\n_atom_site_aniso_U_33\n"
    text = f"{TWO}loop_\n_atom_site_aniso_label\n{columns}Fe1 .01 .01\n"
    with pytest.raises(CifError, match="site 'Fe1' has only 2 of six U_ij"):
        read(tmp_path, text)


def test_tensors_in_the_loop_of_the_sites(tmp_path: Path) -> None:
    text = f"{BOX}{TYPES}{ANISO}Fe1 Fe .1 .2 .3 {TENSOR}\nS1 S .6 .2 .3 ? ? ? ? ? ?\n"
    iron, sulphur = read(tmp_path, text).sites
    assert iron.u_aniso == (0.01, 0.02, 0.03, 0.001, 0.002, 0.003)
    assert sulphur.u_aniso is None


@pytest.mark.parametrize(
    ("kind", "column", "read_it"),
    [("Biso", "U", False), ("Uiso", "B", False), ("Biso", "B", True), ("Uiso", "U", True),
     ("Uani", "U", True), ("?", "B", True)],
)  # fmt: skip
def test_a_type_that_contradicts_the_isotropic_column(
    tmp_path: Path, kind: str, column: str, read_it: bool
) -> None:
    columns = f"_atom_site_{column}_iso_or_equiv\n_atom_site_adp_type\n"
    text = f"{BOX}{TYPES}{columns}Fe1 Fe .1 .2 .3 0.5 {kind}\n"
    if read_it:
        assert read(tmp_path, text).sites[0].u_iso is not None
        return
    with pytest.warns(CifWarning, match="isotropic displacement of 'Fe1' name B and U"):
        assert read(tmp_path, text).sites[0].u_iso is None


@pytest.mark.parametrize(
    "apart",
    [
        "loop_\n_atom_site_occupancy\n0.5\n0.5\n",
        "_atom_site_occupancy 0.5\n",
        "loop_\n_atom_site_U_iso_or_equiv\n0.01\n0.02\n",
    ],
)
def test_columns_apart_from_the_coordinates(tmp_path: Path, apart: str) -> None:
    with pytest.raises(CifError, match="does not stand in the loop of _atom_site_fract_x"):
        read(tmp_path, TWO + apart)


def test_an_unknown_value_apart_says_nothing(tmp_path: Path) -> None:
    assert len(read(tmp_path, TWO + "_atom_site_occupancy ?\n").sites) == 2


def in_group(name: str, rows: str, a: float = 10.0) -> str:
    cell = "".join(f"_cell_length_{x} {a}\n" for x in "abc")
    gamma = "_cell_angle_gamma 120\n" if name.startswith("P 3") else ""
    columns = f"{TYPES}_atom_site_occupancy\n"
    return f"data_x\n{cell}{gamma}_space_group_name_H-M_alt '{name}'\n{columns}{rows}"


@pytest.mark.parametrize(
    ("name", "rows", "words"),
    [
        # 1/3 - 0.33 on both sides of the threefold axis: 10 Å (1/300) √3 √3.
        ("P 3", "O1 O .33 .67 .1 1\n", "'O1' and an image of it are 0.100 Å apart"),
        ("P 1", "O1 O .1234 .2 .3 1\nO2 O .1239 .2 .3 1\n", "'O1' and 'O2' are 0.005 Å"),
        ("P 1", "O1 O .999 .2 .3 1\nO2 O .019 .2 .3 1\n", "'O1' and 'O2' are 0.200 Å"),
        ("P -1", "O1 O .1 .2 .3 .6\nV1 V -.12 -.2 -.3 .5\n", "'O1' and 'V1' are 0.200 Å"),
        ("P 1", "O1 O .1 .2 .3 .5\nO2 O .12 .2 .3 .5\n", ""),
        ("P 1", "O1 O .1 .2 .3 1\nO2 O .131 .2 .3 1\n", ""),
        ("P 1", "O1 O .1 .2 .3 .5\nV1 V .1 .2 .3 .5\n", ""),
        ("P 1", "O1 O .1 .2 .3 1\n", ""),
    ],
)
def test_atoms_nearly_in_one_place(tmp_path: Path, name: str, rows: str, words: str) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        read(tmp_path, in_group(name, rows))
    assert len(told) == bool(words)
    for warning in told:
        assert warning.category is CifWarning
        assert words in str(warning.message)
        assert "apart and both filled; a coordinate or an occupancy is wrong" in str(
            warning.message
        )


# P 2(1)/c: four operations; O1 in general position, Fe1 on the inversion centre.
def multiplied(tag: str, oxygen: int, iron: int) -> str:
    columns = f"_atom_site_{tag}\n"
    return f"{BOX}{TYPES}{columns}O1 O .1 .2 .3 {oxygen}\nFe1 Fe 0 0 0 {iron}\n"


@pytest.mark.parametrize(
    ("tag", "oxygen", "iron", "words"),
    [
        ("symmetry_multiplicity", 4, 2, ""),
        ("symmetry_multiplicity", 1, 2, ""),
        ("symmetry_multiplicity", 3, 2, "O1 has 4 positions, the source says 3"),
        ("site_symmetry_multiplicity", 4, 2, ""),
        ("site_symmetry_multiplicity", 1, 2, "O1 has 4 positions, the source says 1"),
        ("site_symmetry_order", 1, 2, ""),
        ("site_symmetry_order", 4, 2, "site symmetry of O1 has the order 1, the source says 4"),
    ],
)
def test_multiplicity_or_order(
    tmp_path: Path, tag: str, oxygen: int, iron: int, words: str
) -> None:
    found = check_symmetry(read(tmp_path, multiplied(tag, oxygen, iron))).findings
    told = [f.message for f in found if "positions" in f.message or "order" in f.message]
    assert len(told) == bool(words)
    assert words in "".join(told)


def test_an_order_under_the_older_tag_is_no_multiplicity(tmp_path: Path) -> None:
    oxygen, iron = read(tmp_path, multiplied("symmetry_multiplicity", 1, 2)).sites
    assert (oxygen.multiplicity, oxygen.symmetry_order) == (None, 1)
    assert (iron.multiplicity, iron.symmetry_order) == (2, None)


def test_neither_type_nor_label_is_still_refused(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(SiteError, match="unknown element"):
            read(tmp_path, labelled("?", "Fe S2"))
