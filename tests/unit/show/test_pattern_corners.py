"""Corners of patterns: a circle that clears them, and what is left out in small axes."""

from __future__ import annotations

import math
from itertools import combinations

import pytest

from navp_structures.show.pattern_corners import fitting, shrunk
from navp_structures.show.pattern_sheet import bar_length, figure_size


def test_nothing_in_the_corners() -> None:
    assert fitting(200, [], mark=5, least=0.5) == (95, [])


def test_circle_clears_a_box() -> None:
    # The inner corner of the box is 100 - 70 to the left of the centre, 100 - 60 above.
    radius, boxes = fitting(200, [((70, 60), (0, 1))], mark=0, least=0.4)
    assert radius == pytest.approx(50)
    assert boxes == [(0, 140, 70, 200)]
    radius, _ = fitting(200, [((70, 60), (0, 1))], mark=4, least=0.4)
    assert radius == pytest.approx(46)


def test_what_makes_the_circle_too_small_is_left_out() -> None:
    radius, boxes = fitting(200, [((70, 60), (0, 1)), ((9, 9), (1, 0))], mark=0, least=0.6)
    assert boxes == [None, (191, 0, 200, 9)]
    assert radius == 100


def test_boxes_do_not_meet() -> None:
    sizes = [((120, 20), (0, 0)), ((90, 20), (1, 0)), ((60, 20), (1, 1))]
    radius, boxes = fitting(200, sizes, mark=0, least=0.2)
    assert boxes[1] is None
    assert [b for b in boxes if b] == [(0, 0, 120, 20), (140, 180, 200, 200)]
    assert radius == pytest.approx(80)  # hypot(0, 100 - 20)


def test_larger_than_the_square() -> None:
    assert fitting(50, [((60, 1), (0, 0))], mark=0, least=0.1)[1] == [None]


@pytest.mark.parametrize("side", [40.0, 120.0, 300.0, 900.0])
def test_no_kept_box_reaches_into_the_circle(side: float) -> None:
    sizes = [((100.0, 30.0), (0, 1)), ((120.0, 15.0), (0, 0)), ((80.0, 40.0), (1, 0))]
    radius, boxes = fitting(side, sizes, mark=6, least=0.45)
    kept = [box for box in boxes if box]
    for left, bottom, right, top in kept:
        x = min(abs(left - side / 2), abs(right - side / 2)) * (not left < side / 2 < right)
        y = min(abs(bottom - side / 2), abs(top - side / 2)) * (not bottom < side / 2 < top)
        assert math.hypot(x, y) >= radius + 6 - 1e-9
    for one, two in combinations(kept, 2):
        assert not all(one[i] < two[i + 2] and two[i] < one[i + 2] for i in (0, 1))


@pytest.mark.parametrize(
    ("limit", "expected"),
    # Half the limit in 1/nm, down to the next of 1, 2, 5, 10, ...
    [(1.0, 5), (2.0, 10), (0.99, 2), (0.4, 2), (0.39, 1), (0.1, 0.5), (5.0, 20)],
)
def test_length_of_the_scale_bar(limit: float, expected: float) -> None:
    assert bar_length(limit) == pytest.approx(expected)


def test_fonts_shrink_with_the_axes() -> None:
    sizes = [shrunk({"fontsize": 10.0}, side)["fontsize"] for side in (1000, 400, 320, 50)]
    assert sizes == pytest.approx([10, 10, 8, 7])


def test_figures_grow_with_notes() -> None:
    heights = [figure_size(notes)[1] for notes in ([], ["a"], ["a", "b" * 300])]
    assert heights == sorted(set(heights))
