r"""Homogeneous strain between two lattices: stretches, their directions and su.

A correspondence C turns direct indices of the first lattice into those of the second. With the
orthogonalisation matrices B, columns a, b, c,

.. math:: F = B_2 C B_1^{-1} = R U, \qquad E = \tfrac12 (F^T F - I),

maps Cartesian vectors of the first lattice to the second. How the two crystals lie to each
other is in the rotation R, which depends on the axes that each cell is drawn in; the stretch U
and the Green-Lagrange strain E do not. The principal stretches are free of axes altogether:
with the metric tensors G they solve

.. math:: C^T G_2 C\, \mathbf v = \lambda^2 G_1 \mathbf v .

References
----------
Ball & James, Arch. Ration. Mech. Anal. 100 (1987) 13, doi:10.1007/BF00281246 (the middle
stretch and undistorted planes)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from navp_structures.kernels import lattice
from navp_structures.kernels.lattice import Floats, Ints

# Relative difference of squared stretches that is rounding: a cell is printed with six digits.
_EQUAL = 1e-9

# Of a variance: what rounding leaves of it where the errors of one cell cancel.
_DUST = 1e-13


def deformation_gradient(first: Floats, second: Floats, correspondence: Floats) -> Floats:
    """Return F, shape ``(3, 3)``.

    Parameters
    ----------
    first, second
        Orthogonalisation matrices (Å), columns a, b, c.
    correspondence
        From direct indices of the first to those of the second, shape ``(3, 3)``.
    """
    return np.asarray(second @ correspondence @ np.linalg.inv(first))


def polar(gradient: Floats) -> tuple[Floats, Floats]:
    """Return the rotation R and the symmetric stretch U of a deformation gradient F = R U.

    Examples
    --------
    >>> rotation, stretch = polar(np.array([[0.0, -2.0, 0.0], [1.0, 0, 0], [0, 0, 1]]))
    >>> stretch.diagonal().tolist(), rotation[0].tolist()
    ([1.0, 2.0, 1.0], [0.0, -1.0, 0.0])
    """
    left, values, right = np.linalg.svd(gradient)
    return np.asarray(left @ right), np.asarray(right.T * values @ right)


def green_lagrange(gradient: Floats) -> Floats:
    """Return E = (FᵀF − I)/2, shape ``(3, 3)``."""
    return np.asarray(0.5 * (gradient.T @ gradient - np.eye(len(gradient))))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stretches:
    """Principal stretches of n directions, ascending.

    Parameters
    ----------
    values
        Shape ``(n,)``.
    axes
        Their directions as columns, in the basis that was asked for, of length 1 Å in the
        first lattice, shape ``(n, n)``. Where stretches are equal, any directions of their
        plane would do; those nearest to the first axes of the basis are taken.
    gradients
        Derivative of each stretch by the parameters of the first cell, then of the second,
        shape ``(n, 12)``; per Å and per degree.
    turning
        Derivative of the angle (radians) by which axis i turns towards axis j, shape
        ``(n, n, 12)``; 0 for i = j, and between equal stretches.
    """

    values: Floats
    axes: Floats
    gradients: Floats
    turning: Floats

    def su(self, covariance: Floats | None) -> Floats:
        """Return the su of each stretch; NaN where the cells' covariance is unknown.

        First order. Stretches that lie closer together than their su repel each other, which
        first order does not see.
        """
        return self.propagated(self.gradients, covariance)

    def direction_su(self, covariance: Floats | None) -> Floats:
        """Return the su (degrees) of each direction; NaN where unknown or of equal stretches.

        The root mean square of the angle by which the axis leaves its place.
        """
        squares = self.propagated(self.turning, covariance) ** 2
        angles = np.degrees(np.sqrt(squares.sum(axis=1)))
        gaps = np.abs(self.values[:, np.newaxis] - self.values) <= _EQUAL * self.values
        # What symmetry fixes turns by rounding only.
        return np.where(gaps.sum(axis=1) > 1, np.nan, angles.round(9))

    @staticmethod
    def propagated(gradients: Floats, covariance: Floats | None) -> Floats:
        """Return the su of quantities from their derivatives, ``(..., 12)`` to ``(...)``.

        NaN where the covariance is unknown; exactly 0 where the su of the cells cancel.
        """
        if covariance is None:
            return np.full(gradients.shape[:-1], np.nan)
        variance = np.einsum("...i,ij,...j->...", gradients, covariance, gradients)
        sizes = np.abs(gradients)
        scale = np.einsum("...i,ij,...j->...", sizes, np.abs(covariance), sizes)
        return np.asarray(np.sqrt(np.where(variance > _DUST * scale, variance, 0.0)))


def stretches(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    correspondence: Floats,
    basis: Floats | None = None,
) -> Stretches:
    r"""Return the principal stretches of space, of a plane or of a line.

    Parameters
    ----------
    first, second
        Parameters of the cells (Å, degrees), shape ``(6,)``.
    correspondence
        From direct indices of the first to those of the second, shape ``(3, 3)``.
    basis
        Directions [uvw] of the first cell as columns, shape ``(3, n)``: two for the plane
        that they span, one for a line. None is all of space, in the axes of the cell.

    Notes
    -----
    With :math:`\mathbf v^T G_1 \mathbf v = 1` the derivatives are
    :math:`d\lambda_i^2 = \mathbf v_i^T(dA - \lambda_i^2\,dG_1)\mathbf v_i` for
    :math:`A = C^T G_2 C`, and :math:`\mathbf v_i` turns towards :math:`\mathbf v_j` by
    :math:`\mathbf v_j^T(dA - \lambda_i^2\,dG_1)\mathbf v_i / (\lambda_i^2 - \lambda_j^2)`.

    Examples
    --------
    >>> cube, box = (4, 4, 4, 90, 90, 90), (4, 4.4, 3.6, 90, 90, 90)
    >>> stretches(cube, box, np.eye(3)).values.round(12).tolist()
    [0.9, 1.0, 1.1]
    """
    inside = np.eye(3) if basis is None else basis
    outside = correspondence @ inside
    metric = inside.T @ lattice.metric_tensor(first) @ inside
    image = outside.T @ lattice.metric_tensor(second) @ outside
    squares, axes = _principal(metric, image)
    size = len(squares)
    zeros = np.zeros((6, size, size))
    metrics = inside.T @ lattice.metric_gradient(first) @ inside
    images = outside.T @ lattice.metric_gradient(second) @ outside
    change = np.concatenate([zeros, axes.T @ images @ axes])
    frame = np.concatenate([axes.T @ metrics @ axes, zeros])
    # Element (i, j) speaks of axis i: how its square changes, or it turns towards axis j.
    slopes = np.moveaxis(change - squares[:, np.newaxis] * frame, 0, -1)
    values = np.sqrt(squares)
    every = np.arange(size)
    gaps = squares[:, np.newaxis] - squares
    apart = np.abs(gaps) > _EQUAL * squares
    turning = np.where(apart[..., np.newaxis], slopes, 0.0)
    turning = turning / np.where(apart, gaps, 1.0)[..., np.newaxis]
    return Stretches(
        values=values,
        axes=axes,
        gradients=slopes[every, every] / (2.0 * values[:, np.newaxis]),
        turning=turning,
    )


def joint_covariance(
    first: Floats | None, second: Floats | None, *, same: bool = False
) -> Floats | None:
    """Return the covariance of the twelve parameters of two cells; None where unknown.

    Parameters
    ----------
    first, second
        Covariances of the cells, shape ``(6, 6)``.
    same
        Whether both are one cell, whose errors are those of both; else they are independent.
    """
    if first is None or second is None:
        return None
    joint = np.tile(first, (2, 2)) if same else np.zeros((12, 12))
    joint[:6, :6], joint[6:, 6:] = first, second
    return joint


def in_plane(hkl: npt.ArrayLike) -> Floats:
    """Return two directions [uvw] that span the plane (hkl), as columns, shape ``(3, 2)``.

    Parameters
    ----------
    hkl
        Not all 0; they need not be whole.
    """
    h = np.asarray(hkl, dtype=np.float64)
    largest = int(np.abs(h).argmax())
    # h · (h × e) = 0; crossed with the axis of the largest index it would vanish nearly.
    others = [axis for axis in range(3) if axis != largest]
    return np.stack([np.cross(h, np.eye(3)[axis]) for axis in others], axis=1)


def nearest_indices(
    direction: npt.ArrayLike, metric: Floats, largest: int = 6, limit: float = 1.0
) -> tuple[tuple[int, int, int], float] | None:
    """Return the shortest vector of small whole numbers near a direction, and the angle.

    Parameters
    ----------
    direction
        In the axes of the metric tensor: [uvw], or (hkl) with the reciprocal one.
    largest
        Index.
    limit
        Largest angle (degrees).

    Returns
    -------
    Indices and angle (degrees); None where no vector is near enough.
    """
    v = np.asarray(direction, dtype=np.float64)
    near = lattice.interplanar_angles(_small_vectors(largest), v, metric)
    rows = _small_vectors(largest)[near <= limit]
    if not len(rows):
        return None
    squares = np.einsum("ni,ij,nj->n", rows, metric, rows)
    best = int(squares.argmin())
    h, k, m = rows[best].tolist()
    return (h, k, m), float(near[near <= limit][best])


@lru_cache(maxsize=8)
def _small_vectors(largest: int) -> Ints:
    """Return whole vectors without a common divisor, shape ``(n, 3)``, read-only."""
    axis = np.arange(-largest, largest + 1)
    every = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    every = every[np.gcd.reduce(every, axis=1) == 1]
    every.setflags(write=False)
    return np.asarray(every)


def strain_measure(values: Floats) -> Floats:
    """Return Σ (ln λ)² of principal stretches, ``(..., 3)`` to ``(...)``.

    The same for the way back, and 0 for no strain.
    """
    return np.asarray(np.sum(np.log(values) ** 2, axis=-1))


def _principal(metric: Floats, image: Floats) -> tuple[Floats, Floats]:
    """Return squared stretches, ascending, and the directions as columns."""
    factor = np.linalg.cholesky(metric)
    inverse = np.linalg.inv(factor)
    squares, vectors = np.linalg.eigh(inverse @ image @ inverse.T)
    start = 0
    for stop in range(1, len(squares) + 1):
        if stop == len(squares) or squares[stop] - squares[start] > _EQUAL * squares[stop]:
            if stop - start > 1:
                vectors[:, start:stop] = _settled(vectors[:, start:stop])
            start = stop
    signs = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(len(squares))])
    return squares, np.asarray(inverse.T @ (vectors * signs))


def _settled(vectors: Floats) -> Floats:
    """Return that basis of a space of vectors which lies nearest to the first axes."""
    chosen: list[Floats] = []
    for row in vectors:
        shadow = vectors @ row
        for other in chosen:
            shadow = shadow - other * (other @ shadow)
        length = float(np.linalg.norm(shadow))
        if length > 0.1 and len(chosen) < vectors.shape[1]:
            chosen.append(shadow / length)
    return np.stack(chosen, axis=1)
