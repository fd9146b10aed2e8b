"""Texts in and around plots: measured, folded, and never read as formulas."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from navp_structures.show.tables import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Pair = tuple[float, float]

# Texts come from data: a dollar sign in them is no formula.
LITERAL: Final[dict[str, Any]] = {"parse_math": False, "usetex": False}
NAME: Final = LITERAL | {"fontsize": 8.5}
MEASURED: Final[dict[str, Any]] = {"color": "0.4", "lw": 0.7, "zorder": 1.5}

_NOTE: Final = LITERAL | {"fontsize": 7, "linespacing": 1.25}
_TITLE: Final = LITERAL | {"fontsize": 11}
_LEGEND: Final[dict[str, Any]] = {
    "loc": "lower right",
    "bbox_to_anchor": (1, 1),
    "frameon": False,
}

# Distances are in points (1/72 inch). Texts grow at most by so much when a figure is saved
# at another resolution than it was measured at.
_HINTING: Final = 1.1


def write_around(ax: Axes, title: str, notes: Sequence[str], entry: str) -> None:
    """Write title, legend and notes outside the axes, and let the layout make room."""
    figure = ax.figure.canvas.figure
    engine = figure.get_layout_engine()
    if engine is not None:
        figure.draw_without_rendering()
    width, _ = points(ax, ax.bbox.width, 0)
    above = below = 0.0
    if entry:
        entry = folded(ax, entry, width - 40, NAME)
        above = text_size(ax, entry, NAME)[1] + 6
        legend = ax.legend(ax.plot([], [], **MEASURED), [entry], **_LEGEND, borderpad=0)
        legend.get_texts()[0].update(NAME)
    if title:
        title = folded(ax, title, width, _TITLE)
        ax.set_title(title, pad=5 + above, **_TITLE)
        above += max(text_size(ax, title, _TITLE)[1] - 14, 0.0)
    if notes:
        words = "\n".join(folded(ax, note, width, _NOTE) for note in notes)
        below = text_size(ax, words, _NOTE)[1] + 8
        under = ("axes fraction", ax.xaxis.label)
        note = ax.annotate(words, (0, 0), (0, -5), under, "offset points", va="top", **_NOTE)
        note.set_gid("notes")
    if engine is not None:
        figure.draw_without_rendering()
    else:
        place, (_, whole) = ax.get_position(), points(ax, 0, ax.figure.bbox.height)
        low = min(below / whole, 0.6 * place.height)
        high = min(above / whole, 0.2 * place.height)
        ax.set_position((place.x0, place.y0 + low, place.width, place.height - low - high))


def points(ax: Axes, width: float, height: float) -> Pair:
    """Return a width and a height in pixels as points."""
    return width * 72 / ax.figure.dpi, height * 72 / ax.figure.dpi


def text_size(ax: Axes, words: str, style: dict[str, Any]) -> Pair:
    """Return width and height (points) of a text at any resolution."""
    text = ax.text(0, 0, words, **style)
    extent = text.get_window_extent()
    text.remove()
    return points(ax, extent.width * _HINTING, extent.height * _HINTING)


def folded(ax: Axes, words: str, width: float, style: dict[str, Any]) -> str:
    """Return a text broken into lines of at most so many points, but not within an hkl."""
    lines = printable(words)
    words = re.sub(r"(?<=\d) (?=-?\d)", "\xa0", lines)
    letters = len(words)
    while letters > 1 and text_size(ax, lines, style)[0] > width:
        letters = int(letters * 0.95)
        lines = textwrap.fill(words, letters, break_on_hyphens=False).replace("\xa0", " ")
    return lines


def shortened(words: str, letters: int, end: int) -> str:
    """Return a text of at most so many letters, so many of them its end."""
    if len(words) <= letters:
        return words
    return f"{words[: letters - end - 1]}…{words[len(words) - end :]}"
