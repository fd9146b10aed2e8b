r"""What turns \|F\|² into the intensity of a powder line: Lorentz, polarisation, texture.

References
----------
International Tables for Crystallography, Vol. C (2006), ch. 6.2,
doi:10.1107/97809553602060000601
"""

from __future__ import annotations

import numpy as np

from navp_structures.kernels.lattice import Floats, Ints


def lorentz(two_theta: Floats) -> Floats:
    r"""Return the Lorentz factor of a powder line, shape as given.

    .. math:: L = \frac{1}{\sin^2\theta\,\cos\theta}

    This is intensity for a unit length of the diffraction ring, which a slit or a line
    across a ring image sees, for any probe; constant factors are left out.

    Parameters
    ----------
    two_theta
        Degrees, inside (0, 180).
    """
    theta = np.radians(two_theta) / 2.0
    return np.asarray(1.0 / (np.sin(theta) ** 2 * np.cos(theta)))


def polarisation(two_theta: Floats, monochromator: float | None = None) -> Floats:
    r"""Return the polarisation factor of X-rays, 1 straight ahead, shape as given.

    .. math:: P = \frac{1 + A\cos^2 2\theta}{1 + A}, \qquad A = \cos^2 2\theta_M

    for a monochromator crystal whose plane of diffraction is that of the sample, in the
    primary or the diffracted beam. The crystal scatters kinematically (a mosaic one, such
    as graphite); a perfect one has :math:`A = |\cos 2\theta_M|`.

    Parameters
    ----------
    two_theta
        Degrees.
    monochromator
        Bragg angle 2θ of the monochromator (degrees); None stands for an unpolarised beam,
        90 for one that is polarised normal to the plane of diffraction (a synchrotron's,
        measured in the vertical plane).

    References
    ----------
    Azaroff, Acta Cryst. 8 (1955) 701, doi:10.1107/S0365110X55002156
    """
    share = 1.0 if monochromator is None else np.cos(np.radians(monochromator)) ** 2
    squared = np.cos(np.radians(two_theta)) ** 2
    return np.asarray((1.0 + share * squared) / (1.0 + share))


def march_dollase(
    hkl: Ints, axis: Ints, r: float, rotations: Ints, reciprocal: Floats
) -> Floats:
    r"""Return the weight of each family under preferred orientation, shape ``(n,)``.

    .. math:: W = \left\langle (r^2\cos^2\alpha + \sin^2\alpha / r)^{-3/2} \right\rangle

    over the members of the family, with the angle α between each and the axis. The mean
    over all directions is 1.

    Parameters
    ----------
    hkl
        Shape ``(n, 3)``.
    axis
        The plane whose normal is aligned, shape ``(3,)``.
    r
        1 is no texture; in a flat sample measured in reflection, below 1 plates that lie
        flat, above 1 needles that lie.
    rotations
        Of the Laue class, shape ``(m, 3, 3)``.
    reciprocal
        Reciprocal metric tensor (Å⁻²).

    References
    ----------
    Dollase, J. Appl. Cryst. 19 (1986) 267, doi:10.1107/S0021889886089458
    """
    # Turning the axis instead of each family leaves fewer vectors to turn.
    images = np.unique(np.asarray(axis) @ rotations, axis=0).astype(np.float64)
    h = np.asarray(hkl, dtype=np.float64)
    along = (h @ reciprocal @ images.T) ** 2
    lengths = np.einsum("ni,ij,nj->n", h, reciprocal, h)[:, np.newaxis]
    squares = np.einsum("mi,ij,mj->m", images, reciprocal, images)
    cosine = np.clip(along / (lengths * squares), 0.0, 1.0)
    return np.asarray(((r * r * cosine + (1.0 - cosine) / r) ** -1.5).mean(axis=1))
