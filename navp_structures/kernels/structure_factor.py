r"""Structure factors: one array sum over reflections, operations and sites.

With the operations (R, t) of the group without its centring and
:math:`\mathbf h_g = \mathbf h R_g`, the sum of one site is

.. math::
   S_s(\mathbf h) = \sum_g
       e^{2\pi i(\mathbf h_g\cdot\mathbf x_s + \mathbf h\cdot\mathbf t_g)}
       e^{-2\pi^2 \mathbf h_g^T M_s \mathbf h_g}

times the sum over the centring vectors. M is the mean-square displacement in fractional axes;
turning the reflection by the operation is the same as turning the tensor of each image.
:math:`F = \sum_s w_s S_s`, where the weight w is occupancy times form factor over the order of
the site symmetry: neither wavelength nor occupancy enters the sums.

References
----------
International Tables for Crystallography, Vol. B (2010), ch. 1.2,
doi:10.1107/97809553602060000550
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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


def site_sums(
    hkl: Ints,
    fract: Floats,
    isotropic: Floats,
    anisotropic: Floats,
    d: Floats,
    operations: Operations,
) -> Floats | Complexes:
    """Return the sum of each site over its images, shape ``(s, n)``.

    Real where the group has an inversion centre at the origin.

    Parameters
    ----------
    hkl
        Shape ``(n, 3)``.
    fract
        Idealised coordinates of the sites, shape ``(s, 3)``.
    isotropic
        U (Å²) of each site, shape ``(s,)``; of an anisotropic site, the first ones, unused.
    anisotropic
        Mean-square displacements in fractional axes (dimensionless) of the first sites,
        obeying the site symmetry, shape ``(a, 3, 3)`` with a of at most s.
    d
        Spacings (Å), shape ``(n,)``.
    operations
        From `split_operations`.
    """
    shape = len(fract), len(hkl)
    result: Floats | Complexes = (
        np.empty(shape) if operations.centric else np.empty(shape, dtype=np.complex128)
    )
    size = max(1, _BLOCK // max(1, len(fract) * len(operations.rotations)))
    still = slice(len(anisotropic), None)
    for start in range(0, len(hkl), size):
        part = slice(start, start + size)
        result[:, part] = _block(hkl[part], fract, anisotropic, operations)
    result[still] *= np.exp(np.outer(isotropic[still], -2.0 * np.pi**2 / d**2))
    return result


def _block(
    hkl: Ints, fract: Floats, anisotropic: Floats, operations: Operations
) -> Floats | Complexes:
    h = hkl.astype(np.float64)
    turned = h @ operations.rotations.astype(np.float64)  # (g, n, 3)
    phases = fract @ turned.transpose(0, 2, 1)  # (g, s, n)
    phases += (operations.translations @ h.T)[:, np.newaxis]
    phases *= 2.0 * np.pi
    moving = len(anisotropic)
    damping = np.exp(_six(anisotropic) @ _monomials(turned)) if moving else np.zeros(())
    centring = np.exp(2j * np.pi * (operations.centring @ h.T)).sum(axis=0)
    if operations.centric:
        # The centring vectors come in pairs v, -v, and so does everything else.
        real: Floats = 2.0 * _damped(np.cos(phases), damping, moving) * centring.real
        return real
    parts = [_damped(wave(phases), damping, moving) for wave in (np.cos, np.sin)]
    return np.asarray((parts[0] + 1j * parts[1]) * centring)


def _damped(waves: Floats, damping: Floats, moving: int) -> Floats:
    """Return the sum over the operations, shape ``(s, n)``, the first sites damped."""
    if moving:
        waves[:, :moving] *= damping
    return np.asarray(waves.sum(axis=0))


def _monomials(h: Floats) -> Floats:
    """Return the products of two indices, shape ``(g, 6, n)`` for ``(g, n, 3)``."""
    x, y, z = h.transpose(2, 0, 1)
    return np.stack([x * x, y * y, z * z, x * y, x * z, y * z], axis=1)


def _six(matrices: Floats) -> Floats:
    """Return the coefficients of the products in -2π² h M h, shape ``(a, 6)``."""
    m = -2.0 * np.pi**2 * matrices
    parts = [m[:, 0, 0], m[:, 1, 1], m[:, 2, 2], 2 * m[:, 0, 1], 2 * m[:, 0, 2], 2 * m[:, 1, 2]]
    return np.stack(parts, axis=-1)
