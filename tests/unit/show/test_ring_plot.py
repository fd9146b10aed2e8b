"""Ring plots: what is drawn is what was given, and every label can be read."""

from __future__ import annotations

import io
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
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from navp_structures.errors import InputError
from navp_structures.show.index_text import hkl_text
from navp_structures.show.ring_plot import RingTrace, figure_size, plot_rings


def powder(a: float, c: float, *, limit: float = 1.0, name: str = "powder") -> RingTrace:
    """Return the families of an obverse rhombohedral cell, of random intensities."""
    rng = np.random.default_rng(5)
    rows = {}
    for h in range(12):
        for k in range(h + 1):
            for m in range(40):
                if (k - h + m) % 3 == 0 and (h, k, m) != (0, 0, 0):
                    g = np.sqrt(4 / 3 * (h * h + h * k + k * k) / a**2 + (m / c) ** 2)
                    rows[(h, k, m)] = (g, rng.exponential() * np.exp(-2 * g * g))
    kept = {hkl: row for hkl, row in rows.items() if row[0] <= limit}
    radius, intensity = np.array(list(kept.values())).T
    return RingTrace(
        name=name,
        radius=radius,
        intensity=100 * intensity / intensity.max(),
        reasons=("allowed",) * len(kept),
        hkl=tuple(kept),
    )


def few(*radii: float, **others: Any) -> RingTrace:
    """Return rings (1 0 0), (2 0 0), ... of full intensity."""
    n = len(radii)
    values: dict[str, Any] = {
        "name": "test",
        "intensity": np.full(n, 100.0),
        "reasons": ("allowed",) * n,
        "hkl": tuple((i + 1, 0, 0) for i in range(n)),
    }
    return RingTrace(radius=np.array(radii, dtype=float), **(values | others))


DENSE = powder(8.73, 21.8, name="Na3VP")
OTHER = powder(8.43, 21.6, name="NaVP")


def draw(
    traces: Sequence[RingTrace],
    *,
    size: tuple[float, float] = (7, 7),
    layout: Any = None,
    limit: float = 1.0,
    **options: Any,
) -> Axes:
    """Plot into a bare figure, which is drawn once."""
    figure = Figure(figsize=size, layout=layout, dpi=100)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    assert plot_rings(traces, limit=limit, ax=axes, **options) is axes
    figure.draw_without_rendering()
    return axes


def texts(axes: Axes, gid: str) -> list[Text]:
    return [text for text in axes.texts if text.get_gid() == gid]


def words(axes: Axes, gid: str = "hkl") -> list[str]:
    return [text.get_text() for text in texts(axes, gid)]


def rings(axes: Axes) -> list[LineCollection]:
    return [c for c in axes.collections if c.get_gid() == "rings"]


def radii(collection: LineCollection) -> np.ndarray:
    """Return the radius of each ring, the same all along it."""
    segments = np.array(collection.get_segments())
    found = np.hypot(segments[..., 0], segments[..., 1])
    assert np.allclose(found, found[:, :1])
    return np.sort(found[:, 0])


def corners(text: Text) -> np.ndarray:
    """Return the corners of a text as it is turned, in pixels, shape (4, 2)."""
    rotation = text.get_rotation()
    text.set_rotation(0)
    box = text.get_window_extent()
    text.set_rotation(rotation)
    turned = text.get_window_extent()
    centre = np.array([(turned.x0 + turned.x1) / 2, (turned.y0 + turned.y1) / 2])
    way = np.radians(rotation)
    turn = np.array([[np.cos(way), np.sin(way)], [-np.sin(way), np.cos(way)]])
    w, h = box.width / 2, box.height / 2
    return centre + np.array([(-w, -h), (w, -h), (w, h), (-w, h)]) @ turn


def overlap(one: np.ndarray, two: np.ndarray) -> bool:
    """Tell whether two rectangles meet: no side of either has them apart."""
    for shape in (one, two):
        for a, b in ((0, 1), (1, 2)):
            axis = shape[b] - shape[a]
            p, q = one @ axis, two @ axis
            if p.max() <= q.min() or q.max() <= p.min():
                return False
    return True


def faults(axes: Axes) -> list[str]:
    """Return in words what makes labels hard to read."""
    found = []
    boxes = [(text.get_text(), corners(text)) for text in texts(axes, "hkl")]
    for gid in ("name", "legend", "scale bar"):
        boxes += [(text.get_text(), corners(text)) for text in texts(axes, gid)]
    inside = axes.get_window_extent()
    for what, box in boxes:
        low, high = box.min(axis=0), box.max(axis=0)
        if np.any(low < inside.min) or np.any(high > inside.max):
            found.append(f"{what} leaves the axes")
    for (one, a), (two, b) in combinations(boxes, 2):
        if overlap(a, b):
            found.append(f"{one} overlaps {two}")
    centre = axes.transData.transform((0.0, 0.0))
    reach = axes.transData.transform((max(radii(c).max() for c in rings(axes)), 0.0))[0]
    for gid in ("name", "legend", "scale bar"):
        for text in texts(axes, gid):
            box = corners(text)
            low, high = box.min(axis=0), box.max(axis=0)
            if np.hypot(*(np.clip(centre, low, high) - centre)) < reach - centre[0]:
                found.append(f"{text.get_text()} covers a ring")
    return found


