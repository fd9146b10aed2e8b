"""Bond lengths as pictures: one strip for each centre, ligands named, the mean beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from navp_structures.errors import InputError
from navp_structures.show.axes import check_axes
from navp_structures.show.kind_marks import check_kind, kind_handles, kind_style, write_legend
from navp_structures.show.numbers import rounded
from navp_structures.show.plot_text import LITERAL, Pair, points, text_size, write_around
from navp_structures.show.strip_bonds import StripBond, bars_overlap, distinct_bonds
from navp_structures.show.strip_labels import (
    MARK,
    NEAR,
    StripSheet,
    labels_with_room,
    write_labels,
)
from navp_structures.show.strip_names import SMALLEST, fit_name, write_names
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

# Points.
_MEAN_MARK: Final = 9.0
_HEAD: Final = 16.0  # height of the strip at the top that holds the legend
_FOOT: Final = 4.0  # below a strip that has labels above only
_THINNEST: Final = 6.0  # from a strip to the next, for names that can be read
_CAP: Final = 3.0  # of an error bar, to either side: beyond the mark
_CAPS_APART: Final = 2.0  # between the error bars of a strip that have caps
_EDGE: Final = 10.0  # left and right of what is drawn

_HIGHEST: Final = 24.0  # inches of a figure
_PASSES: Final = 5
_DARKEST: Final = 0.5  # opacity of a strip's bands where all overlap
_NARROWEST: Final = 0.1  # Å of the axis


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
    their strip, or below it where that is full, for the size that the axes have now. Strips
    and labels that have no room are left out, and a sentence below says so. A tick marks the
    mean, told at the right. Bars are the su; those that would overlap are pale bands.

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
    check_axes(ax)
    _check(strips)
    if ax is None:
        import matplotlib.pyplot as plt

        size = figure_size(len(strips), notes)
        ax = plt.figure(figsize=size, layout="constrained").add_subplot()
    ax.set(ylim=(len(strips) - 0.5, -0.5), yticks=[])
    ax.set_xlabel(printable(x_label), **LITERAL)
    names = write_names(ax, [strip.name for strip in strips])
    rows = [_Row(*row) for row in zip(strips, names, strict=True)]
    sheet = _fit(ax, rows, title, notes)
    _write_mean_head(ax)
    # One form for all strips of a picture.
    draw_su = _draw_bands if any(row.has_comb(sheet) for row in rows) else _draw_bars
    for n, row in enumerate(rows):
        fit_name(row.name, sheet.pitch)
        _write_mean(sheet, n, row.strip)
        _draw(sheet, n, row)
        draw_su(sheet, n, row.bonds)
        write_labels(sheet, n, *row.labelled)
    _draw_legend(sheet, [row.strip for row in rows])
    return ax


def figure_size(count: int, notes: Sequence[str]) -> Pair:
    """Return width and height (inches) for so many strips; very many become thinner."""
    below = 0.14 * sum(1 + len(note) // 115 for note in notes)
    # Very long notes leave strips some room all the same.
    most = max(_HIGHEST - below, 0.25 * _HIGHEST)
    return 7.5, min(1.2 + 0.43 * max(count, 2), most) + below


class _Row:
    """A strip with its name and its bonds."""

    def __init__(self, strip: BondStrip, name: Annotation) -> None:
        self.strip, self.name = strip, name
        self.bonds = list(distinct_bonds(strip.lengths, strip.su, strip.labels))

    @property
    def labelled(self) -> tuple[list[float], list[str]]:
        """Lengths and labels of the bonds to ligands with a name."""
        named = [bond for bond in self.bonds if bond.words]
        return [bond.length for bond in named], [bond.words for bond in named]

    def has_comb(self, sheet: StripSheet) -> bool:
        """Tell whether error bars with caps would run into each other."""
        beside = [b for b in self.bonds if (b.su or 0.0) * sheet.scale > sheet.mark / 2]
        return bars_overlap(beside, _CAPS_APART / sheet.scale)


def _fit(ax: Axes, rows: list[_Row], title: str, notes: Sequence[str]) -> StripSheet:
    """Write the notes, with remarks on the picture, and drop strips that have no room."""
    place, total = ax.get_position(), len(rows)
    has_engine = ax.figure.canvas.figure.get_layout_engine() is not None
    remarks: tuple[str, ...] = ()
    # A remark takes room of its own, which may call for another.
    for passes_left in reversed(range(_PASSES)):
        write_around(ax, title, (*notes, *remarks), "")
        fitting = max(int(_height(ax) / _THINNEST), 1)
        for row in rows[fitting:]:
            row.name.remove()
        del rows[fitting:]
        sheet = _sheet(ax, rows)
        found = tuple(_remarks(sheet, rows, total))
        if found == remarks or not passes_left:
            break
        remarks = found
        for text in [text for text in ax.texts if text.get_gid() == "notes"]:
            text.remove()
        if not has_engine:
            ax.set_position(place)
    return sheet


def _remarks(sheet: StripSheet, rows: Sequence[_Row], total: int) -> Iterator[str]:
    """Yield what the picture leaves out, and what its bands are."""
    if len(rows) < total:
        drawn = f"strips 1 to {len(rows)} of {total} are" if len(rows) > 1 else "1 strip is"
        yield f"{drawn} drawn; name fewer phases or centres to see the others"
    labels = [row.labelled for row in rows]
    wanted = sum(len(words) for _, words in labels)
    missing = wanted - sum(labels_with_room(sheet, *row) for row in labels)
    if missing and missing == wanted:
        yield "the ligands are not named: so low strips have no room for labels"
    elif missing:
        yield f"{missing} of {wanted} ligands are not named, for want of room"
    if any(row.has_comb(sheet) for row in rows):
        yield "pale bands are the su of the bonds, darker where several overlap"


def _height(ax: Axes) -> float:
    """Return the points that strips share."""
    _, height = points(ax, 0, ax.bbox.height)
    return max(height - _HEAD, 0.5 * height)


def _sheet(ax: Axes, rows: Sequence[_Row]) -> StripSheet:
    """Return the sheet, with the limits of the axes set for it."""
    width, height = points(ax, ax.bbox.width, ax.bbox.height)
    count, strips = len(rows), [row.strip for row in rows]
    pitch = _height(ax) / count
    style, both_sides = _label_style(ax, pitch)
    below = pitch / 2 if both_sides or not style else _FOOT
    bottom = count - 1 + below / pitch
    ax.set_ylim(bottom, bottom - height / pitch)
    texts = (_MEAN_HEAD, *(rounded(s.mean, s.mean_su, 3) for s in strips))
    inner = width - max(text_size(ax, text, _MEAN_STYLE)[0] for text in texts) - 8
    ends = [end for row in rows for b in row.bonds for end in (b.low, b.high)]
    ends += [strip.mean for strip in strips]
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


def _write_mean_head(ax: Axes) -> None:
    how: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points"}
    how |= {"ha": "right", "va": "top", "color": _MEAN, "gid": "head"}
    ax.annotate(_MEAN_HEAD, (1, 1), (-4, -3), **how, **_MEAN_STYLE)


def _write_mean(sheet: StripSheet, row: int, strip: BondStrip) -> None:
    ax = sheet.ax
    how: dict[str, Any] = {"xycoords": ax.get_yaxis_transform(), "textcoords": "offset points"}
    how |= {"ha": "right", "va": "center", "color": _MEAN, "gid": "mean"}
    size = min(_MEAN_STYLE["fontsize"], max(0.75 * sheet.pitch, SMALLEST))
    words = rounded(strip.mean, strip.mean_su, 3)
    ax.annotate(words, (1, row), (-4, 0), **how, **(_MEAN_STYLE | {"fontsize": size}))


def _draw(sheet: StripSheet, n: int, row: _Row) -> None:
    ax, strip = sheet.ax, row.strip
    ends = (sheet.data(0, n, 0)[0], sheet.data(sheet.width, n, 0)[0])
    ax.plot(ends, (n, n), color="0.85", linewidth=0.6, zorder=1, gid="strip")
    tall = min(_MEAN_MARK, 0.8 * sheet.pitch)
    tick: dict[str, Any] = {"marker": "|", "markersize": tall, "markeredgewidth": 1.4}
    ax.plot([strip.mean], [n], linestyle="", color=_MEAN, zorder=2.5, gid="mean", **tick)
    mark: dict[str, Any] = {"marker": "o", "markersize": sheet.mark}
    mark |= kind_style(strip.kind, _BOND, ax.get_facecolor())
    ax.plot([b.length for b in row.bonds], [n] * len(row.bonds), linestyle="", zorder=3, **mark)


def _draw_bars(sheet: StripSheet, n: int, bonds: Sequence[StripBond]) -> None:
    """Draw error bars, with caps where they are not hidden by their mark."""
    for cap, beyond in ((0.0, False), (min(_CAP, sheet.mark), True)):
        of_kind = [b for b in bonds if ((b.su or 0.0) * sheet.scale > sheet.mark / 2) == beyond]
        _draw_su(sheet, n, of_kind, elinewidth=0.8, capsize=cap)


def _draw_bands(sheet: StripSheet, n: int, bonds: Sequence[StripBond]) -> None:
    """Draw error bars that show through each other."""
    count = sum(bond.su is not None for bond in bonds)
    alpha = 1 - (1 - _DARKEST) ** (1 / max(count, 1))
    _draw_su(sheet, n, bonds, elinewidth=sheet.mark, alpha=alpha)


def _draw_su(sheet: StripSheet, n: int, bonds: Sequence[StripBond], **how: float) -> None:
    known = [bond for bond in bonds if bond.su is not None]
    if known:
        x, su = np.array([(bond.length, bond.su) for bond in known], dtype=float).T
        style: dict[str, Any] = {"fmt": "none", "ecolor": _BOND, "zorder": 2, **how}
        sheet.ax.errorbar(x, [n] * len(x), xerr=su, **style)


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
