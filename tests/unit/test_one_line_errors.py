"""What is no value is told in one short line, however much of it there is."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.errors import NavpError

SPOTS = [(0.0, 0.278), (0.322, 0.185), (0.322, -0.093)]
GOOD: dict[str, Any] = {
    "claims": "shen-2023",
    "d": 1.895,
    "energies": [-2.4, -2.3],
    "first": "Na3VP",
    "label": "1 -3 5",
    "lines": [14.25, 20.2, 23.9, 28.9, 32.2],
    "name": "Na3VP",
    "path": "no-such-file",
    "patterns": [SPOTS, SPOTS],
    "phase": "Na3VP",
    "phases": ["Na3VP", "NaVP"],
    "second": "NaVP",
    "spots": SPOTS,
    "values": [6.21, 4.36, 3.72, 3.10],
    "zone_axis": "2 1 0",
}
"""Arguments that are needed, by their names; `export` writes the file."""

WRITING = {"add_phase", "add_phases", "new_plugin"}
"""Functions that write somewhere when they are not asked where."""


def longish() -> Iterator[Any]:
    """Yield values of many lines, or of many letters."""
    import pandas as pd

    yield np.ones((2, 2))
    yield np.arange(400.0).reshape(40, 10)
    yield pd.Series(range(80))
    yield pd.DataFrame(np.ones((40, 9)))
    yield list(range(500))
    yield {n: n for n in range(300)}


def functions() -> dict[str, Callable[..., Any]]:
    named = {name: getattr(navp, name) for name in navp.__all__ if name not in WRITING}
    return {name: item for name, item in named.items() if inspect.isfunction(item)}


def long_sentences(function: Callable[..., Any]) -> Iterator[tuple[str, str]]:
    """Yield the errors that are too long, each with the argument that was wrong."""
    parameters = inspect.signature(function).parameters.values()
    needed = {p.name: GOOD.get(p.name) for p in parameters if p.default is p.empty}
    for parameter in parameters:
        for value in longish():
            given = needed | {parameter.name: value}
            placed = [given.pop(p.name) for p in parameters if p.kind is p.POSITIONAL_ONLY]
            try:
                function(*placed, **given)
            except NavpError as error:
                sentence = str(error)
                if "\n" in sentence or len(sentence) >= 400:
                    yield parameter.name, sentence
            except (TypeError, ValueError):  # those of Python itself
                pass


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", functions())
def test_every_function_tells_it_in_one_line(
    name: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert list(long_sentences(functions()[name])) == []
    assert {file.name for file in tmp_path.iterdir()} <= {GOOD["path"]}


def test_methods_too() -> None:
    pattern = navp.powder_pattern("Na3VP", two_theta=(10, 30))
    spots = navp.saed_pattern("Na3VP", "2 1 0")
    for method in (pattern.profile, pattern.plot, spots.image, spots.plot, navp.load("NZSP").d):
        assert list(long_sentences(method)) == []
