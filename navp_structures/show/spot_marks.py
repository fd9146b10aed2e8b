"""Spots as marks: what shape, colour and size each has, so that neighbours stay apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from navp_structures.show.pattern_corners import Handle
from navp_structures.show.pattern_style import Palette, by_reason, halo

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform

    from navp_structures.show.plot_text import Pair
    from navp_structures.show.spot_plot import SpotTrace

Floats = NDArray[np.float64]

# Points.
_LARGEST: Final = 6.0  # radius of the strongest spot
_STEP: Final = 1.7  # by which the rings of a further phase are wider
_LINE: Final = 0.9
_ROUND_SPOTS: Final = 3.2  # smallest radius of the circles around spots of a micrograph

_NEAREST: Final = 0.46  # of the distance to its neighbour that a mark reaches at most
_SAME_PLACE: Final = 2e-3  # of the radius of the pattern

# Areas, in squares of the radius, that make a circle, a diamond and a square look alike.
_AREA: Final[dict[str, float]] = {"o": 4.0, "D": 2.2, "s": 2.8}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How spots of one reason and phase are drawn.

    Parameters
    ----------
    marker
        Of matplotlib: a circle, a diamond or a square.
    smallest
        Radius (points).
    rimmed
        The line has a rim in the colour of the background.
    """

    marker: Literal["o", "D", "s"]
    smallest: float
    colour: str = ""
    filled: bool = False
    dashed: bool = False
    rimmed: bool = False

    def draw(
        self, ax: Axes, places: Floats, radius: Floats, palette: Palette, **how: Any
    ) -> None:
        """Draw marks at places (n, 2), with radii in points."""
        style: dict[str, Any] = {"color": self.colour, "linewidths": 0}
        if not self.filled:
            style = {"facecolors": "none", "edgecolors": self.colour, "linewidths": _LINE}
        if self.rimmed:
            style["path_effects"] = halo(palette, _LINE + 1.0)
        if self.dashed:
            style["linestyle"] = [(0, (2.0, 1.3))]
        x, y = places.T
        area = _AREA[self.marker] * radius**2
        ax.scatter(x, y, area, marker=self.marker, **style, **how)

    def handle(self, palette: Palette) -> Handle:
        """Return what draws the mark before a row of a legend."""

        def draw(ax: Axes, place: Pair, transform: Transform) -> None:
            how = {"transform": transform, "gid": "handle", "zorder": 6, "label": "_handle"}
            self.draw(ax, np.array([place]), np.array([3.2]), palette, **how)

        return draw


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layer:
    """The spots of one phase and one reason that are drawn; `light` is their brightness."""

    phase: int
    reason: str
    mark: Mark
    x: Floats
    y: Floats
    light: Floats
    hkl: tuple[tuple[int, ...], ...]


_MARKS: Final = {
    "allowed": Mark(marker="o", smallest=0.7, filled=True),
    "superlattice": Mark(marker="D", smallest=1.3, filled=True),
    "holz": Mark(marker="s", smallest=1.5),
    "double_diffraction": Mark(marker="o", smallest=2.8, dashed=True),
}


def mark_of(
    reason: str, phase: int, phases: int, palette: Palette, *, over_image: bool
) -> Mark:
    """Return how a reflection of one of so many phases is drawn; only the first is filled."""
    mark = replace(
        _MARKS[reason], colour=palette.colour(reason, phase, phases, over_image=over_image)
    )
    if over_image:
        smallest = max(mark.smallest, _ROUND_SPOTS)
        return replace(mark, filled=False, rimmed=True, smallest=smallest)
    return replace(mark, filled=mark.filled and phase == 0)


def layers_of(
    traces: Sequence[SpotTrace], limit: float, scale: str, palette: Palette, *, over_image: bool
) -> Iterator[Layer]:
    """Yield the spots within the limit that are bright enough, phase by phase."""
    for phase, trace in enumerate(traces):
        inside = np.hypot(trace.x, trace.y) <= limit * (1 + 1e-9)
        for reason, light, here in by_reason(trace.intensity, trace.reasons, inside, scale):
            yield Layer(
                phase=phase,
                reason=reason,
                mark=mark_of(reason, phase, len(traces), palette, over_image=over_image),
                x=trace.x[here],
                y=trace.y[here],
                light=light,
                hkl=tuple(trace.hkl[i] for i in here),
            )


def room_of(layers: Sequence[Layer], limit: float) -> float:
    """Return the radius (Å⁻¹) at which no mark of a phase touches a neighbour or the beam."""
    phases = {layer.phase for layer in layers}
    gaps = [_nearest([one for one in layers if one.phase == n], limit) for n in phases]
    return _NEAREST * min(gaps, default=limit)


def largest_mark(side: float, phases: int) -> float:
    """Return the greatest radius of marks, for the edge of the axes (both in points)."""
    return min(_LARGEST, side / 45) + _STEP * max(phases - 1, 0)


def radii_of(layers: Sequence[Layer], room: float, side: float) -> list[Floats]:
    """Return the radii (points) of all spots, where each has so much room (points)."""
    rings = max((layer.phase for layer in layers), default=0)
    step = min(_STEP, 0.5 * room / max(rings, 1))
    largest = min(largest_mark(side, 1), room - step * rings)
    return [
        np.maximum(largest * layer.light, min(layer.mark.smallest, largest))
        + step * layer.phase
        for layer in layers
    ]


def draw_beam(ax: Axes, palette: Palette, radius: float, *, over_image: bool) -> None:
    """Draw the direct beam as a disc in a ring, or a cross in it over an image."""
    style: dict[str, Any] = {"color": palette.ink, "linestyle": "none", "zorder": 4}
    ring: dict[str, Any] = {
        "marker": "o",
        "markersize": 2 * radius - 1,
        "markerfacecolor": "none",
    }
    ax.plot(0, 0, gid="beam", markeredgewidth=1.0, **ring, **style)
    dot: dict[str, Any] = {"marker": "+" if over_image else "o", "markersize": radius}
    ax.plot(0, 0, gid="beam", markeredgewidth=0.8 * over_image, **dot, **style)


def _nearest(layers: Sequence[Layer], limit: float) -> float:
    """Return the distance (Å⁻¹) of the two closest spots of a phase, or of one to the beam.

    Spots of higher zones may lie anywhere, so they count only where nothing else is.
    """
    flat = [layer for layer in layers if layer.reason != "holz"] or layers
    x = np.concatenate([[0.0], *(layer.x for layer in flat)])
    y = np.concatenate([[0.0], *(layer.y for layer in flat)])
    order = np.argsort(x)
    x, y = x[order], y[order]
    best = limit
    for n in range(1, len(x)):
        across = x[n:] - x[:-n]
        if across.min() > best:
            break
        apart = np.hypot(across, y[n:] - y[:-n])
        best = min(best, float(apart[apart > _SAME_PLACE * limit].min(initial=best)))
    return best
