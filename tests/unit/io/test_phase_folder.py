"""Folders of pairs: what counts, what is left out, what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from navp_structures._resources import curated_folder
from navp_structures.errors import PhaseDataError, PhaseFolderWarning
from navp_structures.io.phase_folder import phase_sources
from navp_structures.io.phase_toml import read_phase_toml

TOML = 'schema = 1\nkind = "measured"\n'


def pair(folder: Path, stem: str, toml: str = TOML) -> None:
    source = curated_folder() / "na3vp-rt.cif"
    (folder / f"{stem}.cif").write_bytes(source.read_bytes())
    (folder / f"{stem}.toml").write_text(toml)


def test_a_pair_is_a_phase(tmp_path: Path) -> None:
    pair(tmp_path, "mine", TOML + 'aliases = ["My1"]\ncaveat = "a test"\n')
    (source,) = phase_sources(tmp_path)
    assert (source.id, source.aliases, source.kind) == ("mine", ("My1",), "measured")
    phase = source.load()
    assert phase.id == "mine"
    assert phase.caveat == "a test"
    assert source.summarise is not None
    assert source.summarise().volume_per_formula_unit == pytest.approx(
        phase.volume_per_formula_unit
    )


def test_other_files_and_subfolders_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("hello")
    (tmp_path / "alone.cif").write_text("data_x")
    (tmp_path / "sub").mkdir()
    pair(tmp_path / "sub", "below")
    assert list(phase_sources(tmp_path)) == []


@pytest.mark.parametrize(
    ("stem", "toml", "sentence"),
    [
        ("Bad_Id", TOML, "is no id"),
        ("x", "schema = 2\nkind = 'measured'\n", "schema is 2; this version reads 1"),
        ("x", "kind = 'measured'\n", "schema is None"),
        ("x", "schema = 1\nkind = 'guess'\n", "kind is 'guess'"),
        ("x", "schema = 1\nkind = 'model'\n", "needs a reason"),
        ("x", TOML + "colour = 1\n", "unknown key 'colour'"),
        ("x", TOML + "aliasses = []\n", "nearest: aliases"),
        ("x", TOML + "aliases = ['a:b']\n", "must not hold"),
        ("x", TOML + "aliases = 'a'\n", "must be a list"),
        ("x", TOML + "licence = 3\n", "licence must be a text"),
        ("x", TOML + "site_error = { V = -1 }\n", "must be positive"),
        ("x", TOML + "[cell]\ncorrelation = [[1]]\n", "six rows of six"),
        ("x", TOML + "[expected]\nd = [{ hkl = [1, 1] , d = 2.0 }]\n", "is no reflection"),
        ("x", TOML + "[expected]\nd = [{ hkl = [1, 1, 1] }]\n", "expected.d lacks d"),
        ("x", TOML + "[expected]\nbond = [{ sites = ['a'], distance = 1 }]\n", "two labels"),
        ("x", TOML + "[[change]]\nwhat = 'x'\n", "change lacks why"),
        ("x", TOML + "[expected]\ndensity = nan\n", "must be finite"),
        ("x", "schema = \n", "is no TOML"),
        ("x", "x = " + "[" * 3000 + "]" * 3000, "is no TOML"),
    ],
)
def test_bad_pairs_are_left_out_with_a_sentence(
    tmp_path: Path, stem: str, toml: str, sentence: str
) -> None:
    pair(tmp_path, stem, toml)
    pair(tmp_path, "good")
    with pytest.warns(PhaseFolderWarning, match=sentence):
        found = [source.id for source in phase_sources(tmp_path)]
    assert found == ["good"]
    if stem == "x":
        with pytest.raises(PhaseDataError, match=sentence):
            read_phase_toml(tmp_path / "x.toml")


def test_a_toml_without_cif_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(TOML)
    with pytest.warns(PhaseFolderWarning, match="has no CIF beside it"):
        assert not list(phase_sources(tmp_path))


def test_links_in_dropped_folders_are_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    dropped = tmp_path / "dropped"
    elsewhere.mkdir()
    dropped.mkdir()
    pair(elsewhere, "x")
    shutil.copy(elsewhere / "x.toml", dropped / "x.toml")
    (dropped / "x.cif").symlink_to(elsewhere / "x.cif")
    with pytest.warns(PhaseFolderWarning, match="symbolic link"):
        assert not list(phase_sources(dropped, trusted=False))


def test_large_files_are_refused_when_read(tmp_path: Path) -> None:
    pair(tmp_path, "x")
    with (tmp_path / "x.cif").open("a") as file:
        file.write("#" * 5_000_001)
    (source,) = phase_sources(tmp_path)
    with pytest.raises(OSError, match="more than 5000000"):
        source.load()


def test_correlation_reaches_the_cell(tmp_path: Path) -> None:
    rows = [[1.0 if i == j else 0.0 for j in range(6)] for i in range(6)]
    rows[0][1] = rows[1][0] = 1.0
    rows[0][2] = rows[2][0] = rows[1][2] = rows[2][1] = -1.0
    pair(tmp_path, "x", TOML + f"[cell]\ncorrelation = {rows}\n")
    (source,) = phase_sources(tmp_path)
    cell = source.load().cell
    assert cell.correlation == tuple(map(tuple, rows))
    # 2 · 0.0002/8.7288 - 0.0007/21.8042 relative
    assert cell.volume_su == pytest.approx(
        cell.volume * (2 * 0.0002 / 8.7288 - 0.0007 / 21.8042), rel=1e-6
    )
