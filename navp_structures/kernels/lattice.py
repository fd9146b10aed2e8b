r"""Lattice geometry: metric tensors, spacings, angles, zone axes and their derivatives.

A cell is the array ``(a, b, c, alpha, beta, gamma)`` in Å and degrees. With the metric
tensor :math:`G_{ij} = \mathbf{a}_i \cdot \mathbf{a}_j` and :math:`G^* = G^{-1}`,

.. math:: 1/d^2 = \mathbf{h}^T G^* \mathbf{h}, \qquad V = \sqrt{\det G}.

References
----------
International Tables for Crystallography, Vol. B (2010), ch. 1.1,
doi:10.1107/97809553602060000549
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Complexes = npt.NDArray[np.complex128]

# How far from a whole number h · t may be to count as one; t is a multiple of 1/24 or so.
_WHOLE = 1e-6


def inverse(metric: Floats) -> Floats:
    """Return the inverse of a metric tensor: the reciprocal metric tensor (Å⁻²)."""
    return np.asarray(np.linalg.inv(metric), dtype=np.float64)


def metric_tensor(parameters: npt.ArrayLike) -> Floats:
    """Return the metric tensor (Å²), shape ``(3, 3)``.

    Parameters
    ----------
    parameters
        a, b, c (Å), alpha, beta, gamma (degrees); shape ``(6,)``.
    """
    p = np.asarray(parameters, dtype=np.float64)
    cosines = np.eye(3)
    for angle, (i, j) in zip(p[3:], ((1, 2), (0, 2), (0, 1)), strict=True):
        # The sine of the complement is exactly 0 at 90 degrees, the cosine is not.
        cosines[i, j] = cosines[j, i] = np.sin(np.radians(90.0 - angle))
    return np.outer(p[:3], p[:3]) * cosines


def metric_gradient(parameters: npt.ArrayLike) -> Floats:
    """Return the derivative of the metric tensor by each parameter.

    Returns
    -------
    Shape ``(6, 3, 3)``; Å for the lengths, Å² per degree for the angles.
    """
    p = np.asarray(parameters, dtype=np.float64)
    metric = metric_tensor(p)
    gradient = np.zeros((6, 3, 3))
    for i in range(3):
        gradient[i, i, :] += metric[i] / p[i]
        gradient[i, :, i] += metric[i] / p[i]
    for row, (i, j) in enumerate(((1, 2), (0, 2), (0, 1)), start=3):
        slope = -p[i] * p[j] * np.sin(np.radians(p[row])) * np.pi / 180.0
        gradient[row, i, j] = gradient[row, j, i] = slope
    return gradient


def volume(metric: Floats) -> float:
    """Return the cell volume (Å³) of a metric tensor; NaN when it is no real lattice."""
    determinant = float(np.linalg.det(metric))
    return float(np.sqrt(determinant)) if determinant > 0 else float("nan")


def relative_volume(alpha: float, beta: float, gamma: float) -> float:
    r"""Return V/abc of a cell with these angles (degrees); 0 where no lattice has them.

    .. math::
       (V/abc)^2 = 4 \sin s\,\sin(s-\alpha)\,\sin(s-\beta)\,\sin(s-\gamma),
       \qquad s = (\alpha+\beta+\gamma)/2

    A determinant leaves of flat cells what rounding makes of it; no factor here does.
    """
    half = (alpha + beta + gamma) / 2.0
    angles = np.radians([180.0 - half, half - alpha, half - beta, half - gamma])
    return float(2.0 * np.sqrt(max(0.0, np.sin(angles).prod())))


def log_volume_gradient(parameters: npt.ArrayLike) -> Floats:
    """Return d(ln V)/dp for the six parameters, shape ``(6,)``, by Jacobi's formula."""
    reciprocal = inverse(metric_tensor(parameters))
    return np.asarray(0.5 * np.einsum("ij,kji->k", reciprocal, metric_gradient(parameters)))


def d_spacings(hkl: npt.ArrayLike, reciprocal_metric: Floats) -> Floats:
    """Return the spacings (Å) of reflections.

    Parameters
    ----------
    hkl
        Shape ``(..., 3)``, none of them (0, 0, 0).
    reciprocal_metric
        The inverse of the metric tensor (Å⁻²), shape ``(3, 3)``.
    """
    h = np.asarray(hkl, dtype=np.float64)
    return np.asarray(1.0 / np.sqrt(np.einsum("...i,ij,...j->...", h, reciprocal_metric, h)))


