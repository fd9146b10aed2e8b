"""Space groups in any setting; two are equal when their operations are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import gemmi
import numpy as np

from navp_structures.errors import SpaceGroupError, nearest, shown
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.structure_factor import Operations, split_operations

# Relative misfit of the metric under an operation that is still rounding of the cell.
_METRIC_TOLERANCE = 2e-3

# It begins at no later digit of a number, which would take the square of its length.
_DECIMAL = re.compile(r"(?<![0-9])[0-9]*\.[0-9]+")

LARGEST_GROUP = 1536
"""Operations; the largest groups have 192, and eight times as many with doubled axes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceGroup:
    """A space group in one setting: all its operations, and the names they have.

    Make one with `from_name` or `from_operations`. Equality and hash look at the
    operations alone, so ``R-3c`` and ``R -3 c:H`` are one group.

    Parameters
    ----------
    operations
        All operations as triplets, the identity first, centring included.
    symbol
        Extended Hermann-Mauguin symbol (``R -3 c:H``); None when no table has the setting.
    number
        Number in International Tables A; None when unknown.
    """

    operations: tuple[str, ...]
    symbol: str | None = field(default=None, compare=False)
    number: int | None = field(default=None, compare=False)

    @classmethod
    def from_name(
        cls, name: str, *, alpha: float | None = None, gamma: float | None = None
    ) -> SpaceGroup:
        """Return the group of a Hermann-Mauguin symbol, or of a tabulated Hall symbol.

        Parameters
        ----------
        name
            With or without spaces, setting, origin choice or underscores.
        alpha, gamma
            Angles of the cell (degrees), which choose hexagonal or rhombohedral axes when
            the symbol of a rhombohedral group leaves them open. Origin choice 2
            (inversion centre at the origin) is taken when the symbol leaves that open.

        Raises
        ------
        SpaceGroupError
            When no group has the name.
        """
        found = _find(name, alpha, gamma)
        if found is None:
            raise SpaceGroupError(
                f"unknown space group {shown(name)}{nearest(name[:64], _names())}"
            )
        return _of_table(found.hall, found.xhm(), found.number)

    @classmethod
    def from_hall(cls, symbol: str) -> SpaceGroup:
        """Return the group of a Hall symbol, which names its setting and origin.

        Raises
        ------
        SpaceGroupError
            When it is no Hall symbol.
        """
        plain = " ".join(symbol.replace("_", " ").replace("''", '"').split())
        return _of_hall(plain, symbol)

    @classmethod
    def from_number(
        cls, number: int, *, alpha: float | None = None, gamma: float | None = None
    ) -> SpaceGroup:
        """Return the standard setting of a space-group number (1 to 230).

        Parameters
        ----------
        alpha, gamma
            Angles of the cell (degrees), which choose hexagonal or rhombohedral axes.

        Raises
        ------
        SpaceGroupError
            When the number is outside that range.
        """
        if not 1 <= number <= 230:
            raise SpaceGroupError(f"space group number {number} is not between 1 and 230")
        standard = gemmi.get_spacegroup_reference_setting(number)
        if standard.hm.startswith("R"):
            return cls.from_name(standard.hm, alpha=alpha, gamma=gamma)
        return _of_table(standard.hall, standard.xhm(), standard.number)

    @classmethod
    def from_operations(
        cls, operations: Iterable[str], *, number: int | None = None
    ) -> SpaceGroup:
        """Return the group made of operations (triplets like ``-x,y+1/2,-z``).

        Parameters
        ----------
        number
            Taken over when no table has the setting.

        Raises
        ------
        SpaceGroupError
            When a triplet cannot be read, or the operations form no group.
        """
        return _of_operations(tuple(operations), number)

    def __str__(self) -> str:
        """Symbol, or number of operations where no table has the setting."""
        if self.symbol is not None:
            return self.symbol
        named = f"No. {self.number}, " if self.number else ""
        return f"{named}{len(self.operations)} operations in a setting without symbol"

    @property
    def gemmi(self) -> gemmi.GroupOps:
        """The operations as gemmi holds them."""
        return _group(self.operations)

    @property
    def rotations(self) -> Ints:
        """Rotation parts, shape ``(n, 3, 3)``, read-only."""
        return _arrays(self.operations)[0]

    @property
    def translations(self) -> Floats:
        """Translation parts in [0, 1), shape ``(n, 3)``, read-only."""
        return _arrays(self.operations)[1]

    @property
    def laue_rotations(self) -> Ints:
        """Distinct rotations of the Laue class, shape ``(m, 3, 3)``, read-only."""
        return _arrays(self.operations)[2]

    @property
    def centring_vectors(self) -> Floats:
        """Centring vectors, the zero vector among them, shape ``(c, 3)``, read-only."""
        return _arrays(self.operations)[3]

    @property
    def split(self) -> Operations:
        """Rotations, centring and inversion apart, for sums over images."""
        return _arrays(self.operations)[4]

    @property
    def is_centrosymmetric(self) -> bool:
        """Whether the group holds an inversion, at the origin or elsewhere."""
        return bool(np.any(np.all(self.rotations == -np.eye(3, dtype=np.int64), axis=(1, 2))))

    @property
    def centring(self) -> str:
        """Letter of the lattice centring (P, A, B, C, I, F, R or H), ``?`` if another."""
        letter: str = self.gemmi.find_centering()
        return letter if letter != "\0" else "?"

    @property
    def hall(self) -> str | None:
        """Hall symbol of the setting; None when no table has it."""
        found = gemmi.find_spacegroup_by_name(self.symbol) if self.symbol else None
        return str(found.hall) if found is not None else None

    @property
    def setting(self) -> str:
        """The axes in words, where a rhombohedral group leaves a choice; else empty."""
        centring = {tuple(v) for v in np.rint(self.centring_vectors * 3).astype(int)}
        if centring == {(0, 0, 0), (2, 1, 1), (1, 2, 2)}:
            return "hexagonal axes, obverse"
        if centring == {(0, 0, 0), (1, 2, 1), (2, 1, 2)}:
            return "hexagonal axes, reverse"
        if self.symbol is not None and self.symbol.endswith(":R"):
            return "rhombohedral axes"
        return ""

    @property
    def has_hexagonal_axes(self) -> bool:
        """Whether c is a threefold axis, so that four indices (h k i l) mean something."""
        threefold = [[0, -1, 0], [1, -1, 0], [0, 0, 1]]
        return bool(np.any(np.all(self.laue_rotations == threefold, axis=(1, 2))))

    def misfit(self, metric: Floats) -> float:
        """Return the largest relative change of a metric tensor under the operations."""
        turned = np.einsum("rji,jk,rkl->ril", self.rotations, metric, self.rotations)
        lengths = np.sqrt(np.diag(metric))
        return float(np.abs((turned - metric) / np.outer(lengths, lengths)).max())

    def fits(self, metric: Floats) -> bool:
        """Whether a metric tensor obeys the operations, to 0.2 %."""
        return self.misfit(metric) <= _METRIC_TOLERANCE


