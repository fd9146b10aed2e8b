"""Adding a folder of CIFs: each as by itself, and none stops the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import navp_structures as navp
from navp_structures._resources import curated_folder
from navp_structures.errors import InputError, InputFileError, PhaseDataError
from navp_structures.io import phase_folder

# The curated file says its kind; one from elsewhere does not.
CIF = (curated_folder() / "na3vp-rt.cif").read_bytes().replace(b"kind: ", b"")


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that NAVP_PHASE_PATH names."""
    made = tmp_path / "phases"
    made.mkdir()
    monkeypatch.setenv("NAVP_PHASE_PATH", str(made))
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "given"
    made.mkdir()
    for name in ("b-two.cif", "a-one.cif", "notes.txt", ".hidden.cif"):
        (made / name).write_bytes(CIF)
    return made


def problems(done: navp.AddedPhases) -> dict[str, str | None]:
    return {row.file: row.problem for row in done.refused}


def test_each_is_a_phase_from_then_on(folder: Path, target: Path) -> None:
    done = navp.add_phases(folder, kind="measured", licence="CC0-1.0", into=target)
    assert [row.file for row in done.rows] == ["a-one.cif", "b-two.cif"]
    assert [row.id for row in done.rows] == ["a-one", "b-two"]
    assert done.refused == ()
    assert all(added.found for added in done.added)
    assert sorted(f.name for f in target.iterdir()) == [
        "a-one.cif", "a-one.toml", "b-two.cif", "b-two.toml",
    ]  # fmt: skip
    for name in ("a-one", "b-two"):
        phase = navp.load(name)
        assert (phase.kind, phase.licence, phase.cell) == (
            "measured", "CC0-1.0", navp.load("Na3VP").cell,
        )  # fmt: skip
        # The pair is what adding the file by itself writes.
        alone = navp.add_phase(
            folder / f"{name}.cif", kind="measured", licence="CC0-1.0", into=target, force=True
        )
        assert alone.phase == next(a.phase for a in done.added if a.phase.id == name)


def test_the_result_is_a_table(folder: Path, target: Path) -> None:
    (folder / "c.cif").write_text("data_x")
    done = navp.add_phases(folder, kind="model", reason="a <test>", into=target)
    assert repr(done).startswith("<AddedPhases: 3 rows, folder=")
    assert done.notes[0] == f"added 2 of 3 files of {folder}"
    assert "a-one is a model: a <test>" in done.notes
    assert "a &lt;test&gt;" in done._repr_html_()
    frame = done.to_dataframe()
    assert list(frame["id"].dropna()) == ["a-one", "b-two"]
    assert "no unit cell" in frame["problem"][2]
    assert done.to_dict()["inputs"]["reason"] == "a <test>"


def test_one_that_cannot_be_added_stops_no_other(folder: Path, target: Path) -> None:
    (folder / "My NVP.cif").write_bytes(CIF)
    (folder / "磷.cif").write_bytes(CIF)
    (folder / "bad.cif").write_text("data_x\n_cell_length_a")
    (folder / "na3vp-rt.cif").write_bytes(CIF)
    (folder / "link.cif").symlink_to(folder / "a-one.cif")
    (folder / "deep.cif").mkdir()
    (folder / "deep.cif" / "below.cif").write_bytes(CIF)
    os.mkfifo(folder / "pipe.cif")
    done = navp.add_phases(folder, kind="measured", into=target)
    assert [row.id for row in done.rows if row.id] == ["a-one", "b-two"]
    told = problems(done)
    assert set(told) == {
        "My NVP.cif", "磷.cif", "bad.cif", "na3vp-rt.cif", "link.cif", "pipe.cif",
    }  # fmt: skip
    assert "rename the file, as to my-nvp.cif, or add it by itself" in str(told["My NVP.cif"])
    assert "rename the file, or add it by itself" in str(told["磷.cif"])
    assert "is no CIF" in str(told["bad.cif"])
    assert "already a name of navp:na3vp-rt" in str(told["na3vp-rt.cif"])
    assert "symbolic link" in str(told["link.cif"])
    assert "no regular file" in str(told["pipe.cif"])
    assert done.subfolders == 1
    assert done.notes[1].endswith("not looked into: 1")


def test_a_proposal_is_no_other_file_of_the_folder(folder: Path, target: Path) -> None:
    (folder / "A One.cif").write_bytes(CIF)
    done = navp.add_phases(folder, kind="measured", into=target)
    assert "rename the file, or add" in str(problems(done)["A One.cif"])


