"""Environments with the built wheel: one for most tests, and new ones where asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest


@dataclass(frozen=True, kw_only=True)
class Environment:
    """A fresh environment, used from a folder that is not the checkout."""

    bin: Path
    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def run(
        self,
        program: str,
        *arguments: str,
        folder: Path | None = None,
        variables: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment; whether it failed is the test's to say."""
        return subprocess.run(
            [self.bin / program, *arguments],
            cwd=folder or self.folder,
            env=self.variables | (variables or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
        )

    def pip(self, *arguments: str) -> None:
        """Run pip, which must succeed."""
        done = self.run("python", "-m", "pip", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr


@dataclass(frozen=True, kw_only=True)
class Builds:
    """What was built: straight from the checkout, and by way of the sdist."""

    sdist: Path
    wheel: Path
    wheel_of_sdist: Path


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Builds:
    direct, both = (tmp_path_factory.mktemp(name) for name in ("direct", "both"))
    # Without an option, `build` makes the sdist and then the wheel from the sdist.
    for options, out in (["--wheel"], direct), ([], both):
        command = [sys.executable, "-m", "build", *options, "--outdir", str(out), str(checkout)]
        done = subprocess.run(
            command, cwd=out, env=_variables(), capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = direct.glob("*.whl")
    (sdist,) = both.glob("*.tar.gz")
    (wheel_of_sdist,) = both.glob("*.whl")
    return Builds(sdist=sdist, wheel=wheel, wheel_of_sdist=wheel_of_sdist)


@pytest.fixture(scope="session")
def make_environment(
    tmp_path_factory: pytest.TempPathFactory, builds: Builds
) -> Callable[[], Environment]:
    """Return a function that makes a new environment with the wheel."""

    def make() -> Environment:
        root = tmp_path_factory.mktemp("environment")
        subprocess.run([sys.executable, "-m", "venv", root / "venv"], check=True)
        folder = root / "elsewhere"
        folder.mkdir()
        made = Environment(
            bin=root / "venv" / "bin",
            folder=folder,
            variables=_variables() | {"XDG_DATA_HOME": str(root / "no-user-data")},
        )
        made.pip("install", "--quiet", str(builds.wheel))
        return made

    return make


@pytest.fixture(scope="session")
def environment(make_environment: Callable[[], Environment]) -> Environment:
    return make_environment()


@pytest.fixture(scope="session")
def plugin_environment(make_environment: Callable[[], Environment]) -> Environment:
    """Return one for packages of plugins; each file of tests takes its own out again."""
    return make_environment()


def _variables() -> dict[str, str]:
    ours = ("PYTHON", "NAVP_", "PYTEST_", "VIRTUAL_ENV", "COV_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"PYTHONNOUSERSITE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
