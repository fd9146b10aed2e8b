"""What the atom sites of a phase add up to: formula, charge, density."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from navp_structures.constants import ATOMIC_MASS_CONSTANT, SINGLE_VALENCES, VARIABLE_VALENCES
from navp_structures.errors import InputError
from navp_structures.model import standard
from navp_structures.model.formula import atomic_weight, parse_formula
from navp_structures.model.phase import Phase

_ANIONS = {"O", "F", "Cl"}

# Relative: refined occupancies and rounded formulas of one composition agree as well.
SAME_COMPOSITION: Final = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementCount:
    """Atoms of one element per formula unit, from the sites and from the formula.

    Parameters
    ----------
    from_sites, from_sites_su
        Sum of multiplicity × occupancy, with the su of the occupancies.
    from_formula
        What the formula says; None when the phase has none.
    """

    element: str
    from_sites: float
    from_sites_su: float | None
    from_formula: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeBalance:
    """The valence that balances the charge of the formula.

    Parameters
    ----------
    element
        The one element of variable valence; None when there is none.
    valence, valence_su
        Its mean valence that makes the sum zero.
    total
        Sum of all charges where nothing is variable.
    plausible
        Whether the valence is usual for the element, or the total is zero within 0.1.
    """

    element: str | None
    valence: float | None
    valence_su: float | None
    total: float | None
    plausible: bool


def element_counts(phase: Phase) -> tuple[ElementCount, ...]:
    """Return the atoms per formula unit, in the order of the sites.

    Without Z the counts are those of the cell.
    """
    units = phase.formula_units or 1
    counts: dict[str, float] = {}
    variances: dict[str, float] = {}
    for site in phase.require_sites("a composition"):
        times = standard.multiplicity(site, phase.cell, phase.space_group) / units
        for species in site.species:
            element = species.element
            counts[element] = counts.get(element, 0.0) + times * species.occupancy
            spread = times * (species.occupancy_su or 0.0)
            variances[element] = variances.get(element, 0.0) + spread**2
    # Without Z the counts are those of the cell, and no formula compares with them.
    named = _named(phase) if phase.formula_units else {}
    elements = [*counts, *(e for e in named if e not in counts)]
    return tuple(
        ElementCount(
            element=element,
            from_sites=counts.get(element, 0.0),
            from_sites_su=math.sqrt(variances.get(element, 0.0)) or None,
            from_formula=named.get(element, 0.0) if named else None,
        )
        for element in elements
    )


def composition(phase: Phase) -> tuple[ElementCount, ...]:
    """Return the atoms per formula unit from the sites, else from the formula.

    Raises
    ------
    InputError
        When the phase has neither.
    """
    if phase.has_sites:
        return element_counts(phase)
    if phase.formula is None:
        raise InputError(f"{phase.id} has neither sites nor formula; its host is unknown")
    return tuple(
        ElementCount(element=e, from_sites=n, from_sites_su=None, from_formula=n)
        for e, n in parse_formula(phase.formula).items()
    )


def nominal_content(phase: Phase) -> dict[str, float]:
    """Return the atoms per formula unit that a phase is meant to hold.

    Those of the formula where the sites agree with its proportions within 2 %, else those of
    `composition`.

    Raises
    ------
    InputError
        When the phase has neither sites nor formula.
    """
    content = {count.element: count.from_sites for count in composition(phase)}
    named = _named(phase)
    if not sum(named.values()):
        return content
    # Proportions, so that a cell whose Z is unknown compares as well.
    units = sum(content.values()) / sum(named.values())
    alike = units > 0.0 and all(
        abs(content.get(e, 0.0) - units * named.get(e, 0.0))
        <= SAME_COMPOSITION * units * named.get(e, 0.0)
        for e in content.keys() | named.keys()
    )
    return named if alike else content


def same_composition(first: Phase, second: Phase) -> bool:
    """Whether two phases are meant to hold the same elements in proportions equal within 2 %.

    Phases without sites and formula are like none.
    """
    shares = []
    for phase in (first, second):
        if not phase.has_sites and phase.formula is None:
            return False
        content = nominal_content(phase)
        total = sum(content.values())
        shares.append({e: n / total for e, n in content.items() if n > 0.0})
    one, two = shares
    return one.keys() == two.keys() and all(
        abs(one[e] - two[e]) <= SAME_COMPOSITION * one[e] for e in one
    )


def density(phase: Phase) -> float:
    """Return the density (g/cm³) of the sites' content, with standard atomic weights."""
    units = phase.formula_units or 1
    mass = sum(atomic_weight(c.element) * c.from_sites for c in element_counts(phase))
    return mass * units * ATOMIC_MASS_CONSTANT.value / (phase.cell.volume * 1e-24)


def charge_balance(counts: tuple[ElementCount, ...]) -> ChargeBalance | None:
    """Return what balances the charge; None for a metal, or with unknown valences in it.

    Elements with one usual valence in oxides, phosphates and silicates are held fixed; one
    element of variable valence takes up the rest. Those valences mean something only beside
    oxygen, or in a halide.
    """
    # A formula may name an element that is not there.
    counts = tuple(c for c in counts if c.from_sites > 0.0)
    elements = {c.element for c in counts}
    if not elements & _ANIONS or ("S" in elements and "O" not in elements):
        return None
    variable = [c for c in counts if c.element in VARIABLE_VALENCES]
    fixed = [c for c in counts if c.element in SINGLE_VALENCES]
    if len(variable) > 1 or len(variable) + len(fixed) < len(counts):
        return None
    total = sum(SINGLE_VALENCES[c.element] * c.from_sites for c in fixed)
    if not variable:
        return ChargeBalance(
            element=None, valence=None, valence_su=None, total=total, plausible=abs(total) < 0.1
        )
    count = variable[0]
    valence = -total / count.from_sites
    spreads = [SINGLE_VALENCES[c.element] * (c.from_sites_su or 0.0) for c in fixed]
    low, high = VARIABLE_VALENCES[count.element]
    return ChargeBalance(
        element=count.element,
        valence=valence,
        valence_su=math.hypot(*spreads) / count.from_sites or None,
        total=None,
        plausible=low - 0.1 <= valence <= high + 0.1,
    )


def mixed_valences(counts: tuple[ElementCount, ...]) -> tuple[str, ...]:
    """Return the elements of variable valence where there are several, so none is told."""
    here = [c.element for c in counts if c.from_sites > 0.0]
    variable = tuple(element for element in here if element in VARIABLE_VALENCES)
    return variable if len(variable) > 1 else ()


def _named(phase: Phase) -> dict[str, float]:
    if phase.formula is None:
        return {}
    try:
        return parse_formula(phase.formula)
    except InputError:
        return {}
