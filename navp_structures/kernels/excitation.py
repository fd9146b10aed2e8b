r"""Zone-axis geometry of electron diffraction: the pattern's frame, and the Ewald sphere.

The frame of a pattern is right-handed: x to the right, y up, z towards the gun and the viewer.
Electrons travel along -z, so that the Ewald sphere of radius :math:`1/\lambda` touches the
origin from above, its centre on the positive z axis.

References
----------
Williams & Carter, Transmission Electron Microscopy, 2nd ed. (2009), ch. 12
"""

from __future__ import annotations

import numpy as np

from navp_structures.kernels.lattice import Floats


def frame(direction: Floats, horizontal: Floats) -> Floats:
    """Return the rows x, y, z of a pattern's frame in crystal axes, shape ``(3, 3)``.

    Parameters
    ----------
    direction
        Cartesian, towards the gun, of any length.
    horizontal
        Cartesian; its part normal to the direction is put along x.
    """
    z = direction / np.linalg.norm(direction)
    across = horizontal - (horizontal @ z) * z
    x = across / np.linalg.norm(across)
    return np.stack([x, np.cross(z, x), z])


def tilt_matrix(alpha: float, beta: float) -> Floats:
    """Return the rotation of a crystal by a double-tilt holder, shape ``(3, 3)``.

    Parameters
    ----------
    alpha, beta
        Degrees, anticlockwise about x, then about y, seen against the axis.
    """
    a, b = np.radians([alpha, beta])
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    return np.asarray(about_y @ about_x)


def excitation_errors(g: Floats, wavelength: float) -> Floats:
    r"""Return the distances (Å⁻¹) of reflections from the Ewald sphere along z.

    .. math:: s = g_z - \frac{1}{\lambda}
       + \sqrt{\frac{1}{\lambda^2} - g_x^2 - g_y^2}

    Positive inside the sphere; NaN where no part of the sphere lies above or below.

    Parameters
    ----------
    g
        Reciprocal-lattice vectors in the frame of the pattern (Å⁻¹), shape ``(..., 3)``.
    wavelength
        Å.
    """
    radius = 1.0 / wavelength
    across = g[..., 0] ** 2 + g[..., 1] ** 2
    inside = across <= radius * radius
    # R - √(R² - ρ²) without the difference of two large numbers.
    depth = across / (radius + np.sqrt(np.where(inside, radius * radius - across, 0.0)))
    return np.where(inside, g[..., 2] - depth, np.nan)
