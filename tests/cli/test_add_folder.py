"""``navp add --from-dir``: what it prints, and its exit codes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import navp_structures as navp
from navp_structures._resources import curated_folder
from navp_structures.cli import main

# The curated file says its kind; one from elsewhere does not.
CIF = (curated_folder() / "na3vp-rt.cif").read_bytes().replace(b"kind: ", b"")


def run(*arguments: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["add", *map(str, arguments)])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that NAVP_PHASE_PATH names."""
    made = tmp_path / "phases"
    made.mkdir()
    monkeypatch.setenv("NAVP_PHASE_PATH", str(made))
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "given"
    made.mkdir()
    for name in ("a-one.cif", "b-two.cif"):
        (made / name).write_bytes(CIF)
    return made


def test_all_are_added(folder: Path, target: Path) -> None:
    result = run("--from-dir", folder, "--kind", "measured", "--into", target)
    text = " ".join(result.stdout.split())
    assert "a-one.cif: found Na3V2(PO4)3, R -3 c:H, V/Z 239.789 Å³, 6 sites" in text
    assert "added 2 of 2 files of" in text
    assert result.stderr == ""
    assert navp.load("b-two").kind == "measured"


def test_one_that_is_not_added_makes_exit_code_2(folder: Path, target: Path) -> None:
    (folder / "c.cif").write_text("data_x")
    (folder / "D 1.cif").write_bytes(CIF)
    result = run("--from-dir", folder, "--kind", "measured", "--into", target, code=2)
    assert "added 2 of 4 files" in " ".join(result.stdout.split())
    first, second = result.stderr.splitlines()
    assert first.startswith("Error: not added: D 1.cif: 'D 1' is no id")
    assert "as to d-1.cif" in first
    assert "c.cif" in second
    assert navp.load("a-one").id == "a-one"


def test_a_check_that_fails_makes_exit_code_1(folder: Path, target: Path) -> None:
    wrong = CIF.replace(b"Na3V2(PO4)3", b"NaV2(PO4)3")
    (folder / "b-two.cif").write_bytes(wrong)
    result = run("--from-dir", folder, "--kind", "measured", "--into", target, code=1)
    assert "error: " in result.stdout
    assert navp.load("b-two").formula == "NaV2(PO4)3"


def test_json_has_a_row_for_each_file(folder: Path, target: Path) -> None:
    (folder / "c.cif").write_text("data_x")
    said = ["--kind", "computed", "--reason", "PBE", "--into", target, "--json"]
    content = json.loads(run("--from-dir", folder, *said, code=2).stdout)
    assert content["schema"]["name"] == "navp.add_folder"
    assert content["inputs"] == {
        "from_dir": str(folder), "kind": "computed", "licence": None, "reason": "PBE",
        "into": str(target), "force": False,
    }  # fmt: skip
    first, _, third = content["results"]
    assert (first["file"], first["id"]) == (str(folder / "a-one.cif"), "a-one")
    assert (first["passed"], first["found"], first["problem"]) == (True, True, None)
    assert first["toml"] == str(target / "a-one.toml")
    assert (third["id"], third["passed"], third["cif"]) == (None, None, None)
    assert "no unit cell" in third["problem"]


def test_names_that_no_terminal_can_show(folder: Path, target: Path) -> None:
    (Path(os.fsdecode(os.fsencode(folder) + b"/\xff\x1b[31m.cif"))).write_bytes(CIF)
    (folder / "\u202ecif.cif").write_bytes(CIF)
    for more in ([], ["--json"]):
        result = run(
            "--from-dir", folder, "--kind", "measured", "--into", target, *more, code=2
        )
        assert "\x1b" not in result.output
        assert "\u202e" not in result.output


def test_what_is_refused(folder: Path, target: Path, tmp_path: Path) -> None:
    said = ["--from-dir", folder, "--kind", "measured", "--into", target]
    error = run(*said, "--id", "x", "--alias", "y", "--block", "z", code=2).stderr
    assert "--id, --alias, --block can hold for one file only" in error
    assert "name one of them" in run(folder / "a-one.cif", *said, code=2).stderr
    assert "nothing to add" in run("--kind", "measured", code=2).stderr
    assert "cannot read" in run("--from-dir", tmp_path / "none", code=2).stderr
    assert "holds no file *.cif" in run("--from-dir", target, code=2).stderr
    assert list(target.iterdir()) == []


def test_a_folder_that_is_not_searched_is_told_once(folder: Path, tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.mkdir()
    result = run("--from-dir", folder, "--kind", "measured", "--into", away)
    assert result.stderr.count("NAVP_PHASE_PATH") == 1
