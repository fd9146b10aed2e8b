"""A new plugin package: its names, what it holds, and that it works as it stands."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
import tomllib
import zipfile
from collections.abc import Callable
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest

import navp_structures as navp
from navp_structures._resources import plugin_template
from navp_structures.catalogue import new_plugin as module
from navp_structures.catalogue.new_plugin import EXAMPLE, LONGEST_NAME, TEMPLATE_FILES
from navp_structures.errors import InputError, InputFileError
from navp_structures.testing import check_phases

# What lies beside the files of a checkout: environments, caches, compiled modules.
MADE = {".venv", "__pycache__", ".pytest_cache", ".ruff_cache", "dist", "build"}


def written(folder: Path) -> dict[str, str]:
    files = (p for p in folder.rglob("*") if p.is_file() and MADE.isdisjoint(p.parts))
    return {p.relative_to(folder).as_posix(): p.read_text("utf-8") for p in files}


def test_everything_of_the_template_is_written(checkout: Path) -> None:
    assert set(written(checkout / "plugins" / "template")) == set(TEMPLATE_FILES)


def test_its_own_name_gives_it_back(checkout: Path, tmp_path: Path) -> None:
    made = navp.new_plugin("template", into=tmp_path)
    assert written(made.folder) == written(checkout / "plugins" / "template")


@pytest.mark.parametrize(
    ("name", "distribution", "python_name", "provider"),
    [
        ("navp-mylab", "navp-mylab", "navp_mylab", "mylab"),
        ("mylab", "navp-mylab", "navp_mylab", "mylab"),
        ("my-lab-2", "navp-my-lab-2", "navp_my_lab_2", "my-lab-2"),
        # What Python alone could not be called.
        ("2d", "navp-2d", "navp_2d", "2d"),
        ("class", "navp-class", "navp_class", "class"),
        # Each is replaced once, also by what holds the name itself.
        ("template-2", "navp-template-2", "navp_template_2", "template-2"),
        ("a" * LONGEST_NAME, f"navp-{'a' * LONGEST_NAME}", f"navp_{'a' * LONGEST_NAME}",
         "a" * LONGEST_NAME),
    ],
)  # fmt: skip
def test_names(
    tmp_path: Path, name: str, distribution: str, python_name: str, provider: str
) -> None:
    made = navp.new_plugin(name, into=tmp_path)
    assert (made.distribution, made.module, made.provider) == (
        distribution,
        python_name,
        provider,
    )
    assert made.folder == tmp_path / distribution
    content = written(made.folder)
    assert set(content) == set(made.files)
    assert len(content) == len(TEMPLATE_FILES)
    project = tomllib.loads(content["pyproject.toml"])["project"]
    assert project["name"] == distribution
    assert project["entry-points"] == {"navp_structures": {provider: python_name}}
    assert python_name.isidentifier()
    assert f"src/{python_name}/__init__.py" in content
    assert f'check_phases("{provider}")' in content["tests/test_phases.py"]


def test_nothing_keeps_the_name_of_the_template(tmp_path: Path) -> None:
    content = written(navp.new_plugin("mylab", into=tmp_path).folder)
    for path, text in content.items():
        assert "template" not in f"{path}\n{text}".lower(), path
    # The search does find it where it is.
    assert re.search("template", plugin_template().joinpath("README.md").read_text("utf-8"))


def test_files_are_what_their_names_say(tmp_path: Path) -> None:
    content = written(navp.new_plugin("my-lab", into=tmp_path).folder)
    for path, text in content.items():
        if path.endswith(".toml"):
            assert tomllib.loads(text)
        if path.endswith(".py"):
            compile(text, path, "exec")
        assert text.endswith("\n")
        assert "\r" not in text
        if not path.endswith((".cif", ".toml")):
            assert max(map(len, text.splitlines())) <= 92, path
    assert "secrets" not in content[".github/workflows/tests.yml"]
    assert "python -m pytest" in content[".github/workflows/tests.yml"]


def test_the_workflow_installs_nothing_by_a_bare_name(tmp_path: Path) -> None:
    made = navp.new_plugin("mylab", into=tmp_path)
    text = (made.folder / ".github" / "workflows" / "tests.yml").read_text("utf-8")
    assert text.count('NAVP_STRUCTURES: ""') == 1
    guard = textwrap.dedent(text.split("run: |\n")[1].split("      - run:")[0])
    before, own = text.index('install "$NAVP_STRUCTURES"'), text.index('install ".[test]"')
    assert before < own

    def run(source: str) -> subprocess.CompletedProcess[str]:
        asked = guard.replace("python -m pip", "echo pip")
        return subprocess.run(["bash", "-euc", asked], env={"NAVP_STRUCTURES": source},
                              capture_output=True, text=True)  # fmt: skip

    empty = run("")
    assert empty.returncode == 1
    assert "say where navp-structures comes from" in empty.stdout
    assert run("git+https://x/y").stdout == "pip install git+https://x/y\n"


@pytest.mark.skipif(find_spec("ruff") is None, reason="ruff is not installed")
@pytest.mark.parametrize("command", [["check"], ["format", "--check"]])
def test_ruff_is_content(tmp_path: Path, command: list[str]) -> None:
    made = navp.new_plugin("my-lab", into=tmp_path)
    line = [sys.executable, "-m", "ruff", *command, "--isolated", "--no-cache", "."]
    done = subprocess.run(line, cwd=made.folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_example_passes_every_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, install: Callable[..., None]
) -> None:
    made = navp.new_plugin("my-lab", into=tmp_path)
    monkeypatch.syspath_prepend(made.folder / "src")
    plugin = __import__(made.module)
    install(**{"my-lab": plugin})
    (report,) = check_phases("my-lab")
    assert report.phase == EXAMPLE
    phase = navp.load(f"my-lab:{EXAMPLE}")
    assert phase is navp.load(EXAMPLE)
    assert phase.formula == "NaTi2(PO4)3"
    # Nobody takes it for their own.
    assert phase.caveat.startswith("an example")
    assert EXAMPLE.startswith("example-")
    # By hand: a² c sqrt(3)/12 = 72.0020 × 21.7994 × 0.144338 = 226.552 Å³.
    assert phase.volume_per_formula_unit == pytest.approx(226.552, abs=1e-3)


@pytest.mark.parametrize(
    "name",
    ["", "navp-", "MyLab", "my_lab", "my.lab", "-mylab", "mylab-", "my--lab", "my lab", "../x",
     "navp/x", "mÿlab", "mylab\n", "a" * (LONGEST_NAME + 1), None, 3.5,
     float("inf"), float("nan"), 0, 1, date(2026, 1, 2)],
)  # fmt: skip
def test_what_is_no_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="is no name of a plugin"):
        navp.new_plugin(name, into=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [("MyLab", "navp-mylab"), ("navp_my_lab", "navp-my-lab"), ("My Lab", "navp-my-lab")],
)
def test_the_name_that_was_meant_is_told(tmp_path: Path, name: str, meant: str) -> None:
    with pytest.raises(InputError, match=f"; write {meant};"):
        navp.new_plugin(name, into=tmp_path)
    assert navp.new_plugin(meant, into=tmp_path).distribution == meant


@pytest.mark.parametrize("name", ["navp", "path", "user", "navp-navp", "navp-user"])
def test_built_in_providers_keep_their_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="is built in as a provider; choose another"):
        navp.new_plugin(name, into=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_package_keeps_its_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is this package itself"):
        navp.new_plugin("navp-structures", into=tmp_path)


def test_installed_plugins_keep_their_names(
    tmp_path: Path, install: Callable[..., None]
) -> None:
    install(mylab=SimpleNamespace())
    with pytest.raises(InputError, match="'mylab' is an installed plugin; choose another"):
        navp.new_plugin("mylab", into=tmp_path)
    navp.new_plugin("mylab-2", into=tmp_path)


def test_a_package_is_never_written_over(tmp_path: Path) -> None:
    made = navp.new_plugin("mylab", into=tmp_path)
    (made.folder / "README.md").write_text("mine")
    with pytest.raises(InputFileError, match="navp-mylab exists; it is left alone"):
        navp.new_plugin("mylab", into=tmp_path)
    assert (made.folder / "README.md").read_text() == "mine"


def test_it_is_read_from_an_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checkout: Path
) -> None:
    source = checkout / "plugins" / "template"
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for path in TEMPLATE_FILES:
            archive.write(source / path, f"in/{path}")
    inside = zipfile.Path(tmp_path / "x.zip", "in/")
    monkeypatch.setattr(module, "plugin_template", lambda: inside)
    made = navp.new_plugin("template", into=tmp_path)
    assert written(made.folder) == written(source)


def test_an_installation_without_a_file_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "half").mkdir()
    monkeypatch.setattr(module, "plugin_template", lambda: tmp_path / "half")
    with pytest.raises(InputFileError, match=r"cannot read .*pyproject\.toml"):
        navp.new_plugin("mylab", into=tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["half"]
