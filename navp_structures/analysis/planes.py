"""Planes of a phase: spacing, 2θ, absence, angles and zone axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from navp_structures.catalogue.catalogue import PhaseLike, as_phase
from navp_structures.catalogue.radiations import RadiationLike
from navp_structures.catalogue.radiations import radiation as find_radiation
from navp_structures.kernels.lattice import zone_axes
from navp_structures.kernels.reflections import representatives
from navp_structures.model.hkl import HKL, as_hkl, format_hkl, format_uvw, hkl_of
from navp_structures.model.phase import Phase
from navp_structures.show.tables import Column, TableResult, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """One plane of a phase; d_su is None where the cell has none, two_theta where not asked."""

    phase: str
    hkl: HKL
    family: HKL
    multiplicity: int
    d: float
    d_su: float | None
    two_theta: float | None
    allowed: bool
    absence: str | None
    rule: str | None
    value: int | None
    reason: str | None

    @property
    def state(self) -> str:
        """``allowed``, or the rule that forbids it."""
        return "allowed" if self.allowed else f"extinct by {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanePair:
    """Two planes: their angle (degrees) and zone axis, None for parallel planes."""

    hkl_1: HKL
    hkl_2: HKL
    angle: float
    zone_axis: HKL | None

    def __str__(self) -> str:
        """One line."""
        axis = (
            "parallel" if self.zone_axis is None else f"zone axis {format_uvw(self.zone_axis)}"
        )
        return f"{format_hkl(self.hkl_1)} ^ {format_hkl(self.hkl_2)}: {self.angle:.2f}°, {axis}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Planes(TableResult[Plane]):
    """The answer of `describe_planes`."""

    of: Phase
    wavelength: float | None
    rows: tuple[Plane, ...]
    pairs: tuple[PlanePair, ...]

    name = "planes"
    columns = (
        Column("phase"),
        Column("hkl", show=format_hkl),
        Column("family", show=format_hkl),
        Column("multiplicity", head="m"),
        Column("d", head="d / Å", show="{:.4f}".format, su="d_su"),
        Column("d_su", hidden=True),
        Column("two_theta", head="2θ / °", show="{:.3f}".format),
        Column("allowed", hidden=True),
        Column("absence", hidden=True),
        Column("rule", hidden=True),
        Column("value", hidden=True),
    )

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked."""
        return {
            "phase": self.of.id,
            "hkl": [list(row.hkl) for row in self.rows],
            "wavelength": self.wavelength,
        }

    @property
    def notes(self) -> tuple[str, ...]:
        """Absences, angles with zone axes, and what kind of phase it is."""
        notes = [
            f"{format_hkl(r.hkl)}: {r.state}{'' if r.allowed else '; d is what it would be'}"
            for r in self.rows
        ]
        notes += [str(pair) for pair in self.pairs]
        if self.wavelength is not None:
            notes.append(f"wavelength {self.wavelength:.7g} Å")
        return (*notes, *self.provisos)

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The one phase."""
        return (self.of,)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document; `results` holds planes and pairs."""
        content = TableResult.to_dict(self)
        content["results"] = {
            "planes": content["results"],
            "pairs": plain([asdict(pair) for pair in self.pairs]),
        }
        return content


def describe_planes(
    phase: PhaseLike,
    hkl: Sequence[str | Sequence[int]],
    *,
    radiation: RadiationLike | None = None,
) -> Planes:
    """Return spacing and absence of each plane, angle and zone axis of each two.

    Parameters
    ----------
    phase
        A Phase, a name, or the path of a CIF.
    hkl
        Labels or triples.
    radiation
        Adds 2θ: a line such as ``CuKa1``, or a wavelength in Å.
    """
    found = as_phase(phase)
    hexagonal = found.space_group.has_hexagonal_axes
    labels = [as_hkl(label, hexagonal=hexagonal) for label in hkl]
    length = None if radiation is None else find_radiation(radiation).wavelength
    return Planes(
        of=found,
        wavelength=length,
        rows=tuple(_plane(found, label, length) for label in labels),
        pairs=tuple(_pair(found, one, two) for one, two in combinations(labels, 2)),
    )


def _plane(phase: Phase, hkl: HKL, length: float | None) -> Plane:
    member, times = representatives([hkl], phase.space_group.laue_rotations)
    rule = phase.absence(hkl)
    return Plane(
        phase=phase.id,
        hkl=hkl,
        family=hkl_of(member[0]),
        multiplicity=int(times[0]),
        d=phase.d(hkl),
        d_su=phase.d_su(hkl),
        two_theta=None if length is None else phase.two_theta(hkl, length),
        allowed=rule is None,
        absence=rule.kind if rule else None,
        rule=rule.rule if rule else None,
        value=rule.value if rule else None,
        reason=rule.reason if rule else None,
    )


def _pair(phase: Phase, one: HKL, two: HKL) -> PlanePair:
    axis = zone_axes(one, two)
    return PlanePair(
        hkl_1=one,
        hkl_2=two,
        angle=phase.angle(one, two),
        zone_axis=hkl_of(axis) if axis.any() else None,
    )
