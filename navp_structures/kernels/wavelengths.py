"""Wavelengths of photons from their energy, and of electrons from their voltage."""

from __future__ import annotations

import math

from navp_structures.constants import (
    ELECTRON_REST_ENERGY,
    PHOTON_ENERGY_TIMES_WAVELENGTH,
)


def photon_wavelength(energy: float) -> float:
    """Return the wavelength (Å) of a photon of an energy (eV)."""
    return PHOTON_ENERGY_TIMES_WAVELENGTH.value / energy


def electron_wavelength(voltage: float) -> float:
    r"""Return the relativistic wavelength (Å) of electrons.

    .. math:: \lambda = \frac{hc}{\sqrt{E (E + 2 m c^2)}}, \qquad E = eU

    Parameters
    ----------
    voltage
        Accelerating voltage U (kV).
    """
    energy = 1000.0 * voltage
    momentum = math.sqrt(energy * (energy + 2.0 * ELECTRON_REST_ENERGY.value))
    return PHOTON_ENERGY_TIMES_WAVELENGTH.value / momentum
