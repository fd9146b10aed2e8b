"""Commands that are given broken files end with 0, 1 or 2, and never with a traceback."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from navp_structures.cli import main

Files = dict[str, list[bytes]]

COMMANDS = {
    "show": ("x.cif", ["show"]),
    "check": ("x.cif", ["check"]),
    "d": ("x.cif", ["d", "--json"]),
    "xrd": ("x.cif", ["xrd", "--radiation", "CuKa1", "--two-theta", "10", "30"]),
    "index": ("x.csv", ["index", "--phase", "Na3VP"]),
    "index a text": ("x.txt", ["index", "--phase", "Na3VP", "--json"]),
    "index JSON": ("x.json", ["index", "--phase", "Na3VP", "--csv"]),
    "index lines": ("x.tsv", ["index", "--phase", "Na3VP", "--radiation", "CuKa1"]),
    "audit": ("claims.csv", ["audit"]),
    "audit TOML": ("claims.toml", ["audit", "--json", "--keep-going"]),
}
BEHIND = {"d": ["1 0 2"]}


def run(arguments: list[str]) -> None:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code in (0, 1, 2), done.output
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    # Colours apart, nothing that a file holds drives the terminal.
    assert all(line.isprintable() for line in done.output.split("\n"))
    if done.exit_code == 2:
        *talk, error = done.stderr.rstrip("\n").split("\n")
        assert error.startswith("Error: ")
        assert len(error) <= 820
        assert all(line.startswith(("Warning: ", "Error: ")) for line in talk)
    # What numpy stumbles over is no result.
    assert "encountered" not in done.stderr
    assert not re.search(r"\b(NaN|nan|Infinity|inf)\b", done.stdout)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("command", COMMANDS)
def test_broken_files(
    tmp_path: Path,
    good_files: Files,
    broken: Callable[[bytes, int], bytes],
    command: str,
    seed: int,
) -> None:
    name, arguments = COMMANDS[command]
    kinds = good_files[name]
    (tmp_path / name).write_bytes(broken(kinds[seed % len(kinds)], 1000 + seed))
    run([*arguments, str(tmp_path / name), *BEHIND.get(command, [])])


CASES: dict[str, tuple[str, bytes, str]] = {
    "an empty CIF": ("x.cif", b"", "show"),
    "a binary CIF": ("x.cif", bytes(range(256)) * 9, "check"),
    "UTF-16": ("x.csv", "d (A)\n2.54\n".encode("utf-16"), "index"),
    "an empty list": ("x.csv", b"", "index"),
    "colours": ("x.csv", b"d (A),hkl\n2.54,\x1b[31m]\n", "index"),
    "half a character": ("x.json", b'{"spacings": [1], "labels": ["\\ud800"]}', "index JSON"),
    "2\u03b8 of 190": ("x.tsv", "2θ\tI\n14,2\t3\n190\t1\n".encode(), "index lines"),
    "2\u03b8 of nearly 0": ("x.tsv", "2θ\n1e-320\n".encode(), "index lines"),
    "a huge spacing": ("x.csv", b"d (A)\n1e300\n", "index"),
    "a tiny spacing": ("x.csv", b"d (A)\n1e-300\n", "index"),
    "no claims": ("claims.toml", b"schema = 1\n", "audit TOML"),
    "claims that are none": ("claims.csv", b"\x00\x01", "audit"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_use_is_2_and_one_sentence(tmp_path: Path, case: str) -> None:
    name, content, command = CASES[case]
    (tmp_path / name).write_bytes(content)
    arguments = [*COMMANDS[command][1], str(tmp_path / name)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2, done.output
    assert done.stderr.count("\n") == 1
    run(arguments)


EMPTY = (
    b"data_x\n_cell_length_a 5\n_cell_length_b 5\n_cell_length_c 5\n"
    b"_space_group_name_H-M_alt 'P 1'\nloop_\n_atom_site_label\n_atom_site_fract_x\n"
    b"_atom_site_fract_y\n_atom_site_fract_z\n_atom_site_occupancy\n_atom_site_U_iso_or_equiv\n"
)
ODD_SITES = {
    "every site empty": EMPTY + b"V1 0 0 0 0 0.01\n",
    "a huge displacement": EMPTY + b"V1 0 0 0 1 99\n",
    "a displacement far below 0": EMPTY + b"V1 0 0 0 1 -0.99\n",
    "two atoms nearly in one place": EMPTY + b"V1 0 0 0 1 0.01\nNa1 0.0004 0 0 1 0.01\n",
}


@pytest.mark.parametrize("case", ODD_SITES)
def test_odd_sites_in_every_command(tmp_path: Path, case: str) -> None:
    path = tmp_path / "x.cif"
    path.write_bytes(ODD_SITES[case])
    name = str(path)
    run(["show", name])
    run(["check", name])
    run(["d", name, "1 0 0"])
    run(["xrd", name, "--radiation", "CuKa1", "--json"])
    run(["saed", name, "--zone-axis", "0 0 1", "--voltage", "200"])
    run(["polyhedra", name, "--centre", "V", "--ligand", "O"])
    run(["index", "2.5", "--phase", name])
    run(["export", name, str(tmp_path / "y.cif")])


@pytest.mark.parametrize("arrays", [b"", b"PK\x03\x04", b"\x93NUMPY\x01\x00"])
def test_broken_archives(tmp_path: Path, arrays: bytes) -> None:
    path = tmp_path / "x.npz"
    path.write_bytes(arrays)
    run(["index", str(path)])


def test_names_of_patterns(tmp_path: Path) -> None:
    file = io.BytesIO()
    spots = np.array([[[0.275, 0.229], [-0.275, 0.229], [0.55, 0.0]]] * 2)
    np.savez(file, spots=spots, name=np.array(["a\x1b[31mb", "\ud800"]))
    path = tmp_path / "x.npz"
    path.write_bytes(file.getvalue())
    for form in ([], ["--json"], ["--csv"]):
        run(["index", str(path), "--phase", "Na3VP", "--workers", "1", *form])
