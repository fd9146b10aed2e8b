"""From the columns of a table to a measured list."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from navp_structures.errors import InputError, shown
from navp_structures.io.spacing_headings import COORDINATES, POSITIONS, Heading
from navp_structures.model.measured_list import MeasuredList

if TYPE_CHECKING:
    from navp_structures.io.spacing_table import Row

# Units of a list, by the role of the column and the unit that it names.
_NO_UNIT_NEEDED = {"two_theta": "two_theta", "q": "q"}


def list_of_columns(
    headings: Sequence[Heading],
    columns: Sequence[Sequence[Any]],
    rows: Sequence[Row],
    *,
    source: str,
) -> MeasuredList:
    """Return the list that named columns hold.

    Raises
    ------
    InputError
        When columns contradict each other, none holds values, or a value is missing.
    """
    by_role = _by_role(headings)
    positions = _positions(by_role)
    first = headings[positions[0]]
    values = [_values(headings[n], columns[n], rows) for n in positions]
    spots = len(positions) == 2
    units = _NO_UNIT_NEEDED.get(first.role, first.unit)
    role = first.role.removesuffix("x") if spots else first.role
    sigma = _sigma(headings, columns, by_role, values)
    intensities = _optional(columns[by_role["intensity"]]) if "intensity" in by_role else None
    labels = tuple(columns[by_role["label"]]) if "label" in by_role else ()
    return MeasuredList(
        kind="spots" if spots else "powder" if first.role == "two_theta" else "spacings",
        values=np.array(values[0] if len(values) == 1 else list(zip(*values, strict=True))),
        units=units,
        quantity=role if units is None and role in ("d", "g") else None,
        sigma=None if sigma is None else np.array(sigma),
        intensities=None if intensities is None else np.array(intensities),
        labels=labels,
        angles=_angles(headings, columns, rows),
        source=source,
    )


def _by_role(headings: Sequence[Heading]) -> dict[str, int]:
    """Return the number of the column of each role; angles and comments may be several."""
    found: dict[str, int] = {}
    for n, heading in enumerate(headings):
        if heading.role in ("angle", "left out"):
            continue
        if heading.role in found:
            twin = headings[found[heading.role]].text
            raise InputError(
                f"the columns {shown(twin)} and {shown(heading.text)} say the same; keep one"
            )
        found[heading.role] = n
    return found


def _positions(by_role: dict[str, int]) -> list[int]:
    """Return the one column of values, or the two of coordinates."""
    offers = [[by_role[role]] for role in ("value", *POSITIONS) if role in by_role]
    for pair in COORDINATES:
        present = [by_role[role] for role in pair if role in by_role]
        if len(present) == 1:
            raise InputError(
                f"spots need both columns, {pair[0]} and {pair[1]}; one is missing"
            )
        if present:
            offers.append(present)
    if len(offers) != 1:
        known = ", ".join(by_role) or "none of them"
        raise InputError(
            f"the columns are {known}; exactly one of d, g, q and 2theta, or x and y, or "
            "gx and gy, must say where the lines or spots are"
        )
    return offers[0]


def _values(heading: Heading, column: Sequence[Any], rows: Sequence[Row]) -> list[float]:
    for cell, row in zip(column, rows, strict=True):
        is_spot = heading.role not in (*POSITIONS, "value")
        if cell is None:
            raise InputError(
                f"line {row.number} is {shown(row.line)}, without a number in the column "
                f"{shown(heading.text)}"
            )
        if not is_spot and cell[0] <= 0:
            raise InputError(
                f"line {row.number} is {shown(row.line)}: {cell[0]:g} is not positive, which a "
                "measured value must be"
            )
        if is_spot and cell[1] is not None:
            raise InputError(
                f"line {row.number} is {shown(row.line)}: coordinates have no su in brackets; "
                "give a column sigma"
            )
    return [cell[0] for cell in column]


def _optional(column: Sequence[Any]) -> list[float]:
    return [math.nan if cell is None else cell[0] for cell in column]


def _sigma(
    headings: Sequence[Heading],
    columns: Sequence[Sequence[Any]],
    by_role: dict[str, int],
    values: Sequence[Sequence[float]],
) -> list[float] | None:
    """Return the su in the unit of the values, from brackets or from a column."""
    n, *more = _positions(by_role)
    if more and headings[n].unit != headings[more[0]].unit:
        raise InputError(
            f"the columns {shown(headings[n].text)} and {shown(headings[more[0]].text)} "
            "must have one unit"
        )
    bracketed = [cell[1] for cell in columns[n]]
    inside = any(su is not None for su in bracketed)
    if "sigma" not in by_role:
        return [math.nan if su is None else su for su in bracketed] if inside else None
    heading = headings[by_role["sigma"]]
    if inside:
        raise InputError(
            f"su stand in brackets and in the column {shown(heading.text)}; keep one of them"
        )
    column = _optional(columns[by_role["sigma"]])
    own = headings[n].unit or {"two_theta": "deg", "q": "1/A"}.get(headings[n].role)
    if heading.unit == "%" and not more:
        for row, su in enumerate(column, start=1):
            if su <= 0.0:
                raise InputError(
                    f"{heading.text} of value {row} is {su:g}; it must be positive, or absent "
                    "where it is unknown"
                )
        return [su * value / 100.0 for su, value in zip(column, values[0], strict=True)]
    if heading.unit not in (None, own):
        raise InputError(
            f"the column {shown(heading.text)} must be in the unit of the values"
            f"{f', {own}' if own else ', which is not given'}{'' if more else ', or in %'}"
        )
    return column


def _angles(
    headings: Sequence[Heading], columns: Sequence[Sequence[Any]], rows: Sequence[Row]
) -> dict[tuple[int, int], float]:
    """Return the angles: one between two values, or each with the row that a heading names."""
    found: dict[tuple[int, int], float] = {}
    for heading, column in zip(headings, columns, strict=True):
        if heading.role != "angle":
            continue
        given = {i: cell[0] for i, cell in enumerate(column) if cell is not None}
        if heading.to_row is None:
            if len(rows) != 2 or len(set(given.values())) > 1:
                raise InputError(
                    f"the column {shown(heading.text)} does not say between which values; with "
                    "other than two rows and one angle write 'angle to 1'"
                )
            found.update(((0, 1), angle) for angle in given.values())
            continue
        to = heading.to_row - 1
        if to >= len(rows):
            raise InputError(f"the column {shown(heading.text)} names a row beyond the last")
        # The angle of a plane with itself may stand as 0.
        if given.get(to) == 0:
            del given[to]
        found.update(((to, i), angle) for i, angle in given.items())
    return found
