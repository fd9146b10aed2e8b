"""Files of claims: TOML and CSV, with the line of every problem."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from navp_structures.errors import ClaimError, InputError, InputFileError
from navp_structures.io.claim_fields import claim_of, printed_number
from navp_structures.io.claims import LARGEST_CLAIMS, MOST_CLAIMS, claims_of_text, read_claims
from navp_structures.io.claims_write import claims_text

HEAD = "schema = 1\n"
BARRIER = '[[claims]]\nid = "{}"\nquantity = "barrier"\nphase = "Na3VP"\nvalue = 0.298\n'


def problems(text: str, *, table: bool = False) -> list[str]:
    return [str(problem) for problem in claims_of_text(text, file="f", table=table).problems]


# --- numbers as they are printed


@pytest.mark.parametrize(
    ("written", "value", "su", "rounding"),
    [
        ("1.895(5)", 1.895, 0.005, 0.0005),
        ("1.895 ± 0.005", 1.895, 0.005, 0.0005),
        ("−2.280", -2.28, None, 0.0005),
        ("+5.9", 5.9, None, 0.05),
        (Decimal("9.0"), 9.0, None, 0.05),
        (Decimal("2.280"), 2.28, None, 0.0005),
        (2.28, 2.28, None, 0.005),
        (57, 57.0, None, 0.5),
    ],
)
def test_printed_numbers(written: Any, value: float, su: float | None, rounding: float) -> None:
    number = printed_number(written)
    assert (number.value, number.su) == (value, su)
    assert number.rounding == pytest.approx(rounding)


@pytest.mark.parametrize(
    "written",
    [
        "about 2", "", "1,88", "1.88(", "9" * 300, "1.8(" + "9" * 5000 + ")", "1e999",
        float("nan"), float("inf"), Decimal("NaN"), Decimal("-Infinity"), Decimal("1e500"),
        Decimal("1e-400"), Decimal("0e999999"), 10**400, True, None, [1.88], {"a": 1}, 1j,
    ],
)  # fmt: skip
def test_what_is_no_number(written: Any) -> None:
    with pytest.raises(ClaimError, match=r"^value "):
        printed_number(written)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"value": "1.88(1)", "uncertainty": 0.01}, "the uncertainty of .* is given twice"),
        ({"value": None, "uncertainty": 0.01}, "an uncertainty is given, but no value"),
        ({"phases": ["NaVP"]}, "phase and phases are both given; keep one"),
        ({"phases": "NaVP", "phase": None}, "phases is 'NaVP'; it must be a list of texts"),
        ({"phase": 3}, "phase is 3; it must be a text"),
        ({"phase": "  "}, "phase is empty; leave it out"),
        ({"phase": "a" * 201}, "phase has 201 characters; at most 200 are read"),
        ({"phase": "Na3VP\x1b[31m"}, "phase is .* which holds control characters"),
        ({"note": "left\u202eright"}, "note is .* which holds control characters"),
        ({"note": "n" * 2001}, "note has 2001 characters; at most 2000 are read"),
        ({"hkl": [1, 2]}, r"hkl: .*\(1, 2\)|hkl: \[1, 2\] is no reflection"),
        ({"hkl": [0, 0, 0]}, r"hkl: \(0 0 0\) is the direct beam"),
        ({"hkl": {"h": 1}}, "hkl is .*; write it as printed"),
        ({"hkl": []}, "hkl is .*; write it as printed"),
        ({"radiation": "CuKa1"}, "a spacing takes no radiation"),
        ({"valeu": 1.88}, "unknown key 'valeu'; nearest: value"),
        ({3: 1.88}, "unknown key 3"),
        ({"id": None}, "a claim needs an id"),
        ({"quantity": None}, "a claim needs a quantity"),
    ],
)
def test_fields_that_are_refused(more: dict[Any, Any], sentence: str) -> None:
    item = {"id": "x", "quantity": "spacing", "phase": "Na3VP", "value": 1.88} | more
    with pytest.raises(ClaimError, match=sentence):
        claim_of({key: value for key, value in item.items() if value is not None})


def test_what_is_no_table() -> None:
    with pytest.raises(ClaimError, match="a claim must be a table of keys and values"):
        claim_of([1, 2])


@pytest.mark.parametrize(
    ("hkl", "labels"),
    [
        ("(4 -2 6)", ("(4 -2 6)",)),
        ("1-35", ("1-35",)),
        ([4, -2, 6], ("(4 -2 6)",)),
        ([[6, 0, 2]], ("(6 0 2)",)),
        # A misprint stays as it is: four indices of which two are lost.
        ("(4 2", ("(4 2",)),
    ],
)
def test_labels_stay_as_printed(hkl: Any, labels: tuple[str, ...]) -> None:
    item = {"id": "x", "quantity": "spacing", "phase": "p", "value": 1.88, "hkl": hkl}
    assert claim_of(item).labels == labels


# --- TOML: lines

TRICKY = '''# [[claims]] in a comment
schema = 1
note = """
[[claims]]
id = "in a string" # no comment
a quote \\""" and ""two""
"""
title = 'C:\\[[claims]]'

