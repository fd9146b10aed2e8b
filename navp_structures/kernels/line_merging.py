"""Which lines of a pattern stand so near to each other that they are seen as one."""

from __future__ import annotations

import numpy as np

from navp_structures.kernels.lattice import Floats, Ints


def merged_runs(position: Floats, weight: Floats, width: float) -> Ints:
    """Return where runs of lines start that are seen as one line each, shape ``(m,)``.

    The nearest two become one line at their weighted mean, and so on, until no two are
    nearer than the width: a weak line between two strong ones joins the nearer, and does
    not bridge them.

    Parameters
    ----------
    position
        Ascending, shape ``(n,)``.
    weight
        Positive, shape ``(n,)``.
    width
        In the unit of the positions; at 0 each line is a run.

    Examples
    --------
    >>> x, height = np.array([20.0, 20.09, 20.12, 30.0]), np.array([1.0, 50.0, 50.0, 9.0])
    >>> merged_runs(x, height, 0.1).tolist()   # means 20.0 and 20.105 stay apart
    [0, 1, 3]
    """
    starts = np.arange(len(position))
    centre, total = position, weight
    while len(centre) > 1:
        gap = np.diff(centre)
        # Each round joins gaps that are smaller than both of their neighbours.
        before = np.concatenate([[np.inf], gap[:-1]])
        after = np.concatenate([gap[1:], [np.inf]])
        joined = (gap < width) & (gap < before) & (gap <= after)
        if not joined.any():
            break
        kept = np.flatnonzero(np.concatenate([[True], ~joined]))
        moment = np.add.reduceat(centre * total, kept)
        total = np.add.reduceat(total, kept)
        centre, starts = moment / total, starts[kept]
    return starts