# ---------------------------------------------------------------- labels


@pytest.mark.parametrize("style", ["micrograph", "inverted"])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 6])
def test_labels_can_be_read(n: int, style: str) -> None:
    traces = [replace((DENSE, OTHER)[i % 2], name=f"phase {i}") for i in range(n)]
    axes = draw(traces, style=style, title="Rings", notes=["a note"])
    assert faults(axes) == []
    assert len(words(axes)) > 15


@pytest.mark.parametrize("size", [(2.0, 2.0), (3.5, 3.5), (5.0, 8.0)], ids=str)
@pytest.mark.parametrize("layout", [None, "constrained"])
def test_sizes_and_layouts(size: tuple[float, float], layout: Any) -> None:
    axes = draw([DENSE, OTHER], size=size, layout=layout, limit=0.5)
    assert faults(axes) == []


def test_the_checker_objects() -> None:
    axes = draw([few(0.5)], labels=False)
    axes.text(0, 0.3, "one", rotation=30, gid="hkl")
    axes.text(0, 0.32, "two", rotation=60, gid="hkl")
    axes.text(0.99, 0, "far right", gid="hkl")
    axes.text(0.4, 0, "a wrong name", gid="name")
    assert set(faults(axes)) == {
        "one overlaps two",
        "far right leaves the axes",
        "a wrong name covers a ring",
    }


def test_labels_stand_on_their_rings() -> None:
    axes = draw([DENSE])
    by_words = {hkl_text(hkl): r for hkl, r in zip(DENSE.hkl, DENSE.radius, strict=True)}
    for text in texts(axes, "hkl"):
        x, y = text.get_position()
        assert np.hypot(x, y) == pytest.approx(by_words[text.get_text().split(" + ")[0]])
        # It lies along the ring and is never upside down.
        azimuth = np.degrees(np.arctan2(y, x))
        turned = (text.get_rotation() - (azimuth - 90) + 90) % 180 - 90
        assert turned == pytest.approx(0, abs=1e-6)
        assert min(text.get_rotation(), 360 - text.get_rotation()) <= 75.001


def test_labels_of_a_dense_pattern_have_several_azimuths() -> None:
    axes = draw([DENSE])
    found = {round(np.degrees(np.arctan2(*t.get_position()[::-1]))) for t in texts(axes, "hkl")}
    assert len(found) > 5


def test_the_strongest_are_named() -> None:
    axes = draw([DENSE], limit=0.6)
    inside = DENSE.radius <= 0.6
    strongest = np.argsort(-np.where(inside, DENSE.intensity, 0))[:5]
    shown = " + ".join(words(axes))
    named = [hkl_text(DENSE.hkl[i]) in shown for i in strongest]
    assert named.count(True) >= 4


def test_coincident_families_are_named_together() -> None:
    two = few(0.4, 0.4, intensity=np.array([50.0, 100.0]))
    assert words(draw([two])) == [r"$2\,0\,0$ + $1\,0\,0$"]
    many = few(0.4, 0.4, 0.4, 0.4, 0.8, intensity=np.array([9.0, 50, 100, 9, 80]))
    assert set(words(draw([many]))) == {r"$3\,0\,0$ + 3 more", r"$5\,0\,0$"}


def test_one_family_in_two_rows_is_named_once() -> None:
    assert words(draw([few(0.4, 0.4, hkl=((1, 0, 0), (1, 0, 0)))])) == [r"$1\,0\,0$"]


def test_near_rings_of_like_strength_share_a_label() -> None:
    # Three points apart, on about 230 for 1/Å: the label of one would hide the other.
    near = few(0.5, 0.513)
    assert words(draw([near])) == [r"$1\,0\,0$ + $2\,0\,0$"]
    # A weak one does not; it may have a label of its own.
    weak = replace(near, intensity=np.array([100.0, 4.0]))
    assert words(draw([weak]))[0] == r"$1\,0\,0$"
    # Nor does a ring of another kind, which has its own colour.
    kinds = replace(near, reasons=("allowed", "superlattice"))
    assert sorted(words(draw([kinds]))) == [r"$1\,0\,0$", r"$2\,0\,0$"]


def test_labels_can_be_switched_off() -> None:
    assert words(draw([DENSE], labels=False)) == []


# ---------------------------------------------------------------- rings


