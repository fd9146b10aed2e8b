"""Wavelengths by name."""

from __future__ import annotations

import math
from numbers import Real

from navp_structures.constants import X_RAY_LINES
from navp_structures.errors import InputError, UnknownRadiationError, nearest

_ANODES = sorted({name[:2] for name in X_RAY_LINES})


def wavelength(radiation: str | float) -> float:
    """Return the wavelength (Å) of a radiation.

    Parameters
    ----------
    radiation
        A number in Å, a line (``CuKa1``, ``CuKa2``), or ``CuKa``: the mean of both,
        weighted 2 : 1.

    Raises
    ------
    UnknownRadiationError
        When no line has that name.
    InputError
        When the number is not positive and finite, or a doublet is named.

    Examples
    --------
    >>> wavelength("CuKa1")
    1.5405929
    """
    if isinstance(radiation, Real) and not isinstance(radiation, bool):
        return _checked(float(radiation), radiation)
    name = str(radiation).strip()
    try:
        return _checked(float(name), name)
    except ValueError as error:
        if isinstance(error, InputError):
            raise
    lines = {line.casefold(): quantity.value for line, quantity in X_RAY_LINES.items()}
    for anode in _ANODES:
        first, second = lines[f"{anode}ka1".casefold()], lines[f"{anode}ka2".casefold()]
        lines[f"{anode}ka".casefold()] = (2.0 * first + second) / 3.0
        if name.casefold() == f"{anode}ka12".casefold():
            raise InputError(
                f"{name} is a doublet without one wavelength: name {anode}Ka1 where the "
                f"lines are resolved, {anode}Ka where they are not"
            )
    if name.casefold() not in lines:
        known = [*X_RAY_LINES, *(f"{anode}Ka" for anode in _ANODES)]
        raise UnknownRadiationError(
            f"unknown radiation {name!r}{nearest(name, known)}; known: "
            f"{', '.join(sorted(known))}, or a wavelength in Å"
        )
    return lines[name.casefold()]


def _checked(value: float, shown: object) -> float:
    if not (math.isfinite(value) and value > 0):
        raise InputError(f"the wavelength {shown} must be a positive number in Å")
    return value
