"""Displacement tensors of a CIF, by the labels of its sites."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from gemmi import cif

from navp_structures.errors import CifError, CifWarning, shown
from navp_structures.io.cif_rows import Row, holds, names, rows
from navp_structures.io.cif_values import ANISO_AXES
from navp_structures.model.site import OptionalSextet, Sextet

B_TO_U = 1.0 / (8.0 * math.pi**2)
"""From B to U (Å²)."""

Tensor = tuple[Sextet, OptionalSextet]

_PREFIX = "_atom_site_aniso_"


def read_tensors(block: cif.Block, labels: Sequence[str]) -> Mapping[str, Tensor]:
    """Return U_ij and su of the sites that have them, by label.

    A label that only differs in case from that of one site is taken for it. What belongs to
    no site is left out with a CifWarning.

    Raises
    ------
    CifError
        When a tensor is incomplete, or two differ for one site.
    """
    known = set(labels)
    folded = {label.casefold(): label for label in labels}
    alike = Counter(label.casefold() for label in known)
    found: dict[str, Tensor] = {}
    lost: list[str] = []
    for row, tensor in _tensors(block):
        label = row.label
        if label not in known and alike[label.casefold()] == 1:
            label = folded[label.casefold()]
        if label not in known:
            lost.append(label)
        elif found.setdefault(label, tensor) != tensor:
            raise CifError(f"two different U_ij or B_ij are given for site {shown(label)}")
    if lost:
        _warn(block, f"U_ij or B_ij are given for {names(lost)}, which no site is called")
    if any(holds(block, f"{_PREFIX}beta_{axis}") for axis in ANISO_AXES):
        # No dictionary says whether the mixed terms count once or twice.
        _warn(block, f"{_PREFIX}beta_ij have no one meaning, which U_ij and B_ij have")
    return found


def _tensors(block: cif.Block) -> Iterator[tuple[Row, Tensor]]:
    for letter, factor in (("U", 1.0), ("B", B_TO_U)):
        tags = [
            f"{letter}_{axis}"
            for axis in ANISO_AXES
            if holds(block, f"{_PREFIX}{letter}_{axis}")
        ]
        nameless = 0
        for row in rows(block, _PREFIX, tags[0]) if tags else ():
            pairs = [row.pair(f"{letter}_{axis}") for axis in ANISO_AXES]
            values = [pair for pair in pairs if pair is not None]
            if not values:
                continue
            if not {"label", "_atom_site_label"} & row.values.keys():
                nameless += 1
                continue
            if len(values) != 6:
                raise CifError(
                    f"site {shown(row.label)} has only {len(values)} of six {letter}_ij"
                )
            u = [value * factor for value, _ in values]
            su = [None if s is None else s * factor for _, s in values]
            yield (
                row,
                (
                    (u[0], u[1], u[2], u[3], u[4], u[5]),
                    (su[0], su[1], su[2], su[3], su[4], su[5]),
                ),
            )
        if nameless:
            _warn(block, f"{nameless} rows of {letter}_ij have no {_PREFIX}label")


def _warn(block: cif.Block, what: str) -> None:
    warnings.warn(f"{block.name}: {what}; they are left out", CifWarning, stacklevel=6)