# A folder of a thousand phases names a few groups again and again.
@lru_cache(maxsize=128)
def _of_operations(operations: tuple[str, ...], number: int | None) -> SpaceGroup:
    ops = [_parse(triplet) for triplet in operations]
    if not ops:
        raise SpaceGroupError("no symmetry operation is given; 'x,y,z' is the least")
    triplets = _sorted(op.wrap().triplet() for op in ops)
    if len(triplets) > LARGEST_GROUP:
        raise SpaceGroupError(
            f"{len(triplets)} symmetry operations are more than {LARGEST_GROUP}"
        )
    if "x,y,z" not in triplets:
        raise SpaceGroupError("the symmetry operations form no group: x,y,z is missing")
    group = _closed(triplets)
    closed = _sorted(op.wrap().triplet() for op in group)
    if closed != triplets:
        raise SpaceGroupError(
            f"the {len(triplets)} symmetry operations form no group: "
            f"closing them gives {len(closed)}"
        )
    found = gemmi.find_spacegroup_by_ops(group)
    if found is not None:
        return SpaceGroup(operations=closed, symbol=found.xhm(), number=found.number)
    return SpaceGroup(operations=closed, number=number)


@lru_cache(maxsize=128)
def _of_hall(plain: str, symbol: str) -> SpaceGroup:
    try:
        operations = gemmi.symops_from_hall(plain)
    except (RuntimeError, ValueError):
        raise SpaceGroupError(f"{shown(symbol)} is no Hall symbol") from None
    return SpaceGroup.from_operations([op.wrap().triplet() for op in operations])


@lru_cache(maxsize=128)
def _of_table(hall: str, symbol: str, number: int) -> SpaceGroup:
    operations = gemmi.symops_from_hall(hall)
    triplets = _sorted(op.wrap().triplet() for op in operations)
    return SpaceGroup(operations=triplets, symbol=symbol, number=number)


