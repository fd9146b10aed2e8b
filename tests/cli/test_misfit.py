"""``navp misfit``: table, document, refusals."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from navp_structures.cli import main

FOUND = "1/2 0 -1; -1/2 1 0; 1 0 1"


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["misfit", *arguments])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


@pytest.mark.parametrize(
    "arguments",
    [
        ("Na3VP", "Na2VP", "--plane", "3 0 0", "--plane", "1 1 6", "--direction", "0 6 1"),
        ("Na2VP", "NaVP"),
        ("na3vp-alpha", "Na2VP"),
        ("na3vp-gamma", "na3vp-ordered"),
    ],
)
def test_tables_fit_a_terminal(arguments: tuple[str, ...]) -> None:
    lines = run(*arguments).stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert "λ" in lines[0]
    # No number is cut off.
    assert all(line.count("(") == line.count(")") for line in lines[2:5])


def test_planes_read_in_the_other_phase() -> None:
    text = " ".join(run("Na3VP", "Na2VP", "--plane", "3 0 0").stdout.split())
    assert "(3 0 0) reads (2 0 2)" in text
    assert "d 2.5198 to 2.4119 Å" in text
    assert "middle stretch 0.989(3)" in text


def test_given_and_found_are_one() -> None:
    found = json.loads(run("Na3VP", "Na2VP", "--json").stdout)
    given = json.loads(run("Na3VP", "Na2VP", "--correspondence", FOUND, "--json").stdout)
    assert found["schema"] == {"name": "navp.misfit", "version": 1}
    assert found["inputs"]["correspondence"] is None
    assert given["inputs"]["correspondence"] == [[0.5, 0, -1], [-0.5, 1, 0], [1, 0, 1]]
    for one, two in zip(
        found["results"]["stretches"], given["results"]["stretches"], strict=True
    ):
        assert one["stretch"] == pytest.approx(two["stretch"])
    assert run("Na3VP", "NaVP", "--csv").stdout.startswith("number,stretch,stretch_su")


def test_commas_and_a_last_semicolon_are_no_matter() -> None:
    one = run("Na3VP", "NaVP", "--correspondence", "1,0,0; 0,1,0; 0,0,1;").stdout
    assert one == run("Na3VP", "NaVP", "--correspondence", "1 0 0; 0 1 0; 0 0 1").stdout


def test_what_is_printed_is_read_back() -> None:
    one = run("Na3VP", "Na2VP", "--correspondence", FOUND).stdout
    found = json.loads(run("Na3VP", "Na2VP", "--json").stdout)
    best, second, *_ = found["results"]["correspondences"]
    for text in (
        f"[{FOUND}]",
        json.dumps(best["matrix"]),
        json.dumps(best["matrix"], indent=1),
    ):
        assert run("Na3VP", "Na2VP", "--correspondence", text).stdout == one
    # The second best is printed in a note.
    other = run("Na3VP", "Na2VP").stdout.partition("the second best is ")[2]
    text = " ".join(other.split()).partition("]")[0] + "]"
    given = json.loads(run("Na3VP", "Na2VP", "--correspondence", text, "--json").stdout)
    (item,) = given["results"]["correspondences"]
    assert item["matrix"] == second["matrix"]
    assert item["shuffle"] == pytest.approx(second["shuffle"])


def test_other_hosts_by_a_given_matrix() -> None:
    text = run("Na3VP", "NZSP", "--correspondence", "1 0 0; 0 1 0; 0 0 1").stdout
    assert max(map(len, text.splitlines())) <= 80
    assert "have no common host" in " ".join(text.split())


def test_a_search_says_where_it_ended() -> None:
    text = " ".join(run("Na3VP", "NaVP", "--max-multiple", "9").stdout.split())
    assert "max_multiple 9 is more than the search can do: it went up to 4" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("Na3VP", "NZSP"), "no common host"),
        (("Na3VP", "NZSP"), "give the correspondence"),
        (("Na3VP",), "Missing argument"),
        (("Na3VP", "NaVP", "--correspondence", "1 0 0; 0 1 0; 0 0 2"), "must be 1, it is 2"),
        (("Na3VP", "NaVP", "--correspondence", "1 0 0; 0 1 0; 0 0 -1"), "determinant"),
        (("Na3VP", "NaVP", "--correspondence", "1 0; 0 1"), "three rows of three numbers"),
        (("Na3VP", "NaVP", "--correspondence", "a b c"), "no rows of numbers"),
        (("Na3VP", "NaVP", "--correspondence", "1/0 0 0; 0 1 0; 0 0 1"), "no rows of numbers"),
        (("Na3VP", "NaVP", "--correspondence", "1 1000000000 0; 0 1 0; 0 0 1"), "beyond ±100"),
        (("Na3VP", "NaVP", "--correspondence", "1e99999999 0 0; 0 1 0; 0 0 1"), "no rows"),
        (("Na3VP", "Na2VP", "--max-multiple", "0"), "max_multiple is 0"),
        (("Na3VP", "Na2VP", "--max-strain", "0.001"), "raise max_strain"),
        (("Na3VP", "Na2VP", "--max-strain", "2"), "max_strain is 2"),
        (("Na3VP", "Na2VP", "--plane", "x"), "'x'"),
        (("Na3VP", "Na2VP", "--json", "--csv"), "two formats"),
    ],
)
def test_refusals(arguments: tuple[str, ...], message: str) -> None:
    assert message in run(*arguments, code=2).stderr
