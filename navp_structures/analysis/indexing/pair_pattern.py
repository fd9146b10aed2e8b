"""Two spacings and their angle as the smallest pattern there is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from navp_structures.analysis.indexing.spot_result import SpotIndexing
from navp_structures.analysis.indexing.spot_settings import DEFAULT_LONGEST_ZONE, SpotSettings
from navp_structures.analysis.indexing.spots import index_pattern
from navp_structures.analysis.indexing.units import Spacing
from navp_structures.analysis.numbers import LEAST_SIGMA
from navp_structures.model.phase import Phase

# Standard deviations of the angle within which two spacings are of one line.
_FLAT = 3.0


def pair_pattern(
    phases: Sequence[Phase],
    observed: Sequence[Spacing],
    angles: Mapping[tuple[int, int], float],
    angle_sigma: float,
    scale_sigma: float,
) -> SpotIndexing | None:
    """Return the answer of `index_spots` for two spacings with an angle; None for others.

    Parameters
    ----------
    angles
        Degrees, by pair of observations.
    angle_sigma, scale_sigma
        Degrees, and relative.
    """
    if len(observed) != 2 or (0, 1) not in angles:
        return None
    between = math.radians(angles[0, 1])
    if math.sin(between) < _FLAT * math.radians(angle_sigma):
        return None
    one, two = (1.0 / spacing.d for spacing in observed)
    settings = SpotSettings.of(
        phases=phases,
        # Of 2θ, and of half an angle's variance, less may be left than a spot can have.
        sigma=[max(spacing.sigma, LEAST_SIGMA) for spacing in observed],
        # The angle between two is as uncertain as both together.
        angle_sigma=max(angle_sigma / math.sqrt(2.0), LEAST_SIGMA),
        scale_sigma=scale_sigma,
        units="1/A",
        camera_constant=None,
        distortion_sigma=0.0,
        longest_zone=DEFAULT_LONGEST_ZONE,
        g_max=None,
    )
    spots = [(one, 0.0), (two * math.cos(between), two * math.sin(between))]
    return index_pattern(spots, None, settings)
