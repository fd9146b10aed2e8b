"""The origin of a CIF that names its space group but not where its origin is."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

from gemmi import cif

from navp_structures.errors import InputError, SettingWarning
from navp_structures.model import standard
from navp_structures.model.cell import UnitCell
from navp_structures.model.formula import parse_formula
from navp_structures.model.site import Site
from navp_structures.model.spacegroup import SpaceGroup

# Partly filled sites miss the nominal formula a little; the other origin misses by far.
_NEAR = 0.05


def settled_origin(
    block: cif.Block,
    cell: UnitCell,
    group: SpaceGroup,
    sites: tuple[Site, ...],
    content: tuple[str | None, int | None],
) -> SpaceGroup:
    """Return the group with the origin with which the sites hold what the CIF says.

    A SettingWarning says which origin is taken: that of the two that agrees, else that of
    the group as it is.

    Parameters
    ----------
    group
        In origin choice 2, which the CIF leaves open.
    content
        Formula and Z of the CIF, None where it has none.
    """
    name = str(group).removesuffix(":2")
    choices = (SpaceGroup.from_name(f"{name}:1"), group)
    wanted = _wanted(*content)
    fitting = [c for c in choices if wanted and _fits(contents(sites, cell, c), wanted)]
    taken = fitting[0] if len(fitting) == 1 else group
    why = (
        ", with which alone the sites hold Z times the formula"
        if len(fitting) == 1
        else ", which formula, Z and sites do not tell"
    )
    warnings.warn(
        f"{block.name}: the CIF leaves the origin of {name} open; {taken} is taken{why}",
        SettingWarning,
        stacklevel=5,
    )
    return taken


def contents(sites: tuple[Site, ...], cell: UnitCell, group: SpaceGroup) -> dict[str, float]:
    """Return the atoms of each element in the cell."""
    content: dict[str, float] = {}
    for site in sites:
        times = standard.multiplicity(site, cell, group)
        for species in site.species:
            element = species.element
            content[element] = content.get(element, 0.0) + times * species.occupancy
    return content


def _wanted(formula: str | None, units: int | None) -> dict[str, float]:
    """Return the atoms that the cell should hold; none where that is unknown."""
    if formula is None or units is None:
        return {}
    try:
        return {e: units * n for e, n in parse_formula(formula).items()}
    except InputError:
        return {}


def _fits(content: Mapping[str, float], wanted: Mapping[str, float]) -> bool:
    # Hydrogen is often not located.
    heavy = {e: n for e, n in wanted.items() if e not in ("H", "D")} or wanted
    return all(abs(content.get(e, 0.0) - n) <= _NEAR * n for e, n in heavy.items())
