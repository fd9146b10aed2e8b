"""Files that chance has broken are read or refused in one sentence, whatever the reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FILES = ("x.cif", "x.csv", "x.tsv", "x.txt", "x.json", "x.xy", "claims.toml", "claims.csv")

# 8 readers × 50 files; a case is named by its file and its seed.
SEEDS = range(50)

Read = Callable[[str, bytes | str], Any]
Files = dict[str, list[bytes]]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", FILES)
def test_mutated_files(
    name: str,
    seed: int,
    good_files: Files,
    broken: Callable[[bytes, int], bytes],
    read: Read,
) -> None:
    kinds = good_files[name]
    read(name, broken(kinds[seed % len(kinds)], seed))


# What longer runs of the same mutations found.
FOUND = (("x.cif", 11010),)  # a quote alone, of which gemmi takes the inside


@pytest.mark.parametrize(("name", "seed"), FOUND)
def test_mutations_that_once_broke_a_reader(
    name: str,
    seed: int,
    good_files: Files,
    broken: Callable[[bytes, int], bytes],
    read: Read,
) -> None:
    kinds = good_files[name]
    read(name, broken(kinds[seed % len(kinds)], seed))


@pytest.mark.parametrize("name", FILES)
def test_good_files_are_read(name: str, good_files: Files, read: Read) -> None:
    for content in good_files[name]:
        assert not isinstance(read(name, content), Exception)


fuzz = settings(
    max_examples=60,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@fuzz
@given(st.sampled_from(FILES), st.binary(max_size=300))
def test_any_bytes(read: Read, name: str, content: bytes) -> None:
    read(name, content)


@fuzz
@given(data=st.data(), name=st.sampled_from(FILES))
def test_bytes_in_good_files(
    read: Read, good_files: Files, data: st.DataObject, name: str
) -> None:
    content = data.draw(st.sampled_from(good_files[name]))
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.integers(0, 30))
    put = data.draw(st.binary(max_size=12))
    read(name, content[:start] + put + content[start + length :])


WORDS = {
    "x.cif": "data_x loop_ save_ _cell_length_a _cell_length_b _cell_length_c "
    "_cell_angle_gamma _atom_site_label _atom_site_fract_x _atom_site_fract_y "
    "_atom_site_fract_z _atom_site_occupancy _atom_site_U_iso_or_equiv 'P_1' R_-3_c "
    "_symmetry_equiv_pos_as_xyz x,y,z -x,-y,-z _space_group_name_H-M_alt 5.64(2) 120 ? . "
    "V1 Na1 0.5 1.2(1) ;",
    "x.csv": "d g q 2θ x y I hkl sigma angle (A) (nm) / 1/nm , ; 2.54 2,99 -1 1e9 (4-26) ± "
    "3(1)",
    "x.txt": "d = g = 2θ = q= angle= 1.88 2,54 Å nm 1/nm px ° (4-26) (1) ± , ; and 0 -1",
    "x.json": '{ } [ ] , : "spots" "spacings" "units" "A" "sigma" "angles" 1 2.5 -1 null '
    '"2(1)"',
    "x.xy": "10 10.02 10,04 300 -1 ; , # ! /* */ tth I 1e5 1d5 nan",
    "claims.csv": 'id quantity phase hkl value spacing Na3VP 4-26 1.88 1,88 , ; sep=; | "',
    "claims.toml": 'schema = 1 [[claims]] id quantity phase "a" "spacing" "Na3VP" hkl value '
    '= [ ] { } 1.88 , """',
}


@settings(fuzz, max_examples=150)
@given(data=st.data(), name=st.sampled_from(list(WORDS)))
def test_words_of_the_format(read: Read, data: st.DataObject, name: str) -> None:
    word = st.sampled_from(WORDS[name].split())
    between = st.sampled_from([" ", " ", "\n", "\n", "\t", ""])
    words = data.draw(st.lists(st.tuples(word, between).map("".join), max_size=40))
    front = {"x.cif": "data_x\n", "claims.toml": "schema = 1\n[[claims]]\n"}.get(name, "")
    read(name, front + "".join(words))