[[claims]]
id = "one"
quantity = "angle"
phase = "Na2VP"
hkl = [
  "602",  # [[claims]]
  [3, 2, 2],
]
value = 55.2
text = \'\'\'
[[claims]]
value = 3 \'\' \'\'\'

 [[ "claims" ]] # two
id = "two"
quantity = "cell"
phase = "NaVP"
[claims.cell]
a = 8.496
c = 21.656
[[claims]]
id = "three"
quantity = "barrier"
value = "none"
phase = "Na3VP"
'''


def test_lines_are_those_of_the_tables() -> None:
    claims = claims_of_text(TRICKY, file="f")
    assert [(claim.id, claim.line) for claim in claims] == [("one", 10), ("two", 23)]
    assert claims["two"].where == "f:23"
    assert list(map(str, claims.problems)) == [
        "f:33: claim 'three': value is 'none'; it must be a number"
    ]
    assert claims.note is not None
    assert claims.note.startswith("[[claims]]")


def test_lines_with_windows_ends(tmp_path: Path) -> None:
    path = tmp_path / "f.toml"
    path.write_bytes(b"\xef\xbb\xbf" + TRICKY.replace("\n", "\r\n").encode())
    assert [claim.line for claim in read_claims(path, keep_going=True)] == [10, 23]


def test_lines_of_inline_tables() -> None:
    text = HEAD + (
        'claims = [\n  { id = "a", quantity = "barrier", phase = "p", value = 1 },\n'
        '  # one\n  { id = "b", quantity = "cell", cell = { a = 8, q = 3 }, phase = "p" }\n]\n'
    )
    claims = claims_of_text(text, file="f")
    assert [claim.line for claim in claims] == [3]
    assert "f:5: claim 'b': unknown parameter 'q' of a cell" in str(claims.problems[0])


@pytest.mark.parametrize(
    ("body", "line", "sentence"),
    [
        (
            'id = "x"\nquantity = "spaceing"',
            4,
            "claim 'x': unknown quantity 'spaceing'; nearest: spacing",
        ),
        (
            'id = "x"\nquantity = "barrier"\nvalue = 1\nunit = "A"\nphase = "p"',
            6,
            "claim 'x': the unit 'A' does",
        ),
        (
            'id = "x"\nquantity = "angle"\nphase = "p"\nvalue = 5',
            2,
            "claim 'x': an angle needs",
        ),
        (
            'id = "x"\nquantity = "barrier"\nphase = "p"\nvalue = nan',
            6,
            "claim 'x': value is nan",
        ),
        (
            'id = "x"\nquantity = "barrier"\nphase = "p"\nvalue = 1e9999',
            6,
            "claim 'x': value is inf",
        ),
        (
            'id = "x"\nquantity = "barrier"\nvalue = 1979-05-27',
            5,
            "claim 'x': value is datetime",
        ),
        (
            'id = "x"\nquantity = "barrier"\nphase.x = "p"',
            5,
            "claim 'x': phase is {'x': 'p'}; it must",
        ),
        ('quantity = "barrier"\nphase = "p"\nvalue = 1', 2, "a claim needs an id"),
        ('id = 3\nquantity = "barrier"', 3, "id is 3; it must be a text"),
        (
            'id = "x"\nquantity = "barrier"\nvalues = 1',
            5,
            "claim 'x': unknown key 'values'; nearest",
        ),
        (
            'id = "x"\nquantity = "symmetry"\nspace_group="q"',
            2,
            "claim 'x': a symmetry needs 1",
        ),
    ],
)
def test_a_problem_has_the_line_of_its_key(body: str, line: int, sentence: str) -> None:
    (found,) = problems(f"{HEAD}[[claims]]\n{body}\n")
    assert found.startswith(f"f:{line}: {sentence}")


def test_duplicate_ids_name_both_lines() -> None:
    text = HEAD + BARRIER.format("a") + BARRIER.format("b") + BARRIER.format("A")
    assert problems(text) == ["f:13: the id 'A' is taken in line 2"]


def test_claims_about_others() -> None:
    relation = '[[claims]]\nid = "r{}"\nquantity = "comparison"\nrelation = "larger"\n'
    text = HEAD + BARRIER.format("one") + BARRIER.format("two").replace("0.298", "-5")
    for n, names in enumerate(('["one", "two"]', '["one", "onne"]', '["one", "r1"]')):
        text += relation.format(n) + f"claims = {names}\n"
    found = problems(text)
    assert found == [
        "f:11: claim 'two': value is -5.0; it must be 0 to 100 eV",
        "f:16: claim 'r0': it is about the claim 'two', which cannot be used",
        "f:21: claim 'r1': no claim has the id 'onne'; nearest: one",
        "f:26: claim 'r2': a comparison cannot be about 'r1', a comparison",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f:1: schema is None; this version reads 1"),
        ("\nschema = 2\n", "f:2: schema is 2; this version reads 1"),
        ("schema = true\n", "f:1: schema is True; this version reads 1"),
        (HEAD + "claims = 3\n", "f:1: claims must be a list of tables"),
        (HEAD + "[claims]\nid = 3\n", "f:1: claims must be a list of tables"),
        (HEAD + "\n[[claims]]\nid = \n", "f:4: it is no TOML: Invalid value"),
        (HEAD + '[[claims]]\nid = "a"\nid = "b"\n', "f:4: it is no TOML: Cannot overwrite"),
        (HEAD + '[[claims]]\nid = "a', "f:3: it is no TOML: "),
        (HEAD + "[[claims]]\nid = '''a\n\n", "f:5: it is no TOML: "),
        (HEAD + '[[claims]]\nid = "\x00"', "f:3: it is no TOML: Illegal character"),
        (HEAD + "[[claims]]\nvalue = " + 2000 * "[", "f:3: it is nested too deeply"),
        (HEAD + "[[claims]]\n" + 2000 * "a." + "b = 1", "f:3: it is nested too deeply"),
        (HEAD + "[[claims]]\n" + 2000 * '"a b" . ' + "b = 1", "f:3: it is nested too deeply"),
        (HEAD + "[[claims]]\nvalue = " + 5000 * "1", "f:3: a word or number has 5000"),
        (HEAD + "[[claims]]\n" * (MOST_CLAIMS + 1), f"f:1: it holds {MOST_CLAIMS + 1} claims"),
    ],
)
def test_a_file_that_cannot_be_read(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        claims_of_text(text, file="f")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_problems_of_the_head() -> None:
    text = HEAD + "tilte = 'x'\ndoi = 3\n[misc]\n" + BARRIER.format("a")
    assert problems(text) == [
        "f:2: unknown key 'tilte'; nearest: title",
        "f:3: doi is 3; it must be a text",
        "f:4: unknown key 'misc'; known are schema, title, citation, doi, note, claims",
    ]
    assert len(claims_of_text(text)) == 1


def test_a_file_without_claims() -> None:
    assert problems(HEAD) == ["f:1: it holds no claims; each begins with a line [[claims]]"]


# --- files


def test_the_first_problem_is_raised(tmp_path: Path) -> None:
    path = tmp_path / "paper.toml"
    bad = BARRIER.format("b").replace("0.298", "-1")
    path.write_text(HEAD + BARRIER.format("a") + bad + BARRIER.format("c"))
    with pytest.raises(InputError) as caught:
        read_claims(path)
    assert str(caught.value) == f"{path}:11: claim 'b': value is -1.0; it must be 0 to 100 eV"
    claims = read_claims(path, keep_going=True)
    assert [claim.id for claim in claims] == ["a", "c"]
    assert [str(problem) for problem in claims.problems] == [str(caught.value)]
    assert repr(claims) == f"<Claims of {path}: 2, 1 left out>"


def test_name_in_messages(tmp_path: Path) -> None:
    path = tmp_path / "paper.toml"
    path.write_text("schema = 2\n")
    with pytest.raises(InputError, match=r"^shen\?:1: schema is 2"):
        read_claims(str(path), name="shen\n")


def test_files_that_are_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * (LARGEST_CLAIMS + 1))
    for path in (large, tmp_path, tmp_path / "missing.toml", "", b"bytes"):
        with pytest.raises((InputFileError, InputError)):
            read_claims(path)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="3 is no path of a file"):
        read_claims(3)  # type: ignore[arg-type]


