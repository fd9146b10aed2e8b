"""The allowed families of a phase, with what their intensities are made of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from navp_structures.analysis.group_families import allowed_families
from navp_structures.analysis.numbers import as_float, is_number
from navp_structures.analysis.shelf import Shelf
from navp_structures.analysis.structure_factors import element_sums, elements_of
from navp_structures.errors import InputError, shown
from navp_structures.kernels import reflections as kernel
from navp_structures.kernels import scattering
from navp_structures.kernels.lattice import Complexes, Floats, Ints
from navp_structures.model.cell import LONGEST_EDGE
from navp_structures.model.phase import Phase

# A list this long is a typing error, not a diffraction pattern.
_MOST_REFLECTIONS: Final = 3_000_000

# How many families are kept in all: about 150 MB of them.
_MOST_KEPT: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Allowed:
    """The allowed families of a phase, d descending; read-only arrays.

    Parameters
    ----------
    hkl, multiplicity, d
        Shapes ``(n, 3)``, ``(n,)`` and ``(n,)``; d in Å.
    elements
        Of the phase; empty where it has no sites.
    sums
        What multiplies the form factor of each element in F, shape ``(e, n)``.
    """

    hkl: Ints
    multiplicity: Ints
    d: Floats
    elements: tuple[str, ...]
    sums: Floats | Complexes

    def down_to(self, d_min: float) -> Allowed:
        """Return the families with d of at least d_min."""
        count = int(np.searchsorted(-self.d, -d_min * kernel.AT_LIMIT, side="right"))
        return self if count == len(self.d) else self.part(slice(count))

    def part(self, piece: slice) -> Allowed:
        """Return a piece of the list."""
        return Allowed(
            hkl=self.hkl[piece],
            multiplicity=self.multiplicity[piece],
            d=self.d[piece],
            elements=self.elements,
            sums=self.sums[:, piece],
        )

    def f_squared(self, probe: str, wavelength: float | None = None) -> Floats:
        """Return the mean |F|² of h and -h, shape ``(n,)``; NaN where there are no sites.

        Parameters
        ----------
        probe
            ``xray`` (electrons²), ``electron`` (Å², without relativistic factor) or
            ``neutron`` (fm²).
        wavelength
            Å; adds f' and f'' of X-rays, without it there is none.

        Raises
        ------
        InputError
            When spacings are below 0.25 Å, where the form factors of X-rays and electrons end.
        """
        if not self.elements:
            return np.full(len(self.d), np.nan)
        scattering.check_fitted(self.d, probe)
        factors = scattering.form_factors(self.elements, 0.25 / self.d**2, probe)
        if wavelength is None:
            return _square(factors, self.sums)
        dispersion = scattering.dispersion(self.elements, wavelength)
        factors += dispersion.real[:, np.newaxis]
        # F(h) = P + iQ and F(-h) = P* + iQ*, with P from f and f' and Q from f'': their
        # mean square is |P|² + |Q|².
        anomalous = dispersion.imag @ self.sums
        squares: Floats = anomalous.real**2 + anomalous.imag**2
        return _square(factors, self.sums) + squares


def allowed(phase: Phase, d_min: float) -> Allowed:
    """Return the allowed families of a phase down to a spacing (Å).

    What was made for a smaller spacing serves a larger one; the last phases are kept, up to
    a million families together.

    Raises
    ------
    InputError
        When d_min is not positive, or so small that millions of reflections follow.
    """
    check_d_min(phase, d_min)
    made = _tables.get(phase)
    if made is None or made[0] > d_min:
        made = float(d_min), _make(phase, float(d_min))
        _tables.put(phase, made, len(made[1].d))
    return made[1].down_to(d_min)


def check_d_min(phase: Phase, d_min: float) -> None:
    """Raise InputError where d_min is no spacing that a list can reach down to."""
    _check_positive(d_min)
    limit = smallest_d_min(phase)
    if d_min < limit:
        raise InputError(
            f"d_min {d_min:g} Å gives more than {_MOST_REFLECTIONS:.0e} reflections of "
            f"{phase.id}; it must be at least {limit:.4f} Å"
        )


def check_spacing(d_min: float) -> None:
    """Raise InputError where d_min is no spacing that any crystal could have."""
    _check_positive(d_min)
    if d_min > LONGEST_EDGE:
        raise InputError(
            f"d_min is {d_min:g} Å, beyond which no crystal has spacings; it must be at most "
            f"{LONGEST_EDGE:g} Å"
        )


def _check_positive(d_min: float) -> None:
    if not (is_number(d_min) and math.isfinite(as_float(d_min)) and d_min > 0):
        raise InputError(f"d_min is {shown(d_min)}; it must be a positive number in Å")


def smallest_d_min(phase: Phase) -> float:
    """Return the spacing (Å) down to which a list of reflections may reach."""
    return float((4.0 / 3.0 * math.pi * phase.cell.volume / _MOST_REFLECTIONS) ** (1.0 / 3.0))


_tables: Shelf[Phase, tuple[float, Allowed]] = Shelf(_MOST_KEPT)


def _make(phase: Phase, d_min: float) -> Allowed:
    hkl, multiplicity, d = allowed_families(phase.cell, phase.space_group, d_min)
    sums = element_sums(phase, hkl, d) if phase.has_sites else np.zeros((0, len(d)))
    for array in (hkl, multiplicity, d, sums):
        array.setflags(write=False)
    return Allowed(
        hkl=hkl, multiplicity=multiplicity, d=d, elements=elements_of(phase), sums=sums
    )


def _square(factors: Floats, sums: Floats | Complexes) -> Floats:
    f = (factors * sums).sum(axis=0)
    return np.asarray(f * f if f.dtype.kind == "f" else f.real**2 + f.imag**2)
