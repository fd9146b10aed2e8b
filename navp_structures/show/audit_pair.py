"""Two planes of an image as a sketch of reciprocal space, as SVG."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from navp_structures.show.svg import Drawing

_SIZE: Final = 320.0
_TEXT: Final = 340.0
_WIDTH: Final = 720.0
_ROOM: Final = 34.0

Vector = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairVectors:
    """Two vectors from the origin (Å⁻¹, x right, y up), with their labels.

    Parameters
    ----------
    role
        ``printed``, ``computed`` or ``meant``.
    lines
        What is said of them, beside the sketch; the first is a heading.
    """

    role: str
    ends: tuple[Vector, Vector]
    labels: tuple[str, str]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedPair:
    """Two printed planes, and what the structure says of them.

    Parameters
    ----------
    title, caption
        In words.
    vectors
        What is drawn, the printed ones first.
    net
        Reflections of the zone (Å⁻¹), and whether each is allowed.
    """

    title: str
    caption: str
    vectors: tuple[PairVectors, ...]
    net: tuple[tuple[Vector, bool], ...]

    def svg(self) -> str:
        """Return the drawing."""
        rows = sum(len(pair.lines) for pair in self.vectors) + len(self.vectors)
        height = max(self._height, 16.0 * rows + 12.0)
        drawing = Drawing(width=_WIDTH, height=height, title=self.title)
        for at, allowed in self.net:
            drawing.circle(self._at(at), 2.2, "net" if allowed else "net extinct")
        drawing.circle(self._at((0.0, 0.0)), 4.0, "origin")
        for pair in reversed(self.vectors):
            self._pair(drawing, pair)
        y = 20.0
        for pair in self.vectors:
            drawing.line((_TEXT, y - 4.0), (_TEXT + 24.0, y - 4.0), f"vector {pair.role}")
            for n, text in enumerate(pair.lines):
                drawing.text((_TEXT + 32.0, y), text, "head" if n == 0 else "label")
                y += 16.0
            y += 12.0
        return drawing.svg()

    def _pair(self, drawing: Drawing, pair: PairVectors) -> None:
        for end, label in zip(pair.ends, pair.labels, strict=True):
            tip = self._at(end)
            drawing.line(self._at((0.0, 0.0)), tip, f"vector {pair.role}")
            radius = 6.5 if pair.role == "printed" else 3.5
            drawing.circle(tip, radius, f"tip {pair.role}")
            if label:
                self._label(drawing, end, label, pair.role)

    def _label(self, drawing: Drawing, end: Vector, label: str, role: str) -> None:
        x, y = self._at(end)
        if role != "printed":
            # Printed labels stand outside, beyond the tips.
            along = abs(end[1]) < 0.1 * math.hypot(*end)
            at = (x, y + 19.0) if along else (x - 9.0, y + 4.0)
            drawing.text(at, label, f"label {role}-label", "middle" if along else "end")
            return
        dx, dy = (14.0 * part / math.hypot(*end) for part in end)
        anchor = "middle" if abs(dx) < 12.0 else "start" if dx > 0.0 else "end"
        drawing.text((x + dx, y - dy + 4.0), label, f"label {role}-label", anchor)

    @property
    def _box(self) -> tuple[float, float, float, float]:
        points = [end for pair in self.vectors for end in pair.ends]
        points += [(0.0, 0.0), *(at for at, _ in self.net)]
        xs, ys = zip(*points, strict=True)
        return min(xs), max(xs), min(ys), max(ys)

    @property
    def _scale(self) -> float:
        low, high, bottom, top = self._box
        return (_SIZE - 2.0 * _ROOM) / max(high - low, top - bottom)

    @property
    def _height(self) -> float:
        _, _, bottom, top = self._box
        return (top - bottom) * self._scale + 2.0 * _ROOM

    def _at(self, vector: Vector) -> tuple[float, float]:
        low, _, _, top = self._box
        scale = self._scale
        return _ROOM + (vector[0] - low) * scale, _ROOM + (top - vector[1]) * scale
