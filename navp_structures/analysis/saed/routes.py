"""Double diffraction: two reflections that add up to an extinct one."""

from __future__ import annotations

from typing import Final

import numpy as np

from navp_structures.analysis.sphere import Beams
from navp_structures.kernels.lattice import Floats, Ints, is_whole

# Extinct × allowed reflections held at a time.
_BLOCK: Final = 1_000_000


def best_routes(
    beams: Beams, extinct: Ints, first: Ints, f_squared: Floats
) -> tuple[Ints, np.ndarray]:
    r"""Return for each extinct reflection the first half of its strongest route.

    A beam diffracted by :math:`\mathbf g_1`, which must be a spot of the pattern, is
    diffracted again by :math:`\mathbf g_2 = \mathbf g - \mathbf g_1`. The strongest route has
    the largest product of both \|F\|².

    Parameters
    ----------
    beams
        Reflections that may come second.
    extinct
        Shape ``(k, 3)``.
    first, f_squared
        Allowed spots of the pattern and their \|F\|², shapes ``(n, 3)`` and ``(n,)``.

    Returns
    -------
    route, reachable
        Shapes ``(k, 3)`` and ``(k,)``; (0, 0, 0) and False where there is no route.
    """
    route = np.zeros_like(extinct)
    reachable = np.zeros(len(extinct), dtype=bool)
    ours, theirs = beams.keys(extinct), beams.keys(first)
    strong = beams.f_squared(theirs, np.zeros(1, dtype=np.int64))[:, 0] > 0.0
    first, theirs, f_squared = first[strong], theirs[strong], f_squared[strong]
    if not len(first):
        return route, reachable
    rows = max(1, _BLOCK // len(first))
    for start in range(0, len(extinct), rows):
        part = slice(start, start + rows)
        product = beams.f_squared(ours[part], theirs)
        product *= f_squared
        best = product.argmax(axis=1)
        found = product[np.arange(len(best)), best] > 0.0
        reachable[part] = found
        route[part] = np.where(found[:, np.newaxis], first[best], 0)
    return route, reachable


def is_cancelled(hkl: Ints, uvw: tuple[int, int, int], rotations: Ints, shifts: Floats) -> bool:
    """Whether the routes to an extinct reflection cancel with the beam along its zone axis.

    They do when the glide plane that forbids it holds the beam, or the screw axis lies across
    it: such an operation turns each route into another of opposite sign.

    Parameters
    ----------
    hkl, uvw
        The reflection, shape ``(3,)``, and the zone axis.
    rotations, shifts
        All operations of the group, shapes ``(n, 3, 3)`` and ``(n, 3)``.

    References
    ----------
    Gjønnes & Moodie, Acta Cryst. 19 (1965) 65, doi:10.1107/S0365110X65002773
    """
    forbids = np.all(hkl @ rotations == hkl, axis=1) & ~is_whole(shifts @ hkl)
    images, axis = rotations @ np.array(uvw), np.array(uvw)
    holds = np.where(np.linalg.det(rotations) < 0.0, 1, -1)[:, np.newaxis] * axis
    return bool(np.any(forbids & np.all(images == holds, axis=1)))
