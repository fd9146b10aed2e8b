"""Where spots lie on a detector: camera length or camera constant, pixels, centre."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from navp_structures.analysis.numbers import limit_fields, numbers_of
from navp_structures.errors import InputError, shown
from navp_structures.kernels.lattice import Floats, two_theta

_LIMITS: Final = (
    ("camera_length", 1.0, 1e6, "mm"),
    ("camera_constant", 1e-3, 1e8, "px Å"),
    ("pixel", 1e-3, 1e5, "µm"),
)
_FARTHEST: Final = 1e6  # pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """The calibration of a pattern; nothing is known of a position without one.

    Parameters
    ----------
    camera_length
        mm, to a flat detector normal to the beam.
    camera_constant
        Distance times spacing (px Å), the same for all spots.
    pixel
        Edge of a pixel (µm).
    centre
        Column and row of the direct beam; (0, 0) where it is not given. Rows count downwards.
    """

    camera_length: float | None = None
    camera_constant: float | None = None
    pixel: float | None = None
    centre: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        """Refuse what is no calibration; one sentence each."""
        limit_fields(self, _LIMITS, [name for name, *_ in _LIMITS])
        if self.camera_length is not None and self.camera_constant is not None:
            raise InputError(
                "camera_length and camera_constant both set the scale; give one of them"
            )
        known = self.camera_length is not None or self.camera_constant is not None
        if self.pixel is not None and not known:
            raise InputError("a pixel needs camera_length (mm) or camera_constant (px Å)")
        if self.centre is not None:
            object.__setattr__(self, "centre", self._checked_centre())

    def _checked_centre(self) -> tuple[float, float]:
        found = numbers_of(self.centre, 2)
        if found is None or not all(abs(n) <= _FARTHEST for n in found):
            raise InputError(
                f"centre is {shown(self.centre)}; it must be column and row of the direct "
                "beam in pixels"
            )
        if not self.has_pixels:
            raise InputError(
                "a centre in pixels needs camera_constant (px Å), or camera_length and pixel"
            )
        return found[0], found[1]

    @property
    def has_pixels(self) -> bool:
        """Whether positions in pixels are known."""
        return self.camera_constant is not None or self.pixel is not None

    @property
    def inputs(self) -> dict[str, Any]:
        """Every setting by name."""
        return {
            "camera_length": self.camera_length,
            "camera_constant": self.camera_constant,
            "pixel": self.pixel,
            "centre": self.centre,
        }

    def millimetres(self, x: Floats, y: Floats, wavelength: float) -> tuple[Floats, Floats]:
        r"""Return positions (mm) of reciprocal ones (Å⁻¹), y upwards; NaN where unknown.

        .. math:: X = \frac{L g_x}{\sqrt{1/\lambda^2 - g_x^2 - g_y^2}}

        for a camera length L; a camera constant is linear.
        """
        if self.camera_length is not None:
            radius = 1.0 / wavelength
            # Where the beam is scattered by 90 degrees or more there is no detector.
            along = np.maximum(radius * radius - x * x - y * y, 0.0)
            with np.errstate(divide="ignore", invalid="ignore"):
                scales = np.where(along > 0.0, self.camera_length / np.sqrt(along), np.nan)
            return x * scales, y * scales
        if self.camera_constant is None or self.pixel is None:
            return np.full_like(x, np.nan), np.full_like(y, np.nan)
        scale = self.camera_constant * self.pixel / 1000.0
        return x * scale, y * scale

    def pixels(self, x: Floats, y: Floats, wavelength: float) -> tuple[Floats, Floats]:
        """Return columns and rows of reciprocal positions (Å⁻¹); NaN where unknown."""
        if self.camera_constant is not None:
            right, up = x * self.camera_constant, y * self.camera_constant
        else:
            right, up = self.millimetres(x, y, wavelength)
            scale = np.nan if self.pixel is None else 1000.0 / self.pixel
            right, up = right * scale, up * scale
        column, row = self.centre or (0.0, 0.0)
        return column + right, row - up

    def radii(self, d: Floats, wavelength: float) -> tuple[Floats, Floats]:
        r"""Return radii of powder rings (mm, and pixels); NaN where unknown.

        .. math:: R = L \tan 2\theta

        for a camera length L; a camera constant is linear in 1/d.
        """
        across = 1.0 / d
        if self.camera_length is not None:
            # sin 2θ / λ, of the beam that Bragg's law turns by 2θ.
            across = np.sin(np.radians(two_theta(d, wavelength))) / wavelength
        zero = np.zeros_like(across)
        column, _ = self.pixels(across, zero, wavelength)
        middle, _ = self.centre or (0.0, 0.0)
        return self.millimetres(across, zero, wavelength)[0], column - middle

    def text(self, wavelength: float, *, rows: bool = True) -> str:
        """Return the calibration in words, which rows are pixels; empty without one."""
        if self.camera_length is not None:
            told = f"camera length {self.camera_length:g} mm"
            constant = self.camera_length * wavelength
            told += f", camera constant {constant:.5g} mm Å"
            if self.pixel is not None:
                told += f" or {1000.0 * constant / self.pixel:.5g} px Å"
        elif self.camera_constant is not None:
            told = f"camera constant {self.camera_constant:g} px Å"
        else:
            return ""
        if self.pixel is not None:
            told += f", pixels of {self.pixel:g} µm"
        return told + (", rows counted downwards" if rows and self.has_pixels else "")
