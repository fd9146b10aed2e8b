"""Bond strips: what is drawn is what was given, and every text can be read."""

from __future__ import annotations

import os
import re
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
from matplotlib.text import Text

from navp_structures.errors import InputError
from navp_structures.show.bond_strips import BondStrip, figure_size, plot_bond_strips
from navp_structures.show.strip_labels import spread

Row = tuple[str, float, float | None, int]


def strip(name: str, *rows: Row, kind: str | None = "measured") -> BondStrip:
    """Return a strip of ligand, length, su and number."""
    bonds = [row for row in rows for _ in range(row[3])]
    return BondStrip(
        name=name,
        lengths=tuple(row[1] for row in bonds),
        su=tuple(row[2] for row in bonds),
        labels=tuple(row[0] for row in bonds),
        mean=float(np.mean([row[1] for row in bonds])),
        mean_su=None,
        kind=kind,
    )


V1 = strip("na3vp-rt V1", ("O2", 1.9693, 0.0012, 3), ("O1", 2.0271, 0.001, 3))
P1 = strip("na3vp-rt P1", ("O2", 1.5227, 0.0014, 2), ("O1", 1.5359, 0.0009, 2))
SODIUM1 = strip("na3vp-rt Na1", ("O1", 2.5046, 0.001, 6))
SODIUM2 = strip(
    "na3vp-rt Na2",
    ("O1", 2.3883, 0.0015, 2),
    ("O1", 2.4448, 0.002, 2),
    ("O2", 2.628, 0.0015, 2),
    ("O2", 2.8353, 0.0021, 2),
)
MODEL = strip(
    "na2vp-a (model) V1",
    *((f"O{n}", 1.9 + 0.02 * n, 0.1, 1) for n in range(1, 7)),
    kind="model",
)
CROWDED = strip("crowded Na12", *((f"O{n}", 2.5 + 0.003 * n, None, 1) for n in range(12)))
SORTS = (V1, SODIUM1, SODIUM2, P1, MODEL, CROWDED)
LONG = (
    replace(V1, name="a phase with a name that is very much longer than it needs to be V1"),
    replace(
        MODEL, name="navp-model-with-a-long-identifier-without-any-spaces-in-it (model) V12"
    ),
    SODIUM2,
)
NOTES = (
    "ligands: O by solid angle (at least 0.3 of the largest)",
    "na2vp-a is a model: no coordinates are published; cell reconstructed from printed spacings"
    " and computed edges with V/Z fixed, sites from the R-3c parent by distance least squares",
)


def some(count: int) -> list[BondStrip]:
    return [SORTS[n % len(SORTS)] for n in range(count)]


def draw(
    strips: Sequence[BondStrip],
    *,
    size: tuple[float, float] = (6, 4),
    layout: Any = None,
    **options: Any,
) -> Axes:
    """Plot into a bare figure, which is drawn once."""
    figure = Figure(figsize=size, layout=layout)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    assert plot_bond_strips(strips, ax=axes, **options) is axes
    figure.draw_without_rendering()
    return axes


def texts(axes: Axes, gid: str) -> list[Text]:
    return [text for text in axes.texts if text.get_gid() == gid]


def words(axes: Axes, gid: str) -> list[str]:
    return [" ".join(text.get_text().split()) for text in texts(axes, gid)]


def data(axes: Axes, gid: str) -> list[list[tuple[float, float]]]:
    """Return what each line of a kind joins."""
    found = [line for line in axes.lines if line.get_gid() == gid]
    return [[tuple(xy) for xy in line.get_xydata().tolist()] for line in found]


def notes(axes: Axes) -> str:
    return " ".join(words(axes, "notes"))


def faults(axes: Axes) -> list[str]:
    """Return in words what makes texts hard to read."""
    legend = axes.get_legend()
    assert legend is not None
    gids = ("name", "ligand", "mean", "head", "notes")
    boxes = [(t.get_text(), t.get_window_extent()) for g in gids for t in texts(axes, g)]
    boxes += [(t.get_text(), t.get_window_extent()) for t in legend.get_texts()]
    shown = [axes.xaxis.label, axes.title, *axes.get_xticklabels()]
    boxes += [(t.get_text(), t.get_window_extent()) for t in shown if t.get_text()]
    pairs = combinations(boxes, 2)
    found = [f"{a} overlaps {b}" for (a, one), (b, two) in pairs if one.overlaps(two)]
    # The usual margins of small axes cut an empty pixel off the descent of a label.
    figure, frame = axes.figure.bbox.padded(2), axes.get_window_extent()
    for name, box in boxes:
        if not (figure.contains(*box.min) and figure.contains(*box.max)):
            found.append(f"{name} leaves the figure")
    marks = [xy for gid in ("measured", "model") for line in data(axes, gid) for xy in line]
    for text in texts(axes, "ligand"):
        box = text.get_window_extent()
        if not (frame.contains(*box.min) and frame.contains(*box.max)):
            found.append(f"{text.get_text()} leaves the axes")
        if box.count_contains(axes.transData.transform(marks)):
            found.append(f"{text.get_text()} stands on a mark")
    return found


