"""Pictures of indexed patterns: marks are what was given, labels are read as they are."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from navp_structures.errors import InputError
from navp_structures.show.indexed_plot import IndexedNet, IndexedSpots, NextSpot, plot_indexed
from navp_structures.show.posterior_bars import share_text


def net(**others: Any) -> IndexedNet:
    """Return a square net of 0.2 Å⁻¹: (h k 0) with h + k odd superlattice, (2 2 0) extinct."""
    hkl = [(h, k, 0) for h in range(-3, 4) for k in range(-3, 4) if (h, k) != (0, 0)]
    reasons = ["superlattice" if (h + k) % 2 else "allowed" for h, k, _ in hkl]
    reasons = [
        "double_diffraction" if abs(h) == abs(k) == 2 else reason
        for (h, k, _), reason in zip(hkl, reasons, strict=True)
    ]
    places = 0.2 * np.array(hkl, dtype=float)
    values: dict[str, Any] = {
        "x": places[:, 0],
        "y": places[:, 1],
        "probability": np.array([0.1 if r == "superlattice" else 0.7 for r in reasons]),
        "reasons": tuple(reasons),
        "expected": np.array([h in ((1, 1, 0), (-1, -1, 0)) for h in hkl]),
        "hkl": tuple(hkl),
        "labels": tuple(f"({h} {k} 0)" for h, k, _ in hkl),
    }
    return IndexedNet(**(values | others))


def spots(**others: Any) -> IndexedSpots:
    """Return (2 0 0), (1 -1 0) and one that is none of the net's."""
    values: dict[str, Any] = {
        "x": np.array([0.401, 0.2, -0.31]),
        "y": np.array([0.0, -0.199, 0.29]),
        "sigma": np.full(3, 0.01),
        "sigma_angle": np.full(3, 0.02),
        "matched": np.array([True, True, False]),
        "labels": ("(2 0 0)", "(1 -1 0)", "spot 3"),
    }
    return IndexedSpots(**(values | others))


NEXT = NextSpot(x=0.0, y=0.6, label="(0 3 0)")


def drawn(**others: Any) -> Axes:
    values: dict[str, Any] = {"net": net(), "spots": spots(), "next_spot": NEXT}
    values |= {"ax": Figure(figsize=(7, 7)).add_subplot()} | others
    of_net, of_spots = values.pop("net"), values.pop("spots")
    return plot_indexed(of_net, of_spots, **values)


def counts(ax: Axes, gid: str) -> dict[str, int]:
    return {
        str(c.get_label()): len(c.get_offsets()) for c in ax.collections if c.get_gid() == gid
    }


def count(ax: Axes, gid: str) -> int:
    return sum(counts(ax, gid).values())


def words(ax: Axes, gid: str) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_gid() == gid]


def inside(text: Text, ax: Axes) -> bool:
    box, around = text.get_window_extent(), ax.bbox
    low, high = around.min - 1, around.max + 1
    return bool((box.min >= low).all() and (box.max <= high).all())


def test_marks_are_what_was_given() -> None:
    ax = drawn()
    # Of 7 × 7 - 1 points those within 1.08 × 0.6 Å⁻¹, so h² + k² <= 10: 36, of which
    # (±2 ±2 0) are 4, and h + k odd are (1 0), (2 1), (3 0): 4 + 8 + 4.
    assert counts(ax, "net") == {"allowed": 16, "superlattice": 16, "double_diffraction": 4}
    assert count(ax, "expected") == 2
    assert count(ax, "indexed") == 2
    assert count(ax, "stray") == 1
    assert count(ax, "next") == 1
    assert [line.get_gid() for line in ax.lines] == ["beam", "beam"]


