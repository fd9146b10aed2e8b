"""Tables of measured values: how people write them, and one sentence for the others."""

from __future__ import annotations

import math
import re

import pytest

from navp_structures.errors import InputError
from navp_structures.io.spacing_headings import read_heading, unit_of
from navp_structures.io.spacing_table import read_table

TWO = [0.254, 0.2992]

DIALECTS = {
    "commas": "d (nm),I\n0.254,100\n0.2992,50\n",
    "commas and blanks": "d (nm), I\n0.254, 100\n0.2992, 50\n",
    "semicolons": "d/nm;I\n0.254;100\n0.2992;50\n",
    "decimal commas": "d/nm;I\n0,254;100\n0,2992;50\n",
    "tabs": "d [nm]\tI\n0.254\t100\n0.2992\t50\n",
    "tabs, decimal commas": "d [nm]\tI\n0,254\t100\n0,2992\t50\n",
    "blanks": "  d (nm)  I\n0.254   100\n 0.2992  50\n",
    "blanks in headings": "d / nm   Intensity (a.u.)\n0.254 100\n0.2992 50\n",
    "spreadsheet": "sep=;\r\nd (nm);I\r\n0,254;100\r\n0,2992;50\r\n;\r\n;\r\n",
    "quotes": '"d (nm)","I"\n"0.254","100"\n"0.2992","50"\n',
    "comments": "# FFT of 12.dm4\n! by hand\n\nd (nm),I\n# first\n0.254,100\n0.2992,50\n",
    "byte order mark": "\ufeffd (nm),I\n0.254,100\n0.2992,50\n",
    "no last line end": "d (nm),I\n0.254,100\n0.2992,50",
    "more separators than cells": "d (nm),I\n0.254,100,,\n0.2992,50,,\n",
    "empty columns": "d (nm),I,\n0.254,100,\n0.2992,50,\n",
    "names of people": "no,d_obs (nm),Intensity,comment\n1,0.254,100,a b\n2,0.2992,50,\n",
    "old Mac": "d (nm),I\r0.254,100\r0.2992,50\r",
}


@pytest.mark.parametrize("content", DIALECTS.values(), ids=DIALECTS)
def test_dialects(content: str) -> None:
    found = read_table(content, source="fft.csv")
    assert (found.kind, found.units, found.quantity) == ("spacings", "nm", "d")
    assert found.values.tolist() == TWO
    assert found.intensities is not None
    assert found.intensities.tolist() == [100.0, 50.0]
    assert (found.sigma, found.labels, dict(found.angles)) == (None, (), {})
    assert found.source == "fft.csv"


@pytest.mark.parametrize("content", ["2.54\n2.992\n", "2.54\n2.992\n\n\n", "# d\n 2.54\n2.992"])
def test_without_a_heading_only_the_numbers_are_known(content: str) -> None:
    found = read_table(content)
    assert (found.kind, found.units, found.quantity) == ("spacings", None, None)
    assert found.values.tolist() == [2.54, 2.992]


@pytest.mark.parametrize(
    ("heading", "kind", "units", "quantity"),
    [
        ("d", "spacings", None, "d"),
        ("d/A", "spacings", "A", "d"),
        ("d / Å", "spacings", "A", "d"),
        ("d (\u212b)", "spacings", "A", "d"),
        ("D-spacing [Angstrom]", "spacings", "A", "d"),
        ("d/nm", "spacings", "nm", "d"),
        ("g", "spacings", None, "g"),
        ("g / 1/nm", "spacings", "1/nm", "g"),
        ("g (nm^-1)", "spacings", "1/nm", "g"),
        ("1/d", "spacings", None, "g"),
        ("1/d / 1/A", "spacings", "1/A", "g"),
        ("1/d (Å⁻¹)", "spacings", "1/A", "g"),
        ("q", "spacings", "q", "q"),
        ("q (1/Å)", "spacings", "q", "q"),
        ("two_theta", "powder", "two_theta", "two_theta"),
        ("2theta", "powder", "two_theta", "two_theta"),
        ("2 Theta (deg)", "powder", "two_theta", "two_theta"),
        ("2θ [°]", "powder", "two_theta", "two_theta"),
        ("2ϑ", "powder", "two_theta", "two_theta"),
        ("tth", "powder", "two_theta", "two_theta"),
    ],
)
def test_headings_of_values(
    heading: str, kind: str, units: str | None, quantity: str | None
) -> None:
    found = read_table(f"{heading}\n2.5\n")
    assert (found.kind, found.units, found.quantity) == (kind, units, quantity)