# ---------------------------------------------------------------- texts


@pytest.mark.parametrize("layout", [None, "constrained"])
@pytest.mark.parametrize("size", [(6, 4), (10, 6)], ids=str)
@pytest.mark.parametrize("count", [1, 3, 12, 30])
def test_every_text_can_be_read(count: int, size: tuple[float, float], layout: Any) -> None:
    axes = draw(some(count), size=size, layout=layout)
    assert faults(axes) == []
    shown = len(words(axes, "name"))
    assert words(axes, "name") == [one.name for one in some(count)][:shown]
    assert len(words(axes, "mean")) == shown
    said = f"strips 1 to {shown} of {count} are drawn; name fewer phases or centres" in notes(
        axes
    )
    assert said == (shown < count)
    assert shown >= min(count, 20)


@pytest.mark.parametrize("count", [1, 2, 3, 12, 30])
def test_a_figure_of_its_size_has_all_labels(count: int) -> None:
    strips = some(count)
    size = figure_size(count, NOTES)
    axes = draw(strips, size=size, layout="constrained", title="V–O bonds", notes=NOTES)
    assert faults(axes) == []
    assert len(words(axes, "ligand")) == sum(len(set(one.lengths)) for one in strips)
    assert notes(axes).startswith(" ".join(NOTES))
    assert "named" not in notes(axes)
    assert "drawn" not in notes(axes)


@pytest.mark.parametrize("count", [125, 400])
def test_a_figure_of_very_many_strips(count: int) -> None:
    size = figure_size(count, NOTES)
    assert size[1] <= 24
    axes = draw(some(count), size=size, layout="constrained", title="V–O bonds", notes=NOTES)
    assert faults(axes) == []
    shown = len(words(axes, "name"))
    assert shown == len(words(axes, "mean")) == len(data(axes, "mean"))
    assert (shown == count) == (count == 125)
    assert ("are drawn" in notes(axes)) == (count == 400)
    assert "the ligands are not named" in notes(axes)


def test_many_notes_leave_room_for_strips() -> None:
    many = NOTES * 60
    axes = draw(some(40), size=figure_size(40, many), layout="constrained", notes=many)
    assert faults(axes) == []
    assert len(words(axes, "name")) == 40


@pytest.mark.parametrize("layout", [None, "constrained"])
@pytest.mark.parametrize("size", [(6, 4), (10, 6)], ids=str)
def test_long_names(size: tuple[float, float], layout: Any) -> None:
    axes = draw(LONG, size=size, layout=layout)
    assert faults(axes) == []
    shown = [name.replace(" ", "") for name in words(axes, "name")]
    assert shown == [one.name.replace(" ", "") for one in LONG]


def test_cut_names_keep_their_centre() -> None:
    axes = draw([*LONG] * 8)
    assert faults(axes) == []
    assert words(axes, "name")[0].endswith("V1")
    assert "…" in words(axes, "name")[0]


def test_the_checker_objects() -> None:
    axes = draw([V1])
    axes.text(V1.lengths[0], 0, "on a mark", gid="ligand", ha="center", va="center")
    axes.text(1.96, 0, "upon it", gid="ligand", va="center")
    axes.text(0, 0, "outside", gid="ligand", transform=axes.figure.transFigure, ha="center")
    found = faults(axes)
    assert any("overlaps" in fault for fault in found)
    assert {fault.split()[-1] for fault in found} >= {"mark", "axes", "figure"}


def test_labels_name_the_bonds_and_how_many() -> None:
    assert words(draw([V1]), "ligand") == ["O2 ×3", "O1 ×3"]
    assert words(draw([MODEL]), "ligand") == [f"O{n}" for n in range(1, 7)]
    nearly = strip(
        "x", ("O1", 2.0, None, 1), ("O1", 2.0 + 1e-9, 0.1, 1), ("O1", 2.001, None, 1)
    )
    assert sorted(words(draw([nearly]), "ligand")) == ["O1", "O1 ×2"]
    assert words(draw([strip("x", ("", 2.0, None, 1))]), "ligand") == []


def test_labels_keep_the_order_of_their_bonds() -> None:
    axes = draw([CROWDED], size=(10, 6))
    for va in ("bottom", "top"):
        row = [t for t in texts(axes, "ligand") if t.get_verticalalignment() == va]
        places = [t.get_position()[0] for t in row]
        assert places == sorted(places)
        numbers = [int(t.get_text()[1:]) for t in row]
        assert numbers == sorted(numbers)
        assert len(row) == 6


