"""Bond valences of a centre, and the oxidation state that its parameters assume."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from navp_structures.analysis.numbers import is_number
from navp_structures.constants import SINGLE_VALENCES
from navp_structures.errors import InputError, shown
from navp_structures.kernels.bond_valence import (
    bond_valence_parameter,
    bond_valence_table,
    bond_valences,
)
from navp_structures.kernels.bond_valence_tables import BondValenceParameter
from navp_structures.kernels.lattice import Floats
from navp_structures.model.site import Site, Species
from navp_structures.read_only import ReadOnly

DEFAULT_TABLE = "gagne-hawthorne-2015"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedParameter:
    """Parameters of one pair of ions, as they were used."""

    cation: str
    valence: int
    anion: str
    r0: float
    b: float
    source: str

    @property
    def text(self) -> str:
        """``V3+–O R0 1.718 B 0.412 Å``, say."""
        return f"{self.cation}{self.valence}+–{self.anion} R0 {self.r0:g} B {self.b:g} Å"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SiteValence(ReadOnly):
    """Bond valences of one centre.

    Parameters
    ----------
    each
        Valence of the bond to each atom, by the occupancies, shape ``(k,)``.
    slopes
        Derivative of each by its length (1/Å), shape ``(k,)``.
    assumed
        Mean oxidation state that belongs to the parameters.
    """

    each: Floats
    slopes: Floats
    assumed: float
    parameters: tuple[UsedParameter, ...]


def site_valence(
    centre: Sequence[tuple[Species, float]],
    label: str,
    lengths: Floats,
    ligands: Mapping[str, Floats],
    table: str,
    valences: Mapping[str, int],
) -> SiteValence:
    """Return the bond valences of a centre; those of a mixed site are means over its atoms.

    Parameters
    ----------
    centre
        The atoms on the site with their shares, which add up to 1.
    label
        Of the site.
    lengths
        Of the bonds (Å), shape ``(k,)``.
    ligands
        For each element among the ligands its occupancy of each of them, shape ``(k,)``.
    table
        Key of a table of bond-valence parameters.
    valences
        Oxidation states by label of site or atom, or by element.

    Raises
    ------
    InputError
        When the table lacks a pair of ions; says what there is.
    """
    each = np.zeros(len(lengths))
    slopes = np.zeros(len(lengths))
    assumed = 0.0
    used: list[UsedParameter] = []
    for species, share in centre:
        valence = _valence(species, label, lengths, ligands, table, valences)
        assumed += share * valence
        for anion, occupancy in ligands.items():
            parameter = bond_valence_parameter(species.element, valence, anion, table=table)
            s = share * occupancy * bond_valences(lengths, parameter)
            each += s
            slopes -= s / parameter.b
            used.append(_used(species.element, valence, anion, parameter))
    return SiteValence(each=each, slopes=slopes, assumed=assumed, parameters=tuple(used))


def check_valences(valences: Mapping[str, int] | None) -> dict[str, int]:
    """Return oxidation states by name, or raise InputError where one is none."""
    if valences is None:
        return {}
    if not isinstance(valences, Mapping):
        raise InputError(
            f"valences is {shown(valences)}; write {{'V': 3}} or {{'V1': 3, 'V2': 4}}"
        )
    for name, value in valences.items():
        if not is_number(value) or value not in range(1, 9):
            raise InputError(
                f"the valence of {shown(name)} is {shown(value)}; it must be a whole number, 1 "
                "to 8"
            )
    return {str(name): int(value) for name, value in valences.items()}


def _valence(
    species: Species,
    label: str,
    lengths: Floats,
    ligands: Mapping[str, Floats],
    table: str,
    valences: Mapping[str, int],
) -> int:
    """Return the oxidation state: as given, of the CIF, usual, or the one that fits best."""
    for name in (species.label, label, species.element):
        if name in valences:
            return valences[name]
    if species.charge is not None and species.charge > 0:
        return species.charge
    single = SINGLE_VALENCES.get(species.element, 0)
    if single < 0:
        raise InputError(f"{species.element} is an anion, sums are those of cations")
    if single > 0:
        return single
    rows = bond_valence_table(table)
    known = sorted(
        {
            valence
            for element, valence, _ in rows
            if element == species.element
            and all((element, valence, anion) in rows for anion in ligands)
        }
    )
    if not known:
        anions = " and ".join(ligands)
        raise InputError(f"the table {table} has no {species.element} with {anions}")

    def miss(valence: int) -> float:
        total = 0.0
        for anion, occupancy in ligands.items():
            each = bond_valences(lengths, rows[species.element, valence, anion])
            total += float((occupancy * each).sum())
        return abs(total - valence)

    return min(known, key=miss)


def _used(
    cation: str, valence: int, anion: str, parameter: BondValenceParameter
) -> UsedParameter:
    return UsedParameter(
        cation=cation,
        valence=valence,
        anion=anion,
        r0=parameter.r0,
        b=parameter.b,
        source=parameter.source,
    )


def shares(sites: Sequence[Site]) -> tuple[tuple[Species, float], ...]:
    """Return the atoms of sites at one position with their shares of what is filled."""
    species = [s for site in sites for s in site.species if s.occupancy > 0.0]
    total = sum(s.occupancy for s in species)
    return tuple((s, s.occupancy / total) for s in species)
