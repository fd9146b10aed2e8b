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
import numpy.typing as npt

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
    """Return the rotation of a crystal about x, then about y, shape ``(3, 3)``.

    Both axes are those of the pattern's frame, and stay where they are.

    Parameters
    ----------
    alpha, beta
        Degrees, anticlockwise seen against the axis.
    """
    a, b = np.radians([alpha, beta])
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    return np.asarray(about_y @ about_x)


def smallest_turn(vector: Floats) -> Floats | None:
    """Return the rotation about an axis in the xy plane that puts a vector along +z.

    Shape ``(3, 3)``; None for a vector along -z, which no single smallest rotation turns.
    """
    x, y, z = vector / np.linalg.norm(vector)
    if z <= -1.0 + 1e-12:
        return None
    # Rodrigues' formula for the axis (y, -x, 0), free of any division by a small sine.
    share = 1.0 / (1.0 + z)
    return np.array(
        [
            [1.0 - x * x * share, -x * y * share, -x],
            [-x * y * share, 1.0 - y * y * share, -y],
            [x, y, z],
        ]
    )


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


def precession_errors(
    g: Floats, wavelength: float, angle: float, cosine: npt.ArrayLike
) -> Floats:
    r"""Return excitation errors (Å⁻¹) with the beam tilted to places on a cone, ``(n, m)``.

    .. math:: s = g_z - \frac{\rho^2 - 2\rho R \sin\phi \cos\alpha}
       {R\cos\phi + \sqrt{R^2 - \rho^2 + 2\rho R\sin\phi\cos\alpha - R^2\sin^2\phi}}

    along z, the axis of the cone, with :math:`\rho^2 = g_x^2 + g_y^2` and
    :math:`R = 1/\lambda`. NaN where no part of the sphere lies above or below.

    Parameters
    ----------
    g
        In the frame of the pattern (Å⁻¹), shape ``(n, 3)``.
    wavelength
        Å.
    angle
        Half angle φ of the cone (radians).
    cosine
        cos α of the azimuth between the centre of the sphere and the reflection, shape
        ``(m,)``; s rises with it.

    References
    ----------
    Vincent & Midgley, Ultramicroscopy 53 (1994) 271, doi:10.1016/0304-3991(94)90039-6
    """
    radius = 1.0 / wavelength
    across = (g[:, 0] ** 2 + g[:, 1] ** 2)[:, np.newaxis]
    shift = 2.0 * radius * np.sin(angle) * np.sqrt(across) * np.asarray(cosine)
    level = radius * np.cos(angle)
    inside = level**2 - across + shift
    depth = (across - shift) / (level + np.sqrt(np.maximum(inside, 0.0)))
    return np.where(inside >= 0.0, g[:, 2:] - depth, np.nan)


def precession_cosines(g: Floats, wavelength: float, angle: float, s: float | Floats) -> Floats:
    """Return cos α at which a precessing sphere has an excitation error s, shape ``(n,)``.

    Parameters as for `precession_errors`, s for all or for each; beyond -1 and 1 it never
    has it.
    """
    radius = 1.0 / wavelength
    across = g[:, 0] ** 2 + g[:, 1] ** 2
    height = g[:, 2] - s
    # The point of the sphere above or below lies at the distance R from its centre.
    excess = across + height**2 - 2.0 * height * radius * np.cos(angle)
    reach = 2.0 * radius * np.sin(angle) * np.sqrt(across)
    # On the axis of the cone nothing depends on the azimuth.
    return np.asarray(excess / np.maximum(reach, 1e-200))
