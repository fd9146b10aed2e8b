"""Labels as people write them."""

from __future__ import annotations

import numpy as np
import pytest

from navp_structures.errors import InputError
from navp_structures.model.hkl import (
    as_hkl,
    as_uvw,
    format_hkl,
    format_uvw,
    hkil,
    parse_hkl,
)


@pytest.mark.parametrize(
    "text",
    [
        "4 -2 6", "(4 -2 6)", "4,-2,6", "[4; -2; 6]", "4-26", "(4-26)", "4 −2 6", "4 -2 -2 6",
        "4 2\u0304 6", "42\u03056", r"4 \bar{2} 6", r"$(4\bar26)$", r"4 \overline{2} 6",
        "+4 -2 +6",
    ],
)  # fmt: skip
def test_spellings_of_one_label(text: str) -> None:
    assert parse_hkl(text) == (4, -2, 6)


def test_large_indices_need_spaces() -> None:
    assert parse_hkl("10 -2 10") == (10, -2, 10)
    assert parse_hkl("0 2 10") == (0, 2, 10)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is no reflection"),
        ("1 2", "is no reflection"),
        ("1 2 x", "is no reflection"),
        ("1.5 2 3", "is no reflection"),
        ("0 0 0", "direct beam"),
        ("1 2 3 4", "h \\+ k \\+ i must be 0, it is 6"),
        ("1 2 3 4 5", "is no reflection"),
        ("99999 0 0", "is no reflection"),
    ],
)
def test_refused_labels(text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        parse_hkl(text)


def test_arrays_and_whole_floats_are_taken() -> None:
    assert as_hkl(np.array([4, -2, 6])) == (4, -2, 6)
    assert as_hkl([4.0, -2.0, 6.0]) == (4, -2, 6)
    assert all(type(n) is int for n in as_hkl(np.array([4, -2, 6])))


@pytest.mark.parametrize(
    "value", [(1, 2), (1, 2, 2.5), (True, 0, 1), 5, (1, 2, float("nan")), None]
)
def test_refused_values(value: object) -> None:
    with pytest.raises(InputError, match="is no reflection"):
        as_hkl(value)  # type: ignore[arg-type]


def test_formats() -> None:
    assert format_hkl((4, -2, 6)) == "(4 -2 6)"
    assert format_uvw((1, -1, -1)) == "[1 -1 -1]"


@pytest.mark.parametrize(
    ("given", "uvw"),
    [
        ("[2 1 0]", (2, 1, 0)),
        ("1-10", (1, -1, 0)),
        ("-2 4 -6", (-1, 2, -3)),
        ((0, 0, 2), (0, 0, 1)),
        (np.array([3.0, 0.0, -3.0]), (1, 0, -1)),
    ],
)
def test_zone_axes(given: object, uvw: tuple[int, int, int]) -> None:
    assert as_uvw(given) == uvw  # type: ignore[arg-type]


def test_four_index_directions_are_not_four_index_planes() -> None:
    # [2 -1 -1 0] is a itself: u - t = 3, v - t = 0. As a plane it would be (2 -1 0).
    assert as_uvw("2 -1 -1 0", hexagonal=True) == (1, 0, 0)
    assert as_hkl("2 -1 -1 0") == (2, -1, 0)
    # [0 1 -1 0] is normal to (0 1 -1 0), which is (0 1 0): [1 2 0] in three indices.
    assert as_uvw((0, 1, -1, 0), hexagonal=True) == (1, 2, 0)
    assert hkil((1, -3, 5)) == (1, -3, 2, 5)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("0 0 0", r"\[0 0 0\] is no zone axis"),
        ((0, 0, 0), r"\[0 0 0\] is no zone axis"),
        ("1.5 0 0", "'1.5 0 0' is no zone axis: give three integers"),
        ((1, 0.5, 0), "is no zone axis: give three integers"),
        (None, "None is no zone axis"),
        ((1, 1, 1, 0), "u \\+ v \\+ t must be 0"),
        ((20_000, 0, 1), "beyond the largest index"),
    ],
)
def test_refused_zone_axes(value: object, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        as_uvw(value, hexagonal=True)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="axes are not hexagonal"):
        as_uvw((1, 0, -1, 0))
