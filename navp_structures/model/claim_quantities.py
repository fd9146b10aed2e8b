"""What a paper can claim: one row for each quantity, with what such a claim must say."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from navp_structures.errors import ClaimError, nearest, shown

MANY: Final = 20
"""Phases, or planes under one line, that a single claim may name at most."""

Range = tuple[int, int]
Units = Mapping[str, float]

_DEGREES = {"deg": 1.0, "rad": math.degrees(1.0)}
_LENGTHS = {"A": 1.0, "nm": 10.0, "pm": 0.01}
_VOLUMES = {"A3": 1.0, "nm3": 1000.0}
_PERCENT = {"%": 1.0}
# kJ/mol in eV: 1000 J over the Avogadro constant and the elementary charge, both exact.
_ENERGIES = {"eV": 1.0, "meV": 1e-3, "kJ/mol": 1000.0 / (6.02214076e23 * 1.602176634e-19)}
_ENERGIES_PER_ATOM = {"eV/atom": 1.0, "meV/atom": 1e-3}

_SPELLINGS: Final = MappingProxyType(
    {"Å": "A", "Å³": "A3", "Å^3": "A3", "A^3": "A3", "nm³": "nm3", "nm^3": "nm3", "°": "deg"}
)

# Other words for a quantity, which are too unlike its name to be found as nearest.
_WORDS: Final = MappingProxyType(
    {
        "v/z": "volume_per_formula_unit",
        "d": "spacing",
        "d_spacing": "spacing",
        "dihedral": "angle",
        "2theta": "powder_line",
        "two_theta": "powder_line",
        "peak": "powder_line",
        "bond": "mean_bond",
        "bond_length": "mean_bond",
        "space_group": "symmetry",
        "activation_energy": "barrier",
        "potential": "voltage",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """What a claim of one quantity must say, and what it may.

    Parameters
    ----------
    name
        As files write it.
    noun
        With its article, for sentences.
    units
        Unit: factor into the standard unit, which comes first; empty where a claim has none.
    bounds
        Of the value in the standard unit; outside of them nobody measured it.
    phases
        How many phases a claim with a value, or without a statement, names.
    trend_phases
        How many phases a claim with a trend names; None where a trend says nothing.
    labels
        How many planes are named.
    claims
        How many other claims it is about.
    states
        Keys that say what is claimed; one of them must be there. Empty where the quantity
        itself says it.
    needs, may
        Other keys that must, and may, be there.
    """

    name: str
    noun: str
    units: Units = field(default_factory=dict)
    bounds: tuple[float, float] = (-math.inf, math.inf)
    phases: Range = (1, 1)
    trend_phases: Range | None = None
    labels: Range = (0, 0)
    claims: Range = (0, 0)
    states: tuple[str, ...] = ("value",)
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()

    @property
    def standard_unit(self) -> str | None:
        """The unit in which values are judged; None where there is none."""
        return next(iter(self.units), None)


_TRACED = ("group",)

_ROWS: Final = (
    Quantity(
        name="spacing",
        noun="a spacing",
        units=_LENGTHS,
        bounds=(0.1, 1000.0),
        labels=(0, 1),
        may=_TRACED,
    ),
    Quantity(
        name="angle",
        noun="an angle",
        units=_DEGREES,
        bounds=(0.0, 180.0),
        labels=(2, 2),
        may=_TRACED,
    ),
    Quantity(
        name="powder_line",
        noun="a powder line",
        units=_DEGREES,
        bounds=(0.0, 180.0),
        labels=(0, MANY),
        needs=("radiation",),
        may=_TRACED,
    ),
    Quantity(
        name="conversion",
        noun="a conversion to another radiation",
        units=_DEGREES,
        bounds=(0.0, 180.0),
        phases=(0, 1),
        labels=(0, MANY),
        needs=("radiation", "from", "from_radiation"),
    ),
    Quantity(
        name="volume_per_formula_unit",
        noun="a volume per formula unit",
        units=_VOLUMES,
        bounds=(1.0, 1e5),
    ),
    Quantity(
        name="volume_change",
        noun="a volume change",
        units=_PERCENT,
        bounds=(-100.0, 1000.0),
        phases=(2, MANY),
        trend_phases=(2, MANY),
        states=("value", "trend"),
    ),
    Quantity(name="cell", noun="a cell", units=_LENGTHS, states=("cell",)),
    Quantity(name="symmetry", noun="a symmetry", states=("space_group",)),
    Quantity(name="isostructural", noun="a shared structure", phases=(2, MANY), states=()),
    Quantity(
        name="mean_bond",
        noun="a mean bond",
        units=_LENGTHS,
        bounds=(0.3, 10.0),
        trend_phases=(2, MANY),
        states=("value", "trend"),
        needs=("centre", "ligand"),
    ),
    Quantity(
        name="polyhedron_volume",
        noun="a polyhedron volume",
        units=_VOLUMES,
        bounds=(0.1, 1000.0),
        trend_phases=(2, MANY),
        states=("value", "trend"),
        needs=("centre", "ligand"),
    ),
    Quantity(
        name="coordination_number",
        noun="a coordination number",
        bounds=(1.0, 24.0),
        needs=("centre",),
        may=("ligand",),
    ),
    Quantity(
        name="sites_per_formula_unit",
        noun="a number of sites per formula unit",
        bounds=(0.0, 1000.0),
        needs=("centre",),
    ),
    Quantity(name="valence", noun="a valence", bounds=(-10.0, 10.0), needs=("centre",)),
    Quantity(
        name="formation_energy",
        noun="a formation energy",
        units=_ENERGIES_PER_ATOM,
        bounds=(-100.0, 100.0),
    ),
    Quantity(
        name="desodiation_energy",
        noun="a desodiation energy",
        units=_ENERGIES,
        bounds=(-1000.0, 1000.0),
        phases=(2, 2),
        trend_phases=(3, MANY),
        states=("value", "trend"),
    ),
    Quantity(
        name="voltage",
        noun="a voltage",
        units={"V": 1.0, "mV": 1e-3},
        bounds=(-20.0, 20.0),
        phases=(2, MANY),
        may=_TRACED,
    ),
    Quantity(name="barrier", noun="a barrier", units=_ENERGIES, bounds=(0.0, 100.0)),
    Quantity(
        name="same_plane", noun="a plane seen twice", phases=(0, 0), claims=(2, 2), states=()
    ),
    Quantity(
        name="comparison",
        noun="a comparison",
        phases=(0, 0),
        claims=(2, 2),
        states=(),
        needs=("relation",),
    ),
)

QUANTITIES: Final = MappingProxyType({row.name: row for row in _ROWS})
"""Every quantity by its name."""


def quantity_named(name: str) -> Quantity:
    """Return the quantity of that name.

    Raises
    ------
    ClaimError
        When there is none; the nearest names are shown.

    Examples
    --------
    >>> quantity_named("angle").labels
    (2, 2)
    """
    found = QUANTITIES.get(name)
    if found is None:
        word = _WORDS.get(name.strip().casefold().replace(" ", "_"))
        hint = f"; nearest: {word}" if word else nearest(name, QUANTITIES)
        hint = hint or f"; known are {', '.join(QUANTITIES)}"
        raise ClaimError(f"unknown quantity {shown(name)}{hint}", "quantity")
    return found


def unit_named(quantity: Quantity, unit: str | None) -> str | None:
    """Return the unit of a claim as this package spells it; the standard one for None.

    Raises
    ------
    ClaimError
        When the unit does not fit the quantity.

    Examples
    --------
    >>> unit_named(QUANTITIES["spacing"], "Å"), unit_named(QUANTITIES["barrier"], None)
    ('A', 'eV')
    """
    if unit is None:
        return quantity.standard_unit
    plain = _SPELLINGS.get(unit, unit)
    if not quantity.units:
        raise ClaimError(f"{quantity.noun} has no unit, here it is {shown(unit)}", "unit")
    if plain not in quantity.units:
        raise ClaimError(
            f"the unit {shown(unit)} does not fit {quantity.noun}, which is in "
            f"{' or '.join(quantity.units)}",
            "unit",
        )
    return plain
