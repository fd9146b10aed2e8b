"""What phases have in common: their composition without the ion that comes and goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from navp_structures.analysis.composition import SAME_COMPOSITION, composition
from navp_structures.errors import InputError
from navp_structures.model.formula import check_element
from navp_structures.model.phase import Phase

# Formula units are chosen as simple multiples of each other.
_DENOMINATOR = 12

# Atoms per formula unit that are none.
_LEAST = 1e-6


def common_host(phases: Sequence[Phase], ion: str) -> tuple[float, ...]:
    """Return how many units of the first phase's host each formula unit holds.

    Parameters
    ----------
    ion
        The element that does not belong to the host.

    Returns
    -------
    One number for each phase, 1 for the first; for a phase whose Z is unknown, the number in
    its cell.

    Raises
    ------
    InputError
        When two hosts differ in an element, or by more than 2 % in a ratio, a phase tells
        neither sites nor formula, or the ion is no element.
    """
    return host_units([phase.id for phase in phases], [_atoms(phase) for phase in phases], ion)


def host_units(
    names: Sequence[str], contents: Sequence[Mapping[str, float]], ion: str
) -> tuple[float, ...]:
    """Return how many units of the first content's host each content holds.

    Parameters
    ----------
    names
        Of the contents, for an error.
    contents
        Atoms of each element.
    ion
        The element that does not belong to the host.

    Raises
    ------
    InputError
        When two hosts differ in an element, or by more than 2 % in a ratio, or the ion is no
        element.
    """
    check_element(ion, "ion")
    hosts = [_host(name, atoms, ion) for name, atoms in zip(names, contents, strict=True)]
    first = hosts[0]
    units = []
    for name, host in zip(names, hosts, strict=True):
        unit = sum(host.values()) / sum(first.values())
        alike = host.keys() == first.keys() and all(
            abs(host[e] / unit - first[e]) <= SAME_COMPOSITION * first[e] for e in first
        )
        if not alike:
            raise InputError(
                f"{names[0]} and {name} have no common host: without {ion} they are "
                f"{_text(first)} and {_text(host)}"
            )
        units.append(_simple(unit))
    return tuple(units)


def _simple(ratio: float) -> float:
    """Return the simple fraction that a ratio of hosts is, but for vacancies and rounding."""
    near = float(Fraction(ratio).limit_denominator(_DENOMINATOR))
    return near if abs(near - ratio) <= SAME_COMPOSITION * ratio else ratio


def ion_count(phase: Phase, ion: str) -> float:
    """Return the ions of one element per formula unit (in the cell where Z is unknown)."""
    return _atoms(phase).get(ion, 0.0)


def _atoms(phase: Phase) -> dict[str, float]:
    return {count.element: count.from_sites for count in composition(phase)}


def _host(name: str, atoms: Mapping[str, float], ion: str) -> dict[str, float]:
    host = {e: n for e, n in atoms.items() if e != ion and n > _LEAST}
    if not host:
        raise InputError(f"{name} holds nothing beside {ion}; there is no host")
    return host


def _text(host: dict[str, float]) -> str:
    return " ".join(f"{e}{'' if n == 1 else format(n, '.4g')}" for e, n in host.items())
