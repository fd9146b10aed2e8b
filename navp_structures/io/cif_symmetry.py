"""The space group of a CIF, given by operations, by name or by number."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence

from gemmi import cif

from navp_structures.errors import CifError, SettingWarning, SpaceGroupError
from navp_structures.io.cif_values import optional_number, optional_text, texts
from navp_structures.model.cell import UnitCell
from navp_structures.model.spacegroup import SpaceGroup

_OPERATIONS = ("_space_group_symop_operation_xyz", "_symmetry_equiv_pos_as_xyz")
# A Hall symbol leaves neither axes nor origin open, so it is asked first.
_NAMES = (
    "_space_group_name_Hall",
    "_symmetry_space_group_name_Hall",
    "_space_group_name_H-M_alt",
    "_symmetry_space_group_name_H-M",
)
_NUMBERS = ("_space_group_IT_number", "_symmetry_Int_Tables_number")


def read_space_group(block: cif.Block, cell: UnitCell) -> tuple[SpaceGroup, bool]:
    """Return the group of a block: its operations, else its name, else its number.

    The second answer is whether the block leaves the origin open. Where name or number
    contradict what is taken, a SettingWarning says so.

    Raises
    ------
    CifError
        When the block names no symmetry at all.
    SpaceGroupError
        When the name is unknown or the operations form no group.
    """
    listed = [found for tag in _OPERATIONS if (found := texts(block, tag))]
    operations = listed[0] if listed else ()
    number = _number(block)
    readings = list(_readings(block, cell))
    named = [reading for _, reading in readings if isinstance(reading, SpaceGroup)]
    is_open = False
    if operations:
        group = SpaceGroup.from_operations(operations, number=number)
    elif named:
        group, is_open = _named(block, readings)
    elif readings:
        raise next(r for _, r in reversed(readings) if isinstance(r, SpaceGroupError))
    elif number is not None:
        group = SpaceGroup.from_number(number, alpha=cell.alpha, gamma=cell.gamma)
        is_open = _has_two_origins(group)
    else:
        raise CifError(
            f"{block.name} names no symmetry: neither operations nor a space group are given"
        )
    contradictions = list(_contradictions(readings, group, number))
    if any(SpaceGroup.from_operations(other) != group for other in listed[1:]):
        contradictions.append("has two lists of operations, which differ")
    for contradiction in contradictions:
        warnings.warn(
            f"{block.name}: the CIF {contradiction}; {group} is taken",
            SettingWarning,
            stacklevel=5,
        )
    return group, is_open


def _named(
    block: cif.Block, readings: Sequence[tuple[str, SpaceGroup | SpaceGroupError]]
) -> tuple[SpaceGroup, bool]:
    """Return the first group that is named, and whether no name of it states the origin."""
    known = [(name, group) for name, group in readings if isinstance(group, SpaceGroup)]
    halls = {optional_text(block, tag) for tag in _NAMES if tag.endswith("_Hall")}
    name, first = known[0]
    if name in halls or not _has_two_origins(first) or _states_origin(name):
        return first, False
    for other, group in known[1:]:
        if _states_origin(other) and _same_but_for_origin(name, first, group):
            return group, False
    return first, True


def _has_two_origins(group: SpaceGroup) -> bool:
    return (group.symbol or "").endswith((":1", ":2"))


def _states_origin(name: str) -> bool:
    """Whether a symbol says which origin is meant: ``:1``, ``:2``, or S and Z at its end."""
    return ":" in name or name.rstrip()[-1:] in ("S", "Z")


def _readings(
    block: cif.Block, cell: UnitCell
) -> Iterator[tuple[str, SpaceGroup | SpaceGroupError]]:
    """Yield each name that a block gives, with its group, or why it has none."""
    for tag in _NAMES:
        name = optional_text(block, tag)
        if name is None:
            continue
        try:
            yield name, _group(tag, name, cell)
        except SpaceGroupError as error:
            yield name, error


def _contradictions(
    readings: Sequence[tuple[str, SpaceGroup | SpaceGroupError]],
    group: SpaceGroup,
    number: int | None,
) -> Iterator[str]:
    """Yield how names and number of a block differ from the group that is taken.

    A name that no table has contradicts nothing.
    """
    for name, named in readings:
        if not isinstance(named, SpaceGroup) or named == group:
            continue
        if not _same_but_for_origin(name, named, group):
            yield f"is named {name}"
            return
    if number is not None and group.number is not None and number != group.number:
        yield f"has the space group number {number}"


def _same_but_for_origin(name: str, named: SpaceGroup, group: SpaceGroup) -> bool:
    """Whether a name without origin or axes choice leaves the group open."""
    symbols = [(g.symbol or "").partition(":")[0] for g in (named, group)]
    return ":" not in name and symbols[0] == symbols[1]


def _group(tag: str, name: str, cell: UnitCell) -> SpaceGroup:
    # C 2 is a Hermann-Mauguin symbol and, with another axis, a Hall symbol.
    if tag.endswith("_Hall"):
        return SpaceGroup.from_hall(name)
    return SpaceGroup.from_name(name, alpha=cell.alpha, gamma=cell.gamma)


def _number(block: cif.Block) -> int | None:
    value, _ = optional_number(block, _NUMBERS)
    if value is not None and not value.is_integer():
        raise CifError(f"the space group number is {value:g}; it must be a whole number")
    return int(value) if value is not None else None
