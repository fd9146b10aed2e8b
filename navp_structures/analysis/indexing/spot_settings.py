"""What is asked of the spots of a pattern."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from navp_structures.analysis.by_phase import distinct_phases
from navp_structures.analysis.calibration_result import Calibration, check_calibration
from navp_structures.analysis.numbers import is_number, items_of, within, zero_or_sigma
from navp_structures.catalogue.catalogue import PhaseLike
from navp_structures.model.phase import Phase

DEFAULT_LONGEST_ZONE: Final = 45.0
"""Å. Longer axes show few reflections: their patterns are rarely chosen."""

DEFAULT_SCALE_SIGMA: Final = 0.01
"""Relative; the magnification of a microscope is good to about 1 % when it was calibrated
on another day."""

_ZONES: Final = (5.0, 150.0)
_LARGEST_SCALE: Final = 0.3
_EDGES: Final = (0.05, 3.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpotSettings:
    """Phases, errors and units, as for `index_spots`."""

    phases: tuple[Phase, ...]
    sigma: Any
    angle_sigma: Any
    scale_sigma: float
    units: str
    camera_constant: float | None
    distortion_sigma: float
    longest_zone: float
    g_max: float | None
    calibration: Calibration | None = None

    @classmethod
    def of(
        cls,
        *,
        phases: PhaseLike | Iterable[PhaseLike] | None,
        sigma: Any,
        angle_sigma: Any,
        scale_sigma: float | None,
        units: str,
        camera_constant: float | None,
        distortion_sigma: float,
        longest_zone: float,
        g_max: float | None,
        calibration: Calibration | None = None,
    ) -> SpotSettings:
        """Return settings; sigmas and units are checked with the spots that they belong to."""
        if calibration is not None:
            check_calibration(calibration, units, camera_constant=camera_constant)
        return cls(
            phases=distinct_phases(phases),
            sigma=_kept(sigma),
            angle_sigma=_kept(angle_sigma),
            scale_sigma=scale_sigma_of(scale_sigma, calibration),
            units=units,
            camera_constant=camera_constant,
            distortion_sigma=zero_or_sigma(
                distortion_sigma, "distortion_sigma", _LARGEST_SCALE, "relative"
            ),
            longest_zone=within(longest_zone, "longest_zone", *_ZONES, "Å"),
            g_max=None if g_max is None else within(g_max, "g_max", *_EDGES, "Å⁻¹"),
            calibration=calibration,
        )

    @property
    def scale(self) -> float:
        """What the instrument makes of lengths, as far as it is known: d_obs / d."""
        return 1.0 if self.calibration is None else self.calibration.scale or 1.0

    @property
    def inputs(self) -> dict[str, Any]:
        """The settings for JSON."""
        return {
            "units": self.units,
            "camera_constant": self.camera_constant,
            "sigma": _plain(self.sigma),
            "angle_sigma": _plain(self.angle_sigma),
            "scale_sigma": self.scale_sigma,
            "distortion_sigma": self.distortion_sigma,
            "longest_zone": self.longest_zone,
            "g_max": self.g_max,
            "calibration": None if self.calibration is None else self.calibration.found,
            "phases": [phase.id for phase in self.phases],
        }


def scale_sigma_of(given: float | None, calibration: Calibration | None) -> float:
    """Return one standard deviation of the scale: as given, as calibrated, or the usual one.

    Raises
    ------
    InputError
        When it is none.
    """
    if given is not None:
        given = zero_or_sigma(given, "scale_sigma", _LARGEST_SCALE, "relative")
    if calibration is not None:
        return calibration.scale_sigma_with(given)
    return DEFAULT_SCALE_SIGMA if given is None else given


def _kept(value: Any) -> Any:
    """Return one number, or several that can be gone through again; else as it is."""
    if is_number(value):
        return float(value)
    items = None if isinstance(value, str | bytes | dict) else items_of(value)
    return value if items is None else tuple(items)


def _plain(value: Any) -> Any:
    return value if isinstance(value, float) else list(value)
