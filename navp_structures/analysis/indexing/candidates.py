"""Which reflections of a phase have a measured spacing, allowed or extinct."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from navp_structures.analysis.indexing.units import Spacing
from navp_structures.analysis.reflections import Families, families
from navp_structures.kernels import lattice
from navp_structures.kernels.lattice import Floats
from navp_structures.model.absence import absence
from navp_structures.model.hkl import HKL, hkl_of
from navp_structures.model.phase import Phase

REACH: Final = 3.0
"""Sigma; candidates lie within this of the measured spacing."""

# Å; reflections down to here say which is the strongest of a phase.
_STRONGEST_DOWN_TO = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SpacingCandidate:
    """An allowed family that has a measured spacing within the reach.

    Parameters
    ----------
    observation
        Number of the measured spacing, from 0.
    d_obs, d_calc, d_calc_su
        Å.
    deviation_percent, deviation_sigma
        (d_obs - d_calc) / d_calc, and the same over sigma.
    sigma
        Relative standard deviation: that of the measurement with the su of the cell.
    f_squared
        |F|² of the probe; None where the phase has no sites.
    posterior
        Probability; None as long as no engine works it out.
    strength
        |F| relative to the strongest reflection of the phase; None without sites.
    score
        exp(-deviation_sigma²/2) × strength, the order of the table; a family of unknown
        strength counts as the median of the others.
    """

    observation: int
    phase: str
    hkl: HKL
    multiplicity: int
    d_obs: float
    d_calc: float
    d_calc_su: float | None
    deviation_percent: float
    deviation_sigma: float
    sigma: float
    f_squared: float | None
    posterior: float | None = None
    strength: float | None
    score: float = 0.0

    @property
    def within_reach(self) -> bool:
        """Whether the deviation is within the reach without any common scale."""
        return abs(self.deviation_sigma) <= REACH


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtinctCandidate:
    """An extinct family that would fit, with the rule that forbids it."""

    observation: int
    phase: str
    hkl: HKL
    d_obs: float
    d_calc: float
    deviation_percent: float
    deviation_sigma: float
    kind: str
    rule: str
    value: int


def find_candidates(
    phase: Phase, observed: Sequence[Spacing], probe: str, scale_sigma: float
) -> tuple[list[SpacingCandidate], list[ExtinctCandidate]]:
    """Return every family near each spacing: the allowed, and the extinct.

    Extinct families lie within the reach; allowed ones within the reach of sigma and
    scale_sigma together, so that one common scale can still bring them in.
    """
    table, relative_su = _table(phase, observed, probe, scale_sigma)
    strongest = _strongest(phase, probe, table)
    allowed: list[SpacingCandidate] = []
    extinct: list[ExtinctCandidate] = []
    for n, spacing in enumerate(observed):
        deviation = spacing.d / table.d - 1.0
        sigma = np.hypot(spacing.sigma, relative_su)
        # One common scale may still bring an allowed family within the reach.
        reach = REACH * np.where(table.absent, sigma, np.hypot(sigma, scale_sigma))
        for m in np.flatnonzero(np.abs(deviation) <= reach):
            found: dict[str, Any] = {
                "observation": n,
                "phase": phase.id,
                "hkl": hkl_of(table.hkl[m]),
                "d_obs": spacing.d,
                "d_calc": float(table.d[m]),
                "deviation_percent": 100.0 * float(deviation[m]),
                "deviation_sigma": float(deviation[m] / sigma[m]),
            }
            if table.absent[m]:
                extinct.append(ExtinctCandidate(**found, **_rule(found["hkl"], phase)))
            else:
                su = (
                    float(relative_su[m] * table.d[m])
                    if phase.cell.covariance is not None
                    else None
                )
                allowed.append(
                    SpacingCandidate(
                        **found,
                        **_strength(float(table.f_squared[m]), strongest),
                        multiplicity=int(table.multiplicity[m]),
                        d_calc_su=su,
                        sigma=float(sigma[m]),
                    )
                )
    return allowed, extinct


def _rule(hkl: HKL, phase: Phase) -> dict[str, Any]:
    rule = absence(hkl, phase.space_group)
    assert rule is not None  # noqa: S101 - both rest on the same operations
    return {"kind": rule.kind, "rule": rule.rule, "value": rule.value}


def _strength(f_squared: float, strongest: float) -> dict[str, Any]:
    if math.isnan(f_squared):
        return {"f_squared": None, "strength": None}
    # A phase whose sites are all empty scatters nothing.
    relative = math.sqrt(f_squared / strongest) if strongest > 0 else 0.0
    return {"f_squared": f_squared, "strength": relative}


def deviation(phase: Phase, hkl: HKL, spacing: Spacing) -> tuple[float, float]:
    """Return (d_obs - d_calc) / d_calc of a reflection, and its sigma with the cell's su."""
    d = phase.d(hkl)
    su = phase.d_su(hkl) or 0.0
    return (spacing.d - d) / d, math.hypot(spacing.sigma, su / d)


def _table(
    phase: Phase, observed: Sequence[Spacing], probe: str, scale_sigma: float
) -> tuple[Families, Floats]:
    """Return the families that can reach any spacing, and the relative su of each d."""
    smallest = min(observed, key=lambda s: s.d)
    # The cell's su widens the reach as the errors of spacing and scale do.
    spread = max(s.sigma for s in observed) + scale_sigma + _relative_cell_su(phase)
    d_min = smallest.d / (1.0 + REACH * spread)
    # A few steps, so that neighbouring questions share one cached list.
    d_min = math.floor(d_min * 20.0) / 20.0 if d_min > 0.5 else d_min
    table = families(phase, d_min, probe)
    return table, relative_d_su(phase, table)


def relative_d_su(phase: Phase, table: Families) -> Floats:
    """Return su(d)/d of each family from the cell's covariance; 0 where unknown."""
    covariance = phase.cell.covariance
    if covariance is None:
        return np.zeros(len(table.d))
    return lattice.relative_d_su(table.hkl, phase.cell.parameters, covariance)


def _relative_cell_su(phase: Phase) -> float:
    """Return a bound on su(d)/d over all directions.

    d changes by the normal strain along its plane normal, which no direction makes larger
    than the Frobenius norm of the strain; the bound is the root mean square of that norm.
    """
    covariance = phase.cell.covariance
    if covariance is None:
        return 0.0
    inverse = np.linalg.inv(phase.cell.orthogonalisation_matrix)
    gradient = lattice.metric_gradient(phase.cell.parameters)
    strains = 0.5 * np.einsum("ji,pjk,kl->pil", inverse, gradient, inverse)
    products = np.einsum("pij,qij->pq", strains, strains)
    return math.sqrt(max(0.0, float(np.sum(products * covariance))))


@lru_cache(maxsize=64)
def largest_f_squared(phase: Phase, probe: str) -> float:
    """Return the largest |F|² of a phase with sites, down to 1 Å."""
    values = families(phase, _STRONGEST_DOWN_TO, probe).f_squared
    return float(values.max()) if len(values) else 0.0


def _strongest(phase: Phase, probe: str, table: Families) -> float:
    if not phase.has_sites:
        return math.nan
    here = float(table.f_squared.max()) if len(table.f_squared) else 0.0
    return max(here, largest_f_squared(phase, probe))
