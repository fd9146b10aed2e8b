"""Zones of several phases as one set of arrays, with what is expected of each."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

import numpy as np

from navp_structures.analysis.indexing.spot_views import SPREADS, USUAL, Kind, View
from navp_structures.analysis.indexing.zones import PhaseZones, chosen_zones, listed_zones
from navp_structures.analysis.shelf import Shelf
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.polyhedron import Bools
from navp_structures.kernels.spot_match import Nets
from navp_structures.kernels.spot_pairs import PairTable
from navp_structures.kernels.visibility import FALL_OFF, Visibility, visibility
from navp_structures.model.phase import Phase

BEYOND: Final = 15.0
"""Å; axes longer than the listed ones are less probable by e for each of these."""

LEAST_REACH: Final = 0.85
"""Å⁻¹; reflections are listed at least to this."""

# Reflections of a zone whose pairs are looked up, opposite ones counted once, up to so many
# spots: the short spots of a rich pattern may be weak ones.
_PAIRED: Final = ((14, 20), (28, 40), (10_000, 60))

# Å⁻¹, to which they are taken: where only the middle of a pattern was seen, its spots are none
# of the strongest reflections of the zone.
_REACHES: Final = (0.25, 0.4, 0.6, math.inf)

_MOST_KEPT: Final = 4_000_000

# Tables that one library keeps, and reflections of visibilities: one for each number of spots
# and each view, of which the patterns of a long list have many (16 bytes each).
_MOST_TABLES: Final = 16
_MOST_SEEN: Final = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ZoneLibrary:
    """Zones of phases, one behind the other.

    Parameters
    ----------
    parts
        The zones of each phase; several parts may be of one.
    owner
        Number of the phase of each zone, shape ``(z,)``.
    uvw, length, spread
        Of each zone, as for `PhaseZones`.
    log_prior
        ln of the prior of each zone within its phase, shape ``(z,)``.
    nets
        For the kernels.
    zone, hkl, log_intensity, log_averaged, log_dynamical, extinct, superlattice, counted, mate
        Of each reflection.
    """

    phases: tuple[Phase, ...]
    owner: Ints
    uvw: Ints
    length: Floats
    spread: Floats
    log_prior: Floats
    nets: Nets
    zone: Ints
    hkl: Ints
    log_intensity: Floats
    log_averaged: Floats
    log_dynamical: Floats
    extinct: Bools
    superlattice: Bools
    counted: Bools
    mate: Ints
    first: Ints
    _seen: Shelf[tuple[int, float, View], Visibility] = field(
        default_factory=lambda: Shelf(_MOST_SEEN)
    )
    _spreads: Shelf[tuple[float, float], Floats] = field(
        default_factory=lambda: Shelf(_MOST_TABLES * 100)
    )
    _pairs: Shelf[tuple[int, float, float, float, float], PairTable] = field(
        default_factory=lambda: Shelf(_MOST_TABLES * 100)
    )

    def total_spread(self, scale: float, distortion: float) -> Floats:
        """Return a square root of the covariance of (scale, c, d) of each zone.

        Parameters
        ----------
        scale, distortion
            Relative standard deviations of the camera's scale and elliptic strain.
        """
        key = scale, distortion
        made = self._spreads.get(key)
        if made is None:
            camera = np.diag(np.array([scale, distortion, distortion]) ** 2)
            total = self.spread @ self.spread.transpose(0, 2, 1) + camera
            # A covariance without error in some direction has no Cholesky root.
            values, vectors = np.linalg.eigh(total)
            made = vectors * np.sqrt(np.clip(values, 0.0, None))[:, np.newaxis, :]
            self._spreads.put(key, made, 0)
        return made

    @property
    def largest_strain(self) -> float:
        """The largest su of scale or strain by the cell of a phase, relative."""
        return float(np.sqrt((self.spread**2).sum(axis=2)).max(initial=0.0))

    def visibility(self, count: int, spurious: float, view: View = USUAL) -> Visibility:
        """Return how probable each reflection is in a pattern of so many spots.

        Parameters
        ----------
        count, spurious
            Of the spots, and the share of them that is something else's.
        view
            The way in which the pattern is seen; its chance does not matter.
        """
        key = count, spurious, replace(view, chance=1.0)
        made = self._seen.get(key)
        if made is None:
            made = viewed(self, self.nets.log_g, count, spurious, view)
            self._seen.put(key, made, len(made.probability))
        return made

    def pairs(
        self, count: int, reach: float, sigma: float, sigma_angle: float, scale_sigma: float
    ) -> PairTable:
        """Return the table of pairs of strong reflections for so many spots and some errors.

        Parameters
        ----------
        reach
            Å⁻¹; no spot is of a reflection farther out.
        """
        most = next(paired for spots, paired in _PAIRED if count <= spots)
        edge = next(edge for edge in _REACHES if reach <= edge)
        key = most, edge, sigma, sigma_angle, scale_sigma
        made = self._pairs.get(key)
        if made is None:
            made = PairTable(
                self.nets,
                self.zone,
                np.where(self.nets.log_g <= np.log(edge), self.log_intensity, -np.inf),
                self.counted,
                self.mate,
                most=most,
                sigma=sigma,
                sigma_angle=sigma_angle,
                scale_sigma=scale_sigma,
            )
            self._pairs.put(key, made, 0)
        return made


class _Listed(Protocol):
    @property
    def zone(self) -> Ints: ...
    @property
    def log_intensity(self) -> Floats: ...
    @property
    def log_averaged(self) -> Floats: ...
    @property
    def log_dynamical(self) -> Floats: ...
    @property
    def counted(self) -> Bools: ...


def viewed(
    listed: _Listed, log_g: Floats, count: int, spurious: float, view: View
) -> Visibility:
    """Return how probable the reflections of zones are in one way to see a pattern.

    Parameters
    ----------
    log_g
        ln of the length of each reflection in Å⁻¹.
    count, spurious, view
        As for `ZoneLibrary.visibility`.
    """
    inside = log_g <= np.log(view.edge)
    found = visibility(
        log_intensity(listed, log_g, view.kind),
        listed.zone,
        listed.counted & inside,
        count,
        spurious,
        SPREADS[view.kind],
    )
    # One beyond, where an error of its spot's length brought it in, is not among those of
    # which none is seen: that it is seen is no odds against that.
    odds = np.where(inside, found.log_odds, np.log(found.probability))
    return replace(found, log_odds=odds)


def log_intensity(listed: _Listed, log_g: Floats, kind: Kind) -> Floats:
    """Return ln of the intensity of each reflection, of one kind; -inf where unknown."""
    if kind == "undamped":
        return np.asarray(listed.log_intensity + np.exp(2.0 * log_g) / FALL_OFF**2)
    if kind == "averaged":
        return listed.log_averaged
    return listed.log_dynamical if kind == "dynamical" else listed.log_intensity


def seen_in(
    views: Sequence[View],
    log_g: Floats,
    look: Callable[[View], Visibility],
    *,
    beyond: bool = False,
) -> Floats:
    """Return how probable reflections are to be seen, whichever view it is.

    Parameters
    ----------
    log_g
        ln of the length of each reflection in Å⁻¹, shape ``(r,)``.
    look
        What each view shows.
    beyond
        Also as if spots had been looked for everywhere: of those that have one.
    """
    found = np.zeros(len(log_g))
    for view in views:
        inside = beyond | (log_g <= np.log(view.edge))
        found += view.chance * np.where(inside, look(view).probability, 0.0)
    return found


def zone_library(
    phases: Sequence[Phase], longest: float, g_max: float, *, beyond: float = 0.0
) -> ZoneLibrary:
    """Return the zones of phases up to an axis length, reflections to g_max; kept.

    Parameters
    ----------
    longest
        Å; axes up to this are equally probable.
    g_max
        Å⁻¹.
    beyond
        Å; so much longer ones are listed too, with a prior that falls.
    """
    key = tuple(phases), longest, g_max, beyond
    made = _libraries.get(key)
    if made is None:
        parts = [listed_zones(phase, longest + beyond, g_max) for phase in phases]
        made = _library(tuple(phases), parts, longest, longest + beyond)
        _libraries.put(key, made, len(made.hkl))
    return made


def extended(
    library: ZoneLibrary,
    axes: Sequence[Ints],
    longest: float,
    g_max: float,
    *,
    beyond: float = 0.0,
) -> ZoneLibrary:
    """Return a library with further zones, those of the axes of each phase; not kept."""
    parts = [listed_zones(phase, longest + beyond, g_max) for phase in library.phases]
    wanted = [
        chosen_zones(phase, uvw, g_max)
        for phase, uvw in zip(library.phases, axes, strict=True)
        if len(uvw)
    ]
    return _library(library.phases, [*parts, *wanted], longest, longest + beyond)


_libraries: Shelf[tuple[tuple[Phase, ...], float, float, float], ZoneLibrary] = Shelf(
    _MOST_KEPT
)


def _library(
    phases: tuple[Phase, ...], parts: Sequence[PhaseZones], longest: float, listed: float
) -> ZoneLibrary:
    # Zones are kept, so that theirs may be an equal phase that was read earlier.
    number = {phase: n for n, phase in enumerate(phases)}
    owner = np.repeat(
        [number[part.phase] for part in parts], [len(part.uvw) for part in parts]
    ).astype(np.int64)
    zones = np.cumsum([0, *(len(part.uvw) for part in parts)])
    rows = np.cumsum([0, *(len(part.hkl) for part in parts)])
    grids = np.cumsum([0, *(len(part.grid) for part in parts)])
    half = np.concatenate([part.half for part in parts])
    sizes = (2 * half + 1).prod(axis=1)
    first = np.concatenate([part.first[:-1] + n for part, n in zip(parts, rows, strict=False)])
    grid = np.concatenate(
        [np.where(p.grid < 0, -1, p.grid + n) for p, n in zip(parts, rows, strict=False)]
    )
    assert grids[-1] == sizes.sum()  # noqa: S101 - grids stand in the order of their zones
    g = np.concatenate([part.g for part in parts])
    length = np.concatenate([part.length for part in parts])
    with np.errstate(divide="ignore"):
        log_g = np.log(np.hypot(*g.T))
    return ZoneLibrary(
        phases=phases,
        owner=owner,
        uvw=np.concatenate([part.uvw for part in parts]),
        length=length,
        spread=np.concatenate([part.spread for part in parts]),
        log_prior=_log_prior(
            owner,
            np.concatenate([part.multiplicity for part in parts]),
            length,
            longest,
            listed,
        ),
        nets=Nets(
            inverse=np.concatenate([part.inverse for part in parts]),
            start=np.cumsum([0, *sizes])[:-1].astype(np.int64),
            half=half,
            grid=grid,
            log_g=log_g,
            angle=np.arctan2(g[:, 1], g[:, 0]),
        ),
        zone=np.concatenate([p.zone + n for p, n in zip(parts, zones, strict=False)]),
        hkl=np.concatenate([part.hkl for part in parts]),
        log_intensity=np.concatenate([part.log_intensity for part in parts]),
        log_averaged=np.concatenate([part.log_averaged for part in parts]),
        log_dynamical=np.concatenate([part.log_dynamical for part in parts]),
        extinct=np.concatenate([part.extinct for part in parts]),
        superlattice=np.concatenate([part.superlattice for part in parts]),
        counted=np.concatenate([part.counted for part in parts]),
        mate=np.concatenate([p.mate + n for p, n in zip(parts, rows, strict=False)]),
        first=np.append(first, rows[-1]),
    )


def _log_prior(
    owner: Ints, multiplicity: Ints, length: Floats, longest: float, listed: float
) -> Floats:
    """Return ln of the prior of zones: each axis up to the longest alike, then falling.

    Those up to the listed length add up to 1 for each phase; what is added to them is so far
    out that it counts next to nothing.
    """
    log_weight = np.log(multiplicity) - np.clip(length - longest, 0.0, None) / BEYOND
    inside = length <= listed * (1.0 + 1e-9)
    total = np.bincount(owner, np.where(inside, np.exp(log_weight), 0.0))
    return np.asarray(log_weight - np.log(np.maximum(total[owner], 1.0)))