def test_rings_are_those_given() -> None:
    axes = draw([DENSE], limit=0.7)
    (collection,) = rings(axes)
    # Square root: 0.01 of the brightness is 0.01 % of the intensity.
    expected = np.sort(DENSE.radius[(DENSE.radius <= 0.7) & (DENSE.intensity >= 0.01)])
    assert radii(collection) == pytest.approx(expected)


def test_strength_is_brightness() -> None:
    trace = few(0.2, 0.5, 0.8, intensity=np.array([100.0, 25.0, 1.0]))
    (collection,) = rings(draw([trace]))
    # Drawn from the weakest to the strongest: 0.1, 0.5 and 1 of 2.4 points.
    assert collection.get_linewidths() == pytest.approx([0.5, 1.2, 2.4])
    alpha = np.asarray(collection.get_colors())[:, 3]
    assert alpha == pytest.approx([0.45 + 0.055, 0.45 + 0.275, 1])
    assert radii(collection).tolist() == pytest.approx([0.2, 0.5, 0.8])
    first = np.array(collection.get_segments())[0, 0]
    assert np.hypot(*first) == pytest.approx(0.8)


def test_near_rings_are_thin() -> None:
    (collection,) = rings(draw([few(0.5, 0.506)]))
    assert max(collection.get_linewidths()) < 0.006 * 240


def test_the_weakest_are_not_drawn() -> None:
    trace = few(0.2, 0.5, 0.8, intensity=np.array([100.0, 1.1, 0.9]))
    assert len(radii(rings(draw([trace], scale="linear"))[0])) == 2
    assert len(radii(rings(draw([trace], scale="log"))[0])) == 3


def test_double_diffraction_is_dashed_and_only_with_intensity() -> None:
    reasons = ("allowed", "double_diffraction")
    trace = few(0.3, 0.6, reasons=reasons, intensity=np.array([100.0, 0.0]))
    axes = draw([trace])
    assert [c.get_label() for c in rings(axes)] == words(axes, "legend") == ["allowed"]
    axes = draw([replace(trace, intensity=np.array([100.0, 1.0]))], scale="linear")
    solid, dashed = rings(axes)
    assert solid.get_linestyle()[0][1] is None
    assert dashed.get_linestyle()[0][1] is not None
    assert words(axes, "legend") == ["allowed", "double diffraction"]


def test_reasons_differ_in_line_and_colour() -> None:
    reasons = ("allowed", "superlattice", "holz", "double_diffraction")
    axes = draw([few(0.2, 0.4, 0.6, 0.8, reasons=reasons)])
    dashes = [str(c.get_linestyle()[0][1]) for c in rings(axes)]
    assert len(set(dashes)) == 4
    colours = {to_hex(c.get_colors()[0]) for c in rings(axes)}
    assert len(colours) == 4
    assert {to_hex(text.get_color()) for text in texts(axes, "hkl")} == colours


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_phases_have_a_sector_each(n: int) -> None:
    traces = [few(0.5, 0.8, name=str(i)) for i in range(n)]
    axes = draw(traces)
    covered = []
    for collection in rings(axes):
        segment = np.array(collection.get_segments())[0]
        covered.append(np.unwrap(np.arctan2(segment[:, 1], segment[:, 0])))
    # Together nearly the whole circle, but none over another.
    total = np.degrees(sum(np.ptp(way) for way in covered))
    assert total == pytest.approx(360 - 3 * n * (n > 1))
    middles = [np.degrees(way.mean()) % 360 for way in covered]
    assert middles == pytest.approx([(90 - i * 360 / n) % 360 for i in range(n)])
    assert len({to_hex(c.get_colors()[0]) for c in rings(axes)}) == n
    assert words(axes, "name") == [str(i) for i in range(n)]


def test_labels_stay_in_their_sector() -> None:
    axes = draw([DENSE, OTHER])
    first, second = (to_hex(c.get_colors()[0]) for c in rings(axes))
    heights: dict[str, list[float]] = {first: [], second: []}
    for text in texts(axes, "hkl"):
        heights[to_hex(text.get_color())].append(text.get_position()[1])
    assert min(heights[first]) > 0 > max(heights[second])
    assert min(map(len, heights.values())) > 5


@pytest.mark.parametrize("n", [2, 3, 6])
def test_labels_do_not_reach_beyond_their_sector(n: int) -> None:
    axes = draw([replace(DENSE, name=str(i)) for i in range(n)])
    colours = [to_hex(c.get_colors()[0]) for c in rings(axes)]
    assert len(texts(axes, "hkl")) > 10
    for text in texts(axes, "hkl"):
        middle = 90 - colours.index(to_hex(text.get_color())) * 360 / n
        x, y = axes.transData.inverted().transform(corners(text)).T
        away = (np.degrees(np.arctan2(y, x)) - middle + 180) % 360 - 180
        assert abs(away).max() < 180 / n


