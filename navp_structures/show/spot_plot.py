"""Spot patterns as pictures: white on black or black on white, with hkl beside the spots."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from navp_structures.errors import InputError
from navp_structures.show.axes import check_axes
from navp_structures.show.brightness import brightness
from navp_structures.show.index_text import hkl_text, uvw_text
from navp_structures.show.pattern_corners import (
    Handle,
    Row,
    legend_rows,
    name_rows,
    shrunk,
)
from navp_structures.show.pattern_sheet import Sheet, figure_size, fill_corners, prepare
from navp_structures.show.pattern_style import (
    Image,
    Palette,
    check_reflections,
    check_whole,
    halo,
    palette_of,
)
from navp_structures.show.plot_text import text_size
from navp_structures.show.spot_labels import Wish, place_labels
from navp_structures.show.spot_marks import (
    Layer,
    draw_beam,
    largest_mark,
    layers_of,
    mark_of,
    radii_of,
    room_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["SpotTrace", "figure_size", "plot_spots"]

Floats = NDArray[np.float64]

_HKL: Final[dict[str, Any]] = {"fontsize": 7, "usetex": False}

_LABEL_AREA: Final = 62.0**2
"""Square points of the axes for each label, so that a pattern is not buried under them."""
_WEIGHT: Final = 0.5
"""Of brightness against distance from the centre, in the order of labels."""
_EDGE: Final = 2.0
"""Points around the outermost spots."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpotTrace:
    """The spots of one phase.

    Parameters
    ----------
    name
        Of the phase, shown in a corner.
    x, y
        Of each spot (Å⁻¹), x to the right and y up, shape (n,), in any order.
    intensity
        Of each spot, the strongest = 100, shape (n,).
    reasons
        Of each spot: ``allowed``, ``superlattice``, ``holz`` or ``double_diffraction``.
    hkl
        Of each spot, three or four integers.
    """

    name: str
    x: Floats
    y: Floats
    intensity: Floats
    reasons: tuple[str, ...]
    hkl: tuple[tuple[int, ...], ...]


def plot_spots(
    traces: Sequence[SpotTrace],
    *,
    limit: float,
    ax: Axes | None = None,
    style: str = "micrograph",
    scale: str = "sqrt",
    labels: bool = True,
    title: str = "",
    zone_axes: Sequence[tuple[int, ...] | None] = (),
    notes: Sequence[str] = (),
    image: Image | None = None,
) -> Axes:
    r"""Draw spot patterns, those of several phases over each other.

    The radius of a mark grows with brightness, up to what its neighbours leave; the weak are
    larger than that, so that they and their shapes can be seen. Reasons differ in shape and
    colour; of several phases each has a colour, and all but the first are open, so that
    coincident spots stay visible. Spots below a brightness of 0.01 and those of double
    diffraction without intensity are not drawn, nor is what lies outside the limit.

    hkl stand beside one spot of each Friedel pair, the innermost and strongest first, clear
    of all else, for the size that the axes have now; what finds no room is left out.

    Parameters
    ----------
    limit
        Radius of the pattern (Å⁻¹), 1/d_min.
    ax
        Where to draw; a new figure when None. Without layout engine, notes shrink the axes.
    style
        ``micrograph``: white on black, ``inverted``: black on white.
    scale
        From intensity to brightness: ``linear``, ``sqrt`` or ``log``, see `brightness`.
    zone_axes
        One for each phase, None where there is none; or empty.
    notes
        Sentences for below the axes, such as which phase is a model.
    image
        A micrograph to compare with, and where its edges are: left, right, bottom, top
        (Å⁻¹). Spots are then open circles.

    Returns
    -------
    Axes
        Their artists have the gid ``spots`` (one collection for each phase and reason, the
        reason being its label), ``beam``, ``hkl``, ``name``, ``zone axis``, ``legend``,
        ``scale bar``, ``notes`` or ``image``.

    Raises
    ------
    InputError
        Arrays differ in length or hold what cannot be drawn; limit, style, scale, reason or
        image is impossible.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> x, y = np.array([0.2, -0.2]), np.array([0.0, 0.0])
    >>> both = {"intensity": np.full(2, 100.0), "reasons": ("allowed",) * 2}
    >>> trace = SpotTrace(name="NaCl", x=x, y=y, hkl=((2, 0, 0), (-2, 0, 0)), **both)
    >>> ax = plot_spots([trace], limit=0.5, ax=Figure().add_subplot(), zone_axes=[(0, 0, 1)])
    >>> [text.get_text() for text in ax.texts]
    ['NaCl', '$[0\\,0\\,1]$', 'allowed', '2 1/nm', '$0\\,0\\,0$', '$2\\,0\\,0$']
    """
    palette = palette_of(style)
    check_axes(ax)
    _check(traces, limit, scale, zone_axes, image)
    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.figure(figsize=figure_size(notes), layout="constrained").add_subplot()
    side = prepare(ax, palette, limit, image, title, notes)
    over_image = image is not None
    layers = list(layers_of(traces, limit, scale, palette, over_image=over_image))
    sheet = fill_corners(
        ax,
        palette,
        limit,
        side,
        names=_names(ax, side, traces, palette, zone_axes, over_image),
        legend=_legend(layers, palette, side),
        mark=largest_mark(side, len(traces)) + _EDGE,
        panel=over_image,
    )
    room = room_of(layers, limit) * sheet.scale
    radii = radii_of(layers, room, side)
    for layer, radius in zip(layers, radii, strict=True):
        how = {"label": layer.reason, "gid": "spots", "zorder": 2 + layer.phase}
        layer.mark.draw(ax, np.column_stack([layer.x, layer.y]), radius, palette, **how)
    beam = min(1.25 * largest_mark(side, 1), room)
    draw_beam(ax, palette, beam, over_image=over_image)
    if labels:
        drawn = list(_spots(layers, radii, palette, limit, beam))
        _draw_labels(ax, palette, drawn, sheet)
    return ax


