"""Volumes per formula unit of entries beside those that a paper prints, as SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from navp_structures.show.svg import Drawing, spread, ticks

_WIDTH: Final = 720.0
_TOP, _BASE, _LEFT = 44.0, 300.0, 52.0

_SHAPES: Final = {"measured": "circle", "model": "triangle", "computed": "square"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryVolume:
    """One entry, or a printed number.

    Parameters
    ----------
    kind
        ``measured``, ``model``, ``computed``, ``printed``, or None.
    volume
        Per formula unit (Å³).
    chosen
        Whether it is the entry that the claim is about.
    """

    name: str
    kind: str | None
    volume: float
    chosen: bool = False

    @property
    def is_printed(self) -> bool:
        """Whether it is what a paper prints."""
        return self.kind == "printed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedVolumes:
    """Volumes along a path of phases.

    Parameters
    ----------
    title, caption
        In words.
    columns
        Name of each phase, and the volumes of its entries and of the paper.
    steps
        What is said between a column and the next.
    """

    title: str
    caption: str
    columns: tuple[tuple[str, tuple[EntryVolume, ...]], ...]
    steps: tuple[str, ...]

    def svg(self) -> str:
        """Return the drawing."""
        drawing = Drawing(width=_WIDTH, height=_BASE + 34.0, title=self.title)
        self._axis(drawing)
        for role, told in (("path", "chosen"), ("path printed", "is_printed")):
            drawing.polyline(
                [
                    (self._x(n), self._y(entry.volume))
                    for n, (_, entries) in enumerate(self.columns)
                    for entry in entries
                    if getattr(entry, told)
                ],
                role,
            )
        for n, (name, entries) in enumerate(self.columns):
            x = self._x(n)
            drawing.text((x, _BASE + 20.0), name, "head", "middle")
            heights = spread([self._y(entry.volume) for entry in entries])
            for entry, height in zip(entries, heights, strict=True):
                self._entry(drawing, entry, x, height)
        for n, text in enumerate(self.steps):
            middle = 0.5 * (self._x(n) + self._x(n + 1))
            for row, part in enumerate(text.split("\n")):
                drawing.text((middle, _BASE - 22.0 + 13.0 * row), part, "label", "middle")
        self._key(drawing)
        return drawing.svg()

    def _entry(self, drawing: Drawing, entry: EntryVolume, x: float, height: float) -> None:
        y = self._y(entry.volume)
        shape = "diamond" if entry.is_printed else _SHAPES.get(entry.kind or "", "circle")
        role = "mark printed" if entry.is_printed else "mark"
        drawing.marker((x, y), shape, role if not entry.chosen else f"{role} chosen")
        drawing.line((x + 7.0, y), (x + 16.0, height), "leader")
        words = "label key-printed" if entry.is_printed else "label"
        told = f"{entry.name} {entry.volume:.2f}"
        drawing.text((x + 19.0, height + 4.0), told, words)

    def _axis(self, drawing: Drawing) -> None:
        low, high = self._range
        for value in ticks(low, high, 6):
            drawing.line((_LEFT - 4.0, self._y(value)), (_WIDTH - 8.0, self._y(value)), "grid")
            drawing.text((_LEFT - 8.0, self._y(value) + 4.0), f"{value:g}", "tick", "end")
        drawing.text((8.0, 14.0), "V/Z / Å³", "tick")

    def _key(self, drawing: Drawing) -> None:
        x = 130.0
        for name, shape in (*_SHAPES.items(), ("printed", "diamond")):
            role = "mark printed" if name == "printed" else "mark"
            drawing.marker((x, 10.0), shape, role)
            drawing.text((x + 11.0, 14.0), name, "label")
            x += 90.0
        drawing.text((x, 14.0), "filled: the entry named", "label")

    @property
    def _range(self) -> tuple[float, float]:
        values = [entry.volume for _, entries in self.columns for entry in entries]
        room = 0.12 * max(max(values) - min(values), 1.0)
        return min(values) - 2.0 * room, max(values) + room

    def _x(self, column: int) -> float:
        return _LEFT + 20.0 + (_WIDTH - _LEFT - 30.0) * column / len(self.columns)

    def _y(self, volume: float) -> float:
        low, high = self._range
        return _BASE - (_BASE - _TOP) * (volume - low) / (high - low)
