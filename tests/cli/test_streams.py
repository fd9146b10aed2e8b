"""Whatever the encoding of stdout, and whether or not it can be written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from navp_structures.cli import main

COMMANDS = (
    "--help",
    "list",
    "show NZSP",
    "d Na3VP 012 104",
    "index 1.88 --phase NaVP",
    "path",
)


def run(command: str, charset: str) -> Result:
    result = CliRunner(charset=charset).invoke(main, command.split())
    assert result.exception is None or isinstance(result.exception, SystemExit), command
    return result


@pytest.mark.parametrize("charset", ["latin-1", "cp1252", "koi8-r"])
@pytest.mark.parametrize("command", COMMANDS[:4])
def test_letters_that_an_encoding_lacks_are_escaped(command: str, charset: str) -> None:
    plain, other = run(command, "utf-8"), run(command, charset)
    assert other.exit_code == plain.exit_code
    expected = "".join(
        c if c.encode(charset, "ignore") else "-" if c == "─" else json.dumps(c)[1:-1]
        for c in plain.stdout
    )
    assert other.stdout_bytes.decode(charset) == expected


@pytest.mark.parametrize("command", COMMANDS[4:])
def test_no_command_stops_at_a_letter(command: str) -> None:
    assert run(command, "latin-1").exit_code == run(command, "utf-8").exit_code


@pytest.mark.parametrize("charset", ["latin-1", "shift_jis"])
@pytest.mark.parametrize("command", ["show NZSP", "d NZSP 012", "list"])
def test_json_says_the_same_in_any_encoding(command: str, charset: str) -> None:
    text = run(f"{command} --json", charset).stdout_bytes.decode(charset)
    assert json.loads(text) == json.loads(run(f"{command} --json", "utf-8").stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="names of files are text there")
@pytest.mark.parametrize("command", [["check"], ["export"]])
def test_a_name_that_is_no_text(tmp_path: Path, command: list[str]) -> None:
    text = CliRunner().invoke(main, ["export", "NZSP"]).stdout
    file = tmp_path / "\udcff.cif"
    file.write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "navp_structures", *command, str(file)],
        capture_output=True, check=False,
    )  # fmt: skip
    assert b"Traceback" not in done.stderr, done.stderr
    assert done.returncode in (0, 1, 2)
    assert (done.stderr.count(b"\n") == 1) == (done.returncode == 2)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device")
@pytest.mark.parametrize("command", [["show", "nope"], ["list", "--wrong"]])
def test_errors_that_nobody_can_read_keep_their_exit_code(command: list[str]) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [sys.executable, "-m", "navp_structures", *command],
            stdout=subprocess.PIPE, stderr=full, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break in another way there")
@pytest.mark.parametrize(
    "command",
    ["--help", "list", "list --json", "check", "index 1.88 1.895", "audit --paper"],
)
def test_a_reader_that_has_gone_is_no_finding(command: str) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "navp_structures", *command.split()],
            stdout=write, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    finally:
        os.close(write)
    # As a shell tells of a command that SIGPIPE ended: 128 + 13.
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="the shell of other systems")
def test_a_closed_stdin_asks_nobody(tmp_path: Path) -> None:
    CliRunner().invoke(main, ["export", "NZSP", str(tmp_path / "x.cif")])
    command = f"{sys.executable} -m navp_structures add x.cif --id qq --into d <&-"
    done = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 2)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["misfit Na3VP Na2VP --ion", "path --ion"])
def test_letters_that_are_none(command: str) -> None:
    done = CliRunner().invoke(main, [*command.split(), "\udcff"])
    assert done.exit_code == 2
    assert not isinstance(done.exception, TypeError | UnicodeError)


def test_a_dash_is_stdout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    plain, dash = (CliRunner().invoke(main, ["export", "NZSP", *more]) for more in ([], ["-"]))
    assert dash.stdout == plain.stdout
    assert plain.stdout.startswith("#") or "data_" in plain.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["bin", "numbers", "text"])
def test_a_file_whose_name_is_a_word_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(b"\0\1\2" * 20)
    done = CliRunner().invoke(
        main, ["xrd", "Na3VP", "--plot", "p.png", "--measured", name], catch_exceptions=False
    )
    assert done.exit_code == 2
    assert done.stderr.startswith((f"Error: {name}:", f"Error: cannot read {name}"))
