"""``navp audit``: table, documents, report, exit codes, one sentence for bad input."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import navp_structures as navp
from navp_structures.cli import main

HEAD = 'schema = 1\ncitation = "A. Author, Journal 1 (2020) 2"\n'
SPACING = """
[[claims]]
id = "first"
quantity = "spacing"
phase = "Na3VP"
hkl = "(4 -2 6)"
value = 1.88
"""
VOLUME = """
[[claims]]
id = "volume"
quantity = "volume_per_formula_unit"
phase = "Na3VP"
value = 241.277
"""


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["audit", *arguments])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def claims(tmp_path: Path) -> Callable[..., str]:
    def write(*claims: str) -> str:
        file = tmp_path / "claims.toml"
        file.write_text(HEAD + "".join(claims), "utf-8")
        return str(file)

    return write


@pytest.fixture(autouse=True)
def judges(made_up_judges: Callable[..., None]) -> Callable[..., None]:
    made_up_judges()
    return made_up_judges


def test_the_paper_has_three_names() -> None:
    file = Path(__file__).parents[2] / "cifs" / "papers" / "shen-2023.toml"
    text = run("--paper").stdout
    assert text == run("shen-2023").stdout == run("SHEN-2023").stdout
    assert text == run(str(file)).stdout
    assert max(map(len, text.splitlines())) <= 80
    lines = text.splitlines()
    assert lines[0].split() == ["id", "printed", "verdict"]
    assert "hrtem-na3vp-second: a spacing of Na3VP, (1 -3 5). This was found of" in text
    words = " ".join(text.split())
    assert "57 claims: 57 consistent" in words
    assert "na2vp-a is a model: " in words


def test_a_claim_that_disagrees_is_a_finding(
    claims: Callable[..., str], judges: Callable[..., None]
) -> None:
    file = claims(SPACING, VOLUME)
    judges({"first": "not_testable"})
    run(file)
    judges(
        {"first": "other_entry"},
        computed="1.8708 Å",
        deviation_percent=0.492,
        deviation_sigma=1.0,
    )
    text = run(file, code=1).stdout
    assert text.splitlines()[0].split() == ["id", "printed", "computed", "dev./%", "verdict"]
    row = text.splitlines()[2]
    assert row.split() == ["first", "1.88", "Å", "1.8708", "Å", "+0.49", "other", "entry"]
    assert "2 claims: 1 consistent, 1 other entry" in text


def test_documents(claims: Callable[..., str], judges: Callable[..., None]) -> None:
    judges({"volume": "inconsistent"}, details={"pairs": [(1, 2)], "none": float("nan")})
    file = claims(SPACING, VOLUME)
    content = json.loads(run(file, "--json", code=1).stdout)
    assert content["schema"] == {"name": "navp.audit", "version": 1}
    keys = ["id", "claim", "printed", "computed", "deviation_percent", "verdict", "explanation"]
    assert list(content["results"][0])[:7] == keys
    assert content["results"][0]["details"] == {"pairs": [[1, 2]], "none": None}
    assert content["counts"] == {"consistent": 1, "inconsistent": 1}
    assert content["problems"] == []
    assert content["inputs"]["citation"] == "A. Author, Journal 1 (2020) 2"
    assert content["inputs"]["spacing_sigma"] == 0.005
    assert [phase["id"] for phase in content["phases"]] == ["na3vp-rt"]
    rows = list(csv.DictReader(run(file, "--csv", code=1).stdout.splitlines()))
    assert [row["verdict"] for row in rows] == ["consistent", "inconsistent"]
    assert json.loads(rows[0]["details"]) == {"pairs": [[1, 2]], "none": None}


def test_sigmas(claims: Callable[..., str]) -> None:
    sigmas = ["--spacing-sigma", "1%", "--scale-sigma", "0.02", "--angle-sigma", "2",
              "--two-theta-sigma", "0.1", "--volume-sigma", "0.2%"]  # fmt: skip
    inputs = json.loads(run(claims(VOLUME), *sigmas, "--json").stdout)["inputs"]
    names = ("spacing", "scale", "angle", "two_theta", "volume")
    assert [inputs[f"{name}_sigma"] for name in names] == [0.01, 0.02, 2.0, 0.1, 0.002]


def test_report(claims: Callable[..., str], tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    result = run(claims(SPACING, VOLUME), "--html", str(target))
    assert "wrote " in result.stderr
    assert "first" in result.stdout
    page = target.read_text("utf-8")
    assert page == navp.audit(claims(SPACING, VOLUME)).to_html()
    assert page.startswith("<!DOCTYPE html>")


BAD = {
    "phase": (SPACING.replace("Na3VP", "Na3PV"), 4, "nearest: Na3VP"),
    "quantity": (SPACING.replace('"spacing"', '"spacin"'), 6, "nearest: spacing"),
    "unit": (SPACING + 'unit = "eV"\n', 10, "'eV' does not fit a spacing"),
    "angle": (SPACING.replace('"spacing"', '"angle"'), 8, "needs the two planes"),
    "twice": (VOLUME + SPACING.replace("first", "Volume"), 11, "'Volume' is taken in line 4"),
    "radiation": (
        SPACING.replace('"spacing"', '"powder_line"').replace("1.88", "14.2"), 4, "a radiation"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_claims_are_told_with_their_line(claims: Callable[..., str], name: str) -> None:
    bad, line, sentence = BAD[name]
    file = claims(bad)
    result = run(file, code=2)
    assert result.stdout == ""
    (message,) = result.stderr.splitlines()
    assert message.startswith("Error: ")
    assert message.count("claims.toml:") == 1
    assert sentence in message
    assert f"claims.toml:{line}: " in message


@pytest.mark.parametrize("name", sorted(set(BAD) - {"twice"}))
def test_the_others_are_judged(claims: Callable[..., str], name: str) -> None:
    file = claims(BAD[name][0], VOLUME)
    run(file, code=2)
    result = run(file, "--keep-going", code=1)
    assert result.stdout.splitlines()[2].startswith("volume ")
    assert "1 problem: what cannot be used was left out" in result.stdout
    assert BAD[name][2] in result.stderr
    content = json.loads(run(file, "--keep-going", "--json", code=1).stdout)
    (problem,) = content["problems"]
    assert problem["file"] == file
    assert problem["line"] > 0
    assert BAD[name][2] in problem["sentence"]


def test_what_is_about_a_claim_that_cannot_be_used(claims: Callable[..., str]) -> None:
    change = VOLUME.replace('"volume"', '"other"').replace("Na3VP", "Na3PV")
    compared = (
        '[[claims]]\nid = "which"\nquantity = "comparison"\nclaims = ["volume", "other"]\n'
        'relation = "larger"\n'
    )
    result = run(claims(compared, VOLUME, change), "--keep-going", code=1)
    first, second = result.stderr.splitlines()
    assert "claim 'which': it is about the claim 'other', which cannot be used" in first
    assert "claim 'other': " in second
    assert "Na3VP" in second


def test_nothing_is_left(claims: Callable[..., str]) -> None:
    assert "no claim" in run(claims(BAD["unit"][0]), "--keep-going", code=2).stderr
    assert "Na3PV" in run(claims(BAD["phase"][0]), "--keep-going", code=2).stderr


def test_text_cannot_drive_a_terminal(
    claims: Callable[..., str], judges: Callable[..., None]
) -> None:
    judges(claim="a\x1b[31mb", computed="\x07\x9b1m", explanation="c\rd\u202ee")
    result = run(claims(SPACING))
    assert all(line.isprintable() for line in result.output.splitlines())
    file = claims(SPACING.replace("Na3VP", "\\u001b[31mNa3VP"))
    message = run(file, code=2).stderr
    assert all(line.isprintable() for line in message.splitlines())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name a file of claims, or a built-in paper: shen-2023"),
        (("--paper", "shen-2023"), "--paper stands for shen-2023"),
        (("shen-2022",), "nearest: shen-2023"),
        (("no-such.toml",), "no-such.toml"),
        (("--paper", "--json", "--csv"), "two formats"),
        (("--paper", "--html", "report.pdf"), "must end in .html"),
        (("--paper", "--spacing-sigma", "x"), "'x' is no number"),
        (("--paper", "--angle-sigma", "50"), "angle"),
        (("--paper", "--html", "/no/such/folder/report.html"), "cannot write"),
    ],
)
def test_refusals(arguments: tuple[str, ...], message: str) -> None:
    assert message in run(*arguments, code=2).stderr
