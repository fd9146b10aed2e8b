"""What is known of the errors of a phase's cell and coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from navp_structures.kernels.lattice import Floats
from navp_structures.kernels.propagation import strain_gradient, variances
from navp_structures.model import standard
from navp_structures.model.phase import Phase
from navp_structures.model.site import Site


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Errors:
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
        Labels of sites whose errors are the phase's expected ones, for want of su.
    """

    cell: Floats | None
    sites: Floats
    strain: Floats
    assumed: frozenset[str]

    def su(self, sensitivity: Floats) -> Floats:
        """Return the su of quantities, shape ``(q, p)`` to ``(q,)``; NaN where unknown."""
        return np.sqrt(np.clip(variances(sensitivity, self.cell, self.sites), 0.0, None))


@lru_cache(maxsize=64)
def errors_of(phase: Phase) -> Errors:
    """Return what is known of the errors of a phase; cached."""
    cell, group = phase.cell, phase.space_group
    sites = np.full((len(phase.sites), 3, 3), np.nan)
    assumed = set()
    for n, site in enumerate(phase.sites):
        block = standard.coordinate_covariance(site, cell, group)
        if block is None:
            error = _expected_error(site, phase)
            block = standard.coordinate_covariance(site, cell, group, error)
            if block is not None:
                assumed.add(site.label)
        if block is not None:
            sites[n] = block
    return Errors(
        cell=cell.covariance,
        sites=sites,
        strain=strain_gradient(cell.parameters, cell.orthogonalisation_matrix),
        assumed=frozenset(assumed),
    )


def _expected_error(site: Site, phase: Phase) -> float | None:
    known = [phase.site_error.get(element) for element in site.elements]
    numbers = [error for error in known if error is not None]
    # A mixed site is as uncertain as its most uncertain atom.
    return max(numbers) if numbers and len(numbers) == len(known) else None
