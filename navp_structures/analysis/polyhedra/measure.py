"""One polyhedron measured: bonds, volume, bond-valence sum, each with its su."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from navp_structures.analysis.polyhedra.positions import Positions
from navp_structures.analysis.polyhedra.shells import Shell
from navp_structures.analysis.polyhedra.uncertainty import Errors
from navp_structures.analysis.polyhedra.valence import SiteValence
from navp_structures.kernels import convex_hull
from navp_structures.kernels.lattice import Floats
from navp_structures.kernels.propagation import sensitivities
from navp_structures.model.phase import Phase
from navp_structures.read_only import ReadOnly


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measures(ReadOnly):
    """Numbers of one polyhedron; NaN where there is none.

    Parameters
    ----------
    bonds
        Length to each vertex (Å), shape ``(n,)``; of a split ligand the mean over its
        alternatives.
    totals
        Mean bond (Å), volume (Å³), bond-valence sum.
    bonds_su, totals_su
        Their su.
    sensitivity
        Derivative of the totals by each parameter of the phase, shape ``(3, p)``.
    centroid_offset
        From the centre to the centre of mass of the solid (Å).
    """

    bonds: Floats
    bonds_su: Floats
    totals: Floats
    totals_su: Floats
    sensitivity: Floats
    centroid_offset: float


def measure(
    phase: Phase,
    site: int,
    shell: Shell,
    ligands: Positions,
    valence: SiteValence | None,
    errors: Errors,
) -> Measures:
    """Return the numbers of the polyhedron around a site."""
    # As long as the faces stay, a volume is linear in the place of each vertex: its mean over
    # the alternatives of split ligands is that of the hull of their mean places. A length is
    # not linear.
    hull = convex_hull.hull_measures(shell.vertices)
    bonds = shell.bonds
    count = len(bonds)
    # By each atom: every bond, their mean, the volume, the bond-valence sum.
    gradients = np.full((count + 3, len(shell.vectors), 3), np.nan)
    directions = shell.vectors / shell.distances[:, np.newaxis]
    gradients[:count] = shell.weights[:, :, np.newaxis] * directions
    gradients[count] = gradients[:count].mean(axis=0)
    gradients[count + 1] = shell.weights.T @ hull.gradients
    total = np.nan
    if valence is not None:
        gradients[-1] = valence.slopes[:, np.newaxis] * directions
        total = float(valence.each.sum())
    matrix = phase.cell.orthogonalisation_matrix
    by_parameter = sensitivities(
        gradients,
        shell.vectors,
        matrix @ phase.space_group.rotations[ligands.operation[shell.position]],
        ligands.site[shell.position],
        (site, matrix),
        errors.strain,
        len(phase.sites),
    )
    su = errors.su(by_parameter)
    return Measures(
        bonds=bonds,
        bonds_su=su[:count],
        totals=np.array([bonds.mean(), float(hull.volumes), total]),
        totals_su=su[count:],
        sensitivity=by_parameter[count:],
        centroid_offset=float(np.linalg.norm(hull.centroids)),
    )