def test_labels_name_spots_and_what_is_missing() -> None:
    ax = drawn()
    assert sorted(words(ax, "hkl")) == ["(1 -1 0)", "(2 0 0)"]
    assert words(ax, "number") == ["spot 3"]
    assert words(ax, "next hkl") == ["(0 3 0)"]
    assert words(ax, "beam") == ["(0 0 0)"]
    # One of the pair.
    assert len(words(ax, "expected hkl")) == 1


def test_legend_tells_what_occurs() -> None:
    assert words(drawn(), "legend") == [
        "spot, indexed",
        "spot, not indexed",
        "where to look next",
        "reflection",
        "superlattice reflection",
        "extinct",
        "expected, no spot",
    ]


def test_legend_tells_nothing_else() -> None:
    plain = net(reasons=("allowed",) * 48, expected=np.zeros(48, dtype=bool))
    every = spots(matched=np.ones(3, dtype=bool))
    ax = drawn(net=plain, spots=every, next_spot=None)
    assert words(ax, "legend") == ["spot, indexed", "reflection"]


@pytest.mark.parametrize("size", [2.5, 4.0, 7.0])
def test_labels_and_legend_are_apart_and_inside(size: float) -> None:
    ax = drawn(ax=Figure(figsize=(size, size)).add_subplot())
    ax.figure.canvas.figure.draw_without_rendering()
    for one, two in combinations(ax.texts, 2):
        assert not one.get_window_extent().overlaps(two.get_window_extent()), (one, two)
    assert all(inside(text, ax) for text in ax.texts)


def test_no_spot_lies_beneath_the_legend() -> None:
    ring = np.radians(np.arange(0, 360, 15.0))
    many = len(ring)
    around = spots(
        x=0.6 * np.cos(ring),
        y=0.6 * np.sin(ring),
        sigma=np.full(many, 0.01),
        sigma_angle=np.full(many, 0.02),
        matched=np.zeros(many, dtype=bool),
        labels=tuple(f"spot {n + 1}" for n in range(many)),
    )
    ax = drawn(spots=around, ax=Figure(figsize=(4, 4)).add_subplot())
    ax.figure.canvas.figure.draw_without_rendering()
    places = ax.transData.transform(np.column_stack([around.x, around.y]))
    for text in ax.texts:
        if text.get_gid() == "legend":
            box = text.get_window_extent()
            assert not any(box.contains(x, y) for x, y in places)


def test_ellipses_lie_along_the_radius() -> None:
    at = spots(
        x=np.array([0.4]),
        y=np.array([0.3]),
        sigma=np.array([0.02]),
        sigma_angle=np.array([0.05]),
        matched=np.array([True]),
        labels=("(2 1 0)",),
    )
    [found] = [c for c in drawn(spots=at).collections if c.get_gid() == "ellipses"]
    # 2 sigma to both sides of a length of 0.5 Å⁻¹: 4 × 0.02 × 0.5 and 4 × 0.05 × 0.5.
    assert found.get_widths() == pytest.approx([0.04])
    assert found.get_heights() == pytest.approx([0.1])
    assert found.get_angles() == pytest.approx([np.degrees(np.arctan2(3, 4))])


def test_small_errors_have_no_ellipse() -> None:
    sharp = spots(sigma=np.full(3, 1e-4), sigma_angle=np.full(3, 1e-4))
    assert count(drawn(spots=sharp), "ellipses") == 0


def test_area_is_the_probability() -> None:
    halves = net(reasons=("allowed",) * 48, probability=np.array([0.4] * 24 + [0.8] * 24))
    [found] = [c for c in drawn(net=halves).collections if c.get_gid() == "net"]
    sizes = np.unique(np.round(found.get_sizes(), 6))
    assert len(sizes) == 2
    assert sizes[1] / sizes[0] == pytest.approx(2.0)


def test_square_with_x_right_and_y_up() -> None:
    ax = drawn()
    assert ax.get_aspect() == 1.0
    left, right = ax.get_xlim()
    bottom, top = ax.get_ylim()
    assert (left, bottom) == (-right, -top)
    assert right == top > 0.6
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x / Å⁻¹", "y / Å⁻¹")


