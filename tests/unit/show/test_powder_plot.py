"""Powder plots: what is drawn is what was given, and every label can be read."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.text import Text

import navp_structures
from navp_structures.errors import InputError
from navp_structures.show.powder_plot import Floats, Measured, Trace, _wordings, plot_powder

WAVELENGTH = 1.5405929
SECOND = 1.544427
WIDE = (5.0, 90.0)
FOUR = ("Na3VP", "Na2VP", "NaVP", "na2vp-computed")
NOTES = (
    "na2vp-a is a model: no coordinates are published; cell reconstructed from printed spacings"
    " and computed edges with V/Z fixed, sites from the R-3c parent by distance least squares,"
    " all Na(2) next to V3+",
    "coordinates hold to 0.2 Å (O) and 0.1 Å (P, V)",
)


@cache
def pattern(phase: str, *, doublet: bool = False) -> Trace:
    """Return a phase as CuKa1 shows it; a doublet has unlabelled CuKa2 lines too."""
    rows = navp_structures.reflections(phase, d_min=1.09).rows
    d = np.array([row.d for row in rows])
    theta = np.arcsin(WAVELENGTH / (2 * d))
    lorentz_polarisation = (1 + np.cos(2 * theta) ** 2) / (np.sin(theta) ** 2 * np.cos(theta))
    intensity = np.array([row.multiplicity * row.f_squared for row in rows])
    intensity = intensity * lorentz_polarisation
    intensity *= 100 / intensity.max()
    labels = tuple(f"({' '.join(map(str, row.hkl))})" for row in rows)
    position = 2 * np.degrees(theta)
    if doublet:
        second = 2 * np.degrees(np.arcsin(SECOND / (2 * d)))
        position = np.concatenate([position, second])
        intensity = np.concatenate([intensity, intensity / 2])
        labels += ("",) * len(second)
    return Trace(name=phase, position=position, intensity=intensity, labels=labels)


def broadened(trace: Trace, limits: tuple[float, float]) -> tuple[Floats, Floats]:
    x = np.linspace(*limits, 4000)
    width = 0.06
    inside = (trace.position > limits[0] - 1) & (trace.position < limits[1] + 1)
    lines = zip(trace.position[inside], trace.intensity[inside], strict=True)
    return x, np.sum([i / (1 + ((x - at) / width) ** 2) for at, i in lines], axis=0)


def with_profile(trace: Trace, limits: tuple[float, float]) -> Trace:
    return Trace(
        name=trace.name,
        position=trace.position,
        intensity=trace.intensity,
        labels=trace.labels,
        profile=broadened(trace, limits),
    )


def noisy(trace: Trace, limits: tuple[float, float]) -> Measured:
    x, y = broadened(trace, limits)
    counts = np.random.default_rng(1).poisson(20 * y + 150 * np.exp(-x / 20) + 40)
    return Measured(name="scan_042.xy", position=x, intensity=counts.astype(float))


def few(*positions: float, name: str = "test", **others: Any) -> Trace:
    """Return lines of 100, 90, 80, ... labelled (1 0 0), (2 0 0), ..."""
    n = len(positions)
    values: dict[str, Any] = {
        "position": np.array(positions, dtype=float),
        "intensity": 100.0 - 10 * np.arange(n),
        "labels": tuple(f"({i + 1} 0 0)" for i in range(n)),
    }
    return Trace(name=name, **(values | others))


def draw(
    traces: Sequence[Trace],
    *,
    size: tuple[float, float] = (9, 5),
    layout: Any = None,
    dpi: float = 100,
    limits: tuple[float, float] = WIDE,
    **options: Any,
) -> Axes:
    """Plot into a bare figure, which is drawn once."""
    figure = Figure(figsize=size, layout=layout, dpi=dpi)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    assert plot_powder(traces, axis_label="2θ (°)", limits=limits, ax=axes, **options) is axes
    figure.draw_without_rendering()
    return axes


def texts(axes: Axes, gid: str) -> list[Text]:
    return [text for text in axes.texts if text.get_gid() == gid]


def words(axes: Axes, gid: str = "hkl") -> list[str]:
    return [text.get_text() for text in texts(axes, gid)]


def lines(axes: Axes) -> list[LineCollection]:
    return [c for c in axes.collections if isinstance(c, LineCollection)]


def curve(axes: Axes, gid: str) -> tuple[Floats, Floats]:
    (found,) = (line for line in axes.lines if line.get_gid() == gid)
    return np.asarray(found.get_xdata()), np.asarray(found.get_ydata())


def pixels(axes: Axes, points: Any) -> Floats:
    return np.asarray(axes.transData.transform(np.atleast_2d(points)), dtype=float)


def sticks(axes: Axes) -> Floats:
    """Return x, foot and tip of every line, in pixels, shape (n, 3)."""
    ends = np.concatenate([np.array(c.get_segments()).reshape(-1, 2) for c in lines(axes)])
    feet, tips = pixels(axes, ends).reshape(-1, 2, 2).swapaxes(0, 1)
    return np.column_stack([feet[:, 0], feet[:, 1], tips[:, 1]])


def faults(axes: Axes) -> list[str]:
    """Return in words what makes labels hard to read."""
    found = []
    boxes = {text: text.get_window_extent() for text in texts(axes, "hkl")}
    named = boxes | {text: text.get_window_extent() for text in texts(axes, "name")}
    frame = axes.get_window_extent()
    for one, two in combinations(named, 2):
        if named[one].overlaps(named[two]):
            found.append(f"{one.get_text()} overlaps {two.get_text()}")
    x, foot, tip = sticks(axes).T
    bases = [line.get_ydata()[0] for line in axes.lines if line.get_gid() == "base"]
    heights = pixels(axes, [(20.0, y) for y in bases])[:, 1]
    for text, box in boxes.items():
        if not (frame.x0 <= box.x0 and box.x1 <= frame.x1):
            found.append(f"{text.get_text()} leaves the axes sideways")
        if not (frame.y0 <= box.y0 and box.y1 <= frame.y1):
            found.append(f"{text.get_text()} leaves the axes")
        if np.any((x > box.x0) & (x < box.x1) & (foot < box.y1) & (tip > box.y0)):
            found.append(f"{text.get_text()} stands on a line")
        if np.any((heights > box.y0) & (heights < box.y1)):
            found.append(f"{text.get_text()} reaches into the next lane")
    return found


def strongest(trace: Trace, limits: tuple[float, float]) -> str:
    inside = (trace.position >= limits[0]) & (trace.position <= limits[1])
    return trace.labels[int(np.argmax(np.where(inside, trace.intensity, -1.0)))]


# ---------------------------------------------------------------- labels


@pytest.mark.parametrize("limits", [WIDE, (28.0, 36.0), (36.0, 45.0)], ids=str)
@pytest.mark.parametrize("size", [(4.5, 5), (9, 6), (16, 9)], ids=str)
@pytest.mark.parametrize("n", [1, 2, 4])
def test_labels_can_be_read(
    n: int, size: tuple[float, float], limits: tuple[float, float]
) -> None:
    traces = [pattern(phase) for phase in FOUR[:n]]
    axes = draw(traces, size=size, limits=limits)
    assert faults(axes) == []
    for trace in traces:
        assert any(strongest(trace, limits) in label for label in words(axes))


@pytest.mark.parametrize("limits", [WIDE, (28.0, 36.0)], ids=str)
@pytest.mark.parametrize("n", [1, 2])
def test_labels_keep_clear_of_curves(n: int, limits: tuple[float, float]) -> None:
    traces = [with_profile(pattern(p, doublet=True), limits) for p in FOUR[:n]]
    axes = draw(traces, limits=limits, measured=noisy(traces[0], limits), notes=NOTES)
    assert faults(axes) == []
    drawn = [line for line in axes.lines if line.get_gid() in ("profile", "measured")]
    assert len(drawn) == n + 1
    assert len(texts(axes, "hkl")) > 4 * n
    x, y = np.concatenate([pixels(axes, line.get_xydata()) for line in drawn]).T
    for text in texts(axes, "hkl"):
        box = text.get_window_extent()
        assert not np.any((x > box.x0) & (x < box.x1) & (y > box.y0) & (y < box.y1))


@pytest.mark.parametrize("dpi", [60, 72, 80, 110, 150, 300])
def test_labels_can_be_read_at_other_resolutions(dpi: float) -> None:
    axes = draw([pattern("Na3VP"), pattern("Na2VP")], notes=NOTES)
    axes.figure.set_dpi(dpi)
    axes.figure.draw_without_rendering()
    assert faults(axes) == []


def test_every_leader_joins_a_label_with_its_line() -> None:
    traces = [pattern("Na2VP"), pattern("Na3VP")]
    axes = draw(traces)
    given = {(label, x) for t in traces for label, x in zip(t.labels, t.position, strict=True)}
    leaders = [line for line in axes.lines if line.get_gid() == "leader"]
    assert len(leaders) == len(texts(axes, "hkl")) > 60
    tips = np.concatenate([np.array(c.get_segments())[:, 1] for c in lines(axes)])
    for text, leader in zip(texts(axes, "hkl"), leaders, strict=True):
        (x, tip), (foot_x, foot_y) = np.asarray(leader.get_xydata())
        assert (foot_x, foot_y) == pytest.approx(text.get_position())
        assert foot_y > tip
        first = text.get_text().partition(")")[0] + ")"
        assert min(abs(x - at) for label, at in given if label == first) < 1e-9
        # It starts on a line: its own, or one beside it that hides its tip.
        beside = tips[abs(tips[:, 0] - x) < 0.15]
        assert abs(beside[:, 1] - tip).min() < 1e-6


def test_the_checker_objects() -> None:
    axes = draw([few(40, 41, 60)], labels=False)
    style = {"rotation": 90, "gid": "hkl", "ha": "center"}
    axes.text(40, 10, "on a line", **style)
    axes.text(80, 10, "one", **style)
    axes.text(80, 12, "two", **style)
    axes.text(89.9, 40, "far right", **style)
    axes.text(50, axes.get_ylim()[1], "too high", **style)
    found = "; ".join(faults(axes))
    assert "on a line stands on a line" in found
    assert "one overlaps two" in found
    assert "far right leaves the axes sideways" in found
    assert "too high leaves the axes" in found
    two = draw([few(40), few(60)], labels=False)
    two.text(20, 60, "a long text in the lower lane", **style, fontsize=20)
    assert any("next lane" in fault for fault in faults(two))


def test_weak_and_nameless_lines_have_no_label() -> None:
    trace = few(20, 40, 60, intensity=np.array([100.0, 0.9, 50.0]), labels=("(a)", "(b)", ""))
    axes = draw([trace])
    assert words(axes) == ["(a)"]
    assert len(lines(axes)[0].get_segments()) == 3


def test_lines_too_low_to_be_seen_have_no_label() -> None:
    trace = few(20, 60, intensity=np.array([100.0, 1.0]))
    assert words(draw([trace], size=(9, 5))) == ["(1 0 0)", "(2 0 0)"]
    assert words(draw([trace] * 4, size=(9, 3))) == ["(1 0 0)"] * 4


def test_lines_at_one_place_share_a_label() -> None:
    # 85 degrees on about 500 points: 0.01 degrees are far below a point.
    trace = few(40, 40.01, 60, intensity=np.array([30.0, 40.0, 100.0]))
    assert words(draw([trace])) == ["(3 0 0)", "(2 0 0) + (1 0 0)"]
    assert words(draw([trace], limits=(39.9, 40.1))) == ["(2 0 0)", "(1 0 0)"]


def test_wordings_grow_shorter() -> None:
    assert _wordings(["(1 0 0)", "(1 0 0)"]) == ("(1 0 0)",)
    assert _wordings(["a", "b"]) == ("a + b", "a +\nb", "a +\n1 more")
    assert _wordings(list("abcde")) == (
        "a + b + c + 2 more",
        "a +\nb +\nc +\n2 more",
        "a +\n4 more",
    )


def test_tiny_axes_keep_their_lines() -> None:
    traces = [pattern(phase) for phase in FOUR]
    axes = draw(traces, size=(2.5, 1.6))
    assert faults(axes) == []
    assert axes.get_ylim()[1] < 4 * 4.01 * 100
    assert len(lines(axes)) == 4


def test_labels_can_be_switched_off() -> None:
    assert words(draw([pattern("Na3VP")], labels=False)) == []


@pytest.mark.parametrize("place", [10.0, 88.0])
def test_name_gives_way_to_the_strongest_line(place: float) -> None:
    axes = draw([few(place, 50, name="a name of some length")])
    assert faults(axes) == []
    assert "(1 0 0)" in words(axes)
    is_left = texts(axes, "name")[0].get_position()[0] < 45
    assert is_left == (place > 45)


# ---------------------------------------------------------------- data


@pytest.mark.parametrize("n", [1, 3])
def test_lines_are_those_given(n: int) -> None:
    traces = [pattern(phase) for phase in FOUR[:n]]
    axes = draw(traces, limits=(20, 60))
    bases = []
    for trace, collection in zip(traces, lines(axes), strict=True):
        inside = (trace.position >= 20) & (trace.position <= 60)
        drawn = np.array(collection.get_segments())
        bases.append(drawn[0, 0, 1])
        assert np.array_equal(drawn[:, 0, 0], trace.position[inside])
        assert np.array_equal(drawn[:, 1, 0], trace.position[inside])
        assert np.allclose(drawn[:, 0, 1], bases[-1])
        assert np.allclose(drawn[:, 1, 1] - bases[-1], trace.intensity[inside])
    # The first is at the top; the distance is the same throughout and more than a phase.
    assert bases[-1] == 0
    assert np.allclose(np.diff(bases), (bases[1] - bases[0]) if n > 1 else [])
    assert n == 1 or bases[0] - bases[1] > 100


def test_profile_reaches_100_within_the_limits() -> None:
    x = np.linspace(5, 90, 500)
    axes = draw([few(30, profile=(x, x**2))], limits=(10, 50))
    drawn, y = curve(axes, "profile")
    assert np.array_equal(drawn, x[(x >= 10) & (x <= 50)])
    assert np.allclose(y, 100 * (drawn / drawn.max()) ** 2)


def test_measured_data_stand_behind_one_phase() -> None:
    x = np.array([8.0, 40.0, 20.0, 30.0, 95.0])
    y = np.array([0.0, 10.0, 30.0, 20.0, 900.0])
    measured = Measured(name="x.xy", position=x, intensity=y)
    axes = draw([few(30)], limits=(10, 90), measured=measured)
    drawn = curve(axes, "measured")
    assert drawn[0].tolist() == [20, 30, 40]
    assert drawn[1].tolist() == [100, 50, 0]
    assert axes.get_legend().get_texts()[0].get_text() == "measured (x.xy), scaled"


def test_measured_data_have_a_lane_above_several_phases() -> None:
    traces = [pattern("Na3VP"), pattern("Na2VP")]
    axes = draw(traces, measured=noisy(traces[0], WIDE))
    _, y = curve(axes, "measured")
    tops = [np.array(c.get_segments())[:, :, 1].min() for c in lines(axes)]
    # Lines of each phase in its lane, and once more in the lane of the measured data.
    lowest = sorted(set(np.round(tops, 6)))
    assert len(tops) == 4
    assert len(lowest) == 3
    assert (y.min(), y.max()) == pytest.approx((lowest[2], lowest[2] + 100))
    assert y.max() < axes.get_ylim()[1]


@pytest.mark.parametrize("traces", [[], [few(30)], [few(30), few(40)]])
def test_measured_data_outside_the_limits_are_said_to_be(traces: list[Trace]) -> None:
    measured = Measured(name="x.xy", position=np.arange(3.0), intensity=np.ones(3))
    axes = draw(traces, measured=measured)
    assert "nothing in this range" in axes.get_legend().get_texts()[0].get_text()


def test_flat_measured_data_are_drawn_at_zero() -> None:
    measured = Measured(name="x.xy", position=np.arange(10.0, 20), intensity=np.full(10, 7.0))
    assert set(curve(draw([few(30)], measured=measured), "measured")[1]) == {0.0}


def test_measured_data_alone() -> None:
    axes = draw([], measured=noisy(pattern("Na3VP"), WIDE))
    y = curve(axes, "measured")[1]
    assert (y.min(), y.max()) == (0, 100)


def test_weak_lines_fill_the_lane_where_they_are_alone() -> None:
    axes = draw([few(30, 50, intensity=np.array([100.0, 4.0]))], limits=(40, 60))
    assert 4 < axes.get_ylim()[1] < 8
    assert max(axes.get_yticks()) <= 4


@pytest.mark.parametrize("labels", [True, False])
def test_phase_without_lines_keeps_its_lane(labels: bool) -> None:
    nothing = few(name="no lines at all")
    axes = draw([few(30), few(2, name="outside"), nothing], labels=labels)
    assert words(axes, "name") == ["test", "outside", "no lines at all"]
    assert [len(c.get_segments()) for c in lines(axes)] == [1, 0, 0]
    heights = [text.get_position()[1] for text in texts(axes, "name")]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], rel=0.02)


def test_colours_of_six_phases_differ() -> None:
    axes = draw([few(30)] * 6, size=(9, 12))
    assert len({tuple(c.get_color()[0]) for c in lines(axes)}) == 6
    assert len(lines(draw([few(30)] * 8, size=(9, 12)))) == 8


# ---------------------------------------------------------------- words around


def test_text_is_literal() -> None:
    strange = r"$x_1$ \alpha {"
    trace = few(30, name=strange, labels=("($)+$",))
    measured = Measured(name=strange, position=np.arange(9.0, 20), intensity=np.arange(11.0))
    axes = draw([trace], title=strange, notes=[strange], measured=measured)
    shown = [
        *axes.texts,
        axes.title,
        axes.xaxis.label,
        *axes.get_legend().get_texts(),
    ]
    assert {text.get_parse_math() for text in shown} == {False}
    assert words(axes, "name") == [strange]
    assert words(axes, "notes") == [strange]
    assert strange in axes.get_legend().get_texts()[0].get_text()


def test_control_characters_are_left_out() -> None:
    axes = draw([few(30, name="a\x1b[31m\nb")], title="t\tu")
    assert words(axes, "name") == ["a [31m b"]
    assert axes.get_title() == "t u"


def test_folded_notes_keep_each_hkl_in_one_line() -> None:
    note = " ".join(["fitted to (6 0 -2), (3 2 -2)"] * 20)
    for width in np.arange(4, 6, 0.25):
        (shown,) = words(draw([few(30)], size=(width, 5), notes=[note]), "notes")
        assert shown.count("\n") >= 2
        assert shown.count("(6 0 -2)") == shown.count("(3 2 -2)") == 20


@pytest.mark.parametrize("layout", [None, "constrained", "tight"])
@pytest.mark.parametrize("size", [(4.5, 5), (9, 5)], ids=str)
@pytest.mark.parametrize("n", [1, 3])
def test_words_around_do_not_collide(n: int, size: tuple[float, float], layout: Any) -> None:
    trace = pattern("Na3VP")
    axes = draw(
        [trace] * n,
        size=size,
        layout=layout,
        notes=NOTES,
        title="A title that is a good deal longer than a small figure is wide, so it is folded",
        measured=noisy(trace, WIDE),
    )
    assert faults(axes) == []
    (notes,) = texts(axes, "notes")
    below, label = notes.get_window_extent(), axes.xaxis.label.get_window_extent()
    legend, title = axes.get_legend().get_window_extent(), axes.title.get_window_extent()
    frame, figure = axes.get_window_extent(), axes.figure.bbox
    assert below.y1 < label.y0
    assert frame.y1 < legend.y0 + 1
    assert legend.y1 < title.y0
    assert min(below.y0, below.x0) >= 0
    assert below.x1 <= figure.x1
    assert title.y1 <= figure.y1
    assert " ".join(notes.get_text().split()) == " ".join(NOTES)
    assert notes.get_text().count("\n") >= 2


def test_notes_of_one_subplot_stay_off_the_next() -> None:
    figure = Figure(figsize=(8, 8))
    FigureCanvasAgg(figure)
    upper, lower = figure.subplots(2, 1)
    for axes in (upper, lower):
        plot_powder([few(30)], axis_label="x", limits=WIDE, ax=axes, notes=NOTES)
    figure.draw_without_rendering()
    (notes,) = texts(upper, "notes")
    assert notes.get_window_extent().y0 > lower.get_window_extent().y1


def test_subfigures_are_drawn_into() -> None:
    figure = Figure(figsize=(9, 5), layout="constrained")
    FigureCanvasAgg(figure)
    left, _ = figure.subfigures(1, 2)
    axes = plot_powder([few(30)], axis_label="x", limits=WIDE, ax=left.subplots(), notes=NOTES)
    figure.draw_without_rendering()
    assert words(axes) == ["(1 0 0)"]
    assert faults(axes) == []


# ---------------------------------------------------------------- figures


def run(code: str, folder: Path) -> str:
    """Return what a new interpreter prints, in which `t` is a phase of one line."""
    start = """
