"""Every package in plugins/, installed beside the wheel and taken out again."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest

if TYPE_CHECKING:
    from conftest import Environment

pytestmark = pytest.mark.packaging

REQUIRED = {"calibrants", "nasicon", "template"}
"""Providers that must be there, so that a package that is not found is told."""

LITTER = shutil.ignore_patterns(
    ".venv", "__pycache__", ".pytest_cache", ".ruff_cache", "*.egg-info", "dist", "build"
)


@dataclass(frozen=True, kw_only=True)
class Package:
    """A package in plugins/: what pip calls it, and its one entry point."""

    folder: Path
    distribution: str
    provider: str


def packages() -> dict[str, Package]:
    found = {}
    for file in sorted(
        (Path(__file__).resolve().parents[2] / "plugins").glob("*/pyproject.toml")
    ):
        project = tomllib.loads(file.read_text("utf-8"))["project"]
        (provider,) = project["entry-points"]["navp_structures"]
        found[provider] = Package(
            folder=file.parent, distribution=project["name"], provider=provider
        )
    return found


PACKAGES = packages()
each_package = pytest.mark.parametrize("package", PACKAGES.values(), ids=PACKAGES)


@dataclass(frozen=True, kw_only=True)
class Installed:
    """An environment with every package, its sources copied and its wheel kept."""

    environment: Environment
    sources: dict[str, Path]
    wheels: dict[str, Path]

    def answer(self, *arguments: str) -> Any:
        """Return the JSON of a command that is done, and has nothing to warn of."""
        done = self.environment.run("navp", *arguments, "--json")
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
        return json.loads(done.stdout)

    def phases(self, package: Package) -> list[str]:
        """Return the ids of a package's phases."""
        rows = self.answer("list")["results"]
        return [row["id"] for row in rows if row["provider"] == package.provider]

    def named(self, package: Package) -> list[str]:
        """Return the names of its phases that nobody else can have."""
        return [f"{package.provider}:{phase}" for phase in self.phases(package)]


@pytest.fixture(scope="module")
def installed(
    plugin_environment: Environment, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installed]:
    root = tmp_path_factory.mktemp("packages")
    sources, wheels = {}, {}
    for name, package in PACKAGES.items():
        # What is built and run leaves traces; none of them in the checkout.
        sources[name] = root / package.folder.name
        shutil.copytree(package.folder, sources[name], ignore=LITTER)
        target = root / f"wheel-{name}"
        line = ["wheel", "--quiet", "--no-deps", "--wheel-dir", str(target)]
        plugin_environment.pip(*line, str(sources[name]))
        (wheels[name],) = target.glob("*.whl")
    with_tests = [f"{wheel}[test]" for wheel in wheels.values()]
    plugin_environment.pip("install", "--quiet", "pytest", *with_tests)
    yield Installed(environment=plugin_environment, sources=sources, wheels=wheels)
    names = [package.distribution for package in PACKAGES.values()]
    plugin_environment.pip("uninstall", "--quiet", "--yes", *names)


def test_the_packages_are_found() -> None:
    assert set(PACKAGES) >= REQUIRED


@each_package
def test_a_wheel_ships_its_licence(installed: Installed, package: Package) -> None:
    project = tomllib.loads((package.folder / "pyproject.toml").read_text("utf-8"))["project"]
    if "license" not in project:
        pytest.skip("whoever begins a package from the template chooses one")
    with ZipFile(installed.wheels[package.provider]) as wheel:
        (name,) = (n for n in wheel.namelist() if n.endswith("licenses/LICENSE"))
        text = wheel.read(name).decode()
    assert text == (package.folder / "LICENSE").read_text("utf-8")
    assert f"navp_{package.provider}/phases/" in text


def test_all_of_them_are_loaded(installed: Installed) -> None:
    rows = {row["provider"]: row for row in installed.answer("plugins", "list")["results"]}
    assert set(rows) == {"navp", *PACKAGES}
    for name, package in PACKAGES.items():
        row = rows[name]
        assert (row["status"], row["reason"]) == ("loaded", None)
        assert row["phases"] == len(installed.phases(package)) > 0
        project = tomllib.loads((package.folder / "pyproject.toml").read_text("utf-8"))
        assert row["version"] == project["project"].get("version", row["version"])
        assert row["version"]


def test_the_curated_phases_stay_what_they_are(installed: Installed) -> None:
    rows = installed.answer("list")["results"]
    done = installed.environment.run("navp", "--no-plugins", "list", "--json")
    alone = json.loads(done.stdout)["results"]
    assert [row for row in rows if row["provider"] == "navp"] == alone


@each_package
def test_check(installed: Installed, package: Package) -> None:
    results = installed.answer("check", *installed.named(package))["results"]
    assert [row["phase"] for row in results] == installed.phases(package)
    assert all(row["passed"] for row in results)


@each_package
def test_xrd_and_index(installed: Installed, package: Package) -> None:
    names = installed.named(package)
    strongest: dict[str, float] = {}
    for name in names:
        lines = installed.answer("xrd", name)["results"]
        line = max(lines, key=lambda row: row["intensity"])
        assert line["intensity"] == pytest.approx(100.0)
        strongest[line["phase"]] = line["d"]
    assert list(strongest) == installed.phases(package)
    options = [word for name in names for word in ("--phase", name)]
    found = installed.answer("index", *map(str, strongest.values()), *options)
    best = {
        (row["observation"], row["phase"])
        for row in found["results"]["candidates"]
        if abs(row["deviation_percent"]) < 1e-6
    }
    assert set(enumerate(strongest)) <= best


@each_package
def test_its_own_tests(installed: Installed, package: Package) -> None:
    source = installed.sources[package.provider]
    # From elsewhere, so that what is tested is what was installed.
    done = installed.environment.run("pytest", "-q", "-p", "no:cacheprovider", str(source))
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def only_others(document: dict[str, Any], package: Package) -> dict[str, Any]:
    """Return a document without the rows of a package, and without what it says of them."""
    rows = document["results"]
    ids = {row.get("id") for row in rows if row["provider"] == package.provider}
    left = {"results": [row for row in rows if row["provider"] != package.provider]}
    if "phases" in document:
        left["phases"] = [phase for phase in document["phases"] if phase["id"] not in ids]
    return document | left


@each_package
@pytest.mark.parametrize("command", [["list"], ["plugins", "list"]], ids=" ".join)
def test_without_it_nothing_else_changes(
    installed: Installed, package: Package, command: list[str]
) -> None:
    before = installed.answer(*command)
    without = only_others(before, package)
    name = installed.named(package)[0]
    installed.environment.pip("uninstall", "--quiet", "--yes", package.distribution)
    try:
        after = installed.answer(*command)
        shown = installed.environment.run("navp", "show", name)
    finally:
        wheel = str(installed.wheels[package.provider])
        installed.environment.pip("install", "--quiet", "--no-deps", wheel)
    assert after == without != before
    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr.startswith("Error: ")
    assert installed.answer(*command) == before
