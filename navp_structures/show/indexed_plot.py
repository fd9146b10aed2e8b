"""Measured spots over the net of reflections that they are indexed with, as a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from navp_structures.show.axes import check_axes
from navp_structures.show.indexed_marks import (
    INDEXED,
    NEXT,
    PALETTE,
    STRAY,
    Bools,
    IndexedNet,
    IndexedSpots,
    NextSpot,
    Sizes,
    check_indexed,
    draw_expected,
    draw_net,
    draw_next,
    draw_spots,
    entries,
    sizes_of,
)
from navp_structures.show.pattern_corners import Box, Corner, Row, shrunk
from navp_structures.show.pattern_sheet import Sheet
from navp_structures.show.pattern_style import Floats
from navp_structures.show.plot_text import LITERAL, NAME, Pair, points, text_size, write_around
from navp_structures.show.posterior_bars import bars_height, draw_bars, share_text
from navp_structures.show.spot_labels import Wish, place_labels
from navp_structures.show.spot_marks import draw_beam, room_of
from navp_structures.show.tables import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["IndexedNet", "IndexedSpots", "NextSpot", "plot_indexed"]

_LABEL: Final = LITERAL | {"fontsize": 7.5}

_BEYOND: Final = 1.08  # of the farthest mark, where the pattern ends
_LEAST: Final = 0.5  # of half the edge that the pattern's radius has at least
_WIDEST: Final = 0.7  # of the edge, for a legend

# Points.
_EDGE: Final = 2.0  # around the pattern
_AROUND: Final = 18.0  # from a legend to a mark with its label
_CLEAR: Final = 5.0  # from a legend to a reflection
_TICKS: Final = 60.0  # from a tick to the next, at least
_REACH: Final = 12.0  # of an ellipse that labels keep clear of, at most

# Reflections that are less probable than this are no obstacle where labels find no room.
_FAINT: Final = 0.1

# Inches of a figure: the square, left of it, below it, above it, right of it, and the bars.
_SQUARE: Final = 5.9
_LEFT: Final = 0.72
_BELOW: Final = 0.5
_ABOVE: Final = 0.42
_BETWEEN: Final = 0.3
_BARS: Final = 2.6
_RIGHT: Final = 0.15


def plot_indexed(
    net: IndexedNet,
    spots: IndexedSpots,
    *,
    ax: Axes | None = None,
    next_spot: NextSpot | None = None,
    shares: Sequence[tuple[str, float]] = (),
    chosen: str = "",
    title: str = "",
    notes: Sequence[str] = (),
) -> Axes:
    """Draw measured spots over the net of reflections that they are indexed with.

    The area of a reflection's mark tells the probability to see it. Spots are open circles,
    with ellipses of two sigma where these are larger. Labels stand beside their mark, clear
    of each other, for the size that the axes have now; what finds no room is left out, and in
    a figure of its own a sentence says so.

    Parameters
    ----------
    ax
        Where to draw; None makes a figure with bars beside the pattern. Else the bars are a
        sentence below. Without layout engine, notes shrink the axes.
    shares, chosen
        Answers with their probabilities, the largest first; the bar of one is darker.
    notes
        Sentences, such as which phase is a model.

    Returns
    -------
    Axes
        Of the pattern. Its artists have the gid ``net`` (labelled with the reason),
        ``expected``, ``indexed``, ``stray``, ``ellipses``, ``next``, ``beam``, ``legend``,
        ``notes``, and of labels ``hkl``, ``number``, ``expected hkl``, ``next hkl``.

    Raises
    ------
    InputError
        Columns differ in length or hold what cannot be drawn.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> x, y = np.array([0.2, -0.2]), np.array([0.1, -0.1])
    >>> net = IndexedNet(x=x, y=y, probability=np.array([0.9, 0.9]), reasons=("allowed",) * 2,
    ...                  expected=np.zeros(2, dtype=bool), hkl=((2, 0, 0), (-2, 0, 0)),
    ...                  labels=("(2 0 0)", "(-2 0 0)"))
    >>> spots = IndexedSpots(x=x[:1], y=y[:1], sigma=np.array([0.01]),
    ...                      sigma_angle=np.array([0.02]), matched=np.array([True]),
    ...                      labels=("(2 0 0)",))
    >>> ax = plot_indexed(net, spots, ax=Figure().add_subplot())
    >>> [text.get_text() for text in ax.texts]
    ['spot, indexed', 'reflection', '(0 0 0)', '(2 0 0)']
    """
    check_axes(ax)
    check_indexed(net, spots)
    limit = _limit(net, spots, next_spot)
    bars = None
    if ax is None:
        ax, bars = _figure(len(shares), notes)
    elif shares:
        told = ", ".join(f"{name} {share_text(share)}" for name, share in shares)
        notes = (f"posteriors: {told}", *notes)
    side = _prepare(ax, limit, title, () if bars is not None else notes)
    net = net.take(np.hypot(net.x, net.y) <= limit)
    sheet = _write_legend(ax, limit, side, net, spots, next_spot)
    net = net.take(~_beneath(net, sheet))
    layers = net.layers
    sizes = sizes_of(layers, room_of(layers, limit) * sheet.scale, side)
    draw_net(ax, layers, sizes)
    draw_expected(ax, net, sizes.circle)
    draw_spots(ax, spots, sizes.circle, sheet.scale)
    if next_spot is not None:
        draw_next(ax, next_spot, sizes.circle)
    draw_beam(ax, PALETTE, sizes.beam, over_image=False)
    left_out = _write_labels(ax, _marks(net, spots, next_spot, sizes, sheet.scale), sheet)
    if bars is not None:
        draw_bars(bars, shares, chosen, (*notes, *left_out))
    return ax


def _limit(net: IndexedNet, spots: IndexedSpots, next_spot: NextSpot | None) -> float:
    """Return the radius (Å⁻¹) within which all lies that is not just net."""
    far = float(np.hypot(spots.x, spots.y).max())
    far = max(far, float(np.hypot(net.x, net.y)[net.expected].max(initial=0.0)))
    if next_spot is not None:
        far = max(far, float(np.hypot(next_spot.x, next_spot.y)))
    return _BEYOND * far


def _figure(count: int, notes: Sequence[str]) -> tuple[Axes, Axes]:
    """Return the axes of the pattern and of the bars in a new figure."""
    import matplotlib.pyplot as plt

    # One line more may be needed for labels that are left out.
    tall = max(_SQUARE, (bars_height(count, [*notes, ""]) + 12) / 72)
    width = _LEFT + _SQUARE + _BETWEEN + _BARS + _RIGHT
    height = _BELOW + tall + _ABOVE
    figure = plt.figure(figsize=(width, height), layout="none")
    top, right = 1 - _ABOVE / height, (_LEFT + _SQUARE + _BETWEEN) / width
    square = _SQUARE / width, _SQUARE / height
    ax = figure.add_axes((_LEFT / width, top - square[1], *square))
    bars = figure.add_axes((right, 0.02, _BARS / width, top - 0.02))
    return ax, bars


def _prepare(ax: Axes, limit: float, title: str, notes: Sequence[str]) -> float:
    """Return the edge (points) of square axes with words around."""
    from matplotlib.ticker import MaxNLocator

    ax.set(xlabel="x / Å⁻¹", ylabel="y / Å⁻¹", xlim=(-limit, limit), ylim=(-limit, limit))
    ax.set_facecolor(PALETTE.background)
    ax.set_aspect("equal", adjustable="box")
    # What a square leaves of the figure is better below than above.
    ax.set_anchor("N")
    many = int(min(points(ax, ax.bbox.width, ax.bbox.height)) / _TICKS)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(max(many, 2), steps=[1, 2, 2.5, 5, 10]))
    ax.tick_params(labelsize=8)
    ax.apply_aspect()
    write_around(ax, title, notes, "")
    ax.apply_aspect()
    return min(points(ax, ax.bbox.width, ax.bbox.height))


def _write_legend(
    ax: Axes,
    limit: float,
    side: float,
    net: IndexedNet,
    spots: IndexedSpots,
    next_spot: NextSpot | None,
) -> Sheet:
    """Write what occurs into two corners, and scale the pattern so that it clears them.

    Reflections that are just net may lie beneath.
    """
    style = shrunk(NAME, side) | {"color": PALETTE.ink, "gid": "legend"}
    rows: tuple[list[Row], list[Row]] = ([], [])
    for of_spots, words, handle in entries(net, spots, suggests=next_spot is not None):
        row = Row(words=words, style=style, handle=handle, indented=True)
        rows[0 if of_spots else 1].append(row)
    corners = [Corner(ax, (0, 1), tuple(rows[0])), Corner(ax, (1, 0), tuple(rows[1]))]
    radius, boxes = _fitting(side, corners, _important(net, spots, next_spot) / limit)
    half = limit * side / 2 / radius
    ax.set(xlim=(-half, half), ylim=(-half, half))
    for corner, box in zip(corners, boxes, strict=True):
        if box:
            corner.draw(PALETTE, panel=False)
    taken = np.array([box for box in boxes if box]).reshape(-1, 4)
    return Sheet(side=side, scale=radius / limit, taken=taken)


def _important(net: IndexedNet, spots: IndexedSpots, next_spot: NextSpot | None) -> Floats:
    """Return the places (Å⁻¹) that no legend may cover, shape (n, 2)."""
    parts = [
        np.column_stack([spots.x, spots.y]),
        np.column_stack([net.x, net.y])[net.expected],
    ]
    if next_spot is not None:
        parts.append(np.array([(next_spot.x, next_spot.y)]))
    return np.vstack(parts)


def _fitting(
    side: float, corners: Sequence[Corner], places: Floats
) -> tuple[float, list[Box | None]]:
    """Return the radius of the pattern (points), and the boxes of corners that it clears.

    Parameters
    ----------
    places
        Of what is to be clear of the boxes, in units of the radius, shape (n, 2).
    """
    half = side / 2
    boxes: list[Box | None] = []
    radius = half - _EDGE
    for corner in corners:
        (x, y), (w, h) = corner.at, corner.size
        left, bottom = x * (side - w), y * (side - h)
        box = (left, bottom, left + w, bottom + h)
        smaller = radius
        while smaller > _LEAST * half and _inside(half + smaller * places, box, _AROUND).any():
            smaller *= 0.98
        fits = smaller > _LEAST * half and max(w, h) <= _WIDEST * side
        boxes.append(box if fits and corner.rows else None)
        radius = smaller if fits else radius
    return radius, boxes


def _inside(places: Floats, box: Box, around: float) -> Bools:
    """Return which places (points) are in a box or nearer to it than that."""
    low, high = np.array(box[:2]) - around, np.array(box[2:]) + around
    return np.asarray(((places > low) & (places < high)).all(axis=1), dtype=np.bool_)


def _beneath(net: IndexedNet, sheet: Sheet) -> Bools:
    """Return which reflections a legend would cover."""
    places = sheet.side / 2 + sheet.scale * np.column_stack([net.x, net.y])
    found = np.zeros(len(places), dtype=bool)
    for box in sheet.taken:
        found |= _inside(places, tuple(box.tolist()), _CLEAR)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Labelled:
    """A mark: x, y (Å⁻¹), radius (points); its label, none where empty, with gid and colour.

    A faint one is covered where a label has no other room.
    """

    place: tuple[float, float, float]
    label: str = ""
    gid: str = ""
    colour: str = ""
    group: object = None
    faint: bool = False


def _marks(
    net: IndexedNet,
    spots: IndexedSpots,
    next_spot: NextSpot | None,
    sizes: Sizes,
    scale: float,
) -> Iterator[_Labelled]:
    """Yield the marks whose label matters most first."""
    ring = sizes.circle + 0.5
    yield _Labelled(
        place=(0.0, 0.0, sizes.beam), label="(0 0 0)", gid="beam", colour=PALETTE.ink
    )
    reach = np.clip(scale * spots.axes.max(axis=1), ring, max(ring, _REACH))
    near = np.argsort(np.hypot(spots.x, spots.y), kind="stable").tolist()
    for n in sorted(near, key=lambda i: bool(spots.matched[i])):
        gid, colour = ("hkl", INDEXED) if spots.matched[n] else ("number", STRAY)
        place = float(spots.x[n]), float(spots.y[n]), float(reach[n])
        yield _Labelled(place=place, label=spots.labels[n], gid=gid, colour=colour, group=n)
    if next_spot is not None:
        place = next_spot.x, next_spot.y, ring
        yield _Labelled(place=place, label=next_spot.label, gid="next hkl", colour=NEXT)
    for n in np.flatnonzero(net.expected).tolist():
        hkl = net.hkl[n]
        yield _Labelled(
            place=(float(net.x[n]), float(net.y[n]), ring),
            label=net.labels[n],
            gid="expected hkl",
            colour=PALETTE.ink,
            group=("expected", max(hkl, tuple(-i for i in hkl))),
        )
    for layer, radii in zip(net.layers, sizes.layers, strict=True):
        for x, y, radius, light in zip(
            *(column.tolist() for column in (layer.x, layer.y, radii, layer.light)), strict=True
        ):
            yield _Labelled(place=(x, y, radius), faint=light**2 < _FAINT)


def _write_labels(ax: Axes, marks: Iterator[_Labelled], sheet: Sheet) -> tuple[str, ...]:
    """Write labels beside their marks, and return what is left out, in words."""
    # Faint marks last, so that the others keep their numbers without them.
    found = sorted(marks, key=lambda mark: mark.faint)
    font = shrunk(_LABEL, sheet.side, 0.85)
    size = cache(lambda words: text_size(ax, words, font))
    half = sheet.side / 2
    places = np.array([m.place for m in found]) * (sheet.scale, sheet.scale, 1)
    places += (half, half, 0)
    wishes = [
        Wish(spot=n, size=size(printable(mark.label)), group=mark.group or mark.gid)
        for n, mark in enumerate(found)
        if mark.label
    ]
    clear = sum(not mark.faint for mark in found)
    taken, done = sheet.taken, set()
    for spots in (places, places[:clear]):
        rest = [wish for wish in wishes if wish.group not in done]
        for place in place_labels(rest, spots, area=(sheet.side,) * 2, taken=taken):
            mark, wish = found[place.wish.spot], place.wish
            (x, y), (w, h) = place.centre, wish.size
            shift = (x - float(places[wish.spot, 0]), y - float(places[wish.spot, 1]))
            _write(ax, mark, shift, font)
            taken = np.vstack([taken, (x - w / 2, y - h / 2, x + w / 2, y + h / 2)])
            done.add(wish.group)
    groups = {wish.group for wish in wishes}
    missing = len(groups) - len(done)
    return (f"{missing} of {len(groups)} labels have no room",) if missing else ()


def _write(ax: Axes, mark: _Labelled, shift: Pair, font: dict[str, Any]) -> None:
    how: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 9} | font
    words = printable(mark.label)
    text = ax.annotate(words, mark.place[:2], shift, textcoords="offset points", **how)
    text.set(gid=mark.gid, color=mark.colour)
    # What lies beneath is faint, and would be read as a part of the letters.
    text.set_bbox({"facecolor": PALETTE.background, "linewidth": 0, "pad": 0.4})
    text.set_in_layout(False)
