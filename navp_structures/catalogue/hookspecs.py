"""The hooks of navp_structures: what a plugin can add.

A plugin is an installed package with an entry point in the group ``navp_structures``; the
name of the entry point is the plugin's name, and its phases can be asked for as
``name:id``.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Final

import pluggy

if TYPE_CHECKING:
    from navp_structures.model.finding import Check
    from navp_structures.model.measured_list import SpacingReader
    from navp_structures.model.radiation import Radiation
    from navp_structures.model.sources import PhaseSource

PROJECT: Final = "navp_structures"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def navp_phase_folders() -> Iterable[Traversable]:  # type: ignore[empty-body]
    """Return folders that hold phases as pairs of ``<id>.cif`` and ``<id>.toml``.

    A complete plugin, where the package ``navp_mylab`` has a folder ``phases``::

        from importlib.resources import files

        from navp_structures import hookimpl


        @hookimpl
        def navp_phase_folders():
            return [files("navp_mylab") / "phases"]
    """


@hookspec
def navp_phases() -> Iterable[PhaseSource]:  # type: ignore[empty-body]
    """Return phases that code makes; each is made when it is first asked for.

    A complete plugin::

        from navp_structures import (
            Phase,
            PhaseSource,
            Provenance,
            Site,
            SpaceGroup,
            Species,
            UnitCell,
            hookimpl,
        )


        def platinum():
            species = Species(symbol="Pt", label="Pt1")
            atom = Site(label="Pt1", species=(species,), fract=(0, 0, 0))
            return Phase(
                id="pt",
                cell=UnitCell(a=3.9231, b=3.9231, c=3.9231),
                space_group=SpaceGroup.from_name("F m -3 m"),
                sites=(atom,),
                formula="Pt",
                formula_units=4,
                kind="measured",
                provenance=Provenance(
                    authors=("Swanson, H. E.", "Tatge, E."),
                    journal="National Bureau of Standards Circular 539",
                    year=1953,
                    method="X-ray powder diffraction",
                ),
            )


        @hookimpl
        def navp_phases():
            return [PhaseSource(id="pt", load=platinum, aliases=("Pt",), kind="measured")]
    """


@hookspec
def navp_checks() -> Iterable[Check]:  # type: ignore[empty-body]
    """Return checks that every phase meets beside those of the package.

    A complete plugin, which wants the source of each phase to have a DOI::

        from navp_structures import Check, Finding, hookimpl


        def doi(phase):
            if phase.provenance.doi is None:
                yield Finding(level="note", message="the source has no DOI")


        @hookimpl
        def navp_checks():
            return [Check(name="doi", run=doi)]
    """


@hookspec
def navp_radiations() -> Iterable[Radiation]:  # type: ignore[empty-body]
    """Return radiations, each with its lines and where their wavelengths come from.

    A complete plugin::

        from navp_structures import Radiation, hookimpl


        @hookimpl
        def navp_radiations():
            return [
                Radiation(
                    name="BeamlineX",
                    probe="xray",
                    lines=((0.49582, 1.0),),
                    source="calibrated with Si on 2026-03-02",
                )
            ]
    """


@hookspec
def navp_spacing_readers() -> Iterable[SpacingReader]:  # type: ignore[empty-body]
    """Return readers of files that hold measured spacings, spots or powder lines.

    A complete plugin, for files with ``<intensity> @ <spacing in nm>`` in each line::

        from navp_structures import MeasuredList, SpacingReader, hookimpl


        def read_peaks(path):
            lines = path.read_text("utf-8").splitlines()
            rows = [line.split("@") for line in lines if line.strip()]
            return MeasuredList(
                kind="spacings",
                values=[float(spacing) for _, spacing in rows],
                intensities=[float(intensity) for intensity, _ in rows],
                units="nm",
            )


        @hookimpl
        def navp_spacing_readers():
            return [SpacingReader(name="peaks", suffixes=(".peaks",), read=read_peaks)]
    """
