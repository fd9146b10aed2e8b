"""Path plots: what is drawn is what was given, and every text can be read."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from navp_structures.errors import InputError
from navp_structures.show.path_plot import PathPoint, figure_size, plot_path


def point(name: str, x: float, volume: float, **others: Any) -> PathPoint:
    unknown = {"volume_su": None, "polyhedron_volume": None, "polyhedron_su": None}
    values = unknown | {"kind": "model"} | others
    return PathPoint(name=name, x=x, volume=volume, **values)


def hull(value: float, su: float | None = None) -> dict[str, float | None]:
    return {"polyhedron_volume": value, "polyhedron_su": su}


GAMMA = point("na3vp-gamma (model)", 3, 241.278, volume_su=0.003)
RT = point("na3vp-rt", 2.998, 239.789, volume_su=0.013, kind="measured", **hull(10.553, 0.012))
NA2 = point("na2vp-a (model)", 2, 227.159, **hull(9.9, 0.9))
NA1 = point("navp-model (model)", 1, 220.1, volume_su=0.5, **hull(9.4, 0.5))
THREE = (RT, NA2, NA1)
FOUR = (GAMMA, *THREE)
EIGHT = (
    point("na4vp (computed)", 4, 247.1, kind="computed"),
    GAMMA,
    RT,
    point("na2.5vp-operando", 2.5, 233.1, volume_su=0.4, kind="measured"),
    point("na2.4vp", 2.4, 232.9, kind="measured", **hull(10.2, 0.1)),
    point("na2vp-computed (computed)", 2, 229.3, kind="computed"),
    NA2,
    NA1,
)
LONG = (
    replace(RT, name="a phase with a name that is very much longer than it needs to be"),
    replace(NA2, name="second refinement at 1023 K of the third powder, sites of the first"),
    replace(NA1, name="navp-model-with-a-long-identifier-without-any-spaces-in-it (model)"),
)
CASES = {
    "1": (RT,),
    "3": THREE,
    "4": FOUR,
    "8": EIGHT,
    "long": LONG,
    "reversed": FOUR[::-1],
    "cells only": tuple(replace(p, polyhedron_volume=None, polyhedron_su=None) for p in FOUR),
    "same place": (GAMMA, replace(GAMMA, name="twin")),
}
OPEN_AND_FILLED = ["measured", "model or computed"]
NOTES = (
    "na2vp-a is a model: no coordinates are published; cell reconstructed from printed spacings"
    " and computed edges with V/Z fixed, sites from the R-3c parent by distance least squares",
    "navp-model: cell known to 0.2 %",
)


def draw(
    path: Sequence[PathPoint],
    *,
    size: tuple[float, float] = (6, 4),
    layout: Any = None,
    **options: Any,
) -> Axes:
    """Plot into a bare figure, which is drawn once."""
    figure = Figure(figsize=size, layout=layout)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    assert plot_path(path, x_label="Na per formula unit", ax=axes, **options) is axes
    figure.draw_without_rendering()
    return axes


def twin(axes: Axes) -> Axes:
    (other,) = (one for one in axes.figure.axes if one is not axes)
    return other


def texts(axes: Axes, gid: str) -> list[Text]:
    return [text for text in axes.texts if text.get_gid() == gid]


def words(axes: Axes, gid: str) -> list[str]:
    return [" ".join(text.get_text().split()) for text in texts(axes, gid)]


def lines(axes: Axes, gid: str) -> list[Line2D]:
    return [line for line in axes.lines if line.get_gid() == gid]


def data(axes: Axes, gid: str) -> list[tuple[float, float]]:
    return [tuple(xy) for line in lines(axes, gid) for xy in line.get_xydata().tolist()]


def extent(text: Text) -> Bbox:
    """Return where a text is, without its leader."""
    return Text.get_window_extent(text)


def faults(axes: Axes) -> list[str]:
    """Return in words what makes texts hard to read."""
    legend = axes.get_legend()
    assert legend is not None
    boxes = [(t.get_text(), extent(t)) for g in ("name", "change") for t in texts(axes, g)]
    inside, frame = list(boxes), axes.get_window_extent()
    boxes += [("legend", t.get_window_extent()) for t in legend.get_texts()]
    for side in axes.figure.axes:
        for axis in (one for one in (side.xaxis, side.yaxis) if one.get_visible()):
            low, high = sorted(axis.get_view_interval())
            ticks = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
            shown = [axis.label, *(label for at, label in ticks if low <= at <= high)]
            boxes += [(t.get_text(), t.get_window_extent()) for t in shown if t.get_text()]
    for gid in ("notes", "left out"):
        boxes += [(gid, t.get_window_extent()) for t in texts(axes, gid)]
    pairs = combinations(boxes, 2)
    found = [f"{a} overlaps {b}" for (a, one), (b, two) in pairs if one.overlaps(two)]
    for name, box in inside:
        if not (frame.contains(*box.min) and frame.contains(*box.max)):
            found.append(f"{name} leaves the axes")
    # The usual margins of small axes cut an empty pixel off the descent of a label.
    figure = axes.figure.bbox.padded(2)
    for name, box in boxes:
        if not (figure.contains(*box.min) and figure.contains(*box.max)):
            found.append(f"{name} leaves the figure")
    return found + [f"{name} is crossed" for name, box in inside if crossed(axes, box)]


def crossed(axes: Axes, box: Bbox) -> bool:
    """Tell whether a line, a mark or an error bar goes through a box."""
    for side in axes.figure.axes:
        marks = [line.get_xydata() for line in side.lines]
        joined = [line.get_xydata() for line in side.lines if line.get_linestyle() != "None"]
        joined += [path.vertices for bars in side.collections for path in bars.get_paths()]
        ink = [side.transData.transform(xy) for xy in marks]
        ink += [along(side.transData.transform(xy)) for xy in joined]
        if any(box.count_contains(xy) for xy in ink):
            return True
    return False


def along(corners: Any) -> Any:
    return np.linspace(corners[:-1], corners[1:], 500).reshape(-1, 2)


# ---------------------------------------------------------------- texts


@pytest.mark.parametrize("layout", [None, "constrained"])
@pytest.mark.parametrize("size", [(6, 4), (10, 6)], ids=str)
@pytest.mark.parametrize("case", CASES)
def test_every_text_can_be_read(case: str, size: tuple[float, float], layout: Any) -> None:
    path = CASES[case]
    axes = draw(path, size=size, layout=layout)
    assert faults(axes) == []
    folded = [name.replace(" ", "") for name in words(axes, "name")]
    assert folded == [p.name.replace(" ", "") for p in path]
    assert len(words(axes, "change")) == len(path) - 1


@pytest.mark.parametrize("layout", [None, "constrained"])
@pytest.mark.parametrize("case", CASES)
def test_notes_have_room(case: str, layout: Any) -> None:
    path = CASES[case]
    size = figure_size(len(path), NOTES)
    axes = draw(path, size=size, layout=layout, notes=NOTES, title="A path")
    assert faults(axes) == []
    assert len(words(axes, "name")) == len(path)
    assert words(axes, "notes") == [" ".join(NOTES)]
    assert axes.get_title() == "A path"


def test_very_long_names_are_cut_in_the_middle() -> None:
    name = "a_very-long/$name$ " * 20 + "and its end"
    axes = draw([RT, replace(NA1, name=name)])
    assert faults(axes) == []
    shown = words(axes, "name")[1]
    assert len(shown) < 80
    assert shown.startswith("a_very-long/$name$ ")
    assert shown.endswith("and its end")
    assert "…" in shown


def test_what_has_no_room_is_counted() -> None:
    path = [point(f"phase-{n} (model)", 3 - n / 10, 240 - n) for n in range(25)]
    axes = draw(path, size=(4, 4))
    assert faults(axes) == []
    missing = 25 - len(words(axes, "name"))
    assert missing
    assert len(words(axes, "change")) == 24
    assert words(axes, "left out") == [f"no room for {missing} of 25 names"]
    assert words(draw(FOUR), "left out") == []


def test_the_checker_objects() -> None:
    axes = draw(THREE)
    (x, y) = data(axes, "volume")[1]
    axes.text(x, y, "on the line", gid="name")
    axes.text(x, y, "upon it", gid="change")
    axes.text(0.9, 230, "far right of all", gid="name")
    assert {fault.split()[-1] for fault in faults(axes)} >= {"it", "crossed", "axes"}


def test_given_axes_of_two() -> None:
    figure = Figure(figsize=(6, 8))
    FigureCanvasAgg(figure)
    upper, lower = figure.subplots(2, 1)
    plot_path(FOUR, x_label="Na", ax=upper, notes=NOTES)
    lower.plot([1, 2])
    figure.draw_without_rendering()
    assert len(words(upper, "name")) == 4
    (notes,) = texts(upper, "notes")
    assert notes.get_window_extent().y0 > lower.get_window_extent().y1


@pytest.mark.parametrize("width", [4.0, 5.0])
def test_labels_of_both_axes_stay_in_the_figure(width: float) -> None:
    axes = draw(THREE, size=(width, 4))
    for side in axes.figure.axes:
        box = side.get_tightbbox()
        assert box is not None
        assert axes.figure.bbox.x0 - 1 <= box.x0
        assert box.x1 <= axes.figure.bbox.x1 + 1


def test_names_are_nearest_to_their_points() -> None:
    axes = draw(FOUR, size=(10, 6))
    places = axes.transData.transform([(p.x, p.volume) for p in FOUR])
    for n, text in enumerate(texts(axes, "name")):
        box = extent(text)
        beyond = np.maximum(np.maximum(box.min - places, places - box.max), 0)
        assert int(np.argmin(np.hypot(*beyond.T))) == n


def test_text_is_literal() -> None:
    strange = r"$x_1$ \alpha <b>bold</b> {"
    path = [replace(RT, name=strange), replace(NA1, name="a_b")]
    axes = draw(path, size=(10, 6), title=strange, notes=[strange], polyhedron_label="$h_1$")
    plot_path(path, x_label=strange, ax=axes.figure.add_subplot())
    right = axes.figure.axes[1]
    labels = [axes.xaxis.label, axes.yaxis.label, right.yaxis.label]
    assert {t.get_parse_math() for t in (*axes.texts, axes.title, *labels)} == {False}
    assert words(axes, "name") == [strange, "a_b"]
    assert words(axes, "notes") == [strange]
    assert right.get_ylabel() == "$h_1$"
    assert axes.figure.axes[2].get_xlabel() == strange


def test_control_characters_are_left_out() -> None:
    axes = draw([replace(RT, name="a\x1b[31m\nb")], title="t\tu")
    assert words(axes, "name") == ["a [31m b"]
    assert axes.get_title() == "t u"


# ---------------------------------------------------------------- what is drawn


def test_points_are_those_given() -> None:
    axes = draw(FOUR)
    right = twin(axes)
    assert data(axes, "volume") == [(p.x, p.volume) for p in FOUR]
    assert data(axes, "measured") == [(RT.x, RT.volume)]
    assert data(axes, "model") == [(p.x, p.volume) for p in (GAMMA, NA2, NA1)]
    assert data(right, "measured") == [(RT.x, 10.553)]
    assert data(right, "model") == [(2, 9.9), (1, 9.4)]


def test_ions_decrease_to_the_right() -> None:
    left, right = draw(FOUR).get_xlim()
    assert left > 3
    assert right < 1


def test_changes_are_those_of_the_volumes() -> None:
    assert words(draw(FOUR), "change") == ["-0.62 %", "-5.27 %", "-3.11 %"]
    assert words(draw([NA1, NA2]), "change") == ["+3.21 %"]
    tiny = [point("a", 3, 200.0), point("b", 2, 200.0 - 1e-6)]
    assert words(draw(tiny), "change") == ["+0.00 %"]


def test_error_bars_are_the_su() -> None:
    axes = draw(FOUR)
    spans = []
    for side in (axes, twin(axes)):
        (bars,) = side.collections
        spans.append([float(np.ptp(path.vertices[:, 1])) for path in bars.get_paths()])
    assert spans[0] == pytest.approx([0.006, 0.026, 1.0])
    assert spans[1] == pytest.approx([0.024, 1.8, 1.0])


def test_missing_su_has_no_bar() -> None:
    axes = draw([replace(p, volume_su=None, polyhedron_su=None) for p in FOUR])
    assert not axes.collections
    assert not twin(axes).collections


def test_an_unknown_polyhedron_leaves_a_gap() -> None:
    path = [RT, replace(NA2, polyhedron_volume=None, polyhedron_su=None), NA1]
    (line,) = lines(twin(draw(path)), "polyhedron")
    assert np.isnan(line.get_ydata()).tolist() == [False, True, False]


def test_cells_only_have_one_axis() -> None:
    assert len(draw(CASES["cells only"]).figure.axes) == 1


def test_open_and_filled_marks() -> None:
    axes = draw(FOUR)
    for side in (axes, twin(axes)):
        (measured,), (model,) = lines(side, "measured"), lines(side, "model")
        assert measured.get_markerfacecolor() == measured.get_color()
        assert to_hex(model.get_markerfacecolor()) == "#ffffff"
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == ["measured", "model"]


@pytest.mark.parametrize(
    ("kinds", "legend"),
    [
        (["measured"], ["measured"]),
        (["computed"], ["computed"]),
        ([None], ["kind not stated"]),
        (["computed", "measured", "model"], ["measured", "model or computed"]),
        ([None, "computed", "measured"], ["measured", "computed", "kind not stated"]),
        (["measured", "model", "computed", None, None], [*OPEN_AND_FILLED, "kind not stated"]),
    ],
    ids=str,
)
@pytest.mark.parametrize("size", [(4, 4), (6, 4)], ids=str)
def test_the_legend_names_the_kinds(
    kinds: list[str | None], legend: list[str], size: tuple[float, float]
) -> None:
    path = [point(f"p{n}", 5 - n, 240 - 7 * n, kind=kind) for n, kind in enumerate(kinds)]
    axes = draw(path, size=size)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == legend
    for kind in kinds:
        of_kind = [(p.x, p.volume) for p in path if p.kind == kind]
        assert data(axes, kind or "kind not stated") == of_kind
    assert faults(axes) == []


def test_a_kind_that_is_not_stated_has_a_mark_of_its_own() -> None:
    axes = draw([RT, replace(NA2, kind=None), NA1])
    (line,) = lines(axes, "kind not stated")
    assert line.get_fillstyle() == "bottom"
    assert line.get_markerfacecolor() == line.get_color()
    assert to_hex(line.get_markerfacecoloralt()) == "#ffffff"


def test_axes_have_the_colours_of_their_lines() -> None:
    axes = draw(FOUR)
    pairs = [(axes, "volume"), (twin(axes), "polyhedron")]
    colours = set()
    for side, gid in pairs:
        (line,) = lines(side, gid)
        shown = {side.yaxis.label.get_color(), *(t.get_color() for t in side.get_yticklabels())}
        assert shown == {line.get_color()}
        colours.add((line.get_color(), line.get_linestyle()))
    assert len(colours) == 2


def test_volumes_lie_above_polyhedra() -> None:
    axes = draw(FOUR)
    right = twin(axes)
    lowest = min(axes.transData.transform(data(axes, "volume"))[:, 1])
    highest = max(right.transData.transform([(3, 10.565), (2, 10.8)])[:, 1])
    assert lowest > highest


def test_a_single_point_has_ticks_about_it() -> None:
    axes = draw([RT])
    for side, value in ((axes, RT.volume), (twin(axes), 10.553)):
        ticks = side.get_yticks()
        assert len(ticks) >= 1
        assert abs(ticks - value).max() < 0.02 * value


# ---------------------------------------------------------------- figures and bad input


def test_pyplot_only_without_axes(tmp_path: Path) -> None:
    code = """
