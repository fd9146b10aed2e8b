"""The space group of a CIF, given by operations, by name or by number."""

from __future__ import annotations

import warnings

from gemmi import cif

from navp_structures.errors import CifError, SettingWarning, SpaceGroupError
from navp_structures.io.cif_values import optional_number, optional_text, texts
from navp_structures.model.cell import UnitCell
from navp_structures.model.spacegroup import SpaceGroup

_OPERATIONS = ("_space_group_symop_operation_xyz", "_symmetry_equiv_pos_as_xyz")
_NAMES = (
    "_space_group_name_H-M_alt",
    "_symmetry_space_group_name_H-M",
    "_space_group_name_Hall",
    "_symmetry_space_group_name_Hall",
)
_NUMBERS = ("_space_group_IT_number", "_symmetry_Int_Tables_number")


def read_space_group(block: cif.Block, cell: UnitCell) -> SpaceGroup:
    """Return the group of a block: its operations, else its name, else its number.

    Where operations and name differ, the operations are taken and a SettingWarning says so.

    Raises
    ------
    CifError
        When the block names no symmetry at all.
    SpaceGroupError
        When the name is unknown or the operations form no group.
    """
    operations = texts(block, *_OPERATIONS)
    number = _number(block)
    name = optional_text(block, *_NAMES)
    named, problem = _named(block, cell)
    if operations:
        group = SpaceGroup.from_operations(operations, number=number)
        if named is not None and named != group:
            warnings.warn(
                f"{block.name}: the CIF is named {name}, its operations are those of "
                f"{group}; the operations are taken",
                SettingWarning,
                stacklevel=4,
            )
        return group
    if named is not None:
        return named
    if problem is not None:
        raise problem
    if number is None:
        raise CifError(
            f"{block.name} names no symmetry: neither operations nor a space group are given"
        )
    return SpaceGroup.from_number(number, alpha=cell.alpha, gamma=cell.gamma)


def _named(
    block: cif.Block, cell: UnitCell
) -> tuple[SpaceGroup | None, SpaceGroupError | None]:
    problem = None
    for tag in _NAMES:
        name = optional_text(block, tag)
        if name is None:
            continue
        try:
            group = SpaceGroup.from_name(name, alpha=cell.alpha, gamma=cell.gamma)
        except SpaceGroupError as error:
            problem = problem or error
        else:
            return group, None
    return None, problem


def _number(block: cif.Block) -> int | None:
    value, _ = optional_number(block, _NUMBERS)
    return int(value) if value is not None else None
