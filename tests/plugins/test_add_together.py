"""Several processes that add into one folder, and one that is killed while it does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import navp_structures as navp
from navp_structures._resources import curated_folder
from navp_structures.catalogue.catalogue import forget
from navp_structures.cli import main
from navp_structures.errors import InputFileError, PhaseFolderWarning
from navp_structures.io.folder_lock import LOCK_NAME, locked

# The curated file says its kind; one from elsewhere does not.
CIF = (curated_folder() / "na3vp-rt.cif").read_bytes().replace(b"kind: ", b"")

ADD = """
import sys
from pathlib import Path
import navp_structures as navp
from navp_structures.errors import NavpError

into, number = Path(sys.argv[1]), int(sys.argv[2])
files = [Path(name) for name in sys.argv[3:]]
print("ready", flush=True)
sys.stdin.readline()
for file in files:
    try:
        navp.add_phase(file, kind="measured", licence=f"by {number}", into=into)
        print("added", file.stem, flush=True)
    except NavpError as error:
        print("refused", error, flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder that NAVP_PHASE_PATH names."""
    made = tmp_path / "phases"
    made.mkdir()
    monkeypatch.setenv("NAVP_PHASE_PATH", str(made))
    yield made
    forget()


def at_once(folder: Path, *jobs: list[Path]) -> list[list[str]]:
    """Let one process for each job add its files, all from one moment on."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", ADD, str(folder), str(n), *map(str, files)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for n, files in enumerate(jobs)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=120) for process in running]
    assert [error for _, error in answers] == [""] * len(jobs)
    return [out.splitlines() for out, _ in answers]


def test_nothing_is_lost_and_one_of_two_is_refused(folder: Path, tmp_path: Path) -> None:
    jobs = []
    for n in range(3):
        given = tmp_path / f"given-{n}"
        given.mkdir()
        # Four names that everybody wants, and two of its own. Each file differs, so that a
        # pair of two halves would be seen.
        stems = [*(f"shared-{i}" for i in range(4)), *(f"own-{n}-{i}" for i in range(2))]
        files = [given / f"{stem}.cif" for stem in stems]
        for file in files:
            file.write_bytes(CIF + b"# by %d\n" % n)
        jobs.append(files)
    answers = at_once(folder, *jobs)
    added = [line.split()[1] for lines in answers for line in lines if line[:5] == "added"]
    refused = [line for lines in answers for line in lines if line[:7] == "refused"]
    assert sorted(added) == sorted(
        [
            *(f"shared-{i}" for i in range(4)),
            *(f"own-{n}-{i}" for n in range(3) for i in (0, 1)),
        ]
    )
    assert len(refused) == 8
    assert all("exists; say force (--force) to replace it" in line for line in refused)
    # Neither locks nor parts are left.
    assert {f.name for f in folder.iterdir()} == {
        f"{s}.{e}" for s in added for e in ("cif", "toml")
    }
    for stem in added:
        by = (folder / f"{stem}.cif").read_bytes().rsplit(b"# by ", 1)[1].strip().decode()
        assert navp.load(stem).licence == f"by {by}"


