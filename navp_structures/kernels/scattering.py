r"""Scattering lengths of atoms: X-ray and electron form factors, neutron lengths.

.. math:: f(s) = \sum_i a_i e^{-b_i s^2} + c, \qquad s = \sin\theta/\lambda = 1/2d

The coefficients are gemmi's tables, those of neutral atoms whatever charge a symbol carries:
IT92 (International Tables C, 6.1.1.4, electrons), C4322 (International Tables C, 4.3.2.2,
first Born approximation, Å) and Neutron92 (Neutron News 3 (1992) 29, bound coherent lengths,
fm).

References
----------
International Tables for Crystallography, Vol. C (2006), doi:10.1107/97809553602060000103
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import gemmi
import numpy as np

from navp_structures.constants import PHOTON_ENERGY_TIMES_WAVELENGTH
from navp_structures.errors import InputError
from navp_structures.kernels.lattice import Complexes, Floats
from navp_structures.kernels.reflections import AT_LIMIT

TABLES: Final = {"xray": "it92", "electron": "c4322", "neutron": "neutron92"}
"""gemmi's table of each probe."""

_GAUSSIANS = 5

# Å: sin θ/λ of 2 Å⁻¹, up to which the sums of Gaussians of both tables were fitted, as their
# titles and gemmi's notes say.
_SMALLEST_FITTED = 0.25

# Atomic number up to which gemmi has f' and f''; it gives 0 beyond.
_HEAVIEST = 92


def form_factors(elements: Sequence[str], stol_squared: Floats, probe: str) -> Floats:
    """Return the form factors of elements, shape ``(len(elements), n)``.

    Parameters
    ----------
    elements
        Chemical symbols.
    stol_squared
        (sin θ/λ)² of each reflection (Å⁻²), shape ``(n,)``.
    probe
        ``xray`` (electrons), ``electron`` (Å, without relativistic factor) or ``neutron``
        (fm, the bound coherent length).

    Raises
    ------
    InputError
        When the table lacks an element.
    """
    tables = [_coefficients(element, probe) for element in elements]
    a = np.array([table[0] for table in tables])
    b = np.array([table[1] for table in tables])
    c = np.array([table[2] for table in tables])
    waves = np.exp(-b[:, :, np.newaxis] * stol_squared)
    return np.asarray(np.einsum("ek,ekn->en", a, waves) + c[:, np.newaxis])


def check_fitted(d: Floats, probe: str) -> None:
    """Raise InputError where form factors are asked for beyond the end of their table.

    Parameters
    ----------
    d
        Spacings (Å), shape ``(n,)``. X-rays and electrons have form factors down to 0.25 Å;
        the lengths of neutrons are the same everywhere.
    """
    smallest = float(d.min(initial=np.inf))
    if probe != "neutron" and smallest < _SMALLEST_FITTED * AT_LIMIT:
        raise InputError(
            f"the {probe} form factors end at d {_SMALLEST_FITTED:g} Å (sin θ/λ 2 Å⁻¹); "
            f"{smallest:.4g} Å is beyond"
        )


def dispersion(elements: Sequence[str], wavelength: float) -> Complexes:
    """Return f' + i f'' of elements for X-rays (electrons), shape ``(len(elements),)``.

    From the method of Cromer and Liberman as gemmi has it, for free atoms: near an
    absorption edge the bonds matter, and it does not know them.

    Parameters
    ----------
    wavelength
        Å.

    Raises
    ------
    InputError
        When there are none of an element (beyond uranium).

    References
    ----------
    Cromer & Liberman, Acta Cryst. A37 (1981) 267, doi:10.1107/S0567739481000600
    """
    energy = PHOTON_ENERGY_TIMES_WAVELENGTH.value / wavelength
    numbers = [gemmi.Element(element).atomic_number for element in elements]
    for element, number in zip(elements, numbers, strict=True):
        if number > _HEAVIEST:
            raise InputError(f"no f' and f'' of {element} are tabulated; leave dispersion out")
    parts = [gemmi.cromer_liberman(number, energy) for number in numbers]
    return np.array([complex(real, imaginary) for real, imaginary in parts])


@lru_cache(maxsize=512)
def _coefficients(
    element: str, probe: str
) -> tuple[tuple[float, ...], tuple[float, ...], float]:
    table = getattr(gemmi.Element(element), TABLES[probe])
    length = float(table.get_coefs()[0]) if table is not None and probe == "neutron" else None
    # A length of exactly 0 stands for one that nobody measured.
    if table is None or length == 0.0:
        raise InputError(f"no {probe} scattering factor of {element} is tabulated")
    if length is not None:
        return (0.0,) * _GAUSSIANS, (0.0,) * _GAUSSIANS, length
    padding = (0.0,) * (_GAUSSIANS - len(table.a))
    constant = float(table.c) if probe == "xray" else 0.0
    return (*map(float, table.a), *padding), (*map(float, table.b), *padding), constant
