"""Structures of sodium-NASICON battery phases, and what a microscopist asks of them.

Every public name is loaded when it is first used, so that importing the package is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from navp_structures._version import __version__

if TYPE_CHECKING:
    from navp_structures import errors
    from navp_structures.analysis.audit.audit import Audit, audit
    from navp_structures.analysis.audit.finding import VERDICTS, AuditFinding
    from navp_structures.analysis.calibration import calibrate
    from navp_structures.analysis.calibration_result import Calibration
    from navp_structures.analysis.energetics import (
        FormationEnergy,
        SodiationEnergetics,
        path_energetics,
        sodiation_energetics,
    )
    from navp_structures.analysis.export import export
    from navp_structures.analysis.hop_rates import hop_rate_ratio
    from navp_structures.analysis.indexing.label_repair import check_label
    from navp_structures.analysis.indexing.label_result import LabelCheck
    from navp_structures.analysis.indexing.many import index_many
    from navp_structures.analysis.indexing.many_result import ManyPatterns
    from navp_structures.analysis.indexing.powder.index import index_powder
    from navp_structures.analysis.indexing.powder.result import PowderIndexing
    from navp_structures.analysis.indexing.sequence import index_sequence
    from navp_structures.analysis.indexing.sequence_result import SequenceIndexing
    from navp_structures.analysis.indexing.spacings import SpacingIndexing, index_spacings
    from navp_structures.analysis.indexing.spot_result import SpotIndexing
    from navp_structures.analysis.indexing.spots import index_spots
    from navp_structures.analysis.misfit.misfit import lattice_misfit
    from navp_structures.analysis.misfit.result import LatticeMisfit
    from navp_structures.analysis.phases import PhaseTable, phases
    from navp_structures.analysis.polyhedra.polyhedra import polyhedra
    from navp_structures.analysis.polyhedra.result import Polyhedra
    from navp_structures.analysis.polyhedra.sharing import SharedPolyhedra
    from navp_structures.analysis.powder.pattern import powder_pattern, powder_patterns
    from navp_structures.analysis.powder.result import PowderPattern, PowderPatterns
    from navp_structures.analysis.powder.series import powder_profiles
    from navp_structures.analysis.radiations import RadiationTable, radiations
    from navp_structures.analysis.reflections import Reflections, reflections
    from navp_structures.analysis.saed.pattern import saed_pattern, saed_patterns, saed_series
    from navp_structures.analysis.saed.result import SaedPattern, SaedPatterns
    from navp_structures.analysis.saed.ring_result import RingPattern, RingPatterns
    from navp_structures.analysis.saed.rings import ring_pattern, ring_patterns
    from navp_structures.analysis.sodiation.path import sodiation_path
    from navp_structures.analysis.sodiation.result import SodiationPath
    from navp_structures.analysis.sodiation.volumes import volume_changes
    from navp_structures.analysis.symmetry import SymmetryReport, check_symmetry
    from navp_structures.catalogue.add import AddedPhase, add_phase
    from navp_structures.catalogue.add_many import AddedFile, AddedPhases, add_phases
    from navp_structures.catalogue.catalogue import load
    from navp_structures.catalogue.hookspecs import hookimpl
    from navp_structures.catalogue.new_plugin import NewPlugin, new_plugin
    from navp_structures.catalogue.papers import load_claims, papers
    from navp_structures.catalogue.radiations import radiation
    from navp_structures.catalogue.spacing_readers import read_spacings
    from navp_structures.errors import NavpError, NavpWarning
    from navp_structures.io.cif import read_cif
    from navp_structures.io.measured import read_pattern
    from navp_structures.io.spacing_text import read_spacing_text
    from navp_structures.model.absence import Absence
    from navp_structures.model.cell import UnitCell
    from navp_structures.model.claim import Claim, ClaimProblem, Claims, PrintedNumber
    from navp_structures.model.finding import Check, Finding
    from navp_structures.model.measured import MeasuredPattern
    from navp_structures.model.measured_list import MeasuredList, SpacingReader
    from navp_structures.model.phase import Change, Phase
    from navp_structures.model.provenance import Provenance
    from navp_structures.model.radiation import Radiation
    from navp_structures.model.site import Site, Species
    from navp_structures.model.sources import PhaseSource, PhaseSummary
    from navp_structures.model.spacegroup import SpaceGroup

_HOMES = {
    "Absence": "model.absence",
    "AddedFile": "catalogue.add_many",
    "AddedPhase": "catalogue.add",
    "AddedPhases": "catalogue.add_many",
    "Audit": "analysis.audit.audit",
    "AuditFinding": "analysis.audit.finding",
    "Calibration": "analysis.calibration_result",
    "Change": "model.phase",
    "Check": "model.finding",
    "Claim": "model.claim",
    "ClaimProblem": "model.claim",
    "Claims": "model.claim",
    "Finding": "model.finding",
    "FormationEnergy": "analysis.energetics",
    "LabelCheck": "analysis.indexing.label_result",
    "LatticeMisfit": "analysis.misfit.result",
    "ManyPatterns": "analysis.indexing.many_result",
    "MeasuredList": "model.measured_list",
    "MeasuredPattern": "model.measured",
    "NavpError": "errors",
    "NavpWarning": "errors",
    "NewPlugin": "catalogue.new_plugin",
    "Phase": "model.phase",
    "PhaseSource": "model.sources",
    "PhaseSummary": "model.sources",
    "PhaseTable": "analysis.phases",
    "Polyhedra": "analysis.polyhedra.result",
    "PowderIndexing": "analysis.indexing.powder.result",
    "PowderPattern": "analysis.powder.result",
    "PowderPatterns": "analysis.powder.result",
    "PrintedNumber": "model.claim",
    "Provenance": "model.provenance",
    "Radiation": "model.radiation",
    "RadiationTable": "analysis.radiations",
    "Reflections": "analysis.reflections",
    "RingPattern": "analysis.saed.ring_result",
    "RingPatterns": "analysis.saed.ring_result",
    "SaedPattern": "analysis.saed.result",
    "SaedPatterns": "analysis.saed.result",
    "SequenceIndexing": "analysis.indexing.sequence_result",
    "SharedPolyhedra": "analysis.polyhedra.sharing",
    "Site": "model.site",
    "SodiationEnergetics": "analysis.energetics",
    "SodiationPath": "analysis.sodiation.result",
    "SpaceGroup": "model.spacegroup",
    "SpacingIndexing": "analysis.indexing.spacings",
    "SpotIndexing": "analysis.indexing.spot_result",
    "SpacingReader": "model.measured_list",
    "Species": "model.site",
    "SymmetryReport": "analysis.symmetry",
    "UnitCell": "model.cell",
    "VERDICTS": "analysis.audit.finding",
    "add_phase": "catalogue.add",
    "add_phases": "catalogue.add_many",
    "audit": "analysis.audit.audit",
    "calibrate": "analysis.calibration",
    "check_label": "analysis.indexing.label_repair",
    "check_symmetry": "analysis.symmetry",
    "export": "analysis.export",
    "hookimpl": "catalogue.hookspecs",
    "hop_rate_ratio": "analysis.hop_rates",
    "index_many": "analysis.indexing.many",
    "index_powder": "analysis.indexing.powder.index",
    "index_sequence": "analysis.indexing.sequence",
    "index_spacings": "analysis.indexing.spacings",
    "index_spots": "analysis.indexing.spots",
    "lattice_misfit": "analysis.misfit.misfit",
    "load": "catalogue.catalogue",
    "load_claims": "catalogue.papers",
    "new_plugin": "catalogue.new_plugin",
    "papers": "catalogue.papers",
    "path_energetics": "analysis.energetics",
    "phases": "analysis.phases",
    "polyhedra": "analysis.polyhedra.polyhedra",
    "powder_pattern": "analysis.powder.pattern",
    "powder_patterns": "analysis.powder.pattern",
    "powder_profiles": "analysis.powder.series",
    "radiation": "catalogue.radiations",
    "radiations": "analysis.radiations",
    "read_cif": "io.cif",
    "read_pattern": "io.measured",
    "read_spacing_text": "io.spacing_text",
    "read_spacings": "catalogue.spacing_readers",
    "reflections": "analysis.reflections",
    "ring_pattern": "analysis.saed.rings",
    "ring_patterns": "analysis.saed.rings",
    "saed_pattern": "analysis.saed.pattern",
    "saed_patterns": "analysis.saed.pattern",
    "saed_series": "analysis.saed.pattern",
    "sodiation_energetics": "analysis.energetics",
    "sodiation_path": "analysis.sodiation.path",
    "volume_changes": "analysis.sodiation.volumes",
}

__all__ = [
    "VERDICTS",
    "Absence",
    "AddedFile",
    "AddedPhase",
    "AddedPhases",
    "Audit",
    "AuditFinding",
    "Calibration",
    "Change",
    "Check",
    "Claim",
    "ClaimProblem",
    "Claims",
    "Finding",
    "FormationEnergy",
    "LabelCheck",
    "LatticeMisfit",
    "ManyPatterns",
    "MeasuredList",
    "MeasuredPattern",
    "NavpError",
    "NavpWarning",
    "NewPlugin",
    "Phase",
    "PhaseSource",
    "PhaseSummary",
    "PhaseTable",
    "Polyhedra",
    "PowderIndexing",
    "PowderPattern",
    "PowderPatterns",
    "PrintedNumber",
    "Provenance",
    "Radiation",
    "RadiationTable",
    "Reflections",
    "RingPattern",
    "RingPatterns",
    "SaedPattern",
    "SaedPatterns",
    "SequenceIndexing",
    "SharedPolyhedra",
    "Site",
    "SodiationEnergetics",
    "SodiationPath",
    "SpaceGroup",
    "SpacingIndexing",
    "SpacingReader",
    "Species",
    "SpotIndexing",
    "SymmetryReport",
    "UnitCell",
    "__version__",
    "add_phase",
    "add_phases",
    "audit",
    "calibrate",
    "check_label",
    "check_symmetry",
    "errors",
    "export",
    "hookimpl",
    "hop_rate_ratio",
    "index_many",
    "index_powder",
    "index_sequence",
    "index_spacings",
    "index_spots",
    "lattice_misfit",
    "load",
    "load_claims",
    "new_plugin",
    "papers",
    "path_energetics",
    "phases",
    "polyhedra",
    "powder_pattern",
    "powder_patterns",
    "powder_profiles",
    "radiation",
    "radiations",
    "read_cif",
    "read_pattern",
    "read_spacing_text",
    "read_spacings",
    "reflections",
    "ring_pattern",
    "ring_patterns",
    "saed_pattern",
    "saed_patterns",
    "saed_series",
    "sodiation_energetics",
    "sodiation_path",
    "volume_changes",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used (PEP 562)."""
    if name == "errors":
        return import_module("navp_structures.errors")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"navp_structures.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