def test_label_of_a_ring_at_the_edge() -> None:
    # Above the top of the ring there is no room.
    axes = draw([few(1.0, name="")])
    assert words(axes) == [r"$1\,0\,0$"]
    assert faults(axes) == []


def test_no_rings() -> None:
    axes = draw([few(name="nothing")])
    assert rings(axes) == []
    assert words(axes) == words(axes, "legend") == []
    assert words(axes, "name") == ["nothing"]


def test_one_ring() -> None:
    axes = draw([few(0.5)])
    assert words(axes) == [r"$1\,0\,0$"]
    assert words(axes, "scale bar") == ["5 1/nm"]
    assert faults(axes) == []


def test_innermost_ring_keeps_clear_of_the_beam() -> None:
    axes = draw([few(0.01, 0.5)])
    (beam, *_) = (line for line in axes.lines if line.get_gid() == "beam")
    per_unit = axes.get_window_extent().width / np.ptp(axes.get_xlim())
    assert beam.get_markersize() / 2 * 100 / 72 < 0.01 * per_unit


def test_2000_rings() -> None:
    rng = np.random.default_rng(2)
    n = 2000
    trace = few(*rng.uniform(0.1, 1, n), intensity=rng.uniform(0, 100, n))
    axes = draw([trace])
    assert faults(axes) == []


# ---------------------------------------------------------------- words and figures


def test_text_is_literal() -> None:
    strange = r"$x_1$ \alpha {"
    axes = draw([few(0.5, name=strange)], title=strange, notes=[strange])
    shown = [*texts(axes, "name"), *texts(axes, "notes"), axes.title]
    assert {text.get_parse_math() for text in shown} == {False}
    assert {text.get_text() for text in shown} == {strange}


def test_control_characters_are_left_out() -> None:
    axes = draw([few(0.5, name="a\x1b[31m\nb")])
    assert words(axes, "name") == ["a [31m b"]


def test_image_lies_behind() -> None:
    image = np.zeros((11, 11))
    image[0] = 1
    axes = draw([few(0.5)], image=(image, (-1.1, 1.1, -1.1, 1.1)), labels=False)
    axes.figure.canvas.draw()
    pixels = np.asarray(axes.figure.canvas.buffer_rgba())[::-1]
    x, y = axes.transData.transform((0.0, 0.98)).astype(int)
    assert pixels[y, x, :3].tolist() == [255, 255, 255]
    assert pixels[y - 90, x, :3].tolist() == [0, 0, 0]
    assert [p.get_gid() for p in axes.patches] == ["panel"] * 3


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_figures_are_saved(suffix: str) -> None:
    file = io.BytesIO()
    draw([DENSE, OTHER], limit=0.6).figure.savefig(file, format=suffix)
    assert len(file.getvalue()) > 5000


def test_pyplot_only_without_axes(tmp_path: Path) -> None:
    code = """
import sys, numpy as np
from navp_structures.show.ring_plot import RingTrace, plot_rings
t = RingTrace(name="a", radius=np.array([0.3]), intensity=np.array([9.0]),
              reasons=("allowed",), hkl=((1, 0, 0),))
print("matplotlib" in sys.modules)
from matplotlib.figure import Figure
plot_rings([t], limit=0.5, ax=Figure().add_subplot()).figure.savefig("plot.png")
print("matplotlib.pyplot" in sys.modules)
print(*plot_rings([t], limit=0.5).figure.get_size_inches())
"""
    environment = os.environ | {"MPLBACKEND": "Agg"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["False", "False", *map(str, figure_size(()))]


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("trace", "message"),
    [
        (few(0.5, intensity=np.ones(2)), "not one value for each reflection"),
        (few(0.5, hkl=()), "not one value for each reflection"),
        (few(np.inf), "radius holds what is not a finite number"),
        (few(0.5, intensity=np.array([101.0])), "from 0 to 100"),
        (few(-0.5), "a radius above 0"),
        (few(0.0), "a radius above 0"),
        (few(0.5, reasons=("extinct",)), "no reason 'extinct'"),
        (few(0.5, hkl=((1, 0),)), "three or four integers"),
    ],
)
def test_bad_phase(trace: RingTrace, message: str) -> None:
    with pytest.raises(InputError, match=message):
        draw([trace])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"style": "micrographs"}, "no style 'micrographs'.*nearest: micrograph"),
        ({"scale": "logs"}, "no brightness scale 'logs'.*nearest: log"),
        ({"limit": -1.0}, "limit is a positive number"),
        ({"image": (np.zeros(3), (0, 1, 0, 1))}, "rows of numbers"),
    ],
)
def test_bad_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        draw([few(0.5)], **options)


def test_nothing_to_plot() -> None:
    with pytest.raises(InputError, match="at least one phase"):
        draw([])
