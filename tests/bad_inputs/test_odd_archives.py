"""Broken .npz files and folders of patterns."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.errors import InputError, InputFileError

Read = Callable[[str, bytes | str], Any]

SPOTS = np.array([[[0.275, 0.229], [-0.275, 0.229], [0.55, 0.0], [0.138, 0.229]]])


def npz(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def packed(member: bytes) -> bytes:
    """Return an archive whose ``spots`` is anything."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("spots.npy", member)
    return file.getvalue()


def header(text: str) -> bytes:
    line = text.encode() + b" " * 80 + b"\n"
    return b"\x93NUMPY\x01\x00" + len(line).to_bytes(2, "little") + line


def shaped(shape: str, kind: str = "<f8") -> bytes:
    return packed(header(f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}}}"))


GOOD = npz(spots=SPOTS)
X, Y = SPOTS[0].T
REFUSED = {
    "empty": (b"", InputFileError, "cannot read"),
    "cut": (GOOD[:-30], InputFileError, "cannot read"),
    "the beginning": (GOOD[:20], InputFileError, "cannot read"),
    "a changed byte": (GOOD[:180] + b"\xff" + GOOD[181:], InputFileError, "Bad CRC-32"),
    "any bytes": (bytes(range(256)), InputFileError, "never loaded"),
    "no array in it": (packed(b"abc"), InputFileError, "spots in it is no array"),
    "terabytes": (shaped("(1000000000000, 5, 2)"), InputFileError, "cannot read"),
    "more than numbers count": (shaped(f"({2**63 - 1}, 2, 2)"), InputFileError, "cannot read"),
    "a shape below 0": (shaped("(-1, 5, 2)"), InputFileError, "cannot read"),
    "a shape of texts": (shaped("('a', 5, 2)"), InputFileError, "cannot read"),
    "70 dimensions": (shaped("(" + "1," * 70 + ")"), InputFileError, "cannot read"),
    "an unknown type": (shaped("(1, 5, 2)", "<q99"), InputFileError, "cannot read"),
    "a header that calls": (packed(header("__import__('os')")), InputFileError, "cannot read"),
    "half a header": (packed(header("(" * 3000)), InputFileError, "cannot read"),
    "version 9": (packed(b"\x93NUMPY\x09\x00abc"), InputFileError, "cannot read"),
    "more than is unpacked": (shaped("(1, 2, 2)") + b"", InputFileError, "cannot read"),
    "complex": (npz(spots=SPOTS.astype(complex)), InputError, "numbers are expected"),
    "texts": (npz(spots=SPOTS.astype(str)), InputError, "numbers are expected"),
    "truth": (npz(spots=SPOTS > 0), InputError, "numbers are expected"),
    "fields": (npz(spots=np.zeros((1, 5, 2), [("a", "f8")])), InputError, "numbers are"),
    "one pattern": (npz(spots=SPOTS[0]), InputError, "(k, n, 2) is expected"),
    "no patterns": (npz(spots=SPOTS[:0]), InputError, "there are no patterns"),
    "both ways": (npz(spots=SPOTS, x=X), InputError, "either spots, or x, y and start"),
    "start beyond": (npz(x=X, y=Y, start=[0, 9]), InputError, "ascend from 0 to 4"),
    "start below": (npz(x=X, y=Y, start=[0, -1, 4]), InputError, "ascend from 0 to 4"),
    "start of floats": (npz(x=X, y=Y, start=[0.0, 4.0]), InputError, "whole numbers"),
    "names of bytes": (npz(spots=SPOTS, name=np.array([b"a"])), InputError, "1 texts"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_broken_archives(read: Read, case: str) -> None:
    content, error, words = REFUSED[case]
    found = read("x.npz", content)
    assert type(found) is error, found
    assert words in str(found)


ROWS = {
    "not finite": (npz(spots=np.where(SPOTS == 0.55, np.inf, SPOTS)), "must be finite"),
    "NaN alone": (npz(spots=np.full((1, 5, 2), np.nan)), "two spots or more, here 0"),
    "huge": (npz(spots=SPOTS * 1e300), "are the units right?"),
    "tiny": (npz(spots=SPOTS * 1e-300), "leave the direct beam out"),
    "zeros": (npz(spots=SPOTS * 0), "leave the direct beam out"),
    "the same spot": (npz(spots=np.repeat(SPOTS[:, :1], 5, axis=1)), "are the same"),
    "intensities below 0": (npz(spots=SPOTS, intensities=-np.ones((1, 4))), "intensity is -1"),
    "a long pattern": (npz(spots=np.ones((1, 60_000, 2))), "500 strongest"),
}


@pytest.mark.parametrize("case", ROWS)
def test_bad_patterns_have_an_error_of_their_own(read: Read, case: str) -> None:
    content, words = ROWS[case]
    (row,) = read("x.npz", content).rows
    assert words in row.error
    assert row.phase is None


@pytest.mark.parametrize("kind", ["<f2", ">f8", "longdouble"])
def test_other_floats_are_the_same_spots(read: Read, kind: str) -> None:
    (row,) = read("x.npz", npz(spots=SPOTS.astype(kind))).rows
    assert (row.phase, row.zone_axis, row.matched) == ("na3vp-rt", (2, 1, 0), 4)


@pytest.mark.parametrize("name", ["a\x1b[2Jb", "a\ud800b", "a\u202eb"])
def test_names_drive_no_terminal(read: Read, name: str) -> None:
    (row,) = read("x.npz", npz(spots=SPOTS, name=np.array([name]))).rows
    assert row.name.isprintable()


def test_a_folder_of_broken_files(tmp_path: Path) -> None:
    folder = tmp_path / "patterns"
    folder.mkdir()
    files = {
        "a.csv": "x (1/A),y (1/A)\n0.275,0.229\n-0.275,0.229\n",
        "b.csv": b"\xff\xfe\0\0",
        "c.txt": "",
        "d.csv": "x;y\n0,275;0,229\n-0,275;0,229\n",
        "e.txt": "0.275 0.229 1 2\n",
        "f.csv": "#" * 5_000_001,
        "g.tsv": "x\ty\n0,275\t0,229\n-0,275\t0.229\n",
    }
    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    (folder / "h.csv").mkdir()
    rows = {row.name: row for row in navp.index_many(folder, phases=["Na3VP"], workers=1).rows}
    assert rows["a"].phase == rows["d"].phase == "na3vp-rt"
    # Decimal commas are the same pattern.
    assert rows["a"].zone_axis == rows["d"].zone_axis
    errors = {name: row.error for name, row in rows.items() if row.error}
    assert list(errors) == ["b", "c", "e", "f", "g", "h"]
    for name, words in {
        "b": "zero bytes",
        "c": "no data",
        "e": "4 columns",
        "f": "more than 5000000",
        "g": "decimal mark",
        "h": "it is a folder",
    }.items():
        assert words in errors[name]
