"""Strains that leave a lattice its symmetry, and what they do to spacings."""

from __future__ import annotations

import numpy as np

from navp_structures.kernels.lattice import Floats, Ints

# Of the six ways to strain a body, in Voigt's order; shears scaled so that all have norm 1.
_STRAINS = np.zeros((6, 3, 3))
for _n, (_i, _j) in enumerate(((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1))):
    _STRAINS[_n, _i, _j] = _STRAINS[_n, _j, _i] = 1.0 if _i == _j else np.sqrt(0.5)


def log_d_modes(hkl: Ints, metric: Floats, rotations: Ints) -> Floats:
    r"""Return d(ln d) of each reflection for each free strain, shape ``(n, k)``.

    .. math:: \mathrm{d}\ln d = \mathbf{n}\cdot\varepsilon\,\mathbf{n}

    for the unit normal of the planes. The k strains are those that the rotations leave as
    they are, orthonormal: one in the cubic system, two in the hexagonal, six at most.

    Parameters
    ----------
    hkl
        Shape ``(n, 3)``.
    metric
        Metric tensor (Å²).
    rotations
        Of the Laue class, on indices of reflections as row vectors, shape ``(m, 3, 3)``.
    """
    # Rows of the inverse are the reciprocal basis in Cartesian axes.
    reciprocal = np.linalg.inv(np.linalg.cholesky(metric).T)
    normals = np.asarray(hkl, dtype=np.float64) @ reciprocal
    normals /= np.linalg.norm(normals, axis=1)[:, np.newaxis]
    turned = np.linalg.inv(reciprocal) @ rotations @ reciprocal
    mean = np.einsum("mji,pjk,mkl->pil", turned, _STRAINS, turned) / len(rotations)
    projector = np.einsum("pij,qij->pq", mean, _STRAINS)
    values, vectors = np.linalg.eigh((projector + projector.T) / 2.0)
    free = vectors[:, values > 0.5]
    along = np.einsum("ni,pij,nj->np", normals, _STRAINS, normals)
    return np.asarray(along @ free)