# --- CSV


def test_a_plain_list() -> None:
    text = (
        "# from a table\n"
        "quantity,phase,HKL,value,unit,radiation,from,from radiation,group\n"
        "spacing,Na3VP,(4 -2 6),1.88(1),A,,,,image-1\n"
        '\nangle,Na3VP,"4 -2 6 | 1 -4 5",65.9,,,,,image-1\n'
        "volume_change,Na3VP | NaVP,,8.8,%,,,,\n"
        "powder_line,Na3VP,012,14.26,,CuKa1,,,,,\n"
        "conversion,,,14.37,,1.54,7.7,0.8266,\n"
    )
    claims = claims_of_text(text, file="f.csv", table=True)
    assert claims.problems == ()
    assert [claim.id for claim in claims] == ["line-3", "line-5", "line-6", "line-7", "line-8"]
    assert [claim.line for claim in claims] == [3, 5, 6, 7, 8]
    assert (claims["line-3"].value, claims["line-3"].uncertainty) == (1.88, 0.01)
    assert claims["line-5"].labels == ("4 -2 6", "1 -4 5")
    assert claims["line-6"].phases == ("Na3VP", "NaVP")
    assert claims["line-8"].from_radiation == 0.8266
    assert claims.groups["image-1"][1] is claims["line-5"]


