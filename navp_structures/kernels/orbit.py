"""Site symmetry: which operations keep a position, its orbit, and tensors that obey it."""

from __future__ import annotations

import numpy as np

from navp_structures.kernels.lattice import Floats, Ints, periodic_distances

SPECIAL_POSITION_TOLERANCE = 0.05
"""Å between a position and its image that still count as one.

Coordinates printed with three decimals are up to 0.01 Å off their special position; sites
that are split about a symmetry element in refinements lie further apart than this.
"""

# Å; a position that an operation keeps moves by rounding only.
_EXACT = 1e-6

# The mean of a whole group settles at once; a part of one halves the way each time.
_STEPS = 20


def stabiliser(
    fract: Floats,
    rotations: Ints,
    translations: Floats,
    metric: Floats,
    tolerance: float = SPECIAL_POSITION_TOLERANCE,
) -> tuple[Ints, Floats]:
    """Return the operations that map a position onto itself and the idealised position.

    Parameters
    ----------
    fract
        Fractional coordinates, shape ``(3,)``.
    rotations, translations
        All operations of the group, centring included, shapes ``(n, 3, 3)`` and ``(n, 3)``.
    metric
        Metric tensor (Å²).
    tolerance
        Largest distance (Å) between the position and its image.

    Returns
    -------
    indices, ideal
        Numbers of the operations, which form a group, and the position that they keep
        exactly; it lies within the tolerance of the given one.
    """
    distance = periodic_distances(_shifts(fract, rotations, translations), metric)
    near = np.flatnonzero(distance <= tolerance)
    if len(near) == 1 and distance[near[0]] == 0.0:  # the identity: a general position
        return near, np.asarray(fract, dtype=np.float64)
    # Where only some images are near enough, they form no group, and their mean is kept by
    # none: walk to the position that they close in on. Where that is too far, or none,
    # leave the farthest out.
    for limit in [tolerance, *np.unique(distance[distance <= tolerance])[::-1]]:
        ideal = _fixed_point(fract, rotations, translations, metric, float(limit))
        again = _shifts(ideal, rotations, translations)
        keeping = periodic_distances(again, metric) < _EXACT
        moved = periodic_distances(ideal - fract, metric)
        if np.all(keeping[distance <= limit]) and moved <= tolerance:
            return np.flatnonzero(keeping), ideal
    raise ArithmeticError("the operations hold no identity")


def _fixed_point(
    fract: Floats, rotations: Ints, translations: Floats, metric: Floats, limit: float
) -> Floats:
    """Return where the mean of the near images settles, from a position."""
    current = fract
    for _ in range(_STEPS):
        shift = _shifts(current, rotations, translations)
        step = shift[periodic_distances(shift, metric) <= limit].mean(axis=0)
        current = current + step
        if np.abs(step).max() < 1e-15:
            break
    return current


def _shifts(fract: Floats, rotations: Ints, translations: Floats) -> Floats:
    shift = rotations @ fract + translations - fract
    return np.asarray(shift - np.rint(shift))


def orbit(fract: Floats, rotations: Ints, translations: Floats, kept: Ints) -> Floats:
    """Return the distinct images of an idealised position in the cell, each in [0, 1).

    Parameters
    ----------
    fract, kept
        As for `orbit_operations`.
    """
    chosen = orbit_operations(fract, rotations, translations, kept)
    return np.asarray((rotations[chosen] @ fract + translations[chosen]) % 1.0)


def orbit_operations(fract: Floats, rotations: Ints, translations: Floats, kept: Ints) -> Ints:
    """Return for each distinct image of an idealised position one operation that leads there.

    Parameters
    ----------
    fract
        The idealised position of `stabiliser`.
    kept
        The operations that keep it; the orbit has ``n / len(kept)`` members.
    """
    if len(kept) == 1:  # a general position, as most are where there are many
        return np.arange(len(rotations))
    wrapped = (rotations @ fract + translations) % 1.0
    # 0.9999999 and 0 are one position: compare on a fine ring.
    keys = np.rint(wrapped * 1e6).astype(np.int64) % 1_000_000
    chosen = np.sort(np.unique(keys, axis=0, return_index=True)[1])
    if len(chosen) * len(kept) != len(rotations):
        # Rounding put one image on both sides of a key's edge: compare distances instead.
        chosen = _distinct(wrapped)
    if len(chosen) * len(kept) != len(rotations):
        raise ArithmeticError(
            f"{len(chosen)} images and {len(kept)} operations of {len(rotations)} at {fract}"
        )
    return np.asarray(chosen)


def _distinct(wrapped: Floats) -> Ints:
    chosen: list[int] = []
    for n, point in enumerate(wrapped):
        shifts = wrapped[chosen] - point
        if not np.any(np.abs(shifts - np.rint(shifts)).max(axis=1) <= 1e-5):
            chosen.append(n)
    return np.array(chosen)


def free_coordinates(rotations: Ints) -> Floats:
    """Return the projector on the shifts that a site symmetry leaves free, shape ``(3, 3)``.

    Parameters
    ----------
    rotations
        Rotations of the site's stabiliser. A zero row means: symmetry fixes the coordinate.
    """
    return np.asarray(rotations.mean(axis=0))


def project_u(u_aniso: Floats, rotations: Ints, reciprocal_lengths: Floats) -> Floats:
    r"""Return the displacement tensor nearest to `u_aniso` that obeys the site symmetry.

    In fractional axes the mean-square displacement is :math:`M_{ij} = U_{ij} a^*_i a^*_j`
    and turns as :math:`R M R^T`; the mean over the stabiliser is its projection.

    Parameters
    ----------
    u_aniso
        U11, U22, U33, U12, U13, U23 (Å²) as in CIF, shape ``(6,)``.
    rotations
        Rotations of the stabiliser, shape ``(m, 3, 3)``.
    reciprocal_lengths
        a*, b*, c* (Å⁻¹).

    References
    ----------
    Trueblood et al., Acta Cryst. A52 (1996) 770, doi:10.1107/S0108767396005697
    """
    scale = np.outer(reciprocal_lengths, reciprocal_lengths)
    mean = project_tensor(u_matrix(u_aniso) * scale, rotations) / scale
    return np.array([mean[i, j] for i, j in U_ORDER])


def project_tensor(tensor: Floats, rotations: Ints) -> Floats:
    """Return the mean of a tensor in fractional axes over rotations, shape ``(3, 3)``."""
    turned = rotations @ tensor @ rotations.transpose(0, 2, 1)
    return np.asarray(turned.sum(axis=0) / len(rotations))


U_ORDER = ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))
"""Row and column of U11, U22, U33, U12, U13, U23."""


def u_matrix(u_aniso: Floats) -> Floats:
    """Return the symmetric matrix of U11, U22, U33, U12, U13, U23."""
    u11, u22, u33, u12, u13, u23 = u_aniso
    return np.array([[u11, u12, u13], [u12, u22, u23], [u13, u23, u33]])


def u_equivalent(u_aniso: Floats, metric: Floats, reciprocal_lengths: Floats) -> float:
    r"""Return the equivalent isotropic displacement U_eq (Å²).

    .. math:: U_{eq} = \frac13 \sum_{ij} U_{ij} a^*_i a^*_j\,\mathbf a_i \cdot \mathbf a_j

    References
    ----------
    Fischer & Tillmanns, Acta Cryst. C44 (1988) 775, doi:10.1107/S0108270187012745
    """
    scale = np.outer(reciprocal_lengths, reciprocal_lengths)
    return float(np.sum(u_matrix(u_aniso) * scale * metric) / 3.0)
