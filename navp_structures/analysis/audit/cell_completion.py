"""What a printed cell leaves to its symmetry, and what to a parameter that is not printed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from navp_structures.model.cell import PARAMETERS, UnitCell
from navp_structures.model.claim import CELL_LENGTHS, Claim
from navp_structures.model.phase import Phase

_ANGLES: Final = PARAMETERS[3:]


def missing_angles(claim: Claim, phase: Phase) -> tuple[str, ...]:
    """Return the angles that symmetry leaves free and that are not printed."""
    printed = claim.parameters
    free = dict(zip(PARAMETERS, phase.cell.su, strict=True))
    return tuple(
        name
        for name in _ANGLES
        if name not in printed and free[name] != 0.0 and _tied(phase, name, printed) is None
    )


def completed(claim: Claim, phase: Phase) -> UnitCell | None:
    """Return the printed cell with what symmetry adds; None where an edge is missing.

    Raises
    ------
    CellError
        When the parameters are no cell.
    """
    lengths = _lengths(claim, phase)
    if lengths is None:
        return None
    printed = claim.parameters
    own = dict(zip(PARAMETERS, phase.cell.parameters, strict=True))
    angles = {}
    for name in _ANGLES:
        known = name if name in printed else _tied(phase, name, printed)
        angles[name] = own[name] if known is None else printed[known].value
    return UnitCell(
        a=lengths["a"],
        b=lengths["b"],
        c=lengths["c"],
        alpha=angles["alpha"],
        beta=angles["beta"],
        gamma=angles["gamma"],
    )


def needed_angle(claim: Claim, phase: Phase, name: str, volume: float) -> float | None:
    """Return the obtuse angle (degrees) that gives V/Z (Å³); None where none does."""
    lengths = _lengths(claim, phase)
    if lengths is None or phase.formula_units is None:
        return None
    own = dict(zip(PARAMETERS, phase.cell.parameters, strict=True))
    rest = [own[n] for n in _ANGLES if n != name]
    if any(angle != 90.0 for angle in rest):
        return None
    sine = volume * phase.formula_units / math.prod(lengths.values())
    return 180.0 - math.degrees(math.asin(sine)) if sine <= 1.0 else None


def _lengths(claim: Claim, phase: Phase) -> dict[str, float] | None:
    """Return all three edges (Å), those that symmetry ties to a printed one among them."""
    printed = {n: x.value for n, x in claim.parameters.items() if n in CELL_LENGTHS}
    found = dict(printed)
    for n, name in enumerate(CELL_LENGTHS):
        for m, other in enumerate(CELL_LENGTHS):
            if name not in printed and other in printed and _are_tied(phase, n, m):
                found[name] = printed[other]
    return {n: found[n] for n in CELL_LENGTHS} if len(found) == len(CELL_LENGTHS) else None


def _tied(phase: Phase, name: str, printed: Mapping[str, object]) -> str | None:
    """Return a printed angle that symmetry makes equal to another one; None without one."""
    n = _ANGLES.index(name)
    for other in _ANGLES:
        # The angle at an axis goes where the axis goes, if all turn alike.
        if other in printed and other != name and _are_turned(phase, n, _ANGLES.index(other)):
            return other
    return None


def _are_turned(phase: Phase, n: int, m: int) -> bool:
    """Whether an operation exchanges the axes, all with one sign, and turns n into m."""
    for rotation in phase.space_group.rotations:
        turned = np.abs(rotation)
        whole = np.all(turned.sum(axis=0) == 1) and len(set(rotation[rotation != 0])) == 1
        if whole and turned[m, n] == 1:
            return True
    return False


def _are_tied(phase: Phase, n: int, m: int) -> bool:
    """Whether an operation turns one edge into the other."""
    turned = np.abs(phase.space_group.rotations[:, :, n])
    return bool(np.any(np.all(turned == np.eye(3, dtype=np.int64)[m], axis=1)))
