"""What a plugin author's test calls: it passes good data, and objects to every kind of bad."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

import navp_structures as navp
from navp_structures import Phase, PhaseSource, Provenance, hookimpl
from navp_structures._resources import curated_folder
from navp_structures.catalogue import hookspecs
from navp_structures.errors import InputError
from navp_structures.model.expected import Expected
from navp_structures.testing import CHECKS, check_phases


def copy_pair(folder: Path, name: str, source: str = "nzsp-300k") -> Path:
    folder.mkdir(exist_ok=True)
    for suffix in ("cif", "toml"):
        data = (curated_folder() / f"{source}.{suffix}").read_bytes()
        (folder / f"{name}.{suffix}").write_bytes(data.replace(b'"NZSP"', b'"Lab"'))
    return folder


def failure(phases: object, **options: object) -> str:
    with pytest.raises(AssertionError) as caught:
        check_phases(phases, **options)
    return str(caught.value)


def plugin(folder: Path | None = None, *sources: PhaseSource) -> SimpleNamespace:
    @hookimpl
    def navp_phase_folders() -> list[Path]:
        return [folder] if folder else []

    @hookimpl
    def navp_phases() -> list[PhaseSource]:
        return list(sources)

    return SimpleNamespace(navp_phase_folders=navp_phase_folders, navp_phases=navp_phases)


def test_every_curated_phase_passes() -> None:
    reports = check_phases("navp")
    assert len(reports) == 11
    assert all(report.passed for report in reports)


def test_a_plugin_passes_though_it_is_disabled(
    install: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = PhaseSource(id="made", load=lambda: replace(navp.load("Na3VP"), id="made"))
    install(mylab=plugin(copy_pair(tmp_path, "lab"), made), wreck=ImportError("gone"))
    monkeypatch.setenv("NAVP_DISABLED_PLUGINS", "mylab")
    assert {report.phase for report in check_phases("mylab")} == {"lab", "made"}


def test_lists_and_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    phase = navp.load("NZSP")
    cif = navp.export(phase, tmp_path / "my.cif")
    made = PhaseSource(id="nzsp-300k", load=lambda: phase)
    reports = check_phases([phase, "Na3VP", str(cif), made])
    assert [r.phase for r in reports] == ["nzsp-300k", "na3vp-rt", "my", "nzsp-300k"]
    folder = copy_pair(tmp_path / "pairs", "lab")
    for given in (folder, str(folder)):
        assert [report.phase for report in check_phases(given)] == ["lab"]
    monkeypatch.setenv("NAVP_PHASE_PATH", str(folder))
    assert [report.phase for report in check_phases("path")] == ["lab"]


def test_the_failure_names_phase_check_found_and_expected() -> None:
    phase = replace(navp.load("NZSP"), id="glass", expected=Expected(density=9.0))
    text = failure([navp.load("Na3VP"), phase])
    lines = text.splitlines()
    assert lines[0] == "1 finding in the list; 1 of 2 phases failed"
    assert lines[1] == "  glass"
    assert lines[2].startswith("    expected (error): density is 3.2")
    assert lines[3].startswith("      found 3.2")
    assert lines[3].endswith(", expected 9")


BROKEN: dict[str, Callable[[Phase], Phase]] = {
    "kind (error): the kind is not stated": lambda p: replace(p, kind=None),
    "kind (error): it is model without a reason": lambda p: replace(p, kind="model"),
    "source (error): no source": lambda p: replace(p, provenance=Provenance(method="X")),
    "source (warning): no method": lambda p: replace(
        p, provenance=replace(p.provenance, method=None)
    ),
    "symmetry (error): ": lambda p: replace(
        p, space_group=navp.SpaceGroup.from_name("P 1"), sites=p.sites[-1:]
    ),
    "sites (error): ": lambda p: replace(
        p, sites=(replace(p.sites[0], multiplicity=99), *p.sites[1:])
    ),
    "composition (error): the sites hold": lambda p: replace(p, formula="NaV2(PO4)3"),
    "charge (warning): charge balance needs V": lambda p: replace(
        p, sites=tuple(s for s in p.sites if s.species[0].element != "P"), formula=None
    ),
    "distances (error): ": lambda p: replace(
        p, sites=(*p.sites, replace(p.sites[0], fract=(0.05, 0.05, 0.05), multiplicity=None))
    ),
    "displacements (warning): U_iso": lambda p: replace(
        p, sites=(*p.sites[:-1], replace(p.sites[-1], u_iso=-0.01, u_aniso=None))
    ),
    "expected (error): V/Z is 239.7887": lambda p: replace(
        p, expected=Expected(volume_per_formula_unit=200.0)
    ),
}


@pytest.mark.parametrize("sentence", BROKEN)
def test_every_check_objects(sentence: str) -> None:
    text = failure([BROKEN[sentence](navp.load("Na3VP"))])
    assert f"    {sentence}" in text
    assert sentence.partition(" ")[0] in CHECKS


def test_a_cif_that_loses_something_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from navp_structures import testing

    def forgetful(phase: Phase, path: Path) -> Path:
        site = replace(phase.sites[0], u_iso=0.5, u_aniso=None)
        other = replace(phase, sites=(site, *phase.sites[1:]), temperature=None)
        return navp.export(other, path)

    monkeypatch.setattr(testing, "write_cif", forgetful)
    text = failure(["Na3VP"])
    assert "cif (error): temperature does not come back" in text
    assert "expected 293" in text
    assert "cif (error): site V1 does not come back" in text


def test_only_warnings_can_be_allowed() -> None:
    phase = navp.load("Na3VP")
    unknown = replace(phase, provenance=replace(phase.provenance, method=None))
    assert len(check_phases([unknown], allow={"source"})) == 1
    text = failure([replace(phase, provenance=Provenance())], allow=["source"])
    assert "source (error)" in text
    assert "source (warning)" not in text


def test_a_folder_with_pairs_that_are_left_out(tmp_path: Path) -> None:
    copy_pair(tmp_path, "good")
    (tmp_path / "alone.cif").write_text("data_x\n")
    (tmp_path / "bad.toml").write_text("schema = 1\n")
    (tmp_path / "bad.cif").write_text("data_x\n")
    text = failure(tmp_path)
    assert f"  folder {tmp_path}" in text.splitlines()
    assert "offer (error): alone.cif has no TOML file beside it" in text
    assert "kind is None; it must be one of measured" in text
    assert "  good" not in text.splitlines()


def test_a_phase_that_does_not_load(install: Callable[..., None], tmp_path: Path) -> None:
    def fail() -> Phase:
        raise ZeroDivisionError("no lattice today")

    copy_pair(tmp_path, "bad")
    (tmp_path / "bad.cif").write_text("nonsense")
    install(mylab=plugin(tmp_path, PhaseSource(id="pt", load=fail)))
    text = failure("mylab")
    assert "2 of 2 phases failed" in text
    assert "load (error): plugin 'mylab', load of pt: ZeroDivisionError: no lattice" in text
    assert "is no CIF" in text
    assert "load (error): unknown phase 'Na3PV'" in failure(["Na3PV"])


def test_a_plugin_that_is_broken_or_empty(install: Callable[..., None]) -> None:
    install(wreck=ImportError("no module named gone"), empty=plugin())
    assert "no module named gone" in failure("wreck")
    assert "there is no phase" in failure("empty")
    assert "there is no phase" in failure([])


@pytest.mark.parametrize(
    "name", ["navp_checks", "navp_radiations", "navp_spacing_readers", "navp_phases"]
)
def test_a_plugin_need_not_have_phases(name: str, install: Callable[..., None]) -> None:
    code = getattr(hookspecs, name).__doc__.split("::\n", 1)[1]
    space: dict[str, object] = {}
    exec("\n".join(line[8:] for line in code.splitlines()), space)
    install(mylab=SimpleNamespace(**{name: space[name]}))
    assert len(check_phases("mylab")) == (1 if name == "navp_phases" else 0)


@pytest.mark.parametrize("answer", [None, "text", [3]])
@pytest.mark.parametrize(
    "name",
    ["navp_checks", "navp_radiations", "navp_spacing_readers", "navp_phases",
     "navp_phase_folders"],
)  # fmt: skip
def test_every_hook_of_a_provider_is_asked(
    name: str, answer: object, install: Callable[..., None], tmp_path: Path
) -> None:
    bad = hookimpl(specname=name)(lambda: answer)
    good = hookimpl(specname="navp_phase_folders")(lambda: [copy_pair(tmp_path, "lab")])
    install(mylab=SimpleNamespace(bad=bad, **{} if "folders" in name else {"good": good}))
    text = failure("mylab")
    assert f"offer (error): left out: plugin 'mylab', {name}: answered" in text
    assert text.startswith("1 finding in provider 'mylab'; 0 of ")


def test_a_failure_is_printable(tmp_path: Path) -> None:
    folder = copy_pair(tmp_path / "red\x1b[31m", "good")
    (folder / "\x1b[2J.cif").write_text("data_x\n")
    assert all(line.isprintable() for line in failure(folder).splitlines())


def test_a_curated_name_is_a_warning(install: Callable[..., None]) -> None:
    made = PhaseSource(
        id="made", aliases=("NZSP",), load=lambda: replace(navp.load("NZSP"), id="made")
    )
    install(mylab=plugin(None, made))
    assert "offer (warning): 'NZSP' means the curated" in failure("mylab")
    assert len(check_phases("mylab", allow={"offer"})) == 1


@pytest.mark.parametrize(
    ("phases", "options", "sentence"),
    [
        ("navq", {}, "no provider 'navq'; nearest: navp"),
        ("/no/such/folder", {}, "is no folder"),
        (3, {}, "is no list of phases"),
        ([3], {}, "3 is no Phase"),
        ("navp", {"allow": ["charges"]}, "no check 'charges'; nearest: charge"),
        ("navp", {"allow": [5]}, "no check 5; checks: offer, "),
        ("navp", {"allow": 5}, "allow is 5; give the names of checks"),
        ("navp", {"allow": "charge"}, "allow is 'charge'; give the names of checks"),
    ],
)
def test_wrong_use(phases: object, options: dict, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        check_phases(phases, **options)


def test_no_test_runner_is_needed() -> None:
    code = (
        "import sys; from navp_structures.testing import check_phases; "
        "check_phases(['NaVP']); assert 'pytest' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