def _find(name: str, alpha: float | None, gamma: float | None) -> gemmi.SpaceGroup | None:
    plain = " ".join(name.replace("_", "").replace("''", '"').split())
    plain = re.sub(r"(\d)\((\d)\)", r"\1\2", plain)  # P2(1)/c
    # S and Z are the first and second origin choice of older databases.
    choice = {"S": ":1", "Z": ":2"}.get(plain[-1:], "")
    older = [plain[:-1].rstrip() + choice, plain[:-1].rstrip()] if choice else []
    for text in (plain, plain.replace(" :", ":"), plain.replace(" ", ""), *older):
        found = gemmi.find_spacegroup_by_name(text, alpha or 0.0, gamma or 0.0, "2")
        if found is not None:
            return None if _is_cut(text, found.hm) else found
    for entry in gemmi.spacegroup_table():
        if entry.hall == plain:
            return entry
    return None


def _is_cut(name: str, symbol: str) -> bool:
    """Whether a symbol of two directions only came to mean another by losing its blanks.

    ``P 3 2`` lacks its third direction and is not ``P 32``; ``P 31 2`` is not ``P 3 1 2``.
    """
    if len(name.split()) != 3 or "/" in name:
        return False
    return any(
        re.search(pattern, name) and re.search(other, symbol)
        for a, b in re.findall(r"(?=([1-6]) ?([1-6]))", name)
        for pattern, other in ((f"{a} {b}", f"{a}{b}"), (f"{a}{b}", f"{a} {b}"))
    )


@lru_cache(maxsize=1)
def _names() -> tuple[str, ...]:
    return tuple(entry.xhm() for entry in gemmi.spacegroup_table())


def _parse(triplet: str) -> gemmi.Op:
    for decimal in _DECIMAL.findall(triplet):
        if not _is_rounded_fraction(decimal):
            raise SpaceGroupError(
                f"{shown(triplet)} is no symmetry operation: {decimal[:20]} is no rounded "
                "shift of a space group, such as 0.5, 0.333, 0.1667 or 0.125"
            )
    try:
        op = gemmi.Op(triplet.strip().lower())
    except (RuntimeError, ValueError):
        raise SpaceGroupError(
            f"{shown(triplet)} is no symmetry operation; write it like '-x,y+1/2,-z'"
        ) from None
    if op.det_rot() not in (op.DEN**3, -(op.DEN**3)):
        raise SpaceGroupError(f"{shown(triplet)} is no symmetry operation: it changes volumes")
    return op


def _is_rounded_fraction(decimal: str) -> bool:
    """Whether a decimal is the fraction of a shift, rounded or cut after its digits.

    gemmi takes the nearest of 24 parts for any decimal.
    """
    whole, _, fraction = decimal.partition(".")
    if len(whole) > 9:
        return False
    digits, value = len(fraction), float(decimal)
    if digits < 2 or value * 4 % 1 == 0:
        return value * 4 % 1 == 0
    # Of two digits 0.21 may be 5/24 or a slip.
    parts = 24 if digits > 2 else 6
    off = round(value * parts) / parts - value
    # Many digits are those of single precision.
    last = max(10.0**-digits, 2e-6)
    return -0.5 * last - 1e-12 <= off < last - 1e-12


def _closed(triplets: tuple[str, ...]) -> gemmi.GroupOps:
    group = gemmi.GroupOps([gemmi.Op(t) for t in triplets])
    try:
        group.add_missing_elements()
    except RuntimeError:
        raise SpaceGroupError(
            f"the {len(triplets)} symmetry operations form no group: their products never end"
        ) from None
    return group


def _sorted(triplets: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(triplets), key=lambda t: (t != "x,y,z", t)))


@lru_cache(maxsize=128)
def _group(operations: tuple[str, ...]) -> gemmi.GroupOps:
    return gemmi.GroupOps([gemmi.Op(triplet) for triplet in operations])


@lru_cache(maxsize=128)
def _arrays(operations: tuple[str, ...]) -> tuple[Ints, Floats, Ints, Floats, Operations]:
    ops = [gemmi.Op(triplet) for triplet in operations]
    rotations = np.array([op.rot for op in ops], dtype=np.int64) // gemmi.Op.DEN
    translations = (np.array([op.tran for op in ops], dtype=np.float64) / gemmi.Op.DEN) % 1.0
    laue = np.unique(np.concatenate([rotations, -rotations]), axis=0)
    centring = translations[np.all(rotations == np.eye(3, dtype=np.int64), axis=(1, 2))]
    for array in (rotations, translations, laue, centring):
        array.setflags(write=False)
    return rotations, translations, laue, centring, split_operations(rotations, translations)
