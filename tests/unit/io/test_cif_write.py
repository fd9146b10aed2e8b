"""Writing CIF: the same numbers with their su, and the word model."""

from __future__ import annotations

from pathlib import Path

import pytest
from gemmi import cif

import navp_structures as navp
from navp_structures.catalogue.catalogue import catalogue
from navp_structures.errors import InputFileError
from navp_structures.io.cif_write import cif_text

ALL = [entry.source.id for entry in catalogue().entries]


@pytest.mark.parametrize("name", ALL)
def test_round_trip_keeps_every_number(name: str, tmp_path: Path) -> None:
    phase = navp.load(name)
    again = navp.read_cif(navp.export(phase, tmp_path / f"{name}.cif"))
    assert again.cell.parameters == phase.cell.parameters
    assert again.cell.su == phase.cell.su
    assert again.sites == phase.sites
    assert again.space_group == phase.space_group
    for field in ("formula", "formula_units", "temperature", "provenance", "kind", "reason"):
        assert getattr(again, field) == getattr(phase, field)
    assert cif_text(again).splitlines()[3:] == cif_text(phase).splitlines()[3:] or phase.caveat


@pytest.mark.parametrize("name", ["Na2VP", "NaVP", "na3vp-ordered"])
def test_models_and_computed_phases_say_so(name: str) -> None:
    phase = navp.load(name)
    text = cif_text(phase)
    assert text.startswith(f"# {phase.id}: {phase.kind}: ")
    method = cif.as_string(
        cif.read_string(text).sole_block().find_value("_audit_creation_method")
    )
    assert f"kind: {phase.kind}; reason: {phase.reason}" in " ".join(method.split())


def test_existing_files_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "x.cif"
    file.write_text("mine")
    with pytest.raises(InputFileError, match="exists"):
        navp.export(navp.load("NZSP"), file)
    assert file.read_text() == "mine"
    navp.export(navp.load("NZSP"), file, force=True)
    assert file.read_text().startswith("# nzsp-300k")
    assert [p.name for p in tmp_path.iterdir()] == ["x.cif"]


def test_a_missing_folder_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match="cannot write"):
        navp.export(navp.load("NZSP"), tmp_path / "none" / "x.cif")
    assert not list(tmp_path.iterdir())


def test_hostile_texts_stay_text(tmp_path: Path) -> None:
    from dataclasses import replace

    phase = replace(
        navp.load("NZSP"), formula="x\n;\ndata_evil\n_cell_length_a 1\n;\n", caveat="a\ndata_b"
    )
    again = navp.read_cif(navp.export(phase, tmp_path / "x.cif"))
    assert again.cell.a == 9.097
    assert len(cif.read(str(tmp_path / "x.cif"))) == 1


@pytest.mark.parametrize("name", ["é", "a b\tc", "日本", "x;y"])
def test_any_name_gives_a_readable_file(name: str, tmp_path: Path) -> None:
    from dataclasses import replace

    phase = replace(navp.load("NZSP"), id=name)
    assert navp.read_cif(navp.export(phase, tmp_path / "x.cif")).cell == phase.cell


def test_accents_are_written_as_cif_has_them() -> None:
    text = cif_text(navp.load("na3vp-alpha"))
    assert "Mentr\\'e, O." in text
    assert text.isascii()


def test_links_are_followed_and_devices_refused(tmp_path: Path) -> None:
    real, link = tmp_path / "real.cif", tmp_path / "link.cif"
    real.write_text("old")
    link.symlink_to(real)
    navp.export("NZSP", link, force=True)
    assert link.is_symlink()
    assert real.read_text().startswith("# nzsp-300k")
    with pytest.raises(InputFileError, match="no regular file"):
        navp.export("NZSP", tmp_path, force=True)
    with pytest.raises(InputFileError, match="without a name; the path is empty"):
        navp.export("NZSP", "", force=True)


def test_formula_sum_and_hall_symbol_are_written() -> None:
    block = cif.read_string(cif_text(navp.load("Na3VP"))).sole_block()
    assert cif.as_string(block.find_value("_chemical_formula_sum")) == "Na3 O12 P3 V2"
    assert cif.as_string(block.find_value("_space_group_name_Hall")) == '-R 3 2"c'


@pytest.mark.parametrize("name", ["Na2VP", "NaVP", "Na3VP"])
def test_the_correlation_of_a_cell_survives(name: str, tmp_path: Path) -> None:
    phase = navp.load(name)
    again = navp.read_cif(navp.export(phase, tmp_path / "x.cif"))
    assert again.cell == phase.cell
    assert again.cell.volume_su == phase.cell.volume_su
    text = (tmp_path / "x.cif").read_text("utf-8")
    # What symmetry ties needs no word; what a fit tied does.
    assert ("_cell_special_details" in text) is (name != "Na3VP")


def test_a_broken_correlation_is_refused(tmp_path: Path) -> None:
    file = navp.export("NaVP", tmp_path / "x.cif")
    text = file.read_text("utf-8")
    file.write_text(text.replace("gamma: [[1.0", "gamma: [[one"), "utf-8")
    with pytest.raises(navp.errors.CifError, match="no matrix of numbers"):
        navp.read_cif(file)


def test_names_that_are_no_text_and_loops_of_links(tmp_path: Path) -> None:
    from dataclasses import replace

    phase = replace(navp.load("NZSP"), id="c\udcff")
    assert navp.read_cif(navp.export(phase, tmp_path / "x.cif")).cell == phase.cell
    one, two = tmp_path / "one", tmp_path / "two"
    one.symlink_to(two)
    two.symlink_to(one)
    with pytest.raises(InputFileError, match="cannot write"):
        navp.export(phase, one)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one", "two", "x.cif"]


def test_replacing_keeps_the_mode(tmp_path: Path) -> None:
    file = navp.export("NZSP", tmp_path / "x.cif")
    file.chmod(0o600)
    navp.export("NaVP", file, force=True)
    assert file.stat().st_mode & 0o777 == 0o600
