"""The ion that comes and goes: which elements can be one, and its charge."""

from __future__ import annotations

import gemmi

from navp_structures.constants import SINGLE_VALENCES
from navp_structures.errors import InputError, shown
from navp_structures.model.formula import check_element


def ion_charge(ion: str) -> int:
    """Return the positive charge that a mobile ion has.

    Raises
    ------
    InputError
        When it is no element, no metal (anions among them), or has no single known charge.

    Examples
    --------
    >>> ion_charge("Na"), ion_charge("Mg"), ion_charge("Al")
    (1, 2, 3)
    """
    check_element(ion, "ion")
    if not gemmi.Element(ion).is_metal:
        raise InputError(
            f"ion is {shown(ion)}, which is no metal; a voltage is that of a cation against "
            "its metal, not of an anion"
        )
    charge = SINGLE_VALENCES.get(ion)
    if charge is None:
        known = sorted(e for e in SINGLE_VALENCES if gemmi.Element(e).is_metal)
        raise InputError(
            f"ion is {shown(ion)}, of which no single charge is known, so it gives no voltage; "
            f"known are {', '.join(known)}"
        )
    return charge
