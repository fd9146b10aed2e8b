"""Broken files: how they are made, and what may come of them."""

from __future__ import annotations

import math
import random
import re
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.errors import NavpError, NavpWarning

# Of one processor, so that a busy machine fails no test.
SECONDS, MEGABYTES = 5, 500

GOOD: dict[str, list[bytes]] = {
    "x.csv": [
        b'd (nm),I,hkl\n0.254(2),100,(4 -2 6)\n0.2992,50,"1,-4,5"\n',
        b"sep=;\nd (A);sigma (%);angle to 1\n2,54;1,5;0\n2,99;2;55,2\n",
        b"x (1/nm);y (1/nm);I\n2,75;-2,29;100\n0,1;1e1;\n",
    ],
    "x.tsv": ["2θ (°)\tI\tcomment\n14.25\t100\ta\n20.07\t12\tb\n".encode()],
    "x.txt": [
        "(4 -2 6) 1.88 Å, (1 -4 5) 1.895(5) Å; angle = 55.2°\n".encode(),
        "d1 = 2,54(2) Å; d2 = 2,99 ± 0,02 Å\n".encode(),
        b"x y intensity\n0.275 0.229 10\n-0.275 .229 3\n",
    ],
    "x.json": [
        b'{"spots": [[0.275, 0.229], [-0.275, 0.229]], "units": "1/A", "sigma": 0.01,'
        b' "intensities": [3, null], "labels": ["1 2 3", null]}',
        b'{"spacings": [1.88, "1.895(5)"], "units": "A", "angles": [[0, 1, 55.2]]}',
        b"[2.5, 3.1]",
    ],
    "x.xy": [
        b'\'Id: "NVP"\n10.00 300 17.3\n10.02 305.5 17.5\n10.04 300 3\n',
        b"2theta;I\n10,00;300\n10,02;305,5\n",
        b"/* x\n*/10.0,3\n11.0,4\n",
    ],
    "claims.toml": [
        b'schema = 1\n[[claims]]\nid = "a"\nquantity = "spacing"\nphase = "Na3VP"\n'
        b'hkl = [4, -2, 6]\nvalue = "1.88(1)"\n\n[[claims]]\nid = "b"\nquantity = "volume"\n'
        b'phase = "NaVP"\nvalue = 200.1\nnote = """two\nlines"""\n'
    ],
    "claims.csv": [
        b"id,quantity,phase,hkl,value,uncertainty\na,spacing,Na3VP,4 -2 6,1.88,0.01\n"
        b"b,spacing,NZSP,1 -4 5|2 1 1,1.895(5),\n",
        b"quantity;phase;hkl;value\nspacing;Na3VP;4 -2 6;1,88\n",
    ],
}
"""Good files of each reader, by the name under which they are written."""

TOKENS = (
    *(b"\0", b"\xff", b"\x85", b"\x1a", b"\x1b[31m", b"\xef\xbb\xbf", b"\r\n", b"\r", b"\t"),
    *(b"?", b".", b"()", b"(", b")", b"'", b'"', b'"""', b";", b"\n;", b",", b"=", b"|", b"\\"),
    *(b"[", b"]", b"{", b"}", b"#", b"/*", b"-", b"_", b"null", b"nan", b"inf", b"-inf"),
    *(b"loop_\n", b"data_x\n", b"save_", b"stop_", b"global_", b"x,y,z", b"x+1/0,y,z"),
    *(b"0", b"-0", b"1.2", b"1/3", b"0x10", b"1_0", b"1e5", b"1e30", b"1e308", b"1e999"),
    *(b"1e-308", b"1e-400", b"1e99999", b"9" * 400, b"(99999999999999999999)", b"2.5()"),
    *(text.encode() for text in ("Å", "−", "١", "\u2028", "\u202e", "\ufeff", "２")),
)
REPLACED = (
    *((b".", b","), (b",", b"."), (b",", b";"), (b";", b","), (b"\n", b"\r\n"), (b"\n", b"\r")),
    *((b"\n", b" "), (b" ", b"\t"), (b" ", b""), (b"0", b"1"), (b"'", b""), (b'"', b"")),
    *((b"_atom_site_", b"_atom_site."), (b"_cell_", b"_cell."), (b"loop_", b""), (b"x", b"y")),
)
NUMBERS = (b"0", b"-1", b"1e6", b"0.00001", b"1e400", b"12345678901234567890", b"180", b"1,5")
WORD, NUMBER = re.compile(rb"[^\s,;=\[\]]+"), re.compile(rb"[0-9]+(?:\.[0-9]+)?")


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randint(0, len(data))]


def _span(data: bytes, rng: random.Random) -> bytes:
    i = rng.randint(0, len(data))
    j = min(len(data), i + rng.choice((1, 2, 5, 20, 100)))
    return data[:i] + data[i:j] * rng.choice((0, 2)) + data[j:]


def _byte(data: bytes, rng: random.Random) -> bytes:
    i = rng.randint(0, len(data))
    return data[:i] + bytes([rng.randrange(256)]) + data[i + 1 :]


def _token(data: bytes, rng: random.Random) -> bytes:
    i = rng.randint(0, len(data))
    return data[:i] + rng.choice(TOKENS) + data[i:]