@pytest.mark.parametrize(
    ("headings", "units", "quantity"),
    [
        ("x,y", None, None),
        ("x (px),y (px)", "px", "px"),
        ("gx / 1/nm,gy / 1/nm", "1/nm", "g"),
        ("gx,gy", None, "g"),
        ("X [1/A],Y [1/A]", "1/A", "g"),
    ],
)
def test_spots(headings: str, units: str | None, quantity: str | None) -> None:
    found = read_table(f"{headings},I\n1.5,-2,10\n0,3,\n")
    assert (found.kind, found.units, found.quantity) == ("spots", units, quantity)
    assert found.values.tolist() == [[1.5, -2.0], [0.0, 3.0]]
    assert found.intensities is not None
    assert found.intensities[0] == 10
    assert math.isnan(found.intensities[1])


def test_su_in_brackets_and_in_columns() -> None:
    found = read_table("d (A)\n2.54(2)\n2.992\n")
    assert found.sigma is not None
    assert found.sigma[0] == 0.02
    assert math.isnan(found.sigma[1])
    # In the unit of the values, and in per cent of them: 2.5 * 2 / 100 = 0.05.
    for column in ("su", "sigma", "σ (A)"):
        sigma = read_table(f"d (A),{column}\n2.5,0.05\n").sigma
        assert sigma is not None
        assert sigma.tolist() == [0.05]
    sigma = read_table("d (A);sigma / %\n2,5;2\n").sigma
    assert sigma is not None
    assert sigma.tolist() == [0.05]


@pytest.mark.parametrize(
    ("content", "labels"),
    [
        ('d (A),hkl\n1.88,"(4, -2, 6)"\n1.895,\n', ("(4, -2, 6)", None)),
        ("d (A),hkl\n1.88,(4,-2,6)\n1.895,1-35\n", ("(4,-2,6)", "1-35")),
        ("label  d (A)\n(4 -2 6)  1.88\n(1 -3 5)  1.895\n", ("(4 -2 6)", "(1 -3 5)")),
        ('hkl;d (A)\n"a ""b"" ; c";1,88\n;1,895\n', ('a "b" ; c', None)),
    ],
)
def test_labels_are_kept_as_written(content: str, labels: tuple[str | None, ...]) -> None:
    found = read_table(content)
    assert (found.labels, found.values.tolist()) == (labels, [1.88, 1.895])


