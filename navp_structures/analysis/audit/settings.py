"""How far a printed number may be off where the paper does not say."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from navp_structures.analysis.numbers import LEAST_SIGMA, within


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSettings:
    """Standard deviations; twice of each, and the rounding of the print, count as agreement.

    Parameters
    ----------
    spacing_sigma
        Relative, of one spacing beside the others of its image: fringes of an HRTEM image are
        a few pixels of its Fourier transform, 0.5 %.
    scale_sigma
        Relative, of all spacings of an image: its calibration, 1 %.
    angle_sigma
        Degrees, between two planes of an image.
    two_theta_sigma
        Degrees, of a powder line.
    volume_sigma
        Relative, of a volume, and of cell edges a third of it.
    """

    spacing_sigma: float = 0.005
    scale_sigma: float = 0.01
    angle_sigma: float = 1.0
    two_theta_sigma: float = 0.05
    volume_sigma: float = 0.001

    def __post_init__(self) -> None:
        """Refuse what is no standard deviation."""
        for name, value, most, unit in (
            ("spacing_sigma", self.spacing_sigma, 0.1, "relative"),
            ("scale_sigma", self.scale_sigma, 0.3, "relative"),
            ("angle_sigma", self.angle_sigma, 20.0, "°"),
            ("two_theta_sigma", self.two_theta_sigma, 5.0, "°"),
            ("volume_sigma", self.volume_sigma, 0.1, "relative"),
        ):
            object.__setattr__(self, name, within(value, name, LEAST_SIGMA, most, unit))

    @property
    def inputs(self) -> dict[str, Any]:
        """The settings for JSON."""
        return asdict(self)

    @property
    def text(self) -> str:
        """What counts as agreement, in one sentence."""
        return (
            "where the paper prints no error, twice of these and the rounding of the print "
            f"count as agreement: spacings {100.0 * self.spacing_sigma:.3g} %, scale of an "
            f"image {100.0 * self.scale_sigma:.3g} %, volumes {100.0 * self.volume_sigma:.3g} "
            f"%, angles {self.angle_sigma:g}°, 2θ {self.two_theta_sigma:g}°"
        )


DEFAULTS: Final = AuditSettings()
"""What is taken where nothing is given."""