import sys, numpy as np
from navp_structures.show.powder_plot import Trace, plot_powder
t = Trace(name="a", position=np.array([30.0]), intensity=np.array([9.0]), labels=("(1 0 0)",))
"""
    environment = os.environ | {"MPLBACKEND": "Agg"}
    command = [sys.executable, "-c", start + code]
    done = subprocess.run(
        command, env=environment, cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_given_axes_need_no_pyplot(tmp_path: Path) -> None:
    code = """
print("matplotlib" in sys.modules)
from matplotlib.figure import Figure
ax = plot_powder([t], axis_label="x", limits=(5, 90), ax=Figure().add_subplot(), notes=["n"])
ax.figure.savefig("plot.png")
print("matplotlib.pyplot" in sys.modules)
"""
    assert run(code, tmp_path).split() == ["False", "False"]
    assert (tmp_path / "plot.png").stat().st_size > 1000


def test_new_figures_are_those_of_pyplot(tmp_path: Path) -> None:
    code = """
import matplotlib.pyplot as plt
def show(*_, **__): raise AssertionError("shown")
plt.show = show
heights = []
for n in (1, 2, 4):
    ax = plot_powder([t] * n, axis_label="x", limits=(5, 90))
    assert plt.gcf() is ax.figure and ax.figure.get_layout_engine() is not None
    heights.append(ax.figure.get_size_inches()[1])
