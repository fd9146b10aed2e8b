"""``navp saed``: tables, pictures, refusals."""

from __future__ import annotations

import csv
import io
import json
import struct
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import navp_structures as navp
from navp_structures.cli import main


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["saed", *arguments])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def test_table() -> None:
    text = run("na3vp-rt", "--zone-axis", "2 1 0", "--voltage", "200").stdout
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    first = next(line for line in lines if "(0 0 3)" in line)
    assert "double diff." in first
    assert "(0 0 0 3)" in first
    assert "200 kV, 0.0250793 Å" in text
    assert "kinematic: single scattering" in " ".join(text.split())


def test_json_of_one_phase() -> None:
    content = json.loads(run("Na3VP", "--zone-axis", "2 1 0", "--json").stdout)
    assert content["schema"] == {"name": "navp.saed", "version": 1}
    assert content["inputs"]["phase"] == "na3vp-rt"
    assert content["inputs"]["zone_axis"] == [2, 1, 0]
    keys = ["phase", "hkl", "x", "y", "d", "excitation_error", "f_squared", "intensity",
            "reason"]  # fmt: skip
    assert list(content["results"][0])[:9] == keys
    spots = {tuple(row["hkl"]): row for row in content["results"]}
    for hkl in ((0, 0, 3), (0, 0, 9)):
        assert spots[hkl]["reason"] == "double_diffraction"
        assert spots[hkl]["intensity"] == 0.0
        assert len(spots[hkl]["route"]) == 2


def test_spots_find_the_zone() -> None:
    content = json.loads(run("Na3VP", "--spots", "4 -2 6", "1 -4 5", "--json").stdout)
    assert content["inputs"]["zone_axis"] == [1, -1, -1]
    assert content["inputs"]["spots"] == [[4, -2, 6], [1, -4, 5]]
    text = run("Na3VP", "--spots", "4 -2 6", "1 -4 5").stdout
    assert "(4 -2 6) ^ (1 -4 5): 65.88°, zone axis [1 -1 -1]" in text
    # A zone axis or a spot may begin with a minus sign.
    minus = json.loads(run("Na3VP", "--zone-axis", "-1 1 1", "--json").stdout)
    assert minus["inputs"]["zone_axis"] == [-1, 1, 1]


def test_every_option_reaches_the_pattern() -> None:
    options = [
        "--zone-axis", "2 1 0", "--voltage", "300", "--tilt", "0.5", "-0.25", "--horizontal",
        "1 -2 0", "--rotation", "30", "--d-min", "1.2", "--max-excitation-error", "0.02",
        "--thickness", "40", "--precession", "10", "--double-diffraction", "--camera-length",
        "600", "--pixel", "15", "--centre", "512", "500.5",
    ]  # fmt: skip
    content = json.loads(run("Na3VP", *options, "--json").stdout)
    pattern = navp.saed_pattern(
        "Na3VP", (2, 1, 0), voltage=300, tilt=(0.5, -0.25), horizontal=(1, -2, 0), rotation=30,
        d_min=1.2, max_excitation_error=0.02, thickness=40, precession=10,
        double_diffraction=True, camera_length=600, pixel=15, centre=(512, 500.5),
    )  # fmt: skip
    assert content == json.loads(json.dumps(pattern.to_dict()))
    leaning = ["--zone-axis", "2 1 0", "--direction", "2", "1", "-0.1", "--camera-constant",
               "900"]  # fmt: skip
    content = json.loads(run("Na3VP", *leaning, "--json").stdout)
    assert content["inputs"]["direction"] == [2.0, 1.0, -0.1]
    assert content["inputs"]["camera_constant"] == 900.0


def test_several_phases() -> None:
    both = json.loads(
        run("Na3VP", "Na2VP", "--zone-axis", "0 0 1", "--zone-axis", "-1 0 0", "--json").stdout
    )
    asked = both["inputs"]["patterns"]
    assert [(p["phase"], p["zone_axis"]) for p in asked] == [
        ("na3vp-rt", [0, 0, 1]),
        ("na2vp-a", [-1, 0, 0]),
    ]
    assert [phase["kind"] for phase in both["phases"]] == ["measured", "model"]
    text = run("Na3VP", "NaVP", "--zone-axis", "2 1 0").stdout
    assert max(map(len, text.splitlines())) <= 80


