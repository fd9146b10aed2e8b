"""Structure factors of a phase."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from navp_structures.errors import InputError
from navp_structures.kernels import lattice, scattering
from navp_structures.kernels import structure_factor as kernel
from navp_structures.kernels.lattice import Complexes, Floats, Ints
from navp_structures.kernels.structure_factor import Operations
from navp_structures.model import standard
from navp_structures.model.phase import Phase
from navp_structures.model.radiation import check_probe


def f_squared(phase: Phase, hkl: Ints, probe: str) -> Floats:
    """Return |F|² of reflections, shape ``(n,)``; NaN where the phase has no sites.

    Units are those of `structure_factor`, squared.

    Raises
    ------
    InputError
        When spacings are below 0.25 Å, where the form factors of X-rays and electrons end.
    """
    if not phase.has_sites:
        return np.full(len(hkl), np.nan)
    scattering.check_fitted(lattice.d_spacings(hkl, phase.cell.reciprocal_metric_tensor), probe)
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
    indices = np.asarray(hkl)
    d = lattice.d_spacings(indices, phase.cell.reciprocal_metric_tensor)
    elements = elements_of(phase)
    factors: Floats | Complexes = scattering.form_factors(elements, 0.25 / d**2, probe)
    if wavelength is not None:
        factors = factors + scattering.dispersion(elements, wavelength)[:, np.newaxis]
    return np.asarray(
        np.einsum("en,en->n", factors, element_sums(phase, indices, d)), dtype=np.complex128
    )


def mean_f_squared(phase: Phase, hkl: Ints) -> Floats:
    r"""Return the mean \|F\|² of electrons over the errors of a model's atoms, shape ``(n,)``.

    Atoms are off by their `site_error` :math:`\sigma`, each by itself, along each axis; with
    :math:`D = e^{-2\pi^2\sigma^2/d^2}` the mean is
    :math:`|\sum_j D_j f_j e^{2\pi i h x_j}|^2 + \sum_j (1 - D_j^2) f_j^2`
    (Luzzati, 1952, doi:10.1107/S0365110X52002161). Without errors it is \|F\|².

    Parameters
    ----------
    hkl
        Shape ``(n, 3)``.
    """
    d = lattice.d_spacings(hkl, phase.cell.reciprocal_metric_tensor)
    elements = elements_of(phase)
    factors = scattering.form_factors(elements, 0.25 / d**2, "electron")
    errors = np.array([phase.site_error.get(name, 0.0) for name in elements])
    exponent = (2.0 * np.pi * errors[:, np.newaxis] / d) ** 2
    sums = element_sums(phase, hkl, d)
    mean = np.einsum("en,en->n", factors * np.exp(-0.5 * exponent), sums)
    variance = np.zeros(len(d))
    for site in phase.sites:
        number = standard.multiplicity(site, phase.cell, phase.space_group)
        # Equivalent displacements: what is added is small where they matter.
        moving = np.exp(-4.0 * np.pi**2 * (site.u_iso or 0.0) / d**2)
        for species in site.species:
            n = elements.index(species.element)
            lost = -np.expm1(-exponent[n]) * (species.occupancy * factors[n]) ** 2
            variance += number * moving * lost
    return np.asarray(mean.real**2 + mean.imag**2 + variance, np.float64)


def elements_of(phase: Phase) -> tuple[str, ...]:
    """Return the elements of a phase, each once, in the order of its sites."""
    return tuple(dict.fromkeys(e for site in phase.sites for e in site.elements))


def element_sums(phase: Phase, hkl: Ints, d: Floats) -> Floats | Complexes:
    """Return what multiplies the form factor of each element in F, shape ``(e, n)``.

    Neither probe nor wavelength enters, so that one array serves them all. Real where the
    group has an inversion centre at the origin.

    Parameters
    ----------
    hkl, d
        Reflections, shape ``(n, 3)``, and their spacings (Å), shape ``(n,)``.
    """
    atoms = atoms_of(phase)
    return atoms.sums(hkl, d, atoms.held)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Atoms:
    """A phase as the arrays of the kernel, sites with U_ij first.

    Parameters
    ----------
    fract, isotropic, anisotropic, operations
        As for the sums of `kernels.structure_factor`.
    labels, occupancies
        Of each atom of the asymmetric unit, shape ``(k,)``; a mixed site holds several.
    site, element
        Where each stands among the sites and the elements, shape ``(k,)``.
    order
        Of its site symmetry: as often do the operations count it, shape ``(k,)``.
    held
        `amounts` of the occupancies.
    """

    fract: Floats
    isotropic: Floats
    anisotropic: Floats
    operations: Operations
    labels: tuple[str, ...]
    occupancies: Floats
    site: Ints
    element: Ints
    order: Ints
    held: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Count what the sites hold as they are."""
        object.__setattr__(self, "held", self.amounts(self.occupancies))

    def sums(self, hkl: Ints, d: Floats, amounts: Floats) -> Floats | Complexes:
        """Return the sums over all images by element, shape ``(e, n)``, for `amounts`."""
        return kernel.element_sums(
            hkl,
            self.fract,
            self.isotropic,
            self.anisotropic,
            amounts,
            d,
            self.operations,
        )

    def amounts(self, occupancies: Floats) -> Floats:
        """Return how much of each element each site counts, shape ``(sites, elements)``."""
        amounts = np.zeros((len(self.fract), int(self.element.max()) + 1))
        np.add.at(amounts, (self.site, self.element), occupancies / self.order)
        return amounts


@lru_cache(maxsize=64)
def atoms_of(phase: Phase) -> Atoms:
    """Return the atoms of a phase with sites; cached."""
    cell, group = phase.cell, phase.space_group
    elements = elements_of(phase)
    sites = sorted(phase.sites, key=lambda site: site.u_aniso is None)
    found = [standard.stabiliser(site, cell, group) for site in sites]
    tensors = [standard.displacement(site, cell, group) for site in sites]
    atoms = [(n, species) for n, site in enumerate(sites) for species in site.species]
    return Atoms(
        fract=np.array([ideal for _, ideal in found]),
        isotropic=np.array([site.u_iso or 0.0 for site in sites]),
        anisotropic=np.array([m for m in tensors if m is not None]).reshape(-1, 3, 3),
        operations=group.split,
        labels=tuple(species.label for _, species in atoms),
        occupancies=np.array([species.occupancy for _, species in atoms]),
        site=np.array([n for n, _ in atoms]),
        element=np.array([elements.index(species.element) for _, species in atoms]),
        order=np.array([len(found[n][0]) for n, _ in atoms]),
    )
