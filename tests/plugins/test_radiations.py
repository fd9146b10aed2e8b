"""Radiations of the package and of plugins."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from types import SimpleNamespace

import pytest

import navp_structures as navp
from navp_structures import Radiation, hookimpl
from navp_structures.errors import (
    AmbiguousRadiationError,
    InputError,
    PluginWarning,
    ShadowedRadiationWarning,
    UnknownRadiationError,
)


def beam(name: str = "BeamlineX", length: float = 0.5, probe: str = "xray") -> Radiation:
    return Radiation(name=name, probe=probe, lines=((length, 1.0),), source="calibrated")


def plugin(*answer: object) -> object:
    @hookimpl
    def navp_radiations() -> object:
        return list(answer)

    return SimpleNamespace(navp_radiations=navp_radiations)


def test_a_radiation_of_a_plugin_works_everywhere(install: Callable[..., None]) -> None:
    install(mylab=plugin(beam()))
    for name in ("BeamlineX", "beamlinex", "mylab:BeamlineX", "MyLab:beamlinex"):
        assert navp.radiation(name).wavelength == 0.5
    pattern = navp.powder_pattern("Na3VP", radiation="BeamlineX", two_theta=(2, 20))
    assert pattern.inputs["source"] == "calibrated"
    angle = pattern.rows[0].two_theta
    indexed = navp.index_spacings(
        angle, units="two_theta", radiation="BeamlineX", phases="Na3VP"
    )
    assert indexed.candidates(0)[0].hkl == (0, 1, 2)
    (row,) = (row for row in navp.radiations() if "Beamline" in row.name)
    assert (row.name, row.provider, row.lines) == ("BeamlineX", "mylab", ((0.5, 1.0),))
    assert navp.load("Na3VP").two_theta("0 1 2", navp.radiation("BeamlineX")) == angle


def test_its_probe_is_its_own(install: Callable[..., None]) -> None:
    install(mylab=plugin(beam(probe="neutron", length=1.8)))
    assert navp.powder_pattern("Na3VP", radiation="BeamlineX").inputs["probe"] == "neutron"
    with pytest.raises(InputError, match="BeamlineX is a radiation of the probe neutron"):
        navp.powder_pattern("Na3VP", radiation="BeamlineX", probe="xray")


def test_names_of_the_package_are_the_packages(install: Callable[..., None]) -> None:
    install(mylab=plugin(beam("CuKa1", 9.9)))
    assert navp.radiation("CuKa1").wavelength == 1.5405929
    with pytest.warns(ShadowedRadiationWarning, match="mylab:CuKa1"):
        assert navp.radiation("mylab:CuKa1").wavelength == 9.9
    assert {row.name for row in navp.radiations() if row.provider == "mylab"} == {"mylab:CuKa1"}


def test_a_plugin_cannot_push_itself_in_front(install: Callable[..., None]) -> None:
    # Whatever order of answers a plugin asks for, the package's names stay the package's.
    @hookimpl(trylast=True)
    def navp_radiations() -> object:
        return [beam("CuKa1", 9.9)]

    install(mylab=SimpleNamespace(navp_radiations=navp_radiations))
    with pytest.warns(ShadowedRadiationWarning, match="means the radiation of navp"):
        (row,) = (row for row in navp.radiations() if row.name == "CuKa1")
    assert (row.provider, row.lines) == ("navp", ((1.5405929, 1.0),))


def test_a_name_of_two_plugins_is_ambiguous(install: Callable[..., None]) -> None:
    install(one=plugin(beam()), two=plugin(beam(length=0.7)))
    with pytest.raises(AmbiguousRadiationError, match="one:BeamlineX and two:BeamlineX"):
        navp.radiation("BeamlineX")
    assert navp.radiation("two:BeamlineX").wavelength == 0.7
    names = [row.name for row in navp.radiations() if row.provider != "navp"]
    assert names == ["one:BeamlineX", "two:BeamlineX"]


def test_broken_answers_stop_nobody(install: Callable[..., None]) -> None:
    @hookimpl
    def navp_radiations() -> object:
        raise OSError("no calibration")

    install(bad=SimpleNamespace(navp_radiations=navp_radiations), odd=plugin("CuKa"),
            good=plugin(beam()))  # fmt: skip
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", PluginWarning)
        assert navp.radiation("BeamlineX").wavelength == 0.5
    told = " ".join(str(w.message) for w in caught)
    assert "plugin 'bad', navp_radiations: OSError: no calibration" in told
    assert "plugin 'odd', navp_radiations: answered a list with str, not of Radiation" in told


def test_plugins_are_not_asked_for_a_name_of_the_package(install: Callable[..., None]) -> None:
    @hookimpl
    def navp_radiations() -> object:
        raise AssertionError("a plugin was asked")

    install(bad=SimpleNamespace(navp_radiations=navp_radiations))
    assert navp.radiation("MoKa12").lines[1] == (0.713607, 0.5)
    assert navp.radiation(1.2).wavelength == 1.2
    with (
        pytest.warns(PluginWarning, match="a plugin was asked"),
        pytest.raises(UnknownRadiationError),
    ):
        navp.radiation("BeamlineX")


def test_the_packages_own_name_may_be_qualified() -> None:
    assert navp.radiation("navp:CuKa1") is navp.radiation("CuKa1")


def test_names_that_differ_in_case_are_one(install: Callable[..., None]) -> None:
    install(one=plugin(beam("BeamX")), two=plugin(beam("beamx", 0.7)))
    with pytest.raises(AmbiguousRadiationError, match="one:BeamX and two:beamx"):
        navp.radiation("BEAMX")


def test_unknown_names_come_with_the_nearest(install: Callable[..., None]) -> None:
    install(mylab=plugin(beam()))
    sentence = r"nearest: BeamlineX.*BeamlineX, mylab:BeamlineX"
    with pytest.raises(UnknownRadiationError, match=sentence):
        navp.radiation("BeamlneX")


def test_table_of_radiations() -> None:
    table = navp.radiations()
    names = {row.name for row in table}
    anodes = ("Cu", "Co", "Mo", "Cr", "Ag", "Fe")
    assert {f"{a}Ka{k}" for a in anodes for k in ("1", "2", "", "12")} <= names
    assert all("doi:" in row.source for row in table)
    assert "1.5405929 (1), 1.5444274 (0.5)" in table._repr_html_()
    frame = table.to_dataframe()
    assert list(frame.columns) == ["name", "probe", "lines", "source", "provider"]
