"""Probabilities of answers as bars, one below the other, with words below them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from navp_structures.show.plot_text import (
    LITERAL,
    NAME,
    points,
    shortened,
    text_size,
    write_around,
)
from navp_structures.show.tables import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BAR: Final = "#56B4E9"
_CHOSEN: Final = "#0072B2"
_TRACK: Final = "0.92"
_HEAD: Final = LITERAL | {"fontsize": 8.5, "color": "0.35"}

_MOST: Final = 10  # answers that have a bar of their own

# Points.
ROW: Final = 22.0
"""From a bar to the next, its name above it."""
_THICK: Final = 5.0

_NOTE_LETTERS: Final = 52
_NOTE_LINE: Final = 9.6


def bars_height(count: int, notes: Sequence[str]) -> float:
    """Return the height (points) of so many bars, a head, and notes below."""
    lines = sum(1 + len(note) // _NOTE_LETTERS for note in notes)
    return ROW * (min(count, _MOST + 1) + 1) + _NOTE_LINE * lines


def draw_bars(
    ax: Axes, shares: Sequence[tuple[str, float]], chosen: str, notes: Sequence[str]
) -> None:
    """Draw bars at the top of axes, and notes below; the axes shrink to the bars.

    Parameters
    ----------
    shares
        Name and probability of each answer, the largest first; the last of many are summed.
    chosen
        Name whose bar is darker.
    """
    told = _told(shares)
    count = len(told) + 1
    ax.set(xlim=(0, 1), ylim=(count, 0), xticks=[], yticks=[], facecolor="none")
    ax.set_gid("posteriors")
    for spine in ax.spines.values():
        spine.set_visible(False)
    place = ax.get_position()
    write_around(ax, "", notes, "")
    _, whole = points(ax, 0, ax.figure.bbox.height)
    height = count * ROW / whole
    ax.set_position((place.x0, place.y1 - height, place.width, height))
    ax.text(0, 0.45, "posterior of", va="center", gid="head", **_HEAD)
    width, _ = points(ax, ax.bbox.width, 0)
    for n, (name, share) in enumerate(told, 1):
        _draw_bar(ax, n, _fitted(ax, name, 0.78 * width), share, darker=name == chosen)


def share_text(share: float) -> str:
    """Return a probability with three decimals; below a thousandth it says so.

    Examples
    --------
    >>> share_text(0.97038), share_text(0.0002), share_text(0.0)
    ('0.970', '<0.001', '0')
    """
    return f"{share:.3f}" if share >= 0.0005 else "<0.001" if share > 0.0 else "0"


def _told(shares: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    if len(shares) <= _MOST + 1:
        return list(shares)
    rest = shares[_MOST:]
    return [*shares[:_MOST], (f"{len(rest)} others", sum(share for _, share in rest))]


def _draw_bar(ax: Axes, n: int, name: str, share: float, *, darker: bool) -> None:
    thick = _THICK / ROW
    how: dict[str, Any] = {"height": thick, "align": "edge"}
    ax.barh(n + 0.6, 1.0, color=_TRACK, zorder=1, gid="track", **how)
    colour = _CHOSEN if darker else _BAR
    ax.barh(n + 0.6, share, color=colour, zorder=2, gid="share", **how)
    middle: dict[str, Any] = {"va": "center", "color": "0.0"} | NAME
    ax.text(0, n + 0.33, name, gid="answer", **middle)
    ax.text(1, n + 0.33, share_text(share), ha="right", gid="number", **middle)


def _fitted(ax: Axes, name: str, width: float) -> str:
    words = printable(name)
    letters = len(words)
    while (
        letters > 4 and text_size(ax, shortened(words, letters, letters // 3), NAME)[0] > width
    ):
        letters -= 1
    return shortened(words, letters, letters // 3)
