"""Pictures of indexed patterns: nets lie on the spots as the residuals say."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import navp_structures as navp
from navp_structures.analysis.indexing.spot_result import SpotIndexing
from navp_structures.errors import InputError

TURN = math.radians(37.0)


def strongest(phase: str, zone_axis: tuple[int, int, int], many: int) -> np.ndarray:
    """Return the strongest spots of a zone, one of each opposite pair."""
    rows = navp.saed_pattern(phase, zone_axis=zone_axis).rows
    found: list[tuple[float, float]] = []
    for row in sorted(rows, key=lambda r: -r.intensity):
        opposite = any(math.hypot(row.x + x, row.y + y) < 1e-6 for x, y in found)
        if row.reason != "holz" and not opposite:
            found.append((row.x, row.y))
    return np.array(found[:many])


def turned(places: np.ndarray, *, scale: float = 1.0) -> np.ndarray:
    c, s = math.cos(TURN), math.sin(TURN)
    return scale * places @ np.array([[c, s], [-s, c]])


@pytest.fixture(scope="module")
def clean() -> SpotIndexing:
    return navp.index_spots(strongest("Na3VP", (2, 1, 0), 12))


@pytest.fixture(scope="module")
def noisy() -> SpotIndexing:
    """Return a pattern with errors of 1 % and 1°, and two spots of something else."""
    rng = np.random.default_rng(3)
    z = turned(strongest("Na3VP", (2, 1, 0), 12), scale=1.008) @ np.array([1.0, 1j])
    z = z * np.exp(
        0.01 * rng.standard_normal(12) + 1j * math.radians(1.0) * rng.standard_normal(12)
    )
    places = np.column_stack([z.real, z.imag])
    return navp.index_spots(np.vstack([places, [(0.13, 0.21), (-0.31, 0.05)]]))


@pytest.fixture(scope="module")
def pair() -> SpotIndexing:
    """Return two spots of 2.542 and 2.992 Å with 55.2° between."""
    way = math.radians(55.2)
    other = (math.cos(way) / 2.992, math.sin(way) / 2.992)
    return navp.index_spots([(1 / 2.542, 0.0), other])


@pytest.fixture(autouse=True)
def no_figures_left() -> Iterator[None]:
    yield
    plt.close("all")


def count(ax: Axes, gid: str) -> int:
    return sum(len(c.get_offsets()) for c in ax.collections if c.get_gid() == gid)


def words(ax: Axes, gid: str) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_gid() == gid]


def notes(ax: Axes) -> str:
    """Return the notes of a picture with its bars, in one line."""
    return " ".join(words(ax.figure.axes[1], "notes")[0].split())


@pytest.mark.parametrize("name", ["clean", "noisy", "pair"])
def test_net_lies_where_the_residuals_say(name: str, request: pytest.FixtureRequest) -> None:
    result: SpotIndexing = request.getfixturevalue(name)
    for row in result.solutions:
        net = result.net(row.rank)
        place = {tuple(hkl): n for n, hkl in enumerate(net.hkl.tolist())}
        for item in row.assignments:
            if item.hkl is None:
                continue
            n = place[item.hkl]
            assert item.deviation_sigma is not None
            assert item.angle_sigma is not None
            measured = complex(*result.measured.g[item.spot])
            ratio = measured / complex(net.x[n], net.y[n])
            # sigma is 1 % of the length and 1°; a longer g is a shorter d.
            assert math.log(abs(ratio)) / 0.01 == pytest.approx(-item.deviation_sigma, abs=1e-9)
            off = math.degrees(math.atan2(ratio.imag, ratio.real))
            assert abs(off) == pytest.approx(abs(item.angle_sigma), abs=1e-9)
            assert net.probability[n] == pytest.approx(item.probability, rel=1e-9)
            assert net.reasons[n] == item.reason


def test_net_as_calculated_has_the_lengths_of_the_cell(noisy: SpotIndexing) -> None:
    net, phase = noisy.net(2), navp.load(noisy.solutions[1].phase)
    for hkl, x, y in zip(net.hkl.tolist(), net.x_calc, net.y_calc, strict=True):
        assert 1.0 / math.hypot(x, y) == pytest.approx(phase.d(hkl), rel=1e-9)


def test_net_is_right_handed(noisy: SpotIndexing) -> None:
    """Seen against the beam, two spots turn anticlockwise about the zone axis."""
    for row in noisy.solutions:
        net = noisy.net(row.rank)
        one = net.hkl[0]
        axis = np.array(row.zone_axis)
        for n, other in enumerate(net.hkl[:20]):
            cross = np.cross(one, other)
            area = net.x[0] * net.y[n] - net.y[0] * net.x[n]
            if np.any(cross):
                # The cross product of two (hkl) is along [uvw], by a positive factor.
                assert np.sign(cross @ axis) == np.sign(area)


def test_net_marks_what_is_missing(noisy: SpotIndexing) -> None:
    net, row = noisy.net(), noisy.solutions[0]
    shown = {tuple(hkl) for hkl in net.hkl[net.expected].tolist()}
    both = {item.hkl for item in row.missing}
    both |= {(-h, -k, -m) for h, k, m in both}
    assert shown == both
    with pytest.raises(ValueError, match="read-only"):
        net.x[0] = 0.0


def test_picture_of_a_clean_pattern(clean: SpotIndexing) -> None:
    ax = clean.plot()
    share = clean.posteriors["na3vp-rt"]
    assert share > 0.9
    assert ax.get_title() == f"na3vp-rt [2 1 0], posterior {clean.rows[0].posterior:.3f}"
    assert count(ax, "indexed") == 12
    assert count(ax, "stray") == 0
    assert sorted(words(ax, "hkl")) == sorted(
        f"({h} {k} {m})" for h, k, m in clean.solutions[0].hkls
    )
    # Its one missing reflection and the opposite one.
    assert count(ax, "expected") == 2
    assert words(ax, "expected hkl") == ["(1 -2 0)"]
    assert words(ax, "legend") == [
        "spot, indexed",
        "reflection",
        "extinct",
        "expected, no spot",
    ]
    assert words(ax.figure.axes[1], "answer")[:2] == ["na3vp-rt", "na2vp-a (model)"]


def test_picture_of_a_noisy_pattern(noisy: SpotIndexing) -> None:
    ax = noisy.plot()
    assert count(ax, "indexed") == 12
    assert count(ax, "stray") == 2
    assert words(ax, "number") == ["spot 13", "spot 14"]
    assert "2 of 14 spots are none of the zone's; numbers count from 1" in notes(ax)
    assert "circles: the spots, in ellipses of 2 sigma" in notes(ax)
    assert "sigma of the length 1 %, of the angle 1°" in notes(ax)


def test_superlattice_has_its_own_mark() -> None:
    result = navp.index_spots(strongest("Na2VP", (0, 1, 0), 16))
    ax = result.plot()
    assert "superlattice reflection" in words(ax, "legend")
    assert "is a model" in notes(ax)


def test_suggested_spot_is_drawn_on_its_own_phase_only() -> None:
    pair = navp.index_spots([(-0.119, -0.249), (-0.104, 0.598), (-0.234, -0.507)])
    asked = pair.next_measurement
    assert asked is not None
    assert asked.kind == "spot"
    other = next(row for row in pair.solutions if row.phase != asked.answers[0])
    assert count(pair.plot(rank=other.rank), "next") == 0
    first = next(row for row in pair.solutions if row.phase == asked.answers[0])
    ax = pair.plot(rank=first.rank)
    [mark] = [c for c in ax.collections if c.get_gid() == "next"]
    assert np.allclose(mark.get_offsets(), [(asked.x, asked.y)])
    assert f"{asked.answers[1]} has none there" in notes(ax)
    assert words(ax, "next hkl")[0] in notes(ax)


def test_rank_is_drawn_and_said(clean: SpotIndexing) -> None:
    ax = clean.plot(rank=2)
    told = f"posterior {clean.rows[1].posterior:.3f}"
    assert ax.get_title() == f"solution 2: na2vp-a (model) [1 0 2], {told}"
    assert "na2vp-a is a model" in notes(ax)


@pytest.mark.parametrize("rank", [0, -1, 99, 1.5, True, "1", None])
def test_no_such_rank(clean: SpotIndexing, rank: Any) -> None:
    with pytest.raises(InputError, match=f"there are {len(clean)} solutions"):
        clean.plot(rank=rank)
    with pytest.raises(InputError, match="rank is"):
        clean.net(rank)


def test_given_axes_are_used(clean: SpotIndexing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plt, "show", lambda: pytest.fail("shown"))
    before = plt.get_fignums()
    ax = Figure(figsize=(6, 6)).add_subplot()
    assert clean.plot(ax) is ax
    assert plt.get_fignums() == before
    share = clean.posteriors["na3vp-rt"]
    start = f"posteriors: na3vp-rt {share:.3f}, na2vp-a (model)"
    assert words(ax, "notes")[0].startswith(start)


def test_own_figure_is_not_shown(clean: SpotIndexing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plt, "show", lambda: pytest.fail("shown"))
    clean.plot()
    assert len(plt.get_fignums()) == 1


def test_json_and_csv_stay_small(clean: SpotIndexing) -> None:
    results = clean.to_dict()["results"]["solutions"]
    assert not {"placement", "net", "measured"} & set(results[0])
    assert "placement" not in clean.to_csv()


def test_phase_of_a_file_is_drawn_literally(tmp_path: Path) -> None:
    path = tmp_path / "x$y^2$.cif"
    navp.export(navp.load("Na3VP"), path)
    phase = navp.read_cif(path)
    result = navp.index_spots(strongest("Na3VP", (2, 1, 0), 12), phases=phase)
    ax = result.plot()
    texts = [t for one in ax.figure.axes for t in (*one.texts, one.title)]
    assert phase.id in ax.get_title()
    assert not any(text.get_parse_math() for text in texts if text.get_text())
    ax.figure.canvas.figure.draw_without_rendering()