import sys
from navp_structures.show.path_plot import PathPoint, plot_path
p = PathPoint(name="a", x=3, volume=240.0, volume_su=None, polyhedron_volume=10.0,
              polyhedron_su=None, kind="measured")
print("matplotlib" in sys.modules)
from matplotlib.figure import Figure
plot_path([p], x_label="Na", ax=Figure().add_subplot()).figure.savefig("plot.png")
print("matplotlib.pyplot" in sys.modules)
print(*plot_path([p], x_label="Na").figure.get_size_inches())
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"MPLBACKEND": "Agg"},
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["False", "False", *map(str, figure_size(1, ()))]


def test_figures_grow() -> None:
    assert figure_size(8, ()) > figure_size(4, ())
    assert figure_size(4, NOTES)[1] > figure_size(4, ())[1]
    assert figure_size(400, ())[0] == 24


@pytest.mark.parametrize(
    "change",
    [
        {"x": np.nan},
        {"volume": 0.0},
        {"volume": -1.0},
        {"volume": np.inf},
        {"volume_su": -0.1},
        {"polyhedron_volume": np.nan},
        {"polyhedron_su": np.nan},
        {"kind": "guessed"},
    ],
    ids=str,
)
def test_bad_points(change: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"^na3vp-rt: [^.\n]*$"):
        draw([replace(RT, **change)])


def test_nothing_to_plot() -> None:
    axes = Figure().add_subplot()
    with pytest.raises(InputError, match="at least one phase"):
        plot_path([], x_label="Na", ax=axes)
    assert not axes.get_xlabel()
