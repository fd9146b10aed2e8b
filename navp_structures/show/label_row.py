"""Labels side by side in one row, each as near to its place as the others let it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def most_important(weight: Sequence[float] | Floats, most: int) -> list[int]:
    """Return the places of the largest weights, at most so many, in ascending order.

    Examples
    --------
    >>> most_important([3.0, 1.0, 2.0], 2)
    [0, 2]
    """
    order = np.argsort(-np.asarray(weight, dtype=float), kind="stable")
    return sorted(order[: max(most, 0)].tolist())


def spread_out(places: Sequence[float] | Floats, pitch: float, width: float) -> Floats:
    """Return places that are a pitch apart or more, with the least sum of squared moves.

    Parameters
    ----------
    places
        Ascending, shape ``(n,)``; what has no room, n × pitch > width, begins at 0.
    pitch, width
        Of a label, and of the row, which begins at 0; centres keep half a pitch from its
        ends.

    Examples
    --------
    >>> spread_out([10.0, 11.0, 50.0], 9.0, 100.0).tolist()
    [6.0, 15.0, 50.0]
    >>> spread_out([1.0, 99.0], 9.0, 100.0).tolist()
    [4.5, 95.5]
    """
    steps = pitch * np.arange(len(places))
    # A pitch apart is ascending once each has been moved back by those before it: the
    # nearest ascending row is that of the means of blocks that are out of order.
    blocks: list[tuple[float, int]] = []
    for place in (np.asarray(places, dtype=float) - steps).tolist():
        mean, count = place, 1
        while blocks and blocks[-1][0] > mean:
            before, many = blocks.pop()
            mean = (mean * count + before * many) / (count + many)
            count += many
        blocks.append((mean, count))
    means = np.repeat([mean for mean, _ in blocks], [count for _, count in blocks])
    last = width - pitch / 2.0 - (steps[-1] if len(steps) else 0.0)
    return np.asarray(np.maximum(np.minimum(means, last), pitch / 2.0) + steps)
