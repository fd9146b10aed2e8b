"""The installed wheel works from a folder that is not the checkout."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from subprocess import CompletedProcess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Environment

pytestmark = pytest.mark.packaging


# Ends the run as soon as anything below the current directory is opened or listed.
GUARD = """
import os, sys
here = os.path.realpath(os.getcwd())
def guard(event, args):
    if event in ("open", "os.listdir", "os.scandir") and not isinstance(args[0], int):
        path = os.path.realpath(os.fsdecode(args[0] or "."))
        if os.path.commonpath([path, here]) == here:
            os.write(2, f"read {path}\\n".encode())
            os._exit(99)
from navp_structures.cli import main
sys.addaudithook(guard)
main(sys.argv[1:])
"""


@pytest.fixture
def decoys(tmp_path: Path, checkout: Path) -> Path:
    """Return a folder with a changed phase wherever a careless program would look."""
    folder = tmp_path / "decoys"
    for below in ("cifs", "phases", "navp_structures/cifs", "."):
        (folder / below).mkdir(parents=True, exist_ok=True)
        for name in ("na3vp-rt.cif", "na3vp-rt.toml"):
            text = (checkout / "cifs" / name).read_text()
            (folder / below / name).write_text(text.replace("8.7288", "9.9999"))
        shutil.copy(checkout / "cifs/nzsp-300k.toml", folder / below / "decoy.toml")
        shutil.copy(checkout / "cifs/nzsp-300k.cif", folder / below / "decoy.cif")
    (folder / "pyproject.toml").write_text("[project]\nname = 'navp-structures'\n")
    return folder


def answer(done: CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_files_come_from_site_packages(environment: Environment) -> None:
    code = "from navp_structures import _resources as r; print(r.__file__, r.curated_folder())"
    done = environment.run("python", "-c", code)
    places = [Path(word) for word in done.stdout.split()]
    assert len(places) == 2, done.stderr
    for place in places:
        assert "site-packages" in place.parts
        assert place.is_relative_to(environment.bin.parent)


def test_claims_come_from_site_packages(environment: Environment) -> None:
    code = (
        "import navp_structures as n; print(*n.papers(), len(n.load_claims('shen-2023')) > 50)"
    )
    done = environment.run("python", "-c", code)
    assert done.stdout.split() == ["shen-2023", "True"], done.stderr


def test_list(environment: Environment, checkout: Path) -> None:
    rows = answer(environment.run("navp", "list", "--json"))["results"]
    assert {row["id"] for row in rows} == {p.stem for p in (checkout / "cifs").glob("*.cif")}
    assert {row["provider"] for row in rows} == {"navp"}


def test_every_curated_phase_passes_its_check(environment: Environment) -> None:
    results = answer(environment.run("navp", "check", "--json"))["results"]
    assert len(results) == len(answer(environment.run("navp", "list", "--json"))["results"])


def test_command_of_the_readme(environment: Environment) -> None:
    command = ["index", "1.88", "1.895", "--phase", "Na3VP", "--phase", "NaVP"]
    done = environment.run("navp", *command)
    assert done.returncode == 0, done.stderr
    assert "(2 2 6)" in done.stdout
    assert answer(environment.run("navp", *command, "--json"))["results"]


def test_show_names_a_model(environment: Environment) -> None:
    done = environment.run("navp", "show", "Na2VP")
    assert done.returncode == 0, done.stderr
    assert "model" in done.stdout


def test_module_is_the_command(environment: Environment) -> None:
    arguments = ["d", "Na3VP", "4 -2 6", "1 -4 5", "--json"]
    document = answer(environment.run("python", "-m", "navp_structures", *arguments))
    # a = 8.7288, c = 21.8042 Å: 1/d² = 4/3 (h² + hk + k²)/a² + l²/c².
    first, second = (plane["d"] for plane in document["results"]["planes"])
    assert first == pytest.approx(1.8708, abs=1e-4)
    assert second == pytest.approx(1.8896, abs=1e-4)
    assert document == answer(environment.run("navp", *arguments))


def test_exported_cif_passes_the_check(environment: Environment, tmp_path: Path) -> None:
    done = environment.run("navp", "export", "NZSP", "out.cif", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    done = environment.run("navp", "check", "out.cif", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_plugins_list_and_path(environment: Environment) -> None:
    (row,) = answer(environment.run("navp", "plugins", "list", "--json"))["results"]
    assert (row["provider"], row["status"]) == ("navp", "loaded")
    (row,) = answer(environment.run("navp", "plugins", "path", "--json"))["results"]
    assert (row["provider"], row["exists"]) == ("user", False)


def test_plugins_new_writes_what_the_checkout_has(
    environment: Environment, tmp_path: Path, checkout: Path
) -> None:
    # The name of the files' own package leaves them as they are.
    arguments = ["plugins", "new", "navp-template", "--json"]
    made = answer(environment.run("navp", *arguments, folder=tmp_path))["results"]
    assert len(made["files"]) > 5
    for name in made["files"]:
        written = (tmp_path / made["folder"] / name).read_bytes()
        assert written == (checkout / "plugins" / "template" / name).read_bytes()
    done = environment.run("navp", *arguments, folder=tmp_path)
    assert (done.returncode, done.stderr) == (
        2,
        "Error: navp-template exists; it is left alone\n",
    )


@pytest.mark.parametrize("arguments", [["list"], ["show", "Na3VP"], ["show", "na3vp-rt"]])
def test_current_directory_is_not_read(
    environment: Environment, decoys: Path, arguments: list[str]
) -> None:
    # -I leaves the current directory out of the path for imports, as `navp` does.
    command = ["-I", "-c", GUARD, *arguments, "--json"]
    there = answer(environment.run("python", *command, folder=decoys))
    assert there == answer(environment.run("navp", *arguments, "--json"))
    assert there == answer(environment.run("navp", *arguments, "--json", folder=decoys))


def test_guard_objects_to_a_file_that_is_read(environment: Environment, decoys: Path) -> None:
    # The user may name a file there; the guard must see that.
    command = ["-I", "-c", GUARD, "show", "na3vp-rt.cif", "--json"]
    assert environment.run("python", *command, folder=decoys).returncode == 99
    cell = answer(environment.run("navp", "show", "na3vp-rt.cif", "--json", folder=decoys))
    assert "9.9999" in json.dumps(cell)
