"""Unit cells with standard uncertainties and their correlation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from navp_structures.errors import CellError
from navp_structures.kernels import lattice
from navp_structures.kernels.lattice import Floats

PARAMETERS = ("a", "b", "c", "alpha", "beta", "gamma")

SHORTEST_EDGE, LONGEST_EDGE = 1.0, 1e4
"""Å; no crystal is outside, but cells in other units are. Atoms are told apart by 0.05 Å."""

Correlation = tuple[tuple[float, ...], ...]

# V/abc: of flatter cells rounding leaves d uncertain by more than 1e-9 of it, and what lies
# at a limiting spacing (`kernels.reflections.AT_LIMIT`) could not be told.
_FLATTEST = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCell:
    """A unit cell: a, b, c (Å), alpha, beta, gamma (degrees), each with its su.

    Parameters
    ----------
    a_su, b_su, c_su, alpha_su, beta_su, gamma_su
        Standard uncertainties, None where unknown, 0 only where symmetry fixes the value.
    correlation
        6 × 6 correlation matrix of the parameters in the order above; None means
        independent. A phase fills in what its symmetry ties together.

    Raises
    ------
    CellError
        When a value is not finite and positive, an edge is outside 1 to 10 000 Å, the angles
        allow no lattice or one below 1e-3 of a × b × c, or the correlation is no correlation
        matrix.
    """

    a: float
    b: float
    c: float
    alpha: float = 90.0
    beta: float = 90.0
    gamma: float = 90.0
    a_su: float | None = None
    b_su: float | None = None
    c_su: float | None = None
    alpha_su: float | None = None
    beta_su: float | None = None
    gamma_su: float | None = None
    correlation: Correlation | None = None

    def __post_init__(self) -> None:
        """Refuse what is no cell."""
        for name in PARAMETERS:
            value, su = getattr(self, name), getattr(self, f"{name}_su")
            if not math.isfinite(value) or value <= 0:
                raise CellError(f"cell {name} is {value}; it must be a positive number")
            if name in PARAMETERS[:3] and not SHORTEST_EDGE <= value <= LONGEST_EDGE:
                raise CellError(
                    f"cell {name} is {value} Å; an edge is between {SHORTEST_EDGE:g} and "
                    f"{LONGEST_EDGE:g} Å (1 nm is 10 Å)"
                )
            if name in PARAMETERS[3:] and value >= 180:
                raise CellError(f"cell {name} is {value}; it must be below 180 degrees")
            if su is not None and not (math.isfinite(su) and su >= 0):
                raise CellError(f"the su of cell {name} is {su}; it must be 0 or positive")
        _check_angles(self.alpha, self.beta, self.gamma)
        if self.correlation is not None:
            _check_correlation(np.asarray(self.correlation, dtype=np.float64))

    @property
    def parameters(self) -> tuple[float, float, float, float, float, float]:
        """a, b, c (Å), alpha, beta, gamma (degrees)."""
        return (self.a, self.b, self.c, self.alpha, self.beta, self.gamma)

    @property
    def su(self) -> tuple[float | None, ...]:
        """The six standard uncertainties in the order of `parameters`."""
        return tuple(getattr(self, f"{name}_su") for name in PARAMETERS)

    @property
    def metric_tensor(self) -> Floats:
        """Metric tensor (Å²), shape ``(3, 3)``, read-only."""
        return _tensors(self.parameters)[0]

    @property
    def reciprocal_metric_tensor(self) -> Floats:
        """Inverse metric tensor (Å⁻²), shape ``(3, 3)``, read-only."""
        return _tensors(self.parameters)[1]

    @property
    def reciprocal_lengths(self) -> Floats:
        """a*, b*, c* (Å⁻¹, without the factor 2π), read-only."""
        return _tensors(self.parameters)[2]

    @property
    def orthogonalisation_matrix(self) -> Floats:
        """Matrix from fractional to Cartesian coordinates (Å), a along x."""
        return lattice.orthogonalisation_matrix(self.parameters)

    @property
    def volume(self) -> float:
        """Cell volume (Å³)."""
        return lattice.volume(self.metric_tensor)

    @property
    def volume_su(self) -> float | None:
        """Standard uncertainty of the volume (Å³), with the correlation; None if unknown.

        Unknown too where the correlation leaves nothing of it: then the edges were fitted to a
        volume that comes from elsewhere, without an error of its own.
        """
        covariance = self.covariance
        if covariance is None:
            return None
        gradient = lattice.log_volume_gradient(self.parameters)
        variance = float(gradient @ covariance @ gradient)
        apart = float(gradient**2 @ np.diag(covariance))
        if variance < _DIGITS_OF_CORRELATION * apart:
            return None
        return self.volume * math.sqrt(variance)

    @property
    def covariance(self) -> Floats | None:
        """6 × 6 covariance (Å², Å·degree, degree²); None where an su is unknown.

        An su of 0 is symmetry's and no knowledge. An angle of 90 or 120 degrees without su
        counts as fixed by symmetry.
        """
        su = [
            0.0 if value is None and parameter in (90.0, 120.0) and n > 2 else value
            for n, (parameter, value) in enumerate(zip(self.parameters, self.su, strict=True))
        ]
        if not any(su) or None in su:
            return None
        spread = np.array(su, dtype=np.float64)
        correlation = np.eye(6) if self.correlation is None else np.array(self.correlation)
        return np.outer(spread, spread) * correlation


# Correlations are written with six digits: what they leave of a variance below that is none.
_DIGITS_OF_CORRELATION = 1e-5


@lru_cache(maxsize=256)
def _tensors(parameters: tuple[float, ...]) -> tuple[Floats, Floats, Floats]:
    metric = lattice.metric_tensor(parameters)
    determinant = np.linalg.det(metric)
    inverse = lattice.inverse(metric) if determinant > 0 else np.full((3, 3), np.nan)
    lengths = np.sqrt(np.diag(inverse))
    for array in (metric, inverse, lengths):
        array.setflags(write=False)
    return metric, inverse, lengths


def _check_angles(alpha: float, beta: float, gamma: float) -> None:
    share = lattice.relative_volume(alpha, beta, gamma)
    if share == 0.0:
        raise CellError(f"no lattice has the angles {alpha}, {beta}, {gamma} degrees")
    if share < _FLATTEST:
        raise CellError(
            f"the angles {alpha}, {beta}, {gamma} degrees make the cell flat: its volume is "
            f"{share:.1e} of a × b × c and must be at least {_FLATTEST:g} of it"
        )


def _check_correlation(matrix: Floats) -> None:
    if matrix.shape != (6, 6) or not np.all(np.isfinite(matrix)):
        raise CellError(f"the correlation must be 6 × 6 finite numbers, it is {matrix.shape}")
    if not (np.allclose(matrix, matrix.T, atol=1e-9) and np.allclose(np.diag(matrix), 1.0)):
        raise CellError("the correlation must be symmetric with ones on its diagonal")
    # Matrices printed with six decimals may be negative by that much.
    if np.linalg.eigvalsh(matrix).min() < -1e-4:
        raise CellError("the correlation has a negative eigenvalue: no data have such errors")