def test_decimal_commas() -> None:
    text = "id;quantity;phase;value;temperature\na;spacing;Na3VP;1,88;293,5\n"
    claim = claims_of_text(text, table=True)["a"]
    assert (claim.value, claim.rounding, claim.temperature) == (1.88, 0.005, 293.5)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "1: it holds no claims; each is a line below the headings"),
        ("a\x00b", "1: it holds zero bytes, as binary files do; save it as UTF-8 text"),
        ("id,value\nx,1\n", "1: a table of claims needs a column quantity"),
        ("quantity,valu\n", "1: unknown heading 'valu'; nearest: value"),
        ("quantity,phase,phases\n", "1: the heading 'phase' stands twice"),
        (
            "#\nquantity,cell\n",
            "2: cells of a table cannot hold a unit cell; write such claims as TOML",
        ),
        ("quantity,phase\nbarrier,p,3\n", "2: it has 3 cells, more than the 2 headings above"),
        (
            "quantity,phase,value\nbarrier,p,x\n",
            "2: claim 'line-2': value is 'x'; it must be a number",
        ),
        (
            "quantity,phase,value\nbarrier,p,1\nangle,p,3\n",
            "3: claim 'line-3': an angle needs the two planes",
        ),
    ],
)
def test_tables_that_are_refused(text: str, sentence: str) -> None:
    (found,) = problems(text, table=True)
    assert found.startswith(f"f:{sentence}")


def test_an_open_quote_spoils_its_own_line() -> None:
    text = 'quantity,phase,value\nbarrier,"p,1\nbarrier,p,2\n'
    claims = claims_of_text(text, file="f", table=True)
    assert [claim.line for claim in claims] == [3]
    assert str(claims.problems[0]).startswith("f:2: 'barrier,\"p,1' is no line of a table")


def test_a_table_that_is_too_long() -> None:
    text = "quantity,phase,value\n" + "barrier,p,1\n" * (MOST_CLAIMS + 5)
    claims = claims_of_text(text, file="f", table=True)
    assert len(claims) == MOST_CLAIMS
    (problem,) = claims.problems
    assert problem.line == MOST_CLAIMS + 2


def test_the_suffix_says_what_a_file_is(tmp_path: Path) -> None:
    path = tmp_path / "list.CSV"
    path.write_text("quantity,phase,value\nbarrier,p,1\n")
    assert len(read_claims(path)) == 1


# --- writing


def test_round_trip() -> None:
    claims = claims_of_text(TRICKY)
    again = claims_of_text(claims_text(claims))
    assert again == claims
    assert again.problems == ()
    assert [claim.printed for claim in again] == [claim.printed for claim in claims]
