"""Pictures of indexed powder lines: every mark is what was given, no label over another."""

from __future__ import annotations

from collections.abc import Iterator
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
from navp_structures.show.indexed_lines import (
    CalculatedLane,
    IndexedLines,
    NextLine,
    plot_indexed_lines,
)


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def lines(count: int = 4, **others: Any) -> IndexedLines:
    values: dict[str, Any] = {
        "position": 20.0 + 0.3 * np.arange(count),
        "height": np.linspace(0.3, 1.0, count),
        "owner": np.arange(count) % 3 - 1,
        "labels": tuple(f"({n} -1 10)" for n in range(count)),
    }
    return IndexedLines(**(values | others))


def lane(name: str = "a", **others: Any) -> CalculatedLane:
    values: dict[str, Any] = {
        "position": np.array([20.0, 20.1, 30.0, 30.2]),
        "height": np.array([1.0, 0.5, 0.7, 0.1]),
        "missing": np.array([False, False, True, True]),
        "labels": ("(1 0 0)", "(2 0 0)", "(3 0 0)", "(4 0 0)"),
        "name": name,
    }
    return CalculatedLane(**(values | others))


def drawn(count: int = 4, **others: Any) -> Axes:
    values: dict[str, Any] = {
        "measured": lines(count),
        "lanes": [lane("a"), lane("b")],
        "axis_label": "2θ / °",
        "limits": (15.0, 60.0),
        "shares": [("a + b", 0.9), ("none.random", 0.1)],
        "chosen": "a + b",
    }
    values |= others
    measured, lanes = values.pop("measured"), values.pop("lanes")
    return plot_indexed_lines(measured, lanes, **values)


def texts(ax: Axes, *gids: str) -> list[Text]:
    return [text for text in ax.texts if text.get_gid() in gids]


def sticks(ax: Axes, gid: str) -> list[float]:
    """Return x of lines with two ends."""
    found = [line for line in ax.lines if line.get_gid() == gid]
    return [float(line.get_xdata()[0]) for line in found if len(line.get_xdata()) == 2]


def test_marks_are_what_was_given() -> None:
    ax = drawn(next_line=NextLine(position=50.0, label="(9 9 9)"))
    assert sticks(ax, "stray") == pytest.approx([20.0, 20.9])
    assert sticks(ax, "measured") == pytest.approx([20.3, 20.6])
    assert sticks(ax, "calculated") == pytest.approx([20.0, 20.1] * 2)
    assert sticks(ax, "missing") == pytest.approx([30.0, 30.2] * 2)
    assert sticks(ax, "next") == pytest.approx([50.0])
    assert [t.get_text() for t in texts(ax, "missing hkl")] == ["(3 0 0)", "(4 0 0)"] * 2
    assert [t.get_text() for t in texts(ax, "next hkl")] == ["(9 9 9)"]
    assert [t.get_text() for t in texts(ax, "name")] == ["measured", "a", "b"]
    # What is not explained has its position as label, in the colour of its stick.
    assert [t.get_text() for t in texts(ax, "number")] == ["(0 -1 10)", "(3 -1 10)"]
    colours = {t.get_text(): t.get_color() for t in texts(ax, "hkl", "number")}
    assert colours["(1 -1 10)"] != colours["(2 -1 10)"]
    assert colours["(0 -1 10)"] == colours["(3 -1 10)"]


def test_heights_are_as_given() -> None:
    ax = drawn()
    high = [
        float(np.ptp(line.get_ydata()))
        for line in ax.lines
        if line.get_gid() in ("stray", "measured") and len(line.get_xdata()) == 2
    ]
    expected = np.linspace(0.3, 1.0, 4)
    np.testing.assert_allclose(np.array(high) / high[-1], expected, rtol=1e-9)


@pytest.mark.parametrize("count", [1, 3, 12, 20, 45])
@pytest.mark.parametrize("dpi", [72, 200])
def test_no_label_over_another(count: int, dpi: int) -> None:
    ax = drawn(count)
    ax.figure.set_dpi(dpi)
    ax.figure.draw_without_rendering()
    boxes = [t.get_window_extent() for t in ax.texts]
    assert len(texts(ax, "hkl", "number")) == count
    frame = ax.get_window_extent()
    for box in boxes:
        assert frame.x0 - 1 <= box.x0
        assert box.x1 <= frame.x1 + 1
        assert box.y0 >= frame.y0 - 1
        assert box.y1 <= frame.y1 + 1
    assert not any(one.overlaps(two) for one, two in combinations(boxes, 2))


def test_labels_without_room_are_counted() -> None:
    ax = drawn(measured=lines(200, position=np.linspace(16.0, 59.0, 200)))
    shown = len(texts(ax, "hkl", "number"))
    assert 40 < shown < 100
    (bars,) = (a for a in ax.figure.axes if a is not ax)
    assert f"{200 - shown} labels have no room" in "\n".join(t.get_text() for t in bars.texts)
    # What is not explained has its label before all, and of that the highest.
    kept = {t.get_text() for t in texts(ax, "hkl", "number")}
    assert {f"({n} -1 10)" for n in (192, 195, 198)} <= kept


def test_given_axes_tell_posteriors_in_words() -> None:
    figure = Figure(figsize=(7, 5), layout="constrained")
    ax = drawn(ax=figure.add_subplot(), notes=["na2vp-a is a model"], title="A title")
    assert len(figure.axes) == 1
    (note,) = texts(ax, "notes")
    assert note.get_text().startswith("posteriors: a + b 0.900, none.random 0.100")
    assert "is a model" in note.get_text()
    assert ax.get_title() == "A title"


def test_a_given_figure_is_filled() -> None:
    figure = Figure()
    ax = drawn(figure=figure)
    assert ax.figure is figure
    assert [a.get_gid() for a in figure.axes] == [None, "posteriors"]


def test_formulas_in_names_stay_text() -> None:
    ax = drawn(lanes=[lane("$a$"), lane("b\x1b[0m")], title="$x$")
    names = [t.get_text() for t in texts(ax, "name")]
    assert names == ["measured", "$a$", "b [0m"]
    ax.figure.draw_without_rendering()


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ({"limits": (60.0, 15.0)}, "the smaller first"),
        ({"limits": (15.0, 20.5)}, "within the limits"),
        ({"lanes": [lane()] * 3}, "at most 2 are drawn"),
        ({"lanes": []}, "owners are numbers of the 0 lanes"),
        ({"measured": lines(labels=("a",))}, r"columns of \[1, 4\] lines"),
        ({"measured": lines(height=np.full(4, 1.5))}, "heights are from 0 to 1"),
        ({"lanes": [replace(lane(), position=np.full(4, np.nan))] * 2}, "finite numbers"),
    ],
)
def test_refusals(others: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        drawn(**others)
