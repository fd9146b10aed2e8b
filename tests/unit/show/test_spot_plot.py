"""Spot plots: what is drawn is what was given, and every label can be read."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from navp_structures.errors import InputError
from navp_structures.show.spot_plot import SpotTrace, figure_size, plot_spots

NOTES = (
    "na2vp-a is a model: no coordinates are published; cell reconstructed from printed spacings"
    " and computed edges with V/Z fixed, sites from the R-3c parent by distance least squares",
    "kinematic: no dynamical scattering",
)


def net(
    a: float,
    b: float,
    angle: float,
    *,
    limit: float = 1.0,
    name: str = "net",
    turned: float = 0.0,
    reason: Callable[[int, int], str] = lambda i, j: "allowed",  # noqa: ARG005
) -> SpotTrace:
    """Return an oblique net, of random intensities that fall off with distance."""
    rng = np.random.default_rng(7)
    way = np.radians([turned, turned + angle])
    basis = np.array([a * np.exp(1j * way[0]), b * np.exp(1j * way[1])])
    n = int(limit / min(a, b) / np.sin(np.radians(angle))) + 2
    i, j = (grid.ravel() for grid in np.mgrid[-n : n + 1, -n : n + 1])
    g = i * basis[0] + j * basis[1]
    near = (abs(g) <= limit + 1e-9) & (abs(g) > 0)
    i, j, g = i[near], j[near], g[near]
    # One of a Friedel pair as the other.
    strength = {
        key: rng.exponential() for key in sorted({_upper(*p) for p in zip(i, j, strict=True)})
    }
    intensity = np.array([strength[_upper(*p)] for p in zip(i, j, strict=True)]) * np.exp(
        -3 * abs(g) ** 2
    )
    reasons = tuple(reason(int(p), int(q)) for p, q in zip(i, j, strict=True))
    intensity = np.where(np.array(reasons) == "superlattice", 0.06 * intensity, intensity)
    intensity = np.where(np.array(reasons) == "double_diffraction", 0.0, intensity)
    return SpotTrace(
        name=name,
        x=g.real.copy(),
        y=g.imag.copy(),
        intensity=100 * intensity / intensity.max(),
        reasons=reasons,
        hkl=tuple((int(p), int(q), -int(p) - int(q)) for p, q in zip(i, j, strict=True)),
    )


def _upper(i: int, j: int) -> tuple[int, int]:
    return max((int(i), int(j)), (-int(i), -int(j)))


def few(
    *places: tuple[float, float],
    intensity: Sequence[float] | None = None,
    reasons: Sequence[str] | None = None,
    **others: Any,
) -> SpotTrace:
    """Return spots (1 0 0), (2 0 0), ... of full intensity."""
    n = len(places)
    x, y = np.array(places, dtype=float).reshape(-1, 2).T
    values: dict[str, Any] = {
        "name": "test",
        "hkl": tuple((i + 1, 0, 0) for i in range(n)),
        "intensity": np.array(intensity if intensity is not None else [100.0] * n),
        "reasons": tuple(reasons or ["allowed"] * n),
    }
    return SpotTrace(x=x, y=y, **(values | others))


HEXAGONAL = net(0.2, 0.2, 60, name="Na3VP")
OBLIQUE = net(
    0.083,
    0.145,
    52,
    turned=17,
    name="Na2VP",
    reason=lambda i, _: "superlattice" if i % 2 else "allowed",
)
FORBIDDEN = net(
    0.066,
    0.2,
    90,
    name="NaVP",
    reason=lambda i, j: "double_diffraction" if j == 0 and i % 2 else "allowed",
)


def nominal(trace: SpotTrace, value: float = 1.0) -> SpotTrace:
    """Return a trace in which double diffraction has an intensity."""
    double = np.array(trace.reasons) == "double_diffraction"
    return replace(trace, intensity=np.where(double, value, trace.intensity))


def larger(trace: SpotTrace, factor: float, name: str) -> SpotTrace:
    return replace(trace, x=trace.x * factor, y=trace.y * factor, name=name)


ALL_REASONS = replace(
    nominal(
        net(
            0.11,
            0.13,
            74,
            limit=0.6,
            reason=lambda i, j: (
                "superlattice"
                if (i + j) % 2
                else "double_diffraction"
                if j == 0
                else "holz"
                if abs(i) > 3
                else "allowed"
            ),
        )
    ),
    name="everything",
)


def draw(
    traces: Sequence[SpotTrace],
    *,
    size: tuple[float, float] = (7, 7),
    layout: Any = None,
    dpi: float = 100,
    limit: float = 1.0,
    **options: Any,
) -> Axes:
    """Plot into a bare figure, which is drawn once."""
    figure = Figure(figsize=size, layout=layout, dpi=dpi)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    assert plot_spots(traces, limit=limit, ax=axes, **options) is axes
    figure.draw_without_rendering()
    return axes


def texts(axes: Axes, gid: str) -> list[Text]:
    return [text for text in axes.texts if text.get_gid() == gid]


def words(axes: Axes, gid: str = "hkl") -> list[str]:
    return [text.get_text() for text in texts(axes, gid)]


def spots(axes: Axes) -> list[PathCollection]:
    found = [c for c in axes.collections if c.get_gid() == "spots"]
    assert all(isinstance(c, PathCollection) for c in found)
    return found  # type: ignore[return-value]


def drawn(axes: Axes, reason: str) -> PathCollection:
    (found,) = (c for c in spots(axes) if c.get_label() == reason)
    return found


def discs(axes: Axes) -> np.ndarray:
    """Return x, y and radius in pixels of all spots and the beam, as they are drawn."""
    rows = []
    scale = axes.figure.dpi / 72
    for collection in spots(axes):
        centres = axes.transData.transform(np.asarray(collection.get_offsets()))
        (path,) = collection.get_paths()
        reach = np.hypot(*np.asarray(path.vertices).T).max()
        radius = reach * np.sqrt(collection.get_sizes()) * scale
        rows.append(np.column_stack([centres, np.broadcast_to(radius, len(centres))]))
    for line in axes.lines:
        if line.get_gid() == "beam":
            centre = axes.transData.transform((0.0, 0.0))
            rows.append(np.array([[*centre, line.get_markersize() / 2 * scale]]))
    return np.concatenate(rows)


def _boxes(found: Sequence[Text]) -> list[tuple[str, Any]]:
    return [(text.get_text(), text.get_window_extent()) for text in found]


def faults(axes: Axes) -> list[str]:
    """Return in words what makes a pattern hard to read."""
    found = []
    labels = _boxes([*texts(axes, "hkl"), *texts(axes, "beam")])
    gids = ("name", "zone axis", "legend", "scale bar")
    corners = [pair for gid in gids for pair in _boxes(texts(axes, gid))]
    bars = [line for line in axes.lines if line.get_gid() == "scale bar"]
    corners += [("bar", line.get_window_extent()) for line in bars]
    handles = [c for c in axes.collections if c.get_gid() == "handle"]
    renderer = axes.figure.canvas.get_renderer()
    corners += [("handle", c.get_window_extent(renderer)) for c in handles]
    inside = axes.get_window_extent()
    places = discs(axes)
    for what, box in labels + corners:
        if not (inside.x0 <= box.x0 and box.x1 <= inside.x1):
            found.append(f"{what} leaves the axes sideways")
        if not (inside.y0 <= box.y0 and box.y1 <= inside.y1):
            found.append(f"{what} leaves the axes")
        x = np.clip(places[:, 0], box.x0, box.x1) - places[:, 0]
        y = np.clip(places[:, 1], box.y0, box.y1) - places[:, 1]
        if np.any(np.hypot(x, y) < places[:, 2]):
            found.append(f"{what} covers a spot")
    for (one, a), (two, b) in combinations(labels + corners, 2):
        if a.x0 < b.x1 and b.x0 < a.x1 and a.y0 < b.y1 and b.y0 < a.y1:
            found.append(f"{one} overlaps {two}")
    return found


# ---------------------------------------------------------------- labels


@pytest.mark.parametrize("style", ["micrograph", "inverted"])
@pytest.mark.parametrize(
    "traces",
    [
        [HEXAGONAL],
        [OBLIQUE],
        [nominal(FORBIDDEN)],
        [ALL_REASONS],
        [HEXAGONAL, larger(HEXAGONAL, 0.98, "NZSP")],
        [HEXAGONAL, larger(HEXAGONAL, 0.98, "NZSP"), OBLIQUE],
    ],
    ids=["hexagonal", "oblique", "forbidden", "reasons", "two", "three"],
)
def test_labels_can_be_read(traces: Sequence[SpotTrace], style: str) -> None:
    zones = [(1, 0, -1)] * len(traces)
    axes = draw(traces, style=style, zone_axes=zones, notes=NOTES, title="SAED")
    assert faults(axes) == []
    assert len(words(axes)) > 15


@pytest.mark.parametrize("size", [(2.0, 2.0), (3.0, 3.0), (5.0, 8.0), (12.0, 9.0)], ids=str)
@pytest.mark.parametrize("layout", [None, "constrained", "tight"])
def test_sizes_and_layouts(size: tuple[float, float], layout: Any) -> None:
    traces = [nominal(FORBIDDEN), larger(HEXAGONAL, 0.98, "another name of some length")]
    axes = draw(traces, size=size, layout=layout, zone_axes=[(1, 0, 0), (1, 1, -2)])
    assert faults(axes) == []


@pytest.mark.parametrize("dpi", [50, 300])
def test_other_resolutions(dpi: float) -> None:
    figure = draw([OBLIQUE], zone_axes=[(2, -1, 0)]).figure
    figure.set_dpi(dpi)
    figure.draw_without_rendering()
    assert faults(figure.axes[0]) == []


def test_the_checker_objects() -> None:
    axes = draw([few((0.5, 0))], labels=False)
    axes.text(0.5, 0, "on a spot", gid="hkl")
    axes.text(0, 0, "on the beam", gid="hkl", ha="center", va="center")
    axes.text(0, 0.5, "one", gid="hkl")
    axes.text(0, 0.51, "two", gid="hkl")
    axes.text(axes.get_xlim()[0], -0.95, "on the bar", gid="hkl")
    axes.text(0.95, 0.5, "sideways", gid="hkl")
    found = faults(axes)
    assert {
        "on a spot covers a spot",
        "on the beam covers a spot",
        "one overlaps two",
        "sideways leaves the axes sideways",
    } <= set(found)
    assert any(fault.startswith("on the bar overlaps") for fault in found)


def test_labels_name_their_spot() -> None:
    axes = draw([OBLIQUE])
    given = {hkl: (x, y) for hkl, x, y in zip(OBLIQUE.hkl, OBLIQUE.x, OBLIQUE.y, strict=True)}
    named = {_read(text.get_text()): text for text in texts(axes, "hkl")}
    places = discs(axes)
    for hkl, text in named.items():
        assert text.xy == pytest.approx(given[hkl])  # type: ignore[attr-defined]
        # It is near its spot, and no other spot is clearly nearer.
        box, at = text.get_window_extent(), axes.transData.transform(given[hkl])
        gaps = np.hypot(
            np.clip(places[:, 0], box.x0, box.x1) - places[:, 0],
            np.clip(places[:, 1], box.y0, box.y1) - places[:, 1],
        )
        own = float(
            np.hypot(
                np.clip(at[0], box.x0, box.x1) - at[0], np.clip(at[1], box.y0, box.y1) - at[1]
            )
        )
        assert own < 15 * 100 / 72
        assert gaps.min() >= own - 4


def _read(label: str) -> tuple[int, ...]:
    parts = label.strip("$").replace(r"\;", r"\,").split(r"\,")
    return tuple(-int(p[10:-1]) if p.startswith(r"\overline") else int(p) for p in parts)


def test_one_of_a_friedel_pair_the_upper() -> None:
    axes = draw([HEXAGONAL])
    named = [_read(label) for label in words(axes)]
    assert len({max(hkl, tuple(-n for n in hkl)) for hkl in named}) == len(named)
    heights = np.array([text.xy[1] for text in texts(axes, "hkl")])  # type: ignore[attr-defined]
    assert np.all(heights > -1e-9)
    # On the horizontal line, that to the right.
    flat = [t.xy[0] for t in texts(axes, "hkl") if abs(t.xy[1]) < 1e-9]  # type: ignore[attr-defined]
    assert len(flat) >= 3
    assert min(flat) > 0


def test_a_lower_spot_without_its_mate_is_named() -> None:
    assert words(draw([few((0.1, -0.5))])) == [r"$1\,0\,0$"]


def test_the_innermost_are_named_before_the_outer() -> None:
    axes = draw([OBLIQUE])
    far = {
        hkl: np.hypot(x, y) for hkl, x, y in zip(OBLIQUE.hkl, OBLIQUE.x, OBLIQUE.y, strict=True)
    }
    named = [far[_read(label)] for label in words(axes)]
    assert np.mean(named) < 0.8 * np.mean(list(far.values()))
    # A pattern is not buried under labels.
    assert len(named) < len(far) / 4


def test_labels_have_the_colour_of_their_spots() -> None:
    axes = draw([ALL_REASONS], limit=0.6)
    reason = dict(zip(ALL_REASONS.hkl, ALL_REASONS.reasons, strict=True))
    seen = set()
    for text in texts(axes, "hkl"):
        why = reason[_read(text.get_text())]
        seen.add(why)
        collection = drawn(axes, why)
        edges, faces = collection.get_edgecolor(), collection.get_facecolor()
        assert to_hex(text.get_color()) == to_hex((faces if len(faces) else edges)[0])
        assert text.get_path_effects()
    assert seen == {"allowed", "superlattice", "double_diffraction", "holz"}


def test_labels_can_be_switched_off() -> None:
    axes = draw([HEXAGONAL], labels=False)
    assert words(axes) == words(axes, "beam") == []
    assert words(draw([HEXAGONAL]), "beam") == [r"$0\,0\,0$"]


def test_four_indices() -> None:
    assert words(draw([few((0.5, 0.1), hkl=((1, 1, -2, 0),))])) == [r"$1\,1\,\overline{2}\,0$"]


# ---------------------------------------------------------------- spots


def test_spots_are_where_they_belong() -> None:
    axes = draw([OBLIQUE])
    for reason in ("allowed", "superlattice"):
        here = np.array(OBLIQUE.reasons) == reason
        # Square root: 0.01 of the brightness is 0.01 % of the intensity.
        here &= OBLIQUE.intensity >= 0.01
        offsets = np.asarray(drawn(axes, reason).get_offsets())
        assert offsets == pytest.approx(np.column_stack([OBLIQUE.x, OBLIQUE.y])[here])


def test_radius_is_proportional_to_brightness() -> None:
    trace = few((0.5, 0), (0, 0.5), (-0.5, 0), (0, -0.5), intensity=[100, 25, 16, 1])
    sizes = np.sqrt(drawn(draw([trace]), "allowed").get_sizes())
    assert sizes[:3] / sizes[0] == pytest.approx([1, 0.5, 0.4])
    # The weak still can be seen: 0.7 points of 6.
    assert sizes[3] / sizes[0] == pytest.approx(0.7 / 6)
    linear = np.sqrt(drawn(draw([trace], scale="linear"), "allowed").get_sizes())
    assert linear[:3] / linear[0] == pytest.approx([1, 0.25, 0.16])
    log = np.sqrt(drawn(draw([trace], scale="log"), "allowed").get_sizes())
    assert log[3] / log[0] == pytest.approx(0.5)


@pytest.mark.parametrize(("scale", "seen"), [("linear", 2), ("sqrt", 3), ("log", 3)])
def test_the_weakest_are_not_drawn(scale: str, seen: int) -> None:
    places = [(0.1 * i, 0.3) for i in range(1, 5)]
    trace = few(*places, intensity=[100, 1.1, 0.9, 0.009])
    axes = draw([trace], scale=scale)
    assert len(drawn(axes, "allowed").get_offsets()) == seen
    assert len(words(axes)) <= seen


@pytest.mark.parametrize("a", [0.04, 0.08, 0.3])
def test_neighbours_never_merge(a: float) -> None:
    trace = net(a, a, 60)
    trace = replace(trace, intensity=np.full(len(trace.x), 100.0))
    places = discs(draw([trace], labels=False))
    x, y, radius = places.T
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    gaps = apart - radius[:, None] - radius
    assert gaps[apart > 1e-6].min() > 0


def test_double_diffraction_is_drawn_only_with_intensity() -> None:
    without = draw([FORBIDDEN])
    assert [c.get_label() for c in spots(without)] == ["allowed"]
    assert words(without, "legend") == ["allowed"]
    with_it = draw([nominal(FORBIDDEN)])
    expected = FORBIDDEN.reasons.count("double_diffraction")
    assert len(drawn(with_it, "double_diffraction").get_offsets()) == expected > 5
    assert words(with_it, "legend") == ["allowed", "double diffraction"]
    # A nominal intensity is seen on every scale.
    faint = draw([nominal(FORBIDDEN, 0.5)], scale="linear")
    assert len(drawn(faint, "double_diffraction").get_offsets()) == expected


def test_reasons_differ_in_shape_and_colour() -> None:
    axes = draw([ALL_REASONS], limit=0.6)
    looks = {c.get_label(): c for c in spots(axes)}
    assert set(looks) == {"allowed", "superlattice", "double_diffraction", "holz"}
    assert words(axes, "legend") == [
        "allowed",
        "superlattice",
        "higher Laue zone",
        "double diffraction",
    ]
    corners = {reason: len(c.get_paths()[0].vertices) for reason, c in looks.items()}
    assert corners["superlattice"] == corners["holz"] == 5
    assert corners["allowed"] == corners["double_diffraction"] > 5
    assert [len(looks[r].get_facecolor()) for r in ("allowed", "superlattice")] == [1, 1]
    assert [len(looks[r].get_facecolor()) for r in ("holz", "double_diffraction")] == [0, 0]
    assert looks["double_diffraction"].get_linestyle()[0][1] is not None
    assert looks["holz"].get_linestyle()[0][1] is None


def test_outside_the_limit_is_not_drawn() -> None:
    trace = few((0.5, 0), (0.6, 0.6), (0, 0.8))
    axes = draw([trace], limit=0.8)
    assert len(drawn(axes, "allowed").get_offsets()) == 2
    assert r"$2\,0\,0$" not in words(axes)


def test_axes_are_square_and_hold_the_circle() -> None:
    axes = draw([HEXAGONAL], size=(9, 6))
    box = axes.get_window_extent()
    assert box.width == pytest.approx(box.height)
    assert axes.get_xlim() == axes.get_ylim()
    assert 1.02 < axes.get_xlim()[1] < 1.25
    assert list(axes.get_xticks()) == list(axes.get_yticks()) == []


def test_no_spots() -> None:
    axes = draw([few(name="nothing")])
    assert spots(axes) == []
    assert words(axes) == words(axes, "legend") == []
    assert words(axes, "name") == ["nothing"]
    assert [line.get_gid() for line in axes.lines].count("beam") == 2


def test_one_spot() -> None:
    axes = draw([few((0.3, 0.2))])
    assert words(axes) == [r"$1\,0\,0$"]
    assert faults(axes) == []


def test_spot_at_the_centre() -> None:
    # As one of a higher zone may be.
    axes = draw([few((0, 0), (0.4, 0), reasons=["holz", "allowed"])])
    assert faults(axes) == []
    assert len(drawn(axes, "holz").get_offsets()) == 1


def test_2000_spots() -> None:
    trace = net(0.04, 0.04, 77)
    assert len(trace.x) > 1900
    axes = draw([trace])
    assert faults(axes) == []


# ---------------------------------------------------------------- several phases


def test_coincident_phases_stay_visible() -> None:
    names = ("a", "b", "c")
    traces = [replace(HEXAGONAL, name=name) for name in names]
    axes = draw(traces)
    layers = spots(axes)
    assert [len(c.get_facecolor()) for c in layers] == [1, 0, 0]
    # Every ring goes around the disc, and around the ring before.
    sizes = np.array([c.get_sizes() for c in layers])
    assert np.all(np.diff(np.sqrt(sizes), axis=0) > 1)
    colours = [layers[0].get_facecolor(), *(c.get_edgecolor() for c in layers[1:])]
    assert len({to_hex(colour[0]) for colour in colours}) == 3
    assert faults(axes) == []


def test_coincident_phases_differ_in_pixels() -> None:
    one = few((0.5, 0.0), hkl=((1, 0, 0),))
    axes = draw([one, replace(one, name="b")], labels=False, dpi=200)
    x, y = axes.transData.transform((0.5, 0))
    axes.figure.canvas.draw()
    pixels = np.asarray(axes.figure.canvas.buffer_rgba())[::-1]
    part = pixels[int(y) - 30 : int(y) + 30, int(x) - 30 : int(x) + 30, :3]
    seen = {tuple(rgb) for rgb in part.reshape(-1, 3).tolist()}
    assert {(255, 255, 255), (0xE6, 0x9F, 0)} <= seen


def test_names_are_in_the_colour_of_their_phase() -> None:
    axes = draw([HEXAGONAL, larger(HEXAGONAL, 0.98, "NZSP")], style="inverted")
    names = {text.get_text(): to_hex(text.get_color()) for text in texts(axes, "name")}
    first, second = spots(axes)
    assert names == {
        "Na3VP": to_hex(first.get_facecolor()[0]),
        "NZSP": to_hex(second.get_edgecolor()[0]),
    }
    assert len([c for c in axes.collections if c.get_gid() == "handle"]) == 3


def test_both_phases_are_labelled() -> None:
    axes = draw([HEXAGONAL, larger(HEXAGONAL, 0.98, "NZSP")])
    colours = [text.get_color() for text in texts(axes, "hkl")]
    assert min(colours.count(colour) for colour in set(colours)) > 10
    assert len(set(colours)) == 2


def test_zone_axes() -> None:
    one = draw([HEXAGONAL], zone_axes=[(0, 0, -1)])
    assert words(one, "zone axis") == [r"$[0\,0\,\overline{1}]$"]
    two = [HEXAGONAL, OBLIQUE]
    assert words(draw(two, zone_axes=[(0, 0, 1), (1, 0, 0)]), "zone axis") == [
        r"$[0\,0\,1]$",
        r"$[1\,0\,0]$",
    ]
    assert words(draw(two, zone_axes=[(0, 0, 1), (0, 0, 1)]), "zone axis") == [r"$[0\,0\,1]$"]
    assert words(draw(two, zone_axes=[None, (1, 0, 0)]), "zone axis") == [r"$[1\,0\,0]$"]
    assert words(draw(two), "zone axis") == []


# ---------------------------------------------------------------- words, bar, image


@pytest.mark.parametrize(
    ("limit", "expected"),
    [(1.0, "5 1/nm"), (0.8, "2 1/nm"), (0.3, "1 1/nm"), (0.1, "0.5 1/nm"), (2.0, "10 1/nm")],
)
def test_scale_bar_is_as_long_as_it_says(limit: float, expected: str) -> None:
    axes = draw([few((limit / 2, 0))], limit=limit, size=(5, 8))
    assert words(axes, "scale bar") == [expected]
    (bar,) = (line for line in axes.lines if line.get_gid() == "scale bar")
    box = axes.get_window_extent()
    per_unit = box.width / np.ptp(axes.get_xlim())
    # Measured on the page, and 10 1/nm are 1 1/Å.
    ends = bar.get_transform().transform(bar.get_xydata())
    assert np.ptp(ends[:, 0]) / per_unit * 10 == pytest.approx(float(expected.split()[0]))


def test_scale_bar_holds_when_the_figure_is_resized() -> None:
    axes = draw([few((0.5, 0))])
    axes.figure.set_size_inches(3, 3)
    axes.figure.draw_without_rendering()
    (bar,) = (line for line in axes.lines if line.get_gid() == "scale bar")
    ends = bar.get_transform().transform(bar.get_xydata())
    zero, one = axes.transData.transform([(0, 0), (0.5, 0)])
    assert np.ptp(ends[:, 0]) == pytest.approx(one[0] - zero[0])


def test_text_is_literal() -> None:
    strange = r"$x_1$ \alpha {"
    axes = draw([few((0.5, 0), name=strange)], title=strange, notes=[strange])
    shown = [*texts(axes, "name"), *texts(axes, "notes"), axes.title]
    assert len(shown) == 3
    assert {text.get_parse_math() for text in shown} == {False}
    assert {text.get_text() for text in shown} == {strange}
    assert all(text.get_parse_math() for text in texts(axes, "hkl"))


def test_control_characters_are_left_out() -> None:
    axes = draw([few((0.5, 0), name="a\x1b[31m\nb")], title="t\tu", notes=["n\x00"])
    assert words(axes, "name") == ["a [31m b"]
    assert axes.get_title() == "t u"
    assert words(axes, "notes") == ["n "]


def test_long_names_are_cut() -> None:
    long = "a name that is by far too long for a corner of a pattern " * 5
    for traces in ([replace(HEXAGONAL, name=long)], [replace(HEXAGONAL, name=long), OBLIQUE]):
        axes = draw(traces, zone_axes=[(1, 0, 0), (0, 1, 0)][: len(traces)])
        assert words(axes, "name")[0].endswith(" …")
        assert faults(axes) == []


def test_a_phase_without_name() -> None:
    axes = draw([few((0.5, 0), name="")], zone_axes=[(1, 0, 0)])
    assert words(axes, "name") == []
    assert words(axes, "zone axis") == [r"$[1\,0\,0]$"]


@pytest.mark.parametrize("layout", [None, "constrained"])
def test_notes_stand_below_and_the_title_above(layout: Any) -> None:
    axes = draw([HEXAGONAL], notes=NOTES, title="A title", layout=layout)
    (notes,) = texts(axes, "notes")
    frame, below = axes.get_window_extent(), notes.get_window_extent()
    assert below.y1 < frame.y0
    assert min(below.x0, below.y0) >= 0
    assert frame.y1 < axes.title.get_window_extent().y0
    assert axes.title.get_window_extent().y1 <= axes.figure.bbox.y1
    assert " ".join(notes.get_text().split()) == " ".join(NOTES)


@pytest.mark.parametrize(("style", "dark"), [("micrograph", True), ("inverted", False)])
def test_styles(style: str, dark: bool) -> None:
    axes = draw([few((0.5, 0))], style=style, labels=False)
    axes.figure.canvas.draw()
    pixels = np.asarray(axes.figure.canvas.buffer_rgba())[::-1, :, 0]
    x, y = axes.transData.transform((0.5, 0)).astype(int)
    assert (pixels[y, x], pixels[y + 40, x]) == ((255, 0) if dark else (0, 255))


def test_image_lies_behind_open_circles() -> None:
    micrograph = np.zeros((21, 21))
    micrograph[5, 15] = 1  # a quarter from the top, three quarters from the left
    extent = (-1.05, 1.05, -1.05, 1.05)
    axes = draw([few((0.5, 0.5))], image=(micrograph, extent), labels=False)
    axes.figure.canvas.draw()
    pixels = np.asarray(axes.figure.canvas.buffer_rgba())[::-1]
    x, y = axes.transData.transform((0.5, 0.5)).astype(int)
    assert pixels[y, x, :3].tolist() == [255, 255, 255]
    assert pixels[y, x - 60, :3].tolist() == [0, 0, 0]
    assert len(drawn(axes, "allowed").get_facecolor()) == 0
    # In colour, so that it is seen on grey.
    assert np.ptp(drawn(axes, "allowed").get_edgecolor()[0, :3]) > 0.3
    assert 1.02 < axes.get_xlim()[1] < 1.25
    assert axes.get_xlim() == axes.get_ylim()


def test_image_and_labels() -> None:
    rng = np.random.default_rng(1)
    image = (rng.uniform(size=(50, 80)), (-2.0, 2.0, -1.0, 1.0))
    for style in ("micrograph", "inverted"):
        axes = draw([OBLIQUE], image=image, zone_axes=[(1, 0, 0)], style=style)
        assert faults(axes) == []
        assert len([p for p in axes.patches if p.get_gid() == "panel"]) == 3


def test_image_alone() -> None:
    axes = draw([], image=(np.eye(4), (-1, 1, -1, 1)))
    assert len(axes.images) == 1
    assert spots(axes) == []


# ---------------------------------------------------------------- figures


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_figures_are_saved(suffix: str) -> None:
    figure = draw([ALL_REASONS], limit=0.6, notes=NOTES, zone_axes=[(1, 1, -1)]).figure
    file = io.BytesIO()
    figure.savefig(file, format=suffix)
    assert len(file.getvalue()) > 5000
    if suffix == "svg":
        assert b'id="beam"' in file.getvalue()


def test_subfigures_are_drawn_into() -> None:
    figure = Figure(figsize=(9, 5), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subfigures(1, 2)
    for part, trace in ((left, HEXAGONAL), (right, OBLIQUE)):
        plot_spots([trace], limit=1.0, ax=part.subplots())
    figure.draw_without_rendering()
    for part in (left, right):
        box, whole = part.axes[0].get_window_extent(), part.bbox
        assert whole.x0 <= box.x0
        assert box.x1 <= whole.x1
        assert len(texts(part.axes[0], "hkl")) > 5


def run(code: str, folder: Path) -> str:
    """Return what a new interpreter prints, in which `t` is a phase of one spot."""
    start = """
