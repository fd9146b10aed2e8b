r"""How well measured intensities agree with calculated ones.

Calculated intensities are good to a factor only, and not each by itself: they are on another
scale, thickness and displacements make all far spots weaker or stronger together, and dynamical
scattering levels strong and weak ones. With x the calculated and y the measured ln I,

.. math:: y_i = c + x_i + b\,u_i + k\,(x_i - \bar x) + \sigma\epsilon_i, \qquad
   u = (g / 0.6)^2,

where c is anything and b, k have Gaussian priors around 0; all three are integrated out. A spot
that is off by more than chance allows is taken as a reflection of any intensity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from navp_structures.kernels.lattice import Floats
from navp_structures.kernels.polyhedron import Bools
from navp_structures.kernels.visibility import INTENSITY_SPREAD

FALL_SPREAD = 0.5
"""Of b: how much more or less intensities fall with the distance than by exp(-(g / 0.6)²)."""

LEVELLED = 0.25
"""Of k: -1 would make all intensities equal."""

ANY = float(3.0 * np.log(10.0))
"""ln I of a spot that is not the one calculated is anywhere within three decades."""

OUTLIER = 0.02
"""Share of reflections whose intensity is anything."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IntensityFits:
    """Of placements.

    Parameters
    ----------
    log_evidence
        ln of the density of the ln I of the spots that are compared, shape ``(h,)``.
    compared
        How many these are, shape ``(h,)``.
    scale, fall, levelling
        Refined c (of x less its mean), b and k, shape ``(h,)``.
    mean
        Of x over the spots that are compared, shape ``(h,)``.
    """

    log_evidence: Floats
    compared: Floats
    scale: Floats
    fall: Floats
    levelling: Floats
    mean: Floats

    def expected(self, h: np.ndarray, log_calculated: Floats, damping: Floats) -> Floats:
        """Return the ln I that reflections of placements h should have, on the measured scale.

        Parameters
        ----------
        h, log_calculated, damping
            Number of the placement, x and u of each reflection, all of one shape; x is -inf
            where nothing is scattered, and stays so.
        """
        # Where strong and weak ones are turned over, nothing would become infinitely much.
        known = np.isfinite(log_calculated)
        off = np.where(known, log_calculated, 0.0) - self.mean[h]
        told = (
            self.mean[h]
            + self.scale[h]
            + (1.0 + self.levelling[h]) * off
            + self.fall[h] * damping
        )
        return np.asarray(np.where(known, told, -np.inf))


def fit_intensities(
    log_measured: Floats,
    log_calculated: Floats,
    damping: Floats,
    compared: Bools,
    spread: Floats | float = INTENSITY_SPREAD,
) -> IntensityFits:
    """Return how well intensities of spots agree with those of their reflections.

    Parameters
    ----------
    log_measured
        y, shape ``(n,)``.
    log_calculated, damping
        x and u of the reflection of each spot, shape ``(h, n)``.
    compared
        Which spots have a reflection with a calculated intensity, shape ``(h, n)``.
    spread
        Standard deviation of ln I, one for all or of each placement, shape ``(h,)``.
    """
    each = np.broadcast_to(np.asarray(spread, dtype=np.float64), len(compared))
    spread = each[:, np.newaxis]
    # Beyond this any intensity is the better explanation.
    far = spread * np.sqrt(2.0 * np.log(ANY / (OUTLIER * np.sqrt(2.0 * np.pi) * spread)))
    off = np.where(compared, log_measured - log_calculated, np.nan)
    with np.errstate(invalid="ignore"):
        near = np.abs(off - _medians(off)) <= far
        # Halfway between two that are far apart is nobody: the lower one then is the middle.
        lost = ~near.any(axis=1)
        near[lost] = np.abs(off[lost] - _medians(off[lost], lower=True)) <= far[lost]
    number = np.maximum(near.sum(axis=1), 1)
    x = np.where(near, log_calculated, 0.0)
    mean = x.sum(axis=1) / number
    design = np.stack(
        [
            near / spread,
            np.where(near, damping, 0.0) * (FALL_SPREAD / spread),
            np.where(near, x - mean[:, np.newaxis], 0.0) * (LEVELLED / spread),
        ],
        axis=2,
    )
    residual = np.where(near, off, 0.0) / spread
    normal = design.transpose(0, 2, 1) @ design + np.diag([0.0, 1.0, 1.0])
    # A placement without any has no scale.
    normal[:, 0, 0] += ~near.any(axis=1)
    right = np.einsum("hnk,hn->hk", design, residual)
    solution = np.linalg.solve(normal, right[:, :, np.newaxis])[:, :, 0]
    squares = (residual**2).sum(axis=1) - (right * solution).sum(axis=1)
    count = near.sum(axis=1)
    outliers = compared.sum(axis=1) - count
    log_evidence = (
        -0.5 * squares
        - count * np.log(np.sqrt(2.0 * np.pi) * each)
        + 0.5 * np.log(2.0 * np.pi)
        - 0.5 * np.linalg.slogdet(normal)[1]
        + outliers * np.log(OUTLIER / ANY)
    )
    return IntensityFits(
        log_evidence=np.where(count > 0, log_evidence, -np.inf),
        compared=compared.sum(axis=1).astype(np.float64),
        scale=solution[:, 0],
        fall=FALL_SPREAD * solution[:, 1],
        levelling=LEVELLED * solution[:, 2],
        mean=mean,
    )


def _medians(values: Floats, *, lower: bool = False) -> Floats:
    """Return the median of the numbers in each row, as a column; 0 where there are none.

    Parameters
    ----------
    lower
        Of an even number the lower of the middle two, not their mean.
    """
    ordered = np.sort(values, axis=1)
    number = (~np.isnan(values)).sum(axis=1)
    rows = np.arange(len(values))
    low = ordered[rows, np.maximum(number - 1, 0) // 2]
    high = low if lower else ordered[rows, np.minimum(number // 2, values.shape[1] - 1)]
    return np.asarray(np.where(number > 0, 0.5 * (low + high), 0.0)[:, np.newaxis])
