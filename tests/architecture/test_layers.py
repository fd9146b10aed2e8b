"""Imports point to a lower layer, or stay in their package."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = "navp_structures"
GROUPS = {
    "errors": "base",
    "read_only": "base",
    "constants": "base",
    "_resources": "base",
    "_version": "base",
    "testing": "testing",
    "__init__": "top",
    "__main__": "top",
    "": "top",
}
LAYERS = {
    "base": 0,
    "kernels": 1,
    "show": 1,
    "model": 2,
    "io": 3,
    "catalogue": 4,
    "analysis": 5,
    "testing": 6,
    "benchmark": 6,
    "cli": 6,
    "top": 7,
}


def group_of(module: str) -> str:
    """Return the part of the package that `navp_structures.x.y` belongs to."""
    first = module.removeprefix(PACKAGE).lstrip(".").partition(".")[0]
    return GROUPS.get(first, first)


def imports(tree: ast.AST, module: str) -> Iterator[tuple[str, bool, int]]:
    """Yield (module, whether for type checking only, line), local imports too."""
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree):
        for name in _names(node, module):
            if name == PACKAGE or name.startswith(f"{PACKAGE}."):
                yield name, id(node) in typing_only, getattr(node, "lineno", 0)


def _names(node: ast.AST, module: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        above = module.split(".")[: -node.level] if node.level else []
        base = ".".join([*above, *([node.module] if node.module else [])])
        # `from navp_structures import errors` is a module, `... import Phase` the top.
        parts = {*LAYERS, *GROUPS} - {"base", "top", ""}
        inner = [f"{base}.{alias.name}" for alias in node.names if alias.name in parts]
        outer = [base] if len(inner) < len(node.names) else []
        return [*inner, *outer] if base == PACKAGE else [base]
    if isinstance(node, ast.Call) and node.args:
        called = ast.unparse(node.func).rpartition(".")[2]
        name = node.args[0]
        if called in {"import_module", "__import__"} and isinstance(name, ast.Constant):
            return [str(name.value)]
    return []


def violations(source: str, module: str) -> list[str]:
    """Return each import of a module that its layer forbids, in words."""
    here = group_of(module)
    found = []
    for name, typing_only, line in imports(ast.parse(source), module):
        there = group_of(name)
        if here not in LAYERS or there not in LAYERS:
            found.append(f"{module}:{line}: {name} or {module} has no layer")
        elif here == there or LAYERS[there] < LAYERS[here]:
            continue
        elif not (typing_only and LAYERS[there] == LAYERS[here]):
            found.append(f"{module}:{line} [{here}] imports {name} [{there}]")
    return found


def modules(package: Path) -> dict[str, Path]:
    root = package.parent
    return {
        ".".join(path.relative_to(root).with_suffix("").parts): path
        for path in sorted(package.rglob("*.py"))
    }


def test_imports_point_downward(checkout: Path) -> None:
    found = [
        violation
        for module, path in modules(checkout / PACKAGE).items()
        for violation in violations(path.read_text(), module)
    ]
    assert not found, "\n".join(found)


def test_every_module_has_a_layer(checkout: Path) -> None:
    names = modules(checkout / PACKAGE)
    assert len(names) > 50
    assert not [name for name in names if group_of(name) not in LAYERS]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("kernels.bad", "from navp_structures.model.phase import Phase"),
        ("kernels.bad", "from navp_structures.show import tables"),
        ("show.bad", "import navp_structures.kernels.lattice"),
        ("model.bad", "def f():\n    from navp_structures.io.cif import read_cif"),
        ("model.bad", "from navp_structures import io"),
        ("model.bad", "from navp_structures import Phase"),
        ("model.bad", "import navp_structures"),
        ("model.bad", "from ..io import cif"),
        ("model.bad", "from .. import io"),
        ("io.bad", "if TYPE_CHECKING:\n    from navp_structures.analysis import phases"),
        ("io.bad", "if True:\n    from navp_structures.catalogue import catalogue"),
        ("io.bad", "importlib.import_module('navp_structures.catalogue')"),
        ("errors", "from navp_structures.kernels import lattice"),
        ("testing", "from navp_structures.cli import main"),
        ("analysis.indexing.bad", "from navp_structures.cli.output import folded"),
        ("stray", "from navp_structures.errors import NavpError"),
    ],
)
def test_checker_objects(module: str, source: str) -> None:
    assert len(violations(source, f"{PACKAGE}.{module}")) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("kernels.good", "import numpy as np"),
        ("kernels.good", "from navp_structures.kernels import lattice"),
        ("kernels.good", "if TYPE_CHECKING:\n    from navp_structures.show import tables"),
        ("_resources", "from navp_structures.errors import InputFileError"),
        ("model.good", "from navp_structures import errors"),
        ("model.good", "from ..kernels import lattice"),
        ("analysis.indexing.good", "from navp_structures.analysis.planes import Plane"),
        ("__main__", "from navp_structures.cli import main"),
    ],
)
def test_checker_allows(module: str, source: str) -> None:
    assert violations(source, f"{PACKAGE}.{module}") == []