def test_one_alias_is_given_once(folder: Path, tmp_path: Path) -> None:
    for stem in ("one", "two"):
        (tmp_path / f"{stem}.cif").write_bytes(CIF)
    found: list[object] = []

    def add(stem: str) -> None:
        try:
            navp.add_phase(
                tmp_path / f"{stem}.cif", kind="measured", aliases=["Mine"], into=folder
            )
            found.append(stem)
        except navp.NavpError as error:
            found.append(error)

    threads = [threading.Thread(target=add, args=(stem,)) for stem in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (error,) = (item for item in found if isinstance(item, Exception))
    assert "'Mine' is already a name of" in str(error)
    assert navp.load("mine").id in found


def test_a_writer_that_takes_too_long_is_told(tmp_path: Path) -> None:
    with (
        locked(tmp_path) as alone,
        pytest.raises(InputFileError, match="another 'navp add' is writing into"),
        locked(tmp_path, wait=0.1),
    ):
        pass
    assert alone
    assert list(tmp_path.iterdir()) == []


def test_the_lock_of_a_dead_process_holds_nobody(tmp_path: Path) -> None:
    code = (
        "import os, sys\nfrom pathlib import Path\n"
        "from navp_structures.io.folder_lock import locked\n"
        "with locked(Path(sys.argv[1])):\n    os._exit(9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert done.returncode == 9
    assert (tmp_path / LOCK_NAME).exists()
    with locked(tmp_path, wait=0.0) as alone:
        assert alone
    assert list(tmp_path.iterdir()) == []


def test_a_link_in_the_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "phases"
    folder.mkdir()
    (folder / LOCK_NAME).symlink_to(tmp_path / "made")
    with pytest.raises(InputFileError, match="cannot write into"), locked(folder):
        pass
    assert not (tmp_path / "made").exists()


def test_a_file_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from navp_structures.io import folder_lock

    def refuse(_: int) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(folder_lock, "_take", refuse)
    with locked(tmp_path) as alone:
        assert not alone
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, sys
from pathlib import Path
from navp_structures.io.folder_lock import locked
from navp_structures.io.phase_write import write_pair

folder, at, force = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "force"
calls = 0

def dying(function):
    def call(*args, **more):
        global calls
        calls += 1
        if calls > at:
            os._exit(9)
        return function(*args, **more)
    return call

for name in ("replace", "unlink", "fsync"):
    setattr(os, name, dying(getattr(os, name)))
with locked(folder):
    new = Path(sys.argv[4]).read_bytes(), b'schema = 1\\nkind = "measured"\\nlicence = "new"\\n'
    write_pair(folder, "x", new, force=force)
    os._exit(0)
"""
"""Ends the process before the call number `at` that changes or keeps something."""


def killed(folder: Path, at: int, new: Path, *, force: bool) -> bool:
    """Return whether the process was killed; False when it was done before."""
    said = [str(folder), str(at), "force" if force else "", str(new)]
    done = subprocess.run([sys.executable, "-c", KILLED, *said], check=False)
    assert done.returncode in (0, 9)
    return done.returncode == 9


def listed(folder: Path) -> tuple[set[str], str]:
    """Return the ids that ``navp list`` shows of a folder, and what it says."""
    forget()
    result = CliRunner().invoke(main, ["list", "--json"])
    assert result.exit_code == 0
    rows = json.loads(result.stdout)["results"]
    return {row["id"] for row in rows if row["provider"] == "path"}, result.stderr


@pytest.mark.parametrize("at", range(9))
def test_killed_while_it_replaces(folder: Path, tmp_path: Path, at: int) -> None:
    new, other = tmp_path / "x.cif", tmp_path / "other.cif"
    other.write_bytes(CIF)
    new.write_bytes(CIF + b"# old\n")
    navp.add_phase(new, kind="measured", licence="old", into=folder)
    new.write_bytes(CIF + b"# new\n")
    if not killed(folder, at, new, force=True):
        pytest.fail("there are fewer steps")
    ids, said = listed(folder)
    if "x" in ids:
        assert said == ""
    else:
        # It is told, not silently gone.
        assert "'navp add' of x was interrupted" in said
    result = CliRunner().invoke(
        main, ["add", str(other), "--kind", "measured", "--into", str(folder)]
    )
    assert result.exit_code == 0, result.output
    assert ("is undone" in result.stderr) == ("x" not in ids)
    assert {f.name for f in folder.iterdir()} == {
        "x.cif", "x.toml", "other.cif", "other.toml",
    }  # fmt: skip
    assert listed(folder) == ({"x", "other"}, "")
    forget()
    mark = (folder / "x.cif").read_bytes()[-6:].decode().strip("# \n")
    assert navp.load("x").licence == mark


def test_those_are_all_steps(folder: Path, tmp_path: Path) -> None:
    new = tmp_path / "x.cif"
    new.write_bytes(CIF)
    navp.add_phase(new, kind="measured", into=folder)
    assert not killed(folder, 9, new, force=True)


@pytest.mark.parametrize("at", range(5))
def test_killed_while_it_adds(folder: Path, tmp_path: Path, at: int) -> None:
    new = tmp_path / "x.cif"
    new.write_bytes(CIF)
    assert killed(folder, at, new, force=False)
    whole = at == 4
    assert listed(folder) == ({"x"} if whole else set(), "")
    said = ["add", str(new), "--kind", "measured", "--into", str(folder)]
    result = CliRunner().invoke(main, [*said, *(["--force"] if whole else [])])
    assert result.exit_code == 0, result.output
    assert {f.name for f in folder.iterdir()} == {"x.cif", "x.toml"}
    assert listed(folder) == ({"x"}, "")


def test_what_somebody_put_there_since_is_left_alone(folder: Path, tmp_path: Path) -> None:
    new = tmp_path / "x.cif"
    new.write_bytes(CIF)
    navp.add_phase(new, kind="measured", into=folder)
    # Both old files stand aside, both new ones have no name yet.
    assert killed(folder, 4, new, force=True)
    assert not (folder / "x.cif").exists()
    (folder / "x.cif").write_bytes(b"# mine\n")
    with pytest.warns(PhaseFolderWarning) as caught:
        navp.add_phase(new, kind="measured", id="other", into=folder)
    told = " ".join(str(w.message) for w in caught)
    assert "x cannot be put back from" in told
    assert (folder / "x.cif").read_bytes() == b"# mine\n"
    assert len(list(folder.glob(".x.*.old"))) == 2


def test_links_among_the_rest_are_left_alone(folder: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"mine")
    for name in (".x.cif.0123abcd.old", ".x.toml.0123abcd.old", ".y.cif.0123abcd.part"):
        (folder / name).symlink_to(precious)
    new = tmp_path / "z.cif"
    new.write_bytes(CIF)
    with pytest.warns(PhaseFolderWarning, match="of x was interrupted"):
        navp.add_phase(new, kind="measured", into=folder)
    assert precious.read_bytes() == b"mine"
    assert os.path.lexists(folder / ".x.cif.0123abcd.old")
    assert not (folder / "x.cif").exists()
