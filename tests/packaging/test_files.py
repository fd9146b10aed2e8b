"""The wheel and the sdist hold what they should, and nothing else."""

from __future__ import annotations

import tarfile
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from navp_structures._resources import curated_folder

if TYPE_CHECKING:
    from conftest import Builds

pytestmark = pytest.mark.packaging

TEMPLATE = "navp_structures/plugins/template/"
NEVER = {".venv", ".git", "__pycache__", "dist", "build", ".mypy_cache", ".ruff_cache"}


def in_wheel(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def in_sdist(sdist: Path) -> set[str]:
    with tarfile.open(sdist) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def files_below(folder: Path) -> set[Path]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path for path in found if NEVER.isdisjoint(path.parts) and path.suffix != ".pyc"}


def test_wheel_holds_every_curated_file(builds: Builds, checkout: Path) -> None:
    below = files_below(checkout / "cifs")
    files = {f"navp_structures/{p.relative_to(checkout).as_posix()}" for p in below}
    assert {Path(name).suffix for name in files} >= {".cif", ".toml"}
    assert "navp_structures/cifs/papers/shen-2023.toml" in files
    assert files <= in_wheel(builds.wheel)


def test_both_hold_what_a_new_plugin_is_made_of(builds: Builds, checkout: Path) -> None:
    template = checkout / "plugins" / "template"
    files = {p.relative_to(template).as_posix() for p in files_below(template)}
    assert {"pyproject.toml", ".gitignore", ".github/workflows/tests.yml"} <= files
    below = {n.removeprefix(TEMPLATE) for n in in_wheel(builds.wheel) if n.startswith(TEMPLATE)}
    assert below == files
    assert {f"plugins/template/{name}" for name in files} <= in_sdist(builds.sdist)


def test_wheel_holds_every_module_and_the_typing_mark(builds: Builds, checkout: Path) -> None:
    package = checkout / "navp_structures"
    modules = {p.relative_to(checkout).as_posix() for p in package.rglob("*.py")}
    assert modules | {"navp_structures/py.typed"} <= in_wheel(builds.wheel)


def test_wheel_holds_nothing_but_the_package(builds: Builds) -> None:
    names = in_wheel(builds.wheel)
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"navp_structures"}
    # A new plugin begins with a test.
    own = {name for name in names if not name.startswith(TEMPLATE)}
    parts = {part for name in own for part in Path(name).parts}
    assert parts.isdisjoint(NEVER | {"tests", ".ci", "plugins"})
    assert not [name for name in names if name.endswith(".pyc")]


def test_sdist_holds_what_pyproject_names(builds: Builds, checkout: Path) -> None:
    config = tomllib.loads((checkout / "pyproject.toml").read_text())
    named = config["tool"]["hatch"]["build"]["targets"]["sdist"]["only-include"]
    assert {"cifs", "tests", "plugins", "README.md", "LICENSE"} <= set(named)
    wanted = {checkout / name for name in named if (checkout / name).is_file()}
    for name in named:
        wanted |= files_below(checkout / name)
    missing = {p.relative_to(checkout).as_posix() for p in wanted} - in_sdist(builds.sdist)
    assert not missing


def test_sdist_holds_no_environment(builds: Builds) -> None:
    parts = {part for name in in_sdist(builds.sdist) for part in Path(name).parts}
    assert parts.isdisjoint(NEVER)


def test_wheel_of_the_sdist_is_the_wheel(builds: Builds) -> None:
    assert in_wheel(builds.wheel_of_sdist) == in_wheel(builds.wheel)


def test_editable_install_finds_the_checkout(checkout: Path) -> None:
    # The environment of the tests is editable: `pip install -e '.[test]'`.
    assert Path(str(curated_folder())) == checkout / "cifs"
