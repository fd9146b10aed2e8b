"""Odd CIFs, written by hand: what is wrong is said, what is only odd is read right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import navp_structures as navp
from navp_structures.errors import (
    CellError,
    CifError,
    InputFileError,
    SettingWarning,
    SiteError,
    SpaceGroupError,
)

Read = Callable[[str, bytes | str], Any]

CELL = (
    "data_x\n_cell_length_a 8.73(2)\n_cell_length_b 8.73(2)\n_cell_length_c 21.8\n"
    "_cell_angle_gamma 120\n"
)
GROUP = "_space_group_name_H-M_alt 'R -3 c'\n"
SITES = (
    "loop_\n_atom_site_label\n_atom_site_type_symbol\n_atom_site_fract_x\n"
    "_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_occupancy\n"
    "V1 V 0 0 0.147 1\nNa1 Na 0 0 0 0.8(1)\n"
)
GOOD = CELL + GROUP + SITES
ANISO = "loop_\n_atom_site_aniso_label\n" + "".join(
    f"_atom_site_aniso_U_{axis}\n" for axis in ("11", "22", "33", "12", "13", "23")
)
BOX = "data_x\n_cell_length_a 5\n_cell_length_b 6\n_cell_length_c 7\n"


def put(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def operations(*rows: str, tag: str = "_symmetry_equiv_pos_as_xyz") -> str:
    return f"loop_\n{tag}\n" + "".join(f"'{row}'\n" for row in rows)


def of_group(name: str, angle: str = "") -> str:
    return f"{BOX}{angle}_space_group_name_H-M_alt '{name}'\n"


# Twelve V in 12c (0, 0, z), six Na in 6b (0, 0, 0) of occupancy 0.8.
SAME = {
    "as it is": GOOD,
    "BOM": "\ufeff" + GOOD,
    "CRLF": GOOD.replace("\n", "\r\n"),
    "old Mac": GOOD.replace("\n", "\r"),
    "both line ends": GOOD.replace("\n", "\r\n", 5),
    "Latin-1": (GOOD + "_publ_author_name 'Andr\xe9'\n").encode("latin-1"),
    "no last line end": GOOD.rstrip(),
    "tabs": GOOD.replace(" ", "\t"),
    "indented": GOOD.replace("\n", "\n   "),
    "empty lines": GOOD.replace("\n", "\n\n").replace("\n\n_atom", "\n\n\n_atom"),
    "a line of 100,000 blanks": put("\nV1", "\n" + " " * 100_000 + "V1"),
    "values in the next lines": put("_a 8.73(2)", "_a\n\n  8.73(2)"),
    "a value as a text": put("_a 8.73(2)", "_a\n;8.73(2)\n;"),
    "a value in quotes": put("8.73(2)", "'8.73(2)'"),
    "an exponent": put("8.73(2)", "0.873e1(2)"),
    "a plus": put("8.73(2)", "+8.73(2)"),
    "capitals": GOOD.replace("_cell_length", "_CELL_LENGTH").replace("data_", "DATA_"),
    "tags with dots": GOOD.replace("_cell_", "_cell.").replace("_site_", "_site."),
    "no name of the block": put("data_x", "data_"),
    "another loop behind": GOOD + "loop_\n_a\n1\nloop_\n_b\n2\n",
    "stop_": GOOD + "stop_\n",
    "a save frame": GOOD + "save_a\n_b 1\nsave_\n",
    "global_": "global_\n_a 1\n" + GOOD,
    "no occupancy": put("0.147 1\n", "0.147 ?\n"),
    "occupancy that does not apply": put("0.147 1\n", "0.147 .\n"),
    "type unknown": put("V1 V ", "V1 ? "),
    "label unknown": put("V1 V ", "? V "),
    "type in lower case": put("V1 V ", "V1 v "),
    "type in capitals": put("Na1 Na ", "Na1 NA "),
    "charge before the sign": put("V1 V ", "V1 V3+ "),
    "charge behind the sign": put("V1 V ", "V1 V+3 "),
    "Z unknown": GOOD + "_cell_formula_units_Z ?\n",
    "formula unknown": GOOD + "_chemical_formula_sum ?\n",
    "legacy tags": CELL + "_symmetry_space_group_name_H-M 'R -3 c'\n" + SITES,
    "legacy number": CELL + "_symmetry_Int_Tables_number 167\n" + SITES,
    "legacy name unknown": CELL
    + "_symmetry_space_group_name_H-M ?\n_space_group_IT_number 167\n"
    + SITES,
    "name without blanks": CELL + "_symmetry_space_group_name_H-M R-3c\n" + SITES,
    "name with underscores": CELL + "_symmetry_space_group_name_H-M R_-3_c\n" + SITES,
    "name in lower case": CELL + "_symmetry_space_group_name_H-M 'r -3 c'\n" + SITES,
    "name with its axes": CELL + "_symmetry_space_group_name_H-M 'R -3 c H'\n" + SITES,
    "operations unknown": CELL + GROUP + operations("?").replace("'", "") + SITES,
    "the same tensor twice": GOOD + ANISO + 2 * "V1 .01 .01 .01 .005 0 0\n",
}


@pytest.mark.parametrize("case", SAME)
def test_odd_but_right(read: Read, case: str) -> None:
    phase = read("x.cif", SAME[case])
    assert isinstance(phase, navp.Phase), phase
    assert (phase.cell.a, phase.cell.a_su, phase.cell.c) == (8.73, 0.02, 21.8)
    assert (phase.space_group.number, phase.formula) == (167, "Na4.8 V12")
    (vanadium, sodium) = phase.sites
    assert (vanadium.fract, vanadium.occupancy) == ((0.0, 0.0, 0.147), 1.0)
    assert (sodium.occupancy, sodium.species[0].occupancy_su) == (0.8, 0.1)


READ = {
    "occupancy of 0": (put("0.147 1\n", "0.147 0\n"), "R -3 c:H", "Na4.8"),
    "nothing anywhere": (GOOD.replace(" 1\n", " 0\n").replace("0.8(1)", "0"), "R -3 c:H", None),
    # 12 places, half V and half Fe.
    "two halves in one place": (
        put("0.147 1\n", "0.147 0.5\n") + "Fe1 Fe 0 0 0.147 0.5\n",
        "R -3 c:H",
        "Fe6 Na4.8 V6",
    ),
    "operations in decimals": (
        CELL + operations("x,y,z", "-x,-y,z+0.5") + SITES,
        "P 1 1 21",
        "Na1.6 V2",
    ),
    "operations of rounded thirds": (
        CELL + operations("x,y,z", "-y,x-y,z+0.3333", "-x+y,-x,z+0.6667") + SITES,
        "P 31",
        "Na2.4 V3",
    ),
    "operations of thirds in single precision": (
        CELL + operations("x,y,z", "-y,x-y,z+0.33333334", "-x+y,-x,z+0.6666667") + SITES,
        "P 31",
        "Na2.4 V3",
    ),
    "operations in capitals": (
        CELL + operations("X, Y, Z", "-X, -Y, -Z") + SITES,
        "P -1",
        "Na0.8 V2",
    ),
    "an operation twice": (
        CELL + operations("x,y,z", "x,y,z", "-x,-y,-z") + SITES,
        "P -1",
        "Na0.8 V2",
    ),
    "unique axis c": (of_group("P 1 1 21/b", "_cell_angle_gamma 100\n"), "P 1 1 21/b", None),
    "F cell of a monoclinic": (
        of_group("F 1 2/m 1", "_cell_angle_beta 100\n"),
        "F 1 2/m 1",
        None,
    ),
    "A 1 2/n 1": (of_group("A 1 2/n 1", "_cell_angle_beta 92\n"), "A 1 2/n 1", None),
    "short name": (of_group("I 2/a", "_cell_angle_beta 92\n"), "I 1 2/a 1", None),
    "rhombohedral axes": (
        "data_x\n"
        + "".join(f"_cell_length_{n} 8.6\n" for n in "abc")
        + "".join(f"_cell_angle_{n} 61\n" for n in ("alpha", "beta", "gamma"))
        + GROUP,
        "R -3 c:R",
        None,
    ),
    "a loop without rows": (CELL + GROUP + SITES.partition("V1")[0], "R -3 c:H", None),
}


@pytest.mark.parametrize("case", READ)
def test_other_settings_and_contents(read: Read, case: str) -> None:
    content, group, formula = READ[case]
    phase = read("x.cif", content)
    assert isinstance(phase, navp.Phase), phase
    assert (phase.space_group.symbol, phase.formula) == (group, formula)


WARNED = {
    "two names": (GOOD + "_symmetry_space_group_name_H-M 'R 3 c'\n", "is named R 3 c"),
    "operations of another group": (
        CELL + GROUP + operations("x,y,z", "-x,-y,-z") + SITES,
        "is named R -3 c; P -1 is taken",
    ),
    "two lists of operations": (
        CELL
        + operations("x,y,z", "-x,-y,-z", tag="_space_group_symop_operation_xyz")
        + operations("x,y,z")
        + SITES,
        "two lists of operations, which differ; P -1 is taken",
    ),
    "another number": (GOOD + "_space_group_IT_number 161\n", "has the space group number 161"),
}


@pytest.mark.parametrize("case", WARNED)
def test_contradictions_are_told(tmp_path: Any, case: str) -> None:
    content, sentence = WARNED[case]
    (tmp_path / "x.cif").write_text(content)
    with pytest.warns(SettingWarning, match=sentence):
        navp.read_cif(tmp_path / "x.cif")


REFUSED = {
    "nothing": ("", CifError, "no data block"),
    "a BOM alone": ("\ufeff", CifError, "no data block"),
    "empty lines alone": ("\n\n", CifError, "no data block"),
    "a comment alone": ("# x\n", CifError, "no data block"),
    "UTF-16": (GOOD.encode("utf-16"), CifError, "zero bytes"),
    "zero bytes behind": (GOOD + "\0\0", CifError, "zero bytes"),
    "binary": (bytes(range(256)) * 40, CifError, "zero bytes"),
    "compressed": (b"\x1f\x8b\x08 abc", CifError, "is no CIF"),
    "a web page": ("<!DOCTYPE html><html>404</html>", CifError, "block header"),
    "a POSCAR": ("x\n1.0\n1 0 0\n0 1 0\n0 0 1\n", CifError, "block header"),
    "no data_": (GOOD[7:], CifError, "block header"),
    "words in front": ("hello\n" + GOOD, CifError, "block header"),
    "words behind": (GOOD + "hello world\n", CifError, "Wrong number of values"),
    "Control-Z behind": (GOOD + "\x1a", CifError, "parse error"),
    "cut in a tag": (GOOD[:40], CifError, "parse error"),
    "cut before the group": (CELL, CifError, "names no symmetry"),
    "half a row": (GOOD + "P1 P 0.3\n", CifError, "Wrong number of values"),
    "an open text": (GOOD + "_publ_section_title\n;abc\n", CifError, "unterminated"),
    "an open quote": (GOOD + "_publ_section_title 'abc\n", CifError, "unterminated"),
    "a tag without value": (GOOD + "_publ_section_title\n", CifError, "has no value"),
    "an open save frame": (GOOD + "save_a\n_b 1\n", CifError, "parse error"),
    "a tag twice": (GOOD + "_cell_length_a 9\n", CifError, "line 16: duplicate tag"),
    "a tag twice, in capitals": (GOOD + "_CELL_LENGTH_A 9\n", CifError, "duplicate tag"),
    "a column twice": (
        put("_occupancy\n", "_occupancy\n_atom_site_occupancy\n"),
        CifError,
        "Wrong number of values",
    ),
    "a block twice": (GOOD + GOOD, CifError, "duplicate block name: x"),
    "two structures": (GOOD + GOOD.replace("data_x", "data_y"), CifError, "x, y"),
    "no loop_": (put("loop_\n", ""), CifError, "parse error"),
    "a loop without tags": (CELL + GROUP + "loop_\n1 2 3\n", CifError, "parse error"),
    "a loop in a loop": (CELL + GROUP + "loop_\nloop_\n_a\n1\n", CifError, "parse error"),
    "1000 loops in each other": (CELL + "loop_\n" * 1000 + "_a\n1\n", CifError, "parse error"),
    "a column missing": (put("_atom_site_fract_x\n", ""), CifError, "Wrong number of values"),
    "length unknown": (put("8.73(2)", "?"), CifError, "_cell_length_a is missing"),
    "length that does not apply": (put("8.73(2)", "."), CifError, "_cell_length_a is missing"),
    "no b": (put("_cell_length_b 8.73(2)\n", ""), CifError, "_cell_length_b is missing"),
    "decimal comma": (put("8.73(2)", "8,73(2)"), CifError, "'8,73(2)', which is no number"),
    "su without digits": (put("8.73(2)", "8.73()"), CifError, "no number"),
    "su of a point": (put("8.73(2)", "8.73(.)"), CifError, "no number"),
    "an open su": (put("8.73(2)", "8.73(2"), CifError, "no number"),
    "su apart": (put("8.73(2)", "'8.73 (2)'"), CifError, "no number"),
    "a unit": (put("8.73(2)", "'8.73 A'"), CifError, "no number"),
    # Decimals do not count so far: it was an Overflow.
    "two million digits": (put("8.73(2)", "8" * 2_000_000), CellError, "cell a is inf"),
    "a length below 0": (put("8.73(2)", "-8.73"), CellError, "positive"),
    "a length of 0": (put("8.73(2)", "0"), CellError, "positive"),
    "a length in pm": (put("8.73(2)", "873"), CellError, "contradicts the symmetry"),
    "no gamma": (put("_cell_angle_gamma 120\n", ""), CellError, "contradicts the symmetry"),
    "gamma in radians": (put("gamma 120", "gamma 2.0944"), CellError, "contradicts"),
    "a is not b": (put("_b 8.73(2)", "_b 9.1"), CellError, "contradicts the symmetry"),
    "angles of the other axes": (
        CELL + "_space_group_name_H-M_alt 'R -3 c :R'\n",
        CellError,
        "contradicts the symmetry operations of R -3 c:R",
    ),
    "the wrong unique axis": (
        of_group("P 21/c", "_cell_angle_gamma 100\n"),
        CellError,
        "contradicts the symmetry operations of P 1 21/c 1",
    ),
    "an unknown setting": (of_group("P 1 21/q 1"), SpaceGroupError, "nearest: P 1 21/n 1"),
    "an unknown way to name axes": (of_group("R -3 c HEX"), SpaceGroupError, "R -3 c:H"),
    "group 0": (CELL + "_space_group_IT_number 0\n", SpaceGroupError, "between 1 and 230"),
    "group 231": (CELL + "_space_group_IT_number 231\n", SpaceGroupError, "between 1 and 230"),
    "a word as a number": (CELL + "_space_group_IT_number R-3c\n", CifError, "no number"),
    "all names unknown": (CELL + "_symmetry_space_group_name_H-M ?\n", CifError, "no symmetry"),
    "two coordinates": (CELL + operations("x,y"), SpaceGroupError, "no symmetry operation"),
    "other letters": (CELL + operations("a,b,c"), SpaceGroupError, "x,y,z is missing"),
    "a doubled axis": (CELL + operations("x,y,z", "2x,y,z"), SpaceGroupError, "no symmetry"),
    "a fraction of 0": (CELL + operations("x,y,z", "x+1/0,y,z"), SpaceGroupError, "x+1/0"),
    # They were moved to 5/24, 7/24 and 1/3.
    "a shift of 0.21": (
        CELL + operations("x,y,z", "-x+0.21,-y,-z"),
        SpaceGroupError,
        "'-x+0.21,-y,-z' is no symmetry operation: 0.21 is no rounded shift",
    ),
    "a shift of 0.3": (CELL + operations("x,y,z", "-x,-y,-z+0.3"), SpaceGroupError, "0.3 is"),
    "a shift of 0.334": (
        CELL + operations("x,y,z", "-y,x-y,z+.334", "-x+y,-x,z+.667"),
        SpaceGroupError,
        ".334 is no rounded shift",
    ),
    # They were read as P 32 and P 3 1 2.
    "a name without its end": (of_group("P 3 2"), SpaceGroupError, "nearest: P 32, P 4 3 2"),
    "a screw axis without its end": (of_group("P 31 2"), SpaceGroupError, "P 31 2 1"),
    "no identity": (CELL + operations("-x,-y,-z"), SpaceGroupError, "x,y,z is missing"),
    "no group": (CELL + operations("x,y,z", "-y,x,z"), SpaceGroupError, "closing them gives 4"),
    "operations of another cell": (
        CELL + operations("x,y,z", "-y,x,z", "-x,-y,z", "y,-x,z"),
        CellError,
        "contradicts the symmetry operations of P 4",
    ),
    "operations without quotes": (
        CELL + "loop_\n_symmetry_equiv_pos_as_xyz\nx, y, z\n",
        SpaceGroupError,
        "'x,' is no symmetry operation",
    ),
    "occupancy of 1.2": (put("0.147 1\n", "0.147 1.2\n"), SiteError, "cannot be above 1"),
    "occupancy below 0": (put("0.147 1\n", "0.147 -0.1\n"), SiteError, "between 0 and 1"),
    "occupancy of 80": (put("0.147 1\n", "0.147 80\n"), SiteError, "cannot be above 1"),
    "occupancy of 80%": (put("0.147 1\n", "0.147 80%\n"), CifError, "no number"),
    "occupancy with a comma": (put("0.8(1)", "0,8(1)"), CifError, "no number"),
    "occupancy nan": (put("0.8(1)", "nan"), CifError, "no number"),
    "coordinate unknown": (put("0 0 0.147", "? 0 0.147"), SiteError, "no _atom_site_fract_x"),
    "coordinate as a fraction": (put("0 0 0.147", "1/3 0 0.147"), CifError, "no number"),
    "coordinate inf": (put("0 0 0.147", "inf 0 0.147"), CifError, "no number"),
    "a long minus": (put("0 0 0.147", "0 0 \u22120.147"), CifError, "is no CIF"),
    "atoms on each other": (GOOD + "V2 V 0 0 0.147 1\n", SiteError, "cannot be above 1"),
    # 0.353 is 1/2 - 0.147, of the same orbit.
    "atoms on an image": (GOOD + "V2 V 0 0 0.353 1\n", SiteError, "V1 and V2 share a position"),
    "an unknown element": (put("V1 V ", "V1 Qq "), SiteError, "unknown element 'Qq'"),
    "a number as an element": (put("V1 V ", "V1 23 "), SiteError, "unknown element '23'"),
    "Roman digits": (put("V1 V ", "V1 V(III) "), SiteError, "unknown element 'V(III)'"),
    # It was nitrogen, from "number 1", which stands for the label in messages.
    "neither label nor type": (put("V1 V ", "? ? "), SiteError, "unknown element"),
    "two tensors": (
        GOOD + ANISO + "V1 .01 .01 .01 0 0 0\nV1 .02 .01 .01 0 0 0\n",
        CifError,
        "two different U_ij or B_ij are given for site 'V1'",
    ),
    "a tensor of two sites": (
        GOOD + "V1 V 0 0 0.4 1\n" + ANISO + "V1 .01 .01 .01 0 0 0\n",
        CifError,
        "2 sites are called 'V1'",
    ),
    # Intensities were not a number.
    "U far below 0": (
        put("_atom_site_occupancy", "_atom_site_U_iso_or_equiv").replace("0.8(1)", "-1e300"),
        SiteError,
        "site 'Na1' has a displacement U of -1e+300",
    ),
    "U_ij alone": (GOOD + ANISO + "V1 0 0 0 9 0 0\n", SiteError, "displacement U of"),
    "Z of 0": (GOOD + "_cell_formula_units_Z 0\n", CifError, "whole number above 0"),
    "Z of 5.5": (GOOD + "_cell_formula_units_Z 5.5\n", CifError, "whole number above 0"),
    "below 0 K": (GOOD + "_diffrn_ambient_temperature -5\n", CifError, "finite number from 0"),
    "too large": (GOOD + "#" * 10_000_000, InputFileError, "more than 10000000"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_is_said(read: Read, case: str) -> None:
    content, error, words = REFUSED[case]
    found = read("x.cif", content)
    assert type(found) is error, found
    assert words in str(found)
