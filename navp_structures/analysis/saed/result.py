"""What electron diffraction patterns show of themselves: tables, images, plots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from navp_structures.analysis.by_phase import ByPhase, PatternTable
from navp_structures.analysis.saed import notes
from navp_structures.analysis.saed.orientation import HKLLike, Orientation
from navp_structures.analysis.saed.rows import SaedSpot, spot_rows, told_reason
from navp_structures.analysis.saed.settings import SaedSettings
from navp_structures.analysis.saed.spots import Spots
from navp_structures.kernels.lattice import Floats, interplanar_angles
from navp_structures.model.hkl import HKL, as_hkl, format_hkl
from navp_structures.model.phase import Phase
from navp_structures.show.numbers import unsigned_zero
from navp_structures.show.tables import Column, TableResult, printable

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes


# Cosine beyond which an angle is taken from its sine.
_NEARLY_PARALLEL: Final = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class NetBasis:
    """The two shortest reflections of a zone that the centring allows.

    Turning the first to the second is anticlockwise; lengths g in Å⁻¹, angle in degrees.
    """

    hkl_1: HKL
    hkl_2: HKL
    g_1: float
    g_2: float
    angle: float


class _SaedTable(PatternTable[SaedSpot, "SaedPattern"]):
    """What patterns of one phase and of several show alike."""

    __slots__ = ()

    settings: SaedSettings

    name = "saed"
    columns = (
        Column("phase", varying=True),
        Column("hkl", show=format_hkl),
        Column("x", head="x/Å⁻¹", show=lambda x: unsigned_zero(x, 3)),
        Column("y", head="y/Å⁻¹", show=lambda y: unsigned_zero(y, 3)),
        Column("d", head="d/Å", show="{:.4f}".format),
        Column("excitation_error", head="s/Å⁻¹", show=lambda s: unsigned_zero(s, 4)),
        Column("f_squared", head="|F|²", show="{:.4g}".format, hidden=True),
        Column("intensity", head="I", show="{:.1f}".format),
        Column("reason", show=told_reason),
        Column("hkil", show=format_hkl),
        Column("layer", hidden=True),
        Column("g", hidden=True),
        Column("azimuth", hidden=True),
        Column("superlattice", hidden=True),
        Column("rule", hidden=True),
        Column("route", hidden=True),
        Column("x_mm", head="x/mm", show=lambda x: unsigned_zero(x, 2), hidden=True),
        Column("y_mm", head="y/mm", show=lambda y: unsigned_zero(y, 2), hidden=True),
        Column("column", show="{:.1f}".format, hidden=True),
        Column("row", show="{:.1f}".format, hidden=True),
    )

    @property
    def toggled(self) -> frozenset[str]:
        """Positions on the detector where they are known; no four indices beside them."""
        camera = self.settings.camera
        several = len(self.patterns) > 1
        # Of several phases positions on the detector stand in place of the others.
        less = {"hkil", "x", "y"} if several else {"hkil"}
        if camera.has_pixels:
            return frozenset({"column", "row", *less})
        if camera.camera_length is not None:
            return frozenset({"x_mm", "y_mm", *less})
        return frozenset({"hkil"} if several else ())

    @property
    def notes(self) -> tuple[str, ...]:
        """What the numbers are, what there is to see, and what must be said of the phases."""
        return (*notes.sentences(self.patterns), *self.provisos)

    @property
    def picture_notes(self) -> tuple[str, ...]:
        """The notes but for what a picture shows by itself."""
        return (*notes.sentences(self.patterns, brief=True), *dict.fromkeys(self.provisos))

    def __repr__(self) -> str:
        """One line: phases with their zone axes, number of spots, voltage; what a model is."""
        which = ", ".join(f"{p.of.id} {p.orientation.text}" for p in self.patterns)
        what = f"{which}, {len(self.rows)} spots, {self.settings.voltage:g} kV"
        return printable(f"<{type(self).__name__}: {'; '.join([what, *self.provisos])}>")

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document; `geometry` holds the net and the axes of each phase."""
        content = TableResult.to_dict(self)
        return content | {"geometry": [pattern.geometry for pattern in self.patterns]}

    def plot(
        self,
        ax: Axes | None = None,
        *,
        style: str = "micrograph",
        scale: str = "sqrt",
        labels: bool = True,
        micrograph: npt.ArrayLike | None = None,
    ) -> Axes:
        """Draw the patterns over each other, like a micrograph.

        Parameters
        ----------
        ax
            Where to draw; None makes a figure.
        style
            ``micrograph``, bright spots on black, or ``inverted``.
        scale
            How intensity becomes size: ``sqrt``, ``log`` (four decades) or ``linear``.
        labels
            Whether spots are labelled, the inner and strong ones first, none over another.
        micrograph
            A grey image, shape (rows, columns), to lay the pattern over; needs positions in
            pixels (camera_constant, or camera_length and pixel, and the centre).

        Raises
        ------
        InputError
            When style or scale is unknown, or a micrograph has no calibration.

        Returns
        -------
        The Axes; nothing is shown or saved.
        """
        from navp_structures.analysis.saed.drawing import draw

        below = self.picture_notes
        return draw(self.patterns, ax, style, scale, micrograph, labels=labels, notes=below)


