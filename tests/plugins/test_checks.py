"""Checks of plugins: they join those of the package, and a bad one stops nothing."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import FrozenInstanceError, replace
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner

import navp_structures as navp
from navp_structures import Check, Finding, Phase, hookimpl
from navp_structures.cli import main
from navp_structures.errors import InputError, PluginWarning
from navp_structures.testing import check_phases


def plugin(*checks: object) -> SimpleNamespace:
    @hookimpl
    def navp_checks() -> Iterable[object]:
        return checks

    return SimpleNamespace(navp_checks=navp_checks)


def sodium(phase: Phase) -> Iterator[Finding]:
    """Say how many sites hold sodium; an error below two."""
    count = sum(any(s.symbol.startswith("Na") for s in site.species) for site in phase.sites)
    level = "note" if count >= 2 else "error"
    yield Finding(
        level=level, message=f"{count} sites\nhold Na", value=np.int64(count), expected=2
    )


def nothing(phase: Phase) -> list[Finding]:
    return []


def raises(phase: Phase) -> Iterator[Finding]:
    yield Finding(level="note", message="said before the failure")
    raise ZeroDivisionError("division by zero")


def run(*arguments: str, code: int) -> str:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == code, result.output
    return result.output


def test_a_check_joins_those_of_the_package(install: Callable[..., None]) -> None:
    install(lab=plugin(Check(name="sodium", run=sodium)))
    report = navp.check_symmetry("Na3VP")  # Na1 and Na2
    assert report.checks == ("lab:sodium",)
    (found,) = (f for f in report.findings if f.check == "lab:sodium")
    assert (found.level, found.message) == ("note", "2 sites hold Na")
    assert (found.value, type(found.value)) == (2, int)
    assert report.passed
    # NaV2(PO4)3 holds sodium on one site: what the plugin calls an error fails the check.
    bad = navp.check_symmetry("NaVP")
    assert not bad.passed
    assert bad.findings[0].check == "lab:sodium"  # errors come first
    assert navp.check_symmetry("NaVP", checks=[]).passed


def test_the_command_shows_whose_finding_it_is(install: Callable[..., None]) -> None:
    install(lab=plugin(Check(name="sodium", run=sodium)))
    text = run("check", "NaVP", code=1)
    assert "error (lab:sodium): 1 sites hold Na\n" in text
    (results,) = json.loads(run("check", "NaVP", "--json", code=1))["results"]
    assert results["passed"] is False
    assert results["findings"][0] == {
        "level": "error",
        "message": "1 sites hold Na",
        "value": 1,
        "expected": 2,
        "check": "lab:sodium",
    }
    assert "passed" in run("--no-plugins", "check", "NaVP", code=0)


def test_own_checks_without_a_plugin() -> None:
    report = navp.check_symmetry("NaVP", checks=[Check(name="sodium", run=sodium)])
    assert (report.checks, report.passed) == (("sodium",), False)
    for wrong in (sodium, Check(name="sodium", run=sodium), [sodium], "sodium"):
        with pytest.raises(InputError, match="Check"):
            navp.check_symmetry("NaVP", checks=wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("run_it", "reason"),
    [
        (raises, "ZeroDivisionError: division by zero"),
        (lambda _: None, "failed: it gives NoneType, not a list of Finding"),
        (lambda _: ["wrong"], "failed: it yields str, not a Finding"),
        (
            lambda _: Finding(level="note", message="x"),
            "failed: it gives Finding, not a list of F",
        ),
        (lambda _: [Finding(level="fatal", message="x")], "InputError: level 'fatal'"),
        (list, "TypeError:"),
    ],
)
def test_a_check_that_fails_is_told_of_and_stops_nothing(
    install: Callable[..., None], run_it: Callable[..., object], reason: str
) -> None:
    install(bad=plugin(Check(name="odd", run=run_it)), lab=plugin(Check(name="na", run=sodium)))
    message = "plugin 'bad', navp_checks: check 'odd' of na3vp-rt failed: "
    with pytest.warns(PluginWarning, match=message) as told:
        report = navp.check_symmetry("Na3VP")
    assert reason in str(told[0].message)
    assert len(told) == 1
    of_bad = [f for f in report.findings if f.check == "bad:odd" and f.level != "note"]
    assert [f.level for f in of_bad] == ["warning"]
    assert reason.removeprefix("failed: ") in of_bad[0].message
    assert any(f.check == "lab:na" for f in report.findings)
    assert report.passed  # what could not be run has found nothing


def test_what_was_found_before_a_failure_counts(install: Callable[..., None]) -> None:
    def falls(phase: Phase) -> Iterator[Finding]:
        yield Finding(level="error", message="a hole in the lattice")
        raise ZeroDivisionError("division by zero")

    install(lab=plugin(Check(name="odd", run=falls)))
    with pytest.warns(PluginWarning, match="ZeroDivisionError"):
        report = navp.check_symmetry("Na3VP")
    own = [(f.level, f.message) for f in report.findings if f.check == "lab:odd"]
    assert own[0] == ("error", "a hole in the lattice")
    assert own[1][0] == "warning"
    assert own[1][1].startswith("the check lab:odd was not finished: ZeroDivisionError")
    assert not report.passed
    text = run("check", "Na3VP", code=1)
    assert "error (lab:odd): a hole in the lattice" in text


def test_answers_of_the_wrong_kind(install: Callable[..., None]) -> None:
    check = Check(name="na", run=sodium)
    install(bad=plugin(sodium, check, Check(name="na", run=nothing)))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        report = navp.check_symmetry("Na3VP")
    texts = [str(w.message) for w in told]
    assert any(
        "'bad', navp_checks: answered a list with function, not of Check" in text
        for text in texts
    )
    assert any("check 'na' is offered twice; the first is taken" in text for text in texts)
    assert report.checks == ("bad:na",)
    (row,) = (r for r in navp_plugins() if r["provider"] == "bad")
    assert (row["status"], row["hooks"]) == ("broken", ["navp_checks"])


def navp_plugins() -> list[dict[str, object]]:
    result = CliRunner().invoke(main, ["plugins", "list", "--json"])
    rows: list[dict[str, object]] = json.loads(result.stdout)["results"]
    return rows


def test_the_tests_of_a_plugin_meet_its_own_checks(install: Callable[..., None]) -> None:
    made = replace(navp.load("NaVP"), id="made")
    own = plugin(Check(name="na", run=sodium), Check(name="odd", run=raises))
    own.navp_phases = hookimpl(specname="navp_phases")(
        lambda: [navp.PhaseSource(id="made", load=lambda: made)]
    )
    install(lab=own, other=plugin(Check(name="odd", run=raises)))
    with pytest.raises(AssertionError) as caught:
        check_phases("lab", allow={"lab:odd"})
    text = str(caught.value)
    assert "lab:na (error): 1 sites hold Na\n      found 1, expected 2" in text
    assert "odd" not in text
    with pytest.raises(AssertionError, match=r"lab:odd \(warning\): the check lab:odd was"):
        check_phases("lab")
    # A list has no checks of its own, but may be given some.
    assert len(check_phases([made])) == 1
    with pytest.raises(AssertionError, match="na \\(error\\)"):
        check_phases([made], checks=[Check(name="na", run=sodium)])
    with pytest.raises(InputError, match="no check 'lab:na'"):
        check_phases([made], allow={"lab:na"})


@pytest.mark.parametrize("name", ["", "Sodium", "a b", "lab:x", "-x", "a" * 65, "a\n", 7, None])
def test_names_of_checks(name: object) -> None:
    with pytest.raises(InputError, match="name of a check"):
        Check(name=name, run=sodium)  # type: ignore[arg-type]


def test_what_is_no_function() -> None:
    with pytest.raises(InputError, match="no function"):
        Check(name="x", run="sodium")  # type: ignore[arg-type]
    check = Check(name="x", run=sodium)
    with pytest.raises(FrozenInstanceError):
        check.name = "y"  # type: ignore[misc]


@pytest.mark.parametrize("value", [object(), {"a": 1}, {1}, np.array([object()]), 1j, b"x"])
def test_a_value_that_no_report_could_show(value: object) -> None:
    with pytest.raises(InputError, match="no number, text or list"):
        Finding(level="note", message="x", value=value)


LOOP: list[object] = []
LOOP.append(LOOP)


@pytest.mark.parametrize("value", [10**5000, -(2**63), [2**64], LOOP, [0] * 1001,
                                   np.zeros((40, 30)), [[[[1]]]]],
                         ids=type)  # fmt: skip
def test_a_value_that_is_more_than_a_report_shows(value: object) -> None:
    for name in ("value", "expected"):
        with pytest.raises(InputError, match=f"the {name} of a finding"):
            Finding(level="note", message="x", **{name: value})


def test_texts_are_printable_and_bounded() -> None:
    text = "red \x1b[31m turned \u202e half \ud800 end\n"
    found = Finding(level="note", message=text, value=[text], expected="y" * 200_000)
    assert found.message == "red [31m turned half end"
    assert found.value == [found.message]
    assert (len(found.expected), found.expected[-4:]) == (2000, "y...")
    assert len(Finding(level="note", message="word " * 40_000).message) == 2000
    for empty in ("\x1b\u202e", "\n"):
        with pytest.raises(InputError, match="no sentence"):
            Finding(level="note", message=empty)


def test_a_finding_that_cannot_be_shown_is_a_failure(install: Callable[..., None]) -> None:
    def huge(phase: Phase) -> Iterator[Finding]:
        yield Finding(level="error", message="\x1b[31mred", value=1)
        yield Finding(level="error", message="x", value=10**5000)

    install(lab=plugin(Check(name="huge", run=huge)))
    with pytest.warns(PluginWarning, match="InputError: the value of a finding is a huge int"):
        report = navp.check_symmetry("Na3VP")
    assert [f.message for f in report.findings if f.level == "error"] == ["[31mred"]
    assert json.loads(CliRunner().invoke(main, ["check", "Na3VP", "--json"]).stdout)
    with pytest.raises(AssertionError) as caught:
        check_phases(["Na3VP"], checks=[Check(name="huge", run=huge)])
    assert all(line.isprintable() for line in str(caught.value).splitlines())


def test_values_are_plain() -> None:
    found = Finding(level="note", message="x", value=np.arange(3.0), expected=(1, "a", None))
    assert found.value == [0.0, 1.0, 2.0]
    assert found.expected == [1, "a", None]


@pytest.mark.parametrize("message", ["", "  ", None, 3])
def test_a_finding_says_something(message: object) -> None:
    with pytest.raises(InputError, match="no sentence"):
        Finding(level="note", message=message)  # type: ignore[arg-type]
