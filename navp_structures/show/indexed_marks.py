"""Marks of an indexed pattern: reflections of the net, measured spots, what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from navp_structures.errors import InputError, shown
from navp_structures.show.pattern_corners import Handle
from navp_structures.show.pattern_style import STYLES, Floats
from navp_structures.show.spot_marks import Layer, mark_of, radii_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Transform

    from navp_structures.show.plot_text import Pair

Bools = NDArray[np.bool_]

PALETTE: Final = STYLES["inverted"]

# Okabe and Ito 2008, wine of Tol 2021; the marks differ in shape too.
INDEXED: Final = "#0072B2"
STRAY: Final = "#882255"
NEXT: Final = "#009E73"
_CROSS: Final = "0.5"

_REASONS: Final = {"allowed": "reflection", "superlattice": "superlattice reflection"}
_EXTINCT: Final = "double_diffraction"

ELLIPSE: Final = 2.0
"""Standard deviations that ellipses show."""

# Points.
_DISC: Final = 4.5  # largest radius of a reflection
_WIDER: Final = 1.6  # radius of circles beyond that of the largest disc
_CIRCLE: Final = 3.0  # least radius of circles
_SMALL: Final = 1.5  # half the width of a cross
_LINE: Final = 1.1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IndexedNet:
    """The reflections of a zone.

    Parameters
    ----------
    x, y
        Of each (Å⁻¹), x to the right and y up, shape (n,).
    probability
        To be seen, 0 to 1, shape (n,).
    reasons
        ``allowed``, ``superlattice`` or ``double_diffraction``, which is extinct.
    expected
        Whether it should be there, and no spot shows it, shape (n,).
    hkl
        Three integers of each.
    labels
        What may be written beside it.
    """

    x: Floats
    y: Floats
    probability: Floats
    reasons: tuple[str, ...]
    expected: Bools
    hkl: tuple[tuple[int, ...], ...]
    labels: tuple[str, ...]

    def take(self, chosen: Bools) -> IndexedNet:
        """Return some of the reflections."""
        near = np.flatnonzero(chosen)
        return IndexedNet(
            x=self.x[near],
            y=self.y[near],
            probability=self.probability[near],
            reasons=tuple(self.reasons[i] for i in near),
            expected=self.expected[near],
            hkl=tuple(self.hkl[i] for i in near),
            labels=tuple(self.labels[i] for i in near),
        )

    @property
    def extinct(self) -> Bools:
        """Whether only double diffraction shows it."""
        return np.array([reason == _EXTINCT for reason in self.reasons], dtype=bool)

    @property
    def layers(self) -> list[Layer]:
        """The reflections by reason, in which brightness is the root of the probability.

        So the area of a mark tells the probability.
        """
        found = []
        for reason in (*_REASONS, _EXTINCT):
            here = [i for i, name in enumerate(self.reasons) if name == reason]
            if here:
                found.append(
                    Layer(
                        phase=0,
                        reason=reason,
                        mark=mark_of(reason, 0, 1, PALETTE, over_image=False),
                        x=self.x[here],
                        y=self.y[here],
                        light=np.sqrt(self.probability[here]),
                        hkl=tuple(self.hkl[i] for i in here),
                    )
                )
        return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IndexedSpots:
    """The measured spots.

    Parameters
    ----------
    x, y
        Å⁻¹, shape (n,).
    sigma, sigma_angle
        Of length, relative, and of angle (radians), shape (n,).
    matched
        Whether it is one of the net's, shape (n,).
    labels
        Of each: its hkl, or its number.
    """

    x: Floats
    y: Floats
    sigma: Floats
    sigma_angle: Floats
    matched: Bools
    labels: tuple[str, ...]

    @property
    def axes(self) -> Floats:
        """Half axes of the ellipses along and across the radius (Å⁻¹), shape (n, 2)."""
        errors = np.stack([self.sigma, self.sigma_angle], axis=1)
        return np.asarray(ELLIPSE * errors * np.hypot(self.x, self.y)[:, np.newaxis])


@dataclass(frozen=True, slots=True, kw_only=True)
class NextSpot:
    """Where to look for a further spot (Å⁻¹), and its label."""

    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sizes:
    """Radii in points: of each layer's reflections, of circles around them, of the beam."""

    layers: tuple[Floats, ...]
    circle: float
    beam: float


def sizes_of(layers: list[Layer], room: float, side: float) -> Sizes:
    """Return how large marks are, where each reflection has so much room (points).

    Parameters
    ----------
    side
        Edge of the square axes (points).
    """
    room = min(room, _DISC, side / 70)
    radii = [
        np.full(len(layer.x), min(_SMALL, room)) if layer.reason == _EXTINCT else radius
        for layer, radius in zip(layers, radii_of(layers, room, side), strict=True)
    ]
    return Sizes(layers=tuple(radii), circle=max(room + _WIDER, _CIRCLE), beam=1.25 * room)


def draw_net(ax: Axes, layers: list[Layer], sizes: Sizes) -> None:
    """Draw the reflections: discs, diamonds of a superlattice, crosses of extinct ones."""
    for layer, radius in zip(layers, sizes.layers, strict=True):
        places, how = np.column_stack([layer.x, layer.y]), {"gid": "net", "zorder": 2}
        if layer.reason == _EXTINCT:
            _draw_crosses(ax, places, radius, label=layer.reason, **how)
        else:
            layer.mark.draw(ax, places, radius, PALETTE, label=layer.reason, **how)


