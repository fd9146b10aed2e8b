"""Physical constants and tabulated numbers, each with its unit and source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number with its standard uncertainty (None where exact or unknown), unit and source."""

    value: float
    su: float | None
    unit: str
    source: str


HOELZER_1997: Final = "Hölzer et al., Phys. Rev. A 56 (1997) 4554, doi:10.1103/PhysRevA.56.4554"
DESLATTES_2003: Final = (
    "Deslattes et al., Rev. Mod. Phys. 75 (2003) 35, doi:10.1103/RevModPhys.75.35; "
    "NIST X-ray Transition Energies (SRD 128), direct measurement"
)


def _line(value: float, source: str, su: float | None = None) -> Quantity:
    return Quantity(value=value, su=su, unit="Å", source=source)


# One scale for all: the column of direct measurements of Deslattes et al. takes the 3d metals
# from Hölzer et al. Values on Bearden's scale of 1967 are up to 26 parts per million off.
X_RAY_LINES: Final = {
    "CrKa1": _line(2.2897260, HOELZER_1997),
    "CrKa2": _line(2.2936510, HOELZER_1997),
    "FeKa1": _line(1.9360410, HOELZER_1997),
    "FeKa2": _line(1.9399730, HOELZER_1997),
    "CoKa1": _line(1.7889960, HOELZER_1997),
    "CoKa2": _line(1.7928350, HOELZER_1997),
    "CuKa1": _line(1.5405929, HOELZER_1997, su=5e-7),
    "CuKa2": _line(1.5444274, HOELZER_1997),
    "MoKa1": _line(0.70931715, DESLATTES_2003),
    "MoKa2": _line(0.713607, DESLATTES_2003),
    "AgKa1": _line(0.55942178, DESLATTES_2003),
    "AgKa2": _line(0.5638131, DESLATTES_2003),
}
"""Peak wavelengths of characteristic lines."""

PHOTON_ENERGY_TIMES_WAVELENGTH: Final = Quantity(
    value=12398.419843320026,
    su=None,
    unit="eV Å",
    source="h c / e, exact in the SI of 2019; CODATA 2022, Rev. Mod. Phys. 97 (2025) 025002",
)

ELECTRON_REST_ENERGY: Final = Quantity(
    value=510998.95069,
    su=1.6e-4,
    unit="eV",
    source="CODATA 2022, Mohr et al., Rev. Mod. Phys. 97 (2025) 025002",
)

BOLTZMANN_CONSTANT: Final = Quantity(
    value=1.380649e-23 / 1.602176634e-19,
    su=None,
    unit="eV/K",
    source="k / e, exact in the SI of 2019; CODATA 2022, Rev. Mod. Phys. 97 (2025) 025002",
)

ATOMIC_MASS_CONSTANT: Final = Quantity(
    value=1.66053906892e-24,
    su=5.2e-34,
    unit="g",
    source="CODATA 2022, Mohr et al., Rev. Mod. Phys. 97 (2025) 025002",
)

SINGLE_VALENCES: Final = {
    **dict.fromkeys(("Li", "Na", "K", "Rb", "Cs", "Ag"), 1),
    **dict.fromkeys(("Be", "Mg", "Ca", "Sr", "Ba", "Zn", "Cd"), 2),
    **dict.fromkeys(("Al", "Ga", "In", "Sc", "Y", "La", "B"), 3),
    **dict.fromkeys(("Zr", "Hf", "Si", "Ge", "C"), 4),
    **dict.fromkeys(("P", "Ta"), 5),
    "S": 6,
    "O": -2,
    "F": -1,
    "Cl": -1,
}
"""Valence of elements that have one usual state in oxides, phosphates and silicates.

Used to balance the charge of a formula, and for the charge of a mobile ion. Source: Greenwood
& Earnshaw, Chemistry of the Elements, 2nd ed. (1997), the chapters of the elements.
"""

VARIABLE_VALENCES: Final = {
    "V": (2, 5),
    "Ti": (2, 4),
    "Cr": (2, 6),
    "Mn": (2, 7),
    "Fe": (2, 4),
    "Co": (2, 4),
    "Ni": (2, 4),
    "Cu": (1, 3),
    "Nb": (3, 5),
    "Mo": (2, 6),
    "W": (4, 6),
    "Ce": (3, 4),
    "Sn": (2, 4),
    "Sb": (3, 5),
    "Bi": (3, 5),
    "Pb": (2, 4),
    "U": (3, 6),
}
"""Lowest and highest usual valence of elements with several, to balance charge; same source."""
