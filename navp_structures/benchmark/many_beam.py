r"""Intensities of many beams that exchange electrons in a foil: Bloch waves.

High-energy electrons of the incident wave vector K, just inside the foil, whose wave is
:math:`\sum_g \psi_g(z)\,e^{2\pi i(\mathbf K + \mathbf g)\cdot\mathbf r}`, obey

.. math::
   \frac{d\psi_g}{dz} = 2\pi i \Big( s_g \psi_g + \sum_{h \ne g}
   \frac{U_{g-h}}{2K} \psi_h \Big), \qquad
   U_g = \frac{\gamma F_g}{\pi V},

which follows from Schrödinger's equation when back-scattering (the second derivative of
:math:`\psi_g`) is dropped and the cosine of each beam with the normal of the foil is taken as
one: its error is that of half the square of a tilt of half a degree, 4e-5. With the Hermitian
matrix :math:`A_{gg} = s_g`, :math:`A_{gh} = U_{g-h}/2K`, its eigenvalues :math:`\gamma_j` and
eigenvectors :math:`C_{gj}` (the Bloch waves), and only the beam 0 at the entrance,

.. math:: \psi_g(t) = \sum_j C_{gj}\, e^{2\pi i \gamma_j t}\, C_{0j}^*.

A foil is not quite even over the area that is illuminated. Over a Gaussian of thicknesses with
the mean t and the standard deviation τ, the mean of :math:`|\psi_g|^2` is exactly

.. math::
   I_g = \sum_{jk} C_{gj} C_{gk}^* M_{jk}, \qquad M_{jk} = C_{0j}^* C_{0k}\,
   e^{2\pi i(\gamma_j - \gamma_k) t - 2\pi^2(\gamma_j - \gamma_k)^2 \tau^2}.

F are structure factors of electrons (Å) for rest mass, γ makes them those of the voltage;
displacements of atoms are in them, so that reflections far out are as weak as they are in a
crystal. The mean potential shifts all :math:`s_g` alike and is left out, and so are absorption
(nothing scatters out of the beams: their sum is one) and the reflections of higher Laue zones.
A reflection that a glide plane or a screw axis forbids has no U, but other beams lead to it.

References
----------
Humphreys, Rep. Prog. Phys. 42 (1979) 1825, doi:10.1088/0034-4885/42/11/002: the equations, and
what is left out here
De Graef, Introduction to Conventional Transmission Electron Microscopy (2003), ch. 5
International Tables for Crystallography, Vol. B (2010), ch. 5.2,
doi:10.1107/97809553602060000780: eigenvalues, slices and the evolution operator
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from navp_structures.analysis.structure_factors import structure_factor
from navp_structures.constants import ELECTRON_REST_ENERGY
from navp_structures.kernels.lattice import Complexes, Floats, Ints
from navp_structures.kernels.wavelengths import electron_wavelength
from navp_structures.kernels.zone import zone_net
from navp_structures.model.phase import Phase

VOLTAGE: Final = 200.0
WAVELENGTH: Final = electron_wavelength(VOLTAGE)
RELATIVISTIC: Final = 1.0 + 1000.0 * VOLTAGE / ELECTRON_REST_ENERGY.value

# Å⁻¹: beams further out, or further from the sphere, change the spots to 0.85 Å⁻¹ by some
# thousandths of their sum.
REACH: Final = 1.5
FARTHEST: Final = 0.03

# Of the thickness, one standard deviation: some 20 Å of a wedge over the illuminated area.
UNEVEN: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Beams:
    """The beams of a zone, and what couples them.

    Parameters
    ----------
    hkl
        The incident beam first, shape ``(n, 3)``.
    g
        Cartesian (Å⁻¹), x and y in the plane of the zone, shape ``(n, 2)``.
    coupling
        :math:`U_{g-h}/2K` (Å⁻¹), 0 on the diagonal, shape ``(n, n)``; real where all are.
    """

    hkl: Ints
    g: Floats
    coupling: Floats | Complexes

    def intensities(self, thickness: float, tilt: Floats) -> Floats:
        """Return the intensity of each beam, the incident one being 1, shape ``(n,)``.

        Parameters
        ----------
        thickness
            Å.
        tilt
            Of the axis away from the beam, about y and about x (radians), shape ``(2,)``.
        """
        errors = self.g @ tilt - 0.5 * WAVELENGTH * (self.g**2).sum(axis=1)
        near = np.flatnonzero(np.abs(errors) <= FARTHEST)
        found = np.zeros(len(errors))
        found[near] = bloch_intensities(
            errors[near], self.coupling[np.ix_(near, near)], thickness, UNEVEN * thickness
        )
        return found


def bloch_intensities(
    errors: Floats, coupling: Floats | Complexes, thickness: float, spread: float = 0.0
) -> Floats:
    """Return the intensities of beams behind a foil, shape ``(n,)``.

    Parameters
    ----------
    errors
        Excitation errors (Å⁻¹), the incident beam first, shape ``(n,)``.
    coupling
        Hermitian or symmetric, 0 on the diagonal (Å⁻¹), shape ``(n, n)``.
    thickness, spread
        Mean and standard deviation (Å).
    """
    values, waves = np.linalg.eigh(coupling + np.diag(errors))
    gaps = values[:, np.newaxis] - values
    started = waves[0].conj()[:, np.newaxis] * waves[0]
    fading = np.exp(-2.0 * (np.pi * spread * gaps) ** 2)
    if np.isrealobj(waves):
        mixed = started * fading * np.cos(2.0 * np.pi * thickness * gaps)
    else:
        mixed = started * fading * np.exp(2j * np.pi * thickness * gaps)
    total = np.real(((waves @ mixed) * waves.conj()).sum(axis=1))
    return np.asarray(np.maximum(total, 0.0))


def zone_beams(phase: Phase, uvw: tuple[int, int, int], reach: float = REACH) -> Beams:
    """Return the beams of a zone of a phase with sites, all that the centring allows.

    Parameters
    ----------
    uvw
        Zone axis.
    reach
        Length of the longest (Å⁻¹).
    """
    cell = phase.cell
    net = zone_net(uvw, phase.space_group.centring_vectors, cell.reciprocal_metric_tensor)
    basis = np.array(net.basis)
    flat = _flattened(basis @ np.linalg.inv(cell.orthogonalisation_matrix))
    # A reduced basis: multiples are at most the reach over the height of the mesh.
    area = abs(float(np.linalg.det(flat)))
    first, second = (int(reach * np.linalg.norm(row) / area) + 1 for row in flat[::-1])
    steps = np.stack(
        np.meshgrid(np.arange(-first, first + 1), np.arange(-second, second + 1)), axis=-1
    ).reshape(-1, 2)
    length = np.linalg.norm(steps @ flat, axis=1)
    order = np.argsort(length, kind="stable")[: np.count_nonzero(length <= reach)]
    steps = steps[order]
    return Beams(hkl=steps @ basis, g=steps @ flat, coupling=_coupling(phase, basis, steps))


def opposite_pairs(beams: Beams, hkl: Ints) -> Ints:
    """Return where reflections and their opposites are among the beams, shape ``(n, 2)``."""
    place = {(h, k, m): n for n, (h, k, m) in enumerate(beams.hkl.tolist())}
    return np.array([[place[h, k, m], place[-h, -k, -m]] for h, k, m in hkl.tolist()])


def _flattened(basis: Floats) -> Floats:
    """Return two vectors in coordinates of their own plane, shape ``(2, 2)``."""
    x = basis[0] / np.linalg.norm(basis[0])
    across = basis[1] - (basis[1] @ x) * x
    return np.array([[basis[0] @ x, 0.0], [basis[1] @ x, np.linalg.norm(across)]])


def _coupling(phase: Phase, basis: Ints, steps: Ints) -> Floats | Complexes:
    """Return the potential between beams from one table of all their differences."""
    top = 2 * np.abs(steps).max(axis=0)
    table = np.zeros(2 * top + 1, dtype=np.complex128)
    between = (steps[:, np.newaxis] - steps + top).reshape(-1, 2)
    used = np.zeros(table.shape, dtype=bool)
    used[between[:, 0], between[:, 1]] = True
    used[top[0], top[1]] = False
    # exp(+2πi hx) is in F, exp(-2πi hx) in the Fourier coefficient of the potential.
    f = structure_factor(phase, (np.argwhere(used) - top) @ basis, "electron").conj()
    table[used] = f * (0.5 * WAVELENGTH * RELATIVISTIC / (np.pi * phase.cell.volume))
    matrix = table[between[:, 0], between[:, 1]].reshape(len(steps), -1)
    return np.asarray(matrix.real) if not matrix.imag.any() else np.asarray(matrix)
