r"""How strongly a reflection off the Ewald sphere is excited: a foil, a box, a precessing beam.

Weights are 1 on the sphere. A foil of thickness t that lies normal to the beam gives

.. math:: w(s) = \left(\frac{\sin \pi t s}{\pi t s}\right)^2

kinematically; a box counts everything alike up to a largest excitation error.

References
----------
Williams & Carter, Transmission Electron Microscopy, 2nd ed. (2009), ch. 17
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from navp_structures.kernels.excitation import precession_cosines, precession_errors
from navp_structures.kernels.lattice import Floats

# Reflections × places on the cone held at a time: about 100 MB.
_BLOCK: Final = 4_000_000

# Places on half the cone beyond those that the foil's fringes need.
_MORE: Final = 24


def foil(s: Floats, thickness: float) -> Floats:
    """Return the weights of excitation errors (Å⁻¹) for a thickness (Å), shape as given."""
    return np.asarray(np.sinc(s * thickness) ** 2)


def precessed_foil(g: Floats, wavelength: float, angle: float, thickness: float) -> Floats:
    """Return the mean weights over the cone of a precessing beam, shape ``(n,)``.

    Parameters
    ----------
    g
        In the frame of the pattern (Å⁻¹), shape ``(n, 3)``.
    wavelength, thickness
        Å.
    angle
        Half angle of the cone (radians).
    """
    if not len(g):
        return np.zeros(0)
    ends = precession_errors(g, wavelength, angle, [-1.0, 1.0])
    swing = float(np.nanmax(ends[:, 1] - ends[:, 0], initial=0.0)) / 2.0
    # As a function of the azimuth the weight has no harmonics beyond 2π t swing, but for a
    # quickly falling rest: more than half as many steps over half the cone, which the other
    # half mirrors, give the integral to rounding.
    count = math.ceil(1.2 * math.pi * thickness * swing) + _MORE
    cosine = np.cos((np.arange(count) + 0.5) * (math.pi / count))
    rows = max(1, _BLOCK // count)
    parts = [
        np.nan_to_num(
            foil(precession_errors(g[n : n + rows], wavelength, angle, cosine), thickness)
        ).mean(axis=1)
        for n in range(0, len(g), rows)
    ]
    return np.concatenate(parts)


def precessed_box(g: Floats, wavelength: float, angle: float, limit: float | Floats) -> Floats:
    """Return the share of the cone with an excitation error up to a limit, shape ``(n,)``.

    Parameters as for `precessed_foil`; one limit for all (Å⁻¹), or one for each.
    """
    low, high = (
        np.arccos(np.clip(precession_cosines(g, wavelength, angle, s), -1.0, 1.0))
        for s in (-limit, limit)
    )
    # Beyond the equator of the sphere, which only slow electrons have within reach, both
    # angles change their order.
    return np.asarray(np.clip((low - high) / np.pi, 0.0, 1.0))
