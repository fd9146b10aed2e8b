"""Bond lengths as pictures: one strip for each centre, ligands named, the mean beside it."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from navp_structures.errors import InputError
from navp_structures.show.kind_marks import check_kind, kind_handles, kind_style, write_legend
from navp_structures.show.numbers import rounded
from navp_structures.show.plot_text import (
    LITERAL,
    NAME,
    Pair,
    folded,
    points,
    text_size,
    write_around,
)
from navp_structures.show.strip_labels import MARK, NEAR, StripSheet, write_labels
from navp_structures.show.tables import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation


# Okabe and Ito 2008, told apart by colour-blind readers; the marks differ too.
_BOND: Final = "#0072B2"
_MEAN: Final = "#D55E00"

_MEAN_HEAD: Final = "mean / Å"
_MEAN_STYLE: Final = LITERAL | {"fontsize": 8}
_LABEL_SIZES: Final = (6.5, 6.0, 5.5, 5.0)
_SMALLEST: Final = 4.5

# Points.
_MEAN_MARK: Final = 9.0
_HEAD: Final = 16.0  # height of the strip at the top that holds the legend
_FOOT: Final = 4.0  # below a strip that has labels above only
_EDGE: Final = 10.0  # left and right of what is drawn
_BESIDE: Final = 5.0  # from a name to the axes
_USUAL_MARGIN: Final = 40.0  # beside axes, for the labels of ticks

_WIDEST: Final = 0.36  # of the axes, for a name

# Å.
_EQUAL: Final = 5e-5  # between bonds of one ligand that are told as one
_NARROWEST: Final = 0.1  # range of the axis


@dataclass(frozen=True, slots=True, kw_only=True)
class BondStrip:
    """The bonds of one centre.

    Parameters
    ----------
    name
        Shown at the left.
    lengths, su, labels
        Of each bond (Å, Å or None) and its ligand, in any order.
    mean, mean_su
        Å, Å or None.
    kind
        Marks are filled for ``measured``, open for ``model`` and ``computed``, half filled for
        None: not stated.
    """

    name: str
    lengths: tuple[float, ...]
    su: tuple[float | None, ...]
    labels: tuple[str, ...]
    mean: float
    mean_su: float | None
    kind: str | None


def plot_bond_strips(
    strips: Sequence[BondStrip],
    *,
    ax: Axes | None = None,
    title: str = "",
    notes: Sequence[str] = (),
    x_label: str = "bond length / Å",
) -> Axes:
    """Draw bond lengths, one horizontal strip for each centre, the first at the top.

    Equal bonds to one ligand are one mark, labelled with their number. Labels stand above
    their strip, or below it where that is full; those of strips too low for any are left out,
    for the size that the axes have now. A tick marks the mean, told at the right.

    Parameters
    ----------
    ax
        Where to draw; a new figure when None. Without layout engine, names and notes shrink
        the axes.
    notes
        Sentences for below the axes, such as which phase is a model.

    Returns
    -------
    Axes
        Their texts have the gid ``name``, ``ligand``, ``mean``, ``head`` or ``notes``; the
        marks the kind, ``kind not stated`` or ``mean``.

    Raises
    ------
    InputError
        There is no strip, or one holds what cannot be drawn.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> octahedron = BondStrip(
    ...     name="V1",
    ...     lengths=(1.97, 1.97, 1.97, 2.03, 2.03, 2.03),
    ...     su=(0.001,) * 6,
    ...     labels=("O2", "O2", "O2", "O1", "O1", "O1"),
    ...     mean=2.0,
    ...     mean_su=None,
    ...     kind="measured",
    ... )
    >>> ax = plot_bond_strips([octahedron], ax=Figure().add_subplot())
    >>> [text.get_text() for text in ax.texts]
    ['V1', 'mean / Å', '2.000', 'O2 ×3', 'O1 ×3']
    """
    _check(strips)
    if ax is None:
        import matplotlib.pyplot as plt

        size = figure_size(len(strips), notes)
        ax = plt.figure(figsize=size, layout="constrained").add_subplot()
    ax.set(ylim=(len(strips) - 0.5, -0.5), yticks=[])
    ax.set_xlabel(printable(x_label), **LITERAL)
    names = _write_names(ax, strips)
    write_around(ax, title, notes, "")
    sheet = _sheet(ax, strips)
    for name in names:
        _fit_name(name, sheet.pitch)
    _write_means(sheet, strips)
    for row, strip in enumerate(strips):
        bonds = list(_distinct(strip))
        _draw(sheet, row, strip, bonds)
        named = [bond for bond in bonds if bond.words]
        if sheet.style and named:
            write_labels(sheet, row, [b.length for b in named], [b.words for b in named])
    _draw_legend(sheet, strips)
    return ax


def figure_size(count: int, notes: Sequence[str]) -> Pair:
    """Return width and height (inches) that so many strips need."""
    folds = sum(1 + len(note) // 115 for note in notes)
    return 7.5, 1.2 + 0.43 * max(count, 2) + 0.14 * folds


def _sheet(ax: Axes, strips: Sequence[BondStrip]) -> StripSheet:
    """Return the sheet, with the limits of the axes set for it."""
    width, height = points(ax, ax.bbox.width, ax.bbox.height)
    count = len(strips)
    pitch = max(height - _HEAD, 0.5 * height) / count
    style, both_sides = _label_style(ax, pitch)
    below = pitch / 2 if both_sides or not style else _FOOT
    bottom = count - 1 + below / pitch
    ax.set_ylim(bottom, bottom - height / pitch)
    texts = (_MEAN_HEAD, *(rounded(s.mean, s.mean_su, 3) for s in strips))
    inner = width - max(text_size(ax, text, _MEAN_STYLE)[0] for text in texts) - 8
    ends = [end for s in strips for b in _distinct(s) for end in (b.low, b.high, s.mean)]
    least, most = min(ends), max(ends)
    if most - least < _NARROWEST:
        least, most = least - _NARROWEST / 2, most + _NARROWEST / 2
    scale = max(inner - 2 * _EDGE, 0.3 * width) / (most - least)
    start = least - _EDGE / scale
    ax.set_xlim(start, start + width / scale)
    _set_ticks(ax, start, most + _EDGE / scale, inner)
    return StripSheet(ax, scale, pitch, start, inner, style, both_sides)


def _set_ticks(ax: Axes, least: float, most: float, width: float) -> None:
    from matplotlib.ticker import MaxNLocator

    many = int(np.clip(width / 45, 1, 10))
    ticks = MaxNLocator(many, steps=[1, 2, 2.5, 5, 10]).tick_values(least, most)
    ax.set_xticks([tick for tick in ticks if least <= tick <= most])
    ax.ticklabel_format(axis="x", useOffset=False)


def _label_style(ax: Axes, pitch: float) -> tuple[dict[str, Any], bool]:
    """Return the style of labels, none where there is no room, and whether both sides have."""
    for size in _LABEL_SIZES:
        style = LITERAL | {"fontsize": size}
        tall = text_size(ax, "O1 ×3", style)[1] + MARK / 2 + NEAR + 0.5
        if tall + _FOOT <= pitch:
            return style, 2 * tall <= pitch
    return {}, False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bond:
    """Equal bonds to one ligand."""

    length: float
    su: float | None
    words: str

    @property
    def low(self) -> float:
        return self.length - (self.su or 0.0)

    @property
    def high(self) -> float:
        return self.length + (self.su or 0.0)


def _distinct(strip: BondStrip) -> Iterator[_Bond]:
    """Yield bonds of different lengths or ligands, by their length."""
    rows = zip(strip.lengths, strip.labels, strip.su, strict=True)
    groups: list[list[tuple[float, str, float | None]]] = []
    for row in sorted(rows, key=lambda row: (row[1], row[0])):
        last = groups[-1][-1] if groups else None
        if last and last[1] == row[1] and row[0] - last[0] < _EQUAL:
            groups[-1].append(row)
        else:
            groups.append([row])
    for group in sorted(groups, key=lambda group: group[0][0]):
        length, label, _ = group[0]
        su = max((su for _, _, su in group if su is not None), default=None)
        times = f" ×{len(group)}" if len(group) > 1 else ""
        yield _Bond(length=length, su=su, words=f"{printable(label)}{times}".strip())


def _write_names(ax: Axes, strips: Sequence[BondStrip]) -> list[Annotation]:
    """Write names left of the axes, which without layout engine make room."""
    width, _ = points(ax, ax.bbox.width, 0)
    words = [folded(ax, strip.name, _WIDEST * width, NAME) for strip in strips]
    figure = ax.figure.canvas.figure
    if figure.get_layout_engine() is None:
        needed = max(text_size(ax, name, NAME)[0] for name in words) + 2 * _BESIDE
        free, whole = points(ax, ax.bbox.x0 - ax.figure.bbox.x0, ax.figure.bbox.width)
        more = max(needed - min(free, _USUAL_MARGIN), 0.0) / whole
        place = ax.get_position()
        ax.set_position((place.x0 + more, place.y0, place.width - more, place.height))
    where: dict[str, Any] = {"xycoords": ax.get_yaxis_transform(), "annotation_clip": False}
    where |= {"xytext": (-_BESIDE, 0), "textcoords": "offset points"}
    where |= {"ha": "right", "va": "center", "gid": "name"}
    return [ax.annotate(name, (0, row), **where, **NAME) for row, name in enumerate(words)]


def _fit_name(name: Annotation, pitch: float) -> None:
    """Let a name be no higher than its strip; where it is cut, its end, the centre, stays."""
    size = float(np.clip(0.75 * pitch, _SMALLEST, NAME["fontsize"]))
    name.set_fontsize(size)
    lines = name.get_text().split("\n")
    fitting = max(int(pitch / (1.25 * size)), 1)
    letters = max(len(line) for line in lines)
    words, tail = name.get_text().replace("\n", " "), letters // 3
    head = letters * fitting - tail - 1
    # Words are folded before a line is full, so that more may have to go than letters tell.
    while len(lines) > fitting and head > 0:
        lines = textwrap.wrap(f"{words[:head]}…{words[-tail:]}", letters)
        head -= 1
    name.set_text("\n".join(lines))


def _write_means(sheet: StripSheet, strips: Sequence[BondStrip]) -> None:
    ax = sheet.ax
    how: dict[str, Any] = {"textcoords": "offset points", "ha": "right", "color": _MEAN}
    how["xytext"] = (-4, 0)
    head: dict[str, Any] = {"xycoords": "axes fraction", "va": "top", "gid": "head"}
    ax.annotate(_MEAN_HEAD, (1, 1), **head, **(how | {"xytext": (-4, -3)}), **_MEAN_STYLE)
    size = min(_MEAN_STYLE["fontsize"], max(0.75 * sheet.pitch, _SMALLEST))
    style = _MEAN_STYLE | {"fontsize": size, "va": "center", "gid": "mean"}
    for row, strip in enumerate(strips):
        across = ax.get_yaxis_transform()
        words = rounded(strip.mean, strip.mean_su, 3)
        ax.annotate(words, (1, row), xycoords=across, **how, **style)


def _draw(sheet: StripSheet, row: int, strip: BondStrip, bonds: Sequence[_Bond]) -> None:
    ax = sheet.ax
    ends = (sheet.data(0, row, 0)[0], sheet.data(sheet.width, row, 0)[0])
    ax.plot(ends, (row, row), color="0.85", linewidth=0.6, zorder=1, gid="strip")
    tall = min(_MEAN_MARK, 0.8 * sheet.pitch)
    tick: dict[str, Any] = {
        "marker": "|",
        "markersize": tall,
        "color": _MEAN,
        "markeredgewidth": 1.4,
    }
    ax.plot([strip.mean], [row], linestyle="", zorder=2.5, gid="mean", **tick)
    bars = [(bond.length, row, bond.su) for bond in bonds if bond.su is not None]
    if bars:
        x, y, su = np.transpose(bars)
        how: dict[str, Any] = {"fmt": "none", "ecolor": _BOND, "elinewidth": 0.8}
        ax.errorbar(x, y, xerr=su, capsize=2, **how)
    mark: dict[str, Any] = {"marker": "o", "markersize": min(MARK, 0.7 * sheet.pitch)}
    mark |= kind_style(strip.kind, _BOND, ax.get_facecolor())
    ax.plot([b.length for b in bonds], [row] * len(bonds), linestyle="", zorder=3, **mark)


def _draw_legend(sheet: StripSheet, strips: Sequence[BondStrip]) -> None:
    from matplotlib.lines import Line2D

    ax = sheet.ax
    handles = kind_handles((strip.kind for strip in strips), _BOND, ax.get_facecolor(), MARK)
    tick: dict[str, Any] = {"marker": "|", "markersize": 9, "color": _MEAN, "label": "mean"}
    handles.append(Line2D([], [], linestyle="", markeredgewidth=1.4, **tick))
    write_legend(ax, handles, "upper left", sheet.width)


def _check(strips: Sequence[BondStrip]) -> None:
    if not strips:
        raise InputError("nothing to plot: give at least one strip of bonds")
    for strip in strips:
        check_kind(strip.name, strip.kind)
        counts = {len(strip.lengths), len(strip.su), len(strip.labels)}
        if len(counts) != 1 or not strip.lengths:
            raise InputError(f"{strip.name}: each bond has a length, a su or None, a label")
        if not all(math.isfinite(v) and v > 0 for v in (*strip.lengths, strip.mean)):
            raise InputError(f"{strip.name}: a length is a finite number above 0")
        if not all(math.isfinite(su) and su >= 0 for su in strip.su if su is not None):
            raise InputError(f"{strip.name}: a su is a finite number of at least 0, or None")
