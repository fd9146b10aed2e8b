"""Every curated pair: sources, kinds, expected values, symmetry, distances, charges."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from gemmi import cif

import navp_structures as navp
from navp_structures.catalogue.catalogue import catalogue

ENTRIES = {entry.source.id: entry for entry in catalogue().entries if entry.provider == "navp"}

# V/Z in Å³; the figures of the sources, see cifs/README.md
VOLUMES = {
    "na3vp-rt": 239.789,
    "na3vp-gamma": 241.278,
    "na3vp-alpha": 237.786,
    "na3vp-ordered": 248.698,
    "na2vp-a": 227.159,
    "na2vp-b": 227.159,
    "na2vp-computed": 227.159,
    "navp-model": 220.108,
    "navp-computed": 220.108,
    "nzsp-300k": 270.906,
    "nzsp-monoclinic": 269.425,
}
ALIASES = {"Na3VP": "na3vp-rt", "Na2VP": "na2vp-a", "NaVP": "navp-model", "NZSP": "nzsp-300k"}
KINDS = {
    "measured": {"na3vp-rt", "na3vp-alpha", "nzsp-300k"},
    "computed": {"na3vp-ordered", "na2vp-computed", "navp-computed"},
    "model": {"na3vp-gamma", "na2vp-a", "na2vp-b", "navp-model", "nzsp-monoclinic"},
}


def test_the_entries_are_those_of_the_card() -> None:
    assert set(ENTRIES) == set(VOLUMES)
    for alias, name in ALIASES.items():
        assert navp.load(alias) is navp.load(name)
        assert navp.load(alias.upper()).id == name


@pytest.mark.parametrize("name", VOLUMES)
def test_volume_per_formula_unit(name: str) -> None:
    assert navp.load(name).volume_per_formula_unit == pytest.approx(VOLUMES[name], abs=0.005)


@pytest.mark.parametrize("name", VOLUMES)
def test_check_passes_without_warnings(name: str) -> None:
    report = navp.check_symmetry(name)
    assert report.passed
    assert [f for f in report.findings if f.level == "warning"] == []
    if navp.load(name).has_sites:
        assert report.window is not None
        assert report.window[0] == 1e-4
        assert report.window[1] >= 0.2


@pytest.mark.parametrize("name", VOLUMES)
def test_kind_and_reason(name: str) -> None:
    phase = navp.load(name)
    assert phase.kind is not None
    assert name in KINDS[phase.kind]
    assert bool(phase.reason) is (phase.kind != "measured")
    assert phase.licence == "CC-BY-4.0"


@pytest.mark.parametrize("name", VOLUMES)
def test_the_cif_alone_has_source_and_kind(name: str, checkout: Path) -> None:
    phase = navp.read_cif(checkout / "cifs" / f"{name}.cif")
    assert phase.provenance.citation
    assert phase.kind == navp.load(name).kind
    assert bool(phase.reason) is (phase.kind != "measured")
    assert phase.provenance.method


@pytest.mark.parametrize("name", VOLUMES)
def test_nothing_stands_twice(name: str, checkout: Path) -> None:
    notes = tomllib.loads((checkout / "cifs" / f"{name}.toml").read_text("utf-8"))
    assert "temperature" not in notes
    assert "formula" not in notes
    assert set(notes.get("cell", {})) <= {"correlation", "kind"}
    assert notes.get("cell", {}).get("kind") != notes["kind"]


@pytest.mark.parametrize("name", VOLUMES)
def test_every_tag_is_of_the_core_dictionary(name: str, checkout: Path) -> None:
    prefixes = (
        "_audit_creation_method", "_publ_", "_journal_", "_chemical_formula_", "_cell_",
        "_space_group_", "_atom_site_", "_diffrn_", "_refine_", "_exptl_crystal_",
    )  # fmt: skip
    block = cif.read(str(checkout / "cifs" / f"{name}.cif")).sole_block()
    for item in block:
        tags = [item.pair[0]] if item.pair else list(item.loop.tags)
        assert all(tag.startswith(prefixes) for tag in tags)
    text = (checkout / "cifs" / f"{name}.cif").read_bytes()
    text.decode("ascii")  # CIF 1.1


@pytest.mark.parametrize("name", VOLUMES)
def test_formula_sum_agrees_with_the_structural_formula(name: str, checkout: Path) -> None:
    from navp_structures.model.formula import parse_formula

    block = cif.read(str(checkout / "cifs" / f"{name}.cif")).sole_block()
    one = cif.as_string(block.find_value("_chemical_formula_structural"))
    two = cif.as_string(block.find_value("_chemical_formula_sum"))
    assert parse_formula(one) == pytest.approx(parse_formula(two))


def test_temperatures_are_numbers_only_where_printed() -> None:
    known = {name: navp.load(name).temperature for name in VOLUMES}
    assert {name: t for name, t in known.items() if t is not None} == {
        "na3vp-rt": 293.0,
        "nzsp-300k": 300.0,
    }
    assert "high temperature" in (navp.load("na3vp-gamma").temperature_note or "")
    assert "below ambient" in (navp.load("na3vp-alpha").temperature_note or "")


def test_nzsp_says_how_far_its_composition_is_off() -> None:
    assert "0.05 from the x = 2.4" in (navp.load("NZSP").caveat or "")


def test_volume_of_na2vp_is_held_by_its_correlation() -> None:
    from dataclasses import replace

    cell = navp.load("Na2VP").cell
    assert cell.volume_su is None  # nothing is left of it: V/Z was held fixed
    free = replace(cell, correlation=None)
    # relative squares: a 0.268, b 0.290, c 0.285 %, β 0.33° · cot β = 0.453 %
    assert free.volume_su == pytest.approx(908.6 * 0.00665, rel=0.01)


def test_navp_is_anticorrelated() -> None:
    cell = navp.load("NaVP").cell
    assert (cell.a_su, cell.c_su) == (0.02, 0.05)
    # |2 · 0.02/8.4262 - 0.05/21.478| against the square root of the sum of squares
    assert cell.volume_su == pytest.approx(1320.65 * (0.0047471 - 0.0023280), rel=1e-3)


def test_u_ij_of_na3vp_are_projected_and_the_change_is_recorded() -> None:
    phase = navp.load("Na3VP")
    v1 = phase.sites[0]
    assert v1.u_aniso is not None
    assert v1.u_aniso[0] == pytest.approx(2 * v1.u_aniso[3], abs=1e-12)
    assert v1.u_aniso_su is not None
    assert v1.u_aniso_su[0] == 7e-5
    assert any("projected" in change.what for change in phase.changes)
    assert sum(site.u_aniso is not None for site in phase.sites) == 6


def test_transferred_sites_carry_no_su() -> None:
    for site in navp.load("na3vp-gamma").sites:
        assert all(not su for su in site.fract_su)
        assert site.u_iso_su is None


def test_readme_lists_every_entry(checkout: Path) -> None:
    text = (checkout / "cifs" / "README.md").read_text("utf-8")
    for name, volume in VOLUMES.items():
        assert f"| {name} |" in text
        assert f"{volume:.3f}" in text
