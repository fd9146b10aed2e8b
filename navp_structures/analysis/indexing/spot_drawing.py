"""From an indexed pattern to what the show layer draws: net, spots, bars and words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from navp_structures.analysis.indexing.spot_net import SpotNet, net_of
from navp_structures.model.hkl import format_hkl, format_uvw, hkl_of
from navp_structures.model.phase import Phase
from navp_structures.show.numbers import rounded

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from navp_structures.analysis.indexing.spot_result import SpotIndexing, SpotSolution
    from navp_structures.show.indexed_marks import IndexedNet, IndexedSpots, NextSpot

# Of its length, by which the suggested spot may lie off a reflection of the drawn net.
_SAME: Final = 0.005


def draw(result: SpotIndexing, row: SpotSolution, ax: Axes | None) -> Axes:
    """Draw a solution; parameters as `SpotIndexing.plot`."""
    from navp_structures.show.indexed_plot import plot_indexed

    names = {phase.id: phase.title for phase in result.of}
    net = net_of(result, row)
    suggested = _next(result, row, net)
    phase = next(p for p in result.of if p.id == row.phase)
    return plot_indexed(
        _net(net),
        _spots(result, row),
        ax=ax,
        next_spot=suggested,
        shares=[(names.get(name, name), share) for name, share in result.posteriors.items()],
        chosen=phase.title,
        title=_title(row, phase),
        notes=tuple(_notes(result, row, phase, suggested)),
    )


def _title(row: SpotSolution, phase: Phase) -> str:
    share = f"{row.posterior:.3f}" if row.posterior >= 0.001 else f"{row.posterior:.1g}"
    rank = "" if row.rank == 1 else f"solution {row.rank}: "
    return f"{rank}{phase.title} {format_uvw(row.zone_axis)}, posterior {share}"


def _net(net: SpotNet) -> IndexedNet:
    from navp_structures.show.indexed_marks import IndexedNet

    hkl = tuple(map(hkl_of, net.hkl))
    return IndexedNet(
        x=net.x,
        y=net.y,
        probability=net.probability,
        reasons=net.reasons,
        expected=net.expected,
        hkl=hkl,
        labels=tuple(map(format_hkl, hkl)),
    )


def _spots(result: SpotIndexing, row: SpotSolution) -> IndexedSpots:
    from navp_structures.show.indexed_marks import IndexedSpots

    measured = result.measured
    return IndexedSpots(
        x=measured.g[:, 0],
        y=measured.g[:, 1],
        sigma=measured.spread,
        sigma_angle=measured.bend,
        matched=np.array([hkl is not None for hkl in row.hkls]),
        labels=tuple(
            f"spot {n}" if hkl is None else format_hkl(hkl) for n, hkl in enumerate(row.hkls, 1)
        ),
    )


def _next(result: SpotIndexing, row: SpotSolution, net: SpotNet) -> NextSpot | None:
    """Return the suggested spot where it is one of this solution's."""
    from navp_structures.show.indexed_marks import NextSpot

    asked = result.next_measurement
    if asked is None or asked.x is None or asked.y is None or asked.answers[0] != row.phase:
        return None
    off = np.hypot(net.x - asked.x, net.y - asked.y)
    n = int(off.argmin())
    # Another zone of the phase has other reflections.
    if off[n] > _SAME * np.hypot(asked.x, asked.y):
        return None
    return NextSpot(x=asked.x, y=asked.y, label=format_hkl(net.hkl[n]))


def _notes(
    result: SpotIndexing, row: SpotSolution, phase: Phase, suggested: NextSpot | None
) -> Iterator[str]:
    measured = result.measured
    sigma, bend = _range(100.0 * measured.spread), _range(np.degrees(measured.bend))
    yield (
        "circles: the spots, in ellipses of 2 sigma where these are larger (sigma of the "
        f"length {sigma} %, of the angle {bend}°)"
    )
    yield (
        "filled marks: the zone's reflections as refined, d_obs = "
        f"{rounded(row.scale, row.scale_su or None)} d_calc, residuals {row.rms_sigma:.2f} "
        "sigma (rms); their area is the probability to be seen among so many spots"
    )
    if row.unmatched:
        which = "is" if row.unmatched == 1 else "are"
        yield (
            f"{row.unmatched} of {len(row.hkls)} spots {which} none of the zone's; numbers "
            "count from 1"
        )
    asked = result.next_measurement
    if suggested is not None and asked is not None and asked.probability is not None:
        # Its own hkl may be an equal one, of the net as another placement has it.
        yield (
            f"next: {suggested.label} at ({suggested.x:+.4f}, {suggested.y:+.4f}) Å⁻¹ is seen "
            f"with a probability of {asked.probability:.2f}; {asked.answers[1]} has none there"
        )
    yield from phase.provisos


def _range(values: np.ndarray) -> str:
    least, most = float(values.min()), float(values.max())
    return f"{most:.3g}" if most - least < 1e-9 * most else f"{least:.3g} to {most:.3g}"
