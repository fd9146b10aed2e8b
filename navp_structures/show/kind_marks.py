"""Marks that tell of what kind a phase is: measured, a model, computed, or not stated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from navp_structures.errors import InputError, shown
from navp_structures.show.plot_text import points

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

NOT_STATED: Final = "kind not stated"

# How much of a mark is filled. What nobody measured is open, what may be either is half.
_FILLED: Final[dict[str, str]] = {
    "measured": "full",
    "model": "none",
    "computed": "none",
    NOT_STATED: "bottom",
}

_LEGEND_SIZES: Final = (7.5, 7.0, 6.5, 6.0, 5.5)


def kind_style(kind: str | None, colour: str, inside: Any) -> dict[str, Any]:
    """Return colours, filling and gid of the marks of a kind.

    Parameters
    ----------
    kind
        None where it is not stated.
    inside
        Colour of what is not filled.
    """
    told = kind or NOT_STATED
    filled = _FILLED[told]
    half = {"fillstyle": "full" if filled == "none" else filled, "mfcalt": inside}
    return {"color": colour, "mfc": inside if filled == "none" else colour, "gid": told} | half


def kind_handles(
    kinds: Iterable[str | None], colour: str, inside: Any, size: float
) -> list[Line2D]:
    """Return an entry of a legend for each mark that occurs, with all its kinds as label."""
    from matplotlib.lines import Line2D

    occurring = {kind or NOT_STATED for kind in kinds}
    words: dict[str, list[str]] = {}
    for told, filled in _FILLED.items():
        if told in occurring:
            words.setdefault(filled, []).append(told)
    mark: dict[str, Any] = {"linestyle": "", "marker": "o", "markersize": size}
    return [
        Line2D([], [], label=" or ".join(told), **mark, **kind_style(told[0], colour, inside))
        for told in words.values()
    ]


def write_legend(ax: Axes, handles: Sequence[Line2D], loc: str, width: float) -> None:
    """Write entries side by side at the top, as large as so many points allow."""
    how: dict[str, Any] = {"frameon": False, "borderaxespad": 0.1, "ncols": len(handles)}
    how |= {"handletextpad": 0.1, "handlelength": 1.2, "columnspacing": 0.9, "loc": loc}
    for size in _LEGEND_SIZES:
        legend = ax.legend(handles=handles, fontsize=size, **how)
        if points(ax, legend.get_window_extent().width, 0)[0] <= width:
            break


def check_kind(name: str, kind: str | None) -> None:
    """Refuse a kind that has no mark."""
    if kind is not None and kind not in _FILLED:
        raise InputError(
            f"{name}: kind {shown(kind)} has no mark; leave it None where not stated"
        )
