"""The lazy public names: one list, three places that must agree."""

from __future__ import annotations

import ast
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import FunctionType

import pytest

import navp_structures

# Submodules and plain values, which have no home to be fetched from.
NOT_LAZY = {"__version__", "errors"}


def typed_homes(source: str) -> dict[str, str]:
    """Return name: module of the imports under `if TYPE_CHECKING`."""
    return {
        alias.name: node.module or ""
        for block in ast.parse(source).body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def text_below(source: str, name: str) -> str:
    """Return the text that stands below the assignment to a name; empty without one."""
    body = ast.parse(source).body
    for node, after in pairwise(body):
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name:
            told = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            return str(after.value.value) if told else ""
    return ""


@pytest.mark.parametrize("name", navp_structures.__all__)
def test_name_resolves_and_is_documented(name: str) -> None:
    value = getattr(navp_structures, name)
    assert name in dir(navp_structures)
    told = getattr(value, "__doc__", None)
    if told is None:  # a mapping carries no text of its own
        home = import_module(f"navp_structures.{navp_structures._HOMES[name]}")
        told = text_below(Path(home.__file__).read_text("utf-8"), name)
    assert told.strip()


def test_a_value_without_a_text_is_seen() -> None:
    assert text_below('A: Final = 1\n"""What it is."""\n', "A") == "What it is."
    assert text_below("A: Final = 1\nB: Final = 2\n", "A") == ""


@pytest.mark.parametrize("name", sorted(navp_structures._HOMES))
def test_name_is_defined_in_its_home(name: str) -> None:
    value = getattr(import_module(f"navp_structures.{navp_structures._HOMES[name]}"), name)
    assert getattr(navp_structures, name) is value
    if isinstance(value, type | FunctionType):
        assert value.__module__ == f"navp_structures.{navp_structures._HOMES[name]}"


def test_all_agrees_with_the_homes() -> None:
    assert len(navp_structures.__all__) == len(set(navp_structures.__all__))
    assert set(navp_structures.__all__) == set(navp_structures._HOMES) | NOT_LAZY


def test_homes_agree_with_what_type_checkers_see(checkout: Path) -> None:
    source = (checkout / "navp_structures" / "__init__.py").read_text()
    homes = {name: f"navp_structures.{home}" for name, home in navp_structures._HOMES.items()}
    assert typed_homes(source) == homes | {"errors": "navp_structures"}


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        getattr(navp_structures, "no_such_name")  # noqa: B009
