"""Centres of a phase with their ligands, numbers and derivatives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from navp_structures.analysis.polyhedra.measure import Measures, measure
from navp_structures.analysis.polyhedra.positions import (
    Positions,
    find_sites,
    label_of,
    names_of,
    occupancy_of,
    places_of,
    positions_of,
    species_of,
)
from navp_structures.analysis.polyhedra.settings import PolyhedraSettings
from navp_structures.analysis.polyhedra.shells import LAST_REACH, Shell, find_shell
from navp_structures.analysis.polyhedra.uncertainty import errors_of
from navp_structures.analysis.polyhedra.valence import SiteValence, shares, site_valence
from navp_structures.errors import InputError, nearest, shown
from navp_structures.kernels.lattice import Floats
from navp_structures.model import standard
from navp_structures.model.phase import Phase
from navp_structures.model.site import Site


def check_names(phases: Iterable[Phase], settings: PolyhedraSettings) -> None:
    """Raise InputError when oxidation states are given for what no centre is called."""
    sites = [
        phase.sites[n]
        for phase in phases
        if phase.has_sites
        for n in find_sites(phase, settings.centre, "centre")
    ]
    known = {name for site in sites for name in names_of(site)}
    for name, _ in settings.valences:
        if sites and name not in known:
            raise InputError(
                f"valences names {shown(name)}, which is no centre{nearest(name, known)}; "
                f"there are {', '.join(sorted(known))}"
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Centre:
    """A centre with its ligands, as arrays.

    Parameters
    ----------
    sites
        Numbers of the sites on the position.
    label
        Of its atoms.
    occupancy
        By the atoms that were asked for.
    measures
        With the derivative by each parameter of the phase.
    problem
        Why there is no bond-valence sum.
    """

    phase: Phase
    sites: tuple[int, ...]
    label: str
    occupancy: float
    ligands: Positions
    shell: Shell
    valence: SiteValence | None
    measures: Measures
    problem: str | None

    @property
    def site(self) -> int:
        """Number of the first site on the position."""
        return self.sites[0]

    @property
    def filled(self) -> float:
        """How far all atoms together fill the position."""
        return sum(self.phase.sites[n].occupancy for n in self.sites)

    @property
    def used_sites(self) -> set[int]:
        """Numbers of the sites of centre and ligands."""
        return {self.site, *self.ligands.site[self.shell.position].tolist()}


def centres_of(phase: Phase, settings: PolyhedraSettings) -> Iterator[Centre]:
    """Yield the centres of a phase with their ligands, one for each position.

    Raises
    ------
    InputError
        When there is none, or one has no ligand.
    """
    ligands = positions_of(phase, settings.ligand, "ligand")
    chosen = set(find_sites(phase, settings.centre, "centre"))
    for place in places_of(phase):
        if chosen.intersection(place):
            yield _centre(phase, place, ligands, settings)


# The hull tries every three vertices as a face.
_MOST = 60


def _centre(
    phase: Phase, place: tuple[int, ...], ligands: Positions, settings: PolyhedraSettings
) -> Centre:
    number = place[0]
    site = phase.sites[number]
    sites = [phase.sites[n] for n in place]
    _, ideal = standard.stabiliser(site, phase.cell, phase.space_group)
    shell = find_shell(
        ideal,
        ligands,
        phase.cell.orthogonalisation_matrix,
        criterion=settings.shell,
        cutoff=settings.cutoff,
    )
    if shell is None:
        within = LAST_REACH if settings.cutoff is None else settings.cutoff
        raise InputError(
            f"{site.label} of {phase.id} has no {' or '.join(settings.ligand)} within "
            f"{within:g} Å"
        )
    if len(shell.weights) > _MOST:
        raise InputError(
            f"{site.label} of {phase.id} has {len(shell.weights)} ligands, more than the "
            f"{_MOST} that a polyhedron may have here; give a smaller cutoff"
        )
    valence, problem = _valence(phase, sites, shell, ligands, settings)
    return Centre(
        phase=phase,
        sites=place,
        label=label_of(sites),
        occupancy=sum(occupancy_of(one, settings.centre) for one in sites),
        ligands=ligands,
        shell=shell,
        valence=valence,
        measures=measure(phase, number, shell, ligands, valence, errors_of(phase)),
        problem=problem,
    )


def _valence(
    phase: Phase,
    sites: list[Site],
    shell: Shell,
    ligands: Positions,
    settings: PolyhedraSettings,
) -> tuple[SiteValence | None, str | None]:
    owners = ligands.site[shell.position]
    occupancies: dict[str, Floats] = {}
    for n in np.unique(owners):
        for species in species_of(phase.sites[n], settings.ligand):
            filled = occupancies.setdefault(species.element, np.zeros(len(owners)))
            filled[owners == n] += species.occupancy
    try:
        found = site_valence(
            shares(sites),
            sites[0].label,
            shell.distances,
            occupancies,
            settings.table,
            dict(settings.valences),
        )
    except InputError as error:
        return None, str(error)
    return found, None