def test_given_axes_are_used_and_tell_the_posteriors() -> None:
    ax = Figure(figsize=(6, 6)).add_subplot()
    same = drawn(ax=ax, shares=[("a", 0.9), ("none.random", 0.0001)], chosen="a")
    assert same is ax
    assert ax.figure.axes == [ax]
    assert words(ax, "notes") == ["posteriors: a 0.900, none.random <0.001"]


def test_own_figure_has_bars_and_notes() -> None:
    names = [("a (model)", 0.7), ("b", 0.2), ("none.lattice", 0.1), ("none.random", 0.0)]
    ax = drawn(ax=None, shares=names, chosen="b", notes=["a is a model: no sites"])
    try:
        [bars] = [other for other in ax.figure.axes if other is not ax]
        assert words(bars, "answer") == [name for name, _ in names]
        assert words(bars, "number") == ["0.700", "0.200", "0.100", "0"]
        shares = [p for p in bars.patches if p.get_gid() == "share"]
        assert [p.get_width() for p in shares] == [0.7, 0.2, 0.1, 0.0]
        assert words(bars, "notes") == ["a is a model: no sites"]
        assert len({p.get_facecolor() for p in shares[:2]}) == 2
        assert not words(ax, "notes")
    finally:
        plt.close("all")


def test_many_answers_are_summed() -> None:
    names = [(f"p{n}", 1 / 30) for n in range(30)]
    ax = drawn(ax=None, shares=names)
    try:
        bars = ax.figure.axes[1]
        assert words(bars, "answer")[-1] == "20 others"
        assert words(bars, "number")[-1] == "0.667"
    finally:
        plt.close("all")


def test_labels_without_room_are_told() -> None:
    many = 200
    rng = np.random.default_rng(1)
    crowd = spots(
        x=0.5 + 0.02 * rng.standard_normal(many),
        y=0.02 * rng.standard_normal(many),
        sigma=np.full(many, 0.01),
        sigma_angle=np.full(many, 0.01),
        matched=np.ones(many, dtype=bool),
        labels=("(1 0 0)",) * many,
    )
    ax = drawn(ax=None, spots=crowd)
    try:
        assert "labels have no room" in words(ax.figure.axes[1], "notes")[0]
    finally:
        plt.close("all")


def test_texts_are_literal() -> None:
    odd = spots(labels=("$x^2$", "\x1b[31m", "_"))
    ax = drawn(ax=None, spots=odd, shares=[("$a_1$", 1.0)], title="$b$", notes=["$c$ costs $5"])
    try:
        texts = [t for one in ax.figure.axes for t in (*one.texts, one.title)]
        assert not any(text.get_parse_math() for text in texts if text.get_text())
        assert "$x^2$" in words(ax, "hkl")
        assert not any("\x1b" in text.get_text() for text in texts)
        ax.figure.canvas.figure.draw_without_rendering()
    finally:
        plt.close("all")


def test_shares_in_words() -> None:
    assert [share_text(s) for s in (1.0, 0.0006, 0.0004, 0.0)] == [
        "1.000",
        "0.001",
        "<0.001",
        "0",
    ]


@pytest.mark.parametrize(
    ("others", "words_of"),
    [
        ({"net": net(x=np.zeros(3))}, "each column"),
        ({"net": net(reasons=("holz",) * 48)}, "no reason 'holz'"),
        ({"net": net(probability=np.full(48, 1.5))}, "0 to 1"),
        ({"spots": spots(x=np.array([0.1, np.nan, 0.2]))}, "finite"),
        ({"spots": spots(sigma=np.full(3, -0.1))}, "standard deviation"),
        ({"spots": replace(spots(), labels=())}, "each column"),
    ],
)
def test_refuses(others: dict[str, Any], words_of: str) -> None:
    with pytest.raises(InputError, match=words_of):
        drawn(**others)
