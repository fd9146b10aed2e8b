"""From the installed wheel to a new plugin package that is tested, as a new user does it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Environment

pytestmark = pytest.mark.packaging


@pytest.fixture(scope="module")
def mylab(
    plugin_environment: Environment, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Do what a new user does: one command, then those that it prints."""
    folder = tmp_path_factory.mktemp("mine")
    done = plugin_environment.run("navp", "plugins", "new", "navp-mylab", folder=folder)
    assert done.returncode == 0, done.stderr
    try:
        _follow(done.stdout, folder, plugin_environment)
        yield folder / "navp-mylab"
    finally:
        plugin_environment.pip("uninstall", "--quiet", "--yes", "navp-mylab")


def _follow(told: str, folder: Path, environment: Environment) -> None:
    lines = told.partition("Next:\n")[2].splitlines()
    assert len(lines) == 4
    done = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", "\n".join(lines)],
        cwd=folder,
        env=environment.variables,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    (row,) = (line for line in done.stdout.splitlines() if line.startswith("example-"))
    assert "mylab" in row


def test_a_new_package_is_tested_at_once(plugin_environment: Environment, mylab: Path) -> None:
    done = plugin_environment.run("navp", "plugins", "list", "--json")
    rows = {row["provider"]: row for row in json.loads(done.stdout)["results"]}
    assert (rows["mylab"]["status"], rows["mylab"]["phases"]) == ("loaded", 1)
    done = plugin_environment.run("navp", "plugins", "new", "mylab")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Error: 'mylab' is an installed plugin; choose another name\n"


def test_its_test_objects_to_a_mistake(plugin_environment: Environment, mylab: Path) -> None:
    # Two digits of the cell in the wrong order, as one types them.
    (cif,) = mylab.glob("src/*/phases/*.cif")
    right = cif.read_text("utf-8")
    cif.write_text(right.replace("21.7994(8)", "21.9794(8)"), "utf-8")
    done = plugin_environment.run("python", "-m", "pytest", "-q", folder=mylab)
    cif.write_text(right, "utf-8")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 of 1 phase failed" in done.stdout
    assert "expected 226.552" in done.stdout


def test_a_phase_is_added_to_it(
    plugin_environment: Environment, mylab: Path, checkout: Path
) -> None:
    # As the package's README says.
    phases = mylab / "src" / "navp_mylab" / "phases"
    arguments = [str(checkout / "cifs" / "nzsp-300k.cif"), "--id", "glass", "--into"]
    done = plugin_environment.run("navp", "add", *arguments, str(phases))
    assert (done.returncode, done.stderr) == (0, "")  # it is known: the package names it
    assert plugin_environment.run("navp", "check", "mylab:glass").returncode == 0
    done = plugin_environment.run("python", "-m", "pytest", "-q", folder=mylab)
    assert done.returncode == 0, done.stdout
