"""How far a printed number may be off where the paper does not say."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from navp_structures.analysis.numbers import within


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSettings:
    """Standard deviations; twice of each, and the rounding of the print, count as agreement.

    Parameters
    ----------
    spacing
        Relative, of one spacing beside the others of its image: fringes of an HRTEM image are
        a few pixels of its Fourier transform, 0.5 %.
    scale
        Relative, of all spacings of an image: its calibration, 1 %.
    angle
        Degrees, between two planes of an image.
    two_theta
        Degrees, of a powder line.
    volume
        Relative, of a volume, and of cell edges a third of it.
    """

    spacing: float = 0.005
    scale: float = 0.01
    angle: float = 1.0
    two_theta: float = 0.05
    volume: float = 0.001

    def __post_init__(self) -> None:
        """Refuse what is no standard deviation."""
        for name, value, most, unit in (
            ("spacing", self.spacing, 0.1, "relative"),
            ("scale", self.scale, 0.3, "relative"),
            ("angle", self.angle, 20.0, "°"),
            ("two_theta", self.two_theta, 5.0, "°"),
            ("volume", self.volume, 0.1, "relative"),
        ):
            object.__setattr__(self, name, within(value, name, 1e-6, most, unit))

    @property
    def inputs(self) -> dict[str, Any]:
        """The settings for JSON."""
        return asdict(self)

    @property
    def text(self) -> str:
        """What counts as agreement, in one sentence."""
        return (
            "where the paper prints no error, twice of these and the rounding of the print "
            f"count as agreement: spacings {self.spacing:.3g}, scale of an image "
            f"{self.scale:.3g}, volumes {self.volume:.3g} (relative); angles {self.angle:g}°, "
            f"2θ {self.two_theta:g}°"
        )


DEFAULTS: Final = AuditSettings()
"""What is taken where nothing is given."""
