"""``navp index`` with files, and with two spacings and an angle."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from navp_structures.cli import main

SPOTS = """\
gx / 1/nm,gy / 1/nm
2.75,2.29
-2.75,2.29
5.50,0.0
1.38,2.29
-1.38,2.29
"""


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["index", *arguments])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def spots(tmp_path: Path) -> str:
    path = tmp_path / "spots.csv"
    path.write_text(SPOTS, encoding="utf-8")
    return str(path)


@pytest.fixture
def peaks(tmp_path: Path) -> str:
    path = tmp_path / "peaks.txt"
    path.write_text("14.25\n20.07\n28.6\n32.0\n", encoding="utf-8")
    return str(path)


def test_spots_of_a_file(spots: str) -> None:
    text = run(spots, "--scale-sigma", "1%").stdout
    assert max(map(len, text.splitlines())) <= 80
    assert text.splitlines()[2].split()[:2] == ["1", "na3vp-rt"]
    assert "[2 1 0]" in text
    content = json.loads(run(spots, "--json", "--sigma", "0.5%", "--angle-sigma", "0.5").stdout)
    assert content["inputs"]["units"] == "1/nm"
    assert content["inputs"]["sigma"] == 0.005
    assert content["results"]["solutions"][0]["zone_axis"] == [2, 1, 0]


def test_explained_spot_by_spot(spots: str) -> None:
    text = run(spots, "--explain").stdout
    assert "na3vp-rt on [2 1 0], posterior" in text
    assert "dev./σ" in text
    assert max(map(len, text.splitlines())) <= 80


def test_picture(spots: str, tmp_path: Path) -> None:
    target = tmp_path / "out.png"
    run(spots, "--plot", str(target))
    assert target.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_powder_lines_of_a_file(peaks: str) -> None:
    text = run("--powder", peaks, "--units", "two_theta", "--radiation", "CuKa1").stdout
    assert max(map(len, text.splitlines())) <= 80
    assert text.splitlines()[2].split()[:2] == ["1", "na3vp-rt"]
    assert "(1 1 6)" in text
    assert run(peaks, "--units", "two_theta", "--radiation", "CuKa1").stdout == text


def test_powder_tells_what_to_measure_next(tmp_path: Path) -> None:
    path = tmp_path / "few.txt"
    path.write_text("20.07\n", encoding="utf-8")
    asked = (str(path), "--units", "two_theta", "--radiation", "CuKa1")
    text = run(*asked, "--explain").stdout
    assert max(map(len, text.splitlines())) <= 80
    flat = " ".join(text.split())
    told = json.loads(run(*asked, "--json").stdout)["results"]["next_measurement"]
    assert told["kind"] == "line"
    # In the notes of the table, and again above its outcomes.
    assert flat.count(f"next: {told['text']}") == 2
    assert "P if seen" in flat
    sure = tmp_path / "sure.txt"
    sure.write_text("13.73\n19.31\n22.82\n27.50\n30.7\n34.2\n", encoding="utf-8")
    text = run(str(sure), *asked[1:], "--explain").stdout
    assert "next: nothing that is expected to tell more" in " ".join(text.split())


def test_picture_of_powder_lines(peaks: str, tmp_path: Path) -> None:
    target = tmp_path / "out.svg"
    told = ("--units", "two_theta", "--radiation", "CuKa1", "--plot", str(target))
    done = run("--powder", peaks, *told)
    assert f"wrote {target}" in done.stderr
    picture = target.read_text(encoding="utf-8")
    assert "(1 1 6)" in picture
    assert "posterior of" in picture
    # A picture does not change what is printed.
    assert done.stdout == run("--powder", peaks, *told[:4]).stdout


def test_spacings_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "d.txt"
    path.write_text("2.542 Å\n2.992 Å\n", encoding="utf-8")
    by_file = json.loads(run(str(path), "--json").stdout)
    by_hand = json.loads(run("2.542", "2.992", "--json").stdout)
    assert by_file["results"]["candidates"] == by_hand["results"]["candidates"]
    text = run(str(path)).stdout
    assert max(map(len, text.splitlines())) <= 80


def test_two_spacings_and_their_angle() -> None:
    text = run("2.542", "2.992", "--angle", "55.2", "--explain").stdout
    flat = " ".join(text.split())
    assert "zone axes by probability" in flat
    assert "the best geometric fit is na2vp-a (6 0 -2), (3 2 -2) on [2 3 6]" in flat
    assert "na2vp-a on [2 3 6], posterior" in flat
    assert max(map(len, text.splitlines())) <= 80


def test_nothing_found_is_an_exit_code(tmp_path: Path) -> None:
    # Platinum along [1 1 0]: a net, but none of ours.
    path = tmp_path / "pt.csv"
    path.write_text(
        "gx / 1/A,gy / 1/A\n0.2548,0.3604\n-0.2548,0.3604\n0.5097,0\n0.5097,0.7208\n"
        "0.7645,0.3604\n-0.7645,0.3604\n0,0.7208\n",
        encoding="utf-8",
    )
    text = run(str(path), "--sigma", "0.3%", "--angle-sigma", "0.3", code=1).stdout
    assert "a lattice that is none of these phases" in " ".join(text.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("SPOTS", "--angle", "55"), "--angle belongs to spacings"),
        (("SPOTS", "--label", "1 1 6"), "--label belongs to spacings"),
        (("nofile.csv",), "nofile.csv"),
        (("SPOTS", "--radiation", "CuKa1"), "holds spots, for which --radiation"),
        (("SPOTS", "--powder"), "holds spots, for which --powder"),
        (("SPOTS", "--longest-zone", "5"), "up to 5 Å shows a net"),
        (("--powder", "PEAKS", "--units", "two_theta"), "2θ needs a radiation"),
        (("--powder", "1.88", "1.9"), "--powder reads one file, here are 2 arguments"),
        (("PEAKS",), "does not say its units"),
        (("1.88", "1.895", "--plot", "x.png"), "--plot draws spots"),
        (("SPOTS", "--plot", "x.gif"), "must end in"),
        (("SPOTS", "--csv", "--json"), "two formats"),
        (("SPOTS", "--longest-zone", "1e9"), "longest_zone is"),
    ],
)
def test_refusals(arguments: tuple[str, ...], message: str, spots: str, peaks: str) -> None:
    given = [{"SPOTS": spots, "PEAKS": peaks}.get(word, word) for word in arguments]
    assert message in " ".join(run(*given, code=2).stderr.split())


@pytest.mark.parametrize("option", ["--g-max", "--longest-zone", "--distortion-sigma"])
def test_options_of_spots_do_not_fit_spacings(option: str, tmp_path: Path) -> None:
    outcome = run("1.88", "1.895", option, "0.3", code=2)
    assert f"{option} belongs to spots, not to spacings" in outcome.stderr
    listed = tmp_path / "d.csv"
    listed.write_text("d (A)\n1.88\n1.895\n")
    outcome = run(str(listed), option, "0.3", code=2)
    assert f"{option} belongs to spots, which {listed} does not hold" in outcome.stderr


def test_how_far_spots_were_looked_for(tmp_path: Path) -> None:
    listed = tmp_path / "spots.csv"
    listed.write_text("gx,gy\n0.275,0.229\n-0.275,0.229\n0.55,0.0\n0.138,0.229\n-0.138,0.229\n")
    text = run(str(listed), "--units", "1/A", "--g-max", "0.6", "--json").stdout
    assert json.loads(text)["inputs"]["g_max"] == 0.6
    outcome = run(str(listed), "--units", "1/A", "--g-max", "0.2", code=2)
    assert "a spot is 0.5500 Å⁻¹ from the direct beam, beyond g_max 0.2" in outcome.stderr


@pytest.mark.parametrize("option", ["--scale-sigma", "--distortion-sigma"])
def test_a_sigma_is_0_or_one_that_is_measured(option: str, spots: str, peaks: str) -> None:
    for start in ([spots], ["--sequence", spots, spots]):
        told = run(*start, option, "1e-200", code=2).stderr
        assert f"{option[2:].replace('-', '_')} is 1e-200; it must be 0, or 1e-06" in told
    powder = (peaks, "--powder", "--units", "two_theta", "--radiation", "CuKa1")
    assert (
        "sigma is 1e-200; it must be 1e-06" in run(*powder, "--sigma", "1e-200", code=2).stderr
    )
