"""Every hook is documented by a complete plugin, and stands in the manual."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path
from types import SimpleNamespace

import pluggy
import pytest

from navp_structures.catalogue import hookspecs
from navp_structures.catalogue.hookspecs import PROJECT

HOOKS = sorted(name for name in vars(hookspecs) if name.startswith("navp_"))


def example(docstring: str) -> str:
    """Return the code block that ends a docstring: indented, after a double colon."""
    _, colons, code = textwrap.dedent(docstring).rpartition("::\n")
    return textwrap.dedent(code) if colons else ""


def signature(source: str, hook: str) -> str:
    """Return ``hook(arguments) -> answer`` as the source has it."""
    (node,) = (
        n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef) and n.name == hook
    )
    assert node.returns is not None
    return f"{hook}({ast.unparse(node.args)}) -> {ast.unparse(node.returns)}"


def test_there_are_hooks() -> None:
    assert {"navp_phase_folders", "navp_phases"} <= set(HOOKS)


@pytest.mark.parametrize("hook", HOOKS)
def test_docstring_holds_a_plugin_that_registers(hook: str) -> None:
    docstring = getattr(hookspecs, hook).__doc__
    code = example("\n" + " " * 4 + docstring)
    names: dict[str, object] = {}
    exec(compile(code, hook, "exec"), names)
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(SimpleNamespace(**{k: v for k, v in names.items() if k[0] != "_"}))
    manager.check_pending()
    assert len(getattr(manager.hook, hook).get_hookimpls()) == 1


def test_example_is_empty_without_a_code_block() -> None:
    assert example("Return phases.\n\n    A plugin: do as the others do.\n") == ""


@pytest.mark.parametrize("hook", HOOKS)
def test_manual_shows_the_signature(hook: str, checkout: Path) -> None:
    manual = (checkout / "plugins" / "README.md").read_text()
    source = (checkout / "navp_structures" / "catalogue" / "hookspecs.py").read_text()
    assert signature(source, hook) in manual
