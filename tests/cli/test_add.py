"""``navp add``: by options, on a terminal, as JSON, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import navp_structures as navp
from navp_structures._resources import curated_folder
from navp_structures.cli import add as module
from navp_structures.cli import main
from navp_structures.model.phase import KINDS


def run(*arguments: object, code: int = 0, answers: str | None = None) -> Result:
    result = CliRunner().invoke(main, ["add", *map(str, arguments)], input=answers)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that NAVP_PHASE_PATH names."""
    made = tmp_path / "phases"
    made.mkdir()
    monkeypatch.setenv("NAVP_PHASE_PATH", str(made))
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "nvp-mine.cif"
    # The curated file says its kind; one from elsewhere does not.
    source = (curated_folder() / "na3vp-rt.cif").read_bytes()
    made.write_bytes(source.replace(b"kind: ", b""))
    return made


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_on_terminal", lambda: True)


def test_other_commands_know_it(file: Path, folder: Path) -> None:
    text = " ".join(
        run(file, "--kind", "measured", "--alias", "Mine", "--into", folder).stdout.split()
    )
    assert "found Na3V2(PO4)3, R -3 c:H, V/Z 239.789 Å³, 6 sites" in text
    assert "added nvp-mine" in text
    for command in (["list"], ["show", "Mine"], ["d", "mine", "1 1 6"], ["check", "Mine"]):
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 0, result.output
        assert "nvp-mine" in result.stdout


def test_json(file: Path, folder: Path) -> None:
    said = ["--id", "x", "--kind", "computed", "--reason", "PBE", "--into", folder, "--json"]
    content = json.loads(run(file, *said).stdout)
    assert content["schema"]["name"] == "navp.add"
    assert content["inputs"]["id"] == "x"
    found = content["results"]
    assert (found["id"], found["kind"], found["reason"]) == ("x", "computed", "PBE")
    assert (found["passed"], found["found"]) == (True, True)
    assert found["cif"] == str(folder / "x.cif")
    assert found["findings"] == []


def test_without_a_terminal_options_are_named(file: Path, folder: Path) -> None:
    other = file.rename(file.with_name("My phase.cif"))
    error = run(other, "--into", folder, code=2).stderr
    assert "give --id, --kind measured|computed|model" in error
    error = run(other, "--id", "x", "--kind", "model", "--into", folder, code=2).stderr
    assert "give --reason" in error
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("terminal")
def test_a_terminal_is_asked(file: Path, folder: Path) -> None:
    other = file.rename(file.with_name("My phase.cif"))
    answers = "My Id\nx\nguess\nmodel\nby hand\n\n\n"
    result = run(other, "--into", folder, "--json", answers=answers)
    phase = navp.load("x")
    assert (phase.kind, phase.reason) == ("model", "by hand")
    # What may be left out was asked for, and left out.
    assert (phase.aliases, phase.licence) == ((), None)
    # Questions are no part of the document.
    assert json.loads(result.stdout[result.stdout.index("{") :])["results"]["id"] == "x"
    assert "'My Id' is no id" in result.output


@pytest.mark.usefixtures("terminal")
def test_a_terminal_is_asked_for_other_names_and_licence(file: Path, folder: Path) -> None:
    answers = "Mine, Mine\na:b\nMine, My NVP ,\n\x1b[2J\nCC0-1.0\n"
    result = run(file, "--kind", "measured", "--into", folder, answers=answers)
    phase = navp.load("my nvp")
    assert (phase.aliases, phase.licence) == (("Mine", "My NVP"), "CC0-1.0")
    assert "'Mine' is said twice" in result.output
    assert "'a:b' must not hold" in result.output
    assert "cannot be printed" in result.output
    # Questions are talk.
    assert "other names, with commas between (may be empty): " in result.stderr
    assert "may be empty" not in result.stdout


@pytest.mark.usefixtures("terminal")
def test_a_terminal_is_asked_only_for_what_was_not_said(file: Path, folder: Path) -> None:
    said = ["--kind", "measured", "--alias", "Mine", "--licence", "CC0", "--into", folder]
    assert "may be empty" not in run(file, *said, answers="").output
    phase = navp.load("nvp-mine")
    assert (phase.kind, phase.aliases, phase.licence) == ("measured", ("Mine",), "CC0")


def test_nobody_is_asked_without_a_terminal(file: Path, folder: Path) -> None:
    result = run(file, "--kind", "measured", "--into", folder, answers="Mine\nCC0\n")
    assert "may be empty" not in result.output
    assert navp.load("nvp-mine").aliases == ()


@pytest.mark.usefixtures("terminal")
def test_no_answer_adds_nothing(file: Path, folder: Path) -> None:
    run(file, "--into", folder, answers="", code=1)
    assert list(folder.iterdir()) == []


