"""Miller indices as people write them, and as this package prints them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from numbers import Integral, Real

import numpy as np

from navp_structures.errors import InputError, shown

HKL = tuple[int, int, int]

# A combining bar belongs to the one digit before it; -10 has two of them.
_BAR_AFTER = re.compile("((?:[0-9][\u0304\u0305])+)")
_BAR_LATEX = re.compile(r"\\(?:bar|overline)\s*(?:\{\s*([0-9]+)\s*\}|([0-9]))")
_COMPACT = re.compile(r"(?:[+-]?[0-9]){3,4}")
_MINUS = str.maketrans({"−": "-", "–": "-", "‐": "-"})
# gemmi and numpy keep indices in 32 bits; nothing physical comes near this.
_LARGEST = 9999


def parse_hkl(text: str) -> HKL:
    """Return the indices that a text names.

    Parameters
    ----------
    text
        Three integers, or four of hexagonal axes (h k i l), apart by spaces or commas, or
        single digits run together; brackets may stand around them, and a bar over a digit
        (combining overline or LaTeX) is a minus.

    Raises
    ------
    InputError
        When the text is no such label, is (0 0 0), or h + k + i is not 0.

    Examples
    --------
    >>> parse_hkl("(4 -2 6)"), parse_hkl("4-26"), parse_hkl("4 -2 -2 6")
    ((4, -2, 6), (4, -2, 6), (4, -2, 6))
    """
    return as_hkl(text)


def as_hkl(value: str | Sequence[int] | Iterable[int], *, hexagonal: bool = True) -> HKL:
    """Return indices as a tuple of three plain integers.

    Parameters
    ----------
    value
        A label (see `parse_hkl`) or three or four whole numbers.
    hexagonal
        Whether the axes are, so that there may be four.

    Raises
    ------
    InputError
        When they are not integers, not three (or four with h + k + i = 0), or all 0.
    """
    indices = _read(value) if isinstance(value, str) else _whole_numbers(value)
    if indices is None:
        raise InputError(f"{shown(value)} is no reflection: give three integers, not all 0")
    if any(abs(index) > _LARGEST for index in indices):
        few = all(abs(index) < 10**9 for index in indices)
        named = format_hkl(indices) if few else shown(tuple(indices))
        raise InputError(f"{named} is beyond the largest index, {_LARGEST}")
    if len(indices) == 4:
        h, k, i, ell = indices
        if not hexagonal:
            raise InputError(
                f"({h} {k} {i} {ell}) has four indices, but the axes are not hexagonal: "
                "give three"
            )
        if h + k + i != 0:
            raise InputError(
                f"({h} {k} {i} {ell}) is no four-index label: h + k + i must be 0, "
                f"it is {h + k + i}"
            )
        indices = [h, k, ell]
    if not any(indices):
        raise InputError("(0 0 0) is the direct beam, not a reflection")
    return hkl_of(indices)


def _read(text: str) -> list[int]:
    indices = _indices(text)
    if indices is None:
        raise InputError(
            f"{shown(text)} is no reflection: write three integers, for example '4 -2 6'"
        )
    return indices


def as_uvw(value: str | Iterable[int], *, hexagonal: bool = False) -> HKL:
    """Return a direction [uvw] in direct axes as three integers without common divisor.

    Parameters
    ----------
    value
        A text as for `parse_hkl`, or three whole numbers; in hexagonal axes four as well,
        [U V T W] with U + V + T = 0, which is [U - T, V - T, W].
    hexagonal
        Whether four indices mean anything.

    Raises
    ------
    InputError
        When they are not integers, all 0, or four that do not fit.

    Examples
    --------
    >>> as_uvw("[2 1 0]"), as_uvw((0, 0, 2)), as_uvw("1 0 -1 0", hexagonal=True)
    ((2, 1, 0), (0, 0, 1), (2, 1, 0))
    """
    indices = _indices(value) if isinstance(value, str) else _whole_numbers(value)
    if indices is None:
        raise InputError(f"{shown(value)} is no zone axis: give three integers, such as 2 1 0")
    if len(indices) == 4:
        u, v, t, w = indices
        if not hexagonal or u + v + t != 0:
            why = "u + v + t must be 0" if hexagonal else "the axes are not hexagonal"
            raise InputError(f"{format_uvw(indices)} is no zone axis of four indices: {why}")
        indices = [u - t, v - t, w]
    if not any(indices):
        raise InputError("[0 0 0] is no zone axis: give three integers, not all 0")
    if max(map(abs, indices)) > _LARGEST:
        raise InputError(f"{format_uvw(indices)} is beyond the largest index, {_LARGEST}")
    divisor = math.gcd(*indices)
    return hkl_of([n // divisor for n in indices])


def hkil(hkl: HKL) -> tuple[int, int, int, int]:
    """Return the four indices (h k i l) of hexagonal axes, with i = -(h + k)."""
    h, k, ell = hkl
    return (h, k, -(h + k), ell)


def hkl_of(row: Sequence[int] | np.ndarray) -> HKL:
    """Return the three indices of an array's row as plain integers."""
    h, k, ell = row
    return (int(h), int(k), int(ell))


def format_hkl(hkl: Iterable[int]) -> str:
    """Return ``(4 -2 6)`` for the indices 4, -2, 6."""
    return "(" + " ".join(str(int(n)) for n in hkl) + ")"


def format_uvw(uvw: Iterable[int]) -> str:
    """Return ``[1 -1 -1]`` for the zone axis 1, -1, -1."""
    return "[" + " ".join(str(int(n)) for n in uvw) + "]"


def index_words(text: str) -> list[str]:
    """Return the words of a label, brackets left out, overbars turned into minus signs.

    Examples
    --------
    >>> index_words("(4, -2, 6)"), index_words("1-35")
    (['4', '-2', '6'], ['1-35'])
    """
    plain = _BAR_LATEX.sub(lambda m: f" -{m[1] or m[2]} ", text.translate(_MINUS))
    plain = _BAR_AFTER.sub(lambda m: f" -{m[1][::2]} ", plain.replace("$", " "))
    return re.sub(r"[()\[\]{},;]", " ", plain).split()


def _indices(text: str) -> list[int] | None:
    """Return the three or four integers that a text names; None when it does not."""
    words = index_words(text)
    if len(words) == 1 and _COMPACT.fullmatch(words[0]):
        words = re.findall(r"[+-]?[0-9]", words[0])
    if len(words) not in (3, 4) or not all(re.fullmatch(r"[+-]?[0-9]{1,4}", w) for w in words):
        return None
    return [int(word) for word in words]


def _whole_numbers(value: object) -> list[int] | None:
    """Return three or four whole numbers as integers; None when it is anything else."""
    if isinstance(value, bytes | dict | set | frozenset):
        return None
    try:
        numbers = list(value)  # type: ignore[call-overload]
    except TypeError:
        return None
    if len(numbers) not in (3, 4) or not all(_is_whole(n) for n in numbers):
        return None
    return [int(n) for n in numbers]


def _is_whole(number: object) -> bool:
    if isinstance(number, bool):
        return False
    if isinstance(number, Integral):
        return True
    return isinstance(number, Real) and float(number).is_integer()