def log_d_gradient(hkl: npt.ArrayLike, parameters: npt.ArrayLike) -> Floats:
    r"""Return d(ln d)/dp of each reflection for the six parameters, shape ``(..., 6)``.

    From :math:`dG^* = -G^*\,dG\,G^*`.
    """
    g = np.asarray(hkl, dtype=np.float64) @ inverse(metric_tensor(parameters))
    h = np.asarray(hkl, dtype=np.float64)
    slopes = np.einsum("...i,kij,...j->...k", g, metric_gradient(parameters), g)
    return np.asarray(0.5 * slopes / np.einsum("...i,...i->...", g, h)[..., np.newaxis])


def relative_d_su(hkl: npt.ArrayLike, parameters: npt.ArrayLike, covariance: Floats) -> Floats:
    """Return su(d)/d of reflections from the 6 × 6 covariance of the cell, shape ``(...)``."""
    slopes = log_d_gradient(hkl, parameters)
    variance = np.einsum("...i,ij,...j->...", slopes, covariance, slopes)
    return np.asarray(np.sqrt(np.clip(variance, 0.0, None)))


def is_whole(values: Floats) -> np.ndarray:
    """Return which numbers are whole, but for the rounding of thirds and the like."""
    return np.asarray(np.abs(values - np.rint(values)) < _WHOLE)


def periodic_distances(shifts: Floats, metric: Floats) -> Floats:
    """Return the lengths (Å) of fractional shifts, each taken to its nearest lattice image.

    Shape ``(..., 3)`` to ``(...)``. Exact for shifts that are short against the cell.
    """
    nearest = shifts - np.rint(shifts)
    return np.asarray(np.sqrt(np.einsum("...i,ij,...j->...", nearest, metric, nearest)))


def interplanar_angles(
    hkl_1: npt.ArrayLike, hkl_2: npt.ArrayLike, reciprocal: Floats
) -> Floats:
    """Return the angles (degrees, 0 to 180) between plane normals; shapes broadcast."""
    h = np.asarray(hkl_1, dtype=np.float64)
    k = np.asarray(hkl_2, dtype=np.float64)
    dot = np.einsum("...i,ij,...j->...", h, reciprocal, k)
    squares = np.einsum("...i,ij,...j->...", h, reciprocal, h) * np.einsum(
        "...i,ij,...j->...", k, reciprocal, k
    )
    # The cosine loses half its digits near 0 and 180 degrees; atan2 does not.
    sine = np.sqrt(np.clip(squares - dot * dot, 0.0, None))
    return np.asarray(np.degrees(np.arctan2(sine, dot)))


def zone_axes(hkl_1: npt.ArrayLike, hkl_2: npt.ArrayLike) -> Ints:
    """Return the zone axes [uvw] = hkl_1 × hkl_2, smallest integers, shape ``(..., 3)``.

    Right-handed: turning hkl_1 to hkl_2 is anticlockwise seen from +[uvw]. Parallel planes
    give (0, 0, 0).
    """
    axes = np.cross(np.asarray(hkl_1, dtype=np.int64), np.asarray(hkl_2, dtype=np.int64))
    divisor = np.gcd.reduce(axes, axis=-1)
    return np.asarray(axes // np.where(divisor == 0, 1, divisor)[..., np.newaxis])


def orthogonalisation_matrix(parameters: npt.ArrayLike) -> Floats:
    """Return the matrix that turns fractional into Cartesian coordinates (Å).

    a lies along x and c* along z (the Protein Data Bank's convention, as in gemmi).
    """
    # The upper triangular Cholesky factor, so that x = M f.
    return np.asarray(np.linalg.cholesky(metric_tensor(parameters)).T)


def bragg_spacings(two_theta: npt.ArrayLike, wavelength: float) -> Floats:
    """Return the spacings (Å) of Bragg angles 2θ (degrees); infinite at 0."""
    sine = np.sin(np.radians(np.asarray(two_theta, dtype=np.float64)) / 2.0)
    with np.errstate(divide="ignore"):
        return np.asarray(wavelength / (2.0 * sine))


def two_theta(d: npt.ArrayLike, wavelength: float) -> Floats:
    """Return Bragg's 2θ (degrees) of spacings (Å); NaN where d is below λ/2."""
    sine = wavelength / (2.0 * np.asarray(d, dtype=np.float64))
    inside = sine <= 1.0
    return np.where(inside, 2.0 * np.degrees(np.arcsin(np.where(inside, sine, 0.0))), np.nan)


def two_theta_slope(two_theta: npt.ArrayLike) -> Floats:
    """Return the derivative of 2θ by ln d (degrees): -2 tan θ."""
    return np.asarray(np.degrees(-2.0 * np.tan(np.radians(two_theta) / 2.0)))
