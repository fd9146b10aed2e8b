"""Small drawings as SVG text: no scripts, no links, the same bytes for the same data."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from navp_structures.show.tables import printable

LETTER: Final = 6.2
"""Width of a letter of 11 px, in px, on average; digits are as wide in most fonts."""

_ROW: Final = 13.0


def escaped(text: object) -> str:
    """Return a text for HTML and SVG: no markup, no control characters."""
    return html.escape(printable(str(text)))


@dataclass(slots=True, kw_only=True)
class Drawing:
    """A drawing that grows; x to the right, y down, in px.

    Parameters
    ----------
    title
        What it shows, for those who cannot see it.
    """

    width: float
    height: float
    title: str
    _parts: list[str] = field(default_factory=list)

    def line(self, start: Sequence[float], end: Sequence[float], role: str) -> None:
        """Draw a line; the role is a class of the style sheet."""
        (x1, y1), (x2, y2) = (map(_px, point) for point in (start, end))
        self._parts.append(f'<line class="{role}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>')

    def polyline(self, points: Iterable[Sequence[float]], role: str) -> None:
        """Draw lines from point to point."""
        told = " ".join(f"{_px(x)},{_px(y)}" for x, y in points)
        self._parts.append(f'<polyline class="{role}" points="{told}"/>')

    def polygon(self, points: Iterable[Sequence[float]], role: str) -> None:
        """Draw a closed shape."""
        told = " ".join(f"{_px(x)},{_px(y)}" for x, y in points)
        self._parts.append(f'<polygon class="{role}" points="{told}"/>')

    def circle(self, centre: Sequence[float], radius: float, role: str) -> None:
        """Draw a circle."""
        x, y = map(_px, centre)
        self._parts.append(f'<circle class="{role}" cx="{x}" cy="{y}" r="{_px(radius)}"/>')

    def marker(self, centre: Sequence[float], shape: str, role: str, size: float = 5.0) -> None:
        """Draw a ``circle``, ``square``, ``triangle`` or ``diamond``."""
        if shape == "circle":
            self.circle(centre, size, role)
            return
        x, y = centre
        corners = [(x + dx * size, y + dy * size) for dx, dy in _SHAPES[shape]]
        self.polygon(corners, role)

    def text(
        self, at: Sequence[float], text: str, role: str = "label", anchor: str = "start"
    ) -> None:
        """Write a text; the anchor is start, middle or end."""
        x, y = map(_px, at)
        start = f'<text class="{role}" x="{x}" y="{y}" text-anchor="{anchor}">'
        self._parts.append(f"{start}{escaped(text)}</text>")

    def svg(self) -> str:
        """Return the drawing."""
        size = f"{_px(self.width)} {_px(self.height)}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" role="img">'
            f"<title>{escaped(self.title)}</title>{''.join(self._parts)}</svg>"
        )


def label_rows(centres: Sequence[float], texts: Sequence[str]) -> list[int]:
    """Return the row of each label, from 0, in which it overlaps none before it.

    Parameters
    ----------
    centres
        Where each label is centred (px).

    Examples
    --------
    >>> label_rows([100.0, 110.0, 300.0], ["14.26°", "14.76°", "34.67°"])
    [0, 1, 0]
    """
    ends: list[list[tuple[float, float]]] = []
    rows = [0] * len(centres)
    for n in sorted(range(len(centres)), key=lambda n: centres[n]):
        half = 0.5 * LETTER * len(texts[n]) + 3.0
        span = (centres[n] - half, centres[n] + half)
        row = 0
        while row < len(ends) and any(span[0] < e and s < span[1] for s, e in ends[row]):
            row += 1
        if row == len(ends):
            ends.append([])
        ends[row].append(span)
        rows[n] = row
    return rows


def spread(heights: Sequence[float], gap: float = _ROW) -> list[float]:
    """Return heights moved apart until no two are nearer than a gap, their order kept.

    Examples
    --------
    >>> spread([10.0, 12.0, 100.0], gap=10.0)
    [6.0, 16.0, 100.0]
    """
    order = sorted(range(len(heights)), key=lambda n: heights[n])
    # Blocks of labels that touch: their numbers, and the height of the first.
    blocks: list[tuple[list[int], float]] = []
    for n in order:
        members, top = [n], float(heights[n])
        while blocks and blocks[-1][1] + gap * len(blocks[-1][0]) > top:
            members = blocks.pop()[0] + members
            wanted = [heights[m] - gap * k for k, m in enumerate(members)]
            top = sum(wanted) / len(wanted)
        blocks.append((members, top))
    moved = [0.0] * len(heights)
    for members, top in blocks:
        for k, m in enumerate(members):
            moved[m] = top + gap * k
    return moved


def ticks(low: float, high: float, most: int = 8) -> list[float]:
    """Return round numbers within a range, at most so many.

    Examples
    --------
    >>> ticks(10.2, 39.0)
    [15.0, 20.0, 25.0, 30.0, 35.0]
    """
    steps = (m * 10.0**e for e in range(-6, 7) for m in (1.0, 2.0, 5.0))
    step = next((s for s in steps if (high - low) / s <= most), high - low)
    first = int(-(-low // step))
    return [round(step * n, 9) for n in range(first, int(high // step) + 1)]


_SHAPES: Final = {
    "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "triangle": ((0.0, -1.2), (1.1, 0.8), (-1.1, 0.8)),
    "diamond": ((0.0, -1.35), (1.35, 0.0), (0.0, 1.35), (-1.35, 0.0)),
}


def _px(value: float) -> str:
    return f"{value + 0.0:.2f}".rstrip("0").rstrip(".") or "0"