def draw_expected(ax: Axes, net: IndexedNet, radius: float) -> None:
    """Draw broken rings around reflections that should be there."""
    if net.expected.any():
        places = np.column_stack([net.x, net.y])[net.expected]
        _draw_open(ax, places, radius, PALETTE.ink, "o", broken=True, gid="expected")


def draw_spots(ax: Axes, spots: IndexedSpots, radius: float, scale: float) -> None:
    """Draw the spots with their errors; `scale` is the points for each Å⁻¹."""
    from matplotlib.collections import EllipseCollection

    places = np.column_stack([spots.x, spots.y])
    for own, colour, gid in (
        (spots.matched, INDEXED, "indexed"),
        (~spots.matched, STRAY, "stray"),
    ):
        if not own.any():
            continue
        _draw_open(ax, places[own], radius, colour, "o", gid=gid)
        wide = own & is_wide(spots, radius, scale)
        if not wide.any():
            continue
        along, across = 2.0 * spots.axes[wide].T
        turn = np.degrees(np.arctan2(spots.y, spots.x))[wide]
        how: dict[str, Any] = {"offsets": places[wide], "offset_transform": ax.transData}
        ellipses = EllipseCollection(along, across, turn, units="xy", **how)
        ellipses.set(facecolor=(colour, 0.12), edgecolor=(colour, 0.7), linewidth=0.6)
        ellipses.set(gid="ellipses", zorder=1.5)
        ax.add_collection(ellipses, autolim=False)


def is_wide(spots: IndexedSpots, radius: float, scale: float) -> Bools:
    """Whether the ellipse of each spot is seen outside a circle of so many points."""
    return np.asarray(scale * spots.axes.max(axis=1) > radius, dtype=np.bool_)


def draw_next(ax: Axes, spot: NextSpot, radius: float) -> None:
    """Draw a square where to look next."""
    _draw_open(ax, np.array([(spot.x, spot.y)]), radius, NEXT, "s", gid="next")


def entries(
    net: IndexedNet, spots: IndexedSpots, *, suggests: bool
) -> Iterator[tuple[bool, str, Handle]]:
    """Yield what a legend tells: whether it is of the spots, words, what draws the mark."""
    if spots.matched.any():
        yield True, "spot, indexed", _open_handle(INDEXED, "o")
    if not spots.matched.all():
        yield True, "spot, not indexed", _open_handle(STRAY, "o")
    if suggests:
        yield True, "where to look next", _open_handle(NEXT, "s")
    for layer in net.layers:
        if layer.reason != _EXTINCT:
            yield False, _REASONS[layer.reason], layer.mark.handle(PALETTE)
    if net.extinct.any():
        yield False, "extinct", _cross_handle
    if net.expected.any():
        yield False, "expected, no spot", _open_handle(PALETTE.ink, "o", broken=True)


def check_indexed(net: IndexedNet, spots: IndexedSpots) -> None:
    """Refuse what cannot be drawn: unequal lengths, unknown reasons, wrong numbers.

    Raises
    ------
    InputError
        In one sentence.
    """
    of_net = (net.x, net.y, net.probability, net.expected, net.reasons, net.hkl, net.labels)
    of_spots = (spots.x, spots.y, spots.sigma, spots.sigma_angle, spots.matched, spots.labels)
    for name, columns in (("net", of_net), ("spots", of_spots)):
        counts = [len(column) for column in columns]
        if len(set(counts)) > 1 or not counts[0]:
            raise InputError(f"{name}: one value or more in each column, not {counts}")
        numbers = [c for c in columns if isinstance(c, np.ndarray)]
        if not all(np.all(np.isfinite(column)) for column in numbers):
            raise InputError(f"{name}: a column holds what is not a finite number")
    for reason in set(net.reasons) - {*_REASONS, _EXTINCT}:
        raise InputError(f"net: no reason {shown(reason)}: {', '.join((*_REASONS, _EXTINCT))}")
    if np.any((net.probability < 0) | (net.probability > 1)):
        raise InputError("net: probabilities run from 0 to 1")
    if np.any(spots.sigma < 0) or np.any(spots.sigma_angle < 0):
        raise InputError("spots: a standard deviation is a number of at least 0")


def _draw_open(
    ax: Axes,
    places: Floats,
    radius: float,
    colour: str,
    marker: str,
    *,
    broken: bool = False,
    **how: Any,
) -> None:
    style: dict[str, Any] = {"facecolors": "none", "edgecolors": colour, "linewidths": _LINE}
    if broken:
        style["linestyle"] = [(0, (2.0, 1.3))]
    x, y = places.T
    ax.scatter(x, y, 4.0 * radius**2, marker=marker, **({"zorder": 3} | style | how))


def _draw_crosses(ax: Axes, places: Floats, radius: Floats, **how: Any) -> None:
    x, y = places.T
    ax.scatter(x, y, 4.0 * radius**2, marker="x", color=_CROSS, linewidths=0.7, **how)


def _open_handle(colour: str, marker: str, *, broken: bool = False) -> Handle:
    def draw(ax: Axes, place: Pair, transform: Transform) -> None:
        how = {"transform": transform, "gid": "handle", "zorder": 6}
        _draw_open(ax, np.array([place]), _CIRCLE, colour, marker, broken=broken, **how)

    return draw


def _cross_handle(ax: Axes, place: Pair, transform: Transform) -> None:
    how = {"transform": transform, "gid": "handle", "zorder": 6}
    _draw_crosses(ax, np.array([place]), np.array([2.2]), **how)