def test_flat_strips_have_no_labels_and_say_so() -> None:
    axes = draw(some(20))
    assert words(axes, "ligand") == []
    assert "the ligands are not named: so low strips have no room for labels" in notes(axes)


def test_labels_without_room_are_counted() -> None:
    crowd = strip("x", *((f"O{n}", 2.5 + 0.003 * n, None, 1) for n in range(60)))
    axes = draw([crowd])
    assert faults(axes) == []
    missing = 60 - len(words(axes, "ligand"))
    assert 0 < missing < 60
    assert notes(axes) == f"{missing} of 60 ligands are not named, for want of room"
    assert notes(draw([V1])) == ""


def test_the_remarks_of_one_strip_without_room() -> None:
    axes = draw(some(9), size=(5, 1.2))
    assert len(words(axes, "name")) < 9
    assert re.search(r"(strips 1 to \d|1 strip) (of 9 )?(is|are) drawn", notes(axes))


def test_long_labels_are_cut_in_the_middle() -> None:
    axes = draw([strip("x", ("O_a_very_long_label_of_a_site_17", 2.0, None, 2))])
    assert words(axes, "ligand") == ["O_a_ver…e_17 ×2"]


def test_texts_spread_no_further_than_they_must() -> None:
    wide = np.array([10.0, 10.0, 10.0])
    apart = spread(np.array([20.0, 50.0, 80.0]), wide, 100.0)
    assert apart is not None
    assert apart.tolist() == [20, 50, 80]
    close = spread(np.array([50.0, 50.0, 80.0]), wide, 100.0)
    assert close is not None
    assert close.tolist() == [43.5, 56.5, 80]
    edge = spread(np.array([0.0, 1.0, 80.0]), wide, 100.0)
    assert edge is not None
    assert edge.tolist() == [7, 20, 80]
    assert spread(np.zeros(3), wide, 30.0) is None


def test_text_is_literal() -> None:
    strange = r"$x_1$ \alpha/V^2 <b> {"
    one = replace(strip(strange, (r"$O_1$", 2.0, None, 1), (r"O_2/F\2^a$", 2.4, None, 2)))
    axes = draw([one], title=strange, notes=[strange], x_label=strange)
    assert {t.get_parse_math() for t in (*axes.texts, axes.title, axes.xaxis.label)} == {False}
    assert words(axes, "ligand") == ["$O_1$", r"O_2/F\2^a$ ×2"]
    assert words(axes, "name") == words(axes, "notes") == [strange]
    assert axes.get_title() == axes.get_xlabel() == strange


def test_control_characters_are_left_out() -> None:
    axes = draw([strip("a\x1b[31m\nb", ("O\t1", 2.0, None, 1))])
    assert words(axes, "name") == ["a [31m b"]
    assert words(axes, "ligand") == ["O 1"]


# ---------------------------------------------------------------- what is drawn


def test_bonds_are_those_given() -> None:
    axes = draw([V1, MODEL])
    assert data(axes, "measured") == [[(1.9693, 0), (2.0271, 0)]]
    assert data(axes, "model") == [[(length, 1) for length in MODEL.lengths]]
    assert data(axes, "mean") == [[(V1.mean, 0)], [(MODEL.mean, 1)]]
    assert words(axes, "mean") == ["1.998", "1.970"]


def test_the_first_strip_is_at_the_top() -> None:
    heights = [t.get_window_extent().y0 for t in texts(draw(some(6)), "name")]
    assert heights == sorted(heights, reverse=True)


def test_error_bars_are_the_su() -> None:
    apart = strip("x", ("O2", 1.96, 0.0012, 3), ("O1", 2.03, 0.001, 3))
    (bars,) = draw([apart]).collections
    spans = [float(np.ptp(path.vertices[:, 0])) for path in bars.get_paths()]
    assert spans == pytest.approx([0.0024, 0.002])
    partly = strip("x", ("O1", 2.0, None, 1), ("O2", 2.1, 0.05, 1))
    (bars,) = draw([partly]).collections
    assert len(bars.get_paths()) == 1
    assert not draw([CROWDED]).collections


