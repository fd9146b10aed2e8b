"""``navp xrd``: tables, pictures, refusals."""

from __future__ import annotations

import csv
import io
import json
import math
import struct
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

import navp_structures as navp
from navp_structures.cli import main


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["xrd", *arguments])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def measured(tmp_path: Path) -> Path:
    """A noisy pattern of Na3VP from 10 to 60 degrees."""
    rng = np.random.default_rng(2023)
    x = np.arange(10, 60, 0.02)
    counts = rng.poisson(200 + 3 * navp.powder_pattern("Na3VP", radiation="CuKa12").profile(x))
    file = tmp_path / "operando_017.xy"
    file.write_text(
        "# charge, 3.4 V\n" + "\n".join(f"{a:.2f} {b}" for a, b in zip(x, counts, strict=True))
    )
    return file


def test_table() -> None:
    text = run("na3vp-rt", "--two-theta", "5", "40").stdout
    assert "CuKa1, 1.5405929 Å" in text
    first = next(line for line in text.splitlines() if "(0 1 2)" in line).split()
    assert first[4:] == ["6", "6.2121", "14.246", "8396", "24.39"]
    assert max(map(len, text.splitlines())) <= 80


def test_default_range_is_5_to_90() -> None:
    rows = json.loads(run("Na3VP", "--json").stdout)["results"]
    assert len(rows) == 130
    assert 85 < rows[-1]["two_theta"] <= 90


def test_json() -> None:
    content = json.loads(run("Na3VP", "Na2VP", "--radiation", "CoKa12", "--json").stdout)
    assert content["schema"] == {"name": "navp.powder", "version": 1}
    assert content["inputs"]["phases"] == ["na3vp-rt", "na2vp-a"]
    assert content["inputs"]["radiation"] == "CoKa12"
    assert [line["wavelength"] for line in content["inputs"]["lines"]] == [1.788996, 1.792835]
    assert [phase["kind"] for phase in content["phases"]] == ["measured", "model"]
    keys = ["phase", "hkl", "multiplicity", "d", "two_theta", "f_squared", "intensity"]
    assert list(content["results"][0])[:7] == keys


def test_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(run("Na3VP", "--csv").stdout)))
    assert len(rows) == 130
    assert rows[0]["hkl"] == "0 1 2"
    assert math.isclose(float(rows[0]["two_theta"]), 14.246, abs_tol=1e-3)


def test_csv_says_elsewhere_what_is_a_model() -> None:
    result = run("Na2VP", "--two-theta", "10", "20", "--csv")
    assert "model" not in result.stdout
    assert "na2vp-a is a model" in result.stderr


def test_an_empty_range_is_told() -> None:
    assert (
        "no line of na3vp-rt lies between 2θ 5° and 12°"
        in run("Na3VP", "--two-theta", "5", "12").stdout
    )


def test_a_scan_across_the_straight_beam(tmp_path: Path) -> None:
    file, picture = tmp_path / "zero.xy", tmp_path / "out.png"
    file.write_text("-5 1\n0 9\n30 2\n")
    drawn = run("Na3VP", "--plot", str(picture), "--measured", str(file), "--json")
    assert json.loads(drawn.stdout)["inputs"]["two_theta"] == [0, 30]
    file.write_text("-5 1\n-1 9\n")
    error = run("Na3VP", "--plot", str(picture), "--measured", str(file), code=2).stderr
    assert "zero holds x -5 to -1, no 2θ between 0 and 180 degrees" in error


def test_any_cif(tmp_path: Path) -> None:
    file = tmp_path / "mine.cif"
    navp.export("NZSP", file)
    rows = json.loads(run(str(file), "--json").stdout)["results"]
    assert {row["phase"] for row in rows} == {"mine"}
    assert len(rows) == len(navp.powder_pattern("NZSP"))


def test_every_option_reaches_the_pattern() -> None:
    options = [
        "--radiation", "1.54", "--probe", "xray", "--two-theta", "10", "50",
        "--monochromator", "26.6", "--no-dispersion", "--preferred-orientation", "0 0 6", "0.8",
        "--caglioti", "0.01", "-0.005", "0.02", "--mixing", "0.3", "--size", "500", "--strain",
        "0.001", "--zero-shift", "-0.02", "--displacement", "-0.1", "--radius", "200",
        "--scherrer-constant", "0.95", "--tolerance", "0.03",
    ]  # fmt: skip
    content = json.loads(run("Na3VP", *options, "--json").stdout)
    pattern = navp.powder_pattern(
        "Na3VP", radiation=1.54, two_theta=(10, 50), monochromator=26.6, dispersion=False,
        preferred_orientation=((0, 0, 6), 0.8), caglioti=(0.01, -0.005, 0.02), mixing=0.3,
        size=500, strain=0.001, zero_shift=-0.02, displacement=-0.1, radius=200,
        scherrer_constant=0.95, tolerance=0.03,
    )  # fmt: skip
    expected = json.loads(json.dumps(pattern.inputs, default=list))
    del expected["phase"], content["inputs"]["phases"]
    assert content["inputs"] == expected
    assert len(content["results"]) == len(pattern)
    assert content["results"][3]["intensity"] == pattern.rows[3].intensity


def test_png(tmp_path: Path) -> None:
    file = tmp_path / "out.png"
    result = run("Na3VP", "--plot", str(file))
    assert f"wrote {file}" in " ".join(result.stderr.split())
    assert "(0 1 2)" in result.stdout
    data = file.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    assert width > 1000
    assert height > 300