# No slots: the rows are made when they are first asked for, and kept.
@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class SaedPattern(_SaedTable):
    r"""The diffraction pattern of one crystal, the zero layer first, then d descending.

    Kinematic: single scattering, no absorption. In a foil thicker than a few nm strong beams
    exchange intensity; positions hold, intensities are a guide.
    """

    of: Phase
    orientation: Orientation
    settings: SaedSettings
    spots: Spots

    @cached_property
    def rows(self) -> tuple[SaedSpot, ...]:
        """One row for each spot."""
        return spot_rows(self.of, self.spots, self.settings)

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, with every default in place."""
        return {"phase": self.of.id, **self.orientation.inputs, **self.settings.inputs}

    @property
    def patterns(self) -> tuple[SaedPattern, ...]:
        """The one pattern."""
        return (self,)

    @property
    def zone_axis(self) -> HKL:
        """[uvw] in direct axes, which points to the gun before tilting."""
        return self.orientation.zone_axis

    @property
    def basis(self) -> NetBasis:
        """The reduced basis of the zero layer."""
        one, two = self.orientation.basis
        of = self.of
        return NetBasis(
            hkl_1=one, hkl_2=two, g_1=1 / of.d(one), g_2=1 / of.d(two), angle=of.angle(one, two)
        )

    @property
    def geometry(self) -> dict[str, Any]:
        """The net of the zone, and the reciprocal axes in the frame of the pattern."""
        basis = self.basis
        return {
            "phase": self.of.id,
            "zone_axis": list(self.zone_axis),
            "basis": [list(basis.hkl_1), list(basis.hkl_2)],
            "basis_g": [basis.g_1, basis.g_2],
            "basis_angle": basis.angle,
            "reciprocal_axes": self.orientation.matrix.tolist(),
        }

    def __len__(self) -> int:
        """Return the number of spots."""
        return len(self.spots.d)

    def __iter__(self) -> Iterator[SaedSpot]:
        """Iterate over the spots."""
        return iter(self.rows)

    def angle(self, hkl_1: HKLLike, hkl_2: HKLLike) -> float:
        """Return the angle (degrees, 0 to 180) between the plane normals of two spots.

        Between spots of the zero layer it is the angle that the pattern shows; for others
        that is the difference of their azimuths.
        """
        return self.of.angle(as_hkl(hkl_1), as_hkl(hkl_2))

    def angles(self) -> Floats:
        """Return `angle` of all spots with each other in their order, shape ``(n, n)``."""
        unit = self.spots.g * self.spots.d[:, np.newaxis]
        # The cosine alone loses half its digits near 0 and 180 degrees.
        cosine = np.clip(unit @ unit.T, -1.0, 1.0)
        angles = np.degrees(np.arccos(cosine))
        rows, columns = np.nonzero(np.abs(cosine) > _NEARLY_PARALLEL)
        hkl, metric = self.spots.hkl, self.of.cell.reciprocal_metric_tensor
        angles[rows, columns] = interplanar_angles(hkl[rows], hkl[columns], metric)
        return angles

    def image(
        self,
        shape: tuple[int, int] = (512, 512),
        *,
        scale: str = "sqrt",
        fwhm: float | None = None,
        beam: bool = True,
    ) -> Floats:
        """Return the pattern as an image, row 0 at the top, from 0 (black) to 1.

        Parameters
        ----------
        shape
            Rows and columns.
        scale
            ``sqrt``, ``log`` (four decades) or ``linear``, of the intensity in each pixel.
        fwhm
            Of a spot, in pixels; None is a hundredth of the smaller side, at least 2.
        beam
            Whether the direct beam is there, as strong as the strongest spot.

        Notes
        -----
        With positions in pixels the image has their scale, and their centre unless none was
        given; otherwise all spots down to d_min fit in, the direct beam in the middle.

        Raises
        ------
        InputError
            When the shape is no image's, the scale unknown, or the width not positive.
        """
        from navp_structures.analysis.saed.drawing import image

        return image(self, shape, scale, fwhm, beam=beam)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class SaedPatterns(ByPhase[SaedPattern], _SaedTable):
    """Patterns of several phases in one frame, phase by phase.

    The intensities of each phase are relative to its own strongest spot.
    """

    settings: SaedSettings
    patterns: tuple[SaedPattern, ...]

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, with every default in place."""
        each = [{"phase": p.of.id, **p.orientation.inputs} for p in self.patterns]
        return {"patterns": each, **self.settings.inputs}
