"""Volume changes in percent."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, Final

from navp_structures.analysis.numbers import known, ordered_items, within
from navp_structures.errors import InputError, shown

# Å³.
_VOLUMES: Final = (1e-3, 1e9)

Value = tuple[float, float]
"""A number and its su, NaN where unknown."""


def volume_change(first: Value, second: Value) -> tuple[float, float | None]:
    """Return a change in percent of the first, and its su; the two are independent."""
    ratio = second[0] / first[0]
    relative = math.hypot(first[1] / first[0], second[1] / second[0])
    return 100.0 * (ratio - 1.0), known(100.0 * ratio * relative)


def volume_changes(volumes: Iterable[float]) -> tuple[tuple[float, ...], float]:
    r"""Return the volume change of each step of a path, and of the whole, in percent.

    Each step is relative to the phase that it starts from and negative when the cell shrinks.
    Steps multiply: :math:`1 + t = \prod_i (1 + s_i)`.

    Parameters
    ----------
    volumes
        Per formula unit (Å³), two or more.

    Returns
    -------
    steps, total

    Raises
    ------
    InputError
        When there are fewer than two, or one is no volume.

    Examples
    --------
    >>> steps, total = volume_changes([241.277, 227.159, 220.105])
    >>> [round(step, 2) for step in steps], round(total, 2)
    ([-5.85, -3.11], -8.77)
    """
    items: list[Any] | None = ordered_items(volumes)
    if items is None or len(items) < 2:
        raise InputError(f"volumes is {shown(volumes)}; give two or more, in Å³")
    numbers = [(within(item, "a volume", *_VOLUMES, "Å³"), math.nan) for item in items]
    steps = tuple(volume_change(one, two)[0] for one, two in pairwise(numbers))
    return steps, volume_change(numbers[0], numbers[-1])[0]
