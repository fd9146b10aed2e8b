"""Bonds of a strip: equal ones as one, and whether their error bars can be told apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from navp_structures.show.plot_text import shortened
from navp_structures.show.tables import printable

_EQUAL: Final = 5e-5  # Å between bonds of one ligand that are told as one

# Letters of a ligand's label, and how many of them are its end, which tells it from others.
_LONGEST, _END = 12, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class StripBond:
    """Equal bonds to one ligand; no words where it has no name."""

    length: float
    su: float | None
    words: str

    @property
    def low(self) -> float:
        """Lower end of the error bar."""
        return self.length - (self.su or 0.0)

    @property
    def high(self) -> float:
        """Upper end of the error bar."""
        return self.length + (self.su or 0.0)


def distinct_bonds(
    lengths: Sequence[float], su: Sequence[float | None], labels: Sequence[str]
) -> Iterator[StripBond]:
    """Yield bonds of different lengths or ligands, by their length."""
    groups: list[list[tuple[float, str, float | None]]] = []
    rows = zip(lengths, labels, su, strict=True)
    for row in sorted(rows, key=lambda row: (row[1], row[0])):
        last = groups[-1][-1] if groups else None
        if last and last[1] == row[1] and row[0] - last[0] < _EQUAL:
            groups[-1].append(row)
        else:
            groups.append([row])
    for group in sorted(groups, key=lambda group: group[0][0]):
        length, label, _ = group[0]
        most = max((su for _, _, su in group if su is not None), default=None)
        times = f" ×{len(group)}" if len(group) > 1 else ""
        words = shortened(printable(label), _LONGEST, _END)
        yield StripBond(length=length, su=most, words=f"{words}{times}".strip())


def bars_overlap(bonds: Sequence[StripBond], apart: float) -> bool:
    """Tell whether error bars come nearer to each other than so many Å."""
    bars = sorted((bond.low, bond.high) for bond in bonds if bond.su is not None)
    return any(low - high < apart for (_, high), (low, _) in pairwise(bars))
