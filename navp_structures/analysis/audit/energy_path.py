"""The formation energies that a paper prints for the phases of one host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from navp_structures.analysis.audit.context import AuditContext
from navp_structures.analysis.audit.volume_changes import mobile_ion
from navp_structures.analysis.composition import same_composition
from navp_structures.analysis.energetics import SodiationEnergetics, path_energetics
from navp_structures.analysis.mobile_ion import ion_charge
from navp_structures.errors import InputError
from navp_structures.model.claim import Claim
from navp_structures.model.phase import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyPath:
    """Formation energies along a path, the richest phase first.

    Parameters
    ----------
    found
        States and steps.
    roundings
        Of each energy (eV per formula unit).
    """

    found: SodiationEnergetics
    roundings: tuple[float, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The phases."""
        return tuple(row.phase for row in self.found.rows)

    def between(self, first: str, last: str) -> tuple[float, float, float]:
        """Return energy (eV per formula unit), its rounding, and the ions that leave."""
        one, two = self.ids.index(first), self.ids.index(last)
        rich, poor = self.found.rows[one], self.found.rows[two]
        energy = poor.formation_energy - rich.formation_energy
        return energy, self.roundings[one] + self.roundings[two], rich.ions - poor.ions

    def voltage(self, first: str, last: str) -> tuple[float, float]:
        """Return the mean voltage (V) between two phases, and its rounding."""
        energy, rounding, ions = self.between(first, last)
        charges = ions * ion_charge(self.found.ion)
        return energy / charges, abs(rounding / charges)

    def formula(self, first: str, last: str) -> str:
        """Return the mean voltage between two phases as a calculation."""
        rows = {row.phase: row for row in self.found.rows}
        energies = {item.name: item.energy for item in self.found.given}
        one, two = (
            f"{rows[name].atoms:g} × {energies[name]:.3f}".replace("-", "\N{MINUS SIGN}")
            for name in (first, last)
        )
        charges = (rows[first].ions - rows[last].ions) * ion_charge(self.found.ion)
        return (
            f"({two} \N{MINUS SIGN} {one}) eV / {charges:g}e = "
            f"{self.voltage(first, last)[0]:.2f} V"
        )

    @property
    def numbers(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "ion": self.found.ion,
            "mean_voltage": self.voltage(self.ids[0], self.ids[-1])[0],
            "steps": [
                {
                    "first": step.first,
                    "last": step.second,
                    "energy": step.energy,
                    "ions": step.ions,
                    "voltage": step.voltage,
                }
                for step in self.found.steps
            ],
            "tie_line_distances": {row.phase: row.tie_line_distance for row in self.found.rows},
        }


def energy_path(phases: Sequence[Phase], context: AuditContext) -> EnergyPath | None:
    """Return the printed formation energies of the host of phases; None below two of them."""
    key = ("energies", tuple(phases))
    return context.once(key, lambda: _energy_path(phases, context))


def _energy_path(phases: Sequence[Phase], context: AuditContext) -> EnergyPath | None:
    found: dict[Phase, Claim] = {}
    for claim in context.claims:
        if claim.quantity == "formation_energy" and claim.phases:
            phase = context.phase(claim.phases[0], claim)
            # Of two entries of one composition the first counts: none leads to the other.
            taken = any(same_composition(phase, p) for p in found if p != phase)
            if not taken and (phase in phases or _shares_host(phase, phases[0])):
                found.setdefault(phase, claim)
    if len(found) < 2:
        return None
    try:
        path = path_energetics(
            tuple(found),
            [claim.value or 0.0 for claim in found.values()],
            ion=mobile_ion(tuple(found)),
        )
    except InputError:
        return None  # energies of hosts or ions between which there is no step
    atoms = {row.phase: row.atoms for row in path.rows}
    roundings = {p.id: (c.rounding or 0.0) * atoms[p.id] for p, c in found.items()}
    return EnergyPath(found=path, roundings=tuple(roundings[row.phase] for row in path.rows))


def _shares_host(one: Phase, two: Phase) -> bool:
    try:
        mobile_ion((one, two))
    except InputError:
        return False
    return True