import sys, numpy as np
from navp_structures.show.spot_plot import SpotTrace, plot_spots
t = SpotTrace(name="a", x=np.array([0.3]), y=np.array([0.2]), intensity=np.array([100.0]),
              reasons=("allowed",), hkl=((1, 0, 0),))
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
image = (np.eye(5), (-1, 1, -1, 1))
ax = plot_spots([t], limit=0.5, ax=Figure().add_subplot(), notes=["n"], image=image)
ax.figure.savefig("plot.png")
ax.figure.savefig("plot.svg")
print("matplotlib.pyplot" in sys.modules)
"""
    assert run(code, tmp_path).split() == ["False", "False"]
    assert (tmp_path / "plot.png").stat().st_size > 1000


def test_new_figures_are_those_of_pyplot(tmp_path: Path) -> None:
    code = """
import matplotlib.pyplot as plt
def show(*_, **__): raise AssertionError("shown")
plt.show = show
ax = plot_spots([t], limit=0.5)
assert plt.gcf() is ax.figure and ax.figure.get_layout_engine() is not None
print(*ax.figure.get_size_inches())
"""
    assert run(code, tmp_path) == " ".join(map(str, figure_size(())))


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("trace", "message"),
    [
        (few((0.5, 0), intensity=[1.0, 2.0]), "not one value for each reflection"),
        (few((0.5, 0), hkl=()), "not one value for each reflection"),
        (few((0.5, 0), reasons=["allowed"] * 2), "not one value for each reflection"),
        (replace(few((0.5, 0)), x=np.ones((1, 1))), "not one value for each reflection"),
        (replace(few((0.5, 0)), y=np.float64(3.0)), "not one value for each reflection"),
        (few((np.nan, 0)), "x holds what is not a finite number"),
        (few((0.5, 0), intensity=[np.inf]), "intensity holds what is not a finite"),
        (few((0.5, 0), intensity=[101.0]), "from 0 to 100"),
        (few((0.5, 0), intensity=[-1.0]), "from 0 to 100"),
        (few((0.5, 0), reasons=["forbidden"]), "no reason 'forbidden': allowed"),
        (few((0.5, 0), hkl=((1, 0),)), "three or four integers"),
    ],
)
def test_bad_phase(trace: SpotTrace, message: str) -> None:
    with pytest.raises(InputError, match=message):
        draw([trace])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"style": "invertd"}, "no style 'invertd': micrograph, inverted; nearest: inverted"),
        ({"scale": "square"}, "no brightness scale 'square'"),
        ({"limit": 0.0}, "limit is a positive number"),
        ({"limit": np.inf}, "limit is a positive number"),
        ({"zone_axes": [(1, 0, 0)] * 2}, "2 zone axes for 1 phases"),
        ({"zone_axes": [(1, 0)]}, "three or four integers"),
        ({"image": (np.zeros((2, 2, 3)), (0, 1, 0, 1))}, "rows of numbers"),
        ({"image": (np.full((2, 2), np.nan), (0, 1, 0, 1))}, "at least one finite number"),
        ({"image": (np.zeros((2, 2)), (1, 0, 0, 1))}, "left, right, bottom, top"),
        ({"image": (np.zeros((2, 2)), (0, 1, 0))}, "left, right, bottom, top"),
        ({"image": (np.zeros((2, 2)), (0, np.nan, 0, 1))}, "left, right, bottom, top"),
    ],
)
def test_bad_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        draw([few((0.5, 0))], **options)


def test_nothing_to_plot() -> None:
    with pytest.raises(InputError, match="at least one phase"):
        draw([])


def test_bad_input_leaves_the_axes_alone() -> None:
    axes = Figure().add_subplot()
    before = axes.get_xlim()
    bad = few((0.5, 0), hkl=((1, 0),))
    with pytest.raises(InputError):
        plot_spots([bad], limit=1.0, ax=axes)
    assert axes.get_xlim() == before
    assert not axes.texts
