"""What ring patterns show of themselves: tables, profiles, plots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from navp_structures.analysis.by_phase import ByPhase, PatternTable
from navp_structures.analysis.saed import notes
from navp_structures.analysis.saed.rows import HKIL, Route, known, routes_and_rules, told_reason
from navp_structures.analysis.saed.settings import SaedSettings
from navp_structures.analysis.saed.spots import REASONS
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.model.hkl import HKL, format_hkl, hkil, hkl_of
from navp_structures.model.phase import Phase
from navp_structures.read_only import ReadOnly
from navp_structures.show.tables import Column, printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rings(ReadOnly):
    """Rings of a phase as arrays, d descending; meaning and units as in `Ring`."""

    hkl: Ints
    multiplicity: Ints
    d: Floats
    two_theta: Floats
    f_squared: Floats
    intensity: Floats
    reason: Ints
    superlattice: np.ndarray
    route: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """One family; the same reasons, rules and routes as of a spot.

    Parameters
    ----------
    g
        1/d (Å⁻¹).
    two_theta
        Degrees.
    intensity
        For a unit length of the ring, the strongest of the phase is 100.
    radius_mm, radius_px
        On the detector; None where the camera is not known.
    """

    phase: str
    hkl: HKL
    multiplicity: int
    d: float
    g: float
    two_theta: float
    f_squared: float
    intensity: float
    reason: str
    hkil: HKIL | None
    superlattice: bool
    rule: str | None
    route: Route | None
    radius_mm: float | None
    radius_px: float | None


class _RingTable(PatternTable[Ring, "RingPattern"]):
    """What rings of one phase and of several show alike."""

    __slots__ = ()

    settings: SaedSettings

    name = "rings"
    columns = (
        Column("phase", varying=True),
        Column("hkl", show=format_hkl),
        Column("multiplicity", head="m"),
        Column("d", head="d/Å", show="{:.4f}".format),
        Column("g", head="g/Å⁻¹", show="{:.4f}".format),
        Column("two_theta", head="2θ/°", show="{:.4f}".format),
        Column("f_squared", head="|F|²", show="{:.4g}".format),
        Column("intensity", head="I", show="{:.1f}".format),
        Column("reason", show=told_reason),
        Column("hkil", show=format_hkl, hidden=True),
        Column("superlattice", hidden=True),
        Column("rule", hidden=True),
        Column("route", hidden=True),
        Column("radius_mm", head="R/mm", show="{:.3f}".format),
        Column("radius_px", head="R/px", show="{:.1f}".format, hidden=True),
    )

    @property
    def toggled(self) -> frozenset[str]:
        """Pixels where no mm are known; fewer columns for several phases."""
        keys = {"f_squared", "two_theta"} if len(self.patterns) > 1 else set()
        camera = self.settings.camera
        if camera.has_pixels and camera.camera_length is None and camera.pixel is None:
            keys |= {"radius_px"}
        return frozenset(keys)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the numbers are, what there is to see, and what must be said of the phases."""
        return (*notes.ring_sentences(self.patterns), *self.provisos)

    @property
    def picture_notes(self) -> tuple[str, ...]:
        """The notes, which a picture needs all."""
        return self.notes

    def __repr__(self) -> str:
        """One line: phases, number of rings, voltage; what a model is."""
        ids = ", ".join(phase.id for phase in self.phases)
        what = f"{ids}, {len(self.rows)} rings, {self.settings.voltage:g} kV"
        return printable(f"<{type(self).__name__}: {'; '.join([what, *self.provisos])}>")

    def plot(
        self,
        ax: Axes | None = None,
        *,
        style: str = "micrograph",
        scale: str = "sqrt",
        labels: bool = True,
    ) -> Axes:
        """Draw the rings like a micrograph, each phase in its own sector.

        Parameters
        ----------
        ax
            Where to draw; None makes a figure.
        style, scale, labels
            As for patterns of spots.

        Raises
        ------
        InputError
            When style or scale is unknown.

        Returns
        -------
        The Axes; nothing is shown or saved.
        """
        from navp_structures.analysis.saed.drawing import draw_rings

        return draw_rings(self.patterns, ax, style, scale, labels=labels, notes=self.notes)


# No slots: the rows are made when they are first asked for, and kept.
@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RingPattern(_RingTable):
    """The diffraction rings of one phase, d descending; kinematic."""

    of: Phase
    settings: SaedSettings
    rings: Rings

    @cached_property
    def rows(self) -> tuple[Ring, ...]:
        """One row for each family."""
        rings, settings = self.rings, self.settings
        hkl = list(map(hkl_of, rings.hkl))
        four = self.of.space_group.has_hexagonal_axes
        radii = settings.camera.radii(rings.d, settings.wavelength)
        mm, px = map(known, radii)
        columns = {
            "hkl": hkl,
            "multiplicity": rings.multiplicity.tolist(),
            "d": rings.d.tolist(),
            "g": (1.0 / rings.d).tolist(),
            "two_theta": rings.two_theta.tolist(),
            "f_squared": rings.f_squared.tolist(),
            "intensity": rings.intensity.tolist(),
            "reason": [REASONS[n] for n in rings.reason],
            "hkil": [hkil(h) if four else None for h in hkl],
            "superlattice": rings.superlattice.tolist(),
            **routes_and_rules(self.of, rings.hkl, rings.reason, rings.route),
            "radius_mm": mm,
            "radius_px": px,
        }
        return tuple(
            Ring(phase=self.of.id, **dict(zip(columns, values, strict=True)))
            for values in zip(*columns.values(), strict=True)
        )

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, with every default in place."""
        return {"phase": self.of.id, **self.settings.ring_inputs}

    @property
    def patterns(self) -> tuple[RingPattern, ...]:
        """The one pattern."""
        return (self,)

    def __len__(self) -> int:
        """Return the number of rings."""
        return len(self.rings.d)

    def __iter__(self) -> Iterator[Ring]:
        """Iterate over the rings."""
        return iter(self.rows)

    def image(
        self,
        shape: tuple[int, int] = (512, 512),
        *,
        scale: str = "sqrt",
        fwhm: float | None = None,
    ) -> Floats:
        """Return the rings as an image; parameters as for patterns of spots."""
        from navp_structures.analysis.saed.drawing import ring_image

        return ring_image(self, shape, scale, fwhm)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RingPatterns(ByPhase[RingPattern], _RingTable):
    """The rings of several phases under one setting, phase by phase.

    The intensities of each phase are relative to its own strongest ring.
    """

    settings: SaedSettings
    patterns: tuple[RingPattern, ...]

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, with every default in place."""
        ids = [pattern.of.id for pattern in self.patterns]
        return {"phases": ids, **self.settings.ring_inputs}
