r"""Simulated spot patterns with known answers.

A zone axis is drawn evenly among all [uvw] whose lattice translation is at most 45 Å and whose
zone shows two directions; each reflection to 0.85 Å⁻¹ has the intensity of its model; 15 % go
unnoticed; the n strongest of the rest are the spots, of which 10 % are put anywhere (for more
than three). The pattern is turned at will, seen from either side, scaled by a common error, and
each spot is moved by errors of its length and its angle.

Intensities of ``kinematic`` and ``two-beam`` are times :math:`\exp(-(g/0.6)^2)` and a
log-normal factor of 0.30 decades, which stand for all that the model leaves out. ``many-beam``
has those of Bloch waves as they are: displacements of atoms and the Ewald sphere weaken
reflections far out, and thickness, tilt and the other beams scatter the rest. There reflections
that a glide plane or a screw axis forbids are spots where other beams lead to them, the
stronger one of an opposite pair counts, and what has less than 1e-4 of the strongest is not
seen.

Nothing of the indexing is used here but the list of zone axes and the structure factors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from navp_structures.analysis.sphere import sphere
from navp_structures.benchmark.many_beam import Beams, opposite_pairs, zone_beams
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.zone_list import zone_list
from navp_structures.model.phase import Phase

LONGEST_ZONE: Final = 45.0
G_MAX: Final = 0.85
FALL_OFF: Final = 0.6
DECADES: Final = 0.30
UNNOTICED: Final = 0.15
SPURIOUS: Final = 0.10

# Electrons of 200 kV, foils and tilts of a usual session.
_WAVELENGTH: Final = 0.02508
_RELATIVISTIC: Final = 1.3914
_THICKNESS: Final = (100.0, 600.0)
_MISTILT: Final = np.radians(0.5)

# Of the strongest spot of Bloch waves: weaker ones drown in what is scattered inelastically.
_FAINTEST: Final = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """A pattern and what it is.

    Parameters
    ----------
    phase, zone_axis
        The answer: number of the phase, and [uvw] with the fewest negative indices.
    spots
        Å⁻¹, shape ``(n, 2)``.
    intensities
        Shape ``(n,)``.
    """

    phase: int
    zone_axis: tuple[int, ...]
    spots: Floats
    intensities: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Zone:
    """Reflections of a zone axis, one of each opposite pair.

    Parameters
    ----------
    phase
        Its number.
    uvw
        Of equal axes that with the fewest negative indices.
    share
        How many axes are equal to it.
    hkl
        Shape ``(n, 3)``.
    xy
        Å⁻¹, shape ``(n, 2)``.
    f_squared
        Shape ``(n,)``; 0 for forbidden ones.
    """

    phase: int
    uvw: tuple[int, ...]
    share: float
    hkl: Ints
    xy: Floats
    f_squared: Floats


class CaseMaker:
    """Makes cases of phases; the zones are listed once.

    Parameters
    ----------
    phases
        With atom sites.
    model
        ``kinematic``, ``two-beam`` or ``many-beam``.
    perfect
        Whether the strongest spots are all seen and nothing else, with the intensities of the
        model: to try whether a program is used as it should be.
    """

    def __init__(
        self, phases: Sequence[Phase], *, model: str = "kinematic", perfect: bool = False
    ) -> None:
        self.model = model
        self.perfect = perfect
        self.phases = phases
        forbidden = model == "many-beam"
        self.zones = [list(_zones(n, phase, forbidden)) for n, phase in enumerate(phases)]
        self._beams: dict[tuple[int, tuple[int, ...]], tuple[Beams, Ints]] = {}

    def cases(
        self,
        rng: np.random.Generator,
        number: int,
        spots: int,
        *,
        sigma: float,
        angle_sigma: float,
        scale_sigma: float,
    ) -> Iterator[Case]:
        """Yield so many cases; sigma relative, angles in degrees."""
        made = 0
        while made < number:
            case = self._case(rng, spots, sigma, np.radians(angle_sigma), scale_sigma)
            if case is not None:
                made += 1
                yield case

    def _case(
        self,
        rng: np.random.Generator,
        count: int,
        sigma: float,
        angle_sigma: float,
        scale_sigma: float,
    ) -> Case | None:
        phase = int(rng.integers(len(self.zones)))
        zones = self.zones[phase]
        share = np.array([zone.share for zone in zones])
        zone = zones[int(rng.choice(len(zones), p=share / share.sum()))]
        log_i = self._log_intensity(rng, zone)
        order = np.argsort(-log_i)
        seen = self.perfect | (rng.random(len(order)) > UNNOTICED)
        order = order[seen & np.isfinite(log_i[order])][:count]
        xy = zone.xy[order]
        if len(xy) < count or np.linalg.matrix_rank(xy, tol=1e-6) < 2:
            return None
        radius, angle = np.hypot(*xy.T), np.arctan2(xy[:, 1], xy[:, 0])
        # Of two opposite spots either may be the one that was measured.
        angle = angle + np.pi * (rng.random(count) < 0.5)
        if count > 3 and not self.perfect:
            other = rng.random(count) < SPURIOUS
            radius = np.where(other, G_MAX * np.sqrt(rng.random(count)), radius)
            angle = np.where(other, 2.0 * np.pi * rng.random(count), angle)
        angle = 2.0 * np.pi * rng.random() + rng.choice([-1.0, 1.0]) * angle
        stretch = scale_sigma * rng.normal() + sigma * rng.normal(size=count)
        radius, angle = radius * np.exp(stretch), angle + angle_sigma * rng.normal(size=count)
        if _on_one_line(angle, angle_sigma):
            return None
        return Case(
            phase=phase,
            zone_axis=zone.uvw,
            spots=np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1),
            intensities=np.exp(log_i[order] - log_i[order].max()),
        )

    def _log_intensity(self, rng: np.random.Generator, zone: Zone) -> Floats:
        """Return the logarithm of each intensity, -inf for what nobody sees."""
        if self.model == "many-beam":
            found = self._many_beam(rng, zone)
            seen = found > _FAINTEST * found.max()
            return np.where(seen, np.log(np.where(seen, found, 1.0)), -np.inf)
        strength = zone.f_squared
        if self.model == "two-beam":
            strength = _two_beam(rng, zone, self.phases[zone.phase].cell.volume)
        log_i = np.log(strength) - (zone.xy**2).sum(axis=1) / FALL_OFF**2
        if not self.perfect:
            log_i = log_i + rng.normal(0.0, DECADES * np.log(10.0), len(log_i))
        return np.asarray(log_i)

    def _many_beam(self, rng: np.random.Generator, zone: Zone) -> Floats:
        """Return intensities of Bloch waves, the stronger one of each opposite pair."""
        key = zone.phase, zone.uvw
        if key not in self._beams:
            u, v, w = zone.uvw
            beams = zone_beams(self.phases[zone.phase], (u, v, w))
            self._beams[key] = beams, opposite_pairs(beams, zone.hkl)
        beams, pairs = self._beams[key]
        thickness = rng.uniform(*_THICKNESS)
        found = beams.intensities(thickness, rng.normal(0.0, _MISTILT, 2))
        return np.asarray(found[pairs].max(axis=1))


def _on_one_line(angle: Floats, angle_sigma: float) -> bool:
    """Whether all spots are on one line within three errors of an angle between two."""
    sines = np.abs(np.sin(angle[:, np.newaxis] - angle))
    return bool((sines < 3.0 * np.sqrt(2.0) * angle_sigma).all())


def _two_beam(rng: np.random.Generator, zone: Zone, volume: float) -> Floats:
    """Return intensities of two beams in a foil of random thickness and tilt.

    Hirsch et al., Electron Microscopy of Thin Crystals (1965), ch. 8.
    """
    thickness = rng.uniform(*_THICKNESS)
    tilt = rng.normal(0.0, _MISTILT, 2)
    distance = np.pi * volume / (_WAVELENGTH * _RELATIVISTIC * np.sqrt(zone.f_squared))
    g_squared = (zone.xy**2).sum(axis=1)
    error = zone.xy @ tilt - 0.5 * _WAVELENGTH * g_squared
    wide = np.sqrt(error**2 + distance**-2)
    rocking = np.sin(np.pi * thickness * wide) ** 2 / (distance * wide) ** 2
    # A bent or uneven foil shows no exact zero.
    return np.asarray(np.maximum(rocking, 1e-6))


def _zones(number: int, phase: Phase, forbidden: bool) -> Iterator[Zone]:
    """Yield the zones of a phase, with forbidden reflections too if so wanted."""
    group, cell = phase.space_group, phase.cell
    listed = zone_list(
        cell.orthogonalisation_matrix,
        group.centring_vectors,
        group.laue_rotations,
        LONGEST_ZONE,
    )
    known = sphere(phase, 1.0 / G_MAX)
    hkl, f_squared = known.hkl, known.f_squared
    reciprocal = np.linalg.inv(cell.orthogonalisation_matrix)
    for uvw, share in zip(listed.uvw, listed.multiplicity, strict=True):
        on = hkl @ uvw == 0
        allowed = on & (f_squared > 0.0)
        if np.count_nonzero(allowed) < 4 or np.linalg.matrix_rank(hkl[allowed]) < 2:
            continue
        chosen = on if forbidden else allowed
        members = hkl[chosen]
        half = _first_half(members)
        yield Zone(
            phase=number,
            uvw=tuple(uvw.tolist()),
            share=float(share),
            hkl=members[half],
            xy=_in_plane(members[half] @ reciprocal, cell.orthogonalisation_matrix @ uvw),
            f_squared=f_squared[chosen][half],
        )


def _first_half(hkl: Ints) -> Ints:
    """Return which reflections stand for themselves and their opposites."""
    leading = np.array([next(index for index in row if index) for row in hkl.tolist()])
    return np.flatnonzero(leading > 0)


def _in_plane(vectors: Floats, axis: Floats) -> Floats:
    """Return vectors normal to an axis in two Cartesian coordinates, seen from its tip."""
    z = axis / np.linalg.norm(axis)
    x = vectors[0] / np.linalg.norm(vectors[0])
    return np.stack([vectors @ x, vectors @ np.cross(z, x)], axis=1)