def test_angles() -> None:
    assert dict(read_table("d,angle (deg)\n2.5,55.2\n2.9,\n").angles) == {(0, 1): 55.2}
    assert dict(read_table("d,angle\n2.5,55.2\n2.9,55.2\n").angles) == {(0, 1): 55.2}
    found = read_table("d,angle to 1,angle to 2 (°)\n2.5,0,\n2.9,55.2,0\n3,66,11\n")
    assert dict(found.angles) == {(0, 1): 55.2, (0, 2): 66.0, (1, 2): 11.0}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "it holds no data; a heading such as 'd (A)' and numbers are expected"),
        ("# d\n", "it holds no data"),
        ("d (nm)\n;\n", "line 2 is ';': ';' in the column 'd(nm)' is no number"),
        ("d (nm);I\n;\n", "it holds headings, but no data below line 1"),
        (
            "2.54,100\n",
            "line 1 is '2.54,100', which has no heading to say what the columns are",
        ),
        ("2.54 100\n", "which has no heading"),
        ("2,54\n", "line 1 is '2,54', whose comma may be a decimal mark or a separator"),
        ("abc\n", "line 1 is 'abc': the heading 'abc' is unknown; known are d, g"),
        (
            "d (pm)\n1\n",
            "the unit 'pm' of the column 'd(pm)' is not understood; it may be A or",
        ),
        ("q (1/nm)\n1\n", "it may be 1/A"),
        ("2theta (rad)\n1\n", "it may be deg"),
        ("x (nm),y (nm)\n1,2\n", "it may be 1/A or 1/nm or px"),
        ("d,d (nm)\n1,2\n", "the columns 'd' and 'd(nm)' say the same; keep one"),
        ("d,2theta\n1,2\n", "the columns are d, two_theta; exactly one of d, g, q and 2theta"),
        ("I,hkl\n1,(1 0 0)\n", "the columns are intensity, label; exactly one of d"),
        ("x,I\n1,2\n", "spots need both columns, x and y; one is missing"),
        ("x (px),y (1/A)\n1,2\n", "the columns 'x(px)' and 'y(1/A)' must have one unit"),
        ("x,y\n1(2),2\n", "line 2 is '1(2),2': coordinates have no su in brackets"),
        ("d,I\n2.5\n", "line 2 is '2.5', 1 cell separated by commas; there are 2 headings"),
        ("d (A)\tI\n2.5,3\n", "1 cell separated by tabs; there are 2 headings"),
        ("d,I\n2.5,3,4\n", "3 cells separated by commas; there are 2 headings"),
        ("d,I\n,3\n", "line 2 is ',3', without a number in the column 'd'"),
        ("d,I\n2.5,3\n-2,3\n", "line 3 is '-2,3': -2 is not positive"),
        ("d,I\n2.5,nan\n", "'nan' in the column 'I' is no number with '.' as decimal mark"),
        ("d\n1e999\n", "'1e999' in the column 'd' is no number"),
        ("d,I\n2.5,1_0\n", "'1_0' in the column 'I' is no number"),
        ("d;I\n1.234;12,345\n", "'12,345' in the column 'I' is no number with '.'"),
        ("d;I\n1.234,5;1\n", "'1.234,5' in the column 'd' is no number with '.'"),
        ('d,I\n2.5,"3\n', "line 2: '2.5,\"3' lacks a closing \""),
        ("2.5(1\n", "line 1 is '2.5(1': '2.5(1' lacks a closing )"),
        ("d (A,I\n2,3\n", "line 1 is 'd (A,I': 'd(A,I' lacks a closing )"),
        ("d (A),sigma\n2.5(1),0.2\n", "su stand in brackets and in the column 'sigma'"),
        ("d (A),sigma (nm)\n2.5,0.2\n", "must be in the unit of the values, A, or in %"),
        ("d,sigma (nm)\n2.5,0.2\n", "the unit of the values, which is not given, or in %"),
        ("d,sigma\n2.5,0\n", "sigma of value 1 is 0; it must be positive"),
        ("d (A),sigma (%)\n1.8,-1\n", "sigma(%) of value 1 is -1; it must be positive"),
        ("d,angle\n1,2\n2,3\n", "'angle' does not say between which values"),
        (
            "d,angle\n1,2\n2,2\n3,2\n",
            "with other than two rows and one angle write 'angle to 1'",
        ),
        ("d,angle to 9\n1,2\n2,3\n", "names a row beyond the last"),
        ("d\n\0\n", "it holds zero bytes"),
        ("d,I\n2.5,\x1b[31m3]\n", r"line 2 is '2.5,\x1b[31m3]'"),
    ],
)
def test_what_is_no_table_is_refused(content: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        read_table(content)
    assert sentence in str(caught.value)
    assert str(caught.value).isprintable()


def test_long_tables_are_refused() -> None:
    assert len(read_table("d\n" + "2.5\n" * 100_000)) == 100_000
    with pytest.raises(InputError, match="100001 values; it may have at most 100000"):
        read_table("d\n" + "2.5\n" * 100_001)
    with pytest.raises(InputError, match="it has 200001 lines; at most 100000 values"):
        read_table("\n".join(["2.5"] * 200_001))


def test_separator_that_comes_first_can_be_chosen() -> None:
    tabs = "d (A)\thkl\n2.5\t1;2;3\n"
    assert read_table(tabs, separators=("\t", ";", ",", " ")).labels == ("1;2;3",)


def test_heading_and_unit() -> None:
    heading = read_heading("angle to 12 [°]")
    assert (heading.role, heading.unit, heading.to_row) == ("angle", "deg", 12)
    assert read_heading("(hkl)").role == "label"
    assert read_heading("Iobs / counts").unit is None
    with pytest.raises(InputError, match=re.escape("the heading 'dd' is unknown")):
        read_heading("dd")
    # a is no Å, and NM may well be nm.
    assert (unit_of("a"), unit_of("NM"), unit_of("Ångström")) == (None, "nm", "A")
