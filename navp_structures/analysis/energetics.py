"""Energies along a sodiation path: steps, voltages, tie lines, hop rates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any, Final

from navp_structures.analysis.numbers import within
from navp_structures.constants import BOLTZMANN_CONSTANT
from navp_structures.errors import InputError, shown
from navp_structures.model.formula import parse_formula
from navp_structures.model.phase import Phase
from navp_structures.show.numbers import unsigned_zero
from navp_structures.show.tables import Column, TableResult, plain

# eV per atom, sodium and atoms per formula unit, eV, K.
_LARGEST_ENERGY: Final = 100.0
_MOST_ATOMS: Final = 10_000.0
_HIGHEST_BARRIER: Final = 100.0
_TEMPERATURES: Final = (1e-3, 1e5)

# Powers beyond this are no ratio of rates that anybody could measure.
_LARGEST_POWER: Final = 700.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FormationEnergy:
    """A composition of the path.

    Parameters
    ----------
    name
        Of the phase.
    sodium, atoms
        Per formula unit.
    energy
        Of formation from the elements (eV per atom).

    Raises
    ------
    InputError
        When a number is none, or there is more sodium than atoms.
    """

    name: str
    sodium: float
    atoms: float
    energy: float

    def __post_init__(self) -> None:
        """Refuse what is no composition."""
        for name, low, high, unit in (
            ("sodium", 0.0, _MOST_ATOMS, "per formula unit"),
            ("atoms", 1.0, _MOST_ATOMS, "per formula unit"),
            ("energy", -_LARGEST_ENERGY, _LARGEST_ENERGY, "eV per atom"),
        ):
            value = within(getattr(self, name), f"{name} of {self.name}", low, high, unit)
            object.__setattr__(self, name, value)
        if self.sodium > self.atoms:
            raise InputError(
                f"{self.name} has {self.sodium:g} sodium of {self.atoms:g} atoms; sodium "
                "counts among the atoms"
            )

    @property
    def per_formula_unit(self) -> float:
        """The formation energy of a formula unit (eV)."""
        return self.energy * self.atoms


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyStep:
    """Taking sodium out, from one composition to the next.

    Parameters
    ----------
    sodium
        That leaves, per formula unit.
    energy
        That it takes (eV per formula unit).
    voltage
        Mean, against sodium metal (V); the energy in eV of each sodium.
    """

    first: str
    second: str
    sodium: float
    energy: float
    voltage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyState:
    """One composition; tie_line_distance is None at the ends of the path.

    Parameters
    ----------
    formation_energy
        eV per formula unit.
    tie_line_distance
        From the line between its neighbours (eV per formula unit), negative below it: the
        composition does not decay into them.
    """

    phase: str
    sodium: float
    formation_energy: float
    tie_line_distance: float | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class SodiationEnergetics(TableResult[EnergyState]):
    """The answer of `sodiation_energetics`, sodium descending."""

    given: tuple[FormationEnergy, ...]
    rows: tuple[EnergyState, ...]
    steps: tuple[EnergyStep, ...]
    of: tuple[Phase, ...] = ()

    name = "energetics"
    columns = (
        Column("phase"),
        Column("sodium", head="Na", show="{:g}".format),
        Column("formation_energy", head="E / eV", show="{:.3f}".format),
        Column(
            "tie_line_distance",
            head="to tie line / eV",
            show=lambda energy: unsigned_zero(energy, 3),
        ),
    )

    @property
    def inputs(self) -> dict[str, Any]:
        """What was given."""
        return {"energies": [asdict(item) for item in self.given]}

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases, where the energies were given for phases."""
        return self.of

    @property
    def notes(self) -> tuple[str, ...]:
        """Each step, and what the numbers are."""
        steps = [
            f"{step.first} to {step.second}: {step.energy:.3f} eV for {step.sodium:g} Na, "
            f"{step.voltage:.3f} V"
            for step in self.steps
        ]
        return (
            *steps,
            *self.provisos,
            "energies of a formula unit at 0 K from the elements, so that sodium metal has 0; "
            "without entropy and volume",
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document; `results` holds states and steps."""
        content = TableResult.to_dict(self)
        content["results"] = {
            "states": content["results"],
            "steps": plain([asdict(step) for step in self.steps]),
        }
        return content


def sodiation_energetics(energies: Iterable[FormationEnergy]) -> SodiationEnergetics:
    """Return what each step of a path takes, and which compositions hold together.

    Parameters
    ----------
    energies
        At least two compositions of one host, in any order.

    Raises
    ------
    InputError
        When there are fewer than two, two have the same sodium, or the hosts differ in their
        number of atoms.

    Examples
    --------
    >>> path = sodiation_energetics([
    ...     FormationEnergy(name="Na3VP", sodium=3, atoms=20, energy=-2.229),
    ...     FormationEnergy(name="Na2VP", sodium=2, atoms=19, energy=-2.264),
    ...     FormationEnergy(name="NaVP", sodium=1, atoms=18, energy=-2.280),
    ... ])
    >>> [round(step.voltage, 3) for step in path.steps]
    [1.564, 1.976]
    >>> round(path.rows[1].tie_line_distance, 3)
    -0.206
    """
    given = tuple(energies)
    for item in given:
        if not isinstance(item, FormationEnergy):
            raise InputError(f"{shown(item)} is no FormationEnergy")
    ordered = sorted(given, key=lambda item: -item.sodium)
    if len(ordered) < 2:
        raise InputError(f"a path has two compositions or more, here {len(ordered)}")
    for one, two in pairwise(ordered):
        if one.sodium == two.sodium:
            raise InputError(f"{one.name} and {two.name} both have {one.sodium:g} sodium")
        hosts = one.atoms - one.sodium, two.atoms - two.sodium
        if not math.isclose(*hosts, abs_tol=1e-6):
            raise InputError(
                f"{one.name} has {hosts[0]:g} atoms beside sodium, {two.name} {hosts[1]:g}; "
                "give the same formula unit for both"
            )
    steps = tuple(_step(one, two) for one, two in pairwise(ordered))
    rows = tuple(_state(ordered, n) for n in range(len(ordered)))
    return SodiationEnergetics(given=given, rows=rows, steps=steps)


def path_energetics(
    phases: Sequence[Phase], energies: Sequence[float], *, ion: str = "Na"
) -> SodiationEnergetics:
    """Return `sodiation_energetics` of phases, whose formulas say what they hold.

    Parameters
    ----------
    energies
        Of formation (eV per atom), one for each phase.
    ion
        The element that comes and goes.

    Raises
    ------
    InputError
        When the numbers do not match, a phase has no formula, or as for
        `sodiation_energetics`.
    """
    if len(energies) != len(phases):
        raise InputError(
            f"{len(energies)} energies for {len(phases)} phases; give one for each, in order"
        )
    found = sodiation_energetics(
        _energy(phase, energy, ion) for phase, energy in zip(phases, energies, strict=True)
    )
    return replace(found, of=tuple(phases))


def _energy(phase: Phase, energy: float, ion: str) -> FormationEnergy:
    if phase.formula is None:
        raise InputError(f"{phase.id} has no formula to count its atoms with")
    atoms = parse_formula(phase.formula)
    return FormationEnergy(
        name=phase.id, sodium=atoms.get(ion, 0.0), atoms=sum(atoms.values()), energy=energy
    )


def hop_rate_ratio(barrier_1: float, barrier_2: float, temperature: float) -> float:
    r"""Return how many times faster hops over the second barrier are than over the first.

    .. math:: \frac{k_2}{k_1} = \exp\frac{E_1 - E_2}{k_B T}

    with equal attempt frequencies.

    Parameters
    ----------
    barrier_1, barrier_2
        eV.
    temperature
        K.

    Raises
    ------
    InputError
        When a number is out of bounds, or the ratio too large for one.

    Examples
    --------
    >>> round(hop_rate_ratio(0.298, 0.138, 300))
    487
    """
    first = within(barrier_1, "barrier_1", 0.0, _HIGHEST_BARRIER, "eV")
    second = within(barrier_2, "barrier_2", 0.0, _HIGHEST_BARRIER, "eV")
    kelvin = within(temperature, "temperature", *_TEMPERATURES, "K")
    power = (first - second) / (BOLTZMANN_CONSTANT.value * kelvin)
    if abs(power) > _LARGEST_POWER:
        raise InputError(
            f"barriers {first:g} and {second:g} eV at {kelvin:g} K give a ratio of "
            f"e^{power:.0f}, which is no number to work with"
        )
    return math.exp(power)


def _step(one: FormationEnergy, two: FormationEnergy) -> EnergyStep:
    sodium = one.sodium - two.sodium
    energy = two.per_formula_unit - one.per_formula_unit
    return EnergyStep(
        first=one.name, second=two.name, sodium=sodium, energy=energy, voltage=energy / sodium
    )


def _state(ordered: list[FormationEnergy], n: int) -> EnergyState:
    here = ordered[n]
    distance = None
    if 0 < n < len(ordered) - 1:
        rich, poor = ordered[n - 1], ordered[n + 1]
        share = (here.sodium - poor.sodium) / (rich.sodium - poor.sodium)
        line = share * rich.per_formula_unit + (1.0 - share) * poor.per_formula_unit
        distance = here.per_formula_unit - line
    return EnergyState(
        phase=here.name,
        sodium=here.sodium,
        formation_energy=here.per_formula_unit,
        tie_line_distance=distance,
    )
