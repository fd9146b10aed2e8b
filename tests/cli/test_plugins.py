"""``navp plugins``: every provider with its state, and the folders that are searched."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

import navp_structures as navp
from navp_structures import PhaseSource, hookimpl
from navp_structures.cli import main


def rows(*arguments: str, code: int = 0) -> dict[str, dict[str, Any]]:
    result = CliRunner().invoke(main, ["plugins", *arguments, "--json"])
    assert result.exit_code == code, result.output
    content = json.loads(result.stdout)
    assert set(content) == {"schema", "navp_version", "inputs", "results"}
    key = "provider" if arguments[-1] == "list" else "folder"
    return {row[key]: row for row in content["results"]}


def hook(name: str, answer: Callable[[], object]) -> Callable[..., object]:
    return hookimpl(specname=name)(lambda: answer())


def test_the_package_itself(install: Callable[..., None]) -> None:
    install()
    (row,) = rows("list").values()
    assert row == {
        "provider": "navp",
        "version": navp.__version__,
        "hooks": ["navp_phase_folders", "navp_radiations", "navp_spacing_readers"],
        "phases": 11,
        "status": "loaded",
        "reason": None,
        "distribution": None,
    }


def test_loaded_disabled_and_broken(
    install: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = PhaseSource(id="na3vp-rt-2", load=lambda: navp.load("Na3VP"))
    good = SimpleNamespace(a=hook("navp_phases", list))
    install(good=good, off=good, wreck=ImportError("no module named gone"), navp=good)
    monkeypatch.setenv("NAVP_DISABLED_PLUGINS", "off")
    result = CliRunner().invoke(main, ["plugins", "list"])
    assert result.exit_code == 1
    assert "wreck is broken: ImportError: no module named gone" in result.stdout
    assert "navp is broken: another plugin already has this name" in result.stdout
    found = rows("list", code=1)
    assert (found["good"]["status"], found["good"]["hooks"]) == ("loaded", ["navp_phases"])
    assert (found["off"]["status"], found["off"]["hooks"]) == ("disabled", [])
    assert (found["wreck"]["status"], found["wreck"]["version"]) == ("broken", "1.2")
    # A phase that gives another id than it was offered with.
    install(liar=SimpleNamespace(a=hook("navp_phases", lambda: [source])))
    liar = rows("list", code=1)["liar"]
    assert (liar["status"], liar["phases"]) == ("broken", 1)
    assert "phase na3vp-rt-2: PluginError" in liar["reason"]


@pytest.mark.parametrize(
    ("name", "answer", "reason"),
    [
        ("navp_phases", lambda: 1 / 0, "navp_phases: ZeroDivisionError: division by zero"),
        (
            "navp_phases",
            lambda: ["pt"],
            "navp_phases: answered a list with str, not of PhaseSource",
        ),
        (
            "navp_phase_folders",
            lambda: "/x",
            "navp_phase_folders: answered str, not a list of folders (Traversable)",
        ),
        ("navp_phase_folders", lambda: None, "navp_phase_folders: answered NoneType, not a"),
        (
            "navp_phase_folders",
            lambda: [Path("/no/x")],
            "navp_phase_folders: answered '/no/x', which is no folder",
        ),
        ("navp_checks", lambda: None, "navp_checks: answered NoneType, not a list of Check"),
        ("navp_radiations", lambda: navp.radiation("CuKa1"), "navp_radiations: answered Radi"),
        ("navp_phases", lambda: sys.exit(0), "navp_phases: SystemExit: 0"),
        (
            "navp_radiations",
            lambda: [1],
            "navp_radiations: answered a list with int, not of Rad",
        ),
        ("navp_spacing_readers", lambda: 1 / 0, "navp_spacing_readers: ZeroDivisionError"),
    ],
)
def test_a_hook_that_fails(
    install: Callable[..., None], name: str, answer: Callable[[], object], reason: str
) -> None:
    install(bad=SimpleNamespace(a=hook(name, answer)))
    for _ in range(2):  # what was asked before is no excuse
        row = rows("list", code=1)["bad"]
        assert row["status"] == "broken"
        assert row["reason"].startswith(reason)


def test_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAVP_PHASE_PATH", str(tmp_path))
    found = rows("path")
    assert found[str(tmp_path)]["exists"] is True
    (user,) = (row for row in found.values() if row["provider"] == "user")
    assert (user["exists"], user["problem"]) == (False, None)
    monkeypatch.setenv("NAVP_PHASE_PATH", f"{tmp_path}:relative:/no/such/folder")
    found = rows("path", code=1)
    assert found["relative"]["problem"] == "is not absolute"
    assert found["/no/such/folder"]["problem"] == "is no folder"


@pytest.mark.parametrize("width", [80, 100])
def test_names_in_the_table_can_be_copied(
    width: int, install: Callable[..., None], monkeypatch: pytest.MonkeyPatch, checkout: Path
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    found = {}
    for name in ("calibrants", "nasicon"):
        folder = checkout / "plugins" / f"navp-{name}" / f"navp_{name}" / "phases"
        found[name] = SimpleNamespace(a=hook("navp_phase_folders", partial(list, [folder])))
    install(**found)
    printed = CliRunner().invoke(main, ["list"]).stdout
    table = printed.split("\n\n")[0].splitlines()
    words = {word for line in table for word in line.split()}
    for row in navp.phases():
        assert {row.id, row.provider} <= words
    assert {"corundum,", "platinum", "Na3VP"} <= words
    assert max(map(len, table)) <= width
    room = [line for line in table if line.startswith("no room for ")]
    assert room == ([f"no room for {gone}; a wider terminal or --json shows it"]
                    if (gone := {80: "group, T / K", 100: ""}[width]) else [])  # fmt: skip
