"""Energies along the path of an ion that leaves: steps, voltages, tie lines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any, Final

from navp_structures.analysis.by_phase import distinct_phases
from navp_structures.analysis.composition import nominal_content
from navp_structures.analysis.host import host_units
from navp_structures.analysis.mobile_ion import ion_charge
from navp_structures.analysis.numbers import items_of, ordered_items, within
from navp_structures.catalogue.catalogue import PhaseLike, as_phase
from navp_structures.errors import InputError, shown
from navp_structures.model.phase import Phase
from navp_structures.show.numbers import counted, unsigned_zero
from navp_structures.show.tables import Column, TableResult, plain

# eV per atom, ions and atoms per formula unit.
_LARGEST_ENERGY: Final = 100.0
_MOST_ATOMS: Final = 10_000.0

# Atoms per formula unit that are rounding.
_SAME_COUNT: Final = 1e-6

# eV: half of the last decimal that is shown.
_ON_THE_LINE: Final = 5e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class FormationEnergy:
    """A composition of the path.

    Parameters
    ----------
    name
        Of the phase.
    ions, atoms
        Per formula unit: of the element that comes and goes, and of all.
    energy
        Of formation from the elements (eV per atom).

    Raises
    ------
    InputError
        When a number is none, or there are more ions than atoms.
    """

    name: str
    ions: float
    atoms: float
    energy: float

    def __post_init__(self) -> None:
        """Refuse what is no composition."""
        for name, low, high, unit in (
            ("ions", 0.0, _MOST_ATOMS, "per formula unit"),
            ("atoms", 1.0, _MOST_ATOMS, "per formula unit"),
            ("energy", -_LARGEST_ENERGY, _LARGEST_ENERGY, "eV per atom"),
        ):
            value = within(getattr(self, name), f"{name} of {self.name}", low, high, unit)
            object.__setattr__(self, name, value)
        if self.ions > self.atoms:
            raise InputError(
                f"{self.name} has {self.ions:g} ions of {counted(self.atoms, 'atom', 'atoms')};"
                " the ions count among the atoms"
            )

    @property
    def per_formula_unit(self) -> float:
        """The formation energy of a formula unit (eV)."""
        return self.energy * self.atoms


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyStep:
    """Taking ions out, from one composition to the next.

    Parameters
    ----------
    ions
        That leave, per formula unit.
    energy
        That it takes (eV per formula unit).
    voltage
        Mean, against the metal of the ion (V): the energy for each charge that leaves.
    """

    first: str
    second: str
    ions: float
    energy: float
    voltage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyState:
    """One composition; tie_line_distance is None at the ends of the path.

    Parameters
    ----------
    ions, atoms
        Per formula unit.
    formation_energy
        eV per formula unit.
    tie_line_distance
        From the line between its neighbours (eV per formula unit), negative below it: the
        composition does not decay into them.
    """

    phase: str
    ions: float
    atoms: float
    formation_energy: float
    tie_line_distance: float | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class SodiationEnergetics(TableResult[EnergyState]):
    """The answer of `sodiation_energetics`, ions descending."""

    given: tuple[FormationEnergy, ...]
    ion: str
    rows: tuple[EnergyState, ...]
    steps: tuple[EnergyStep, ...]
    of: tuple[Phase, ...] = ()

    name = "energetics"
    columns = (
        Column("phase"),
        Column("ions", show="{:g}".format),
        Column("atoms", hidden=True),
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
        return {"ion": self.ion, "energies": [asdict(item) for item in self.given]}

    @property
    def heads(self) -> dict[str, str]:
        """The ions stand under their symbol."""
        return {"ions": self.ion}

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases, where the energies were given for phases."""
        return self.of

    @property
    def notes(self) -> tuple[str, ...]:
        """Each step, each inner composition's stability, and what the numbers are."""
        steps = [
            f"{step.first} to {step.second}: {step.energy:.3f} eV for {step.ions:g} "
            f"{self.ion}, {step.voltage:.3f} V"
            for step in self.steps
        ]
        electrons = counted(ion_charge(self.ion), "electron", "electrons")
        unit = f"the formula unit of {self.of[0].id}" if self.of else "a formula unit"
        return (
            *steps,
            *self._stabilities(),
            *self.provisos,
            f"voltages are means against {self.ion} metal, {electrons} for each {self.ion}",
            f"energies are those of {unit} at 0 K from the elements, so that {self.ion} metal "
            "has 0; without entropy and volume",
        )

    def _stabilities(self) -> Iterator[str]:
        """Yield on which side of its neighbours' tie line each inner composition lies."""
        for rich, row, poor in zip(self.rows, self.rows[1:], self.rows[2:], strict=False):
            if row.tie_line_distance is None:
                continue
            size = abs(row.tie_line_distance)
            line = f"the tie line between {rich.phase} and {poor.phase}"
            if size < _ON_THE_LINE:
                yield f"{row.phase} lies on {line}, within 0.001 eV per formula unit"
                continue
            told = f"{size:.3f} eV per formula unit ({size / row.atoms * 1e3:.1f} meV per atom)"
            if row.tie_line_distance < 0.0:
                yield f"{row.phase} lies {told} below {line}: it does not decay into them"
            else:
                yield f"{row.phase} lies {told} above {line}: it can decay into them"

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document; `results` holds states and steps."""
        content = TableResult.to_dict(self)
        content["results"] = {
            "states": content["results"],
            "steps": plain([asdict(step) for step in self.steps]),
        }
        return content


def sodiation_energetics(
    energies: Iterable[FormationEnergy], *, ion: str = "Na"
) -> SodiationEnergetics:
    """Return what each step of a path takes, and which compositions hold together.

    Parameters
    ----------
    energies
        At least two compositions of one host, in any order.
    ion
        The metal that comes and goes; its charge turns energies into voltages.

    Raises
    ------
    InputError
        When there are fewer than two, two have as many ions, the hosts differ in their number
        of atoms, or the ion is no metal of one known charge.

    Examples
    --------
    >>> path = sodiation_energetics([
    ...     FormationEnergy(name="Na3VP", ions=3, atoms=20, energy=-2.229),
    ...     FormationEnergy(name="Na2VP", ions=2, atoms=19, energy=-2.264),
    ...     FormationEnergy(name="NaVP", ions=1, atoms=18, energy=-2.280),
    ... ])
    >>> [round(step.voltage, 3) for step in path.steps]
    [1.564, 1.976]
    >>> round(path.rows[1].tie_line_distance, 3)
    -0.206
    """
    charge = ion_charge(ion)
    given = None if isinstance(energies, str | bytes) else items_of(energies)
    if given is None:
        raise InputError(f"energies is {shown(energies)}; give a list of FormationEnergy")
    for item in given:
        if not isinstance(item, FormationEnergy):
            raise InputError(f"{shown(item)} is no FormationEnergy")
    ordered = sorted(given, key=lambda item: -item.ions)
    if len(ordered) < 2:
        told = "only one" if ordered else "none"
        raise InputError(f"a path has two compositions or more; {told} is given")
    for one, two in pairwise(ordered):
        _check_pair(one, two, ion)
    steps = tuple(_step(one, two, charge) for one, two in pairwise(ordered))
    rows = tuple(_state(ordered, n) for n in range(len(ordered)))
    return SodiationEnergetics(given=tuple(given), ion=ion, rows=rows, steps=steps)


def path_energetics(
    phases: Iterable[PhaseLike], energies: Iterable[float], *, ion: str = "Na"
) -> SodiationEnergetics:
    """Return `sodiation_energetics` of phases, which tell what they hold.

    Parameters
    ----------
    phases
        Of one host. Compositions are those of the formulas, or of the sites where these differ
        by more than 2 %.
    energies
        Of formation (eV per atom), one for each phase, in their order.
    ion
        The metal that comes and goes.

    Returns
    -------
    Everything for the formula unit of the first phase, whichever unit the others are in.

    Raises
    ------
    InputError
        When the numbers do not match, a phase is given twice or has neither sites nor formula,
        the hosts differ, or as for `sodiation_energetics`.

    Examples
    --------
    >>> path = path_energetics(["Na3VP", "Na2VP", "NaVP"], [-2.229, -2.264, -2.280])
    >>> [round(step.voltage, 3) for step in path.steps]
    [1.564, 1.976]
    """
    # First, because without an anion the hosts would seem to be the fault.
    ion_charge(ion)
    chosen = _path_phases(phases)
    numbers = ordered_items(energies)
    if numbers is None:
        raise InputError(
            f"energies is {shown(energies)}; give a list of numbers (eV per atom), one for "
            "each phase"
        )
    if len(numbers) != len(chosen):
        raise InputError(
            f"{counted(len(numbers), 'energy', 'energies')} for "
            f"{counted(len(chosen), 'phase', 'phases')}; give one for each, in order"
        )
    # An energy per atom is that of a composition which somebody computed: the formula's whole
    # numbers. Occupancies refined to 2.998 Na would put every step off by their scatter.
    contents = [nominal_content(phase) for phase in chosen]
    units = host_units([phase.id for phase in chosen], contents, ion)
    found = sodiation_energetics(
        [
            FormationEnergy(
                name=phase.id,
                ions=content.get(ion, 0.0) / unit,
                atoms=sum(content.values()) / unit,
                energy=energy,
            )
            for phase, content, unit, energy in zip(
                chosen, contents, units, numbers, strict=True
            )
        ],
        ion=ion,
    )
    return replace(found, of=chosen)


def _path_phases(given: Iterable[PhaseLike]) -> tuple[Phase, ...]:
    items = ordered_items(given)
    if not items:
        raise InputError(
            f"phases is {shown(given)}; give a list of phases, in the order of their energies"
        )
    chosen = [as_phase(item) for item in items]
    kept = distinct_phases(chosen)
    # Left out in silence, a repeated phase would move the energies to other phases.
    if len(kept) < len(chosen):
        ids = [phase.id for phase in chosen]
        twice = next(name for name in ids if ids.count(name) > 1)
        raise InputError(f"{twice} is given twice; a path has each phase once")
    return kept


def _check_pair(one: FormationEnergy, two: FormationEnergy, ion: str) -> None:
    """Refuse two compositions between which there is no step."""
    if math.isclose(one.ions, two.ions, abs_tol=_SAME_COUNT):
        raise InputError(f"{one.name} and {two.name} both have {one.ions:g} {ion}")
    hosts = one.atoms - one.ions, two.atoms - two.ions
    if not math.isclose(*hosts, abs_tol=_SAME_COUNT):
        raise InputError(
            f"{one.name} has {counted(hosts[0], 'atom', 'atoms')} beside {ion}, {two.name} "
            f"{hosts[1]:g}; give the same formula unit for both"
        )


def _step(one: FormationEnergy, two: FormationEnergy, charge: int) -> EnergyStep:
    ions = one.ions - two.ions
    energy = two.per_formula_unit - one.per_formula_unit
    return EnergyStep(
        first=one.name,
        second=two.name,
        ions=ions,
        energy=energy,
        voltage=energy / (ions * charge),
    )


def _state(ordered: list[FormationEnergy], n: int) -> EnergyState:
    here = ordered[n]
    distance = None
    if 0 < n < len(ordered) - 1:
        rich, poor = ordered[n - 1], ordered[n + 1]
        share = (here.ions - poor.ions) / (rich.ions - poor.ions)
        line = share * rich.per_formula_unit + (1.0 - share) * poor.per_formula_unit
        distance = here.per_formula_unit - line
    return EnergyState(
        phase=here.name,
        ions=here.ions,
        atoms=here.atoms,
        formation_energy=here.per_formula_unit,
        tie_line_distance=distance,
    )