@pytest.mark.parametrize("axis", ["two_theta", "q", "d"])
def test_svg_with_measured_data(tmp_path: Path, measured: Path, axis: str) -> None:
    file = tmp_path / "out.svg"
    run("Na3VP", "Na2VP", "--plot", str(file), "--measured", str(measured), "--axis", axis)
    text = file.read_text("utf-8")
    assert text.startswith("<?xml")
    for words in ("na3vp-rt", "na2vp-a (model)", "operando_017", "(1 1 6)", "is a model"):
        assert words in text, words
    assert {"two_theta": "2θ / °", "q": "q / Å", "d": "d / Å"}[axis] in text


def test_the_same_picture_twice(tmp_path: Path) -> None:
    for suffix in ("svg", "pdf", "png"):
        files = [tmp_path / f"{n}.{suffix}" for n in "ab"]
        for file in files:
            run("NaVP", "--two-theta", "10", "40", "--plot", str(file))
        assert files[0].read_bytes() == files[1].read_bytes()


def test_measured_sets_the_range(tmp_path: Path, measured: Path) -> None:
    file = str(tmp_path / "out.png")
    content = run("Na3VP", "--plot", file, "--measured", str(measured), "--json").stdout
    assert json.loads(content)["inputs"]["two_theta"] == [10.0, 59.98]
    both = ["--plot", file, "--measured", str(measured), "--two-theta", "20", "30"]
    assert json.loads(run("Na3VP", *both, "--json").stdout)["inputs"]["two_theta"] == [20, 30]
    error = run("Na3VP", *both[:-2], "70", "80", code=2).stderr
    assert "operando_017 holds 2θ 10 to 59.98, nothing of the pattern's 70 to 80" in error


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("10 1\n11 words\n12 3\n", "line 2 is '11 words'"),
        ("10 1\n11 nan\n12 3\n", "line 2 is '11 nan'"),
        ("10 1\n12 2\n11 3\n", "x falls from 12.0 in line 2 to 11.0 in line 3"),
        ("10 1\n11 2\n11 3\n", "x is 11.0 in line 2 and again in line 3"),
        ("", "no data"),
    ],
)
def test_bad_measured_files(tmp_path: Path, content: str, sentence: str) -> None:
    file, picture = tmp_path / "bad.xy", tmp_path / "out.png"
    file.write_text(content)
    result = run("Na3VP", "--plot", str(picture), "--measured", str(file), code=2)
    assert sentence in result.stderr
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert not picture.exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Missing argument 'PHASE...'"),
        (["Na3PV"], "unknown phase 'Na3PV'; nearest: Na3VP"),
        (["na3vp-alpha"], "na3vp-alpha is a cell without atom sites; a powder pattern needs"),
        (["Na3VP", "--radiation", "CuKa3"], "unknown radiation 'CuKa3'; nearest: CuKa"),
        (["Na3VP", "--radiation", "0"], "the wavelength 0 must be a positive number"),
        (["Na3VP", "--radiation", "-1.5"], "the wavelength -1.5 must be a positive number"),
        (["Na3VP", "--radiation", "20"], "the wavelength 20 Å is too long"),
        (["Na3VP", "--two-theta", "90", "5"], "the first angle must be below the second"),
        (["Na3VP", "--two-theta", "-1", "90"], "it must lie between 0 and 180 degrees"),
        (["Na3VP", "--two-theta", "5", "200"], "it must lie between 0 and 180 degrees"),
        (["Na3VP", "--two-theta", "5", "five"], "'five' is not a valid float"),
        (["Na3VP", "--two-thetas", "5", "9"], "No such option"),
        (["Na3VP", "--plot", "out.jpg"], "the file must end in .pdf, .png, .svg"),
        (["Na3VP", "--plot", "out"], "the file must end in .pdf, .png, .svg"),
        (["Na3VP", "--plot", "no-such-folder/out.png"], "cannot write"),
        (["Na3VP", "--measured", "x.xy"], "name the picture with --plot"),
        (["Na3VP", "--axis", "q"], "name the picture with --plot"),
        (["Na3VP", "--plot", "out.png", "--axis", "theta"], "unknown axis 'theta'"),
        (["Na3VP", "--plot", "out.png", "--measured", "no-such.xy"], "cannot read no-such.xy"),
        (["Na3VP", "--csv", "--json"], "name one"),
        (["Na3VP", "--radiation", "1e-120"], "is outside 0.0001 to 10000 Å"),
        (["Na3VP", "--radiation", "0.001 kV"], "is outside 0.1 to 10000 kV"),
        (["Na3VP", "--probe", "neutron"], "give a wavelength in Å"),
        (["Na3VP", "--preferred-orientation", "0 0 6", "flat"], "'flat' is no number"),
        (["Na3VP", "--preferred-orientation", "0 0", "0.8"], "0 0"),
    ],
)
def test_refusals(
    arguments: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments, code=2)
    assert sentence in " ".join(result.stderr.split())
    assert result.stdout == ""
    assert not list(tmp_path.iterdir())


def test_nothing_is_printed_when_the_picture_cannot_be_written(tmp_path: Path) -> None:
    result = run("Na3VP", "--plot", str(tmp_path / "none" / "out.png"), "--json", code=2)
    assert result.stdout == ""
