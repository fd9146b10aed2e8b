"""Absences in words, against the conditions of International Tables A."""

from __future__ import annotations

import pytest

from navp_structures import SpaceGroup
from navp_structures.model.absence import absence


@pytest.mark.parametrize(
    ("group", "hkl", "kind", "rule", "value"),
    [
        ("R -3 c:H", (1, 0, 2), "centring", "R obverse: -h + k + l = 3n", 1),
        ("R -3 c:H", (1, -3, 5), "centring", "R obverse: -h + k + l = 3n", 1),
        ("R -3 c:H", (0, 0, 3), "glide", "0 k l: l = 2n", 3),
        ("R -3 c:H", (3, -3, 3), "glide", "h -h l: l = 2n", 3),
        ("P 1 21/c 1", (1, 0, 1), "glide", "h 0 l: l = 2n", 1),
        ("P 1 21/c 1", (0, 3, 0), "screw", "0 k 0: k = 2n", 3),
        ("P 1 21/n 1", (1, 0, 2), "glide", "h 0 l: h + l = 2n", 3),
        ("C 1 2/c 1", (1, 0, 0), "centring", "C: h + k = 2n", 1),
        ("C 1 2/c 1", (2, 0, 1), "glide", "h 0 l: l = 2n", 1),
        ("F d -3 m:2", (2, 0, 0), "glide", "h 0 l: h + l = 4n", 2),
        ("P 31 2 1", (0, 0, 1), "screw", "0 0 l: l = 3n", 1),
        ("P 41", (0, 0, 2), "screw", "0 0 l: l = 4n", 2),
        ("P 41", (0, 0, 1), "screw", "0 0 l: l = 4n", 1),
        ("P 61", (0, 0, 1), "screw", "0 0 l: l = 6n", 1),
        ("P 61", (0, 0, 3), "screw", "0 0 l: l = 6n", 3),
        ("I 41/a m d:2", (1, 1, 0), "glide", "h h l: 2h + l = 4n", 2),
        ("I 41/a m d:2", (1, 0, 0), "centring", "I: h + k + l = 2n", 1),
        ("P -4 3 n", (2, 2, 1), "glide", "h h l: l = 2n", 1),
    ],
)
def test_rule(group: str, hkl: tuple[int, int, int], kind: str, rule: str, value: int) -> None:
    found = absence(hkl, SpaceGroup.from_name(group))
    assert found is not None
    assert found.kind == kind
    assert found.value == value
    assert (found.rule, found.value) == (rule, value)
    assert f"extinct by {kind}" in str(found)


@pytest.mark.parametrize(
    ("group", "hkl"),
    [
        ("R -3 c:H", (0, 1, 2)),
        ("R -3 c:H", (0, 0, 6)),
        ("R -3 c:H", (-1, -3, 5)),
        ("P 1 21/c 1", (0, 2, 0)),
        ("P 1 21/c 1", (6, 0, -2)),
        ("P 1", (0, 0, 1)),
    ],
)
def test_allowed(group: str, hkl: tuple[int, int, int]) -> None:
    assert absence(hkl, SpaceGroup.from_name(group)) is None
