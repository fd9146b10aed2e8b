"""Volumes, polyhedra, valences and site fillings along a sodiation path."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from navp_structures.analysis.by_phase import distinct_phases
from navp_structures.analysis.composition import (
    ChargeBalance,
    charge_balance,
    composition,
    mixed_valences,
)
from navp_structures.analysis.host import common_host, ion_count
from navp_structures.analysis.numbers import known, known_su
from navp_structures.analysis.polyhedra.polyhedra import measured_polyhedra
from navp_structures.analysis.polyhedra.positions import species_of
from navp_structures.analysis.polyhedra.result import Polyhedra
from navp_structures.analysis.polyhedra.settings import Names, PolyhedraSettings
from navp_structures.analysis.polyhedra.uncertainty import errors_of
from navp_structures.analysis.polyhedra.valence import DEFAULT_TABLE
from navp_structures.analysis.sodiation.comparable import (
    VolumeWarning,
    conditions_of,
    volume_of,
    volume_warning,
)
from navp_structures.analysis.sodiation.result import Filling, PathState, SodiationPath
from navp_structures.analysis.sodiation.volumes import volume_change
from navp_structures.catalogue.catalogue import PhaseLike
from navp_structures.model import standard
from navp_structures.model.phase import Phase


def sodiation_path(
    phases: Iterable[PhaseLike] | None = None,
    *,
    centre: Names = "V",
    ligand: Names = "O",
    ion: str = "Na",
    shell: str = "solid_angle",
    cutoff: float | None = None,
    table: str = DEFAULT_TABLE,
    valences: Mapping[str, int] | None = None,
) -> SodiationPath:
    """Return volume, bonds, polyhedra, valence and site fillings of phases in their order.

    Parameters
    ----------
    phases
        Of one host, which differ in the mobile ion; the default is Na3VP, Na2VP, NaVP. A cell
        without sites has its volume alone.
    centre, ligand, shell, cutoff, table, valences
        As for `polyhedra`; means are over all centres of the cell.
    ion
        The element that comes and goes.

    Returns
    -------
    One row for each phase, with its kind and temperature. `warnings` name each step, and the
    whole path, that compares different temperatures, or computed cells with others, and what
    the change would be with the other known cells of these compositions.

    Raises
    ------
    InputError
        When the phases have no common host, or a setting is impossible.

    Examples
    --------
    >>> path = sodiation_path(["na3vp-gamma", "Na2VP", "NaVP"])
    >>> [round(row.volume_change, 2) for row in path.rows[1:]]
    [-5.85, -3.1]
    >>> [round(pair.change, 2) for pair in path.warnings[-1].others]
    [-7.43, -8.21]
    """
    settings = PolyhedraSettings.of(centre, ligand, shell, cutoff, table, valences)
    chosen = distinct_phases(DEFAULT_PATH if phases is None else phases)
    units = common_host(chosen, ion)
    with_sites = tuple(phase for phase in chosen if phase.has_sites)
    measured = measured_polyhedra(with_sites, settings)
    states = [_state(p, n, measured) for p, n in zip(chosen, units, strict=True)]
    return SodiationPath(
        ion=ion,
        of=chosen,
        polyhedra=measured,
        rows=tuple(_rows(states, ion)),
        warnings=tuple(_warnings(chosen, ion)),
    )


DEFAULT_PATH: Final = ("Na3VP", "Na2VP", "NaVP")
"""As sodium leaves."""


Change = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _State:
    """One phase by itself; pairs hold a value and its su, NaN where there is none."""

    phase: Phase
    units: float
    volume: tuple[float, float]
    means: tuple[tuple[float, float], ...]
    assumed: float
    balance: ChargeBalance | None
    mixed: tuple[str, ...]


def _state(phase: Phase, units: float, measured: Polyhedra) -> _State:
    volume = volume_of(phase, units)
    su = phase.cell.volume_su
    relative = math.nan if su is None else su / phase.cell.volume
    counts = composition(phase)
    balance = charge_balance(counts)
    elements = _centre_elements(phase, measured)
    is_centre = balance is not None and (not elements or balance.element in elements)
    means, assumed = _means(phase, measured)
    return _State(
        phase=phase,
        units=units,
        volume=(volume, volume * relative),
        means=means,
        assumed=assumed,
        balance=balance if is_centre else None,
        mixed=mixed_valences(counts),
    )


def _centre_elements(phase: Phase, measured: Polyhedra) -> set[str]:
    """Return the elements of the centres; of a cell without sites, what was asked for."""
    if not phase.has_sites:
        return set(measured.settings.centre)
    found = {n for item in measured.centres if item.phase is phase for n in item.sites}
    names = measured.settings.centre
    return {s.element for n in found for s in species_of(phase.sites[n], names)}


def _means(phase: Phase, measured: Polyhedra) -> tuple[tuple[tuple[float, float], ...], float]:
    """Return mean bond, volume, bond-valence sum over the centres, and the valence assumed."""
    if not phase.has_sites:
        return ((math.nan, math.nan),) * 3, math.nan
    centres = [item for item in measured.centres if item.phase is phase]
    weights = np.array(
        [
            item.occupancy
            * standard.multiplicity(phase.sites[item.site], phase.cell, phase.space_group)
            for item in centres
        ]
    )
    weights /= weights.sum()
    valences = [math.nan if item.valence is None else item.valence.assumed for item in centres]
    totals = weights @ np.array([item.measures.totals for item in centres])
    # Centres share the cell and the ligands between them: derivatives add up, not variances.
    slopes = np.einsum("c,cqp->qp", weights, [item.measures.sensitivity for item in centres])
    su = errors_of(phase).su(slopes)
    return tuple(zip(totals.tolist(), su.tolist(), strict=True)), float(weights @ valences)


def _rows(states: list[_State], ion: str) -> Iterator[PathState]:
    before: _State | None = None
    for state in states:
        phase = state.phase
        step: Change = (None, None)
        total: Change = (None, None)
        if before is not None:
            step = volume_change(before.volume, state.volume)
            total = volume_change(states[0].volume, state.volume)
        bond, volume, valence = state.means
        yield PathState(
            phase=phase.id,
            kind=phase.kind,
            temperature=phase.temperature,
            volume_per_formula_unit=state.volume[0],
            volume_change=step[0],
            mean_bond=known(bond[0]),
            polyhedron_volume=known(volume[0]),
            bond_valence_sum=known(valence[0]),
            volume_per_formula_unit_su=known(state.volume[1]),
            volume_change_su=step[1],
            total_change=total[0],
            total_change_su=total[1],
            mean_bond_su=known_su(bond[1]),
            polyhedron_volume_su=known_su(volume[1]),
            bond_valence_sum_su=known_su(valence[1]),
            ions=ion_count(phase, ion) / state.units,
            charge_valence=None if state.balance is None else state.balance.valence,
            charge_valence_su=None if state.balance is None else state.balance.valence_su,
            charged_element=None if state.balance is None else state.balance.element,
            is_plausible=state.balance is None or state.balance.plausible,
            mixed_valences=state.mixed,
            cell_kind=phase.cell_kind,
            assumed_valence=known(state.assumed),
            conditions=conditions_of(phase),
            fillings=tuple(_fillings(phase, state.units, ion)),
        )
        before = state


def _fillings(phase: Phase, units: float, ion: str) -> Iterator[Filling]:
    for site in phase.sites:
        for species in site.species:
            if species.element == ion:
                number = standard.multiplicity(site, phase.cell, phase.space_group)
                yield Filling(
                    site=species.label,
                    occupancy=species.occupancy,
                    occupancy_su=species.occupancy_su,
                    number=number / (phase.formula_units or 1) / units,
                )


def _warnings(phases: tuple[Phase, ...], ion: str) -> Iterator[VolumeWarning]:
    pairs = list(pairwise(phases))
    if len(pairs) > 1:
        pairs.append((phases[0], phases[-1]))
    for one, two in pairs:
        found = volume_warning(one, two, ion)
        if found is not None:
            yield found
