"""What a printed (hkl) may have been before it was printed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from numbers import Integral
from typing import Final

from navp_structures.analysis.indexing.other_settings import other_settings
from navp_structures.errors import InputError
from navp_structures.model.hkl import HKL, as_hkl, hkl_of, index_words
from navp_structures.model.spacegroup import SpaceGroup

LOST: Final = "lost overbar"
ADDED: Final = "added overbar"
MOVED: Final = "moved overbar"
ORDER: Final = "order of indices"
DIGIT: Final = "one digit"
READING: Final = "other reading"
FOUR: Final = "four indices"
BARS: Final = frozenset({LOST, ADDED, MOVED})
"""What may happen to the bar over one index."""

_SIGNED = re.compile("[0-9+-]+")
# More digits than this are not run together.
_LONGEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelEdit:
    """A label that differs little from the printed one.

    Parameters
    ----------
    hkl
        A plane; its Friedel mate is the same one.
    kind
        What would have happened, several joined by ``or``.
    edits
        How many things would have happened.
    """

    hkl: HKL
    kind: str
    edits: int


def printed_hkl(label: str | Sequence[int]) -> HKL | None:
    """Return the indices as printed; None where a text with digits is no (hkl).

    Raises
    ------
    InputError
        When it is no text with digits, and no three or four whole numbers.
    """
    try:
        return as_hkl(label)
    except InputError:
        if isinstance(label, str):
            words = index_words(label)
            digits = sum(len(re.findall("[0-9]", word)) for word in words)
            is_readable = digits >= 3 and len(words) != 3 and all(map(_SIGNED.fullmatch, words))
        else:
            is_readable = _are_four(label)
        if is_readable:
            return None
        raise


def _are_four(label: object) -> bool:
    return (
        isinstance(label, Sequence)
        and len(label) == 4
        and all(isinstance(index, Integral) for index in label)
    )


def label_edits(
    label: str | Sequence[int], group: SpaceGroup, *, edits: int = 1
) -> tuple[LabelEdit, ...]:
    """Return the planes that are so many edits away from a label, each once.

    An edit is an overbar lost, added or moved, a digit changed, two indices exchanged, digits
    run together and parted otherwise, an index of four that does not fit the others; or a
    setting: reverse instead of obverse axes of a rhombohedral lattice, another cell choice
    of a monoclinic one. A plane that fewer edits reach is not among them.

    Parameters
    ----------
    edits
        1 or 2.
    """
    hkl = printed_hkl(label)
    known = set() if hkl is None else {_plane(hkl)}
    near = _merged(_first_edits(label, hkl, group), known, 1)
    if edits == 1:
        return near
    known |= {_plane(edit.hkl) for edit in near}
    further = (
        (two, f"{one.kind.split(' or ')[0]}, {kind}")
        for one in near
        for two, kind in _typing_edits(one.hkl)
    )
    return _merged(further, known, 2)


def _first_edits(
    label: str | Sequence[int], hkl: HKL | None, group: SpaceGroup
) -> Iterator[tuple[HKL, str]]:
    yield from ((found, READING) for found in _readings(label))
    if group.has_hexagonal_axes:
        yield from ((found, FOUR) for found in _four_indices(label))
    if hkl is not None:
        yield from _typing_edits(hkl)
        yield from _setting_edits(hkl, group)


def _plane(hkl: HKL) -> HKL:
    h, k, ell = hkl
    return max(hkl, (-h, -k, -ell))


def _with_fewest_bars(hkl: HKL) -> HKL:
    mate = hkl_of([-index for index in hkl])
    return min(hkl, mate, key=lambda h: (sum(index < 0 for index in h), [-n for n in h]))


def _merged(
    found: Iterable[tuple[HKL, str]], known: set[HKL], edits: int
) -> tuple[LabelEdit, ...]:
    """Return each plane once, with every way that leads to it."""
    kinds: dict[HKL, list[str]] = {}
    first: dict[HKL, HKL] = {}
    for hkl, kind in found:
        plane = _plane(hkl)
        if not any(hkl) or plane in known:
            continue
        # What is two edits away is neither member in particular.
        first.setdefault(plane, hkl if edits == 1 else _with_fewest_bars(hkl))
        ways = kinds.setdefault(plane, [])
        # Two edits lead to a plane in so many ways that one is enough.
        if kind not in ways and (edits == 1 or not ways):
            ways.append(kind)
    return tuple(
        LabelEdit(hkl=first[plane], kind=" or ".join(ways), edits=edits)
        for plane, ways in kinds.items()
    )


def _typing_edits(hkl: HKL) -> Iterator[tuple[HKL, str]]:
    for n in range(3):
        if hkl[n]:
            yield _overbar(hkl, n)
    for i, j in combinations(range(3), 2):
        swapped = list(hkl)
        swapped[i], swapped[j] = hkl[j], hkl[i]
        yield hkl_of(swapped), ORDER
    for n in range(3):
        for value in _digits(hkl[n]):
            yield _with(hkl, n, value), DIGIT


def _overbar(hkl: HKL, n: int) -> tuple[HKL, str]:
    """Return the plane with the other sign of one index, as the likelier accident."""
    flipped = _with(hkl, n, -hkl[n])
    if hkl[n] > 0:
        return flipped, LOST
    others = [hkl[m] for m in range(3) if m != n]
    # (-1 3 -5) may stand for (-1 -3 5), its bar moved, which is the plane (1 3 -5): bars
    # move more often than they appear.
    if others[0] * others[1] < 0:
        return hkl_of([-index for index in flipped]), MOVED
    return flipped, ADDED


def _digits(index: int) -> Iterator[int]:
    """Yield an index with each of its digits changed."""
    text = str(abs(index))
    for n, digit in product(range(len(text)), "0123456789"):
        changed = text[:n] + digit + text[n + 1 :]
        if digit != text[n] and str(int(changed)) == changed:
            if index >= 0:
                yield int(changed)
            # A bar over a digit that was printed as 0 went with it.
            if index <= 0:
                yield -int(changed)


def _with(hkl: HKL, n: int, index: int) -> HKL:
    return hkl_of([*hkl[:n], index, *hkl[n + 1 :]])


def _readings(label: str | Sequence[int]) -> Iterator[HKL]:
    """Yield the ways to part digits that were run together into three indices."""
    if not isinstance(label, str):
        return
    words = index_words(label)
    # A sign begins an index, so that there are only the digits to part.
    atoms = [atom for word in words for atom in re.findall(r"[+-]?[0-9]+", word)]
    if len(words) > 2 or not atoms or sum(map(len, atoms)) > _LONGEST:
        return
    for parts in product(*(list(_partings(atom)) for atom in atoms)):
        indices = [index for part in parts for index in part]
        if len(indices) == 3:
            yield hkl_of(indices)


def _partings(atom: str) -> Iterator[list[int]]:
    """Yield the ways to part ``-121`` into whole numbers, the sign with the first."""
    digits = atom.lstrip("+-")
    sign = -1 if atom.startswith("-") else 1
    for cuts in product((False, True), repeat=len(digits) - 1):
        parts = [""]
        for digit, cut in zip(digits, (False, *cuts), strict=True):
            if cut:
                parts.append("")
            parts[-1] += digit
        if all(str(int(part)) == part for part in parts):
            numbers = [int(part) for part in parts]
            yield [sign * numbers[0], *numbers[1:]]


def _four_indices(label: str | Sequence[int]) -> Iterator[HKL]:
    """Yield (h k l) of four indices of which one, of the first three, does not fit."""
    if isinstance(label, str):
        words = index_words(label)
        if len(words) == 1:
            words = re.findall(r"[+-]?[0-9]", words[0])
        if not all(re.fullmatch(r"[+-]?[0-9]{1,4}", word) for word in words):
            return
        indices = [int(word) for word in words]
    elif _are_four(label):
        indices = [int(index) for index in label]
    else:
        return
    if len(indices) != 4 or sum(indices[:3]) == 0:
        return
    h, k, i, ell = indices
    yield from ((h, k, ell), (h, -(h + i), ell), (-(k + i), k, ell))


def _setting_edits(hkl: HKL, group: SpaceGroup) -> Iterator[tuple[HKL, str]]:
    yield from ((other.read(hkl), other.kind) for other in other_settings(group))