def test_error_bars_that_overlap_are_bands() -> None:
    axes = draw([V1, MODEL], size=(8, 3))
    assert not [line for line in axes.lines if line.get_marker() == "|" and not line.get_gid()]
    narrow, bands = axes.collections
    assert len(narrow.get_paths()) == 2
    spans = [path.vertices[:, 0].tolist() for path in bands.get_paths()]
    assert np.array(spans) == pytest.approx(
        np.array([(x - 0.1, x + 0.1) for x in MODEL.lengths])
    )
    # Any number over each other are as dark, paler than marks and their labels.
    assert 1 - (1 - narrow.get_alpha()) ** 2 == pytest.approx(0.5)
    assert 1 - (1 - bands.get_alpha()) ** 6 == pytest.approx(0.5)
    assert notes(axes) == "pale bands are the su of the bonds, darker where several overlap"


def test_bars_behind_their_marks_have_no_caps() -> None:
    axes = draw([SODIUM2, P1])
    assert not [line for line in axes.lines if line.get_marker() == "|" and not line.get_gid()]
    assert "bands" not in notes(axes)


def test_the_mean_has_its_su() -> None:
    axes = draw([replace(MODEL, mean=1.989, mean_su=0.08)])
    assert [text.get_text() for text in axes.texts if text.get_gid() == "mean"] == ["1.99(8)"]


def test_error_bars_and_means_are_inside() -> None:
    axes = draw([replace(MODEL, mean=2.6)])
    low, high = axes.get_xlim()
    assert low < 1.82
    assert high > 2.6
    right = axes.transData.transform((2.6, 0))[0]
    assert right < texts(axes, "mean")[0].get_window_extent().x0


def test_open_and_filled_marks() -> None:
    axes = draw([V1, MODEL])
    faces = {line.get_gid(): line.get_markerfacecolor() for line in axes.lines}
    assert to_hex(faces["model"]) == "#ffffff"
    assert to_hex(faces["measured"]) != "#ffffff"
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == ["measured", "model", "mean"]


def test_the_legend_names_the_kinds() -> None:
    kinds = ("model", None, "measured", "computed")
    axes = draw([replace(V1, kind=kind) for kind in kinds], size=(5, 4))
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == ["measured", "model or computed", "kind not stated", "mean"]
    assert faults(axes) == []
    marks = [line for line in axes.lines if line.get_marker() == "o"]
    assert [line.get_gid() for line in marks] == [kind or "kind not stated" for kind in kinds]
    assert [line.get_fillstyle() for line in marks] == ["full", "bottom", "full", "full"]
    axes = draw([replace(V1, kind="computed"), replace(V1, kind=None)])
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == ["computed", "kind not stated", "mean"]


def test_one_bond() -> None:
    axes = draw([strip("x", ("O1", 2.0, None, 1))])
    low, high = axes.get_xlim()
    assert low < 2.0 < high
    assert high - low < 0.3
    assert faults(axes) == []


def test_given_axes_of_two() -> None:
    figure = Figure(figsize=(6, 8))
    FigureCanvasAgg(figure)
    upper, lower = figure.subplots(2, 1)
    for axes in (upper, lower):
        plot_bond_strips(some(4), ax=axes, notes=NOTES)
    figure.draw_without_rendering()
    assert faults(upper) == faults(lower) == []
    (notes,) = texts(upper, "notes")
    assert notes.get_window_extent().y0 > lower.get_window_extent().y1


# ---------------------------------------------------------------- figures and bad input


def test_pyplot_only_without_axes(tmp_path: Path) -> None:
    code = """
import sys
from navp_structures.show.bond_strips import BondStrip, plot_bond_strips
bonds = {"lengths": (2.0,), "su": (None,), "labels": ("O1",)}
s = BondStrip(name="a", **bonds, mean=2.0, mean_su=None, kind="measured")
print("matplotlib" in sys.modules)
from matplotlib.figure import Figure
plot_bond_strips([s], ax=Figure().add_subplot()).figure.savefig("plot.png")
print("matplotlib.pyplot" in sys.modules)
print(*plot_bond_strips([s]).figure.get_size_inches())
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
    heights = [figure_size(n, ())[1] for n in (3, 12, 30)]
    assert heights == sorted(set(heights))
    assert figure_size(3, NOTES)[1] > heights[0]


@pytest.mark.parametrize(
    "change",
    [
        {"lengths": (2.0,)},
        {"labels": ()},
        {"lengths": (), "su": (), "labels": ()},
        {"lengths": (np.nan,) * 6},
        {"lengths": (-2.0,) * 6},
        {"mean": np.nan},
        {"su": (-0.1,) * 6},
        {"su": (np.inf,) * 6},
        {"kind": "guessed"},
    ],
    ids=str,
)
def test_bad_strips(change: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"^na3vp-rt V1: [^.\n]*$"):
        draw([replace(V1, **change)])


def test_nothing_to_plot() -> None:
    axes = Figure().add_subplot()
    with pytest.raises(InputError, match="at least one strip"):
        plot_bond_strips([], ax=axes)
    assert not axes.get_xlabel()
