"""Drawings: escaped, without overlaps, the same bytes again."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navp_structures.show.svg import Drawing, label_rows, spread, ticks

NAME = "{http://www.w3.org/2000/svg}"


def test_texts_are_escaped() -> None:
    drawing = Drawing(width=10, height=10, title="</title><script>")
    drawing.text((1, 2), "<b>\x1b&\"'", anchor="middle")
    svg = drawing.svg()
    assert "<script" not in svg
    assert "<b>" not in svg
    root = ET.fromstring(svg)
    assert root.find(f"{NAME}title").text == "</title><script>"
    assert root.find(f"{NAME}text").text == "<b> &\"'"


@pytest.mark.parametrize("shape", ["circle", "square", "triangle", "diamond"])
def test_markers(shape: str) -> None:
    drawing = Drawing(width=10, height=10, title="x")
    drawing.marker((5, 5), shape, "mark")
    (mark,) = [e for e in ET.fromstring(drawing.svg()) if e.get("class") == "mark"]
    assert mark.tag == NAME + ("circle" if shape == "circle" else "polygon")


def test_no_number_is_longer_than_it_must_be() -> None:
    drawing = Drawing(width=10, height=10, title="x")
    drawing.line((-0.001, 1.0), (1 / 3, 2.50), "axis")
    assert 'x1="0" y1="1" x2="0.33" y2="2.5"' in drawing.svg().replace("-0", "0")


positions = st.lists(st.floats(0, 700), max_size=20)


@given(positions)
def test_labels_of_one_row_do_not_overlap(centres: list[float]) -> None:
    texts = ["14.76°"] * len(centres)
    rows = label_rows(centres, texts)
    for row in set(rows):
        inside = sorted(x for x, r in zip(centres, rows, strict=True) if r == row)
        assert all(b - a >= 6 * 6.2 for a, b in pairwise(inside))


@given(positions)
def test_spread_keeps_order_and_gap(heights: list[float]) -> None:
    moved = spread(heights, gap=10.0)
    order = sorted(range(len(heights)), key=lambda n: heights[n])
    assert all(moved[b] - moved[a] >= 10.0 - 1e-6 for a, b in pairwise(order))
    if len(set(heights)) == len(heights) and all(
        heights[b] - heights[a] > 10.1 for a, b in pairwise(order)
    ):
        assert moved == heights


@given(st.floats(-500, 500), st.floats(0.01, 500))
def test_ticks_lie_within(low: float, width: float) -> None:
    found = ticks(low, low + width, 6)
    assert 1 <= len(found) <= 7
    assert all(low - 1e-6 <= value <= low + width + 1e-6 for value in found)