def test_a_check_that_fails_is_told(file: Path, folder: Path) -> None:
    file.write_text(file.read_text("utf-8").replace("Na3V2(PO4)3", "NaV2(PO4)3"), "utf-8")
    said = ["--kind", "measured", "--into", folder]
    assert "error: " in run(file, *said, code=1).stdout
    found = json.loads(run(file, *said, "--force", "--json", code=1).stdout)["results"]
    assert not found["passed"]
    assert {"level", "message"} == set(found["findings"][0])
    assert navp.load("nvp-mine").formula == "NaV2(PO4)3"


def test_kinds_are_those_of_phases() -> None:
    # Written out, so that the help page needs no arrays.
    assert module._KINDS == KINDS


def test_a_folder_that_is_not_searched_is_told(file: Path, tmp_path: Path) -> None:
    result = run(file, "--id", "x", "--kind", "measured", "--into", tmp_path)
    assert "NAVP_PHASE_PATH" in result.stderr


def test_what_is_refused(file: Path, folder: Path, tmp_path: Path) -> None:
    said = ["--kind", "measured", "--into", folder]
    assert "already a name" in run(file, *said, "--alias", "NZSP", code=2).stderr
    assert "no phase id" in run(file, *said, "--id", "../x", code=2).stderr
    assert "is no folder" in run(file, *said[:3], tmp_path / "none", code=2).stderr
    assert "cannot read" in run(tmp_path / "none.cif", *said, code=2).stderr
    run(file, "--kind", "guess", code=2)
    run(file, *said)
    assert "say force" in run(file, *said, "--alias", "m", code=2).stderr
    run(file, *said, "--alias", "m", "--force")
    assert navp.load("m").id == "nvp-mine"


def test_what_force_drops_is_named(file: Path, folder: Path) -> None:
    said = [file, "--kind", "measured", "--into", folder]
    run(*said, "--alias", "Mine", "--alias", "Ours", "--licence", "CC0-1.0")
    assert "exists; say force (--force) to replace it" in run(*said, code=2).stderr
    with (folder / "nvp-mine.toml").open("a", encoding="utf-8") as stream:
        stream.write('caveat = "a twin"\n[[change]]\nwhat = "x"\nwhy = "y"\n')
    result = run(*said, "--alias", "Ours", "--force", "--json")
    sentence = (
        "nvp-mine.toml was replaced and no longer says: alias 'Mine', licence 'CC0-1.0', "
        "caveat 'a twin', change (1)"
    )
    assert " ".join(result.stderr.split()).endswith(sentence)
    assert json.loads(result.stdout)["results"]["notes"] == [sentence]
    # What is said again, or anew, is not lost.
    assert run(*said, "--alias", "Ours", "--licence", "CC0-1.0", "--force").stderr == ""
    run(*said, "--alias", "Ours", "--licence", "CC0-1.0", "--force")
    result = run("--from-dir", file.parent, "--kind", "measured", "--into", folder, "--force")
    assert "no longer says: alias 'Ours', licence 'CC0-1.0'" in " ".join(result.stderr.split())


def test_a_missing_source_is_told_with_its_tags(file: Path, folder: Path) -> None:
    full = file.read_text("utf-8")
    content = json.loads(run(file, "--kind", "measured", "--into", folder, "--json").stdout)
    assert content["results"]["notes"] == []
    assert content["results"]["citation"].startswith("Zatovsky")
    bare = file.with_name("bare.cif")
    kept, skip = [], ("_publ", "_journal", "_citation", "_database", "'", '"')
    cut = full.index("_cell_length_a")
    kept = ["data_bare", *(x for x in full[cut:].splitlines() if not x.startswith(skip))]
    bare.write_text("\n".join(kept), "utf-8")
    result = run(bare, "--kind", "measured", "--into", folder, "--json")
    (note,) = json.loads(result.stdout)["results"]["notes"]
    assert note == (
        "bare.cif states no source; write it into the file with the tags "
        "_publ_author_name, _journal_name_full and _journal_paper_doi"
    )
    assert note in " ".join(result.stderr.split())
    # The sentence is true: with these tags nothing is missing.
    tags = "_publ_author_name 'Doe, J.'\n_journal_name_full X\n_journal_paper_doi 10.1/x\n"
    bare.write_text("data_bare\n" + tags + "\n".join(kept[1:]), "utf-8")
    found = json.loads(
        run(bare, "--kind", "measured", "--into", folder, "--force", "--json").stdout
    )
    assert found["results"]["notes"] == []
    assert found["results"]["citation"] == "Doe, J., X, doi:10.1/x"


@pytest.mark.parametrize("alias", ["none.random", "None.Lattice", "none.other"])
def test_answers_of_indexing_name_no_phase(file: Path, folder: Path, alias: str) -> None:
    said = ["--kind", "measured", "--into", folder]
    assert "stand for it in the results" in run(file, *said, "--alias", alias, code=2).stderr
    run(file, *said, "--id", alias, code=2)
    assert list(folder.glob("*.cif")) == []
