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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measures:
    """Numbers of one polyhedron; NaN where there is none.

    Parameters
    ----------
    bonds
        Length to each vertex (Å), shape ``(n,)``.
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
    vertices = shell.vertices
    bonds = np.linalg.norm(vertices, axis=1)
    hull = convex_hull.hull_measures(vertices)
    count = len(bonds)
    # By each vertex: every bond, their mean, the volume; then by each atom.
    by_vertex = np.zeros((count + 2, count, 3))
    by_vertex[np.arange(count), np.arange(count)] = vertices / bonds[:, np.newaxis]
    by_vertex[count] = vertices / bonds[:, np.newaxis] / count
    by_vertex[count + 1] = hull.gradients
    gradients = np.full((count + 3, len(shell.vectors), 3), np.nan)
    gradients[:-1] = shell.weights.T @ by_vertex
    total = np.nan
    if valence is not None:
        lengths = np.linalg.norm(shell.vectors, axis=1)
        gradients[-1] = (valence.slopes / lengths)[:, np.newaxis] * shell.vectors
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
