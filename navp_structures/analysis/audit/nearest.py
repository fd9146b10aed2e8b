"""Which allowed reflections lie nearest to a spacing, and how often one fits by chance."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from navp_structures.analysis.audit.agreement import TIMES
from navp_structures.analysis.audit.allowance import Observed
from navp_structures.analysis.indexing.candidates import relative_d_su
from navp_structures.analysis.reflections import Families, families
from navp_structures.kernels.lattice import Floats
from navp_structures.model.hkl import HKL, hkl_of
from navp_structures.model.phase import Phase
from navp_structures.show.tables import plain

# How far beyond the spacing families are sought, relative.
_AROUND: Final = 0.3
_CHANCE: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """An allowed family near a spacing; the deviation is observed minus calculated."""

    phase: str
    hkl: HKL
    d: float
    deviation_percent: float
    deviation_sigma: float
    fits: bool

    @property
    def plain(self) -> dict[str, Any]:
        """For JSON."""
        found: dict[str, Any] = plain(asdict(self))
        return found


def nearest_families(phase: Phase, seen: Observed, most: int = 3) -> list[Near]:
    """Return the allowed families nearest to a spacing, nearest first."""
    table = _around(phase, seen)
    off = seen.d / table.d - 1.0
    sigma = np.hypot(seen.sigma, relative_d_su(phase, table))
    order = np.argsort(np.abs(off), kind="stable")
    order = order[~table.absent[order]][:most]
    return [
        Near(
            phase=phase.id,
            hkl=hkl_of(table.hkl[n]),
            d=float(table.d[n]),
            deviation_percent=100.0 * float(off[n]),
            deviation_sigma=float(off[n] / sigma[n]),
            fits=bool(abs(off[n]) <= TIMES * sigma[n] + seen.rounding),
        )
        for n in order.tolist()
    ]


def fitting_families(phase: Phase, seen: Observed) -> list[Near]:
    """Return all allowed families that fit, nearest first."""
    near = nearest_families(phase, seen, most=1_000_000)
    return [row for row in near if row.fits]


def chance(phase: Phase, seen: Observed) -> float:
    """Return how probable it is that any spacing of this size fits some family.

    The share of the spacings within 10 % that lie within the tolerance of an allowed family.
    """
    table = _around(phase, seen)
    known = ~table.absent
    sigma = np.hypot(seen.sigma, relative_d_su(phase, table))[known]
    width = table.d[known] * (TIMES * sigma + seen.rounding)
    return _covered(table.d[known] - width, table.d[known] + width, seen.d)


def _covered(low: Floats, high: Floats, d: float) -> float:
    """Return the share of d ± 10 % that intervals cover."""
    bounds = (1.0 - _CHANCE) * d, (1.0 + _CHANCE) * d
    low, high = np.clip(low, *bounds), np.clip(high, *bounds)
    order = np.argsort(low)
    low, high = low[order], np.maximum.accumulate(high[order])
    before = np.concatenate([bounds[:1], high[:-1]])
    covered = np.clip(high - np.maximum(low, before), 0.0, None).sum()
    return float(covered / (bounds[1] - bounds[0]))


def _around(phase: Phase, seen: Observed) -> Families:
    return families(phase, seen.d * (1.0 - _AROUND), "electron")