assert heights == sorted(set(heights))
print(len(plt.get_fignums()))
"""
    assert run(code, tmp_path) == "3"


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("trace", "message"),
    [
        (few(30, intensity=np.ones(2)), "shape"),
        (few(30, position=np.ones((1, 1)), intensity=np.ones((1, 1))), "shape"),
        (few(30, labels=()), "0 labels for 1 lines"),
        (few(30, intensity=np.array([1000.0])), "from 0 to 100"),
        (few(30, intensity=np.array([-1.0])), "from 0 to 100"),
        (few(np.nan), "not a finite number"),
        (few(30, profile=(np.ones(2), np.ones(3))), "profile of test"),
    ],
)
def test_bad_phase(trace: Trace, message: str) -> None:
    with pytest.raises(InputError, match=message):
        draw([trace])


def test_bad_measured_data() -> None:
    bad = Measured(name="x.xy", position=np.ones(2), intensity=np.ones(3))
    with pytest.raises(InputError, match=r"x\.xy"):
        draw([few(30)], measured=bad)


@pytest.mark.parametrize("limits", [(90.0, 5.0), (5.0, 5.0), (5.0, np.nan), (-np.inf, 5.0)])
def test_bad_limits(limits: tuple[float, float]) -> None:
    with pytest.raises(InputError, match="limits"):
        draw([few(30)], limits=limits)


def test_nothing_to_plot() -> None:
    with pytest.raises(InputError, match="at least one phase"):
        draw([])


def test_bad_input_leaves_the_axes_alone() -> None:
    axes = Figure().add_subplot()
    with pytest.raises(InputError):
        plot_powder([], axis_label="x", limits=WIDE, ax=axes)
    assert not axes.get_xlabel()


def test_a_label_stands_over_no_other_strong_line() -> None:
    # Four lines of like height within a few widths of a label, as na2vp-a has at 24 degrees.
    places = np.array([23.95, 24.318, 24.46, 24.494, 30.0])
    heights = np.array([100.0, 99.4, 18.1, 96.2, 50.0])
    names = ("(2 2 -1)", "(1 1 -2)", "(4 0 -2)", "(3 1 0)", "(2 2 -2)")
    for limits in ((10, 40), (20, 28), (5, 90), (24.2, 24.6)):
        inside = (places >= limits[0]) & (places <= limits[1])
        trace = Trace(name="x", position=places, intensity=heights, labels=names)
        ax = draw([trace], size=(9, 4), limits=limits)
        drawn = {t.get_text(): t.get_position()[0] for t in ax.texts if t.get_gid() == "hkl"}
        strong = [n for n, ok in enumerate(inside) if ok and heights[n] > 50]
        for n in strong:
            # Every strong line is named, if need be together with its neighbour.
            (label,) = (words for words in drawn if names[n] in words)
            if "+" not in label:
                nearest = min(strong, key=lambda m: abs(places[m] - drawn[label]))
                assert nearest == n, (limits, label)
