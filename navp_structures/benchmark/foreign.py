"""Crystals that are none of the phases, to see whether they are taken for one.

Round numbers near those of the crystals named; no data to be used for anything else.
"""

from __future__ import annotations

from navp_structures.model.cell import UnitCell
from navp_structures.model.phase import Phase
from navp_structures.model.site import Site, Species
from navp_structures.model.spacegroup import SpaceGroup

Atom = tuple[str, float, float, float]


def foreign_crystals() -> tuple[Phase, ...]:
    """Return platinum, V2O3, ZrO2, a cell like that of VPO4, and a cubic one of 7.42 Å."""
    return (
        _crystal("pt", "F m -3 m", (3.924, 3.924, 3.924, 90, 90, 90), ("Pt", 0, 0, 0)),
        _crystal(
            "v2o3",
            "R -3 c:H",
            (4.952, 4.952, 14.003, 90, 90, 120),
            ("V", 0, 0, 0.346),
            ("O", 0.312, 0, 0.25),
        ),
        _crystal(
            "zro2",
            "P 1 21/c 1",
            (5.15, 5.21, 5.32, 90, 99.2, 90),
            ("Zr", 0.275, 0.040, 0.208),
            ("O", 0.070, 0.332, 0.345),
            ("O", 0.450, 0.757, 0.479),
        ),
        _crystal(
            "vpo4-like",
            "C m c m",
            (5.23, 7.77, 6.28, 90, 90, 90),
            ("V", 0, 0, 0),
            ("P", 0, 0.352, 0.25),
            ("O", 0.248, 0.216, 0.25),
            ("O", 0, 0.249, 0.046),
        ),
        _crystal(
            "cubic-7-42",
            "P m -3 m",
            (7.42, 7.42, 7.42, 90, 90, 90),
            ("V", 0.11, 0.24, 0.37),
            ("O", 0.30, 0.05, 0.19),
        ),
    )


def _crystal(name: str, symbol: str, cell: tuple[float, ...], *atoms: Atom) -> Phase:
    a, b, c, alpha, beta, gamma = cell
    return Phase(
        id=name,
        cell=UnitCell(a=a, b=b, c=c, alpha=alpha, beta=beta, gamma=gamma),
        space_group=SpaceGroup.from_name(symbol),
        kind="model",
        reason="round numbers, to be told from the phases",
        sites=tuple(
            Site(
                label=f"{element}{n}",
                species=(Species(symbol=element, label=f"{element}{n}"),),
                fract=(x, y, z),
            )
            for n, (element, x, y, z) in enumerate(atoms, 1)
        ),
    )
