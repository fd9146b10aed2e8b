"""A plugin package comes and goes with pip; a broken one stops nobody."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Environment

pytestmark = pytest.mark.packaging

PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{dashed}"
version = "1.0"

[project.entry-points.navp_structures]
{plugin} = "{module}"
"""
WORKING = """
from importlib.resources import files

from navp_structures import hookimpl


@hookimpl
def navp_phase_folders():
    return [files(__name__) / "phases"]
"""
BROKEN = "import navp_no_such_module\n"


def write_package(root: Path, plugin: str, code: str) -> Path:
    module = f"navp_test_{plugin}"
    (root / module).mkdir(parents=True)
    (root / module / "__init__.py").write_text(code)
    dashed = module.replace("_", "-")
    text = PYPROJECT.format(dashed=dashed, plugin=plugin, module=module)
    (root / "pyproject.toml").write_text(text)
    return root / module


@pytest.fixture(scope="session")
def plugin_wheels(
    environment: Environment, tmp_path_factory: pytest.TempPathFactory, checkout: Path
) -> dict[str, str]:
    """Build a plugin with one phase, lab-glass, and one whose import fails."""
    root = tmp_path_factory.mktemp("plugins")
    phases = write_package(root / "mylab", "mylab", WORKING) / "phases"
    phases.mkdir()
    shutil.copy(checkout / "cifs" / "nzsp-300k.cif", phases / "lab-glass.cif")
    (phases / "lab-glass.toml").write_text('schema = 1\nkind = "measured"\n')
    write_package(root / "wreck", "wreck", BROKEN)
    folders = [str(root / name) for name in ("mylab", "wreck")]
    environment.pip("wheel", "--quiet", "--no-deps", "--wheel-dir", str(root), *folders)
    return {wheel.name.split("-")[0]: str(wheel) for wheel in root.glob("*.whl")}


@pytest.fixture
def mylab(environment: Environment, plugin_wheels: dict[str, str]) -> Iterator[None]:
    yield from installed(environment, plugin_wheels, "navp_test_mylab")


@pytest.fixture
def wreck(environment: Environment, plugin_wheels: dict[str, str]) -> Iterator[None]:
    yield from installed(environment, plugin_wheels, "navp_test_wreck")


def installed(environment: Environment, wheels: dict[str, str], name: str) -> Iterator[None]:
    environment.pip("install", "--quiet", "--no-deps", wheels[name])
    yield
    environment.pip("uninstall", "--quiet", "--yes", name)


def providers(
    environment: Environment, *options: str, variables: dict[str, str] | None = None
) -> dict[str, str]:
    done = environment.run("navp", *options, "list", "--json", variables=variables)
    assert done.returncode == 0, done.stderr
    return {row["id"]: row["provider"] for row in json.loads(done.stdout)["results"]}


def test_phase_is_listed_with_its_provider(environment: Environment, mylab: None) -> None:
    found = providers(environment)
    assert found["lab-glass"] == "mylab"
    assert found["na3vp-rt"] == "navp"


def test_phase_loads_by_its_full_name(environment: Environment, mylab: None) -> None:
    code = "import navp_structures as n; p = n.load('mylab:lab-glass'); print(p.id, p.provider)"
    done = environment.run("python", "-c", code)
    assert done.stdout.split() == ["lab-glass", "mylab"], done.stderr
    assert environment.run("navp", "check", "mylab:lab-glass").returncode == 0


@pytest.mark.parametrize(
    ("options", "variables"),
    [
        ([], {"NAVP_DISABLED_PLUGINS": "mylab"}),
        ([], {"NAVP_LOAD_PLUGINS": ""}),
        (["--no-plugins"], {}),
    ],
)
def test_switches_hide_it(
    environment: Environment, mylab: None, options: list[str], variables: dict[str, str]
) -> None:
    hidden = providers(environment, *options, variables=variables)
    assert "lab-glass" not in hidden
    assert hidden["na3vp-rt"] == "navp"
    command = [*options, "show", "mylab:lab-glass"]
    assert environment.run("navp", *command, variables=variables).returncode == 2


def test_it_is_gone_after_pip_uninstall(environment: Environment, mylab: None) -> None:
    assert "lab-glass" in providers(environment)
    environment.pip("uninstall", "--quiet", "--yes", "navp-test-mylab")
    assert "lab-glass" not in providers(environment)


def test_broken_plugin_is_a_warning(environment: Environment, wreck: None) -> None:
    done = environment.run("navp", "list", "--json")
    assert done.returncode == 0
    warning = next(line for line in done.stderr.splitlines() if "wreck" in line)
    assert warning.startswith("Warning:")
    assert "navp_no_such_module" in warning
    assert "Traceback" not in done.stderr
    assert "na3vp-rt" in {row["id"] for row in json.loads(done.stdout)["results"]}


def test_broken_plugin_stops_nobody(environment: Environment, mylab: None, wreck: None) -> None:
    assert providers(environment)["lab-glass"] == "mylab"
    for arguments in (["check", "Na3VP"], ["d", "mylab:lab-glass", "1 0 4"]):
        done = environment.run("navp", *arguments)
        assert done.returncode == 0, done.stderr
        assert "wreck" in done.stderr


def test_switch_silences_a_broken_plugin(environment: Environment, wreck: None) -> None:
    switch = {"NAVP_DISABLED_PLUGINS": "wreck"}
    assert environment.run("navp", "list", variables=switch).stderr == ""