def _exchanged(found: re.Pattern[bytes], by: tuple[bytes, ...]) -> Callable[..., bytes]:
    def change(data: bytes, rng: random.Random) -> bytes:
        words = list(found.finditer(data))
        if not words:
            return data
        word = rng.choice(words)
        return data[: word.start()] + rng.choice(by) + data[word.end() :]

    return change


def _line(data: bytes, rng: random.Random) -> bytes:
    lines = data.split(b"\n")
    i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[i:i] = rng.choice(([lines[j]], [], [b""]))
    if rng.random() < 0.5:
        del lines[j]
    return b"\n".join(lines)


def _everywhere(data: bytes, rng: random.Random) -> bytes:
    return data.replace(*rng.choice(REPLACED))


CHANGES: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "cut": _cut,
    "span": _span,
    "byte": _byte,
    "token": _token,
    "word": _exchanged(WORD, TOKENS),
    "number": _exchanged(NUMBER, NUMBERS),
    "line": _line,
    "everywhere": _everywhere,
}
"""Ways to break a file; the last four know that it has words, numbers and lines."""


def mutated(data: bytes, seed: int) -> bytes:
    """Return a file that one to four changes have broken."""
    rng = random.Random(seed)
    for _ in range(rng.choice((1, 1, 2, 4))):
        data = CHANGES[rng.choice(list(CHANGES))](data, rng)
    return data


def read_as(path: Path) -> Any:
    """Read a file with the reader that its name asks for, and look at what it gives."""
    if path.suffix == ".cif":
        phase = navp.read_cif(path)
        assert all(math.isfinite(x) for x in (*phase.cell.parameters, phase.cell.volume))
        assert all(math.isfinite(x) for site in phase.sites for x in site.fract)
        found: Any = phase
    elif path.stem == "claims":
        found = navp.load_claims(path, keep_going=True)
        # Unless it is told to go on, the first problem ends it.
        if found.problems:
            with pytest.raises(NavpError):
                navp.load_claims(path)
    elif path.suffix == ".xy":
        found = navp.read_pattern(path)
        assert np.isfinite(found.x).all()
        assert np.isfinite(found.intensity).all()
    elif path.suffix == ".npz" or path.is_dir():
        found = navp.index_many(path, phases=["Na3VP"], workers=1)
    else:
        found = navp.read_spacings(path)
        assert np.isfinite(found.values).all()
    assert repr(found).isprintable()
    return found


def good_cifs(checkout: Path) -> list[bytes]:
    return [file.read_bytes() for file in sorted((checkout / "cifs").glob("*.cif"))]


@pytest.fixture(scope="session")
def good_files(checkout: Path) -> dict[str, list[bytes]]:
    """Return good files by the name under which they are written."""
    return {"x.cif": good_cifs(checkout), **GOOD}


@pytest.fixture(scope="session")
def broken() -> Callable[[bytes, int], bytes]:
    """Return the function that breaks a file: (content, seed)."""
    return mutated


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str, bytes | str], Any]:
    """Return a reader of (name, content): its result, or the NavpError that it ends in.

    Any other exception, and any warning that is not the package's, fails the test.
    """

    def ending(name: str, content: bytes | str) -> Any:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        begin = time.process_time()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", NavpWarning)
                found = read_as(path)
        except NavpError as error:
            found = error
        if isinstance(found, NavpError):
            sentence = str(found).replace(f"{path}", name)
            assert sentence.isprintable(), sentence
            assert len(sentence) < 700
            assert found.__cause__ is None
        assert time.process_time() - begin < SECONDS
        return found

    return ending


LIMITED = """
import resource, sys, time, warnings
from pathlib import Path
warnings.simplefilter("ignore")
sys.path.insert(0, sys.argv[3])
from conftest import read_as
import navp_structures as navp
from navp_structures.errors import NavpError
path = Path(sys.argv[1])
if path.suffix == ".npz":  # what indexing imports is no reading
    navp.index_many([[(0.275, 0.229), (-0.275, 0.229)]], phases=["Na3VP"], workers=1)
# The maximum of a process counts the one that it was forked from too: what it holds now.
pages, before = Path("/proc/self/statm").read_text().split()[:2]
# Of addresses, of which libraries reserve more than they use: what the reader may add.
added = (int(pages) - int(before)) * resource.getpagesize()
limit = added + int(sys.argv[2]) * 1_000_000
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
begin = time.process_time()
try:
    found = repr(read_as(path))[:200]
except NavpError as error:
    found = f"{type(error).__name__}: {error}"[:400]
print(time.process_time() - begin)
print(found)
"""


@pytest.fixture
def read_limited() -> Callable[[Path], str]:
    """Return a reader that may use 500 MB and 5 s, in a process of its own.

    It gives the repr of the result, or the name and the sentence of the error.
    """

    def found(path: Path) -> str:
        here = str(Path(__file__).parent)
        command = [sys.executable, "-c", LIMITED, str(path), str(MEGABYTES), here]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        seconds, _, result = done.stdout.partition("\n")
        assert float(seconds) < SECONDS
        return result.strip()

    return found
