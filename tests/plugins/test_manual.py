"""The examples of hookspecs and manual run as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from navp_structures import Phase, PhaseSource
from navp_structures.catalogue import hookspecs
from navp_structures.testing import check_phases

HOOKS = [
    "navp_phase_folders",
    "navp_phases",
    "navp_checks",
    "navp_radiations",
    "navp_spacing_readers",
]


def _examples(text: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def test_the_manuals_plugins_are_complete(checkout: Path) -> None:
    examples = _examples((checkout / "plugins" / "README.md").read_text("utf-8"))
    assert len(examples) == len(HOOKS)
    space: dict[str, object] = {}
    exec(compile(examples[1], "README", "exec"), space)
    (source,) = space["navp_phases"]()  # type: ignore[operator]
    assert isinstance(source, PhaseSource)
    phase = source.load()
    assert isinstance(phase, Phase)
    assert phase.id == source.id
    # What the manual shows is data as they should be.
    assert [report.passed for report in check_phases([source])] == [True]


@pytest.mark.parametrize("hook", HOOKS)
def test_docstring_and_manual_show_the_same_plugin(hook: str, checkout: Path) -> None:
    manual = (checkout / "plugins" / "README.md").read_text("utf-8")
    docstring = getattr(hookspecs, hook).__doc__
    code = [line.strip() for line in docstring.split("::\n", 1)[1].splitlines() if line.strip()]
    for line in code:
        assert line in manual
