"""Ring patterns as pictures: concentric rings with hkl along them, phases in sectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from navp_structures.errors import InputError
from navp_structures.show.axes import check_axes
from navp_structures.show.brightness import brightness
from navp_structures.show.index_text import hkl_text
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
    by_reason,
    check_reflections,
    check_whole,
    halo,
    palette_of,
)
from navp_structures.show.plot_text import Pair, text_size
from navp_structures.show.ring_labels import (
    COMPARABLE,
    COVERS,
    RingWish,
    Sector,
    place_ring_labels,
)
from navp_structures.show.spot_marks import draw_beam

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform

__all__ = ["RingTrace", "figure_size", "plot_rings"]

Floats = NDArray[np.float64]

_HKL: Final[dict[str, Any]] = {"fontsize": 7, "usetex": False}
# Width (points) and opacity of the weakest ring, and its dashes in widths of the line:
# what is interrupted needs more to be seen.
_LINES: Final[dict[str, tuple[float, float, Any]]] = {
    "allowed": (0.5, 0.45, "solid"),
    "superlattice": (0.6, 0.4, (0, (6.0, 1.5, 1.0, 1.5))),
    "holz": (0.6, 0.4, (0, (1.0, 1.2))),
    "double_diffraction": (0.6, 0.4, (0, (3.5, 2.0))),
}

# Points.
_WIDEST: Final = 2.4
_SAME_PLACE: Final = 1.8  # rings nearer than this look like one
_BEAM: Final = 5.0
_EDGE: Final = 3.0
_LABEL_AREA: Final = 68.0**2  # of the axes for each label

_APART: Final = 1.5  # degrees between sectors


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RingTrace:
    """The rings of one phase.

    Parameters
    ----------
    name
        Of the phase, shown in a corner.
    radius
        Of each ring (Å⁻¹), shape (n,), in any order.
    intensity
        Of each ring, the strongest = 100, shape (n,).
    reasons
        Of each ring: ``allowed``, ``superlattice``, ``holz`` or ``double_diffraction``.
    hkl
        Of each ring, three or four integers that stand for the family.
    """

    name: str
    radius: Floats
    intensity: Floats
    reasons: tuple[str, ...]
    hkl: tuple[tuple[int, ...], ...]


def plot_rings(
    traces: Sequence[RingTrace],
    *,
    limit: float,
    ax: Axes | None = None,
    style: str = "micrograph",
    scale: str = "sqrt",
    labels: bool = True,
    title: str = "",
    notes: Sequence[str] = (),
    image: Image | None = None,
) -> Axes:
    r"""Draw ring patterns; several phases share the circle, each in a sector and a colour.

    A ring is as wide and strong as it is bright; reasons differ in the line. Rings below a
    brightness of 0.01 and those of double diffraction without intensity are not drawn, nor
    is what lies outside the limit.

    hkl stand along the rings, the strongest first, for the size that the axes have now.
    Rings that look like one are named together, or by their strongest and how many more;
    what finds no room is left out.

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
    notes
        Sentences for below the axes, such as which phase is a model.
    image
        A micrograph to compare with, and where its edges are: left, right, bottom, top
        (Å⁻¹).

    Returns
    -------
    Axes
        Their artists have the gid ``rings`` (one collection for each phase and reason, the
        reason being its label), ``beam``, ``hkl``, ``name``, ``legend``, ``scale bar``,
        ``notes`` or ``image``.

    Raises
    ------
    InputError
        Arrays differ in length or hold what cannot be drawn; limit, style, scale, reason or
        image is impossible.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> rings = {"radius": np.array([0.31, 0.35]), "intensity": np.array([13.0, 100.0])}
    >>> hkl = ((1, 1, 1), (2, 0, 0))
    >>> trace = RingTrace(name="NaCl", reasons=("allowed",) * 2, hkl=hkl, **rings)
    >>> ax = plot_rings([trace], limit=0.5, ax=Figure().add_subplot())
    >>> [text.get_text() for text in ax.texts]
    ['NaCl', 'allowed', '2 1/nm', '$2\\,0\\,0$', '$1\\,1\\,1$']
    """
    palette = palette_of(style)
    check_axes(ax)
    _check(traces, limit, scale, image)
    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.figure(figsize=figure_size(notes), layout="constrained").add_subplot()
    over_image = image is not None
    side = prepare(ax, palette, limit, image, title, notes)
    layers = list(_layers(traces, limit, scale, palette, over_image=over_image))
    sheet = fill_corners(
        ax,
        palette,
        limit,
        side,
        names=_names(ax, side, traces, palette),
        legend=_legend(layers, palette, side, many=len(traces) > 1),
        mark=_EDGE,
        panel=over_image,
    )
    for layer in layers:
        _draw_rings(ax, layer, sheet)
    innermost = min((float(layer.radius.min()) for layer in layers), default=limit)
    beam = min(_BEAM, 0.5 * innermost * sheet.scale)
    draw_beam(ax, palette, beam, over_image=over_image)
    if labels:
        _draw_labels(ax, palette, layers, beam, sheet, over_image=over_image)
    return ax


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Layer:
    """The rings of one phase and one reason that are drawn; `light` is their brightness."""

    phase: int
    reason: str
    colour: str
    sector: Sector
    radius: Floats
    light: Floats
    hkl: tuple[tuple[int, ...], ...]


def _layers(
    traces: Sequence[RingTrace], limit: float, scale: str, palette: Palette, *, over_image: bool
) -> Iterator[_Layer]:
    many = len(traces)
    for phase, trace in enumerate(traces):
        inside = trace.radius <= limit * (1 + 1e-9)
        for reason, light, here in by_reason(trace.intensity, trace.reasons, inside, scale):
            yield _Layer(
                phase=phase,
                reason=reason,
                colour=palette.colour(reason, phase, many, over_image=over_image),
                sector=_sector(phase, many),
                radius=trace.radius[here],
                light=light,
                hkl=tuple(trace.hkl[i] for i in here),
            )


def _sector(phase: int, phases: int) -> Sector:
    """Return the part of the circle of a phase: the first at the top, then clockwise."""
    apart = _APART if phases > 1 else 0.0
    return Sector(middle=90.0 - phase * 360 / phases, half=180 / phases - apart)


def _draw_rings(ax: Axes, layer: _Layer, sheet: Sheet) -> None:
    from matplotlib.collections import LineCollection
    from matplotlib.colors import to_rgba

    low, high = (layer.sector.middle + s * layer.sector.half for s in (-1, 1))
    way = np.radians(np.linspace(low, high, 361))
    circle = np.column_stack([np.cos(way), np.sin(way)])
    # The weak first, so that the strong are not hidden.
    order = np.argsort(layer.light, kind="stable")
    radius, light = layer.radius[order], layer.light[order]
    thinnest, faintest, dashes = _LINES[layer.reason]
    width = np.minimum(_WIDEST * light, 0.6 * _gaps(radius) * sheet.scale)
    opacity = faintest + (1 - faintest) * light
    lines = LineCollection(
        list(radius[:, None, None] * circle),
        linewidths=np.maximum(width, thinnest).tolist(),
        colors=[to_rgba(layer.colour, alpha) for alpha in opacity.tolist()],
        linestyles=dashes,
        capstyle="butt",
        zorder=2,
        label=layer.reason,
        gid="rings",
    )
    ax.add_collection(lines, autolim=False)


def _gaps(radius: Floats) -> Floats:
    """Return the distance of each ring to the nearest other radius, or to the centre."""
    levels = np.concatenate([[0.0], np.unique(radius), [np.inf]])
    at = np.searchsorted(levels, radius)
    gaps = np.minimum(radius - levels[at - 1], levels[at + 1] - radius)
    return np.asarray(gaps, dtype=np.float64)


def _line_handle(colour: str, reason: str) -> Handle:
    def draw(ax: Axes, place: Pair, transform: Transform) -> None:
        x, y = place
        how: dict[str, Any] = {"transform": transform, "zorder": 6, "gid": "handle"}
        ends = (x - 5.5, x + 5.5)
        ax.plot(ends, (y, y), color=colour, linestyle=_LINES[reason][2], linewidth=1.4, **how)

    return draw


def _names(ax: Axes, side: float, traces: Sequence[RingTrace], palette: Palette) -> list[Row]:
    many = len(traces)
    colours = [palette.phases[n % len(palette.phases)] for n in range(many)]
    colours = colours if many > 1 else [palette.ink] * many
    handles = [_line_handle(colour, "allowed") for colour in colours]
    return name_rows(ax, palette, side, [t.name for t in traces], colours, handles)


def _legend(
    layers: Sequence[_Layer], palette: Palette, side: float, *, many: bool
) -> list[Row]:
    handles: dict[str, Handle] = {}
    for layer in layers:
        colour = palette.ink if many else layer.colour
        handles.setdefault(layer.reason, _line_handle(colour, layer.reason))
    return legend_rows(handles, palette, side)


def _draw_labels(
    ax: Axes,
    palette: Palette,
    layers: Sequence[_Layer],
    beam: float,
    sheet: Sheet,
    *,
    over_image: bool,
) -> None:
    font = shrunk(_HKL, sheet.side, 0.85)
    size = cache(lambda words: text_size(ax, words, font))
    found = []
    for phase in sorted({layer.phase for layer in layers}):
        mine = [layer for layer in layers if layer.phase == phase]
        for radius, light, colour, hkls in _together(mine, sheet.scale):
            wordings = tuple((words, size(words)) for words in _wordings(hkls))
            wish = RingWish(
                radius=radius * sheet.scale,
                light=light,
                wordings=wordings,
                sector=mine[0].sector,
            )
            found.append((wish, colour, radius))
    found.sort(key=lambda item: -item[0].light)
    placed = place_ring_labels(
        [wish for wish, _, _ in found],
        [(wish.sector, wish.radius, wish.light) for wish, _, _ in found],
        side=sheet.side,
        taken=sheet.taken,
        beam=beam,
        most=int(sheet.side**2 / _LABEL_AREA),
    )
    looks = {id(wish): (colour, radius) for wish, colour, radius in found}
    for label in placed:
        colour, radius = looks[id(label.wish)]
        way = np.radians(label.azimuth)
        x, y = radius * np.cos(way), radius * np.sin(way)
        how: dict[str, Any] = {"rotation": label.rotation, "color": colour, "zorder": 5} | font
        text = ax.text(x, y, label.words, ha="center", va="center", gid="hkl", **how)
        text.set_path_effects(halo(palette))
        box = {"boxstyle": "square,pad=-0.1", "facecolor": palette.background, "linewidth": 0}
        text.set_bbox(box | {"alpha": 0.75 if over_image else 1.0})
        text.set_in_layout(False)


def _together(
    layers: Sequence[_Layer], scale: float
) -> Iterator[tuple[float, float, str, list[tuple[int, ...]]]]:
    """Yield what one label names: radius, brightness and colour of the strongest ring, all hkl.

    These are rings that look like one, and those of its kind too strong to be hidden.
    """
    radius = np.concatenate([layer.radius for layer in layers])
    light = np.concatenate([layer.light for layer in layers])
    hkls = [hkl for layer in layers for hkl in layer.hkl]
    kind = np.repeat(np.arange(len(layers)), [len(layer.hkl) for layer in layers])
    left = np.ones(len(radius), dtype=bool)
    order = np.argsort(-light, kind="stable")
    for i in order:
        if left[i]:
            apart = abs(radius - radius[i]) * scale
            strong = (kind == kind[i]) & (light >= COMPARABLE * light[i])
            covered = (apart <= COVERS) & strong
            here = order[(left & (covered | (apart <= _SAME_PLACE)))[order]]
            left[here] = False
            colour = layers[kind[i]].colour
            yield float(radius[i]), float(light[i]), colour, [hkls[int(j)] for j in here]


def _wordings(hkls: Sequence[tuple[int, ...]]) -> tuple[str, ...]:
    """Return ways to name families: two in full, else the strongest and how many more."""
    words = list(dict.fromkeys(hkl_text(hkl) for hkl in hkls))
    if len(words) == 1:
        return (words[0],)
    short = f"{words[0]} + {len(words) - 1} more"
    return (" + ".join(words), short) if len(words) == 2 else (short,)


def _check(traces: Sequence[RingTrace], limit: float, scale: str, image: Image | None) -> None:
    check_whole(limit, len(traces), image)
    brightness(0.0, scale)
    for trace in traces:
        columns = {"radius": trace.radius, "intensity": trace.intensity}
        check_reflections(trace.name, columns, trace.reasons, trace.hkl)
        if np.any(trace.radius <= 0):
            raise InputError(f"{trace.name}: a ring has a radius above 0")
