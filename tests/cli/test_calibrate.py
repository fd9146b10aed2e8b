"""``navp calibrate`` and ``navp index --calibrate``."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import navp_structures as navp
from navp_structures.cli import main

# Spacings of Na3VP, 2 % too long: 6.2121, 4.3644, 3.7416 and 2.7927 Å.
HKLS = [(0, 1, 2), (1, 1, 0), (1, 1, 3), (1, 1, 6)]
VALUES = [f"{1.02 * navp.load('Na3VP').d(hkl):.5f}" for hkl in HKLS]
# 1 % would not tell (1 1 0) from (1 0 4).
FINE = ("--sigma", "0.2%")
STANDARD = f"Na3VP {' '.join(VALUES)}"


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == code, result.output + str(result.exception)
    return result


def results(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json").stdout)["results"]


def test_a_table_for_people() -> None:
    text = run("calibrate", "Na3VP", *VALUES, "--sigma", "0.2%").stdout
    assert "scale 1.0200(10): measured spacings are off by +2.00(10) %" in text
    assert all(len(line) <= 80 for line in text.splitlines())
    lines = run("calibrate", "Na3VP", *VALUES, "--csv").stdout.splitlines()
    assert lines[0] == "phase,hkl,multiplicity,given,d_obs,d_calc,deviation_sigma"
    assert len(lines) == 5


def test_json() -> None:
    found = results("calibrate", "Na3VP", *VALUES, *FINE)
    assert found["scale"] == pytest.approx(1.02, abs=1e-5)
    assert [line["hkl"] for line in found["lines"]] == [list(hkl) for hkl in HKLS]


def test_a_file_and_pixels(tmp_path: Path) -> None:
    file = tmp_path / "rings.csv"
    file.write_text("d / A\n" + "\n".join(VALUES) + "\n")
    assert results("calibrate", "Na3VP", str(file), *FINE)["scale"] == pytest.approx(
        1.02, abs=1e-5
    )
    errors = [0.001 * float(d) for d in VALUES]
    rows = [f"{d},{e:.5f}" for d, e in zip(VALUES, errors, strict=True)]
    file.write_text("d / A,sigma\n" + "\n".join(rows) + "\n")
    su = results("calibrate", "Na3VP", str(file))["scale_su"]
    assert su == pytest.approx(1.02 * 0.0005, rel=0.01)  # 0.1 % / sqrt(4)
    pixels = [f"{900.0 / float(d):.4f}" for d in VALUES]
    found = results(
        "calibrate", "Na3VP", *pixels, "--units", "px", "--camera-constant", "900", *FINE
    )
    assert found["camera_constant"] == pytest.approx(900.0 / 1.02, rel=1e-5)


def test_spacings_with_a_standard() -> None:
    arguments = ("index", "2.57", "--phase", "Na3VP", "--sigma", "0.5%")
    text = run(*arguments, "--calibrate", STANDARD).stdout
    assert "d = 2.5196 Å" in text  # 2.57 / 1.02; (3 0 0) has 2.5198
    assert "calibrated on na3vp-rt: scale 1.020(3)" in text
    assert "(3 0 0)" in text
    assert "(3 0 0)" not in run(*arguments).stdout


def test_files_with_a_standard(tmp_path: Path) -> None:
    phase = navp.load("Na3VP")
    lines = [phase.two_theta(hkl, "CuKa1") + 0.15 for hkl in [*HKLS, (3, 0, 0)]]
    file = tmp_path / "lines.csv"
    file.write_text("2theta\n" + "\n".join(f"{x:.4f}" for x in lines) + "\n")
    standard = "NZSP " + " ".join(
        f"{navp.load('NZSP').two_theta(hkl, 'CuKa1') + 0.15:.4f}" for hkl in HKLS
    )
    options = ("--radiation", "CuKa1", "--sigma", "0.01")
    text = run("index", str(file), *options, "--calibrate", standard).stdout
    assert "calibrated on nzsp-300k: zero shift" in " ".join(text.split())
    d = 1.02 * phase.d((3, 0, 0))
    spots = [(math.cos(a) / d, math.sin(a) / d) for a in (0.0, math.pi / 3, 2 * math.pi / 3)]
    folder = tmp_path / "patterns"
    folder.mkdir()
    for name in ("one.csv", "two.csv"):
        (folder / name).write_text(
            "x / 1/A,y / 1/A\n" + "".join(f"{x:.6f},{y:.6f}\n" for x, y in spots)
        )
    waves = "Na3VP " + " ".join(f"{1 / float(d):.6f}" for d in VALUES)
    for given in (
        (str(folder / "one.csv"),),
        (str(folder), "--workers", "1"),
        ("--sequence", str(folder / "one.csv"), str(folder / "two.csv")),
    ):
        result = CliRunner().invoke(
            main, ["index", *given, "--calibrate", waves, "--json", *FINE]
        )
        assert result.exit_code in (0, 1), result.output
        found = json.loads(result.stdout)["inputs"]["calibration"]
        assert found["scale"] == pytest.approx(1.02, abs=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("calibrate", "Na3VP", "4.4o"), "'4.4o' is no number; write a value like 2.355"),
        (("calibrate", "Na3VP", "-1"), "-1 is no spacing"),
        (("calibrate", "Nope", "4.4"), "unknown phase 'Nope'"),
        (("calibrate", "Na3VP", "no/such.csv"), "cannot read no/such.csv"),
        (("calibrate", "Na3VP", "20", "--units", "two_theta"), "2θ needs a radiation"),
        (("calibrate", "Na3VP", *VALUES, "--hkl", "0 1 2"), "1 hkls for 4 values"),
        (("calibrate", "Na3VP", *VALUES, "--radiation", "CuKa1"), "used with two_theta only"),
        (("calibrate", "Na3VP", "400", "--camera-constant", "9"), "is used with px only"),
        (("calibrate", "Na3VP", *VALUES, "--zero-sigma", "1"), "go with two_theta only"),
        (("index", "2.5", *(("--calibrate", STANDARD) * 2)), "--calibrate is given twice"),
        (("index", "2.5", "--calibrate", "Na3VP"), "write a phase and its values"),
        (("index", "2.5", "--calibrate", '"Na3VP'), "write a phase and its values"),
        (("index", "2.5", "--calibrate", "Na3VP 4.4o 3"), "'4.4o' is no number"),
        (
            ("index", "2.5", "--calibrate", STANDARD, "--units", "1/A"),
            "--calibrate, read as 1/A: 6.33635 is a spacing of 0.15782 Å",
        ),
    ],
)
def test_wrong_use_is_one_sentence(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments, code=2)
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""
