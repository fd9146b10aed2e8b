"""The installed package works wherever it is put, and whatever is around it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from subprocess import CompletedProcess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Builds, Environment

pytestmark = [
    pytest.mark.packaging,
    pytest.mark.skipif(sys.platform == "win32", reason="folders and streams of Unix"),
]

INDEX = ("index", "1.88", "1.895", "--phase", "Na3VP", "--phase", "NaVP")
COMMANDS = (("list",), ("show", "NZSP"), ("check", "NZSP"), INDEX)
TOO_LARGE = 1024
"""Bytes of a file, where a disk is full."""


def said(done: CompletedProcess[str], code: int = 0) -> str:
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def usual(environment: Environment) -> dict[tuple[str, ...], str]:
    """Return what the commands print in the usual surroundings."""
    return {command: said(environment.run("navp", *command)) for command in COMMANDS}


def files_of(environment: Environment) -> dict[Path, tuple[int, int]]:
    root = environment.bin.parent
    found = (path for path in root.rglob("navp_structures/**/*") if path.is_file())
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in found}


@pytest.mark.parametrize(
    "variables",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "de_DE.UTF-8", "LANG": "tr_TR.UTF-8"},
        {"PYTHONOPTIMIZE": "2"},
        {"PYTHONWARNINGS": "error", "PYTHONDEVMODE": "1"},
        {"PYTHONIOENCODING": "ascii", "TERM": "dumb", "NO_COLOR": "1"},
        {"FORCE_COLOR": "1", "COLUMNS": "0", "PYTHONHASHSEED": "7"},
    ],
    ids=lambda variables: "-".join(variables),
)
def test_the_answer_is_the_same(
    environment: Environment,
    usual: dict[tuple[str, ...], str],
    variables: dict[str, str],
) -> None:
    for command in (COMMANDS[0], INDEX):
        done = environment.run("navp", *command, variables=variables)
        assert said(done) == usual[command]
        assert done.stderr == ""


def test_numbers_have_points_in_every_locale(environment: Environment) -> None:
    code = (
        "import locale, navp_structures as n\n"
        "for name in ('de_DE.UTF-8', 'tr_TR.UTF-8', 'C'):\n"
        "    try: locale.setlocale(locale.LC_ALL, name)\n"
        "    except locale.Error: continue\n"
        "    print(n.load('NA3VP').id, n.index_spacings([1.88]).to_csv().splitlines()[1])\n"
    )
    lines = set(said(environment.run("python", "-c", code)).splitlines())
    assert len(lines) == 1
    assert "1.88," in lines.pop()


def test_no_home(environment: Environment, usual: dict[tuple[str, ...], str]) -> None:
    names = ("HOME", "XDG_DATA_HOME", "USERPROFILE", "USER", "LOGNAME")
    kept = {k: v for k, v in environment.variables.items() if k not in names}
    done = subprocess.run(
        [environment.bin / "navp", *COMMANDS[0]], cwd=environment.folder, env=kept,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said(done) == usual[COMMANDS[0]]


@pytest.mark.parametrize("columns", ["20", "300", "wide"])
def test_any_width(
    environment: Environment, usual: dict[tuple[str, ...], str], columns: str
) -> None:
    text = said(environment.run("navp", *INDEX, variables={"COLUMNS": columns}))
    # Nothing is lost, however it is folded.
    assert text.count("(2 2 6)") == usual[INDEX].count("(2 2 6)")
    if columns == "300":
        assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams(
    environment: Environment, usual: dict[tuple[str, ...], str], closed: str
) -> None:
    command = f'"$0" list {closed}'
    other = subprocess.run(
        ["/bin/sh", "-c", command, environment.bin / "navp"], cwd=environment.folder,
        env=environment.variables, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said(other) == ("" if ">&-" in closed.replace("2>&-", "") else usual[COMMANDS[0]])
    assert other.stderr == ""


def test_a_reader_that_leaves(environment: Environment) -> None:
    command = '"$0" index 1.88 --sigma 30% --all | head -n 1'
    done = subprocess.run(
        ["/bin/sh", "-c", command, environment.bin / "navp"], cwd=environment.folder,
        env=environment.variables, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout.count("\n"), done.stderr) == (1, "")


WRITERS = {
    "x.cif": ("export", "NZSP", "x.cif", "--force"),
    "x.json": ("export", "NZSP", "x.json", "--to", "json", "--force"),
    "x.png": ("polyhedra", "Na3VP", "--plot", "x.png"),
    "x.svg": ("saed", "Na3VP", "--zone-axis", "0 0 1", "--plot", "x.svg"),
    "x.pdf": ("xrd", "NaVP", "--radiation", "CuKa1", "--two-theta", "5", "40", "--plot",
              "x.pdf"),
    "x.html": ("audit", "few.toml", "--html", "x.html"),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, checkout: Path) -> Path:
    text = (checkout / "cifs" / "papers" / "shen-2023.toml").read_text("utf-8")
    head, *claims = text.split("[[claim]]")
    (tmp_path / "few.toml").write_text("[[claim]]".join([head, *claims[:2]]), "utf-8")
    shutil.copy(checkout / "cifs" / "nzsp-300k.cif", tmp_path / "mine.cif")
    for name in WRITERS:
        (tmp_path / name).write_text("old")
    return tmp_path


def without_room(environment: Environment) -> dict[str, str]:
    """Return variables for a full disk, on which Python leaves cached modules cut short."""
    return environment.variables | {"PYTHONDONTWRITEBYTECODE": "1"}


def full_disk() -> None:
    import resource

    # Beyond this a file refuses as on a disk that is full.
    resource.setrlimit(resource.RLIMIT_FSIZE, (TOO_LARGE, TOO_LARGE))


@pytest.mark.parametrize("name", WRITERS)
def test_a_full_disk_keeps_the_old_file(
    environment: Environment, folder: Path, name: str
) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = subprocess.run(
        [environment.bin / "navp", *WRITERS[name]], cwd=folder, preexec_fn=full_disk,
        env=without_room(environment), capture_output=True, text=True, check=False,
    )  # fmt: skip
    said(done, 2)
    # Matplotlib may have told before that it has no room for its list of fonts.
    assert done.stderr.splitlines()[-1] == f"Error: cannot write '{name}': File too large"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_full_disk_adds_no_phase(environment: Environment, folder: Path) -> None:
    (folder / "phases").mkdir()
    done = subprocess.run(
        [environment.bin / "navp", "add", "mine.cif", "--id", "mine", "--into", "phases",
         "--kind", "measured"],
        cwd=folder, preexec_fn=full_disk, env=without_room(environment),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    said(done, 2)
    assert done.stderr.endswith("File too large\n")
    assert done.stderr.count("\n") == 1
    assert list((folder / "phases").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "how"),
    [("x.cif", signal.SIGINT), ("x.svg", signal.SIGINT), ("x.cif", signal.SIGKILL),
     ("x.svg", signal.SIGKILL)],
)  # fmt: skip
def test_killed_while_writing(
    environment: Environment, folder: Path, name: str, how: signal.Signals
) -> None:
    """The command stops itself at the moment when all but the renaming is done."""
    code = (
        "import os, pathlib, sys\n"
        f"pathlib.Path.replace = lambda *_: os.kill(os.getpid(), {int(how)})\n"
        "from navp_structures.cli import main\n"
        "main(sys.argv[1:])\n"
    )
    done = environment.run("python", "-c", code, *WRITERS[name], folder=folder)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert (folder / name).read_text() == "old"
    left = [path.name for path in folder.iterdir() if path.name.endswith(".part")]
    assert len(left) == (how == signal.SIGKILL)
    if name != "x.cif":
        return
    # What is left stands in nobody's way.
    said(environment.run("navp", *WRITERS[name], folder=folder))
    assert (folder / name).stat().st_size > TOO_LARGE


READ_ONLY = """
mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"
"""


@pytest.fixture
def nothing_can_be_written(environment: Environment) -> tuple[str, ...]:
    """Return a command in front of others that lets them see the environment read-only."""
    place = environment.bin.parent
    prefix = ("unshare", "-rm", "sh", "-c", READ_ONLY, "sh", str(place))
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare")
    probe = [*prefix, "touch", str(place / "probe")]
    done = subprocess.run(probe, capture_output=True, text=True, check=False)
    if "Read-only file system" not in done.stderr:
        pytest.skip(f"folders cannot be made read-only here: {done.stderr}")
    return prefix


def test_an_install_that_cannot_be_written(
    environment: Environment,
    usual: dict[tuple[str, ...], str],
    nothing_can_be_written: tuple[str, ...],
    tmp_path: Path,
) -> None:
    def run(*command: str) -> str:
        done = subprocess.run(
            [*nothing_can_be_written, environment.bin / "navp", *command], cwd=tmp_path,
            env=environment.variables, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return said(done)

    for command in COMMANDS:
        assert run(*command) == usual[command]
    run("saed", "Na3VP", "--zone-axis", "0 0 1", "--plot", "x.svg")
    assert (tmp_path / "x.svg").stat().st_size > TOO_LARGE
    run("plugins", "new", "mylab")
    assert (tmp_path / "navp-mylab" / "pyproject.toml").is_file()


def test_nothing_is_written_into_the_install(environment: Environment, tmp_path: Path) -> None:
    before = files_of(environment)
    quiet = {"PYTHONDONTWRITEBYTECODE": "1"}
    for command in (INDEX, ("plugins", "new", "mylab")):
        said(environment.run("navp", *command, folder=tmp_path, variables=quiet))
    assert len(before) > 300
    assert files_of(environment) == before


def test_the_wheel_itself_on_the_path(
    environment: Environment, builds: Builds, usual: dict[tuple[str, ...], str], tmp_path: Path
) -> None:
    # Nothing is unpacked: data come out of the zip, and so does the template of a plugin.
    variables = {"PYTHONPATH": str(builds.wheel)}
    where = "import navp_structures as n; print(n.__file__)"
    assert str(builds.wheel) in said(
        environment.run("python", "-c", where, variables=variables)
    )
    for command in COMMANDS:
        arguments = ["-m", "navp_structures", *command]
        done = environment.run("python", *arguments, folder=tmp_path, variables=variables)
        assert said(done) == usual[command]
    code = "import navp_structures as n; print(n.new_plugin('x').folder, n.papers())"
    done = environment.run("python", "-c", code, folder=tmp_path, variables=variables)
    assert said(done).split()[0] == "navp-x"
    assert (tmp_path / "navp-x" / "pyproject.toml").is_file()
