"""Why a reflection is systematically absent, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm

import gemmi
import numpy as np

from navp_structures.kernels.lattice import Floats, Ints, is_whole
from navp_structures.model.hkl import HKL, format_hkl
from navp_structures.model.spacegroup import SpaceGroup

# The order in which rules are named when several forbid a reflection.
_KINDS = ("centring", "glide", "screw")


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """The rule that makes one reflection extinct.

    Parameters
    ----------
    hkl
        The reflection.
    kind
        ``centring``, ``glide`` or ``screw``. Double diffraction can light up reflections
        that are absent by glide planes and screw axes, never those absent by centring.
    rule
        The reflection condition that it breaks: ``h 0 l: l = 2n``.
    value
        What the left side of the condition is for this reflection.
    operation
        The triplet of the operation behind it.
    """

    hkl: HKL
    kind: str
    rule: str
    value: int
    operation: str

    def __str__(self) -> str:
        """One line: the reflection, its kind of absence, and the rule."""
        return f"{format_hkl(self.hkl)} is extinct by {self.reason}"

    @property
    def reason(self) -> str:
        """Kind, rule and value: ``glide, h 0 l: l = 2n, here 1``."""
        return f"{self.kind}, {self.rule}, here {self.value}"


def absence(hkl: HKL, group: SpaceGroup) -> Absence | None:
    """Return the rule that forbids a reflection, or None when it is allowed.

    Centring is named before glide planes, these before screw axes. A reflection is absent
    when an operation (R, t) keeps it, h R = h, and h · t is no integer.

    References
    ----------
    International Tables for Crystallography, Vol. A (2016), sec. 1.6.3,
    doi:10.1107/97809553602060000923
    """
    plainest: dict[str, _Rule] = {}
    for rule in _broken(hkl, group):
        # An operation combined with the centring says the same less plainly.
        known = plainest.get(rule.rotation)
        if known is None or rule.clumsiness < known.clumsiness:
            plainest[rule.rotation] = rule
    if not plainest:
        return None
    # 0 0 l: l = 6n of a sixfold screw axis says more than the l = 2n within it.
    first = min(plainest.values(), key=lambda r: (_KINDS.index(r.kind), -r.modulus, r.text))
    value = sum(w * h for w, h in zip(first.weights, hkl, strict=True))
    return Absence(
        hkl=hkl, kind=first.kind, rule=first.text, value=value, operation=first.operation
    )


def is_absent(hkl: Ints, group: SpaceGroup) -> np.ndarray:
    """Return which reflections are systematically absent; shape ``(n, 3)`` to ``(n,)``."""
    indices = np.asarray(hkl, dtype=np.int32)
    return np.asarray(group.gemmi.systematic_absences(indices), dtype=bool)


@dataclass(frozen=True, slots=True)
class _Condition:
    """A reflection condition in words, and the weights of h, k, l on its left side."""

    text: str
    weights: tuple[int, ...]
    modulus: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """What an operation says of the reflections that its rotation keeps.

    Parameters
    ----------
    operation, rotation
        Its triplet, and that without the translation.
    """

    kind: str
    text: str
    weights: tuple[int, ...]
    modulus: int
    operation: str
    rotation: str

    @property
    def clumsiness(self) -> tuple[int, int, int, str]:
        """Smaller for what is said more plainly."""
        return (self.modulus, self.text.count("-"), len(self.text), self.text)


def _broken(hkl: HKL, group: SpaceGroup) -> Iterator[_Rule]:
    """Yield each rule that a reflection breaks."""
    h = np.asarray(hkl)
    kept = np.all(h @ group.rotations == h, axis=1)
    broken = ~is_whole(group.translations @ h)
    for n in np.flatnonzero(kept & broken).tolist():
        yield _rule(group, n)


# Operations of all groups that are in use at a time: a group has 192 at most.
@lru_cache(maxsize=4096)
def _rule(group: SpaceGroup, n: int) -> _Rule:
    """Return what one operation of a group says: the words take longer than to use them."""
    rotation, translation = group.rotations[n], group.translations[n]
    if np.array_equal(rotation, np.eye(3)):
        kind, condition = "centring", _centring_condition(translation, group)
    else:
        kind = "glide" if round(float(np.linalg.det(rotation))) < 0 else "screw"
        condition = _condition(translation, rotation, f"{_class(rotation)}: ")
    op = gemmi.Op(group.operations[n])
    op.tran = [0, 0, 0]
    return _Rule(
        kind=kind,
        text=condition.text,
        weights=condition.weights,
        modulus=condition.modulus,
        operation=group.operations[n],
        rotation=str(op.triplet()),
    )


def _centring_condition(translation: Floats, group: SpaceGroup) -> _Condition:
    if group.setting.startswith("hexagonal axes"):
        sign = -1 if group.setting.endswith("obverse") else 1
        condition = "-h + k + l = 3n" if sign < 0 else "h - k + l = 3n"
        setting = group.setting.removeprefix("hexagonal axes, ")
        return _Condition(f"R {setting}: {condition}", (sign, -sign, 1), 3)
    name = f"{group.centring}: " if group.centring != "?" else ""
    return _condition(translation, np.eye(3, dtype=np.int64), name)


def _class(rotation: Ints) -> str:
    """Name the reflections that a rotation keeps: ``h 0 l`` or an equation."""
    rows = _constraints(rotation)
    axis = _axis_class(rows) if np.linalg.matrix_rank(rows) == 2 else None
    if axis is not None:
        return axis
    named = {(1, 0, 0): "0 k l", (0, 1, 0): "h 0 l", (0, 0, 1): "h k 0"}
    pairs = {
        (1, 1, 0): "h -h l",
        (1, -1, 0): "h h l",
        (0, 1, 1): "h k -k",
        (0, 1, -1): "h k k",
        (1, 0, 1): "h k -h",
        (1, 0, -1): "h k h",
        (2, 1, 0): "h -2h l",
        (1, 2, 0): "-2k k l",
    }
    names = named | pairs
    equations = [
        names.get((int(a), int(b), int(c))) or f"{_sum((a, b, c))} = 0" for a, b, c in rows
    ]
    return " and ".join(equations)


def _constraints(rotation: Ints) -> Ints:
    # h R = h, so h is normal to every column of R - 1.
    columns = (rotation - np.eye(3, dtype=np.int64)).T
    rows = [_primitive(c) for c in columns if np.any(c)]
    return np.unique(rows, axis=0) if rows else np.zeros((0, 3), dtype=np.int64)


def _always_zero(rotation: Ints) -> list[bool]:
    """Return which of h, k, l are 0 for every reflection that a rotation keeps."""
    rows = _constraints(rotation)
    if not len(rows):
        return [False] * 3
    rank = np.linalg.matrix_rank(rows)
    unit = np.eye(3, dtype=np.int64)
    return [bool(np.linalg.matrix_rank(np.vstack([rows, u])) == rank) for u in unit]


def _axis_class(rows: Ints) -> str | None:
    direction = _primitive(np.cross(rows[0], rows[1]))
    letter = "hkl"[int(np.flatnonzero(direction)[0])]
    parts = [
        "0" if n == 0 else f"{'-' if n < 0 else ''}{abs(n) if abs(n) > 1 else ''}{letter}"
        for n in direction
    ]
    return " ".join(parts)


def _primitive(vector: Ints) -> Ints:
    divisor = gcd(*(int(n) for n in vector))
    reduced = vector // max(divisor, 1)
    leading = reduced[np.flatnonzero(reduced)[0]]
    return np.asarray(reduced * (1 if leading > 0 else -1))


def _condition(translation: Floats, rotation: Ints, name: str) -> _Condition:
    """Return ``h + l = 2n``, the condition that h · t is an integer, behind a name."""
    parts = [Fraction(float(t)).limit_denominator(24) for t in translation]
    zero = _always_zero(rotation)
    parts = [Fraction(0) if z else t for z, t in zip(zero, parts, strict=True)]
    for row in _constraints(rotation):
        # In h h l or h -h l the second index is the first: 2h + l, not h + k + l.
        places = np.flatnonzero(row)
        if len(places) == 2 and set(np.abs(row[places]).tolist()) == {1}:
            first, second = (int(n) for n in places)
            sign = -int(row[first] * row[second])
            parts[first] = (parts[first] + sign * parts[second]) % 1
            parts[second] = Fraction(0)
    denominator = lcm(*(part.denominator for part in parts))
    weights = [int(part * denominator) for part in parts]
    weights = [w - denominator if 2 * w > denominator else w for w in weights]
    if next(w for w in weights if w) < 0:
        weights = [-w for w in weights]
    return _Condition(f"{name}{_sum(weights)} = {denominator}n", tuple(weights), denominator)


def _sum(coefficients: Iterable[int]) -> str:
    text = ""
    for letter, n in zip("hkl", coefficients, strict=True):
        if n == 0:
            continue
        size = "" if abs(n) == 1 else str(abs(int(n)))
        sign = ("-" if n < 0 else "") if not text else (" - " if n < 0 else " + ")
        text += f"{sign}{size}{letter}"
    return text
