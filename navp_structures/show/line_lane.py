"""A lane of sticks with all its labels in one row above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from navp_structures.show.label_row import most_important, spread_out
from navp_structures.show.plot_text import LITERAL, NAME, Pair, folded, points, text_size
from navp_structures.show.tables import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LABEL: Final = LITERAL | {"fontsize": 7.0, "rotation": 90, "ha": "center", "va": "bottom"}
_LEADER: Final[dict[str, Any]] = {"color": "0.6", "linewidth": 0.45, "zorder": 1.0}
_MARK: Final[dict[str, Any]] = {"linestyle": "", "markersize": 4.5, "mfc": "white"}

# Points.
NAME_ROW: Final = 15.0
"""Below the foot of a lane, for its name."""

_SLANT: Final = 14.0  # in which leaders go sideways
_GAP: Final = 4.0  # around marks and labels

# Of the width of a label, from one to the next.
_PITCH: Final = 1.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Stick:
    """A line: where (data), how high (0 to 1), and how it is drawn and labelled.

    Without a label, or a marker, it has none.
    """

    position: float
    height: float
    colour: str
    gid: str
    label: str = ""
    label_gid: str = ""
    marker: str = ""
    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Sticks with the name that stands below their foot."""

    name: str
    colour: str
    sticks: tuple[Stick, ...]

    @property
    def labelled(self) -> list[Stick]:
        """The sticks that want a label, from left to right."""
        return sorted((s for s in self.sticks if s.label), key=lambda s: s.position)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Axes whose y are points; x in data units, over so many points."""

    ax: Axes
    limits: Pair
    width: float

    def x(self, place: float) -> float:
        """Return points from the left edge as data."""
        low, high = self.limits
        return low + place * (high - low) / self.width

    def place(self, x: float) -> float:
        """Return data as points from the left edge."""
        low, high = self.limits
        return (x - low) * self.width / (high - low)


def room_above(sheet: Sheet, lane: Lane) -> float:
    """Return the points that the labels of a lane take above its highest line."""
    sizes = [text_size(sheet.ax, printable(s.label), _LABEL)[1] for s in lane.labelled]
    return max(sizes) + _SLANT + 3 * _GAP if sizes else _GAP


def draw_lane(sheet: Sheet, lane: Lane, foot: float, reach: float) -> int:
    """Draw a lane, and return how many labels have no room.

    Parameters
    ----------
    foot, reach
        Of the sticks (points), without the rows above and below.
    """
    ax = sheet.ax
    ax.axhline(foot, color="0.4", linewidth=0.6, gid="base")
    for stick in lane.sticks:
        _draw_stick(sheet, stick, foot, foot + reach * stick.height)
    name = folded(ax, lane.name, sheet.width - 8, NAME)
    how: dict[str, Any] = {"va": "top", "color": lane.colour, "gid": "name"} | NAME
    ax.text(sheet.x(4.0), foot - 3.0, name, **how)
    return _write_labels(sheet, lane, foot, reach)


def _draw_stick(sheet: Sheet, stick: Stick, foot: float, tip: float) -> None:
    how: dict[str, Any] = {"color": stick.colour, "gid": stick.gid, "zorder": 3.0}
    style = (0, (3, 1.5)) if stick.dashed else "-"
    ax = sheet.ax
    ax.plot([stick.position] * 2, [foot, tip], linewidth=1.2, linestyle=style, **how)
    if stick.marker:
        ax.plot([stick.position], [tip + _GAP / 2], stick.marker, **(how | _MARK))


def _write_labels(sheet: Sheet, lane: Lane, foot: float, reach: float) -> int:
    wanted = lane.labelled
    if not wanted:
        return 0
    ax = sheet.ax
    pitch = _PITCH * max(text_size(ax, printable(s.label), _LABEL)[0] for s in wanted)
    kept = _kept(wanted, int(sheet.width / pitch))
    at = spread_out([sheet.place(s.position) for s in kept], pitch, sheet.width)
    bend = foot + reach + _GAP
    for stick, place in zip(kept, at.tolist(), strict=True):
        x, tip = sheet.x(place), foot + reach * stick.height
        top = bend + _SLANT
        lift = 2 * _GAP if stick.marker else _GAP / 2
        leader = ([stick.position, stick.position, x], [tip + lift, bend, top])
        ax.plot(*leader, **_LEADER, gid="leader")
        words = printable(stick.label)
        text = ax.text(x, top + 1.5, words, color=stick.colour, gid=stick.label_gid, **_LABEL)
        text.set_in_layout(False)
    return len(wanted) - len(kept)


def _kept(wanted: Sequence[Stick], most: int) -> list[Stick]:
    # What is marked matters more than what is high.
    weight = [s.height + bool(s.marker) for s in wanted]
    return [wanted[n] for n in most_important(weight, most)]


def points_of(ax: Axes) -> Pair:
    """Return width and height of axes in points."""
    return points(ax, ax.bbox.width, ax.bbox.height)
