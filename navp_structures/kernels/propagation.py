r"""How errors of a structure's parameters reach quantities of a polyhedron.

A ligand at fractional position :math:`R\mathbf f_l + \mathbf t` lies at
:math:`\mathbf v = M(R\mathbf f_l + \mathbf t - \mathbf f_c)` from its centre, so that

.. math:: d\mathbf v = dM\,\Delta + M R\,d\mathbf f_l - M\,d\mathbf f_c .

A quantity with the gradient :math:`\mathbf g_i` by each vertex then has a derivative by each
parameter of the cell and by each coordinate of each site. Ligands that symmetry makes of one
site share its coordinates, and so its error.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from navp_structures.kernels import lattice
from navp_structures.kernels.lattice import Floats, Ints

CELL_PARAMETERS = 6


def strain_gradient(parameters: Sequence[float], orthogonalisation: Floats) -> Floats:
    r"""Return how Cartesian vectors follow the cell, shape ``(6, 3, 3)``.

    The k-th matrix is :math:`S_k = dM/dp_k\,M^{-1}` (Å⁻¹ or degree⁻¹), in the choice of axes
    without rotation: symmetric, from :math:`2\,M^T S_k M = dG/dp_k`. Of quantities that no
    rotation changes it gives the exact derivative.
    """
    inverse = np.linalg.inv(orthogonalisation)
    gradient = lattice.metric_gradient(parameters)
    return np.asarray(0.5 * inverse.T @ gradient @ inverse)


def sensitivities(
    gradients: Floats,
    vectors: Floats,
    turned: Floats,
    sites: Ints,
    centre: tuple[int, Floats],
    strain: Floats,
    site_count: int,
) -> Floats:
    """Return the derivative of quantities by cell parameters and coordinates of sites.

    Parameters
    ----------
    gradients
        Derivative of each quantity by each ligand's position, shape ``(q, n, 3)``.
    vectors
        From the centre to the ligands (Å), shape ``(n, 3)``.
    turned
        Matrix from a change of the site's fractional coordinates to that of the ligand (Å),
        M R, shape ``(n, 3, 3)``.
    sites
        Number of the site of each ligand, shape ``(n,)``.
    centre
        Number of the centre's site, and its matrix M, shape ``(3, 3)``.
    strain
        Of `strain_gradient`.
    site_count
        How many sites there are.

    Returns
    -------
    Shape ``(q, 6 + 3 site_count)``: the six cell parameters (degrees for angles), then x, y, z
    of each site.
    """
    count = len(gradients)
    result = np.zeros((count, CELL_PARAMETERS + 3 * site_count))
    result[:, :CELL_PARAMETERS] = np.einsum("qna,kab,nb->qk", gradients, strain, vectors)
    by_site = np.zeros((site_count, count, 3))
    np.add.at(by_site, sites, np.einsum("qna,nab->nqb", gradients, turned))
    own, matrix = centre
    by_site[own] -= gradients.sum(axis=1) @ matrix
    result[:, CELL_PARAMETERS:] = by_site.transpose(1, 0, 2).reshape(count, -1)
    return result


def variances(sensitivity: Floats, cell: Floats | None, sites: Floats) -> Floats:
    """Return the variance of quantities of a structure, cell and sites independent.

    Parameters
    ----------
    sensitivity
        Of `sensitivities`, shape ``(q, 6 + 3 s)``.
    cell
        Covariance of the six cell parameters; None where unknown.
    sites
        Covariance of each site's fractional coordinates, shape ``(s, 3, 3)``; NaN where
        unknown.

    Returns
    -------
    Shape ``(q,)``; NaN for a quantity that depends on what is unknown.
    """
    by_cell = sensitivity[:, :CELL_PARAMETERS]
    by_site = sensitivity[:, CELL_PARAMETERS:].reshape(len(sensitivity), -1, 3)
    # Where symmetry lets a coordinate cancel out, rounding is what remains.
    least = np.asarray(_ROUNDING * np.abs(sensitivity).max(axis=1, initial=0.0))
    # So that NaN counts as depending.
    within = np.abs(by_site).max(axis=2, initial=0.0) <= least[:, np.newaxis]
    depends = ~np.asarray(within)
    used = np.flatnonzero(depends.any(axis=0))
    covariance, part = sites[used], by_site[:, used]
    unknown = np.asarray(np.isnan(covariance).any(axis=(1, 2)))
    known = np.where(unknown[:, np.newaxis, np.newaxis], 0.0, covariance)
    total = ((part[:, :, np.newaxis] @ known)[:, :, 0] * part).sum(axis=(1, 2))
    total[depends[:, used[unknown]].any(axis=1)] = np.nan
    if cell is not None:
        total += ((by_cell @ cell) * by_cell).sum(axis=1)
    else:
        within_cell = np.asarray(np.abs(by_cell).max(axis=1) <= least)
        total[~within_cell] = np.nan
    return np.asarray(total)


_ROUNDING = 1e-12