def test_csv_says_elsewhere_what_is_a_model() -> None:
    result = run("Na2VP", "--zone-axis", "0 1 0", "--csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) == len(navp.saed_pattern("Na2VP", (0, 1, 0)))
    assert "model" not in result.stdout
    assert "na2vp-a is a model" in result.stderr


def test_rings() -> None:
    text = run("Na3VP", "--rings", "--d-min", "2", "--camera-length", "500").stdout
    assert "R/mm" in text
    assert max(map(len, text.splitlines())) <= 80
    content = json.loads(run("Na3VP", "--rings", "--d-min", "2", "--json").stdout)
    assert content["schema"]["name"] == "navp.rings"
    assert len(content["results"]) == len(navp.ring_pattern("Na3VP", d_min=2.0))


@pytest.mark.parametrize("options", [
    ["Na2VP", "--zone-axis", "0 1 0"],
    ["Na3VP", "--zone-axis", "2 1 0", "--double-diffraction", "--style", "inverted"],
    ["Na3VP", "NaVP", "--zone-axis", "2 1 0", "--scale", "log", "--no-labels"],
    ["Na3VP", "--rings", "--d-min", "1.5"],
])  # fmt: skip
def test_pictures(tmp_path: Path, options: list[str]) -> None:
    file = tmp_path / "out.svg"
    result = run(*options, "--plot", str(file))
    assert f"wrote {file}" in " ".join(result.stderr.split())
    svg = " ".join(file.read_text("utf-8").split())
    assert "kinematic: single scattering" in svg
    assert ("is a model" in svg) == (options[0] == "Na2VP" or options[1] == "NaVP")


def test_the_same_picture_twice(tmp_path: Path) -> None:
    for suffix in ("png", "svg", "pdf"):
        files = [tmp_path / f"{n}.{suffix}" for n in "ab"]
        for file in files:
            run("Na3VP", "--zone-axis", "1 1 1", "--d-min", "2", "--plot", str(file))
        assert files[0].read_bytes() == files[1].read_bytes()
    width, height = struct.unpack(">II", (tmp_path / "a.png").read_bytes()[16:24])
    assert min(width, height) >= 1000


def test_any_cif(tmp_path: Path) -> None:
    file = tmp_path / "mine.cif"
    navp.export("NZSP", file)
    content = json.loads(run(str(file), "--zone-axis", "1 0 0", "--json").stdout)
    assert {row["phase"] for row in content["results"]} == {"mine"}
    assert len(content["results"]) == len(navp.saed_pattern("NZSP", (1, 0, 0)))


AXIS = ["Na3VP", "--zone-axis", "0 0 1"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Missing argument 'PHASE...'"),
        (["Na3VP"], "give either zone_axis, such as (2, 1, 0), or spots, two reflections"),
        (["Na3VP", "--zone-axis", "0 0 0"], "[0 0 0] is no zone axis"),
        (["Na3VP", "--zone-axis", "0.5 1 0"], "'0.5 1 0' is no zone axis"),
        (["Na3VP", "--spots", "1 1 0", "2 2 0"], "(1 1 0) and (2 2 0) are parallel"),
        (["Na3VP", "--spots", "1 1 0"], "'--spots' requires 2 arguments"),
        ([*AXIS, "--spots", "1 1 0", "3 0 0"], "give either zone_axis"),
        (
            [*AXIS, "--zone-axis", "1 0 0"],
            "zone_axis names 2, of different phases there is 1; give one",
        ),
        ([*AXIS, "--voltage", "0"], "voltage is 0.0; it must be 1 to 10000 (kV)"),
        ([*AXIS, "--voltage", "-80"], "voltage is -80.0"),
        ([*AXIS, "--voltage", "high"], "'high' is not a valid float"),
        ([*AXIS, "--thickness", "-5"], "thickness is -5.0; it must be 0.1 to 10000 (nm)"),
        ([*AXIS, "--precession", "-1"], "precession is -1.0"),
        ([*AXIS, "--d-min", "0"], "d_min is 0.0; it must be a positive number"),
        ([*AXIS, "--pixel", "14"], "a pixel needs camera_length"),
        ([*AXIS, "--horizontal", "0 0 6"], "is parallel to the beam"),
        ([*AXIS, "--style", "inverted"], "--style is of the plot"),
        ([*AXIS, "--no-labels"], "--no-labels is of the plot"),
        ([*AXIS, "--plot", "x.png", "--style", "negative"], "'negative'"),
        ([*AXIS, "--plot", "x.png", "--scale", "cubic"], "'cubic'"),
        ([*AXIS, "--plot", "x.jpg"], "the file must end in .pdf, .png, .svg"),
        ([*AXIS, "--plot", "no-such-folder/x.png"], "cannot write"),
        ([*AXIS, "--csv", "--json"], "name one"),
        ([*AXIS, "--rings"], "leave --zone-axis out"),
        (["Na3VP", "--rings", "--thickness", "5"], "leave --thickness out"),
        (["Na3VP", "--rings", "--precession", "5"], "leave --precession out"),
        (["Na3VP", "--rings", "--tilt", "5", "0"], "leave --tilt out"),
        (["na3vp-alpha", "--zone-axis", "0 0 1"], "na3vp-alpha is a cell without atom sites"),
        (["Na3PV", "--zone-axis", "0 0 1"], "unknown phase 'Na3PV'; nearest: Na3VP"),
        ([*AXIS, "--zone-axes", "0 0 1"], "No such option"),
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
