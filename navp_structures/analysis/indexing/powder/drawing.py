"""From indexed powder lines to what the show layer draws: lanes, labels, bars and words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from navp_structures.analysis.indexing.powder.solutions import absent, assigned, refined
from navp_structures.model.hkl import format_hkl, hkl_of
from navp_structures.show.indexed_lines import (
    CalculatedLane,
    IndexedLines,
    NextLine,
    plot_indexed_lines,
)
from navp_structures.show.numbers import share_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from navp_structures.analysis.indexing.powder.engine import Explanation
    from navp_structures.analysis.indexing.powder.measured import Measured
    from navp_structures.analysis.indexing.powder.result import PowderIndexing
    from navp_structures.analysis.indexing.powder.solutions import PowderSolution
    from navp_structures.kernels.lattice import Ints

# Calculated lines that are drawn: the others are no higher than the foot is thick.
_DRAWN: Final = 1e-3

# Of the lane, where intensities are not given.
_EVEN: Final = 0.7

_AXES: Final = {
    "two_theta": "2θ / °",
    "A": "d / Å",
    "nm": "d / nm",
    "1/A": "1/d / Å⁻¹",
    "1/nm": "1/d / nm⁻¹",
    "q": "q / Å⁻¹",
}


def draw(
    result: PowderIndexing, row: PowderSolution, ax: Axes | None, figure: Figure | None = None
) -> Axes:
    """Draw a solution; parameters as `PowderIndexing.plot`.

    Parameters
    ----------
    figure
        An empty one to fill, with bars, where `ax` is None; None makes one.
    """
    measured, names = result.measured, {phase.id: phase.title for phase in result.of}
    found = result.hypotheses[row.rank - 1].explanation
    line = (
        np.full(len(measured.position), -1) if found is None else assigned(found, measured)[0]
    )
    shares = [(_short(item.phase, names), item.posterior) for item in result.rows]
    used = measured.radiation
    return plot_indexed_lines(
        _measured(measured, found, line),
        [] if found is None else list(_lanes(measured, found, line)),
        axis_label=_AXES[measured.units] + (f" ({used.text})" if used is not None else ""),
        limits=_limits(measured),
        ax=ax,
        figure=figure,
        next_line=_next(result),
        shares=shares,
        chosen=_short(row.phase, names),
        title=_heading(row, names),
        notes=tuple(_notes(result, row)),
    )


def _short(name: str, titles: dict[str, str]) -> str:
    # Two names with their kinds have no room above a bar; the notes tell the kinds.
    return titles.get(name) or name.replace("+", " + ")


def _title(name: str, titles: dict[str, str]) -> str:
    return titles.get(name) or " + ".join(titles.get(part, part) for part in name.split("+"))


def _heading(row: PowderSolution, titles: dict[str, str]) -> str:
    share = f"{row.posterior:.1g}" if row.posterior < 0.001 else share_text(row.posterior)
    rank = "" if row.rank == 1 else f"rank {row.rank}: "
    return f"{rank}{_title(row.phase, titles)}, posterior {share}"


def _limits(measured: Measured) -> tuple[float, float]:
    low, high = measured.numbers_of(np.array(measured.limits)).tolist()
    return low, high


def _measured(measured: Measured, found: Explanation | None, line: Ints) -> IndexedLines:
    count = len(measured.position)
    if measured.intensity is None:
        height = np.full(count, _EVEN)
    else:
        height = 10.0 ** (0.5 * (measured.intensity - measured.intensity.max()))
    owner = np.full(count, -1)
    labels = [measured.shown(x) for x in measured.position.tolist()]
    if found is not None:
        own = np.flatnonzero(line >= 0)
        owner[own] = found.owner[line[own]]
        for n in own.tolist():
            labels[n] = _families(found, int(line[n]))
    stray = int((line < 0).sum())
    told = "measured" if measured.intensity is not None else "measured, without intensities"
    if stray:
        told += f"; {stray} of {count}, dashed with a cross, not explained"
    return IndexedLines(
        position=measured.numbers_of(measured.position),
        height=height,
        owner=owner,
        labels=tuple(labels),
        name=told,
    )


def _families(found: Explanation, line: int) -> str:
    """Return the families of a line, the strongest first, one more at most."""
    own = hkl_of(found.hkl[line])
    others = [hkl for _, hkl in found.others.get(line, ())]
    more = f" + {len(others)} more" if len(others) > 1 else ""
    return format_hkl(own) + (f" + {format_hkl(others[0])}" if len(others) == 1 else more)


def _lanes(measured: Measured, found: Explanation, line: Ints) -> Iterator[CalculatedLane]:
    position = refined(found)
    missing = np.zeros(len(position), dtype=bool)
    missing[absent(found, line)] = True
    top = found.strength.max(initial=-np.inf)
    low, high = _limits(measured)
    for n, lines in enumerate(found.of):
        own = found.owner == n
        x = measured.numbers_of(position)
        chosen = np.flatnonzero(
            own & (found.strength > top + np.log10(_DRAWN)) & (x >= low) & (x <= high)
        )
        count = int(missing[chosen].sum())
        told = "calculated, positions as refined"
        if count:
            told += f"; {count} with a circle should be in the list"
        yield CalculatedLane(
            position=x[chosen],
            height=10.0 ** (0.5 * (found.strength[chosen] - top)),
            missing=missing[chosen],
            labels=tuple(_families(found, m) for m in chosen.tolist()),
            name=f"{lines.phase.title}, {told}",
        )


def _next(result: PowderIndexing) -> NextLine | None:
    """Return the suggested line where it is within the range."""
    asked, (low, high) = result.next_measurement, _limits(result.measured)
    if asked is None or asked.position is None or asked.hkl is None:
        return None
    if not low <= asked.position <= high:
        return None
    return NextLine(position=asked.position, label=f"next: {format_hkl(asked.hkl)}")


def _notes(result: PowderIndexing, row: PowderSolution) -> Iterator[str]:
    measured, ids = result.measured, result.hypotheses[row.rank - 1].ids
    if measured.in_degrees:
        yield f"sigma of a position {measured.sigma:g}°; as refined: {_shifts(row)}"
    elif row.scale is not None:
        sigma = 100.0 * measured.sigma
        yield f"sigma of a position {sigma:g} %; as refined: scale {row.scale:.4f}"
    if row.rms_sigma is not None:
        yield f"residuals {row.rms_sigma:.2f} sigma (rms)"
    if row.volume_ratio is not None:
        yield f"volume of {ids[1]} over that of {ids[0]} about {row.volume_ratio:.2g}"
    if result.next_measurement is not None:
        yield f"next: {result.next_measurement.text}"
    yield from (note for phase in result.of if phase.id in ids for note in phase.provisos)


def _shifts(row: PowderSolution) -> str:
    zero, displacement = row.zero_shift or 0.0, row.displacement or 0.0
    return f"zero shift {zero:+.3f}°, displacement {displacement:+.3f}°"