def test_of_two_files_with_one_name_none_is_added(folder: Path, target: Path) -> None:
    (folder / "a-one.CIF").write_bytes(CIF)
    done = navp.add_phases(folder, kind="measured", into=target, force=True)
    assert set(problems(done)) == {"a-one.cif", "a-one.CIF"}
    assert "several files would be 'a-one'" in str(problems(done)["a-one.cif"])
    assert not (target / "a-one.cif").exists()


def test_what_exists_needs_force(folder: Path, target: Path) -> None:
    navp.add_phases(folder, kind="measured", into=target)
    (folder / "c-new.cif").write_bytes(CIF)
    done = navp.add_phases(folder, kind="measured", licence="CC0", into=target)
    assert [row.id for row in done.rows] == [None, None, "c-new"]
    assert "say force" in str(problems(done)["a-one.cif"])
    navp.add_phases(folder, kind="measured", licence="CC0", into=target, force=True)
    assert navp.load("a-one").licence == "CC0"


def test_the_folder_itself_may_be_the_target(folder: Path) -> None:
    done = navp.add_phases(folder, kind="measured", into=folder)
    assert len(done.added) == 2
    assert not done.added[0].found
    assert (folder / "a-one.toml").exists()


def test_a_kind_that_only_some_files_say(folder: Path, target: Path) -> None:
    navp.export("NaVP", folder / "copy.cif")
    done = navp.add_phases(folder, into=target)
    assert [(row.id, row.kind) for row in done.rows] == [
        (None, None), (None, None), ("copy", "model"),
    ]  # fmt: skip
    assert "kind is None; it must be one of measured" in str(problems(done)["a-one.cif"])


def test_all_are_examined_before_the_first_is_written(folder: Path, target: Path) -> None:
    seen = []

    def examine(file: Path, phase: navp.Phase) -> None:
        assert list(target.iterdir()) == []
        seen.append(phase.id)
        if phase.id == "a-one":
            raise InputError("not this one")

    done = navp.add_phases(folder, kind="measured", into=target, examine=examine)
    assert seen == ["a-one", "b-two"]
    assert problems(done) == {"a-one.cif": "not this one"}
    assert [row.id for row in done.rows] == [None, "b-two"]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"kind": "guess"}, "kind is 'guess'"),
        ({"licence": ""}, "the licence is empty"),
        ({"reason": "a\x1b[2J"}, "cannot be printed"),
    ],
)
def test_what_holds_for_all_is_refused_once(
    folder: Path, target: Path, said: dict[str, str], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        navp.add_phases(folder, **({"kind": "measured", "into": target} | said))
    assert list(target.iterdir()) == []


def test_folders_that_are_none(folder: Path, target: Path, tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match=r"cannot read .*none: No such file"):
        navp.add_phases(tmp_path / "none", kind="measured", into=target)
    with pytest.raises(InputFileError, match=r"cannot read .*Not a directory"):
        navp.add_phases(folder / "a-one.cif", kind="measured", into=target)
    with pytest.raises(InputFileError, match="embedded null"):
        navp.add_phases("a\0b", kind="measured", into=target)
    with pytest.raises(InputFileError, match="it is no folder"):
        navp.add_phases(folder, kind="measured", into=tmp_path / "none")
    with pytest.raises(InputError, match=r"holds no file \*\.cif"):
        navp.add_phases(target, kind="measured", into=target)


def test_a_model_without_reason(folder: Path, target: Path) -> None:
    done = navp.add_phases(folder, kind="model", into=target)
    assert "needs a reason" in str(problems(done)["a-one.cif"])
    with pytest.raises(PhaseDataError):
        navp.add_phase(folder / "a-one.cif", kind="model", into=target)


def test_the_names_are_read_once(
    folder: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading them for each file would make a thousand files quadratic."""
    for n in range(20):
        (folder / f"x{n}.cif").write_bytes(CIF)
    navp.add_phases(folder, kind="measured", into=target)
    for n in range(20):
        (folder / f"y{n}.cif").write_bytes(CIF)
    read, calls = phase_folder.read_phase_toml, []

    def count(path: Path) -> object:
        if Path(str(path)).parent == target:
            calls.append(path)
        return read(path)

    monkeypatch.setattr(phase_folder, "read_phase_toml", count)
    done = navp.add_phases(folder, kind="measured", into=target)
    assert len(done.added) == 20
    # Before the first is written by the catalogue and of the folder; after the last by the
    # catalogue: 22 pairs twice, 42 once.
    assert len(calls) == 2 * 22 + 42
