"""``navp plugins new``: what it prints, and what it refuses."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from navp_structures.catalogue.new_plugin import EXAMPLE, TEMPLATE_FILES
from navp_structures.cli import main
from navp_structures.cli import plugins as module


def run(*arguments: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["plugins", "new", *map(str, arguments)])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def commands(text: str) -> list[str]:
    return [line.strip() for line in text.partition("Next:\n")[2].splitlines()]


def test_it_goes_into_the_current_folder(here: Path) -> None:
    text = run("navp-mylab").stdout
    assert text.startswith("navp-mylab\n  pyproject.toml\n")
    assert (here / "navp-mylab" / "src" / "navp_mylab" / "__init__.py").is_file()
    assert commands(text)[0] == "cd navp-mylab"
    for line in text.replace(sys.executable, "python").splitlines():
        assert len(line) <= 80


def test_it_goes_into_another_folder(here: Path) -> None:
    (here / "my plugins").mkdir()
    text = run("mylab", "--into", "my plugins").stdout
    assert commands(text)[0] == "cd 'my plugins/navp-mylab'"
    assert [p.name for p in here.iterdir()] == ["my plugins"]


def test_json(here: Path) -> None:
    content = json.loads(run("mylab", "--json").stdout)
    assert content["schema"] == {"name": "navp.new_plugin", "version": 1}
    assert content["inputs"] == {"name": "mylab", "into": "."}
    found = content["results"]
    names = (found["distribution"], found["module"], found["provider"])
    assert names == ("navp-mylab", "navp_mylab", "mylab")
    assert found["folder"] == "navp-mylab"
    assert len(found["files"]) == len(TEMPLATE_FILES)
    for path in found["files"]:
        assert (here / found["folder"] / path).is_file()
    assert found["phases"] == [EXAMPLE]
    assert [line.split(" -m ")[-1].split()[0] for line in found["commands"]][1:3] == [
        "pip",
        "pytest",
    ]


@pytest.mark.parametrize("on_path", [True, False])
def test_commands_use_the_environment_of_navp(
    monkeypatch: pytest.MonkeyPatch, on_path: bool
) -> None:
    monkeypatch.setattr(sys, "prefix", "/env")
    monkeypatch.setattr(sys, "base_prefix", "/usr")
    monkeypatch.setattr(sys, "executable", "/env/bin/python3")
    other = "/env/bin/python" if on_path else "/usr/bin/python"
    monkeypatch.setattr(shutil, "which", lambda _: other)
    python = "python" if on_path else "/env/bin/python3"
    assert commands(run("mylab").stdout) == [
        "cd navp-mylab",
        f'{python} -m pip install -e ".[test]"',
        f"{python} -m pytest",
        "navp list" if on_path else f"{python} -m navp_structures list",
    ]


def test_a_python_of_the_system_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    # The new environment sees this package, which may be on no index.
    for name, value in (("prefix", "/usr"), ("base_prefix", "/usr")):
        monkeypatch.setattr(sys, name, value)
    monkeypatch.setattr(module, "_python", lambda: "python")
    found = commands(run("mylab").stdout)
    assert found[1] == "python -m venv --system-site-packages .venv"
    assert found[2:] == [
        '.venv/bin/python -m pip install -e ".[test]"',
        ".venv/bin/python -m pytest",
        ".venv/bin/python -m navp_structures list",
    ]


def test_an_environment_of_conda_is_used(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "env" / "conda-meta").mkdir(parents=True)
    for name in ("prefix", "base_prefix"):
        monkeypatch.setattr(sys, name, str(here / "env"))
    assert len(commands(run("mylab").stdout)) == 4


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["MyLab"], "Error: 'MyLab' is no name of a plugin; write navp-mylab;"),
        (["navp_my_lab"], "write navp-my-lab"),
        (["user"], "Error: 'user' is built in as a provider; choose another name"),
        (["structures"], "Error: navp-structures is this package itself"),
        (["mylab", "--into", "nowhere"], "Error: cannot write into 'nowhere': it is no folder"),
        (["there"], "Error: navp-there exists; it is left alone"),
        ([], "Missing argument 'NAME'"),
    ],
)
def test_what_is_refused(here: Path, arguments: list[str], sentence: str) -> None:
    (here / "navp-there").mkdir()
    error = run(*arguments, code=2).stderr
    assert sentence in error
    assert [p.name for p in here.iterdir()] == ["navp-there"]
    assert list((here / "navp-there").iterdir()) == []


def test_a_folder_that_cannot_be_written(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    error = run("mylab", code=2).stderr
    assert error == "Error: cannot write 'navp-mylab': No space left on device\n"
    assert list(here.iterdir()) == []
