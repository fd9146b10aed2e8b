"""Large files are read or refused within 5 s and 500 MB, each in a process of its own."""

from __future__ import annotations

import io
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.errors import InputFileError, NavpError

linux = pytest.mark.skipif(sys.platform != "linux", reason="limits as Linux has them")

Limited = Callable[[Path], str]
Read = Callable[[str, bytes | str], Any]

BOX = (
    "data_x\n_cell_length_a 50\n_cell_length_b 60\n_cell_length_c 70\n"
    "_space_group_name_H-M_alt 'P 1'\n"
)
COLUMNS = "".join(f"_atom_site_{name}\n" for name in ("label", "fract_x", "fract_y", "fract_z"))

REFLECTIONS = "".join(f"_refln_{name}\n" for name in ("h", "k", "l", "F_squared", "sigma"))


def atoms(count: int) -> str:
    rows = (
        f"V{n} {n % 25 / 25} {n // 25 % 25 / 25} {n // 625 / (count / 625)}\n"
        for n in range(count)
    )
    return f"{BOX}loop_\n{COLUMNS}{''.join(rows)}"


READ: dict[str, tuple[str, Callable[[], str], str]] = {
    "10,000 atoms in P1": ("x.cif", lambda: atoms(10_000), "<Phase x, V, P 1>"),
    "10 MB of structure factors": (
        "x.cif",
        lambda: f"{BOX}loop_\n{REFLECTIONS}" + "1 -2 13 1234.56 8.1\n" * 490_000,
        "<Phase x, formula unknown, P 1, cell only>",
    ),
    "a pattern of 290,000 points": (
        "x.xy",
        lambda: "".join(f"{n / 4000:.6f} {n % 7919:.4f}\n" for n in range(290_000)),
        "<MeasuredPattern: x, 290000 points, x from 0 to 72.4998>",
    ),
}


@linux
@pytest.mark.parametrize("case", READ)
def test_large_files_that_are_read(tmp_path: Path, read_limited: Limited, case: str) -> None:
    name, content, begin = READ[case]
    path = tmp_path / name
    path.write_text(content())
    assert read_limited(path).startswith(begin)


def archive(count: int) -> bytes:
    """Return patterns of a million spots, all 0: they shrink to a thousandth."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open("spots.npy", "w") as member,
    ):
        np.lib.format.write_array(member, np.zeros((count, 1_000_000, 2)))
    return file.getvalue()


@linux
def test_large_archives(tmp_path: Path, read_limited: Limited) -> None:
    path = tmp_path / "x.npz"
    path.write_bytes(archive(8))
    assert path.stat().st_size < 2_000_000
    assert read_limited(path).startswith("<ManyPatterns: 8 rows")


def test_archives_that_unpack_to_more(read: Read) -> None:
    found = read("x.npz", archive(13))
    assert type(found) is InputFileError
    assert "unpacks to 208000" in str(found)


REFUSED: dict[str, tuple[str, Callable[[], str], str]] = {
    "100,000 atoms": ("x.cif", lambda: atoms(100_000), "has 100000 rows"),
    "a million operations": (
        "x.cif",
        lambda: f"{BOX}loop_\n_symmetry_equiv_pos_as_xyz\n{'x,y,z ' * 1_000_000}",
        "has 1000000 values",
    ),
    "four million authors": (
        "x.cif",
        lambda: f"{BOX}loop_\n_publ_author_name\n{'a ' * 4_000_000}",
        "has 4000000 values",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_large_files_that_are_refused(read: Read, case: str) -> None:
    name, content, words = REFUSED[case]
    found = read(name, content())
    assert isinstance(found, NavpError)
    assert words in str(found)


@pytest.mark.parametrize(
    "name", ["x.cif", "x.csv", "x.tsv", "x.txt", "x.json", "x.xy", "claims.toml", "claims.csv"]
)
def test_50_megabytes_are_not_opened(tmp_path: Path, name: str) -> None:
    readers = {"x.cif": navp.read_cif, "x.xy": navp.read_pattern}
    reader = navp.load_claims if name.startswith("claims") else navp.read_spacings
    path = tmp_path / name
    path.touch()
    os.truncate(path, 50_000_000)
    with pytest.raises(InputFileError, match="has 50000000 bytes, more than"):
        readers.get(name, reader)(path)
