"""Which further spot, or which calibration, would separate the leading answers most."""

from __future__ import annotations

from typing import Final

import numpy as np

from navp_structures.analysis.indexing.next_step import NextMeasurement
from navp_structures.analysis.indexing.spot_evidence import Errors
from navp_structures.analysis.indexing.spot_search import Posterior
from navp_structures.analysis.indexing.zone_library import ZoneLibrary
from navp_structures.kernels.lattice import Floats
from navp_structures.kernels.spot_match import PolarSpots, laid, wrapped
from navp_structures.model.hkl import format_hkl, hkl_of

# Standard deviations between two positions that tell them apart.
_APART: Final = 4.0

# A spot more probable than the first is worth more than a calibration; below the second it is
# worth nothing.
_LIKELY: Final = 0.5
_HOPELESS: Final = 0.1

# A calibration this good can be had from a standard in the same session.
_CALIBRATED: Final = 0.002


def next_measurement(
    posterior: Posterior, spots: PolarSpots, library: ZoneLibrary, errors: Errors, enough: float
) -> NextMeasurement | None:
    """Return what would separate the two most probable phases; None where one has enough.

    Parameters
    ----------
    enough
        A posterior that needs no further question.
    """
    order = np.argsort(-posterior.phases, kind="stable")[:2]
    if len(order) < 2 or posterior.phases[order[0]] > enough:
        return None
    leaders = [_leader(posterior, library, int(phase)) for phase in order]
    if None in leaders:
        return None
    one, two = (int(h) for h in leaders if h is not None)
    names = (library.phases[order[0]].id, library.phases[order[1]].id)
    calibration = _calibration(posterior, one, two, names, errors)
    spot = _spot(posterior, spots, library, (one, two), names)
    likely = 0.0 if spot is None else spot.probability or 0.0
    if calibration is not None and likely < _LIKELY:
        return calibration
    return spot if likely > _HOPELESS else None


def _leader(posterior: Posterior, library: ZoneLibrary, phase: int) -> int | None:
    """Return the most probable placement of a phase."""
    own = np.flatnonzero(library.owner[posterior.placed.zone] == phase)
    if not len(own) or posterior.weight[own].max() <= 0.0:
        return None
    return int(own[posterior.weight[own].argmax()])


def _calibration(
    posterior: Posterior, one: int, two: int, names: tuple[str, str], errors: Errors
) -> NextMeasurement | None:
    """Return the scale as what to measure, where the two answers ask for different ones."""
    apart = abs(float(posterior.fits.scale[one] - posterior.fits.scale[two]))
    if errors.scale <= _CALIBRATED or apart < _APART * _CALIBRATED:
        return None
    sigma = apart / _APART
    scales = [np.exp(-float(posterior.fits.scale[h])) for h in (one, two)]
    return NextMeasurement(
        kind="scale",
        answers=names,
        hkl=None,
        d=None,
        x=None,
        y=None,
        probability=None,
        sigma=sigma,
        text=(
            f"calibrate the scale to {100.0 * sigma:.1f} % or better: {names[0]} needs a scale "
            f"of {scales[0]:.4f}, {names[1]} one of {scales[1]:.4f}"
        ),
    )


def _spot(
    posterior: Posterior,
    spots: PolarSpots,
    library: ZoneLibrary,
    leaders: tuple[int, int],
    names: tuple[str, str],
) -> NextMeasurement | None:
    """Return the most probable spot of one answer that the other one has not."""
    best: NextMeasurement | None = None
    seen = library.visibility(len(spots), 0.0).probability
    for (one, two), (first, second) in (
        (leaders, names),
        (leaders[::-1], (names[1], names[0])),
    ):
        rows = _unseen(posterior, library, one)
        if not len(rows):
            continue
        log_r, angle = _predicted(posterior, library, one, rows)
        lonely = _is_far(posterior, spots, library, two, log_r, angle)
        rows, log_r, angle = rows[lonely], log_r[lonely], angle[lonely]
        if not len(rows):
            continue
        n = int(seen[rows].argmax())
        if best is not None and seen[rows[n]] <= (best.probability or 0.0):
            continue
        hkl = hkl_of(library.hkl[rows[n]])
        length = float(np.exp(log_r[n]))
        x, y = length * float(np.cos(angle[n])), length * float(np.sin(angle[n]))
        best = NextMeasurement(
            kind="spot",
            answers=(first, second),
            hkl=hkl,
            d=1.0 / length,
            x=x,
            y=y,
            probability=float(seen[rows[n]]),
            sigma=None,
            text=(
                f"look for a spot at ({x:+.4f}, {y:+.4f}) Å⁻¹, d {1.0 / length:.4f} Å: "
                f"{format_hkl(hkl)} of {first}, seen with a probability of "
                f"{seen[rows[n]]:.2f}; {second} has none there"
            ),
        )
    return best


def _unseen(posterior: Posterior, library: ZoneLibrary, h: int) -> np.ndarray:
    """Return the reflections of a placement's zone that no spot is."""
    zone = int(posterior.placed.zone[h])
    rows = np.arange(library.first[zone], library.first[zone + 1])
    rows = rows[library.counted[rows] & ~library.extinct[rows]]
    match = posterior.placed.match[h]
    taken = match[match >= 0]
    return np.asarray(rows[~np.isin(rows, np.concatenate([taken, library.mate[taken]]))])


def _predicted(
    posterior: Posterior, library: ZoneLibrary, h: int, rows: np.ndarray
) -> tuple[Floats, Floats]:
    """Return where reflections of a placement lie in the pattern: ln of length, angle."""
    placed, fits = posterior.placed, posterior.fits
    c, d = fits.strain[h].tolist()
    return laid(
        library.nets.log_g[rows],
        library.nets.angle[rows],
        turn=float(fits.turn[h]),
        mirror=float(placed.mirror[h]),
        scale=float(fits.scale[h]),
        strain=(c, d),
    )


def _is_far(
    posterior: Posterior,
    spots: PolarSpots,
    library: ZoneLibrary,
    h: int,
    log_r: Floats,
    angle: Floats,
) -> np.ndarray:
    """Return which positions a placement has no reflection near."""
    zone = int(posterior.placed.zone[h])
    rows = np.arange(library.first[zone], library.first[zone + 1])
    rows = rows[~library.extinct[rows]]
    other_r, other_angle = _predicted(posterior, library, h, rows)
    off = np.abs(wrapped(angle[:, np.newaxis] - other_angle)) / spots.sigma_angle.mean()
    stretch = np.abs(log_r[:, np.newaxis] - other_r) / spots.sigma.mean()
    return np.asarray((np.hypot(off, stretch) > _APART).all(axis=1))
