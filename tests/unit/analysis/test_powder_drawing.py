"""Pictures of indexed powder lists: 3 lines, 12 lines, 20 lines of a mixture, none at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.text import Text

import navp_structures as navp
from navp_structures.errors import InputError
from navp_structures.kernels import lattice


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def strongest(phase: str, count: int) -> tuple[np.ndarray, np.ndarray]:
    lines = navp.powder_pattern(phase, radiation="CuKa1", two_theta=(10.0, 60.0)).lines
    chosen = np.sort(np.argsort(-lines.intensity)[:count])
    return lines.two_theta[chosen], lines.intensity[chosen]


def words(ax: Axes, gid: str) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_gid() == gid]


def assert_apart(ax: Axes) -> None:
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text()]
    assert not any(one.overlaps(two) for one, two in combinations(boxes, 2))


@pytest.mark.parametrize("count", [3, 12])
@pytest.mark.parametrize("given", [True, False])
def test_each_line_has_its_hkl(count: int, given: bool) -> None:
    x, height = strongest("NZSP", count)
    result = navp.index_powder(x, radiation="CuKa1", intensities=height if given else None)
    ax = result.plot()
    assert len(words(ax, "hkl")) == count
    assert words(ax, "name")[0].startswith("measured")
    assert ("without intensities" in words(ax, "name")[0]) is not given
    assert ax.get_title().startswith("nzsp-300k, posterior 0.9")
    assert ax.get_xlabel() == "2θ / ° (CuKa1, 1.5405929 Å)"
    assert_apart(ax)


def test_mixture_with_a_stray_and_a_missing_line() -> None:
    one, two = strongest("Na3VP", 11)[0], strongest("NaVP", 10)[0]
    # Without (1 1 3) of Na3VP, with a line of neither.
    x = np.unique(np.concatenate([one[np.abs(one - 23.76) > 0.1], two, [16.7]]))
    result = navp.index_powder(x, radiation="CuKa1")
    ax = result.plot()
    assert ax.get_title().startswith("na3vp-rt + navp-model (model), posterior")
    assert words(ax, "number") == ["16.70"]
    assert len(words(ax, "hkl")) == len(x) - 1
    assert "(1 1 3)" in words(ax, "missing hkl")
    assert "1 of" in words(ax, "name")[0]
    (bars,) = (a for a in ax.figure.axes if a is not ax)
    answers = words(bars, "answer")
    assert answers[0] == "na3vp-rt + navp-model"
    assert {"none.random", "none.lattice"} & set(answers)
    assert "navp-model is a model" in " ".join(words(bars, "notes")[0].split())
    assert_apart(ax)


def test_none_draws_the_best_phase_or_what_is_asked() -> None:
    rng = np.random.default_rng(3)
    result = navp.index_powder(np.sort(rng.uniform(12.0, 58.0, 8)), radiation="CuKa1")
    assert not result.indexed
    best = result.solution()
    assert best.is_phase
    assert result.plot().get_title().startswith(f"rank {best.rank}: ")
    ax = result.plot(rank=1)
    assert words(ax, "hkl") == []
    assert len(words(ax, "number")) == 8
    for rank in (0, 13, True, 1.5, "1"):
        with pytest.raises(InputError, match="12 rows"):
            result.plot(rank=rank)  # type: ignore[arg-type]


def test_spacings_have_their_axis() -> None:
    d = lattice.bragg_spacings(strongest("Na3VP", 8)[0], 1.5405929)
    ax = navp.index_powder(d, units="A").plot()
    assert ax.get_xlabel() == "d / Å"
    low, high = ax.get_xlim()
    assert low < d.min() < d.max() < high
    assert len(words(ax, "hkl")) == 8


def test_notebook_shows_a_table_without_markup_from_data() -> None:
    phase = navp.load("Na3VP")
    odd = replace(phase, id="<b>x</b>")
    html = navp.index_powder([14.25, 20.07], radiation="CuKa1", phases=[odd])._repr_html_()
    assert "<b>" not in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html


def test_ids_may_hold_each_other_and_a_plus() -> None:
    """As stems of CIFs may: ``my a+b.cif`` is one phase, and not the model ``a``."""
    phase, model = navp.load("Na3VP"), navp.load("NaVP")
    of = [replace(phase, id="a+b"), replace(model, id="a")]
    result = navp.index_powder(strongest("Na3VP", 8)[0], radiation="CuKa1", phases=of)
    assert result.rows[0].phase == "a+b"
    assert result.present["a+b"] > 0.99
    assert set(result.mixtures) == {"a+b+a"}
    told = " ".join(text.get_text() for text in result.plot().figure.findobj(Text))
    assert not any(note in told.replace("\n", " ") for note in of[1].provisos)
