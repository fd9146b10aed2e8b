"""What a phase's own data file expects of it: data that carry their test."""

from __future__ import annotations

from dataclasses import dataclass

from navp_structures.model.hkl import HKL


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedSpacing:
    """The spacing d (Å) that a plane should have."""

    hkl: HKL
    d: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedBond:
    """A distance (Å) that should occur between two labelled sites, su None if unknown."""

    sites: tuple[str, str]
    distance: float
    distance_su: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Expected values of a phase; None and empty where its file names none.

    Parameters
    ----------
    space_group
        Symbol; groups are compared, not strings.
    volume_per_formula_unit
        V/Z (Å³).
    density
        g/cm³.
    """

    space_group: str | None = None
    volume_per_formula_unit: float | None = None
    density: float | None = None
    d: tuple[ExpectedSpacing, ...] = ()
    bonds: tuple[ExpectedBond, ...] = ()