def _names(
    ax: Axes,
    side: float,
    traces: Sequence[SpotTrace],
    palette: Palette,
    zone_axes: Sequence[tuple[int, ...] | None],
    over_image: bool,
) -> list[Row]:
    many = len(traces)
    marks = [mark_of("allowed", n, many, palette, over_image=over_image) for n in range(many)]
    # A single name is in the colour of all texts, over an image too.
    colours = [mark.colour if many > 1 else palette.ink for mark in marks]
    handles = [mark.handle(palette) for mark in marks]
    return name_rows(ax, palette, side, [t.name for t in traces], colours, handles, zone_axes)


def _legend(layers: Sequence[Layer], palette: Palette, side: float) -> list[Row]:
    """Return the rows for reasons, without colour where colours stand for phases."""
    many = any(layer.phase for layer in layers)
    handles: dict[str, Handle] = {}
    for layer in layers:
        mark = replace(layer.mark, colour=palette.ink) if many else layer.mark
        handles.setdefault(layer.reason, mark.handle(palette))
    return legend_rows(handles, palette, side)


@dataclass(frozen=True, slots=True, eq=False)
class _Spot:
    """A spot with its label; those of a group are one Friedel pair."""

    place: tuple[float, float, float]
    hkl: tuple[int, ...]
    colour: str
    group: Hashable
    rank: tuple[float, ...]


def _spots(
    layers: Sequence[Layer],
    radii: Sequence[Floats],
    palette: Palette,
    limit: float,
    beam: float,
) -> Iterator[_Spot]:
    """Yield the direct beam and all spots: x, y (Å⁻¹), radius (points)."""
    yield _Spot((0.0, 0.0, beam), (0, 0, 0), palette.ink, "beam", (-1.0,))
    for layer, radius in zip(layers, radii, strict=True):
        far = np.hypot(layer.x, layer.y) / limit
        # Rounded, so that equivalent spots stand in the order of their places.
        rank = np.round(far - _WEIGHT * layer.light, 6)
        upper = (layer.y > 1e-6 * limit) | ((abs(layer.y) <= 1e-6 * limit) & (layer.x > 0))
        columns = (layer.x, layer.y, radius, rank, upper)
        for *place, order, above, hkl in zip(
            *(c.tolist() for c in columns), layer.hkl, strict=True
        ):
            group = (layer.phase, max(hkl, tuple(-n for n in hkl)))
            x, y, r = place
            yield _Spot((x, y, r), hkl, layer.mark.colour, group, (not above, order, -y, x))


def _draw_labels(ax: Axes, palette: Palette, spots: Sequence[_Spot], sheet: Sheet) -> None:
    # Digits are of one width, so that few texts need to be measured.
    font = shrunk(_HKL, sheet.side, 0.85)
    size = cache(lambda digits: text_size(ax, hkl_text(digits), font))
    order = sorted(range(len(spots)), key=lambda i: spots[i].rank)
    wishes = [
        Wish(spot=i, size=size(_digits(spots[i].hkl)), group=spots[i].group) for i in order
    ]
    half = sheet.side / 2
    scaled = np.array([s.place for s in spots]) * (sheet.scale, sheet.scale, 1) + (
        half,
        half,
        0,
    )
    placed = place_labels(
        wishes,
        scaled,
        area=(sheet.side, sheet.side),
        taken=sheet.taken,
        most=1 + int(sheet.side**2 / _LABEL_AREA),
    )
    how: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 9} | font
    for place in placed:
        spot = spots[place.wish.spot]
        x, y, _ = scaled[place.wish.spot].tolist()
        shift = (place.centre[0] - x, place.centre[1] - y)
        words = hkl_text(spot.hkl)
        text = ax.annotate(words, spot.place[:2], shift, textcoords="offset points", **how)
        text.set(gid="hkl" if place.wish.spot else "beam", color=spot.colour)
        text.set_path_effects(halo(palette))
        text.set_in_layout(False)


def _digits(hkl: tuple[int, ...]) -> tuple[int, ...]:
    """Return indices whose text is as large: every digit a 1."""
    return tuple(int("1" * len(str(abs(n)))) * (-1 if n < 0 else 1) for n in hkl)


def _check(
    traces: Sequence[SpotTrace],
    limit: float,
    scale: str,
    zone_axes: Sequence[tuple[int, ...] | None],
    image: Image | None,
) -> None:
    check_whole(limit, len(traces), image)
    brightness(0.0, scale)
    for trace in traces:
        columns = {"x": trace.x, "y": trace.y, "intensity": trace.intensity}
        check_reflections(trace.name, columns, trace.reasons, trace.hkl)
    if len(zone_axes) not in (0, len(traces)):
        raise InputError(f"{len(zone_axes)} zone axes for {len(traces)} phases")
    for zone in zone_axes:
        if zone is not None:
            uvw_text(zone)
