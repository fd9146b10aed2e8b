"""What an electron diffraction pattern is calculated for: beam, foil, range, camera."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Final

from navp_structures.analysis.allowed import check_spacing, smallest_d_min
from navp_structures.analysis.numbers import limit_fields
from navp_structures.analysis.saed.camera import Camera
from navp_structures.errors import InputError, shown
from navp_structures.kernels.wavelengths import electron_wavelength
from navp_structures.model.phase import Phase

NOMINAL: Final = 1.0
"""Intensity at which spots of double diffraction are drawn; the strongest spot has 100."""

WIDEST: Final = 1.0
"""Å; reflections down to it, or to d_min, are where double diffraction comes from."""

# Å⁻¹: where the central maximum of a foil of 10 nm ends. Without a thickness a higher Laue
# zone must be as near as that, or spots far off the sphere would stand among the zero layer.
_HOLZ: Final = 0.01

# Name, least and largest value, unit.
_LIMITS: Final = (
    ("voltage", 1.0, 10_000.0, "kV"),
    ("max_excitation_error", 1e-6, 100.0, "Å⁻¹"),
    ("thickness", 0.1, 10_000.0, "nm"),
    ("precession", 0.0, 100.0, "mrad"),
)
_OPTIONAL: Final = frozenset({"max_excitation_error", "thickness"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SaedSettings:
    """Settings of a pattern, checked; parameters as `saed_pattern`.

    `max_excitation_error` None stands for `limit` and `holz_limit`.
    """

    voltage: float
    d_min: float
    max_excitation_error: float | None = None
    thickness: float | None = None
    precession: float = 0.0
    double_diffraction: bool = False
    camera: Camera = field(default_factory=Camera)

    def __post_init__(self) -> None:
        """Refuse what no microscope and no foil has; one sentence each."""
        limit_fields(self, _LIMITS, _OPTIONAL)
        check_spacing(self.d_min)
        object.__setattr__(self, "d_min", float(self.d_min))
        if not isinstance(self.double_diffraction, bool):
            given = shown(self.double_diffraction)
            raise InputError(f"double_diffraction is {given}; it must be True or False")

    @property
    def limit(self) -> float:
        """The largest excitation error (Å⁻¹) of a listed spot of the zero layer."""
        if self.max_excitation_error is not None:
            return self.max_excitation_error
        radius = 1.0 / self.wavelength
        # A larger d_min shows less of the same pattern.
        across = min(1.0 / min(self.d_min, WIDEST), radius) ** 2
        depth = across / (radius + math.sqrt(radius**2 - across))
        # A spot at d_min must not be lost to rounding.
        return max(depth * (1.0 + 1e-9), self._fringe)

    @property
    def holz_limit(self) -> float:
        """The same (Å⁻¹) of higher Laue zones."""
        if self.max_excitation_error is not None:
            return self.max_excitation_error
        return max(min(_HOLZ, self.limit), self._fringe)

    def reach(self, phase: Phase) -> float:
        """Return the spacing (Å) down to which reflections take part, listed or not."""
        return min(self.d_min, max(WIDEST, 1.001 * smallest_d_min(phase)))

    @property
    def box(self) -> float:
        """The excitation error (Å⁻¹) within which a precessing beam excites, without a foil.

        The same for all spots and every d_min.
        """
        return _HOLZ if self.max_excitation_error is None else self.max_excitation_error

    @property
    def _fringe(self) -> float:
        # Where the central maximum of the foil's weight ends.
        return 0.0 if self.foil is None else 1.0 / self.foil

    @property
    def wavelength(self) -> float:
        """Relativistic, of the electrons (Å)."""
        return electron_wavelength(self.voltage)

    @property
    def foil(self) -> float | None:
        """Thickness of the foil in Å."""
        return None if self.thickness is None else 10.0 * self.thickness

    @property
    def cone(self) -> float:
        """Half angle of the precession in radians."""
        return self.precession / 1000.0

    @property
    def inputs(self) -> dict[str, Any]:
        """Every setting by name, for documents."""
        return {
            **self.ring_inputs,
            "max_excitation_error": self.limit,
            "max_excitation_error_holz": self.holz_limit,
            "thickness": self.thickness,
            "precession": self.precession,
        }

    @property
    def ring_inputs(self) -> dict[str, Any]:
        """The settings that matter to a polycrystal."""
        return {
            "voltage": self.voltage,
            "wavelength": self.wavelength,
            "d_min": self.d_min,
            "double_diffraction": self.double_diffraction,
            **self.camera.inputs,
        }
