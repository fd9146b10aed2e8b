"""Plugins that end the process, print, or misspell: each is told of, and stops nobody."""
# ruff: noqa: T201 - what a plugin prints is part of what is tested

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

import navp_structures as navp
from navp_structures import (
    Check,
    Finding,
    MeasuredList,
    Phase,
    PhaseSource,
    SpacingReader,
    hookimpl,
)
from navp_structures.catalogue import catalogue as module
from navp_structures.catalogue.plugin_code import plugin_code, reason_of, stdout_is_ours
from navp_structures.cli import main
from navp_structures.errors import PluginError, PluginWarning
from navp_structures.testing import check_phases


class Gone(BaseException):
    """Nothing that anybody expects."""


ENDINGS = [SystemExit(0), SystemExit("bye"), GeneratorExit(), Gone("far away")]


def hooks(**answers: Callable[[], object]) -> SimpleNamespace:
    marked = {name: hookimpl(specname=name)(answer) for name, answer in answers.items()}
    return SimpleNamespace(**marked)


def nothing() -> list[object]:
    return []


def raising(error: BaseException) -> Callable[..., Any]:
    def fail(*_: object) -> object:
        raise error

    return fail


def command(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def made(**more: Any) -> SimpleNamespace:
    source = PhaseSource(id="made", **({"load": lambda: navp.load("Na3VP")} | more))
    return hooks(navp_phases=lambda: [source])


def cell_only() -> Phase:
    group = navp.SpaceGroup.from_name("R -3 c:H")
    return Phase(id="made", cell=navp.load("Na3VP").cell, space_group=group)


@pytest.mark.parametrize("error", ENDINGS, ids=repr)
def test_an_import_that_ends_the_process(
    install: Callable[..., None], error: BaseException
) -> None:
    install(bad=error)
    found = command("d", "Na3VP", "1 0 4", "--json")
    assert found.exit_code == 0
    assert json.loads(found.stdout)["results"]
    rows = command("plugins", "list", "--json")
    assert rows.exit_code == 1
    assert type(error).__name__ in rows.stdout


@pytest.mark.parametrize("error", ENDINGS, ids=repr)
def test_a_hook_that_ends_the_process(
    install: Callable[..., None], error: BaseException
) -> None:
    install(bad=hooks(navp_phases=raising(error), navp_checks=raising(error)))
    sentence = f"plugin 'bad', navp_phases: {type(error).__name__}"
    with pytest.warns(PluginWarning, match=sentence):
        assert navp.load("Na3VP").id == "na3vp-rt"
    found = command("check", "Na3VP")
    assert found.exit_code == 0
    assert "na3vp-rt" in found.stdout


@pytest.mark.parametrize("error", ENDINGS, ids=repr)
def test_a_phase_that_ends_the_process(
    install: Callable[..., None], error: BaseException
) -> None:
    install(bad=made(load=raising(error)))
    with pytest.raises(PluginError, match=f"'bad', load of made: {type(error).__name__}"):
        navp.load("made")
    found = command("show", "made")
    assert (found.exit_code, found.stdout) == (2, "")
    assert "load of made" in found.stderr
    install(bad=made(summarise=raising(error)))
    found = command("list")
    assert found.exit_code == 0
    assert "na3vp-rt" in found.stdout
    assert f"phase made: {type(error).__name__}" in found.stderr
    (own,) = made(load=raising(error)).navp_phases()
    with pytest.raises(AssertionError, match=type(error).__name__):
        check_phases([own])


@pytest.mark.parametrize("error", ENDINGS, ids=repr)
def test_a_check_that_ends_the_process(
    install: Callable[..., None], error: BaseException
) -> None:
    def finds(phase: Phase) -> Iterator[Finding]:
        yield Finding(level="error", message="a hole in the lattice")
        raise error

    install(bad=hooks(navp_checks=lambda: [Check(name="end", run=raising(error)),
                                           Check(name="find", run=finds)]))  # fmt: skip
    found = command("check", "Na3VP")
    assert found.exit_code == 1
    assert "error (bad:find): a hole in the lattice" in found.stdout
    assert f"the check bad:end could not be run: {type(error).__name__}" in found.stdout
    assert f"check 'end' of na3vp-rt failed: {type(error).__name__}" in found.stderr


@pytest.mark.parametrize("error", ENDINGS, ids=repr)
def test_a_reader_that_ends_the_process(
    install: Callable[..., None], tmp_path: Path, error: BaseException
) -> None:
    read = raising(error)
    reader = SpacingReader(name="peaks", suffixes=(".peaks",), read=read)
    install(bad=hooks(navp_spacing_readers=lambda: [reader]))
    (tmp_path / "a.peaks").write_text("x")
    with pytest.raises(PluginError, match=f"read of peaks: {type(error).__name__}"):
        navp.read_spacings(tmp_path / "a.peaks")
    assert command("index", str(tmp_path / "a.peaks")).exit_code == 2


def test_the_person_at_the_keyboard_is_heard(install: Callable[..., None]) -> None:
    install(bad=made(load=raising(KeyboardInterrupt())))
    with pytest.raises(KeyboardInterrupt):
        navp.load("made")


def test_reasons_are_one_printable_line() -> None:
    class MuteError(Exception):
        def __str__(self) -> str:
            raise SystemExit(3)

    assert reason_of(ValueError("a\n\x1b[31mb")) == "ValueError: a [31mb"
    assert reason_of(MuteError()) == "MuteError: it cannot be put in words"
    assert len(reason_of(ValueError("x" * 200_000))) == 2000


def test_what_plugins_print_is_no_data(install: Callable[..., None], tmp_path: Path) -> None:
    def loud(phase: Phase) -> list[Finding]:
        print("a check is looking")
        return []

    def imported() -> SimpleNamespace:
        print("an import says hello")
        return plugin

    def sources() -> list[PhaseSource]:
        print("a hook was asked")
        return [PhaseSource(id="made", load=load)]

    def load() -> Phase:
        print("a phase is loaded")
        return cell_only()

    def read(path: Path) -> MeasuredList:
        print("a reader reads")
        return MeasuredList(kind="spacings", values=[6.2, 4.5, 4.4], units="A")

    reader = SpacingReader(name="peaks", suffixes=(".peaks",), read=read)
    plugin = hooks(
        navp_phases=sources,
        navp_checks=lambda: [Check(name="loud", run=loud)],
        navp_spacing_readers=lambda: [reader],
    )
    install(loud=imported)
    found = command("check", "made", "Na3VP", "--json")
    assert {r["phase"] for r in json.loads(found.stdout)["results"]} >= {"na3vp-rt"}
    for said in ("an import says", "a hook was", "a phase is loaded", "a check is"):
        assert said in found.stderr
    (tmp_path / "a.peaks").write_text("x")
    found = command("index", str(tmp_path / "a.peaks"), "--json")
    assert json.loads(found.stdout)["results"]
    assert "a reader reads" in found.stderr


def test_stdout_is_left_alone_outside_of_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with plugin_code():
        print("mine")
    with stdout_is_ours(), plugin_code():
        print("talk")
    print("data")
    told = capsys.readouterr()
    assert (told.out, told.err) == ("mine\ndata\n", "talk\n")
    assert sys.stdout is not sys.stderr


def test_a_misspelt_hook_is_told(install: Callable[..., None]) -> None:
    source = PhaseSource(id="made", load=lambda: navp.load("Na3VP"), summarise=None)
    install(bad=hooks(navp_phasez=lambda: [source], navp_checks=nothing))
    with pytest.warns(PluginWarning, match="plugin 'bad': no hook navp_phasez; nearest: navp_"):
        module.current_catalogue()
    found = command("plugins", "list", "--json")
    assert found.exit_code == 1
    (row,) = (r for r in json.loads(found.stdout)["results"] if r["provider"] == "bad")
    assert (row["status"], row["hooks"]) == ("broken", ["navp_checks"])  # which still works
    assert row["reason"].startswith("no hook navp_phasez; nearest: navp_phases")
    optional = SimpleNamespace(a=hookimpl(specname="navp_future", optionalhook=True)(nothing))
    install(good=optional)
    assert command("plugins", "list").exit_code == 0


def test_a_hook_with_an_argument_is_broken(install: Callable[..., None]) -> None:
    @hookimpl
    def navp_phases(folder: str) -> list[PhaseSource]:
        return []

    bad = SimpleNamespace(navp_phases=navp_phases, a=hookimpl(specname="navp_checks")(nothing))
    install(bad=bad)
    found = command("plugins", "list", "--json")
    assert found.exit_code == 1
    (row,) = (r for r in json.loads(found.stdout)["results"] if r["provider"] == "bad")
    assert (row["status"], row["hooks"]) == ("broken", [])
    assert "'folder'" in row["reason"]


def test_two_distributions_with_one_name(install: Callable[..., None]) -> None:
    def other() -> SimpleNamespace:
        raise AssertionError("the second is not even imported")

    install(lab__zeta=other, lab__alpha=made(load=cell_only))
    told = "'lab' is broken: the distribution 'alpha' already has.*; that of 'zeta' is left"
    with pytest.warns(PluginWarning, match=told):
        assert navp.load("lab:made").provider == "lab"
    found = command("plugins", "list", "--json")
    assert found.exit_code == 1
    rows = [r for r in json.loads(found.stdout)["results"] if r["provider"] == "lab"]
    assert [(r["distribution"], r["status"], r["phases"], r["version"]) for r in rows] == [
        ("alpha", "loaded", 1, "1.2"),
        ("zeta", "broken", 0, "1.2"),
    ]
    assert "'alpha'" in rows[1]["reason"]
    with pytest.raises(AssertionError, match=r"'alpha'.*'zeta' is left out"):
        check_phases("lab")
