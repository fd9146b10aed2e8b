"""Names of strips, left of the axes: folded, and cut where a strip is low."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from navp_structures.show.plot_text import NAME, folded, points, shortened, text_size

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

SMALLEST: Final = 4.5
"""Points of the smallest letters of a strip."""

# Points.
_BESIDE: Final = 5.0  # from a name to the axes
_USUAL_MARGIN: Final = 40.0  # beside axes, for the labels of ticks

_WIDEST: Final = 0.36  # of the axes, for a name


def write_names(ax: Axes, names: Sequence[str]) -> list[Annotation]:
    """Write names left of the axes, which without layout engine make room."""
    width, _ = points(ax, ax.bbox.width, 0)
    words = [folded(ax, name, _WIDEST * width, NAME) for name in names]
    figure = ax.figure.canvas.figure
    if figure.get_layout_engine() is None:
        needed = max(text_size(ax, name, NAME)[0] for name in words) + 2 * _BESIDE
        free, whole = points(ax, ax.bbox.x0 - ax.figure.bbox.x0, ax.figure.bbox.width)
        more = max(needed - min(free, _USUAL_MARGIN), 0.0) / whole
        place = ax.get_position()
        ax.set_position((place.x0 + more, place.y0, place.width - more, place.height))
    where: dict[str, Any] = {"xycoords": ax.get_yaxis_transform(), "annotation_clip": False}
    where |= {"xytext": (-_BESIDE, 0), "textcoords": "offset points"}
    where |= {"ha": "right", "va": "center", "gid": "name"}
    return [ax.annotate(name, (0, row), **where, **NAME) for row, name in enumerate(words)]


def fit_name(name: Annotation, pitch: float) -> None:
    """Let a name be no higher than its strip; where it is cut, its end, the centre, stays."""
    size = float(np.clip(0.75 * pitch, SMALLEST, NAME["fontsize"]))
    name.set_fontsize(size)
    lines = name.get_text().split("\n")
    fitting = max(int(pitch / (1.25 * size)), 1)
    letters = max(len(line) for line in lines)
    words, end = name.get_text().replace("\n", " "), letters // 3
    most = letters * fitting
    # Words are folded before a line is full, so that more may have to go than letters tell.
    while len(lines) > fitting and most > end + 1:
        lines = textwrap.wrap(shortened(words, most, end), letters)
        most -= 1
    name.set_text("\n".join(lines))
