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
from typing import Any

import numpy as np

from navp_structures.kernels.lattice import Complexes, Floats, Ints

# Sites × operations × reflections held at a time: about 30 MB of phases.
_BLOCK = 1_000_000

# More than twice any element of a rotation matrix in any setting.
_BASE = 32


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

    rotations: Floats
    translations: Floats
    centring: Floats
    centric: bool


def split_operations(rotations: Ints, translations: Floats) -> Operations:
    """Return all operations of a group split into rotations, centring and inversion."""
    # One number for each rotation matrix, whose elements are small integers.
    powers = _BASE ** np.arange(9)
    keys, opposite = (sign * rotations.reshape(-1, 9) @ powers for sign in (1, -1))
    _, first = np.unique(keys, return_index=True)
    first = np.sort(first)
    identity = keys == np.eye(3, dtype=np.int64).ravel() @ powers
    whole = np.abs(translations - np.rint(translations)).max(axis=1) < 1e-9
    centric = bool(np.any(whole & (opposite == keys[identity][0])))
    if centric:
        # Of each pair R, -R the one that comes first; its partner has the shift -t.
        place = {key: n for n, key in enumerate(keys[first].tolist())}
        partner = [place[key] for key in opposite[first].tolist()]
        first = first[np.arange(len(first)) < partner]
    return Operations(
        rotations=rotations[first].astype(np.float64),
        translations=translations[first],
        centring=translations[identity],
        centric=centric,
    )


def element_sums(
    hkl: Ints,
    fract: Floats,
    isotropic: Floats,
    anisotropic: Floats,
    amounts: Floats,
    d: Floats,
    operations: Operations,
) -> Floats | Complexes:
    """Return the sums of the sites over their images, added up by element, shape ``(e, n)``.

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
    amounts
        How much of each element each site counts: occupancy over the order of the site
        symmetry, shape ``(s, e)``. The unit matrix leaves every site by itself.
    d
        Spacings (Å), shape ``(n,)``.
    operations
        From `split_operations`.
    """
    size = max(1, _BLOCK // max(1, len(fract) * len(operations.rotations)))
    still = slice(len(anisotropic), None)
    values, place = isotropic[still], np.zeros(0, dtype=np.intp)
    if len(values):
        # Sites often share one U, and exponentials are dear.
        values, place = np.unique(values, return_inverse=True)
    blocks: list[Any] = []
    for start in range(0, max(1, len(hkl)), size):
        part = slice(start, start + size)
        sums = _block(hkl[part], fract, anisotropic, operations)
        if len(values):
            sums[still] *= np.exp(np.outer(values, -2.0 * np.pi**2 / d[part] ** 2))[place]
        blocks.append(amounts.T @ sums)
    whole: Floats | Complexes = blocks[0] if len(blocks) == 1 else np.concatenate(blocks, 1)
    return whole


def _block(
    hkl: Ints, fract: Floats, anisotropic: Floats, operations: Operations
) -> Floats | Complexes:
    h = hkl.T.astype(np.float64)
    turned = operations.rotations.transpose(0, 2, 1) @ h  # (g, 3, n)
    phases = (2.0 * np.pi * fract) @ turned  # (g, s, n)
    phases += ((2.0 * np.pi * operations.translations) @ h)[:, np.newaxis]
    moving = len(anisotropic)
    damping = _damping(turned, anisotropic) if moving else np.zeros(())
    angles = (2.0 * np.pi * operations.centring) @ h
    if operations.centric:
        # The centring vectors come in pairs v, -v, and so does everything else.
        real = _damped(np.cos(phases, out=phases), damping, moving)
        real *= 2.0 * np.cos(angles).sum(axis=0)
        return real
    parts = [_damped(wave(phases), damping, moving) for wave in (np.cos, np.sin)]
    return np.asarray((parts[0] + 1j * parts[1]) * np.exp(1j * angles).sum(axis=0))


def _damping(turned: Floats, tensors: Floats) -> Floats:
    """Return exp(-2π² h M h) for indices ``(g, 3, n)`` and tensors, shape ``(g, a, n)``."""
    products = turned[:, :, np.newaxis] * turned[:, np.newaxis]
    exponents = (-2.0 * np.pi**2 * tensors.reshape(-1, 9)) @ products.reshape(
        len(turned), 9, -1
    )
    return np.asarray(np.exp(exponents, out=exponents))


def _damped(waves: Floats, damping: Floats, moving: int) -> Floats:
    """Return the sum over the operations, shape ``(s, n)``, the first sites damped."""
    if moving:
        waves[:, :moving] *= damping
    return np.asarray(waves.sum(axis=0))
