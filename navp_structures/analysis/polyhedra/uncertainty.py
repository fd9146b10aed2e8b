"""What is known of the errors of a phase's cell and coordinates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from navp_structures.analysis.polyhedra.positions import places_of
from navp_structures.kernels.lattice import Floats
from navp_structures.kernels.propagation import strain_gradient, variances
from navp_structures.model import standard
from navp_structures.model.phase import Phase
from navp_structures.model.site import Site
from navp_structures.read_only import ReadOnly


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Errors(ReadOnly):
    """Covariances of a phase's parameters.

    Parameters
    ----------
    cell
        Of the six cell parameters; None where unknown.
    sites
        Of the coordinates of each site, shape ``(s, 3, 3)``; NaN where unknown.
    strain
        Of `strain_gradient`: how Cartesian vectors follow the cell.
    assumed
        Numbers of the sites whose errors are the phase's expected ones, for want of su.
    origin
        For each number of a site that holds the origin of a polar group, the coordinates that
        were kept fixed for that: ``z``. They count as exact, and the rest is told against them.
    """

    cell: Floats | None
    sites: Floats
    strain: Floats
    assumed: frozenset[int]
    origin: Mapping[int, str]

    def su(self, sensitivity: Floats) -> Floats:
        """Return the su of quantities, shape ``(q, p)`` to ``(q,)``; NaN where unknown."""
        return np.sqrt(np.clip(variances(sensitivity, self.cell, self.sites), 0.0, None))


@lru_cache(maxsize=64)
def errors_of(phase: Phase) -> Errors:
    """Return what is known of the errors of a phase; cached."""
    cell, group = phase.cell, phase.space_group
    sites = np.full((len(phase.sites), 3, 3), np.nan)
    assumed = set()
    origin = _origin(phase)
    for n, published in enumerate(phase.sites):
        fixed = origin.get(n, "")
        x, y, z = published.fract_su
        site = replace(
            published,
            fract_su=(
                0.0 if "x" in fixed else x,
                0.0 if "y" in fixed else y,
                0.0 if "z" in fixed else z,
            ),
        )
        block = standard.coordinate_covariance(site, cell, group)
        if block is None:
            error = _expected_error(site, phase)
            block = standard.coordinate_covariance(site, cell, group, error)
            if block is not None:
                assumed.add(n)
        if block is not None:
            sites[n] = block
    return Errors(
        cell=cell.covariance,
        sites=sites,
        strain=strain_gradient(cell.parameters, cell.orthogonalisation_matrix),
        assumed=frozenset(assumed),
        origin=MappingProxyType(origin),
    )


def _origin(phase: Phase) -> dict[int, str]:
    """Return the coordinates that fix the origin of a polar group.

    A refinement keeps one coordinate along each polar axis, which is printed without su where
    the others have one.
    """
    mean = phase.space_group.rotations.mean(axis=0)
    polar = [n for n in range(3) if np.allclose(mean[:, n], np.eye(3)[n])]
    others = [n for n in range(3) if n not in polar]
    places = places_of(phase)
    found: dict[int, str] = {}
    for axis in polar:
        held = [
            place
            for place in places
            if all(_is_held(phase.sites[site], axis, others) for site in place)
        ]
        # One of two could be either, and the only atom has nothing to be told against.
        if len(held) == 1 and len(places) > 1:
            for site in held[0]:
                found[site] = found.get(site, "") + "xyz"[axis]
    return found


def _is_held(site: Site, axis: int, others: list[int]) -> bool:
    """Whether a coordinate has no su, though the atom was refined.

    Hydrogen that rides on its neighbour has none either, and holds nothing.
    """
    refined = all(site.fract_su[n] is not None for n in others)
    hydrogen = any(element in ("H", "D") for element in site.elements)
    return site.fract_su[axis] is None and refined and not hydrogen


def _expected_error(site: Site, phase: Phase) -> float | None:
    known = [phase.site_error.get(element) for element in site.elements]
    numbers = [error for error in known if error is not None]
    # A mixed site is as uncertain as its most uncertain atom.
    return max(numbers) if numbers and len(numbers) == len(known) else None
