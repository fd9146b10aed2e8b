"""Modules and functions stay small, and a file's name says what is in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

MODULE_LINES = 400
MEDIAN_MODULE_LINES = 150
FUNCTION_LINES = 60
"""Signature and code; the documentation of a public function may be as long as it needs."""


def functions(source: str) -> Iterator[tuple[int, str]]:
    """Yield (lines without docstring, name) of each function and method."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            lines = node.end_lineno - node.lineno + 1
            first = node.body[0]
            if ast.get_docstring(node) is not None and first.end_lineno is not None:
                lines -= first.end_lineno - first.lineno + 1
            yield lines, node.name


@pytest.fixture(scope="module")
def sources(checkout: Path) -> dict[str, str]:
    package = checkout / "navp_structures"
    return {p.relative_to(package).as_posix(): p.read_text() for p in package.rglob("*.py")}


def test_modules_are_short(sources: dict[str, str]) -> None:
    lines = {name: len(text.splitlines()) for name, text in sources.items()}
    assert not {name: n for name, n in lines.items() if n > MODULE_LINES}
    assert median(lines.values()) <= MEDIAN_MODULE_LINES


def test_functions_are_short(sources: dict[str, str]) -> None:
    long = [
        f"{path}: {name} has {lines} lines"
        for path, text in sources.items()
        for lines, name in functions(text)
        if lines > FUNCTION_LINES
    ]
    assert not long


def test_length_leaves_the_docstring_out() -> None:
    source = """
class Cell:
    def volume(
        self,
    ):
        '''One sentence.

        And more.
        '''
        return 1
"""
    assert list(functions(source)) == [(4, "volume")]


def test_no_module_is_a_drawer(sources: dict[str, str]) -> None:
    stems = {part.removesuffix(".py") for name in sources for part in name.split("/")}
    assert stems.isdisjoint({"utils", "util", "helpers", "helper", "common", "misc", "tools"})
