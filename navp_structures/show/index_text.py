r"""Indices as they are printed, a negative one with a bar, as in $1\,\overline{2}\,3$."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from navp_structures.errors import InputError


def hkl_text(hkl: Sequence[int]) -> str:
    r"""Return indices as mathtext of matplotlib, a thin space between them.

    Where one has several digits, the space is wider.

    Parameters
    ----------
    hkl
        Three indices, or four of a hexagonal lattice.

    Raises
    ------
    InputError
        Other than three or four integers.

    Examples
    --------
    >>> print(hkl_text((1, -2, 3)))
    $1\,\overline{2}\,3$
    """
    return f"${_barred(hkl)}$"


def uvw_text(uvw: Sequence[int]) -> str:
    r"""Return a zone axis as mathtext of matplotlib, in square brackets.

    Raises
    ------
    InputError
        Other than three or four integers.

    Examples
    --------
    >>> print(uvw_text((0, 0, -1)))
    $[0\,0\,\overline{1}]$
    """
    return f"$[{_barred(uvw)}]$"


def _barred(indices: Sequence[int]) -> str:
    if len(indices) not in (3, 4) or not all(isinstance(n, int | np.integer) for n in indices):
        raise InputError(f"indices are three or four integers, not {tuple(indices)}")
    # A thin space alone would let 12 1 3 be read as 1 2 1 3.
    space = r"\," if all(-10 < n < 10 for n in indices) else r"\;"
    return space.join(rf"\overline{{{-n}}}" if n < 0 else f"{n}" for n in map(int, indices))
