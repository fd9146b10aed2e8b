"""Measured patterns from text: which files are read, and one sentence for the others."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from navp_structures.errors import InputError, InputFileError
from navp_structures.io.measured import read_pattern
from navp_structures.model.measured import MeasuredPattern


def read(folder: Path, content: str | bytes, name: str = "nvp.xy") -> MeasuredPattern:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_pattern(path)


def columns(pattern: MeasuredPattern) -> list[list[float]]:
    su = [] if pattern.intensity_su is None else [pattern.intensity_su.tolist()]
    return [pattern.x.tolist(), pattern.intensity.tolist(), *su]


def refusal(folder: Path, content: str | bytes) -> str:
    """Return the sentence behind the name of the file, which is always in front."""
    with pytest.raises(InputError) as caught:
        read(folder, content)
    front, sentence = str(caught.value).split(": ", 1)
    assert front == str(folder / "nvp.xy")
    assert sentence.isprintable()
    assert caught.value.__cause__ is None
    return sentence


TWO = [[10.0, 10.02], [300.0, 305.5]]
THREE = [*TWO, [17.3, 17.5]]

DIALECTS = {
    "blanks": "10.00 300\n10.02 305.5\n",
    "aligned": "   10.00     300.0  \n   10.02     305.5  \n",
    "tabs": "10.00\t300\n10.02\t305.5\n",
    "tabs and blanks": " 10.00 \t 300\n 10.02 \t 305.5\n",
    "blanks, then a tab": "10.00 300\n10.02\t305.5\n",
    "trailing tabs": "10.00\t300\t\n10.02\t305.5\t\n",
    "commas": "10.00,300\n10.02,305.5\n",
    "commas and blanks": "10.00, 300\n10.02 , 305.5\n",
    "semicolons": "10.00;300\n10.02; 305.5\n",
    "decimal commas, blanks": "10,00 300\n10,02 305,5\n",
    "decimal commas, tabs": "10,00\t300\n10,02\t305,5\n",
    "decimal commas, semicolons": "10,00;300\n10,02 ; 305,5\n",
    "decimal commas, late": "10 300\n10,02 305,5\n",
    "decimal points, late": "10;300\n10.02;305.5\n",
    "no last line end": "10.00 300\n10.02 305.5",
    "CRLF": "10.00 300\r\n10.02 305.5\r\n",
    "old Mac": "10.00 300\r10.02 305.5\r",
    "old DOS": "10.00 300\r\n10.02 305.5\r\n\x1a",
    "exponents": "1.000E+01 3.00e2\n1.002E+01 3.055e+02\n",
    "Fortran exponents": "1.000D+01 3.00d2\n1.002D+01 .3055D3\n",
    "decimal commas, exponents": "1,000E+01;3,00e2\n1,002D+01;3,055e+02\n",
    "signs and bare points": "+10. +300.\n+10.02 305.5\n",
}


@pytest.mark.parametrize("content", DIALECTS.values(), ids=DIALECTS)
def test_dialects_of_two_columns(tmp_path: Path, content: str) -> None:
    assert columns(read(tmp_path, content)) == TWO


@pytest.mark.parametrize(
    "content",
    [
        "10.00 300 17.3\n10.02 305.5 17.5\n",
        "10.00\t300\t17.3\n10.02\t305.5\t17.5\n",
        "10.00,300,17.3\n10.02,305.5,17.5\n",
        "10.00;300;17.3\n10.02;305.5;17.5\n",
        "10,00;300;17,3\n10,02;305,5;17,5\n",
        "10,00 300 17,3\n10,02 305,5 17,5\n",
        "10,00\t300\t17,3\n10,02\t305,5\t17,5\n",
    ],
)
def test_third_column_is_the_su(tmp_path: Path, content: str) -> None:
    assert columns(read(tmp_path, content, "nvp.xye")) == THREE


@pytest.mark.parametrize("suffix", [".xy", ".dat", ".txt", ".csv", ".tsv", ".xye", ""])
def test_suffix_does_not_matter(tmp_path: Path, suffix: str) -> None:
    pattern = read(tmp_path, "10,300\n11,305\n", f"NVP_25C{suffix}")
    assert pattern.name == "NVP_25C"
    assert columns(pattern) == [[10.0, 11.0], [300.0, 305.0]]


HEADERS = {
    "Bruker": '\'Id: "NVP" Comment: "25 C" Operator: "" Anode: "Cu" Time: 1.5 300\n',
    "TOPAS, a point left out": "'9.98 290\n",
    "pyFAI": "# == pyFAI calibration ==\n# Distance 0.2 m\n#\n#  2th_deg   I\n",
    "WinPLOTR": "! Scan 1\n",
    "GSAS": "/*\nInstrument parameter bm.prm\n10 20\n*/\n",
    "one line of C": "/* NVP */\n",
    "block with data behind it": "/* NVP\nat 25 C */ 9 290\n",
    "double slash": "// NVP\n",
    "per cent": "% NVP\n",
    "UXD": "; C:\\data\\nvp.raw, range 1\n_SAMPLE='NVP'\n_2THETACOUNTS\n",
    "Rigaku": "*TYPE = Raw\n*DATE 2024\n********\n",
    "indented": "   # NVP\n\t! 25 C\n",
    "blank lines": "\n  \n\t\n",
    "heading": "2theta,intensity\n",
    "heading with units": "2Theta  I  (counts)\n",
    "heading in quotes": '"2theta","I"\n',
    "heading with a space": "2 Theta (deg), Intensity\n",
    "heading with a dash": "2-Theta\tPSD\n",
    "heading in Greek": "2θ I\n",
    "heading in Chinese": "角度 强度\n",
    "title": "NVP, sample 3\n",
    "FullProf": "XYDATA\n",
    "comment, heading, comment": "# NVP\n\ntth I\n\n# counts\n",
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_headers_are_skipped(tmp_path: Path, header: str) -> None:
    x, intensity = columns(read(tmp_path, header + "10.00 300\n10.02 305.5\n"))
    assert (x[-2:], intensity[-2:]) == tuple(TWO)
    assert x[:-2] == ([9.0] if "9 290" in header else [])


def test_comments_and_blank_lines_within_and_behind_the_data(tmp_path: Path) -> None:
    content = "10.00 300\n\n# a pause\n/* of\n10.01 301\n*/\n10.02 305.5\n\n! end\n\n"
    assert columns(read(tmp_path, content)) == TWO


def test_encodings(tmp_path: Path) -> None:
    data = "10.00 300\n10.02 305.5\n"
    for header in ("# 5 µm foil\n", "2θ [°]  I\n", "", "tth,I µA\n"):
        assert columns(read(tmp_path, (header + data).encode("utf-8-sig"))) == TWO
    for header in ("# 5 µm foil, 25 °C\n", "Winkel [°]  Zähler\n"):
        assert columns(read(tmp_path, (header + data).encode("latin-1"))) == TWO


def test_lines_are_counted_as_editors_do(tmp_path: Path) -> None:
    # Windows' ellipsis is the byte 0x85, a line separator to Latin-1.
    assert refusal(tmp_path, b"# a\x85 b\x0cc \xb5m\n1 2\n3 x\n").startswith("line 3 is '3 x'")


def test_arrays_come_back_exactly(tmp_path: Path) -> None:
    rng = np.random.default_rng(20240501)
    for separator, mark in ((" ", "."), (",", "."), (";", ","), ("\t", ",")):
        x = np.cumsum(rng.uniform(1e-3, 0.05, size=500))
        intensity = rng.normal(size=500) * 10.0 ** rng.integers(-12, 12, size=500)
        su = np.abs(rng.normal(size=500))
        rows = zip(x.tolist(), intensity.tolist(), su.tolist(), strict=True)
        text = "\n".join(separator.join(map(repr, row)) for row in rows)
        pattern = read(tmp_path, text.replace(".", mark))
        assert pattern.intensity_su is not None
        np.testing.assert_array_equal(pattern.x, x)
        np.testing.assert_array_equal(pattern.intensity, intensity)
        np.testing.assert_array_equal(pattern.intensity_su, su)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("10.04 nan", "10.04 nan"),
        ("NaN 310", "NaN 310"),
        ("10.04 inf", "10.04 inf"),
        ("10.04 -Infinity", "10.04 -Infinity"),
        ("10.04 counts", "10.04 counts"),
        ("end of scan", "end of scan"),
        ("10.04 0x1F", "10.04 0x1F"),
        ("10.04 1_000", "10.04 1_000"),
        ("10.04 ١٢", "10.04 ١٢"),
        ("10.04 −5", "10.04 −5"),
        ("10.04 1.5.2", "10.04 1.5.2"),
        ("10.04 310 # note", "10.04 310 # note"),
        ("10.04 310,5", "10.04 310,5"),
        ("10,04 310,5", "10,04 310,5"),
        ("10.04,310", "10.04,310"),
        ("10.04;310", "10.04;310"),
        ('"10.04" "310"', '"10.04" "310"'),
        ("10.04 *****", "10.04 *****"),
        ("***** 310", "***** 310"),
        (";310", ";310"),
        ("10.04 1\xa0000", "10.04 1 000"),
        ("10.04 3\x1b[2J1", "10.04 3 [2J1"),
        ("10.04 " + "x" * 500, "10.04 " + "x" * 34 + "…"),
    ],
)
def test_text_inside_the_data(tmp_path: Path, line: str, shown: str) -> None:
    assert refusal(tmp_path, f"tth I\n10.00 300\n10.02 305\n{line}\n10.06 299\n") == (
        f"line 4 is {shown!r}; two numbers are expected, separated by blanks, "
        "with '.' as decimal mark"
    )


@pytest.mark.parametrize(
    ("content", "shown", "separator", "mark"),
    [
        ("10.0,300\n10.1,\n", "10.1,", "commas", "."),
        ("10.0,300\n,310\n", ",310", "commas", "."),
        ("10.0;300\n10.1;;310\n", "10.1;;310", "semicolons", "."),
        ("10.0\t300\n10.1\t\t310\n", r"10.1  310", "tabs", "."),
        ("10.0\t300\n10.1\t1 000\n", r"10.1 1 000", "tabs", "."),
        ("10,0\t300\n10.1\t310\n", r"10.1 310", "tabs", ","),
        ("10,0;300\n10,1;1.000,5\n", "10,1;1.000,5", "semicolons", ","),
        ("10,0;300\n10,1;1 000,5\n", "10,1;1 000,5", "semicolons", ","),
        ("10,0 300\n10,1 3,1,0\n", "10,1 3,1,0", "blanks", ","),
        ("10,0 300\n10,1 310,\n", "10,1 310,", "blanks", ","),
        ("10,300\n10,1 310\n", "10,1 310", "commas", "."),
    ],
)
def test_a_file_is_read_one_way(
    tmp_path: Path, content: str, shown: str, separator: str, mark: str
) -> None:
    assert refusal(tmp_path, content) == (
        f"line 2 is {shown!r}; two numbers are expected, separated by {separator}, "
        f"with {mark!r} as decimal mark"
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            "10.0 300\n10.1 310 17\n",
            "line 2 has 3 columns and line 1 has 2; all lines must have as many",
        ),
        (
            "# x\n10.0 300 17\n10.1 310\n",
            "line 3 has 2 columns and line 2 has 3; all lines must have as many",
        ),
        (
            "10.0 300\n10.1\n",
            "line 2 has 1 column and line 1 has 2; all lines must have as many",
        ),
        (
            "10.0 300 17 299\n",
            "line 1 has 4 columns; two or three are expected: x, intensity and, where it is "
            "known, the su of the intensity",
        ),
    ],
)
def test_number_of_columns(tmp_path: Path, content: str, sentence: str) -> None:
    assert refusal(tmp_path, content) == sentence


@pytest.mark.parametrize("line", ["10,02,300,5", "10,02,300", "10,00", "10,5,300,25,17,3"])
def test_ambiguous_commas(tmp_path: Path, line: str) -> None:
    assert refusal(tmp_path, f"x y\n{line}\n") == (
        f"line 2 is {line!r}, whose commas may be decimal marks or separators; "
        "separate the columns by blanks, tabs or semicolons"
    )


def test_commas_that_are_clear(tmp_path: Path) -> None:
    # Decimal points leave the commas no other meaning.
    assert columns(read(tmp_path, "10.0,02,300\n10.1,04,310\n")) == [
        [10.0, 10.1],
        [2.0, 4.0],
        [300.0, 310.0],
    ]
    assert columns(read(tmp_path, "10,300\n11,310\n")) == [[10.0, 11.0], [300.0, 310.0]]
    assert columns(read(tmp_path, "10,0\n11,10\n")) == [[10.0, 11.0], [0.0, 10.0]]
    # A decimal comma stands between digits, so this one separates.
    assert columns(read(tmp_path, "10 ,5\n11 ,6\n")) == [[10.0, 11.0], [5.0, 6.0]]


@pytest.mark.parametrize(
    ("content", "line", "shown"),
    [
        ("10.0 nan\n10.1 310\n", 1, "10.0 nan"),
        ("nan 300\n10.1 310\n", 1, "nan 300"),
        ("-inf,300\n10.1,310\n", 1, "-inf,300"),
        ("10.0 counts\n10.1 310\n", 1, "10.0 counts"),
        ("0x10 0x20\n17 310\n", 1, "0x10 0x20"),
        ("1_000 300\n1001 310\n", 1, "1_000 300"),
        ("10.0 300 x\n10.1 310 y\n", 1, "10.0 300 x"),
        ("10,,300\n11,,310\n", 1, "10,,300"),
        ("10.02 300,5\n10.04 310,5\n", 1, "10.02 300,5"),
        ('"10.0","300"\n"10.1","310"\n', 1, '"10.0","300"'),
        ("-----\n10.1 310\n", 1, "-----"),
        ("10.0\n10.1\n", 1, "10.0"),
        ("tth I\ndeg counts\n10.0 300\n10.1 310\n", 2, "deg counts"),
        ("<?xml version='1.0'?>\n<xrd>\n", 2, "<xrd>"),
    ],
)
def test_no_numbers_where_the_data_begin(
    tmp_path: Path, content: str, line: int, shown: str
) -> None:
    assert refusal(tmp_path, content) == (
        f"line {line} is {shown!r}; two or three numbers with one decimal mark are expected, "
        "separated by blanks, tabs, commas or semicolons, after at most one heading line"
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("1 5\n\n3 5\n2 5\n", "x falls from 3.0 in line 3 to 2.0 in line 4; it must increase"),
        (
            "# a\n3 5\n2 5\n1 5\n",
            "x falls from 3.0 in line 2 to 2.0 in line 3; it must increase",
        ),
        ("1 5\n# b\n1.0 6\n", "x is 1.0 in line 1 and again in line 3; each x must occur once"),
        ("1 5\n2 1e999\n", "the intensity is inf in line 2; it must be a finite number"),
        (
            "1 5 1\n2 6 -1\n",
            "the su of the intensity is -1.0 in line 2; it must be 0 or positive",
        ),
        ("1 5\n", "a pattern has at least 2 points; this one has 1"),
    ],
)
def test_points_that_make_no_pattern(tmp_path: Path, content: str, sentence: str) -> None:
    assert refusal(tmp_path, content) == sentence


@pytest.mark.parametrize("content", ["", "\n \n", "# a\n! b\n", "2theta I\n", "/* a */"])
def test_nothing_to_read(tmp_path: Path, content: str) -> None:
    assert refusal(tmp_path, content) == (
        "it holds no data; two or three columns of numbers are expected"
    )


def test_comment_that_is_never_closed(tmp_path: Path) -> None:
    assert refusal(tmp_path, "# a\n/* b\n10 20\n11 21\n") == (
        "the comment that '/*' opens in line 2 is never closed by '*/'"
    )


@pytest.mark.parametrize(
    "content",
    [b"RAW4.00\0\0\x12", "10 20\n11 21\n".encode("utf-16"), b"10 20\n11 21\n\0"],
    ids=["Bruker RAW", "UTF-16", "padded"],
)
def test_binary_content(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content) == (
        "it holds zero bytes, as binary files do; save it as UTF-8 text"
    )


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match="it is a folder"):
        read_pattern(tmp_path)
    with pytest.raises(InputFileError, match=r"cannot read .*missing\.xy: No such file"):
        read_pattern(tmp_path / "missing.xy")
    with pytest.raises(InputFileError, match="the path is empty"):
        read_pattern("")
    with pytest.raises(InputFileError, match="null"):
        read_pattern("a\0b.xy")


def test_path_may_be_text(tmp_path: Path) -> None:
    read(tmp_path, DIALECTS["blanks"])
    assert columns(read_pattern(os.fspath(tmp_path / "nvp.xy"))) == TWO


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such file names")
def test_name_is_printable(tmp_path: Path) -> None:
    assert read(tmp_path, DIALECTS["blanks"], "n\x1b[2Jvp.xy").name == "n [2Jvp"
