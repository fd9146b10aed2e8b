"""``navp index`` with a folder or an .npz file of patterns, and with a sequence."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

import navp_structures as navp
from navp_structures.analysis.indexing import many
from navp_structures.cli import main

PHASES = ("--phase", "Na3VP", "--phase", "NZSP")


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["index", *arguments])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def strongest(phase: str, axis: tuple[int, int, int], count: int = 6) -> np.ndarray:
    """Return the strongest spots of a zone, one of each two opposite ones (Å⁻¹)."""
    rows = sorted(navp.saed_pattern(phase, zone_axis=axis).rows, key=lambda r: -r.intensity)
    half = [row for row in rows if row.hkl > (0, 0, 0)][:count]
    return np.array([(row.x, row.y) for row in half])


def write(path: Path, spots: np.ndarray, head: str = "gx (1/A),gy (1/A)") -> str:
    path.write_text("\n".join([head, *(f"{x:.6f},{y:.6f}" for x, y in spots)]))
    return str(path)


@pytest.fixture(scope="module")
def patterns() -> list[np.ndarray]:
    return [strongest("Na3VP", (2, 1, 0)), strongest("NZSP", (4, 2, 1))]


@pytest.fixture
def folder(patterns: list[np.ndarray], tmp_path: Path) -> Path:
    path = tmp_path / "patterns"
    path.mkdir()
    write(path / "a.csv", patterns[0])
    write(path / "b.csv", patterns[1])
    return path


@pytest.fixture
def padded(patterns: list[np.ndarray], tmp_path: Path) -> str:
    spots = np.full((2, 7, 2), np.nan)
    for n, one in enumerate(patterns):
        spots[n, : len(one)] = one
    np.savez(tmp_path / "patterns.npz", spots=spots)
    return str(tmp_path / "patterns.npz")


def table(text: str) -> list[list[str]]:
    """Return the cells of the lines between the rule and the first empty line."""
    lines = text.splitlines()
    return [line.split() for line in lines[2 : lines.index("")]]


# Many patterns.


def test_a_folder_is_one_line_for_each(folder: Path) -> None:
    text = run(str(folder), *PHASES).stdout
    assert max(map(len, text.splitlines())) <= 80
    assert text.splitlines()[0].split() == [
        "#", "name", "phase", "prob.", "zone", "axis", "of", "zone", "spots", "rms/σ", "scale",
    ]  # fmt: skip
    first, second = table(text)
    assert first[:3] == ["0", "a", "na3vp-rt"]
    assert second[:3] == ["1", "b", "nzsp-300k"]
    assert " 6/6 " in text.splitlines()[2]
    assert "2 of 2 patterns are indexed" in text


def test_a_folder_without_a_separator(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    assert len(table(run("patterns", *PHASES).stdout)) == 2
    # A spacing stays one, whatever folders there are.
    (folder.parent / "1.88").mkdir()
    assert "d = 1.8800 Å" in run("1.88").stdout


def test_an_npz_file(padded: str) -> None:
    text = run(padded, *PHASES).stdout
    assert [row[:2] for row in table(text)] == [["0", "na3vp-rt"], ["1", "nzsp-300k"]]
    assert "name" not in text.splitlines()[0]
    assert "scale" in text.splitlines()[0]


def test_json_and_csv_are_those_of_index_many(folder: Path, padded: str) -> None:
    single = navp.index_many(padded, phases=["Na3VP", "NZSP"], sigma=0.02, workers=1)
    asked = (padded, *PHASES, "--sigma", "2%", "--workers", "1")
    content = json.loads(run(*asked, "--json").stdout)
    assert content == json.loads(json.dumps(single.to_dict()))
    assert content["inputs"]["sigma"] == 0.02
    assert run(*asked, "--csv").stdout == single.to_csv()
    names = json.loads(run(str(folder), *PHASES, "--json").stdout)["results"]["patterns"]
    assert [row["name"] for row in names] == ["a", "b"]


def test_bad_patterns_are_told_and_skipped(folder: Path) -> None:
    (folder / "c.csv").write_text("x,y\n0.1,0.2\n0.3,oops\n")
    (folder / "d.csv").write_text("x,y\n0.1,0.2\n")
    result = run(str(folder), *PHASES, code=1)
    assert len(table(result.stdout)) == 2
    assert "2 failed, first number 2 (c): " in " ".join(result.stdout.split())
    one, two = result.stderr.splitlines()
    assert one.startswith("Error: pattern 2 (c): ")
    assert "line 3" in one
    assert two == "Error: pattern 3 (d): a pattern needs two spots or more, here 1"
    # What a program reads is whole, with the reason in the row.
    rows = list(csv.DictReader(io.StringIO(run(str(folder), "--csv", code=1).stdout)))
    assert len(rows) == 4
    assert "two spots or more" in rows[3]["error"]


def test_many_bad_patterns_do_not_fill_the_screen(tmp_path: Path) -> None:
    for n in range(25):
        (tmp_path / f"{n:02}.csv").write_text("x,y\n0.1,0.2\n")
    result = run(str(tmp_path), *PHASES, code=1)
    lines = result.stderr.splitlines()
    assert len(lines) == 21
    assert lines[-1] == "Error: 5 more patterns; --csv and --json tell why"
    assert result.stdout.startswith("0 of 25 patterns are indexed")


def test_other_units_than_those_asked_for(patterns: list[np.ndarray], tmp_path: Path) -> None:
    write(tmp_path / "a.csv", 10.0 * patterns[0], "gx (1/nm),gy (1/nm)")
    result = run(str(tmp_path), *PHASES, code=1)
    assert result.stderr == "Error: pattern 0 (a): the spots are in 1/nm, not in 1/A\n"
    assert table(run(f"{tmp_path}/", *PHASES, "--units", "1/nm").stdout)[0][2] == "na3vp-rt"


def test_patterns_that_are_none_of_these_phases(tmp_path: Path) -> None:
    spots = np.random.default_rng(5).uniform(-0.6, 0.6, (7, 2))
    write(tmp_path / "a.csv", spots)
    result = run(str(tmp_path), *PHASES, code=1)
    assert result.stderr == ""
    assert table(result.stdout)[0][2].startswith("none.")


def test_long_names_lose_their_beginning(patterns: list[np.ndarray], tmp_path: Path) -> None:
    for n, spots in enumerate(patterns):
        write(tmp_path / f"{'scan_of_a_large_area_' * 3}{n:04}.csv", spots)
    text = run(str(tmp_path), *PHASES).stdout
    assert max(map(len, text.splitlines())) <= 80
    one, two = table(text)
    assert one[1].startswith("…")
    assert (one[1][-4:], two[1][-4:]) == ("0000", "0001")
    # The whole name is in the data.
    assert "scan_of_a_large_area_scan" in run(str(tmp_path), *PHASES, "--csv").stdout


def test_a_bar_only_on_a_terminal(padded: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def note(*args: object, **options: object) -> navp.ManyPatterns:
        asked.append(options["progress"])
        return real(*args, **options)  # type: ignore[arg-type]

    real = many.index_many
    monkeypatch.setattr(many, "index_many", note)
    assert run(padded, *PHASES).stderr == ""
    monkeypatch.setattr("navp_structures.cli.index_patterns.on_terminal", lambda: True)
    assert "patterns" in run(padded, *PHASES).stderr
    assert asked == [False, True]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("EMPTY",), "holds no file that ends in .csv, .tsv, .txt"),
        (("nowhere.npz",), "cannot read nowhere.npz: No such file"),
        (("nowhere/",), "cannot read nowhere: No such file"),
        (("FOLDER", "--workers", "0"), "workers is 0"),
        (("FOLDER", "--sigma", "2"), "sigma is 2"),
        (("FOLDER", "--units", "A"), "unknown unit 'A' of spots"),
        (("FOLDER", "--angle", "60"), "--angle belongs to spacings on the command line"),
        (("FOLDER", "--plot", "x.png"), "--plot belongs to one pattern, not to a folder"),
        (("FOLDER", "--explain"), "--explain belongs to one pattern or a sequence"),
        (("FOLDER", "--powder"), "--powder belongs to a file, not to a folder"),
        (("FOLDER", "--radiation", "CuKa1"), "--radiation belongs to spacings and powder"),
        (("FOLDER", "--same-direction"), "name its files behind --sequence"),
        (("1.88", "--workers", "2"), "--workers belongs to a folder or an .npz file"),
        (("1.88", "--ion", "Na"), "--ion belongs to a sequence"),
        (("FOLDER/a.csv", "--direction-sigma", "2"), "--direction-sigma belongs to a sequence"),
    ],
)
def test_refusals(arguments: Sequence[str], message: str, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    places = {"FOLDER": str(folder), "EMPTY": str(tmp_path / "empty")}
    given = [places.get(word, word.replace("FOLDER", str(folder))) for word in arguments]
    result = run(*given, code=2)
    assert result.stdout == ""
    assert message in " ".join(result.stderr.split())


# A sequence.


@pytest.fixture
def frames(tmp_path: Path) -> tuple[str, str]:
    """Return Na3VP and NZSP on [2 1 0], where d is 2 % too long in both."""
    spots = [strongest(phase, (2, 1, 0), 4) / 1.02 for phase in ("Na3VP", "NZSP")]
    before = write(tmp_path / "before.csv", spots[0])
    return before, write(tmp_path / "after.csv", spots[1])


def test_a_sequence_shares_its_scale(frames: tuple[str, str]) -> None:
    asked = ("--sequence", *frames, *PHASES, "--scale-sigma", "3%")
    text = run(*asked).stdout
    assert max(map(len, text.splitlines())) <= 80
    first, second = (line.split() for line in text.splitlines() if line[:2] in ("1 ", "2 "))
    assert (first[1], second[1]) == ("na3vp-rt", "nzsp-300k")
    assert "posteriors of sequences: na3vp-rt > nzsp-300k 0.9" in text
    content = json.loads(run(*asked, "--json").stdout)
    single = navp.index_sequence(
        [navp.read_spacings(frame).values for frame in frames],
        phases=["Na3VP", "NZSP"],
        scale_sigma=0.03,
    )
    assert content == json.loads(json.dumps(single.to_dict()))
    assert run(*asked, "--csv").stdout == single.to_csv()
    assert run(*frames, "--sequence", *asked[3:]).stdout == text


def test_the_direction_of_the_beam(frames: tuple[str, str]) -> None:
    shared = ("--same-direction", "--direction-sigma", "3", "--frame-scale-sigma", "0.1%")
    content = json.loads(
        run(
            "--sequence", *frames, *shared, "--ion", "Na", "--scale-sigma", "3%", "--json"
        ).stdout
    )
    inputs = content["inputs"]
    assert (inputs["same_direction"], inputs["direction_sigma"]) == (True, 3.0)
    assert (inputs["frame_scale_sigma"], inputs["ion"]) == (0.001, "Na")


def test_frames_spot_by_spot(frames: tuple[str, str]) -> None:
    text = run("--sequence", *frames, *PHASES, "--scale-sigma", "3%", "--explain").stdout
    assert "frame 1: na3vp-rt on [2 1 0], posterior" in text
    assert "frame 2: nzsp-300k on [2 1 0], posterior" in text
    assert max(map(len, text.splitlines())) <= 80


def test_units_and_intensities_of_the_files(
    patterns: list[np.ndarray], frames: tuple[str, str], tmp_path: Path
) -> None:
    other = tmp_path / "strong.csv"
    rows = [f"{x:.6f},{y:.6f},{n}" for n, (x, y) in enumerate(patterns[0].tolist(), 1)]
    other.write_text("\n".join(["gx (1/A),gy (1/A),intensity", *rows]))
    content = json.loads(run("--sequence", frames[0], str(other), "--json").stdout)
    one, two = content["inputs"]["patterns"]
    assert one["intensities"] is None
    assert two["intensities"] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    assert content["inputs"]["units"] == "1/A"


def test_a_frame_that_is_none_of_the_phases(frames: tuple[str, str], tmp_path: Path) -> None:
    angles = np.random.default_rng(11).uniform(0, np.pi, 12)
    lengths = 0.8 * np.sqrt(np.random.default_rng(12).uniform(0.05, 1.0, 12))
    spots = np.stack([lengths * np.cos(angles), lengths * np.sin(angles)], axis=1)
    other = write(tmp_path / "other.csv", spots)
    asked = ("--sigma", "0.3%", "--angle-sigma", "0.3", "--scale-sigma", "3%")
    assert "none." in run("--sequence", frames[0], other, *asked, code=1).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--sequence",), "--sequence needs two files or more, before and after, here 0"),
        (
            ("--sequence", "BEFORE"),
            "--sequence needs two files or more, before and after, here 1",
        ),
        (("--sequence", "BEFORE", "nofile.csv"), "nofile.csv: No such file"),
        (("--sequence", "BEFORE", "BROKEN"), "broken.csv: line 3"),
        (("--sequence", "BEFORE", "NANOMETRES"), "before.csv is in 1/A and nm.csv in 1/nm"),
        (("--sequence", "BEFORE", "LINES"), "lines.csv holds spacings; a sequence is of spots"),
        (("--sequence", "BEFORE", "BARE"), "bare.csv does not say its units"),
        (("--sequence", "BEFORE", "SINGLE"), "frame 2: a pattern needs two spots or more"),
        (("--sequence", "BEFORE", "SIGMAS"), "name it with --sigma"),
        (("--sequence", "BEFORE", "AFTER", "--units", "px"), "in 1/A, not in px"),
        (("--sequence", "BEFORE", "AFTER", "--plot", "x.png"), "--plot belongs to one pattern"),
        (("--sequence", "BEFORE", "AFTER", "--label", "1 1 0"), "not to a sequence"),
        (("--sequence", "BEFORE", "AFTER", "--workers", "2"), "not to a sequence"),
        (("--sequence", "BEFORE", "AFTER", "--ion", "Xy"), "ion"),
        (("--sequence", "BEFORE", "AFTER", "--csv", "--json"), "two formats"),
    ],
)
def test_refusals_of_a_sequence(
    arguments: Sequence[str], message: str, frames: tuple[str, str], tmp_path: Path
) -> None:
    spots = np.array([[0.2766, 0.2304], [-0.2766, 0.2304]])
    sigmas = tmp_path / "sigmas.csv"
    sigmas.write_text("gx (1/A),gy (1/A),sigma\n0.2766,0.2304,0.001\n-0.2766,0.2304,0.002\n")
    broken = tmp_path / "broken.csv"
    broken.write_text("gx (1/A),gy (1/A)\n0.1,0.2\n0.3,oops\n")
    lines = tmp_path / "lines.csv"
    lines.write_text("d (A)\n1.88\n")
    places = {
        "BEFORE": frames[0],
        "AFTER": frames[1],
        "BROKEN": str(broken),
        "LINES": str(lines),
        "SIGMAS": str(sigmas),
        "NANOMETRES": write(tmp_path / "nm.csv", 10 * spots, "gx (1/nm),gy (1/nm)"),
        "BARE": write(tmp_path / "bare.csv", spots, "x,y"),
        "SINGLE": write(tmp_path / "single.csv", spots[:1]),
    }
    result = run(*(places.get(word, word) for word in arguments), code=2)
    assert result.stdout == ""
    assert message in " ".join(result.stderr.split())
