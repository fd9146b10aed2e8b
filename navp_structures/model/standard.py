"""What symmetry says of uncertainties: fixed values are exact, tied values move together."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import combinations, product

import numpy as np

from navp_structures.errors import CellError, SiteError
from navp_structures.kernels import lattice, orbit
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.model.cell import PARAMETERS, UnitCell
from navp_structures.model.site import Site
from navp_structures.model.spacegroup import SpaceGroup

# Å; positions nearer than this are one, up to the rounding of printed coordinates.
_SAME_PLACE = 1e-3


def constrained_cell(cell: UnitCell, group: SpaceGroup) -> UnitCell:
    """Return the cell with su 0 on fixed angles and correlation 1 between tied parameters.

    A given correlation is kept; a given su is kept unless symmetry fixes the value.

    Raises
    ------
    CellError
        When a given correlation parts parameters that symmetry ties together.
    """
    free = _free_parameters(group, cell.parameters)
    updates: dict[str, object] = {}
    for n, name in enumerate(PARAMETERS):
        if not np.any(free[n]):
            updates[f"{name}_su"] = 0.0
    su = cell.su
    tied = np.array([[i == j or _tied(free, i, j) for j in range(6)] for i in range(6)])
    for i, j in np.argwhere(tied):
        # b of a hexagonal cell is often printed without its own su.
        if su[i] is None and su[j] is not None:
            updates[f"{PARAMETERS[i]}_su"] = su[j]
    if cell.correlation is None:
        if not np.array_equal(tied, np.eye(6)):
            matrix = tied.astype(np.float64)
            updates["correlation"] = tuple(tuple(float(x) for x in row) for row in matrix)
    elif not np.allclose(np.array(cell.correlation)[tied], 1.0, atol=1e-6):
        raise CellError(f"the correlation parts parameters that {group} ties together")
    changed = {k: v for k, v in updates.items() if getattr(cell, k) != v}
    return replace(cell, **changed) if changed else cell  # type: ignore[arg-type]


def places(sites: tuple[Site, ...], cell: UnitCell, group: SpaceGroup) -> list[list[Site]]:
    """Return the sites grouped by the position that they share, in their order.

    Equivalent positions are one, whichever of them a source prints.
    """
    grouped: list[list[Site]] = []
    known = np.empty((len(sites), 3))
    boxes = _Boxes(cell)
    for site in sites:
        _, ideal = stabiliser(site, cell, group)
        images = group.rotations @ ideal + group.translations
        near = np.array(boxes.near(images), dtype=np.int64)
        shifts = images - known[near, np.newaxis]
        apart = lattice.periodic_distances(shifts, cell.metric_tensor)
        here = np.flatnonzero(np.any(apart < _SAME_PLACE, axis=1))
        if len(here):
            grouped[near[here[0]]].append(site)
        else:
            known[len(grouped)] = ideal
            boxes.put(ideal, len(grouped))
            grouped.append([site])
    return grouped


class _Boxes:
    """Numbers of positions by boxes of the cell, so that not all are compared with all."""

    def __init__(self, cell: UnitCell) -> None:
        # A box is no thinner than what is one place; 2 ** 20 of them are as good as more.
        thickest = 1.0 / (_SAME_PLACE * cell.reciprocal_lengths)
        self._counts = np.clip(np.floor(thickest), 1, 2**20).astype(np.int64)
        self._numbers: dict[int, list[int]] = {}

    def put(self, fract: Floats, number: int) -> None:
        """Remember a position, in its box and in those around it."""
        for key in np.unique(self._keys(self._box(fract) + _AROUND)).tolist():
            self._numbers.setdefault(key, []).append(number)

    def near(self, images: Floats) -> list[int]:
        """Return the numbers of the positions that may be at one of the images, ascending."""
        found = map(self._numbers.get, self._keys(self._box(images)).tolist())
        return sorted({number for numbers in found if numbers for number in numbers})

    def _box(self, fract: Floats) -> Ints:
        return np.floor((fract - np.floor(fract)) * self._counts).astype(np.int64)

    def _keys(self, boxes: Ints) -> Ints:
        boxes = boxes % self._counts
        return np.asarray((boxes[..., 0] << 42) + (boxes[..., 1] << 21) + boxes[..., 2])


# The boxes of a box and its 26 neighbours.
_AROUND = np.array(list(product((-1, 0, 1), repeat=3)), dtype=np.int64)


def check_occupancies(sites: tuple[Site, ...], cell: UnitCell, group: SpaceGroup) -> None:
    """Raise SiteError when sites that share one position hold more than one atom."""
    for first, *others in places(sites, cell, group):
        for other in others:
            # A site that holds both kinds of atoms checks their sum.
            try:
                first = replace(first, species=first.species + other.species)
            except SiteError as error:
                raise SiteError(
                    f"{first.label} and {other.label} share a position: {error}"
                ) from None


def constrained_site(site: Site, cell: UnitCell, group: SpaceGroup) -> Site:
    """Return the site with su 0 on coordinates that its site symmetry fixes."""
    kept, _ = stabiliser(site, cell, group)
    if len(kept) == 1:
        return site
    projector = orbit.free_coordinates(group.rotations[kept])
    su = tuple(
        value if np.abs(projector[i]).max() > 1e-9 else 0.0
        for i, value in enumerate(site.fract_su)
    )
    return site if su == site.fract_su else replace(site, fract_su=(su[0], su[1], su[2]))


def coordinate_covariance(
    site: Site, cell: UnitCell, group: SpaceGroup, error: float | None = None
) -> Floats | None:
    """Return the covariance of a site's fractional coordinates, shape ``(3, 3)``.

    Coordinates that symmetry leaves free are independent, those that it ties follow them.

    Parameters
    ----------
    error
        Standard deviation (Å) along each Cartesian axis, for a site without su.

    Returns
    -------
    None where a su is missing and there is no error to take its place.
    """
    kept, _ = stabiliser(site, cell, group)
    if len(kept) == 1 and None not in site.fract_su:
        return np.diag(np.array(site.fract_su, dtype=np.float64) ** 2)
    projector = orbit.free_coordinates(group.rotations[kept])
    free = round(float(np.trace(projector)))
    if free == 0:
        return np.zeros((3, 3))
    # The first columns that are independent span the shifts that are allowed.
    basis = next(
        projector[:, list(columns)]
        for columns in combinations(range(3), free)
        if np.linalg.matrix_rank(projector[:, list(columns)], tol=1e-6) == free
    )
    for rows in combinations(range(3), free):
        su = [site.fract_su[row] for row in rows]
        leading = basis[list(rows)]
        if None not in su and abs(np.linalg.det(leading)) > 1e-6:
            follow = basis @ np.linalg.inv(leading)
            return np.asarray(follow * np.array(su, dtype=np.float64) ** 2 @ follow.T)
    if error is None:
        return None
    # A mean of isometries is an orthogonal projector: the same error in every direction.
    inverse = np.linalg.inv(cell.orthogonalisation_matrix)
    return np.asarray(error**2 * projector @ inverse @ inverse.T @ projector.T)


def stabiliser(site: Site, cell: UnitCell, group: SpaceGroup) -> tuple[Ints, Floats]:
    """Return the operations that keep a site, and its idealised coordinates; read-only."""
    return _stabiliser(site.fract, cell.parameters, group)


def u_aniso(site: Site, cell: UnitCell, group: SpaceGroup) -> Floats | None:
    """Return U_ij (Å²) of a site, projected on its site symmetry; None where unknown."""
    if site.u_aniso is None:
        return None
    kept, _ = stabiliser(site, cell, group)
    return orbit.project_u(
        np.array(site.u_aniso), group.rotations[kept], cell.reciprocal_lengths
    )


def displacement(site: Site, cell: UnitCell, group: SpaceGroup) -> Floats | None:
    """Return `u_aniso` as mean-square displacements in fractional axes, ``(3, 3)``."""
    if site.u_aniso is None:
        return None
    kept, _ = stabiliser(site, cell, group)
    lengths = cell.reciprocal_lengths
    tensor = orbit.u_matrix(np.array(site.u_aniso)) * (lengths[:, np.newaxis] * lengths)
    return tensor if len(kept) == 1 else orbit.project_tensor(tensor, group.rotations[kept])


def multiplicity(site: Site, cell: UnitCell, group: SpaceGroup) -> int:
    """Return how many equivalent positions the site has in the cell."""
    return len(group.operations) // len(stabiliser(site, cell, group)[0])


def orbit_operations(site: Site, cell: UnitCell, group: SpaceGroup) -> tuple[Ints, Floats]:
    """Return one operation for each position of a site, and its idealised coordinates."""
    kept, ideal = stabiliser(site, cell, group)
    return orbit.orbit_operations(ideal, group.rotations, group.translations, kept), ideal


def positions(site: Site, cell: UnitCell, group: SpaceGroup) -> Floats:
    """Return all positions of a site in the cell, idealised, shape ``(multiplicity, 3)``."""
    kept, ideal = stabiliser(site, cell, group)
    return orbit.orbit(ideal, group.rotations, group.translations, kept)


@lru_cache(maxsize=16384)
def _stabiliser(
    fract: tuple[float, float, float], parameters: tuple[float, ...], group: SpaceGroup
) -> tuple[Ints, Floats]:
    # Making, checking and converting a phase ask the same of each site.
    metric = lattice.metric_tensor(parameters)
    kept, ideal = orbit.stabiliser(np.array(fract), group.rotations, group.translations, metric)
    for array in (kept, ideal):
        array.setflags(write=False)
    return kept, ideal


def _tied(free: Floats, i: int, j: int) -> bool:
    return i != j and bool(np.any(free[i])) and np.allclose(free[i], free[j], atol=1e-6)


@lru_cache(maxsize=256)
def _free_parameters(group: SpaceGroup, parameters: tuple[float, ...]) -> Floats:
    """Return a basis of the relative cell changes that the group allows, shape ``(6, m)``.

    Row n is the change of parameter n: relative for lengths, degrees for angles.
    """
    # A change of the metric is allowed when it is invariant; the parameters are its
    # coordinates, so project each parameter's own change on the invariant metrics.
    gradient = lattice.metric_gradient(parameters).reshape(6, 9)
    rotations = group.rotations
    turned = np.einsum(
        "rji,njk,rkl->nil", rotations, gradient.reshape(6, 3, 3), rotations
    ) / len(rotations)
    projected = turned.reshape(6, 9) @ np.linalg.pinv(gradient)
    _, singular, vectors = np.linalg.svd(projected)
    basis = vectors[singular > 1e-6].T
    scale = np.array([1 / p if n < 3 else 1.0 for n, p in enumerate(parameters)])
    basis = basis * scale[:, np.newaxis]
    basis[np.abs(basis) < 1e-9 * np.abs(basis).max()] = 0.0
    return np.asarray(basis)
