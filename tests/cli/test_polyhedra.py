"""``navp polyhedra`` and ``navp path``: tables, documents, pictures, refusals."""

from __future__ import annotations

import csv
import io
import json
import struct
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from navp_structures.cli import main


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def test_table_with_su() -> None:
    text = run("polyhedra", "Na3VP").stdout
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    assert "10.553(12)" in lines[2]
    assert "1.9982(8)" in lines[2]
    assert "gagne-hawthorne-2015" in text


@pytest.mark.parametrize(
    "arguments",
    [
        ("Na3VP", "Na2VP", "NaVP"),
        ("na2vp-computed", "na3vp-rt"),
        ("nzsp-monoclinic", "nzsp-300k", "--centre", "Si", "--centre", "Na"),
        ("NZSP", "--centre", "Zr", "--centre", "Si", "--centre", "Na"),
        ("Na2VP", "--bonds"),
        ("Na3VP", "--centre", "V", "--centre", "P", "--shared"),
    ],
)
def test_tables_fit_a_terminal(arguments: tuple[str, ...]) -> None:
    assert max(map(len, run("polyhedra", *arguments).stdout.splitlines())) <= 80


def test_bonds_as_csv_and_lanterns_as_json() -> None:
    rows = list(csv.DictReader(io.StringIO(run("polyhedra", "NZSP", "--centre", "Zr", "--bonds",
                                               "--csv").stdout)))  # fmt: skip
    assert [(row["ligand"], row["multiplicity"]) for row in rows] == [("O1", "3"), ("O2", "3")]
    content = json.loads(
        run("polyhedra", "Na2VP", "--centre", "V", "--centre", "P", "--shared", "--json").stdout
    )
    assert content["results"]["lanterns"][0]["per_formula_unit"] == 1.0
    assert content["inputs"]["centre"] == ["V", "P"]


def test_valences_and_tables_are_chosen() -> None:
    content = json.loads(
        run("polyhedra", "Na3VP", "--valence", "V1", "4", "--table", "brown-altermatt-1985",
            "--json").stdout
    )  # fmt: skip
    assert content["results"][0]["valence"] == 4.0
    assert content["results"][0]["parameters"][0]["r0"] == 1.784


def test_path_table() -> None:
    text = run("path").stdout
    assert max(map(len, text.splitlines())) <= 80
    flat = " ".join(text.split())
    assert "na3vp-rt to navp-model: -8.2(2) %" in flat
    assert "Warning" not in flat
    flat = " ".join(run("path", "na3vp-gamma", "Na2VP", "NaVP").stdout.split())
    assert "Warning: na3vp-gamma to navp-model, -8.77 %" in flat
    assert "-8.21 % with na3vp-rt" in flat


def test_path_has_the_options_of_polyhedra_and_says_what_they_gave() -> None:
    content = json.loads(
        run("path", "Na3VP", "NaVP", "--centre", "V", "--ligand", "O1", "--ligand", "O2",
            "--shell", "gap", "--valence", "V1", "4", "--json").stdout
    )  # fmt: skip
    assert content["inputs"]["shell"] == "gap"
    assert content["inputs"]["ligand"] == ["O1", "O2"]
    assert content["results"][0]["assumed_valence"] == 4.0
    assert [item["valence"] for item in content["parameters"]] == [4]
    flat = " ".join(run("path").stdout.split())
    assert "gagne-hawthorne-2015" in flat
    assert "assumed are na3vp-rt V1 3+, na2vp-a V1 3+, na2vp-a V2 4+, navp-model V1 4+" in flat
    assert "su from the expected errors" in flat


def test_long_names_leave_the_path_within_a_terminal(tmp_path: Path) -> None:
    source = run("export", "Na3VP").stdout
    target = tmp_path / f"{'a-long-name-' * 4}of-a-phase.cif"
    target.write_text(source, encoding="utf-8")
    lines = run("path", str(target), "NaVP").stdout.splitlines()
    assert max(map(len, lines)) <= 80


def test_energies_along_the_path() -> None:
    text = run(
        "path", "Na3VP", "Na2VP", "NaVP",
        "--energy", "-2.229", "--energy", "-2.264", "--energy", "-2.280",
    ).stdout  # fmt: skip
    assert "1.564 V" in text
    assert "1.976 V" in text
    assert "-0.206" in text
    # Energies ask for no polyhedra.
    run("path", "na3vp-rt", "na2vp-a", "--energy", "-2.229", "--energy", "-2.264",
        "--centre", "Zr")  # fmt: skip
    again = run("path", "Na3VP", "na3vp-rt", "--energy", "-2.2", "--energy", "-2.3", code=2)
    assert "twice" in again.stderr


@pytest.mark.parametrize("command", [("polyhedra", "Na3VP", "Na2VP"), ("path",)])
def test_pictures(tmp_path: Path, command: tuple[str, ...]) -> None:
    target = tmp_path / "out.png"
    run(*command, "--plot", str(target))
    data = target.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert min(struct.unpack(">II", data[16:24])) > 400


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("polyhedra", "Na3VP", "--centre", "Zr"), "has no centre 'Zr'"),
        (("polyhedra", "Na3VP", "--bonds", "--shared"), "two tables"),
        (("polyhedra", "Na3VP", "--csv", "--json"), "two formats"),
        (("polyhedra", "na3vp-alpha"), "needs atoms"),
        (("polyhedra", "Na3VP", "--plot", "x.gif"), "must end in"),
        (("polyhedra", "Na3VP", "--cutoff", "99"), "cutoff is 99.0"),
        (("polyhedra",), "Missing argument"),
        (("polyhedra", "Na3VP", "--valence", "V", "4", "--valence", "V", "3"),
         "--valence names 'V' twice"),
        (("path", "Na3VP", "NZSP"), "no common host"),
        (("path", "--shell", "voronoi"), "shell is 'voronoi'"),
        (("path", "Na3VP", "--energy", "x"), "not a valid float"),
        (("path", "Na3VP", "NaVP", "--energy", "-2.2"), "1 energy for 2 phases"),
        (("path", "Na3VP", "NaVP", "--energy", "-2", "--energy", "-2", "--plot", "x.png"),
         "leave --energy out"),
    ],
)  # fmt: skip
def test_refusals(arguments: tuple[str, ...], message: str) -> None:
    assert message in run(*arguments, code=2).stderr
