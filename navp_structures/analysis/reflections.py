"""Reflection lists of a phase with the strength of each family."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from navp_structures.analysis.allowed import allowed, check_d_min, check_spacing
from navp_structures.analysis.structure_factors import f_squared
from navp_structures.catalogue.catalogue import PhaseLike, as_phase
from navp_structures.kernels import reflections as kernel
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.model.absence import is_absent
from navp_structures.model.hkl import HKL, format_hkl, hkl_of
from navp_structures.model.phase import Phase
from navp_structures.model.radiation import check_probe
from navp_structures.show.tables import Column, TableResult


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Families:
    """Families of a phase as arrays, d descending; read-only.

    Parameters
    ----------
    hkl
        Representative of each family, shape ``(n, 3)``.
    multiplicity, d, absent
        Shape ``(n,)``; d in Å.
    f_squared
        |F|² per cell, shape ``(n,)``; NaN where the phase has no sites.
    """

    hkl: Ints
    multiplicity: Ints
    d: Floats
    absent: np.ndarray
    f_squared: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Reflection:
    """One family of equivalent reflections."""

    phase: str
    hkl: HKL
    multiplicity: int
    d: float
    f_squared: float | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Reflections(TableResult[Reflection]):
    """The families of a phase down to a spacing, d descending.

    |F|² is kinematic, per unit cell: electrons² for ``xray``, Å² for ``electron``
    (without relativistic factor), fm² for ``neutron``; absent families have none.
    """

    of: Phase
    d_min: float
    probe: str
    rows: tuple[Reflection, ...]

    name = "reflections"
    columns = (
        Column("phase"),
        Column("hkl", show=format_hkl),
        Column("multiplicity", head="m"),
        Column("d", head="d / Å", show="{:.4f}".format),
        Column("f_squared", head="|F|²", show="{:.4g}".format),
    )

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked."""
        return {"phase": self.of.id, "d_min": self.d_min, "probe": self.probe}

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The one phase."""
        return (self.of,)

    def __iter__(self) -> Iterator[Reflection]:
        """Iterate over the families."""
        return iter(self.rows)


def reflections(phase: PhaseLike, *, d_min: float = 1.0, probe: str = "xray") -> Reflections:
    """Return the allowed families of a phase down to a spacing.

    Parameters
    ----------
    phase
        A Phase, a name, or the path of a CIF.
    d_min
        Smallest spacing (Å).
    probe
        ``xray`` (IT92, without f' and f''), ``electron`` (C4322) or ``neutron``
        (Neutron92), for |F|².

    Raises
    ------
    InputError
        When d_min is not positive, above 10 000 Å, or so small that millions follow or the
        form factors end before (0.25 Å, not for neutrons), or the probe unknown.

    Examples
    --------
    >>> reflections("Na3VP", d_min=4.0).rows[0].hkl
    (0, 1, 2)
    """
    found = as_phase(phase)
    check_spacing(d_min)
    check_probe(probe)
    table = allowed(found, d_min)
    rows = tuple(
        Reflection(
            phase=found.id,
            hkl=hkl_of(h),
            multiplicity=int(m),
            d=float(d),
            f_squared=None if math.isnan(f) else float(f),
        )
        for h, m, d, f in zip(
            table.hkl, table.multiplicity, table.d, table.f_squared(probe), strict=True
        )
    )
    return Reflections(of=found, d_min=float(d_min), probe=probe, rows=rows)


def families(phase: Phase, d_min: float, probe: str) -> Families:
    """Return all families down to d_min, absent ones too, d descending; cached.

    Raises
    ------
    InputError
        As for `reflections`.
    """
    check_d_min(phase, d_min)
    check_probe(probe)
    return _families(phase, float(d_min), probe)


@lru_cache(maxsize=64)
def _families(phase: Phase, d_min: float, probe: str) -> Families:
    cell, group = phase.cell, phase.space_group
    hkl, multiplicity, d = kernel.families(cell.metric_tensor, d_min, group.laue_rotations)
    absent = is_absent(hkl, group)
    strength = np.where(absent, 0.0, np.nan if not phase.has_sites else 0.0)
    strength[~absent] = f_squared(phase, hkl[~absent], probe)
    for array in (hkl, multiplicity, d, absent, strength):
        array.setflags(write=False)
    return Families(hkl=hkl, multiplicity=multiplicity, d=d, absent=absent, f_squared=strength)
