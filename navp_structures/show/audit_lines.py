"""A powder pattern with the lines that a paper prints, as SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from navp_structures.show.svg import Drawing, label_rows, ticks

_WIDTH: Final = 720.0
_LEFT, _RIGHT = 20.0, 700.0
_ROW: Final = 13.0
_STICKS: Final = 130.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedLines:
    """A computed pattern and printed lines.

    Parameters
    ----------
    title, caption
        In words.
    two_theta
        First and last angle (degrees).
    sticks
        Angle, and intensity with the strongest 100, of each computed line.
    named
        Angle and label of those that are labelled.
    printed
        Angle, text and class of each printed line.
    """

    title: str
    caption: str
    two_theta: tuple[float, float]
    sticks: tuple[tuple[float, float], ...]
    named: tuple[tuple[float, str], ...]
    printed: tuple[tuple[float, str, str], ...]

    def svg(self) -> str:
        """Return the drawing: printed lines above, labels of computed ones below."""
        above = label_rows(
            [self._x(x) for x, *_ in self.printed], [t for _, t, _ in self.printed]
        )
        below = label_rows([self._x(x) for x, _ in self.named], [t for _, t in self.named])
        top = 8.0 + _ROW * (max(above, default=0) + 1)
        base = top + _STICKS
        foot = base + 14.0 + _ROW * (max(below, default=-1) + 1)
        drawing = Drawing(width=_WIDTH, height=foot + 36.0, title=self.title)
        for x, height in self.sticks:
            tip = base - (_STICKS - 10.0) * height / 100.0
            drawing.line((self._x(x), base), (self._x(x), tip), "computed")
        for (x, text, role), row in zip(self.printed, above, strict=True):
            y = top - 6.0 - _ROW * row
            drawing.line((self._x(x), base), (self._x(x), y + 3.0), f"printed {role}")
            drawing.text((self._x(x), y), text, f"label {role}", "middle")
        for (x, text), row in zip(self.named, below, strict=True):
            y = base + 12.0 + _ROW * row
            drawing.text((self._x(x), y), text, "label computed-label", "middle")
        drawing.line((_LEFT, base), (_RIGHT, base), "axis")
        self._axis(drawing, foot)
        return drawing.svg()

    def _axis(self, drawing: Drawing, foot: float) -> None:
        for value in ticks(*self.two_theta):
            drawing.line((self._x(value), foot), (self._x(value), foot + 4.0), "axis")
            drawing.text((self._x(value), foot + 16.0), f"{value:g}", "tick", "middle")
        drawing.line((_LEFT, foot), (_RIGHT, foot), "axis")
        drawing.text((_RIGHT, foot + 31.0), "2θ / °", "tick", "end")

    def _x(self, angle: float) -> float:
        low, high = self.two_theta
        return _LEFT + (_RIGHT - _LEFT) * (angle - low) / (high - low)
