"""Structure factors of a phase."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from navp_structures.errors import InputError, nearest
from navp_structures.kernels import lattice, orbit, scattering
from navp_structures.kernels.lattice import Complexes, Floats, Ints
from navp_structures.kernels.structure_factor import (
    Operations,
    split_operations,
    structure_factors,
)
from navp_structures.model import standard
from navp_structures.model.cell import UnitCell
from navp_structures.model.phase import Phase
from navp_structures.model.site import Site
from navp_structures.model.spacegroup import SpaceGroup

PROBES: Final = tuple(scattering.TABLES)


def f_squared(phase: Phase, hkl: Ints, probe: str) -> Floats:
    """Return |F|² of reflections, shape ``(n,)``; NaN where the phase has no sites.

    Units are those of `structure_factor`, squared.
    """
    if not phase.has_sites:
        return np.full(len(hkl), np.nan)
    f = structure_factor(phase, hkl, probe)
    return np.asarray(f.real**2 + f.imag**2)


def structure_factor(
    phase: Phase, hkl: Ints, probe: str, *, wavelength: float | None = None
) -> Complexes:
    """Return F(hkl) of the cell, shape ``(n,)``, kinematic.

    Occupancies, mixed sites and displacement parameters count, U_ij where they are known,
    else U_iso; a site without either does not move.

    Parameters
    ----------
    hkl
        Shape ``(n, 3)``.
    probe
        ``xray`` (electrons), ``electron`` (Å, without relativistic factor) or ``neutron``
        (fm).
    wavelength
        Å; adds f' and f'' of X-rays at this wavelength (Cromer and Liberman), without it
        there is none.

    Raises
    ------
    NoSitesError
        When the phase is a cell only.
    InputError
        When the probe is unknown, its table lacks an element, or a wavelength is given for
        another probe than X-rays.
    """
    check_probe(probe)
    if wavelength is not None and probe != "xray":
        raise InputError(f"a wavelength brings dispersion of X-rays, not of the probe {probe}")
    phase.require_sites("a structure factor")
    atoms = _atoms(phase)
    d = lattice.d_spacings(hkl, phase.cell.reciprocal_metric_tensor)
    factors: Floats | Complexes = scattering.form_factors(atoms.elements, 0.25 / d**2, probe)
    if wavelength is not None:
        factors = factors + scattering.dispersion(atoms.elements, wavelength)[:, np.newaxis]
    weights = atoms.amounts @ factors
    return structure_factors(
        np.asarray(hkl), atoms.fract, weights, atoms.displacements, atoms.operations
    )


def check_probe(probe: str) -> str:
    """Return a known probe, or raise InputError with the nearest names."""
    if probe not in PROBES:
        raise InputError(
            f"unknown probe {probe!r}{nearest(str(probe), PROBES)}; known: {', '.join(PROBES)}"
        )
    return probe


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Atoms:
    """A phase as the arrays of the kernel.

    `amounts` holds the occupancy of each element on each site over the order of the site
    symmetry, shape ``(sites, elements)``.
    """

    elements: tuple[str, ...]
    amounts: Floats
    fract: Floats
    displacements: Floats
    operations: Operations


@lru_cache(maxsize=64)
def _atoms(phase: Phase) -> _Atoms:
    cell, group = phase.cell, phase.space_group
    elements = tuple(dict.fromkeys(e for site in phase.sites for e in site.elements))
    amounts = np.zeros((len(phase.sites), len(elements)))
    fract = np.zeros((len(phase.sites), 3))
    displacements = np.zeros((len(phase.sites), 3, 3))
    for n, site in enumerate(phase.sites):
        kept, fract[n] = standard.stabiliser(site, cell, group)
        # Every operation is summed over, the centring too, so a site that several of them
        # keep would count as often.
        for species in site.species:
            amounts[n, elements.index(species.element)] += species.occupancy / len(kept)
        displacements[n] = _displacement(site, cell, group)
    operations = split_operations(group.rotations, group.translations)
    return _Atoms(
        elements=elements,
        amounts=amounts,
        fract=fract,
        displacements=displacements,
        operations=operations,
    )


def _displacement(site: Site, cell: UnitCell, group: SpaceGroup) -> Floats:
    lengths = cell.reciprocal_lengths
    u = standard.u_aniso(site, cell, group)
    if u is None:
        # An isotropic U has M = U G*, so that h M h = U / d².
        return np.asarray((site.u_iso or 0.0) * cell.reciprocal_metric_tensor)
    return np.asarray(orbit.u_matrix(u) * np.outer(lengths, lengths))
