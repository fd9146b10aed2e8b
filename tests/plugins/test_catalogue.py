"""The catalogue: names, conflicts, broken plugins, switches, dropped folders."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import navp_structures as navp
from navp_structures import Phase, PhaseSource, SpaceGroup, UnitCell, hookimpl
from navp_structures._resources import curated_folder
from navp_structures.catalogue import catalogue as module
from navp_structures.catalogue import plugins
from navp_structures.errors import (
    AmbiguousPhaseError,
    InputError,
    PhaseFolderWarning,
    PluginError,
    PluginWarning,
    ShadowedPhaseWarning,
    UnknownPhaseError,
    UnknownPluginWarning,
)


def platinum(name: str = "pt") -> Phase:
    return Phase(
        id=name,
        cell=UnitCell(a=3.9242, b=3.9242, c=3.9242),
        space_group=SpaceGroup.from_name("F m -3 m"),
        formula="Pt",
        formula_units=4,
    )


def source(name: str = "pt", **more: Any) -> PhaseSource:
    return PhaseSource(id=name, **({"load": lambda: platinum(name)} | more))


def plugin(*sources: object, folders: Callable[[], object] | None = None) -> object:
    hooks: dict[str, object] = {}

    @hookimpl
    def navp_phases() -> list[object]:
        return list(sources)

    hooks["navp_phases"] = navp_phases
    if folders is not None:

        @hookimpl
        def navp_phase_folders() -> object:
            return folders()

        hooks["navp_phase_folders"] = navp_phase_folders
    return SimpleNamespace(**hooks)


def test_a_plugin_adds_a_phase(install: Callable[..., None]) -> None:
    install(mylab=plugin(source(aliases=("Pt",), kind="measured")))
    for name in ("pt", "Pt", "PT", "mylab:pt", "MyLab:Pt"):
        assert navp.load(name).formula == "Pt"
    phase = navp.load("pt")
    assert (phase.provider, phase.kind, phase.aliases) == ("mylab", "measured", ("Pt",))
    row = next(row for row in navp.phases() if row.id == "pt")
    assert (row.provider, row.volume_per_formula_unit) == (
        "mylab",
        pytest.approx(15.1075, abs=1e-4),
    )


def test_a_plugin_adds_a_folder(install: Callable[..., None], tmp_path: Path) -> None:
    for suffix in ("cif", "toml"):
        data = (curated_folder() / f"nzsp-monoclinic.{suffix}").read_bytes()
        (tmp_path / f"hong.{suffix}").write_bytes(data)
    install(mylab=plugin(folders=lambda: [tmp_path]))
    assert navp.load("hong").provider == "mylab"


def test_the_same_object_each_time_and_loaded_once(install: Callable[..., None]) -> None:
    calls = []

    def load() -> Phase:
        calls.append(1)
        return platinum()

    install(mylab=plugin(source(load=load)))
    assert calls == []
    found: list[Phase] = []
    threads = [threading.Thread(target=lambda: found.append(navp.load("pt"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(phase) for phase in found}) == 1
    assert calls == [1]


def test_curated_names_mean_the_curated_phase(install: Callable[..., None]) -> None:
    install(mylab=plugin(source("nzsp-300k"), source("pt", aliases=("NZSP",))))
    with pytest.warns(ShadowedPhaseWarning) as caught:
        assert navp.load("NZSP").provider == "navp"
    assert len(caught) == 2
    assert "stays reachable as mylab:nzsp-300k" in str(caught[0].message)
    assert navp.load("nzsp-300k").provider == "navp"
    assert navp.load("mylab:nzsp-300k").formula == "Pt"
    assert navp.load("mylab:NZSP").id == "pt"
    assert navp.load("pt").id == "pt"


def test_a_doubled_name_must_be_qualified(install: Callable[..., None]) -> None:
    install(one=plugin(source("pt")), two=plugin(source("x1", aliases=("PT",))))
    navp.phases()
    with pytest.raises(AmbiguousPhaseError, match=r"one:pt .* and two:x1"):
        navp.load("pt")
    assert navp.load("one:pt").provider == "one"
    assert navp.load("two:pt").id == "x1"
    assert navp.load("x1").id == "x1"


def test_unknown_names_get_the_nearest() -> None:
    with pytest.raises(
        UnknownPhaseError, match="unknown phase 'Na3PV'; nearest: Na3VP"
    ) as caught:
        navp.load("Na3PV")
    assert isinstance(caught.value, KeyError)
    assert str(caught.value).startswith("unknown phase")
    with pytest.raises(UnknownPhaseError, match="'navp list' shows all"):
        navp.load("quartz")
    with pytest.raises(UnknownPhaseError):
        navp.load("nobody:Na3VP")
    with pytest.raises(InputError, match="by its name"):
        navp.load(3)  # type: ignore[arg-type]


def test_a_broken_entry_point_is_a_warning(install: Callable[..., None]) -> None:
    install(bad=ImportError("no module named gone"), good=plugin(source()))
    with pytest.warns(PluginWarning, match="plugin 'bad' is broken: ImportError: no module"):
        assert navp.load("pt").provider == "good"
    statuses = {s.name: (s.status, s.reason) for s in module.catalogue().statuses}
    assert statuses["bad"] == ("broken", "ImportError: no module named gone")
    assert statuses["good"] == ("loaded", "")


def test_a_taken_name_is_broken(install: Callable[..., None]) -> None:
    install(navp=plugin(source()))
    with pytest.warns(PluginWarning, match="another plugin already has this name"):
        assert navp.load("Na3VP").provider == "navp"
    with pytest.raises(UnknownPhaseError):
        navp.load("pt")


def test_a_hook_that_raises_is_a_warning(install: Callable[..., None]) -> None:
    def fail() -> object:
        raise RuntimeError("disk on fire")

    install(bad=plugin(source(), folders=fail))
    with pytest.warns(
        PluginWarning, match="'bad', navp_phase_folders: RuntimeError: disk on fire"
    ):
        assert navp.load("pt").provider == "bad"


@pytest.mark.parametrize("answer", ["pt", 3, {"id": "pt"}, None])
def test_a_wrong_answer_is_a_warning(install: Callable[..., None], answer: object) -> None:
    install(bad=plugin(answer, source()))
    with pytest.warns(PluginWarning, match="'bad', navp_phases: answered a list with"):
        assert navp.load("pt").provider == "bad"


def test_a_wrong_folder_is_a_warning(install: Callable[..., None]) -> None:
    install(bad=plugin(folders=lambda: ["/nowhere"]))
    with pytest.warns(PluginWarning, match="with str, not of folders"):
        assert navp.load("Na3VP").id == "na3vp-rt"


def test_a_phase_that_cannot_be_made(install: Callable[..., None]) -> None:
    def fail() -> Phase:
        raise ZeroDivisionError("no lattice today")

    install(bad=plugin(source(load=fail), source("pd", load=lambda: platinum("other"))))
    with pytest.raises(PluginError, match="'bad', load of pt: ZeroDivisionError: no lattice"):
        navp.load("pt")
    with pytest.raises(PluginError, match="offers 'pd' but gives <Phase other"):
        navp.load("pd")
    with pytest.warns(PluginWarning, match="left out"):
        assert "pt" not in {row.id for row in navp.phases()}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"id": "Not An Id"}, "is no phase id"),
        ({"id": "../etc"}, "is no phase id"),
        ({"id": "pt", "kind": "guess"}, "none of measured"),
        ({"id": "pt", "aliases": "Pt"}, "must be a tuple"),
    ],
)
def test_sources_are_validated(fields: dict, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        PhaseSource(load=platinum, **fields)


def test_switches(install: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    install(one=plugin(source("pt")), two=plugin(source("pd")))

    def ids() -> set[str]:
        return {row.id for row in navp.phases()} & {"pt", "pd"}

    assert ids() == {"pt", "pd"}
    monkeypatch.setenv("NAVP_DISABLED_PLUGINS", "one, ")
    assert ids() == {"pd"}
    assert {s.name: s.status for s in module.catalogue().statuses} == {
        "one": "disabled",
        "two": "loaded",
    }
    monkeypatch.delenv("NAVP_DISABLED_PLUGINS")
    monkeypatch.setenv("NAVP_LOAD_PLUGINS", "one")
    assert ids() == {"pt"}
    monkeypatch.setenv("NAVP_LOAD_PLUGINS", "")
    assert ids() == set()
    monkeypatch.delenv("NAVP_LOAD_PLUGINS")
    with plugins.without_plugins():
        assert ids() == set()
    assert ids() == {"pt", "pd"}


@pytest.mark.parametrize(
    ("variable", "names", "sentence"),
    [
        ("NAVP_DISABLED_PLUGINS", "calibrant", "no plugin 'calibrant' .*; nearest: calibrants"),
        ("NAVP_DISABLED_PLUGINS", "nosuch", "no plugin 'nosuch' .*; installed: calibrants"),
        ("NAVP_LOAD_PLUGINS", "navp,nosuch", "NAVP_LOAD_PLUGINS: no plugin 'nosuch' is inst"),
    ],
)
def test_a_switch_for_a_plugin_that_is_not_there(
    variable: str,
    names: str,
    sentence: str,
    install: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(calibrants=plugin(source()))
    monkeypatch.setenv(variable, names)
    with pytest.warns(UnknownPluginWarning, match=sentence) as told:
        assert navp.load("Na3VP").id == "na3vp-rt"
    assert len(told) == 1


def test_an_unknown_phase_may_be_one_of_a_disabled_plugin(
    install: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    install(one=plugin(source()), two=plugin())
    with plugins.without_plugins(), pytest.raises(UnknownPhaseError) as caught:
        navp.load("pt")
    assert str(caught.value).endswith("; left out: the disabled plugins one, two")
    monkeypatch.setenv("NAVP_DISABLED_PLUGINS", "one")
    with pytest.raises(UnknownPhaseError, match=r"; left out: the disabled plugin one$"):
        navp.load("pt")


def test_dropped_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_path, user = tmp_path / "path", tmp_path / "data" / "navp-structures" / "phases"
    for folder, name in ((on_path, "one"), (user, "two")):
        folder.mkdir(parents=True)
        for suffix in ("cif", "toml"):
            data = (curated_folder() / f"na3vp-alpha.{suffix}").read_bytes()
            (folder / f"{name}.{suffix}").write_bytes(data)
    monkeypatch.setenv("NAVP_PHASE_PATH", str(on_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert navp.load("one").provider == "path"
    assert navp.load("user:two").provider == "user"


@pytest.mark.parametrize(
    ("path", "sentence"), [("phases", "is not absolute"), ("/no/x", "no folder")]
)
def test_bad_phase_path(monkeypatch: pytest.MonkeyPatch, path: str, sentence: str) -> None:
    monkeypatch.setenv("NAVP_PHASE_PATH", path)
    with pytest.warns(PhaseFolderWarning, match=sentence):
        assert navp.load("Na3VP").id == "na3vp-rt"


def test_the_current_directory_is_not_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for suffix in ("cif", "toml"):
        data = (curated_folder() / f"na3vp-alpha.{suffix}").read_bytes()
        (tmp_path / f"here.{suffix}").write_bytes(data)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnknownPhaseError):
        navp.load("here")


def test_what_a_phase_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    phase = navp.load("Na3VP")
    file = navp.export(phase, tmp_path / "my.cif")
    monkeypatch.chdir(tmp_path)
    assert module.as_phase(phase) is phase
    assert module.as_phase("Na3VP") is phase
    for path in (file, str(file), "my.cif", "./my.cif"):
        assert module.as_phase(path).id == "my"
    assert [p.id for p in module.as_phases(None)] == [
        "na3vp-rt",
        "na2vp-a",
        "navp-model",
        "nzsp-300k",
    ]
    assert [p.id for p in module.as_phases(["Na3VP", "na3vp-rt"])] == ["na3vp-rt"]


def test_table_of_phases() -> None:
    table = navp.phases()
    columns = ["id", "aliases", "formula", "space_group", "kind", "temperature",
               "volume_per_formula_unit", "provider"]  # fmt: skip
    assert list(table.to_dataframe().columns) == [*columns, "reason"]
    assert len(table) == 11
    assert table.to_dict()["schema"]["name"] == "navp.phases"


def test_one_id_in_two_folders_of_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, name in (("one", "na3vp-alpha"), ("two", "nzsp-300k")):
        (tmp_path / folder).mkdir()
        for suffix in ("cif", "toml"):
            data = (curated_folder() / f"{name}.{suffix}").read_bytes()
            (tmp_path / folder / f"mine.{suffix}").write_bytes(
                data.replace(b'"NZSP"', b'"Mine2"')
            )
    monkeypatch.setenv("NAVP_PHASE_PATH", f"{tmp_path / 'one'}:{tmp_path / 'two'}")
    with pytest.warns(
        PhaseFolderWarning, match="path:mine is offered twice; .*one/mine.cif is taken"
    ):
        assert navp.load("mine").formula_units == 12
    assert sum(row.id == "mine" for row in navp.phases()) == 1


def test_a_shadowed_id_in_two_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        for suffix in ("cif", "toml"):
            data = (curated_folder() / f"na3vp-alpha.{suffix}").read_bytes()
            (tmp_path / folder / f"na3vp-alpha.{suffix}").write_bytes(data)
    monkeypatch.setenv("NAVP_PHASE_PATH", f"{tmp_path / 'one'}:{tmp_path / 'two'}")
    with pytest.warns((PhaseFolderWarning, ShadowedPhaseWarning)):
        assert navp.load("path:na3vp-alpha").provider == "path"
    assert navp.load("na3vp-alpha").provider == "navp"
