"""Phases as plain JSON types."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from navp_structures.model import standard
from navp_structures.model.cell import PARAMETERS, UnitCell
from navp_structures.model.site import Site
from navp_structures.model.spacegroup import SpaceGroup

if TYPE_CHECKING:
    from navp_structures.model.phase import Phase


def phase_to_dict(phase: Phase) -> dict[str, Any]:
    """Return a phase with its cell, group, sites and source as plain JSON types."""
    group = phase.space_group
    return {
        "id": phase.id,
        "aliases": list(phase.aliases),
        "formula": phase.formula,
        "formula_units": phase.formula_units,
        "kind": phase.kind,
        "cell_kind": phase.cell_kind,
        "reason": phase.reason,
        "temperature": phase.temperature,
        "temperature_su": phase.temperature_su,
        "temperature_note": phase.temperature_note,
        "caveat": phase.caveat,
        "superseded_by": phase.superseded_by,
        "licence": phase.licence,
        "provider": phase.provider,
        "cell": _cell(phase.cell),
        "volume_per_formula_unit": phase.volume_per_formula_unit,
        "volume_per_formula_unit_su": phase.volume_per_formula_unit_su,
        "space_group": {
            "symbol": group.symbol,
            "number": group.number,
            "setting": group.setting or None,
            "operations": list(group.operations),
        },
        "sites": [_site(site, phase.cell, group) for site in phase.sites],
        "site_error": dict(phase.site_error),
        "changes": [asdict(change) for change in phase.changes],
        "provenance": {
            **asdict(phase.provenance),
            "authors": list(phase.provenance.authors),
            "database_codes": dict(phase.provenance.database_codes),
            "citation": phase.provenance.citation,
        },
    }


def _cell(cell: UnitCell) -> dict[str, Any]:
    values = {key: getattr(cell, key) for name in PARAMETERS for key in (name, f"{name}_su")}
    matrix = cell.correlation
    return {
        **values,
        "correlation": [list(row) for row in matrix] if matrix is not None else None,
        "volume": cell.volume,
        "volume_su": cell.volume_su,
    }


def _site(site: Site, cell: UnitCell, group: SpaceGroup) -> dict[str, Any]:
    return {
        "label": site.label,
        "species": [asdict(species) for species in site.species],
        "multiplicity": standard.multiplicity(site, cell, group),
        "wyckoff": site.wyckoff,
        "fract": list(site.fract),
        "fract_su": list(site.fract_su),
        "occupancy": site.occupancy,
        "occupancy_su": site.occupancy_su,
        "u_iso": site.u_iso,
        "u_iso_su": site.u_iso_su,
        "u_aniso": list(site.u_aniso) if site.u_aniso else None,
        "u_aniso_su": list(site.u_aniso_su) if site.u_aniso_su else None,
    }
