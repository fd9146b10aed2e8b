"""What is asked of polyhedra."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from navp_structures.analysis.numbers import items_of, within
from navp_structures.analysis.polyhedra.shells import CRITERIA
from navp_structures.analysis.polyhedra.valence import check_valences
from navp_structures.errors import InputError, nearest, shown
from navp_structures.kernels.bond_valence import bond_valence_table

# Å: below and beyond no bond of interest.
_CUTOFFS: Final = (0.5, 16.0)

Names = str | Iterable[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolyhedraSettings:
    """Centres, ligands and how they are told.

    Parameters
    ----------
    centre, ligand
        Elements or labels of sites.
    shell
        ``solid_angle`` or ``gap``.
    cutoff
        Largest bond (Å) in place of either.
    table
        Of bond-valence parameters.
    valences
        Oxidation states by label or element.

    Raises
    ------
    InputError
        When one of them cannot be.
    """

    centre: tuple[str, ...]
    ligand: tuple[str, ...]
    shell: str
    cutoff: float | None
    table: str
    valences: tuple[tuple[str, int], ...]

    @classmethod
    def of(
        cls,
        centre: Names,
        ligand: Names,
        shell: str,
        cutoff: float | None,
        table: str,
        valences: Mapping[str, int] | None,
    ) -> PolyhedraSettings:
        """Return checked settings."""
        if not isinstance(shell, str) or shell not in CRITERIA:
            raise InputError(
                f"shell is {shown(shell)}; it must be {' or '.join(CRITERIA)}"
                f"{nearest(str(shell), CRITERIA)}"
            )
        if cutoff is not None:
            cutoff = within(cutoff, "cutoff", *_CUTOFFS, "Å")
        bond_valence_table(table)
        return cls(
            centre=_names(centre, "centre"),
            ligand=_names(ligand, "ligand"),
            shell=shell,
            cutoff=cutoff,
            table=table,
            valences=tuple(check_valences(valences).items()),
        )

    @property
    def inputs(self) -> dict[str, Any]:
        """The settings for JSON."""
        return {
            "centre": list(self.centre),
            "ligand": list(self.ligand),
            "shell": "cutoff" if self.cutoff is not None else self.shell,
            "cutoff": self.cutoff,
            "table": self.table,
            "valences": dict(self.valences),
        }


def _names(given: Names, what: str) -> tuple[str, ...]:
    items = [given] if isinstance(given, str) else items_of(given)
    if not items or not all(isinstance(item, str) and item.strip() for item in items):
        raise InputError(f"{what} is {shown(given)}; it must be an element such as 'V'")
    return tuple(dict.fromkeys(item.strip() for item in items))
