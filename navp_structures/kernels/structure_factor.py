r"""Structure factors: one array sum over reflections, operations and sites.

With the operations (R, t) of the group without its centring and
:math:`\mathbf h_g = \mathbf h R_g`,

.. math::
   F(\mathbf h) = \sum_s w_s(\mathbf h) \sum_g
       e^{2\pi i(\mathbf h_g\cdot\mathbf x_s + \mathbf h\cdot\mathbf t_g)}
       e^{-2\pi^2 \mathbf h_g^T M_s \mathbf h_g}

times the sum over the centring vectors. M is the mean-square displacement in fractional axes;
turning the reflection by the operation is the same as turning the tensor of each image. The
weight w is occupancy times form factor over the order of the site symmetry.

References
----------
International Tables for Crystallography, Vol. B (2010), ch. 1.2,
doi:10.1107/97809553602060000550
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from navp_structures.kernels.lattice import Complexes, Floats, Ints

# Sites × operations × reflections held at a time: about 30 MB of phases.
_BLOCK = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Operations:
    """The operations of a group, split for the sum.

    Parameters
    ----------
    rotations, translations
        One operation for each rotation, shapes ``(g, 3, 3)`` and ``(g, 3)``; half of them
        where an inversion centre at the origin gives the other half.
    centring
        Centring vectors, the zero vector among them, shape ``(c, 3)``.
    centric
        Whether the inversion at the origin was taken out.
    """

    rotations: Ints
    translations: Floats
    centring: Floats
    centric: bool


def split_operations(rotations: Ints, translations: Floats) -> Operations:
    """Return all operations of a group split into rotations, centring and inversion."""
    identity = np.all(rotations == np.eye(3, dtype=np.int64), axis=(1, 2))
    _, first = np.unique(rotations, axis=0, return_index=True)
    first = np.sort(first)
    chosen, shifts = rotations[first], translations[first]
    at_origin = np.all(rotations == -np.eye(3, dtype=np.int64), axis=(1, 2)) & np.all(
        np.abs(translations - np.rint(translations)) < 1e-9, axis=1
    )
    centric = bool(at_origin.any())
    if centric:
        # Of each pair R, -R the one that comes first; its partner has the shift -t.
        partner = [np.flatnonzero(np.all(chosen == -r, axis=(1, 2)))[0] for r in chosen]
        kept = np.flatnonzero(np.arange(len(chosen)) < np.array(partner))
        chosen, shifts = chosen[kept], shifts[kept]
    return Operations(
        rotations=chosen, translations=shifts, centring=translations[identity], centric=centric
    )


def structure_factors(
    hkl: Ints,
    fract: Floats,
    weights: Floats | Complexes,
    displacements: Floats,
    operations: Operations,
) -> Complexes:
    """Return F of reflections, shape ``(n,)``.

    Parameters
    ----------
    hkl
        Shape ``(n, 3)``.
    fract
        Idealised coordinates of the sites, shape ``(s, 3)``.
    weights
        Occupancy × form factor / order of the site symmetry, shape ``(s, n)``; complex
        with anomalous scattering.
    displacements
        Mean-square displacements in fractional axes (dimensionless), obeying the site
        symmetry, shape ``(s, 3, 3)``.
    operations
        From `split_operations`.
    """
    result = np.empty(len(hkl), dtype=np.complex128)
    size = max(1, _BLOCK // max(1, len(fract) * len(operations.rotations)))
    for start in range(0, len(hkl), size):
        part = slice(start, start + size)
        result[part] = _block(hkl[part], fract, weights[:, part], displacements, operations)
    return result


def _block(
    hkl: Ints,
    fract: Floats,
    weights: Floats | Complexes,
    displacements: Floats,
    operations: Operations,
) -> Complexes:
    h = np.asarray(hkl, dtype=np.float64)
    turned = h @ operations.rotations.astype(np.float64)  # (g, n, 3)
    shifts = operations.translations @ h.T  # (g, n)
    phases = turned @ fract.T + shifts[..., np.newaxis]  # (g, n, s)
    phases *= 2.0 * np.pi
    # h M h as the product of six monomials with six coefficients.
    exponents = _monomials(turned) @ _six(displacements).T
    damping = np.exp(-2.0 * np.pi**2 * exponents)
    if operations.centric:
        sums: npt.NDArray[np.inexact] = 2.0 * np.einsum("gns,gns->ns", damping, np.cos(phases))
    else:
        sums = np.einsum("gns,gns->ns", damping, np.cos(phases)) + 1j * np.einsum(
            "gns,gns->ns", damping, np.sin(phases)
        )
    lattice = np.exp(2j * np.pi * (operations.centring @ h.T)).sum(axis=0)
    return np.asarray(np.einsum("sn,ns->n", weights, sums) * lattice)


def _monomials(h: Floats) -> Floats:
    x, y, z = h[..., 0], h[..., 1], h[..., 2]
    return np.stack([x * x, y * y, z * z, 2 * x * y, 2 * x * z, 2 * y * z], axis=-1)


def _six(matrices: Floats) -> Floats:
    m = matrices
    parts = [m[:, 0, 0], m[:, 1, 1], m[:, 2, 2], m[:, 0, 1], m[:, 0, 2], m[:, 1, 2]]
    return np.stack(parts, axis=-1)
