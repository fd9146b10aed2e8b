"""Odd lists, patterns and tables of claims: right numbers, or a sentence that says why not.

What tests/unit/io has for each reader is not repeated here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from navp_structures.errors import InputError, InputFileError

Read = Callable[[str, bytes | str], Any]

LISTS = {
    "csv with BOM": ("x.csv", "\ufeffd (A)\n2.54\n", [2.54]),
    "csv of an old Mac": ("x.csv", "d (A)\r2.54\r2.99\r", [2.54, 2.99]),
    "csv in Latin-1": ("x.csv", "d (Å)\n2.54\n".encode("latin-1"), [2.54]),
    "csv, one column of commas": ("x.csv", "d (A)\n2,54\n2,99\n", [2.54, 2.99]),
    "csv, empty lines": ("x.csv", "\n\nd (A)\n\n2.54\n\n\n2.99\n\n", [2.54, 2.99]),
    "csv, empty columns": ("x.csv", "d (A),I,,\n2.54,100,,\n,,,\n", [2.54]),
    "csv, unit in the heading": ("x.csv", "d [nm];I [a.u.]\n0,254;3\n", [0.254]),
    "csv, tabs": ("x.csv", "d (A)\tI\n2,54\t3\n", [2.54]),
    "csv, sep=": ("x.csv", "sep=;\nd (A);I\n2,54;3\n", [2.54]),
    "csv, bare points": ("x.csv", "d (A)\n.5\n5.\n+2.5\n", [0.5, 5.0, 2.5]),
    "csv, a long minus": ("x.csv", "x (1/nm),y (1/nm)\n\u22121.5,2\n", [[-1.5, 2.0]]),
    "csv, a thousand digits": ("x.csv", f"d (A)\n2.{'3' * 1000}\n", [7 / 3]),
    "tsv, decimal commas": ("x.tsv", "2θ (°)\tI\n14,25\t3\n", [14.25]),
    "text, decimal commas": ("x.txt", "2,542 Å; 2,992 Å", [2.542, 2.992]),
    "text, a line each": ("x.txt", "2.54\n2.99\n", [2.54, 2.99]),
    "text, one line": ("x.txt", "2.54 2.99\n", [2.54, 2.99]),
    "text, units in columns": (
        "x.txt",
        "2.54 Å 2.99 Å\n1.88 Å 1.89 Å\n",
        [2.54, 2.99, 1.88, 1.89],
    ),
    "json with BOM": ("x.json", "\ufeff[2.5]", [2.5]),
    "json, null": ("x.json", '{"spacings": [2.5], "labels": null, "angles": null}', [2.5]),
}


@pytest.mark.parametrize("case", LISTS)
def test_lists_that_are_read(read: Read, case: str) -> None:
    name, content, values = LISTS[case]
    found = read(name, content)
    assert not isinstance(found, Exception), found
    assert found.values.tolist() == values


WRONG_LISTS = {
    "csv, nothing": ("x.csv", "", "no data"),
    "csv, a BOM alone": ("x.csv", "\ufeff", "no data"),
    "csv, headings alone": ("x.csv", "d (A)\n", "no data below line 1"),
    "csv in UTF-16": ("x.csv", "d (A)\n2.54\n".encode("utf-16"), "zero bytes"),
    "csv of a Mac": ("x.csv", b"d (\x81)\n2.54\n", "is not understood"),
    "csv is binary": ("x.csv", bytes(range(256)), "zero bytes"),
    "csv is a workbook": ("x.csv", b"PK\x03\x04 abc", "is unknown"),
    "csv is a web page": ("x.csv", "<html><body>", "is unknown"),
    "csv, title above": ("x.csv", "NVP sample 3\nd (A)\n2.54\n", "no heading to say"),
    "csv, units below": ("x.csv", "d,I\n(A),counts\n2.54,3\n", "'(A)' in the column 'd'"),
    "csv, unknown unit": ("x.csv", "d (pm)\n254\n", "'pm'"),
    "csv, unit in the cell": ("x.csv", "d\n2.54 A\n", "no number"),
    "csv, d twice": ("x.csv", "d (A),d (nm)\n2.54,.254\n", "say the same"),
    "csv, German thousands": ("x.csv", "d (A);I\n2,54;1.000\n", "'1.000' in the column 'I'"),
    "csv, English thousands": ("x.csv", 'd (A),I\n2.54,"1,000"\n', "'1,000' in the column"),
    "csv, thousands apart": ("x.csv", "d (A);I\n2,54;1 000\n", "'1 000' in the column"),
    "csv, commas for both": ("x.csv", "d (A),I\n2,54,100\n", "3 cells"),
    "csv, two marks": ("x.csv", "d (A);I\n2,54;1\n2.99;5\n", "',' as decimal mark"),
    "csv, a question mark": ("x.csv", "d (A),I\n2.54,?\n", "'?' in the column 'I'"),
    "csv, su without digits": ("x.csv", "d (A)\n2.99()\n", "'2.99()'"),
    "csv, a date": ("x.csv", "d (A)\n2.Mai\n", "'2.Mai'"),
    "csv, an open quote": ("x.csv", 'd (A),I\n"2.54,100\n', 'a closing "'),
    "csv, digits of other scripts": ("x.csv", "d (A)\n２.５\n", "no number"),
    "csv, a control character": ("x.csv", "d (A),hkl\n2.54,\x1b[2J]\n", "must be printable"),
    "csv, two million digits": ("x.csv", f"d (A)\n{'2' * 2_000_000}\n", "line 2 has 2000000"),
    # Each heading was looked up in 11 s.
    "csv, a million columns": ("x.csv", f"d (A){',' * 1_000_000}\n2.5\n", "1000005 char"),
    "csv, 400,000 columns": ("x.csv", f"d (A){',' * 400_000}\n2.5\n", "400001 columns"),
    "csv, a million values": ("x.csv", "d (A)\n" + "2.5\n" * 1_000_000, "at most 100000"),
    "csv, brackets": ("x.csv", "(" * 100_000, "lacks a closing )"),
    "text, ambiguous commas": ("x.txt", "2,542, 2,992", "decimal mark or a separator"),
    # They were four and six spacings.
    "text, two columns": ("x.txt", "2.54 100\n2.99 50\n", "may be columns"),
    "text, three columns": ("x.txt", "2.54 100 1\n2.99 50 2\n1.8 9 3\n", "may be columns"),
    "text, a range": ("x.txt", "2.5-2.9", "'-2.9' is not understood"),
    "text, an open su": ("x.txt", "2.54(2", "not understood"),
    "text, one long line": ("x.txt", "2.5 " * 1_200_000, "at most 500000 are read"),
    "text, another long line": ("x.txt", "1 " * 240_000, "beyond the 100000 values"),
    "text, many lines": ("x.txt", "&\n" * 900_000, "900000 lines"),
    "json in UTF-16": ("x.json", "[1]".encode("utf-16"), "is no JSON"),
    "json, half": ("x.json", '{"spacings": [2.5', "is no JSON"),
    "json, deep": ("x.json", "[" * 100_000, "nested too deeply"),
    "json, decimal comma": ("x.json", '{"spacings": ["2,54"]}', "must be a number"),
    "json, a control character": (
        "x.json",
        '{"spacings": [1], "labels": ["\\u001b[2J"]}',
        "must be printable",
    ),
    "json, half a character": (
        "x.json",
        '{"spacings": [1], "labels": ["\\ud800"]}',
        "must be printable",
    ),
    "json, labels are false": ("x.json", '{"spacings": [1], "labels": false}', "be a list"),
    "json, angles are 0": ("x.json", '{"spacings": [1, 2], "angles": 0}', "must be a list"),
    "pattern, two headings": ("x.xy", "NVP\n2theta I\n10 3\n11 4\n", "at most one heading"),
    "pattern, units below": ("x.xy", "2theta,I\n(deg),(cps)\n10,3\n11,4\n", "one heading"),
    "pattern, su in brackets": ("x.xy", "10 3(1)\n11 4(1)\n", "are expected"),
    "pattern, no-break spaces": ("x.xy", "10\xa03\n11\xa04\n", "are expected"),
    "pattern of 5 columns": ("x.xy", "1 2 3 4 5\n2 3 4 5 6\n", "5 columns"),
    "pattern of too small steps": ("x.xy", "10 3\n10.0000000000000001 4\n", "once"),
    "pattern of huge exponents": ("x.xy", "1e99999999 3\n2 3\n", "inf in line 1"),
    # 10.5 and 3, or 10 and 5 with an su of 3, which it was.
    "pattern, commas for both": ("x.xy", "10,5,3\n11,5,4\n", "may be decimal marks"),
    "pattern of 400,000 points": (
        "x.xy",
        "".join(f"{n} 3\n" for n in range(400_000)),
        "more than 300000 points",
    ),
}


@pytest.mark.parametrize("case", WRONG_LISTS)
def test_lists_that_are_refused(read: Read, case: str) -> None:
    name, content, words = WRONG_LISTS[case]
    found = read(name, content)
    assert type(found) is InputError, found
    assert words in str(found)


PATTERNS = {
    "BOM": "\ufeff10.5 3\n11.5 4\n",
    "old Mac": "10.5 3\r11.5 4\r",
    "empty lines": "\n10.5 3\n\n\n11.5 4\n\n",
    "units in the heading": "2theta (deg), I (cps)\n10.5,3\n11.5,4\n",
    "decimal commas, semicolons": "2theta;I\n10,5;3\n11,5;4\n",
    "decimal commas, tabs": "10,5\t3\n11,5\t4\n",
    # Each comment was cut off the line, which was copied 200,000 times in 8 s.
    "many comments in a line": "/* */" * 200_000 + "10.5 3\n11.5 4\n",
    "comments over lines": "/* a\n*/ /* b */10.5 3\n/**/11.5 4\n",
}


@pytest.mark.parametrize("case", PATTERNS)
def test_patterns_that_are_read(read: Read, case: str) -> None:
    found = read("x.xy", PATTERNS[case])
    assert not isinstance(found, Exception), found
    assert (found.x.tolist(), found.intensity.tolist()) == ([10.5, 11.5], [3.0, 4.0])


TOML = (
    'schema = 1\n[[claims]]\nid = "a"\nquantity = "spacing"\nphase = "Na3VP"\n'
    'hkl = "4 -2 6"\nvalue = "1.88(1)"\n'
)
HEAD = "quantity;phase;hkl;value\n"
CLAIMS = {
    "toml": ("claims.toml", TOML, "1.88(1)"),
    "toml with BOM": ("claims.toml", "\ufeff" + TOML, "1.88(1)"),
    "toml of Windows": ("claims.toml", TOML.replace("\n", "\r\n"), "1.88(1)"),
    "toml in Latin-1": ("claims.toml", (TOML + 'note = "5 µm"\n').encode("latin-1"), "1.88(1)"),
    "toml, 5 MB of comments": ("claims.toml", TOML + "#" * 4_900_000, "1.88(1)"),
    "csv of Windows": ("claims.csv", HEAD + "spacing;Na3VP;4 -2 6;1,88(1)\r\n\r\n", "1.88(1)"),
    "csv, sep=": ("claims.csv", f"sep=;\n{HEAD}spacing;Na3VP;4 -2 6;1,88\n", "1.88"),
    "csv, tabs": (
        "claims.csv",
        f"{HEAD}spacing;Na3VP;4 -2 6;1,88\n".replace(";", "\t"),
        "1.88",
    ),
}


@pytest.mark.parametrize("case", CLAIMS)
def test_claims_that_are_read(read: Read, case: str) -> None:
    name, content, printed = CLAIMS[case]
    found = read(name, content)
    assert not isinstance(found, Exception), found
    assert not found.problems
    (claim,) = found
    assert (claim.number.value, claim.number.text) == (1.88, printed)


def value(text: str) -> str:
    return TOML.replace('"1.88(1)"', text)


WRONG_CLAIMS = {
    "toml, nothing": ("claims.toml", "", "schema is None"),
    "toml, no claims": ("claims.toml", "schema = 1\n", "begins with a line [[claims]]"),
    "toml, cut": ("claims.toml", TOML[:-9], "claims.toml:7: it is no TOML"),
    "toml in UTF-16": ("claims.toml", TOML.encode("utf-16"), "is no TOML"),
    "toml, a key twice": ("claims.toml", TOML + 'id = "b"\n', "claims.toml:8"),
    "toml, deep": ("claims.toml", TOML + "a = " + "[" * 100_000, "nested too deeply"),
    "toml, long key": ("claims.toml", TOML + "a" + ".a" * 100_000 + " = 1", "nested too"),
    "toml, decimal comma": ("claims.toml", value('"1,88(1)"'), "must be a number"),
    "toml, a question mark": ("claims.toml", value('"?"'), "must be a number"),
    "toml, su without digits": ("claims.toml", value('"1.88()"'), "must be a number"),
    "toml, nan": ("claims.toml", value("nan"), "finite"),
    "toml, a date": ("claims.toml", value("2024-01-01"), "must be a number"),
    "toml, 5000 digits": ("claims.toml", value("9" * 5000), "5000 characters"),
    # The sentence held all of them.
    "toml, 500 digits of h": (
        "claims.toml",
        TOML.replace('"4 -2 6"', f"[{'9' * 500}, 2, 3]"),
        "beyond the largest",
    ),
    "csv, nothing": ("claims.csv", "", "a line below the headings"),
    "csv, headings alone": ("claims.csv", HEAD, "a line below the headings"),
    "csv, unit in the heading": ("claims.csv", "quantity,value (A)\nspacing,2\n", "nearest: v"),
    "csv, comma for both": (
        "claims.csv",
        "quantity,phase,hkl,value\nspacing,Na3VP,4 -2 6,1,88\n",
        "5 cells",
    ),
    # 1.439 may be one thousand; it was 1.439 all the same.
    "csv, two marks": (
        "claims.csv",
        f"{HEAD}spacing;Na3VP;4 -2 6;1,88\nvolume;Na3VP;;1.439\n",
        "another decimal mark",
    ),
    "csv, an open quote": (
        "claims.csv",
        HEAD + 'spacing;"Na3VP;4 -2 6;1\n',
        "no line of a table",
    ),
    "csv, a long cell": ("claims.csv", HEAD + "x" * 300_000, "no line of a table"),
    "csv is binary": ("claims.csv", bytes(range(256)), "zero bytes"),
}


@pytest.mark.parametrize("case", WRONG_CLAIMS)
def test_claims_that_are_refused(read: Read, case: str) -> None:
    name, content, words = WRONG_CLAIMS[case]
    found = read(name, content)
    sentence = str(found if isinstance(found, Exception) else found.problems[0])
    assert words in sentence


@pytest.mark.parametrize("name", ["x.csv", "x.json", "x.txt", "claims.toml", "claims.csv"])
def test_more_than_5_mb_is_not_read(read: Read, name: str) -> None:
    found = read(name, "#" * 5_000_001)
    assert type(found) is InputFileError
    assert "more than 5000000" in str(found)
