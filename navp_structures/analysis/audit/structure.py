"""Judges of symmetry, bonds, sites and valences."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from navp_structures.analysis.audit.bonds import polyhedron_mean
from navp_structures.analysis.audit.context import Judge
from navp_structures.analysis.audit.groups import isostructural, symmetry
from navp_structures.analysis.audit.sites import (
    coordination_number,
    sites_per_formula_unit,
    valence,
)

JUDGES: Final[Mapping[str, Judge]] = MappingProxyType(
    {
        "symmetry": symmetry,
        "isostructural": isostructural,
        "mean_bond": polyhedron_mean,
        "polyhedron_volume": polyhedron_mean,
        "coordination_number": coordination_number,
        "sites_per_formula_unit": sites_per_formula_unit,
        "valence": valence,
    }
)
