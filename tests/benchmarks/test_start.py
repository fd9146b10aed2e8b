"""How long the command and the import keep a user waiting.

Off by default; ``pytest tests/benchmarks --benchmark-enable --benchmark-only`` measures.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Comparison

    Compare = Callable[[Sequence[str], Sequence[str]], Comparison]


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_import(compare: Compare) -> None:
    found = compare(python("import navp_structures"), python("pass"))
    if found.measured:
        assert found.command - found.yardstick <= 0.1


def test_list(compare: Compare) -> None:
    command = [sys.executable, "-m", "navp_structures", "list"]
    found = compare(command, python("import numpy, gemmi"))
    if found.measured:
        assert found.ratio <= 2.5
