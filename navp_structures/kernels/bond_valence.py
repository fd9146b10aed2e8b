r"""Bond valences, their sums with uncertainty, and how far a structure misses its valences.

A bond of length R has the valence

.. math:: s = \exp\frac{R_0 - R}{B},

and the sum over the bonds of an ion is near its oxidation state. The parameters are in
`bond_valence_tables`; they belong to a pair of ions, so a sum assumes the valence that it is
then compared with.

References
----------
Brown & Altermatt, Acta Cryst. B41 (1985) 244, doi:10.1107/S0108768185002063
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from navp_structures.errors import InputError, nearest, shown
from navp_structures.kernels.bond_valence_tables import (
    BOND_VALENCE_TABLES,
    BondValenceParameter,
    Pair,
)
from navp_structures.kernels.lattice import Floats


def bond_valences(bonds: npt.ArrayLike, parameter: BondValenceParameter) -> Floats:
    """Return the valence (valence units) of bonds of one pair of ions.

    Parameters
    ----------
    bonds
        Lengths (Å), any shape.
    parameter
        R0 and B of the pair, of `bond_valence_parameter`.
    """
    lengths = np.asarray(bonds, dtype=np.float64)
    return np.asarray(np.exp((parameter.r0 - lengths) / parameter.b))


def bond_valence_sums(
    bonds: npt.ArrayLike, parameter: BondValenceParameter, occupancies: npt.ArrayLike = 1.0
) -> Floats:
    """Return the bond-valence sums (valence units) of ions.

    Parameters
    ----------
    bonds
        Lengths (Å), shape ``(..., n)``.
    parameter
        R0 and B of the pair.
    occupancies
        Of each ligand, 0 to 1, shapes broadcast: a ligand that is there half the time counts
        half.

    Returns
    -------
    Shape ``(...)``.
    """
    weights = np.asarray(occupancies, dtype=np.float64)
    return np.asarray((bond_valences(bonds, parameter) * weights).sum(axis=-1))


def bond_valence_sum_su(
    bonds: npt.ArrayLike,
    covariance: npt.ArrayLike,
    parameter: BondValenceParameter,
    occupancies: npt.ArrayLike = 1.0,
) -> Floats:
    r"""Return the su of bond-valence sums from the su of the bonds.

    From :math:`\partial s/\partial R = -s/B`. R0 and B count as exact, which they
    are not: 0.01 Å in R0 alone moves a sum by 2.7 % (B = 0.37 Å).

    Parameters
    ----------
    bonds
        Lengths (Å), shape ``(..., n)``.
    covariance
        Of the lengths (Å²), shape ``(..., n, n)``: ``np.diag(su**2)`` where they are
        independent. Bonds that symmetry makes equal are not: they move together, their block
        is ``np.outer(su, su)``, and a diagonal would give too small a su.
    parameter, occupancies
        As for `bond_valence_sums`.

    Returns
    -------
    Shape ``(...)``, valence units; NaN where the covariance is.
    """
    weights = np.asarray(occupancies, dtype=np.float64)
    slopes = bond_valences(bonds, parameter) * weights / -parameter.b
    matrix = np.asarray(covariance, dtype=np.float64)
    variance = np.einsum("...i,...ij,...j->...", slopes, matrix, slopes)
    return np.asarray(np.sqrt(np.clip(variance, 0.0, None)))


def global_instability_index(
    sums: npt.ArrayLike, valences: npt.ArrayLike, multiplicities: npt.ArrayLike = 1.0
) -> float:
    """Return the root mean square of bond-valence sum minus valence (valence units).

    Parameters
    ----------
    sums, valences
        Of every ion, cations and anions alike, shape ``(k,)``; the sign of a valence does not
        matter.
    multiplicities
        How many ions each one stands for, occupancy included, shapes broadcast.

    Raises
    ------
    InputError
        There is no ion.

    References
    ----------
    Salinas-Sanchez et al., J. Solid State Chem. 100 (1992) 201,
    doi:10.1016/0022-4596(92)90094-C
    """
    deviations = np.asarray(sums, dtype=np.float64) - np.abs(valences)
    weights = np.broadcast_to(np.asarray(multiplicities, dtype=np.float64), deviations.shape)
    if not weights.sum() > 0.0:
        raise InputError("a global instability index needs the bond-valence sum of an ion")
    return float(np.sqrt(np.average(deviations**2, weights=weights)))


def bond_valence_table(name: str) -> Mapping[Pair, BondValenceParameter]:
    """Return a published table of bond-valence parameters: the cations of NASICON phases.

    Raises
    ------
    InputError
        When there is no table of that name; says which there are.
    """
    if not isinstance(name, str) or name not in BOND_VALENCE_TABLES:
        raise InputError(
            f"{shown(name)} is no table of bond-valence parameters; there are "
            f"{', '.join(BOND_VALENCE_TABLES)}{nearest(str(name), BOND_VALENCE_TABLES)}"
        )
    return BOND_VALENCE_TABLES[name]


def bond_valence_parameter(
    cation: str, valence: int, anion: str = "O", *, table: str
) -> BondValenceParameter:
    """Return R0 and B of a pair of ions from one published table.

    Parameters
    ----------
    cation
        Element symbol.
    valence
        Oxidation state of the cation.
    anion
        Element symbol: O for O2−, F for F−.
    table
        A key of `BOND_VALENCE_TABLES`.

    Raises
    ------
    InputError
        No such table, or it has no such pair; says what there is.

    Examples
    --------
    >>> bond_valence_parameter("V", 3, table="brown-altermatt-1985").r0
    1.743
    """
    rows = bond_valence_table(table)
    pair = (cation, valence, anion)
    if pair not in rows:
        raise InputError(_what_exists(pair, table))
    return rows[pair]


def _what_exists(pair: Pair, table: str) -> str:
    cation, _, anion = pair
    near = [p for p in BOND_VALENCE_TABLES[table] if (p[0], p[2]) == (cation, anion)]
    near = near or [p for p in BOND_VALENCE_TABLES[table] if p[2] == anion]
    here = ", ".join(map(_show, near)) or f"no parameters with {anion}"
    others = [name for name, rows in BOND_VALENCE_TABLES.items() if pair in rows]
    there = f"; {_show(pair)} is in {', '.join(others)}" if others else ""
    return f"the table {table} has no {_show(pair)}, it has {here}{there}"


def _show(pair: Pair) -> str:
    cation, valence, anion = pair
    return f"{cation}{valence}+–{anion}"
