"""Indices as mathtext: bars instead of signs, and no two readings."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from navp_structures.errors import InputError
from navp_structures.show.index_text import hkl_text, uvw_text


@pytest.mark.parametrize(
    ("indices", "expected"),
    [
        ((1, -2, 3), r"$1\,\overline{2}\,3$"),
        ((0, 0, 0), r"$0\,0\,0$"),
        ((1, 1, -2, 0), r"$1\,1\,\overline{2}\,0$"),
        # A wider space where an index has two digits, 1 21 against 12 1.
        ((12, 1, -13), r"$12\;1\;\overline{13}$"),
        ((-10, 0, 1), r"$\overline{10}\;0\;1$"),
    ],
)
def test_bars_and_spaces(indices: tuple[int, ...], expected: str) -> None:
    assert hkl_text(indices) == expected


def test_zone_axis_has_brackets() -> None:
    assert uvw_text((0, -1, 1)) == r"$[0\,\overline{1}\,1]$"


def test_numbers_of_numpy() -> None:
    assert hkl_text(tuple(np.array([1, -2, 3]))) == hkl_text((1, -2, 3))


@pytest.mark.parametrize("indices", [(1, 2), (1, 2, 3, 4, 5), (1.5, 0, 0), (1.0, 0.0, 0.0)])
def test_other_than_integers(indices: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="three or four integers"):
        hkl_text(indices)


def test_matplotlib_draws_a_bar() -> None:
    def ink(words: str) -> int:
        figure = Figure(figsize=(1, 1), dpi=100)
        canvas = FigureCanvasAgg(figure)
        figure.text(0.2, 0.5, words)
        canvas.draw()
        rows = np.asarray(canvas.buffer_rgba())[..., 0].min(axis=1) < 128
        return int(np.flatnonzero(rows).min())

    # The bar stands above the digits.
    assert ink(hkl_text((2, -2, 2))) < ink(hkl_text((2, 2, 2)))
