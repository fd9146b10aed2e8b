"""Published bond-valence parameters of the cations that NASICON phases hold.

Only numbers that were read in a public file are here, none from memory:

- Brown & Altermatt (1985) and Gagné & Hawthorne (2015) as the *Accumulated Table of Bond
  Valence Parameters* of I. D. Brown quotes them (bvparm2020.cif of 2020-11-25, references a
  and bs; read in github.com/manuelarcer/asetools, commit ac033319d556). Its predecessor
  bvparm2013.cif (github.com/langner/bvparm, commit 4f54e284909f) has the same numbers of
  reference a, but for Al3+–O;
- Brese & O'Keeffe (1991) from a transcription of their Table 2, by its own account entered
  twice and read against the printed page (github.com/sams808/FACET, facet/core/bv.py). They
  repeat most numbers of Brown & Altermatt, some rounded, and change others.

The accumulated table's own choice among all sources is not here: its licence is for
non-profit purposes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class BondValenceParameter:
    """R0 and B (Å) of s = exp((R0 − R) / B) for one pair of ions, with their source."""

    r0: float
    b: float
    source: str
    note: str = ""


Pair = tuple[str, int, str]
"""Element and valence of the cation, element of the anion (O means O2−, F means F−)."""

_REFERENCES: Final = {
    "a": "Brown & Altermatt, Acta Cryst. B41 (1985) 244, doi:10.1107/S0108768185002063",
    "b": "Brese & O'Keeffe, Acta Cryst. B47 (1991) 192, doi:10.1107/S0108768190011041",
    "bs": "Gagné & Hawthorne, Acta Cryst. B71 (2015) 562, doi:10.1107/S2052520615016297",
}
"""Reference letters of bvparm2020.cif that occur here."""

# R0 (Å) with B = 0.37 Å: reference a of bvparm2020.cif.
_BROWN_ALTERMATT: Final[dict[Pair, float]] = {
    ("Al", 3, "O"): 1.651,
    ("Ca", 2, "O"): 1.967,
    ("Cr", 3, "O"): 1.724,
    ("Fe", 2, "O"): 1.734,
    ("Fe", 3, "O"): 1.759,
    ("K", 1, "O"): 2.132,
    ("Li", 1, "O"): 1.466,
    ("Mg", 2, "O"): 1.693,
    ("Mn", 2, "O"): 1.79,
    ("Mn", 3, "O"): 1.76,
    ("Mn", 4, "O"): 1.753,
    ("Mo", 6, "O"): 1.907,
    ("Na", 1, "O"): 1.803,
    ("P", 5, "O"): 1.617,
    ("Sc", 3, "O"): 1.849,
    ("Si", 4, "O"): 1.64,
    ("Ti", 4, "O"): 1.815,
    ("V", 3, "O"): 1.743,
    ("V", 4, "O"): 1.784,
    ("V", 5, "O"): 1.803,
    ("Zr", 4, "O"): 1.928,
    ("Al", 3, "F"): 1.545,
    ("Ca", 2, "F"): 1.842,
    ("Cr", 3, "F"): 1.657,
    ("Fe", 3, "F"): 1.679,
    ("K", 1, "F"): 1.992,
    ("Li", 1, "F"): 1.36,
    ("Mg", 2, "F"): 1.578,
    ("Mn", 2, "F"): 1.698,
    ("Na", 1, "F"): 1.677,
    ("Zr", 4, "F"): 1.846,
}

# R0 (Å) with B = 0.37 Å: Table 2 of the paper, O and F.
_BRESE_OKEEFFE: Final[dict[Pair, float]] = {
    ("Al", 3, "O"): 1.651,
    ("Ca", 2, "O"): 1.967,
    ("Cr", 3, "O"): 1.724,
    ("Fe", 2, "O"): 1.734,
    ("Fe", 3, "O"): 1.759,
    ("K", 1, "O"): 2.13,
    ("Li", 1, "O"): 1.466,
    ("Mg", 2, "O"): 1.693,
    ("Mn", 2, "O"): 1.79,
    ("Mn", 3, "O"): 1.76,
    ("Mn", 4, "O"): 1.753,
    ("Mo", 6, "O"): 1.907,
    ("Na", 1, "O"): 1.8,
    ("P", 5, "O"): 1.604,
    ("Sc", 3, "O"): 1.849,
    ("Si", 4, "O"): 1.624,
    ("Ti", 3, "O"): 1.791,
    ("Ti", 4, "O"): 1.815,
    ("V", 3, "O"): 1.743,
    ("V", 4, "O"): 1.784,
    ("V", 5, "O"): 1.803,
    ("Zr", 4, "O"): 1.937,
    ("Al", 3, "F"): 1.545,
    ("Ca", 2, "F"): 1.842,
    ("Cr", 3, "F"): 1.64,
    ("Fe", 2, "F"): 1.65,
    ("Fe", 3, "F"): 1.67,
    ("K", 1, "F"): 1.99,
    ("Li", 1, "F"): 1.36,
    ("Mg", 2, "F"): 1.581,
    ("Mn", 2, "F"): 1.698,
    ("Mn", 3, "F"): 1.66,
    ("Mn", 4, "F"): 1.71,
    ("Mo", 6, "F"): 1.81,
    ("Na", 1, "F"): 1.677,
    ("P", 5, "F"): 1.521,
    ("Sc", 3, "F"): 1.76,
    ("Si", 4, "F"): 1.58,
    ("Ti", 3, "F"): 1.723,
    ("Ti", 4, "F"): 1.76,
    ("V", 3, "F"): 1.702,
    ("V", 4, "F"): 1.7,
    ("V", 5, "F"): 1.71,
    ("Zr", 4, "F"): 1.854,
}

# R0, B (Å) and the remark of bvparm2020.cif: its reference bs. Oxygen only, as the paper.
_GAGNE_HAWTHORNE: Final[dict[Pair, tuple[float, float, str]]] = {
    ("Al", 3, "O"): (1.634, 0.39, ""),
    ("Ca", 2, "O"): (1.907, 0.409, ""),
    ("Cr", 3, "O"): (1.725, 0.361, "R0 assumed"),
    ("Fe", 2, "O"): (1.658, 0.447, ""),
    ("Fe", 3, "O"): (1.766, 0.36, ""),
    ("K", 1, "O"): (2.047, 0.398, ""),
    ("Li", 1, "O"): (1.062, 0.642, ""),
    ("Mg", 2, "O"): (1.608, 0.443, ""),
    ("Mn", 2, "O"): (1.74, 0.417, ""),
    ("Mn", 3, "O"): (1.823, 0.247, ""),
    ("Mn", 4, "O"): (1.75, 0.374, ""),
    ("Mo", 3, "O"): (1.792, 0.436, "small sample, R0 assumed"),
    ("Mo", 4, "O"): (1.834, 0.404, "small sample, R0 assumed"),
    ("Mo", 5, "O"): (1.888, 0.314, ""),
    ("Mo", 6, "O"): (1.903, 0.349, ""),
    ("Na", 1, "O"): (1.695, 0.42, ""),
    ("P", 5, "O"): (1.624, 0.399, "B assumed"),
    ("Sc", 3, "O"): (1.78, 0.452, ""),
    ("Si", 4, "O"): (1.624, 0.389, ""),
    ("Ti", 3, "O"): (1.654, 0.545, ""),
    ("Ti", 4, "O"): (1.819, 0.342, ""),
    ("V", 3, "O"): (1.718, 0.412, ""),
    ("V", 4, "O"): (1.776, 0.364, ""),
    ("V", 5, "O"): (1.799, 0.388, ""),
    ("Zr", 4, "O"): (1.913, 0.406, ""),
}

# Printed in italics in Table 2: from the correlation of fluorides with oxides, not from bonds.
_BRESE_OKEEFFE_INTERPOLATED: Final = frozenset({("Mo", 6, "F")})


def _brown_altermatt(r0: float) -> BondValenceParameter:
    return BondValenceParameter(r0=r0, b=0.37, source=_REFERENCES["a"])


def _brese_okeeffe(pair: Pair, r0: float) -> BondValenceParameter:
    note = "interpolated" if pair in _BRESE_OKEEFFE_INTERPOLATED else ""
    return BondValenceParameter(r0=r0, b=0.37, source=_REFERENCES["b"], note=note)


def _gagne_hawthorne(r0: float, b: float, note: str) -> BondValenceParameter:
    return BondValenceParameter(r0=r0, b=b, source=_REFERENCES["bs"], note=note)


BOND_VALENCE_TABLES: Final[Mapping[str, Mapping[Pair, BondValenceParameter]]] = (
    MappingProxyType(
        {
            "gagne-hawthorne-2015": MappingProxyType(
                {pair: _gagne_hawthorne(*row) for pair, row in _GAGNE_HAWTHORNE.items()}
            ),
            "brown-altermatt-1985": MappingProxyType(
                {pair: _brown_altermatt(r0) for pair, r0 in _BROWN_ALTERMATT.items()}
            ),
            "brese-okeeffe-1991": MappingProxyType(
                {pair: _brese_okeeffe(pair, r0) for pair, r0 in _BRESE_OKEEFFE.items()}
            ),
        }
    )
)
"""Parameters by the name of their table: two-parameter fits to oxides (2015), and the two
classic tables with B = 0.37 Å."""
