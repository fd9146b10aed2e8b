"""Energies, voltages and barriers of a paper against each other.

No structure has an energy here. What is asked is whether the printed numbers go together: the
voltages that formation energies imply, and the window of the cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

from navp_structures.analysis.audit.agreement import Agreement, trend_of
from navp_structures.analysis.audit.context import AuditContext, Judge
from navp_structures.analysis.audit.energy_path import EnergyPath, energy_path
from navp_structures.analysis.audit.finding import AuditFinding, Verdict
from navp_structures.analysis.audit.judgement import (
    judged,
    value_of,
    without_structure,
)
from navp_structures.analysis.hop_rates import hop_rate_ratio
from navp_structures.errors import InputError
from navp_structures.model.claim import Claim
from navp_structures.model.phase import Phase
from navp_structures.show.numbers import signed

ROOM: Final = 300.0
"""K, at which rates are told where a paper names no temperature."""

# Other barriers that one is told against.
_MOST_RATIOS: Final = 5

_NO_ENERGY: Final = (
    "Structures tell no energy, and the paper has no formation energies of another composition "
    "of the host to compare."
)


def formation_energy(claim: Claim, context: AuditContext) -> AuditFinding:
    """Return whether the voltage that the formation energies imply lies in the window.

    Energies per atom of different compositions do not compare: per formula unit, they give
    voltages and distances from tie lines. Functionals without a Hubbard term give too low
    voltages: Zhou et al., Phys. Rev. B 70 (2004) 235121, doi:10.1103/PhysRevB.70.235121.
    """
    if claim.material:
        return without_structure(claim)
    phase = context.phase(claim.phases[0], claim)
    path = energy_path((phase,), context)
    if path is None or phase.id not in path.ids:
        return judged(claim, "not_testable", _NO_ENERGY, phase=phase.id)
    spans = _spans(path, phase.id)
    windows = [w for w in _windows(context) if w[0] == (path.ids[0], path.ids[-1])]
    formulas = " and ".join(f"{path.formula(*s)} from {s[0]} to {s[1]}" for s in spans)
    told = [f"With the others it implies {formulas}."]
    verdict: Verdict = "not_testable"
    agreement = None
    if windows:
        _, ids, low, high, coarse = windows[0]
        agreement = _worst(path, spans, low, high, coarse)
        verdict = "consistent" if agreement.agrees else "inconsistent"
        told.append(
            _of_window(agreement.computed, low, high, ids, is_computed=claim.kind == "computed")
        )
    else:
        told.append("No voltage is printed to compare it with.")
    told.append(_stability(path))
    return judged(
        claim,
        verdict,
        " ".join(told),
        computed=", ".join(f"{path.voltage(*span)[0]:.2f} V" for span in spans) + " implied",
        agreement=agreement,
        phase=phase.id,
        details=path.numbers | {"window": list(windows[0][2:4]) if windows else None},
    )


def voltage(claim: Claim, context: AuditContext) -> AuditFinding:
    """Return whether a voltage, or the end of a window, fits the formation energies."""
    if claim.material:
        return without_structure(claim)
    phases = context.phases_of(claim)
    path = energy_path(phases, context)
    ends = phases[0].id, phases[-1].id
    if path is None or not set(ends) <= set(path.ids):
        return judged(claim, "not_testable", _NO_ENERGY, phase=ends[0])
    if path.between(*ends)[2] == 0.0:
        ion = path.found.ion
        return judged(claim, "not_testable", _no_ions(ion, phases), phase=ends[0])
    found, rounding = path.voltage(*ends)
    own = Agreement(
        printed=value_of(claim),
        computed=found,
        sigma=claim.uncertainty or 0.0,
        rounding=rounding + (claim.rounding or 0.0),
        unit=" V",
    )
    window = next((w for w in _windows(context) if claim.id in w[1]), None)
    fits = own.agrees
    told = f"The formation energies imply {path.formula(*ends)} from {ends[0]} to {ends[1]}"
    if window is not None:
        is_low = value_of(claim) == window[2]
        fits |= (found > value_of(claim)) == is_low
        end = "lower" if is_low else "upper"
        told = f"{told}, on the {'right' if fits else 'wrong'} side of the {end} end"
    return judged(
        claim,
        "consistent" if fits else "inconsistent",
        f"{told}.",
        computed=f"{found:.2f} V",
        # How far an end of the window is beyond what lies inside says nothing.
        agreement=None if window is not None and fits else own,
        phase=ends[0],
        details=path.numbers | {"value": found},
    )


def desodiation_energy(claim: Claim, context: AuditContext) -> AuditFinding:
    """Return whether taking ions out takes as much as the formation energies say."""
    if claim.material:
        return without_structure(claim)
    phases = context.phases_of(claim)
    path = energy_path(phases, context)
    if path is None or not {p.id for p in phases} <= set(path.ids):
        return judged(claim, "not_testable", _NO_ENERGY, phase=phases[0].id)
    first = phases[0].id
    steps = [(p.id, *path.between(first, p.id)) for p in phases[1:]]
    ion = path.found.ion
    if any(ions == 0.0 for *_, ions in steps):
        return judged(claim, "not_testable", _no_ions(ion, phases), phase=first)
    told = " and ".join(
        f"{energy:.3f} eV to {name} for {ions:g} {ion}" for name, energy, _, ions in steps
    )
    told = f"From {first} the formation energies give {told} per formula unit."
    each = [energy / ions for _, energy, _, ions in steps]
    if len(steps) > 1:
        told += (
            f" More {ion} takes more: for each {ion} it is "
            f"{' and '.join(f'{size:.3f}' for size in each)} eV, "
            f"{signed(each[-1] - each[0], 3)} eV apart."
        )
    agreement = None
    if claim.value is not None:
        _, energy, rounding, _ = steps[-1]
        agreement = Agreement(
            printed=claim.value,
            computed=energy,
            sigma=claim.uncertainty or 0.0,
            rounding=rounding + (claim.rounding or 0.0),
            unit=" eV",
        )
    fits = _is_trend(claim, steps) and (agreement is None or agreement.agrees)
    return judged(
        claim,
        "consistent" if fits else "inconsistent",
        told,
        computed=", ".join(f"{energy:.3f} eV" for _, energy, _, _ in steps),
        agreement=agreement,
        tolerance=None if agreement else "by more than the rounding of the energies",
        phase=first,
        details=path.numbers | {"per_ion": each, "value": steps[-1][1]},
    )


def barrier(claim: Claim, context: AuditContext) -> AuditFinding:
    """Return how many times faster hops are than over the other barriers of the paper."""
    if claim.material:
        return without_structure(claim)
    phase = context.phase(claim.phases[0], claim)
    kelvin = claim.temperature or ROOM
    ratios = {}
    for other in context.claims:
        if other.quantity == "barrier" and other.id != claim.id and other.value is not None:
            # What is beyond all numbers, as over 100 eV, is no fault of this claim.
            with suppress(InputError):
                ratios[other.id] = hop_rate_ratio(other.value, value_of(claim), kelvin)
        if len(ratios) == _MOST_RATIOS:
            break
    told = "".join(
        f" Hops are {ratio:.3g} times as fast as over the {context.claims[name].printed} of "
        f"{_of(context.claims[name])} at {kelvin:g} K, with equal attempt frequencies."
        for name, ratio in ratios.items()
    )
    return judged(
        claim,
        "not_testable",
        f"Structures tell no barrier.{told}",
        phase=phase.id,
        details={"rate_ratios": ratios, "temperature": kelvin},
    )


JUDGES: Final[Mapping[str, Judge]] = MappingProxyType(
    {
        "formation_energy": formation_energy,
        "voltage": voltage,
        "desodiation_energy": desodiation_energy,
        "barrier": barrier,
    }
)

Window = tuple[tuple[str, str], tuple[str, ...], float, float, float]
"""Phases at its ends, ids of its claims, lowest and highest voltage, rounding."""


def _windows(context: AuditContext) -> Iterator[Window]:
    """Yield the windows that pairs of claims print."""
    for claims in context.claims.groups.values():
        ends = [c for c in claims if c.quantity == "voltage" and c.value is not None]
        if len(ends) == 2 and ends[0].phases and ends[0].phases == ends[1].phases:
            phases = context.phases_of(ends[0])
            low, high = sorted(value_of(claim) for claim in ends)
            coarse = max(claim.rounding or 0.0 for claim in ends)
            ids = tuple(claim.id for claim in ends)
            yield (phases[0].id, phases[-1].id), ids, low, high, coarse


def _spans(path: EnergyPath, name: str) -> list[tuple[str, str]]:
    """Return between which phases an energy implies voltages: the ends, or its neighbours."""
    n = path.ids.index(name)
    if n in (0, len(path.ids) - 1):
        return [(path.ids[0], path.ids[-1])]
    return [(path.ids[n - 1], name), (name, path.ids[n + 1])]


def _worst(
    path: EnergyPath, spans: list[tuple[str, str]], low: float, high: float, coarse: float
) -> Agreement:
    """Return how the voltage farthest from the window fits its nearest end."""
    found = [
        Agreement(
            printed=min(max(voltage, low), high),
            computed=voltage,
            sigma=0.0,
            rounding=rounding + coarse,
            unit=" V",
        )
        for voltage, rounding in (path.voltage(*span) for span in spans)
    ]
    return max(found, key=lambda agreement: abs(agreement.deviation))


def _of_window(
    voltage: float, low: float, high: float, ids: tuple[str, ...], *, is_computed: bool
) -> str:
    window = f"the window of the cell, {low:g} to {high:g} V ({' and '.join(ids)})"
    if low <= voltage <= high:
        return f"{voltage:.2f} V lies in {window}."
    if voltage > high:
        return f"{voltage:.2f} V is above {window}: they do not go together."
    usual = (
        ", though functionals without a Hubbard term give too low ones" if is_computed else ""
    )
    return f"{voltage:.2f} V is below {window}: they do not go together{usual}."


def _stability(path: EnergyPath) -> str:
    """Return how far the inner compositions lie from their tie lines."""
    parts = []
    for row in path.found.rows:
        if row.tie_line_distance is not None:
            side = "below" if row.tie_line_distance < 0.0 else "above"
            parts.append(
                f"{row.phase} lies {abs(row.tie_line_distance):.3f} eV per formula unit {side} "
                "its tie line"
            )
    told = f": {', '.join(parts)}" if parts else ""
    return f"Energies per atom of different compositions do not compare directly{told}."


def _is_trend(claim: Claim, steps: list[tuple[Any, ...]]) -> bool:
    """Whether the energies from the first phase go as the claim says."""
    if claim.trend is None or len(steps) < 2:
        return True
    changes = [trend_of(two[1] - one[1], one[2] + two[2]) for one, two in pairwise(steps)]
    return all(change == claim.trend for change in changes)


def _no_ions(ion: str, phases: Sequence[Phase]) -> str:
    names = " and ".join(dict.fromkeys(phase.id for phase in phases))
    return f"No {ion} leaves between states of {names}: there is no energy for it."


def _of(claim: Claim) -> str:
    return claim.material or " and ".join(claim.phases)
