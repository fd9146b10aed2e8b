r"""How well a placement fits as a function of the common scale, in closed form.

With turn and strain integrated out, the evidence of a placement is a Gaussian of the scale s,

.. math:: \ln E(s) = \ln \hat E - \tfrac12 w (s - \hat s)^2 ,

so that any Gaussian prior of s, alone or shared with other patterns, is integrated exactly:
with :math:`s \sim N(m, \sigma^2)` it is

.. math:: \ln \hat E - \tfrac12\ln(1 + w\sigma^2) - \frac{(\hat s - m)^2}{2(\sigma^2 + 1/w)} .
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.polyhedron import Bools
from navp_structures.kernels.spot_match import Nets, Placements, PolarSpots, linear_system


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScaleEvidence:
    """Evidence of placements by the scale that they are given.

    Parameters
    ----------
    log_peak
        ln of the evidence at the best scale, shape ``(h,)``.
    best
        That scale, ln of the factor, shape ``(h,)``.
    precision
        Inverse square of its standard deviation, shape ``(h,)``; 0 where the evidence does
        not depend on the scale.
    turn_su
        Radians, of the turn at a given scale, shape ``(h,)``.
    """

    log_peak: Floats
    best: Floats
    precision: Floats
    turn_su: Floats

    def take(self, chosen: Ints | Bools) -> ScaleEvidence:
        """Return that of some placements."""
        return ScaleEvidence(
            log_peak=self.log_peak[chosen],
            best=self.best[chosen],
            precision=self.precision[chosen],
            turn_su=self.turn_su[chosen],
        )

    def with_prior(self, mean: Floats | float, sigma: float) -> Floats:
        """Return ln of the evidence with the scale integrated out.

        Parameters
        ----------
        mean, sigma
            Of the scale's Gaussian prior; a column of means gives a row for each.
        """
        wide = 1.0 + self.precision * sigma**2
        off = self.best - mean
        return self.log_peak - 0.5 * np.log(wide) - 0.5 * self.precision / wide * off**2

    def known_within(self, sigma: float) -> Floats:
        """Return the precision of the scale behind a further error, shape ``(h,)``."""
        return self.precision / (1.0 + self.precision * sigma**2)


def scale_evidence(
    placed: Placements, spots: PolarSpots, nets: Nets, spread: Floats
) -> ScaleEvidence:
    """Return the evidence of placements as a function of the scale.

    Parameters
    ----------
    spread
        As for `fit`, without the scale of the pattern: what is left of the common factor is
        the error of the cell.
    """
    system = linear_system(placed, spots, nets, spread)
    # A scale moves all lengths alike, and no angle.
    along = np.where(system.matched, 1.0 / spots.sigma, 0.0)
    lengths = system.design[:, : len(spots)]
    cross = np.einsum("hnk,hn->hk", lengths, along)
    kept = np.einsum("hkl,hl->hk", system.inverse, cross)
    precision = (along**2).sum(axis=1) - (cross * kept).sum(axis=1)
    stretch = system.residual[:, : len(spots)]
    slope = (along * stretch).sum(axis=1) - (system.right * kept).sum(axis=1)
    known = precision > 0.0
    best = np.where(known, slope / np.where(known, precision, 1.0), 0.0)
    return ScaleEvidence(
        log_peak=system.log_evidence + 0.5 * np.where(known, precision, 0.0) * best**2,
        best=best,
        precision=np.where(known, precision, 0.0),
        turn_su=np.sqrt(np.clip(system.inverse[:, 3, 3], 0.0, None)),
    )
